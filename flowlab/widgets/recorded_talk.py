"""A recorded conversation as a talk: the customer's moves with their times, to go on from."""

from __future__ import annotations

from datetime import UTC, datetime

from flowlab.model.channel import Channel
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.flow import Flow
from flowlab.run.program import compile_flow
from flowlab.run.services import Services
from flowlab.run.session import DEFAULT_REPLY_S
from flowlab.run.turns import Turn
from flowlab.widgets.setup import Setup
from flowlab.widgets.talk import Talk


def talk_from(talk: Conversation, flow: Flow, channel: Channel, services: Services, turns: int) -> Talk:
    """The talk up to its customer's message number ``turns``, as a replay has it.

    >>> from flowlab.model.channel import channel
    >>> from flowlab.model.conversation import Message
    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"),), {"body": "Your name?"})
    >>> said = (Message(Role.CUSTOMER, "hi", 0.0), Message(Role.CUSTOMER, "Ana", 30.0))
    >>> made = talk_from(Conversation("7", "sms", said), Flow((ask,), "ask"), channel("sms"), Services(), 2)
    >>> [(move.say, move.after_s) for move in made.moves]
    [('hi', 0.0), ('Ana', 30.0)]
    """
    first = talk.messages[0] if talk.messages else None
    begins = first is not None and first.role is Role.BOT
    by_business = begins and "incomingRequest" in compile_flow(flow, services.readings).entries
    start = "" if talk.start_s is None else datetime.fromtimestamp(talk.start_s, UTC).isoformat()
    setup = Setup(
        channel,
        services,
        contact=talk.contact,
        start=start,
        event="incomingRequest" if by_business else "",
        context=talk.context,
        conversation_id=talk.id,
    )
    made = Talk(flow, setup, "Fork")
    written_to_agent = False
    for message in talk.messages:
        if message.role is not Role.CUSTOMER:
            written_to_agent = written_to_agent or message.role is Role.AGENT
        elif len(made.moves) == turns or (written_to_agent and not made.session.handed_off):
            break
        else:
            made.move(_turn(message, made.session.time_s))
    return made


def _turn(message: Message, now_s: float) -> Turn:
    after_s = DEFAULT_REPLY_S if message.time_s is None else max(message.time_s - now_s, 0.0)
    return Turn(message.text, media=message.media, after_s=after_s)
