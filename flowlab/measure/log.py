"""The event log as a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowlab.model.event import Event, EventKind

if TYPE_CHECKING:
    import pandas as pd

#: Few different values over many rows: one byte a row instead of a string.
_CATEGORIES = ("channel", "kind", "step_type")
_NUMBERS = {"seq": "int64", "time_s": "float64", "units": "int64"}


def events_table(events: Sequence[Event]) -> pd.DataFrame:
    """The log as a DataFrame, one row an event, in the order of the log.

    Columns: those of :class:`~flowlab.model.event.Event` in its order, and after ``time_s`` the same moment as
    ``time`` (``datetime64[ns, UTC]``, to the microsecond; NaT where the time is missing or outside 1677 to 2262).
    An empty log gives the same columns with the same types.

    >>> table = events_table([Event("c1", 0, 1_772_445_605.5, "sms", "received", text="hi", units=1)])
    >>> str(table["time"][0]), table["text"][0]
    ('2026-03-02 10:00:05.500000+00:00', 'hi')
    """
    import pandas as pd

    table = pd.DataFrame.from_records(list(events), columns=list(Event._fields))
    table = table.astype({column: _dtype(column) for column in Event._fields})
    moments = pd.to_datetime(table["time_s"].round(6), unit="s", utc=True, errors="coerce")
    table.insert(Event._fields.index("time_s") + 1, "time", moments.dt.round("us").astype("datetime64[ns, UTC]"))
    return table


def as_table(events: pd.DataFrame | Sequence[Event]) -> pd.DataFrame:
    """An events table as it is; a list of events made into one."""
    import pandas as pd

    return events if isinstance(events, pd.DataFrame) else events_table(events)


def steps_of(table: pd.DataFrame) -> pd.DataFrame:
    """The STEP rows of the flow itself: not those of its subflows, which are other flows."""
    steps = table[table["kind"] == EventKind.STEP]
    return steps[steps["parent"].fillna("") == ""]


def walks(events: pd.DataFrame | Sequence[Event]) -> pd.DataFrame:
    """How often each edge was walked: ``state``, ``event``, ``transitioned_to``, ``n``; the most walked first. Edges
    inside subflows are another flow's, and are left out.

    >>> steps = [Event("c1", i, 0.0, "sms", "step", "ask", event="timeout", transitioned_to="ask") for i in range(3)]
    >>> walks(steps).values.tolist()
    [['ask', 'timeout', 'ask', 3]]
    """
    edge = ["state", "event", "transitioned_to"]
    steps = steps_of(as_table(events))[edge]
    counted = steps.value_counts(sort=False).rename("n").reset_index()
    return counted.sort_values(["n", *edge], ascending=[False, True, True, True], ignore_index=True)


def _dtype(column: str) -> object:
    import pandas as pd

    if column in _CATEGORIES:
        return "category"
    # Python storage whatever else is installed: a hostile text may hold half a surrogate pair, which Arrow refuses.
    return _NUMBERS.get(column) or pd.StringDtype("python", na_value=float("nan"))
