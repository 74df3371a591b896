"""Chart -> what will be drawn: nodes with wrapped text and a size, edges with short labels. No painter yet."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flowlab.errors import UsageError
from flowlab.model.kinds import Family
from flowlab.show.draw_chart import Chart, Drawable, Exit, Place, chart_of
from flowlab.show.draw_labels import label_size, packed
from flowlab.show.draw_marks import SIGNS, Marks, read_marks
from flowlab.show.draw_options import Badge, Counts, Options, Walked, badges, read_path
from flowlab.show.draw_shapes import INSETS
from flowlab.show.draw_text import shorten, text_width, wrap
from flowlab.show.layout import layout
from flowlab.show.layout_model import EdgeId, Layout
from flowlab.show.layout_rows import Size
from flowlab.show.layout_studio import layout_at
from flowlab.show.style import LIGHT, Mark

NAME_SIZE, NAME_LINE = 12.0, 15.5
TEXT_SIZE, TEXT_LINE = 10.5, 13.5
CAPTION_SIZE, CAPTION_LINE = 8.0, 12.0
TAG_SIZE, TAG_HEIGHT = 9.0, 16.0
ROOM = 164.0  #: widest line in a node
LEAST_WIDTH = 104.0
PADDING = (14.0, 8.0)
TEXT_ABOVE = 3.0
EDGE_WIDTH, WIDEST_EDGE, BADGE = 1.3, 6.5, 15.0
NO_CANVAS = "{!r} has no positions on Studio's canvas: it is laid out by flowlab"
LEGEND_HEIGHT, LEGEND_SIZE, LEGEND_GAP = 34.0, 11.0, 22.0


@dataclass(frozen=True, slots=True)
class Node:
    """One node. ``size`` includes the ``tag``, the line below the shape that names the exits at which the run ends.

    ``silent``: at one of those the conversation stops without a word. ``lit``: on the walked path.
    """

    name: str
    family: Family
    caption: str
    title: tuple[str, ...]
    text: tuple[str, ...]
    tag: str
    size: Size
    silent: bool = False
    initial: bool = False
    reachable: bool = True
    badge: Badge | None = None
    lit: bool = False
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """One drawn edge: all exits of a state that lead to the same one (and carry the same ``mark``).

    ``n``: how often it was walked, if counted.
    """

    id: EdgeId
    lines: tuple[str, ...]
    n: int | None = None
    lit: bool = False
    mark: Mark | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """A drawing laid out. ``walked``: a path is shown, so what is not ``lit`` steps back. ``legend``: the marks used;
    above the drawing a strip is left free for them.
    """

    nodes: dict[str, Node]
    edges: dict[EdgeId, Edge]
    layout: Layout
    walked: bool
    legend: tuple[Mark, ...] = ()


def make_plan(thing: Drawable, options: Options) -> Plan:
    """Decide what to write and how large it gets, then lay it out.

    ``thing``: see :func:`flowlab.show.draw_chart.chart_of`. Raises UsageError for what cannot be
    drawn, and for options that do not fit; see :mod:`flowlab.show.draw_options`.
    """
    chart = chart_of(thing)
    facts = _facts(chart, options)
    nodes = {place.name: _node(place, facts) for place in chart.places.values()}
    edges: dict[EdgeId, Edge] = {}
    for place in chart.places.values():
        for exits in _wired(place, facts.marks):
            edge = _edge(place, exits, facts)
            edges[edge.id] = edge
    laid_out = _lay_out(chart, nodes, edges, options)
    legend = facts.marks.used
    if legend:
        laid_out = laid_out.below(LEGEND_HEIGHT, legend_ends(legend)[-1])
    return Plan(nodes, edges, laid_out, facts.walked is not None, legend)


def _lay_out(chart: Chart, nodes: Mapping[str, Node], edges: Mapping[EdgeId, Edge], options: Options) -> Layout:
    sizes = {name: node.size for name, node in nodes.items()}
    labels = {edge.id: label_size(edge.lines) for edge in edges.values() if edge.lines}
    direction, positions = options.get("direction", "TB"), options.get("positions", "flowlab")
    if positions not in ("flowlab", "studio"):
        raise UsageError(
            f"unknown positions {positions!r}: expected 'flowlab' (our own layout) or 'studio' (its canvas)"
        )
    if positions == "studio" and direction != "TB":
        raise UsageError("positions 'studio' has its own direction: leave out one of the two")
    if positions == "studio" and chart.canvas:
        return layout_at(chart.canvas, sizes, list(edges), labels, chart.starts)
    if positions == "studio":
        warnings.warn(NO_CANVAS.format(chart.name), stacklevel=2)
    return layout((list(nodes), list(edges)), direction=direction, size=sizes, label_size=labels)


def legend_ends(legend: Sequence[Mark]) -> list[float]:
    """Where each word of a legend ends, from the left, in pixels."""
    ends = [LEGEND_GAP]
    for mark in legend:
        ends.append(ends[-1] + text_width(legend_word(mark), LEGEND_SIZE, bold=True) + 2 * LEGEND_GAP)
    return ends


def legend_word(mark: Mark) -> str:
    """``+ added``: the sign and what it means."""
    return f"{SIGNS[mark]} {mark}"


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known beside the places themselves."""

    starts: frozenset[str]
    reached: frozenset[str]
    walked: Walked | None
    counts: Counts | None
    badges: dict[str, Badge]
    marks: Marks
    text: bool


