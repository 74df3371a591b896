"""Graph -> positions, edge routes, label places: a layered layout, the one truth for every painter.

Pure Python and deterministic. The steps, a file each: rows (which row a node belongs to), order (who stands left of
whom), place (how far right), routes (heights and curves).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from flowlab.errors import UsageError
from flowlab.show.layout_model import Box, EdgeId, Layout, Point
from flowlab.show.layout_order import order_rows
from flowlab.show.layout_place import hang_hooks, hang_loops, place_columns
from flowlab.show.layout_routes import Sketch, label_boxes, route_edges, route_loops, stack_rows
from flowlab.show.layout_rows import Size, build_rows

if TYPE_CHECKING:
    import networkx as nx

Direction = Literal["TB", "LR"]
SizeOf = Callable[[str], Size] | Mapping[str, Size]

BOX: Size = (168.0, 52.0)
MARGIN = 16.0
PART_GAP = 48.0  #: between the parts of a graph that are not joined
WIDEST_PARTS = 1.6  #: parts are set side by side up to this many times the height of all of them as a square


def layout(
    graph: nx.MultiDiGraph | tuple[Sequence[str], Iterable[EdgeId]],
    *,
    direction: Direction = "TB",
    size: SizeOf | None = None,
    label_size: Mapping[EdgeId, Size] | None = None,
) -> Layout:
    """Lay out a graph in layers, top to bottom or left to right.

    ``graph`` is :attr:`flowlab.model.flow.Flow.graph` (or any MultiDiGraph), or nodes and edges ``(from, to, key)``.
    The order of the nodes decides between equally good layouts, and what counts as a cycle's way back; a graph's
    ``initial`` node comes first. Edges are taken in the order of their keys, however they are listed. ``size`` gives
    each node's width and height in pixels, ``label_size`` those of the labels; edges not in it have no label.

    No two boxes or labels overlap, and no edge passes through a box other than its own.

    Raises UsageError for an unknown direction, and for edges that are listed twice or whose ends are not nodes.

    >>> drawn = layout((["ask", "thank"], [("ask", "thank", 0), ("ask", "ask", 1)]), size=lambda node: (100, 40))
    >>> drawn.nodes["thank"].y > drawn.nodes["ask"].bottom, sorted(drawn.back)
    (True, [('ask', 'ask', 1)])
    """
    if direction not in ("TB", "LR"):
        raise UsageError(f"unknown direction {direction!r}: expected 'TB' (top to bottom) or 'LR' (left to right)")
    nodes, edges = _read(graph)
    sizes = {node: _size(size, node) for node in nodes}
    labels = dict(label_size or {})
    if direction == "LR":
        sizes = {node: (height, width) for node, (width, height) in sizes.items()}
        labels = {edge: (height, width) for edge, (width, height) in labels.items()}
    parts = [_known(part, within, sizes, labels) for part, within in _parts(nodes, edges)]
    if direction == "LR":
        parts = [_transposed(part) for part in parts]
    return _packed(parts)


def _read(graph: nx.MultiDiGraph | tuple[Sequence[str], Iterable[EdgeId]]) -> tuple[list[str], list[EdgeId]]:
    if isinstance(graph, tuple):
        nodes, edges = list(graph[0]), list(graph[1])
    else:
        initial = graph.graph.get("initial")
        nodes = sorted(graph.nodes, key=lambda node: node != initial)
        edges = list(graph.edges(keys=True))
    index = {node: place for place, node in enumerate(nodes)}
    if len(index) < len(nodes) or len(set(edges)) < len(edges):
        raise UsageError("a node or an edge is listed twice: every edge (from, to, key) needs a key of its own")
    for edge in edges:
        for end in edge[:2]:
            if end not in index:
                raise UsageError(f"edge {edge!r}: {end!r} is not among the nodes")
    return nodes, sorted(edges, key=lambda e: (index[e[0]], isinstance(e[2], str), e[2], index[e[1]]))


def _size(size: SizeOf | None, node: str) -> Size:
    if size is None:
        return BOX
    return size(node) if callable(size) else size[node]


def _parts(nodes: list[str], edges: list[EdgeId]) -> list[tuple[list[str], list[EdgeId]]]:
    """The parts of the graph that are not joined, each with its edges; order is kept."""
    leader = {node: node for node in nodes}

    def find(node: str) -> str:
        while leader[node] != node:
            leader[node] = leader[leader[node]]
            node = leader[node]
        return node

    for tail, head, _ in edges:
        leader[find(head)] = find(tail)
    parts: dict[str, tuple[list[str], list[EdgeId]]] = {}
    for node in nodes:
        parts.setdefault(find(node), ([], []))[0].append(node)
    for edge in edges:
        parts[find(edge[0])][1].append(edge)
    return list(parts.values())


def _known(nodes: list[str], edges: list[EdgeId], sizes: Mapping[str, Size], labels: Mapping[EdgeId, Size]) -> Layout:
    """The same part is laid out once: a notebook draws a flow as picture, map, chat and player, and at each edit."""
    return _remembered(
        tuple((node, sizes[node]) for node in nodes),
        tuple(edges),
        tuple((edge, labels[edge]) for edge in edges if edge in labels),
    )


@lru_cache(maxsize=16)
def _remembered(
    boxes: tuple[tuple[str, Size], ...], edges: tuple[EdgeId, ...], labels: tuple[tuple[EdgeId, Size], ...]
) -> Layout:
    return _lay_out([node for node, _ in boxes], list(edges), dict(boxes), dict(labels))


def _lay_out(nodes: list[str], edges: list[EdgeId], sizes: Mapping[str, Size], labels: Mapping[EdgeId, Size]) -> Layout:
    index = {node: place for place, node in enumerate(nodes)}
    label_of = {place: labels[edge] for place, edge in enumerate(edges) if edge in labels}
    arcs = [(index[tail], index[head]) for tail, head, _ in edges]
    rows = build_rows([sizes[node] for node in nodes], arcs, label_of)
    order_rows(rows)
    hang_hooks(rows)
    hang_loops(rows, label_of)
    sketch = stack_rows(rows, place_columns(rows))
    back = {chain.edge for chain in rows.chains if chain.back} | {e for es in rows.loops.values() for e in es}
    routes = route_edges(sketch) | route_loops(sketch)
    return _framed(
        sketch,
        {node: sketch.box(place) for place, node in enumerate(nodes)},
        {edge: routes[place] for place, edge in enumerate(edges)},
        {edges[place]: box for place, box in sorted(label_boxes(sketch, label_of).items())},
        frozenset(edges[place] for place in back),
    )


def _framed(
    sketch: Sketch,
    nodes: dict[str, Box],
    edges: dict[EdgeId, tuple[Point, ...]],
    labels: dict[EdgeId, Box],
    back: frozenset[EdgeId],
) -> Layout:
    """The whole part moved to the origin; slots reach at least as far as all that is drawn in them."""
    rows, x = sketch.rows, sketch.x
    left = min(place - rows.left[slot] for slot, place in enumerate(x))
    right = max(place + rows.right[slot] for slot, place in enumerate(x))
    return _moved(Layout(right - left, sketch.bottom[-1], nodes, edges, labels, back), -left, 0.0)


def _moved(part: Layout, dx: float, dy: float) -> Layout:
    return Layout(
        part.width,
        part.height,
        {node: box.moved(dx, dy) for node, box in part.nodes.items()},
        {edge: tuple((x + dx, y + dy) for x, y in route) for edge, route in part.edges.items()},
        {edge: box.moved(dx, dy) for edge, box in part.labels.items()},
        part.back,
    )


def _transposed(part: Layout) -> Layout:
    return Layout(
        part.height,
        part.width,
        {node: box.transposed() for node, box in part.nodes.items()},
        {edge: tuple((y, x) for x, y in route) for edge, route in part.edges.items()},
        {edge: box.transposed() for edge, box in part.labels.items()},
        part.back,
    )


def _packed(parts: list[Layout]) -> Layout:
    """All parts in one picture: the first at the top left, the others beside it or on shelves below."""
    area = sum((part.width + PART_GAP) * (part.height + PART_GAP) for part in parts)
    widest = max([part.width for part in parts] + [WIDEST_PARTS * area**0.5])
    x = y = shelf = width = 0.0
    placed = []
    for part in parts:
        if x and x + part.width > widest:
            x, y, shelf = 0.0, y + shelf + PART_GAP, 0.0
        placed.append(_moved(part, x + MARGIN, y + MARGIN))
        x += part.width
        width, shelf = max(width, x), max(shelf, part.height)
        x += PART_GAP
    return Layout(
        _round(width + 2 * MARGIN),
        _round(y + shelf + 2 * MARGIN),
        {node: _rounded(box) for part in placed for node, box in part.nodes.items()},
        {edge: tuple((_round(x), _round(y)) for x, y in r) for part in placed for edge, r in part.edges.items()},
        {edge: _rounded(box) for part in placed for edge, box in part.labels.items()},
        frozenset(edge for part in placed for edge in part.back),
    )


def _rounded(box: Box) -> Box:
    return Box(_round(box.x), _round(box.y), _round(box.width), _round(box.height))


def _round(value: float) -> float:
    return round(value, 2) + 0.0  # never -0.0
