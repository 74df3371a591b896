"""Rules about regular expressions in splits."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.branches import conditions
from flowlab.check.literal import is_template
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.run.pattern import MAX_PATTERN_CHARS, PatternFault, longest_text, matches
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Split Based On... widget"
_SLASHED = re.compile(r"/.+/[a-z]{0,6}", re.DOTALL)
_SPECIAL = frozenset("\\^$.|?*+()[]{}")
#: Answers in characters: hardly any is shorter than the first, hardly any longer than the second.
_SHORT_TEXT, _LONG_TEXT = 30, 160


def _patterns(subject: Subject) -> Iterator[tuple[State, str, str]]:
    for state, condition, path in conditions(subject):
        pattern = condition.value.strip()
        if condition.type == "regex" and pattern and not is_template(pattern):
            yield state, pattern, f"{path}/value"


def _fault(pattern: str) -> str:
    try:
        matches(pattern, "")
    except PatternFault as fault:
        return str(fault)
    return ""


@rule(
    "split-regex-broken",
    Severity.ERROR,
    "A regular expression cannot be read",
    why="The branch is never taken, or the step fails.",
    source=_WIDGET,
)
def broken(subject: Subject) -> Iterator[Hit]:
    for state, pattern, path in _patterns(subject):
        fault = _fault(pattern)
        if fault:
            yield Hit(
                f"{fault[:1].upper()}{fault[1:]}.",
                "Mend it: close every bracket, and write signs that are meant as such with a backslash.",
                state.name,
                path,
                "match",
            )


@rule(
    "split-regex-slow",
    Severity.WARNING,
    "A regular expression can take for ever",
    why="Repeats inside repeats, such as '(a+)+', try every way of cutting a text: a longer answer stops the run. "
    "flowlab does not try such a pattern on longer texts. A note where only answers of some length are concerned.",
    source="Counted from the pattern itself",
)
def slow(subject: Subject) -> Iterator[Hit]:
    for state, pattern, path in _patterns(subject):
        if len(pattern) > MAX_PATTERN_CHARS or _fault(pattern):
            continue
        most = longest_text(pattern)
        if most < _LONG_TEXT:
            yield Hit(
                f"{quote(pattern)} may take for ever on an answer of more than {most:,} characters.",
                "Write it without a repeat inside a repeat, and with fewer '.*'; or make several branches of it.",
                state.name,
                path,
                "match",
                severity=None if most < _SHORT_TEXT else Severity.NOTE,
            )


@rule(
    "split-regex-slashes",
    Severity.WARNING,
    "A regular expression stands between slashes",
    why="Studio takes the slashes as part of the pattern, so the answer would have to hold them. Case is ignored "
    "anyway.",
    source=_WIDGET,
)
def slashes(subject: Subject) -> Iterator[Hit]:
    for state, pattern, path in _patterns(subject):
        if _SLASHED.fullmatch(pattern):
            yield Hit(
                f"{quote(pattern)} stands between slashes, which the answer would have to hold.",
                f"Write {quote(pattern.rsplit('/', 1)[0][1:])}.",
                state.name,
                path,
                "match",
            )


@rule(
    "split-regex-whole",
    Severity.NOTE,
    "A regular expression that looks as if part of an answer would do",
    why="A pattern must match the whole answer: '^yes' takes 'yes' and not 'yes please', and a plain word takes that "
    "word alone.",
    source=_WIDGET,
)
def whole(subject: Subject) -> Iterator[Hit]:
    for state, pattern, path in _patterns(subject):
        open_end = pattern.startswith("^") and not pattern.endswith(("$", ".*", ".+", "*", "+"))
        open_start = pattern.endswith("$") and not pattern.startswith(("^", ".*", ".+", "(?"))
        if open_end or open_start or not _SPECIAL & set(pattern):
            yield Hit(
                f"{quote(pattern)} must match the whole answer, not a part of it.",
                "Write '.*' where anything may stand before or behind; for one exact answer use 'equal_to'.",
                state.name,
                path,
                "match",
            )
