"""JSON text -> Python, with faults named by line and column; and back."""

from __future__ import annotations

import json
import math
from collections import deque
from typing import Any, NoReturn

from flowlab.errors import Fault, FormatError

MAX_DEPTH = 100
_MOST_LOOKED_AT = 10_000


def parse_json(text: str, source: str) -> Any:
    """Parse JSON strictly: no NaN, no Infinity, at most 100 levels deep (what cannot be written again is not read).

    Raises FormatError with line and column.
    """
    try:
        value = strict_loads(text)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FormatError(source, [Fault(f"is not JSON: {_slip(error) or error.msg}", place)]) from None
    except RecursionError:
        raise FormatError(source, "is not readable JSON: it is nested too deep") from None
    except ValueError as error:
        raise FormatError(source, f"is not JSON: {error}") from None
    if is_deep(value):
        raise FormatError(source, f"is not readable JSON: it is nested more than {MAX_DEPTH} levels deep")
    return value


def _slip(error: json.JSONDecodeError) -> str:
    """The usual slips in words; empty for any other."""
    rest, before = error.doc[error.pos :].lstrip(), error.doc[: error.pos].rstrip()
    if rest.startswith(("//", "/*", "#")):
        return "it knows no comments; take them out"
    if rest.startswith("${"):
        return "it is a template that deployment fills in; give what comes out of that"
    if rest[:1] in ("}", "]") and before.endswith(","):
        return "there is a comma too many before this place"
    return ""


def strict_loads(text: str) -> Any:
    """``json.loads`` without what JSON does not know: NaN, Infinity, numbers that no float can hold.

    Raises ValueError.
    """
    return _decoder.decode(text)


def json_page(value: Any) -> str:
    """JSON for a file or a screen: indented, letters as they are, half a character (``\\ud83d``) as its escape.

    >>> print(json_page({"body": "Grüße \\ud83d"}))
    {
      "body": "Grüße \\ud83d"
    }
    """
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return text.encode(errors="backslashreplace").decode()


def same_json(one: Any, other: Any) -> bool:
    """Whether two values are the same JSON: the order of keys is nothing, 1 and 1.0 and true are three things.

    >>> same_json({"a": 1, "b": 2}, {"b": 2, "a": 1}), same_json(1, 1.0), same_json(1, True)
    (True, False, False)
    """
    return bool(one == other) and json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def as_text(value: Any, was: str | None) -> str:
    """The JSON text of a value: the text as it ``was`` where that still says the same, in the same order.

    >>> as_text({"a": 1}, '{ "a":1 }'), as_text({"a": 2}, '{ "a":1 }')
    ('{ "a":1 }', '{"a": 2}')
    """
    text = json.dumps(value, ensure_ascii=False)
    return was if was and json.dumps(json.loads(was), ensure_ascii=False) == text else text


def is_deep(value: Any) -> bool:
    """Whether a value is nested more than ``MAX_DEPTH`` levels deep; found without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [
            item
            for outer in level
            if isinstance(outer, dict | list)
            for item in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return bool(level)


def where_it_lies(data: Any) -> str:
    """A sentence on where in some other JSON a flow or a workflow lies; empty where none does.

    >>> where_it_lies({"flows": [{"definition": {"states": []}}]})
    '. One lies in it at #/flows/0/definition: give that part alone'
    """
    waiting: deque[tuple[str, Any]] = deque([("#", data)])
    for _ in range(_MOST_LOOKED_AT):
        if not waiting:
            break
        path, value = waiting.popleft()
        if path != "#" and _is_one(value):
            return f". One lies in it at {path}: give that part alone"
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        waiting.extend((f"{path}/{key}", item) for key, item in inner)
    return ""


def _is_one(value: Any) -> bool:
    if isinstance(value, str):
        return value.lstrip().startswith("{") and ('"states"' in value or '"task_routing"' in value)
    return isinstance(value, dict) and (isinstance(value.get("states"), list) or "task_routing" in value)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"the number {digits[:20]} is too large")
    return number


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")


_decoder = json.JSONDecoder(parse_constant=_refuse, parse_float=_finite)
