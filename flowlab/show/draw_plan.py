"""Flow -> what will be drawn: nodes with wrapped text and a size, edges with short labels. No painter, no positions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flowlab.model.flow import Flow, State, Transition
from flowlab.model.kinds import Family, is_closing
from flowlab.show.draw_labels import edge_lines, exit_label, label_size
from flowlab.show.draw_options import Badge, Counts, Options, Walked, badges, read_path
from flowlab.show.draw_shapes import INSETS
from flowlab.show.draw_text import shorten, text_width, wrap
from flowlab.show.layout import layout
from flowlab.show.layout_model import EdgeId, Layout
from flowlab.show.layout_rows import Size
from flowlab.show.style import LIGHT

NAME_SIZE, NAME_LINE = 12.0, 15.5
TEXT_SIZE, TEXT_LINE = 10.5, 13.5
CAPTION_SIZE, CAPTION_LINE = 8.0, 12.0
TAG_SIZE, TAG_HEIGHT = 9.0, 16.0
ROOM = 164.0  #: widest line in a node
LEAST_WIDTH = 104.0
PADDING = (14.0, 8.0)
TEXT_ABOVE = 3.0


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


@dataclass(frozen=True, slots=True)
class Edge:
    """One drawn edge: all exits of a state that lead to the same one. ``n``: how often it was walked, if counted."""

    id: EdgeId
    lines: tuple[str, ...]
    n: int | None = None
    lit: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A drawing laid out. ``walked``: a path is shown, so what is not ``lit`` steps back."""

    nodes: dict[str, Node]
    edges: dict[EdgeId, Edge]
    layout: Layout
    walked: bool


def make_plan(flow: Flow, options: Options) -> Plan:
    """Decide what to write and how large it gets, then lay it out.

    Raises UsageError for options that do not fit the flow; see :mod:`flowlab.show.draw_options`.
    """
    facts = _facts(flow, options)
    states = sorted(flow, key=lambda state: state.name != flow.initial_state)
    nodes = {state.name: _node(state, facts) for state in states}
    edges: dict[EdgeId, Edge] = {}
    for state in states:
        for target, exits in _wired(state).items():
            nodes.setdefault(target, _ghost(target, facts))
            edge = _edge(state, target, exits, facts)
            edges[edge.id] = edge
    laid_out = layout(
        (list(nodes), list(edges)),
        direction=options.get("direction", "TB"),
        size={name: node.size for name, node in nodes.items()},
        label_size={edge.id: label_size(edge.lines) for edge in edges.values() if edge.lines},
    )
    return Plan(nodes, edges, laid_out, facts.walked is not None)


@dataclass(frozen=True, slots=True)
class _Facts:
    """What is known beside the states themselves."""

    initial: str
    reached: frozenset[str]
    walked: Walked | None
    counts: Counts | None
    badges: dict[str, Badge]
    text: bool


def _facts(flow: Flow, options: Options) -> _Facts:
    path, traffic = options.get("path"), options.get("counts")
    return _Facts(
        initial=flow.initial_state,
        reached=_reachable(flow),
        walked=None if path is None else read_path(flow, path),
        counts=None if traffic is None else Counts(traffic),
        badges=badges(options.get("findings") or ()),
        text=options.get("text", True),
    )


def _reachable(flow: Flow) -> frozenset[str]:
    """The states a run can get to; all of them where the flow does not say where it starts."""
    if flow.initial_state not in flow.by_name:
        return frozenset(flow.by_name)
    found = {flow.initial_state}
    stack = [flow.initial_state]
    while stack:
        state = flow.by_name.get(stack.pop())
        for transition in state.transitions if state else ():
            if transition.next is not None and transition.next not in found:
                found.add(transition.next)
                stack.append(transition.next)
    return frozenset(found)


def _wired(state: State) -> dict[str, list[Transition]]:
    """The exits that lead on, by target, in the state's order."""
    exits: dict[str, list[Transition]] = {}
    for transition in state.transitions:
        if transition.next is not None:
            exits.setdefault(transition.next, []).append(transition)
    return exits


def _edge(state: State, target: str, exits: Sequence[Transition], facts: _Facts) -> Edge:
    n = facts.counts.taken(state, exits) if facts.counts else None
    lit = facts.walked is not None and (state.name, target) in facts.walked.edges
    return Edge((state.name, target, state.transitions.index(exits[0])), edge_lines(state, exits, n), n, lit)


def _node(state: State, facts: _Facts) -> Node:
    title = wrap(state.name, ROOM, NAME_SIZE, 2, bold=True)
    text = wrap(state.text, ROOM, TEXT_SIZE, 2) if facts.text else ()
    tag = _tag(state, facts.counts)
    return Node(
        name=state.name,
        family=state.family,
        caption=state.family.upper(),
        title=title,
        text=text,
        tag=tag,
        size=_size(state.family, title, text, tag),
        silent=bool(state.silent_exits),
        initial=state.name == facts.initial,
        reachable=state.name in facts.reached,
        badge=facts.badges.get(state.name),
        lit=facts.walked is not None and state.name in facts.walked.states,
    )


def _ghost(name: str, facts: _Facts) -> Node:
    """A node for a state that an exit names and the flow has not."""
    title = wrap(name, ROOM, NAME_SIZE, 2, bold=True)
    lit = facts.walked is not None and name in facts.walked.states
    caption = "MISSING STATE"
    return Node(name, Family.MISSING, caption, title, (), "", _size(Family.MISSING, title, (), ""), lit=lit)


def _tag(state: State, counts: Counts | None) -> str:
    """The exits at which a run ends: the silent ones always; the others, after a dot, where they were counted."""
    ends = [] if state.type == "trigger" else [t for t in state.transitions if t.next is None]
    silent: list[str] = []
    served: list[str] = []
    for transition in ends:
        n = counts.taken(state, [transition]) if counts else None
        word = exit_label(transition) + (f" ×{n:,}" if n is not None else "")
        if not is_closing(state.type, transition.event):
            silent.append(word)
        elif n:
            served.append(word)
    words = " ● ".join(", ".join(part) for part in (silent, served) if part)
    return shorten(f"ends: {words}", ROOM, TAG_SIZE) if words else ""


def _size(family: Family, title: Sequence[str], text: Sequence[str], tag: str) -> Size:
    inset = INSETS.get(LIGHT.looks[family].shape, (0.0, 0.0))
    widths = [text_width(line, NAME_SIZE, bold=True) for line in title]
    widths += [text_width(line, TEXT_SIZE) for line in text]
    widths.append(text_width(tag, TAG_SIZE) + 2 * TAG_SIZE)
    width = max(LEAST_WIDTH, *widths) + 2 * PADDING[0] + inset[0]
    height = CAPTION_LINE + len(title) * NAME_LINE + 2 * PADDING[1] + inset[1]
    if text:
        height += TEXT_ABOVE + len(text) * TEXT_LINE
    if tag:
        height += TAG_HEIGHT
    return round(width), round(height)
