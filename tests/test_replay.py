"""Recorded conversations through a flow: fed at their times, and every difference named with what decided it."""

from __future__ import annotations

from typing import Any

import pytest
import strategies
from conftest import state
from hypothesis import given, settings
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.formats.studio import read_flow
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import Event, EventKind
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.run.program import compile_flow
from flowlab.run.replay import replay_all
from flowlab.run.session import DEFAULT_REPLY_S, Session

BEGIN = 1772445600.0
C, B, A, S = Role.CUSTOMER, Role.BOT, Role.AGENT, Role.SYSTEM
SPLIT = State(
    "which",
    "split-based-on",
    (
        Transition("noMatch", "sorry"),
        Transition("match", "orders", (Condition("equal_to", "1", ("{{widgets.menu.inbound.Body}}",)),)),
        Transition("match", "agent", (Condition("equal_to", "2", ("{{widgets.menu.inbound.Body}}",)),)),
    ),
)
MENU = Flow(
    (
        state(
            "Trigger",
            "trigger",
            {"incomingMessage": "menu", "incomingConversationMessage": "menu", "incomingRequest": "hello"},
        ),
        state("hello", "send-message", {"sent": "menu"}, body="It is time to renew."),
        state(
            "menu",
            "send-and-wait-for-reply",
            {"incomingMessage": "which", "timeout": "gone", "deliveryFailure": None},
            body="1 orders, 2 agent",
            timeout="600",
        ),
        SPLIT,
        state("orders", "send-message", {"sent": None}, body="Your order is on its way."),
        state("sorry", "send-message", {"sent": "menu"}, body="Sorry?"),
        state("gone", "send-message", {"sent": None}, body="Good bye."),
        state("agent", "send-to-flex", {"callComplete": "wait"}, attributes="{}"),
        state("wait", "send-message", {"sent": None}, body="An agent will answer."),
    ),
    "Trigger",
)


def talk(*lines: tuple[Role, str] | tuple[Role, str, float], outcome: str | None = None, **more: Any) -> Conversation:
    messages = tuple(Message(line[0], line[1], BEGIN + line[2] if len(line) > 2 else None) for line in lines)
    return Conversation("c1", more.pop("channel", "sms"), messages, outcome, **more)


def events_of(conversation: Conversation, flow: Flow = MENU, **world: Any) -> list[Event]:
    (replayed,) = replay_all(flow, [conversation], **world)
    return replayed.events


def parted(conversation: Conversation, flow: Flow = MENU) -> list[tuple[Any, ...]]:
    table = fl.replay(flow, [conversation]).divergences
    keys = ["turn", "what", "recorded", "replayed", "state", "condition", "value"]
    return [tuple(row) for row in table[keys].itertuples(index=False)]


SAME = [
    (
        "an order",
        talk((C, "hi"), (B, "1 orders, 2 agent"), (C, "1"), (B, "Your order is on its way."), outcome="contained"),
    ),
    ("white space aside", talk((C, "hi"), (B, " 1 orders,  2\nagent "), (C, " 1 "), (B, "Your order is on its way."))),
    ("silence", talk((C, "hi", 0), (B, "1 orders, 2 agent", 0), (B, "Good bye.", 600), outcome="timed_out")),
    (
        "silence by its other name",
        talk((C, "hi", 0), (B, "1 orders, 2 agent", 0), (B, "Good bye.", 600), outcome="abandoned"),
    ),
    (
        "an agent, whose lines are not the flow's",
        talk(
            (C, "hi"),
            (B, "1 orders, 2 agent"),
            (C, "2"),
            (B, "An agent will answer."),
            (A, "Hello, this is Kim."),
            (C, "I lost my parcel"),
            (A, "I see."),
            (C, "1"),
            (B, "How did we do?"),
            outcome="handed_off",
        ),
    ),
    (
        "the business began",
        talk((B, "It is time to renew."), (B, "1 orders, 2 agent"), (C, "1"), (B, "Your order is on its way.")),
    ),
    ("lines of the system", talk((S, "joined"), (C, "hi"), (B, "1 orders, 2 agent"), (S, "seen"), outcome=None)),
]


