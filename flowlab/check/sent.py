"""What a flow's hand-offs send along: the task attributes, and what is known of their values before anything runs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flowlab.check.json_templates import json_texts
from flowlab.check.literal import has_liquid, picked, pieces
from flowlab.check.subject import Subject, rows
from flowlab.model.flow import State
from flowlab.run.values import cast

#: What Flex puts into a task by itself, and what only the agent's desktop and the reports read. Source: Twilio docs,
#: *Send to Flex widget* and *Flex Insights*, and the attributes of published flows.
OF_FLEX = frozenset(
    {"name", "from", "channelType", "channelSid", "channel_type", "conversations", "conversationSid", "initiatedBy"}
    | {"customerName", "customerAddress", "customers", "flexInteractionSid", "flexInteractionChannelSid"}
    | {"flexChannelInviteSid", "preEngagementData"}
)

_OPEN, _SHUT = "\ue000", "\ue001"
_MARK = re.compile(f"({_OPEN}?){_OPEN}(\\d+){_SHUT}")
_Values = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a task. ``values``: all it can be, where that is known. ``is_text``: a text in any case."""

    values: tuple[Any, ...] | None = None
    is_text: bool = False

    def __or__(self, other: Attribute) -> Attribute:
        """What is known of an attribute that is the one or the other."""
        known = self.values is not None and other.values is not None
        both = {(type(value), value): value for value in (*(self.values or ()), *(other.values or ()))}
        return Attribute(tuple(both.values()) if known else None, self.is_text and other.is_text)


@dataclass(frozen=True, slots=True)
class Sent:
    """What one hand-off sends: attributes by dotted name. ``whole``: there surely are no others."""

    state: State
    path: str
    attributes: Mapping[str, Attribute]
    whole: bool


def sent(subject: Subject) -> Iterator[Sent]:
    """What each hand-off of a flow sends, in file order."""
    known = _variables(subject)
    for state, path, text in json_texts(subject, "task"):
        yield Sent(state, path, *_look(text, known))


#: How many ways through a template's conditions are looked at.
_MOST_WAYS = 4


def _look(text: str, known: _Values) -> tuple[dict[str, Attribute], bool]:
    """The attributes of a JSON template, and whether every way through its conditions gives the same ones."""
    ways = [_read(rendered, names, known) for rendered, names in _ways(text)]
    if any(way is None for way in ways):
        return {}, False
    found: dict[str, Attribute] = {}
    for way in ways:
        for name, attribute in (way or {}).items():
            found[name] = found[name] | attribute if name in found else attribute
    return found, all(way is not None and way.keys() == found.keys() for way in ways)


def _ways(text: str) -> list[tuple[str, list[str]]]:
    """The template by its first branches, its second ones, and so on, each with what its marks stand for."""
    has_tags = any(piece.tag for piece in pieces(text))
    return [_marked(text, pick) for pick in range(_MOST_WAYS if has_tags else 1)]


def _marked(text: str, pick: int) -> tuple[str, list[str]]:
    """The template by one branch of each condition, with a mark in the place of each output.

    A mark has quotation marks of its own where the output stands outside of any.
    """
    names: list[str] = []
    out: list[str] = []
    inside = False
    for piece in picked(text, pick):
        out.append(piece.literal)
        inside ^= piece.literal.replace("\\\\", "").replace('\\"', "").count('"') % 2 == 1
        if piece.is_output:
            mark = f"{_OPEN}{len(names)}{_SHUT}"
            names.append(piece.inner)
            out.append(mark if inside else f'"{_OPEN}{mark}"')
    return "".join(out), names


def _read(text: str, names: list[str], known: _Values) -> dict[str, Attribute] | None:
    try:
        value = json.loads(text)
    except (RecursionError, ValueError):
        return None
    if not isinstance(value, dict):
        return None
    found: dict[str, Attribute] = {}
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        name, item = stack.pop()
        if isinstance(item, dict):
            stack += [(f"{name}.{key}".lstrip("."), inner) for key, inner in item.items()]
        if name:
            found[name] = _attribute(item, names, known)
    return found


def _attribute(item: Any, names: list[str], known: _Values) -> Attribute:
    if not isinstance(item, str):
        return Attribute(None if isinstance(item, dict | list) else (item,))
    if _OPEN not in item:
        return Attribute((item,), is_text=True)
    mark = _MARK.fullmatch(item)
    values = known.get(_name(names[int(mark[2])])) if mark else None
    if mark and mark[1]:
        return Attribute(values)
    return Attribute(values and tuple(map(_written, values)), is_text=True)


def _name(inner: str) -> str:
    """The variable that an output writes as it is; else the output itself, which is no variable's name."""
    name, _, rest = inner.partition("|")
    return name.strip() if rest.strip() in ("", "to_json") else inner


def _variables(subject: Subject) -> _Values:
    """All that each flow variable can be, where every step that sets it sets a fixed value. By ``flow.variables.x``."""
    if not subject.sets_all:
        return {}
    found: dict[str, tuple[Any, ...] | None] = {}
    for state in subject.of_type("set-variables"):
        for _, key, value in rows(state):
            name = f"flow.variables.{key}"
            before = found.get(name, ())
            fixed = isinstance(value, str) and not has_liquid(value)
            found[name] = (*before, cast(value)) if fixed and before is not None else None
    return {name: ("", *values) for name, values in found.items() if values is not None}


def _written(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
