"""Rules about the platform's documented sizes."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flowlab.check.literal import longest_literal
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.text.plain import quote

_MAX_STATES = 1_000
_MAX_ITEMS = 1_000
_MAX_BYTES = 1_000_000
_MAX_SUBFLOW_STATES, _MAX_SUBFLOWS = 150, 50
_MAX_VALUE_BYTES = 16 * 1_024


@rule(
    "limit-states",
    Severity.ERROR,
    "The flow has more states than Studio takes",
    why="A definition may hold 1,000 states.",
    source="Twilio docs: Studio Flow and Widget JSON Schemas",
)
def states(subject: Subject) -> Iterator[Hit]:
    count = len(subject.flow)
    if count > _MAX_STATES:
        yield Hit(
            f"The flow has {count:,} states; Studio takes 1,000.",
            "Move parts of it into subflows.",
            path="#/states",
        )


@rule(
    "limit-value-size",
    Severity.ERROR,
    "A text is larger than Studio renders",
    why="A rendered value may be 16 KB at most. Judged by the fixed part alone.",
    source="Twilio docs: Using variables in Studio",
)
def value_size(subject: Subject) -> Iterator[Hit]:
    for state, path, text, _ in subject.texts:
        # A character is at least one byte and at most four; short texts need no closer look.
        if len(text) * 4 > _MAX_VALUE_BYTES:
            size = len(longest_literal(text).encode(errors="replace"))
            if size > _MAX_VALUE_BYTES:
                yield Hit(
                    f"The fixed part of this text is {size:,} bytes; Studio renders {_MAX_VALUE_BYTES:,} at most.",
                    "Shorten it, or fetch it where it is needed.",
                    state.name,
                    path,
                )


@rule(
    "limit-list-items",
    Severity.ERROR,
    "A list in a step is longer than Studio takes",
    why="A list inside a widget may hold 1,000 items: branches, parameters, variables.",
    source="Twilio docs: Get Started with Twilio Studio (limits)",
)
def list_items(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        lists = {f"properties/{key}": value for key, value in state.properties.items() if isinstance(value, list)}
        for place, items in {"transitions": state.transitions, **lists}.items():
            if len(items) > _MAX_ITEMS:
                yield Hit(
                    f"{quote(place.rsplit('/', 1)[-1])} has {len(items):,} items; Studio takes {_MAX_ITEMS:,}.",
                    "Make several steps of it, or move the list into a function.",
                    state.name,
                    subject.path(state, place),
                )


@rule(
    "limit-definition-size",
    Severity.ERROR,
    "The flow is larger than Studio takes",
    why="A definition may be 1 MB of JSON at most.",
    source="RJPearson94/twilio-sdk-go; Twilio docs: Studio Flow and Widget JSON Schemas",
)
def definition_size(subject: Subject) -> Iterator[Hit]:
    size = sum(map(_size, subject.flow.states))
    if size > _MAX_BYTES:
        yield Hit(
            f"The states alone are {size / 1_000_000:,.2f} MB of JSON; Studio takes 1 MB.",
            "Move parts of it into subflows.",
            path="#/states",
        )


def _size(state: State) -> int:
    """Bytes of a state as JSON, without blanks: what its file says, or what it would say."""
    data = dict(state.raw) or {
        "name": state.name,
        "type": state.type,
        "transitions": [{"event": t.event, "next": t.next} for t in state.transitions],
        "properties": dict(state.properties),
    }
    try:
        return len(json.dumps(data, ensure_ascii=False, default=str).encode(errors="replace"))
    except (RecursionError, ValueError):
        return 0


@rule(
    "limit-subflows",
    Severity.ERROR,
    "The flow uses more subflows than Studio takes",
    why="A flow may hold 150 steps that run a subflow, and name 50 different ones.",
    source="Twilio docs: Run Subflow widget",
)
def subflows(subject: Subject) -> Iterator[Hit]:
    used = list(subject.of_type("run-subflow"))
    different = len({str(state.properties.get("flow_sid")) for state in used})
    if len(used) > _MAX_SUBFLOW_STATES or different > _MAX_SUBFLOWS:
        yield Hit(
            f"{len(used):,} steps run {different:,} different subflows; Studio takes {_MAX_SUBFLOW_STATES} and"
            f" {_MAX_SUBFLOWS}.",
            "Bring steps that run the same subflow together.",
            path="#/states",
        )