@pytest.mark.parametrize("conversation", [s[1] for s in SAME], ids=[s[0] for s in SAME])
def test_a_record_of_the_same_flow_does_not_part(conversation: Conversation) -> None:
    found = parted(conversation)
    if conversation.messages[-1].role is S:  # nobody answered the menu: the flow goes on to say good bye
        found = [d for d in found if d[3] != "Good bye."]
    assert found == []


def test_a_changed_line_names_what_decided_it() -> None:
    conversation = talk((C, "hi"), (B, "1 orders, 2 agent"), (C, "1"), (B, "Your order is lost."))
    assert parted(conversation) == [
        (1, "changed line", "Your order is lost.", "Your order is on its way.", "which", "equal_to 1", "1")
    ]


def test_a_missing_a_new_line_and_no_match() -> None:
    conversation = talk((C, "hi"), (B, "Welcome!"), (B, "1 orders, 2 agent"), (C, "one"), (B, "1 orders, 2 agent"))
    found = parted(conversation)
    assert (0, "missing line", "Welcome!", "", "", "", "") in found
    assert (1, "new line", "", "Sorry?", "which", "no match", "one") in found


def test_another_outcome_names_what_decided_it() -> None:
    conversation = talk(
        (C, "hi"), (B, "1 orders, 2 agent"), (C, "2"), (B, "An agent will answer."), outcome="contained"
    )
    assert parted(conversation) == [(1, "outcome", "contained", "handed_off", "which", "equal_to 2", "2")]


def test_a_greeting_that_the_flow_does_not_say_moves_no_turn() -> None:
    """A chat window's own greeting stands before the customer's first word; the turns after it still match."""
    only_messages = Flow((state("Trigger", "trigger", {"incomingMessage": "menu"}), *MENU.states[2:]), "Trigger")
    conversation = talk(
        (B, "How can we help?"), (C, "hi"), (B, "1 orders, 2 agent"), (C, "1"), (B, "Your order is on its way.")
    )
    found = parted(conversation, only_messages)
    assert [(what, recorded) for _, what, recorded, *_ in found] == [("missing line", "How can we help?")]


def test_times_are_honoured() -> None:
    """The reply came after the timeout, so the flow had already said good bye, and began anew."""
    conversation = talk((C, "hi", 0), (B, "1 orders, 2 agent", 1), (C, "1", 700), (B, "Your order is on its way.", 701))
    events = events_of(conversation)
    received = [(e.time_s - BEGIN, e.text) for e in events if e.kind == EventKind.RECEIVED]
    assert received == [(0, "hi"), (700, "1")]
    sent = [(e.time_s - BEGIN, e.text) for e in events if e.kind == EventKind.SENT]
    assert sent[:3] == [(0, "1 orders, 2 agent"), (600, "Good bye."), (700, "1 orders, 2 agent")]


def test_a_record_without_times_gets_usual_ones() -> None:
    events = events_of(talk((C, "hi"), (C, "what?"), (C, "1")))
    times = [e.time_s - BEGIN for e in events if e.kind == EventKind.RECEIVED]
    assert times == [0, DEFAULT_REPLY_S, 2 * DEFAULT_REPLY_S]


def test_times_that_fall_do_not_turn_the_clock_back() -> None:
    events = events_of(talk((C, "hi", 50), (C, "what?", 20), (C, "1", 60)))
    times = [e.time_s - BEGIN for e in events]
    assert times == sorted(times)


def test_what_was_written_to_an_agent_is_not_fed_to_the_bot() -> None:
    conversation = talk((C, "hi"), (A, "Hello, this is Kim."), (C, "1"), outcome="handed_off")
    received = [e.text for e in events_of(conversation) if e.kind == EventKind.RECEIVED]
    assert received == ["hi"]


def test_media_contact_and_context_reach_the_flow() -> None:
    form = Flow(
        (
            state("Trigger", "trigger", {"incomingConversationMessage": "say"}),
            state(
                "say",
                "send-message",
                {"sent": None},
                body="{{trigger.conversation.ChannelAttributes.pre_engagement_data.order}} {{contact.channel.address}} "
                "{{trigger.conversation.NumMedia}}",
            ),
        ),
        "Trigger",
    )
    first = Message(C, "", BEGIN, ("https://cdn.example.com/a.jpg",))
    conversation = Conversation("c", "webchat", (first,), contact="kim@example.com", context={"order": "10421"})
    assert [e.text for e in events_of(conversation, form) if e.kind == EventKind.SENT] == ["10421 kim@example.com 1"]


