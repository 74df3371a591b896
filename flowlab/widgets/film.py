"""One conversation as a film: what is on the phones and on the map at each beat. Plain data for the page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flowlab.measure.side_by_side import Talk as Column
from flowlab.measure.side_by_side import side_rows
from flowlab.model.channel import Channel
from flowlab.model.conversation import Conversation, Role
from flowlab.model.divergence import Divergence
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.text.plain import plain
from flowlab.widgets.phone import MOST_CHARS, cut, lines_of, skin_of

_WHO = {Role.CUSTOMER: "customer", Role.BOT: "flow", Role.AGENT: "agent", Role.SYSTEM: "platform"}
#: What a beat may be, beside a step; everything else happens with the beat before it.
_WORDS = {
    EventKind.RECEIVED: "the customer writes",
    EventKind.SENT: "the flow answers",
    EventKind.LOST: "a message is lost",
    EventKind.HANDED_OFF: "handed to an agent",
    EventKind.ENDED: "the execution ends",
}
_BEATS = {EventKind.STEP, *_WORDS}


def film_of(events: Sequence[Event], channel: Channel, place: ZoneInfo) -> dict[str, Any]:
    """The replay: ``beats`` in order, the ``walk`` (edges with the event that walked each), and the ``phone``."""
    ends = turn_ends(events)
    rows = side_rows(Column(channel, events, ends), cut)
    last_s = events[-1].time_s if events else 0.0
    return {
        "beats": list(_beats(events, ends, place)),
        "walk": [[e.seq, e.state, e.transitioned_to] for e in events if e.kind == EventKind.STEP and not e.parent],
        "phone": {**_empty(channel), "lines": list(lines_of(events, rows, ends, place, last_s))},
    }


def record_of(talk: Conversation, channel: Channel, place: ZoneInfo) -> dict[str, Any]:
    """The record as a phone shows it; each line knows its turn."""
    lines, turn = [], 0
    for message in talk.messages:
        turn += message.role is Role.CUSTOMER
        at = "" if message.time_s is None else f"{datetime.fromtimestamp(message.time_s, place):%H:%M:%S}"
        line = {"who": _WHO[Role(message.role)], "text": message.text[:MOST_CHARS], "turn": turn, "time": at}
        lines.append(line | {"media": list(message.media), "shape": "text"})
    if talk.outcome:
        lines.append(
            {
                "who": "end",
                "text": talk.outcome.replace("_", " "),
                "turn": turn,
                "outcome": talk.outcome,
                "note": "as recorded",
            }
        )
    return {**_empty(channel), "contact": talk.contact, "lines": lines}


def mark(phone: dict[str, Any], other: dict[str, Any], found: Sequence[Divergence], spoke_first: bool) -> None:
    """Mark the lines at which record and replay part ways. ``spoke_first``: whether the business did."""
    for one in found:
        turn = one.turn + (not spoke_first)
        _mark(phone["lines"], turn, one.recorded, one.what)
        _mark(other["lines"], turn, one.replayed, one.what)


def _mark(lines: list[dict[str, Any]], turn: int, text: str, what: str) -> None:
    for line in lines:
        said = line["text"] if line["who"] != "end" else line.get("outcome", "")
        if line.get("turn") == turn and said[:MOST_CHARS] == text[:MOST_CHARS] and text and "mark" not in line:
            line["mark"] = what
            return


def explained(one: Divergence) -> str:
    """A difference in a sentence: what differs, and the decision before it."""
    what = {
        "changed line": f"the flow now says “{_short(one.replayed)}”, not “{_short(one.recorded)}”",
        "missing line": f"the flow no longer says “{_short(one.recorded)}”",
        "new line": f"the flow now says “{_short(one.replayed)}” as well",
        "outcome": f"it now ends {one.replayed.replace('_', ' ')}, not {one.recorded.replace('_', ' ')}",
    }.get(one.what, one.what)
    if not one.state:
        return f"Turn {one.turn + 1}: {what}."
    why = "none of its conditions" if one.condition == "no match" else _short(one.condition.replace("_", " ", 2))
    return f"Turn {one.turn + 1}: {what}. Decided in {one.state}: “{_short(one.value)}”, {why}."


def parting(here: Sequence[Event], there: Sequence[Event], there_is: str) -> str:
    """Where two walks part, in a sentence; empty where they do not."""
    mine, theirs = ([e for e in events if e.kind == EventKind.STEP and not e.parent] for events in (here, there))
    for one, other in zip(mine, theirs, strict=False):
        if (one.state, one.transitioned_to) != (other.state, other.transitioned_to):
            if one.state != other.state:
                return f"They part before {one.state}: {there_is} is in {other.state} instead."
            return (
                f"They part at {one.state}: here {one.event} to {one.transitioned_to}, "
                f"{there_is} {other.event} to {other.transitioned_to}."
            )
    if len(mine) != len(theirs):
        longer = "this one" if len(mine) > len(theirs) else there_is
        return f"The same way as far as both go; {longer} goes on."
    return ""


def turn_ends(events: Sequence[Event]) -> list[int]:
    """How many events there were before the customer's first message, and after each turn."""
    starts = [at for at, event in enumerate(events) if event.kind == EventKind.RECEIVED]
    if (
        starts
        and events[0].kind == EventKind.STARTED
        and not any(e.kind == EventKind.SENT for e in events[: starts[0]])
    ):
        starts[0] = 0
    return [*starts, len(events)]


def _beats(events: Sequence[Event], ends: Sequence[int], place: ZoneInfo) -> Iterator[dict[str, Any]]:
    turn, active = 0, ""
    for at, event in enumerate(events):
        while turn < len(ends) - 1 and at >= ends[turn]:
            turn += 1
        if event.kind == EventKind.STEP:
            active = event.parent or (event.transitioned_to if event.transitioned_to != ENDED else event.state)
        if event.kind not in _BEATS:
            continue
        now = datetime.fromtimestamp(event.time_s, place)
        words = _WORDS.get(EventKind(event.kind)) or f"{event.state} leaves by {event.event}"
        yield {
            "seq": event.seq,
            "turn": turn,
            "active": active,
            "step": event.kind == EventKind.STEP,
            "clock": f"{now:%a} {now.day} {now:%b %H:%M:%S}",
            "words": words,
        }


def _empty(channel: Channel) -> Mapping[str, Any]:
    return {
        **skin_of(channel),
        "types": False,
        "contact": "",
        "lines": [],
        "open": False,
        "clock": "",
        "counted": "",
        "window": "",
        "stands": "",
        "planned": [],
    }


def _short(text: str, chars: int = 70) -> str:
    flat = plain(" ".join(text.split()))
    return flat if len(flat) <= chars else f"{flat[: chars - 1]}…"
