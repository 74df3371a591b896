"""Layout, fourth step: how far to the right each slot stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import inf
from typing import NamedTuple

from flowlab.show.layout_rows import LABEL_PAD, LANE, Hook, Rows, Size

NODE_GAP = 32.0  #: between two nodes of a row
LABEL_GAP = 10.0  #: between a label and its neighbour
PORT_MARGIN = 22.0  #: from the corner of a box to the first edge
EDGE_GAP = 16.0  #: between two edges, or an edge and a node

#: Sweeps that look one way, then both ways, then both ways while caring for straight lines more than for short ones.
ONE_WAY, BOTH_WAYS, STRAIGHT = 8, 4, 12
SOFTEN = 6.0  #: pixels; a difference smaller than this counts as nearly straight
#: How strongly the two ends of a piece of an edge pull at each other: at a box, at a returning edge's hook, inside.
AT_BOX, AT_HOOK, INSIDE = 2.0, 0.5, 8.0

#: For each slot: (neighbour, weight, how far right of the neighbour it would like to be).
Links = list[list[tuple[int, float, float]]]


class End(NamedTuple):
    """An end of an edge: at the upper or lower node, from ``least`` to ``most`` right of the node's centre."""

    node: int
    lower: bool
    least: float
    most: float


def port_reach(width: float) -> float:
    """How far from its middle a box of that width lets edges in and out."""
    return width / 2 - min(PORT_MARGIN, width * 0.3)


def hang_hooks(rows: Rows) -> None:
    """Hang returning edges on the sides of their boxes, and widen the slots for the lanes beside them.

    An end with forward edges both left and right of it would have to cross those: it gets no hook, and meets its box
    from below or above as they do.
    """
    position = {slot: place for row in rows.rows for place, slot in enumerate(row)}
    forward = {slot for chain in rows.chains if not chain.back for slot in chain.slots[1:-1]}
    ends: dict[tuple[int, int, bool], list[tuple[int, int]]] = {}
    for index, chain in enumerate(rows.chains):
        if not chain.back:
            continue
        for node, first, near, leaving in (
            (chain.slots[0], chain.slots[1], rows.below, False),
            (chain.slots[-1], chain.slots[-2], rows.above, True),
        ):
            others = [position[other] for other in near[node] if other in forward]
            if not others or position[first] > max(others):
                ends.setdefault((node, 1, leaving), []).append((position[first], index))
            elif position[first] < min(others):
                ends.setdefault((node, -1, leaving), []).append((-position[first], index))
    for (node, side, leaving), found in ends.items():
        for lane, (_, index) in enumerate(sorted(found)):
            rows.hooks.append(Hook(index, node, side, leaving, lane, len(found)))
    for hook in rows.hooks:
        extents = rows.right if hook.side > 0 else rows.left
        extents[hook.node] = max(extents[hook.node], abs(hook_offset(rows, hook)))


def hang_loops(rows: Rows, labels: Mapping[int, Size]) -> None:
    """Make room on the right of a node for its self loops and, beyond them, their labels one below the other."""
    for node, edges in rows.loops.items():
        sizes = [labels[edge] for edge in edges if edge in labels]
        rows.right[node] += loop_reach(len(edges))
        if sizes:
            rows.right[node] += LABEL_PAD + max(width for width, _ in sizes)
            rows.height[node] = max(rows.height[node], sum(height + LABEL_PAD for _, height in sizes))


def loop_reach(count: int) -> float:
    """How far so many self loops of a node stand out."""
    return LANE + 4.0 * count


def hook_offset(rows: Rows, hook: Hook) -> float:
    """How far right of its box's centre a returning edge runs up or down beside it."""
    return hook.side * (rows.sizes[hook.node][0] / 2 + LANE * (hook.lane + 1))


def place_columns(rows: Rows) -> list[float]:
    """The centre of each slot. Rows are moved in turn towards their neighbours, keeping order and distances."""
    up, down = _links(rows)
    both = [a + b for a, b in zip(up, down, strict=True)]
    x = [0.0] * len(rows.row_of)
    offsets = [_offsets(rows, row) for row in rows.rows]
    for row, offset in zip(rows.rows, offsets, strict=True):
        for slot, place in zip(row, offset, strict=True):
            x[slot] = place - offset[-1] / 2
    for sweep in range(ONE_WAY + BOTH_WAYS + STRAIGHT):
        downwards = sweep % 2 == 0
        links = both if sweep >= ONE_WAY else up if downwards else down
        order = range(len(offsets)) if downwards else range(len(offsets) - 1, -1, -1)
        for index in order:
            _settle(rows.rows[index], offsets[index], links, x, straight=sweep >= ONE_WAY + BOTH_WAYS)
    _straighten(rows, offsets, x)
    return x


def _links(rows: Rows) -> tuple[Links, Links]:
    up: Links = [[] for _ in rows.row_of]
    down: Links = [[] for _ in rows.row_of]
    hooked = {(hook.chain, hook.leaving): hook_offset(rows, hook) for hook in rows.hooks}
    for index, chain in enumerate(rows.chains):
        last = len(chain.slots) - 2
        for piece, (upper, lower) in enumerate(pairwise(chain.slots)):
            weight, offset = INSIDE, 0.0
            if piece in (0, last):
                hook = hooked.get((index, piece != 0))
                weight = AT_BOX if hook is None else AT_HOOK
                offset = 0.0 if hook is None else hook if piece == 0 else -hook
            up[lower].append((upper, weight, offset))
            down[upper].append((lower, weight, -offset))
    return up, down


def _gap(rows: Rows, left: int, right: int) -> float:
    if rows.is_node(left) and rows.is_node(right):
        return NODE_GAP
    return EDGE_GAP if rows.is_node(left) or rows.is_node(right) or not _wide(rows, left, right) else LABEL_GAP


