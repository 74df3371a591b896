"""A session as a record of a conversation: what both sides wrote, as an export of the platform would have it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import EventKind
from flowlab.model.outcome import Outcome
from flowlab.run.session import Session

_ROLES = {EventKind.RECEIVED.value: Role.CUSTOMER, EventKind.SENT.value: Role.BOT, EventKind.KEYWORD.value: Role.SYSTEM}


def record(session: Session, context: Mapping[str, Any] | None = None) -> Conversation:
    """What was said in a session; ``context``: what was known before it. Its outcome is ``open`` while it goes on.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> session = Session(Flow((State("hi", "send-message", (Transition("sent"),), {"body": "Hello!"}),), "hi"))
    >>> replies = session.start("hey")
    >>> [(message.role.value, message.text) for message in record(session).messages], record(session).outcome
    ([('customer', 'hey'), ('bot', 'Hello!')], 'contained')
    """
    said = [event for event in session.events if event.kind in _ROLES]
    messages = [
        Message(_ROLES[e.kind], e.text, e.time_s, tuple(e.value.split()) if _has_media(e.kind) else ()) for e in said
    ]
    setting = session.setting
    return Conversation(
        id=setting.conversation_id,
        channel=session.channel.name,
        messages=tuple(messages),
        outcome=str(session.outcome or Outcome.OPEN),
        contact=setting.contact,
        entry_point=session.channel.example_address,
        context=dict(context or {}),
    )


def _has_media(kind: str) -> bool:
    return kind != EventKind.KEYWORD
