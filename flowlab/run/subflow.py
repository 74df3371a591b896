"""A flow inside a flow: what it can read when it begins, and what it leaves behind.

Source: Twilio docs, *Run Subflow widget*: the same execution; the trigger's data is copied in; parameters stand under
``trigger.parent.parameters``; what the subflow set comes back flat; only simple values do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flowlab.model.readings import Readings
from flowlab.run.context import within_parent
from flowlab.run.program import Node
from flowlab.run.step import Descent
from flowlab.run.values import NOW


class Frame(NamedTuple):
    """What a run comes back to from a subflow: the state that runs it, and the view's scope and ``names_sent``."""

    node: Node
    scope: dict[str, Any]
    names_sent: bool


def scope_within(scope: Mapping[str, Any], state: str, descent: Descent) -> dict[str, Any]:
    """The scope of a subflow: no results and no variables yet, and of its parent's what both can read."""
    flow = scope["flow"]
    return {
        "trigger": within_parent(scope["trigger"], descent.parameters, flow, state),
        "widgets": {},
        "flow": {**flow, "flow_sid": descent.flow_sid, "variables": {}},
        "contact": scope["contact"],
        NOW: scope[NOW],
    }


def come_back(outer: dict[str, Any], inner: Mapping[str, Any]) -> None:
    """What happened to the conversation inside a subflow is known outside it: the clock, the channel, the reply."""
    outer[NOW] = inner[NOW]
    outer["flow"]["channel"] = inner["flow"]["channel"]
    if "conversation" in inner["trigger"]:
        outer["trigger"]["conversation"] = inner["trigger"]["conversation"]


def results(scope: Mapping[str, Any], readings: Readings) -> tuple[dict[str, Any], list[str]]:
    """What the subflow set, as it stands under ``widgets.NAME``; and the names of what does not come back."""
    variables: dict[str, Any] = dict(scope["flow"]["variables"])
    if not readings.subflow_gives_simple_values:
        return variables, []
    nested = [name for name, value in variables.items() if isinstance(value, dict | list | tuple)]
    return {name: value for name, value in variables.items() if name not in nested}, nested
