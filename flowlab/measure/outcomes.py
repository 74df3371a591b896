"""One row a conversation: how it ended, how long it took, what it cost."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError
from flowlab.measure.costs import costs, list_words
from flowlab.measure.log import as_table
from flowlab.model.channel import Channel, channels
from flowlab.model.conversation import Conversation, Role
from flowlab.model.event import Event, EventKind
from flowlab.model.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

Events = Sequence[Event]


def outcome_table(
    events: pd.DataFrame | Events,
    conversations: Sequence[Conversation],
    source: str = "replayed",
    own: Sequence[Channel] = (),
) -> pd.DataFrame:
    """What became of each conversation, one row each, in their order. ``own``: channels beside the built-in ones.

    =====================  ========  =====================================================================
    ``conversation_id``    str
    ``channel``            str       channel name
    ``entry_point``        str       the number, inbox or button of ours the customer wrote to
    ``source``             str       ``replayed``, ``observed`` or ``simulated``: where the events come from
    ``outcome``            str       an :class:`~flowlab.model.outcome.Outcome` value; NaN where unknown
    ``detail``             str       why it ended so
    ``recorded_outcome``   str       what the record says; NaN where it says nothing
    ``resolved``           boolean   whether the need was met, as the record says; NA where nobody knows
    ``sessions``           int       sessions begun
    ``turns``              int       customer messages received
    ``messages_out``       int       messages sent to the customer
    ``messages_in``        int       the same as ``turns``; the twin of ``messages_out``
    ``units_out``          int       what they are billed as: SMS segments, else messages
    ``units_in``           int
    ``cost_usd``           float     units times the channel's price of the message's day and category, US
                                     dollars; NaN where one price is not known, or no units are
    ``price_as_of``        str       when the oldest of those prices was read; empty without a cost
    ``price_list``         str       whose prices they are, what they leave out, and their source
    ``duration_s``         float     first to last message, seconds; NaN without messages
    ``total_s``            float     first to last event, waiting for a timeout included, seconds
    ``handed_off``         bool      a task for an agent was made, in whichever session
    ``last_state``         str       where the session that decided the outcome was last; if inside a subflow, the
                                     state that runs it
    =====================  ========  =====================================================================

    Every further column of the record (:attr:`Conversation.extra`) follows under its own name, or as
    ``recorded_<name>`` where that name is taken.

    The outcome is what the log's CONCLUDED line says (:meth:`flowlab.run.session.Session.conclude` has the rule for
    conversations with several sessions); in a log without one, what the last session came to; ``open`` while it goes
    on.

    Raises UsageError when two conversations share an id: their events could not be told apart.

    >>> talk = Conversation("c1", "webchat", ())
    >>> log = [Event("c1", 0, 0.0, "webchat", "started"), Event("c1", 1, 9.0, "webchat", "ended", event="contained")]
    >>> outcome_table(log, [talk])[["outcome", "sessions", "total_s"]].values.tolist()
    [['contained', 1, 9.0]]
    """
    _refuse_twins(conversations)
    table = _recorded(conversations)
    table.insert(3, "source", source)
    log = as_table(events)
    table = table.join(_measured(log), on="conversation_id")
    table = table.fillna(dict.fromkeys(_COUNTS, 0) | {"handed_off": False, "detail": "", "last_state": ""})
    table = table.astype(dict.fromkeys(_COUNTS, "int64") | {"handed_off": "bool"})
    table = _costs(table, log, own)
    return table[_COLUMNS].join(_extra(conversations))


_COUNTS = ["sessions", "turns", "messages_out", "messages_in", "units_out", "units_in"]
_COLUMNS = [
    *("conversation_id", "channel", "entry_point", "source", "outcome", "detail", "recorded_outcome", "resolved"),
    *_COUNTS,
    *("cost_usd", "price_as_of", "price_list", "duration_s", "total_s", "handed_off", "last_state"),
]


def recorded_events(conversations: Sequence[Conversation]) -> Iterator[Event]:
    """The records themselves as events, so that what was observed is measured by the same rules as what was replayed.

    Each message becomes RECEIVED (the customer's) or SENT, between one STARTED and one CONCLUDED whose ``event`` is the
    recorded outcome (empty where unknown). A record has no states and no units, so cost stays unknown.
    """
    for talk in conversations:
        times = [m.time_s for m in talk.messages if m.time_s is not None] or [float("nan")]
        yield Event(talk.id, 0, times[0], talk.channel, EventKind.STARTED)
        for seq, message in enumerate(talk.messages, start=1):
            kind = EventKind.RECEIVED if message.role is Role.CUSTOMER else EventKind.SENT
            time_s = float("nan") if message.time_s is None else message.time_s
            yield Event(talk.id, seq, time_s, talk.channel, kind, text=message.text)
        last = len(talk.messages) + 1
        yield Event(talk.id, last, times[-1], talk.channel, EventKind.CONCLUDED, event=talk.outcome or "")


def _refuse_twins(conversations: Sequence[Conversation]) -> None:
    twins = [name for name, n in Counter(talk.id for talk in conversations).items() if n > 1]
    if twins:
        shown = ", ".join(map(repr, twins[:5]))
        raise UsageError(
            f"{len(twins)} conversation ids occur more than once ({shown}): their events cannot be told apart. "
            "Give every conversation its own id."
        )


def _recorded(conversations: Sequence[Conversation]) -> pd.DataFrame:
    import pandas as pd

    text = pd.StringDtype("python", na_value=float("nan"))
    columns: dict[str, tuple[list[Any], Any]] = {
        "conversation_id": ([talk.id for talk in conversations], text),
        "channel": ([talk.channel for talk in conversations], text),
        "entry_point": ([talk.entry_point for talk in conversations], text),
        "recorded_outcome": ([talk.outcome for talk in conversations], text),
        "resolved": ([talk.resolved for talk in conversations], "boolean"),
    }
    return pd.DataFrame({name: pd.Series(values, dtype=dtype) for name, (values, dtype) in columns.items()})


def _extra(conversations: Sequence[Conversation]) -> pd.DataFrame:
    """The record's further columns. What is not one plain value is shown as text, so that it can be grouped by."""
    import pandas as pd

    names = list(dict.fromkeys(name for talk in conversations for name in talk.extra))
    taken = set(_COLUMNS)
    columns = {}
    for name in names:
        values = [_plain(talk.extra.get(name)) for talk in conversations]
        title = f"recorded_{name}" if name in taken else str(name)
        columns[title] = values
    return pd.DataFrame(columns, index=range(len(conversations)))


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | float) else str(value)


