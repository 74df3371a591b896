"""Layout, third step: the order of the slots in each row, so that few edges cross."""

from __future__ import annotations

from bisect import bisect_right, insort

from flowlab.show.layout_rows import Rows

#: Rounds without a clearly better order after which a search ends, and rounds at most.
PATIENCE, ROUNDS, CLEARLY = 8, 24, 0.995
#: Graphs with at most so many slots are searched from four starts, larger ones from one.
SEVERAL_STARTS = 2500
#: Turns of swapping neighbours: at most, and those in which crossings may be traded for others in a small graph.
TURNS, EVEN_TURNS = 40, 12


def order_rows(rows: Rows) -> None:
    """Reorder ``rows.rows`` in place: medians of the neighbours, up and down, then swaps; the best order seen wins."""
    few = len(rows.row_of) <= SEVERAL_STARTS
    starts = [(True, False), (True, True), (False, False), (False, True)] if few else [(True, False)]
    best, fewest = rows.rows, -1
    for downwards, mirrored in starts:
        _walk_order(rows, downwards=downwards, mirrored=mirrored)
        found = _search(rows, EVEN_TURNS if few else 1)
        if fewest < 0 or found < fewest:
            best, fewest = rows.rows, found
        if not fewest:
            break
    rows.rows = best
    _free_ends(rows)


def _search(rows: Rows, even_turns: int) -> int:
    """Improve the order it finds; the number of crossings left."""
    position = _positions(rows)
    best, fewest, tired = [row[:] for row in rows.rows], crossings(rows), 0
    for turn in range(ROUNDS):
        if not fewest or tired == PATIENCE:
            break
        tired += 1
        mirrored = turn % 4 > 1
        _medians(rows, position, downwards=turn % 2 == 0, mirrored=mirrored)
        _swap(rows, position, even_turns=even_turns if mirrored else 0)
        found = crossings(rows)
        if found < CLEARLY * fewest:
            tired = 0
        if found <= fewest:
            best, fewest = [row[:] for row in rows.rows], found
    rows.rows = best
    _swap(rows, _positions(rows), even_turns=0)
    return crossings(rows)


def crossings(rows: Rows) -> int:
    """How many pairs of edges cross between neighbouring rows."""
    position = _positions(rows)
    return sum(_crossings_under(rows, row, position) for row in rows.rows)


def _crossings_under(rows: Rows, row: list[int], position: list[int]) -> int:
    found = 0
    seen: list[int] = []
    for slot in row:
        for place in sorted([position[other] for other in rows.below[slot]]):
            if seen and seen[-1] > place:
                found += len(seen) - bisect_right(seen, place)
            insort(seen, place)
    return found


def _positions(rows: Rows) -> list[int]:
    position = [0] * len(rows.row_of)
    for row in rows.rows:
        for place, slot in enumerate(row):
            position[slot] = place
    return position


def _walk_order(rows: Rows, *, downwards: bool, mirrored: bool) -> None:
    """Start from a depth-first walk: a branch stays together, and branches stand in the order of their exits."""
    ahead, behind = (rows.below, rows.above) if downwards else (rows.above, rows.below)
    placed: list[list[int]] = [[] for _ in rows.rows]
    seen = [False] * len(rows.row_of)
    for start in [slot for slot in range(len(seen)) if not behind[slot]]:
        stack = [start]
        while stack:
            slot = stack.pop()
            if seen[slot]:
                continue
            seen[slot] = True
            placed[rows.row_of[slot]].append(slot)
            stack.extend(ahead[slot] if mirrored else reversed(ahead[slot]))
    rows.rows = placed


def _medians(rows: Rows, position: list[int], *, downwards: bool, mirrored: bool) -> None:
    """Sort every row by the medians of its neighbours in the row before; the others keep their places."""
    near = rows.above if downwards else rows.below
    order = range(1, len(rows.rows)) if downwards else range(len(rows.rows) - 2, -1, -1)
    for index in order:
        row = rows.rows[index]
        movable = [slot for slot in row if near[slot]]
        if mirrored:
            movable.reverse()
        median = {slot: _median([position[other] for other in near[slot]]) for slot in movable}
        movable.sort(key=median.__getitem__)
        turn = iter(movable)
        rows.rows[index] = row = [next(turn) if near[slot] else slot for slot in row]
        for place, slot in enumerate(row):
            position[slot] = place


