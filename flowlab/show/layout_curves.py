"""Lines -> curves with round corners, and what lies in their way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import pairwise

from flowlab.show.layout_model import Box, Point
from flowlab.show.layout_routes import CURVE

#: The points of a cubic Bézier chain, as a :class:`~flowlab.show.layout_model.Layout` has them.
Route = tuple[Point, ...]
CLEAR = 5.0  #: how near a route may come to a box that is not its own
ROUND = 12.0
SAMPLES = 14


def crossing(route: Route, boxes: Iterable[Box], clear: float = CLEAR) -> int:
    """How many boxes a route runs through, or passes nearer than ``clear`` pixels."""
    points = sampled(route)
    left, right = min(x for x, _ in points) - clear, max(x for x, _ in points) + clear
    top, bottom = min(y for _, y in points) - clear, max(y for _, y in points) + clear
    near = [b for b in boxes if b.x < right and b.right > left and b.y < bottom and b.bottom > top]
    return sum(any(_cuts(a, b, box, clear) for a, b in pieces(points)) for box in near)


def unbent(line: list[Point]) -> list[Point]:
    """Without points that lie on the way between their neighbours, or on one of them."""
    kept: list[Point] = []
    for point in line:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and any(kept[-2][axis] == kept[-1][axis] == point[axis] for axis in (0, 1)):
            kept.pop()
        kept.append(point)
    return kept


def rounded(line: Sequence[Point]) -> Route:
    """Straight pieces with round corners, as a chain of Bézier curves."""
    points = [line[0]]
    for before, corner, after in zip(line, line[1:], line[2:], strict=False):
        reach = min(ROUND, length([before, corner]) / 2, length([corner, after]) / 2)
        points += _straight(points[-1], _towards(corner, before, reach))
        end = _towards(corner, after, reach)
        points += [_between(points[-1], corner, CURVE), _between(end, corner, CURVE), end]
    return tuple(points + _straight(points[-1], line[-1]))


def _straight(start: Point, end: Point) -> list[Point]:
    return [_between(start, end, 1 / 3), _between(start, end, 2 / 3), end]


def _between(one: Point, other: Point, share: float) -> Point:
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _towards(start: Point, end: Point, by: float) -> Point:
    return _between(start, end, by / (length([start, end]) or 1.0))


def length(line: Sequence[Point]) -> float:
    return sum(math.dist(a, b) for a, b in pieces(line))


def pieces(line: Sequence[Point]) -> list[tuple[Point, Point]]:
    return list(pairwise(line))


def sampled(route: Route) -> list[Point]:
    """Points on the route; of a straight piece only its ends."""
    points = [route[0]]
    for at in range(0, len(route) - 1, 3):
        a, b, c, d = route[at : at + 4]
        straight = len({p[0] for p in (a, b, c, d)}) == 1 or len({p[1] for p in (a, b, c, d)}) == 1
        steps = 1 if straight else SAMPLES
        for step in range(1, steps + 1):
            t = step / steps
            one, two, three = _between(a, b, t), _between(b, c, t), _between(c, d, t)
            points.append(_between(_between(one, two, t), _between(two, three, t), t))
    return points


def _cuts(a: Point, b: Point, box: Box, clear: float) -> bool:
    """Whether the piece from ``a`` to ``b`` comes within ``clear`` of the box (Liang and Barsky's clipping)."""
    low, high = 0.0, 1.0
    for axis, (near, far) in enumerate(((box.x, box.right), (box.y, box.bottom))):
        step, start = b[axis] - a[axis], a[axis]
        if not step:
            if not near - clear < start < far + clear:
                return False
            continue
        enter, leave = sorted(((near - clear - start) / step, (far + clear - start) / step))
        low, high = max(low, enter), min(high, leave)
        if low >= high:
            return False
    return True


def point_at(points: Sequence[Point], share: float) -> Point:
    left = length(points) * share
    for a, b in pieces(points):
        step = length([a, b])
        if step and step >= left:
            return _between(a, b, left / step)
        left -= step
    return points[-1]


def overlap(one: Box, other: Box) -> float:
    wide = min(one.right, other.right) - max(one.x, other.x)
    high = min(one.bottom, other.bottom) - max(one.y, other.y)
    return max(0.0, wide) * max(0.0, high)
