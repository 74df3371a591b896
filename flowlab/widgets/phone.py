"""A talk as a phone (or a mail program, or a chat window) shows it: plain data for ``js/src/lib/phone.ts``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flowlab.measure.side_by_side import END, FLOW, Cut, side_rows
from flowlab.measure.side_by_side import Talk as Column
from flowlab.measure.totals import totals
from flowlab.model.channel import Channel
from flowlab.model.event import Event, EventKind
from flowlab.model.outcome import MEANING, Outcome
from flowlab.model.shown import Shape, Shown
from flowlab.run.segments import segments
from flowlab.run.session import Session
from flowlab.text.spans import span

#: Seconds without a word from which the phone says how long it was.
NOTABLE_GAP_S = 60.0
#: Of a longer text the page gets so much; nobody reads on, and the browser need not lay it out.
MOST_CHARS = 5_000
_SKINS = {"phone number": "phone", "email address": "mail", "app identity": "app"}

Line = dict[str, Any]


def phone_of(session: Session, ends: Sequence[int]) -> dict[str, Any]:
    """All that the phone shows. ``ends``: how many events there were before the first move, and after each."""
    channel, place = session.channel, ZoneInfo(session.setting.services.timezone)
    rows = list(side_rows(Column(channel, session.events, ends), cut))
    total = totals(rows, channel)
    counted = [f"{total.messages} messages", total.billed, total.money]
    return {
        **skin_of(channel),
        "contact": session.setting.contact,
        "lines": list(lines_of(session.events, rows, ends, place, session.time_s)),
        "open": session.waiting and session.shown is not None and session.shown.shape is not Shape.NUMBERED,
        "clock": f"{session.now:%a} {session.now.day} {session.now:%b %H:%M}",
        "counted": " · ".join(part for part in counted if part),
        "window": _window(session),
        "stands": _stands(session),
        "planned": [kind.replace("_", " ") for kind in session.line.planned],
    }


def skin_of(channel: Channel) -> dict[str, Any]:
    """What the phone must know of a channel to look like it."""
    return {
        "channel": channel.name,
        "label": channel.label,
        "skin": _SKINS.get(channel.identity, "app"),
        "address": channel.example_address,
        "types": channel.value("typing_indicator", False) is not False,
    }


def lines_of(
    events: Sequence[Event], rows: Iterable[Mapping[str, Any]], ends: Sequence[int], place: ZoneInfo, now_s: float
) -> Iterator[Line]:
    """The lines in order. ``rows``: those of :func:`flowlab.measure.side_by_side.side_rows`."""
    by_seq = {row["seq"]: row for row in rows}
    turn, before = 0, None
    for at, event in enumerate(events):
        while turn < len(ends) - 1 and at >= ends[turn]:
            turn += 1
        line = _line(by_seq.get(event.seq), event, events[at + 1] if at + 1 < len(events) else None)
        if line is None:
            continue
        now = datetime.fromtimestamp(event.time_s, place)
        yield from _passed(before, now, turn)
        before = now
        yield {**line, "turn": turn, "seq": event.seq, "time": f"{now:%H:%M:%S}"}
    if before is not None:
        yield from _passed(before, datetime.fromtimestamp(now_s, place), turn)


def _line(row: Mapping[str, Any] | None, event: Event, following: Event | None) -> Line | None:
    if event.kind == EventKind.STEP and event.event == "timeout":
        return {"who": "note", "text": f"no answer: {event.state} times out"}
    if row is None or (row["who"] == END and event.kind != EventKind.ENDED):
        return None
    if row["who"] == END:
        outcome = Outcome(event.event)
        return {"who": END, "text": row["text"], "outcome": event.event, "note": f"{MEANING[outcome]}: {event.detail}"}
    line = {key: row[key] for key in ("who", "shape", "subject", "note", "state")}
    text = row["text"]
    line["text"] = text if len(text) <= MOST_CHARS else f"{text[:MOST_CHARS]}… ({len(text):,} characters)"
    line["media"] = row["media"].split()
    line["meta"] = " · ".join(_meta(row))
    return line | _choices(row, following)


def _choices(row: Mapping[str, Any], following: Event | None) -> Line:
    if row["who"] != FLOW or following is None or following.kind != EventKind.SHOWN:
        return {"choices": [], "list_button": ""}
    shown = Shown.from_json(following.value)
    if shown.shape is Shape.NUMBERED:
        return {"choices": [], "list_button": ""}
    return {"choices": [[one.label, one.description] for one in shown.choices], "list_button": shown.list_button}


def _meta(row: Mapping[str, Any]) -> Iterator[str]:
    """What a message is billed as."""
    if row["encoding"] and row["units"]:
        yield f"{row['units']} segment{'s' * (row['units'] != 1)} {row['encoding']}"
    if row["units"] and row["cost_usd"] == row["cost_usd"]:
        yield f"${row['cost_usd']:.4f}"


def _passed(before: datetime | None, now: datetime, turn: int) -> Iterator[Line]:
    """A note where time passed, or another day began."""
    day = f"{now:%a} {now.day} {now:%b %Y}"
    if before is None:
        yield {"who": "note", "text": f"{day}, simulated time", "turn": turn}
        return
    passed_s = (now - before).total_seconds()
    if passed_s >= NOTABLE_GAP_S:
        other = f", {day}" if before.date() != now.date() else ""
        yield {"who": "note", "text": f"{span(passed_s)} later{other}", "turn": turn}


def _window(session: Session) -> str:
    """Whether free text may still be sent, on a channel where that ends."""
    closes_s = session.window_closes_s
    if closes_s is None or not session.events:
        return ""
    left_s = closes_s - session.time_s
    return f"window open for {span(left_s)}" if left_s > 0 else "window closed: approved templates only"


def _stands(session: Session) -> str:
    if session.waiting and session.execution:
        return f"waits in {session.place}; times out in {span(session.execution.deadline_s - session.time_s)}"
    if session.outcome:
        return str(session.outcome).replace("_", " ")
    return "not begun"


def cut(text: str) -> Cut:
    """How an SMS is cut."""
    found = segments(text)
    return Cut(found.encoding, found.forced_by)
