"""Spans of time in words."""

from __future__ import annotations


def span(seconds: float) -> str:
    """A span of time in words, in the largest unit that it fills.

    >>> [span(s) for s in (0, 45, 60, 5400, 86400, 200_000)]
    ['0 s', '45 s', '1 min', '1.5 h', '1 day', '2.3 days']
    """
    units = (("day", 86400), ("h", 3600), ("min", 60))
    unit, size = next((unit for unit in units if seconds >= unit[1]), ("s", 1))
    amount = f"{seconds / size:.1f}".removesuffix(".0")
    return f"{amount} {unit}" + "s" * (unit == "day" and amount != "1")
