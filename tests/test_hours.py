"""Opening hours: the calendar itself, against a clock looked at minute by minute; its file; services that ask it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from conftest import state
from hypothesis import given, settings
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import FormatError, UsageError
from flowlab.model.conversation import Role
from flowlab.model.hours import Hours
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.show.hours import hours_html, hours_text

LISBON = {
    "timezone": "Europe/Lisbon",
    "mon-fri": "09:00-18:00",
    "sat": "10:00-13:00",
    "holidays": {"2026-12-25": "Christmas Day", "2026-12-26": None},
    "special": {"2026-12-24": "09:00-13:00", "2026-12-31": "closed"},
}


def hours(**keys: Any) -> Hours:
    return Hours.from_yaml({key.replace("_", "-"): value for key, value in keys.items()})


MOMENTS = [
    ("2026-03-02T09:00:00+00:00", "open", "2026-03-02T18:00:00+00:00"),
    ("2026-03-02T08:59:59+00:00", "closed", "2026-03-02T09:00:00+00:00"),
    ("2026-03-02T18:00:00+00:00", "closed", "2026-03-03T09:00:00+00:00"),
    ("2026-03-28T13:00:00+00:00", "closed", "2026-03-30T09:00:00+01:00"),  # summer time began in between
    ("2026-07-01T08:00:00+00:00", "open", "2026-07-01T18:00:00+01:00"),
    ("2026-12-24T12:59:59+00:00", "open", "2026-12-24T13:00:00+00:00"),
    ("2026-12-25T10:00:00+00:00", "holiday", "2026-12-28T09:00:00+00:00"),
    ("2026-12-31T10:00:00+00:00", "closed", "2027-01-01T09:00:00+00:00"),  # nobody listed New Year's Day
]


@pytest.mark.parametrize(("when", "state", "until"), MOMENTS)
def test_status_and_until_when(when: str, state: str, until: str) -> None:
    status = Hours.from_yaml(LISBON).status(when)
    assert (status.state, status.until and status.until.isoformat()) == (state, until)
    assert status.name == ("Christmas Day" if state == "holiday" else "")


def test_a_moment_is_a_datetime_a_text_or_seconds() -> None:
    calendar = Hours.from_yaml(LISBON)
    text = "2026-03-02T09:00:00+00:00"
    moment = datetime.fromisoformat(text)
    for when in (text, moment, moment.timestamp(), moment.astimezone(ZoneInfo("Asia/Tokyo"))):
        assert calendar.is_open(when)
        assert calendar.until_open_s(when) == 0
    assert calendar.until_open_s("2026-03-02T08:30:00+00:00") == 1_800
    for wrong in ("soon", "2026-03-02T09:00:00", -1.0, float("nan"), 1e20):
        with pytest.raises(UsageError, match=r"no time|no time zone|out of reach"):
            calendar.is_open(wrong)


def test_a_night_goes_on_over_midnight_and_ends_at_a_holidays() -> None:
    night = hours(fri="22:00-06:00", holidays=["2026-03-14"])
    assert night.is_open("2026-03-07T05:59:00+00:00")
    assert not night.is_open("2026-03-08T05:59:00+00:00")
    assert night.is_open("2026-03-13T23:59:00+00:00")
    assert not night.is_open("2026-03-14T00:00:00+00:00")
    closes = night.next_close("2026-03-13T22:30:00+00:00")
    assert closes and closes.isoformat() == "2026-03-14T00:00:00+00:00"


def test_never_and_always() -> None:
    assert hours().next_open("2026-03-02T09:00:00+00:00") is None
    assert hours().until_open_s("2026-03-02T09:00:00+00:00") is None
    always = hours(mon_sun="00:00-24:00")
    assert always.next_close("2026-03-02T09:00:00+00:00") is None
    ends = hours(mon_sun="00:00-24:00", holidays=["2031-05-05"]).next_close("2026-03-02T09:00:00+00:00")
    assert ends and ends.isoformat() == "2031-05-05T00:00:00+00:00"
    once = hours(special={"9000-01-01": "09:00-10:00"}).next_open("1980-03-02T09:00:00+00:00")
    assert once and once.isoformat() == "9000-01-01T09:00:00+00:00"


def test_the_missing_hour_is_no_opening_time_and_the_doubled_one_counts_twice() -> None:
    early = hours(timezone="Europe/Lisbon", sun="00:30-02:30")
    # 2026-03-29: 01:00 becomes 02:00. 2026-10-25: 02:00 becomes 01:00 again.
    assert early.open_seconds_between("2026-03-29T00:00:00+00:00", "2026-03-29T12:00:00+00:00") == 3_600
    assert early.open_seconds_between("2026-10-25T00:00:00+01:00", "2026-10-25T12:00:00+00:00") == 3 * 3_600
    twice = hours(timezone="Europe/Lisbon", sun="00:30-01:30")
    seen = []
    moment = datetime(2026, 10, 24, 12, tzinfo=UTC)
    for _ in range(2):
        opens = twice.next_open(moment)
        assert opens
        closes = twice.next_close(opens)
        assert closes
        seen.append((f"{opens:%H:%M%z}", f"{closes:%H:%M%z}"))
        moment = closes
    assert seen == [("00:30+0100", "01:30+0100"), ("01:00+0000", "01:30+0000")]


# Weeks in which clocks change, or the day is skipped (Apia), the change is half an hour (Lord Howe) or is at midnight.
WEEKS = [
    ("Europe/Lisbon", "2026-03-26"),
    ("Europe/Lisbon", "2026-10-22"),
    ("America/New_York", "2026-03-05"),
    ("America/New_York", "2026-10-29"),
    ("Australia/Lord_Howe", "2026-04-02"),
    ("Australia/Lord_Howe", "2026-10-01"),
    ("America/Santiago", "2026-04-02"),
    ("America/Sao_Paulo", "2018-02-15"),
    ("America/St_Johns", "2010-11-04"),
    ("Pacific/Apia", "2011-12-28"),
    ("Asia/Kathmandu", "2026-03-02"),
]
BEGINS = {f"{zone} {day}": (zone, date.fromisoformat(day)) for zone, day in WEEKS}


@st.composite
def spans(draw: st.DrawFn) -> str:
    """Hours of one day: none, or up to two spans; the last may go on over midnight."""
    marks = sorted(draw(st.lists(st.integers(0, 95), max_size=4, unique=True)))
    clocks = [f"{mark // 4:02d}:{mark % 4 * 15:02d}" for mark in marks]
    pairs = [f"{start}-{end}" for start, end in zip(clocks[::2], clocks[1::2], strict=False)]
    if len(clocks) % 2 and clocks[-1] != clocks[0]:
        pairs.append(f"{clocks[-1]}-{clocks[0]}")
    return ", ".join(pairs) or "closed"


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Hours, datetime]:
    zone, begin = BEGINS[draw(st.sampled_from(sorted(BEGINS)))]
    days = [begin + timedelta(n) for n in range(9)]
    listed = draw(st.dictionaries(st.sampled_from(days), st.one_of(st.none(), spans()), max_size=3))
    entry: dict[str, Any] = {day: draw(spans()) for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}
    entry |= {
        "timezone": zone,
        "holidays": [str(day) for day, text in listed.items() if text is None],
        "special": {str(day): text for day, text in listed.items() if text is not None},
    }
    return Hours.from_yaml(entry), datetime(begin.year, begin.month, begin.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def on_the_wall(calendar: Hours, moment: datetime) -> bool:
    """Whether it is open, read off the clock on the wall: today's spans, and what yesterday left open."""
    wall = moment.astimezone(ZoneInfo(calendar.timezone))
    minute, today = wall.hour * 60 + wall.minute, wall.date()
    if any(start <= minute < end for start, end in calendar.on(today)):
        return True
    if today in calendar.holidays or today in calendar.special:
        return False
    return any(minute < end - 1_440 for _, end in calendar.on(today - timedelta(1)))


