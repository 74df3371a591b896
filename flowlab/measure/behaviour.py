"""Two versions of a flow, the same conversations: which now end elsewhere or read differently, and where they part."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlab.measure.diverge import divergences
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import ENDED, Event, EventKind

if TYPE_CHECKING:
    import pandas as pd

#: What tells the way of a run, and what only prepares it.
_WAY = frozenset({EventKind.STARTED, EventKind.RECEIVED, EventKind.SENT, EventKind.STEP, EventKind.HANDED_OFF})
_BEHIND = frozenset({EventKind.SET, EventKind.CALLED, EventKind.WAITING, EventKind.CHOSEN, EventKind.UNANSWERED})


class Parting(NamedTuple):
    """One conversation with which two versions do different things; states by their names in the new version.

    ``what``, ``turn``, ``old`` and ``new``: the first line that differs, named as in
    :class:`~flowlab.model.divergence.Divergence`; ``ending`` where all that is read is the same. ``state``: where the
    two runs part (where they end elsewhere, by the way they take, whatever they said before), by ``old_way`` and
    ``new_way`` (``event -> next``, or the text that was sent). ``decided_by``, ``condition`` and ``value``: the last
    decision up to there, what held and the value that was tested. ``behind``: states that did something else before,
    the latest first.
    """

    conversation_id: str
    channel: str
    turn: int
    what: str
    old: str
    new: str
    old_outcome: str
    new_outcome: str
    old_end: str
    new_end: str
    state: str
    old_way: str
    new_way: str
    decided_by: str
    condition: str
    value: str
    behind: tuple[str, ...] = ()

    @property
    def ends_elsewhere(self) -> bool:
        """The outcome is another, or the state after which nothing came."""
        return (self.old_outcome, self.old_end) != (self.new_outcome, self.new_end)

    @property
    def reads_differently(self) -> bool:
        """The customer was sent something else."""
        return self.what != "ending"


def parting(
    conversation: Conversation, old: list[Event], new: list[Event], renames: Mapping[str, str]
) -> Parting | None:
    """Where the runs ``old`` and ``new`` of a conversation part; None where the customer can tell no difference.

    ``renames``: old state name -> new one.
    """
    was = [_renamed(event, renames) for event in old]
    # What the old version said takes the place of the record; its outcome is compared below, strictly.
    first = next(iter(divergences(_as_record(conversation, was), new)), None)
    ends = _end(was), _end(new)
    outcomes = (was[-1].event if was else "", new[-1].event if new else "")
    elsewhere = ends[0] != ends[1] or outcomes[0] != outcomes[1]
    if first is None and not elsewhere:
        return None
    turn, what, texts = (first.turn, first.what, (first.recorded, first.replayed)) if first else (0, "ending", ("", ""))
    if not first:
        turn = max(sum(event.kind == EventKind.RECEIVED for event in new) - 1, 0)
    before, after = _apart(was, new, elsewhere)
    here, told = (after, new) if after else (before, was)
    return Parting(
        conversation.id,
        conversation.channel,
        turn,
        what,
        *texts,
        *outcomes,
        *ends,
        state=here.state if here else "",
        old_way=_way(before),
        new_way=_way(after),
        **_decision(told, here),
        behind=tuple(_behind(was, new)),
    )


def _renamed(event: Event, renames: Mapping[str, str]) -> Event:
    if event.state not in renames and event.transitioned_to not in renames:
        return event
    to = renames.get(event.transitioned_to, event.transitioned_to)
    return event._replace(state=renames.get(event.state, event.state), transitioned_to=to)


def _as_record(conversation: Conversation, events: Iterable[Event]) -> Conversation:
    said: list[Message] = []
    for event in events:
        if event.kind == EventKind.SENT:
            said.append(Message(Role.BOT, event.text, event.time_s))
        elif event.kind == EventKind.RECEIVED and event.detail != "to the agent":
            said.append(Message(Role.CUSTOMER, event.text, event.time_s))
    return replace(conversation, messages=tuple(said), outcome=None)


def _end(events: list[Event]) -> str:
    """The last state of a run."""
    steps = (event for event in reversed(events) if event.state and event.kind in (EventKind.STEP, EventKind.WAITING))
    return next((event.state for event in steps), "")


def _apart(old: list[Event], new: list[Event], by_way: bool) -> tuple[Event | None, Event | None]:
    """The first two events that differ among those that make up a run; ``by_way``: whatever was said on the way, which
    does not explain another end."""
    kinds = _WAY - {EventKind.SENT} if by_way else _WAY
    ways = ([event for event in events if event.kind in kinds] for events in (old, new))
    for was, now in zip_longest(*ways):
        if was is None or now is None or _seen(was) != _seen(now):
            return was, now
    return _apart(old, new, by_way=False) if by_way else (None, None)


def _decision(events: list[Event], last: Event | None) -> dict[str, str]:
    """The last decision up to an event: which state decided, what held, what was tested."""
    decided: Event | None = None
    for event in events:
        if event.kind == EventKind.STEP and event.condition:
            decided = event
        if event is last:
            break
    if decided is None:
        return dict.fromkeys(("decided_by", "condition", "value"), "")
    return {"decided_by": decided.state, "condition": decided.condition, "value": decided.value}


def _seen(event: Event) -> tuple[str, ...]:
    return event.kind, event.state, event.event, event.transitioned_to, " ".join(event.text.split())


def _way(event: Event | None) -> str:
    if event is None:
        return ""
    if event.kind == EventKind.STEP:
        return f"{event.event} -> {event.transitioned_to or ENDED}"
    return event.text or event.event


def _behind(old: list[Event], new: list[Event]) -> Iterator[str]:
    """States that set, asked or waited for something else before the runs parted, the latest first."""
    was, now = (_before(events, other) for events, other in ((old, new), (new, old)))
    told = {(e.state, e.kind, e.detail, e.value) for e in was}
    yield from dict.fromkeys(e.state for e in reversed(now) if (e.state, e.kind, e.detail, e.value) not in told)
    told = {(e.state, e.kind, e.detail, e.value) for e in now}
    yield from dict.fromkeys(e.state for e in reversed(was) if (e.state, e.kind, e.detail, e.value) not in told)


def _before(events: list[Event], other: list[Event]) -> list[Event]:
    """What happened behind the scenes until the way of these events leaves that of the others."""
    way = iter([_seen(event) for event in other if event.kind in _WAY])
    found: list[Event] = []
    for event in events:
        if event.kind in _WAY and next(way, None) != _seen(event):
            break
        if event.kind in _BEHIND:
            found.append(event)
    return found


def unanswered(events: Iterable[Event]) -> Mapping[str, int]:
    """The states whose calls nothing answered, and how often. Most often ``services`` were forgotten."""
    return Counter(event.state for event in events if event.kind == EventKind.UNANSWERED)


def behaviour_table(partings: Iterable[Parting], because: Iterable[str]) -> pd.DataFrame:
    """One row a conversation that differs: the fields of :class:`Parting` (without ``behind``), ``ends_elsewhere``,
    ``reads_differently``, ``because`` (the change that made it so, in words; empty where it cannot be told) and
    ``source`` (``replayed``).
    """
    import pandas as pd

    rows = [
        {**one._asdict(), "ends_elsewhere": one.ends_elsewhere, "reads_differently": one.reads_differently}
        | {"because": why, "source": "replayed"}
        for one, why in zip(partings, because, strict=True)
    ]
    columns = [*Parting._fields, "ends_elsewhere", "reads_differently", "because", "source"]
    return pd.DataFrame.from_records(rows, columns=columns).drop(columns="behind")


def behaviour_counts(partings: Iterable[Parting], conversations: Iterable[Conversation]) -> pd.DataFrame:
    """One row a channel, and ``all``: ``n`` conversations, of which ``ends_elsewhere`` and ``reads_differently``.

    Beside each count its share's 95 % interval (Wilson): columns ``..._low`` and ``..._high``, from 0 to 1.
    """
    import pandas as pd

    from flowlab.measure.stats import wilson

    found = list(partings)
    n: dict[str, int] = {}
    for talk in conversations:
        n[talk.channel] = n.get(talk.channel, 0) + 1
    rows = []
    for channel in (*sorted(n), "all"):
        mine = [one for one in found if channel in (one.channel, "all")]
        row: dict[str, Any] = {"channel": channel, "n": sum(n.values()) if channel == "all" else n[channel]}
        for column in ("ends_elsewhere", "reads_differently"):
            row[column] = sum(getattr(one, column) for one in mine)
            row[f"{column}_low"], row[f"{column}_high"] = wilson(row[column], row["n"])
        rows.append(row)
    return pd.DataFrame(rows).set_index("channel")
