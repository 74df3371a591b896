"""What faults of the world did to conversations: which states cope badly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from flowlab.measure.stats import wilson
from flowlab.model.event import Event, EventKind
from flowlab.model.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

#: How a conversation ends badly for the customer.
BADLY = frozenset({Outcome.FAILED, Outcome.ABANDONED, Outcome.DROPPED, Outcome.TIMED_OUT})
_COLUMNS = ["fault", "state", "n", "badly", "badly_k", "badly_low", "badly_high", "handed_off_k"]


def disturbed_table(log: Sequence[Event]) -> pd.DataFrame:
    """Each kind of fault in each state: ``n`` conversations it befell, and what became of them. Worst first.

    ``badly``: share that ended failed, abandoned, dropped or timed out (``badly_k`` of ``n``), with its 95 % Wilson
    interval ``badly_low`` to ``badly_high``; ``handed_off_k``: how many went to an agent. ``fault`` is ``lost``, or the
    kind. A conversation counts once in a row. It is an association: what befell a talk need not be why it ended.

    >>> log = [Event("c", 0, 0.0, "sms", "lost", "ask"), Event("c", 1, 0.0, "sms", "concluded", event="failed")]
    >>> disturbed_table(log)[["fault", "state", "n", "badly_k"]].values.tolist()
    [['lost', 'ask', 1, 1]]
    """
    import pandas as pd

    befell: dict[tuple[str, str], set[str]] = defaultdict(set)
    ends = {event.conversation_id: event.event for event in log if event.kind == EventKind.CONCLUDED}
    for event in log:
        if event.kind in (EventKind.DISTURBED, EventKind.LOST):
            fault = "lost" if event.kind == EventKind.LOST else event.value
            befell[fault, event.place].add(event.conversation_id)
    rows = []
    for (fault, state), talks in befell.items():
        ended = [ends.get(talk, "") for talk in talks]
        badly, n = sum(end in BADLY for end in ended), len(ended)
        handed_off = sum(end == Outcome.HANDED_OFF for end in ended)
        rows.append((fault, state, n, badly / n, badly, *wilson(badly, n), handed_off))
    table = pd.DataFrame.from_records(rows, columns=_COLUMNS)
    return table.sort_values(["badly", "n", "fault", "state"], ascending=[False, False, True, True], ignore_index=True)
