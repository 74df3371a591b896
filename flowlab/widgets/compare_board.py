"""CompareBoard: choose groups, versions and a measure, see the numbers follow, and look at who stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import widget_serialization

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.replayed import Run
from flowlab.model.conversation import Conversation
from flowlab.show.cells import is_overall, label
from flowlab.show.comparison import Comparison, compare
from flowlab.widgets.compare_view import FLOW, OUTCOMES, columns, groups, metrics, panels, rows
from flowlab.widgets.lab_widget import STATIC, LabWidget

if TYPE_CHECKING:
    import pandas as pd

#: So many of the conversations behind a number are named.
NAMED = 50
Again = Callable[..., Run | Mapping[str, Run]]


@dataclass(frozen=True, slots=True)
class Assumption:
    """What a simulation takes for granted, and may be asked otherwise: a number from ``low`` to ``high``."""

    name: str
    low: float
    high: float
    value: float
    unit: str = ""

    def check(self, value: float) -> float:
        """The value. Raises UsageError where it lies outside."""
        if not self.low <= value <= self.high:
            raise UsageError(f"{self.name} is {value:g}; expected {self.low:g} to {self.high:g} {self.unit}".rstrip())
        return value


class CompareBoard(LabWidget):
    """A comparison to work with.

    ``run``: a Run, several of them by name or in a list, or a Comparison. ``by``: the column that makes the groups, as
    for :func:`~flowlab.show.comparison.compare`, whose errors are raised here too; a Comparison has its own.
    ``assumptions`` and ``again``: what a simulation may be asked otherwise, and what runs it anew with those values.

    ``metric``, ``by``, ``chosen`` (groups), ``versions`` and ``where`` (column -> value) are what is chosen; they can
    be read, set and observed. The row of all conversations stands for all that ``where`` and ``versions``
    leave, whatever groups are chosen, and no outcome is shown without the others.
    """

    _esm = STATIC / "compare_board.js"
    _css = STATIC / "compare_board.css"

    metric = traitlets.Unicode(OUTCOMES).tag(sync=True)
    by = traitlets.Unicode("channel").tag(sync=True)
    chosen = traitlets.List(traitlets.Unicode()).tag(sync=True)
    versions = traitlets.List(traitlets.Unicode()).tag(sync=True)
    where = traitlets.Dict().tag(sync=True)
    options = traitlets.Dict().tag(sync=True)
    view = traitlets.Dict().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)
    behind = traitlets.Dict().tag(sync=True)
    sliders = traitlets.List().tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    stage = traitlets.Any(None, allow_none=True).tag(sync=True, **widget_serialization)

    def __init__(
        self,
        run: Run | Mapping[str, Run] | Sequence[Run] | Comparison,
        by: str = "channel",
        *,
        assumptions: Sequence[Assumption] = (),
        again: Again | None = None,
        height_px: int = 620,
    ) -> None:
        super().__init__(height_px=height_px)
        self._ids: list[str] = []
        self._again, self._assumptions = again, {one.name: one for one in assumptions} if again else {}
        self._begin(run if isinstance(run, Comparison) else compare(run, by))
        self.sliders = [[one.name, one.low, one.high, one.value, one.unit] for one in self._assumptions.values()]
        self.observe(self._changed, names=["metric", "by", "chosen", "versions", "where"])

    @property
    def comparison(self) -> Comparison:
        """What is compared now: the versions and conversations chosen, by the column chosen."""
        return self._compared(self.by, tuple(self.versions), tuple(sorted(self.where.items())))

    @property
    def table(self) -> pd.DataFrame:
        """The rows that are shown, in their order."""
        table = self.comparison.table
        keys = [(row["group"], row["flow"]) if row["flow"] else row["group"] for row in self.view["rows"]]
        return table.loc[keys] if keys else table[:0]

    @property
    def conversations(self) -> list[Conversation]:
        """The conversations behind the number that was clicked."""
        ids = set(self._ids)
        runs = self._base.runs
        return [talk for talk in next(iter(runs.values())).conversations if talk.id in ids] if runs else []

    def look_behind(self, group: str, outcome: str = "", flow: str = "") -> list[str]:
        """The ids of the conversations in a group (with an outcome, or ``resolved``), of one flow or of all."""
        part = self.comparison.counted.known()
        if not is_overall(group, self.by):
            part = part.only(self.by, {group})
        if flow:
            part = part.only(FLOW, {flow})
        if outcome == "resolved":
            part = part.take(part.numbers("resolved") == 1)
        elif outcome:
            part = part.only("outcome", {outcome})
        outcomes = part.outcomes
        self._ids = list(map(str, outcomes["conversation_id"]))
        ended = zip(self._ids, outcomes["channel"], outcomes["outcome"], outcomes[FLOW], strict=True)
        what = f"{outcome.replace('_', ' ') or 'all'} of {label(group, self.by)}{f', {flow}' if flow else ''}"
        listed = [[name, str(channel), str(end), str(of)] for name, channel, end, of in list(ended)[:NAMED]]
        self.behind = {"title": what, "count": len(self._ids), "talks": listed}
        return self._ids

    def play(self, conversation: str, flow: str = "") -> Any:
        """The player at a conversation, in the board and as a value. Raises UsageError without a run to play."""
        runs = self._base.runs
        if not runs:
            raise UsageError("this comparison was made without its runs; fl.compare(run) keeps them")
        name = flow or next(iter(runs))
        others = {other: run for other, run in runs.items() if other != name}
        self.stage = runs[name].player(conversation, against=others)
        return self.stage

    def assume(self, **values: float) -> None:
        """Run the simulation anew with these assumptions. Raises UsageError for one that there is not."""
        for name, value in values.items():
            if name not in self._assumptions:
                raise UsageError(f"there is no assumption {name!r}. {did_you_mean(name, list(self._assumptions))}")
            self._assumptions[name].check(value)
        now = {one[0]: one[3] for one in self.sliders} | values
        self.busy = True
        try:
            assert self._again is not None
            self._begin(compare(self._again(**now), self.by), keep=True)
        finally:
            self.busy = False
        self.sliders = [[one.name, one.low, one.high, now[one.name], one.unit] for one in self._assumptions.values()]

    def _begin(self, comparison: Comparison, keep: bool = False) -> None:
        self._base = comparison
        self._compared = lru_cache(maxsize=64)(self._compare)
        self._ids = []
        self._columns = columns(comparison.outcomes, [comparison.by])
        self._flows = [str(name) for name in comparison.outcomes[FLOW].unique()]
        with self.hold_sync():
            if not keep:
                self.by, self.versions = comparison.by, self._flows
                self.chosen = self._groups()
            self._show()

    def _compare(self, by: str, versions: tuple[str, ...], where: tuple[tuple[str, str], ...]) -> Comparison:
        only: dict[str, Any] = {name: value for name, value in where if value}
        if len(versions) < len(self._flows):
            only[FLOW] = list(versions)
        return replace(self._base, by=by, tally=self._base.counted).only(**only)

    def _groups(self) -> list[str]:
        return [name for name in groups(self.comparison.table) if not is_overall(name, self.by)]

    def _changed(self, change: Any) -> None:
        self.attempt(lambda: self._follow(change.name))

    def _follow(self, what: str) -> None:
        if what == "by":
            with self.hold_trait_notifications():  # both would come back here
                self.where = {name: value for name, value in self.where.items() if name != self.by}
                self.chosen = self._groups()
        self._show()

    def _show(self) -> None:
        """All that the page shows, from what is chosen now: whatever came in the meantime is in it."""
        table, by = self.comparison.table, self.by
        offered, several = metrics(table), len(self._flows) > 1
        metric = self.metric if self.metric in [name for name, _ in offered] else OUTCOMES
        with self.hold_sync():
            self.options = {
                "metrics": offered,
                "by": [
                    [name, name.replace("_", " ")] for name in self._columns if name != FLOW or len(self._flows) > 1
                ],
                "groups": [[name, label(name, by)] for name in self._groups()],
                "versions": self._flows if several and by != FLOW else [],
                "filters": {name: values for name, values in self._columns.items() if name not in (by, FLOW)},
            }
            self.view = {
                "panels": panels(table, metric),
                "rows": rows(table, by, metric, self.chosen),
                "notes": self.comparison.notes,
                "by": by.replace("_", " "),
            }
            self.code = self._written()

    def _written(self) -> str:
        """The Python that makes the present view from the runs."""
        only = {name: value for name, value in self.where.items() if value}
        chain = f".only({', '.join(f'{name}={value!r}' for name, value in only.items())})" if only else ""
        if any(not name.isidentifier() for name in only):
            chain = f".only(**{only!r})"
        flows = f".only({FLOW}={list(self.versions)!r})" if len(self.versions) < len(self._flows) else ""
        shown = list(dict.fromkeys(row["group"] for row in self.view["rows"]))
        all_shown = shown == groups(self.comparison.table)
        return (
            f"comparison = fl.compare(runs, by={self.by!r}){chain}{flows}  # runs: what you gave the board\n"
            f"comparison.plot(metric={self.metric!r})\n"
            f"comparison.table{'' if all_shown else f'.loc[{shown!r}]'}\n"
        )

    def _act(self, message: Mapping[str, Any]) -> str:
        what = message.get("do")
        if what == "behind":
            self.look_behind(str(message["group"]), str(message.get("outcome", "")), str(message.get("flow", "")))
        elif what == "play":
            self.play(str(message["conversation"]), str(message.get("flow", "")))
        elif what == "assume":
            self.assume(**{str(message["name"]): float(message["value"])})
        return ""

    def _still(self) -> dict[str, Any]:
        return {"text/html": self.comparison.as_html()}

    def __repr__(self) -> str:
        return f"<CompareBoard by {self.by}: {', '.join(self.chosen) or 'nothing chosen'}>"
