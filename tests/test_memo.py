"""Remembered turns and walked ones are the same, whatever the flow; and a turn seen before is not walked again."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import strategies
from conftest import state
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.formats import load
from flowlab.formats.studio import read_flow
from flowlab.model.channel import channel
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import Event, EventKind
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.run import memo
from flowlab.run.execution import Setting
from flowlab.run.program import compile_flow
from flowlab.run.replay import replay_all
from flowlab.run.services import Services
from flowlab.run.session import Session
from flowlab.run.steps.send_message import SendMessage
from flowlab.run.template import compile_template, render

SAMPLE = Path(__file__).parents[1] / "sample_data"
WAIT = "send-and-wait-for-reply"
BODY = "{{widgets.ask.inbound.Body}}"
Log = list[list[Event]]


def talk(number: int, *texts: str, medium: str = "sms", **known: Any) -> Conversation:
    messages = tuple(Message(Role.CUSTOMER, text, 1_770_000_000.0 + 10 * i) for i, text in enumerate(texts))
    return Conversation(f"c{number}", medium, messages, **known)


def logs(flow: Flow, talks: Iterable[Conversation], services: Any = None, channels: Any = None) -> Log:
    return [replayed.events for replayed in replay_all(flow, talks, services, channels)]


def both(flow: Flow, talks: list[Conversation], services: Any = None, channels: Any = None) -> tuple[Log, Log]:
    """The events with remembering and without."""
    remembered = logs(flow, talks, services, channels)
    with patch.object(memo, "MAX_TURNS", 0):
        return remembered, logs(flow, talks, services, channels)


def asked(*following: State, first: str) -> Flow:
    """A flow that asks a question and goes on with the given states, again and again."""
    trigger = state("Trigger", "trigger", {"incomingMessage": "ask", "incomingRequest": "ask"})
    ask = state("ask", WAIT, {"incomingMessage": first, "timeout": None}, body="Well?", timeout="3600")
    return Flow((trigger, ask, *following), "Trigger")


def split(name: str, *branches: tuple[str, str, str], no_match: str, text: str = BODY) -> State:
    matches = (Transition("match", to, (Condition(kind, value, (text,)),)) for kind, value, to in branches)
    return State(name, "split-based-on", (Transition("noMatch", no_match), *matches), {"input": text})


def echo(body: str) -> Flow:
    return asked(state("echo", "send-message", {"sent": "ask"}, body=body), first="echo")


@pytest.mark.parametrize("name", ["order_support", "order_support_v2"])
def test_sample_conversations(name: str) -> None:
    flow = load(SAMPLE / "flows" / f"{name}.json")
    talks = load(SAMPLE / "conversations" / "order_support.jsonl")
    remembered, walked = both(flow, talks * 2, str(SAMPLE / "services" / "order_support.yaml"))
    assert remembered == walked


talks = st.lists(
    st.tuples(strategies.deeds, st.sampled_from(["sms", "whatsapp"]), st.sampled_from([{}, {"v": 1}, {"v": True}])),
    max_size=6,
)


def conversation(number: int, deeds: list[tuple[str | None, float]], medium: str, context: Any) -> Conversation:
    time_s, messages = 1_770_000_000.0, []
    for text, after_s in deeds:
        time_s += after_s
        if text is not None:
            messages.append(Message(Role.CUSTOMER, text, time_s))
    return Conversation(f"c{number}", medium, tuple(messages), context=context)


@settings(max_examples=150, deadline=None)
@given(strategies.flows(), talks)
def test_any_flow(definition: dict[str, Any], drawn: list[Any]) -> None:
    world = {"widgets": {"look_up": {"json": {"items": [1, 2]}}, "menu": {"status": 500}}}
    remembered, walked = both(read_flow(definition), [conversation(n, *one) for n, one in enumerate(drawn * 2)], world)
    assert remembered == walked


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32), talks)
def test_real_flows(real_flows: list[Path], number: int, drawn: list[Any]) -> None:
    flow = load(real_flows[number % len(real_flows)])
    remembered, walked = both(flow, [conversation(n, *one) for n, one in enumerate(drawn * 2)])
    assert remembered == walked


def test_a_turn_is_walked_once() -> None:
    flow = echo("Thank you.")
    with patch.object(SendMessage, "enter", autospec=True, side_effect=SendMessage.enter) as enter:
        remembered = logs(flow, [talk(n, "hi", f"text {n}") for n in range(20)])
    assert enter.call_count == 1
    assert all(any(e.text == "Thank you." for e in events) for events in remembered)


def test_a_text_never_seen_takes_the_branch_of_its_like() -> None:
    flow = asked(
        split("route", ("contains", "order", "yes"), ("regex", ".*bye.*", "yes"), no_match="no"),
        state("yes", "send-message", {"sent": "ask"}, body="Yes."),
        state("no", "send-message", {"sent": "ask"}, body="No."),
        first="route",
    )
    talks = [talk(n, "hi", f"{n} about my ORDER", f"well {n}", f"bye {n}") for n in range(20)]
    with patch.object(SendMessage, "enter", autospec=True, side_effect=SendMessage.enter) as enter:
        remembered = logs(flow, talks)
    assert enter.call_count == 3  # the three branches, once each
    for n, events in enumerate(remembered):
        steps = [(e.condition, e.value) for e in events if e.kind == EventKind.STEP and e.state == "route"]
        assert steps == [
            ("contains order", f"{n} about my ORDER"),
            ("no match", f"well {n}"),
            ("regex .*bye.*", f"bye {n}"),
        ]
    assert remembered == both(flow, talks)[1]


def test_a_text_that_is_split_on_and_then_shown_stays_the_customers_own() -> None:
    flow = asked(
        split("route", ("contains", "a", "show"), no_match="show"),
        state("show", "send-message", {"sent": "ask"}, body=f"You said {BODY}"),
        first="route",
    )
    remembered, walked = both(flow, [talk(n, "hi", text) for n, text in enumerate(["a1", "a2", "b1", "a1"])])
    assert remembered == walked
    assert [e.text for events in remembered for e in events if e.state == "show" and e.text] == [
        f"You said {text}" for text in ("a1", "a2", "b1", "a1")
    ]


#: Values of a REST parameter that are equal in Python, or cannot be keys, and read differently.
ALIKE = [1, 1.0, True, "1", 0, 0.0, -0.0, False, None, "", [1], [True], {"a": 1}, [], "None"]


@pytest.mark.parametrize(
    "body",
    [
        "{{flow.data.v}}!",
        "{{flow.data.v | append: '!'}}",
        "{% if flow.data.v %}yes{% else %}no{% endif %}",
        "{{flow.data.v | to_json}}",
        "{{trigger | to_json}}",
        "{{'now' | date: '%s'}}",
    ],
)
def test_values_that_read_differently_are_kept_apart(body: str) -> None:
    opened = Message(Role.BOT, "Hello", 1_770_000_000.0)
    talks = [
        replace(talk(n, "hi"), messages=(replace(opened, time_s=1_770_000_000.0 + n),), context={"v": value})
        for n, value in enumerate(ALIKE)
    ]
    trigger = state("Trigger", "trigger", {"incomingRequest": "say"})
    say = state("say", "send-message", {"sent": None, "failed": None}, body=body)
    remembered, walked = both(Flow((trigger, say), "Trigger"), talks)
    assert remembered == walked
    assert len({tuple(e.text for e in events) for events in remembered}) > 1


@pytest.mark.parametrize(
    "text", ["{{flow.data.v | append: '!'}}", "{% if flow.data.v == 1 %}1{% endif %}{{flow.data.v}}"]
)
def test_a_template_takes_no_value_for_its_like(text: str) -> None:
    scopes = [{"flow": {"data": {"v": value}}} for value in ALIKE]
    together = [render(text, scope) for scope in scopes * 2]
    alone = []
    for scope in scopes:
        compile_template.cache_clear()
        alone.append(render(text, scope))
    assert together == alone * 2


def test_what_a_turn_sets_itself_is_no_news() -> None:
    count = "{% if flow.variables.n %}{{ flow.variables.n | plus: 1 }}{% else %}1{% endif %}"
    flow = asked(
        state("count", "set-variables", {"next": "tries"}, variables=[{"key": "n", "value": count}]),
        split("tries", ("greater_than", "3", "stop"), no_match="ask", text="{{flow.variables.n}}"),
        state("stop", "send-message", {"sent": None}, body="After {{flow.variables.n}}."),
        first="count",
    )
    remembered, walked = both(flow, [talk(n, "hi", *"abcdef") for n in range(3)])
    assert remembered == walked
    assert all("After 4." in [e.text for e in events] for events in remembered)


def test_a_long_text_meets_the_limit_where_its_like_did_not() -> None:
    flow = asked(split("route", ("contains", "x", "ask"), no_match="ask"), first="route")
    texts = ["x", "x" * 5_000, "x" * 20_000, "y"]
    remembered, walked = both(flow, [talk(n, "hi", text) for n, text in enumerate(texts)])
    assert remembered == walked
    assert next(e.detail for e in remembered[2] if e.kind == EventKind.ENDED).startswith("limit: a rendered value")


def test_a_pattern_that_is_not_tried_on_a_long_text_is_a_fault_each_time() -> None:
    flow = asked(split("route", ("regex", "(a+)+$", "ask"), no_match="ask"), first="route")
    texts = ["aaa", "a" * 40, "a" * 41, "b"]
    remembered, walked = both(flow, [talk(n, "hi", text) for n, text in enumerate(texts)])
    assert remembered == walked
    assert [sum(e.kind == EventKind.FAULT for e in events) for events in remembered] == [0, 1, 1, 0]


def test_a_limit_is_met_where_it_was_not_before() -> None:
    again = state("ask", WAIT, {"incomingMessage": "ask"}, body="Well?")
    trigger = state("Trigger", "trigger", {"incomingMessage": "ask"})
    remembered, walked = both(Flow((trigger, again), "Trigger"), [talk(n, "hi", *["x"] * 12) for n in range(3)])
    assert remembered == walked
    steps = [state(f"s{n}", "send-message", {"sent": f"s{n + 1}" if n < 98 else "ask"}, body="On.") for n in range(99)]
    remembered, walked = both(asked(*steps, first="s0"), [talk(n, "hi", *["x"] * 12) for n in range(3)])
    assert remembered == walked
    assert any(e.detail.startswith("limit: 1,000 steps") for e in remembered[2])


def test_silence_and_hand_off_count_wherever_they_happened() -> None:
    trigger = state("Trigger", "trigger", {"incomingMessage": "ask"})
    ask = state("ask", WAIT, {"incomingMessage": "route", "timeout": "bye"}, body="Well?")
    flow = Flow(
        (
            trigger,
            ask,
            split("route", ("equal_to", "agent", "agent"), ("equal_to", "more", "ask"), no_match="bye"),
            state("agent", "send-to-flex", {"callComplete": "ask"}, attributes="{}"),
            state("bye", "send-message", {"sent": None}, body="Bye."),
        ),
        "Trigger",
    )
    texts = [["no"], ["agent", "no"], [], ["agent"], ["more", "no"], ["agent", "more", "no"], ["more"]]
    remembered, walked = both(flow, [talk(n, "hi", *said) for n, said in enumerate(texts * 2)])
    assert remembered == walked
    assert [events[-1].event for events in remembered[:4]] == ["contained", "handed_off", "abandoned", "handed_off"]


def test_a_session_says_what_is_remembered() -> None:
    program, kept = compile_flow(echo(BODY)), memo.Memo()
    for number in range(3):
        setting = Setting(program, channel("sms"), Services(), "+12025550143", f"c{number}", kept)
        session = Session.within(setting, 0.0)
        assert session.start("hi") == ["Well?"]
        assert session.say("Ana") == ["Ana", "Well?"]


def test_channels_of_one_name_are_not_taken_for_each_other() -> None:
    sms = channel("sms")
    narrow = replace(sms, facts={**sms.facts, "max_text_chars": replace(sms.facts["max_text_chars"], value=3)})
    talks = [talk(0, "hi", "a"), talk(1, "hi", "a", medium="narrow")]
    remembered, walked = both(echo("Good morning."), talks, channels={"narrow": narrow})
    assert remembered == walked
    assert EventKind.FAULT in [e.kind for e in remembered[1]]


@pytest.mark.parametrize(
    "services",
    [
        {"widgets": {"call": [{"when": {"time": "00:00-12:00"}, "json": {"open": True}}, {"json": {"open": False}}]}},
        {"widgets": {"call": {"json": {"open": True}, "delay_s": 2.5}}},
        {"widgets": {"call": {"json": {"open": True}, "delay_s": 12}}},
        {"widgets": {"call": [{"when": {"parameters": {"text": ["A*", "b"]}}, "json": {"open": 1}}, {"status": 404}]}},
        {"widgets": {}},
    ],
)
def test_answers_that_depend_on_the_hour_or_take_time(services: dict[str, Any]) -> None:
    call = {"url": "https://shop.example.com", "parameters": [{"key": "text", "value": BODY}]}
    flow = asked(
        state("call", "make-http-request", {"success": "show", "failed": "ask"}, **call),
        state("show", "send-message", {"sent": "ask"}, body="{{widgets.call.parsed.open}} {{widgets.call.parsed}}"),
        first="call",
    )
    day = [talk(n, "hi", text, text) for n, text in enumerate(["abc", "b", "c", "abc"])]
    night = [replace(t, id=t.id + "n", messages=tuple(map(later, t.messages))) for t in day]
    remembered, walked = both(flow, [*day, *night], services)
    assert remembered == walked


def later(message: Message) -> Message:
    return replace(message, time_s=(message.time_s or 0.0) + 12 * 3600)


def test_a_callable_is_asked_each_time() -> None:
    asked_for: list[str] = []

    def answer(seen: list[str], request: Any) -> dict[str, int]:
        seen.append(request.name)
        return {"n": len(seen)}

    world: dict[str, Callable[[Any], Any]] = {"call": partial(answer, asked_for)}
    call = state("call", "run-function", {"success": "show", "fail": None}, url="https://f.example.com")
    show = state("show", "send-message", {"sent": "ask"}, body="{{widgets.call.parsed.n}}")
    remembered = logs(asked(call, show, first="call"), [talk(n, "hi", "same") for n in range(3)], {"widgets": world})
    assert asked_for == ["call"] * 3
    assert [e.text for events in remembered for e in events if e.state == "show" and e.text] == ["1", "2", "3"]


def test_a_full_memo_changes_nothing() -> None:
    flow, talks = echo(BODY), [talk(n, "hi", f"text {n % 7}", f"text {n}") for n in range(30)]
    with patch.object(memo, "MAX_TURNS", 5):
        few = logs(flow, talks)
    assert few == both(flow, talks)[1]
