"""Workflows, dry runs and whole journeys as graphs, all under the contract that flows' graphs have."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.formats.workspace import load_workspace
from flowlab.model.channel import channel
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.journey import journey
from flowlab.model.kinds import Family
from flowlab.model.routing import Filter, Queue, Target, Worker, Workflow, Workspace
from flowlab.model.routing_graph import workflow_graph
from flowlab.run.routing import route

SAMPLE = Path(__file__).parents[1] / "sample_data"
NODE: dict[str, type] = {"kind": str, "family": str, "label": str, "text": str, "initial": bool}
EDGE: dict[str, type] = {"event": str, "condition": str, "label": str, "wired": bool, "silent": bool}


def assert_contract(graph: nx.MultiDiGraph) -> None:
    """What :func:`flowlab.model.graph.flow_graph` promises of every graph."""
    assert isinstance(graph, nx.MultiDiGraph)
    assert isinstance(graph.graph["name"], str)
    assert graph.graph["initial"] in graph
    assert graph.nodes[graph.graph["initial"]]["initial"]
    for node, data in graph.nodes(data=True):
        assert isinstance(node, str)
        assert {key: type(value) for key, value in data.items()} == NODE, node
        assert data["family"] in list(Family)
        assert data["label"]
    for tail in graph:
        keys = [key for _, _, key in graph.out_edges(tail, keys=True)]
        assert len(set(keys)) == len(keys), tail
        assert all(type(key) is int for key in keys)
    for tail, head, data in graph.edges(data=True):
        assert {key: type(value) for key, value in data.items()} == EDGE, (tail, head)
        assert data["label"] == (data["condition"] or data["event"])
        assert data["wired"] == (graph.nodes[head]["family"] != Family.END)


def sample() -> tuple[Workflow, Workspace, Flow]:
    workflow, flow = fl.load(SAMPLE / "routing/support_workflow.json"), fl.load(SAMPLE / "flows/order_support.json")
    assert isinstance(workflow, Workflow)
    assert isinstance(flow, Flow)
    return workflow, load_workspace(SAMPLE / "routing/workspace.yaml"), flow


def edges(graph: nx.MultiDiGraph, node: str) -> Iterator[tuple[str, str]]:
    for _, head, data in sorted(graph.out_edges(node, data=True, keys=False), key=lambda edge: edge[1]):
        yield head, data["label"]


WORKFLOW = Workflow(
    (
        Filter(
            "One", "a == 1", (Target("A", "worker.x == task.x", 5, 30, "worker.x DESC", "1==1"), Target(timeout_s=60))
        ),
        Filter("", "b == 2", (Target("${b}", known_worker_sid="task.agent"),)),
        Filter("Three", "c == 3", (Target("A", skip_if="1==1", timeout_s=9),)),
    ),
    "A",
    name="care",
)
TEAM = Workspace(
    (Queue("WQ1", "A", "x > 1"), Queue("WQ2", "unused")),
    (Worker("Ines", activity="Here", attributes={"x": 2}), Worker("Owen", attributes={"x": 1})),
)


def test_a_workflow_is_a_graph_of_filters_targets_and_queues() -> None:
    graph = WORKFLOW.graph
    assert_contract(graph)
    assert graph is WORKFLOW.graph
    assert dict(edges(graph, "task")) == {"filter:1": "task"}
    assert dict(edges(graph, "filter:1")) == {"target:1.1": "match", "filter:2": "noMatch"}
    assert list(edges(graph, "target:1.1")) == [
        ("queue:A", "priority 5"),
        ("target:1.2", "skip if 1==1"),
        ("target:1.2", "timeout 30 s"),
    ]
    assert list(edges(graph, "target:1.2")) == [("filter:2", "timeout 60 s"), ("queue:A", "queue")]
    assert list(edges(graph, "target:2.1")) == [("queue:${b}", "queue"), ("waits", "no timeout")]
    # Of the last filter: skipped is as good as not matched, but a timeout is the end, here and after a filter before.
    assert list(edges(graph, "target:3.1")) == [
        ("canceled", "timeout 9 s"),
        ("filter:default", "skip if 1==1"),
        ("queue:A", "queue"),
    ]
    assert list(edges(graph, "filter:3")) == [
        ("canceled", "noMatch after a timeout"),
        ("filter:default", "noMatch"),
        ("target:3.1", "match"),
    ]
    assert list(edges(graph, "filter:default")) == [("queue:A", "queue"), ("waits", "no timeout")]
    assert graph.nodes["target:1.1"]["text"] == "worker.x == task.x; by worker.x DESC"
    assert graph.nodes["target:2.1"]["text"] == "known worker: task.agent"
    assert graph.nodes["filter:2"]["label"] == "b == 2"
    assert {tail for tail, _, data in graph.edges(data=True) if data["silent"]} == {"target:3.1", "filter:3"}


def test_with_a_workspace_queues_have_names_and_workers() -> None:
    graph = route({}, WORKFLOW, TEAM).graph
    assert_contract(graph)
    assert graph.nodes["queue:WQ1"] == {
        "kind": "task_queue", "family": "queue", "label": "A", "text": "x > 1", "initial": False
    }  # fmt: skip
    assert graph.nodes["queue:${b}"]["family"] == Family.MISSING
    assert list(graph.successors("queue:WQ1")) == ["worker:Ines"]
    assert graph.nodes["worker:Ines"]["text"] == "Here"
    assert not {"worker:Owen", "queue:WQ2"} & set(graph)


def test_a_workflow_of_nothing_is_a_graph_too() -> None:
    for workflow in (Workflow(()), Workflow((), "A"), Workflow((Filter("No targets", "1==1"),))):
        assert_contract(workflow.graph)
        assert_contract(workflow_graph(workflow, TEAM))


WORDS = st.sampled_from(["", "A", "B", "1==1", "x = 1", "task", "canceled", "filter:1"])
TARGETS = st.builds(
    Target, WORDS, WORDS, st.none() | st.integers(0, 9), st.none() | st.integers(0, 90), st.just(""), WORDS
)
WORKFLOWS = st.builds(
    Workflow,
    st.lists(st.builds(Filter, WORDS, WORDS, st.lists(TARGETS, max_size=3).map(tuple)), max_size=4).map(tuple),
    WORDS,
)


@given(WORKFLOWS)
def test_every_workflow_keeps_the_contract_and_every_dry_run_walks_it(workflow: Workflow) -> None:
    assert_contract(workflow.graph)
    for workers in ((), (Worker("A", activity="On"),)):
        team = Workspace((Queue("A"), Queue("B", target_workers="x = 1")), workers, {"On": True})
        routing = route({"a": 1}, workflow, team)
        assert_contract(routing.graph)
        graph, path = routing.graph, routing.path
        assert all(graph.has_edge(*pair) for pair in pairwise(path)), path


def test_a_journey_is_one_graph_from_entry_point_to_worker() -> None:
    workflow, team, flow = sample()
    whole = journey(flow, workflow, team, [channel("sms"), "A button on the web page"])
    graph = whole.graph
    assert_contract(graph)
    assert repr(whole) == f"<Journey 'order_support to support_workflow to Harbour & Pine': {len(graph)} nodes>"
    assert {node for node, data in graph.nodes(data=True) if data["initial"]} == {
        "entry:SMS / MMS", "entry:A button on the web page"
    }  # fmt: skip
    assert nx.has_path(graph, "entry:SMS / MMS", "worker:Beatriz")
    assert graph.has_edge("state:hand_over", "task")
    assert nx.shortest_path(graph, "state:hand_over", "worker:Beatriz") == [
        *("state:hand_over", "task", "filter:1", "target:1.1"),
        *("queue:WQ00000000000000000000000000000001", "worker:Beatriz"),
    ]
    flow_nodes = {f"state:{node}" for node in flow.graph}
    assert flow_nodes <= set(graph)
    inner = graph.subgraph(flow_nodes)
    assert inner.number_of_edges() == flow.graph.number_of_edges()


def test_without_entry_points_the_trigger_s_events_are_them() -> None:
    _, _, flow = sample()
    graph = journey(flow).graph
    assert_contract(graph)
    entries = {node for node in graph if node.startswith("entry:")}
    assert entries == {f"entry:{way.event}" for way in flow["Trigger"].transitions if way.next}
    assert "task" not in graph


def handing_over(kind: str, **properties: Any) -> Flow:
    trigger = State("Trigger", "trigger", (Transition("incomingMessage", "task"),))
    return Flow((trigger, State("task", kind, (Transition("callComplete"),), properties)), "Trigger")


@pytest.mark.parametrize(
    ("flow", "sid", "joined"),
    [
        (handing_over("send-to-flex", workflow="WW1"), "WW1", True),
        (handing_over("send-to-flex", workflow="WW1"), "", True),
        (handing_over("send-to-flex", workflow="WW1"), "WW2", False),
        (handing_over("send-to-flex", workflow="${workflow}"), "WW2", True),
        (handing_over("send-to-flex"), "WW2", True),
        (handing_over("enqueue-call", workflow_sid="WW2"), "WW2", True),
        (handing_over("enqueue-call", queue_name="calls"), "WW2", False),
        (handing_over("send-message", workflow="WW2"), "WW2", False),
    ],
)
def test_which_states_hand_over_to_the_workflow(flow: Flow, sid: str, joined: bool) -> None:
    graph = journey(flow, Workflow((), "A", sid=sid)).graph
    assert_contract(graph)
    assert graph.has_edge("state:task", "task") is joined


def test_a_workflow_shows_itself() -> None:
    data, _ = WORKFLOW._repr_mimebundle_()
    assert data["text/plain"] == "<Workflow 'care': 3 filters>"
    data, _ = journey(handing_over("send-to-flex"))._repr_mimebundle_()
    assert data["text/plain"].startswith("<Journey")
