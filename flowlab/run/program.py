"""A flow made ready to run: every state with its step, every exit with the state it leads to. Made once, run often."""

from __future__ import annotations

from dataclasses import dataclass, field

from flowlab.errors import UsageError
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.readings import READINGS, Readings
from flowlab.run.outbound import shows_more
from flowlab.run.step import Step
from flowlab.run.steps import step_for


@dataclass(slots=True)
class Way:
    """An exit: where it leads. ``target`` is None where it leads nowhere, or to no state."""

    event: str
    next: str | None
    condition: str
    target: Node | None = None


@dataclass(slots=True)
class Node:
    """A state ready to run. ``by_event``: the first exit of each event; ``ways``: all, in the flow's order;
    ``one_off``: whether what it does belongs to one conversation alone.
    """

    state: State
    name: str
    type: str
    step: Step
    ways: tuple[Way, ...]
    by_event: dict[str, Way] = field(default_factory=dict)
    one_off: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """A runnable flow, read by ``readings``. ``start`` is None where the flow names no first state that exists;
    ``entries`` are the events that lead on from it if it is a trigger; ``names_sent``: see :mod:`flowlab.run.outbound`.
    """

    flow: Flow
    nodes: dict[str, Node]
    start: Node | None
    entries: frozenset[str]
    readings: Readings = READINGS
    names_sent: bool = False


def compile_flow(flow: Flow | Program, readings: Readings = READINGS) -> Program:
    """Make a flow ready to run; a program made by the same readings is handed back as it is. Faults in the flow's
    content do not raise.

    Raises UsageError for what is no flow.
    """
    if isinstance(flow, Program):
        return flow if flow.readings == readings else compile_flow(flow.flow, readings)
    if not isinstance(flow, Flow):
        raise UsageError(f"expected a Flow, found {type(flow).__name__}. Read a file with flowlab.load(path) first")
    nodes: dict[str, Node] = {}
    for state in flow.states:
        nodes.setdefault(state.name, _node(state, readings))
    for node in nodes.values():
        for way in node.ways:
            way.target = nodes.get(way.next) if way.next is not None else None
            node.by_event.setdefault(way.event, way)
    start = nodes.get(flow.initial_state)
    ways_in = start.by_event if start and start.type == "trigger" else {}
    entries = frozenset(event for event, way in ways_in.items() if way.target)
    return Program(flow, nodes, start, entries, readings, shows_more(flow))


def _node(state: State, readings: Readings) -> Node:
    step = step_for(state, readings)
    one_off = getattr(step, "one_off", False)
    return Node(state, state.name, state.type, step, tuple(map(_way, state.transitions)), {}, one_off)


def _way(transition: Transition) -> Way:
    return Way(transition.event, transition.next, transition.condition)
