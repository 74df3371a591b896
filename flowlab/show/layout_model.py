"""What a layout is: boxes, routes and label places in pixels at 1x, for any painter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Point = tuple[float, float]
#: An edge is named as networkx names it: from, to, key.
EdgeId = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; ``x`` and ``y`` are its left and its top, y grows downwards."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> Point:
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def moved(self, dx: float, dy: float) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def transposed(self) -> Box:
        return Box(self.y, self.x, self.height, self.width)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything goes, in pixels at 1x, the origin at the top left.

    ``edges`` holds for each edge the points of a cubic Bézier chain: a start, then three points a piece (two controls
    and an end). It runs from the edge's own start to its own end, so that the arrow head belongs at the last point.
    ``labels`` has a box for each edge that was given a label size. ``back`` are the edges that close a cycle: they run
    against the direction of reading, or from a node to itself. ``canvas``, where boxes stand as on Studio's canvas:
    pixels for one of Studio's, and where its origin lies; a box's middle and top follow a state's offset.
    """

    width: float
    height: float
    nodes: Mapping[str, Box]
    edges: Mapping[EdgeId, tuple[Point, ...]]
    labels: Mapping[EdgeId, Box]
    back: frozenset[EdgeId]
    canvas: tuple[float, float, float] | None = None

    def below(self, strip: float, least_width: float) -> Layout:
        """The same with a strip left free above it, at least as wide as what shall stand there.

        >>> line = ((5, 10), (5, 13.5), (5, 16.5), (5, 20))
        >>> low = Layout(10, 30, {"a": Box(0, 0, 10, 10)}, {("a", "b", 0): line}, {}, frozenset()).below(8, 20)
        >>> low.width, low.height, low.nodes["a"].y, low.edges["a", "b", 0][0]
        (20, 38, 8, (5, 18))
        """
        return Layout(
            max(self.width, least_width),
            self.height + strip,
            {node: box.moved(0, strip) for node, box in self.nodes.items()},
            {edge: tuple((x, y + strip) for x, y in route) for edge, route in self.edges.items()},
            {edge: box.moved(0, strip) for edge, box in self.labels.items()},
            self.back,
            self.canvas and (self.canvas[0], self.canvas[1], self.canvas[2] + strip),
        )

    def svg_path(self, edge: EdgeId) -> str:
        """The route of an edge as the ``d`` of an SVG path.

        >>> box = Box(0, 0, 10, 10)
        >>> line = ((5, 10), (5, 13.5), (5, 16.5), (5, 20))
        >>> Layout(10, 30, {"a": box}, {("a", "b", 0): line}, {}, frozenset()).svg_path(("a", "b", 0))
        'M5 10C5 13.5 5 16.5 5 20'
        """
        start, *rest = (f"{x:g} {y:g}" for x, y in self.edges[edge])
        return f"M{start}" + "".join(f"C{' '.join(rest[i : i + 3])}" for i in range(0, len(rest), 3))
