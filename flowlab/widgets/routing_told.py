"""A dry run as the board tells it: moments to step through, and lines that say when they come true."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from flowlab.model.routing_graph import (
    CANCELED,
    DEFAULT,
    WAITS,
    filter_node,
    queue_node,
    target_node,
    worker_node,
)
from flowlab.run.routing_page import about, terms
from flowlab.run.routing_result import DEFAULT_FILTER, FilterTried, Routing, RoutingStep, TargetTried, WorkerSeen
from flowlab.text.plain import short

#: What became of a thing, and its sign: told by more than colour.
SIGNS = {"taken": "✓", "left": "→", "refused": "×", "wrong": "!", "waits": "…", "ahead": "·"}
_FILTERS = {"taken": "taken", "left": "left", "false": "refused", "broken": "wrong", "not reached": "ahead"}
_TARGETS = {"reserved": "taken", "skipped": "left", "timeout": "left", "waits": "waits", "task timeout": "refused"}
#: More workers than these at one target are only counted.
_MOST_WORKERS = 60
_LONGEST = 400


@dataclass(frozen=True, slots=True)
class Moment:
    """One step of the run. ``node``: where the task is then; ``walked``: the edges of its way so far."""

    time_s: float
    node: str
    text: str
    walked: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the account. ``at``: the moment (from 1) at which it begins, ``done``: at which it is settled.

    Both are 0 for what was not reached. ``level``: 0 filters, 1 targets, 2 workers. ``state``: a key of SIGNS, or
    ``offered`` (in the order, but not first).
    """

    node: str
    level: int
    state: str
    sign: str
    head: str
    text: str
    code: str = ""
    at: int = 0
    done: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass
class _Steps:
    """At which step what was reached: filters by index, targets in the order in which they were entered."""

    nodes: list[str] = field(default_factory=list)
    filters: list[int] = field(default_factory=list)
    entered: list[int] = field(default_factory=list)
    settled: dict[int, int] = field(default_factory=dict)

    def read(self, steps: tuple[RoutingStep, ...], n_filters: int) -> _Steps:
        for step in steps:
            if step.event_type in ("filter.matched", "filter.not-matched"):
                self.filters.append(step.seq)
            elif step.event_type == "task-queue.entered":
                self.entered.append(step.seq)
            elif step.target is not None:
                self.settled.setdefault(len(self.entered) - 1, step.seq)
            self.nodes.append(self._node(step, n_filters))
        return self

    def _node(self, step: RoutingStep, n_filters: int) -> str:
        index = len(self.filters) - 1
        here = filter_node(index) if index < n_filters else DEFAULT
        if step.event_type in ("workflow.timeout", "task.canceled"):
            return CANCELED
        if step.event_type == "task.pending":
            return WAITS
        if step.worker:
            return worker_node(step.worker)
        return here if step.target is None or here == DEFAULT else target_node(index, step.target)


def moments_of(routing: Routing) -> tuple[Moment, ...]:
    """Every step of the run with the way that lies behind it.

    >>> from flowlab.model.routing import Filter, Queue, Target, Worker, Workflow, Workspace
    >>> from flowlab.run.routing import route
    >>> team = Workspace((Queue("WQ1"),), (Worker("Ines", activity="Here"),), {"Here": True})
    >>> done = route({}, Workflow((Filter("All", "1==1", (Target("WQ1"),)),)), team)
    >>> [moment.node for moment in moments_of(done)]
    ['filter:1', 'target:1.1', 'worker:Ines']
    """
    nodes = _Steps().read(routing.steps, len(routing.workflow)).nodes
    return tuple(
        Moment(step.time_s, node, short(step.text, _LONGEST), _walked(routing, node))
        for step, node in zip(routing.steps, nodes, strict=True)
    )


