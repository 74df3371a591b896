"""Drop-off: where conversations end that were neither contained nor handed off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flowlab.model.event import Event, EventKind
from flowlab.model.flow import Flow
from flowlab.model.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

#: These are no drop-off: the first two went well, the last one goes on.
NOT_LOST = frozenset({Outcome.CONTAINED, Outcome.HANDED_OFF, Outcome.OPEN})


def dropoff_table(flow: Flow, events: Iterable[Event], ends: Iterable[tuple[str, str]]) -> pd.DataFrame:
    """Where conversations were lost, the worst first.

    ``ends``: each conversation's outcome and the state it was last in. Those whose outcome or state nobody knows are
    left out.

    ===========  =====  ==========================================================================
    ``state``    str    the state they were last in
    ``n``        int    conversations that ended there, neither contained nor handed off
    ``reached``  int    conversations that came there
    ``share``    float  of those, 0 to 1
    ``how``      str    the outcomes and how many of each: ``timed_out 3, failed 1``
    ===========  =====  ==========================================================================

    >>> from flowlab.model.flow import State
    >>> log = [Event(f"c{n}", 0, 0.0, "sms", "started") for n in range(4)]
    >>> dropoff_table(Flow((State("ask", "send-message"),), "ask"), log, [("timed_out", "ask"), ("contained", "ask")])
      state  n  reached  share        how
    0   ask  1        4   0.25  timed_out 1
    """
    import pandas as pd

    lost: dict[str, Counter[str]] = {}
    for outcome, state in ends:
        if state in flow.by_name and outcome in list(Outcome) and outcome not in NOT_LOST:
            lost.setdefault(state, Counter())[outcome] += 1
    came = reached(flow, events)
    rows = []
    for state, outcomes in sorted(lost.items(), key=lambda item: (-item[1].total(), item[0])):
        n, of = outcomes.total(), max(came[state], outcomes.total())
        rows.append((state, n, of, n / of, ", ".join(f"{name} {k}" for name, k in outcomes.most_common())))
    table = pd.DataFrame(rows, columns=["state", "n", "reached", "share", "how"])
    return table.astype({"n": "int64", "reached": "int64", "share": "float64"})


def reached(flow: Flow, events: Iterable[Event]) -> Counter[str]:
    """How many conversations came to each state, each counted once."""
    pairs: set[tuple[str, str]] = set()
    for event in events:
        if event.kind == EventKind.STARTED and not event.parent:
            pairs.add((event.conversation_id, flow.initial_state))
        elif event.kind == EventKind.STEP and not event.parent:
            pairs |= {(event.conversation_id, event.state), (event.conversation_id, event.transitioned_to)}
    return Counter(state for _, state in pairs)
