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
from flowlab.model.sids import ACCOUNT_SID, FLOW_SID, SERVICE_SID, digits, sid


class Start(NamedTuple):
    """How a session begins: the trigger ``event``, the first message, and what was known before it.

    ``context`` is a web form, an app's screen or REST parameters.
    """

    event: str
    text: str = ""
    media: tuple[str, ...] = ()
    context: Mapping[str, Any] = MappingProxyType({})


MESSAGE_EVENTS = ("incomingMessage", "incomingConversationMessage")
#: What ``trigger.parent.trigger_type`` says of the way in that the parent flow was entered by.
_TRIGGER_TYPES = {
    "incomingMessage": "message",
    "incomingConversationMessage": "conversation",
    "incomingRequest": "request",
    "incomingCall": "call",
}


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
    if start.event == "incomingCall":
        call = {"From": contact, "To": ours, "CallSid": "CA" + mark, "AccountSid": ACCOUNT_SID}
        return {"event": start.event, "call": {**call, "CallStatus": "ringing", "Direction": "inbound"}}
    if start.event == "incomingParent":  # run by itself, with what a parent on this channel would have passed on
        above = _trigger(start._replace(event=channel.trigger_event, context={}), channel, contact, mark)
        return within_parent(above, start.context, {"sid": "FN" + mark, "flow_sid": FLOW_SID}, "parent")
    message = inbound(sender(channel, contact), start.text, start.media, 0) | _attributes(start, channel, contact, mark)
    group = "conversation" if start.event == "incomingConversationMessage" else "message"
    return {"event": start.event, group: message}


def within_parent(
    trigger: Mapping[str, Any], parameters: Mapping[str, Any], flow: Mapping[str, Any], state: str
) -> dict[str, Any]:
    """The ``trigger`` of a subflow: its parent's, and under ``parent`` the parameters and where it was run from.

    ``flow``: the parent's group of that name; ``state``: the state that runs it.
    """
    parent = {
        "parameters": dict(parameters),
        "step_sid": sid("FT", f"{flow['sid']}/{state}"),
        "execution_sid": flow["sid"],
        "flow_sid": flow["flow_sid"],
        "trigger_type": _TRIGGER_TYPES.get(trigger["event"], "message"),
    }
    return {**trigger, "event": "incomingParent", "parent": parent}


def conversation_sid(scope: Mapping[str, Any]) -> str:
    """The conversation that a run is on: the one it opened, or was started from; empty for plain messages."""
    opened = scope["flow"]["channel"].get("sid")
    return str(opened or scope["trigger"].get("conversation", {}).get("ConversationSid", ""))


def _attributes(start: Start, channel: Channel, contact: str, mark: str) -> dict[str, Any]:
    """What Conversations and the older chat pass on with a message; published flows read either under either name."""
    attributes: dict[str, Any] = {"channel_type": channel.name, "from": contact}
    if start.context:
        attributes["pre_engagement_data"] = dict(start.context)
    chat = "CH" + mark
    return {
        "ConversationSid": chat,
        "ChannelSid": chat,
        "InstanceSid": SERVICE_SID,
        "ChannelAttributes": attributes,
        "ParticipantSid": "MB" + mark,
    }


def sender(channel: Channel, contact: str) -> dict[str, Any]:
    """What all of a customer's messages have in common, in the order in which the webhook names it."""
    return {
        "Body": "",
        "From": contact,
        "To": channel.example_address,
        "Author": contact,
        "MessageSid": "",
        "AccountSid": ACCOUNT_SID,
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
