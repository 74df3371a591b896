"""A conversation in simulated time: triggers, waits, ends, limits; forks and repeats that never differ."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
import strategies
from conftest import state
from hypothesis import given, settings

from flowlab.errors import FormatError, RunError, UsageError
from flowlab.formats.studio import read_flow
from flowlab.model.channel import channels
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.model.outcome import MEANING, Outcome
from flowlab.run.program import compile_flow
from flowlab.run.session import Session

BEGIN = 1772445600.0
WAIT = "send-and-wait-for-reply"
AGENT = Condition("equal_to", "agent", ("{{widgets.a.inbound.Body}}",))
WORLD = {"widgets": {"look_up": {"json": {"items": ["a", "b"], "n": 2}, "delay_s": 2}}}


def ask(name: str, reply: str | None, timeout: str | None = None, seconds: object = "60", body: str = "?") -> State:
    exits = {"incomingMessage": reply, "timeout": timeout, "deliveryFailure": None}
    return state(name, WAIT, exits, body=body, timeout=seconds)


def say(name: str, to: str | None = None, body: str = "Bye", failed: str | None = None) -> State:
    return state(name, "send-message", {"sent": to, "failed": failed}, body=body)


def call(name: str, to: str | None) -> State:
    return state(name, "run-function", {"success": to, "fail": to}, url="/x")


def flow(*states: State) -> Flow:
    return Flow(states, states[0].name)


def steps(session: Session) -> list[tuple[str, str, str]]:
    return [(e.state, e.event, e.transitioned_to) for e in session.events if e.kind == EventKind.STEP]


def at(session: Session, kind: EventKind) -> list[float]:
    return [event.time_s - BEGIN for event in session.events if event.kind == kind]


def last(session: Session) -> Event:
    return session.events[-1]


def test_start_and_say_return_what_the_flow_says(greeting: Flow) -> None:
    session = Session(greeting)
    assert session.start("hi") == ["Your name?"]
    assert (session.waiting, session.state, session.outcome) == (True, "ask", None)
    assert session.say("Ana") == ["Hi Ana!"]
    assert (session.waiting, session.state, session.outcome) == (False, "greet", Outcome.CONTAINED)
    assert steps(session) == [
        ("Trigger", "incomingMessage", "ask"),
        ("ask", "incomingMessage", "greet"),
        ("greet", "sent", ENDED),
    ]


@pytest.mark.parametrize("event", TRIGGER_EVENTS)
def test_each_trigger_event_takes_its_own_exit_and_fills_its_own_group(event: str) -> None:
    trigger = state("Trigger", "trigger", {e: f"by_{e}" for e in TRIGGER_EVENTS})
    session = Session(flow(trigger, *(say(f"by_{e}", body=e) for e in TRIGGER_EVENTS)))
    assert session.start("hi", event=event, context={"k": "v"}) == [event]
    trigger_ = session.variables["trigger"]
    group = {
        "incomingMessage": ("message", "Body", "hi"),
        "incomingConversationMessage": ("conversation", "Body", "hi"),
        "incomingRequest": ("request", "parameters", {"k": "v"}),
        "incomingParent": ("parent", "parameters", {"k": "v"}),
        "incomingCall": ("call", "From", session.setting.contact),
    }[event]
    assert trigger_[group[0]][group[1]] == group[2]
    copied = {"message"} if event == "incomingParent" else set()  # a parent passes on what it was started by
    assert set(trigger_) == {"event", group[0], *copied}


def test_what_a_web_form_knew_stands_where_flows_read_it(greeting: Flow) -> None:
    session = Session(greeting, "webchat")
    session.start("hi", context={"order": "10421"})
    attributes = session.variables["trigger"]["conversation"]["ChannelAttributes"]
    assert attributes["pre_engagement_data"] == {"order": "10421"}
    request = Session(flow(state("Trigger", "trigger", {"incomingRequest": "a"}), say("a", body="{{flow.data.order}}")))
    assert request.start(event="incomingRequest", context={"order": "10421"}) == ["10421"]


def test_a_web_form_is_still_known_when_the_flow_begins_anew() -> None:
    """It belongs to the conversation; the flow's variables do not."""
    body = "{{trigger.conversation.ChannelAttributes.pre_engagement_data.name}}{{flow.variables.n}}"
    keep = state("keep", "set-variables", {"next": None}, variables=[{"key": "n", "value": "1"}])
    session = Session(flow(say("a", "keep", body), keep), "webchat")
    assert session.start("hi", context={"name": "Ana"}) == ["Ana"]
    assert session.say("hi again") == ["Ana"]


