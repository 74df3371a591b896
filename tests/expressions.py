"""Random expressions, and a slow second way to evaluate them that shares nothing with the package.

It rewrites the *text* by rules: each comparison to ``T`` or ``F``, then the innermost parenthesis, then AND and OR
as the reading says. It stands on regular expressions, where the package stands on a grammar and a tree.
"""

from __future__ import annotations

import json
import re
from random import Random
from typing import Any

ATTRIBUTES: dict[str, Any] = {
    "n": 3,
    "f": 2.5,
    "t": "pt",
    "e": "",
    "yes": True,
    "no": False,
    "nil": None,
    "list": ["pt", "en", 3],
    "empty": [],
    "deep": {"a": [{"b": "x"}], "988x": 7},
}
PATHS = (*ATTRIBUTES, "gone", "deep.a[0].b", "deep.a[1].b", "deep.988x", "deep", "list[0]", "list[9]", "t.x")
LITERALS = ("1", "3", "-2.5", "2.5", "'pt'", '"en"', "''", "'p'", "true", "false", "null", "'3'")
LISTS = ("[]", "['pt', 3]", "[null, '']", "[true, n, 2.5]", "[t]", "['x', \"en\"]")
OPERATORS = ("==", "!=", ">", ">=", "<", "<=", "CONTAINS", "HAS", "IN", "NOT IN")


def text(made: Random, depth: int = 3) -> str:
    """A random expression that parses."""
    if depth == 0 or made.random() < 0.35:
        return f"{_value(made)} {made.choice(OPERATORS)} {_value(made)}"
    parts = [text(made, depth - 1) for _ in range(made.randrange(1, 4))]
    joined = parts[0]
    for part in parts[1:]:
        joined += f" {made.choice(('AND', 'OR'))} {part}"
    return f"({joined})" if made.random() < 0.5 else joined


def _value(made: Random) -> str:
    return made.choice(made.choice((PATHS, PATHS, LITERALS, LISTS)))


def reference(expression: str, *, tight: bool, null_differs: bool, null_is_empty: bool) -> bool:
    """Whether an expression made by :func:`text` holds for :data:`ATTRIBUTES`."""
    truths = {"null_differs": null_differs, "null_is_empty": null_is_empty}
    value = r"""(?:'[^']*'|"[^"]*"|\[[^\]]*\](?!\.)|[\w.-]+(?:\[\d+\])?[\w.]*)"""
    comparison = rf"(?<![\w.'\"])({value}) (==|!=|>=|<=|>|<|CONTAINS|HAS|IN|NOT IN) ({value})"
    shrunk = re.sub(comparison, lambda m: "FT"[_compare(m[1], m[2], m[3], **truths)], expression)
    while len(shrunk) > 1:
        shrunk = re.sub(r"\(([TFANDOR ]*)\)", lambda m: _flat(m[1], tight), shrunk)
        if "(" not in shrunk:
            shrunk = _flat(shrunk, tight)
    return shrunk == "T"


def _flat(line: str, tight: bool) -> str:
    words = line.split()
    if tight:
        return "FT"[any(all(word != "F" for word in part.split()) for part in line.split("OR"))]
    result = words[0] == "T"
    for connective, word in zip(words[1::2], words[2::2], strict=True):
        result = (result and word == "T") if connective == "AND" else (result or word == "T")
    return "FT"[result]


def _resolve(written: str) -> Any:
    """The value of what was written; None for NULL."""
    if written[0] == "[":
        return [_resolve(item.strip()) for item in written[1:-1].split(",") if item.strip()]
    if written[0] in "'\"":
        return written[1:-1]
    try:
        return json.loads(written)
    except ValueError:
        value: Any = ATTRIBUTES
    for step in re.findall(r"\w+", written):
        try:
            value = value[int(step)] if isinstance(value, list) else value[step]
        except (KeyError, IndexError, TypeError, ValueError):
            return None
    return value


_KIND = {bool: "truth", int: "number", float: "number", str: "text", list: "list", dict: "map", type(None): "null"}


def _compare(left: str, operator: str, right: str, *, null_differs: bool, null_is_empty: bool) -> bool:
    return _rule(
        _resolve(left), operator, _resolve(right), null_differs or "null" in (left, right), null_is_empty, null_differs
    )


def _rule(a: Any, operator: str, b: Any, differs: bool, is_empty: bool, not_in_null: bool) -> bool:
    kinds = _KIND[type(a)], _KIND[type(b)]
    scalars = {"truth", "number", "text"}
    same = kinds[0] == kinds[1] and kinds[0] in scalars
    match operator:
        case "==":
            return (same and a == b) or (a is None and b is None) or (is_empty and {None, ""} == _set(a, b))
        case "!=" if "null" in kinds:
            return differs and not _rule(a, "==", b, differs, is_empty, not_in_null)
        case "!=":
            return same and a != b
        case "CONTAINS":
            return kinds == ("text", "text") and a.find(b) >= 0
        case "HAS":
            return kinds[0] == "list" and kinds[1] not in ("list", "map") and _member(b, a, is_empty)
        case "IN":
            return kinds[1] == "list" and kinds[0] not in ("list", "map") and _member(a, b, is_empty)
        case "NOT IN" if kinds[0] in ("list", "map") or kinds[1] not in ("list", "null"):
            return False
        case "NOT IN" if "null" in kinds and not not_in_null:
            return False
        case "NOT IN":
            return not _member(a, b or [], is_empty)
    if kinds not in (("number", "number"), ("text", "text")):
        return False
    return {">": a > b, ">=": a >= b, "<": a < b, "<=": a <= b}[operator]


def _set(*values: Any) -> set[Any] | None:
    return set(values) if all(value is None or isinstance(value, str) for value in values) else None


def _member(item: Any, items: list[Any], is_empty: bool) -> bool:
    return any(_rule(item, "==", each, True, is_empty, True) for each in items)