@pytest.mark.parametrize(
    ("conversation", "outcome"),
    [
        (Conversation("c", "sms", ()), "not_started"),
        (talk((B, "Anybody there?")), "abandoned"),
        (talk((S, "x")), "not_started"),
    ],
)
def test_talks_without_a_customer(conversation: Conversation, outcome: str) -> None:
    assert events_of(conversation)[-1].event == outcome


def test_an_unknown_channel_is_named_and_an_own_one_may_be_given() -> None:
    conversation = talk((C, "hi"), channel="pager")
    with pytest.raises(UsageError, match="there is no channel 'pager'"):
        events_of(conversation)
    own = {"pager": fl.channels["sms"]}
    assert events_of(conversation, channels=own)[-1].event == "abandoned"


def test_what_differs_in_a_list_only_is_not_taken_for_the_same() -> None:
    body = "{{trigger.conversation.ChannelAttributes.pre_engagement_data.items}}"
    echo = Flow((state("say", "send-message", {"sent": None}, body=body),), "say")
    talks = [Conversation(str(n), "webchat", (Message(C, "hi"),), context={"items": [n]}) for n in range(3)]
    said = [e.text for one in replay_all(echo, talks) for e in one.events if e.kind == EventKind.SENT]
    assert said == ["[0]", "[1]", "[2]"]


def test_a_call_takes_its_time_in_every_conversation() -> None:
    slow = Flow(
        (
            state("get", "make-http-request", {"success": "say"}, url="/x"),
            state("say", "send-message", {"sent": None}, body="Done"),
        ),
        "get",
    )
    talks = [talk((C, "hi", 100.0 * n)) for n in range(3)]
    world = {"widgets": {"get": {"json": {}, "delay_s": 4}}}
    sent = [e.time_s - BEGIN for one in replay_all(slow, talks, world) for e in one.events if e.kind == EventKind.SENT]
    assert sent == [4, 104, 204]


@st.composite
def conversations(draw: st.DrawFn) -> list[Conversation]:
    made = []
    for number in range(draw(st.integers(2, 6))):
        time_s, messages = BEGIN, []
        for text, seconds in draw(strategies.deeds):
            time_s += seconds
            if text is not None:
                messages.append(Message(C, text, time_s))
        channel = draw(st.sampled_from(["sms", "webchat", "webchat"]))
        made.append(Conversation(f"c{number}", channel, tuple(messages), context={"n": draw(st.integers(0, 2))}))
    return made


WORLD = {
    "timezone": "Europe/Lisbon",
    "widgets": {
        "look_up": [
            {"when": {"parameters": {"v": ["1", "2"]}}, "json": {"items": ["a", "b"], "n": 2}},
            {"status": 404},
        ],
        "odd": [{"when": {"time": "10:00-10:30"}, "exit": "other"}, {"exit": "next", "delay_s": 1}],
    },
}


def told_by_hand(flow: Flow, conversation: Conversation) -> list[Event]:
    session = Session(
        flow,
        conversation.channel,
        services=WORLD,
        start_time=conversation.start_s or BEGIN,
        conversation_id=conversation.id,
    )
    for message in conversation.messages:
        assert message.time_s is not None
        after_s = message.time_s - session.time_s
        if session.execution is None:
            session.start(message.text, context=conversation.context)
        else:
            session.say(message.text, after_s=max(0.0, after_s))
    session.conclude()
    return session.events


@given(strategies.flows(), conversations())
@settings(max_examples=60, deadline=None)
def test_what_a_replay_remembers_changes_nothing(definition: dict[str, Any], talks: list[Conversation]) -> None:
    """One program replays all, twice over; each talk comes out as if told to a new session by hand."""
    flow = read_flow(definition)
    program = compile_flow(flow)
    expected = [told_by_hand(flow, conversation) for conversation in talks]
    replayed = [one.events for one in replay_all(program, [*talks, *talks], WORLD)]
    assert repr(replayed) == repr([*expected, *expected])
