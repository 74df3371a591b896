"""What things are: the graph's written contract, silent ends, near misses in error messages, channels and outcomes."""

from __future__ import annotations

import networkx as nx
import pytest
import strategies
from conftest import state
from hypothesis import given, settings

from flowlab.errors import FlowError, FormatError, UsageError
from flowlab.formats.studio import read_flow
from flowlab.model import kinds
from flowlab.model.channel import NAMES, Channel, channel, channels
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.graph import flow_graph
from flowlab.model.kinds import KINDS, TRIGGER_EVENTS, Family
from flowlab.run.steps import STEPS

NODE = {"kind": str, "family": str, "label": str, "text": str, "initial": bool}
EDGE = {"event": str, "condition": str, "label": str, "wired": bool, "silent": bool}
FLOW = Flow(
    (
        state("Trigger", "trigger", {"incomingMessage": "ask", "incomingCall": None}),
        state("ask", "send-and-wait-for-reply", {"incomingMessage": "split", "timeout": None}, body="Size?"),
        State(
            "split",
            "split-based-on",
            (
                Transition("noMatch", "ask"),
                Transition("match", "say", (Condition("equal_to", "1"),)),
                Transition("match", "say", (Condition("equal_to", "2"), Condition("contains", "x"))),
                Transition("match", "gone", (Condition("is_blank"),)),
            ),
            {"input": "{{widgets.ask.inbound.Body}}"},
        ),
        state("say", "send-message", {"sent": None, "failed": None}, body="Done"),
    ),
    "Trigger",
    name="sizes",
)


@given(strategies.odd_definitions() | strategies.flows())
@settings(max_examples=60, deadline=None)
def test_every_node_and_edge_has_exactly_the_documented_attributes(definition: dict[str, object]) -> None:
    flow = read_flow(definition)
    graph = flow.graph
    assert type(graph) is nx.MultiDiGraph
    assert graph.graph == {"name": flow.name, "initial": flow.initial_state}
    for _, attributes in graph.nodes(data=True):
        assert {key: type(value) for key, value in attributes.items()} == NODE
        assert attributes["family"] in set(Family)
    for source, target, key, attributes in graph.edges(keys=True, data=True):
        assert {name: type(value) for name, value in attributes.items()} == EDGE
        transition = flow[source].transitions[key]
        assert (transition.event, transition.condition, transition.label) == (
            attributes["event"],
            attributes["condition"],
            attributes["label"],
        )
        assert attributes["wired"] is (transition.next is not None)
        assert attributes["silent"] is (transition in flow[source].silent_exits)
        assert target == transition.next if attributes["wired"] else graph.nodes[target]["kind"] == "end"
    wired = sum(len(s.transitions) for s in flow if s.type != "trigger")
    wired += sum(t.next is not None for s in flow if s.type == "trigger" for t in s.transitions)
    assert graph.number_of_edges() == wired


def test_the_attributes_are_the_ones_the_docstring_names() -> None:
    text = flow_graph.__doc__ or ""
    documented = {line.split("``")[1] for line in text.splitlines() if line.strip().startswith("``")}
    assert documented == NODE.keys() | EDGE.keys()


def test_the_graph_shows_ends_missing_states_and_parallel_branches() -> None:
    graph = FLOW.graph
    assert {name: data["kind"] for name, data in graph.nodes(data=True)} == {
        "Trigger": "trigger",
        "ask": "send-and-wait-for-reply",
        "split": "split-based-on",
        "say": "send-message",
        "ask:end": "end",
        "say:end": "end",
        "gone": "missing",
    }
    assert [n for n, initial in graph.nodes(data="initial") if initial] == ["Trigger"]
    assert [d["label"] for d in graph["split"]["say"].values()] == ["equal_to 1", "equal_to 2 and contains x"]
    assert graph["ask"]["ask:end"][1]["silent"] is True
    assert [d["silent"] for d in graph["say"]["say:end"].values()] == [False, True]
    assert nx.has_path(graph, "Trigger", "say:end")
    assert list(nx.simple_cycles(nx.DiGraph(graph))) != []


def test_an_end_never_takes_the_name_of_a_state() -> None:
    flow = Flow((state("a", "set-variables", {"next": None}), state("a:end", "send-message")), "a")
    assert flow.graph.nodes["a:end"]["kind"] == "send-message"
    assert flow.graph.nodes["a:end:end"]["kind"] == "end"


def test_silent_exits() -> None:
    silent = {s.name: [t.event for t in s.silent_exits] for s in FLOW}
    assert silent == {"Trigger": [], "ask": ["timeout"], "split": [], "say": ["failed"]}


def test_what_a_step_says_first() -> None:
    texts = [
        FLOW["ask"].text,
        FLOW["split"].text,
        State("x", "y", (), {"body": 5, "url": "/u"}).text,
        State("x", "y").text,
    ]
    assert texts == ["Size?", "{{widgets.ask.inbound.Body}}", "/u", ""]


def test_a_flow_is_a_collection_of_states() -> None:
    assert (len(FLOW), [s.name for s in FLOW][:2], FLOW["say"].type) == (4, ["Trigger", "ask"], "send-message")
    assert repr(FLOW) == "<Flow 'sizes': 4 states, starts at 'Trigger'>"
    with pytest.raises(FlowError, match=r"'sizes' has no state 'sai'\. Did you mean 'say'"):
        FLOW["sai"]


def test_every_kind_of_the_catalogue_makes_sense() -> None:
    for type_, kind in KINDS.items():
        assert kind.default_exit in kind.exits
        assert kind.closing <= set(kind.exits)
        assert kinds.family_of(type_) is kind.family
    assert set(STEPS) == set(KINDS)
    assert KINDS["trigger"].exits == TRIGGER_EVENTS
    assert kinds.family_of("hang-up") is Family.UNKNOWN
    assert not kinds.is_closing("hang-up", "sent")


def test_channels() -> None:
    assert list(channels) == list(NAMES) == ["sms", "whatsapp", "line", "email", "webchat", "messenger", "inapp"]
    for name, found in channels.items():
        assert channel(name) is found
        assert channel(found) is found
        assert found.trigger_event in TRIGGER_EVENTS
        found.check_address(found.example_contact)
    with pytest.raises(UsageError, match="Did you mean 'webchat'"):
        channel("webcaht")
    with pytest.raises(UsageError, match="not an address"):
        channel("sms").check_address("kim@example.com")
    with pytest.raises(FormatError):
        Channel.from_yaml("no/such/file.yaml")


def test_a_conversation_knows_its_turns_and_times() -> None:
    talk = Conversation(
        "7",
        "sms",
        (
            Message(Role.CUSTOMER, "hi"),
            Message(Role.BOT, "?", 10.0),
            Message(Role.CUSTOMER, "x", 25.5),
            Message(Role.AGENT, "y"),
        ),
    )
    assert ([m.text for m in talk.turns], talk.start_s, talk.duration_s) == (["hi", "x"], 10.0, 15.5)
    assert Conversation("8", "sms", ()).duration_s is Conversation("8", "sms", ()).start_s is None
