"""Numbers in the words people read: the cells of a comparison, the same for terminal and page."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isfinite, isnan
from typing import TYPE_CHECKING, Any

from flowlab.measure.compare import share_n, shares
from flowlab.measure.tally import overall
from flowlab.model.channel import channels
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd

UNKNOWN = "–"
#: Units of time, their seconds, and below how many seconds each is used.
_UNITS = (("s", 1, 100.0), ("min", 60, 6000.0), ("h", 3600, 172_800.0), ("d", 86_400, inf))


@dataclass(frozen=True, slots=True)
class Cell:
    """A value to read first, how many cases it rests on, and the range it may lie in; the last two may be empty."""

    value: str
    count: str = ""
    range: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A group (or a flow within a group). ``opens``: it begins something new, so a gap or a rule stands above it."""

    labels: tuple[str, ...]
    cells: tuple[Cell, ...]
    is_all: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """A comparison ready to be written. ``shares``: how many columns stand before those of pace and cost."""

    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    shares: int


def grid(table: pd.DataFrame, by: str) -> Grid:
    """The cells of a :func:`~flowlab.measure.compare.compare_table`."""
    names = [name for name in shares(table) if table[share_n(table, name)].any()]
    sources = table["source"].nunique() > 1
    heads = ["n", *(title(name) for name in names), "turns", "duration", "messages", "cost"]
    rows: list[Row] = []
    for key, values in table.iterrows():
        labels = key if isinstance(key, tuple) else (key,)
        cells = [Cell(f"{values['n']:,}"), *(_share(values, name, share_n(table, name)) for name in names)]
        cells += [Cell(number(values["turns"])), _duration(values), Cell(number(values["messages"])), _cost(values)]
        cells += [Cell(plain(values["source"]))] if sources else []
        shown, is_all = (label(labels[0], by), *map(plain, labels[1:])), is_overall(labels[0], by)
        new = bool(rows) and rows[-1].labels[0] != shown[0]
        rows.append(Row(shown, tuple(cells), is_all, opens=new and (len(shown) > 1 or rows[-1].is_all)))
    return Grid((*heads, *(["source"] if sources else [])), tuple(rows), 1 + len(names))


def is_overall(name: str, by: str) -> bool:
    """Whether a group's name is that of the row of all conversations."""
    return by != "flow" and name == overall(by)


def label(name: str, by: str) -> str:
    """A group as people call it: the channel's own label, anything else as it is."""
    known = channels if by == "channel" else {}
    return known[name].label if name in known else plain(name)


def title(name: str) -> str:
    """``handed_off`` -> ``handed off``."""
    return plain(name.replace("_", " "))


def percent(share: float) -> str:
    """A share in whole percent; what is neither none nor all is not rounded to it.

    >>> percent(0.004), percent(0.41), percent(0.0), percent(float("nan"))
    ('<1%', '41%', '0%', '–')
    """
    if isnan(share):
        return UNKNOWN
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 < share < 1 else f"{share:.0%}"


def duration(seconds: float) -> str:
    """Seconds in the unit that gives a small number.

    >>> [duration(s) for s in (0.4, 45, 150, 9000, 200_000)]
    ['0 s', '45 s', '2.5 min', '2.5 h', '2.3 d']
    """
    if not isfinite(seconds):
        return UNKNOWN
    unit, size = next((unit, size) for unit, size, limit in _UNITS if seconds < limit)
    amount = seconds / size
    return f"{amount:,.0f} {unit}" if unit == "s" or amount >= 10 else f"{number(amount)} {unit}"


def number(value: float) -> str:
    """At most one decimal.

    >>> number(3.0), number(3.25), number(float("nan"))
    ('3', '3.2', '–')
    """
    return UNKNOWN if isnan(value) else f"{value:,.1f}".removesuffix(".0")


def money(usd: float) -> str:
    """US dollars; message prices need more than cents.

    >>> money(0.0253), money(0.1), money(12.5), money(0.0), money(float("nan"))
    ('$0.025', '$0.10', '$12.50', '$0', '–')
    """
    if isnan(usd):
        return UNKNOWN
    if 0 < usd < 0.001:
        return "<$0.001"
    return "$0" if usd == 0 else f"${usd:,.2f}" if usd >= 1 else f"${usd:#.2g}"


def _share(row: Any, name: str, of: str) -> Cell:
    if not row[of]:
        return Cell(UNKNOWN)
    low, high = percent(row[f"{name}_low"]).removesuffix("%"), percent(row[f"{name}_high"])
    return Cell(percent(row[name]), f"{row[f'{name}_k']}/{row[of]}", f"{low}–{high}")


def _duration(row: Any) -> Cell:
    p90 = row["duration_p90_s"]
    return Cell(duration(row["duration_median_s"]), range="" if isnan(p90) else f"p90 {duration(p90)}")


def _cost(row: Any) -> Cell:
    partly = 0 < row["cost_n"] < row["n"]
    as_of = f"prices of {row['price_as_of']}" if row["price_as_of"] else ""
    return Cell(money(row["cost_usd"]), f"{row['cost_n']}/{row['n']}" if partly else "", as_of)
