"""Values of variables: how they are found, written into texts, and told apart."""

from __future__ import annotations

import json
import re
from collections.abc import Hashable, Mapping
from typing import Any

from flowlab.text.json_text import is_deep, strict_loads

Scope = Mapping[str, Any]
Path = tuple[str, ...]

#: Where the simulated clock stands in a scope, in seconds since 1970 UTC. The blank keeps templates from reading it.
NOW = "flowlab now"

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=str).encode


def cast(text: str) -> Any:
    """A rendered value as set-variables keeps it: a bare number is a number, a quoted one a text.

    >>> cast("3"), cast("2.50"), cast('"3"'), cast("007"), cast("yes")
    (3, 2.5, '3', '007', 'yes')
    """
    bare = text.strip()
    if _NUMBER.fullmatch(bare) and len(bare) <= 15:  # longer ones (card numbers, ids) would lose digits
        return float(bare) if "." in bare else int(bare)
    if len(bare) > 1 and bare[0] == bare[-1] == '"' and _NUMBER.fullmatch(bare[1:-1]):
        return bare[1:-1]
    return text


def text_of(value: Any) -> str:
    """A value as Studio writes it into a text: ``true``, nothing for null, JSON for lists and maps.

    >>> text_of(True), text_of(None), text_of(["a", 1])
    ('true', '', '["a",1]')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return to_json(value)
    return str(value)


def to_json(value: Any) -> str:
    """Compact JSON text.

    >>> to_json({"a": "é"})
    '{"a":"é"}'
    """
    return _encode(value)


def from_json(text: str) -> Any:
    """What JSON text holds. Raises ValueError where it is none, or nested so deep that no later step could copy it.

    >>> from_json('{"a": [1, true]}')
    {'a': [1, True]}
    """
    try:
        value = strict_loads(text)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    if is_deep(value):
        raise ValueError("it is nested too deep")
    return value


def look_up(scope: Any, path: Path) -> Any:
    """The value at a path of nested maps; None where there is none.

    >>> look_up({"a": {"b": 1}}, ("a", "b")), look_up({}, ("a", "b"))
    (1, None)
    """
    value = scope
    try:
        for key in path:
            value = value[key]
    except (KeyError, TypeError, IndexError):
        return None
    return value


def as_key(value: Any) -> Hashable:
    """A value as a key that only a value rendered alike has; None where it cannot be one (lists, maps, users' objects).

    >>> as_key("1"), as_key(1) == as_key(1.0), as_key(1) == as_key(True), as_key([1])
    ('1', False, False, None)
    """
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is float:
        return kind, repr(value)  # 0.0 and -0.0 are equal, and are not written alike
    return (kind, value) if kind in _SCALARS else None


_SCALARS = frozenset({int, bool, type(None)})
