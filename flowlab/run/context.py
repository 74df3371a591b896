"""The variables a run starts with: ``trigger``, ``widgets``, ``flow`` and ``contact``, filled as real flows read them.

Sources: Twilio docs *Get Started with Twilio Studio* (context variables), *Conversations Webhooks*, and the variables
that published flows use. Identifiers are invented and the same in every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

from flowlab.model.channel import Channel
from flowlab.model.sids import FLOW_SID, SERVICE_SID, digits


class Start(NamedTuple):
    """How a session begins: the trigger ``event``, the first message, and what was known before it.

    ``context`` is a web form, an app's screen or REST parameters.
    """

    event: str
    text: str = ""
    media: tuple[str, ...] = ()
    context: Mapping[str, Any] = MappingProxyType({})


def initial_scope(start: Start, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    """The scope at the start. ``thread`` (conversation id and execution number) makes the identifiers."""
    mark = digits(thread)
    return {
        "trigger": _trigger(start, channel, contact, mark),
        "widgets": {},
        "flow": {
            "sid": "FN" + mark,
            "flow_sid": FLOW_SID,
            "channel": {"address": channel.example_address},
            "variables": {},
            "data": dict(start.context) if start.event == "incomingRequest" else {},
        },
        "contact": {"channel": {"address": contact}},
    }


def _trigger(start: Start, channel: Channel, contact: str, mark: str) -> dict[str, Any]:
    ours = channel.example_address
    if start.event == "incomingRequest":
        return {"event": start.event, "request": {"from": ours, "to": contact, "parameters": dict(start.context)}}
    if start.event == "incomingParent":
        return {"event": start.event, "parent": {"parameters": dict(start.context), "trigger_type": "message"}}
    if start.event == "incomingCall":
        return {"event": start.event, "call": {"From": contact, "To": ours, "CallSid": "CA" + mark}}
    message = inbound(sender(channel, contact), start.text, start.media, 0) | _attributes(start, channel, contact, mark)
    group = "conversation" if start.event == "incomingConversationMessage" else "message"
    return {"event": start.event, group: message}


def _attributes(start: Start, channel: Channel, contact: str, mark: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {"channel_type": channel.name, "from": contact}
    if start.context:
        attributes["pre_engagement_data"] = dict(start.context)
    chat = "CH" + mark
    return {"ConversationSid": chat, "ChannelSid": chat, "InstanceSid": SERVICE_SID, "ChannelAttributes": attributes}


def sender(channel: Channel, contact: str) -> dict[str, Any]:
    """What all of a customer's messages have in common, in the order in which the webhook names it."""
    return {
        "Body": "",
        "From": contact,
        "To": channel.example_address,
        "Author": contact,
        "MessageSid": "",
        "NumMedia": "0",
        "Source": "SDK",
    }


def inbound(sender: Mapping[str, Any], text: str, media: tuple[str, ...], number: int) -> dict[str, Any]:
    """An inbound message as the webhook passes it on; ``number`` makes its identifier."""
    message = {**sender, "Body": text, "MessageSid": _message_sid(number)}
    if media:
        message["NumMedia"] = str(len(media))
        message |= {f"MediaUrl{index}": address for index, address in enumerate(media)}
    return message


@lru_cache(maxsize=1024)  # the same few numbers in every conversation
def _message_sid(number: int) -> str:
    return f"IM{number:032x}"
