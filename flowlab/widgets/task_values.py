"""A value of a task as a field of a form holds it, and a task with another value at a path."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from flowlab.errors import FormatError
from flowlab.text.json_text import parse_json

#: No value at all: the attribute is not in the task.
MISSING: Any = object()
#: A list that is named by a place far behind its end is not filled up to there.
_LONGEST_LIST = 100


def read_value(text: str) -> Any:
    """What a field says: nothing is MISSING, JSON is what it means, anything else the text as it is.

    >>> [read_value(text) for text in ("3", "true", "pt", '"3"', "[1, 2]")]
    [3, True, 'pt', '3', [1, 2]]
    """
    if not text.strip():
        return MISSING
    try:
        return parse_json(text, "the value")
    except FormatError:
        return text.strip()


def write_value(value: Any) -> str:
    """The text of a field from which :func:`read_value` reads this value.

    >>> write_value(True), write_value("pt"), write_value("3"), write_value(MISSING)
    ('true', 'pt', '"3"', '')
    """
    if value is MISSING:
        return ""
    if isinstance(value, str) and read_value(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False, default=str)


def put(task: Mapping[str, Any], path: Sequence[str | int], value: Any) -> dict[str, Any]:
    """The task with this value at a path, MISSING to take it out; what stands in the way is replaced.

    >>> put({"a": {"b": 1}}, ("a", "c"), 2), put({"a": {"b": 1}}, ("a", "b"), MISSING)
    ({'a': {'b': 1, 'c': 2}}, {'a': {}})
    >>> put({}, ("calls", 1, "why"), "return")
    {'calls': [None, {'why': 'return'}]}
    """
    made = _put(task, tuple(path), value)
    return made if isinstance(made, dict) else dict(task)


def _put(old: Any, path: tuple[str | int, ...], value: Any) -> Any:
    if not path:
        return value
    first, rest = path[0], path[1:]
    if isinstance(first, int):
        return _put_at(list(old) if isinstance(old, list | tuple) else [], first, rest, value)
    made = dict(old) if isinstance(old, Mapping) else {}
    if value is MISSING and first not in made:
        return old
    inner = _put(made.get(first), rest, value)
    if inner is MISSING:
        made.pop(first, None)
    else:
        made[first] = inner
    return made


def _put_at(made: list[Any], place: int, rest: tuple[str | int, ...], value: Any) -> list[Any]:
    if place >= (len(made) if value is MISSING else _LONGEST_LIST):
        return made
    made += [None] * (place + 1 - len(made))
    inner = _put(made[place], rest, value)
    made[place] = None if inner is MISSING else inner
    return made
