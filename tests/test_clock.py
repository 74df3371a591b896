"""Simulated time: words for a moment, jumps, and what a channel's expiry makes of a conversation."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from conftest import state
from hypothesis import given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.run.clock import moment

LISBON = ZoneInfo("Europe/Lisbon")


def at(text: str, zone: ZoneInfo = LISBON, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


SAID = [
    ("2026-03-02T10:00", "tomorrow 09:05", "2026-03-03T09:05:00+00:00"),
    ("2026-03-02T10:00", "  Tomorrow  at 9:05 ", "2026-03-03T09:05:00+00:00"),
    ("2026-03-02T10:00", "today 18:30", "2026-03-02T18:30:00+00:00"),
    ("2026-03-02T10:00", "monday 09:00", "2026-03-09T09:00:00+00:00"),
    ("2026-03-02T08:00", "monday 09:00", "2026-03-02T09:00:00+00:00"),
    ("2026-03-02T08:00", "next monday 09:00", "2026-03-09T09:00:00+00:00"),
    ("2026-03-02T10:00", "friday 09:00:30", "2026-03-06T09:00:30+00:00"),
    ("2026-03-02T10:00", "09:05", "2026-03-03T09:05:00+00:00"),
    ("2026-03-02T09:00", "09:05", "2026-03-02T09:05:00+00:00"),
    ("2026-03-02T09:05", "09:05", "2026-03-03T09:05:00+00:00"),
    ("2026-03-02T10:00", "in 2 hours", "2026-03-02T12:00:00+00:00"),
    ("2026-03-02T10:00", "+90 min", "2026-03-02T11:30:00+00:00"),
    ("2026-03-02T10:00", "+ 1.5h", "2026-03-02T11:30:00+00:00"),
    ("2026-03-02T10:00", "in 2 weeks", "2026-03-16T10:00:00+00:00"),
    ("2026-03-02T10:00", "2026-12-25 08:00", "2026-12-25T08:00:00+00:00"),
    ("2026-03-02T10:00", "2026-07-01T08:00:00+00:00", "2026-07-01T09:00:00+01:00"),
    # The end of a year, and of a leap year's February.
    ("2026-12-31T23:30", "tomorrow 00:05", "2027-01-01T00:05:00+00:00"),
    ("2026-12-31T23:30", "in 45 minutes", "2027-01-01T00:15:00+00:00"),
    ("2028-02-28T10:00", "in 2 days", "2028-03-01T10:00:00+00:00"),
    # 2026-03-29: clocks go from 01:00 to 02:00. Days keep the time of day, hours pass.
    ("2026-03-28T10:00", "in 1 day", "2026-03-29T10:00:00+01:00"),
    ("2026-03-28T10:00", "in 24 hours", "2026-03-29T11:00:00+01:00"),
    ("2026-03-28T10:00", "tomorrow 01:30", "2026-03-29T02:30:00+01:00"),
    # 2026-10-25: clocks go from 02:00 back to 01:00.
    ("2026-10-24T10:00", "in 1 day", "2026-10-25T10:00:00+00:00"),
    ("2026-10-24T10:00", "in 24 hours", "2026-10-25T09:00:00+00:00"),
    ("2026-10-24T10:00", "tomorrow 01:30", "2026-10-25T01:30:00+01:00"),
    ("2026-10-25T01:45", "01:30", "2026-10-25T01:30:00+00:00"),
    ("2026-10-25T01:45", "in 30 min", "2026-10-25T01:15:00+00:00"),
]


@pytest.mark.parametrize(("now", "said", "meant"), SAID)
def test_words_for_a_moment(now: str, said: str, meant: str) -> None:
    assert moment(said, at(now)).isoformat() == meant


def test_the_second_time_round_a_doubled_time_is_over() -> None:
    assert moment("01:30", at("2026-10-25T01:45", fold=1)).isoformat() == "2026-10-26T01:30:00+00:00"


NO_MOMENTS = ["", "soon", "25:00", "tomorrow", "in two hours", "in 3 fortnights", "2026-02-30 08:00", "monday 9"]


@pytest.mark.parametrize("said", [*NO_MOMENTS, "x" * 999, "in 9999999 weeks", None, 7])
def test_what_is_no_moment_is_refused_with_examples(said: str) -> None:
    with pytest.raises(UsageError, match=r"is no moment; write it like 'tomorrow 09:05'"):
        moment(said, at("2026-03-02T10:00"))


zones = st.sampled_from(["Europe/Lisbon", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"])
nows = st.datetimes(datetime(2000, 1, 1), datetime(2037, 1, 1))


@given(nows, zones, st.integers(0, 23), st.integers(0, 59))
def test_a_time_alone_lies_ahead_within_a_day_or_so(now: datetime, zone: str, hour: int, minute: int) -> None:
    here = now.replace(tzinfo=ZoneInfo(zone))
    found = moment(f"{hour}:{minute:02d}", here)
    ahead = found.timestamp() - here.timestamp()
    assert 0 < ahead <= 26 * 3_600
    assert (found.hour, found.minute) == (hour, minute) or found.utcoffset() != (found - timedelta(hours=3)).utcoffset()


@given(nows, zones, st.integers(0, 100_000))
def test_hours_and_minutes_pass_whatever_the_clock_shows(now: datetime, zone: str, minutes: int) -> None:
    here = now.replace(tzinfo=ZoneInfo(zone))
    assert moment(f"in {minutes} min", here).timestamp() == pytest.approx(here.timestamp() + 60 * minutes)


# The session's clock


def test_now_is_on_the_services_clock_and_jumps(greeting: fl.Flow) -> None:
    session = fl.Session(greeting, services={"timezone": "Europe/Lisbon"}, start_time="2026-07-01T10:00:00+00:00")
    assert session.now.isoformat() == "2026-07-01T11:00:00+01:00"
    assert session.jump("tomorrow 09:05") == []
    assert session.now.isoformat() == "2026-07-02T09:05:00+01:00"
    session.jump("tomorrow 09:05", timezone="Asia/Tokyo")
    assert session.now.isoformat() == "2026-07-03T01:05:00+01:00"
    session.jump(datetime(2026, 7, 4, 8, 0))
    assert session.now.isoformat() == "2026-07-04T08:00:00+01:00"


def test_timeouts_on_the_way_happen_at_their_time(greeting: fl.Flow) -> None:
    session = fl.Session(greeting)
    session.start("hi")
    session.jump("in 1 day")
    assert session.outcome == "timed_out"
    assert session.events[-1].time_s == session.time_s - 86_400 + 600


def test_going_back_is_refused_and_nothing_has_happened(greeting: fl.Flow) -> None:
    session = fl.Session(greeting)
    session.start("hi")
    before = session.time_s, len(session.events)
    with pytest.raises(
        UsageError, match=r"Monday 2026-03-02 09:00 is before now \(it is Monday 2026-03-02 10:00:00 in UTC"
    ):
        session.jump("today 09:00")
    with pytest.raises(UsageError, match="no time zone"):
        session.jump("today 19:00", timezone="Lisbon")
    assert (session.time_s, len(session.events)) == before


def test_a_message_at_a_moment_comes_at_that_very_second(greeting: fl.Flow) -> None:
    session = fl.Session(greeting)
    session.start("hi")
    session.wait(0.1)
    session.say("Ana", at="10:05")
    assert session.events[-1].time_s == at("2026-03-02T10:05", ZoneInfo("UTC")).timestamp()


# Session expiry

CHAT = """
name: chat
label: Our chat
identity: app identity
velocity: real-time
trigger_event: incomingConversationMessage
address_format: "{id}"
example_contact: "visitor-7"
example_address: "https://www.example.com"
facts:
  session_expires_h: {value: 2, unit: h, source: our own set-up, as_of: 2026-11-25, trust: M}
