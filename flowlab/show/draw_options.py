"""What may be painted on a drawing, read into one form: a walked path, traffic, findings. Marks: see draw_marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.finding import Finding, Severity
from flowlab.show.draw_chart import Chart, Exit, Place
from flowlab.show.draw_marks import Marking
from flowlab.show.draw_text import clean
from flowlab.show.layout import Direction
from flowlab.show.style import BADGE_MARKS

if TYPE_CHECKING:
    import pandas as pd

    from flowlab.show.style import Theme

Walk = Iterable[str] | Iterable[tuple[str, str, str]] | Iterable[Event]
#: Who says where boxes stand.
Positions = Literal["flowlab", "studio"]
Traffic = Mapping[tuple[str, str], int] | Mapping[tuple[str, str, str], int]


class Options(TypedDict, total=False):
    """The options of :func:`flowlab.show.draw.draw`; see there."""

    direction: Direction
    path: Walk | None
    counts: Traffic | pd.DataFrame | None
    findings: Iterable[Finding] | None
    badges: Mapping[str, str] | None
    marks: Marking | None
    theme: str | Theme
    text: bool
    positions: Positions


def check_options(options: Mapping[str, Any]) -> None:
    """Raises UsageError for an option that there is not."""
    for name in options:
        if name not in Options.__annotations__:
            raise UsageError(f"drawing has no option {name!r}. {did_you_mean(name, list(Options.__annotations__))}")


@dataclass(frozen=True, slots=True)
class Walked:
    """The states and the edges ``(from, to)`` of a walked path."""

    states: frozenset[str]
    edges: frozenset[tuple[str, str]]


def read_path(chart: Chart, path: Walk) -> Walked:
    """A path as states in order, as steps ``(state, event, next)``, or as events (of which the steps count).

    Raises UsageError for a state that the chart has not.
    """
    states: list[str] = []
    edges: set[tuple[str, str]] = set()
    for item in path:
        if isinstance(item, Event):
            mine = item.kind == EventKind.STEP and not item.parent  # a subflow's states are another flow's
            steps = [item.state, item.transitioned_to] if mine else []
        elif isinstance(item, str):
            steps = [states[-1], item] if states else [item]
        else:
            steps = [item[0], item[2]]
        known = [name for name in steps if name and name != ENDED]
        for name in known:
            if name not in chart.places:
                known_names = list(chart.places)
                raise UsageError(
                    f"path: {chart.name!r} has no {chart.noun} {name!r}. {did_you_mean(name, known_names)}"
                )
        states += known
        if len(known) == 2:
            edges.add((known[0], known[1]))
    return Walked(frozenset(states), frozenset(edges))


class Counts:
    """How often exits were taken."""

    def __init__(self, counts: Traffic | pd.DataFrame) -> None:
        """Read a mapping ``(state, event) -> n`` or ``(state, event, next) -> n``, or a table with these columns.

        Raises UsageError for a table without them, or another form of key.
        """
        self._of: dict[tuple[str, ...], int] = {}
        rows = counts.items() if isinstance(counts, Mapping) else _rows(counts)
        for key, n in rows:
            if not isinstance(key, tuple) or len(key) not in (2, 3):
                raise UsageError(f"counts: {key!r} is not (state, event) or (state, event, next)")
            parts = (*key[:2], key[2] or ENDED) if len(key) == 3 else key
            self._of[parts] = self._of.get(parts, 0) + int(n)

    def __bool__(self) -> bool:
        return bool(self._of)

    def taken(self, place: Place, exits: Iterable[Exit]) -> int | None:
        """How often these exits, which lead to the same place, were taken; None when that was not counted.

        Where several exits share an event (the matches of a split) only counts with ``next`` tell them apart.
        """
        found: list[int] = []
        for event, target in {way.event: way.to or ENDED for way in exits}.items():
            if (place.name, event, target) in self._of:
                found.append(self._of[place.name, event, target])
            elif (place.name, event) in self._of:
                if len({way.to for way in place.exits if way.event == event}) > 1:
                    return None
                found.append(self._of[place.name, event])
        return sum(found)


def _rows(table: pd.DataFrame) -> Iterable[tuple[tuple[str, ...], int]]:
    missing = [name for name in ("state", "event", "n") if name not in table.columns]
    if missing:
        raise UsageError(f"counts: the table has no column {missing[0]!r}; expected state, event, n (and next)")
    columns = [name for name in ("state", "event", "next") if name in table.columns]
    return [(tuple(row[:-1]), row[-1]) for row in table[[*columns, "n"]].itertuples(index=False, name=None)]


@dataclass(frozen=True, slots=True)
class Badge:
    """What is pinned on a state: its findings, told by the worst and how many there are, or words of one's own."""

    severity: Severity
    words: str


def badges(findings: Iterable[Finding], own: Mapping[str, str]) -> dict[str, Badge]:
    """The badge of each state that has findings, or words of its own."""
    of: dict[str, list[Severity]] = {}
    for finding in findings:
        if finding.state:
            of.setdefault(finding.state, []).append(finding.severity)
    order = list(Severity)
    worst = {state: min(found, key=order.index) for state, found in of.items()}
    pinned = {state: Badge(worst[state], f"{BADGE_MARKS[worst[state]]} {len(found)}") for state, found in of.items()}
    return pinned | {state: Badge(Severity.WARNING, clean(words)) for state, words in own.items()}
