"""The catalogue of step kinds: every Studio widget type, its family, its exits, its properties and its results.

The facts stand in ``widgets.toml`` beside this file. Types that are not listed there are kept, drawn and run as opaque
steps.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from flowlab.model.properties import Property, read_property


class Family(StrEnum):
    """What a step is for. Drawn by shape and colour, and the first thing a reader of a flow looks for."""

    START = "start"
    SAY = "say"
    ASK = "ask"
    DECIDE = "decide"
    SET = "set"
    LOOK_UP = "look up"
    SUBFLOW = "subflow"
    HAND_OFF = "hand off"
    VOICE = "voice"
    UNKNOWN = "unknown"
    #: Not states, but nodes of :attr:`flowlab.model.flow.Flow.graph`: a run's end, and a ``next`` that leads nowhere.
    END = "end"
    MISSING = "missing"
    #: Not states, but nodes of :attr:`flowlab.model.routing.Workflow.graph` and of the whole journey.
    ENTRY = "entry point"
    FILTER = "filter"
    TARGET = "target"
    QUEUE = "queue"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class StepKind:
    """One Studio widget type.

    ``exits``: the events that may leave it. ``default_exit``: the one an opaque step takes when the user chose none.
    ``closing``: exits at which a run may well end, because the customer has just been served or handed over.
    ``properties``: what its JSON may hold, without ``offset``. ``results``: what later steps may read of it, below
    ``widgets.NAME``; None where that is open.
    """

    type: str
    family: Family
    exits: tuple[str, ...]
    default_exit: str
    closing: frozenset[str] = frozenset()
    is_text: bool = False
    properties: Mapping[str, Property] = field(default_factory=dict)
    results: tuple[str, ...] | None = None


def _kind(type: str, said: Mapping[str, Any]) -> StepKind:
    results = said.get("results")
    return StepKind(
        type,
        Family(said["family"]),
        tuple(said["exits"]),
        said["exits"][0],
        frozenset(said.get("closing", ())),
        said.get("text", False),
        {name: read_property(form) for name, form in said.get("properties", {}).items()},
        None if results is None else tuple(results),
    )


_TABLE = Path(__file__).parent / "widgets.toml"
KINDS: dict[str, StepKind] = {
    name: _kind(name, said) for name, said in tomllib.loads(_TABLE.read_text(encoding="utf-8")).items()
}
TRIGGER_EVENTS = KINDS["trigger"].exits


def family_of(type: str) -> Family:
    """The family of a widget type; unknown types have their own.

    >>> family_of("send-message"), family_of("hang-up")
    (<Family.SAY: 'say'>, <Family.UNKNOWN: 'unknown'>)
    """
    kind = KINDS.get(type)
    return kind.family if kind else Family.UNKNOWN


def is_closing(type: str, event: str) -> bool:
    """Whether a run that ends at this exit ends well: something was said last, or somebody took over.

    >>> is_closing("send-message", "sent"), is_closing("send-and-wait-for-reply", "timeout")
    (True, False)
    """
    kind = KINDS.get(type)
    return bool(kind) and event in kind.closing if kind else False
