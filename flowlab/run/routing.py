"""A dry run: one task through a workflow, with every filter, target and worker looked at and the reasons kept.

The rules: the first filter that holds takes the task; its targets are tried from top to bottom; a target that can
reserve nobody is left when its timeout runs out, or at once when its ``skip_if`` holds; after the last target the next
filter that holds takes over, and if there is none the task is canceled. The default filter serves only tasks that no
filter took (or whose filters were skipped whole). Nobody's state changes meanwhile: who is busy now stays busy.

Sources: Twilio docs, *Workflows Overview*, *Lifecycle of a Task: Workflows and Assignment*, *Skipping Based on Worker
Availability*.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.routing import Filter, Queue, Target, Workflow, Workspace
from flowlab.model.routing_graph import (
    CANCELED,
    DEFAULT,
    TASK,
    WAITS,
    filter_node,
    queue_node,
    target_node,
    worker_node,
)
from flowlab.run.routing_names import judge, prefixed, skip_names
from flowlab.run.routing_result import DEFAULT_FILTER, FilterTried, Routing, RoutingStep, TargetTried
from flowlab.run.routing_workers import Demand, Survey, survey, tasks_ahead
from flowlab.text.plain import short

#: A task's own timeout where nothing else is said.
TASK_TIMEOUT_S = 86_400


def route(
    task: Mapping[str, Any],
    workflow: Workflow,
    workspace: Workspace,
    *,
    channel: str = "default",
    priority: int = 0,
    timeout_s: int = TASK_TIMEOUT_S,
) -> Routing:
    """Where a task with these attributes goes, and why not elsewhere.

    ``channel``: the task channel (its unique name), whose capacity counts. ``priority``: what the task begins with.
    ``timeout_s``: seconds after which the task itself is canceled. What is wrong in workflow or workspace (an
    expression that cannot be read, a queue that is not there) does not stop the run: see ``Routing.faults``.

    Raises UsageError for a negative number.

    >>> from flowlab.model.routing import Worker
    >>> workflow = Workflow((Filter("Portuguese", "language == 'pt'", (Target("WQ1"),)),))
    >>> team = Workspace((Queue("WQ1"),), (Worker("Ines", activity="Available"),), {"Available": True})
    >>> routing = route({"language": "pt"}, workflow, team)
    >>> routing.filter, routing.queue, routing.worker
    ('Portuguese', 'WQ1', 'Ines')
    """
    if priority < 0 or timeout_s < 0:
        raise UsageError(f"priority ({priority}) and timeout_s ({timeout_s}) of a task are 0 or more")
    return _Run(task, workflow, workspace, channel, priority, timeout_s).run()


@dataclass
class _End:
    """How it ends: TaskRouter's status, why, at which target, and who is offered the task."""

    status: str
    reason: str
    at: TargetTried | None = None
    reserved: tuple[str, ...] = ()


