"""Studio definitions from before the v2 API -> the modern schema.

The old form: no ``initial_state`` (the state of type ``InitialState`` is the entry), types in CamelCase, transitions
that name the next state by sid. Source: *Studio Flow and Widget JSON Schemas* beside published legacy flows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flowlab.errors import Fault, FormatError

#: Old widget types whose modern name is not simply their kebab-case.
_TYPES = {
    "InitialState": "trigger",
    "Branch": "split-based-on",
    "Message": "send-message",
    "MessagePrompt": "send-and-wait-for-reply",
    "Gather": "gather-input-on-call",
    "Webhook": "make-http-request",
    "Function": "run-function",
    "Dial": "connect-call-to",
    "DialV2": "make-outgoing-call-v2",
    "OutgoingCall": "make-outgoing-call-v1",
    "OutgoingCallV2": "make-outgoing-call-v2",
    "ConnectCall": "connect-call-to",
    "Record": "record-voicemail",
    "CallRecording": "record-call",
    "Autopilot": "send-to-auto-pilot",
}


def is_legacy(definition: Mapping[str, Any]) -> bool:
    """Whether a definition is in the old form: its entry is a state of type ``InitialState``."""
    states = definition.get("states")
    return isinstance(states, list) and any(isinstance(s, Mapping) and s.get("type") == "InitialState" for s in states)


def modern_type(old: str) -> str:
    """The modern name of an old widget type.

    >>> modern_type("Branch"), modern_type("SendToFlex")
    ('split-based-on', 'send-to-flex')
    """
    return _TYPES.get(old) or re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", old).lower()


def upgrade(definition: Mapping[str, Any], source: str) -> dict[str, Any]:
    """A legacy definition in the modern schema: same states, same exits, in the same order.

    Raises FormatError when the states are no objects or lack what the modern form needs.
    """
    states = definition["states"]
    message = "expected a state (an object) with a name and a type"
    faults = [Fault(message, f"#/states/{index}") for index, state in enumerate(states) if not _is_state(state)]
    if faults:
        raise FormatError(source, faults)
    names = {str(state.get("sid")): state["name"] for state in states}
    upgraded = [_state(state, names) for state in states]
    entry = next(state["name"] for state in upgraded if state["type"] == "trigger")
    return {
        "description": definition.get("description") or "",
        "states": upgraded,
        "initial_state": entry,
        "flags": {"allow_concurrent_calls": True},
    }


def _is_state(state: Any) -> bool:
    return isinstance(state, Mapping) and isinstance(state.get("name"), str) and isinstance(state.get("type"), str)


def _state(state: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    properties = state.get("properties")
    kept = _without_nulls(properties) if isinstance(properties, Mapping) else {}
    if state["type"] == "InitialState":
        kept.pop("flow_url", None)
    transitions = state.get("transitions")
    return {
        "name": state["name"],
        "type": modern_type(state["type"]),
        "transitions": [_transition(t, names) for t in transitions if isinstance(t, Mapping)]
        if isinstance(transitions, list)
        else [],
        "properties": kept,
    }


def _transition(transition: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """A sid that no state has stays as it is: a dangling exit that drawing and checks will show."""
    modern: dict[str, Any] = {"event": transition.get("event") or ""}
    target = transition.get("next")
    if target:
        modern["next"] = names.get(str(target), target)
    conditions = transition.get("conditions")
    if isinstance(conditions, list) and conditions:
        modern["conditions"] = [_condition(c) for c in conditions]
    return modern


def _condition(condition: Any) -> Any:
    return _without_nulls(condition) if isinstance(condition, Mapping) else condition


def _without_nulls(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in data.items() if value is not None}
