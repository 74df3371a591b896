"""Layout, second step: rows of slots. Nodes stand in even rows; an edge passes every row between its ends in a slot of
its own, and odd rows are where labels stand, so that no label can cover a node or another label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from flowlab.show.layout_ranks import back_arcs, ranks

Size = tuple[float, float]

LANE = 14.0  #: sideways distance of a returning edge from its box, and between two of them
LABEL_PAD = 6.0  #: left and right of a label


@dataclass(slots=True)
class Chain:
    """An edge on its way: ``slots`` from its upper node to its lower one. A ``back`` edge is drawn upwards."""

    edge: int
    slots: list[int]
    back: bool
    label_slot: int = -1


@dataclass(frozen=True, slots=True)
class Hook:
    """The end of a returning edge at the side of a box: -1 left, 1 right.

    ``leaving`` upwards or arriving from below. ``lane`` counts from the box outwards, from 0; ``lanes`` is how many
    there are.
    """

    chain: int
    node: int
    side: int
    leaving: bool
    lane: int
    lanes: int


@dataclass(slots=True)
class Rows:
    """One connected part of the graph, as rows of slots; slots below ``count`` are nodes.

    ``left`` and ``right``: how far a slot reaches from its centre, lanes and self loops included.
    ``above`` and ``below``: the slots of the neighbouring rows joined to a slot.
    """

    count: int
    sizes: list[Size]
    rows: list[list[int]]
    row_of: list[int]
    above: list[list[int]]
    below: list[list[int]]
    left: list[float]
    right: list[float]
    height: list[float]
    chains: list[Chain] = field(default_factory=list)
    loops: dict[int, list[int]] = field(default_factory=dict)
    hooks: list[Hook] = field(default_factory=list)

    def is_node(self, slot: int) -> bool:
        return slot < self.count

    def add(self, row: int, size: Size) -> int:
        """A new slot without neighbours."""
        self.rows[row].append(len(self.row_of))
        self.row_of.append(row)
        self.above.append([])
        self.below.append([])
        self.left.append(size[0] / 2)
        self.right.append(size[0] / 2)
        self.height.append(size[1])
        return len(self.row_of) - 1


def build_rows(sizes: list[Size], arcs: Sequence[tuple[int, int]], labels: Mapping[int, Size]) -> Rows:
    """Rank the nodes and lay every edge's slots between them. ``labels`` holds label sizes by index of the arc."""
    count = len(sizes)
    straight = [(tail, head) for tail, head in arcs if tail != head]
    entered = {head for _, head in straight}
    back = iter(back_arcs(count, straight, [0, *(node for node in range(count) if node not in entered)]))
    turned = [tail != head and next(back) for tail, head in arcs]
    down = [(head, tail) if flag else (tail, head) for (tail, head), flag in zip(arcs, turned, strict=True)]
    rank = ranks(count, [arc for arc in down if arc[0] != arc[1]])
    rows = Rows(count, sizes, [[] for _ in range(2 * max(rank) + 1)], [], [], [], [], [], [])
    for node in range(count):
        rows.add(2 * rank[node], sizes[node])
    # Forward edges first: a returning edge then starts out beside them, where it is to end up.
    for index in sorted(range(len(arcs)), key=lambda i: turned[i]):
        tail, head = down[index]
        if tail == head:
            rows.loops.setdefault(tail, []).append(index)
        else:
            _lay(rows, index, tail, head, turned[index], labels.get(index))
    return rows


def _lay(rows: Rows, edge: int, top: int, bottom: int, back: bool, label: Size | None) -> None:
    chain = Chain(edge, [top], back)
    first, last = rows.row_of[top] + 1, rows.row_of[bottom] - 1
    label_row = last if back else first
    for row in range(first, last + 1):
        labelled = label is not None and row == label_row
        size = (label[0] + 2 * LABEL_PAD, label[1]) if label is not None and labelled else (0.0, 0.0)
        slot = rows.add(row, size)
        if labelled:
            chain.label_slot = slot
        chain.slots.append(slot)
    chain.slots.append(bottom)
    for upper, lower in pairwise(chain.slots):
        rows.below[upper].append(lower)
        rows.above[lower].append(upper)
    rows.chains.append(chain)
