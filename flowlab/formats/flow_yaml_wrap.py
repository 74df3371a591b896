"""What may stand around a definition: Flow resources, and JSON embedded as a text. In a short form: ``wrapped:``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from flowlab.formats.flow_yaml_faults import Faults
from flowlab.formats.flow_yaml_text import Blank
from flowlab.formats.studio import Layer
from flowlab.text.json_text import same_json, strict_loads
from flowlab.text.yaml_tree import Items, Pairs, Text

_EXPECTED = "wrapped: expected a list of 'resource:' (with its keys below) and 'text:', the outermost first"


def unwrapped(data: Any, layers: Sequence[Layer]) -> tuple[Any, list[Any]]:
    """The definition, and what was around it, the outermost first: a resource's keys, or a text of JSON."""
    around: list[Any] = []
    for layer in layers:
        if layer.resource is None:
            around.append(data)
            data = strict_loads(data)
        else:
            around.append({key: value for key, value in data.items() if key != "definition"})
            data = data["definition"]
    return data, around


def wrapping(around: Sequence[Any], rebuilt: Any) -> list[dict[str, Any]]:
    """The entries of ``wrapped:``. ``rebuilt``: the definition as it will be read from the short form.

    A text is left out where writing the rebuilt definition gives just the same.
    """
    entries: list[dict[str, Any]] = []
    for layer in reversed(around):
        if isinstance(layer, str):
            entries.append({"text": Blank() if _written(rebuilt) == layer else layer})
            rebuilt = layer
        else:
            entries.append({"resource": layer})
            rebuilt = {**layer, "definition": rebuilt}
    return entries[::-1]


def wrap(definition: Any, root: Pairs, faults: Faults) -> Any:
    """The definition in all that ``wrapped:`` says is around it."""
    node = root.pairs.get("wrapped", Items(root.mark))
    data = definition
    if not isinstance(node, Items):
        faults.add(node.mark, _EXPECTED)
        return data
    for item in reversed(node.items):
        word, value = next(iter(item.pairs.items())) if isinstance(item, Pairs) and len(item.pairs) == 1 else ("", item)
        if word == "resource":
            data = {**faults.mapping(value, "resource"), "definition": data}
        elif word == "text" and isinstance(value, Text):
            data = _as_text(data, "" if value.blank else value.value)
        else:
            faults.add(item.mark, _EXPECTED)
    return data


def _as_text(data: Any, was: str) -> str:
    """The JSON text of data: as it was where it still says the same."""
    try:
        return was if was and same_json(strict_loads(was), data) else _written(data)
    except (ValueError, RecursionError):
        return _written(data)


def _written(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)
