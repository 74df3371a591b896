"""CompareBoard: choose groups, versions and a measure, see the numbers follow, and look at who stands behind them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import traitlets
from ipywidgets import widget_serialization

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.compare import check_by
from flowlab.measure.replayed import Run
from flowlab.measure.tally import Tally
from flowlab.model.conversation import Conversation
from flowlab.show.cells import is_overall, label
from flowlab.show.comparison import Comparison, compare
from flowlab.text.plain import plain
from flowlab.widgets.assumption import Assumption, Assumptions
from flowlab.widgets.compare_code import code_of, name_of
from flowlab.widgets.compare_view import FLOW, OUTCOMES, columns, groups, metrics, panels, rest, rows
from flowlab.widgets.lab_widget import STATIC, LabWidget

if TYPE_CHECKING:
    import pandas as pd

#: So many of the conversations behind a number are named.
NAMED = 50
Runs = Run | Mapping[str, Run] | Sequence[Run]


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
        run: Runs | Comparison,
        by: str = "channel",
        *,
        assumptions: Sequence[Assumption] = (),
        again: Callable[..., Runs] | None = None,
        height_px: int = 620,
    ) -> None:
        super().__init__(height_px=height_px)
        self._behind: Tally | None = None
        self._flows: list[str] = []
        self._settling = False
        self._again, self._assumptions = again, Assumptions(assumptions if again else ())
        self._named = "" if isinstance(run, Comparison) else name_of(run)
        self._begin(run if isinstance(run, Comparison) else compare(run, by))
        self.sliders = self._assumptions.as_lists()
        self.observe(self._changed, names=["metric", "by", "chosen", "versions", "where"])

    @traitlets.validate("metric")  # type: ignore[untyped-decorator]
    def _metric_there_is(self, proposal: Any) -> str:
        known = [name for name, _ in metrics(self._base.table)]
        if proposal["value"] not in known:
            raise UsageError(f"there is no measure {proposal['value']!r}. {did_you_mean(proposal['value'], known)}")
        return str(proposal["value"])

    @traitlets.validate("by")  # type: ignore[untyped-decorator]
    def _column_there_is(self, proposal: Any) -> str:
        check_by(self._base.counted, proposal["value"])
        return str(proposal["value"])

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
        """The conversations behind the number that was clicked, each once; those of the first version that has it."""
        found: dict[str, Conversation] = {}
        for name, run in self._runs().items():
            ids = set(_ids(self._behind.only(FLOW, {name}))) if self._behind else set()
            found |= {talk.id: talk for talk in run.conversations if talk.id in ids and talk.id not in found}
        return list(found.values())

    def look_behind(self, group: str, outcome: str = "", flow: str = "") -> list[str]:
        """The ids of the conversations in a group (with an outcome, or ``resolved``), of one flow or of all."""
        part = self.comparison.counted.known()
        if not is_overall(group, self.by):
            part = part.only(self.by, {group})
        if flow:
            part = part.only(FLOW, {flow})
        whole = part
        if outcome == "resolved":
            whole = part.take(~part.missing("resolved"))
            part = part.take(part.numbers("resolved") == 1)
        elif outcome:
            part = part.only("outcome", {outcome})
        self._behind, ids = part, _ids(part)
        what = f"{outcome.replace('_', ' ') or 'all'} of {label(group, self.by)}{f', {flow}' if flow else ''}"
        count = f"{len(part):,} of {len(whole):,}" if outcome else f"{len(part):,}"
        first = part.outcomes[:NAMED]
        talks = zip(ids, *(first[name].map(str) for name in ("channel", "outcome", FLOW)), strict=False)
        self.behind = {"title": f"{what}: {count}", "count": len(ids), "talks": list(map(list, talks))}
        return ids

    def play(self, conversation: str, flow: str = "") -> Any:
        """The player at a conversation, in the board and as a value. Raises UsageError without a run to play."""
        runs = self._runs()
        if not runs:
            raise UsageError("this comparison was made without its runs; fl.compare(run) keeps them")
        name = flow or next(iter(runs))
        others = {other: run for other, run in runs.items() if other != name}
        self.stage = runs[name].player(conversation, against=others)
        return self.stage

    def assume(self, **values: float) -> None:
        """Run the simulation anew with these assumptions. Raises UsageError for one that there is not."""
        self.busy = True
        try:
            asked = self._assumptions.asked(values)
            assert self._again is not None  # without it there are no assumptions
            self._begin(compare(self._again(**asked.values), self.by), keep=True)
            self._assumptions = asked
            self._named = f"{name_of(self._again)}({asked.as_code()})"
            self._show()
        finally:
            self.sliders = self._assumptions.as_lists()
            self.busy = False

    def _begin(self, comparison: Comparison, keep: bool = False) -> None:
        """Begin with a comparison; ``keep``: what was chosen stays, and groups that were not there before are shown."""
        before = set(self._groups()) | set(self._flows) if keep else set()
        self._base, self._behind = comparison, None
        self._compared = lru_cache(maxsize=8)(self._compare)
        self._columns = columns(comparison.counted, comparison.by)
        self._flows = comparison.counted.coded(FLOW).occurring()
        with self.hold_sync():
            self.by, self.behind = comparison.by, {}
            self.versions = [name for name in self._flows if name in self.versions or name not in before]
            self.chosen = [name for name in self._groups() if name in self.chosen or name not in before]
            self._show()

    def _runs(self) -> dict[str, Run]:
        return {str(name): run for name, run in self._base.runs.items()}

    def _compare(self, by: str, versions: tuple[str, ...], where: tuple[tuple[str, str], ...]) -> Comparison:
        only: dict[str, Any] = {name: value for name, value in where if value}
        if len(versions) < len(self._flows):
            only[FLOW] = list(versions)
        return replace(self._base, by=by, tally=self._base.counted).only(**only)

    def _groups(self) -> list[str]:
        return [name for name in groups(self.comparison.table) if not is_overall(name, self.by)]

    def _changed(self, change: Any) -> None:
        if not self._settling:
            self.attempt(lambda: self._follow(change.name))

    def _follow(self, what: str) -> None:
        with self.hold_sync():
            if what == "by":
                self._regroup()
            self._show()

    def _regroup(self) -> None:
        """Other groups begin with all of them, unless some of them were chosen together with the column."""
        self._settling = True
        try:
            self.where = {name: value for name, value in self.where.items() if name != self.by}
            before, now = {name for name, _ in self.options["groups"]}, self._groups()
            if not self.chosen or set(self.chosen) == before or not set(self.chosen) <= set(now):
                self.chosen = now
        finally:
            self._settling = False

    def _show(self) -> None:
        """All that the page shows, from what is chosen now: whatever came in the meantime is in it."""
        table, by = self.comparison.table, self.by
        offered, several = metrics(table), len(self._flows) > 1
        metric = self.metric if self.metric in [name for name, _ in offered] else OUTCOMES
        with self.hold_sync():
            self.options = {
                "of": by,
                "metrics": offered,
                "by": [[name, name.replace("_", " ")] for name in self._columns if name != FLOW or several],
                "groups": [[name, label(name, by)] for name in self._groups()],
                "versions": self._flows if several and by != FLOW else [],
                "filters": {name: values for name, values in self._columns.items() if name not in (by, FLOW)},
            }
            self.view = {
                "metric": metric,
                "panels": panels(table, metric),
                "rows": rows(table, by, metric, self.chosen),
                "rest": rest(table),
                "notes": [plain(note) for note in self.comparison.notes],
                "by": by.replace("_", " "),
            }
            self.code = self._written()

    def _written(self) -> str:
        """The Python that makes the present view from the runs."""
        only: dict[str, Any] = {name: value for name, value in self.where.items() if value}
        if len(self.versions) < len(self._flows):
            only[FLOW] = list(self.versions)
        shown = list(dict.fromkeys(row["group"] for row in self.view["rows"]))
        return code_of(
            self._named or name_of(self._base.runs),
            by=self.by,
            only=only,
            metric=self.view["metric"],
            rows=[] if shown == groups(self.comparison.table) else shown,
        )

    def _act(self, message: Mapping[str, Any]) -> str:
        what = message.get("do")
        if what == "behind":
            self.look_behind(str(message["group"]), str(message.get("outcome", "")), str(message.get("flow", "")))
        elif what == "play":
            self.play(str(message["conversation"]), str(message.get("flow", "")))
        elif what == "assume":
            self.assume(**{str(name): float(value) for name, value in message["values"].items()})
        return ""

    def _still(self) -> dict[str, Any]:
        return {"text/html": self.comparison.as_html()}

    def __repr__(self) -> str:
        return f"<CompareBoard by {self.by}: {', '.join(self.chosen) or 'nothing chosen'}>"


def _ids(part: Tally) -> list[str]:
    return list(map(str, part.outcomes["conversation_id"]))
