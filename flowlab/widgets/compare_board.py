"""CompareBoard: choose channels and a measure, and see table and picture follow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ipywidgets import HTML, Dropdown, HBox, Layout, ToggleButton, VBox

from flowlab.measure.replayed import Run
from flowlab.show import cells
from flowlab.show.comparison import Comparison, compare
from flowlab.show.panels import AMOUNTS, draw_panels, figure_size, measures
from flowlab.show.pictures import notebook_picture, picture
from flowlab.show.tables import html_grid
from flowlab.text.markup import items
from flowlab.widgets.frame import Frame, button

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = "outcomes"


class CompareBoard:
    """The groups of a comparison to choose from, and the measure that the picture shows.

    ``run``: a Run, several of them by name or in a list, or a Comparison. ``by``: the column that makes the groups, as
    for :func:`~flowlab.show.comparison.compare`, whose errors are raised here too; a Comparison has its own.

    The row of all conversations always stands for all of them, whatever is chosen, and no outcome is shown without the
    others. With one measure chosen, the groups stand in its order, the highest first.
    """

    def __init__(self, run: Run | Mapping[str, Run] | Sequence[Run] | Comparison, by: str = "channel") -> None:
        self.comparison = run if isinstance(run, Comparison) else compare(run, by)
        table = self.comparison.table
        names = table.index.get_level_values(0).unique()
        self._frame = Frame("fl-board")
        self.chips = {name: self._chip(name) for name in names if not cells.is_overall(name, self.comparison.by)}
        self.view = self._frame.view
        self.metric = Dropdown(options=_metrics(table), tooltip="What the picture shows", layout=Layout(width="auto"))
        self.metric.observe(self._frame.guard(lambda _change: self._refresh()), names=["value"])
        self._table, self._picture = HTML(), HTML()
        self._frame.hold(VBox([*self._selectors(), self._picture, self._table]))
        self._pictures: dict[tuple[str, ...], str] = {}
        self._held = False
        self._refresh()

    @property
    def chosen(self) -> list[str]:
        """The groups that are shown. Setting it presses the chips."""
        return [name for name, chip in self.chips.items() if chip.value]

    @chosen.setter
    def chosen(self, names: Sequence[str]) -> None:
        self._held = True
        try:
            for name, chip in self.chips.items():
                chip.value = name in names
        finally:
            self._held = False
        self._refresh()

    @property
    def table(self) -> pd.DataFrame:
        """The rows that are shown, in their order."""
        import pandas as pd

        table, by = self.comparison.table, self.comparison.by
        groups = table.index.get_level_values(0)
        names = [*(name for name in groups.unique() if cells.is_overall(name, by)), *self._ordered()]
        return pd.concat([table[groups == name] for name in names]) if names else table[:0]

    def _ordered(self) -> list[str]:
        """The chosen groups; by the chosen measure, that of the first flow where there are several."""
        if self.metric.value == OUTCOMES:
            return self.chosen
        values = self.comparison.table[self.metric.value]
        first = values[~values.index.get_level_values(0).duplicated()]
        first.index = first.index.get_level_values(0)
        return [str(name) for name in first.loc[self.chosen].sort_values(ascending=False, kind="stable").index]

    def _refresh(self) -> None:
        if self._held:
            return
        table = self.table
        if table.empty:
            self._table.value, self._picture.value = "<span class=fl-hint>Nothing chosen.</span>", ""
            return
        self._table.value = html_grid(cells.grid(table, self.comparison.by)) + items(self.comparison.notes)
        self._picture.value = self._drawn(table)

    def _drawn(self, table: pd.DataFrame) -> str:
        metric, by = self.metric.value, self.comparison.by
        key = (metric, *map(str, table.index))
        if key not in self._pictures:
            size = figure_size(table, metric)
            light, dark = (picture(lambda ax: draw_panels(table, by, ax, metric), size, t) for t in ("light", "dark"))
            self._pictures[key] = notebook_picture(light, dark, alt=f"{cells.title(metric)}, as in the table below")
        return self._pictures[key]

    def _chip(self, name: str) -> ToggleButton:
        label = cells.label(name, self.comparison.by)
        chip = ToggleButton(value=True, description=label, tooltip=f"Show or hide {label}", layout=Layout(width="auto"))
        chip.add_class("fl-chip")
        chip.observe(self._frame.guard(lambda _change: self._refresh()), names=["value"])
        return chip

    def _selectors(self) -> list[HBox]:
        def press(names: Sequence[str]) -> None:
            self.chosen = names

        every = button("All", "Show all", self._frame.guard(lambda: press(list(self.chips))))
        none = button("None", "Hide all but the row of everything", self._frame.guard(lambda: press([])))
        row = Layout(flex_flow="row wrap", align_items="center")
        hint = HTML("<span class=fl-hint>Picture shows</span>")
        return [HBox([*self.chips.values(), every, none], layout=row), HBox([hint, self.metric], layout=row)]

    def __repr__(self) -> str:
        return f"<CompareBoard by {self.comparison.by}: {', '.join(self.chosen) or 'nothing chosen'}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return self._frame.bundle(repr(self), **kwargs)


def _metrics(table: pd.DataFrame) -> list[tuple[str, str]]:
    shares = [(cells.title(name), name) for name in measures(table, OUTCOMES)]
    amounts = [(heading, name) for name, (heading, _) in AMOUNTS.items() if table[name].notna().any()]
    return [("all outcomes", OUTCOMES), *shares, *amounts]
