"""JSON from strangers: what the standard library lets through and the rest of flowlab should not have to meet."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
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


def read_lines(text: str, fault: Callable[[str, str], object]) -> Iterator[tuple[int, Any]]:
    """The value of every line of JSON Lines, with the number of the line; what is wrong goes to ``fault``."""
    for number, line in enumerate(text.split("\n"), 1):  # a line separator U+2028 may stand inside a text
        if not line.strip():
            continue
        place = f"line {number}"
        try:
            value = loads(line)
        except json.JSONDecodeError as error:
            fault(place, f"is not JSON ({error.msg}, column {error.colno}); is the line cut off?")
        except ValueError as error:
            fault(place, str(error))
        else:
            yield number, value


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
