"""What the outside world answers: rules, clocks, patterns, callables; and files that are not right."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import state

from flowlab.errors import FormatError, UsageError
from flowlab.model.event import EventKind
from flowlab.model.flow import Flow
from flowlab.run.services import Answer, Request, Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session
from flowlab.text.located_yaml import parse_yaml


def asked(services: Any, start: str = "2026-03-02T10:00:00+00:00", channel: str = "sms", **parameters: str) -> Any:
    """What a call to ``https://shop.example.com/orders`` gets: its parsed answer, text or (unanswered) None."""
    rows = [{"key": key, "value": value} for key, value in parameters.items()]
    get = state("get", "make-http-request", {"success": None}, url="https://shop.example.com/orders", parameters=rows)
    session = Session(Flow((get,), "get"), channel, services=services, start_time=start)
    session.start("hi")
    if any(event.kind == EventKind.UNANSWERED for event in session.events):
        return None
    result = session.variables["widgets"]["get"]
    return result.get("parsed", result["body"])


def hours(when: dict[str, Any], zone: str = "UTC") -> dict[str, Any]:
    return {"timezone": zone, "widgets": {"get": [{"when": when, "json": "open"}, {"json": "closed"}]}}


MONDAY, SUNDAY = "2026-03-02", "2026-03-01"
CLOCKS = [
    ({"time": "09:00-18:00"}, "UTC", f"{MONDAY}T09:00:00+00:00", "open"),
    ({"time": "09:00-18:00"}, "UTC", f"{MONDAY}T08:59:59+00:00", "closed"),
    ({"time": "09:00-18:00"}, "UTC", f"{MONDAY}T17:59:59+00:00", "open"),
    ({"time": "09:00-18:00"}, "UTC", f"{MONDAY}T18:00:00+00:00", "closed"),
    ({"time": "09:00-24:00"}, "UTC", f"{MONDAY}T23:59:59+00:00", "open"),
    ({"time": "22:00-06:00"}, "UTC", f"{MONDAY}T23:00:00+00:00", "open"),
    ({"time": "22:00-06:00"}, "UTC", f"{MONDAY}T05:59:00+00:00", "open"),
    ({"time": "22:00-06:00"}, "UTC", f"{MONDAY}T06:00:00+00:00", "closed"),
    ({"time": "09:00-18:00"}, "America/New_York", f"{MONDAY}T13:59:00+00:00", "closed"),
    ({"time": "09:00-18:00"}, "America/New_York", f"{MONDAY}T14:00:00+00:00", "open"),
    ({"time": "09:00-18:00"}, "Europe/Lisbon", "2026-07-01T08:00:00+00:00", "open"),  # summer time
    ({"weekday": "mon-fri"}, "UTC", f"{MONDAY}T10:00:00+00:00", "open"),
    ({"weekday": "mon-fri"}, "UTC", f"{SUNDAY}T10:00:00+00:00", "closed"),
    ({"weekday": "mon-fri"}, "Pacific/Auckland", f"{SUNDAY}T12:00:00+00:00", "open"),  # Monday there
    ({"weekday": "fri-mon"}, "UTC", f"{SUNDAY}T10:00:00+00:00", "open"),
    ({"weekday": "fri-mon"}, "UTC", "2026-03-04T10:00:00+00:00", "closed"),
    ({"weekday": "Tue, Sun"}, "UTC", f"{SUNDAY}T10:00:00+00:00", "open"),
    ({"weekday": "mon", "time": "09:00-18:00"}, "UTC", f"{MONDAY}T19:00:00+00:00", "closed"),
]


@pytest.mark.parametrize(("when", "zone", "start", "expected"), CLOCKS)
def test_hours_and_weekdays(when: dict[str, Any], zone: str, start: str, expected: str) -> None:
    assert asked(hours(when, zone), start) == expected


PARAMETERS = [
    ("10421", "10421", True),
    ("10421", "10422", False),
    ("104*", "10421", True),
    ("104*", "9104", False),
    (["10421", "10422"], "10422", True),
    ("YES", " yes ", True),
    ("", "", True),
    ("*", "", True),
    (10421, "10421", True),
]


@pytest.mark.parametrize(("pattern", "value", "expected"), PARAMETERS)
def test_parameters(pattern: Any, value: str, expected: bool) -> None:
    rules = [{"when": {"parameters": {"number": pattern}}, "json": True}]
    assert (asked({"widgets": {"get": rules}}, number=value) is True) is expected


