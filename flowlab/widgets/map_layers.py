"""What a map can have painted on it: the layers of a run, of executions, of a diff; each says what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlab.model.finding import Finding, Severity
from flowlab.model.flow import Flow
from flowlab.model.outcome import Outcome
from flowlab.show.draw_chart import Chart, Drawable
from flowlab.show.draw_marks import SIGNS
from flowlab.show.draw_options import Options, read_path
from flowlab.show.style import BADGE_MARKS, Mark

if TYPE_CHECKING:
    import pandas as pd

    from flowlab.model.event import Event

LOST = "✕"


class Layer(NamedTuple):
    """One choice of what is painted. ``paint`` gives what to paint and a sentence about it, when it is first chosen."""

    key: str
    words: str
    paint: Callable[[], tuple[Options, str]]


def layers_of(thing: Any) -> tuple[Drawable, list[Layer]]:
    """What is drawn for a thing, and its layers, the first one shown at once; none for a mere flow or graph."""
    made = {"Run": _of_run, "Walked": _of_walked, "FlowDiff": _of_diff}.get(type(thing).__name__)
    return made(thing) if made and type(thing).__module__.startswith("flowlab.") else (thing, [])


def _of_run(run: Any) -> tuple[Drawable, list[Layer]]:
    n = f"{len(run.conversations):,} conversations, {run.source}"

    def ends() -> list[tuple[str, str]]:
        table = run.outcomes.dropna(subset=["outcome"])
        return list(zip(table["outcome"], table["last_state"], strict=True))

    return run.flow, _walked_layers(run.flow, run, n, lambda: run.log, ends)


def _of_walked(walked: Any) -> tuple[Drawable, list[Layer]]:
    def events() -> Sequence[Event]:
        from flowlab.measure.walked import events_of

        return list(events_of(walked.flow, walked.walks))

    n = f"{len(walked.results):,} recorded executions, observed"
    ends = lambda: [(result.outcome, result.walk.ended_at) for result in walked.results]  # noqa: E731
    return walked.flow, _walked_layers(walked.flow, walked, n, events, ends)


def _of_diff(diff: Any) -> tuple[Drawable, list[Layer]]:
    old, new = diff._names
    signs = ", ".join(f"{SIGNS[mark]} {mark}" for mark in (Mark.ADDED, Mark.REMOVED, Mark.CHANGED, Mark.MOVED))
    words = f"Changes: from {old} to {new}, both in one picture: {signs}. {len(diff)} changes, found by meaning."
    return diff, [Layer("changes", "Changes", lambda: ({}, words))]


def _walked_layers(
    flow: Flow,
    walked: Any,
    n: str,
    events: Callable[[], Sequence[Event]],
    ends: Callable[[], list[tuple[str, str]]],
) -> list[Layer]:
    def traffic() -> tuple[Options, str]:
        words = f"Traffic: ×n beside an exit says how often it was taken; the wider a line, the more often. {n}."
        return {"counts": walked.counts}, words

    def dropoff() -> tuple[Options, str]:
        from flowlab.measure.dropoff import dropoff_table

        known = ends()
        return _dropoff(dropoff_table(flow, events(), known), known, n)

    def coverage() -> tuple[Options, str]:
        from flowlab.measure.coverage import coverage_summary

        table = walked.coverage()
        words = (
            f"Coverage: {SIGNS[Mark.UNWALKED]} and dashes mark what was never walked; {coverage_summary(table)}. {n}."
        )
        return {"marks": unwalked(flow, table)}, words

    return [
        Layer("traffic", "Traffic", traffic),
        Layer("dropoff", "Drop-off", dropoff),
        Layer("coverage", "Coverage", coverage),
    ]


def _dropoff(table: pd.DataFrame, ends: Iterable[tuple[str, str]], n: str) -> tuple[Options, str]:
    badges = {row.state: f"{LOST} {row.n:,} ({row.share:.0%})" for row in table.itertuples()}
    of = Counter(outcome for outcome, _ in ends)
    lost = ", ".join(f"{str(name).replace('_', ' ')} {of[name]:,}" for name in Outcome if of[name])
    words = (
        f"Drop-off: {LOST} n (share of those who came there) ended there, neither contained nor handed off: "
        f"{int(table['n'].sum()):,} in all. How all ended: {lost or 'not known'}. {n}."
    )
    return {"badges": badges}, words


def unwalked(flow: Flow, coverage: pd.DataFrame) -> dict[Any, str]:
    """Marks for the states and exits that a coverage table has at 0.

    >>> from flowlab.measure.coverage import coverage_table
    >>> from flowlab.model.flow import State, Transition
    >>> ask = Flow((State("ask", "send-message", (Transition("sent"),)),), "ask")
    >>> unwalked(ask, coverage_table(ask, []))
    {'ask': 'unwalked', ('ask', 'ask:end', 0): 'unwalked'}
    """
    marks: dict[Any, str] = {}
    counts = {name: (rows["visits"].iat[0], rows["n"].tolist()) for name, rows in coverage.groupby("state", sort=False)}
    for state in flow:
        visits, taken = counts[state.name]
        if not visits:
            marks[state.name] = Mark.UNWALKED.value
        shown = [(k, way) for k, way in enumerate(state.transitions) if state.type != "trigger" or way.next is not None]
        for (key, way), n in zip(shown, taken, strict=False):  # a state without exits has a row all the same
            if not n:
                marks[state.name, f"{state.name}:end" if way.next is None else way.next, key] = Mark.UNWALKED.value
    return marks


def findings_layer(findings: Callable[[], Iterable[Finding]], channels: Sequence[str]) -> Layer:
    """The layer of what the check found, for a flow as it stands when it is painted."""

    def paint() -> tuple[Options, str]:
        found = list(findings())
        of = Counter(finding.severity for finding in found)
        kinds = ", ".join(f"{BADGE_MARKS[kind]} {of[kind]} {kind}{'s' * (of[kind] != 1)}" for kind in Severity)
        place = f" for {', '.join(channels)}" if channels else ""
        return {"findings": found}, f"Findings of the check{place}: {kinds}; those of a state are counted on it."

    return Layer("findings", "Findings", paint)


def given_layer(options: Options) -> Layer:
    """The layer of what the user gave to be painted."""
    names = {"path": "Path", "counts": "Traffic", "marks": "Marks", "badges": "Badges", "findings": "Findings given"}
    words = ", ".join(words for name, words in names.items() if options.get(name) is not None)
    return Layer("given", words, lambda: (options, f"{words}, as given."))


def within(options: Options, whole: Chart, chart: Chart) -> Any:
    """What of the options, made for the ``whole``, can be painted on a chart that was folded or edited since."""
    kept: Any = {**options}
    marks: Any = options.get("marks") or {}
    if marks:
        ways = {way.edge for place in chart.places.values() for way in place.exits}
        known = {*chart.places, *ways, *(way[:2] for way in ways)}
        kept["marks"] = {thing: mark for thing, mark in marks.items() if thing in known or chart is whole}
    path = options.get("path")
    if path is not None:
        walked = read_path(whole, path)
        steps = [(a, "", b) for a, b in sorted(walked.edges) if {a, b} <= chart.places.keys()]
        kept["path"] = steps or [name for name in sorted(walked.states) if name in chart.places][:1]
    return kept
