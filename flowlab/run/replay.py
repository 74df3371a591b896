"""Recorded conversations through a flow: the customer's turns at their times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from flowlab.model.channel import Channel
from flowlab.model.channel import channel as find_channel
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.run.execution import Setting
from flowlab.run.memo import Memo
from flowlab.run.program import Program, compile_flow
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import DEFAULT_REPLY_S, DEFAULT_START, Session


class Replayed(NamedTuple):
    """One conversation replayed."""

    conversation: Conversation
    events: list[Event]


def replay_all(
    flow: Flow | Program,
    conversations: Iterable[Conversation],
    services: Services | Mapping[str, Any] | str | Path | None = None,
    channels: Mapping[str, Channel] | None = None,
) -> Iterator[Replayed]:
    """Replay one conversation after the other. ``channels``: your own, beside (or instead of) the built-in ones.

    Raises UsageError for a conversation on a channel that nobody knows.
    """
    program, world, memo = compile_flow(flow), load_services(services), Memo()
    start_s = datetime.fromisoformat(DEFAULT_START).timestamp()
    for conversation in conversations:
        medium = find_channel((channels or {}).get(conversation.channel, conversation.channel))
        contact = conversation.contact or medium.example_contact
        setting = Setting(program, medium, world, contact, conversation.id, memo)
        session = Session.within(setting, start_s if conversation.start_s is None else conversation.start_s)
        _feed(session, conversation)
        session.conclude()
        yield Replayed(conversation, session.events)


def _feed(session: Session, conversation: Conversation) -> None:
    """The customer's turns, each at its time. What was written to an agent is not fed to the bot."""
    first = conversation.messages[0] if conversation.messages else None
    if first and first.role is Role.BOT and session.starts_by("incomingRequest"):
        session.start(event="incomingRequest", context=conversation.context)
    for message, to_agent in _turns(conversation.messages):
        if to_agent and not session.handed_off:
            return
        after_s = DEFAULT_REPLY_S if message.time_s is None else max(0.0, message.time_s - session.time_s)
        if session.execution is None:
            session.wait(0.0 if message.time_s is None else after_s)
            session.start(message.text, media=message.media, context=conversation.context)
        else:
            session.say(message.text, media=message.media, after_s=after_s)


def _turns(messages: Sequence[Message]) -> Iterator[tuple[Message, bool]]:
    to_agent = False
    for message in messages:
        to_agent = to_agent or message.role is Role.AGENT
        if message.role is Role.CUSTOMER:
            yield message, to_agent
