"""What is drawn, whatever it was made from: a flow, a graph under the contract of :mod:`flowlab.model.graph`, or
anything that has such a graph (a workflow, a diff, a journey).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError
from flowlab.model.flow import Flow, State
from flowlab.model.kinds import KINDS, Family, is_closing
from flowlab.show.draw_labels import condition_label, exit_label
from flowlab.show.draw_text import clean

if TYPE_CHECKING:
    import networkx as nx

#: A Flow, a networkx MultiDiGraph under the contract, what has one as its ``.graph``, or a Chart.
Drawable = Any
#: An edge as networkx names it: from, to, key.
EdgeName = tuple[str, str, Any]
#: Offsets beyond this are noise: a picture so large shows nothing.
FARTHEST = 1e5


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a place; ``to`` is None where things end there, ``silent`` where they do so without a word.

    ``label`` is what to write, ``words`` the same in full; ``edge`` is its name in the graph.
    """

    event: str
    to: str | None
    label: str
    words: str
    edge: EdgeName
    silent: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """A node. ``plain``: its one way on is the usual one, which needs no word. ``at``: where it lies on Studio's
    canvas, in Studio's pixels."""

    name: str
    family: Family
    caption: str
    title: str
    text: str = ""
    exits: tuple[Exit, ...] = ()
    plain: bool = False
    at: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Places and their exits, those where things begin first. ``about`` says in words what it is a chart of.

    ``marks``: what the graph itself marks (its ``mark`` attributes), by node and by edge.
    """

    name: str
    about: str
    places: Mapping[str, Place]
    starts: frozenset[str]
    noun: str = "state"
    marks: Mapping[Any, str] = field(default_factory=dict)

    @property
    def canvas(self) -> dict[str, tuple[float, float]]:
        """The places that lie somewhere on Studio's canvas."""
        return {name: place.at for name, place in self.places.items() if place.at is not None}


def chart_of(thing: Drawable) -> Chart:
    """The chart of a flow, of a graph, or of what has a ``.graph``.

    Raises UsageError for anything else, and for graphs that are not networkx MultiDiGraphs with texts as nodes.
    """
    if isinstance(thing, Chart):
        return thing
    if isinstance(thing, Flow):
        return _flow_chart(thing)
    graph: Any = thing if hasattr(thing, "is_multigraph") else getattr(thing, "graph", None)
    if not (hasattr(graph, "is_multigraph") and graph.is_multigraph() and graph.is_directed()):
        raise UsageError(
            f"cannot draw a {type(thing).__name__}: expected a Flow, a networkx MultiDiGraph such as flow.graph, or "
            "something that has one as its .graph"
        )
    odd = next((node for node in graph if not isinstance(node, str)), None)
    if odd is not None:
        raise UsageError(f"cannot draw a graph with the node {odd!r}: nodes are named by texts")
    return _graph_chart(graph, str(getattr(thing, "name", "") or "graph"))


def _flow_chart(flow: Flow) -> Chart:
    states = sorted(flow, key=lambda state: state.name != flow.initial_state)
    places = {state.name: _state(state) for state in states}
    for state in states:
        for transition in state.transitions:
            if transition.next is not None:
                places.setdefault(transition.next, _missing(transition.next))
    starts = frozenset({flow.initial_state} & flow.by_name.keys())
    about = f"{len(flow)} states, starting at {clean(flow.initial_state)}"
    return Chart(flow.name, about, places, starts)


def _state(state: State) -> Place:
    exits = tuple(
        Exit(
            event=way.event,
            to=way.next,
            label=exit_label(way),
            words=way.label,
            edge=(state.name, f"{state.name}:end" if way.next is None else way.next, key),
            silent=way.next is None and not is_closing(state.type, way.event),
        )
        for key, way in enumerate(state.transitions)
        if way.next is not None or state.type != "trigger"  # at its unwired events nothing has begun
    )
    wired = [way for way in state.transitions if way.next is not None]
    plain = len(wired) == 1 and not wired[0].conditions and _is_usual(state.type, wired[0].event)
    return Place(state.name, state.family, state.family.upper(), state.name, state.text, exits, plain, _offset(state))


def _offset(state: State) -> tuple[float, float] | None:
    """Where Studio's canvas has it; None where that is not two numbers one can draw with."""
    offset = state.properties.get("offset")
    if not isinstance(offset, Mapping):
        return None
    x, y = (_number(offset.get(side)) for side in ("x", "y"))
    return None if x is None or y is None else (x, y)


def _number(value: object) -> float | None:
    real = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < FARTHEST
    return float(value) if real else None  # type: ignore[arg-type]  # told by `real`


def _is_usual(kind: str, event: str) -> bool:
    known = KINDS.get(kind)
    return known is not None and known.family is not Family.DECIDE and event == known.default_exit


def _missing(name: str) -> Place:
    return Place(name, Family.MISSING, "MISSING STATE", name)


def _graph_chart(graph: nx.MultiDiGraph, name: str) -> Chart:
    first = graph.graph.get("initial")
    starts = frozenset(node for node, data in graph.nodes(data=True) if data.get("initial") or node == first)
    ends = {node for node in graph if _is_a_mere_end(graph, node)}
    nodes = sorted((node for node in graph if node not in ends), key=lambda node: node not in starts)
    places = {node: _node(graph, node, ends) for node in nodes}
    marks: dict[Any, str] = {node: data["mark"] for node, data in graph.nodes(data=True) if "mark" in data}
    marks |= {edge[:3]: edge[3]["mark"] for edge in graph.edges(keys=True, data=True) if "mark" in edge[3]}
    return Chart(str(graph.graph.get("name") or name), f"{len(places)} nodes", places, starts, "node", marks)


def _is_a_mere_end(graph: nx.MultiDiGraph, node: str) -> bool:
    """An end of one node's own: no node in the drawing but a line below the other one."""
    return (
        graph.nodes[node].get("kind") == "end"
        and graph.in_degree(node) > 0 == graph.out_degree(node)
        and (len(graph.pred[node]) == 1)
    )


def _node(graph: nx.MultiDiGraph, node: str, ends: set[str]) -> Place:
    data = graph.nodes[node]
    kind, title = str(data.get("kind") or ""), str(data.get("label") or node)
    known = str(data.get("family") or "")
    family = Family(known) if known in list(Family) else Family.UNKNOWN
    caption = "MISSING STATE" if kind == "missing" else family.upper()
    edges = sorted(graph.out_edges(node, keys=True, data=True), key=lambda edge: _order(edge[2]))
    exits = tuple(_exit(edge, edge[3], ends) for edge in edges)
    wired = [way for way in exits if way.to is not None]
    plain = len(wired) == 1 and wired[0].words == wired[0].event and _is_usual(kind, wired[0].event)
    return Place(node, family, caption, title, str(data.get("text") or ""), exits, plain)


def _order(key: Any) -> tuple[bool, int, str]:
    """Numbers first, as in a state's order; networkx lists edges by their target."""
    return (False, key, "") if isinstance(key, int) else (True, 0, str(key))


def _exit(edge: tuple[str, str, Any, Any], data: Mapping[str, Any], ends: set[str]) -> Exit:
    tail, head, key, _ = edge
    event, condition = str(data.get("event") or ""), str(data.get("condition") or "")
    words = str(data.get("label") or condition or event)
    return Exit(
        event=event,
        to=None if head in ends else head,
        label=condition_label(words) if condition == words else clean(words),
        words=words,
        edge=(tail, head, key),
        silent=bool(data.get("silent")),
    )
