"""Real executions on a flow as it is now: what goes the same way, what parts where, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import strategies
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from small_flows import WAIT, ask, assign, flow, hand_off, say, split, state

import flowlab as fl
from flowlab.formats import load
from flowlab.formats.executions import read_executions
from flowlab.formats.executions_write import write_executions
from flowlab.formats.studio import read_flow
from flowlab.measure.walked_log import walks_of
from flowlab.model.event import ENDED, EventKind
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.walk import Walk, WalkedStep
from flowlab.run.session import Session

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"
EXECUTIONS = SAMPLE / "executions" / "order_support.json"
WORLD = {"widgets": {"look_up": {"json": {"items": [1, 2]}}, "agent": {"exit": "callComplete"}}}


def talked(made: Flow, *said: str, **options: Any) -> list[Walk]:
    """The walks of one talk with a flow: a first message and answers."""
    first, *answers = said
    session = Session(made, **options)
    session.start(first)
    for text in answers:
        session.say(text)
    session.conclude()
    return walks_of(session.events)


def only(walked: Any) -> Any:
    (result,) = walked.results
    return result


def steps(*edges: str, **options: Any) -> Walk:
    """A walk without contexts from lines such as ``ask timeout bye``."""
    made = []
    for number, edge in enumerate(edges):
        state_, event, target = edge.split()
        made.append(WalkedStep(state_, event, target, "trigger" if state_ == "Trigger" else "", float(number)))
    return Walk("FN1", tuple(made), **options)


# Export, import, replay: the same.


@given(strategies.flows(), strategies.deeds, st.booleans())
@settings(max_examples=150, deadline=None)
def test_a_flows_own_executions_go_the_same_way_through_it(
    definition: dict[str, Any], deeds: list[tuple[str | None, float]], is_answered: bool
) -> None:
    made, world = read_flow(definition), WORLD if is_answered else None
    session = Session(made, "whatsapp", services=world)
    for text, seconds in deeds:
        if text is None:
            session.wait(seconds)
        else:
            session.say(text, after_s=seconds)
    session.conclude()
    walks = walks_of(session.events)
    if not any(walk.steps for walk in walks):
        return
    again = read_executions(json.loads(json.dumps(write_executions(walks))), "log", redact=False)
    assert {walk.sid: replace(walk, source="", notes=()) for walk in again} == {walk.sid: walk for walk in walks}
    ends = [event.event for event in session.events if event.kind == EventKind.ENDED]
    dangling = any(t.next and t.next not in made.by_name for s in made for t in s.transitions)
    walked = fl.replay(made, again, services=world)
    for result in walked.results:
        assert result.difference is None
        was = ends[walks.index(replace(result.walk, source="", notes=()))]
        assert result.outcome_now in ("", was)
        assert dangling or result.outcome == was
    assert sum(walked.counts.values()) <= sum(len(walk.steps) for walk in walks)


@given(strategies.flows(), strategies.deeds, st.data())
@settings(max_examples=100, deadline=None)
def test_a_rewired_exit_is_named_at_its_first_use(
    definition: dict[str, Any], deeds: list[tuple[str | None, float]], data: st.DataObject
) -> None:
    made = read_flow(definition)
    session = Session(made)
    for text, seconds in deeds:
        session.say(text or "hm", after_s=seconds)
    session.conclude()
    walks = [walk for walk in walks_of(session.events) if walk.own]
    assume(walks)
    step = data.draw(st.sampled_from([step for walk in walks for step in walk.own]))
    other = data.draw(st.sampled_from([s.name for s in made if s.name != step.next]))
    changed = rewired(made, step, other)
    bare = [replace(walk, steps=tuple(replace(s, result=None) for s in walk.steps), trigger={}) for walk in walks]
    for result in fl.replay(changed, bare).results:
        used = [s.edge for s in result.walk.own]
        assert (result.difference is None) == (step.edge not in used)
        if result.difference is not None:
            assert result.difference[1:4] == step.edge


def rewired(made: Flow, step: WalkedStep, target: str) -> Flow:
    """The flow with every exit that this step may have taken leading to another state."""

    def changed(exit_: Transition) -> Transition:
        leads = exit_.next if exit_.next in made.by_name else ENDED
        return replace(exit_, next=target) if (exit_.event, leads) == (step.event, step.next) else exit_

    def of(one: State) -> State:
        if one.name != step.state:
            return one
        exits = tuple(map(changed, one.transitions))
        if not any(t.event == step.event for t in exits):
            exits = (*exits, Transition(step.event, target))
        return replace(one, transitions=exits)

    return Flow(tuple(map(of, made.states)), made.initial_state)


# Followed on the graph: each kind of difference, in the words that people read.

NOW = flow(
    state("ask", WAIT, {"incomingMessage": "survey", "timeout": "bye", "deliveryFailure": "bye"}, body="Hello?"),
    split(("equal_to", "1", "bye"), ("equal_to", "2", "agent"), name="split"),
    hand_off(),
    state("survey", "run-subflow", {"completed": "bye", "failed": None}),
)

#: What was recorded (the last line is the difference), and the sentence about it; empty where there is none.
FOLLOWED: list[tuple[str, list[str], str]] = [
    ("the same way", ["Trigger incomingMessage ask", "ask timeout bye", "bye sent Ended"], ""),
    ("a match that is still there", ["split match agent"], ""),
    ("an exit that never was wired", ["agent callComplete Ended"], ""),
    ("an exit nobody wired, or knew", ["bye composerStarted Ended"], ""),
    ("a record that stops at a wait", ["Trigger incomingMessage ask"], ""),
    ("elsewhere", ["Trigger incomingMessage bye"], "Trigger.incomingMessage leads to 'ask' now, not to 'bye'"),
    (
        "elsewhere, and the old state is gone",
        ["Trigger incomingMessage ask_first"],
        "Trigger.incomingMessage leads to 'ask' now, not to 'ask_first'; there is no state 'ask_first' any more",
    ),
    (
        "ends here",
        ["agent callComplete bye"],
        "agent.callComplete led to 'bye' and leads nowhere now: the run ends there",
    ),
    ("goes on", ["ask timeout Ended"], "ask.timeout ended the run and leads to 'bye' now"),
    (
        "no match leads there",
        ["split match survey"],
        "no match of 'split' leads to 'survey' any more, but to 'agent', 'bye'",
    ),
    (
        "no such exit",
        ["bye delivered ask"],
        "'bye' has no exit 'delivered' any more (it has: sent, failed)",
    ),
    ("no such state", ["menu sent bye"], "there is no state 'menu' any more"),
    ("a state renamed", ["surve completed bye"], "there is no state 'surve' any more; is it 'survey' now?"),
    (
        "a subflow's steps are not the flow's",
        ["ask incomingMessage survey", "ask_mark incomingMessage Ended", "survey completed ask"],
        "survey.completed leads to 'bye' now, not to 'ask'",
    ),
]


@pytest.mark.parametrize(("edges", "why"), [case[1:] for case in FOLLOWED], ids=[case[0] for case in FOLLOWED])
def test_the_first_difference_on_the_graph_is_a_sentence(edges: list[str], why: str) -> None:
    result = only(fl.replay(NOW, [steps(*edges)]))
    assert result.how == "followed"
    assert (result.difference.why if result.difference else "") == why
    if result.difference:
        assert " ".join(result.difference[1:4]) == edges[-1]


# Replayed: what decided.


def menu(**branches: str) -> Flow:
    """Ask, then split on the answer."""
    tested = "{{widgets.ask.inbound.Body}}"
    one, two = branches.get("one", "equal_to 1").split(), branches.get("two", "equal_to 2").split()
    exits = (
        Transition("noMatch", branches.get("no_match", "ask")),
        Transition("match", "bye", (fl.Condition(one[0], one[1], (tested,)),)),
        Transition("match", "agent", (fl.Condition(two[0], two[1], (tested,)),)),
    )
    first = replace(
        ask(timeout=None),
        transitions=(Transition("incomingMessage", "split"), Transition("timeout", branches.get("timeout"))),
        properties={"body": "1 or 2?", "timeout": branches.get("wait", "3600")},
    )
    return flow(first, State("split", "split-based-on", exits, {"input": tested}), hand_off())


#: What is changed in the flow, what was said, and what the answer must say: how they part, and words of the sentence.
REPLAYED: list[tuple[str, dict[str, str], list[str], str, str]] = [
    ("nothing", {}, ["hi", "2"], "", ""),
    (
        "a condition's value",
        {"two": "equal_to 3"},
        ["hi", "2"],
        "other exit taken",
        "no condition holds for '2' at 'split' now: to 'ask', not by match to 'agent'",
    ),
    (
        "a condition that now holds first",
        {"one": "contains 2"},
        ["hi", "2"],
        "other exit taken",
        "'contains 2' holds for '2' at 'split' now: to 'bye', not by match to 'agent'",
    ),
    (
        "where noMatch leads",
        {"no_match": "agent"},
        ["hi", "what?"],
        "exit leads elsewhere",
        "split.noMatch leads to 'agent' now, not to 'ask'",
    ),
    (
        "a shorter wait",
        {"wait": "5", "timeout": "bye"},
        ["hi", "2"],
        "other exit taken",
        "the answer at 'ask' comes after the wait is over now (5",
    ),
    (
        "where silence leads",
        {"timeout": "bye"},
        ["hi"],
        "went no further, now goes on",
        "ask.timeout ended the run and",
    ),
]


@pytest.mark.parametrize(
    ("change", "said", "parting", "why"), [case[1:] for case in REPLAYED], ids=[case[0] for case in REPLAYED]
)
def test_the_first_difference_of_a_replay_says_what_decided(
    change: dict[str, str], said: list[str], parting: str, why: str
) -> None:
    result = only(fl.replay(menu(**change), talked(menu(), *said)))
    assert result.how == "replayed"
    assert (result.difference.parting if result.difference else "") == parting
    assert (result.difference.why if result.difference else "").startswith(why)


def test_a_longer_wait_takes_the_next_answer_for_its_own() -> None:
    twice = flow(ask("first", timeout="second"), ask("second"))
    longer = flow(replace(ask("first", timeout="second"), properties={"body": "?", "timeout": "9000"}), ask("second"))
    session = Session(twice)
    session.start("hi")
    session.say("late", after_s=4000)
    session.conclude()
    found = only(fl.replay(longer, walks_of(session.events))).difference
    assert (found.state, found.event, found.now) == ("first", "timeout", "bye")
    assert "it waits longer" in found.why


def test_recorded_answers_of_functions_are_given_again_in_their_order() -> None:
    call = state("look_up", "run-function", {"success": "split", "fail": "bye"}, url="https://shop.example.com/x")
    tested = "{{widgets.look_up.parsed.n}}"
    exits = (
        Transition("noMatch", "look_up"),
        Transition("match", "bye", (fl.Condition("equal_to", "2", (tested,)),)),
    )
    made = flow(call, State("split", "split-based-on", exits, {"input": tested}))
    answers = [{"status_code": 200, "parsed": {"n": n}} for n in (1, 2)]
    walk = steps(
        "Trigger incomingMessage look_up",
        "look_up success split",
        "split noMatch look_up",
        "look_up success split",
        "split match bye",
        "bye sent Ended",
        trigger={"message": {"Body": "hi"}},
        status="ended",
    )
    types = ["trigger", "run-function", "split-based-on", "run-function", "split-based-on", "send-message"]
    results: list[Any] = [None, answers[0], None, answers[1], None, None]
    told = zip(walk.steps, types, results, strict=True)
    walk = replace(walk, steps=tuple(replace(step, type=kind, result=result) for step, kind, result in told))
    result = only(fl.replay(made, [walk]))
    assert (result.how, result.difference, result.outcome_now) == ("replayed", None, "contained")
    stricter = replace(made, states=tuple(replace(s, transitions=exits[:1]) if s.name == "split" else s for s in made))
    found = only(fl.replay(stricter, [walk])).difference
    assert (found.state, found.event, found.recorded, found.now) == ("split", "match", "bye", "look_up")
    assert "no condition holds for '2' at 'split' now" in found.why


#: What the record lacks, what is taken from it, and the reason given for not replaying it.
LACKING: list[tuple[str, dict[str, Any], dict[str, Any], str]] = [
    ("the first message", {"trigger": {}}, {}, "no context tells the first message"),
    ("an answer", {}, {"result": None}, "no context tells the answer at 'ask'"),
    ("times", {}, {"time_s": None}, "steps have no time or no type"),
    ("types", {}, {"type": ""}, "steps have no time or no type"),
    ("a lost message", {}, {"event": "deliveryFailure"}, "a message was lost at 'ask'"),
    ("a step", {}, {"next": "elsewhere"}, "the record has gaps"),
]


@pytest.mark.parametrize(("of_walk", "of_step", "why"), [case[1:] for case in LACKING], ids=[c[0] for c in LACKING])
def test_what_the_record_lacks_for_a_replay_is_said(of_walk: dict[str, Any], of_step: dict[str, Any], why: str) -> None:
    (walk,) = talked(menu(), "hi", "2")
    poorer = replace(
        walk, steps=tuple(replace(step, **of_step) if step.state == "ask" else step for step in walk.steps), **of_walk
    )
    result = only(fl.replay(menu(), [poorer]))
    assert (result.how, result.why_not) == ("followed", why)


@pytest.mark.parametrize(
    ("kind", "exit_", "result", "is_told"),
    [
        ("run-function", "success", {"status_code": 200}, False),  # as exported from events: the body is not known
        ("run-function", "success", {"status_code": 200, "body": "ok"}, True),
        ("make-http-request", "success", {"status_code": 200, "parsed": {}}, True),
        ("make-http-request", "failed", None, True),  # the exit says it
        ("run-subflow", "completed", None, False),
        ("run-subflow", "completed", {}, True),
        ("say-play", "audioComplete", None, True),
    ],
)
def test_what_counts_as_an_answer(kind: str, exit_: str, result: dict[str, Any] | None, is_told: bool) -> None:
    made = flow(state("look_up", kind, {exit_: "bye"}, url="https://shop.example.com/x"))
    (walk,) = talked(made, "hi", services={"widgets": {"look_up": {"exit": exit_}}})
    walk = replace(walk, steps=tuple(replace(s, result=result) if s.state == "look_up" else s for s in walk.steps))
    found = only(fl.replay(made, [walk]))
    assert (found.how, found.same) == ("replayed" if is_told else "followed", True)
    assert found.why_not == ("" if is_told else "no context tells what 'look_up' answered")
    assert only(fl.replay(made, [walk], services={"widgets": {"look_up": {"exit": exit_}}})).how == "replayed"


def test_a_call_that_nothing_answers_is_no_fault_of_the_flow() -> None:
    call = state("look_up", "run-function", {"success": "bye", "fail": "bye"}, url="https://shop.example.com/x")
    (walk,) = talked(flow(say("hello", sent="bye")), "hi")
    result = only(fl.replay(flow(say("hello", sent="look_up"), call), [walk]))
    assert (result.how, result.why_not) == ("followed", "nothing answers 'look_up' (see services)")
    assert result.difference.why == "hello.sent leads to 'look_up' now, not to 'bye'"
    answered = only(fl.replay(flow(say("hello", sent="look_up"), call), [walk], services={"widgets": {"look_up": {}}}))
    assert answered.how == "replayed"


def test_a_request_that_started_it_is_made_again_with_its_parameters() -> None:
    made = flow(say("greet", "Hello {{flow.data.name}}", sent=None), event="incomingRequest")
    session = Session(made)
    session.start(event="incomingRequest", context={"name": "Ana"})
    session.conclude()
    (walk,) = walks_of(session.events, [fl.Conversation("talk", "sms", (), context={"name": "Ana"})])
    assert walk.opening["parameters"] == {"name": "Ana"}
    assert only(fl.replay(made, [walk])).how == "replayed"


# What strangers write.

_odd = strategies.json_values
_names = st.sampled_from(["Trigger", "ask", "split", "bye", "agent", "", "nowhere"])
_result = st.fixed_dictionaries(
    {},
    optional={
        "inbound": _odd | st.fixed_dictionaries({"Body": _odd}),
        "status_code": _odd,
        "parsed": _odd,
        "body": _odd,
    },
)
_context = st.fixed_dictionaries(
    {},
    optional={
        "widgets": _odd | st.dictionaries(_names, _odd | _result, max_size=2),
        "trigger": _odd | st.fixed_dictionaries({"message": _odd | st.fixed_dictionaries({"Body": _odd})}),
        "flow": _odd | st.fixed_dictionaries({"variables": _odd}),
    },
)
_step = st.fixed_dictionaries(
    {"transitioned_from": _names, "name": st.sampled_from(["incomingMessage", "match", "sent", "timeout"])},
    optional={
        "execution_sid": st.sampled_from(["FN1", "FN2"]),
        "transitioned_to": _names | st.just(ENDED),
        "type": st.sampled_from(["trigger", WAIT, "split-based-on", "run-function", "send-message", "run-subflow"]),
        "date_created": st.sampled_from(["2026-03-02T10:00:00Z", "2026-03-02T10:00:09Z", None, 0, 9e10]) | _odd,
        "context": _context | _odd,
        "sid": st.sampled_from(["FT1", "FT2", "FT3"]),
        "parent_step_sid": st.sampled_from(["FT1", "FT9", None]),
    },
)
_record = st.fixed_dictionaries(
    {"sid": st.sampled_from(["FN1", "FN3"]), "steps": st.lists(_step, max_size=6)},
    optional={"contact_channel_address": _odd, "status": st.sampled_from(["ended", "active"]), "context": _context},
)


@given(st.lists(_record | _step | _odd, max_size=3))
@settings(max_examples=300, deadline=None)
def test_any_json_is_walks_or_a_sentence(document: list[Any]) -> None:
    try:
        walks = read_executions(document, "log")
    except fl.FlowlabError as error:
        assert str(error).startswith("log: ")
        return
    walked = fl.replay(menu(), walks)
    assert walked.as_text()
    assert walked.as_html()
    json.dumps(walked.as_json(), allow_nan=False)
    assert write_executions(walks)["executions"]


# What it adds up to.


def sample(name: str) -> Flow:
    found = load(SAMPLE / "flows" / f"{name}.json")
    assert isinstance(found, Flow)
    return found


def test_the_sample_executions_go_through_their_own_flow_unchanged() -> None:
    walked = fl.replay(sample("order_support"), load(EXECUTIONS))
    every = walked.shares.loc["all text channels"]
    assert (every["n"], every["same_k"], every["outcome_k"], every["outcome_n"]) == (40, 40, 39, 39)
    assert len(walked.partings) == 0
    assert set(walked.table["source"]) == {"observed"}
    assert any("begins in the middle" in note for note in walked.notes)


def test_version_2_of_the_sample_flow_answers_readably() -> None:
    services = SAMPLE / "services" / "order_support.yaml"
    walked = fl.replay(sample("order_support_v2"), load(EXECUTIONS), services=services)
    text = walked.as_text()
    assert "40 recorded executions on 'order_support_v2': 0 go the same way, 40 another" in text
    assert "set_customer.next leads to 'split_first_message' now, not to 'split_hours'" in text
    assert "handed off, now abandoned" in text
    assert max(map(len, text.splitlines())) <= 120
    table = walked.table
    assert set(table["state"]) == {"set_customer", "split_hours"}
    assert (table.loc[table["how"] == "replayed", "outcome_now"] != "").all()


def test_the_traffic_of_real_executions_can_be_drawn_and_covered() -> None:
    made = sample("order_support")
    walked = fl.replay(made, load(EXECUTIONS))
    assert sum(walked.counts.values()) == sum(len(walk.own) for walk in walked.walks)
    assert fl.draw(made, counts=walked.counts).texts
    covered = walked.coverage()
    assert covered.loc[covered["state"] == "Trigger", "n"].sum() == 39
    assert covered["n"].sum() == sum(walked.counts.values())


def test_traffic_on_a_changed_flow_counts_only_its_own_edges() -> None:
    walked = fl.replay(NOW, [steps("Trigger incomingMessage ask", "ask timeout nowhere")])
    assert walked.counts == {("Trigger", "incomingMessage", "ask"): 1}


def test_nothing_in_a_record_is_markup_or_steers_a_terminal() -> None:
    odd = "<script>alert(1)</script>\x1b[2J"
    walk = replace(
        steps("Trigger incomingMessage ask"), steps=(WalkedStep(odd, "sent", odd),), channel=odd, notes=(odd,)
    )
    walked = fl.replay(NOW, [walk])
    shown = walked._repr_mimebundle_()
    assert "<script>" not in shown["text/html"]
    assert "\x1b" not in shown["text/html"] + shown["text/plain"]
    json.dumps(walked.as_json(), allow_nan=False)


def test_executions_without_steps_are_left_out_and_counted() -> None:
    walked = fl.replay(NOW, [Walk("FN1", ()), steps("Trigger incomingMessage ask")])
    assert (len(walked.results), len(walked.left_out)) == (1, 1)
    assert "1 was left out: none of their steps are recorded." in walked.as_text()
    assert "no execution has a recorded step" in fl.replay(NOW, [Walk("FN1", ())]).as_text()


def test_sids_are_those_that_the_run_itself_shows() -> None:
    made = flow(say("tell", "{{flow.sid}}", sent=None))
    session = Session(made)
    (told,) = session.start("hi")
    session.say("again")
    walks = walks_of(session.events)
    assert [walk.sid for walk in walks] == [event.text for event in session.events if event.kind == EventKind.SENT]
    assert told == walks[0].sid
    assert len({step.sid for walk in walks for step in walk.steps}) == sum(len(walk.steps) for walk in walks)


def test_a_subflows_events_are_steps_with_a_parent() -> None:
    """Events carry the run-subflow state they happened in; the export links them as Studio does."""
    log = Session(flow(say("tell", sent="bye")))
    log.start("hi")
    log.conclude()
    events = [event._replace(parent="survey") if event.state == "tell" else event for event in log.events]
    sent = next(event for event in events if event.parent)
    last = next(index for index, event in enumerate(events) if event.state == "bye")
    mark = sent._replace(kind=EventKind.SET.value, text="", detail="mark", value="5")
    done = sent._replace(kind=EventKind.STEP.value, state="survey", event="completed", transitioned_to="bye", parent="")
    (walk,) = walks_of([*events[:last], mark, done, *events[last:]])
    assert [step.parent for step in walk.steps] == ["", "survey", "", ""]
    assert walk.own[1].result == {"mark": "5"}
    bottom_up = write_executions([walk])["executions"][0]["steps"]["steps"][::-1]
    assert [step["parent_step_sid"] for step in bottom_up] == [None, walk.steps[2].sid, None, None]


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (("ask", WAIT, "timeout"), "timed_out"),
        (("bye", "send-message", "sent"), "contained"),
        (("bye", "send-message", "failed"), "failed"),
        (("set", "set-variables", "next"), "dropped"),
        (("agent", "send-to-flex", "callComplete"), "handed_off"),
        (("Trigger", "trigger", "incomingCall"), "not_started"),
    ],
)
def test_a_record_tells_how_it_ended(last: tuple[str, str, str], outcome: str) -> None:
    name, kind, event = last
    walk = Walk("FN1", (WalkedStep(name, event, ENDED, kind, 0.0),))
    assert only(fl.replay(flow(assign("set", "v", None)), [walk])).outcome == outcome


def test_a_condition_on_masked_words_is_doubted_aloud() -> None:
    (walk,) = talked(menu(two="contains 0143"), "hi", "call +12025550143")
    page = write_executions([walk])
    assert only(fl.replay(menu(two="contains 0143"), read_executions(page, "log", redact=False))).same
    masked = fl.replay(menu(two="contains 0143"), read_executions(page, "log"))
    assert "no condition holds for 'call <PHONE_1>'" in only(masked).difference.why
    assert "redact=False" in masked.as_text()