"""


@pytest.fixture
def chat(tmp_path: Path) -> fl.Channel:
    path = tmp_path / "chat.yaml"
    path.write_text(CHAT, encoding="utf-8")
    return fl.Channel.from_yaml(path)


def asks(timeout: str, after: str | None = None) -> fl.Flow:
    trigger = state("Trigger", "trigger", {"incomingConversationMessage": "ask"})
    exits = {"incomingMessage": "bye", "timeout": after}
    ask = state("ask", "send-and-wait-for-reply", exits, body="Well?", timeout=timeout)
    remind = state("remind", "send-message", {"sent": "ask"}, body="Still there?")
    return fl.Flow((trigger, ask, remind, state("bye", "send-message", {"sent": None}, body="Bye")), "Trigger")


def kinds(session: fl.Session) -> list[str]:
    return [event.kind for event in session.events if event.kind in ("started", "expired", "ended", "concluded")]


def test_a_waiting_run_is_over_when_its_conversation_is_closed(chat: fl.Channel) -> None:
    session = fl.Session(asks("86400"), chat)
    session.start("hi")
    first = session.variables["trigger"]["conversation"]["ConversationSid"]
    assert session.say("too late", at="in 3 hours") == ["Well?"]
    assert kinds(session) == ["started", "expired", "ended", "started"]
    expired = next(event for event in session.events if event.kind == "expired")
    assert expired.time_s == session.events[0].time_s + 7_200
    assert expired.detail == "the conversation was closed after 2 hours of silence"
    assert session.variables["trigger"]["conversation"]["ConversationSid"] != first
    assert session.executions == 2


def test_within_the_hours_nothing_changes(chat: fl.Channel) -> None:
    session = fl.Session(asks("86400"), chat)
    session.start("hi")
    assert session.say("here", after_s=7_199) == ["Bye"]
    assert "expired" not in kinds(session)


def test_what_the_flow_says_keeps_it_alive_and_the_timeout_comes_first_at_the_same_moment(chat: fl.Channel) -> None:
    session = fl.Session(asks("7200", "remind"), chat)
    session.start("hi")
    assert session.jump("in 5 hours") == ["Still there?", "Well?"] * 2
    assert session.waiting


def test_after_a_hand_off_the_agent_is_gone_too(chat: fl.Channel) -> None:
    trigger = state("Trigger", "trigger", {"incomingConversationMessage": "agent"})
    flow = fl.Flow((trigger, state("agent", "send-to-flex", {"callComplete": None}, attributes="{}")), "Trigger")
    session = fl.Session(flow, chat)
    session.start("help")
    session.say("thanks", after_s=3_600)
    assert session.handed_off
    session.jump("in 2 hours")
    assert not session.handed_off
    session.say("help again")
    assert session.executions == 2
    assert session.conclude() == "handed_off"


def test_it_is_closed_once_and_a_conclusion_tells_it_only_of_a_run_that_waits(chat: fl.Channel) -> None:
    session = fl.Session(asks("86400"), chat)
    session.start("hi")
    twin = session.fork()
    session.jump("in 3 days")
    session.jump("in 3 days")
    assert kinds(session) == ["started", "expired", "ended"]
    assert twin.conclude() == "timed_out"
    assert kinds(twin) == ["started", "expired", "ended", "concluded"]
    done = fl.Session(asks("86400"), chat)
    done.start("hi")
    done.say("yes")
    done.conclude()
    assert kinds(done) == ["started", "ended", "concluded"]