def test_a_reply_on_a_conversation_stands_in_both_places(greeting: Flow) -> None:
    session = Session(greeting, "webchat")
    session.start("hi")
    session.say("Ana")
    variables = session.variables
    assert variables["trigger"]["conversation"]["Body"] == variables["widgets"]["ask"]["inbound"]["Body"] == "Ana"


def test_variables_are_a_copy(greeting: Flow) -> None:
    session = Session(greeting)
    assert session.variables == {}
    session.start("hi")
    session.variables["flow"]["variables"]["v"] = 1
    assert session.variables["flow"]["variables"] == {}


def test_a_timeout_happens_at_its_second() -> None:
    session = Session(flow(ask("a", None, "b"), say("b")))
    session.start("hi")
    assert session.wait(59.5) == []
    assert session.wait(0.5) == ["Bye"]
    assert at(session, EventKind.SENT) == [0, 60]
    assert session.time_s == BEGIN + 60


def test_several_timeouts_in_one_wait_happen_each_at_its_time() -> None:
    nudges = flow(ask("a", None, "b"), ask("b", None, "c", "30", "Still there?"), say("c"))
    session = Session(nudges)
    session.start("hi")
    assert session.wait(1000) == ["Still there?", "Bye"]
    assert at(session, EventKind.SENT) == [0, 60, 90]
    assert at(session, EventKind.ENDED) == [90]
    assert session.time_s == BEGIN + 1000
    assert session.outcome == Outcome.ABANDONED


def test_a_late_reply_meets_the_state_after_the_timeouts() -> None:
    session = Session(
        flow(ask("a", "no", "b"), ask("b", "yes", None, "3600"), say("yes", body="yes"), say("no", body="no"))
    )
    session.start("hi")
    assert session.say("here", after_s=100) == ["?", "yes"]


def test_calls_take_their_time_and_time_never_falls() -> None:
    slow = {"widgets": {"f": {"json": {}, "delay_s": 5}}}
    session = Session(flow(ask("a", "b", "f"), call("f", "b"), ask("b", "c", None, "600"), say("c")), services=slow)
    session.start("hi")
    session.wait(61)  # in the middle of the call that the timeout led to
    session.say("x", after_s=0)
    times = [event.time_s - BEGIN for event in session.events]
    assert times == sorted(times)
    assert at(session, EventKind.RECEIVED) == [0, 65]


def test_a_reply_after_the_end_begins_anew_with_empty_variables() -> None:
    keep = state(
        "keep", "set-variables", {"next": "b"}, variables=[{"key": "n", "value": "{{flow.variables.n | plus: 1}}"}]
    )
    session = Session(flow(ask("a", "keep"), keep, say("b", body="{{flow.variables.n}}")))
    session.start("hi")
    assert session.say("x") == ["1"]
    first = session.variables["flow"]["sid"]
    assert session.say("again") == ["?"]
    assert session.variables["flow"]["variables"] == {}
    assert session.variables["flow"]["sid"] != first
    assert session.say("y") == ["1"]
    assert session.executions == 2
    assert [e.event for e in session.events if e.kind == EventKind.STARTED] == ["incomingMessage"] * 2


def test_after_a_hand_off_messages_go_to_the_agent() -> None:
    task = state("task", "send-to-flex", {"callComplete": None}, attributes='{"a": 1}')
    session = Session(flow(ask("a", "task"), task))
    session.start("hi")
    session.say("agent please")
    assert (session.outcome, session.handed_off) == (Outcome.HANDED_OFF, True)
    assert session.say("hello?") == []
    assert (last(session).kind, last(session).detail, last(session).text) == ("received", "to the agent", "hello?")
    assert session.executions == 1
    assert session.conclude() == Outcome.HANDED_OFF