@settings(max_examples=25)
@given(calendars())
def test_a_week_looked_at_minute_by_minute(drawn: tuple[Hours, datetime]) -> None:
    calendar, begin = drawn
    minutes = [begin + timedelta(minutes=n) for n in range(6 * 1_440)]
    seen = [on_the_wall(calendar, minute) for minute in minutes]
    assert [calendar.is_open(minute) for minute in minutes] == seen
    assert calendar.open_seconds_between(begin, begin + timedelta(days=6)) == 60 * sum(seen)
    for at in range(0, len(seen), 97):
        opens, closes = calendar.next_open(minutes[at]), calendar.next_close(minutes[at])
        first_open = next((n for n in range(at, len(seen)) if seen[n]), None)
        first_close = next((n for n in range(at + 1, len(seen)) if seen[n - 1] and not seen[n]), None)
        if first_open is not None:
            assert opens and opens.timestamp() == minutes[first_open].timestamp()
        if first_close is not None:
            assert closes and closes.timestamp() == minutes[first_close].timestamp()


@given(calendars(), st.lists(st.floats(0, 8 * 86_400), min_size=3, max_size=3))
def test_open_seconds_add_up(drawn: tuple[Hours, datetime], offsets: list[float]) -> None:
    calendar, begin = drawn
    a, b, c = (begin.timestamp() + offset for offset in offsets)
    whole = calendar.open_seconds_between(a, b) + calendar.open_seconds_between(b, c)
    assert calendar.open_seconds_between(a, c) == pytest.approx(whole, abs=1e-3)


