"""Every switch for what Twilio leaves open changes what it says it does, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from conftest import state
from hypothesis import given
from hypothesis import strategies as st
from strategies import look_ups, scopes

from flowlab.errors import FormatError
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import EventKind
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.outcome import Outcome
from flowlab.model.readings import READINGS, Readings
from flowlab.run.conditions import CONDITIONS, holds
from flowlab.run.program import compile_flow
from flowlab.run.replay import replay_all
from flowlab.run.services_file import load_services
from flowlab.run.session import Session
from flowlab.run.template import LiquidTemplate, plain_template

WAIT = "send-and-wait-for-reply"
#: Switches of TaskRouter's: see the tests of routing.
ROUTING = {"and_binds_tighter", "null_differs", "null_is_empty", "zero_is_highest_priority", "worker_capacity"}


def session(flow: Flow, channel: str = "sms", **readings: Any) -> Session:
    return Session(flow, channel, services={"readings": readings})


def say(name: str, body: str) -> State:
    return state(name, "send-message", {"sent": None}, body=body)


def split(*branches: tuple[str, str, str], text: str = "{{trigger.message.Body}}") -> State:
    matches = (Transition("match", to, (Condition(kind, value, (text,)),)) for kind, value, to in branches)
    return State("route", "split-based-on", (Transition("noMatch", "none"), *matches), {"input": text})


def routed(text: str, *branches: tuple[str, str, str], **readings: Any) -> list[str]:
    flow = Flow((split(*branches), say("none", "none"), say("a", "a"), say("b", "b")), "route")
    return session(flow, **readings).start(text)


def first_match_wins(on: bool) -> object:
    return routed("order", ("contains", "o", "a"), ("contains", "order", "b"), first_match_wins=on)


def any_of_trims_items(on: bool) -> object:
    return routed("one", ("matches_any_of", "1, one", "a"), any_of_trims_items=on)


def thousands_are_numbers(on: bool) -> object:
    return routed("1,000", ("less_than", "2000", "a"), thousands_are_numbers=on)


def lists_as_json(on: bool) -> object:
    row = {"key": "l", "value": '["a", {"b": 1}]', "type": "json_object"}
    keep = state("keep", "set-variables", {"next": "say"}, variables=[row])
    both_ways = "{{flow.variables.l}} {{flow.variables.l | default: ''}}"  # a look-up, and what Liquid's filters give
    return session(Flow((keep, say("say", both_ways)), "keep"), lists_as_json=on).start("hi")


def conversation_reply_is_inbound(on: bool) -> object:
    ask = state("ask", WAIT, {"incomingMessage": "say", "timeout": None}, body="?")
    flow = Flow((ask, say("say", "{{widgets.ask.inbound.Body}}/{{trigger.conversation.Body}}")), "ask")
    talk = session(flow, "webchat", conversation_reply_is_inbound=on)
    talk.start("hi")
    return talk.say("Ana")


def broken_template_ends_run(on: bool) -> object:
    row = {"key": "v", "value": "{{ x | nosuch }}"}
    keep = state("keep", "set-variables", {"next": "say"}, variables=[row])
    talk = session(Flow((keep, say("say", "on")), "keep"), broken_template_ends_run=on)
    return talk.start("hi"), talk.outcome, talk.execution.why if talk.execution else ""


def loop_of_two_counts_in_a_row(on: bool) -> object:
    ask = state("ask", WAIT, {"incomingMessage": "count", "timeout": None}, body="?")
    flow = Flow((ask, state("count", "set-variables", {"next": "ask"}, variables=[])), "ask")
    talk = session(flow, loop_of_two_counts_in_a_row=on)
    talk.start("hi")
    replies = 0
    while talk.waiting and replies < 50:
        talk.say("x")
        replies += 1
    return replies, talk.outcome


def subflow_gives_simple_values(on: bool) -> object:
    row = {"key": "l", "value": "[1]", "type": "json_object"}
    sub = Flow((state("keep", "set-variables", {"next": None}, variables=[row]),), "keep")
    runs = state("sub", "run-subflow", {"completed": "say", "failed": None}, flow_sid="FW1")
    flow = Flow((runs, say("say", "got {{widgets.sub.l}}")), "sub")
    services = {"subflows": {"FW1": sub}, "readings": {"subflow_gives_simple_values": on}}
    return Session(flow, services=services).start("hi")


def choices_adapt(on: bool) -> object:
    ask = state("ask", WAIT, {"deliveryFailure": "say"}, body="?", attributes='{"choices": ["Yes", "No"]}')
    return session(Flow((ask, say("say", "failed")), "ask"), choices_adapt=on).start("hi")


def keywords_reach_flow(on: bool) -> object:
    ask = state("ask", WAIT, {"incomingMessage": "say"}, body="?")
    talk = session(Flow((ask, say("say", "flow heard")), "ask"), keywords_reach_flow=on)
    talk.start("hi")
    return len(talk.say("HELP")), talk.waiting, len(talk.say("STOP")), talk.say("Ana")


BOTH_WAYS: list[tuple[Callable[[bool], object], object, object]] = [
    (first_match_wins, ["a"], ["b"]),
    (any_of_trims_items, ["a"], ["none"]),
    (thousands_are_numbers, ["a"], ["none"]),
    (lists_as_json, ['["a",{"b":1}] ["a",{"b":1}]'], ["a{'b': 1} a{'b': 1}"]),
    (conversation_reply_is_inbound, ["Ana/Ana"], ["/Ana"]),
    (
        broken_template_ends_run,
        ([], Outcome.FAILED, "broken template: unknown filter 'nosuch'"),
        (["on"], Outcome.CONTAINED, "ended at say.sent"),
    ),
    (loop_of_two_counts_in_a_row, (11, Outcome.FAILED), (50, None)),
    (subflow_gives_simple_values, ["got "], ["got [1]"]),
    (keywords_reach_flow, (2, False, 1, []), (1, True, 1, [])),
    (choices_adapt, ["?\n1. Yes\n2. No"], ["failed"]),
]


@pytest.mark.parametrize(("switch", "on", "off"), BOTH_WAYS, ids=[case[0].__name__ for case in BOTH_WAYS])
def test_a_switch_changes_what_it_says(switch: Callable[[bool], object], on: object, off: object) -> None:
    assert switch(True) == on
    assert switch(False) == off


def test_every_switch_is_tried_and_documented() -> None:
    names = {field.name for field in fields(Readings)}
    assert {case[0].__name__ for case in BOTH_WAYS} | ROUTING == names
    page = (Path(__file__).parents[1] / "docs" / "fidelity.md").read_text(encoding="utf-8")
    for name in names:
        assert f"`{name}`" in page, name
        assert f"``{name}``" in (Readings.__doc__ or ""), name


def test_every_reading_is_where_the_page_says() -> None:
    """The last column of each table in ``docs/fidelity.md`` names files of the package."""
    root = Path(__file__).parents[1]
    rows = [
        row for row in (root / "docs" / "fidelity.md").read_text(encoding="utf-8").splitlines() if row.startswith("|")
    ]
    last = [row.split("|")[-2].strip() for row in rows]
    named = {name for cell in last for name in re.findall(r"`(\w+/[\w/]+\.py)`", cell)}
    assert len(named) > 20
    assert [name for name in sorted(named) if not (root / "flowlab" / name).exists()] == []
    for switch, default, where in re.findall(
        r"^\| [^|]+ \| `(\w+)` \| ([^|]+) \| ([^|]+) \|$", "\n".join(rows), re.MULTILINE
    ):
        assert default and (where == "same" or where.endswith(".py`")), switch


def test_a_loop_is_broken_by_a_widget_that_is_new() -> None:
    """Eight rounds of one loop, then a new widget, then ten rounds of the next; the eleventh is too many."""
    ask = state("ask", WAIT, {"incomingMessage": "route", "timeout": None}, body="?")
    more = state("more", WAIT, {"incomingMessage": "again", "timeout": None}, body="?")
    again = state("again", "set-variables", {"next": "more"}, variables=[])
    route = replace(
        split(("equal_to", "on", "more"), text="{{widgets.ask.inbound.Body}}"),
        transitions=(
            Transition("noMatch", "ask"),
            Transition("match", "more", (Condition("equal_to", "on", ("{{widgets.ask.inbound.Body}}",)),)),
        ),
    )
    talk = session(Flow((ask, route, more, again), "ask"), loop_of_two_counts_in_a_row=True)
    talk.start("hi")
    for text in ["x"] * 8 + ["on"] + ["x"] * 10:
        twin = talk.fork()
        twin.say("x")
        talk.say(text)
    assert talk.waiting
    talk.say("x")
    assert talk.outcome == Outcome.FAILED


def test_flipping_one_condition_leaves_the_others() -> None:
    other = Readings(any_of_trims_items=False, thousands_are_numbers=True)
    for kind in CONDITIONS:
        for text, value in (("one", "one"), ("2", "10"), ("yes", "no,yes"), ("", "")):
            assert holds(kind, text, value) == holds(kind, text, value, other), kind


@pytest.mark.parametrize(("text", "number"), [("1,000", True), ("1,0000", False), ("10,00", False), ("-1,234.5", True)])
def test_thousands(text: str, number: bool) -> None:
    reads = Readings(thousands_are_numbers=True)
    assert (holds("less_than", text, "5000", reads) or holds("greater_than", text, "5000", reads)) is number


@given(look_ups(), scopes)
def test_the_short_way_writes_lists_as_liquid_does(text: str, scope: dict[str, Any]) -> None:
    short = plain_template(text, lists_as_json=False)
    if short is not None:
        assert short.render(scope) == LiquidTemplate(text, lists_as_json=False).render(scope)


def test_a_program_made_by_other_readings_is_made_anew() -> None:
    flow = Flow((split(("matches_any_of", "1, one", "a")), say("a", "a"), say("none", "none")), "route")
    program = compile_flow(flow)
    assert compile_flow(program) is program
    assert Session(program).start("one") == ["a"]
    assert Session(program, services={"readings": {"any_of_trims_items": False}}).start("one") == ["none"]


@given(st.lists(st.sampled_from(["one", "1", "x"]), min_size=2, max_size=4))
def test_replay_goes_by_them_too(texts: list[str]) -> None:
    flow = Flow(
        (
            state("ask", WAIT, {"incomingMessage": "route", "timeout": None}, body="?"),
            split(("matches_any_of", "1, one", "a"), text="{{trigger.conversation.Body}}"),
            say("a", "a"),
            say("none", "none"),
        ),
        "ask",
    )
    readings = {"any_of_trims_items": False, "conversation_reply_is_inbound": False}
    talks = [
        Conversation(f"c{n}", "webchat", (Message(Role.CUSTOMER, "hi"), Message(Role.CUSTOMER, text)))
        for n, text in enumerate(texts)
    ]
    for talk, replayed in zip(talks, replay_all(flow, talks, {"readings": readings}), strict=True):
        alone = Session(flow, "webchat", services={"readings": readings}, conversation_id=talk.id)
        alone.start("hi")
        alone.say(talk.messages[1].text)
        assert [e.text for e in replayed.events if e.kind == EventKind.SENT] == [
            e.text for e in alone.events if e.kind == EventKind.SENT
        ]


WRONG = [
    ({"any_of_trim_items": False}, "any_of_trim_items", "Did you mean 'any_of_trims_items'?"),
    ({"lists_as_json": "no"}, "lists_as_json", "expected true or false, found 'no'"),
    ({"lists_as_json": 1}, "lists_as_json", "expected true or false, found 1"),
    ({"worker_capacity": 0}, "worker_capacity", "expected a whole number from 1 to 10,000, found 0"),
    ({"worker_capacity": True}, "worker_capacity", "expected a whole number"),
    ({1: True}, "1", "unknown key"),
    (["lists_as_json"], "", "expected names and values"),
]


@pytest.mark.parametrize(("data", "path", "words"), WRONG)
def test_wrong_readings_are_said(data: Any, path: str, words: str) -> None:
    with pytest.raises(FormatError) as caught:
        load_services({"readings": data})
    (fault,) = caught.value.faults
    assert fault.path == f"readings/{path}".rstrip("/")
    assert words in fault.message


def test_readings_stand_in_a_services_file(write: Callable[..., Path]) -> None:
    path = write("readings: {any_of_trims_items: false, colour: red}\n", "services.yaml")
    with pytest.raises(FormatError, match=r"readings/colour: unknown key\. Known: first_match_wins"):
        Session(Flow((), ""), services=path)
    path = write("readings: {any_of_trims_items: false, worker_capacity: 3}\n", "services.yaml")
    found = Session(Flow((), ""), services=path).setting.services.readings
    assert found == replace(READINGS, any_of_trims_items=False, worker_capacity=3)