def _measured(events: pd.DataFrame) -> pd.DataFrame:
    """Everything the log says, one row a conversation, indexed by its id."""
    sent = events["kind"] == EventKind.SENT
    received = events["kind"] == EventKind.RECEIVED
    work = events[["conversation_id", "time_s"]].assign(
        sessions=events["kind"] == EventKind.STARTED,
        turns=received,
        messages_out=sent,
        messages_in=received,
        units_out=events["units"].where(sent, 0),
        units_in=events["units"].where(received, 0),
        handed_off=events["kind"] == EventKind.HANDED_OFF,
        said_s=events["time_s"].where(sent | received),
    )
    talks = work.groupby("conversation_id", sort=False)
    table = talks[_COUNTS].sum().join(talks["handed_off"].any())
    for name, column in (("duration_s", "said_s"), ("total_s", "time_s")):
        table[name] = talks[column].max() - talks[column].min()
    return table.join(_judged(events))


def _judged(events: pd.DataFrame) -> pd.DataFrame:
    """Outcome, detail and last state of each conversation."""
    marks = events[events["kind"].isin([EventKind.STARTED, EventKind.ENDED, EventKind.CONCLUDED])]
    last = marks.drop_duplicates("conversation_id", keep="last").set_index("conversation_id")
    outcome = last["event"].mask(last["kind"] == EventKind.STARTED, Outcome.OPEN.value).replace("", float("nan"))
    inside = last["parent"].fillna("") != ""
    return last[["detail"]].assign(outcome=outcome, last_state=last["state"].mask(inside, last["parent"]))


def _costs(table: pd.DataFrame, events: pd.DataFrame, own: Sequence[Channel]) -> pd.DataFrame:
    """What each conversation cost, and what that rests on, in the order of the table."""
    known = channels.with_own(*own)
    lists = {name: list_words(channel) for name, channel in known.items() if channel.prices}
    found = table[["conversation_id"]].join(costs(events, known), on="conversation_id")
    silent = (table["messages_out"] + table["messages_in"] == 0) & table["channel"].isin(list(lists))
    as_of = found["price_as_of"].fillna("").astype("str")
    return table.assign(
        cost_usd=found["cost_usd"].astype("float64").mask(silent, 0.0),
        price_as_of=as_of,
        price_list=table["channel"].map(lists).where(as_of != "", "").astype("str"),
    )
