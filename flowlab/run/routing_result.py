"""What a dry run of a task through a workflow found: every filter, target and worker looked at, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlab.model.routing import Workflow, Workspace

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd

DEFAULT_FILTER = "default filter"


@dataclass(frozen=True, slots=True)
class FilterTried:
    """One filter. ``status``: taken, left (taken, but no target kept the task), false, broken, not reached."""

    filter: str
    expression: str
    status: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class WorkerSeen:
    """One worker at one target. ``position``: the place in the offered order from 1, None for who is out.

    ``why``: what the order rests on, or everything that keeps the worker out.
    """

    worker: str
    position: int | None
    reserved: bool
    why: str


@dataclass(frozen=True, slots=True)
class TargetTried:
    """One target. ``number``: its place in the filter from 1. ``priority``: the one in force.

    ``outcome``: reserved, skipped, timeout, waits, task timeout or not reached; ``entered_s``: seconds after the task
    was made; ``tasks_ahead``: waiting tasks of the queue that come first.
    """

    filter: str
    number: int
    queue: str
    priority: int
    timeout_s: int | None
    expression: str
    order_by: str
    skip_if: str
    outcome: str = "not reached"
    why: str = ""
    entered_s: float | None = None
    tasks_ahead: int = 0
    workers: tuple[WorkerSeen, ...] = ()

    @property
    def name(self) -> str:
        return self.filter if self.filter == DEFAULT_FILTER else f"target {self.number} of {self.filter!r}"


@dataclass(frozen=True, slots=True)
class RoutingStep:
    """One thing that happened, flat. ``event_type`` is TaskRouter's where it has one (``workflow.target-matched``)."""

    seq: int
    time_s: float
    event_type: str
    filter: str
    target: int | None
    queue: str
    worker: str
    text: str


class Tables(NamedTuple):
    """The dry run as DataFrames: one line a filter, a target, a worker at a target; columns as the records' fields."""

    filters: pd.DataFrame
    targets: pd.DataFrame
    workers: pd.DataFrame


@dataclass(frozen=True, repr=False)
class Routing:
    """Where a task goes, and why not elsewhere.

    ``assignment_status`` is TaskRouter's: ``reserved`` (offered to ``worker``), ``pending`` (nobody can take it, it
    waits in ``queue``) or ``canceled``; ``reason`` says it in words. ``reservations``: everybody it is offered to at
    once. ``time_s``: seconds from the task's making to that end. ``faults``: what is wrong with workflow or workspace
    and changed the way.
    """

    task: Mapping[str, Any]
    channel: str
    workflow: Workflow
    workspace: Workspace
    assignment_status: str
    reason: str
    filter: str | None = None
    queue: str | None = None
    worker: str | None = None
    reservations: tuple[str, ...] = ()
    priority: int = 0
    time_s: float = 0.0
    filters: tuple[FilterTried, ...] = ()
    targets: tuple[TargetTried, ...] = ()
    steps: tuple[RoutingStep, ...] = ()
    faults: tuple[str, ...] = ()
    way: tuple[str, ...] = field(default=(), compare=False)

    def __repr__(self) -> str:
        return f"<Routing: {self.summary}>"

    @property
    def summary(self) -> str:
        """The end in one line."""
        from flowlab.run.routing_page import summary

        return summary(self)

    @property
    def table(self) -> Tables:
        """Filters, targets and workers as DataFrames."""
        import pandas as pd

        targets = [_row(target, leave="workers") for target in self.targets]
        workers = [
            {"filter": target.filter, "target": target.number, "queue": target.queue, **asdict(seen)}
            for target in self.targets
            for seen in target.workers
        ]
        columns = ["filter", "target", "queue", *WorkerSeen.__dataclass_fields__]
        target_columns = [name for name in TargetTried.__dataclass_fields__ if name != "workers"]
        return Tables(
            pd.DataFrame([asdict(each) for each in self.filters], columns=list(FilterTried.__dataclass_fields__)),
            pd.DataFrame(targets, columns=target_columns).astype({"timeout_s": "Int64"}),
            pd.DataFrame(workers, columns=columns).astype({"position": "Int64"}),
        )

    @property
    def graph(self) -> nx.MultiDiGraph:
        """Workflow and workspace as one graph: see :func:`flowlab.model.routing_graph.workflow_graph`."""
        from flowlab.model.routing_graph import workflow_graph

        return workflow_graph(self.workflow, self.workspace)

    @property
    def path(self) -> tuple[str, ...]:
        """The nodes of :attr:`graph` on the task's way, in order; for ``fl.draw(routing, path=routing.path)``."""
        graph = self.graph
        return tuple(node for node in self.way if node in graph)

    @property
    def name(self) -> str:
        return f"{self.workflow.name} in {self.workspace.name}"

    def as_json(self) -> dict[str, Any]:
        """All of it as plain values, for one JSON document."""
        keys = ("assignment_status", "reason", "filter", "queue", "worker", "priority", "time_s", "channel")
        return {
            "workflow": self.workflow.name,
            "workspace": self.workspace.name,
            "task": dict(self.task),
            **{key: getattr(self, key) for key in keys},
            "reservations": list(self.reservations),
            "faults": list(self.faults),
            **{name: [asdict(each) for each in getattr(self, name)] for name in ("filters", "targets", "steps")},
        }

    def as_text(self) -> str:
        """For the terminal: the way of the task, line by line."""
        from flowlab.run.routing_page import text_page

        return text_page(self)

    def _repr_html_(self) -> str:
        from flowlab.run.routing_page import html_page

        return html_page(self)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/plain": self.as_text(), "text/html": self._repr_html_()}


def _row(target: TargetTried, leave: str) -> dict[str, Any]:
    return {name: getattr(target, name) for name in TargetTried.__dataclass_fields__ if name != leave}
