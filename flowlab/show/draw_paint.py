"""Plan -> matplotlib. One layout pixel is one unit of the axes; text and lines are scaled along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowlab.show.draw_labels import LABEL_LINE, LABEL_SIZE
from flowlab.show.draw_plan import (
    CAPTION_LINE,
    CAPTION_SIZE,
    NAME_LINE,
    NAME_SIZE,
    PADDING,
    TAG_HEIGHT,
    TAG_SIZE,
    TEXT_ABOVE,
    TEXT_LINE,
    TEXT_SIZE,
    Edge,
    Node,
    Plan,
)
from flowlab.show.draw_shapes import Outline, extra_lines, outline, rounded
from flowlab.show.layout_model import Box, Point
from flowlab.show.style import BADGE_MARKS, FONT, Shape, Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

EDGE_WIDTH, WIDEST_EDGE = 1.3, 6.5
ARROW = 8.0
FAINT = 0.28  #: opacity of what steps back when a path is shown
TAG_INSET = 10.0
BADGE = 15.0


def paint(ax: Axes, plan: Plan, theme: Theme, points_per_pixel: float) -> None:
    """Draw everything onto ``ax``: edges, then labels, then nodes."""
    brush = _Brush(ax, theme, points_per_pixel)
    page = plan.layout
    brush.fill(rounded(Box(0, 0, page.width, page.height), 0, 0, 0, 0), theme.paper, z=0)
    busiest = max((edge.n or 0 for edge in plan.edges.values()), default=0)
    for edge in plan.edges.values():
        _edge(brush, plan, edge, busiest)
    for node in plan.nodes.values():
        _node(brush, plan, node)


@dataclass(frozen=True, slots=True)
class _Brush:
    """Puts strokes, shapes and text on the axes. ``z``: what lies on top of what. Sizes in layout pixels."""

    ax: Axes
    theme: Theme
    scale: float

    def stroke(self, lines: Outline, colour: str, width: float, z: float, **more: Any) -> None:
        self._patch(lines, facecolor="none", edgecolor=colour, linewidth=width * self.scale, zorder=z, **more)

    def fill(self, lines: Outline, colour: str, z: float, **more: Any) -> None:
        self._patch(lines, **{"edgecolor": "none", "facecolor": colour, "zorder": z, "linewidth": 0} | more)

    def _patch(self, lines: Outline, **more: Any) -> None:
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        kinds = {"M": [Path.MOVETO], "L": [Path.LINETO], "Q": [Path.CURVE3] * 2, "C": [Path.CURVE4] * 3}
        points: list[Point] = []
        codes: list[Any] = []
        for kind, to in lines:
            points += to or points[:1]
            codes += kinds.get(kind, [Path.CLOSEPOLY])
        self.ax.add_patch(PathPatch(Path(points, codes), joinstyle="round", clip_on=False, **more))

    def write(self, at: Point, text: str, size: float, colour: str, z: float, **more: Any) -> None:
        self.ax.text(
            *at,
            text,
            fontsize=size * self.scale,
            color=colour,
            zorder=z,
            family=FONT,
            ha="center",
            va="center_baseline",
            parse_math=False,
            usetex=False,
            **more,
        )


def _edge(brush: _Brush, plan: Plan, edge: Edge, busiest: int) -> None:
    theme, route = brush.theme, plan.layout.edges[edge.id]
    loop = edge.id in plan.layout.back
    colour = theme.path if edge.lit else theme.loop if loop else theme.line
    alpha = FAINT if plan.walked and not edge.lit else 1.0
    width = EDGE_WIDTH * (2.2 if edge.lit else 1.0)
    if edge.n and busiest:
        width += (WIDEST_EDGE - EDGE_WIDTH) * (edge.n / busiest) ** 0.5
    head = ARROW + 1.2 * width
    line, tip = _with_head(route, head)
    dashes: Mapping[str, Any] = {"linestyle": (0, (4, 2.2))} if loop and not edge.lit else {}
    z = 2.0 + edge.lit
    brush.stroke(line, colour, width, z, alpha=alpha, capstyle="butt", **dashes)
    brush.fill(tip, colour, z, alpha=alpha)
    if edge.lines:
        _label(brush, plan.layout.labels[edge.id], edge, colour, alpha)


def _with_head(route: tuple[Point, ...], head: float) -> tuple[Outline, Outline]:
    """The line, ended early so that it does not blunt the head, and the head."""
    *rest, control, end = route
    dx, dy = end[0] - control[0], end[1] - control[1]
    length = (dx * dx + dy * dy) ** 0.5 or 1.0
    dx, dy = dx / length, dy / length
    back = min(head * 0.8, length)
    base = (end[0] - dx * back, end[1] - dy * back)
    points = [*rest, (control[0] - dx * min(back, length - 0.1), control[1] - dy * min(back, length - 0.1)), base]
    line: Outline = [("M", (points[0],))]
    line += [("C", tuple(points[i : i + 3])) for i in range(1, len(points), 3)]
    half = head * 0.42
    left = (end[0] - dx * head - dy * half, end[1] - dy * head + dx * half)
    right = (end[0] - dx * head + dy * half, end[1] - dy * head - dx * half)
    return line, [("M", (end,)), ("L", (left,)), ("L", (right,)), ("Z", ())]


def _label(brush: _Brush, box: Box, edge: Edge, colour: str, alpha: float) -> None:
    theme = brush.theme
    brush.fill(rounded(box, 4, 4, 4, 4), theme.paper, z=4, alpha=0.94)
    x, y = box.centre
    y -= (len(edge.lines) - 1) * LABEL_LINE / 2
    ink = colour if edge.lit else theme.muted
    for place, line in enumerate(edge.lines):
        bold = edge.n is not None and place == len(edge.lines) - 1
        more = {"weight": "bold"} if bold else {}
        brush.write((x, y + place * LABEL_LINE), line, LABEL_SIZE, ink, z=5, alpha=max(alpha, 0.45), **more)


def _node(brush: _Brush, plan: Plan, node: Node) -> None:
    theme, look = brush.theme, brush.theme.looks[node.family]
    whole = plan.layout.nodes[node.name]
    shape = Box(whole.x, whole.y, whole.width, whole.height - (TAG_HEIGHT if node.tag else 0))
    alpha = FAINT if plan.walked and not node.lit else 1.0
    brush.fill(outline(look.shape, shape), theme.paper, z=6)
    if node.tag:
        _tag(brush, node, shape, alpha)
    dashed = not node.reachable or look.shape is Shape.GHOST
    stroke = {
        "edgecolor": theme.path if node.lit else look.stroke,
        "linewidth": (3.0 if node.lit else 2.4 if node.initial else 1.2) * brush.scale,
        "linestyle": (0, (3.5, 2.5)) if dashed else "solid",
        "alpha": alpha,
    }
    fill = theme.paper if not node.reachable else look.fill
    brush.fill(outline(look.shape, shape), fill, z=8, **stroke)
    extra = extra_lines(look.shape, shape)
    if extra:
        brush.stroke(extra, look.stroke, 0.8, z=8, alpha=alpha)
    _words(brush, node, shape, alpha)
    if node.badge:
        _badge(brush, node, shape)


def _words(brush: _Brush, node: Node, shape: Box, alpha: float) -> None:
    theme = brush.theme
    x, middle = shape.centre
    height = CAPTION_LINE + len(node.title) * NAME_LINE
    if node.text:
        height += TEXT_ABOVE + len(node.text) * TEXT_LINE
    y = middle - height / 2
    caption_colour = theme.looks[node.family].stroke
    brush.write((x, y + CAPTION_LINE / 2), node.caption, CAPTION_SIZE, caption_colour, z=9, alpha=alpha, weight="bold")
    y += CAPTION_LINE
    for text in node.title:
        brush.write((x, y + NAME_LINE / 2), text, NAME_SIZE, theme.ink, z=9, alpha=alpha, weight="bold")
        y += NAME_LINE
    y += TEXT_ABOVE
    for text in node.text:
        brush.write((x, y + TEXT_LINE / 2), text, TEXT_SIZE, theme.muted, z=9, alpha=alpha)
        y += TEXT_LINE


def _tag(brush: _Brush, node: Node, shape: Box, alpha: float) -> None:
    """The line below the shape that names the exits at which a run ends, hung from the shape's lower edge."""
    theme = brush.theme
    box = Box(shape.x + TAG_INSET, shape.bottom - 8, shape.width - 2 * TAG_INSET, TAG_HEIGHT + 8)
    ink, ground = (theme.alarm, theme.alarm_fill) if node.silent else (theme.muted, theme.paper)
    edge = {"edgecolor": ink, "linewidth": 0.8 * brush.scale, "alpha": alpha}
    brush.fill(rounded(box, 0, 0, 5, 5), ground, z=7, **edge)
    x, y = box.centre[0], shape.bottom + TAG_HEIGHT / 2
    mark = "■ " if node.silent else "● "
    brush.write((x, y), mark + node.tag, TAG_SIZE, ink, z=9, alpha=alpha)


def _badge(brush: _Brush, node: Node, shape: Box) -> None:
    assert node.badge is not None
    theme = brush.theme
    colour = theme.badges[node.badge.severity]
    text = f"{BADGE_MARKS[node.badge.severity]} {node.badge.n}"
    width = BADGE + 7.0 * len(str(node.badge.n))
    box = Box(shape.right - width + 6, shape.y - BADGE / 2, width, BADGE)
    half = BADGE / 2
    edge = {"edgecolor": theme.paper, "linewidth": 1.2 * brush.scale}
    brush.fill(rounded(box, half, half, half, half), colour, z=10, **edge)
    brush.write(box.centre, text, TAG_SIZE, theme.paper, z=11, weight="bold")
