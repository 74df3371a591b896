"""TaskRouter workflow configurations: JSON <-> Workflow, losing nothing.

Reading is lenient and complete: unknown keys, numbers as texts, empty targets and ``${...}`` placeholders survive,
because every object keeps what its file said and writing lays only the changes over it. The configuration may stand
under ``task_routing`` or bare, in a Workflow resource (as text or as an object), or be a text; writing gives the same
shape back.

Source: Twilio docs, *TaskRouter Workflows Overview* and *Workflow resource*, and published workflows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from flowlab.errors import Fault, FormatError
from flowlab.model.routing import Filter, Target, Workflow
from flowlab.text.json_text import as_text, parse_json

_NAMES = ("filter_friendly_name", "friendly_name")
_DEFAULT_KEYS = ("queue", "task_queue_sid")
_WRAPPERS = ("task_routing", "configuration")
#: Keys of a target that are texts in the file as in the model.
_TEXTS = ("queue", "expression", "order_by", "skip_if", "known_worker_sid", "known_worker_friendly_name")
_NUMBERS = {"priority": "priority", "timeout": "timeout_s"}
MAX_NUMBER = 2**31


@dataclass(frozen=True, slots=True)
class Layer:
    """One wrapping around a configuration: an object that holds it under ``key``, or a text (``text``)."""

    key: str = ""
    around: Mapping[str, Any] | None = None
    text: str = ""


def looks_like_workflow(data: Any) -> bool:
    """Whether parsed JSON could be a workflow in any of its shapes. A text could be anything, so it is looked into."""
    for _ in range(4):
        if not isinstance(data, str):
            break
        try:
            data = parse_json(data, "")
        except FormatError:
            return False
    keys = ("filters", "default_filter", *_WRAPPERS)
    return isinstance(data, Mapping) and "states" not in data and any(key in data for key in keys)


def read_workflow(data: Any, source: str = "workflow") -> Workflow:
    """A workflow from parsed JSON (or from a string of JSON).

    Raises FormatError naming every fault at once: no workflow at all, filters that are no list, a timeout that is no
    number. Faults of content (an expression that does not parse, an unknown queue) load; checks and the dry run tell.

    >>> read_workflow({"task_routing": {"filters": [], "default_filter": {"queue": "WQ1"}}}).default_queue
    'WQ1'
    """
    body, layers = _unwrap(data, source)
    faults = _faults(body, "#" + "".join(f"/{layer.key}" for layer in layers if layer.key))
    if faults:
        raise FormatError(source, faults)
    name, sid = _named(layers, source)
    return Workflow(
        filters=tuple(map(_filter, body.get("filters") or ())),
        default_queue=_default_queue(body),
        name=name,
        source=source,
        raw=body,
        envelope=layers,
        sid=sid,
    )


def write_workflow(workflow: Workflow) -> Any:
    """The JSON of a workflow, in the shape it was read from. What was not changed is as it was.

    >>> data = {"task_routing": {"filters": [{"expression": "1==1", "targets": [{"queue": "a", "timeout": "30"}]}]}}
    >>> write_workflow(read_workflow(data)) == data
    True
    """
    data: Any = _body(workflow)
    layers = workflow.envelope if workflow.envelope is not None else (Layer("task_routing", {}),)
    for layer in reversed(layers):
        data = {**layer.around, layer.key: data} if layer.around is not None else as_text(data, layer.text)
    return data


def _unwrap(data: Any, source: str) -> tuple[dict[str, Any], tuple[Layer, ...]]:
    layers: list[Layer] = []
    while len(layers) < 6:
        if isinstance(data, str):
            layers.append(Layer(text=data))
            data = parse_json(data, source)
            continue
        key = _wrapper(data)
        if not key:
            break
        layers.append(Layer(key, dict(data)))
        data = data[key]
    if not isinstance(data, Mapping):
        raise FormatError(source, f"is no TaskRouter workflow: expected an object with 'filters', found {_kind(data)}")
    if "filters" not in data and "default_filter" not in data:
        keys = ", ".join(map(str, data)) or "none"
        raise FormatError(source, f"is no TaskRouter workflow: it has no 'filters'. Its keys: {keys}")
    return dict(data), tuple(layers)


def _wrapper(data: Any) -> str:
    """The key under which an object holds the configuration; empty where it is the configuration itself."""
    if not isinstance(data, Mapping):
        return ""
    is_body = "filters" in data or "default_filter" in data
    return next((key for key in _WRAPPERS if key in data and not (is_body and key == "configuration")), "")


def _faults(body: Mapping[str, Any], path: str) -> list[Fault]:
    filters, default = body.get("filters"), body.get("default_filter")
    faults: list[Fault] = []
    if filters is not None and not isinstance(filters, list):
        faults.append(Fault(f"expected a list of filters, found {_kind(filters)}", f"{path}/filters"))
    else:
        for index, each in enumerate(filters or ()):
            faults += _filter_faults(each, f"{path}/filters/{index}")
    if default is not None and not isinstance(default, Mapping):
        faults.append(Fault(f"expected an object with 'queue', found {_kind(default)}", f"{path}/default_filter"))
    elif isinstance(default, Mapping):
        faults += _target_faults(
            {key: default[key] for key in _DEFAULT_KEYS if key in default}, f"{path}/default_filter"
        )
        faults += _targets_faults(default.get("targets"), f"{path}/default_filter/targets")
    return faults


def _filter_faults(each: Any, path: str) -> list[Fault]:
    if not isinstance(each, Mapping):
        return [Fault(f"expected a filter (an object), found {_kind(each)}", path)]
    faults = [_not_text(each[key], f"{path}/{key}") for key in (*_NAMES, "expression") if key in each]
    return [fault for fault in faults if fault] + _targets_faults(each.get("targets"), f"{path}/targets")


def _targets_faults(targets: Any, path: str) -> list[Fault]:
    if targets is None:
        return []
    if not isinstance(targets, list):
        return [Fault(f"expected a list of targets, found {_kind(targets)}", path)]
    return [fault for index, target in enumerate(targets) for fault in _target_faults(target, f"{path}/{index}")]


def _target_faults(target: Any, path: str) -> list[Fault]:
    if not isinstance(target, Mapping):
        return [Fault(f"expected a target (an object), found {_kind(target)}", path)]
    faults = [_not_text(target[key], f"{path}/{key}") for key in (*_TEXTS, "task_queue_sid") if key in target]
    faults += [_not_number(target[key], f"{path}/{key}") for key in _NUMBERS if key in target]
    return [fault for fault in faults if fault]


def _not_text(value: Any, path: str) -> Fault | None:
    if value is None or isinstance(value, str):
        return None
    return Fault(f"expected a text, found {_kind(value)}", path)


def _not_number(value: Any, path: str) -> Fault | None:
    """Placeholders pass: what they will be is not known."""
    if value is None or _is_placeholder(value) or _number(value) is not None:
        return None
    found = f"{value[:40]!r}" if isinstance(value, str) else _kind(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        found = str(value)[:40]
    return Fault(f"expected a whole number from 0 to 2,147,483,648, found {found}", path)


def _is_placeholder(value: Any) -> bool:
    """What a template leaves to be filled in: ``${timeout}``, ``{{timeout}}``, ``%(timeout)s``, ``TIMEOUT_S``."""
    marks = ("${", "{{", "%(", "<", "__")
    return isinstance(value, str) and (not value.strip() or value.isupper() or any(mark in value for mark in marks))


def _number(value: Any) -> int | None:
    """A whole number, however it is typed: 30, 30.0, "30"."""
    if isinstance(value, str) and len(value) <= 20 and value.strip().isascii() and value.strip().isdigit():
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBER else None


def _filter(raw: Mapping[str, Any]) -> Filter:
    name = next((raw[key] for key in _NAMES if raw.get(key)), "")
    targets = tuple(map(_target, raw.get("targets") or ()))
    return Filter(name, raw.get("expression") or "", targets, raw)


def _target(raw: Mapping[str, Any]) -> Target:
    values: dict[str, Any] = {key: raw.get(key) or "" for key in _TEXTS}
    values |= {field: _number(raw.get(key)) for key, field in _NUMBERS.items()}
    return Target(**values, raw=raw)


def _default_queue(body: Mapping[str, Any]) -> str:
    holder = _default_holder(body)
    return next((holder[key] for key in _DEFAULT_KEYS if holder.get(key)), "")


def _default_holder(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object that names the default queue: the default filter, or its first target where it is like a filter."""
    default = body.get("default_filter") or {}
    targets = default.get("targets")
    return targets[0] if targets and not any(key in default for key in _DEFAULT_KEYS) else default


