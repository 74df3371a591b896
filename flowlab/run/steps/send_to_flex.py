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
        scope, channel = view.scope, view.channel.name
        address = scope["contact"]["channel"]["address"]
        if conversation_sid(scope):
            who = {"customerAddress": address, "from": address, "customerName": address}
            return {"name": address, "channelType": channel, **who}
        chat = scope["trigger"].get("message", {}).get("ChannelSid", "")
        return {"name": address, "channelType": channel, "channelSid": chat}

    def result(self, view: View, task: Task) -> dict[str, Any]:
        sid, talk = self.task_sid(view), conversation_sid(view.scope)
        made = {
            "sid": sid,
            "attributes": task.attributes,
            "priority": task.priority,
            "timeout": task.timeout_s,
            "workflow_sid": view.render(self._workflow),
            "task_channel_sid": view.render(self._channel),
        }
        if not talk:
            made["assignment_status"] = "pending"
            return made
        return {
            "sid": "KD" + sid[2:],
            "channel": {"sid": talk, "type": view.channel.name},
            "routing": {"properties": made},
            "url": f"https://flex-api.twilio.com/v1/Interactions/KD{sid[2:]}",
        }
