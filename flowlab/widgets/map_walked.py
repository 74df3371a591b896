"""The layers of what was walked, in a run or in recorded executions: traffic, drop-off, coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlab.model.flow import Flow
from flowlab.model.outcome import Outcome
from flowlab.show.draw_marks import SIGNS
from flowlab.show.draw_options import Options
from flowlab.show.style import Mark

if TYPE_CHECKING:
    import pandas as pd

    from flowlab.model.event import Event

LOST = "✕"


class Layer(NamedTuple):
    """One choice of what is painted. ``paint`` gives what to paint and a sentence about it, when it is first chosen."""

    key: str
    words: str
    paint: Callable[[], tuple[Options, str]]


def walked_layers(
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