def test_a_flow_may_go_on_after_the_hand_off() -> None:
    task = state("task", "send-to-flex", {"callComplete": "b"}, attributes="")
    session = Session(flow(task, ask("b", None, None)))
    session.start("hi")
    assert session.waiting
    session.say("to the bot still")
    assert session.outcome == Outcome.HANDED_OFF


FAILING = state("f", "run-function", {"success": None, "fail": None})
OUTCOMES: list[tuple[str, Flow, list[str | float], Outcome]] = [
    ("its own end after an answer", flow(ask("a", "b"), say("b")), ["x"], Outcome.CONTAINED),
    ("said something and ended", flow(say("b")), [], Outcome.CONTAINED),
    ("a task", flow(state("t", "send-to-flex", {"callComplete": None})), [], Outcome.HANDED_OFF),
    (
        "a task, and words after it",
        flow(state("t", "send-to-flex", {"callComplete": "b"}), say("b")),
        [],
        Outcome.HANDED_OFF,
    ),
    ("a call connected", flow(state("t", "connect-call-to", {"callCompleted": None})), [], Outcome.HANDED_OFF),
    ("silence that the flow noticed", flow(ask("a", "b", "b"), say("b")), [100.0], Outcome.ABANDONED),
    (
        "silence noticed without a word",
        flow(ask("a", None, "s"), state("s", "set-variables", {"next": None})),
        [100.0],
        Outcome.ABANDONED,
    ),
    ("silence, then an answer", flow(ask("a", "b", "a2"), ask("a2", "b"), say("b")), [70.0, "x"], Outcome.CONTAINED),
    ("silence that leads nowhere", flow(ask("a", "b"), say("b")), [100.0], Outcome.TIMED_OUT),
    ("an unwired answer", flow(ask("a", None)), ["x"], Outcome.DROPPED),
    ("an unwired branch", flow(state("s", "split-based-on", {"noMatch": None}, input="x")), [], Outcome.DROPPED),
    ("a failure that leads nowhere", flow(FAILING), [], Outcome.FAILED),
    ("an undeliverable message", flow(say("b", body="")), [], Outcome.FAILED),
    ("an exit to no state", flow(say("b", "nowhere")), [], Outcome.FAILED),
    ("no first state", Flow((say("b"),), "missing"), [], Outcome.NOT_STARTED),
    ("no states", Flow((), ""), [], Outcome.NOT_STARTED),
    ("no way in", flow(state("t", "trigger", {"incomingMessage": None})), [], Outcome.NOT_STARTED),
]


@pytest.mark.parametrize(("made", "deeds", "outcome"), [o[1:] for o in OUTCOMES], ids=[o[0] for o in OUTCOMES])
def test_outcomes(made: Flow, deeds: list[str | float], outcome: Outcome) -> None:
    session = Session(made)
    session.start("hi")
    for deed in deeds:
        session.say(deed) if isinstance(deed, str) else session.wait(deed)
    assert session.outcome == outcome
    ended = next(event for event in reversed(session.events) if event.kind == EventKind.ENDED)
    assert (ended.event, bool(ended.detail)) == (outcome, True)
    assert session.conclude() == outcome
    assert (last(session).kind, last(session).event) == ("concluded", outcome)


def test_every_outcome_is_defined_and_reached() -> None:
    assert set(MEANING) == set(Outcome)
    assert {o[3] for o in OUTCOMES} == set(Outcome) - {Outcome.OPEN}


def test_conclude_lets_every_timeout_run_out() -> None:
    session = Session(flow(ask("a", None, "b"), ask("b", None, "c", "9000"), say("c")))
    assert Session(session.flow).conclude() == Outcome.NOT_STARTED
    session.start("hi")
    assert session.conclude() == Outcome.ABANDONED
    assert at(session, EventKind.ENDED) == [9060]


def test_a_late_thanks_does_not_undo_how_the_talk_ended() -> None:
    session = Session(flow(ask("a", "b"), say("b")))
    session.start("hi")
    session.say("x")
    session.say("thanks")  # begins an execution that times out
    assert session.conclude() == Outcome.CONTAINED


