"""JSON from strangers: what the standard library lets through and the rest of flowlab should not have to meet."""

from __future__ import annotations

from typing import Any

from flowlab.text.json_text import strict_loads

_MAX_DEPTH = 50


def loads(text: str) -> Any:
    """JSON text -> value: no NaN, at most 50 levels deep, no lone surrogates.

    Raises ValueError saying what is wrong.
    """
    try:
        value = strict_loads(text)
    except RecursionError:
        raise ValueError(f"is nested more than {_MAX_DEPTH} levels deep") from None
    suspicious = "\\u" in text or text.count("[") + text.count("{") > _MAX_DEPTH
    return _cleaned(value) if suspicious else value


def _cleaned(value: Any, depth: int = 0) -> Any:
    if depth > _MAX_DEPTH:
        raise ValueError(f"is nested more than {_MAX_DEPTH} levels deep")
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {_cleaned(key, depth): _cleaned(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_cleaned(item, depth + 1) for item in value]
    return value
