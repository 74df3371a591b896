"""Rules about what makes a flow hard to read and to keep."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.text.plain import quote

_MANY_STATES = 150
_PRACTICE = "Practice: flows are read and changed by people"


@rule(
    "flow-duplicate-state",
    Severity.NOTE,
    "Two states do the same and lead to the same",
    why="A copy that was left standing: one of the two will be changed and the other forgotten.",
    source=_PRACTICE,
)
def duplicate_state(subject: Subject) -> Iterator[Hit]:
    first: dict[str, str] = {}
    for state in subject.flow.states:
        form = _form(state)
        other = first.setdefault(form, state.name) if form else state.name
        if other != state.name:
            yield Hit(
                f"This state does the same as {quote(other)}, and leads to the same.",
                f"Lead what comes here to {quote(other)}, and remove this one.",
                state.name,
                subject.path(state),
            )


def _form(state: State) -> str:
    """What a state does, without its name and its place on the canvas; empty where that says nothing."""
    properties = {key: value for key, value in state.properties.items() if key != "offset"}
    if not properties:
        return ""
    exits = [
        (t.event, state.name == t.next or t.next, [(c.type, c.value, c.arguments) for c in t.conditions])
        for t in state.transitions
    ]
    try:
        return json.dumps((state.type, properties, exits), sort_keys=True, default=str)
    except (RecursionError, ValueError, TypeError):
        return ""


@rule(
    "flow-no-description",
    Severity.NOTE,
    "The flow says nothing about itself",
    why="The description is what colleagues read in the list of flows.",
    source=_PRACTICE,
)
def no_description(subject: Subject) -> Iterator[Hit]:
    if not subject.flow.description.strip():
        yield Hit("The flow has no description.", "Write one sentence about whom it serves.", path="#/description")


@rule(
    "flow-many-states",
    Severity.NOTE,
    "The flow is hard to overlook",
    why="Beyond some 150 states nobody sees the whole any more; the largest of 221 public flows has 129.",
    source=_PRACTICE,
)
def many_states(subject: Subject) -> Iterator[Hit]:
    count = len(subject.flow)
    if count > _MANY_STATES:
        yield Hit(f"The flow has {count:,} states.", "Move parts of it into subflows.", path="#/states")
