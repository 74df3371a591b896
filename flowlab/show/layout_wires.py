"""Boxes that stand anywhere -> routes of the edges between them, and places for their labels.

A route is the first of several that runs through no box, the shorter ones first: a plain curve, else straight pieces
along a lane beside a box, with round corners.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowlab.show.layout_curves import Route, crossing, length, overlap, pieces, point_at, rounded, sampled, unbent
from flowlab.show.layout_model import Box, EdgeId, Point
from flowlab.show.layout_place import loop_reach, port_reach
from flowlab.show.layout_routes import CURVE, LOOP_HALF, PORT_GAP, spread
from flowlab.show.layout_rows import LABEL_PAD, LANE, Size

STUB = 16.0  #: how far a route leaves its box straight
TRIES = 80
LANES_APART = 8.0
ALONG = (0.5, 0.4, 0.6, 0.3, 0.7, 0.22, 0.78, 0.15, 0.85)  #: where on its edge a label may stand, the best first
#: Which way a route leaves a side.
AWAY: Mapping[str, Point] = {"bottom": (0, 1), "top": (0, -1), "left": (-1, 0), "right": (1, 0)}


@dataclass(frozen=True, slots=True)
class _Wire:
    """An edge and the sides of the boxes it leaves from and comes to."""

    edge: EdgeId
    leaves: str
    arrives: str


class Wires:
    """The routes of all edges, and the boxes of their labels.

    >>> boxes = {"a": Box(0, 0, 80, 40), "b": Box(0, 100, 80, 40), "c": Box(0, 200, 80, 40)}
    >>> wires = Wires(boxes, [("a", "c", 0)], {})
    >>> crossing(wires.routes["a", "c", 0], [boxes["b"]])
    0
    """

    def __init__(self, boxes: Mapping[str, Box], edges: Sequence[EdgeId], labels: Mapping[EdgeId, Size]) -> None:
        self._boxes = boxes
        self._lanes: list[tuple[float, float, float]] = []
        self._wires = [_wire(edge, boxes, labels.get(edge, (0.0, 0.0))[0]) for edge in edges if edge[0] != edge[1]]
        self._ports = self._all_ports()
        self.routes: dict[EdgeId, Route] = {}
        for wire in sorted(self._wires, key=self._length):
            self.routes[wire.edge] = self._route(wire)
        self.labels = self._placed({edge: size for edge, size in labels.items() if edge[0] != edge[1]})
        self._loop([edge for edge in edges if edge[0] == edge[1]], labels)
        self.routes = {edge: self.routes[edge] for edge in edges}

    def _all_ports(self) -> dict[tuple[EdgeId, bool], Point]:
        """Where each edge leaves (True) and arrives: spread over the side, in the order of where they come from."""
        sides: dict[tuple[str, str], list[tuple[float, EdgeId, bool]]] = {}
        for wire in self._wires:
            tail, head, _ = wire.edge
            for node, side, other, leaving in ((tail, wire.leaves, head, True), (head, wire.arrives, tail, False)):
                x, y = self._boxes[other].centre
                sides.setdefault((node, side), []).append((y if side in ("left", "right") else x, wire.edge, leaving))
        ports: dict[tuple[EdgeId, bool], Point] = {}
        for (node, side), found in sides.items():
            box, upright = self._boxes[node], side in ("left", "right")
            middle, reach = (box.centre[1], box.height / 2 - 6) if upright else (box.centre[0], port_reach(box.width))
            found.sort()
            gap = min(PORT_GAP, 2 * reach / max(1, len(found) - 1))
            wanted = [min(max(far - middle, -reach), reach) * (0.3 if upright else 1) for far, _, _ in found]
            for (_, edge, leaving), at in zip(found, spread(wanted, gap, reach), strict=True):
                edge_of = {"bottom": box.bottom, "top": box.y, "left": box.x, "right": box.right}[side]
                ports[edge, leaving] = (edge_of, middle + at) if upright else (middle + at, edge_of)
        return ports

    def _length(self, wire: _Wire) -> float:
        (x, y), (u, v) = self._ports[wire.edge, True], self._ports[wire.edge, False]
        return abs(x - u) + abs(y - v)

    def _route(self, wire: _Wire) -> Route:
        foreign = [box for name, box in self._boxes.items() if name not in wire.edge[:2]]
        own = [self._boxes[name] for name in wire.edge[:2]]
        best: tuple[float, Route, list[Point]] | None = None
        for number, line in enumerate(self._lines(wire, [*foreign, *own])):
            route = tuple(line) if len(line) == 4 and number == 0 else rounded(line)
            through = crossing(route, foreign) + (crossing(route, own, -1.0) if number else 0)
            cost = 1000.0 * through + 60.0 * self._shared(line) + number
            if best is None or cost < best[0]:
                best = cost, route, line
            if cost == number or number == TRIES:
                break
        assert best is not None, "every edge has its plain curve"
        self._lanes += [(x, min(y, v), max(y, v)) for (x, y), (u, v) in pieces(best[2][1:-1]) if x == u]
        return best[1]

    def _lines(self, wire: _Wire, boxes: list[Box]) -> Iterator[list[Point]]:
        """The plain curve's corners first, then ways along lanes, the shorter the earlier."""
        start, end = self._ports[wire.edge, True], self._ports[wire.edge, False]
        first, last = _beyond(start, wire.leaves), _beyond(end, wire.arrives)
        if wire.leaves != wire.arrives:
            yield [start, *_controls(start, end, wire), end]
        left, right = sorted((first[0], last[0]))
        top, bottom = sorted((first[1], last[1]))
        xs, ys = {first[0], last[0]}, set[float]()
        for box in boxes:
            if box.bottom > top - LANE and box.y < bottom + LANE:
                xs |= {edge + LANE * n for edge, n in ((box.x, -1), (box.right, 1), (box.x, -2), (box.right, 2))}
            if box.right > left - LANE and box.x < right + LANE:
                ys |= {box.y - LANE, box.bottom + LANE}
        lines = [[start, first, (x, first[1]), (x, last[1]), last, end] for x in xs]
        lines += [[start, first, (first[0], y), (last[0], y), last, end] for y in ys]
        yield from sorted((unbent(line) for line in lines), key=lambda line: (length(line) + 12 * len(line), line))

    def _shared(self, line: Sequence[Point]) -> int:
        """How many lanes that others use it would run along."""
        mine = [(x, min(y, v), max(y, v)) for (x, y), (u, v) in pieces(line[1:-1]) if x == u]
        return sum(
            abs(x - lane) < LANES_APART and low < bottom and top < high
            for x, low, high in mine
            for lane, top, bottom in self._lanes
        )

    def _placed(self, sizes: Mapping[EdgeId, Size]) -> dict[EdgeId, Box]:
        taken = [*self._boxes.values()]
        found: dict[EdgeId, Box] = {}
        for edge, (width, height) in sizes.items():
            points = sampled(self.routes[edge])
            places = [point_at(points, share) for share in ALONG]
            tries = [Box(x - width / 2, y - height / 2, width, height) for x, y in places]
            found[edge] = _freest(tries, taken)
            taken.append(found[edge])
        return found

    def _loop(self, loops: Iterable[EdgeId], sizes: Mapping[EdgeId, Size]) -> None:
        """Edges from a box to itself: out of its right side, round, and back above; labels right of them."""
        seen: dict[str, list[EdgeId]] = {}
        for edge in loops:
            seen.setdefault(edge[0], []).append(edge)
        for node, edges in seen.items():
            box, y = self._boxes[node], self._boxes[node].centre[1]
            low = y - sum(sizes[edge][1] + LABEL_PAD for edge in edges if edge in sizes) / 2
            for place, edge in enumerate(edges, start=1):
                half, far = min(LOOP_HALF, box.height / 4) * place / len(edges), box.right + loop_reach(place)
                out, back = (far, y + half), (far, y - half)
                self.routes[edge] = ((box.right, y + half), out, out, (far, y), back, back, (box.right, y - half))
                if edge in sizes:
                    self.labels[edge] = Box(box.right + loop_reach(len(edges)) + LABEL_PAD, low, *sizes[edge])
                    low += sizes[edge][1] + LABEL_PAD


