"""Twilio Studio flow definitions: JSON <-> Flow, losing nothing.

Reading is lenient and complete: unknown widgets, unknown keys, odd types and ``${...}`` placeholders survive, because
every object keeps what its file said and writing lays only the changes over it. The definition may be bare, wrapped
in a Flow or FlowRevision resource, or embedded as a string; writing gives the same shape back. Legacy definitions
(before the v2 API) are upgraded on reading; see :mod:`flowlab.formats.studio_legacy`.

Source: Twilio docs, *Studio Flow and Widget JSON Schemas*, and published flows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from flowlab.errors import Fault, FormatError
from flowlab.formats.studio_legacy import is_legacy, upgrade
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.text.json_text import as_text, parse_json, where_it_lies


@dataclass(frozen=True, slots=True)
class Layer:
    """One wrapping around a definition: a resource (``resource`` without its definition) or a string (``text``)."""

    resource: Mapping[str, Any] | None = None
    text: str = ""


def looks_like_flow(data: Any) -> bool:
    """Whether parsed JSON could be a Studio flow in any of its shapes."""
    return isinstance(data, Mapping) and ("states" in data or "definition" in data)


def read_flow(data: Any, source: str = "flow") -> Flow:
    """A flow from parsed JSON (or from a string of JSON).

    Raises FormatError naming every fault at once: not a flow at all, a state without name or type, a duplicate name.
    Faults of content (a ``next`` to no state, a missing initial state, an unknown widget) load; checks report them.

    >>> flow = read_flow({"states": [{"name": "Trigger", "type": "trigger", "transitions": []}]})
    >>> flow["Trigger"].type
    'trigger'
    """
    definition, layers = _unwrap(data, source)
    if is_legacy(definition):
        definition, layers = upgrade(definition, source), tuple(_without_text(layer) for layer in layers)
    faults = _state_faults(definition["states"])
    if faults:
        raise FormatError(source, faults)
    return Flow(
        states=tuple(_state(raw) for raw in definition["states"]),
        initial_state=_text(definition.get("initial_state")),
        description=_text(definition.get("description")),
        name=_name(definition, layers, source),
        source=source,
        raw=definition,
        envelope=layers,
    )


def write_flow(flow: Flow) -> Any:
    """The JSON of a flow, in the shape it was read from. What was not changed is as it was.

    >>> data = {"states": [{"name": "a", "type": "hold", "odd": [1]}], "initial_state": "a"}
    >>> write_flow(read_flow(data)) == data
    True
    """
    data: Any = _definition(flow)
    for layer in reversed(flow.envelope or ()):
        data = {**layer.resource, "definition": data} if layer.resource is not None else as_text(data, layer.text)
    return data


def _unwrap(data: Any, source: str) -> tuple[dict[str, Any], tuple[Layer, ...]]:
    layers: list[Layer] = []
    while len(layers) < 4:
        if isinstance(data, str):
            layers.append(Layer(text=data))
            data = parse_json(data, source)
        elif isinstance(data, Mapping) and "states" not in data and "definition" in data:
            layers.append(Layer(resource=dict(data)))
            data = data["definition"]
        else:
            break
    if not isinstance(data, Mapping):
        found = f"found {_kind(data)}{where_it_lies(data)}"
        raise FormatError(source, f"is no Studio flow: expected an object with 'states', {found}")
    if "states" not in data:
        keys = ", ".join(map(str, data)) or "none"
        raise FormatError(source, f"is no Studio flow: it has no 'states'. Its keys: {keys}{where_it_lies(data)}")
    if not isinstance(data["states"], list):
        raise FormatError(source, [Fault(f"expected a list of states, found {_kind(data['states'])}", "#/states")])
    return dict(data), tuple(layers)


def _state_faults(states: list[Any]) -> list[Fault]:
    faults: list[Fault] = []
    seen: dict[str, int] = {}
    for index, state in enumerate(states):
        path = f"#/states/{index}"
        if not isinstance(state, Mapping):
            faults.append(Fault(f"expected a state (an object), found {_kind(state)}", path))
            continue
        type_, name = state.get("type"), _state_name(state)
        if not isinstance(type_, str) or not type_:
            faults.append(Fault("the state has no type (a text such as 'send-message')", f"{path}/type", name))
        if not name:
            faults.append(Fault("the state has no name (a text)", f"{path}/name"))
        elif name in seen:
            faults.append(Fault(f"the name is taken already by #/states/{seen[name]}", f"{path}/name", name))
        seen.setdefault(name, index)
    return faults


def _state_name(raw: Mapping[str, Any]) -> str:
    name = raw.get("name")
    if isinstance(name, str) and name:
        return name
    return "Trigger" if raw.get("type") == "trigger" and name is None else ""


def _state(raw: Mapping[str, Any]) -> State:
    transitions, properties = raw.get("transitions"), raw.get("properties")
    return State(
        _state_name(raw),
        raw["type"],
        tuple(_transition(t) for t in transitions if isinstance(t, Mapping)) if isinstance(transitions, list) else (),
        properties if isinstance(properties, Mapping) else {},
        raw,
    )


def _transition(raw: Mapping[str, Any]) -> Transition:
    target, conditions = raw.get("next"), raw.get("conditions")
    return Transition(
        _text(raw.get("event")),
        None if target is None or target == "" else _text(target),
        tuple(_condition(c) for c in conditions if isinstance(c, Mapping)) if isinstance(conditions, list) else (),
        raw,
    )


def _condition(raw: Mapping[str, Any]) -> Condition:
    arguments = raw.get("arguments")
    return Condition(
        _text(raw.get("type")),
        _text(raw.get("value")),
        tuple(map(_text, arguments)) if isinstance(arguments, list) else (),
        _text(raw.get("friendly_name")),
        raw,
    )


def _definition(flow: Flow) -> dict[str, Any]:
    raw = dict(flow.raw)
    for key, value in (("description", flow.description), ("initial_state", flow.initial_state)):
        if _text(raw.get(key)) != value:
            raw[key] = value
    raw["states"] = [_state_json(state) for state in flow.states]
    return raw


def _state_json(state: State) -> dict[str, Any]:
    raw = dict(state.raw)
    was = _state(raw) if raw else State("", "")
    if state.name != was.name:
        raw["name"] = state.name
    if state.type != was.type:
        raw["type"] = state.type
    if state.transitions != was.transitions or not state.raw:
        raw["transitions"] = [_transition_json(t) for t in state.transitions]
    if state.properties is not was.properties and (state.properties or was.properties or not state.raw):
        raw["properties"] = dict(state.properties)
    return raw


def _transition_json(transition: Transition) -> dict[str, Any]:
    raw = dict(transition.raw)
    was = _transition(raw)
    if transition.event != was.event or not transition.raw:
        raw["event"] = transition.event
    if transition.next != was.next:
        raw.pop("next", None)
        if transition.next is not None:
            raw["next"] = transition.next
    if transition.conditions != was.conditions:
        raw["conditions"] = [_condition_json(c) for c in transition.conditions]
    return raw


def _condition_json(condition: Condition) -> dict[str, Any]:
    now = {
        "friendly_name": condition.label or f"If value {condition}",
        "arguments": list(condition.arguments),
        "type": condition.type,
        "value": condition.value,
    }
    if not condition.raw:
        return now
    was = _condition(condition.raw)
    same = {
        "friendly_name": condition.label == was.label,
        "arguments": condition.arguments == was.arguments,
        "type": condition.type == was.type,
        "value": condition.value == was.value,
    }
    return {**condition.raw, **{key: value for key, value in now.items() if not same[key]}}


def _name(definition: Mapping[str, Any], layers: tuple[Layer, ...], source: str) -> str:
    """What people call the flow: the resource's friendly name, else the file's name, else its description."""
    for layer in layers:
        if layer.resource is not None and isinstance(layer.resource.get("friendly_name"), str):
            return str(layer.resource["friendly_name"])
    if source.endswith((".json", ".yaml", ".yml")):
        return PurePath(source).stem
    return _text(definition.get("description")) or source


def _without_text(layer: Layer) -> Layer:
    return Layer(layer.resource)


def _text(value: Any) -> str:
    """A value as text, however oddly typed: null is nothing, true is ``true``, an object its JSON."""
    if isinstance(value, str):
        return value
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
