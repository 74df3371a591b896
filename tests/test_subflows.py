"""A flow inside a flow: one execution, in line; forks, memory and limits go through; and others see one state."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import strategies
from conftest import state
from hypothesis import given, settings
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import FormatError
from flowlab.formats.studio import read_flow
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.flow import Flow, State
from flowlab.model.outcome import Outcome
from flowlab.run import memo
from flowlab.run.replay import replay_all
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session
from flowlab.run.steps.send_and_wait_for_reply import SendAndWaitForReply

SID = "FW0001"
WAIT = "send-and-wait-for-reply"


def inner(*states: State, name: str = "inner") -> Flow:
    """A subflow: its trigger leads to the first of the states."""
    return Flow((state("Trigger", "trigger", {"incomingParent": states[0].name}), *states), "Trigger", name=name)


def outer(*more: State, completed: str | None = "after", failed: str | None = "sorry", **properties: Any) -> Flow:
    """A flow that runs the subflow at once, and says how it went."""
    ways = {"incomingMessage": "sub", "incomingConversationMessage": "sub", "incomingRequest": "sub"}
    return Flow(
        (
            state("Trigger", "trigger", ways),
            state("sub", "run-subflow", {"completed": completed, "failed": failed}, flow_sid=SID, **properties),
            state("after", "send-message", {"sent": None}, body="Got {{widgets.sub.v}}."),
            state("sorry", "send-message", {"sent": None}, body="Sorry."),
            *more,
        ),
        "Trigger",
        name="outer",
    )


def question(name: str = "ask", to: str | None = "keep", timeout: str | None = None) -> State:
    return state(name, WAIT, {"incomingMessage": to, "timeout": timeout}, body="Well?", timeout="60")


def keep(key: str = "v", value: str = "{{widgets.ask.inbound.Body}}", to: str | None = None) -> State:
    return state("keep", "set-variables", {"next": to}, variables=[{"key": key, "value": value}])


ASKING = inner(question(), keep())


def run(flow: Flow, sub: Flow, channel: str = "sms") -> Session:
    return Session(flow, channel, services=Services(subflows={SID: sub}))


def steps(session: Session) -> list[tuple[str, str, str, str]]:
    return [(e.parent, e.state, e.event, e.transitioned_to) for e in session.events if e.kind == EventKind.STEP]


def test_it_runs_in_line_and_its_results_come_back() -> None:
    session = run(outer(), ASKING)
    assert session.start("hi") == ["Well?"]
    assert (session.state, session.parent, session.place, session.waiting) == ("ask", "sub", "sub", True)
    assert session.say("Lisbon") == ["Got Lisbon."]
    assert steps(session) == [
        ("", "Trigger", "incomingMessage", "sub"),
        ("sub", "Trigger", "incomingParent", "ask"),
        ("sub", "ask", "incomingMessage", "keep"),
        ("sub", "keep", "next", ENDED),
        ("", "sub", "completed", "after"),
        ("", "after", "sent", ENDED),
    ]
    assert [event.seq for event in session.events] == list(range(len(session.events)))
    assert (session.executions, session.outcome, session.parent) == (1, Outcome.CONTAINED, "")


def test_states_of_one_name_do_not_meet() -> None:
    flow = outer(state("ask", "send-message", {"sent": None}, body="{{widgets.ask.inbound.Body}}!"), completed="ask")
    session = run(flow, ASKING)
    session.start("hi")
    assert session.say("Lisbon") == ["!"]  # the outer flow's own state of that name has had no reply
    assert session.variables["widgets"]["sub"] == {"v": "Lisbon"}


def test_a_reply_on_a_conversation_is_known_outside() -> None:
    flow = outer(state("echo", "send-message", {"sent": None}, body="{{trigger.conversation.Body}}"), completed="echo")
    session = run(flow, ASKING, "webchat")
    session.start("hi")
    assert session.say("Lisbon") == ["Lisbon"]
    assert "parent" not in session.variables["trigger"]


def test_a_timeout_inside_happens_at_its_second_and_the_outer_flow_goes_on() -> None:
    session = run(outer(), ASKING)
    session.start("hi")
    begun_s = session.time_s
    assert session.wait(59.5) == []
    assert session.wait(0.5) == ["Got ."]
    assert session.events[-1].time_s == begun_s + 60
    assert session.outcome == Outcome.ABANDONED


def test_calls_inside_take_time_outside_too() -> None:
    slow = state("look", "run-function", {"success": None, "fail": None}, url="/x")
    services = {"widgets": {"look": {"json": {}, "delay_s": 5}}, "subflows": {SID: inner(slow)}}
    now = state("now", "send-message", {"sent": None}, body="{{'now' | date: '%S'}}")
    assert Session(outer(now, completed="now"), services=services).start("hi") == ["05"]


def test_services_may_name_a_state_inside_a_subflow() -> None:
    look = state("look", "run-function", {"success": "keep", "fail": None}, url="/x")
    sub = inner(look, keep(value="{{widgets.look.parsed}}"))
    answers = {"look": {"json": "outside"}, "sub/look": {"json": "inside"}}
    assert Session(outer(), services={"widgets": answers, "subflows": {SID: sub}}).start("hi") == ["Got inside."]
    del answers["sub/look"]
    assert Session(outer(), services={"widgets": answers, "subflows": {SID: sub}}).start("hi") == ["Got outside."]


def test_a_callable_is_told_where_it_is_asked_from() -> None:
    seen = []
    look = state("look", "run-function", {"success": None, "fail": None}, url="/x")
    services = {"widgets": {"look": lambda request: seen.append(request.parent)}, "subflows": {SID: inner(look)}}
    Session(outer(), services=services).start("hi")
    assert seen == ["sub"]


def test_a_hand_off_inside_counts_for_the_whole() -> None:
    session = run(outer(), inner(state("agent", "send-to-flex", {"callComplete": None}, attributes="{}")))
    assert session.start("hi") == ["Got ."]
    assert session.conclude() == Outcome.HANDED_OFF


def test_one_level_only() -> None:
    deeper = state("deeper", "run-subflow", {"completed": None, "failed": "keep"}, flow_sid=SID)
    session = run(outer(), inner(deeper, keep(value="failed")))
    assert session.start("hi") == ["Got failed."]
    fault = next(event for event in session.events if event.kind == EventKind.FAULT)
    assert (fault.parent, fault.state, fault.detail) == (
        "sub",
        "deeper",
        "a subflow cannot run a subflow: Studio allows one level",
    )


def test_steps_are_counted_across() -> None:
    rounds = inner(state("a", "set-variables", {"next": "b"}), state("b", "set-variables", {"next": None}))
    session = run(outer(completed="sub"), rounds)
    session.start("hi")
    assert (session.outcome, session.events[-1].detail) == (Outcome.FAILED, "limit: 1,000 steps in one execution")
    entered = sum(event.kind == EventKind.STEP and event.state != "sub" for event in session.events)
    entered += sum(event.kind == EventKind.SUBFLOW for event in session.events)
    assert entered == 1000


def test_a_limit_met_inside_ends_the_whole_and_says_where() -> None:
    session = run(outer(), inner(state("a", "set-variables", {"next": "a"})))
    session.start("hi")
    session.conclude()
    ended, concluded = session.events[-2:]
    assert (ended.kind, ended.parent, ended.state, ended.event) == ("ended", "sub", "a", "failed")
    assert (concluded.kind, concluded.parent, concluded.state) == ("concluded", "sub", "a")


def test_thirty_days_inside() -> None:
    again = state("ask", WAIT, {"incomingMessage": None, "timeout": "ask"}, body="Well?", timeout="5000000")
    session = run(outer(), inner(again))
    session.start("hi")
    session.conclude()
    assert session.events[-1].detail == "limit: an execution lives 30 days at most"


def test_where_nothing_is_mapped_services_answer_as_before() -> None:
    session = Session(outer(), services={"widgets": {"sub": {"json": {"v": "stubbed"}}}, "subflows": {}})
    assert session.start("hi") == ["Got stubbed."]
    session = Session(outer(), services={"subflows": {"FW0002": ASKING}})
    assert session.start("hi") == ["Sorry."]
    told = next(event.detail for event in session.events if event.kind == EventKind.UNANSWERED)
    assert "name its flow in services under subflows, as `FW0001: flow.json`" in told


# --- forks, memory, and running it alone


def deal(session: Session, deeds: list[tuple[str | None, float]]) -> None:
    session.start("hello")
    for text, seconds in deeds:
        session.wait(seconds) if text is None else session.say(text, after_s=seconds)


def drawn_inner(definition: dict[str, Any]) -> Flow:
    """A drawn flow with a way in from a parent, and nothing deeper in it."""
    states = [s if s["type"] != "run-subflow" else {**s, "type": "odd"} for s in definition["states"]]
    trigger = {**states[0], "transitions": [{"event": "incomingParent", "next": states[1]["name"]}]}
    return read_flow({**definition, "states": [trigger, *states[1:]], "initial_state": "Trigger"})


PARAMETERS = [{"key": "p", "value": "{{trigger.message.Body}}", "type": "string"}]
WORLD = {"look_up": {"json": {"items": ["a", "b"], "n": 2}}}


@given(strategies.flows(), strategies.deeds, st.integers(0, 8), strategies.deeds)
@settings(max_examples=80)
def test_a_fork_inside_a_subflow_goes_its_own_way(
    definition: dict[str, Any], deeds: list[Any], at: int, others: list[Any]
) -> None:
    services = load_services({"widgets": WORLD, "subflows": {SID: drawn_inner(definition)}})
    plain, forked = (Session(outer(parameters=PARAMETERS), services=services) for _ in range(2))
    deal(plain, deeds)
    deal(forked, deeds[:at])
    twin = forked.fork()
    for text, seconds in others:
        twin.wait(seconds) if text is None else twin.say(text, after_s=seconds)
    for text, seconds in deeds[at:]:
        forked.wait(seconds) if text is None else forked.say(text, after_s=seconds)
    assert forked.conclude() == plain.conclude()
    assert forked.events == plain.events
    assert forked.variables == plain.variables


def talks_of(texts: list[list[str]], channel: str = "sms") -> list[Conversation]:
    return [
        Conversation(
            f"c{n}",
            channel,
            tuple(Message(Role.CUSTOMER, text, 1_770_000_000.0 + 10 * i) for i, text in enumerate(said)),
            contact=f"+1202555{n:04d}",
        )
        for n, said in enumerate(texts)
    ]


def both(flow: Flow, talks: list[Conversation], services: Any) -> tuple[list[list[Event]], list[list[Event]]]:
    """The events with remembering and without."""
    remembered = [replayed.events for replayed in replay_all(flow, talks, services)]
    with patch.object(memo, "MAX_TURNS", 0):
        return remembered, [replayed.events for replayed in replay_all(flow, talks, services)]


@given(
    strategies.flows(),
    st.lists(st.lists(strategies.reply, min_size=1, max_size=5), min_size=2, max_size=6),
    st.sampled_from(["sms", "webchat"]),
)
@settings(max_examples=80)
def test_remembered_and_walked_subflows_are_the_same(
    definition: dict[str, Any], texts: list[list[str]], channel: str
) -> None:
    services = {"widgets": WORLD, "subflows": {SID: drawn_inner(definition)}}
    again = outer(question("more", to="sub"), completed="more", failed="more", parameters=PARAMETERS)
    remembered, walked = both(again, talks_of(texts * 2, channel), services)
    assert remembered == walked


def test_turns_inside_a_subflow_are_remembered() -> None:
    flow, services = outer(), Services(subflows={SID: ASKING})
    talks = talks_of([["hi", f"text {n}"] for n in range(20)])
    with patch.object(SendAndWaitForReply, "enter", autospec=True, side_effect=SendAndWaitForReply.enter) as entered:
        logs = [replayed.events for replayed in replay_all(flow, talks, services)]
    assert entered.call_count == 1
    said = [[event.text for event in events if event.kind == EventKind.SENT] for events in logs]
    assert said == [["Well?", f"Got text {n}."] for n in range(20)]


@given(strategies.flows(), strategies.deeds)
@settings(max_examples=80)
def test_inside_it_does_what_it_does_alone(definition: dict[str, Any], deeds: list[Any]) -> None:
    sub = drawn_inner(definition)
    services = load_services({"widgets": WORLD, "subflows": {SID: sub}})
    runs = state("parent", "run-subflow", {"completed": None}, flow_sid=SID, parameters=PARAMETERS)
    flow = Flow((state("Trigger", "trigger", {"incomingMessage": "parent"}), runs), "Trigger")
    alone, whole = Session(sub, services=services), Session(flow, services=services)
    alone.start("hello", event="incomingParent", context={"p": "hello"})
    whole.start("hello")
    for text, seconds in deeds:
        if not (alone.waiting and whole.waiting):
            break
        for session in (alone, whole):
            session.wait(seconds) if text is None else session.say(text, after_s=seconds)
    mine = [event._replace(seq=0) for event in first_execution(alone.events)]
    theirs = [event._replace(seq=0, parent="") for event in first_execution(whole.events) if event.parent]
    theirs = [event for event in theirs if not event.detail.endswith("no such state")]  # alone, the end says it
    if len(mine) > 900:  # the outer flow's own steps count for the limit of 1,000
        mine = mine[: len(theirs)]
    assert theirs == mine


def first_execution(events: list[Event]) -> list[Event]:
    """What happened between its start and its end."""
    kinds = [event.kind for event in events]
    return events[1 : kinds.index("ended")] if "ended" in kinds else events[1:]


# --- files


def test_a_services_file_names_flows_beside_it(write: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "flows").mkdir()
    fl.save(ASKING, tmp_path / "flows" / "ask.json")
    path = write(f"subflows:\n  {SID}: flows/ask.json\n", "services.yaml")
    session = Session(outer(), services=path)
    session.start("hi")
    assert session.say("Lisbon") == ["Got Lisbon."]
    told = next(event for event in session.events if event.kind == EventKind.SUBFLOW)
    assert (told.state, told.detail) == ("sub", "ask")


def test_parsed_json_will_do_in_a_mapping() -> None:
    definition = {"states": [{"name": "Trigger", "type": "trigger", "transitions": []}], "initial_state": "Trigger"}
    assert load_services({"subflows": {SID: definition}}).subflows[SID]["Trigger"].type == "trigger"


BAD_FILES = [
    ("no such file", "none.json", "none.json: cannot be read: No such file"),
    ("a folder", ".", "cannot be read"),
    ("not JSON", "text.json", "text.json: line 1, column 1: is not JSON"),
    ("not a flow", "list.json", "is no Studio flow"),
    ("nested without end", "deep.json", "nested"),
    ("a number", "5", "expected the path of a flow file, found 5"),
    ("nothing", "", "expected the path of a flow file, found None"),
    ("a path with a NUL", '"a\\0b"', "null byte"),
]


@pytest.mark.parametrize(("given_", "words"), [b[1:] for b in BAD_FILES], ids=[b[0] for b in BAD_FILES])
def test_a_bad_file_is_said_in_a_sentence(given_: str, words: str, write: Callable[..., Path], tmp_path: Path) -> None:
    for name, content in (("text.json", "hello"), ("list.json", "[1]"), ("deep.json", "[" * 5000 + "]" * 5000)):
        write(content, name)
    path = write(f"subflows: {{{SID}: {given_}, FW2: none.json}}\ncolour: 1", "services.yaml")
    with pytest.raises(FormatError) as caught:
        load_services(path)
    assert {fault.path for fault in caught.value.faults} == {
        "line 2, colour",
        f"line 1, subflows/{SID}",
        "line 1, subflows/FW2",
    }
    assert words in str(caught.value)


def test_subflows_that_are_no_mapping() -> None:
    with pytest.raises(FormatError, match="subflows: expected names and values, found"):
        load_services({"subflows": [SID]})


# --- what others make of it


@pytest.fixture
def replayed() -> Any:
    return fl.replay(outer(), talks_of([["hi", "Lisbon"], ["hi"]]), services={"subflows": {SID: ASKING}})


def test_coverage_and_traffic_are_of_the_flow_itself(replayed: Any) -> None:
    table = replayed.coverage().set_index(["state", "event"])
    assert table.loc[("sub", "completed"), ["visits", "n"]].tolist() == [2, 2]
    assert table.loc[("Trigger", "incomingMessage"), ["visits", "n"]].tolist() == [2, 2]
    assert {edge[0] for edge in replayed.counts} == {"Trigger", "sub", "after"}
    assert [edge[0] for edge in replayed.path("c0")] == ["Trigger", "sub", "after"]


def test_drawing_and_tables_take_a_log_with_a_subflow_in_it(replayed: Any) -> None:
    fl.draw(replayed.flow, path=replayed.log)
    fl.draw(replayed.flow, counts=replayed.counts)
    assert replayed.outcomes["last_state"].tolist() == ["after", "after"]
    waits = run(outer(), inner(state("a", "set-variables", {"next": "a"})))
    waits.start("hi")
    waits.conclude()
    from flowlab.measure.outcomes import outcome_table

    assert outcome_table(waits.events, [Conversation("talk", "sms", ())])["last_state"].tolist() == ["sub"]


def test_a_divergence_decided_inside_is_placed_in_the_state_that_runs_it() -> None:
    condition = {"type": "equal_to", "value": "x", "arguments": ["{{widgets.ask.inbound.Body}}"], "friendly_name": ""}
    split = {
        "name": "route",
        "type": "split-based-on",
        "properties": {"input": "{{widgets.ask.inbound.Body}}"},
        "transitions": [{"event": "noMatch"}, {"event": "match", "conditions": [condition]}],
    }
    sub = inner(question(to="route"), read_flow({"states": [split]})["route"])
    (talk,) = talks_of([["hi", "x"]])
    recorded = (*talk.messages, Message(Role.BOT, "Other.", 1_770_000_020.0))
    run_ = fl.replay(outer(), [Conversation("c0", "sms", recorded)], services={"subflows": {SID: sub}})
    last = run_.divergences.iloc[-1]
    assert (last["state"], last["condition"]) == ("sub", "equal_to x")


def test_the_chat_shows_the_state_that_runs_it() -> None:
    from flowlab.widgets.flow_map import FlowMap
    from flowlab.widgets.log_rows import log_rows

    session = run(outer(), ASKING)
    session.start("hi")
    picture = FlowMap(session.flow)
    picture.show(session.events, session.place)
    assert picture.active == "sub"
    rows = log_rows(session.events, [0, len(session.events)])
    assert "sub runs the subflow inner" in {row["text"] for row in rows}
    assert "sub › Trigger" in {row.get("name") for row in rows}


def test_unanswered_calls_inside_are_named_as_services_name_them() -> None:
    look = state("look", "run-function", {"success": None, "fail": None}, url="/x")
    run_ = fl.replay(outer(), talks_of([["hi"]]), services={"subflows": {SID: inner(look)}})
    assert dict(run_.unanswered) == {"sub/look": 1}


def test_events_tell_their_parent_in_the_table(replayed: Any) -> None:
    table = replayed.events
    assert set(table["parent"]) == {"", "sub"}
    assert json.loads(table[table["parent"] == "sub"].iloc[0].to_json())["state"] == "Trigger"
