"""Rules about what a split compares, and what it compares with."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.branches import BLANKS, COMPARISONS, SINGLE, SIZES, SPLIT, conditions, is_size
from flowlab.check.literal import has_liquid, is_template
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import Condition
from flowlab.run.conditions import plain_value
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Split Based On... widget"
_CAPTION = re.compile(r"If value (\w+) (.+)", re.DOTALL)
_QUOTES = "\"'“”‘’«»"
_SHORT = 2
_EXAMPLE = {"time": "'17:30'", "date": "'2026-12-24'", "than": "'10' or '2.5'"}


@rule(
    "split-unknown-condition",
    Severity.ERROR,
    "A split compares in a way that Studio does not know",
    why="Studio refuses the flow. Its comparisons are seventeen, written with underscores.",
    source=_WIDGET,
)
def unknown_condition(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
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
    for state, condition, path in conditions(subject):
        value = condition.value
        stray = value != value.strip()
        if condition.type in ("starts_with", "does_not_start_with"):
            stray = value != value.lstrip()
        judged = (*SINGLE, "equal_to", "not_equal_to", "starts_with", "does_not_start_with")
        if stray and value.strip() and condition.type in judged and not is_template(value):
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
    for state, condition, path in conditions(subject):
        if condition.type in COMPARISONS and condition.type not in BLANKS and not condition.value.strip():
            plain = condition.type in ("equal_to", "not_equal_to")
            yield Hit(
                f"{quote(condition.type)} has no value to compare with.",
                "Fill in the value; to test for an empty answer use 'is_blank' or 'is_not_blank'.",
                state.name,
                f"{path}/value",
                "match",
                severity=Severity.NOTE if plain else None,
            )


@rule(
    "split-value-no-size",
    Severity.WARNING,
    "A comparison by size has a value that is no number, time or date",
    why="Numbers are compared with numbers, times of day with HH:MM (24 hours), dates with YYYY-MM-DD. Against "
    "anything else the branch is never taken.",
    source=_WIDGET,
)
def value_no_size(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        value = plain_value(condition.type, condition.value)
        if condition.type in SIZES and value and not is_template(value) and not is_size(condition.type, value):
            kind = condition.type.rsplit("_", 1)[-1]
            what = {"than": "number", "time": "time of day, HH:MM", "date": "date, YYYY-MM-DD"}[kind]
            yield Hit(
                f"{quote(condition.type)} compares with {quote(condition.value)}, which is no {what}.",
                f"Write it like {_EXAMPLE[kind]}.",
                state.name,
                f"{path}/value",
                "match",
            )


@rule(
    "split-empty-item",
    Severity.NOTE,
    "A list of answers has an empty item",
    why="A comma too many leaves an item with nothing in it; whether an empty answer then fits is not documented.",
    source=_WIDGET,
)
def empty_item(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        items = condition.value.split(",")
        is_list = condition.type in ("matches_any_of", "does_not_match_any_of") and not is_template(condition.value)
        if is_list and condition.value.strip() and not all(item.strip() for item in items):
            yield Hit(
                f"The list {quote(condition.value)} has an empty item.",
                "Take out the comma that has nothing beside it.",
                state.name,
                f"{path}/value",
                "match",
            )


@rule(
    "split-quoted-item",
    Severity.WARNING,
    "A list of answers has items in quotation marks",
    why="A list is cut at every comma, and quotation marks are part of the item: '\"yes, please\", no' waits for "
    "somebody who writes '\"yes'. An item cannot hold a comma.",
    source=_WIDGET,
)
def quoted_item(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        if condition.type not in ("matches_any_of", "does_not_match_any_of") or is_template(condition.value):
            continue
        quoted = [item.strip() for item in condition.value.split(",") if item.strip()[:1] in (*_QUOTES,)]
        if quoted and "," in condition.value:
            yield Hit(
                f"The item {quote(quoted[0])} begins with a quotation mark, which the customer would have to write.",
                "Write the items bare. For an answer with a comma in it make a branch of its own with 'equal_to'.",
                state.name,
                f"{path}/value",
                "match",
            )


@rule(
    "split-list-in-equal-to",
    Severity.NOTE,
    "An exact comparison with what looks like a list",
    why="'equal_to yes, y, ok' waits for somebody who writes all of it. A list of answers is 'matches_any_of'.",
    source=_WIDGET,
)
def list_in_equal_to(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        items = [item.split() for item in condition.value.split(",")]
        if condition.type == "equal_to" and len(items) > 2 and all(0 < len(words) < 3 for words in items):
            yield Hit(
                f"'equal_to' compares with the whole of {quote(condition.value)}.",
                "Use 'matches_any_of' if any one of these answers will do.",
                state.name,
                f"{path}/value",
                "match",
            )


@rule(
    "split-contains-little",
    Severity.NOTE,
    "A branch takes every answer with one or two letters in it",
    why="'contains no' also takes 'now', 'know' and 'Norway'; 'contains 1' takes '10' and any telephone number.",
    source=_WIDGET,
)
def contains_little(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        value = condition.value.strip()
        if condition.type == "contains" and 0 < len(value) <= _SHORT and value.isalnum() and value.isascii():
            yield Hit(
                f"'contains' {quote(value)} takes every answer in which that stands, also inside a word or a number.",
                "Use 'matches_any_of' with the answers you mean, or a pattern such as '.*\\bno\\b.*'.",
                state.name,
                f"{path}/value",
                "match",
            )


@rule(
    "split-caption-disagrees",
    Severity.NOTE,
    "A branch is called otherwise than it compares",
    why="The caption ('If value equal_to 1') is what the console shows; what counts is the comparison. It happens when "
    "a condition is edited outside of the console.",
    source="Public flows: one says equal_to in the caption and matches_any_of in the condition",
)
def caption_disagrees(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        said = _CAPTION.fullmatch(condition.label)
        if said is None or said[1] not in COMPARISONS or condition.type in BLANKS:
            continue
        if said[1] != condition.type or said[2].lower().split() != condition.value.lower().split():
            yield Hit(
                f"The caption says {quote(condition.label)}, the condition is {quote(str(condition))}.",
                "Mend whichever of the two is wrong.",
                state.name,
                f"{path}/friendly_name",
                "match",
            )


@rule(
    "split-tests-fixed-text",
    Severity.WARNING,
    "A split tests a text in which nothing varies",
    why="Without '{{...}}' the name of a variable is just a text, and every conversation goes the same way. Where the "
    "value is a variable instead, 'arguments' and 'value' are swapped; it does no harm to 'equal_to'.",
    source=_WIDGET,
)
def tests_fixed_text(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        if _is_swapped(condition) and condition.type not in ("equal_to", "not_equal_to"):
            yield Hit(
                f"'arguments' and 'value' look swapped: {quote(condition.arguments[0])} is tested against "
                f"{quote(condition.value)}.",
                "Write what is tested in 'arguments', and what it is compared with in 'value'.",
                state.name,
                path,
                "match",
            )
    for state in subject.of_type(SPLIT):
        given = state.properties.get("input")
        told = [c for t in state.transitions for c in t.conditions if not _is_swapped(c)]
        arguments = [a for c in told for a in c.arguments[:1]]
        if told == [] and any(t.conditions for t in state.transitions):
            continue
        fixed = [text for text in [given, *arguments] if isinstance(text, str) and text and "{" not in text]
        if fixed and (fixed[0] != given or not any("{" in a for a in arguments)):
            yield Hit(
                f"This split tests {quote(fixed[0])}, in which nothing varies.",
                f"Write {{{{{fixed[0].strip()}}}}}." if " " not in fixed[0].strip() else "Name a variable in braces.",
                state.name,
                subject.path(state, "properties", "input"),
            )


def _is_swapped(condition: Condition) -> bool:
    """Whether what is tested is fixed, and what it is compared with is a variable."""
    return bool(condition.arguments) and not is_template(condition.arguments[0]) and has_liquid(condition.value)


@rule(
    "split-tests-another",
    Severity.NOTE,
    "A branch tests something else than its split shows",
    why="The console shows the split's input; what is compared is each condition's own argument. It is sometimes "
    "meant, and sometimes left behind when the input was changed.",
    source="Public flows: 27 of 1,282 conditions",
)
def tests_another(subject: Subject) -> Iterator[Hit]:
    for state, condition, path in conditions(subject):
        given = state.properties.get("input")
        if isinstance(given, str) and given.strip() and condition.arguments and not _is_swapped(condition):
            tested = condition.arguments[0]
            if tested.strip() and "".join(tested.split()) != "".join(given.split()):
                yield Hit(
                    f"This branch tests {quote(tested)}; the split shows {quote(given)}.",
                    "Make the two the same, unless this is meant.",
                    state.name,
                    f"{path}/arguments",
                    "match",
                )
