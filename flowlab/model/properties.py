"""What a property of a widget may be: its JSON type, its bounds, its form. Read from ``widgets.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: JSON's own names of the types, as Twilio's FlowValidate says them.
_TYPES: dict[type, str] = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a widget.

    ``also``: another JSON type that stored flows carry and run with. ``values``: the only texts it may be.
    ``minimum`` and ``maximum`` bound a number, also one written as text. ``sid``: the two letters a sid begins with.
    ``liquid``: whether Studio renders it. ``keys``: of a list, what each of its rows holds.
    """

    type: str = "string"
    required: bool = False
    also: str = ""
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    max_chars: int | None = None
    max_items: int | None = None
    sid: str = ""
    liquid: bool = True
    keys: Mapping[str, Property] = field(default_factory=dict)


def read_property(form: Any) -> Property:
    """A property as ``widgets.toml`` writes it: a type, a list of values, or a table.

    >>> read_property("string required").required, read_property(["GET", "POST"]).values
    (True, ('GET', 'POST'))
    """
    if isinstance(form, list):
        return Property(values=tuple(form))
    if isinstance(form, str):
        kind, _, required = form.partition(" ")
        return Property(kind, bool(required))
    said = dict(form)
    return Property(
        minimum=said.pop("min", None),
        maximum=said.pop("max", None),
        values=tuple(said.pop("values", ())),
        keys={name: read_property(inner) for name, inner in said.pop("keys", {}).items()},
        **said,
    )


def json_type(value: Any) -> str:
    """The JSON type of a value, by JSON's name.

    >>> json_type("30"), json_type(30), json_type(True), json_type([30])
    ('string', 'integer', 'boolean', 'array')
    """
    if isinstance(value, Mapping):
        return "object"
    return _TYPES.get(type(value), "array")
