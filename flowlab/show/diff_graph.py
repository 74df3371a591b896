"""Both versions of a flow as one graph: what was added, removed and changed stands in it, each marked as such."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from flowlab.check.diff.exits import NOTHING_RENAMED, Renamed, plain_exits, renamed, tests, twins
from flowlab.check.diff.match import Pairing
from flowlab.check.diff.model import Change, ChangeKind
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.kinds import Family, is_closing
from flowlab.show.style import Mark

if TYPE_CHECKING:
    import networkx as nx

K = ChangeKind
#: Changes that an edge shows, not its node.
_ON_EDGES = frozenset({K.REWIRED, K.BRANCH_ADDED, K.BRANCH_REMOVED, K.CONDITION})

Way = tuple[Transition, Mark | None]


def diff_graph(old: Flow, new: Flow, pairing: Pairing, changes: Sequence[Change]) -> nx.MultiDiGraph:
    """The graph of ``new`` (see :func:`flowlab.model.graph.flow_graph`) with what only ``old`` had put in.

    Nodes and edges that differ have one more attribute, ``mark``: ``added``, ``removed``, ``changed`` or ``moved``.
    States that were renamed stand under their new name, with the old one in their label.
    """
    import networkx as nx

    partner = {now.name: was for was, now in pairing.pairs}
    gone = _names_of_the_gone(pairing, new)
    names = renamed(pairing.renames, gone)
    graph = nx.MultiDiGraph(name=f"{old.name} → {new.name}", initial=new.initial_state)
    marks = _node_marks(new, changes)
    for state in new:
        was = partner.get(state.name)
        label = f"{state.name} (was {was.name})" if was and was.name != state.name else state.name
        _add_node(graph, state, state.name, label, marks.get(state.name))
    for state in pairing.removed:
        _add_node(graph, state, gone[state.name], state.name, Mark.REMOVED)
    graph.nodes[new.initial_state].update(initial=True) if new.initial_state in graph else None
    for state in new:
        was = partner.get(state.name)
        ways = _both(was, state, names) if was else _all(state.transitions, Mark.ADDED)
        _add_edges(graph, state.name, state.type, ways)
    for state in pairing.removed:
        _add_edges(graph, gone[state.name], state.type, _all(plain_exits(state, names), Mark.REMOVED))
    return graph


def around_changes(graph: nx.MultiDiGraph) -> nx.MultiDiGraph:
    """The part of a diff's graph that one looks at first: what is marked, and a step around it.

    The graph as it is where nothing is marked.
    """
    marked = {node for node, data in graph.nodes(data=True) if "mark" in data}
    for tail, head, data in graph.edges(data=True):
        marked |= {tail, head} if "mark" in data else set()
    near = {other for node in marked for other in (*graph.predecessors(node), *graph.successors(node))}
    if not marked:
        return graph
    part = graph.subgraph(marked | near).copy()
    if part.graph["initial"] not in part:
        part.graph["initial"] = ""
    elif part.graph["initial"] not in marked:  # else all that it no longer leads to would look unreachable
        part.graph["initial"] = ""
        part.nodes[graph.graph["initial"]]["initial"] = False
    return part


def _names_of_the_gone(pairing: Pairing, new: Flow) -> dict[str, str]:
    """What the removed states are called in the graph: another state may have taken their name."""
    found: dict[str, str] = {}
    for state in pairing.removed:
        name = state.name
        while name in new.by_name or name in found.values():
            name += " (old)"
        found[state.name] = name
    return found


def _node_marks(new: Flow, changes: Sequence[Change]) -> dict[str, Mark]:
    marks: dict[str, Mark] = {}
    for change in changes:
        if change.kind is K.ADDED:
            marks[change.state] = Mark.ADDED
        elif change.kind is K.MOVED:
            marks.setdefault(change.state, Mark.MOVED)
        elif change.kind is K.INITIAL:
            marks[new.initial_state] = Mark.CHANGED
        elif change.kind not in _ON_EDGES and change.state and marks.get(change.state) != Mark.ADDED:
            marks[change.state] = Mark.CHANGED
    return marks


def _both(old: State, new: State, names: Renamed) -> Iterator[Way]:
    """The exits of a state in both versions: those that stayed once, those that lead elsewhere twice."""
    was, now = plain_exits(old, names), plain_exits(new, NOTHING_RENAMED)
    gone: list[Transition] = []
    for twin in twins(was, now):
        if twin.new is None or twin.old is None or twin.old.next != twin.new.next:
            gone += [twin.old] if twin.old and twin.old.next is not None else []
            if twin.new:
                yield twin.new, _news(twin.old, twin.new)
        else:
            yield twin.new, Mark.CHANGED if tests(twin.old) != tests(twin.new) else None
    yield from ((way, Mark.REMOVED) for way in gone)


def _all(ways: Iterable[Transition], mark: Mark) -> Iterator[Way]:
    """The exits of a state that is new or gone; that it ends there needs no mark of its own."""
    return ((way, mark if way.next is not None else None) for way in ways)


def _news(old: Transition | None, new: Transition) -> Mark | None:
    """An exit that leads nowhere is as good as none, unless it led on before."""
    return Mark.ADDED if new.next is not None or new.conditions or (old and old.next is not None) else None


def _add_node(graph: nx.MultiDiGraph, state: State, name: str, label: str, mark: Mark | None) -> None:
    data = {"kind": state.type, "family": str(state.family), "label": label, "text": state.text, "initial": False}
    graph.add_node(name, **data, **_marked(mark))


def _add_edges(graph: nx.MultiDiGraph, name: str, kind: str, ways: Iterator[Way]) -> None:
    for key, (way, mark) in enumerate(ways):
        if way.next is None and kind == "trigger":
            continue
        target = f"{name}:end" if way.next is None else way.next
        if target not in graph:
            end = way.next is None
            family = Family.END if end else Family.MISSING
            label = {"kind": "end" if end else "missing", "family": str(family), "label": target}
            graph.add_node(target, **label, text="", initial=False, **({} if end else _marked(mark)))
        graph.add_edge(name, target, key=key, **_edge(kind, way), **_marked(mark))


def _edge(kind: str, way: Transition) -> Mapping[str, object]:
    wired = way.next is not None
    silent = not wired and not is_closing(kind, way.event)
    return {"event": way.event, "condition": way.condition, "label": way.label, "wired": wired, "silent": silent}


def _marked(mark: Mark | None) -> dict[str, str]:
    return {"mark": str(mark)} if mark else {}