def _wide(rows: Rows, left: int, right: int) -> bool:
    return rows.right[left] > 0 and rows.left[right] > 0


def _offsets(rows: Rows, row: list[int]) -> list[float]:
    """Where the centres of a row stand when it is packed as tightly as allowed, from 0."""
    offsets = [0.0]
    for left, right in pairwise(row):
        offsets.append(offsets[-1] + rows.right[left] + _gap(rows, left, right) + rows.left[right])
    return offsets


def _settle(row: list[int], offsets: list[float], links: Links, x: list[float], *, straight: bool) -> None:
    """Move the slots of a row as near to their neighbours as order and distances allow.

    With the least distances taken off, "keep the order" is isotonic regression; pool adjacent violators solves it for
    squared differences. ``straight`` divides each weight by the difference it now has: repeated, that minimises plain
    differences, so that a line rather bends once than leans everywhere.
    """
    sums: list[float] = []
    weights: list[float] = []
    counts: list[int] = []
    for slot, offset in zip(row, offsets, strict=True):
        weight, total = 0.0, 0.0
        here = x[slot]
        for other, pull, aside in links[slot]:
            there = x[other] + aside
            if straight:
                pull /= abs(there - here) + SOFTEN
            weight += pull
            total += pull * there
        if not weight:
            weight, total = 0.01, 0.01 * x[slot]
        total -= weight * offset
        count = 1
        while sums and sums[-1] * weight > total * weights[-1]:
            total += sums.pop()
            weight += weights.pop()
            count += counts.pop()
        sums.append(total)
        weights.append(weight)
        counts.append(count)
    place = 0
    for total, weight, count in zip(sums, weights, counts, strict=True):
        base = total / weight
        for index in range(place, place + count):
            x[row[index]] = base + offsets[index]
        place += count


def _straighten(rows: Rows, offsets: list[list[float]], x: list[float]) -> None:
    """Pull what should be one straight line straight, as far as the neighbours leave room for it."""
    before: dict[int, tuple[int, float]] = {}
    after: dict[int, tuple[int, float]] = {}
    for row, offset in zip(rows.rows, offsets, strict=True):
        for place in range(1, len(row)):
            gap = offset[place] - offset[place - 1]
            before[row[place]] = (row[place - 1], gap)
            after[row[place - 1]] = (row[place], gap)
    for line, ends in sorted(_lines(rows), key=lambda pair: len(pair[0]), reverse=True) * 2:
        runs: list[tuple[list[int], float, float]] = [([], -inf, inf)]
        for slot in line:
            left, right = before.get(slot), after.get(slot)
            least = x[left[0]] + left[1] if left else -inf
            most = x[right[0]] - right[1] if right else inf
            run, low, high = runs[-1]
            if run and max(low, least) > min(high, most):
                runs.append(([slot], least, most))
            else:
                runs[-1] = ([*run, slot], max(low, least), min(high, most))
        for place, (run, low, high) in enumerate(runs):
            if low <= high:  # rounding can leave a slot no room at all
                near = [end for end in ends if place == (len(runs) - 1 if end.lower else 0)]
                aim = min(max(_aim(run, near, x), low), high)
                for slot in run:
                    x[slot] = aim


def _aim(run: list[int], ends: list[End], x: list[float]) -> float:
    """Where a run of slots wants to stand: where it is on the whole, but so that its ends need no bend."""
    middle = sorted(x[slot] for slot in run)[len(run) // 2]
    low = max((x[end.node] + end.least for end in ends), default=-inf)
    high = min((x[end.node] + end.most for end in ends), default=inf)
    if low <= high:
        return min(max(middle, low), high)
    if ends[0].least == ends[0].most:  # two lanes: the outer one
        return low if ends[0].least > 0 else high
    return middle


def _lines(rows: Rows) -> list[tuple[list[int], list[End]]]:
    """What would look best straight: the inside of each edge, and nodes strung on edges that are the middle ones."""
    position = {slot: place for row in rows.rows for place, slot in enumerate(row)}
    forward = [chain.slots for chain in rows.chains if not chain.back]
    leaving = _middles(forward, lambda slots: slots[0], lambda slots: position[slots[1]])
    entering = _middles(forward, lambda slots: slots[-1], lambda slots: position[slots[-2]])
    spine = {top: forward[chain] for top, chain in leaving.items() if chain in entering.values()}
    lanes = {(hook.chain, hook.leaving): hook_offset(rows, hook) for hook in rows.hooks}
    lines = [(chain.slots[1:-1], _ends(rows, index, lanes)) for index, chain in enumerate(rows.chains)]
    for start in sorted(spine.keys() - {slots[-1] for slots in spine.values()}):
        line = [start]
        while line[-1] in spine:
            line += spine[line[-1]][1:]
        lines.append((line, []))
    return lines


def _ends(rows: Rows, index: int, lanes: Mapping[tuple[int, bool], float]) -> list[End]:
    slots = rows.chains[index].slots
    ends = []
    for node, lower in ((slots[0], False), (slots[-1], True)):
        lane = lanes.get((index, lower))
        reach = port_reach(rows.sizes[node][0])
        ends.append(End(node, lower, -reach, reach) if lane is None else End(node, lower, lane, lane))
    return ends


def _middles(
    chains: list[list[int]], node: Callable[[list[int]], int], place: Callable[[list[int]], int]
) -> dict[int, int]:
    """For each node whose edges at one end are odd in number, the index of the middle one."""
    at: dict[int, list[int]] = {}
    for index in sorted(range(len(chains)), key=lambda i: place(chains[i])):
        at.setdefault(node(chains[index]), []).append(index)
    return {key: found[len(found) // 2] for key, found in at.items() if len(found) % 2}