def test_a_hand_off_decides_wherever_it_happened() -> None:
    """An agent's work was ended from outside; the customer comes back and is served by the flow."""
    split = State("split", "split-based-on", (Transition("noMatch", "b"), Transition("match", "agent", (AGENT,))))
    agent = state("agent", "send-to-flex", {"callComplete": None}, workflow="WW1", attributes="{}")
    session = Session(flow(ask("a", "split"), split, say("b"), agent))
    session.start("hi")
    session.say("agent")
    session.end()
    session.say("hi again")
    session.say("1")
    assert (session.outcome, session.conclude()) == (Outcome.CONTAINED, Outcome.HANDED_OFF)


def test_limit_of_steps() -> None:
    session = Session(flow(say("a", "b"), say("b", "a")))
    session.start("hi")
    assert (session.outcome, last(session).detail) == (Outcome.FAILED, "limit: 1,000 steps in one execution")
    assert len(steps(session)) == 1000


def test_limit_of_steps_counts_across_waits() -> None:
    session = Session(flow(ask("a", "b", "b"), ask("b", "a", "a")))
    session.start("hi")
    for _ in range(999):
        session.say("x")
    assert session.waiting
    session.say("x")
    assert (session.outcome, last(session).detail) == (Outcome.FAILED, "limit: 1,000 steps in one execution")


def test_limit_of_the_same_widget_in_a_row() -> None:
    session = Session(flow(state("a", "set-variables", {"next": "a"}, variables=[])))
    session.start("hi")
    assert (session.outcome, last(session).detail) == (Outcome.FAILED, "limit: the same widget ran 10 times in a row")
    assert len(steps(session)) == 10


def test_a_question_may_be_repeated_nine_times() -> None:
    session = Session(flow(ask("a", "a", None)))
    session.start("hi")
    for _ in range(9):
        assert session.say("what?") == ["?"]
    assert session.say("what?") == []
    assert session.outcome == Outcome.FAILED


@pytest.mark.parametrize("fraction", [0.0, 0.1, 0.7, 0.123456])
@pytest.mark.parametrize("begin", [0.0, BEGIN, 2.0**31 - 1e6])
def test_limit_of_30_days(begin: float, fraction: float) -> None:
    session = Session(flow(ask("a", "a", "a", str(5e6))), start_time=begin + fraction)
    session.start("hi")
    session.wait(30 * 86400 - 1)
    assert session.outcome is None
    session.wait(2)
    assert (session.outcome, last(session).detail) == (Outcome.FAILED, "limit: an execution lives 30 days at most")


def test_limit_of_16_kb_and_what_was_told_before_it() -> None:
    rows = [{"key": "a", "value": "{{ x | nosuch }}"}, {"key": "b", "value": "{{trigger.message.Body}}"}]
    keep = state("keep", "set-variables", {"next": "b"}, variables=rows)
    session = Session(flow(keep, say("b", body="fits")))
    assert session.start("ü" * 8192) == ["fits"]
    session = Session(flow(keep, say("b", body="fits")))
    assert session.start("ü" * 8193) == []
    assert (session.outcome, last(session).detail) == (Outcome.FAILED, "limit: a rendered value passed 16 KB")
    assert [e.detail for e in session.events if e.kind == EventKind.FAULT] == [
        "broken template: unknown filter 'nosuch'"
    ]


def test_half_an_emoji_breaks_nothing() -> None:
    session = Session(flow(ask("a", "b"), say("b", body="{{widgets.a.inbound.Body}}")), "email")
    session.start("\ud800")
    assert session.say("\ud800" * 5000) == ["\ud800" * 5000]


def test_a_deeply_nested_reply_breaks_neither_the_run_nor_its_fork() -> None:
    row = {"key": "v", "value": "{{widgets.a.inbound.Body}}", "type": "json_object"}
    session = Session(flow(ask("a", "k"), state("k", "set-variables", {"next": "a"}, variables=[row])))
    session.start("hi")
    for depth in (90, 110, 400, 8000):
        session.say("[" * depth + "]" * depth)
        twin = session.fork()
        assert twin.variables == session.variables


