"""``enqueue-call``: put a call in a queue, or make a task of it. For text it hands over as send-to-flex does."""

from __future__ import annotations

from typing import Any, ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.limits import MAX_QUEUE_NAME_CHARS
from flowlab.run.step import FAULT, View, template
from flowlab.run.task import HandOff, Task


class EnqueueCall(HandOff):
    """Source: Twilio docs, *Enqueue Call widget*: a TaskRouter workflow with task attributes, or a queue by its name of
    at most 64 characters.
    """

    kind: ClassVar[str] = "enqueue-call"
    attributes_key: ClassVar[str] = "task_attributes"
    workflow_key: ClassVar[str] = "workflow_sid"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        super().__init__(state, readings)
        self._queue = template(state, "queue_name", readings)

    def task(self, view: View) -> Task | None:
        queue = view.render(self._queue)
        if len(queue) > MAX_QUEUE_NAME_CHARS:
            detail = f"queue_name has {len(queue):,} characters; Twilio takes {MAX_QUEUE_NAME_CHARS}"
            view.tell(FAULT, queue[:200], detail=detail)
            return None
        return super().task(view)

    def where(self, view: View) -> str:
        queue = view.render(self._queue)
        return f"to queue {queue}" if queue else super().where(view)

    def result(self, view: View, _task: Task) -> dict[str, Any]:
        queue_sid = "QU" + self.task_sid(view)[2:]
        return {"QueueResult": "bridged", "QueueSid": queue_sid, "QueueTime": "0", "CallStatus": "in-progress"}
