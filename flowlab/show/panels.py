"""The comparison as a picture: one small panel a measure, one line a group, each share with its interval."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import fill
from typing import TYPE_CHECKING

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.compare import share_n, shares
from flowlab.show import cells
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

#: After Okabe and Ito: told apart with any colour vision, and dark enough for white, light enough for black.
COLOURS: Mapping[str, str] = {
    "contained": "#009E73",
    "handed_off": "#2B84C4",
    "abandoned": "#D98E04",
    "timed_out": "#D55E00",
    "dropped": "#C264A0",
    "failed": "#B4653A",
    "resolved": "#7A7AD0",
}
OTHER = "#808080"
MARKS = "oDs^v"

#: Measures that are no shares: the column, and how its numbers are written.
AMOUNTS: Mapping[str, tuple[str, Callable[[float], str]]] = {
    "turns": ("turns, median", cells.number),
    "messages": ("messages, mean", cells.number),
    "duration_median_s": ("duration, median", cells.duration),
    "duration_p90_s": ("duration, nine of ten shorter", cells.duration),
    "cost_usd": ("cost, mean", cells.money),
}

#: A panel is one wide; its counts stand to the right of it, before the next begins.
PITCH = 1.7


def draw_panels(table: pd.DataFrame, by: str, ax: Axes, metric: str = "outcomes") -> Axes:
    """Draw a :func:`~flowlab.measure.compare.compare_table` on ``ax`` in the colours of the current style.

    ``metric``: ``outcomes`` (every outcome, and resolution where known), or one share or amount of the table.
    Shares have a dot, a bar from zero, their 95 % Wilson interval as a line, and k/n. The row of all conversations
    stands apart at the top.

    Raises UsageError for an unknown metric.
    """
    names = measures(table, metric)
    heights = _heights(table, by)
    for place, name in enumerate(names):
        if name in AMOUNTS:
            _amounts(ax, table, heights, name)
        else:
            _shares(ax, table, heights, name, place * PITCH)
    _frame(ax, table, by, heights)
    _scale(ax, [place * PITCH for place, name in enumerate(names) if name not in AMOUNTS], len(names))
    return ax


def measures(table: pd.DataFrame, metric: str) -> list[str]:
    """The columns of the table that a metric shows."""
    known = [name for name in shares(table) if table[share_n(table, name)].any()]
    if metric == "outcomes":
        return known
    if metric not in (*known, *AMOUNTS):
        raise UsageError(f"cannot plot {metric!r}. {did_you_mean(metric, ['outcomes', *known, *AMOUNTS])}")
    return [metric]


def figure_size(table: pd.DataFrame, metric: str = "outcomes") -> tuple[float, float]:
    """Inches that show a table well."""
    return 2.0 + max(1.45 * len(measures(table, metric)), 4.0), 1.0 + 0.32 * (len(table) + 1)


def _heights(table: pd.DataFrame, by: str) -> list[float]:
    """Where each row stands, downwards; a gap after the row of all, and between groups of several flows."""
    heights: list[float] = []
    at, before = 0.0, None
    several = table.index.nlevels > 1
    for key in table.index:
        name = key[0] if several else key
        if before is not None:
            at += 1 + (0.6 if cells.is_overall(before, by) and name != before else 0)
            at += 0.35 if several and name != before else 0
        heights.append(-at)
        before = name
    return heights


def _shares(ax: Axes, table: pd.DataFrame, heights: list[float], name: str, left: float) -> None:
    colour = COLOURS.get(name, OTHER)
    _heading(ax, left, cells.title(name), colour)
    ax.vlines([left, left + 0.5, left + 1], min(heights) - 0.5, 0.5, colors=OTHER, lw=0.5, alpha=0.35, zorder=0)
    rows = zip(
        table[[name, f"{name}_low", f"{name}_high", f"{name}_k", share_n(table, name)]].values, heights, strict=True
    )
    for index, ((share, low, high, k, n), at) in enumerate(rows):
        if not n:
            continue
        ax.barh(at, share, left=left, height=0.62, color=colour, alpha=0.28, lw=0)
        ax.hlines(at, left + low, left + high, colors=colour, lw=1.6)
        ax.plot(left + share, at, _mark(table, index), color=colour, ms=5)
        count = f"{int(k)}/{int(n)}"
        ax.text(left + 1.05, at, count, fontsize=7.5, va="center", alpha=0.75, parse_math=False)


def _amounts(ax: Axes, table: pd.DataFrame, heights: list[float], name: str) -> None:
    heading, written = AMOUNTS[name]
    if name == "cost_usd":
        as_of = min(filter(None, table["price_as_of"]), default="")
        heading += f" (list prices as of {as_of}, USD)" if as_of else ""
        said = " / ".join(dict.fromkeys(one for lists in table["price_list"] for one in lists.split(" / ") if one))
        ax.set_xlabel(fill(plain(said), 90), fontsize=7, alpha=0.75, loc="left", parse_math=False)
    _heading(ax, 0, heading, _foreground())
    top = table[name].max()
    for index, (value, at) in enumerate(zip(table[name], heights, strict=True)):
        if value == value:  # not NaN
            length = value / top if top > 0 else 0
            ax.barh(at, length, height=0.62, color=OTHER, alpha=0.28, lw=0)
            ax.plot(length, at, _mark(table, index), color=OTHER, ms=5)
        ax.text(1.05, at, written(value), fontsize=8.5, va="center", parse_math=False)


def _heading(ax: Axes, left: float, text: str, colour: str) -> None:
    ax.text(left, 0.72, text, fontsize=9.5, weight="bold", color=colour, va="bottom", parse_math=False)


def _frame(ax: Axes, table: pd.DataFrame, by: str, heights: list[float]) -> None:
    labels = _labels(table, by)
    ax.set_yticks(heights, labels, fontsize=9, parse_math=False)
    for tick, key in zip(ax.get_yticklabels(), table.index, strict=True):
        if cells.is_overall(key[0] if isinstance(key, tuple) else key, by):
            tick.set_fontweight("bold")
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
    ax.grid(False)
    ax.set_ylim(min(heights) - 0.6, 1.4)


def _scale(ax: Axes, lefts: list[float], panels: int) -> None:
    """Percent under each panel of shares; amounts are written out and need no scale."""
    marks = [(left + x, f"{x:.0%}") for left in lefts for x in (0, 0.5, 1)]
    ax.set_xticks([x for x, _ in marks], [text for _, text in marks], fontsize=7)
    ax.set_xlim(-0.04, max(panels, 1) * PITCH)


def _labels(table: pd.DataFrame, by: str) -> list[str]:
    """Group and flow; the group only where it begins."""
    if table.index.nlevels == 1:
        return [_short(cells.label(name, by)) for name in table.index]
    names = [name for name, _ in table.index]
    starts = [name != before for name, before in zip(names, [None, *names], strict=False)]
    return [
        f"{_short(cells.label(name, by))}   {_short(plain(flow))}" if start else _short(plain(flow))
        for (name, flow), start in zip(table.index, starts, strict=True)
    ]


def _short(text: str, chars: int = 32) -> str:
    return text if len(text) <= chars else text[: chars - 1] + "…"


def _mark(table: pd.DataFrame, row: int) -> str:
    """One shape a flow, so that versions are told apart without colour."""
    if table.index.nlevels == 1:
        return MARKS[0]
    flows = list(table.index.unique(level=1))
    return MARKS[flows.index(table.index[row][1]) % len(MARKS)]


def _foreground() -> str:
    import matplotlib as mpl

    return str(mpl.rcParams["text.color"])
