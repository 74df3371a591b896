"""Rules about splits: does every answer find its branch, and can every branch be taken?"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from flowlab.check.branches import (
    MOST_COMPARED,
    SPLIT,
    Branch,
    branch_of,
    branches,
    contradicts,
    is_wider,
    leaves_nothing_over,
)
from flowlab.check.rule import Hit, rule
from flowlab.check.rules.hours import is_hours_split
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Split Based On... widget"
_MOST_NAMED, _MOST_TRIED = 5, 50


@rule(
    "split-no-match-unwired",
    Severity.WARNING,
    "What fits no branch ends the conversation",
    why="People write what you did not foresee. With 'noMatch' unwired the run stops without a word. Silent where two "
    "branches are opposites, such as is_blank and is_not_blank, and so leave nothing over, and in splits on opening "
    "hours, which have a rule of their own.",
    source="Public flows: 84 % of 'noMatch' lead somewhere",
)
def no_match_unwired(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(SPLIT):
        path = subject.unwired(state, "noMatch")
        if path and not leaves_nothing_over(list(branches(state))) and not is_hours_split(state):
            asks_again = "to a message that says what to answer and asks again"
            yield Hit(
                "Whatever fits no branch ends the run without a word.",
                f"Wire 'noMatch' {asks_again if _tests_an_answer(state) else 'to what is right for any other value'},"
                " or to a hand-off.",
                state.name,
                path,
                "noMatch",
            )


def _written(conditions: object) -> str:
    """What stands where conditions should: the first of a list, any other value; empty where nothing does."""
    first = conditions[0] if isinstance(conditions, list) and conditions else conditions
    return str(first) if first else ""


def _tests_an_answer(state: State) -> bool:
    tested = [str(state.properties.get("input", "")), *(branch.input for branch in branches(state))]
    return any(word in text for text in tested for word in ("Body", "Digits", "SpeechResult"))


@rule(
    "split-branch-without-condition",
    Severity.ERROR,
    "A branch of a split compares nothing",
    why="Studio refuses a 'match' without a condition; no answer could be told to go there.",
    source="Twilio docs: Studio Flow and Widget JSON Schemas",
)
def branch_without_condition(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(SPLIT):
        for index, transition in enumerate(state.transitions):
            if transition.event == "match" and not transition.conditions:
                written = _written(transition.raw.get("conditions"))
                yield Hit(
                    f"The conditions of this 'match' are no list of objects: {quote(written)}."
                    if written
                    else "This 'match' has no condition.",
                    'Write it like [{"friendly_name": "yes", "arguments": ["{{trigger.message.Body}}"], "type":'
                    ' "equal_to", "value": "yes"}].'
                    if written
                    else "Give it a condition, or remove it.",
                    state.name,
                    subject.path(state, "transitions", index),
                    "match",
                )


@rule(
    "split-duplicate-option",
    Severity.WARNING,
    "The same answer stands in two branches",
    why="Case and blanks at the ends do not count, and the first branch that fits is taken, so the second never sees "
    "this answer. A note where both lead to the same state.",
    source=_WIDGET,
)
def duplicate_option(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(SPLIT):
        taken: dict[tuple[str, str], Branch] = {}
        for branch in branches(state):
            twice = [option for option in branch.options if (branch.input, option) in taken]
            if twice:
                firsts = [taken[branch.input, option] for option in twice]
                all_of_it = branch.is_exact and len(twice) == len(branch.options)
                whole = "this branch is never taken" if all_of_it else "not here"
                targets = ", ".join(dict.fromkeys(quote(first.next or "an end") for first in firsts))
                yield Hit(
                    f"The answer {_answers(twice)} already leads to {targets} by an earlier branch; {whole}.",
                    "Remove the answer from one of the two branches.",
                    state.name,
                    subject.path(state, "transitions", branch.place, "conditions", 0, "value"),
                    "match",
                    severity=Severity.NOTE if {first.next for first in firsts} == {branch.next} else None,
                )
            for option in branch.options:
                taken.setdefault((branch.input, option), branch)


def _answers(options: list[str]) -> str:
    more = f" and {len(options) - _MOST_NAMED} more" if len(options) > _MOST_NAMED else ""
    return ", ".join(map(quote, options[:_MOST_NAMED])) + more


@rule(
    "split-can-never-match",
    Severity.WARNING,
    "A branch can never be taken",
    why="The first branch that fits is taken: after 'contains yes' a branch 'equal_to yes please' has nothing left, "
    "nor has 'less_than 5' after 'less_than 10'. Nor can a branch be taken whose conditions exclude each other.",
    source=_WIDGET,
)
def can_never_match(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(SPLIT):
        earlier: dict[str, list[Branch]] = {}
        for branch in islice(branches(state), MOST_COMPARED):
            before = earlier.setdefault(branch.input, [])
            why = _why_never(branch, before)
            if why:
                yield Hit(
                    f"{quote(str(branch.condition))} can never be taken: {why}.",
                    "Put the narrower branch first, or remove it.",
                    state.name,
                    subject.path(state, "transitions", branch.place),
                    "match",
                )
            before.append(branch)
        for index, transition in enumerate(state.transitions):
            parts = [branch_of(state, index, condition, transition.next) for condition in transition.conditions]
            if len(parts) > 1 and contradicts(parts):
                yield Hit(
                    f"{quote(transition.condition)} can never hold: its conditions exclude each other.",
                    "Mend or remove one of the conditions, or make two branches of them.",
                    state.name,
                    subject.path(state, "transitions", index),
                    "match",
                )


def _why_never(branch: Branch, before: list[Branch]) -> str:
    # Exact answers that stand twice are duplicate_option's subject; only what is wider can hide a branch here.
    for wider in before:
        if not wider.options and is_wider(wider, branch):
            return f"{quote(str(wider.condition))} stands before it and takes all of it"
    if leaves_nothing_over(before):
        return "two opposite branches stand before it and leave nothing over"
    return ""


@rule(
    "split-overlap",
    Severity.WARNING,
    "An earlier, wider branch takes some of a branch's answers elsewhere",
    why="The first branch that fits is taken: with 'contains help' first, 'help me' in a later list never gets there.",
    source=_WIDGET,
)
def overlap(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(SPLIT):
        wide: list[Branch] = []
        for branch in islice(branches(state), MOST_COMPARED):
            options = branch.options[:_MOST_TRIED]
            for wider in (wider for wider in wide if wider.input == branch.input and wider.next != branch.next):
                lost = [option for option in options if wider.takes(option)]
                if lost and len(lost) < len(options):
                    yield Hit(
                        f"{quote(str(wider.condition))} stands before this branch and takes {_answers(lost)} to"
                        f" {quote(wider.next or 'an end')}.",
                        "Put the branch with the exact answers first.",
                        state.name,
                        subject.path(state, "transitions", branch.place, "conditions", 0, "value"),
                        "match",
                    )
            if not branch.options:
                wide.append(branch)
