"""The whole way of a customer as one graph: entry point, flow, hand-off, filter, target, queue, worker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowlab.model.channel import Channel
from flowlab.model.entry_point import BUSINESS, EntryPoint, EntryPoints
from flowlab.model.finding import Finding
from flowlab.model.flow import Flow, State
from flowlab.model.kinds import Family
from flowlab.model.routing import Workflow, Workspace
from flowlab.model.routing_graph import TASK, add_workflow

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True)
class Journey:
    """A flow with the workflow its tasks go to, the workspace that answers them, and the ways in.

    ``entry_points``: what the customer contacts, as names or as channels.
    """

    flow: Flow
    workflow: Workflow | None = None
    workspace: Workspace | None = None
    entry_points: tuple[str | Channel | EntryPoint, ...] = ()

    @property
    def name(self) -> str:
        return " to ".join(part.name for part in (self.flow, self.workflow, self.workspace) if part is not None)

    def __repr__(self) -> str:
        return f"<Journey {self.name!r}: {len(self.graph)} nodes>"

    @cached_property
    def graph(self) -> nx.MultiDiGraph:
        """All of it as networkx's own MultiDiGraph; see :func:`journey_graph` for the contract."""
        return journey_graph(self)

    def placed(self, findings: Iterable[Finding]) -> list[Finding]:
        """Findings of the flow and its routing, each at its node of :attr:`graph`, to be drawn there."""
        states = self.flow.by_name
        return [replace(found, state=state_node(found.state)) if found.state in states else found for found in findings]

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """In a notebook a journey shows itself as a picture, once the drawing room has registered how."""
        from flowlab.model import display

        return display.bundle(self)


def journey(
    flow: Flow,
    workflow: Workflow | None = None,
    workspace: Workspace | None = None,
    entry_points: Sequence[str | Channel | EntryPoint] | EntryPoints | None = None,
) -> Journey:
    """A flow, its workflow and its workspace as one journey.

    ``entry_points``: names of numbers, inboxes and buttons, or channels; without them every event that the flow's
    trigger answers is one.

    >>> from flowlab.model.flow import Transition
    >>> trigger = State("Trigger", "trigger", (Transition("incomingMessage", "agent"),))
    >>> agent = State("agent", "send-to-flex", (Transition("callComplete"),), {"workflow": "WW1"})
    >>> whole = journey(Flow((trigger, agent), "Trigger"), Workflow((), "WQ1", sid="WW1"), entry_points=["web chat"])
    >>> list(whole.graph.successors("state:agent"))
    ['state:agent:end', 'task']
    """
    points = entry_points.values() if isinstance(entry_points, EntryPoints) else entry_points
    return Journey(flow, workflow, workspace, tuple(points or ()))


def state_node(name: str) -> str:
    """The node of a state of the flow."""
    return f"state:{name}"


def journey_graph(whole: Journey) -> nx.MultiDiGraph:
    """Make the graph of a journey, under the contract of :func:`flowlab.model.graph.flow_graph`.

    Nodes of the flow are named ``state:NAME``, entry points ``entry:NAME`` (kind ``entry_point``, ``initial``), those
    of the workflow as in :func:`flowlab.model.routing_graph.workflow_graph`. A state that hands over to the workflow
    (by its sid; to any where one of the two has none) has an edge to ``task`` with the event ``task``.
    """
    import networkx as nx

    graph = nx.MultiDiGraph(name=whole.name)
    entries = _entries(whole)
    for name, _ in entries:
        graph.add_node(f"entry:{name}", kind="entry_point", family=str(Family.ENTRY), label=name, text="", initial=True)
    graph.graph["initial"] = next(iter(graph), "")
    for name, data in whole.flow.graph.nodes(data=True):
        graph.add_node(state_node(name), **{**data, "initial": data["initial"] and not entries})
    for name, event in entries:
        if whole.flow.initial_state in whole.flow.graph:
            _edge(graph, f"entry:{name}", state_node(whole.flow.initial_state), event)
    for tail, head, key, data in whole.flow.graph.edges(keys=True, data=True):
        graph.add_edge(state_node(tail), state_node(head), key, **data)
    if whole.workflow is not None:
        add_workflow(graph, whole.workflow, whole.workspace)
        for state in whole.flow:
            if _hands_over(state, whole.workflow):
                _edge(graph, state_node(state.name), TASK, "task")
    return graph


def _edge(graph: nx.MultiDiGraph, tail: str, head: str, event: str) -> None:
    key = max((key for _, _, key in graph.out_edges(tail, keys=True)), default=-1) + 1
    graph.add_edge(tail, head, key, event=event, condition="", label=event, wired=True, silent=False)


def _entries(whole: Journey) -> list[tuple[str, str]]:
    """Names of the ways in, each once, and the trigger's event behind it."""
    if whole.entry_points:
        named = [
            (point.label, point.trigger_event)
            if isinstance(point, Channel)
            else (point.name, "incomingRequest" if point.starts == BUSINESS else point.channel.trigger_event)
            if isinstance(point, EntryPoint)
            else (str(point), "")
            for point in whole.entry_points
        ]
    else:
        first = whole.flow.by_name.get(whole.flow.initial_state)
        wired = [way.event for way in first.transitions if way.next is not None] if first else []
        named = [(event, event) for event in wired]
    return list(dict(named).items())


_WORKFLOW_KEYS = {"send-to-flex": "workflow", "enqueue-call": "workflow_sid"}


def _hands_over(state: State, workflow: Workflow) -> bool:
    """Whether the state makes a task for this workflow. Other sids are other workflows; placeholders may be any."""
    key = _WORKFLOW_KEYS.get(state.type, "")
    named = str(state.properties.get(key) or "")
    if state.type == "enqueue-call" and not named:  # a plain call queue
        return False
    return bool(key) and (not workflow.sid or not named.startswith("WW") or named == workflow.sid)
