"""Which workers belong to a queue, and what an expression can ask about a worker."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from flowlab.errors import FormatError
from flowlab.model.expression_parser import parse
from flowlab.model.expression_value import holds

if TYPE_CHECKING:
    from flowlab.model.routing import Queue, Worker, Workspace


def members(queue: Queue, workspace: Workspace) -> list[Worker]:
    """The workers for whom ``target_workers`` holds, whether they can take a task now or not.

    An empty expression, and one that cannot be read, is nobody.

    >>> from flowlab.model.routing import Queue, Worker, Workspace
    >>> team = Workspace(workers=(Worker("Ines", attributes={"languages": ["pt"]}), Worker("Owen")))
    >>> [worker.name for worker in members(Queue("WQ1", target_workers="languages HAS 'pt'"), team)]
    ['Ines']
    """
    try:
        expression = parse(queue.target_workers, "target_workers", workspace.readings)
    except FormatError:
        return []
    return [
        worker for worker in workspace.workers if holds(expression, worker_names(worker, workspace), workspace.readings)
    ]


def worker_names(worker: Worker, workspace: Workspace) -> dict[str, Any]:
    """A worker's attributes, and what TaskRouter adds to them: sid, name, activity, and each channel's tasks.

    >>> from flowlab.model.routing import Worker, Workspace
    >>> names = worker_names(Worker("Ines", capacity={"default": 2}, assigned={"chat": 1}), Workspace())
    >>> names["channel"]["chat"]["available_capacity_percentage"], names["channel"]["voice"]["assigned_tasks"]
    (50, 0)
    """
    return {
        "activity_sid": workspace.activity_sids.get(worker.activity),
        "channel": _Channels(worker, workspace),
        **worker.attributes,
        "sid": worker.sid or None,
        "friendly_name": worker.name,
        "activity_name": worker.activity,
    }


class _Channels(Mapping[str, "dict[str, int]"]):
    """What ``worker.channel.CHANNEL`` has. Every worker has every task channel of the workspace, whose file need not
    name them all: of one that is not named it is true what its capacity is.
    """

    def __init__(self, worker: Worker, workspace: Workspace) -> None:
        self._worker, self._workspace = worker, workspace

    def __getitem__(self, channel: str) -> dict[str, int]:
        free, capacity = self._workspace.free(self._worker, channel)
        return {
            "assigned_tasks": self._workspace.in_hand(self._worker, channel),
            "configured_capacity": capacity,
            "available_capacity_percentage": round(100 * free / capacity) if capacity else 0,
        }

    def __iter__(self) -> Iterator[str]:
        return iter(sorted({*self._worker.capacity, *self._worker.assigned}))

    def __len__(self) -> int:
        return len({*self._worker.capacity, *self._worker.assigned})
