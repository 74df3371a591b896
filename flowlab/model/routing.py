"""Routing as data: a TaskRouter workflow (filters and their targets) and the workspace it works on.

The dataclasses are the truth; :attr:`Workflow.graph` is a view. Names are TaskRouter's. Sources: Twilio docs
*TaskRouter Workflows Overview*, *Task Queue resource*, *Worker resource*, *Worker Channel resource* (November 2026).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowlab.errors import FlowError, did_you_mean
from flowlab.model.readings import READINGS, Readings
from flowlab.text.plain import short

if TYPE_CHECKING:
    import networkx as nx

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

    @property
    def label(self) -> str:
        """What to call it: its name, else what it asks.

        >>> Filter("", "vip == true").label
        'vip == true'
        """
        return self.name or short(self.expression, 60) or "a filter without name and expression"

    @property
    def queues(self) -> tuple[str, ...]:
        """The queue of each target; one without a queue stays in that of the target before it.

        >>> Filter("", "", (Target("WQ1"), Target(), Target("WQ2"))).queues
        ('WQ1', 'WQ1', 'WQ2')
        """
        found: list[str] = []
        for target in self.targets:
            found.append(target.queue or (found[-1] if found else ""))
        return tuple(found)


@dataclass(frozen=True)
class Workflow:
    """A TaskRouter workflow configuration.

    ``default_queue`` serves only where no filter takes the task; empty where the file names none. ``envelope`` is how
    the configuration was wrapped in its file, so that writing gives the same shape back; ``sid`` what the resource
    around it says.
    """

    filters: tuple[Filter, ...]
    default_queue: str = ""
    name: str = "workflow"
    source: str = ""
    raw: Json = field(default_factory=dict, compare=False, repr=False)
    envelope: Any = field(default=None, compare=False, repr=False)
    sid: str = ""

    def __repr__(self) -> str:
        return f"<Workflow {self.name!r}: {len(self.filters)} filters>"

    def __getitem__(self, name: str) -> Filter:
        """The first filter of that name. Raises FlowError naming near matches when there is none."""
        for found in self.filters:
            if found.label == name:
                return found
        hint = did_you_mean(name, [each.label for each in self.filters])
        raise FlowError(f"workflow {self.name!r} has no filter {name!r}. {hint}")

    def __iter__(self) -> Iterator[Filter]:
        return iter(self.filters)

    def __len__(self) -> int:
        return len(self.filters)

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue the workflow names, each once, in the order of the file; the default's last."""
        named = [queue for each in self.filters for queue in each.queues]
        return tuple(dict.fromkeys(filter(None, (*named, self.default_queue))))

    @cached_property
    def graph(self) -> nx.MultiDiGraph:
        """The workflow as networkx's own MultiDiGraph: see :func:`flowlab.model.routing_graph.workflow_graph`."""
        from flowlab.model.routing_graph import workflow_graph

        return workflow_graph(self)

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """In a notebook a workflow shows itself as a picture, once the drawing room has registered how."""
        from flowlab.model import display

        return display.bundle(self)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A task that waits in a queue already: its priority and its age in seconds."""

    priority: int = 0
    age_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Queue:
    """A task queue. ``target_workers``: an expression over worker attributes; ``1==1`` is everybody, empty nobody.

    ``aliases``: what workflows call it instead, such as the placeholders of a template. ``waiting``: the tasks in it.
    """

    sid: str
    name: str = ""
    target_workers: str = "1==1"
    task_order: str = "FIFO"
    max_reserved_workers: int = 1
    aliases: tuple[str, ...] = ()
    waiting: tuple[Waiting, ...] = ()

    @property
    def label(self) -> str:
        return self.name or self.sid


@dataclass(frozen=True, slots=True)
class Worker:
    """Who may be offered a task.

    ``capacity``: tasks at a time by task channel, ``assigned``: tasks in hand by task channel; ``default`` stands for
    every channel that is not named. ``idle_s``: seconds since the last task; the longest idle comes first.
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
    """Queues, workers and activities. ``activities``: name -> whether a worker in it may be offered tasks.

    ``activity_sids``: name -> sid, for expressions such as ``workers.WA… > 2``.
    """

    queues: tuple[Queue, ...] = ()
    workers: tuple[Worker, ...] = ()
    activities: Mapping[str, bool] = field(default_factory=dict)
    name: str = "workspace"
    source: str = ""
    readings: Readings = READINGS
    activity_sids: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "UTC"

    def __repr__(self) -> str:
        return f"<Workspace {self.name!r}: {len(self.queues)} queues, {len(self.workers)} workers>"

    @cached_property
    def _queues(self) -> dict[str, Queue]:
        """Queues by sid, name and alias; a sid wins over a name, a name over an alias, the first over the others."""
        named: dict[str, Queue] = {}
        for key in ("sid", "name", "aliases"):
            for queue in self.queues:
                keys = getattr(queue, key)
                for each in keys if isinstance(keys, tuple) else (keys,):
                    if each:
                        named.setdefault(each, queue)
        return named

    def queue(self, ref: str) -> Queue:
        """The queue of that sid, name or alias.

        Raises FlowError naming near matches, and how to give a placeholder its queue.

        >>> Workspace((Queue("WQ1", "Care"),)).queue("care")
        Traceback (most recent call last):
        flowlab.errors.FlowError: workspace 'workspace' has no queue 'care'. Did you mean 'Care'? Known: WQ1, Care. ...
        """
        found = self.find_queue(ref)
        if found is None:
            raise FlowError(self.no_queue(ref))
        return found

    def find_queue(self, ref: str) -> Queue | None:
        """As :meth:`queue`, but None where there is none."""
        return self._queues.get(ref)

    def no_queue(self, ref: str) -> str:
        """The sentence for a queue that is not there."""
        if not ref:
            return f"no queue is named here, and workspace {self.name!r} cannot guess one"
        hint = did_you_mean(ref, list(self._queues)) if self._queues else "It has none."
        way = f"If one of them is meant, say so: 'aliases: [\"{ref}\"]' at the queue, or with_aliases()"
        return short(f"workspace {self.name!r} has no queue {ref!r}. {hint} {way}", 600)

    def worker(self, ref: str) -> Worker:
        """The worker of that sid or name. Raises FlowError naming near matches."""
        for key in ("sid", "name"):
            for worker in self.workers:
                if ref and getattr(worker, key) == ref:
                    return worker
        hint = did_you_mean(ref, [worker.name for worker in self.workers])
        raise FlowError(f"workspace {self.name!r} has no worker {ref!r}. {hint}")

    def is_available(self, worker: Worker) -> bool:
        """Whether the worker's activity lets tasks be offered; one that the workspace does not list does not."""
        return self.activities.get(worker.activity, False)

    def free(self, worker: Worker, channel: str) -> tuple[int, int]:
        """How many more tasks of a task channel the worker can take, and how many at a time in all.

        >>> Workspace().free(Worker("Ines", capacity={"chat": 3}, assigned={"chat": 2}), "chat")
        (1, 3)
        """
        otherwise = worker.capacity.get("default", self.readings.worker_capacity)
        capacity = worker.capacity.get(channel, otherwise)
        return max(0, capacity - self.in_hand(worker, channel)), capacity

    def in_hand(self, worker: Worker, channel: str) -> int:
        """How many tasks of a task channel the worker has."""
        return worker.assigned.get(channel, worker.assigned.get("default", 0))

    def with_aliases(self, aliases: Mapping[str, str]) -> Workspace:
        """The workspace with more names for its queues: alias -> sid or name of the queue that is meant.

        Raises FlowError for a queue that is not there.

        >>> Workspace((Queue("WQ1", "Care"),)).with_aliases({"${queues.care}": "Care"}).queue("${queues.care}").sid
        'WQ1'
        """
        meant: dict[int, list[str]] = {}
        for alias, ref in aliases.items():
            meant.setdefault(id(self.queue(ref)), []).append(alias)
        queues = (replace(queue, aliases=(*queue.aliases, *meant.get(id(queue), ()))) for queue in self.queues)
        return replace(self, queues=tuple(queues))

    def with_activities(self, activities: Mapping[str, str]) -> Workspace:
        """The workspace with workers in another activity: name or sid of the worker -> the activity.

        Raises FlowError for a worker that is not there, and for an activity that the workspace does not list.

        >>> team = Workspace(workers=(Worker("Ines", activity="Here"),), activities={"Here": True, "Away": False})
        >>> team.with_activities({"Ines": "Away"}).worker("Ines").activity
        'Away'
        """
        changed: dict[int, str] = {}
        for ref, activity in activities.items():
            if activity not in self.activities:
                hint = did_you_mean(activity, list(self.activities))
                raise FlowError(f"workspace {self.name!r} has no activity {activity!r}. {hint}")
            changed[id(self.worker(ref))] = activity
        workers = (replace(each, activity=changed.get(id(each), each.activity)) for each in self.workers)
        return replace(self, workers=tuple(workers))
