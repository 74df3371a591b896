"""One place for colours, shapes and type. What a step is for is told by shape, colour and word, never by colour alone.

The colours start from Okabe and Ito's palette (2008), made so that people who see no red or no green tell them apart.
Fills are that colour thinned with the paper; outlines and captions are moved towards black or white until they can be
read on their fill.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.finding import Severity
from flowlab.model.kinds import Family

READABLE = 4.5  #: least contrast of text and its ground, WCAG 2.2 level AA

FONT = "DejaVu Sans"
#: Where DejaVu has no letters: the first that is installed and has them. Linux, macOS, Windows.
OTHER_FONTS = (
    *("Noto Sans CJK JP", "Noto Sans JP", "Noto Sans SC", "Noto Sans KR", "Noto Sans Thai", "Noto Sans Devanagari"),
    *("Hiragino Sans", "PingFang SC", "Apple SD Gothic Neo", "Thonburi", "Arial Unicode MS"),
    *("Yu Gothic", "Microsoft YaHei", "Malgun Gothic", "Leelawadee UI", "Nirmala UI"),
)


class Shape(StrEnum):
    """The outlines of :mod:`flowlab.show.draw_shapes`."""

    PILL = "pill"
    BUBBLE = "bubble"
    DOUBLE = "double"
    HEXAGON = "hexagon"
    NOTCHED = "notched"
    DRUM = "drum"
    FRAME = "frame"
    SIGN = "sign"
    OCTAGON = "octagon"
    SQUARE = "square"
    DOT = "dot"
    GHOST = "ghost"
    SLANT = "slant"
    FUNNEL = "funnel"
    CARD = "card"
    ROW = "row"
    ARCH = "arch"


class Mark(StrEnum):
    """What happened to a part of a drawing, from one version to the next or in a run, in the order of a legend."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"
    UNWALKED = "unwalked"


@dataclass(frozen=True, slots=True)
class Look:
    """How a family of steps looks. ``stroke`` is also the colour of its caption."""

    shape: Shape
    fill: str
    stroke: str


@dataclass(frozen=True, slots=True)
class Theme:
    """Colours, as ``#rrggbb``.

    ``ink`` and ``muted``: text; ``line`` and ``loop``: edges and edges that close a cycle; ``path``: a walked path;
    ``alarm``: text and outline of silent ends, on ``alarm_fill``.
    """

    name: str
    paper: str
    ink: str
    muted: str
    line: str
    loop: str
    path: str
    alarm: str
    alarm_fill: str
    looks: Mapping[Family, Look]
    badges: Mapping[Severity, str]
    marks: Mapping[Mark, str]


#: Also the mark of a finding, so that its severity is not told by colour alone.
BADGE_MARKS: Mapping[Severity, str] = {Severity.ERROR: "✖", Severity.WARNING: "▲", Severity.NOTE: "●"}

_ORANGE, _SKY, _GREEN, _YELLOW = "#e69f00", "#56b4e9", "#009e73", "#f0e442"
_BLUE, _RED, _PURPLE, _GREY = "#0072b2", "#d55e00", "#cc79a7", "#8a9099"

_FAMILIES: Mapping[Family, tuple[Shape, str]] = {
    Family.START: (Shape.PILL, _GREY),
    Family.SAY: (Shape.BUBBLE, _SKY),
    Family.ASK: (Shape.DOUBLE, _BLUE),
    Family.DECIDE: (Shape.HEXAGON, _YELLOW),
    Family.SET: (Shape.NOTCHED, _GREY),
    Family.LOOK_UP: (Shape.DRUM, _GREEN),
    Family.SUBFLOW: (Shape.FRAME, _PURPLE),
    Family.HAND_OFF: (Shape.SIGN, _ORANGE),
    Family.VOICE: (Shape.OCTAGON, _PURPLE),
    Family.UNKNOWN: (Shape.SQUARE, _GREY),
    Family.END: (Shape.DOT, _GREY),
    Family.MISSING: (Shape.GHOST, _RED),
    Family.ENTRY: (Shape.SLANT, _GREY),
    Family.FILTER: (Shape.FUNNEL, _YELLOW),
    Family.TARGET: (Shape.CARD, _SKY),
    Family.QUEUE: (Shape.ROW, _ORANGE),
    Family.WORKER: (Shape.ARCH, _GREEN),
}


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio of two ``#rrggbb`` colours, 1 to 21.

    >>> contrast("#000000", "#ffffff"), contrast("#777777", "#777777")
    (21.0, 1.0)
    """
    dark, light = sorted((_luminance(one), _luminance(other)))
    return round((light + 0.05) / (dark + 0.05), 6)


def mix(ground: str, colour: str, share: float) -> str:
    """``colour`` laid thinly on ``ground``: ``share`` 0 is the ground, 1 the colour.

    >>> mix("#ffffff", "#0000ff", 0.5)
    '#8080ff'
    """
    pairs = zip(_channels(ground), _channels(colour), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable(colour: str, ground: str, ink: str) -> str:
    """The colour, moved towards ``ink`` as little as needed to be read on ``ground``.

    >>> readable("#ffff00", "#ffffff", "#000000")
    '#7a7a00'
    """
    steps = (mix(colour, ink, step / 50) for step in range(51))
    return next((found for found in steps if contrast(found, ground) >= READABLE), ink)


def theme(name: str | Theme) -> Theme:
    """The theme of that name, ``light`` or ``dark``; a :class:`Theme` is handed back as it is.

    Raises UsageError for an unknown name.
    """
    if isinstance(name, Theme):
        return name
    try:
        return THEMES[name]
    except KeyError:
        raise UsageError(f"there is no theme {name!r}. {did_you_mean(str(name), list(THEMES))}") from None


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _theme(name: str, paper: str, ink: str, thin: float) -> Theme:
    looks = {}
    for family, (shape, colour) in _FAMILIES.items():
        fill = mix(paper, colour, 0.0 if shape is Shape.GHOST else thin)
        looks[family] = Look(shape, fill, readable(colour, fill, ink))
    alarm_fill = mix(paper, _RED, thin)
    badges = {Severity.ERROR: _RED, Severity.WARNING: _ORANGE, Severity.NOTE: _BLUE}
    marks = {Mark.ADDED: _GREEN, Mark.REMOVED: _RED, Mark.CHANGED: _BLUE, Mark.MOVED: _PURPLE, Mark.UNWALKED: _ORANGE}
    return Theme(
        name=name,
        paper=paper,
        ink=ink,
        muted=mix(paper, ink, 0.76),
        line=mix(paper, ink, 0.55),
        loop=readable(_PURPLE, paper, ink),
        path=readable(_BLUE, paper, ink),
        alarm=readable(_RED, alarm_fill, ink),
        alarm_fill=alarm_fill,
        looks=looks,
        badges={severity: readable(colour, paper, ink) for severity, colour in badges.items()},
        marks={mark: readable(colour, paper, ink) for mark, colour in marks.items()},
    )


LIGHT = _theme("light", "#ffffff", "#1b1f24", 0.16)
DARK = _theme("dark", "#16181c", "#eceff2", 0.24)
THEMES: Mapping[str, Theme] = {"light": LIGHT, "dark": DARK}