def test_a_missing_parameter_is_an_empty_one() -> None:
    assert asked({"widgets": {"get": [{"when": {"parameters": {"number": "1*"}}, "json": 1}]}}) is None
    assert asked({"widgets": {"get": [{"when": {"parameters": {"number": ""}}, "json": 1}]}}) == 1


def test_channels() -> None:
    rules = {"widgets": {"get": [{"when": {"channel": ["sms", "line"]}, "json": "short"}, {"json": "long"}]}}
    assert [asked(rules, channel=name) for name in ("sms", "line", "email")] == ["short", "short", "long"]


def test_the_first_rule_that_holds_answers_and_the_name_goes_before_the_url() -> None:
    urls = {"https://other.example.com/*": {"json": 0}, "https://shop.*/orders": {"json": 1}, "https://*": {"json": 2}}
    assert asked({"urls": urls}) == 1
    assert asked({"urls": urls, "widgets": {"get": {"text": "by name"}}}) == "by name"
    assert asked({"urls": urls, "widgets": {"got": {"text": "by name"}}}) == 1
    assert asked({}) is asked(None) is None


def test_callables_see_the_request_and_give_an_answer_or_just_json() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Any:
        seen.append(request)
        return Answer(text="pong", status=201)

    assert asked(Services({"get": answer}, timezone="Europe/Lisbon"), channel="line", number="7") == "pong"
    assert asked({"urls": {"*": lambda request: {"hour": request.time.hour}}}) == {"hour": 10}
    assert asked(Services({"get": lambda request: None})) == ""
    (request,) = seen
    assert (request.kind, request.name, request.channel) == ("make-http-request", "get", "line")
    assert (request.url, request.parameters) == ("https://shop.example.com/orders", {"number": "7"})
    assert request.time.isoformat() == "2026-03-02T10:00:00+00:00"


def test_a_file_and_a_mapping_say_the_same(write: Callable[..., Path]) -> None:
    path = write(
        """
timezone: Europe/Lisbon
widgets:
  get:
    - when: {weekday: mon-fri, time: "09:00-18:00"}
      json: {open: true}
    - json: {open: false}
""",
        "services.yaml",
    )
    same = {
        "timezone": "Europe/Lisbon",
        "widgets": {
            "get": [
                {"when": {"weekday": "mon-fri", "time": "09:00-18:00"}, "json": {"open": True}},
                {"json": {"open": False}},
            ]
        },
    }
    assert load_services(path) == load_services(str(path)) == load_services(same)
    assert asked(path) == {"open": True}
    assert asked(path, f"{SUNDAY}T10:00:00+00:00") == {"open": False}


def test_services_are_handed_back_as_they_are() -> None:
    services = Services({"get": [(load_services({"widgets": {"a": {}}}).widgets["a"][0])]})  # type: ignore[index]
    assert load_services(services) is services
    assert load_services(None) == Services()