def test_every_fault_of_a_file_is_named_with_its_line(write: Callable[..., Path]) -> None:
    text = """timezone: Europe/Lisboa
mon-fri: 9-18
fri: "09:00-13:00"
sat: "10:00-13:00, 12:00-15:00"
someday: "10:00-13:00"
holidays: {2026-02-30: Nothing, 2026-12-24: Eve}
special:
  2026-12-24: "09:00-13:00"
"""
    with pytest.raises(FormatError) as caught:
        Hours.from_yaml(write(text, "support.yaml"))
    found = [(fault.path.split(",")[0], fault.message) for fault in caught.value.faults]
    assert [line for line, _ in found] == ["line 1", "line 2", "line 3", "line 4", "line 5", "line 6", "line 8"]
    words = ("no time zone", "09:00-18:00", "already", "overlap", "no day", "no date", "holidays too")
    for (_, message), word in zip(found, words, strict=True):
        assert word in message


def test_there_is_no_file() -> None:
    with pytest.raises(UsageError, match="there is no file"):
        Hours.from_yaml("nowhere.yaml")
    with pytest.raises(UsageError, match="no time zone"):
        Hours("Mars/Crater").is_open(0.0)


DAYS = {"holidays": {"2026-12-25": "<b>\x1b"}, "special": LISBON["special"]}


def test_it_shows_its_week_and_its_days_and_lets_nothing_through() -> None:
    calendar = Hours.from_yaml({"timezone": "Europe/Lisbon", "mon-thu": "22:00-06:00"} | DAYS)
    text, page = hours_text(calendar), hours_html(calendar)
    assert "Europe/Lisbon" in text
    assert "Tuesday    ############································####  until 06:00, 22:00-06:00" in text
    assert "Friday     ############····································  until 06:00\n" in text
    assert "Saturday   ················································  closed" in text
    assert "Thu 2026-12-24  09:00-13:00" in text
    assert "<b>\\x1b (holiday)" in text
    assert "&lt;b&gt;" in page
    assert "\x1b" not in text + page
    assert "text/html" in calendar._repr_mimebundle_()[0]


# In services

ASK = state("hours", "run-function", {"success": "split", "fail": None}, url="https://example.com/hours")
SAY = state("split", "send-message", {"sent": "wait"}, body="{{widgets.hours.parsed.open}}")
WAIT = state(
    "wait", "send-and-wait-for-reply", {"incomingMessage": "hours", "timeout": None}, body="?", timeout="999999"
)
ROUND = fl.Flow((state("Trigger", "trigger", {"incomingMessage": "hours"}), ASK, SAY, WAIT), "Trigger")
CALENDARS = {"support": LISBON}
BY_RULE = {
    "timezone": "Europe/Lisbon",
    "calendars": CALENDARS,
    "widgets": {"hours": [{"when": {"open": "support"}, "json": {"open": True}}, {"json": {"open": False}}]},
}
BY_CLOSED = {
    "timezone": "Europe/Lisbon",
    "calendars": CALENDARS,
    "widgets": {"hours": [{"when": {"closed": "support"}, "json": {"open": False}}, {"json": {"open": True}}]},
}
BY_CALENDAR = {"timezone": "Europe/Lisbon", "calendars": CALENDARS, "widgets": {"hours": {"calendar": "support"}}}
BY_PYTHON = Services(
    {"hours": lambda request: {"open": request.is_open("support")}},
    calendars={"support": Hours.from_yaml(LISBON)},
    timezone="Europe/Lisbon",
)