def _median(places: list[int]) -> float:
    """The middle; of two middles, the one on the crowded side weighs more.

    >>> _median([4]), _median([1, 2, 9]), _median([1, 2, 3, 11])
    (4, 2, 2.1...)
    """
    if len(places) == 1:
        return places[0]
    places.sort()
    half, odd = divmod(len(places), 2)
    if odd:
        return places[half]
    if half == 1:
        return sum(places) / 2
    left = places[half - 1] - places[0]
    right = places[-1] - places[half]
    return (places[half - 1] * right + places[half] * left) / (left + right)


def _free_ends(rows: Rows) -> None:
    """Move the ends of returning edges out from between a node's other edges, where that costs no crossing.

    At the outside they can be hung on the side of the box.
    """
    position = _positions(rows)
    forward = {slot for chain in rows.chains if not chain.back for slot in chain.slots[1:-1]}
    for chain in rows.chains:
        if not chain.back:
            continue
        for slot, others in (
            (chain.slots[1], rows.below[chain.slots[0]]),
            (chain.slots[-2], rows.above[chain.slots[-1]]),
        ):
            places = [position[other] for other in others if other in forward]
            if places and min(places) < position[slot] < max(places):
                _move(rows, slot, max(places), position) or _move(rows, slot, min(places), position)


def _move(rows: Rows, slot: int, to: int, position: list[int]) -> bool:
    """Move a slot along its row; whether that costs no crossing. If it does, the slot stays."""
    row = rows.rows[rows.row_of[slot]]
    here = position[slot]
    between = row[here + 1 : to + 1] if to > here else row[to:here]
    cost = 0
    for other in between:
        for near in (rows.above, rows.below):
            now, then = _crossings_of(near[slot], near[other], position)
            cost += then - now if to > here else now - then
    if cost > 0:
        return False
    row.remove(slot)
    row.insert(to, slot)
    for place, other in enumerate(row):
        position[other] = place
    return True


def _swap(rows: Rows, position: list[int], *, even_turns: int) -> None:
    """Swap neighbours in a row as long as that removes crossings.

    In the first ``even_turns`` turns also where it trades crossings for as many others: that leads out of dead ends.
    """
    dirty = [True] * len(rows.rows)
    for turn in range(TURNS):
        if not any(dirty):
            break
        for index, row in enumerate(rows.rows):
            if not dirty[index]:
                continue
            dirty[index] = False
            above = rows.rows[index - 1] if index else []
            if not _crossings_under(rows, above, position) and not _crossings_under(rows, row, position):
                continue
            if _swap_row(rows, row, position, even=turn < even_turns):
                for touched in range(max(0, index - 1), min(len(dirty), index + 2)):
                    dirty[touched] = True


def _swap_row(rows: Rows, row: list[int], position: list[int], *, even: bool) -> bool:
    """One pass over a row; whether any pair was swapped."""
    above, below = rows.above, rows.below
    swapped = False
    for place in range(len(row) - 1):
        left, right = row[place], row[place + 1]
        now, then = _crossings_of(above[left], above[right], position)
        if below[left] and below[right]:
            more_now, more_then = _crossings_of(below[left], below[right], position)
            now, then = now + more_now, then + more_then
        if then < now or (even and now == then > 0):
            row[place], row[place + 1] = right, left
            position[left], position[right] = place + 1, place
            swapped = True
    return swapped


def _crossings_of(of_left: list[int], of_right: list[int], position: list[int]) -> tuple[int, int]:
    """Crossings between the edges of two neighbours on one side: as they stand, and if they were swapped."""
    if len(of_left) == len(of_right) == 1:  # most slots are edges passing through
        here, there = position[of_left[0]], position[of_right[0]]
        return here > there, here < there
    now, then = 0, 0
    others = [position[slot] for slot in of_right]
    for slot in of_left:
        here = position[slot]
        for there in others:
            if here > there:
                now += 1
            elif here < there:
                then += 1
    return now, then
