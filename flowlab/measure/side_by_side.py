"""The same talk on several channels as one table: a row a message, with what it is, costs and leaves behind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlab.model.channel import Channel
from flowlab.model.event import Event, EventKind
from flowlab.model.prices import CATEGORIES
from flowlab.model.shown import Shape, Shown

if TYPE_CHECKING:
    import pandas as pd

#: Who says a line of the table.
CUSTOMER, FLOW, PLATFORM, WORLD, END, UNDONE = "customer", "flow", "platform", "world", "end", "undone"


class Cut(NamedTuple):
    """How an SMS is cut: encoding, and the characters that make it costly."""

    encoding: str
    costly: str


@dataclass(frozen=True, eq=False)
class Talk:
    """One channel's part: its events, how many there were after each turn, and until when free text may be sent.

    ``entry``: the entry point's name, where entry points are compared and not channels. ``undone``: the turns that
    could not be done here, and why not.
    """

    channel: Channel
    events: Sequence[Event]
    ends: Sequence[int]
    window_closes_s: float | None = None
    entry: str = ""
    undone: Mapping[int, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the column is called: the entry point, else the channel."""
        return self.entry or self.channel.name

    @property
    def label(self) -> str:
        """The name that people read."""
        return self.entry or self.channel.label

    def turn(self, number: int) -> Sequence[Event]:
        """The events of one turn."""
        return self.events[self.ends[number - 1] if number else 0 : self.ends[number]]


def side_table(talks: Sequence[Talk], cut: Callable[[str], Cut]) -> pd.DataFrame:
    """All that was said, by turn and channel. ``cut``: how a text is cut where the channel bills by segment.

    ====================  ========  ================================================================
    ``turn``              int       0, 1, ...: which of the customer's turns
    ``channel``           str       channel name, or the entry point's
    ``seq``               int       place in the channel's talk
    ``who``               str       ``customer``, ``flow``, ``platform``, ``world`` or ``end``; ``undone`` where the
                                    customer could not do the turn
    ``text``              str       what is read; of a refused message what was to be said
    ``shape``             str       a :class:`~flowlab.model.shown.Shape`; empty for what is not shown
    ``choices``           list      the labels to choose from
    ``subject``           str       of a mail
    ``media``             str       addresses, blank between
    ``units``             int       what it is billed as: SMS segments, else messages
    ``encoding``          str       GSM-7 or UCS-2 where segments are billed
    ``cost_usd``          float     NaN where the price is not known
    ``price_as_of``       str       the date of that price
    ``elapsed_s``         float     seconds since the talk began
    ``window``            str       ``open`` or ``closed`` for free text; empty where that never ends
    ``state``             str       where in the flow
    ``note``              str       what was changed, refused or understood, and why
    ====================  ========  ================================================================
    """
    import pandas as pd

    rows = [row for talk in talks for row in side_rows(talk, cut)]
    order = {talk.name: place for place, talk in enumerate(talks)}
    rows.sort(key=lambda row: (row["turn"], order[row["channel"]], row["seq"]))
    return pd.DataFrame(rows, columns=list(_EMPTY)).astype({"turn": "int64", "seq": "int64", "units": "int64"})


_EMPTY: dict[str, Any] = {
    "turn": 0,
    "channel": "",
    "seq": 0,
    "who": "",
    "text": "",
    "shape": "",
    "choices": (),
    "subject": "",
    "media": "",
    "units": 0,
    "encoding": "",
    "cost_usd": float("nan"),
    "price_as_of": "",
    "elapsed_s": 0.0,
    "window": "",
    "state": "",
    "note": "",
}


def side_rows(talk: Talk, cut: Callable[[str], Cut]) -> Iterator[dict[str, Any]]:
    """All that was said on one channel, in order: the rows of :func:`side_table`."""
    began_s = talk.events[0].time_s if talk.events else 0.0
    heard_s, hours = float("-inf"), talk.channel.value("service_window_h")
    for number in range(len(talk.ends)):
        events = talk.turn(number)
        for at, event in enumerate(events):
            if event.kind == EventKind.RECEIVED:
                heard_s = event.time_s
            said = _said(event, events[at + 1] if at + 1 < len(events) else None)
            if said is None:
                continue
            base = {"turn": number, "channel": talk.name, "seq": event.seq, "state": event.place}
            is_open = hours is None or event.time_s - heard_s <= hours * 3600
            window = "" if hours is None else "open" if is_open else "closed"
            said |= base | {"elapsed_s": event.time_s - began_s, "window": window}
            if event.kind in (EventKind.SENT, EventKind.RECEIVED):
                said |= _billed(talk.channel, event, is_open, cut)
            yield {**_EMPTY, **said}
        if number in talk.undone:
            base = {"turn": number, "channel": talk.name, "seq": talk.ends[number], "who": UNDONE}
            elapsed_s = talk.events[talk.ends[number] - 1].time_s - began_s if talk.ends[number] else 0.0
            yield {**_EMPTY, **base, "text": talk.undone[number], "elapsed_s": elapsed_s}


def _said(event: Event, following: Event | None) -> dict[str, Any] | None:
    """What an event is to somebody who reads along; None where it is nothing."""
    kind = event.kind
    if kind == EventKind.SENT:
        shown = following if following and following.kind == EventKind.SHOWN else None
        return {"who": FLOW, "media": event.value, "text": event.text, **_shown(shown, event.text)}
    if kind == EventKind.RECEIVED:
        note = f"understood as “{event.event}” ({event.detail})" if event.event else event.detail
        return {"who": CUSTOMER, "text": event.text, "media": event.value, "note": note, "shape": Shape.TEXT.value}
    if kind == EventKind.FAULT:
        return {"who": PLATFORM, "text": event.text, "note": event.detail}
    if kind == EventKind.KEYWORD:
        return {
            "who": PLATFORM,
            "text": event.text,
            "shape": Shape.TEXT.value,
            "note": f"{event.value}: {event.detail}",
        }
    if kind in (EventKind.LOST, EventKind.DISTURBED, EventKind.EXPIRED):
        return {"who": WORLD, "text": event.text, "note": event.detail}
    if kind == EventKind.HANDED_OFF:
        return {"who": END, "text": "handed to an agent", "note": event.detail}
    if kind == EventKind.ENDED:
        return {"who": END, "text": event.event.replace("_", " "), "note": event.detail}
    return None


def _shown(event: Event | None, text: str) -> dict[str, Any]:
    if event is None:
        return {"shape": Shape.TEXT.value, "text": text}
    shown = Shown.from_json(event.value)
    labels = [choice.label for choice in shown.choices]
    note = "; ".join(shown.notes)
    return {"shape": shown.shape.value, "text": shown.text, "choices": labels, "subject": shown.subject, "note": note}


def _billed(channel: Channel, event: Event, in_window: bool, cut: Callable[[str], Cut]) -> dict[str, Any]:
    way = "out" if event.kind == EventKind.SENT else "in"
    category = event.detail if way == "out" and event.detail in CATEGORIES[1:] else ""
    on = datetime.fromtimestamp(event.time_s, UTC).date()
    price = channel.price(way, on, category, in_window=in_window)
    segments = channel.value("billing_unit") == "segment" and bool(event.text)
    return {
        "units": event.units,
        "encoding": cut(event.text).encoding if segments else "",
        "cost_usd": price.usd * event.units if price else float("nan"),
        "price_as_of": price.as_of if price else "",
    }
