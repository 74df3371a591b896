"""Rules about splits: does every answer find its branch, and can every branch be taken?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from flowlab.check.literal import has_liquid
from flowlab.check.rule import Hit, quote, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import Condition, State

_SPLIT = "split-based-on"
_WIDGET = "Twilio docs: Split Based On... widget"

#: Comparisons that stand in pairs: where one does not hold, the other does.
_OPPOSITE = {
    "equal_to": "not_equal_to",
    "contains": "does_not_contain",
    "matches_any_of": "does_not_match_any_of",
    "starts_with": "does_not_start_with",
    "is_blank": "is_not_blank",
}
_BLANKS = ("is_blank", "is_not_blank")
_SINGLE = ("regex", "less_than", "greater_than", "is_before_time", "is_after_time", "is_before_date", "is_after_date")
#: The 17 comparisons Studio knows.
COMPARISONS = (*_OPPOSITE, *_OPPOSITE.values(), *_SINGLE)

#: Whether an answer that is exactly ``option`` already goes to an earlier branch, by that branch's comparison.
_TAKES: dict[str, Callable[[str, str], bool]] = {
    "contains": lambda option, value: value in option,
    "does_not_contain": lambda option, value: value not in option,
    "starts_with": lambda option, value: option.startswith(value),
    "does_not_start_with": lambda option, value: not option.startswith(value),
    "not_equal_to": lambda option, value: option != value,
    "is_not_blank": lambda option, _value: bool(option),
}


class _Branch(NamedTuple):
    """A branch of a split with one comparison, in lower case and trimmed as Studio compares."""

    place: int
    condition: Condition
    input: str
    value: str
    next: str | None

    @property
    def options(self) -> tuple[str, ...]:
        """The exact answers it is for; empty where it is for anything wider."""
        if has_liquid(self.value):
            return ()
        if self.condition.type == "matches_any_of":
            return tuple(dict.fromkeys(item.strip() for item in self.value.split(",") if item.strip()))
        return (self.value,) if self.condition.type == "equal_to" else ()


def _branches(state: State) -> Iterator[_Branch]:
    """The branches one comparison decides, in the order in which Studio tries them."""
    for index, transition in enumerate(state.transitions):
        if transition.event == "match" and len(transition.conditions) == 1:
            condition = transition.conditions[0]
            tested = condition.arguments[0] if condition.arguments else str(state.properties.get("input", ""))
            value = condition.value.strip().lower()
            yield _Branch(index, condition, "".join(tested.split()), value, transition.next)


def _conditions(subject: Subject) -> Iterator[tuple[State, Condition, str]]:
    """Every comparison of every split, with its path."""
    for state in subject.of_type(_SPLIT):
        for index, transition in enumerate(state.transitions):
            for number, condition in enumerate(transition.conditions):
                yield state, condition, subject.path(state, "transitions", index, "conditions", number)


@rule(
    "split-no-match-unwired",
    Severity.WARNING,
    "What fits no branch ends the conversation",
    why="People write what you did not foresee. With 'noMatch' unwired the run stops without a word. Silent where two "
    "branches are opposites, such as is_blank and is_not_blank, and so leave nothing over.",
    source="Public flows: 84 % of 'noMatch' lead somewhere",
)
def no_match_unwired(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(_SPLIT):
        path = subject.unwired(state, "noMatch")
        if path and not _leaves_nothing_over(list(_branches(state))):
            yield Hit(
                "Whatever fits no branch ends the run without a word.",
                "Wire 'noMatch' to a message that says what to answer and asks again, or to a hand-off.",
                state.name,
                path,
                "noMatch",
            )


def _leaves_nothing_over(branches: list[_Branch]) -> bool:
    seen = {(b.condition.type, b.input, "" if b.condition.type in _BLANKS else b.value) for b in branches}
    return any((_OPPOSITE.get(kind, ""), tested, value) in seen for kind, tested, value in seen)


@rule(
    "split-duplicate-option",
    Severity.WARNING,
    "The same answer stands in two branches",
    why="Case and blanks at the ends do not count, and the first branch that fits is taken, so the second never sees "
    "this answer. A note where both lead to the same state.",
    source=_WIDGET,
)
def duplicate_option(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(_SPLIT):
        taken: dict[tuple[str, str], _Branch] = {}
        for branch in _branches(state):
            twice = [option for option in branch.options if (branch.input, option) in taken]
            if twice:
                firsts = [taken[branch.input, option] for option in twice]
                whole = "this branch is never taken" if len(twice) == len(branch.options) else "not here"
                targets = ", ".join(dict.fromkeys(quote(first.next or "an end") for first in firsts))
                yield Hit(
                    f"The answer {', '.join(map(quote, twice))} already leads to {targets} by an earlier branch;"
                    f" {whole}.",
                    "Remove the answer from one of the two branches.",
                    state.name,
                    subject.path(state, "transitions", branch.place, "conditions", 0, "value"),
                    "match",
                    severity=Severity.NOTE if {first.next for first in firsts} == {branch.next} else None,
                )
            for option in branch.options:
                taken.setdefault((branch.input, option), branch)


@rule(
    "split-can-never-match",
    Severity.WARNING,
    "A branch can never be taken: an earlier, wider one takes it all",
    why="The first branch that fits is taken. After 'contains yes' a branch 'equal_to yes please' has nothing left.",
    source=_WIDGET,
)
def can_never_match(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(_SPLIT):
        earlier: dict[str, list[_Branch]] = {}
        for branch in _branches(state):
            before = earlier.setdefault(branch.input, [])
            taker = _taken_by(branch, before)
            if taker is not None:
                narrow, wide = quote(str(branch.condition)), quote(str(taker.condition))
                yield Hit(
                    f"{narrow} can never be taken: {wide} stands before it and takes all of it.",
                    "Put the narrower branch first, or remove it.",
                    state.name,
                    subject.path(state, "transitions", branch.place),
                    "match",
                )
            # Exact answers are duplicate_option's subject; only what is wider can hide a branch here.
            if not branch.options:
                before.append(branch)


def _taken_by(branch: _Branch, before: list[_Branch]) -> _Branch | None:
    for wider in before:
        same = (wider.condition.type, wider.value) == (branch.condition.type, branch.value)
        if same or (not has_liquid(branch.value + wider.value) and _is_wider(wider, branch)):
            return wider
    return None


def _is_wider(wider: _Branch, branch: _Branch) -> bool:
    takes, kind = _TAKES.get(wider.condition.type), branch.condition.type
    if takes is None:
        return False
    if branch.options:
        return all(takes(option, wider.value) for option in branch.options)
    if kind in ("contains", "starts_with") and wider.condition.type in ("contains", "starts_with"):
        return takes(branch.value, wider.value) and (wider.condition.type, kind) != ("starts_with", "contains")
    return False


@rule(
    "split-unknown-condition",
    Severity.ERROR,
    "A split compares in a way that Studio does not know",
    why="Studio refuses the flow. Its comparisons are seventeen, written with underscores.",
    source=_WIDGET,
)
def unknown_condition(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in _conditions(subject):
        if condition.type not in COMPARISONS:
            yield Hit(
                f"{quote(condition.type)} is not a comparison of Studio.",
                f"{subject.hint(condition.type, COMPARISONS)}Known: {', '.join(COMPARISONS)}.",
                state.name,
                f"{path}/type",
                "match",
            )


@rule(
    "split-value-blank-edge",
    Severity.WARNING,
    "A comparison value begins or ends with a blank",
    why="Studio trims the customer's answer before it compares; that it also trims the value is not documented, so "
    "the branch may never be taken. Lists, 'contains' and template values are left alone: there it does no harm "
    "or is meant.",
    source=_WIDGET,
)
def value_blank_edge(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in _conditions(subject):
        value = condition.value
        stray = value != value.strip()
        if condition.type in ("starts_with", "does_not_start_with"):
            stray = value != value.lstrip()
        judged = (*_SINGLE, "equal_to", "not_equal_to", "starts_with", "does_not_start_with")
        if stray and value.strip() and condition.type in judged and not has_liquid(value):
            yield Hit(
                f"The value {quote(value)} begins or ends with a blank.",
                f"Write {quote(value.strip())}.",
                state.name,
                f"{path}/value",
                "match",
            )


@rule(
    "split-value-missing",
    Severity.WARNING,
    "A comparison has nothing to compare with",
    why="Every text contains and starts with nothing, so such a branch takes every answer; a number or a date that is "
    "not there is never met. A note for equal_to and not_equal_to, where 'is_blank' says it plainly.",
    source=_WIDGET,
)
def value_missing(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in _conditions(subject):
        if condition.type in COMPARISONS and condition.type not in _BLANKS and not condition.value.strip():
            plain = condition.type in ("equal_to", "not_equal_to")
            yield Hit(
                f"{quote(condition.type)} has no value to compare with.",
                "Fill in the value; to test for an empty answer use 'is_blank' or 'is_not_blank'.",
                state.name,
                f"{path}/value",
                "match",
                severity=Severity.NOTE if plain else None,
            )
