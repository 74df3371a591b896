"""Walked: what :func:`flowlab.replay` hands back for recorded executions. Which would now go elsewhere, and why."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import fill
from typing import TYPE_CHECKING, Any

from flowlab.measure.coverage import coverage_table
from flowlab.measure.walked import (
    FOLLOWED,
    Rewalked,
    endings_table,
    events_of,
    partings_table,
    shares_table,
    traffic,
    walked_table,
)
from flowlab.model.flow import Flow
from flowlab.model.outcome import GONE_SILENT
from flowlab.model.walk import UNKNOWN, Walk
from flowlab.show.cells import label, percent, title
from flowlab.show.tables import WIDTH
from flowlab.text.markup import CELL, INK, MUTED, items, notebook_table, row, safe
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd

_MASKED = re.compile(r"<(?:EMAIL|PHONE|CARD|IBAN|IP)_\d+>")
#: As many places and endings are shown; the tables have them all.
SHOWN = 12


@dataclass(frozen=True, repr=False, eq=False)
class Walked:
    """Real executions on a flow as it is now.

    ``results``: one :class:`~flowlab.measure.walked.Rewalked` an execution. ``left_out``: executions without a
    recorded step.
    """

    flow: Flow
    results: Sequence[Rewalked]
    left_out: Sequence[Walk] = ()

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row an execution: :func:`flowlab.measure.walked.walked_table`."""
        return walked_table(self.results)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """Same way and same outcome, k of n with intervals, by channel: :func:`flowlab.measure.walked.shares_table`."""
        return shares_table(self.results)

    @cached_property
    def partings(self) -> pd.DataFrame:
        """Where they part from the flow, and how many: :func:`flowlab.measure.walked.partings_table`."""
        return partings_table(self.results)

    @cached_property
    def endings(self) -> pd.DataFrame:
        """Outcome then and now, of those replayed: :func:`flowlab.measure.walked.endings_table`."""
        return endings_table(self.results)

    @cached_property
    def counts(self) -> Mapping[tuple[str, str, str], int]:
        """The traffic of the real executions on this flow: ``fl.draw(flow, counts=walked.counts)``."""
        return traffic(self.flow, self.walks)

    @property
    def walks(self) -> list[Walk]:
        """The walks, in the order in which they were given."""
        return [result.walk for result in self.results]

    def coverage(self) -> pd.DataFrame:
        """Every exit of the flow and how often real executions took it; see
        :func:`flowlab.measure.coverage.coverage_table`. Of matches that lead to the same state the first gets all."""
        return coverage_table(self.flow, events_of(self.flow, self.walks))

    @cached_property
    def notes(self) -> list[str]:
        """What must be said beside the numbers."""
        return list(_notes(self))

    def as_text(self) -> str:
        """The answer for a terminal of 120 columns."""
        return "\n".join(_text(self))

    def as_html(self) -> str:
        """The answer as HTML; everything in it is escaped."""
        return _html(self)

    def as_json(self) -> dict[str, Any]:
        """The answer as plain values."""
        import json

        def records(frame: pd.DataFrame) -> Any:
            return json.loads(frame.to_json(orient="records", date_format="iso"))

        return {
            "notes": self.notes,
            "shares": records(self.shares.reset_index()),
            "partings": records(self.partings),
            "endings": records(self.endings),
            "executions": records(self.table),
        }

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/plain": self.as_text(), "text/html": self.as_html()}


def _headline(walked: Walked) -> str:
    n = len(walked.results)
    if not n:
        return f"no execution has a recorded step to put through {walked.flow.name!r}"
    k = sum(result.same for result in walked.results)
    return f"{n} recorded executions on {walked.flow.name!r}: {k} go the same way, {n - k} another"


def _share_rows(walked: Walked) -> Iterator[tuple[str, str, str, str]]:
    for name, share in walked.shares.iterrows():
        yield (
            label(str(name), "channel"),
            str(share["n"]),
            _share(share, "same", "n"),
            _share(share, "outcome", "outcome_n"),
        )


def _share(row: Any, name: str, of: str) -> str:
    if not row[of]:
        return "not known"
    bounds = f"{percent(row[f'{name}_low'])} to {percent(row[f'{name}_high'])}"
    return f"{percent(row[name])} {row[f'{name}_k']}/{row[of]}  ({bounds})"


