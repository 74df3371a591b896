"""One session a contact and address: who gets a message, what a stuck run swallows, and how ending it cures that."""

from __future__ import annotations

import pytest
from conftest import state

from flowlab.errors import RunError, UsageError
from flowlab.model.event import EventKind
from flowlab.model.flow import Flow
from flowlab.model.outcome import Outcome
from flowlab.run.inbox import Inbox
from flowlab.run.session import Session

OURS, OTHER = "+12025550100", "+12025550101"
ANA, BEN = "+12025550143", "+12025550144"
DAY = 86_400.0
WAYS = ("incomingMessage", "incomingRequest", "incomingConversationMessage")


def asking(timeout: str = "3600") -> Flow:
    """Asks for a name, greets by it from the address it was written to, and ends."""
    ask = state("ask", "send-and-wait-for-reply", {"incomingMessage": "greet", "timeout": None}, body="Your name?")
    greet = state(
        "greet", "send-message", {"sent": None}, body="Hi {{widgets.ask.inbound.Body}}, from {{flow.channel.address}}."
    )
    ask = type(ask)(ask.name, ask.type, ask.transitions, {**ask.properties, "timeout": timeout})
    return Flow((state("Trigger", "trigger", dict.fromkeys(WAYS, "ask")), ask, greet), "Trigger")


def handing_over() -> Flow:
    agent = state("agent", "send-to-flex", {"callComplete": None}, attributes="{}")
    return Flow((state("Trigger", "trigger", {"incomingMessage": "agent"}), agent), "Trigger")


def said(session: Session) -> list[str]:
    return [event.text for event in session.events if event.kind == EventKind.SENT]


def test_a_message_goes_to_the_session_that_waits() -> None:
    inbox = Inbox({OURS: asking()})
    first = inbox.receive(OURS, ANA, "hi", 0.0)
    assert inbox.receive(OURS, ANA, "Ana", 60.0) is first
    assert said(first) == ["Your name?", f"Hi Ana, from {OURS}."]
    assert [event.time_s for event in first.events if event.kind == EventKind.RECEIVED] == [0.0, 60.0]


def test_after_the_end_a_new_session_begins_with_nothing() -> None:
    inbox = Inbox({OURS: asking()})
    first = inbox.receive(OURS, ANA, "hi", 0.0)
    inbox.receive(OURS, ANA, "Ana", 60.0)
    second = inbox.receive(OURS, ANA, "hi", 120.0)
    assert (second is first, second.executions, said(second)) == (False, 1, ["Your name?"])
    assert inbox.sessions == [first, second]
    assert first.variables["flow"]["sid"] != second.variables["flow"]["sid"]


def test_contacts_and_addresses_do_not_meet() -> None:
    inbox = Inbox({OURS: asking(), OTHER: asking()})
    sessions = [inbox.receive(address, who, "hi", 0.0) for address in (OURS, OTHER) for who in (ANA, BEN)]
    assert len(set(map(id, sessions))) == 4
    assert inbox.receive(OTHER, BEN, "Ben", 5.0) is sessions[3]
    assert said(sessions[3])[-1] == f"Hi Ben, from {OTHER}."
    assert [session.waiting for session in sessions] == [True, True, True, False]


def test_a_stuck_session_swallows_a_new_chat_and_ending_it_is_the_cure() -> None:
    inbox = Inbox({OURS: asking(timeout=str(20 * DAY))})
    stuck = inbox.receive(OURS, ANA, "hi", 0.0)
    swallowed = inbox.receive(OURS, ANA, "Where is my order?", 3 * DAY)
    assert swallowed is stuck
    assert said(stuck)[-1].startswith("Hi Where is my order?,")

    stuck = inbox.receive(OURS, ANA, "hi", 4 * DAY)
    assert inbox.end(OURS, ANA, 5 * DAY)
    assert (stuck.outcome, stuck.waiting) == (Outcome.DROPPED, False)
    assert (stuck.events[-1].kind, stuck.events[-1].detail) == ("ended", "ended from outside")
    fresh = inbox.receive(OURS, ANA, "Where is my order?", 5 * DAY)
    assert (fresh is stuck, said(fresh)) == (False, ["Your name?"])
    assert not inbox.end(OURS, BEN, 5 * DAY)


def test_a_timeout_that_ran_out_in_between_frees_the_contact() -> None:
    inbox = Inbox({OURS: asking(timeout="60")})
    first = inbox.receive(OURS, ANA, "hi", 0.0)
    assert inbox.receive(OURS, ANA, "Ana", 60.0) is not first
    assert first.outcome == Outcome.TIMED_OUT


def test_a_message_goes_to_a_session_that_the_rest_api_began() -> None:
    inbox = Inbox({OURS: asking()})
    called = inbox.request(OURS, ANA, 0.0, {"order": "10421"})
    assert called.variables["flow"]["data"] == {"order": "10421"}
    assert inbox.receive(OURS, ANA, "Ana", 30.0) is called
    assert said(called) == ["Your name?", f"Hi Ana, from {OURS}."]


def test_the_rest_api_begins_nothing_while_a_session_is_active() -> None:
    inbox = Inbox({OURS: asking()})
    inbox.receive(OURS, ANA, "hi", 0.0)
    with pytest.raises(RunError, match=r"has an active session.*end it first"):
        inbox.request(OURS, ANA, 30.0)
    inbox.end(OURS, ANA, 30.0)
    assert inbox.request(OURS, ANA, 30.0).waiting


def test_after_a_hand_off_messages_go_to_the_agent_until_the_session_is_ended() -> None:
    inbox = Inbox({OURS: handing_over()})
    first = inbox.receive(OURS, ANA, "hi", 0.0)
    assert inbox.receive(OURS, ANA, "hello?", DAY) is first
    assert first.events[-1].detail == "to the agent"
    assert inbox.end(OURS, ANA, 2 * DAY)
    assert first.outcome == Outcome.HANDED_OFF
    assert inbox.receive(OURS, ANA, "again", 2 * DAY) is not first


def test_an_earlier_time_counts_as_now() -> None:
    inbox = Inbox({OURS: asking()})
    first = inbox.receive(OURS, ANA, "hi", 100.0)
    assert inbox.receive(OURS, ANA, "Ana", 50.0) is first
    assert first.events[-1].time_s == 100.0


def test_an_address_without_a_flow_is_said() -> None:
    inbox = Inbox({OURS: asking()})
    with pytest.raises(UsageError, match=r"no flow answers at '\+1202555010'\. Did you mean '\+12025550100'"):
        inbox.receive("+1202555010", ANA, "hi", 0.0)


def test_a_session_can_be_ended_too(greeting: Flow) -> None:
    session = Session(greeting)
    with pytest.raises(RunError, match="has not begun"):
        session.end()
    session.start("hi")
    twin = session.fork()
    session.end()
    session.end()
    assert (session.outcome, session.waiting) == (Outcome.DROPPED, False)
    assert session.wait(10_000) == []
    assert session.say("hello") == ["Your name?"]
    assert (session.executions, twin.waiting, twin.executions) == (2, True, 1)
