"""The variables a run starts with: ``trigger``, ``widgets``, ``flow`` and ``contact``, filled as real flows read them.

Sources: Twilio docs *Get Started with Twilio Studio* (context variables), *Conversations Webhooks*, and the variables
that published flows use. Identifiers are invented and the same in every run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from flowlab.model.channel import Channel


class Start(NamedTuple):
    """How a session begins: the trigger ``event``, the first message, and what was known before it.

    ``context`` is a web form, an app's screen or REST parameters.
    """

    event: str
    text: str = ""
    media: tuple[str, ...] = ()
    context: Mapping[str, Any] = MappingProxyType({})


def sid(prefix: str, name: str) -> str:
    """An invented identifier in Twilio's form: two letters and 32 hexadecimal digits."""
    return prefix + hashlib.blake2b(name.encode(), digest_size=16).hexdigest()


FLOW_SID, SERVICE_SID = sid("FW", "flow"), sid("IS", "service")


def initial_scope(start: Start, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    """The scope at the start. ``thread`` (conversation id and execution number) makes the identifiers."""
    return {
        "trigger": _trigger(start, channel, contact, thread),
        "widgets": {},
        "flow": {
            "sid": sid("FN", thread),
            "flow_sid": FLOW_SID,
            "channel": {"address": channel.example_address},
            "variables": {},
            "data": dict(start.context) if start.event == "incomingRequest" else {},
        },
        "contact": {"channel": {"address": contact}},
    }


def _trigger(start: Start, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    ours = channel.example_address
    if start.event == "incomingRequest":
        return {"event": start.event, "request": {"from": ours, "to": contact, "parameters": dict(start.context)}}
    if start.event == "incomingParent":
        return {"event": start.event, "parent": {"parameters": dict(start.context), "trigger_type": "message"}}
    if start.event == "incomingCall":
        return {"event": start.event, "call": {"From": contact, "To": ours, "CallSid": sid("CA", thread)}}
    message = {**inbound(start.text, start.media, channel, contact, 0), **_attributes(start, channel, contact, thread)}
    group = "conversation" if start.event == "incomingConversationMessage" else "message"
    return {"event": start.event, group: message}


def _attributes(start: Start, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {"channel_type": channel.name, "from": contact}
    if start.context:
        attributes["pre_engagement_data"] = dict(start.context)
    chat = sid("CH", thread)
    return {"ConversationSid": chat, "ChannelSid": chat, "InstanceSid": SERVICE_SID, "ChannelAttributes": attributes}


def inbound(text: str, media: tuple[str, ...], channel: Channel, contact: str, number: int) -> dict[str, Any]:
    """An inbound message as the webhook passes it on; ``number`` makes its identifier."""
    message: dict[str, Any] = {
        "Body": text,
        "From": contact,
        "To": channel.example_address,
        "Author": contact,
        "MessageSid": f"IM{number:032x}",
        "NumMedia": str(len(media)),
        "Source": "SDK",
    }
    for index, address in enumerate(media):
        message[f"MediaUrl{index}"] = address
    return message
