"""The branches of a split as the rules look at them: what each takes, and which of two takes what the other would."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from flowlab.check.literal import is_template
from flowlab.check.subject import Subject
from flowlab.model.flow import Condition, State
from flowlab.run.conditions import holds, plain_value
from flowlab.run.pattern import MAX_PATTERN_CHARS, PatternFault, longest_text

SPLIT = "split-based-on"
#: Comparisons that stand in pairs: where one does not hold, the other does.
OPPOSITE = {
    "equal_to": "not_equal_to",
    "contains": "does_not_contain",
    "matches_any_of": "does_not_match_any_of",
    "starts_with": "does_not_start_with",
    "is_blank": "is_not_blank",
}
BLANKS = ("is_blank", "is_not_blank")
#: Comparisons by size: the one that holds below a value, and the one above.
LADDERS = {"less_than": "greater_than", "is_before_time": "is_after_time", "is_before_date": "is_after_date"}
SIZES = (*LADDERS, *LADDERS.values())
SINGLE = ("regex", *SIZES)
#: The 17 comparisons Studio knows.
COMPARISONS = (*OPPOSITE, *OPPOSITE.values(), *SINGLE)
#: Values beyond all others, by the comparison that finds a value below or above them.
_EXTREMES = {"less_than": ("-1e300", "1e300"), "is_before_time": ("00:00", "23:59")}
_DAYS = ("0001-01-01", "9999-12-31")


#: Patterns are tried on short answers, and only where that takes no time; of a split, so many branches are compared.
_LONGEST_TRIED, _QUICK = 40, 1_000
MOST_COMPARED = 200


class Branch(NamedTuple):
    """A branch of a split with one comparison, in lower case and trimmed as Studio compares."""

    place: int
    condition: Condition
    input: str
    value: str
    next: str | None

    @property
    def type(self) -> str:
        return self.condition.type

    @property
    def options(self) -> tuple[str, ...]:
        """The exact answers it is for; empty where it is for anything wider."""
        if is_template(self.value):
            return ()
        if self.type == "matches_any_of":
            return tuple(dict.fromkeys(item.strip() for item in self.value.split(",") if item.strip()))
        return (self.value,) if self.type == "equal_to" else ()

    @property
    def is_exact(self) -> bool:
        """Whether :attr:`options` are all it takes. A list with an empty item may take an empty answer, too."""
        return bool(self.options) and (self.type == "equal_to" or all(map(str.strip, self.value.split(","))))

    def takes(self, answer: str) -> bool:
        """Whether an answer surely goes this way, if it comes so far."""
        return self._judge(answer) is True

    def refuses(self, answer: str) -> bool:
        """Whether an answer surely does not go this way."""
        return self._judge(answer) is False

    def _judge(self, answer: str) -> bool | None:
        """None where it cannot be said, or not at once."""
        if self.type == "regex" and (len(answer) > _LONGEST_TRIED or not _is_quick(self.value)):
            return None
        if is_template(self.value) or not (self.value or self.type in BLANKS):
            return None
        try:
            return holds(self.type, answer, self.value)
        except PatternFault:
            return None


def branches(state: State) -> Iterator[Branch]:
    """The branches one comparison decides, in the order in which Studio tries them."""
    for index, transition in enumerate(state.transitions):
        if transition.event == "match" and len(transition.conditions) == 1:
            yield branch_of(state, index, transition.conditions[0], transition.next)


@lru_cache(maxsize=1024)
def _is_quick(pattern: str) -> bool:
    return len(pattern) <= MAX_PATTERN_CHARS and longest_text(pattern) >= _QUICK


def branch_of(state: State, index: int, condition: Condition, next: str | None) -> Branch:
    """One comparison of a split as a branch of its own."""
    tested = condition.arguments[0] if condition.arguments else str(state.properties.get("input", ""))
    return Branch(index, condition, "".join(tested.split()), plain_value(condition.type, condition.value), next)


def conditions(subject: Subject) -> Iterator[tuple[State, Condition, str]]:
    """Every comparison of every split, with its path."""
    for state in subject.of_type(SPLIT):
        for index, transition in enumerate(state.transitions):
            for number, condition in enumerate(transition.conditions):
                yield state, condition, subject.path(state, "transitions", index, "conditions", number)


def is_wider(wider: Branch, branch: Branch) -> bool:
    """Whether every answer that ``branch`` would take goes by ``wider`` already. Not sure is no."""
    if wider.type == branch.type and _same_value(wider, branch):
        return True
    if is_template(branch.value + wider.value):
        return False
    if branch.options:
        return branch.is_exact and all(map(wider.takes, branch.options))
    if branch.type in ("contains", "starts_with") and branch.value:
        if wider.type in ("contains", "starts_with") and wider.value:
            part = branch.type == "contains" or wider.type == "contains"
            return (branch.type, wider.type) != ("contains", "starts_with") and (
                wider.value in branch.value if part else branch.value.startswith(wider.value)
            )
        return wider.type == "is_not_blank"
    if branch.type in SIZES and is_size(branch.type, branch.value):
        return wider.type == "is_not_blank" or (wider.type == branch.type and _is_lower_rung(wider, branch))
    return False


def _same_value(one: Branch, other: Branch) -> bool:
    """Patterns ignore case too, but for what stands behind a backslash: ``\\S`` is not ``\\s``."""
    loose = one.type == "regex" and "\\" not in one.value
    return one.value == other.value or (loose and one.value.lower() == other.value.lower())


def _is_lower_rung(wider: Branch, branch: Branch) -> bool:
    """Of two comparisons by size, whether the first takes all that the second would: its value lies further out."""
    return is_size(wider.type, wider.value) and not holds(branch.type, wider.value, branch.value)


def is_size(type: str, value: str) -> bool:
    """Whether a comparison by size has a value that can be compared with: a number, ``HH:MM``, ``YYYY-MM-DD``.

    >>> is_size("less_than", "ten"), is_size("is_after_time", "17:30"), is_size("is_before_date", "2026-02-30")
    (False, True, False)
    """
    below = next((low for low, high in LADDERS.items() if type in (low, high)), None)
    if below is None:
        return False
    least, most = _EXTREMES.get(below, _DAYS)
    return holds(below, least, value) or holds(LADDERS[below], most, value)


def leaves_nothing_over(seen: list[Branch]) -> bool:
    """Whether these branches together take every answer: two of them are opposites."""
    keys = {(b.type, b.input, "" if b.type in BLANKS else b.value) for b in seen}
    return any((OPPOSITE.get(kind, ""), tested, value) in keys for kind, tested, value in keys)


def contradicts(parts: list[Branch]) -> bool:
    """Whether several comparisons that must all hold never do together. Not sure is no."""
    for one in parts:
        others = [other for other in parts if other is not one and other.input == one.input]
        if one.is_exact and all(any(other.refuses(option) for other in others) for option in one.options):
            return True
        high = LADDERS.get(one.type, "")
        for other in others:
            if OPPOSITE.get(one.type) == other.type and (one.type in BLANKS or one.value == other.value):
                return True
            sizes = other.type == high and is_size(one.type, one.value) and is_size(high, other.value)
            if sizes and not holds(one.type, other.value, one.value):
                return True
    return False
