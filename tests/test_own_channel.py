"""A channel of one's own: one file, and every verb takes it."""

from __future__ import annotations

from pathlib import Path

import pytest

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.model.conversation import Role

ROOT = Path(__file__).parents[1]
KIOSK = """
name: kiosk
label: Shop kiosk
identity: app identity
velocity: real-time
trigger_event: incomingConversationMessage
address_format: "kiosk:{id}"
example_contact: "kiosk:7"
example_address: "kiosk:service"
facts:
  max_text_chars: {value: 40, unit: characters, source: our own window, as_of: 2026-11-22, trust: M}
  billing_unit: {value: message, source: our own window, as_of: 2026-11-22, trust: M}
prices:
  - {direction: out, usd: 0.01, per: message, fee: us, from: 2026-01-01, source: our own books, as_of: 2026-11-22, trust: M}
  - {direction: in, usd: 0, per: message, fee: us, from: 2026-01-01, source: our own books, as_of: 2026-11-22, trust: M}
"""


@pytest.fixture
def kiosk(tmp_path: Path) -> fl.Channel:
    path = tmp_path / "kiosk.yaml"
    path.write_text(KIOSK, encoding="utf-8")
    return fl.Channel.from_yaml(path)


def hello(body: str) -> fl.Flow:
    ask = fl.State("ask", "send-and-wait-for-reply", (fl.Transition("incomingMessage", "bye"),), {"body": body})
    return fl.Flow((ask, fl.State("bye", "send-message", (fl.Transition("sent"),), {"body": "Bye"})), "ask")


def test_its_limit_is_its_own(kiosk: fl.Channel) -> None:
    session = fl.Session(hello("x" * 41), channel=kiosk)
    assert session.start("hi") == []
    assert session.outcome == "failed"
    assert any("kiosk takes 40" in event.detail for event in session.events)


def test_replay_and_cost_know_it(kiosk: fl.Channel) -> None:
    talk = fl.Conversation("c1", "kiosk", (fl.Message(Role.CUSTOMER, "hi"), fl.Message(Role.CUSTOMER, "Ana")))
    run = fl.replay(hello("Your name?"), [talk], channels=[kiosk])
    assert run.outcomes["outcome"].tolist() == ["contained"]
    assert run.outcomes["cost_usd"].tolist() == [pytest.approx(0.02)]


def test_without_it_the_replay_says_which_channels_there_are() -> None:
    talk = fl.Conversation("c1", "kiosk", (fl.Message(Role.CUSTOMER, "hi"),))
    with pytest.raises(UsageError, match=r"no channel 'kiosk'.*whatsapp"):
        fl.replay(hello("Your name?"), [talk])
