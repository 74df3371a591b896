"""Plan -> SVG that takes the page's theme: laid out once, painted anew at every step of a talk.

The same plan, shapes and colours as :mod:`flowlab.show.draw_paint`; states and edges can be addressed in the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from pathlib import Path

from flowlab.model.event import Event, EventKind
from flowlab.model.kinds import Family
from flowlab.show.draw_chart import Drawable, chart_of
from flowlab.show.draw_labels import LABEL_LINE
from flowlab.show.draw_options import Badge, Options
from flowlab.show.draw_plan import (
    BADGE,
    CAPTION_LINE,
    EDGE_WIDTH,
    LEGEND_GAP,
    LEGEND_HEIGHT,
    NAME_LINE,
    TAG_HEIGHT,
    TAG_SIZE,
    TEXT_ABOVE,
    TEXT_LINE,
    WIDEST_EDGE,
    Edge,
    Node,
    legend_ends,
    legend_word,
    make_plan,
)
from flowlab.show.draw_shapes import Outline, extra_lines, outline, rounded
from flowlab.show.draw_text import text_width
from flowlab.show.layout_model import Box, EdgeId, Point
from flowlab.show.style import DARK, LIGHT, Mark, Theme
from flowlab.text.markup import safe

_TAG_INSET = 10.0
#: JupyterLab, VS Code, Colab; and where a widget saw for itself that its page is dark.
_DARK_PAGES = tuple(
    f"{page} .fl-map" for page in ("body[data-jp-theme-light=false]", "body.vscode-dark", "[theme=dark]", ".fl-dark")
)


class FlowMap:
    """A flow (or what else can be drawn), laid out. :meth:`paint` gives the picture of a moment.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> flow = Flow((State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"),)),), "ask")
    >>> "data-active" in FlowMap(flow).paint(active="ask")
    True
    """

    def __init__(self, thing: Drawable, options: Options | None = None) -> None:
        """``options``: what is painted on it for good, as for :func:`flowlab.show.draw.draw`."""
        self._chart = chart_of(thing)
        self._plan = make_plan(self._chart, options or {})
        self.layout = self._plan.layout
        self._busiest = max((edge.n or 0 for edge in self._plan.edges.values()), default=0)
        self._edges = {edge.id: self._edge(edge) for edge in self._plan.edges.values()}
        self._nodes = {node.name: self._node(node) for node in self._plan.nodes.values()}

    def paint(self, walked: Iterable[Event] = (), active: str = "") -> str:
        """The picture as one SVG element.

        ``walked``: the events of a run; what its steps passed is painted. ``active``: the state that is lit.
        """
        mine = (event for event in walked if event.kind == EventKind.STEP and not event.parent)
        steps = {(event.state, event.transitioned_to) for event in mine}
        steps |= {edge.id[:2] for edge in self._plan.edges.values() if edge.lit}
        passed = {name for step in steps for name in step}
        passed |= {node.name for node in self._plan.nodes.values() if node.lit}
        edges = sorted(self._edges, key=lambda edge: edge[:2] in steps)  # what was walked lies on top
        body = "".join(_group("edge", self._edges[edge], _ends(edge), walked=edge[:2] in steps) for edge in edges)
        body += "".join(
            _group("node", inside, f"data-state='{safe(name)}'", passed=name in passed, active=name == active)
            for name, inside in self._nodes.items()
        )
        body += "".join(_legend(self._plan.legend))
        name = safe(f"Flow {self._chart.name}" + (f", now at {active}" if active else ""))
        page = Box(0, 0, self.layout.width, self.layout.height)
        size = f"data-width='{page.width:g}' data-height='{page.height:g}'"
        return _svg("fl-map", f"role='img' aria-label='{name}' {size}", page, f"<style>{_style()}</style>{body}")

    def page(self, theme: Theme) -> str:
        """The whole picture by itself, for a file or an image: with a size, in the colours of one theme."""
        size = f"<svg width='{self.layout.width:g}' height='{self.layout.height:g}' "
        colours = _colours(theme, ("svg.fl-map",))
        return self.paint().replace("<svg ", size, 1).replace("</style>", f"{colours}</style>", 1)

    def _edge(self, edge: Edge) -> tuple[str, str]:
        """The classes of an edge and what is drawn of it."""
        marks = {"back": edge.id in self.layout.back, f"mark-{edge.mark}": edge.mark is not None}
        kind = " ".join(mark for mark, on in marks.items() if on)
        busy = f" style='stroke-width:{_width(edge.n, self._busiest):.1f}'" if edge.n and self._busiest else ""
        line = f"<path class='line' d='{self.layout.svg_path(edge.id)}'{busy}/>{_head(self.layout.edges[edge.id])}"
        return kind, f"<title>{safe(self._exits(edge.id))}</title>{line}" + "".join(self._label(edge))

    def _exits(self, edge: EdgeId) -> str:
        """The full text of the exits that an edge stands for."""
        tail, head, _ = edge
        return "; ".join(way.words for way in self._chart.places[tail].exits if way.to == head)

    def _label(self, edge: Edge) -> Iterator[str]:
        if edge.lines:
            box = self.layout.labels[edge.id]
            yield f"<rect class='paper' rx='4' {_place(box)}/>"
            x, y = box.centre
            for place, text in enumerate(edge.lines):
                yield _text("label", (x, y + (place - (len(edge.lines) - 1) / 2) * LABEL_LINE), text)

    def _node(self, node: Node) -> tuple[str, str]:
        """The classes of a node and what is drawn of it."""
        whole = self.layout.nodes[node.name]
        box = Box(whole.x, whole.y, whole.width, whole.height - (TAG_HEIGHT if node.tag else 0))
        shape = LIGHT.looks[node.family].shape
        marks = {_slug(node.family): True, "initial": node.initial, "dashed": not node.reachable}
        marks[f"mark-{node.mark}"] = node.mark is not None
        tag = _tag(node, box) if node.tag else ""
        badge = _badge(node.badge, box) if node.badge else ""
        extra = f"<path class='extra' d='{_d(extra_lines(shape, box))}'/>"
        drawn = f"{tag}<path class='box' d='{_d(outline(shape, box))}'/>{extra}{''.join(_words(node, box))}"
        said = self._chart.places[node.name].text
        told = "\n".join(safe(part) for part in (node.name, node.caption.lower(), said) if part)
        return " ".join(mark for mark, on in marks.items() if on), f"<title>{told}</title>{drawn}{badge}"


def _group(kind: str, drawn: tuple[str, str], attributes: str = "", **marks: bool) -> str:
    classes, inside = drawn
    named = " ".join([kind, classes, *(mark for mark, on in marks.items() if on)])
    lit = " data-active='true'" if marks.get("active") else ""
    return f"<g class='{named}' {attributes}{lit}>{inside}</g>"


def _ends(edge: EdgeId) -> str:
    """Between which states an edge lies, for the page to find it by."""
    return f"data-from='{safe(edge[0])}' data-to='{safe(edge[1])}'"


def _width(n: int, busiest: int) -> float:
    """The wider the more often it was walked, as in the matplotlib picture."""
    return EDGE_WIDTH + (WIDEST_EDGE - EDGE_WIDTH) * float((n / busiest) ** 0.5)


def _badge(badge: Badge, box: Box) -> str:
    """What is pinned on a state, over the right upper corner."""
    text = badge.words
    width = text_width(text, TAG_SIZE, bold=True) + 8
    pill = Box(box.right - width + 8, box.y - BADGE / 2, width, BADGE)
    shape = f"<rect rx='{BADGE / 2:g}' {_place(pill)}/>"
    return f"<g class='badge {badge.severity}'>{shape}{_text('n', pill.centre, text)}</g>"


def _legend(legend: Sequence[Mark]) -> Iterator[str]:
    """What the marks mean, in a row at the top."""
    for mark, left, right in zip(legend, legend_ends(legend), legend_ends(legend)[1:], strict=False):
        frame = Box(left, (LEGEND_HEIGHT - 20) / 2 + 3, right - left - LEGEND_GAP, 20)
        words = _text("word", frame.centre, legend_word(mark))
        yield f"<g class='legend mark-{mark}'><rect class='box' rx='5' {_place(frame)}/>{words}</g>"


def _svg(classes: str, attributes: str, view: Box, body: str) -> str:
    seen = f"{view.x:g} {view.y:g} {view.width:g} {view.height:g}"
    return f"<svg class='{classes}' {attributes} xmlns='http://www.w3.org/2000/svg' viewBox='{seen}'>{body}</svg>"


def _words(node: Node, box: Box) -> Iterator[str]:
    caption = f"{node.caption} · FIRST" if node.initial else node.caption
    lines = [("caption", caption, CAPTION_LINE, 0.0), *(("name", text, NAME_LINE, 0.0) for text in node.title)]
    lines += [("says", text, TEXT_LINE, 0.0 if place else TEXT_ABOVE) for place, text in enumerate(node.text)]
    x, middle = box.centre
    y = middle - sum(height + above for _, _, height, above in lines) / 2
    for kind, text, height, above in lines:
        yield _text(kind, (x, y + above + height / 2), text)
        y += above + height


def _tag(node: Node, box: Box) -> str:
    """The line below the shape that names the exits at which a run ends."""
    hung = Box(box.x + _TAG_INSET, box.bottom - 8, box.width - 2 * _TAG_INSET, TAG_HEIGHT + 8)
    words = _text("says", (hung.centre[0], box.bottom + TAG_HEIGHT / 2), ("■ " if node.silent else "● ") + node.tag)
    return f"<g class='tag{' silent' if node.silent else ''}'><path d='{_d(rounded(hung, 0, 0, 5, 5))}'/>{words}</g>"


def _head(route: tuple[Point, ...], size: float = 9.0) -> str:
    (ax, ay), (x, y) = route[-2:]
    far = ((x - ax) ** 2 + (y - ay) ** 2) ** 0.5 or 1.0
    dx, dy = (x - ax) / far * size, (y - ay) / far * size
    left, right = (x - dx - dy * 0.42, y - dy + dx * 0.42), (x - dx + dy * 0.42, y - dy - dx * 0.42)
    return f"<path class='head' d='{_d([('M', ((x, y),)), ('L', (left,)), ('L', (right,)), ('Z', ())])}'/>"


def _text(kind: str, at: Point, text: str) -> str:
    return f"<text class='{kind}' x='{at[0]:g}' y='{at[1]:g}'>{safe(text)}</text>"


def _d(strokes: Outline) -> str:
    return "".join(kind + " ".join(f"{x:g} {y:g}" for x, y in points) for kind, points in strokes)


def _place(box: Box) -> str:
    return f"x='{box.x:g}' y='{box.y:g}' width='{box.width:g}' height='{box.height:g}'"


def _slug(family: Family) -> str:
    return family.replace(" ", "-")


@cache
def _style() -> str:
    """The style sheet: fixed rules, and the colours of both themes."""
    rules = Path(__file__).with_name("svg.css").read_text("utf-8")
    return rules + _colours(LIGHT, (".fl-map",)) + _colours(DARK, _DARK_PAGES)


def _colours(theme: Theme, pages: Iterable[str]) -> str:
    names = ("paper", "ink", "muted", "line", "loop", "path", "alarm", "alarm_fill")
    own = ";".join(f"--{name.replace('_', '-')}:{getattr(theme, name)}" for name in names)
    own += "".join(f";--mark-{mark}:{colour}" for mark, colour in theme.marks.items())
    own += "".join(f";--badge-{severity}:{colour}" for severity, colour in theme.badges.items())
    css = f"{','.join(pages)}{{{own}}}"
    for family, look in theme.looks.items():
        css += f"{','.join(f'{page} .{_slug(family)}' for page in pages)}{{--fill:{look.fill};--stroke:{look.stroke}}}"
    return css