def _ending_rows(walked: Walked) -> Iterator[tuple[str, str]]:
    for then, now, n, where, silent in walked.endings.head(SHOWN).values.tolist():
        most = "most " if n > 1 else ""
        waited = f"; {most}first wait in vain at {silent!r}" if silent and now in GONE_SILENT else ""
        same = "as before" if then == now else f"now {title(now)}, {most}in {where!r}{waited}"
        yield str(n), f"{title(then)}, {same}"


def _text(walked: Walked) -> Iterator[str]:
    yield plain(_headline(walked))
    if walked.results:
        heads = ("", "n", "same way", "same outcome")
        yield ""
        yield from _aligned([heads, *_share_rows(walked)])
    if len(walked.endings):
        yield "\nhow they ended, and end now:"
        yield from (f"  {n:>5}  {what}" for n, what in _ending_rows(walked))
    if len(walked.partings):
        yield "\nwhere they first part:"
        for n, why in walked.partings[["n", "why"]].head(SHOWN).values.tolist():
            yield fill(plain(f"{n:>5}  {why}"), WIDTH, initial_indent="  ", subsequent_indent=" " * 9)
        if len(walked.partings) > SHOWN:
            yield f"         and {len(walked.partings) - SHOWN} more places"
    yield ""
    yield from (fill(plain(note), WIDTH, subsequent_indent="  ") for note in walked.notes)


def _aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for cells in rows:
        yield "  ".join(f"{plain(cell):<{size}}" for cell, size in zip(cells, wide, strict=True)).rstrip()


def _html(walked: Walked) -> str:
    parts = [f"<b>{safe(_headline(walked))}</b>"]
    if walked.results:
        parts.append(_table(("", "n", "same way", "same outcome"), _share_rows(walked)))
    if len(walked.endings):
        parts.append(_table(("n", "how they ended, and end now"), _ending_rows(walked)))
    if len(walked.partings):
        rows = walked.partings[["n", "why"]].head(SHOWN).values.tolist()
        parts.append(_table(("n", "where they first part"), rows))
    parts.append(items(walked.notes))
    seen = f"<span style='{MUTED}'>.table .shares .partings .endings .counts .coverage()</span>"
    return f"<div style='{INK}'>{''.join(parts)}{seen}</div>"


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    return notebook_table(heads, (row(cells, cell=CELL) for cells in rows))


def _notes(walked: Walked) -> Iterator[str]:
    yield "observed: records of real executions. Intervals: 95 % (Wilson); k/n beside each share."
    followed = [result for result in walked.results if result.how == FOLLOWED]
    if followed:
        reasons = Counter(result.why_not for result in followed)
        said = "; ".join(f"{why} ({n})" for why, n in reasons.most_common(4))
        said += f"; and {len(reasons) - 4} other reasons" if len(reasons) > 4 else ""
        yield (
            f"{_were(len(followed))} only followed on the graph, where a changed condition cannot be seen: 'same way' "
            f"says that the way is still there, not that it would be taken. Why: {said}."
        )
    if len(followed) < len(walked.results):
        n = len(walked.results) - len(followed)
        yield (
            f"{_were(n)} replayed with what was said and answered then; asked something else, customers still say what "
            "they said then."
        )
    unknown = sum(result.walk.channel == UNKNOWN for result in walked.results if result.how != FOLLOWED)
    if unknown:
        yield f"{_were(unknown)} replayed as web chat: nothing tells the channel."
    odd = Counter(note.split(":")[0] for walk in walked.walks for note in walk.notes)
    if odd:
        n = sum(bool(walk.notes) for walk in walked.walks)
        verb = "is" if n == 1 else "are"
        yield f"{n} of the records {verb} odd; Walk.notes says how, for instance: {next(iter(odd))}."
    if any(_MASKED.search(result.difference.why) for result in walked.results if result.difference):
        yield (
            "What conditions tested was masked on import, so some may decide otherwise than they would: "
            "fl.load(..., redact=False) keeps what was said."
        )
    if walked.left_out:
        yield f"{_were(len(walked.left_out))} left out: none of their steps are recorded."


def _were(n: int) -> str:
    return f"{n} was" if n == 1 else f"{n} were"
