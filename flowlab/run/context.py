"""The variables a run starts with: ``trigger``, ``widgets``, ``flow`` and ``contact``, filled as real flows read them.

Sources: Twilio docs *Get Started with Twilio Studio* (context variables), *Conversations Webhooks*, and the variables
that published flows use. Identifiers are invented and the same in every run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.model.channel import Channel
from flowlab.run.step import Reply


@dataclass(frozen=True, slots=True)
class Start:
    """How a session begins: the trigger ``event``, the first message, and what was known before it.

    ``context`` is a web form, an app's screen or REST parameters.
    """

    event: str
    text: str = ""
    media: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)


def sid(prefix: str, *parts: object) -> str:
    """An invented identifier in Twilio's form: two letters and 32 hexadecimal digits."""
    return prefix + hashlib.blake2b("/".join(map(str, parts)).encode(), digest_size=16).hexdigest()


def initial_scope(start: Start, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    """The scope at the start. ``thread`` (conversation id and execution number) makes the identifiers."""
    ours = channel.example_address
    return {
        "trigger": _trigger(start, channel, contact, thread),
        "widgets": {},
        "flow": {
            "sid": sid("FN", thread),
            "flow_sid": sid("FW", "flow"),
            "channel": {"address": ours},
            "variables": {},
            "data": dict(start.context) if start.event == "incomingRequest" else {},
        },
        "contact": {"channel": {"address": contact}},
    }


def _trigger(start: Start, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    ours = channel.example_address
    if start.event == "incomingRequest":
        return {
            "event": start.event,
            "request": {"from": ours, "to": contact, "parameters": dict(start.context)},
        }
    if start.event == "incomingParent":
        return {
            "event": start.event,
            "parent": {"parameters": dict(start.context), "trigger_type": "message"},
        }
    if start.event == "incomingCall":
        return {"event": start.event, "call": {"From": contact, "To": ours, "CallSid": sid("CA", thread)}}
    message = inbound(Reply(start.text, start.media, {}), channel, contact, thread)
    message |= _attributes(start, channel, contact, thread)
    group = "conversation" if start.event == "incomingConversationMessage" else "message"
    return {"event": start.event, group: message}


def _attributes(start: Start, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {"channel_type": channel.name, "from": contact}
    if start.context:
        attributes["pre_engagement_data"] = dict(start.context)
    chat = sid("CH", thread)
    return {
        "ConversationSid": chat,
        "ChannelSid": chat,
        "InstanceSid": sid("IS", "service"),
        "ChannelAttributes": attributes,
    }


def inbound(reply: Reply, channel: Channel, contact: str, thread: str) -> dict[str, Any]:
    """An inbound message as the webhook passes it on."""
    message: dict[str, Any] = {
        "Body": reply.text,
        "From": contact,
        "To": channel.example_address,
        "Author": contact,
        "MessageSid": "IM" + thread[-32:].rjust(32, "0"),
        "NumMedia": str(len(reply.media)),
        "Source": "SDK",
    }
    for index, address in enumerate(reply.media):
        message[f"MediaUrl{index}"] = address
    return message
