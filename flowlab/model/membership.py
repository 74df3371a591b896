"""Which workers belong to a queue, and what an expression can ask about a worker."""

from __future__ import annotations

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
    """A worker's attributes, and what TaskRouter adds to them: sid, name, activity, and each channel's tasks."""
    channels = {*worker.capacity, *worker.assigned} - {"default"}
    return {
        "activity_sid": workspace.activity_sids.get(worker.activity),
        "channel": {channel: _channel(worker, workspace, channel) for channel in sorted(channels)},
        **worker.attributes,
        "sid": worker.sid or None,
        "friendly_name": worker.name,
        "activity_name": worker.activity,
    }


def _channel(worker: Worker, workspace: Workspace, channel: str) -> dict[str, int]:
    free, capacity = workspace.free(worker, channel)
    return {
        "assigned_tasks": workspace.in_hand(worker, channel),
        "configured_capacity": capacity,
        "available_capacity_percentage": round(100 * free / capacity) if capacity else 0,
    }
