"""Opening a conversation from a flow that the REST API started: shared by start- and resume-conversation."""

from __future__ import annotations

from typing import Any, ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.model.sids import ACCOUNT_SID, sid
from flowlab.run.step import FAULT, Exit, View, template
from flowlab.run.values import from_json


class ConversationOpened:
    """Source: Twilio docs, *Studio context variables*, FlowValidate: only in flows that the REST API starts. What was
    opened stands under ``widgets.NAME.conversation`` and at ``flow.channel``. Services may name the exit ``failed`` to
    try it out, and give fields of the conversation (``json``).
    """

    one_off: ClassVar[bool] = True
    #: The exit when all went well.
    ok: ClassVar[str]

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._state = state
        self._sid = template(state, "conversation_sid", readings)
        self._name = template(state, "friendly_name", readings)
        self._attributes = template(state, "attributes", readings)

    def enter(self, view: View) -> Exit:
        view.keep({})
        if view.read("trigger", "request") is None:
            view.tell(FAULT, detail=f"{self._state.type} works only in a flow that the REST API started")
            return Exit("failed")
        answer = view.ask(self._state)
        took_s = answer.delay_s if answer else 0.0
        if answer and ((answer.exit and answer.exit != self.ok) or answer.status >= 300):
            left = answer.exit or "failed"
            view.tell(EventKind.CHOSEN.value, event=left, detail="chosen in services")
            return Exit(left, took_s=took_s)
        told = answer.json if answer and isinstance(answer.json, dict) else {}
        conversation = self._conversation(view) | told
        view.keep({"conversation": conversation, "webhook_sid": sid("WH", str(conversation["sid"]))})
        view.open_channel(
            {"sid": conversation["sid"], "type": "conversation", "status": "active", "details": conversation}
        )
        return Exit(self.ok, took_s=took_s)

    def _conversation(self, view: View) -> dict[str, Any]:
        mark = f"{view.read('flow', 'sid')}/{view.state}"
        contact, ours = view.read("contact", "channel", "address"), view.read("flow", "channel", "address")
        binding = {"type": view.channel.name, "address": contact, "proxy_address": ours}
        return {
            "sid": view.render(self._sid) or sid("CH", mark),
            "account_sid": ACCOUNT_SID,
            "friendly_name": view.render(self._name),
            "state": "active",
            "attributes": self._parsed(view),
            "participants": [{"sid": sid("MB", mark), "messaging_binding": binding}],
        }

    def _parsed(self, view: View) -> Any:
        text = view.render(self._attributes)
        try:
            return from_json(text) if text.strip() else {}
        except ValueError as error:
            view.tell(FAULT, text, detail=f"attributes are not JSON once rendered: {error}")
            return {}