def test_a_call_may_read_what_its_last_visit_left() -> None:
    """Paging: the address of the next page stands in the answer to the last."""

    def page(request: Any) -> dict[str, Any]:
        return {"next": request.parameters["from"] + "x"}

    row = {"key": "from", "value": "{{widgets.get.parsed.next}}"}
    get = state("get", "make-http-request", {"success": "a"}, url="/pages", parameters=[row])
    session = Session(flow(get, ask("a", "get")), services={"widgets": {"get": page}})
    session.start("hi")
    session.say("more")
    session.say("more")
    assert session.variables["widgets"]["get"]["parsed"] == {"next": "xxx"}


@pytest.mark.parametrize("name", list(channels))
def test_every_channel_runs(name: str, greeting: Flow) -> None:
    session = Session(greeting, name)
    session.start("hi")
    session.say("Ana")
    assert {event.channel for event in session.events} == {name}
    assert session.variables["contact"]["channel"]["address"] == channels[name].example_contact
    assert session.variables["flow"]["channel"]["address"] == channels[name].example_address


def test_inbound_messages_are_billed_as_segments_on_sms_only(greeting: Flow) -> None:
    units = {}
    for name in ("sms", "whatsapp"):
        session = Session(greeting, name)
        session.start("x" * 161)
        session.say("x" * 400)
        units[name] = [event.units for event in session.events if event.kind == EventKind.RECEIVED]
    assert units == {"sms": [2, 3], "whatsapp": [1, 1]}


def test_start_time_may_be_said_in_three_ways(greeting: Flow) -> None:
    moment = datetime(2026, 3, 2, 10, tzinfo=UTC)
    for start_time in (moment, "2026-03-02T10:00:00+00:00", "2026-03-02T12:00+02:00", moment.timestamp(), int(BEGIN)):
        assert Session(greeting, start_time=start_time).time_s == BEGIN


WRONG = [
    ("unknown channel", lambda f: Session(f, "watsapp"), UsageError, "Did you mean 'whatsapp'"),
    ("no time", lambda f: Session(f, start_time="tomorrow"), UsageError, "write it like"),
    ("no zone", lambda f: Session(f, start_time="2026-03-02T10:00:00"), UsageError, "no time zone"),
    ("not a number", lambda f: Session(f, start_time=float("nan")), UsageError, "seconds since 1970"),
    ("beyond the calendar", lambda f: Session(f, start_time=1e18), UsageError, "9999"),
    ("nothing as time", lambda f: Session(f, start_time=None), UsageError, "write it like"),
    ("no services file", lambda f: Session(f, services="nowhere.yaml"), UsageError, "nowhere.yaml"),
    ("broken services", lambda f: Session(f, services={"wigdets": {}}), FormatError, "Did you mean 'widgets'"),
    ("time going back", lambda f: begun(f).say("x", after_s=-1), UsageError, "cannot go back"),
    ("waiting backwards", lambda f: begun(f).wait(-0.1), UsageError, "cannot go back"),
    ("waiting for no time", lambda f: begun(f).wait(float("nan")), UsageError, "nan"),
    ("waiting for ever", lambda f: begun(f).wait(float("inf")), UsageError, "9999"),
    ("beginning twice", lambda f: begun(f).start("x"), RunError, "begun already"),
    (
        "unknown trigger event",
        lambda f: Session(f).start(event="incomingRequests"),
        UsageError,
        "Did you mean 'incomingRequest'",
    ),
]


def begun(made: Flow) -> Session:
    session = Session(made)
    session.start("hi")
    return session


