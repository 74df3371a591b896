"""Intervals that keep small numbers honest."""

from __future__ import annotations

from functools import cache
from math import nan, sqrt
from statistics import NormalDist


@cache
def wilson(k: int, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval of a share: ``k`` of ``n``, as shares from 0 to 1.

    Unlike the textbook interval it holds for few cases and for shares near 0 and 1 (Wilson 1927). Without cases
    (``n`` is 0) there is nothing to say: ``(nan, nan)``.

    Raises ValueError when ``k`` is not within 0 and ``n``.

    >>> [round(bound, 3) for bound in wilson(7, 20)]
    [0.181, 0.567]
    >>> wilson(0, 0)
    (nan, nan)
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share; expected 0 to {n}")
    if n == 0:
        return (nan, nan)
    z = NormalDist().inv_cdf((1 + confidence) / 2)
    spread = z * sqrt(4 * k * (n - k) / n + z * z)
    low, high = ((2 * k + z * z + side) / (2 * (n + z * z)) for side in (-spread, spread))
    return (low if k else 0.0, high if k < n else 1.0)
