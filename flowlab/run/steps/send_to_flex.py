"""``send-to-flex``: hand over. Attributes are rendered first and parsed after; a message flow moves on at once."""

from __future__ import annotations

from typing import Any, ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.run.limits import MAX_ATTRIBUTES_CHARS
from flowlab.run.step import FAULT, Exit, View, template
from flowlab.run.values import from_json, to_json


class SendToFlex:
    """Source: Twilio docs, *Send to Flex widget*. Services may name the exit (``failedToEnqueue``) to try it out."""

    kind: ClassVar[str] = "send-to-flex"

    def __init__(self, state: State) -> None:
        self._state = state
        self._attributes = template(state, "attributes")
        self._priority = template(state, "priority")

    def enter(self, view: View) -> Exit:
        text = view.render(self._attributes)
        attributes, problem = _parse(text)
        if problem:
            view.tell(FAULT, text, detail=problem)
            return Exit("failedToEnqueue")
        answer = view.ask(self._state)
        if answer and answer.exit and answer.exit != "callComplete":
            view.tell(EventKind.CHOSEN.value, event=answer.exit, detail="chosen in services")
            return Exit(answer.exit)
        task = {**_defaults(view), **attributes}
        view.hand_off(to_json(task), view.render(self._priority))
        view.keep(_task(self._state, task))
        return Exit("callComplete")


def _parse(text: str) -> tuple[dict[str, Any], str]:
    if not text.strip():
        return {}, ""
    if len(text) > MAX_ATTRIBUTES_CHARS:
        return {}, f"attributes have {len(text):,} characters; Studio takes {MAX_ATTRIBUTES_CHARS:,}"
    try:
        value = from_json(text)
    except ValueError as error:
        return {}, f"attributes are not JSON once rendered: {error}"
    return (value, "") if isinstance(value, dict) else ({}, "attributes are JSON, but not an object")


def _defaults(view: View) -> dict[str, Any]:
    """What Flex puts in by itself: less for plain messages, more for conversations."""
    address = view.read("contact", "channel", "address")
    defaults = {"name": address, "channelType": view.channel.name}
    if view.read("trigger", "event") == "incomingConversationMessage":
        defaults |= {"customerAddress": address, "from": address, "customerName": address}
    return defaults


def _task(state: State, attributes: dict[str, Any]) -> dict[str, Any]:
    return {
        "sid": "",
        "assignment_status": "pending",
        "attributes": attributes,
        "workflow_sid": state.properties.get("workflow"),
        "channel": state.properties.get("channel"),
    }
