"""Routing as data: a TaskRouter workflow (filters and their targets) and the workspace it works on.

The dataclasses are the truth; :attr:`Workflow.graph` is a view. Names are TaskRouter's. Sources: Twilio docs
*TaskRouter Workflows Overview*, *Task Queue resource*, *Worker resource*, *Worker Channel resource* (November 2026).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.model.readings import READINGS, Readings

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Target:
    """Where a filter sends a task: a queue, who of it, how long, and what comes first.

    ``queue``: a sid, a name, or a placeholder such as ``${queues.master}``; empty where the target before it counts on.
    ``timeout_s``: seconds until the next target; None for ever. ``priority``: None keeps the one set before.
    """

    queue: str = ""
    expression: str = ""
    priority: int | None = None
    timeout_s: int | None = None
    order_by: str = ""
    skip_if: str = ""
    known_worker_sid: str = ""
    known_worker_friendly_name: str = ""
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Filter:
    """Takes the tasks for which ``expression`` holds, and tries its targets from top to bottom."""

    name: str
    expression: str
    targets: tuple[Target, ...] = ()
    raw: Json = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True)
class Workflow:
    """A TaskRouter workflow configuration.

    ``default_queue`` serves only where no filter takes the task; empty where the file names none. ``envelope`` is how
    the configuration was wrapped in its file, so that writing gives the same shape back.
    """

    filters: tuple[Filter, ...]
    default_queue: str = ""
    name: str = "workflow"
    source: str = ""
    raw: Json = field(default_factory=dict, compare=False, repr=False)
    envelope: Any = field(default=None, compare=False, repr=False)

    def __repr__(self) -> str:
        return f"<Workflow {self.name!r}: {len(self.filters)} filters>"


@dataclass(frozen=True, slots=True)
class Queue:
    """A task queue. ``target_workers``: an expression over worker attributes; ``1==1`` is everybody, empty nobody."""

    sid: str
    name: str = ""
    target_workers: str = "1==1"
    task_order: str = "FIFO"
    max_reserved_workers: int = 1


@dataclass(frozen=True, slots=True)
class Worker:
    """Who may be offered a task.

    ``capacity``: tasks at a time by task channel (``default`` for all others). ``assigned``: tasks in hand by task
    channel. ``idle_s``: seconds since the last task; the longest idle comes first.
    """

    name: str
    sid: str = ""
    activity: str = ""
    attributes: Json = field(default_factory=dict)
    capacity: Mapping[str, int] = field(default_factory=dict)
    assigned: Mapping[str, int] = field(default_factory=dict)
    idle_s: float = 0.0


@dataclass(frozen=True)
class Workspace:
    """Queues, workers and activities. ``activities``: name -> whether a worker in it may be offered tasks."""

    queues: tuple[Queue, ...] = ()
    workers: tuple[Worker, ...] = ()
    activities: Mapping[str, bool] = field(default_factory=dict)
    name: str = "workspace"
    source: str = ""
    readings: Readings = READINGS
