"""Whether a TaskRouter expression holds for some attributes, and why.

Documented: a path that leads nowhere is NULL, and comparing values of different types is false. What Twilio leaves open
is read as :class:`~flowlab.model.readings.Readings` says. Source: Twilio docs, *Using TaskRouter Expressions*.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flowlab.model.expression import And, Comparison, Expression, ListOf, Literal, Path, Value, paths
from flowlab.model.readings import READINGS, Readings
from flowlab.text.plain import short

_MOST = 3
_ORDERINGS: Mapping[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_KINDS = {bool: "true or false", int: "a number", float: "a number", str: "a text", list: "a list", type(None): "NULL"}
_SCALARS = ("true or false", "a number", "a text")


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison and what came of it. ``seen``: the values its attributes had, in words."""

    comparison: str
    holds: bool
    seen: str

    def __str__(self) -> str:
        return f"{self.comparison} is {str(self.holds).lower()}" + (f": {self.seen}" if self.seen else "")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an expression holds, and the comparisons that decided it.

    >>> from flowlab.model.expression_parser import parse
    >>> print(evaluate(parse("languages HAS 'pt' AND 1 == 1"), {"languages": ["en"]}).why)
    languages HAS 'pt' is false: languages is ['en']
    """

    holds: bool
    checks: tuple[Check, ...]

    @property
    def why(self) -> str:
        """The deciding comparisons in words, the first three of them."""
        said = list(dict.fromkeys(map(str, self.checks)))
        more = f"; and {len(said) - _MOST} more" if len(said) > _MOST else ""
        return "; ".join(said[:_MOST]) + more


def evaluate(expression: Expression, names: Mapping[str, Any], readings: Readings = READINGS) -> Verdict:
    """Whether the expression holds for these attributes, and why. Every comparison is looked at.

    An AND that fails is decided by what failed in it, an OR that fails by all of it; what holds, by what held.
    """
    if isinstance(expression, Comparison):
        check = _check(expression, names, readings)
        return Verdict(check.holds, (check,))
    parts = [evaluate(part, names, readings) for part in expression.parts]
    truths = [part.holds for part in parts]
    result = all(truths) if isinstance(expression, And) else any(truths)
    return Verdict(result, tuple(check for part in parts if part.holds is result for check in part.checks))


def holds(expression: Expression, names: Mapping[str, Any], readings: Readings = READINGS) -> bool:
    """As :func:`evaluate` without the reasons, and quicker.

    >>> from flowlab.model.expression_parser import parse
    >>> holds(parse("tier != 'gold'"), {}), holds(parse("tier != 'gold'"), {}, Readings(null_differs=False))
    (True, False)
    """
    if isinstance(expression, Comparison):
        return compare(expression, value_of(expression.left, names), value_of(expression.right, names), readings)
    decide = all if isinstance(expression, And) else any
    return decide(holds(part, names, readings) for part in expression.parts)


def value_of(value: Value, names: Mapping[str, Any]) -> Any:
    """What a value of an expression stands for; None for NULL.

    >>> value_of(Path(("calls", 1, "reason")), {"calls": [{}, {"reason": "return"}]})
    'return'
    """
    if isinstance(value, Literal):
        return value.value
    if isinstance(value, ListOf):
        return [value_of(item, names) for item in value.items]
    found: Any = names
    for segment in value.segments:
        if isinstance(segment, str) and isinstance(found, Mapping):
            found = found.get(segment)
        elif isinstance(segment, int) and isinstance(found, list | tuple) and segment < len(found):
            found = found[segment]
        else:
            return None
    return list(found) if isinstance(found, tuple) else found


def compare(comparison: Comparison, left: Any, right: Any, readings: Readings = READINGS) -> bool:
    """Whether a comparison holds for the values of its two sides."""
    wanted = comparison.operator
    if wanted in ("IN", "NOT IN"):
        return _in(left, right, readings, negated=wanted == "NOT IN")
    if wanted == "HAS":
        return isinstance(left, list) and _is_among(right, left, readings)
    if wanted == "==":
        return _equal(left, right, readings)
    if wanted == "!=":
        return _differ(left, right, readings, asks_null=Literal(None) in (comparison.left, comparison.right))
    if kind(left) != kind(right) or kind(left) not in ("a number", "a text"):
        return False
    return right in left if wanted == "CONTAINS" and isinstance(left, str) else _ordered(wanted, left, right)


def kind(value: Any) -> str:
    """The type of a JSON value in words: only values of the same one compare."""
    return _KINDS.get(type(value), "a map")


def shown(value: Any, chars: int = 60) -> str:
    """A value as an expression would write it; at most ``chars`` characters.

    >>> shown(["en", "it's", None, True]), shown({"a": 1})
    ('[\\'en\\', "it\\'s", null, true]', '{"a": 1}')
    """
    if isinstance(value, list):
        return short(f"[{', '.join(shown(item, chars) for item in value[:chars])}]", chars)
    if isinstance(value, Mapping):
        return short(json.dumps(dict(value), ensure_ascii=False, default=str), chars)
    if value is None or isinstance(value, str | int | float):
        return short(str(Literal(value)), chars)
    return short(repr(value), chars)  # no JSON, but a task made in Python may hold it


def _ordered(wanted: str, left: Any, right: Any) -> bool:
    return wanted in _ORDERINGS and bool(_ORDERINGS[wanted](left, right))


def _equal(left: Any, right: Any, readings: Readings) -> bool:
    if left is None or right is None:
        other = right if left is None else left
        return other is None or (readings.null_is_empty and other == "")
    return kind(left) == kind(right) and kind(left) in _SCALARS and bool(left == right)


def _differ(left: Any, right: Any, readings: Readings, *, asks_null: bool) -> bool:
    """``asks_null``: the expression says ``null`` itself, so it asks whether something is there at all."""
    if left is None or right is None:
        return (asks_null or readings.null_differs) and not _equal(left, right, readings)
    return kind(left) == kind(right) and kind(left) in _SCALARS and bool(left != right)


def _in(left: Any, right: Any, readings: Readings, *, negated: bool) -> bool:
    if kind(left) not in (*_SCALARS, "NULL") or not (isinstance(right, list) or (negated and right is None)):
        return False
    is_among = right is not None and _is_among(left, right, readings)
    if not negated:
        return is_among
    return not is_among and (readings.null_differs or (left is not None and right is not None))


def _is_among(item: Any, items: list[Any], readings: Readings) -> bool:
    return any(_equal(item, each, readings) for each in items)


def _check(comparison: Comparison, names: Mapping[str, Any], readings: Readings) -> Check:
    left, right = value_of(comparison.left, names), value_of(comparison.right, names)
    result = compare(comparison, left, right, readings)
    said = [_seen(path, names) for side in (comparison.left, comparison.right) for path in paths(side)]
    reason = "" if result else _mismatch(comparison.operator, left, right)
    return Check(short(str(comparison), 120), result, ", ".join([*dict.fromkeys(said), *filter(None, [reason])]))


def _seen(path: Path, names: Mapping[str, Any]) -> str:
    value = value_of(path, names)
    return f"{short(str(path))} is {'missing' if value is None else shown(value)}"


def _mismatch(wanted: str, left: Any, right: Any) -> str:
    """What is wrong with the types, where that is why a comparison fails. What is missing speaks for itself."""
    if left is None or right is None:
        return ""
    if wanted == "HAS" and not isinstance(left, list):
        return f"HAS wants a list on its left, not {kind(left)}"
    if wanted in ("IN", "NOT IN") and not isinstance(right, list):
        return f"{wanted} wants a list on its right, not {kind(right)}"
    if wanted == "CONTAINS" and not (isinstance(left, str) and isinstance(right, str)):
        return f"CONTAINS wants texts, not {kind(left if not isinstance(left, str) else right)}"
    if wanted in ("HAS", "IN", "NOT IN", "CONTAINS"):
        return ""
    if kind(left) != kind(right):
        return f"{kind(left)} and {kind(right)} never compare"
    return "" if kind(left) in _SCALARS else f"{wanted} does not compare {kind(left)}"