@pytest.mark.parametrize(("do", "error", "words"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_wrong_use_is_said_in_a_sentence(do: Any, error: type[Exception], words: str, greeting: Flow) -> None:
    with pytest.raises(error) as caught:
        do(greeting)
    assert words in str(caught.value)


def play(session: Session, deeds: list[tuple[str | None, float]]) -> None:
    for text, seconds in deeds:
        if text is None:
            session.wait(seconds)
        else:
            session.say(text, after_s=seconds)


@given(strategies.flows(), strategies.deeds)
@settings(max_examples=80, deadline=None)
def test_what_every_run_keeps_to(definition: dict[str, Any], deeds: list[tuple[str | None, float]]) -> None:
    made = read_flow(definition)
    edges = {(u, d["event"], ENDED if not d["wired"] else v) for u, v, d in made.graph.edges(data=True)}
    session = Session(made, services=WORLD)
    play(session, deeds)
    outcome = session.conclude()
    events = session.events
    assert [event.seq for event in events] == list(range(len(events)))
    assert all(a.time_s <= b.time_s for a, b in pairwise(events))
    assert {event.kind for event in events} <= {str(kind) for kind in EventKind}
    assert (last(session).kind, last(session).event) == ("concluded", outcome)
    assert outcome in set(Outcome) - {Outcome.OPEN}
    for event in events:
        if event.kind != EventKind.STEP:
            continue
        if event.transitioned_to != ENDED:
            assert (event.state, event.event, event.transitioned_to) in edges
        else:
            ways = [t.next for t in made[event.state].transitions if t.event == event.event]
            assert not ways or any(way not in made.by_name for way in ways)


@given(strategies.flows(), strategies.deeds)
@settings(max_examples=50, deadline=None)
def test_the_same_twice_byte_for_byte_whatever_the_program_ran_before(
    definition: dict[str, Any], deeds: list[tuple[str | None, float]]
) -> None:
    program = compile_flow(read_flow(definition))
    for number in range(3):
        used = Session(program, services=WORLD)
        play(used, deeds[number:])
        fresh = Session(read_flow(definition), services=WORLD)
        play(fresh, deeds[number:])
        assert repr(used.events) == repr(fresh.events)
        assert used.variables == fresh.variables


@given(strategies.flows(), strategies.deeds, strategies.deeds)
@settings(max_examples=50, deadline=None)
def test_a_fork_leaves_the_original_as_it_was(
    definition: dict[str, Any], before: list[tuple[str | None, float]], after: list[tuple[str | None, float]]
) -> None:
    original = Session(read_flow(definition), services=WORLD)
    play(original, before)
    shown, clock = repr((original.events, original.variables)), original.time_s
    first, second = original.fork(), original.fork()
    play(first, after)
    first.conclude()
    assert (repr((original.events, original.variables)), original.time_s) == (shown, clock)
    play(second, after)
    play(original, after)
    assert original.events == second.events == first.events[: len(second.events)]


@given(strategies.flows(), strategies.deeds)
@settings(max_examples=50, deadline=None)
def test_replaying_a_sessions_own_inputs_gives_the_same_events(
    definition: dict[str, Any], deeds: list[tuple[str | None, float]]
) -> None:
    first = Session(read_flow(definition), services=WORLD)
    play(first, deeds)
    again = Session(read_flow(definition), services=WORLD)
    for event in first.events:
        if event.kind == EventKind.RECEIVED:
            again.say(event.text, after_s=max(0.0, event.time_s - again.time_s))
    again.wait(max(0.0, first.time_s - again.time_s))
    assert again.events == first.events


def test_a_fork_has_variables_of_its_own() -> None:
    keep = state(
        "keep", "set-variables", {"next": "a"}, variables=[{"key": "v", "value": "{{widgets.a.inbound.Body}}"}]
    )
    original = Session(flow(ask("a", "keep"), keep))
    original.start("hi")
    original.say("one")
    twin = original.fork()
    twin.say("two")
    values = [session.variables["flow"]["variables"]["v"] for session in (original, twin)]
    assert values == ["one", "two"]


def test_an_exit_that_stands_twice_takes_the_first() -> None:
    twice = State("a", "send-message", (Transition("sent", "b"), Transition("sent", "c")), {"body": "x"})
    session = Session(flow(twice, say("b", body="first"), say("c", body="second")))
    assert session.start("hi") == ["x", "first"]


def test_a_session_wants_a_flow_and_says_how_to_get_one() -> None:
    with pytest.raises(UsageError, match=r"found str.*load"):
        Session("flow.json")  # type: ignore[arg-type]


def test_concluding_twice_says_the_same_once() -> None:
    ask = State("ask", "send-and-wait-for-reply", (Transition("timeout"),), {"body": "Your name?"})
    session = Session(Flow((ask,), "ask"))
    session.start("hi")
    assert session.conclude() == session.conclude() == "timed_out"
    assert [event.kind for event in session.events].count("concluded") == 1
