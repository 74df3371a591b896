"""Layout, last step: heights, and the curves of the edges.

An edge crosses a row only straight up or down inside its own slot, and bends only in the gaps between rows. So it
cannot touch a foreign box or label, whatever the graph.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowlab.show.layout_model import Box, Point
from flowlab.show.layout_place import hook_offset, loop_reach, port_reach
from flowlab.show.layout_rows import LABEL_PAD, LANE, Hook, Rows, Size

ROW_GAP = 26.0  #: between a row and the next; grows where edges run far sideways
MOST_EXTRA = 70.0
PORT_GAP = 14.0  #: between two edges at the same side of a box
LOOP_HALF = 6.0  #: half the height of a self loop where it touches its box
CURVE = 0.55  #: share of a bend's height at which its control points sit


@dataclass(slots=True)
class Sketch:
    """One component with its coordinates: slots' centres ``x``, rows' ``top`` and ``bottom``."""

    rows: Rows
    x: list[float]
    top: list[float] = field(default_factory=list)
    bottom: list[float] = field(default_factory=list)

    def box(self, node: int) -> Box:
        width, height = self.rows.sizes[node]
        row = self.rows.row_of[node]
        middle = (self.top[row] + self.bottom[row]) / 2
        return Box(self.x[node] - width / 2, middle - height / 2, width, height)


class _Pen:
    """Draws a route piece by piece; straight pieces in one line become one."""

    def __init__(self, start: Point) -> None:
        self.points = [start]

    def to(self, x: float, y: float) -> None:
        """Go to a point: straight, when it lies above or below; else leaving and arriving vertically."""
        x0, y0 = self.points[-1]
        if abs(y - y0) < 0.01 and abs(x - x0) < 0.01:
            return
        if abs(x - x0) < 0.01 and self._vertical():
            y0 = self.points[-4][1]
            del self.points[-3:]
        rise = (y - y0) * CURVE
        self.points += [(x0, y0 + rise), (x, y - rise), (x, y)]

    def bend(self, first: Point, second: Point, end: Point) -> None:
        self.points += [first, second, end]

    def _vertical(self) -> bool:
        return len(self.points) > 3 and len({x for x, _ in self.points[-4:]}) == 1


def stack_rows(rows: Rows, x: list[float]) -> Sketch:
    """Give each row its height and place."""
    sketch = Sketch(rows, x)
    y = 0.0
    for index, row in enumerate(rows.rows):
        height = max((rows.height[slot] for slot in row), default=0.0)
        if index:
            moves = [abs(x[a] - x[b]) for a in row for b in rows.above[a]]
            base = ROW_GAP if height and sketch.bottom[-1] > sketch.top[-1] else ROW_GAP / 2
            y += base + min(MOST_EXTRA, 0.05 * max(moves, default=0.0))
        sketch.top.append(y)
        y += height
        sketch.bottom.append(y)
    return sketch


def route_edges(sketch: Sketch) -> dict[int, tuple[Point, ...]]:
    """The points of each edge by index; self loops are not among them."""
    hooks = {(hook.chain, hook.leaving): hook for hook in sketch.rows.hooks}
    upper = _ports(sketch, 1, {chain for chain, leaving in hooks if not leaving})
    lower = _ports(sketch, -2, {chain for chain, leaving in hooks if leaving})
    routes: dict[int, tuple[Point, ...]] = {}
    for index, chain in enumerate(sketch.rows.chains):
        top, *inside, bottom = chain.slots
        if not chain.back:
            pen = _Pen((upper[index], sketch.box(top).bottom))
            pen.to(upper[index], sketch.bottom[sketch.rows.row_of[top]])
            _pass_rows(sketch, pen, inside, upwards=False)
            pen.to(lower[index], sketch.top[sketch.rows.row_of[bottom]])
            pen.to(lower[index], sketch.box(bottom).y)
        else:
            if index in lower:
                pen = _Pen((lower[index], sketch.box(bottom).y))
                pen.to(lower[index], sketch.top[sketch.rows.row_of[bottom]])
            else:
                pen = _unhook(sketch, hooks[index, True])
            _pass_rows(sketch, pen, inside[::-1], upwards=True)
            if index in upper:
                pen.to(upper[index], sketch.bottom[sketch.rows.row_of[top]])
                pen.to(upper[index], sketch.box(top).bottom)
            else:
                _hook(sketch, pen, hooks[index, False])
        routes[chain.edge] = tuple(pen.points)
    return routes


def _pass_rows(sketch: Sketch, pen: _Pen, slots: list[int], *, upwards: bool) -> None:
    for slot in slots:
        row = sketch.rows.row_of[slot]
        if sketch.bottom[row] > sketch.top[row]:
            ends = (sketch.top[row], sketch.bottom[row])
            for y in reversed(ends) if upwards else ends:
                pen.to(sketch.x[slot], y)


def _ports(sketch: Sketch, end: int, hooked: set[int]) -> dict[int, float]:
    """Where each edge meets its upper box (``end`` 1) or its lower one (-2), by index of its chain; hooks aside.

    An edge whose next slot lies above or below the box goes straight; the others start a little towards theirs.
    """
    at: dict[int, list[tuple[float, int]]] = {}
    for index, chain in enumerate(sketch.rows.chains):
        if index not in hooked:
            node = chain.slots[0] if end == 1 else chain.slots[-1]
            at.setdefault(node, []).append((sketch.x[chain.slots[end]], index))
    ports: dict[int, float] = {}
    for node, found in at.items():
        found.sort()
        reach = port_reach(sketch.rows.sizes[node][0])
        gap = min(PORT_GAP, 2 * reach / max(1, len(found) - 1))
        wanted = [min(max(x - sketch.x[node], -reach), reach) for x, _ in found]
        for (_, index), place in zip(found, spread(wanted, gap, reach), strict=True):
            ports[index] = sketch.x[node] + place
    return ports


def spread(wanted: list[float], gap: float, reach: float) -> list[float]:
    """The places nearest to the wanted ones that are ``gap`` apart and within ``reach`` of 0.

    >>> spread([0, 0, 40], 10, 30)
    [-5.0, 5.0, 30]
    """
    blocks: list[tuple[float, int]] = []
    for index, want in enumerate(wanted):
        total, count = want - index * gap, 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / count:
            total, count = total + blocks[-1][0], count + blocks[-1][1]
            blocks.pop()
        blocks.append((total, count))
    bases = [total / count for total, count in blocks for _ in range(count)]
    last = len(wanted) - 1
    return [min(max(base + i * gap, i * gap - reach), reach - (last - i) * gap) for i, base in enumerate(bases)]


def _hook_port(sketch: Sketch, hook: Hook) -> Point:
    """Where a returning edge touches the side of its box.

    Edges that leave upwards use the upper half, arriving ones the lower: inner lanes farther from the middle, so that
    no two cross.
    """
    box = sketch.box(hook.node)
    step = min(8.0, box.height / 2 / (hook.lanes + 1))
    away = step * (hook.lanes - hook.lane)
    middle = box.centre[1]
    return (box.right if hook.side > 0 else box.x, middle - away if hook.leaving else middle + away)


def _unhook(sketch: Sketch, hook: Hook) -> _Pen:
    """Start a returning edge: out of the side of its box, then up."""
    start = _hook_port(sketch, hook)
    lane = sketch.x[hook.node] + hook_offset(sketch.rows, hook)
    top = sketch.top[sketch.rows.row_of[hook.node]]
    turn = max(top, start[1] - LANE)
    pen = _Pen(start)
    pen.bend((lane, start[1]), (lane, start[1]), (lane, turn))
    pen.to(lane, top)
    return pen


def _hook(sketch: Sketch, pen: _Pen, hook: Hook) -> None:
    """End a returning edge: up beside its box, then into the side."""
    end = _hook_port(sketch, hook)
    lane = sketch.x[hook.node] + hook_offset(sketch.rows, hook)
    bottom = sketch.bottom[sketch.rows.row_of[hook.node]]
    pen.to(lane, bottom)
    pen.to(lane, min(bottom, end[1] + LANE))
    pen.bend((lane, end[1]), (lane, end[1]), end)


def route_loops(sketch: Sketch) -> dict[int, tuple[Point, ...]]:
    """The points of each self loop by index: out of the right side, round, and back above."""
    routes: dict[int, tuple[Point, ...]] = {}
    for node, edges in sketch.rows.loops.items():
        box = sketch.box(node)
        middle = box.centre[1]
        lanes = _loops_start(sketch, node)
        for place, edge in enumerate(edges, start=1):
            half = min(LOOP_HALF, box.height / 4) * place / len(edges)
            far = lanes + loop_reach(place)
            routes[edge] = (
                (box.right, middle + half),
                *((far, middle + half), (far, middle + half), (far, middle)),
                *((far, middle - half), (far, middle - half), (box.right, middle - half)),
            )
    return routes


def _loops_start(sketch: Sketch, node: int) -> float:
    """The outermost lane of returning edges right of a box, or the box's own side."""
    lanes = [hook.lane + 1 for hook in sketch.rows.hooks if hook.node == node and hook.side > 0]
    return sketch.box(node).right + LANE * max(lanes, default=0)


def label_boxes(sketch: Sketch, sizes: Mapping[int, Size]) -> dict[int, Box]:
    """The label of each edge that has one: in the middle of its slot, or beside its loop."""
    boxes = {}
    for chain in sketch.rows.chains:
        if chain.label_slot >= 0:
            row = sketch.rows.row_of[chain.label_slot]
            middle = (sketch.top[row] + sketch.bottom[row]) / 2
            width, height = sizes[chain.edge]
            boxes[chain.edge] = Box(sketch.x[chain.label_slot] - width / 2, middle - height / 2, width, height)
    for node, edges in sketch.rows.loops.items():
        left = _loops_start(sketch, node) + loop_reach(len(edges)) + LABEL_PAD
        labelled = [edge for edge in edges if edge in sizes]
        y = sketch.box(node).centre[1] - sum(sizes[edge][1] + LABEL_PAD for edge in labelled) / 2
        for edge in labelled:
            boxes[edge] = Box(left, y + LABEL_PAD / 2, *sizes[edge])
            y += sizes[edge][1] + LABEL_PAD
    return boxes