@dataclass
class _Run:
    task: Mapping[str, Any]
    workflow: Workflow
    workspace: Workspace
    channel: str
    priority: int
    timeout_s: int
    time_s: float = 0.0
    filters: list[FilterTried] = field(default_factory=list)
    targets: list[TargetTried] = field(default_factory=list)
    steps: list[RoutingStep] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    way: list[str] = field(default_factory=lambda: [TASK])
    end: _End | None = None

    def run(self) -> Routing:
        timed_out = False
        for index, each in enumerate(self.workflow.filters):
            if self.end:
                self.filters.append(FilterTried(each.label, each.expression, "not reached"))
                continue
            tried = self._filter(each)
            self.way.append(filter_node(index))
            if tried.status == "taken":
                timed_out = self._targets(index, each) or timed_out
                tried = tried if self.end else replace(tried, status="left")
            self.filters.append(tried)
        if not self.end:
            self._no_filter(timed_out)
        return self._result(self.end or _End("pending", ""))

    def _no_filter(self, timed_out: bool) -> None:
        if timed_out:
            self._cancel("workflow.timeout", "the last target's timeout ran out, and no further filter holds")
        elif not self.workflow.default_queue:
            self._cancel("task.canceled", "no filter holds, and there is no default filter")
        else:
            self.way.append(DEFAULT)
            self._tell("filter.matched", "no filter took the task: the default filter does", filter=DEFAULT_FILTER)
            self._target(DEFAULT_FILTER, 1, Target(self.workflow.default_queue), self.workflow.default_queue)

    def _filter(self, each: Filter) -> FilterTried:
        verdict = judge(each.expression, self.task, self.workspace.readings)
        if isinstance(verdict, str):
            self.faults.append(f"filter {each.label!r}: {verdict}")
            tried = FilterTried(each.label, each.expression, "broken", verdict)
        else:
            tried = FilterTried(each.label, each.expression, "taken" if verdict.holds else "false", verdict.why)
        wrong = prefixed(each.expression, self.workspace.readings)
        if wrong:
            names = ", ".join(map(short, wrong))
            self.faults.append(f"filter {each.label!r}: {names} is always missing: a filter sees the task alone")
        event = "filter.matched" if tried.status == "taken" else "filter.not-matched"
        self._tell(event, f"filter {each.label!r}: {tried.why}", filter=each.label)
        return tried

    def _targets(self, index: int, each: Filter) -> bool:
        """Try a filter's targets; whether one of them was left because its time ran out."""
        if not each.targets:
            self.faults.append(f"filter {each.label!r} has no targets: the task goes straight on")
        first = len(self.targets)
        for number, (target, ref) in enumerate(zip(each.targets, each.queues, strict=True), start=1):
            if self.end:
                queue = self.workspace.find_queue(ref)
                self.targets.append(_tried(each.label, number, target, queue.label if queue else ref, self.priority))
            else:
                self.way.append(target_node(index, number))
                self._target(each.label, number, target, ref)
        return any(tried.outcome == "timeout" for tried in self.targets[first:])

    def _target(self, name: str, number: int, target: Target, ref: str) -> None:
        if target.priority is not None:
            self.priority = target.priority
        queue = self.workspace.find_queue(ref)
        tried = _tried(name, number, target, queue.label if queue else ref, self.priority)
        found = survey(Demand(self.task, self.channel, target), queue, self.workspace)
        tried = replace(tried, entered_s=self.time_s, tasks_ahead=self._ahead(queue), workers=found.seen)
        self._tell("task-queue.entered", f"{tried.name}: queue {tried.queue}, priority {self.priority}", at=tried)
        self.faults += [] if queue else [f"{tried.name}: {self.workspace.no_queue(ref)}"]
        if target.timeout_s is None and target.raw.get("timeout"):
            self.faults.append(f"{tried.name}: timeout {short(str(target.raw['timeout']))} is no number: taken as none")
        self.faults += [f"{tried.name}: {fault}" for fault in found.faults]
        if found.reserved:
            self._reserve(tried, queue, found)
        else:
            self._nobody(tried, target, found)

    def _ahead(self, queue: Queue | None) -> int:
        zero = self.workspace.readings.zero_is_highest_priority
        return tasks_ahead(queue, self.priority, zero_is_highest=zero) if queue else 0

    def _reserve(self, tried: TargetTried, queue: Queue | None, found: Survey) -> None:
        names = ", ".join(found.reserved)
        tried = replace(tried, outcome="reserved", why=f"offered to {names}")
        self.targets.append(tried)
        for name in found.reserved:
            self._tell("reservation.created", f"offered to {name}", at=tried, worker=name)
        self.way += [queue_node(queue.sid if queue else ""), worker_node(found.reserved[0])]
        self.end = _End("reserved", tried.why, tried, found.reserved)

    def _nobody(self, tried: TargetTried, target: Target, found: Survey) -> None:
        """Nobody can be reserved at once: skip, wait until the time runs out, or wait for ever."""
        skips, why = self._skips(tried, target, found)
        note = f" ({why})" if why else ""
        if skips:
            self._leave(tried, "skipped", "workflow.skipped", f"nobody can be reserved at once, and {why}")
        elif target.timeout_s is None:
            self._leave(tried, "waits", "task.pending", f"nobody can be reserved, and there is no timeout{note}")
            self.way.append(WAITS)
            reason = f"{self.targets[-1].why}; it waits until its own {self.timeout_s:,} s are over"
            self.end = _End("pending", reason, self.targets[-1])
        elif self.time_s + target.timeout_s <= self.timeout_s:
            self.time_s += target.timeout_s
            self._leave(tried, "timeout", "task-queue.timeout", f"nobody within {target.timeout_s} s{note}")
        else:
            self.time_s = self.timeout_s
            why = f"the task's own timeout of {self.timeout_s:,} s ran out"
            self.targets.append(replace(tried, outcome="task timeout", why=why))
            self._cancel("task.canceled", why, self.targets[-1])

    def _skips(self, tried: TargetTried, target: Target, found: Survey) -> tuple[bool, str]:
        if not target.skip_if.strip():
            return False, ""
        names = skip_names(self.task, found.members, self.workspace)
        verdict = judge(target.skip_if, names, self.workspace.readings)
        if isinstance(verdict, str):
            self.faults.append(f"{tried.name}, skip_if: {verdict}")
            return False, "its skip_if cannot be read"
        return verdict.holds, f"skip_if: {verdict.why}"

    def _leave(self, tried: TargetTried, outcome: str, event: str, why: str) -> None:
        self.targets.append(replace(tried, outcome=outcome, why=why))
        self._tell(event, why, at=tried)

    def _cancel(self, event: str, why: str, at: TargetTried | None = None) -> None:
        for each in dict.fromkeys((event, "task.canceled")):
            self._tell(each, why, at=at)
        self.way.append(CANCELED)
        self.end = _End("canceled", why, at)

    def _tell(
        self, event: str, text: str, *, at: TargetTried | None = None, filter: str = "", worker: str = ""
    ) -> None:
        name, target, queue = (at.filter, at.number, at.queue) if at else (filter, None, "")
        self.steps.append(RoutingStep(len(self.steps) + 1, self.time_s, event, name, target, queue, worker, text))

    def _result(self, end: _End) -> Routing:
        return Routing(
            self.task,
            self.channel,
            self.workflow,
            self.workspace,
            end.status,
            end.reason,
            filter=end.at.filter if end.at else None,
            queue=end.at.queue if end.at else None,
            worker=end.reserved[0] if end.reserved else None,
            reservations=end.reserved,
            priority=self.priority,
            time_s=self.time_s,
            filters=tuple(self.filters),
            targets=tuple(self.targets),
            steps=tuple(self.steps),
            faults=tuple(dict.fromkeys(self.faults)),
            way=tuple(self.way),
        )


def _tried(name: str, number: int, target: Target, queue: str, priority: int) -> TargetTried:
    return TargetTried(
        name, number, queue, priority, target.timeout_s, target.expression, target.order_by, target.skip_if
    )
