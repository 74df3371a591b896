"""What a map can have painted on it: the layers of a run, of executions, of a diff; each says what it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from flowlab.model.finding import Finding, Severity
from flowlab.show.draw_chart import Chart, Drawable
from flowlab.show.draw_marks import SIGNS
from flowlab.show.draw_options import Options, read_path
from flowlab.show.style import BADGE_MARKS, Mark
from flowlab.widgets.map_walked import Layer, walked_layers

if TYPE_CHECKING:
    from flowlab.model.event import Event


def layers_of(thing: Any) -> tuple[Drawable, list[Layer]]:
    """What is drawn for a thing, and its layers, the first one shown at once; none for a mere flow or graph."""
    made = {"Run": _of_run, "Walked": _of_walked, "FlowDiff": _of_diff}.get(type(thing).__name__)
    return made(thing) if made and type(thing).__module__.startswith("flowlab.") else (thing, [])


def _of_run(run: Any) -> tuple[Drawable, list[Layer]]:
    n = f"{len(run.conversations):,} conversations, {run.source}"

    def ends() -> list[tuple[str, str]]:
        table = run.outcomes.dropna(subset=["outcome"])
        return list(zip(table["outcome"], table["last_state"], strict=True))

    return run.flow, walked_layers(run.flow, run, n, lambda: run.log, ends)


def _of_walked(walked: Any) -> tuple[Drawable, list[Layer]]:
    def events() -> Sequence[Event]:
        from flowlab.measure.walked import events_of

        return list(events_of(walked.flow, walked.walks))

    n = f"{len(walked.results):,} recorded executions, observed"
    ends = lambda: [(result.outcome, result.walk.ended_at) for result in walked.results]  # noqa: E731
    return walked.flow, walked_layers(walked.flow, walked, n, events, ends)


def _of_diff(diff: Any) -> tuple[Drawable, list[Layer]]:
    old, new = diff._names
    signs = ", ".join(f"{SIGNS[mark]} {mark}" for mark in (Mark.ADDED, Mark.REMOVED, Mark.CHANGED, Mark.MOVED))
    words = f"Changes: from {old} to {new}, both in one picture: {signs}. {len(diff)} changes, found by meaning."
    return diff, [Layer("changes", "Changes", lambda: ({}, words))]


def findings_layer(findings: Callable[[], Iterable[Finding]], channels: Callable[[], Sequence[str]]) -> Layer:
    """The layer of what the check found, for a flow and the channels as they are when it is painted."""

    def paint() -> tuple[Options, str]:
        found = list(findings())
        of = Counter(finding.severity for finding in found)
        kinds = ", ".join(f"{BADGE_MARKS[kind]} {of[kind]} {kind}{'s' * (of[kind] != 1)}" for kind in Severity)
        place = f" for {', '.join(channels())}" if channels() else ""
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
