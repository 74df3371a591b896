"""STOP, START and HELP: the platform takes them itself, on the channels that have them."""

from __future__ import annotations

import pytest
from small_flows import ask, flow, say

import flowlab as fl
from flowlab.model.event import EventKind
from flowlab.run.inbox import Inbox
from flowlab.run.keywords import ANSWERS

OURS, ANA = "+12025550100", "+12025550143"


def kinds(session: fl.Session, *wanted: str) -> list[tuple[str, str]]:
    return [(e.kind, e.value or e.detail) for e in session.events if e.kind in wanted]


def asking() -> fl.Flow:
    return flow(ask())


def test_stop_is_answered_and_nothing_gets_through_after_it() -> None:
    question, goodbye = ask(), say("bye", "Bye.", failed=None)
    session = fl.Session(fl.Flow((question, goodbye), "ask"), "sms")
    session.start("hi")
    assert session.say(" Stop ") == [ANSWERS["stop"]]
    assert kinds(session, "keyword", "fault") == [
        ("keyword", "stop"),
        ("fault", "21610"),
    ]
    outbound = session.variables["widgets"]["bye"]["outbound"]
    assert (outbound["Status"], outbound["ErrorCode"]) == ("failed", "21610")


def test_start_opens_the_line_again_in_the_next_execution() -> None:
    session = fl.Session(flow(say("hello", "Hello.")), "sms")
    assert session.start("STOP") == [ANSWERS["stop"]]
    assert session.say("hi") == []
    assert session.say("yes") == [ANSWERS["start"], "Hello."]
    assert session.say("yes") == ["Hello."]  # no longer a keyword


@pytest.mark.parametrize("text", ["stop please", "yes", "START", "please cancel", ""])
def test_other_words_go_to_the_flow_alone(text: str) -> None:
    session = fl.Session(asking(), "sms")
    session.start("hi")
    session.say(text)
    assert kinds(session, "keyword", "fault") == []


def test_help_is_answered_by_platform_and_flow() -> None:
    session = fl.Session(asking(), "sms")
    session.start("hi")
    assert session.say("help") == [ANSWERS["help"], "Hello."]


def test_a_channel_without_such_words_takes_none() -> None:
    session = fl.Session(asking(), "webchat")
    session.start("hi")
    assert session.say("STOP") == ["Hello."]


def test_opt_out_outlives_the_session_of_an_inbox_and_belongs_to_one_contact() -> None:
    inbox = Inbox({OURS: flow(say("hello", "Hello."))})
    inbox.receive(OURS, ANA, "STOP", 0.0)
    later = inbox.receive(OURS, ANA, "hi", 60.0)
    other = inbox.receive(OURS, "+12025550144", "hi", 60.0)
    assert [any(e.kind == EventKind.SENT for e in s.events) for s in (later, other)] == [False, True]


def test_a_fork_opts_out_alone() -> None:
    session = fl.Session(asking(), "sms")
    session.start("hi")
    twin = session.fork()
    twin.say("STOP")
    assert session.say("Ana") == ["Hello."]


@pytest.mark.parametrize(("body", "found"), [("Reply CANCEL to cancel it.", 1), ("Reply STOP to opt out.", 0)])
def test_the_check_warns_of_a_reply_that_the_platform_takes(body: str, found: int) -> None:
    findings = fl.check(flow(ask(body=body)), channels=["sms"])
    assert sum(f.rule == "reply-is-opt-out-word" for f in findings) == found
