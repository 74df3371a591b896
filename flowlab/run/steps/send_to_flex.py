"""``send-to-flex``: hand over to an agent. A message flow moves on at once."""

from __future__ import annotations

from typing import Any, ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.context import conversation_sid
from flowlab.run.step import View, template
from flowlab.run.task import HandOff, Task


class SendToFlex(HandOff):
    """Source: Twilio docs, *Send to Flex widget*: of messages a task is made, of conversations an interaction."""

    kind: ClassVar[str] = "send-to-flex"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        super().__init__(state, readings)
        self._channel = template(state, "channel", readings)

    def defaults(self, view: View) -> dict[str, Any]:
        """What Flex puts in by itself; what the flow says goes before it."""
        scope = view.scope
        address = scope["contact"]["channel"]["address"]
        common = {"name": address, "channelType": view.channel.name}
        if conversation_sid(scope):
            return common | {"customerAddress": address, "from": address, "customerName": address}
        return common | {"channelSid": scope["trigger"].get("message", {}).get("ChannelSid", "")}

    def result(self, view: View, task: Task) -> dict[str, Any]:
        workflow, channel, sid = view.render(self._workflow), view.render(self._channel), self.task_sid(view)
        known = {
            "attributes": dict(task.attributes),
            "priority": task.priority,
            "timeout": task.timeout_s,
            "workflow_sid": workflow,
        }
        talk = conversation_sid(view.scope)
        if talk:
            return {
                "sid": "KD" + sid[2:],
                "channel": {"sid": talk, "type": view.channel.name},
                "routing": {"properties": {**known, "sid": sid, "task_channel_sid": channel}},
                "url": f"https://flex-api.twilio.com/v1/Interactions/KD{sid[2:]}",
            }
        return {"sid": sid, "assignment_status": "pending", "task_channel_sid": channel, **known}
