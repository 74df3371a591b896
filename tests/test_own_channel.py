"""A channel of one's own: one file, and every verb takes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import flowlab as fl
from flowlab.cli import app
from flowlab.errors import FormatError, UsageError
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
  - {direction: out, usd: 0.01, per: message, fee: us, from: 2026-01-01, source: our books, as_of: 2026-11-22, trust: M}
  - {direction: in, usd: 0, per: message, fee: us, from: 2026-01-01, source: our books, as_of: 2026-11-22, trust: M}
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


def written(tmp_path: Path, text: str) -> fl.Channel:
    path = tmp_path / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return fl.Channel.from_yaml(path)


class TestLike:
    def test_only_the_differences_are_said(self, tmp_path: Path) -> None:
        one = written(tmp_path, "like: whatsapp\nname: shop\nlabel: Shop\nfacts: {quick_replies_max: 2}\n")
        base = fl.channels["whatsapp"]
        assert (one.name, one.label, one.identity) == ("shop", "Shop", "phone number")
        assert one.value("quick_replies_max") == 2
        assert {name: fact for name, fact in one.facts.items() if name != "quick_replies_max"} == {
            name: fact for name, fact in base.facts.items() if name != "quick_replies_max"
        }
        assert one.prices == base.prices
        assert one.entry_points == base.entry_points

    def test_a_fact_can_be_taken_away_and_the_price_list_replaced(self, tmp_path: Path) -> None:
        one = written(tmp_path, "like: sms\nname: free\nfacts: {opt_out: ~, billing_unit: message}\nprices: []\n")
        assert "opt_out" not in one.facts
        assert one.prices == ()

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("like: telex\n", "line 1, like: expected sms, whatsapp, line, email, webchat, messenger or inapp"),
            ("like: [sms]\n", "like: expected sms"),
            ("like: ~\n", "like: names no channel"),
            ("like: sms\nfacts: {max_text_char: 5}\n", "Did you mean 'max_text_chars'?"),
            ("like: sms\nfacts: {billing_unit: message}\n", "the prices of 'sms' are for another unit"),
            ("like: sms\nvelocity: slow\n", "velocity: expected real-time or asynchronous"),
        ],
    )
    def test_faults(self, tmp_path: Path, text: str, message: str) -> None:
        with pytest.raises(FormatError, match=re.escape(message)):
            written(tmp_path, text)


class TestEverywhere:
    """Whatever takes channels takes one's own, also under the name of a built-in one."""

    @pytest.fixture
    def short(self, tmp_path: Path) -> fl.Channel:
        """SMS as the built-in one is, but for texts of 40 letters at most and no price."""
        return written(tmp_path, "like: sms\nfacts: {max_text_chars: 40}\nprices: []\n")

    @pytest.fixture
    def talk(self) -> fl.Conversation:
        return fl.Conversation("c1", "sms", (fl.Message(Role.CUSTOMER, "hi"), fl.Message(Role.CUSTOMER, "Ana")))

    def test_session(self, short: fl.Channel) -> None:
        session = fl.Session(hello("x" * 41), channel=short)
        assert session.start("hi") == []
        assert session.outcome == "failed"

    def test_replay_and_compare(self, short: fl.Channel, talk: fl.Conversation) -> None:
        run = fl.replay(hello("x" * 41), [talk], channels=[short])
        assert run.outcomes["outcome"].tolist() == ["failed"]
        assert run.outcomes["cost_usd"].isna().all()
        assert fl.compare(run).table.loc["sms", "failed"] == 1.0

    def test_check(self, short: fl.Channel) -> None:
        flow = hello("x" * 41)
        assert fl.check(flow, channels=[short]).of("text-too-long")
        assert not fl.check(flow, channels=["sms"]).of("text-too-long")

    def test_diff(self, short: fl.Channel, talk: fl.Conversation) -> None:
        changed = fl.diff(hello("x" * 40), hello("x" * 41), [talk], channels=[short])
        assert changed.behaviour["new_outcome"].tolist() == ["failed"]
        unknown = fl.Conversation("c1", "kiosk", talk.messages)
        with pytest.raises(UsageError, match="no channel 'kiosk'"):
            fl.diff(hello("a"), hello("b"), [unknown], channels=[short])

    def test_chat_and_channel_table(self, short: fl.Channel) -> None:
        chat = fl.chat(hello("x" * 41), channel=short)
        chat.say("hi")
        assert chat.session.outcome == "failed"
        assert fl.channel_table([short]).table.loc[("What can it carry?", "max_text_chars"), "sms"] == 40


def test_the_kiosk_shows_a_channel_behind_a_relay_of_ones_own() -> None:
    kiosk = fl.Channel.from_yaml(ROOT / "sample_data" / "channels" / "kiosk.yaml")
    assert kiosk.trigger_event == "incomingConversationMessage"
    assert kiosk.value("rendered_by") == "own code"
    assert "the article on the screen" in kiosk.value("first_contact_context")
    kiosk.check_address(kiosk.example_contact)
    session = fl.Session(hello("Your name?"), channel=kiosk)
    assert session.start("hi") == ["Your name?"]
    assert "invented" in (ROOT / "sample_data" / "channels" / "kiosk.yaml").read_text(encoding="utf-8")


class TestCommand:
    """A channel's file is named where a channel's name stands, and by ``--own`` beside recorded conversations."""

    @pytest.fixture
    def files(self, tmp_path: Path) -> tuple[str, str, str]:
        flow, talks, own = (tmp_path / name for name in ("flow.json", "talks.jsonl", "kiosk.yaml"))
        fl.save(hello("x" * 41), flow)
        talks.write_text('{"id": "c1", "channel": "kiosk", "messages": [{"role": "customer", "text": "hi"}]}\n')
        own.write_text(KIOSK, encoding="utf-8")
        return str(flow), str(talks), str(own)

    def test_replay_and_compare(self, files: tuple[str, str, str]) -> None:
        flow, talks, own = files
        for verb in ("replay", "compare"):
            lost = CliRunner().invoke(app, [verb, flow, talks])
            assert "no channel 'kiosk'" in str(lost.exception)
            found = CliRunner().invoke(app, [verb, flow, talks, "--own", own])
            assert found.exit_code == 0, found.output
            assert "failed" in found.output

    def test_check_and_chat(self, files: tuple[str, str, str]) -> None:
        flow, _, own = files
        checked = CliRunner().invoke(app, ["check", flow, "--channel", own])
        assert "Shop kiosk takes 40" in checked.output
        said = CliRunner().invoke(app, ["chat", flow, "--channel", own], input="hi\n")
        assert said.exit_code == 0, said.output

    def test_a_name_in_a_transcript_is_never_a_file(self, files: tuple[str, str, str]) -> None:
        flow, _, own = files
        talk = fl.Conversation("c1", own, (fl.Message(Role.CUSTOMER, "hi"),))
        with pytest.raises(UsageError, match="there is no channel"):
            fl.replay(fl.load(flow), [talk])
