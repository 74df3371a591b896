"""Faults of the world: what each does to a talk, and that chance depends on seed, conversation and number alone."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_flows import ask, flow, say

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.run.faults import INBOUND, KINDS, Faults

FLOW = flow(ask("first", body="Name?"), say("sorry", "Sorry."))
RATES = st.fixed_dictionaries({kind: st.sampled_from([0.0, 0.3, 1.0]) for kind in KINDS})


def talk(name: str, *texts: str, channel: str = "sms") -> Conversation:
    return Conversation(name, channel, tuple(Message(Role.CUSTOMER, text) for text in texts))


TALKS = [talk(f"c{n}", "hi", "Ana", "thanks", "bye", channel=("sms", "whatsapp", "webchat")[n % 3]) for n in range(12)]


def log(session: fl.Session) -> list[tuple[str, str]]:
    told = ("received", "sent", "lost", "disturbed")
    return [(e.kind, e.value if e.kind == "disturbed" else e.text) for e in session.events if e.kind in told]


@pytest.mark.parametrize(("channel", "exit"), [("sms", "deliveryFailure"), ("line", None)])
def test_a_lost_question_leaves_by_delivery_failure_where_the_channel_says_so(channel: str, exit: str | None) -> None:
    session = fl.Session(FLOW, channel, faults=Faults(at={"first": "lost"}))
    session.start("hi")
    exits = [e.event for e in session.events if e.kind == "step" and e.state == "first"]
    assert exits == ([exit] if exit else [])
    assert ("lost", "Name?") in log(session)


def test_a_lost_message_was_sent_all_the_same() -> None:
    session = fl.Session(flow(say("hello", "Hello.")), "sms")
    session.inject("lost")
    assert session.start("hi") == []
    assert [e.event for e in session.events if e.state == "hello" and e.kind == "step"] == ["sent"]
    assert next(e.value for e in session.events if e.kind == "lost") in ("30003", "30005", "30007")


GOLDEN: dict[str, list[tuple[str, str]]] = {
    "missed": [("lost", "Ana")],
    "slow": [("disturbed", "slow"), ("received", "Ana"), ("sent", "Hello.")],
    "duplicate": [
        ("disturbed", "duplicate"),
        ("received", "Ana"),
        ("sent", "Hello."),
        ("received", "Ana"),
        ("sent", "Name?"),
    ],
    "edited": [
        ("disturbed", "edited"),
        ("received", "Ana"),
        ("sent", "Hello."),
        ("received", "Edited to “Ana”"),
        ("sent", "Name?"),
    ],
    "swapped": [("disturbed", "swapped")],
    "media_dropped": [("disturbed", "media_dropped"), ("received", "Ana"), ("sent", "Hello.")],
}


@pytest.mark.parametrize("kind", GOLDEN)
def test_what_becomes_of_an_answer(kind: str) -> None:
    session = fl.Session(FLOW, "sms")
    session.start("hi")
    session.inject(kind)
    before = len(log(session))
    session.say("Ana", media=("https://example.com/a.png",))
    assert log(session)[before:] == GOLDEN[kind]


def test_two_messages_swap() -> None:
    session = fl.Session(FLOW, "sms")
    session.start("hi")
    session.inject("swapped")
    session.say("one")
    session.say("two")
    assert [text for kind, text in log(session) if kind == "received"] == ["hi", "two", "one"]


@pytest.mark.parametrize("kind", ["rate_limited", "blocked"])
def test_a_fault_can_be_met_at_every_message(kind: str) -> None:
    session = fl.Session(FLOW, "whatsapp", faults=Faults(**{kind: 1.0}))  # type: ignore[arg-type]
    assert session.start("hi") == []


@pytest.mark.parametrize("wrong", [{"lost": 2}, {"lost": "a"}, {"seed": "x"}, {"at": {"a": "loost"}}, {"late_s": -1}])
def test_wrong_faults_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="fault"):
        Faults(**wrong)


def test_faults_of_rate_0_change_nothing() -> None:
    assert fl.replay(FLOW, TALKS, faults=Faults(seed=9)).log == fl.replay(FLOW, TALKS).log


@settings(max_examples=40, deadline=None)
@given(RATES, st.integers(0, 99))
def test_same_in_any_order_and_nothing_is_lost_untold(rates: dict[str, float], seed: int) -> None:
    faults = Faults(seed=seed, **rates)  # type: ignore[arg-type]
    run, back = fl.replay(FLOW, TALKS, faults=faults), fl.replay(FLOW, TALKS[::-1], faults=faults)
    for one in TALKS:
        mine = [e for e in run.log if e.conversation_id == one.id]
        assert mine == [e for e in back.log if e.conversation_id == one.id]
        assert [e.time_s for e in mine] == sorted(e.time_s for e in mine)
        assert [e.seq for e in mine] == list(range(len(mine)))
        for message in one.messages:
            arrived = [e for e in mine if e.kind in ("received", "lost") and e.text.startswith(message.text)]
            assert arrived, f"{message.text} is gone"


def test_a_comparison_names_the_faults_and_the_states_they_hurt() -> None:
    calm, rough = fl.replay(FLOW, TALKS), fl.replay(FLOW, TALKS, faults=Faults(seed=7, lost=0.5))
    assert rough.source == "replayed with faults: lost 0.5; seed 7"
    assert "lost 0.5; seed 7" in str(fl.compare({"calm": calm, "rough": rough}))
    assert set(rough.disturbances["fault"]) == {"lost"}
    assert calm.disturbances.empty
    assert set(INBOUND) < set(KINDS)


def test_the_sample_flow_fails_more_where_a_loss_is_told_and_waits_where_it_is_not() -> None:
    flow = fl.load("sample_data/flows/order_support.json")
    talks = fl.load("sample_data/conversations/order_support.jsonl")
    given: dict[str, Any] = {"services": "sample_data/services/order_support.yaml"}
    calm = fl.replay(flow, talks, **given)
    rough = fl.replay(flow, talks, **given, faults=Faults(seed=7, lost=0.1))
    failed = rough.outcomes[rough.outcomes["outcome"] == "failed"]["channel"]
    assert set(calm.outcomes["outcome"]) == {"abandoned", "handed_off", "timed_out", "contained"}
    assert {"sms", "whatsapp", "messenger"} <= set(failed)
    assert not {"line", "webchat", "inapp"} & set(failed)
    assert not [event for event in calm.log if event.kind == "keyword"]  # a recorded "yes" stays an answer
