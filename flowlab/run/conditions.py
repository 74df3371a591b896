"""The 17 comparisons of a split: name -> one small function ``(input, value) -> bool``.

Comparisons ignore case and surrounding blanks. Source: Twilio docs, *Split Based On... widget*. What the page leaves
open follows what published flows rely on; :func:`conditions_for` gives the table of another reading.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, time
from functools import lru_cache

from flowlab.model.readings import READINGS, Readings
from flowlab.run.pattern import matches

Comparison = Callable[[str, str], bool]

_DIGITS = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d\d-\d\d)([t ].*)?", re.ASCII | re.DOTALL)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_CLOCK = re.compile(r"(\d{1,2}):(\d\d)(:\d\d)?", re.ASCII)


def _equal_to(text: str, value: str) -> bool:
    return text == value


def _contains(text: str, value: str) -> bool:
    return value in text


def _matches_any_of(text: str, value: str) -> bool:
    return text in _items(value)


def _starts_with(text: str, value: str) -> bool:
    return text.startswith(value)


def _is_blank(text: str, _value: str) -> bool:
    return not text


def _regex(text: str, value: str) -> bool:
    return matches(value, text)


def _less_than(text: str, value: str) -> bool:
    left, right = _number(text), _number(value)
    return left is not None and right is not None and left < right


def _greater_than(text: str, value: str) -> bool:
    return _less_than(value, text)


def _is_before_time(text: str, value: str) -> bool:
    left, right = _time(text), _time(value)
    return left is not None and right is not None and left < right


def _is_after_time(text: str, value: str) -> bool:
    return _is_before_time(value, text)


def _is_before_date(text: str, value: str) -> bool:
    left, right = _date(text), _date(value)
    return left is not None and right is not None and left < right


def _is_after_date(text: str, value: str) -> bool:
    return _is_before_date(value, text)


def _not(comparison: Comparison) -> Comparison:
    return lambda text, value: not comparison(text, value)


CONDITIONS: dict[str, Comparison] = {
    "equal_to": _equal_to,
    "not_equal_to": _not(_equal_to),
    "contains": _contains,
    "does_not_contain": _not(_contains),
    "matches_any_of": _matches_any_of,
    "does_not_match_any_of": _not(_matches_any_of),
    "starts_with": _starts_with,
    "does_not_start_with": _not(_starts_with),
    "is_blank": _is_blank,
    "is_not_blank": _not(_is_blank),
    "regex": _regex,
    "less_than": _less_than,
    "greater_than": _greater_than,
    "is_before_time": _is_before_time,
    "is_after_time": _is_after_time,
    "is_before_date": _is_before_date,
    "is_after_date": _is_after_date,
}


def _matches_any_as_written(text: str, value: str) -> bool:
    return text in value.split(",")


def _less_than_in_thousands(text: str, value: str) -> bool:
    return _less_than(_without_thousands(text), _without_thousands(value))


def _greater_than_in_thousands(text: str, value: str) -> bool:
    return _less_than_in_thousands(value, text)


@lru_cache(maxsize=16)
def conditions_for(readings: Readings) -> Mapping[str, Comparison]:
    """The comparisons as they are under these readings.

    >>> conditions_for(Readings(thousands_are_numbers=True))["less_than"]("1,000", "2000")
    True
    """
    table = dict(CONDITIONS)
    if not readings.any_of_trims_items:
        table["matches_any_of"] = _matches_any_as_written
        table["does_not_match_any_of"] = _not(_matches_any_as_written)
    if readings.thousands_are_numbers:
        table |= {"less_than": _less_than_in_thousands, "greater_than": _greater_than_in_thousands}
    return table


def holds(type: str, text: str, value: str, readings: Readings = READINGS) -> bool:
    """Whether a condition holds for the (rendered) input; an unknown type never does.

    Raises PatternFault for a regular expression that is not valid, or could take for ever on this input.

    >>> holds("matches_any_of", " Yes ", "y, yes, sure"), holds("less_than", "1,000", "2000")
    (True, False)
    """
    comparison = conditions_for(readings).get(type)
    return comparison is not None and comparison(plain(text), plain_value(type, value))


def plain(text: str) -> str:
    """An input as comparisons see it: no surrounding blanks, lower case."""
    return text.strip().lower()


def plain_value(type: str, value: str) -> str:
    """A condition's value as comparisons see it; a pattern keeps its case, as ``\\S`` is not ``\\s``."""
    return value.strip() if type == "regex" else value.strip().lower()


@lru_cache(maxsize=1024)
def _items(value: str) -> frozenset[str]:
    return frozenset(item.strip() for item in value.split(","))


def _number(text: str) -> float | None:
    """A number as people write it; Python's own ``1_000``, ``nan`` and ``infinity`` are none."""
    return float(text) if _DIGITS.fullmatch(text) else None


def _without_thousands(text: str) -> str:
    return text.replace(",", "") if _THOUSANDS.fullmatch(text) else text


def _time(text: str) -> time | None:
    match = _CLOCK.fullmatch(text)
    try:
        return time(int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


def _date(text: str) -> date | None:
    match = _DAY.fullmatch(text)
    try:
        return date.fromisoformat(match[1]) if match else None
    except ValueError:
        return None
