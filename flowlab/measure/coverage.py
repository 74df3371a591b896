"""Which states and exits of a flow the conversations reached, and which they never did."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowlab.measure.log import as_table, steps_of
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.flow import Flow, State, Transition

if TYPE_CHECKING:
    import pandas as pd

_COLUMNS = ["state", "visits", "event", "condition", "next", "n", "share"]


def coverage_table(flow: Flow, events: pd.DataFrame | Sequence[Event]) -> pd.DataFrame:
    """Every exit of every state, in the flow's order, with how often it was taken.

    =============  =====  ==========================================================================
    ``state``      str    the state's name
    ``visits``     int    times the run entered it (the first state: sessions begun, and returns)
    ``event``      str    the exit's event; empty for a state without exits
    ``condition``  str    the exit's conditions in words
    ``next``       str    where it leads; ``Ended`` where the run ends
    ``n``          int    times it was taken
    ``share``      float  of all leavings of the state, 0 to 1; NaN when it was never left
    =============  =====  ==========================================================================

    Events of a trigger that lead nowhere are left out: nothing begins there. What happens inside a subflow is not
    counted: it is another flow's.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"), Transition("timeout")))
    >>> step = Event("c1", 0, 0.0, "sms", "step", "ask", event="timeout", transitioned_to="Ended")
    >>> coverage_table(Flow((ask,), "ask"), [step])[["event", "next", "n"]].values.tolist()
    [['incomingMessage', 'ask', 0], ['timeout', 'Ended', 1]]
    """
    import pandas as pd

    table = as_table(events)
    steps = steps_of(table)
    visits = steps["transitioned_to"].value_counts().to_dict()
    begun = int((table["kind"] == EventKind.STARTED).sum())
    visits[flow.initial_state] = visits.get(flow.initial_state, 0) + begun
    left = steps["state"].value_counts().to_dict()
    taken = steps[["state", "event"]].value_counts().to_dict()
    taken |= steps[["state", "event", "condition"]].value_counts().to_dict()

    rows = []
    for state in flow:
        entered, leavings = visits.get(state.name, 0), left.get(state.name, 0)
        for exit_, key in _exits(state):
            n = taken.get(key, 0)
            target = exit_.next or (ENDED if exit_.event else "")
            share = n / leavings if leavings else float("nan")
            rows.append((state.name, entered, exit_.event, exit_.condition, target, n, share))
    return pd.DataFrame(rows, columns=_COLUMNS).astype({"visits": "int64", "n": "int64", "share": "float64"})


def coverage_summary(coverage: pd.DataFrame) -> str:
    """One line about a coverage table.

    >>> from flowlab.model.flow import Flow, State
    >>> coverage_summary(coverage_table(Flow((State("ask", "send-message"),), "ask"), []))
    'states covered 0/1, exits covered 0/0'
    """
    states = coverage.drop_duplicates("state")["visits"]
    exits = coverage.loc[coverage["event"] != "", "n"]
    return (
        f"states covered {int((states > 0).sum())}/{len(states)}, exits covered {int((exits > 0).sum())}/{len(exits)}"
    )


def _exits(state: State) -> list[tuple[Transition, tuple[str, ...]]]:
    """Each exit with what tells it from the others in the log: its event, and its condition where several share it."""
    exits = [t for t in state.transitions if state.type != "trigger" or t.next is not None]
    same = Counter(t.event for t in exits)
    keys = [(state.name, t.event, t.condition)[: 3 if same[t.event] > 1 else 2] for t in exits]
    return list(zip(exits, keys, strict=True)) or [(Transition(""), (state.name, ""))]
