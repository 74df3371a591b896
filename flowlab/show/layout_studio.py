"""Studio's canvas -> layout: boxes stand where the canvas has them, as far as ours, with their sizes, leave room."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from flowlab.show.layout_model import Box, EdgeId, Layout, Point
from flowlab.show.layout_place import loop_reach
from flowlab.show.layout_ranks import back_arcs
from flowlab.show.layout_rows import LABEL_PAD, Size
from flowlab.show.layout_wires import Wires

#: Pixels for one of Studio's: the first at which few boxes are in each other's way. Fixed steps, so that a box that is
#: moved does not change the scale of all others. On 15 real flows and the samples the first does for all.
SCALES = (0.9, 1.2, 1.6, 2.2, 3.0)
MOST_IN_THE_WAY = 0.1
GAP_X, GAP_Y = 22.0, 26.0
NEAR = 10  #: boxes around which a free place is sought
BELOW = 56.0  #: how far below what leads to it a state without a place is put
MARGIN = 16.0


def layout_at(
    places: Mapping[str, Point],
    sizes: Mapping[str, Size],
    edges: Sequence[EdgeId],
    labels: Mapping[EdgeId, Size],
    starts: Iterable[str] = (),
) -> Layout:
    """Lay out by places on Studio's canvas: a box's middle and top follow its ``x`` and ``y``.

    ``places``: of at least one node. A node without a place is put below what leads to it. Where boxes would overlap,
    the later one goes to the nearest free place. ``starts``: where a walk begins that tells which edges go back.

    >>> drawn = layout_at({"a": (0, 0), "b": (0, 200)}, {"a": (100, 40), "b": (80, 40)}, [("a", "b", 0)], {})
    >>> drawn.nodes["b"].centre[0] - drawn.nodes["a"].centre[0], drawn.nodes["b"].y - drawn.nodes["a"].y
    (0.0, 180.0)
    """
    loops = _loop_room(edges, labels)
    scale = _scale(places, sizes, loops)
    wanted = {
        node: Box(x * scale - sizes[node][0] / 2, y * scale, *sizes[node])
        for node, (x, y) in places.items()
        if node in sizes
    }
    boxes = _settled(wanted, loops)
    for node in sizes:
        if node not in boxes:
            boxes[node] = _free(_beside(node, boxes, edges, sizes[node]), boxes, loops, node)
    nodes = {node: boxes[node] for node in sizes}
    wires = Wires(nodes, edges, labels)
    return _framed(Layout(0, 0, nodes, wires.routes, wires.labels, _back(nodes, edges, starts), (scale, 0.0, 0.0)))


def _loop_room(edges: Iterable[EdgeId], labels: Mapping[EdgeId, Size]) -> dict[str, float]:
    """How much room each node needs at its right for edges from itself to itself."""
    rooms: dict[str, float] = {}
    for edge in edges:
        if edge[0] == edge[1]:
            width = labels[edge][0] + 2 * LABEL_PAD if edge in labels else 0.0
            rooms[edge[0]] = max(rooms.get(edge[0], 0.0), loop_reach(3) + width)
    return rooms


def _scale(places: Mapping[str, Point], sizes: Mapping[str, Size], loops: Mapping[str, float]) -> float:
    for scale in SCALES:
        boxes: list[Box] = []
        for node in sorted(places.keys() & sizes.keys()):
            (x, y), (width, height) = places[node], sizes[node]
            boxes.append(Box(x * scale - width / 2, y * scale, width + loops.get(node, 0.0), height))
        if _in_the_way(boxes) <= MOST_IN_THE_WAY * len(boxes):
            return scale
    return SCALES[-1]


def _in_the_way(boxes: list[Box]) -> int:
    """How many boxes are too near to one that stands higher."""
    found = 0
    boxes = sorted(boxes, key=lambda box: box.y)
    for index, box in enumerate(boxes):
        found += any(_touch(box, other) for other in boxes[:index])
    return found


def _touch(one: Box, other: Box) -> bool:
    beside = one.x < other.right + GAP_X and other.x < one.right + GAP_X
    return beside and one.y < other.bottom + GAP_Y and other.y < one.bottom + GAP_Y


def _settled(wanted: Mapping[str, Box], loops: Mapping[str, float]) -> dict[str, Box]:
    boxes: dict[str, Box] = {}
    for node, box in sorted(wanted.items(), key=lambda item: (item[1].y, item[1].x)):
        boxes[node] = _free(box, boxes, loops, node)
    return boxes


def _free(box: Box, boxes: Mapping[str, Box], loops: Mapping[str, float], node: str) -> Box:
    """The box, or the nearest place for it that no other is too near to."""
    whole = [_wide(other, loops.get(name, 0.0)) for name, other in boxes.items()]
    mine = _wide(box, loops.get(node, 0.0))
    if not any(_touch(mine, other) for other in whole):
        return box
    near = sorted(whole, key=lambda other: abs(other.x - box.x) + abs(other.y - box.y))[:NEAR]
    xs = {mine.x, *(other.right + GAP_X for other in near), *(other.x - mine.width - GAP_X for other in near)}
    ys = {mine.y, *(other.bottom + GAP_Y for other in near), *(other.y - mine.height - GAP_Y for other in near)}
    tries = sorted(((x, y) for x in xs for y in ys), key=lambda at: (abs(at[0] - mine.x) + abs(at[1] - mine.y), at))
    for x, y in tries:
        moved = Box(x, y, mine.width, mine.height)
        if not any(_touch(moved, other) for other in whole):
            return Box(x, y, box.width, box.height)
    return Box(box.x, max(other.bottom for other in whole) + GAP_Y, box.width, box.height)


def _wide(box: Box, room: float) -> Box:
    return Box(box.x, box.y, box.width + room, box.height)


def _beside(node: str, boxes: Mapping[str, Box], edges: Iterable[EdgeId], size: Size) -> Box:
    """Below what leads to it, else above where it leads, else below everything."""
    above = next((boxes[tail] for tail, head, _ in edges if head == node and tail in boxes), None)
    below = next((boxes[head] for tail, head, _ in edges if tail == node and head in boxes), None)
    width, height = size
    if above:
        return Box(above.centre[0] - width / 2, above.bottom + BELOW, width, height)
    if below:
        return Box(below.centre[0] - width / 2, below.y - BELOW - height, width, height)
    left, low = min(box.x for box in boxes.values()), max(box.bottom for box in boxes.values())
    return Box(left, low + BELOW, width, height)


def _back(nodes: Iterable[str], edges: Sequence[EdgeId], starts: Iterable[str]) -> frozenset[EdgeId]:
    index = {node: place for place, node in enumerate(nodes)}
    straight = [edge for edge in edges if edge[0] != edge[1]]
    arcs = [(index[tail], index[head]) for tail, head, _ in straight]
    turned = back_arcs(len(index), arcs, [index[start] for start in starts if start in index])
    return frozenset([edge for edge, back in zip(straight, turned, strict=True) if back]) | {
        edge for edge in edges if edge[0] == edge[1]
    }


def _framed(layout: Layout) -> Layout:
    """The whole moved to the origin, with a margin, in hundredths of a pixel."""
    boxes = [*layout.nodes.values(), *layout.labels.values()]
    points = [point for route in layout.edges.values() for point in route]
    left = min([box.x for box in boxes] + [x for x, _ in points]) - MARGIN
    top = min([box.y for box in boxes] + [y for _, y in points]) - MARGIN
    right = max([box.right for box in boxes] + [x for x, _ in points]) + MARGIN
    bottom = max([box.bottom for box in boxes] + [y for _, y in points]) + MARGIN
    assert layout.canvas is not None
    return Layout(
        _round(right - left),
        _round(bottom - top),
        {node: _rounded(box.moved(-left, -top)) for node, box in layout.nodes.items()},
        {e: tuple((_round(x - left), _round(y - top)) for x, y in route) for e, route in layout.edges.items()},
        {edge: _rounded(box.moved(-left, -top)) for edge, box in layout.labels.items()},
        layout.back,
        (layout.canvas[0], _round(-left), _round(-top)),
    )


def _rounded(box: Box) -> Box:
    return Box(_round(box.x), _round(box.y), _round(box.width), _round(box.height))


def _round(value: float) -> float:
    return round(value, 2) + 0.0  # never -0.0
