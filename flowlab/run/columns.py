"""The columns of a side by side: a channel or an entry point each, on which the same turns are played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.channel import Channel, channels
from flowlab.model.entry_point import BUSINESS, EntryPoint
from flowlab.model.flow import Flow
from flowlab.run.services import Services
from flowlab.run.session import Session
from flowlab.run.turns import Played, Turn, known_on, play

Column = str | Channel | EntryPoint
#: What of a session may be said for all columns, beside ``context`` and ``event``.
_START = ("contact", "start_time", "conversation_id", "faults")


def titles(columns: Sequence[Column]) -> list[str]:
    """What each column is called. Raises UsageError for one that stands there twice.

    >>> titles(["sms", "line"])
    ['sms', 'line']
    """
    names = [one if isinstance(one, str) else one.name for one in columns]
    twice = next((name for name, n in Counter(names).items() if n > 1), None)
    if twice is not None:
        raise UsageError(f"{twice!r} is given twice; each column has a name of its own")
    return names


def play_all(
    flow: Flow, columns: Sequence[Column], turns: Sequence[Turn], world: Services, start: Mapping[str, Any]
) -> list[Played]:
    """The turns on every column, in a session each. ``start``: ``context``, ``event`` and what a session takes.

    Raises UsageError for anything else in ``start``, and what :func:`flowlab.run.turns.play` raises.
    """
    names = titles(columns)
    options = {key: value for key, value in start.items() if key not in ("context", "event")}
    for key in options:
        if key not in _START:
            raise UsageError(f"side_by_side takes no {key!r}. {did_you_mean(key, ['context', 'event', *_START])}")
    played = []
    for name, column in zip(names, columns, strict=True):
        known = known_on(name, start.get("context"), {*names, *channels})
        event = start.get("event", "")
        if isinstance(column, EntryPoint):
            known = {**column.context, **known}
            event = event or ("incomingRequest" if column.starts == BUSINESS else "")
        medium = column.medium if isinstance(column, EntryPoint) else column
        played.append(play(Session(flow, medium, services=world, **options), turns, known, event))
    return played


def stands(session: Session) -> str:
    """How a talk stands, in words."""
    if session.waiting:
        return f"waits in {session.place}"
    return str(session.outcome or "not begun").replace("_", " ")
