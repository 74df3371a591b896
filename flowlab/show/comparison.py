"""Comparison: what :func:`compare` hands back. A table, a picture, and the sentences that belong beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from textwrap import fill
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError
from flowlab.measure.compare import cautions, check_by, compare_long, compare_table, share_n, shares
from flowlab.measure.replayed import Run
from flowlab.measure.tally import Tally
from flowlab.model.display import bundle
from flowlab.show import pictures
from flowlab.show.cells import grid
from flowlab.show.panels import AMOUNTS, draw_panels, figure_size
from flowlab.show.tables import WIDTH, html_grid, text_grid
from flowlab.text.markup import items
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes


def compare(run: Run | Mapping[str, Run] | Sequence[Run], by: str = "channel") -> Comparison:
    """Compare the groups of a run, or several runs: versions of a flow, or the record beside the replay.

    ``by``: any column of ``run.outcomes`` (``channel``, ``entry_point``, a column of your own records), or ``flow``.
    Several runs are named by the mapping's keys, in a list by their flows' names.

    Raises UsageError when there is nothing to compare or no such column.
    """
    import pandas as pd

    runs = dict(_named(run))
    if not runs:
        raise UsageError("nothing to compare: give a run, or several by name: {'old': run_1, 'new': run_2}.")
    outcomes = pd.concat([one.outcomes.assign(flow=name) for name, one in runs.items()], ignore_index=True)
    return Comparison(outcomes, by, runs)


@dataclass(frozen=True, repr=False, eq=False)
class Comparison:
    """Groups of conversations side by side.

    ``outcomes``: what is compared, one row a conversation, with its ``flow``. ``by``: the column that makes the groups.
    ``runs``: what they came from, by name. ``tally``: the outcomes ready to be counted, where that is done already.
    """

    outcomes: pd.DataFrame
    by: str = "channel"
    runs: Mapping[str, Run] = field(default_factory=dict)
    tally: Tally | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        check_by(self.counted, self.by)  # told at once, not when the result is looked at

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a group: :func:`flowlab.measure.compare.compare_table`."""
        return compare_table(self.counted, self.by)

    @cached_property
    def long(self) -> pd.DataFrame:
        """One row a group and outcome: :func:`flowlab.measure.compare.compare_long`."""
        return compare_long(self.outcomes, self.by)

    @cached_property
    def notes(self) -> list[str]:
        """What must be said beside the numbers: :func:`flowlab.measure.compare.cautions`."""
        return cautions(self.counted, self.by)

    @cached_property
    def counted(self) -> Tally:
        """The outcomes, ready to be counted."""
        return self.tally or Tally(self.outcomes)

    def only(self, /, **where: Any) -> Comparison:
        """The comparison of those conversations alone that have these values: ``only(channel=["sms", "line"])``.

        Values are compared as text; where a column holds nothing, that is ``(not recorded)``. Raises UsageError for a
        column that there is not.
        """
        part = self.counted
        for name, value in where.items():
            wanted = [value] if isinstance(value, str) or not isinstance(value, Sequence) else value
            part = part.only(name, set(map(str, wanted)))
        return replace(self, outcomes=part.outcomes, tally=part)

    def plot(self, ax: Axes | None = None, metric: str = "outcomes") -> Axes:
        """Draw the shares with their intervals; see :func:`flowlab.show.panels.draw_panels`.

        ``metric``: ``outcomes``, one share (``contained``, ``resolved``, ...), or ``turns``, ``messages``,
        ``duration_median_s``, ``duration_p90_s``, ``cost_usd``.

        Raises UsageError for an unknown metric.
        """
        if ax is None:
            import matplotlib.pyplot as plt

            ax = plt.figure(figsize=figure_size(self.table, metric), layout="constrained").subplots()
        return draw_panels(self.table, self.by, ax, metric)

    def pictures(self) -> tuple[bytes, bytes]:
        """The plot as PNG, in light and dark."""
        size = figure_size(self.table)
        light, dark = (pictures.picture(self.plot, size, theme) for theme in ("light", "dark"))
        return light, dark

    def as_html(self) -> str:
        """The table as HTML: value first, interval and k/n small beside it."""
        return html_grid(grid(self.table, self.by)) + items(self.notes)

    def as_text(self) -> str:
        """The table for a terminal of 120 columns, and the notes."""
        notes = (fill(plain(note), WIDTH, subsequent_indent="  ") for note in self.notes)
        return text_grid(grid(self.table, self.by)) + "\n\n" + "\n".join(notes)

    def as_json(self) -> dict[str, Any]:
        """The comparison as plain values; what is unknown is None."""
        return {"by": self.by, "notes": self.notes, "rows": list(_json_rows(self.table))}

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        picture = pictures.notebook_picture(*self.pictures(), alt="Shares with their intervals, as in the table above")
        live, _ = bundle(self)
        return {**live, "text/plain": self.as_text(), "text/html": self.as_html() + picture}


def _named(run: Run | Mapping[str, Run] | Sequence[Run]) -> Iterator[tuple[str, Run]]:
    if isinstance(run, Run):
        yield run.flow.name, run
    elif isinstance(run, Mapping):
        yield from run.items()
    else:
        seen: set[str] = set()
        for place, one in enumerate(run, start=1):
            name = one.flow.name if one.flow.name not in seen else f"{one.flow.name} ({place})"
            seen.add(name)
            yield name, one


#: Columns of the table that hold words.
_WORDS = ("source", "price_as_of", "price_list")


def _json_rows(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    keys, measures = list(table.index.names), shares(table)
    for row in table.reset_index().to_dict("records"):
        plain = {name: _plain(value) for name, value in row.items() if name not in (*keys, *_WORDS)}
        yield {
            **{name: row[name] for name in (*keys, *_WORDS)},
            "n": plain["n"],
            "shares": {
                name: {"share": plain[name], "n": plain[share_n(table, name)]}
                | {end: plain[f"{name}_{end}"] for end in ("k", "low", "high")}
                for name in measures
            },
            **{name: plain[name] for name in (*AMOUNTS, "cost_n")},
        }


def _plain(value: Any) -> int | float | None:
    if value != value:  # NaN, which JSON does not know
        return None
    return int(value) if float(value).is_integer() else float(value)