def _wire(edge: EdgeId, boxes: Mapping[str, Box], label: float) -> _Wire:
    tail, head = boxes[edge[0]], boxes[edge[1]]
    gap = max(head.x - tail.right, tail.x - head.right)
    if head.y >= tail.bottom + STUB:
        return _Wire(edge, "bottom", "top")
    if STUB < gap < label + 2 * STUB:  # no room for the label between the two
        side = "bottom" if head.x > tail.x else "top"
        return _Wire(edge, side, side)
    if head.x > tail.right + STUB:
        return _Wire(edge, "right", "left")
    if head.right < tail.x - STUB:
        return _Wire(edge, "left", "right")
    side = "right" if head.centre[0] >= tail.centre[0] else "left"
    return _Wire(edge, side, side)


def _beyond(at: Point, side: str) -> Point:
    dx, dy = AWAY[side]
    return at[0] + dx * STUB, at[1] + dy * STUB


def _controls(start: Point, end: Point, wire: _Wire) -> tuple[Point, Point]:
    if wire.leaves == "bottom":
        rise = (end[1] - start[1]) * CURVE
        return (start[0], start[1] + rise), (end[0], end[1] - rise)
    run = (end[0] - start[0]) * CURVE
    return (start[0] + run, start[1]), (end[0] - run, end[1])


def _freest(tries: Sequence[Box], taken: Iterable[Box]) -> Box:
    """The first that covers nothing, else the one that covers least."""
    left, right = min(box.x for box in tries), max(box.right for box in tries)
    top, bottom = min(box.y for box in tries), max(box.bottom for box in tries)
    near = [b for b in taken if b.x < right and b.right > left and b.y < bottom and b.bottom > top]
    covered = ((sum(overlap(box, other) for other in near), place) for place, box in enumerate(tries))
    best = (float("inf"), 0)
    for found in covered:
        best = min(best, found)
        if not best[0]:
            break
    return tries[best[1]]
