"""Marks of a drawing: what is new, gone, changed, moved or never walked, told by sign, word, line and colour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.show.draw_chart import Chart, EdgeName
from flowlab.show.style import Mark

#: Node, or edge ``(from, to)`` or ``(from, to, key)`` -> the word of a :class:`~flowlab.show.style.Mark`.
Marking = Mapping[Any, str]

SIGNS: Mapping[Mark, str] = {Mark.ADDED: "+", Mark.REMOVED: "−", Mark.CHANGED: "±", Mark.MOVED: "↔", Mark.UNWALKED: "○"}
#: The line of what is marked: dashes and gaps, in widths of the line; None is drawn through.
DASHES: Mapping[Mark, tuple[float, ...] | None] = {
    Mark.ADDED: None,
    Mark.REMOVED: (2.6, 1.6),
    Mark.CHANGED: (5.0, 1.4, 1.0, 1.4),
    Mark.MOVED: (1.0, 1.2),
    Mark.UNWALKED: (2.0, 2.0),
}


@dataclass(frozen=True, slots=True)
class Marks:
    """The marks of a drawing. Nothing is marked in most drawings."""

    nodes: Mapping[str, Mark]
    edges: Mapping[tuple[Any, ...], Mark]

    def of_edge(self, edge: EdgeName) -> Mark | None:
        """The mark of an edge: its own, else that of all edges between the two."""
        return self.edges.get(edge) or self.edges.get(edge[:2])

    @property
    def used(self) -> tuple[Mark, ...]:
        """The marks a legend must explain."""
        present = {*self.nodes.values(), *self.edges.values()}
        return tuple(mark for mark in Mark if mark in present)


def read_marks(chart: Chart, marking: Marking | None) -> Marks:
    """Raises UsageError for a mark that there is not, and for one of something that is not drawn."""
    marks = Marks({}, {})
    if not marking:
        return marks
    edges = {way.edge for place in chart.places.values() for way in place.exits}
    edges |= {edge[:2] for edge in edges}  # type: ignore[misc]  # both lengths are names
    nodes: dict[str, Mark] = {}
    ways: dict[tuple[Any, ...], Mark] = {}
    for thing, word in marking.items():
        if word not in list(Mark):
            raise UsageError(f"marks: {thing!r} is marked {word!r}. {did_you_mean(str(word), list(map(str, Mark)))}")
        if isinstance(thing, str) and thing in chart.places:
            nodes[thing] = Mark(word)
        elif isinstance(thing, tuple) and thing in edges:
            ways[thing] = Mark(word)
        else:
            raise UsageError(_unknown(chart, thing))
    return Marks(nodes, ways)


def _unknown(chart: Chart, thing: Any) -> str:
    if isinstance(thing, tuple):
        return f"marks: {chart.name!r} has no edge {thing!r}; expected (from, to) or (from, to, key)"
    return f"marks: {chart.name!r} has no {chart.noun} {thing!r}. {did_you_mean(str(thing), list(chart.places))}"
