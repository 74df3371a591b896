"""TaskRouter's expressions as trees: comparisons of values, joined by AND and OR.

:func:`flowlab.model.expression_parser.parse` makes them from text, ``str()`` makes text of them that parses back to the
same tree, and :func:`uses` lists what they read. Source: Twilio docs, *Using TaskRouter Expressions*.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, a number, true, false or null, as written in the expression."""

    value: Scalar

    def __str__(self) -> str:
        if isinstance(self.value, str):
            return _quoted(self.value)
        words: dict[Scalar, str] = {None: "null", True: "true", False: "false"}
        return words[self.value] if self.value is None or isinstance(self.value, bool) else _number(self.value)

    def __eq__(self, other: object) -> bool:
        """``1`` is not ``true``, though Python says so."""
        return isinstance(other, Literal) and (type(self.value), self.value) == (type(other.value), other.value)

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@dataclass(frozen=True, slots=True)
class Path:
    """The name of an attribute: ``worker.levels.988ENsk``, ``calls[0].reason``. Numbers are places in a list."""

    segments: tuple[str | int, ...]

    def __str__(self) -> str:
        parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in self.segments)
        return "".join(parts).removeprefix(".")


@dataclass(frozen=True, slots=True)
class ListOf:
    """Values in brackets: ``['web', 'sms', task.language]``."""

    items: tuple[Value, ...]

    def __str__(self) -> str:
        return f"[{', '.join(map(str, self.items))}]"


Value = Literal | Path | ListOf


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left operator right``; ``operator`` is ``== != >= <= > < CONTAINS HAS IN`` or ``NOT IN``."""

    left: Value
    operator: str
    right: Value

    def __str__(self) -> str:
        return f"{self.left} {self.operator} {self.right}"


@dataclass(frozen=True, slots=True)
class And:
    """Holds if every part does."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " AND ".join(map(_inside, self.parts))


@dataclass(frozen=True, slots=True)
class Or:
    """Holds if any part does."""

    parts: tuple[Expression, ...]

    def __str__(self) -> str:
        return " OR ".join(map(_inside, self.parts))


Expression = Comparison | And | Or


@dataclass(frozen=True, slots=True)
class OrderKey:
    """One part of an ``order_by``: a worker's attribute (a number), and which end comes first."""

    path: Path
    descending: bool = False

    def __str__(self) -> str:
        return f"{self.path} {'DESC' if self.descending else 'ASC'}"


class Use(NamedTuple):
    """One attribute in one comparison: what it is compared with, and whether it stands left of the operator."""

    path: Path
    operator: str
    other: Value
    is_left: bool


def comparisons(expression: Expression) -> Iterator[Comparison]:
    """Every comparison, from left to right."""
    if isinstance(expression, Comparison):
        yield expression
    else:
        for part in expression.parts:
            yield from comparisons(part)


def uses(expression: Expression) -> list[Use]:
    """Which attributes an expression reads, and what each is compared with. One inside a list counts too.

    >>> from flowlab.model.expression_parser import parse
    >>> [(str(u.path), u.operator, str(u.other)) for u in uses(parse("vip == true AND 'pt' IN worker.languages"))]
    [('vip', '==', 'true'), ('worker.languages', 'IN', "'pt'")]
    """
    return [
        Use(path, comparison.operator, other, is_left)
        for comparison in comparisons(expression)
        for value, other, is_left in (
            (comparison.left, comparison.right, True),
            (comparison.right, comparison.left, False),
        )
        for path in paths(value)
    ]


def wanted_lists(expression: Expression) -> list[Path]:
    """The attributes of which a comparison wants a list: those left of HAS, and right of IN and NOT IN.

    >>> from flowlab.model.expression_parser import parse
    >>> [str(path) for path in wanted_lists(parse("skills HAS 'vip' AND tier IN tiers AND 'pt' IN [language, 'en']"))]
    ['skills', 'tiers']
    """
    sides = ((each.left if each.operator == "HAS" else each.right, each.operator) for each in comparisons(expression))
    return [side for side, operator in sides if isinstance(side, Path) and operator in ("HAS", "IN", "NOT IN")]


def paths(value: Value) -> Iterator[Path]:
    """The attributes in a value: itself, or those inside a list."""
    if isinstance(value, Path):
        yield value
    elif isinstance(value, ListOf):
        for item in value.items:
            yield from paths(item)


def _inside(part: Expression) -> str:
    """Parentheses always, so that the text reads the same however AND and OR bind."""
    return str(part) if isinstance(part, Comparison) else f"({part})"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\")
    if "'" in escaped and '"' not in escaped:
        return f'"{escaped}"'
    return "'" + escaped.replace("'", "\\'") + "'"


def _number(number: float) -> str:
    """Without an exponent, which the language does not know."""
    digits = str(number) if isinstance(number, int) else format(Decimal(repr(number)), "f")
    return digits if isinstance(number, int) or "." in digits else f"{digits}.0"
