"""What came of putting real executions through a flow: one line each, and the tables made from them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from flowlab.measure.stats import wilson
from flowlab.measure.tally import overall
from flowlab.measure.walked_compare import compare_run, first_execution
from flowlab.measure.walked_follow import Difference, follow, with_types
from flowlab.measure.walked_outcome import walk_outcome
from flowlab.model.channel import NAMES
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.flow import Flow
from flowlab.model.outcome import same_outcome
from flowlab.model.walk import Walk

if TYPE_CHECKING:
    import pandas as pd

REPLAYED, FOLLOWED = "replayed", "followed"
SOURCE = "observed"


class Rewalked(NamedTuple):
    """One walk and what the flow makes of it now.

    ``how``: ``replayed`` with what was said and answered then, or ``followed`` on the flow's graph because of
    ``why_not``. ``difference``: the first one, None where the path is the same. ``outcome``: as recorded;
    ``outcome_now`` and ``ended_now``: how, and in which state, the replay ends; ``silent_at``: the first state in which
    its wait runs out. Empty where nobody can say.
    """

    walk: Walk
    how: str
    difference: Difference | None
    outcome: str = ""
    outcome_now: str = ""
    ended_now: str = ""
    silent_at: str = ""
    why_not: str = ""

    @property
    def same(self) -> bool:
        """Whether it would go the same way."""
        return self.difference is None


def rewalked(flow: Flow, walk: Walk, events: Sequence[Event], why_not: str = "") -> Rewalked:
    """Set a walk beside the ``events`` of its replay, or (where ``why_not`` says why there are none) on the graph."""
    steps = with_types(flow, walk)
    outcome = str(walk_outcome(walk, steps) or "")
    if why_not:
        return Rewalked(walk, FOLLOWED, follow(flow, steps), outcome, why_not=why_not)
    run = first_execution(events)
    end = next((event for event in run if event.kind == EventKind.ENDED), None)
    silent = next((event.state for event in run if event.kind == EventKind.STEP and event.event == "timeout"), "")
    ended = (end.event, end.state, silent) if end else ("", "", silent)
    return Rewalked(walk, REPLAYED, compare_run(flow, steps, events), outcome, *ended)


def walked_table(results: Iterable[Rewalked]) -> pd.DataFrame:
    """One row an execution.

    ===================  ==============  =====================================================================
    ``execution_sid``    str             which execution
    ``channel``          str             told by a context or the address; ``unknown`` otherwise
    ``start``            datetime (UTC)  when it began; NaT where not recorded
    ``ended_at``         str             the state in which the record ends
    ``how``              str             ``replayed`` or ``followed``: see :class:`Rewalked`
    ``same``             bool            would it go the same way?
    ``difference``       str             how the two part ways first; empty where they do not
    ``state``            str             the state in which they part
    ``event``            str             the exit that was taken then
    ``recorded_next``    str             where it led then
    ``now_next``         str             where the run goes now; empty where nobody can say
    ``why``              str             a sentence
    ``outcome``          str             how the recorded execution ended
    ``outcome_now``      str             how the replay ends; empty where it was only followed
    ``ended_now``        str             in which state; empty likewise
    ``source``           str             ``observed``: these are records of real executions
    ===================  ==============  =====================================================================
    """
    import pandas as pd

    rows = []
    for result in results:
        walk, found = result.walk, result.difference
        parted = (found.parting.value, *found[1:]) if found else ("",) * 6
        about = (walk.sid, walk.channel, walk.start_s, walk.ended_at, result.how, result.same)
        rows.append((*about, *parted, result.outcome, result.outcome_now, result.ended_now, SOURCE))
    columns = ["execution_sid", "channel", "start", "ended_at", "how", "same", "difference", "state", "event"]
    columns += ["recorded_next", "now_next", "why", "outcome", "outcome_now", "ended_now", "source"]
    table = pd.DataFrame(rows, columns=columns)
    table["start"] = pd.to_datetime(table["start"].astype("float64"), unit="s", utc=True, errors="coerce").dt.round(
        "us"
    )
    return table.astype({"same": "bool"})


def shares_table(results: Sequence[Rewalked]) -> pd.DataFrame:
    """How many go the same way, and end with the same outcome: all first, then each channel.

    Columns: ``n``; ``same`` (share, 0 to 1) with ``same_k``, ``same_low`` and ``same_high`` (95 % Wilson interval);
    ``outcome`` likewise, of the ``outcome_n`` that were replayed and whose recorded outcome is known; ``source``.
    """
    import pandas as pd

    channels = {result.walk.channel for result in results}
    order = sorted(channels, key=lambda name: (NAMES.index(name) if name in NAMES else len(NAMES), name))
    groups = [(overall("channel"), list(results))]
    groups += [(name, [result for result in results if result.walk.channel == name]) for name in order]
    rows = [{"channel": name, **_shares(group), "source": SOURCE} for name, group in groups]
    return pd.DataFrame(rows).set_index("channel")


def _shares(group: Sequence[Rewalked]) -> dict[str, float | int]:
    known = [result for result in group if result.outcome and result.outcome_now]
    same_end = sum(same_outcome(result.outcome, result.outcome_now) for result in known)
    same = sum(result.same for result in group)
    return {"n": len(group), **_share("same", same, len(group)), "outcome_n": len(known)} | _share(
        "outcome", same_end, len(known)
    )


def _share(name: str, k: int, n: int) -> dict[str, float | int]:
    low, high = wilson(k, n)
    return {name: k / n if n else float("nan"), f"{name}_k": k, f"{name}_low": low, f"{name}_high": high}


def partings_table(results: Iterable[Rewalked]) -> pd.DataFrame:
    """Where walks part from the flow, the most frequent first.

    Columns: ``n`` executions; ``difference``, ``state``, ``event``, ``recorded_next`` and ``now_next`` as in
    :func:`walked_table`; ``why`` and ``execution_sid`` of the first of them, to look at.
    """
    import pandas as pd

    counted: Counter[tuple[str, ...]] = Counter()
    example: dict[tuple[str, ...], tuple[str, str]] = {}
    for result in results:
        found = result.difference
        if found is not None:
            key = (found.parting.value, found.state, found.event, found.recorded, found.now)
            counted[key] += 1
            example.setdefault(key, (found.why, result.walk.sid))
    rows = [(n, *key, *example[key]) for key, n in counted.most_common()]
    columns = ["n", "difference", "state", "event", "recorded_next", "now_next", "why", "execution_sid"]
    return pd.DataFrame(rows, columns=columns)


def endings_table(results: Iterable[Rewalked]) -> pd.DataFrame:
    """How replayed executions ended then, and end now; the most frequent first.

    Columns: ``outcome``, ``outcome_now``, ``n``; ``ended_now``: the state in which most of them end now;
    ``silent_at``: the one in which most of them first wait in vain, empty where most never do.
    """
    import pandas as pd

    ends: dict[tuple[str, str], list[Rewalked]] = {}
    for result in results:
        if result.outcome and result.outcome_now:
            ends.setdefault((result.outcome, result.outcome_now), []).append(result)
    rows = []
    for pair, group in sorted(ends.items(), key=lambda item: (-len(item[1]), item[0])):
        where = (Counter(getattr(result, name) for result in group) for name in ("ended_now", "silent_at"))
        rows.append((*pair, len(group), *(states.most_common(1)[0][0] for states in where)))
    return pd.DataFrame(rows, columns=["outcome", "outcome_now", "n", "ended_now", "silent_at"])


def traffic(flow: Flow, walks: Iterable[Walk]) -> Counter[tuple[str, str, str]]:
    """How often each edge ``(state, event, next)`` of the flow was walked; what is no edge of it is not counted."""
    edges = {
        (state.name, exit_.event, exit_.next if exit_.next in flow.by_name else ENDED)
        for state in flow
        for exit_ in state.transitions
    }
    return Counter(step.edge for walk in walks for step in with_types(flow, walk) if step.edge in edges)


def events_of(flow: Flow, walks: Iterable[Walk]) -> list[Event]:
    """The walks as events, for tables made from a log; of the matches that lead to one state the first is meant."""
    conditions = {
        (state.name, exit_.event, exit_.next or ENDED): exit_.condition
        for state in flow
        for exit_ in reversed(state.transitions)
    }
    log: list[Event] = []
    for walk in walks:
        log.append(Event(walk.sid, 0, walk.start_s or 0.0, walk.channel, EventKind.STARTED.value))
        for number, step in enumerate(with_types(flow, walk), 1):
            head = (walk.sid, number, step.time_s or 0.0, walk.channel, EventKind.STEP.value)
            log.append(
                Event(*head, step.state, step.type, step.event, step.next, condition=conditions.get(step.edge, ""))
            )
    return log
