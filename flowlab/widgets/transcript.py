"""A session as a chat: bubbles, times, and notes where something happened that nobody wrote."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flowlab.model.event import Event, EventKind
from flowlab.model.outcome import MEANING, Outcome
from flowlab.run.session import Session
from flowlab.text.markup import safe
from flowlab.text.spans import span
from flowlab.widgets.frame import safe_lines

#: Seconds without a word from which the chat says how long it was.
NOTABLE_GAP_S = 60.0


def transcript_html(session: Session) -> str:
    """The whole talk as HTML; the newest line stays in sight. Styled by ``widgets.css``."""
    lines = "".join(_lines(session)) or _note("Write the customer's first message to begin.")
    label = safe(f"Conversation on {session.channel.label}")
    # Keys pressed in a part of the page that has the focus would otherwise be JupyterLab's shortcuts.
    focus = "tabindex=0 data-lm-suppress-shortcuts=true"
    return f"<div class=fl-scroll {focus} role=log aria-label='{label}'><div class=fl-lines>{lines}</div></div>"


def _lines(session: Session) -> Iterator[str]:
    zone = ZoneInfo(session.setting.services.timezone)
    shown = [event for event in session.events if _is_shown(event)]
    if not shown:
        return
    times = [datetime.fromtimestamp(time_s, zone) for time_s in (*(e.time_s for e in shown), session.time_s)]
    yield _note(f"{_day(times[0])}, simulated time")
    for event, at, after in zip(shown, times, times[1:], strict=False):
        yield _line(event, at)
        yield _gap(at, after)


def _is_shown(event: Event) -> bool:
    if event.kind == EventKind.FAULT:
        return bool(event.text)  # a message that was refused; other faults belong to the list of what happened
    timed_out = event.kind == EventKind.STEP and event.event == "timeout"
    return timed_out or event.kind in (EventKind.RECEIVED, EventKind.SENT, EventKind.ENDED)


def _line(event: Event, at: datetime) -> str:
    if event.kind == EventKind.RECEIVED:
        return _bubble("customer", "Customer", event, at)
    if event.kind == EventKind.SENT:
        return _bubble("bot", "Flow", event, at)
    if event.kind == EventKind.FAULT:
        return _bubble("bot fl-refused", "Not delivered", event, at)
    if event.kind == EventKind.ENDED:
        return _end(event)
    return _note(f"no answer: {event.state} times out")


def _bubble(kind: str, who: str, event: Event, at: datetime) -> str:
    attached = "".join(f"<div class=fl-media>attachment: {safe(name)}</div>" for name in event.value.split())
    remark = f" · {safe(event.detail)}" if event.detail else ""
    return (
        f"<div class='fl-bubble fl-{kind}'><span class=fl-unseen>{who}: </span>"
        f"<div class=fl-text dir=auto>{safe_lines(event.text)}</div>{attached}"
        f"<div class=fl-time>{at:%H:%M:%S}{remark}</div></div>"
    )


def _gap(before: datetime, after: datetime) -> str:
    passed = (after - before).total_seconds()
    if passed < NOTABLE_GAP_S:
        return ""
    return _note(span(passed) + " later" + (f", {_day(after)}" if before.date() != after.date() else ""))


def _day(moment: datetime) -> str:
    return f"{moment:%a} {moment.day} {moment:%b %Y}"


def _end(event: Event) -> str:
    outcome = Outcome(event.event)
    return (
        f"<div class=fl-end data-outcome='{safe(outcome)}'><b>{safe(outcome.replace('_', ' ').capitalize())}</b>"
        f"<div>{safe(MEANING[outcome])}</div><div>{safe(event.detail)}</div></div>"
    )


def _note(text: str) -> str:
    return f"<div class=fl-note>{safe(text)}</div>"
