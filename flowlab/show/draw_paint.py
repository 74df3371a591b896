"""Plan -> matplotlib. One layout pixel is one unit of the axes; text and lines are scaled along."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from flowlab.show.draw_labels import LABEL_LINE, LABEL_SIZE
from flowlab.show.draw_marks import DASHES
from flowlab.show.draw_options import Badge
from flowlab.show.draw_plan import (
    BADGE,
    CAPTION_LINE,
    CAPTION_SIZE,
    EDGE_WIDTH,
    LEGEND_GAP,
    LEGEND_HEIGHT,
    LEGEND_SIZE,
    NAME_LINE,
    NAME_SIZE,
    TAG_HEIGHT,
    TAG_SIZE,
    TEXT_ABOVE,
    TEXT_LINE,
    TEXT_SIZE,
    WIDEST_EDGE,
    Edge,
    Node,
    Plan,
    legend_ends,
    legend_word,
)
from flowlab.show.draw_shapes import Outline, extra_lines, outline, rounded
from flowlab.show.draw_text import text_width
from flowlab.show.layout_model import Box, Layout, Point
from flowlab.show.style import FONT, OTHER_FONTS, Mark, Shape, Theme, mix, readable

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Dashes = Sequence[float]

LIT_WIDTH = 2.9
OUTLINE, FIRST_OUTLINE, LIT_OUTLINE = 1.2, 2.4, 3.0
MARKED_OUTLINE, MARKED_EDGE = 2.6, 2.2
LOOP_DASHES, NODE_DASHES = (4.0, 2.2), (3.5, 2.5)
ARROW = 8.0
TAG_INSET = 10.0
FAINT = 0.3  #: how much of its colour is left to what steps back when a path is shown
PALE = 0.62  #: the same where marks are shown: the rest is still read
TAG_MARKS = {True: "■", False: "●"}

#: What lies on top of what. Every text has its place free, so that all of it can lie on top.
EDGE_Z, LIT_Z, LABEL_Z, TAG_Z, NODE_Z, BADGE_Z, TEXT_Z = 1, 2, 3, 4, 5, 6, 7


def paint(ax: Axes, plan: Plan, theme: Theme, points_per_pixel: float) -> None:
    """Draw everything onto ``ax``: edges, then labels, then nodes."""
    brush = _Brush(ax, theme, points_per_pixel)
    back = replace(brush, strength=FAINT if plan.walked else PALE if plan.legend else 1.0)
    page = plan.layout
    brush.fill(rounded(Box(0, 0, page.width, page.height), 0, 0, 0, 0), theme.paper, z=0)
    busiest = max((edge.n or 0 for edge in plan.edges.values()), default=0)
    for edge in plan.edges.values():
        _edge(brush if edge.lit or edge.mark else back, page, edge, busiest)
    for node in plan.nodes.values():
        _node(brush if node.lit or node.mark else back, page.nodes[node.name], node)
    _legend(brush, plan.legend)


@dataclass(frozen=True, slots=True)
class _Brush:
    """Puts strokes, shapes and text on the axes. Sizes in layout pixels; ``z``: what lies on top of what.

    ``strength``: how much of their colour things keep. They are mixed with the paper, not made transparent, so that
    nothing shines through.
    """

    ax: Axes
    theme: Theme
    scale: float
    strength: float = 1.0

    def stroke(self, lines: Outline, colour: str, width: float, z: float, dashes: Dashes | None = None) -> None:
        line = {"edgecolor": self._tone(colour), "linewidth": width * self.scale, "linestyle": _style(dashes)}
        self._patch(lines, {"facecolor": "none", "zorder": z} | line)

    def fill(self, lines: Outline, colour: str, z: float) -> None:
        self._patch(lines, {"facecolor": self._tone(colour), "edgecolor": "none", "linewidth": 0, "zorder": z})

    def mark(self, lines: Outline, mark: Mark, width: float, z: float) -> None:
        self.stroke(lines, self.theme.marks[mark], width, z, DASHES[mark])

    def write(self, at: Point, text: str, size: float, colour: str, *, bold: bool = False) -> None:
        self.ax.text(
            *at,
            text,
            fontsize=size * self.scale,
            weight="bold" if bold else "normal",
            color=self._tone(colour),
            zorder=TEXT_Z,
            family=_families(text),
            ha="center",
            va="center_baseline",
            parse_math=False,
            usetex=False,
        )

    def _tone(self, colour: str) -> str:
        return mix(self.theme.paper, colour, self.strength)

    def _patch(self, lines: Outline, style: dict[str, Any]) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        kinds = {"M": [Path.MOVETO], "L": [Path.LINETO], "Q": [Path.CURVE3] * 2, "C": [Path.CURVE4] * 3}
        points: list[Point] = []
        codes: list[Any] = []
        for kind, to in lines:
            points += to or points[:1]
            codes += kinds.get(kind, [Path.CLOSEPOLY])
        self.ax.add_artist(PathPatch(Path(points, codes), joinstyle="round", capstyle="butt", clip_on=False, **style))


def _families(text: str) -> list[str]:
    """The fonts to try: one, so that files are the same everywhere, unless it lacks the letters."""
    covered = all(char < "\u0900" or "\u1e00" <= char < "\u2e80" for char in text)
    return [FONT] if covered else [FONT, *_installed()]


@cache
def _installed() -> list[str]:
    from matplotlib.font_manager import get_font_names

    names = set(get_font_names())
    return [name for name in OTHER_FONTS if name in names]


def _style(dashes: Dashes | None) -> Any:
    return (0, dashes) if dashes else "solid"


def _edge(brush: _Brush, page: Layout, edge: Edge, busiest: int) -> None:
    theme = brush.theme
    loop = edge.id in page.back
    marked = theme.marks[edge.mark] if edge.mark else ""
    colour = marked or (theme.path if edge.lit else theme.loop if loop else theme.line)
    width = LIT_WIDTH if edge.lit else MARKED_EDGE if edge.mark else EDGE_WIDTH
    if edge.n and busiest:
        width += (WIDEST_EDGE - EDGE_WIDTH) * (edge.n / busiest) ** 0.5
    line, head = _with_head(page.edges[edge.id], ARROW + 1.2 * width)
    z = LIT_Z if edge.lit or edge.mark else EDGE_Z
    if edge.mark:
        brush.mark(line, edge.mark, width, z)
    else:
        brush.stroke(line, colour, width, z, LOOP_DASHES if loop and not edge.lit else None)
    brush.fill(head, colour, z)
    if edge.lines:
        _label(brush, page.labels[edge.id], edge, colour if edge.lit or edge.mark else theme.muted)


def _with_head(route: tuple[Point, ...], head: float) -> tuple[Outline, Outline]:
    """The line, ended early so that it does not blunt the head, and the head."""
    *others, control, end = route
    dx, dy = end[0] - control[0], end[1] - control[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    dx, dy = dx / length, dy / length
    # A last piece shorter than the head would turn back on itself: it only gets shorter.
    back = min(head * 0.8, length * 0.9)
    points = [
        *others,
        (control[0] - dx * back * 0.5, control[1] - dy * back * 0.5),
        (end[0] - dx * back, end[1] - dy * back),
    ]
    line: Outline = [("M", (points[0],))]
    line += [("C", tuple(points[i : i + 3])) for i in range(1, len(points), 3)]
    half = head * 0.42
    left = (end[0] - dx * head - dy * half, end[1] - dy * head + dx * half)
    right = (end[0] - dx * head + dy * half, end[1] - dy * head - dx * half)
    return line, [("M", (end,)), ("L", (left,)), ("L", (right,)), ("Z", ())]


def _label(brush: _Brush, box: Box, edge: Edge, ink: str) -> None:
    brush.fill(rounded(box, 4, 4, 4, 4), brush.theme.paper, LABEL_Z)
    x, y = box.centre
    y -= (len(edge.lines) - 1) * LABEL_LINE / 2
    for place, line in enumerate(edge.lines):
        is_count = edge.n is not None and place == len(edge.lines) - 1
        brush.write((x, y + place * LABEL_LINE), line, LABEL_SIZE, ink, bold=is_count)


def _node(brush: _Brush, whole: Box, node: Node) -> None:
    theme, look = brush.theme, brush.theme.looks[node.family]
    box = Box(whole.x, whole.y, whole.width, whole.height - (TAG_HEIGHT if node.tag else 0))
    shape = outline(look.shape, box)
    if node.tag:
        _tag(brush, node, box)
    gone = not node.reachable or node.mark is Mark.REMOVED
    brush.fill(shape, theme.paper if gone else look.fill, NODE_Z)
    width = LIT_OUTLINE if node.lit else FIRST_OUTLINE if node.initial else OUTLINE
    dashed = not node.reachable or look.shape is Shape.GHOST
    if node.mark:
        brush.mark(shape, node.mark, MARKED_OUTLINE, NODE_Z)
    else:
        brush.stroke(shape, theme.path if node.lit else look.stroke, width, NODE_Z, NODE_DASHES if dashed else None)
    extra = extra_lines(look.shape, box)
    if extra:
        brush.stroke(extra, look.stroke, 0.8, NODE_Z)
    _words(brush, node, box)
    if node.badge:
        _badge(brush, node.badge, box)


def _words(brush: _Brush, node: Node, box: Box) -> None:
    """Caption, name and text, one below the other, together in the middle of the shape."""
    theme = brush.theme
    caption = f"{node.caption} · FIRST" if node.initial else node.caption
    look = theme.looks[node.family]
    ink = readable(theme.marks[node.mark], look.fill, theme.ink) if node.mark else look.stroke
    lines = [(caption, CAPTION_SIZE, CAPTION_LINE, ink, True)]
    lines += [(line, NAME_SIZE, NAME_LINE, theme.ink, True) for line in node.title]
    lines += [(line, TEXT_SIZE, TEXT_LINE, theme.muted, False) for line in node.text]
    x, middle = box.centre
    gap = TEXT_ABOVE if node.text else 0.0
    y = middle - (sum(height for _, _, height, _, _ in lines) + gap) / 2
    for text, size, height, colour, bold in lines:
        if gap and not bold:
            y, gap = y + gap, 0.0
        brush.write((x, y + height / 2), text, size, colour, bold=bold)
        y += height


def _tag(brush: _Brush, node: Node, box: Box) -> None:
    """The line that names the exits at which a run ends, hung from the shape's lower edge."""
    theme = brush.theme
    hidden = 8.0  # behind the shape, which need not be straight below
    hung = Box(box.x + TAG_INSET, box.bottom - hidden, box.width - 2 * TAG_INSET, TAG_HEIGHT + hidden)
    ink, ground = (theme.alarm, theme.alarm_fill) if node.silent else (theme.muted, theme.paper)
    shape = rounded(hung, 0, 0, 5, 5)
    brush.fill(shape, ground, TAG_Z)
    brush.stroke(shape, ink, 0.8, TAG_Z)
    brush.write((box.centre[0], box.bottom + TAG_HEIGHT / 2), f"{TAG_MARKS[node.silent]} {node.tag}", TAG_SIZE, ink)


def _badge(brush: _Brush, badge: Badge, box: Box) -> None:
    """The mark and number of a state's findings, over the right upper corner."""
    theme = brush.theme
    text = badge.words
    width = text_width(text, TAG_SIZE, bold=True) + 8
    pill = Box(box.right - width + 8, box.y - BADGE / 2, width, BADGE)
    shape = rounded(pill, *[BADGE / 2] * 4)
    brush.fill(shape, theme.badges[badge.severity], BADGE_Z)
    brush.stroke(shape, theme.paper, 1.2, BADGE_Z)
    brush.write(pill.centre, text, TAG_SIZE, theme.paper, bold=True)


def _legend(brush: _Brush, legend: Sequence[Mark]) -> None:
    """What the marks mean, in a row at the top: each word in a frame of its own line."""
    for mark, left, right in zip(legend, legend_ends(legend), legend_ends(legend)[1:], strict=False):
        frame = Box(left, (LEGEND_HEIGHT - 20) / 2 + 3, right - left - LEGEND_GAP, 20)
        brush.mark(rounded(frame, 5, 5, 5, 5), mark, MARKED_OUTLINE, NODE_Z)
        brush.write(frame.centre, legend_word(mark), LEGEND_SIZE, brush.theme.marks[mark], bold=True)
