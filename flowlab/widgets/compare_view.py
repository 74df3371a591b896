"""What the compare board shows: a comparison's rows as plain data, in words and in numbers for the bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flowlab.measure.compare import share_n, shares
from flowlab.measure.tally import NOT_RECORDED, Tally
from flowlab.show import cells
from flowlab.show.panels import AMOUNTS, COLOURS, OTHER

if TYPE_CHECKING:
    import pandas as pd

OUTCOMES = "outcomes"
#: The column of the outcomes that tells versions apart.
FLOW = "flow"
#: A column of the record becomes a choice where it has so many values at most.
MOST_VALUES = 40
_NOT_TO_GROUP_BY = {
    *("conversation_id", "detail", "price_as_of", "price_list", "cost_usd", "duration_s", "total_s"),
    *("sessions", "turns", "messages_out", "messages_in", "units_out", "units_in"),
}


def metrics(table: pd.DataFrame) -> list[list[str]]:
    """The measures that a table has something to say of: name and words."""
    known = [[name, cells.title(name)] for name in shares(table) if table[share_n(table, name)].any()]
    amounts = [[name, heading] for name, (heading, _) in AMOUNTS.items() if table[name].notna().any()]
    return [[OUTCOMES, "all outcomes"], *known, *amounts]


def columns(tally: Tally, wanted: str) -> dict[str, list[str]]:
    """The columns that part the conversations into a few groups, with their values, the most frequent first.

    ``wanted``: a column that is among them all the same.
    """
    found: dict[str, list[str]] = {}
    for name in tally.columns:
        if name != wanted and (name in _NOT_TO_GROUP_BY or tally.outcomes[name].dtype.kind == "f"):
            continue
        sizes = tally.coded(name).sizes()
        if name == wanted or 1 < len(sizes) <= MOST_VALUES:
            found[name] = sorted(sizes, key=lambda value: (value == NOT_RECORDED, -sizes[value], value))
    return found


def rest(table: pd.DataFrame) -> list[str]:
    """The columns after those with bars: pace and cost, and the source where there are several."""
    return ["turns", "duration", "messages", "cost", *(["source"] if table["source"].nunique() > 1 else [])]


def groups(table: pd.DataFrame) -> list[str]:
    """The groups of a table in its order."""
    return [str(name) for name in table.index.get_level_values(0).unique()]


def rows(table: pd.DataFrame, by: str, metric: str, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """The rows to show: that of all conversations, then the chosen groups, by the chosen measure the highest first."""
    names = groups(table)
    shown = [name for name in names if cells.is_overall(name, by)]
    shown += _ordered(table, metric, [name for name in names if name in chosen and name not in shown])
    grid = cells.grid(table, by)
    at = dict(zip(table.index, range(len(table)), strict=True))
    keys = [key for name in shown for key in table.index if _group(key) == name]
    known = table.to_dict("index")
    return [_row(key, grid.rows[at[key]], grid.heads, known[key], table) for key in keys]


def panels(table: pd.DataFrame, metric: str) -> list[dict[str, Any]]:
    """The columns of the board, the chosen measure first: name, words, colour, and how long the longest bar is."""
    measured = [name for name in shares(table) if table[share_n(table, name)].any()]
    ordered = [metric, *(name for name in measured if name != metric)] if metric in measured else measured
    made = [
        {"name": name, "title": cells.title(name), "colour": COLOURS.get(name, OTHER), "top": 1.0} for name in ordered
    ]
    if metric in AMOUNTS:
        top = float(table[metric].max())
        made.insert(0, {"name": metric, "title": AMOUNTS[metric][0], "colour": OTHER, "top": top if top > 0 else 1.0})
    return made


def _row(
    key: Any, row: cells.Row, heads: Sequence[str], numbers: Mapping[str, Any], table: pd.DataFrame
) -> dict[str, Any]:
    words = {head: [cell.value, cell.count, cell.range] for head, cell in zip(heads, row.cells, strict=True)}
    bars: dict[str, list[float | None]] = {
        name: [_number(numbers[name]), _number(numbers[f"{name}_low"]), _number(numbers[f"{name}_high"])]
        for name in shares(table)
        if numbers[share_n(table, name)]
    }
    bars |= {name: [_number(numbers[name]), None, None] for name in AMOUNTS}
    said = {name: [write(numbers[name]), "", ""] for name, (_, write) in AMOUNTS.items()}
    said |= {name: words.get(cells.title(name), [cells.UNKNOWN, "", ""]) for name in shares(table)}
    return {
        "group": _group(key),
        "flow": key[1] if isinstance(key, tuple) else "",
        "labels": list(row.labels),
        "all": row.is_all,
        "n": words["n"][0],
        "bars": bars,
        "words": said,
        "rest": [words[head] for head in rest(table)],
    }


def _ordered(table: pd.DataFrame, metric: str, names: Sequence[str]) -> list[str]:
    """The groups; by a measure, that of the first flow where there are several."""
    if metric not in table.columns:
        return list(names)
    values = table[metric][~table.index.get_level_values(0).duplicated()]
    values.index = values.index.get_level_values(0)
    return [str(name) for name in values.loc[list(names)].sort_values(ascending=False, kind="stable").index]


def _group(key: Any) -> str:
    return str(key[0] if isinstance(key, tuple) else key)


def _number(value: Any) -> float | None:
    return None if value != value else float(value)
