"""The 17 comparisons of a split: name -> one small function ``(input, value) -> bool``.

Comparisons ignore case and surrounding blanks. Source: Twilio docs, *Split Based On... widget*; what the page leaves
open (whether list items are trimmed, how dates are written) follows what published flows rely on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, time
from functools import lru_cache

Comparison = Callable[[str, str], bool]

#: A pattern longer than this, or tried on a longer input, is refused: patterns come from files we do not trust.
MAX_PATTERN_CHARS = 1_000
MAX_SUBJECT_CHARS = 2_000


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
    pattern = _pattern(value)
    return bool(pattern and len(text) <= MAX_SUBJECT_CHARS and pattern.fullmatch(text))


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


def holds(type: str, text: str, value: str) -> bool:
    """Whether a condition holds for the (rendered) input; an unknown type never does.

    >>> holds("matches_any_of", " Yes ", "y, yes, sure"), holds("less_than", "1,000", "2000")
    (True, False)
    """
    comparison = CONDITIONS.get(type)
    if comparison is None:
        return False
    if type == "regex":
        return comparison(text.strip(), value)
    return comparison(text.strip().lower(), value.strip().lower())


@lru_cache(maxsize=1024)
def _items(value: str) -> frozenset[str]:
    return frozenset(item.strip() for item in value.split(","))


@lru_cache(maxsize=1024)
def _pattern(value: str) -> re.Pattern[str] | None:
    if len(value) > MAX_PATTERN_CHARS:
        return None
    try:
        return re.compile(value.strip(), re.IGNORECASE)
    except (re.error, OverflowError, RecursionError):
        return None


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _time(text: str) -> time | None:
    match = re.fullmatch(r"(\d{1,2}):(\d{2})(?::\d{2})?", text)
    try:
        return time(int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