BOMB = "a0: &a0 [1]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))
DEEP = "".join(f"a{n}: &a{n} [*a{n - 1}]\n" for n in range(1, 2000))
MALFORMED = [
    ("nothing", "", "expected a mapping"),
    ("a list", "[1]", "expected a mapping"),
    ("a word", "hello", "expected a mapping"),
    ("broken YAML", "widgets: {a: [}", "is not YAML"),
    ("tabs", "widgets:\n\ta: 1", "is not YAML"),
    ("a Python object", "widgets: !!python/object/apply:os.system [echo]", "line 1, column 10: tags"),
    ("two documents", "a: 1\n---\nb: 2", "line 2, column 1: a second document"),
    ("nested without end", "[" * 5000, "is nested more than"),
    ("an alias of nothing", "widgets: {a: {json: *x}}", "line 1, column 21: nothing above is called &x"),
    ("an alias that grows", BOMB, "the aliases (*name) stand for more than can be read"),
    ("an alias that goes down", "a0: &a0 [1]\n" + DEEP, "the aliases (*name) stand for more than can be read"),
    ("a key twice", "urls: {}\nurls: {}", "line 2, column 1: the key 'urls' stands in line 1 already"),
    ("unknown key", "wigdets: {}", "Did you mean 'widgets'"),
    ("unknown zone", "timezone: Mars/Base", "'Mars/Base' is no time zone"),
    ("a zone that is a path", "timezone: /etc/passwd", "is no time zone"),
    ("a zone that is a folder", "timezone: Europe", "is no time zone"),
    ("widgets as a list", "widgets: [a]", "line 1, widgets: expected names and values"),
    ("urls as a text", "urls: x", "urls: expected names and values"),
    ("a bare word as an answer", "widgets: {a: closed}", "widgets/a: expected an answer like"),
    ("no answer", "widgets: {a: }", "widgets/a: expected an answer like"),
    ("unknown answer key", "widgets: {a: {jsn: 1}}", "Did you mean 'json'"),
    ("a status in words", "widgets: {a: {status: ok}}", "widgets/a/status: expected an HTTP status"),
    ("a status that is true", "widgets: {a: {status: true}}", "status"),
    ("a status out of reach", "widgets: {a: {status: 42}}", "status"),
    ("a delay in words", "widgets: {a: {delay_s: long}}", "delay_s: expected seconds"),
    ("a negative delay", "widgets: {a: {delay_s: -1}}", "delay_s: expected seconds"),
    ("an endless delay", "widgets: {a: {delay_s: .inf}}", "delay_s: expected seconds"),
    ("an exit that is a number", "widgets: {a: {exit: 5}}", "exit: expected text"),
    ("text that is a number", "widgets: {a: {text: 5}}", "text: expected a text"),
    ("yes for true", "widgets:\n  a:\n    json:\n      open: yes", "line 4, widgets/a/json/open: yes is a text here"),
    ("a number too large", "widgets: {a: {json: 1e999}}", "json: the number 1e999 is too large"),
    ("a map within itself", "widgets: {a: &x {json: *x}}", "nothing above is called &x"),
    ("when in words", "widgets: {a: {when: always, json: 1}}", "when: expected names and values"),
    ("unknown when", "widgets: {a: {when: {weekdy: mon}, json: 1}}", "Did you mean 'weekday'"),
    ("unknown weekday", "widgets: {a: {when: {weekday: mon-fry}, json: 1}}", "'mon-fry': write weekdays like"),
    ("hours in words", "widgets: {a: {when: {time: morning}, json: 1}}", "'morning': write hours like"),
    ("hours that are none", "widgets: {a: {when: {time: '25:00-26:00'}, json: 1}}", "write hours like"),
    ("minutes that are none", "widgets: {a: {when: {time: '09:60-18:00'}, json: 1}}", "write hours like"),
    ("hours without an end", "widgets: {a: {when: {time: '09:00'}, json: 1}}", "write hours like"),
    (
        "parameters as a list",
        "widgets: {a: {when: {parameters: [a]}, json: 1}}",
        "parameters: expected names",
    ),
]


@pytest.mark.parametrize(("content", "words"), [m[1:] for m in MALFORMED], ids=[m[0] for m in MALFORMED])
def test_a_malformed_file_is_said_in_a_sentence(content: str, words: str, write: Callable[..., Path]) -> None:
    path = write(content, "services.yaml")
    with pytest.raises(FormatError) as caught:
        load_services(path)
    assert str(path) in str(caught.value)
    assert words in str(caught.value)


def test_all_faults_at_once(write: Callable[..., Path]) -> None:
    content = "colour: 1\ntimezone: Mars\nwidgets: {a: {status: ok}, b: {when: {weekday: x, time: y}}}\nurls: 5"
    with pytest.raises(FormatError) as caught:
        load_services(write(content, "services.yaml"))
    paths = {fault.path for fault in caught.value.faults}
    assert paths == {
        "line 1, colour",
        "line 2, timezone",
        "line 3, widgets/a/status",
        "line 3, widgets/b/when/weekday",
        "line 3, widgets/b/when/time",
        "line 4, urls",
    }


def test_an_answer_is_written_once_and_named(write: Callable[..., Path]) -> None:
    path = write("widgets:\n  got:\n    json: &ana {name: Ana, vip: true}\n  get:\n    json: *ana", "services.yaml")
    assert asked(path) == {"name": "Ana", "vip": True}


def test_dates_and_what_is_no_number_are_texts() -> None:
    words = {"day": "2026-03-02", "2026-03-02": ".nan", "number": "0421", "open": "no"}
    text = "widgets: {get: {json: {day: 2026-03-02, 2026-03-02: .nan, number: 0421, open: 'no'}}}"
    assert parse_yaml(text, "services.yaml").data["widgets"]["get"]["json"] == words
    assert asked({"widgets": {"get": {"json": words}}}) == words


def test_no_such_file_no_file_and_no_text(tmp_path: Path, write: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        load_services(tmp_path / "none.yaml")
    with pytest.raises(FormatError, match="cannot be read"):
        load_services(tmp_path)
    with pytest.raises(FormatError, match="is not UTF-16"):
        load_services(write(b"\xff\xfe\x00", "services.yaml"))