def _facts(chart: Chart, options: Options) -> _Facts:
    path, traffic = options.get("path"), options.get("counts")
    return _Facts(
        starts=chart.starts,
        reached=_reachable(chart),
        walked=None if path is None else read_path(chart, path),
        counts=None if traffic is None else Counts(traffic),
        badges=badges(options.get("findings") or (), options.get("badges") or {}),
        marks=read_marks(chart, {**chart.marks, **(options.get("marks") or {})}),
        text=options.get("text", True),
    )


def _reachable(chart: Chart) -> frozenset[str]:
    """The places one can get to; all of them where the chart does not say where things start."""
    found = set(chart.starts or chart.places)
    stack = list(found)
    while stack:
        for way in chart.places[stack.pop()].exits:
            if way.to is not None and way.to not in found:
                found.add(way.to)
                stack.append(way.to)
    return frozenset(found)


def _wired(place: Place, marks: Marks) -> list[list[Exit]]:
    """The exits that lead on, those with the same target and mark together, in the place's order."""
    exits: dict[tuple[str, Mark | None], list[Exit]] = {}
    for way in place.exits:
        if way.to is not None:
            exits.setdefault((way.to, marks.of_edge(way.edge)), []).append(way)
    return list(exits.values())


def _edge(place: Place, exits: Sequence[Exit], facts: _Facts) -> Edge:
    first = exits[0]
    n = facts.counts.taken(place, exits) if facts.counts else None
    lit = facts.walked is not None and (place.name, first.to) in facts.walked.edges
    mark = facts.marks.of_edge(first.edge)
    lines = () if place.plain and not mark else packed([way.label for way in exits if way.label])
    if mark:
        lines = (f"{SIGNS[mark]} {lines[0]}" if lines else SIGNS[mark], *lines[1:])
    return Edge(first.edge, lines if n is None else (*lines, f"×{n:,}"), n, lit, mark)


def _node(place: Place, facts: _Facts) -> Node:
    mark = facts.marks.nodes.get(place.name)
    node = Node(
        name=place.name,
        family=place.family,
        caption=f"{SIGNS[mark]} {mark.upper()} · {place.caption}" if mark else place.caption,
        title=wrap(place.title, ROOM, NAME_SIZE, 2, bold=True),
        text=wrap(place.text, ROOM, TEXT_SIZE, 2) if facts.text else (),
        tag=_tag(place, facts),
        size=(0, 0),
        silent=any(way.silent for way in place.exits if way.to is None),
        initial=place.name in facts.starts,
        reachable=place.name in facts.reached,
        badge=facts.badges.get(place.name),
        lit=facts.walked is not None and place.name in facts.walked.states,
        mark=mark,
    )
    return replace(node, size=_size(node))


def _tag(place: Place, facts: _Facts) -> str:
    """The exits at which a run ends: the silent ones always; the others, after a dot, where counted or marked."""
    silent: list[str] = []
    served: list[str] = []
    for way in place.exits:
        if way.to is not None:
            continue
        n = facts.counts.taken(place, [way]) if facts.counts else None
        mark = facts.marks.of_edge(way.edge)
        word = (f"{SIGNS[mark]} " if mark else "") + way.label + (f" ×{n:,}" if n is not None else "")
        if way.silent:
            silent.append(word)
        elif n or mark:
            served.append(word)
    words = " ● ".join(", ".join(part) for part in (silent, served) if part)
    return shorten(f"ends: {words}", ROOM, TAG_SIZE) if words else ""


def _size(node: Node) -> Size:
    inset = INSETS.get(LIGHT.looks[node.family].shape, (0.0, 0.0))
    widths = [text_width(line, NAME_SIZE, bold=True) for line in node.title]
    widths += [text_width(line, TEXT_SIZE) for line in node.text]
    widths.append(text_width(node.tag, TAG_SIZE) + 2 * TAG_SIZE)
    if node.mark:
        widths.append(text_width(f"{node.caption} · FIRST", CAPTION_SIZE, bold=True))
    width = max(LEAST_WIDTH, *widths) + 2 * PADDING[0] + inset[0]
    height = CAPTION_LINE + len(node.title) * NAME_LINE + 2 * PADDING[1] + inset[1]
    if node.text:
        height += TEXT_ABOVE + len(node.text) * TEXT_LINE
    if node.tag:
        height += TAG_HEIGHT
    return round(width), round(height)
