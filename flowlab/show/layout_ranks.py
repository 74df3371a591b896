"""Layout, first step: which edges close a cycle, and which row each node belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Arc = tuple[int, int]
#: How often every node may move, and how many may move together: more costs time and (measured) gains nothing.
PASSES = 6
GROUP = 24


def back_arcs(count: int, arcs: Sequence[Arc], starts: Iterable[int]) -> list[bool]:
    """For each arc, whether a depth-first walk from ``starts`` (then from the rest) meets it as closing a cycle.

    Turning these round leaves no cycle, and what a reader calls a loop back is what the walk calls one.
    """
    out: list[list[int]] = [[] for _ in range(count)]
    for index, (tail, _) in enumerate(arcs):
        out[tail].append(index)
    back = [False] * len(arcs)
    fresh, open_, done = 0, 1, 2
    mark = [fresh] * count
    for start in [*starts, *range(count)]:
        if mark[start] != fresh:
            continue
        mark[start] = open_
        walk = [(start, iter(out[start]))]
        while walk:
            node, remaining = walk[-1]
            index = next(remaining, -1)
            if index < 0:
                mark[node] = done
                walk.pop()
                continue
            head = arcs[index][1]
            if mark[head] == open_:
                back[index] = True
            elif mark[head] == fresh:
                mark[head] = open_
                walk.append((head, iter(out[head])))
    return back


def ranks(count: int, arcs: Sequence[Arc]) -> list[int]:
    """A row for each node of an acyclic graph so that arcs lead down and are short together; the first row is 0."""
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for tail, head in arcs:
        below[tail].append(head)
        above[head].append(tail)
    rank, order = _longest_paths(above, below)
    for _ in range(PASSES):
        moved = [_shift(node, rank, above, below, 1) for node in reversed(order)]
        moved += [_shift(node, rank, below, above, -1) for node in order]
        if not any(moved):
            break
    top = min(rank, default=0)
    return [row - top for row in rank]


def _longest_paths(above: list[list[int]], below: list[list[int]]) -> tuple[list[int], list[int]]:
    """The longest way from a source to each node, and the nodes in an order in which arcs lead forward."""
    waiting = [len(tails) for tails in above]
    order = [node for node, missing in enumerate(waiting) if not missing]
    rank = [0] * len(above)
    for node in order:  # grows while it is walked
        for head in below[node]:
            rank[head] = max(rank[head], rank[node] + 1)
            waiting[head] -= 1
            if not waiting[head]:
                order.append(head)
    return rank, order


def _shift(node: int, rank: list[int], behind: list[list[int]], ahead: list[list[int]], step: int) -> bool:
    """Move a node ahead, together with all it touches there, if that makes the arcs shorter; tell whether it did.

    Moving nodes one by one would get stuck wherever two joined ones have to move together. ``step`` is 1 when ahead is
    down and -1 when it is up.
    """
    group = {node}
    stack = [node]
    while stack:
        member = stack.pop()
        for other in ahead[member]:
            if rank[other] - rank[member] == step and other not in group:
                group.add(other)
                stack.append(other)
        if len(group) > GROUP:
            return False
    shorter = [(rank[o] - rank[m]) * step - 1 for m in group for o in ahead[m] if o not in group]
    longer = sum(other not in group for member in group for other in behind[member])
    if len(shorter) <= longer:
        return False
    room = min(shorter)
    for member in group:
        rank[member] += room * step
    return True
