"""Intervals that keep small numbers honest."""

from __future__ import annotations

from functools import cache
from math import nan


@cache
def wilson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share: ``k`` of ``n``, as shares from 0 to 1.

    Unlike the textbook interval it holds for few cases and for shares near 0 and 1 (Wilson 1927). Without cases
    (``n`` is 0) there is nothing to say: ``(nan, nan)``.

    Raises ValueError (from scipy) when ``k`` is not within 0 and ``n``.

    >>> [round(bound, 3) for bound in wilson(7, 20)]
    [0.181, 0.567]
    >>> wilson(0, 0)
    (nan, nan)
    """
    if n == 0:
        return (nan, nan)
    from scipy.stats import binomtest

    interval = binomtest(k, n).proportion_ci(confidence, method="wilson")
    return (float(interval.low), float(interval.high))
