"""Recorded conversations through a flow: the customer's turns at their times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from flowlab.model.channel import Channel
from flowlab.model.channel import channel as find_channel
from flowlab.model.conversation import Conversation, Role
from flowlab.model.entry_point import EntryPoints
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.run.clock import DEFAULT_START
from flowlab.run.execution import Setting
from flowlab.run.faults import Faults
from flowlab.run.line import CALM, Line
from flowlab.run.memo import Memo
from flowlab.run.program import Program, compile_flow
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import DEFAULT_REPLY_S, Session

CUSTOMER, BOT, AGENT = Role.CUSTOMER, Role.BOT, Role.AGENT  # read once: Python is slow to find a member of an enum


class Replayed(NamedTuple):
    """One conversation replayed."""

    conversation: Conversation
    events: list[Event]


def replay_all(
    flow: Flow | Program,
    conversations: Iterable[Conversation],
    services: Services | Mapping[str, Any] | str | Path | None = None,
    channels: Mapping[str, Channel] | None = None,
    faults: Faults = CALM,
    points: EntryPoints | None = None,
) -> Iterator[Replayed]:
    """Replay one conversation after the other. ``channels``: your own, beside (or instead of) the built-in ones.

    ``points``: where each came in, by its channel and address; what was known beforehand is what was recorded. Raises
    UsageError for a conversation on a channel that nobody knows, or that came in at none of the points.
    """
    world = load_services(services)
    program = compile_flow(flow, world.readings)
    subflows: dict[str, Program] = {}
    memos: defaultdict[tuple[str, str], Memo] = defaultdict(Memo)
    start_s = datetime.fromisoformat(DEFAULT_START).timestamp()
    for conversation in conversations:
        if points is None:
            medium = find_channel((channels or {}).get(conversation.channel, conversation.channel))
        else:
            point = points.at(conversation.entry_point, conversation.channel)
            medium = point.medium
            conversation = replace(conversation, entry_point=f"{point.name} ({medium.name})")
        contact = conversation.contact or medium.example_contact
        memo = memos[conversation.channel, medium.example_address]
        setting = Setting(program, medium, world, contact, conversation.id, memo, subflows)
        begun_s = conversation.start_s
        session = Session.within(setting, start_s if begun_s is None else begun_s, Line(conversation.id, faults))
        _feed(session, conversation)
        session.conclude()
        yield Replayed(conversation, session.events)


def _feed(session: Session, conversation: Conversation) -> None:
    """The customer's turns, each at its time. What was written to an agent is not fed to the bot."""
    first = conversation.messages[0] if conversation.messages else None
    if first and first.role is BOT and session.starts_by("incomingRequest"):
        session.start(event="incomingRequest", context=conversation.context)
    written_to_agent = False
    for message in conversation.messages:
        if message.role is not CUSTOMER:
            written_to_agent = written_to_agent or message.role is AGENT
            continue
        if written_to_agent and not session.handed_off:
            return
        after_s = DEFAULT_REPLY_S
        if message.time_s is not None:
            after_s = message.time_s - session.time_s if message.time_s > session.time_s else 0.0
        if session.execution is None:
            session.wait(0.0 if message.time_s is None else after_s)
            session.start(message.text, media=message.media, context=conversation.context)
        else:
            session.say(message.text, media=message.media, after_s=after_s)
