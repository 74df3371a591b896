"""Rules about handing over to people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from flowlab.check.json_templates import TASK
from flowlab.check.literal import is_template
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.kinds import KINDS, Family
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Send to Flex widget"
PLACEHOLDER = re.compile(r"^\$\w|x{4,}|\*{3,}|your|replace|todo|insert|[<>\[\]…]|\.\.\.", re.IGNORECASE)
_SID_DIGITS = 32


@rule(
    "handoff-no-failure-path",
    Severity.WARNING,
    "Nothing happens when the hand-off fails",
    why="The customer was told that somebody will take over, and nobody does.",
    source="Public flows: 30 % of 'failedToEnqueue' lead anywhere",
)
def no_failure_path(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(*TASK):
        path = subject.unwired(state, "failedToEnqueue")
        if path:
            yield Hit(
                "When no task can be made for an agent, the run ends without a word.",
                "Wire 'failedToEnqueue' to a message that says what the customer can do instead.",
                state.name,
                path,
                "failedToEnqueue",
            )


@rule(
    "handoff-sid",
    Severity.WARNING,
    "A hand-off names no workflow or task channel",
    why="A workflow is named by a sid 'WW...', a task channel by 'TC...'; with anything else no task can be made. "
    "'${...}' and Liquid are left alone, a text still to be filled in is a note.",
    source=_WIDGET,
)
def sid(subject: Subject) -> Iterator[Hit]:
    yield from wrong_sids(subject, *TASK)


def wrong_sids(subject: Subject, *types: str) -> Iterator[Hit]:
    """The properties of these widgets that should hold a sid and hold something else; together where not filled in."""
    for state in subject.of_type(*types):
        unfilled: list[str] = []
        for name, form in KINDS[state.type].properties.items():
            value = state.properties.get(name)
            if not form.sid or not value or _is_sid(value, form.sid, liquid=form.liquid):
                continue
            if PLACEHOLDER.search(value):
                unfilled.append(name)
                continue
            yield Hit(
                f"{quote(name)}: {quote(value)} is no sid '{form.sid}' with {_SID_DIGITS} digits.",
                f"Write the sid that the console shows, '{form.sid}...'.",
                state.name,
                subject.path(state, "properties", name),
            )
        if unfilled:
            yield Hit(
                f"{', '.join(map(quote, unfilled))}: still to be filled in.",
                "Write the sid that the console shows.",
                state.name,
                subject.path(state, "properties", unfilled[0]),
                severity=Severity.NOTE,
            )


def _is_sid(value: Any, prefix: str, *, liquid: bool) -> bool:
    if not isinstance(value, str):
        return True  # the type of a property is another rule's subject
    form = re.compile(f"{prefix}[0-9a-fA-F]{{{_SID_DIGITS}}}")
    return "${" in value or (liquid and is_template(value)) or form.fullmatch(value.strip()) is not None


@rule(
    "handoff-goes-on",
    Severity.NOTE,
    "The flow goes on while an agent takes over",
    why="For messages 'callComplete' comes at once, when the task is made, not when the agent has finished. What "
    "follows is said into the agent's conversation, and a question there takes the customer's words away from the "
    "agent.",
    source=_WIDGET,
)
def goes_on(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("send-to-flex"):
        for index, transition in enumerate(state.transitions):
            after = subject.flow.by_name.get(transition.next or "")
            if transition.event == "callComplete" and after and after.family in (Family.SAY, Family.ASK):
                yield Hit(
                    f"As soon as the task is made, {quote(after.name)} speaks into the conversation.",
                    "Leave 'callComplete' unwired, unless this is meant.",
                    state.name,
                    subject.path(state, "transitions", index),
                    "callComplete",
                )
