"""What templates can read: as published flows read it, for messages, conversations, the older chat and REST starts."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
from conftest import state

from flowlab.model.channel import channels
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import EventKind
from flowlab.model.flow import Flow
from flowlab.run import memo
from flowlab.run.replay import replay_all
from flowlab.run.session import Session

WAIT = "send-and-wait-for-reply"
WAYS = ("incomingMessage", "incomingConversationMessage", "incomingRequest", "incomingParent", "incomingCall")


def told(body: str, channel: str = "sms", **start: Any) -> str:
    """What a flow of one message says, begun so."""
    say = state("say", "send-message", {"sent": None}, body=f"[{body}]")
    flow = Flow((state("Trigger", "trigger", dict.fromkeys(WAYS, "say")), say), "Trigger")
    (text,) = Session(flow, channel).start(**start or {"text": "hello"})
    return text[1:-1]


REST: dict[str, Any] = {"event": "incomingRequest", "context": {"order": {"id": 7}}}
FORM: dict[str, Any] = {"text": "hello", "context": {"friendlyName": "Ana"}}
READ = [
    ("{{trigger.message.Body}} {{trigger.message.From}} {{trigger.message.To}}", "sms", {}, "hello"),
    ("{{trigger.message.NumMedia}}{{trigger.message.MediaUrl0}}", "sms", {"media": ("u",)}, "1u"),
    ("{{contact.channel.address}}", "sms", {}, "+12025550143"),
    ("{{flow.channel.address}}", "sms", {}, "+12025550100"),
    ("{{trigger.message.ChannelAttributes.channel_type}}", "sms", {}, "sms"),
    ("{{trigger.message.Source}}", "sms", {}, "SDK"),
    ("{{trigger.conversation.Body}} {{trigger.message.Body}}", "webchat", {}, "hello "),
    ("{{trigger.conversation.ChannelAttributes.pre_engagement_data.friendlyName}}", "webchat", FORM, "Ana"),
    (
        "{{trigger.message.ChannelAttributes.pre_engagement_data.friendlyName}}",
        "webchat",
        {**FORM, "event": "incomingMessage"},  # the older chat
        "Ana",
    ),
    ("{{trigger.conversation.Author}} {{trigger.conversation.From}}", "webchat", {}, "visitor-0143 visitor-0143"),
    ("{{trigger.call.From}} {{trigger.call.To}}", "sms", {"event": "incomingCall"}, "+12025550143 +12025550100"),
    ("{{trigger.call.CallStatus}} {{trigger.call.Direction}}", "sms", {"event": "incomingCall"}, "ringing inbound"),
    ("{{trigger.request.parameters.order.id}} {{flow.data.order.id}}", "sms", REST, "7 7"),
    ("{{trigger.request.from}} {{trigger.request.to}}", "sms", REST, "+12025550100 +12025550143"),
    ("{{contact.channel.address}}", "sms", REST, "+12025550143"),
    ("{{trigger.parent.parameters.order.id}}", "sms", {**REST, "event": "incomingParent"}, "7"),
    ("{{trigger.parent.trigger_type}}", "webchat", {**REST, "event": "incomingParent"}, "conversation"),
    ("{{trigger.nothing.at.all}}", "sms", {}, ""),
]


@pytest.mark.parametrize(("body", "channel", "start", "expected"), READ)
def test_what_published_flows_read(body: str, channel: str, start: dict[str, Any], expected: str) -> None:
    assert told(body, channel, **start).startswith(expected)


@pytest.mark.parametrize("group", ["message", "conversation"])
def test_what_the_chat_is_known_by_stands_under_either_name(group: str) -> None:
    event = "incomingMessage" if group == "message" else "incomingConversationMessage"
    shapes = {
        "ChannelSid": "CH",
        "ConversationSid": "CH",
        "InstanceSid": "IS",
        "ParticipantSid": "MB",
        "MessageSid": "IM",
        "AccountSid": "AC",
    }
    for name, letters in shapes.items():
        found = told(f"{{{{trigger.{group}.{name}}}}}", text="hello", event=event)
        assert (found[:2], len(found)) == (letters, 34), name
    assert told("{{flow.sid}}")[:2] == "FN"
    assert told("{{flow.flow_sid}}")[:2] == "FW"


@pytest.mark.parametrize("name", list(channels))
def test_addresses_are_the_channels_own(name: str) -> None:
    channel = channels[name]
    assert told("{{flow.channel.address}}|{{contact.channel.address}}", name) == (
        f"{channel.example_address}|{channel.example_contact}"
    )


# --- what was sent, with remembering and without


SHOWN = [
    "{{widgets.ask.outbound.To}}",
    "{{widgets.ask.outbound.Sid}} {{widgets.ask.outbound.Body}}",
    "{{widgets.ask | to_json}}",
    "{{widgets['ask'].outbound['From']}}",
    "{% assign w = widgets %}{{w.ask.outbound.To}}",
    "{{widgets.ask.outbound.ConversationSid}}{{widgets.ask.outbound.Author}}",
]


@pytest.mark.parametrize("channel", ["sms", "webchat"])
@pytest.mark.parametrize("body", SHOWN)
def test_a_flow_that_shows_what_it_sent_shows_each_conversations_own(body: str, channel: str) -> None:
    ask = state("ask", WAIT, {"incomingMessage": "show", "timeout": None}, body="Well?")
    show = state("show", "send-message", {"sent": "agent"}, body=f"[{body}]")
    agent = state("agent", "send-to-flex", {"callComplete": "task"}, attributes="{}")
    task = state("task", "send-message", {"sent": None}, body="{{widgets.agent.sid}}")
    flow = Flow((state("Trigger", "trigger", dict.fromkeys(WAYS, "ask")), ask, show, agent, task), "Trigger")
    talks = [
        Conversation(
            f"c{n}",
            channel,
            (Message(Role.CUSTOMER, "hi", 1e9), Message(Role.CUSTOMER, "x", 1e9 + 5)),
            contact=f"contact-{n}",
        )
        for n in range(4)
    ]
    remembered = [replayed.events for replayed in replay_all(flow, talks)]
    with patch.object(memo, "MAX_TURNS", 0):
        assert [replayed.events for replayed in replay_all(flow, talks)] == remembered
    shown = [[e.text for e in events if e.kind == EventKind.SENT][1:] for events in remembered]
    assert len({texts[1] for texts in shown}) == 4
    if ".To" in body and channel == "sms":
        assert [texts[0] for texts in shown] == [f"[contact-{n}]" for n in range(4)]


def test_a_person_sees_all_that_a_template_could(greeting: Flow) -> None:
    session = Session(greeting)
    session.start("hi")
    session.say("Ana")
    for name, body in (("ask", "Your name?"), ("greet", "Hi Ana!")):
        outbound = session.variables["widgets"][name]["outbound"]
        assert (outbound["Body"], outbound["To"], outbound["Status"]) == (body, "+12025550143", "sent")
        assert outbound["Sid"][:2] == "SM"


def test_an_opened_conversation_changes_what_is_known_of_messages() -> None:
    start = state("start", "start-conversation", {"created": "ask", "failed": None}, friendly_name="Order")
    ask = state("ask", WAIT, {"incomingMessage": "say", "timeout": None}, body="Well?", **{"from": "Bot"})
    body = "{{flow.channel.status}} {{flow.channel.details.friendly_name}} {{widgets.ask.outbound.Author}}"
    say = state("say", "send-message", {"sent": None}, body=body)
    session = Session(Flow((state("Trigger", "trigger", {"incomingRequest": "start"}), start, ask, say), "Trigger"))
    assert session.start(event="incomingRequest") == ["Well?"]
    twin = session.fork()
    assert session.say("x") == twin.say("x") == ["active Order Bot"]
    assert session.variables["flow"]["channel"]["sid"] == session.variables["widgets"]["start"]["conversation"]["sid"]
