"""What each kind of state does: one file of cases a kind, which a designer can read, run through the public Session.

A case: ``state`` (its properties; ``exits`` or ``transitions`` where they matter) reached with the variables ``given``,
on a ``channel``, with ``services``, begun by ``start``; ``then`` lists what the customer does while it waits. Expected:
the ``exit`` it is left by, what stands in ``results`` (``widgets.step``), ``variables`` (``flow.variables``) and
``channel`` (``flow.channel``) then, the ``events`` it tells of, each with the columns that matter; ``at_s``: seconds
from the start; ``after``: what the message after it says, where the case gives that one a body.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.formats.studio import read_flow
from flowlab.model.event import Event, EventKind
from flowlab.model.kinds import KINDS, TRIGGER_EVENTS
from flowlab.model.outcome import Outcome
from flowlab.run.session import DEFAULT_START, Session
from flowlab.run.steps import OPAQUE, STEPS

FOLDER = Path(__file__).parent / "golden" / "steps"
FILES = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.json"))}
CASES = [pytest.param(kind, case, id=f"{kind}: {case['description']}") for kind in FILES for case in FILES[kind]]
KEYS = {"description", "channel", "given", "state", "services", "start", "then", "after", "expect"}
EXPECTED = {"exit", "condition", "value", "results", "variables", "channel", "events", "at_s", "outcome", "after"}


def test_every_kind_has_cases() -> None:
    assert set(FILES) == {*STEPS, "opaque"} - set(OPAQUE)
    for kind, cases in FILES.items():
        assert len(cases) >= 2, kind
        assert len({case["description"] for case in cases}) == len(cases), kind


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_step(kind: str, case: dict[str, Any]) -> None:
    assert case.keys() <= KEYS
    assert case["expect"].keys() <= EXPECTED
    session = Session(read_flow(definition(kind, case)), case.get("channel", "sms"), services=case.get("services"))
    begun_s = session.time_s
    session.start(**case.get("start", {"text": "hello"}))
    for deed in case.get("then", []):
        session.wait(deed["wait"]) if "wait" in deed else session.say(**deed)
    expect = case["expect"]
    mine = [event for event in session.events if event.state == "step" and event.kind != EventKind.ENDED]
    left = next((event for event in mine if event.kind == EventKind.STEP), None)
    assert (left.event if left else None) == expect.get("exit")
    if left:
        assert left.condition == expect.get("condition", left.condition)
        assert left.value == expect.get("value", left.value)
        assert left.time_s - begun_s == expect.get("at_s", left.time_s - begun_s)
    for path, value in expect.get("results", {}).items():
        assert at(session.variables["widgets"].get("step"), path) == value, path
    for path, value in expect.get("channel", {}).items():
        assert at(session.variables["flow"]["channel"], path) == value, path
    if "after" in expect:
        assert [e.text for e in session.events if e.kind == EventKind.SENT and e.state == "after"] == [expect["after"]]
    if "variables" in expect:
        assert session.variables["flow"]["variables"] == case.get("given", {}) | expect["variables"]
    if "events" in expect:
        told = [event for event in mine if event.kind not in (EventKind.STEP, EventKind.STARTED)]
        assert_like(told, expect["events"])
    if "outcome" in expect:
        assert session.outcome == expect["outcome"]


@pytest.mark.parametrize("kind", OPAQUE)
def test_a_widget_that_is_not_run_is_passed_by_its_usual_exit_or_the_one_chosen(kind: str) -> None:
    exits = KINDS[kind].exits
    for chosen in (None, *exits):
        services = {"widgets": {"step": {"exit": chosen, "json": {"found": 1}}}} if chosen else None
        session = Session(read_flow(definition(kind, {"state": {}})), services=services)
        session.start("hello")
        left = [event.event for event in session.events if event.kind == EventKind.STEP and event.state == "step"]
        assert left == [chosen or exits[0]]
        told = next(event for event in session.events if event.kind == EventKind.CHOSEN)
        assert (told.event, told.detail.startswith("default")) == (left[0], not chosen)
        assert session.variables["widgets"]["step"] == ({"found": 1} if chosen else {})


def test_the_usual_exits_stand_in_the_documentation() -> None:
    page = (Path(__file__).parents[1] / "docs" / "fidelity.md").read_text(encoding="utf-8")
    for kind in (*OPAQUE, "add-twiml-redirect", "connect-virtual-agent-v2"):
        others = ", ".join(f"`{exit_}`" for exit_ in KINDS[kind].exits[1:])
        assert f"| `{kind}` | `{KINDS[kind].default_exit}` | {others} |" in page


def definition(kind: str, case: dict[str, Any]) -> dict[str, Any]:
    """A flow around the state: a trigger, the variables given, then the state called ``step``."""
    given = case["state"]
    type_ = given.get("type", kind)
    events = KINDS[type_].exits if type_ in KINDS else ()
    exits = given.get("exits", dict.fromkeys(events))
    step = {
        "name": "step",
        "type": type_,
        "properties": given.get("properties", {}),
        "transitions": given.get("transitions", [{"event": event, "next": to} for event, to in exits.items()]),
    }
    after = {
        "name": "after",
        "type": "send-message",
        "transitions": [],
        "properties": case.get("after", {"body": "after"}),
    }
    if kind == "trigger":
        return {"states": [step, after], "initial_state": "step"}
    rows = [
        {"key": key, "value": json.dumps(value), "type": "json_object"} for key, value in case.get("given", {}).items()
    ]
    first = "given" if rows else "step"
    trigger = {"type": "trigger", "transitions": [{"event": event, "next": first} for event in TRIGGER_EVENTS]}
    set_ = {
        "name": "given",
        "type": "set-variables",
        "properties": {"variables": rows},
        "transitions": [{"event": "next", "next": "step"}],
    }
    return {"states": [trigger, set_, step, after], "initial_state": "Trigger"}


def at(value: Any, path: str) -> Any:
    """The value at a dotted path; the word ``nothing`` where there is none. The empty path is the value itself."""
    for key in path.split(".") if path else []:
        if not isinstance(value, dict) or key not in value:
            return "nothing"
        value = value[key]
    return value


def assert_like(events: list[Event], expected: list[dict[str, Any]]) -> None:
    """Each event has what is expected of it; ``detail`` and ``text`` need only hold the words that end in ``...``."""
    assert [event.kind for event in events] == [like["kind"] for like in expected]
    for event, like in zip(events, expected, strict=True):
        for column, value in like.items():
            actual = getattr(event, column)
            if isinstance(value, str) and value.endswith("..."):
                assert value[:-3] in actual
            else:
                assert actual == value, column


def test_sessions_begin_where_the_cases_say() -> None:
    """Cases with a weekday or an hour count on it."""
    assert DEFAULT_START.startswith("2026-03-02T10:00")


ODD = [
    None,
    "",
    "{{",
    "{{flow.variables.o}}",
    5,
    -1.5,
    True,
    [],
    [1],
    {},
    {"key": 1},
    "x" * 20_000,
    [{"key": "k", "value": {"a": [None]}}],
]
PROPERTIES = (
    *("body", "from", "to", "media_url", "content_sid", "timeout", "input", "variables", "url", "method", "parameters"),
    *("flow_sid", "flow_revision", "workflow", "channel", "attributes", "priority", "workflow_sid", "queue_name"),
    *("task_attributes", "conversation_sid", "friendly_name"),
)
ANSWERS = [{}, {"json": [1]}, {"json": {"sid": 5, "friendly_name": None}}, {"text": "x" * 2_000}, {"exit": "odd"}]


@given(
    st.sampled_from([*KINDS, "hang-up"]),
    st.dictionaries(st.sampled_from(PROPERTIES), st.sampled_from(ODD)),
    st.sampled_from(ANSWERS),
    st.sampled_from(["incomingMessage", "incomingConversationMessage", "incomingRequest"]),
)
@settings(max_examples=400)
def test_no_property_and_no_answer_breaks_a_step(kind: str, odd: dict[str, Any], answer: Any, event: str) -> None:
    case = {"state": {"type": kind, "properties": odd}, "given": {"o": {"a": [1]}}}
    session = Session(read_flow(definition("step", case)), services={"widgets": {"step": {**answer, "delay_s": 1}}})
    session.start("hello", event=event)
    twin = session.fork()
    assert twin.say("1") == session.say("1")
    assert session.conclude() in set(Outcome)
    json.dumps(session.variables)
