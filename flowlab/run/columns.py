"""The columns of a side by side: a channel or an entry point each, on which the same turns are played."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

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

    A turn that some columns cannot do, such as the choice of a button that is not there, is left out on them. Raises
    UsageError for anything else in ``start``, and for a turn that no column can do.
    """
    names, options = titles(columns), session_options(start)
    played = []
    for column in columns:
        medium, known, event = beginning(column, start.get("context"), start.get("event", ""), names)
        played.append(play(Session(flow, medium, services=world, **options), turns, known, event))
    for number in range(len(turns)):
        if all(number in one.undone for one in played):
            raise UsageError(played[0].undone[number])
    return played


def session_options(start: Mapping[str, Any]) -> dict[str, Any]:
    """What in ``start`` is for the session alone. Raises UsageError for what nobody takes."""
    options = {key: value for key, value in start.items() if key not in ("context", "event")}
    for key in options:
        if key not in _START:
            raise UsageError(f"a talk begins with no {key!r}. {did_you_mean(key, ['context', 'event', *_START])}")
    return options


class Beginning(NamedTuple):
    """How the talk begins on one column: where, with what known before, and by which trigger event if not a message."""

    medium: str | Channel
    known: Mapping[str, Any]
    event: str


def beginning(column: Column, context: Mapping[str, Any] | None, event: str, names: Collection[str]) -> Beginning:
    """What ``context`` and ``event`` for all columns are on this one. ``names``: what the columns are called.

    Raises what :func:`flowlab.run.turns.known_on` raises.
    """
    if isinstance(column, EntryPoint):
        known = known_on(column.name, context, {*names, *channels})
        event = event or ("incomingRequest" if column.starts == BUSINESS else "")
        return Beginning(column.medium, {**column.context, **known}, event)
    name = column if isinstance(column, str) else column.name
    return Beginning(column, known_on(name, context, {*names, *channels}), event)


def stands(session: Session) -> str:
    """How a talk stands, in words."""
    if session.waiting:
        return f"waits in {session.place}"
    return str(session.outcome or "not begun").replace("_", " ")
