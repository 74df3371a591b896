"""Parts of a chart folded into one place each: what can only be reached through a state is hidden behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from flowlab.show.draw_chart import Chart, Exit, Place

if TYPE_CHECKING:
    import networkx as nx


def hidden_behind(chart: Chart, heads: Iterable[str]) -> dict[str, frozenset[str]]:
    """The places that each head hides: those that every way to comes through it (its dominated ones).

    A head that another hides is left out.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> from flowlab.show.draw_chart import chart_of
    >>> states = [State(a, "send-message", (Transition("sent", b),)) for a, b in (("a", "b"), ("b", "c"), ("c", None))]
    >>> sorted(hidden_behind(chart_of(Flow(tuple(states), "a")), ["b"])["b"])
    ['c']
    """
    below = _dominated(chart)
    hidden = {head: frozenset(below[head]) for head in heads if below.get(head)}
    inner = {head for head in hidden for other in hidden if head in hidden[other]}
    return {head: places for head, places in hidden.items() if head not in inner}


def fold(chart: Chart, heads: Iterable[str]) -> Chart:
    """The chart with what lies behind each head taken into it; the exits of what is hidden become the head's."""
    hidden = hidden_behind(chart, heads)
    inside = {name: head for head, names in hidden.items() for name in names}
    if not inside:
        return chart
    places = {
        place.name: _folded(chart, place, hidden.get(place.name, frozenset()), inside)
        for place in chart.places.values()
        if place.name not in inside
    }
    marks = {thing: mark for thing, mark in chart.marks.items() if not {thing, *thing} & inside.keys()}
    return replace(chart, places=places, marks=marks)


def _folded(chart: Chart, place: Place, names: frozenset[str], inside: dict[str, str]) -> Place:
    own = [_led(place.name, way, inside) for way in place.exits]
    if not names:
        return replace(place, exits=tuple(own))
    behind = (_led(place.name, way, inside) for name in sorted(names) for way in chart.places[name].exits)
    outward = {
        way.to: way for way in (*own, *behind) if way.to not in (place.name, None)
    }  # one to each place is enough
    exits = (replace(way, edge=(*way.edge[:2], number)) for number, way in enumerate(outward.values()))
    caption = f"{place.caption} · {len(names)} FOLDED"
    return replace(place, title=f"{place.title} +{len(names)}", caption=caption, exits=tuple(exits), plain=False)


def _led(name: str, way: Exit, inside: dict[str, str]) -> Exit:
    """The exit as one of the place ``name``; where it leads to what is hidden, it leads to what hides it."""
    if way.to is None:
        return way
    to = inside.get(way.to, way.to)
    return replace(way, to=to, edge=(name, to, way.edge[2]))


def _dominated(chart: Chart) -> dict[str, set[str]]:
    import networkx as nx

    root = object()  # above all places where things begin
    graph: nx.DiGraph = nx.DiGraph((place.name, e.to) for place in chart.places.values() for e in place.exits if e.to)
    graph.add_node(root)
    graph.add_edges_from((root, start) for start in chart.starts or list(chart.places)[:1])
    above = nx.immediate_dominators(graph, root)
    below: dict[str, set[str]] = {}
    for name in above:
        up = above[name]
        while up is not root and up != name and up is not None:
            below.setdefault(up, set()).add(name)
            up = None if above.get(up) == up else above.get(up)
    return below