def _walked(routing: Routing, node: str) -> tuple[tuple[str, str], ...]:
    way = routing.way
    here = way.index(node) + 1 if node in way else len(way)
    walked = list(pairwise(way[:here]))
    if node not in way and routing.worker:  # another of several that are offered the task at once
        walked.append((way[-2], node))
    asked = way[here - 2] if node == WAITS and here > 1 else node
    queue = _queue_of(routing, asked)
    return (*walked, (asked, queue)) if queue else tuple(walked)


def _queue_of(routing: Routing, node: str) -> str:
    """The queue that a target (or the default filter) asks."""
    ref = routing.workflow.default_queue if node == DEFAULT else ""
    if node.startswith("target:"):
        index, number = map(int, node.removeprefix("target:").split("."))
        ref = routing.workflow.filters[index - 1].queues[number - 1]
    elif node != DEFAULT:
        return ""
    found = routing.workspace.find_queue(ref)
    return queue_node(found.sid if found else ref)


def lines_of(routing: Routing) -> tuple[Line, ...]:
    """Each filter, then each target of the filters that took the task with every worker looked at."""
    steps = _Steps().read(routing.steps, len(routing.workflow))
    filters = [_filter(index, each, steps) for index, each in enumerate(routing.filters)]
    unused = not any(target.filter == DEFAULT_FILTER for target in routing.targets[-1:])
    if routing.workflow.default_queue and unused:
        filters.append(Line(DEFAULT, 0, "ahead", SIGNS["ahead"], DEFAULT_FILTER, "not reached"))
    return (*filters, *_targets(routing, steps))


def _filter(index: int, each: FilterTried, steps: _Steps) -> Line:
    state = _FILTERS[each.status]
    at = steps.filters[index] if index < len(steps.filters) and state != "ahead" else 0
    code = short(each.expression, _LONGEST) if each.expression != each.filter else ""
    text = short(about(each), _LONGEST)
    return Line(filter_node(index), 0, state, SIGNS[state], short(each.filter, 120), text, code, at, at)


def _targets(routing: Routing, steps: _Steps) -> Iterator[Line]:
    reached = 0
    for node, target in zip(_target_nodes(routing), routing.targets, strict=True):
        if target.entered_s is None:
            yield Line(node, 1, "ahead", SIGNS["ahead"], _head(target), "not reached", terms(target))
            continue
        at = steps.entered[reached]
        done = steps.settled.get(reached, at)
        reached += 1
        state = _TARGETS[target.outcome]
        ahead = f"; {target.tasks_ahead} waiting tasks come first" if target.tasks_ahead else ""
        text = short(f"{target.outcome}: {target.why}{ahead}", _LONGEST)
        yield Line(node, 1, state, SIGNS[state], _head(target), text, terms(target), at, done)
        yield from _workers(target, at, done)


def _target_nodes(routing: Routing) -> Iterator[str]:
    """The node of each target tried: those of each filter that took the task, then the default's."""
    for index, (tried, each) in enumerate(zip(routing.filters, routing.workflow, strict=True)):
        if tried.status in ("taken", "left"):
            yield from (target_node(index, number) for number in range(1, len(each.targets) + 1))
    if routing.targets and routing.targets[-1].filter == DEFAULT_FILTER and DEFAULT in routing.way:
        yield DEFAULT


def _head(target: TargetTried) -> str:
    return short(f"{target.name}: queue {target.queue}", 160)


def _workers(target: TargetTried, at: int, done: int) -> Iterator[Line]:
    for seen in target.workers[:_MOST_WORKERS]:
        state = "taken" if seen.reserved else "offered" if seen.position else "refused"
        since = done if seen.reserved else at
        head, why = short(seen.worker, 120), short(seen.why, _LONGEST)
        yield Line(worker_node(seen.worker), 2, state, _sign(seen, state), head, why, "", since, since)
    more = len(target.workers) - _MOST_WORKERS
    if more > 0:
        yield Line("", 2, "refused", "", f"and {more:,} more workers", "see board.routing.table", "", at, at)


def _sign(seen: WorkerSeen, state: str) -> str:
    return SIGNS.get(state, f"{seen.position}.")
