"""Talking to a flow in the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable

from flowlab.errors import FlowlabError, UsageError
from flowlab.model.event import EventKind
from flowlab.run.session import Session

HELP = """  anything else is said to the flow
  /wait 3600     let time pass (seconds; also 90s, 15m, 2h, 3d)
  /back          take the last thing back
  /restart       begin again
  /vars          what templates can read now
  /events        what happened in the last turn
  /quit          leave (also Ctrl-D)"""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def run_chat(session: Session, read: Callable[[str], str], say: Callable[[str], None]) -> None:
    """Read lines and show what the flow answers, until /quit or the end of input."""
    history = [session]
    say(f"{session.flow.name} on {session.channel.label}. Say something to begin; /help for more.")
    while True:
        try:
            line = read("you> ").strip()
        except (EOFError, KeyboardInterrupt):
            say("")
            return
        if line == "/quit":
            return
        try:
            _turn(line, history, say)
        except FlowlabError as error:
            say(f"  ! {error}")


def _turn(line: str, history: list[Session], say: Callable[[str], None]) -> None:
    word, _, rest = line.partition(" ")
    if word == "/help":
        say(HELP)
    elif word == "/back":
        if len(history) > 1:
            history.pop()
        say(f"  back: {_where(history[-1])}")
    elif word == "/restart":
        del history[1:]
        say("  begun again")
    elif word == "/vars":
        say(json.dumps(history[-1].variables, ensure_ascii=False, indent=2))
    elif word == "/events":
        _show_events(history, say)
    elif word == "/wait":
        _move(history, say, lambda session: session.wait(seconds(rest)))
    elif word.startswith("/"):
        say(f"  ! unknown command {word}; /help lists them")
    else:
        _move(history, say, lambda session: session.say(line))


def _move(history: list[Session], say: Callable[[str], None], go: Callable[[Session], list[str]]) -> None:
    session = history[-1].fork()
    said = go(session)
    known = len(history[-1].events)
    history.append(session)
    for text in said:
        say(f"bot> {text}")
    for event in session.events[known:]:
        if event.kind in (EventKind.UNANSWERED, EventKind.FAULT):
            say(f"  ! {event.detail}")
    say(f"  {_where(session)}")


def _where(session: Session) -> str:
    if session.outcome:
        return f"[ended: {session.outcome}; what you say next begins a new execution]"
    inside = f", inside {session.parent}" if session.parent else ""
    return f"[waits in {session.state}{inside}]" if session.waiting else "[not begun]"


def _show_events(history: list[Session], say: Callable[[str], None]) -> None:
    known = len(history[-2].events) if len(history) > 1 else 0
    for event in history[-1].events[known:]:
        if event.kind == EventKind.STEP:
            why = f"  ({event.condition}: {event.value!r})" if event.condition else ""
            inside = f"{event.parent} > " if event.parent else ""
            say(f"  {inside}{event.state} -{event.event}-> {event.transitioned_to}{why}")
        else:
            say(f"  {event.kind}: {event.text or event.detail or event.value}")


def seconds(text: str) -> float:
    """A span of time in seconds.

    Raises UsageError for anything that is none.

    >>> seconds("90"), seconds("15m"), seconds("2h")
    (90.0, 900.0, 7200.0)
    """
    bare = text.strip().lower()
    unit = _UNITS.get(bare[-1:], 0)
    try:
        value = float(bare[:-1] if unit else bare) * (unit or 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise UsageError(f"{text!r} is no span of time; write it like 90s, 15m, 2h or 3d")
    return value