def _body(workflow: Workflow) -> dict[str, Any]:
    raw = dict(workflow.raw)
    if workflow.filters or "filters" in raw or not raw:
        raw["filters"] = [_filter_json(each) for each in workflow.filters] if _changed(workflow) else raw["filters"]
    if workflow.default_queue != _default_queue(raw):
        raw["default_filter"] = _default_json(raw, workflow.default_queue)
        if not workflow.default_queue and not raw["default_filter"]:
            del raw["default_filter"]
    return raw


def _changed(workflow: Workflow) -> bool:
    """Whether the filters are to be written anew. ``"filters": null`` stays null while there are none."""
    return bool(workflow.filters or workflow.raw.get("filters")) or "filters" not in workflow.raw


def _default_json(raw: Mapping[str, Any], queue: str) -> dict[str, Any]:
    default = dict(raw.get("default_filter") or {})
    holder = dict(_default_holder(raw))
    key = next((key for key in _DEFAULT_KEYS if holder.get(key)), "queue")
    changed = {**holder, key: queue}
    if not queue:
        del changed[key]
    if default.get("targets") and not any(key in default for key in _DEFAULT_KEYS):
        return {**default, "targets": [changed, *default["targets"][1:]]}
    return changed


def _filter_json(each: Filter) -> dict[str, Any]:
    raw = dict(each.raw)
    was = _filter(raw)
    if each.name != was.name:
        raw[next((key for key in _NAMES if raw.get(key)), _NAMES[0])] = each.name
    if each.expression != was.expression:
        raw["expression"] = each.expression
    if each.targets or raw.get("targets"):
        raw["targets"] = [_target_json(target) for target in each.targets]
    return raw


def _target_json(target: Target) -> dict[str, Any]:
    raw = dict(target.raw)
    was = _target(raw)
    for key, field in {**{key: key for key in _TEXTS}, **_NUMBERS}.items():
        value = getattr(target, field)
        if value == getattr(was, field):
            continue
        if value is None or value == "":
            raw.pop(key, None)
        else:
            raw[key] = value
    return raw


def _named(layers: tuple[Layer, ...], source: str) -> tuple[str, str]:
    """What people call the workflow (the resource's name, else the file's), and the sid its resource gives."""
    around = next((layer.around for layer in layers if layer.key == "configuration" and layer.around), {})
    name, sid = around.get("friendly_name"), around.get("sid")
    stem = PurePath(source).stem if source.endswith(".json") else source
    return (name if isinstance(name, str) and name else stem), (sid if isinstance(sid, str) else "")


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")
