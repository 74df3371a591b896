"""When a channel closes a conversation for silence: the fact ``session_expires_h`` of its file, none for never.

Sources: Twilio docs, *Conversation lifecycle* and *States and Timers in Conversations* (read 2026-11-25): timers
run from the last message of either side; a closed conversation cannot be opened again, and what comes next begins a new
one.
"""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING

from flowlab.model.channel import Channel
from flowlab.model.event import EventKind

if TYPE_CHECKING:
    from flowlab.run.session import Session

_SAID = frozenset({EventKind.RECEIVED.value, EventKind.SENT.value})
_EXPIRED = EventKind.EXPIRED.value


def life_h(channel: Channel) -> float:
    """Hours of silence after which the channel closes a conversation; infinite for never."""
    return float(channel.value("session_expires_h", inf))


def closes_s(session: Session) -> float:
    """When the conversation is closed if nobody writes, in seconds since 1970 UTC; infinite for never, or closed."""
    hours = life_h(session.channel)
    if hours == inf:
        return inf
    for event in reversed(session.events):
        if event.kind == _EXPIRED:
            return inf
        if event.kind in _SAID:
            return event.time_s + hours * 3_600
    return inf
