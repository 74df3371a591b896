"""The outlines of the nodes, as pen strokes any painter can follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flowlab.show.layout_model import Box, Point
from flowlab.show.style import Shape

#: ``M`` move, ``L`` line, ``Q`` curve by one control point, ``Z`` close; with their points.
Stroke = tuple[str, tuple[Point, ...]]
Outline = list[Stroke]

TIP = 11.0  #: how far pointed sides run in
ROUND = 9.0
DRUM_LID = 5.0

#: Room that a shape needs beyond its text: at the left and right together, above and below together.
INSETS: Mapping[Shape, tuple[float, float]] = {
    Shape.PILL: (10.0, 0.0),
    Shape.DOUBLE: (4.0, 4.0),
    Shape.HEXAGON: (2 * TIP - 4, 0.0),
    Shape.DRUM: (0.0, 2 * DRUM_LID),
    Shape.FRAME: (12.0, 0.0),
    Shape.SIGN: (TIP, 0.0),
    Shape.OCTAGON: (6.0, 0.0),
    Shape.SLANT: (2 * TIP, 0.0),
    Shape.FUNNEL: (2 * TIP, 0.0),
    Shape.ROW: (18.0, 0.0),
    Shape.ARCH: (4.0, 4.0),
}


def outline(shape: Shape, box: Box) -> Outline:
    """The closed outline of a shape filling ``box``."""
    return _OUTLINES[shape](box)


def extra_lines(shape: Shape, box: Box) -> Outline:
    """What is drawn inside the outline, unfilled: the second line of a double border, bars, a lid."""
    draw = _EXTRAS.get(shape)
    return draw(box) if draw else []


def rounded(box: Box, *radii: float) -> Outline:
    """A rectangle with corners of the given radii: top left, top right, bottom right, bottom left."""
    left, top, right, bottom = box.x, box.y, box.right, box.bottom
    most = min(box.width, box.height) / 2
    nw, ne, se, sw = (min(radius, most) for radius in radii)
    return [
        ("M", ((left + nw, top),)),
        ("L", ((right - ne, top),)),
        ("Q", ((right, top), (right, top + ne))),
        ("L", ((right, bottom - se),)),
        ("Q", ((right, bottom), (right - se, bottom))),
        ("L", ((left + sw, bottom),)),
        ("Q", ((left, bottom), (left, bottom - sw))),
        ("L", ((left, top + nw),)),
        ("Q", ((left, top), (left + nw, top))),
        ("Z", ()),
    ]


def _polygon(*points: Point) -> Outline:
    first, *others = points
    return [("M", (first,)), *(("L", (point,)) for point in others), ("Z", ())]


def _inset(box: Box, by: float) -> Box:
    return Box(box.x + by, box.y + by, max(0.0, box.width - 2 * by), max(0.0, box.height - 2 * by))


def _round(box: Box) -> Outline:
    return rounded(box, ROUND, ROUND, ROUND, ROUND)


def _pill(box: Box) -> Outline:
    end = min(box.height / 2, 24.0)
    return rounded(box, end, end, end, end)


def _bubble(box: Box) -> Outline:
    return rounded(box, 12.0, 12.0, 12.0, 1.5)


def _hexagon(box: Box) -> Outline:
    middle = box.y + box.height / 2
    left, right = box.x + TIP, box.right - TIP
    top, bottom = (left, box.y), (left, box.bottom)
    return _polygon(top, (right, box.y), (box.right, middle), (right, box.bottom), bottom, (box.x, middle))


def _notched(box: Box) -> Outline:
    cut = 10.0
    return _polygon(
        *((box.x, box.y), (box.right - cut, box.y), (box.right, box.y + cut), (box.right, box.bottom)),
        (box.x, box.bottom),
    )


def _octagon(box: Box) -> Outline:
    cut = 9.0
    return _polygon(
        *((box.x + cut, box.y), (box.right - cut, box.y), (box.right, box.y + cut), (box.right, box.bottom - cut)),
        *((box.right - cut, box.bottom), (box.x + cut, box.bottom), (box.x, box.bottom - cut), (box.x, box.y + cut)),
    )


def _sign(box: Box) -> Outline:
    middle = box.y + box.height / 2
    edge = box.right - TIP
    return _polygon((box.x, box.y), (edge, box.y), (box.right, middle), (edge, box.bottom), (box.x, box.bottom))


def _square(box: Box) -> Outline:
    return _polygon((box.x, box.y), (box.right, box.y), (box.right, box.bottom), (box.x, box.bottom))


def _drum(box: Box) -> Outline:
    left, right, middle = box.x, box.right, box.x + box.width / 2
    top, bottom = box.y + DRUM_LID, box.bottom - DRUM_LID
    return [
        ("M", ((left, top),)),
        ("Q", ((left, box.y), (middle, box.y))),
        ("Q", ((right, box.y), (right, top))),
        ("L", ((right, bottom),)),
        ("Q", ((right, box.bottom), (middle, box.bottom))),
        ("Q", ((left, box.bottom), (left, bottom))),
        ("Z", ()),
    ]


def _lid(box: Box) -> Outline:
    left, right, middle = box.x, box.right, box.x + box.width / 2
    top, low = box.y + DRUM_LID, box.y + 2 * DRUM_LID
    return [("M", ((left, top),)), ("Q", ((left, low), (middle, low))), ("Q", ((right, low), (right, top)))]


def _bars(box: Box) -> Outline:
    ends = [(box.x + 6, box.y), (box.x + 6, box.bottom)], [(box.right - 6, box.y), (box.right - 6, box.bottom)]
    return [stroke for top, bottom in ends for stroke in (("M", (top,)), ("L", (bottom,)))]


def _slant(box: Box) -> Outline:
    return _polygon((box.x + TIP, box.y), (box.right, box.y), (box.right - TIP, box.bottom), (box.x, box.bottom))


def _funnel(box: Box) -> Outline:
    return _polygon((box.x, box.y), (box.right, box.y), (box.right - TIP, box.bottom), (box.x + TIP, box.bottom))


def _card(box: Box) -> Outline:
    cut = 9.0
    top = ((box.x, box.y + cut), (box.x + cut, box.y), (box.right - cut, box.y), (box.right, box.y + cut))
    return _polygon(*top, (box.right, box.bottom), (box.x, box.bottom))


def _arch(box: Box) -> Outline:
    top = min(box.height / 2, 20.0)
    return rounded(box, top, top, 0.0, 0.0)


def _slots(box: Box) -> Outline:
    places = (box.right - 6, box.right - 12)
    return [stroke for x in places for stroke in (("M", ((x, box.y),)), ("L", ((x, box.bottom),)))]


_OUTLINES: Mapping[Shape, Callable[[Box], Outline]] = {
    Shape.PILL: _pill,
    Shape.BUBBLE: _bubble,
    Shape.DOUBLE: _round,
    Shape.HEXAGON: _hexagon,
    Shape.NOTCHED: _notched,
    Shape.DRUM: _drum,
    Shape.FRAME: _square,
    Shape.SIGN: _sign,
    Shape.OCTAGON: _octagon,
    Shape.SQUARE: _square,
    Shape.DOT: _pill,
    Shape.GHOST: _round,
    Shape.SLANT: _slant,
    Shape.FUNNEL: _funnel,
    Shape.CARD: _card,
    Shape.ROW: _square,
    Shape.ARCH: _arch,
}

_EXTRAS: Mapping[Shape, Callable[[Box], Outline]] = {
    Shape.DOUBLE: lambda box: _round(_inset(box, 3.0)),
    Shape.DRUM: _lid,
    Shape.FRAME: _bars,
    Shape.ROW: _slots,
}