@pytest.mark.parametrize("services", [BY_RULE, BY_CLOSED, BY_CALENDAR, BY_PYTHON])
def test_services_open_and_close_by_the_calendar(services: Any) -> None:
    session = fl.Session(ROUND, services=services, start_time="2026-03-27T17:59:00+00:00")
    assert session.start("hi")[0] == "true"
    assert session.say("and now?", at="18:00")[0] == "false"
    assert session.say("and now?", at="saturday 12:59")[0] == "true"
    assert session.say("and now?", at="monday 08:59")[0] == "false"
    assert session.say("and now?", at="09:00")[0] == "true"


@pytest.mark.parametrize("services", [BY_RULE, BY_CALENDAR])
def test_what_is_remembered_in_a_replay_does_not_stop_the_clock(services: Any) -> None:
    times = ("2026-03-27T10:00:00+00:00", "2026-03-27T19:00:00+00:00", "2026-03-30T10:00:00+00:00")
    talks = [
        fl.Conversation(f"c{n}", "sms", (fl.Message(Role.CUSTOMER, "hi", datetime.fromisoformat(time).timestamp()),))
        for n, time in enumerate(times)
    ]
    said = [
        event.text for event in fl.replay(ROUND, talks, services=services).events.itertuples() if event.kind == "sent"
    ]
    assert [text for text in said if text != "?"] == ["true", "false", "true"]


def test_an_answer_from_a_calendar_says_all_that_a_greeting_needs() -> None:
    more = {
        "timezone": "Europe/Lisbon",
        "calendars": CALENDARS,
        "widgets": {"hours": {"calendar": "support", "json": {"team": "blue"}}},
    }
    session = fl.Session(ROUND, services=more, start_time="2026-12-25T10:00:00+00:00")
    session.start("hi")
    assert session.variables["widgets"]["hours"]["parsed"] == {
        "open": False,
        "reason": "holiday",
        "holiday": "Christmas Day",
        "opens_at": "2026-12-28T09:00:00+00:00",
        "opens_day": "Monday",
        "opens_date": "2026-12-28",
        "opens_time": "09:00",
        "opens_in_days": 3,
        "closes_at": "",
        "closes_time": "",
        "until_open_s": 71 * 3_600,
        "now": "2026-12-25T10:00:00+00:00",
        "timezone": "Europe/Lisbon",
        "team": "blue",
    }


def test_a_calendar_may_be_a_file_beside_the_services(write: Callable[..., Path]) -> None:
    write('mon-fri: "09:00-18:00"\n', "hours.yaml")
    path = write("timezone: Asia/Tokyo\ncalendars: {support: hours.yaml}\n", "services.yaml")
    assert load_services(path).calendars["support"].timezone == "Asia/Tokyo"


def test_faults_of_calendars_in_services_are_named_with_their_lines(write: Callable[..., Path]) -> None:
    text = """calendars:
  support: {mon: "9-5", timezone: Mars}
  sales: nowhere.yaml
  odd: 7
widgets:
  hours:
    - when: {open: suport}
      json: {open: true}
    - {calendar: nobody}
    - {calendar: support, json: 7}
"""
    with pytest.raises(FormatError) as caught:
        load_services(write(text, "services.yaml"))
    found = str(caught.value)
    for line, words in {
        2: "09:00-18:00",
        3: "nowhere.yaml",
        4: "days with their hours",
        7: "Did you mean 'support'?",
    }.items():
        assert any(f"line {line}," in each and words in each for each in found.splitlines()), (line, words)
    assert "no calendar 'nobody'" in found
    assert "beside a calendar" in found
    assert "'Mars' is no time zone" in found


def test_a_callable_that_names_no_calendar_is_told_so() -> None:
    services = Services({"hours": lambda request: request.is_open("support")})
    with pytest.raises(UsageError, match="no calendar 'support'"):
        fl.Session(ROUND, services=services).start("hi")
