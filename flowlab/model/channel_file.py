"""A channel's YAML file -> checked plain values. All faults are found before any is reported, each with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.model.channel_facts import ABOUT, KINDS, TEXT, is_text
from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.model.price_file import price_row
from flowlab.text.checked import Check, Entries, one_of
from flowlab.text.located_yaml import read_yaml

BUILT_IN = Path(__file__).parent / "channels"
#: The built-in channels, in the order in which tables show them; one file each in ``BUILT_IN``.
NAMES = ("sms", "whatsapp", "line", "email", "webchat", "messenger", "inapp")
MAX_BYTES = 1_000_000


#: What a channel must state.
_KEYS: dict[str, Check] = {
    "name": TEXT,
    "label": TEXT,
    "identity": one_of("phone number", "email address", "app identity"),
    "velocity": one_of("real-time", "asynchronous"),
    "trigger_event": one_of(*TRIGGER_EVENTS),
    "address_format": (
        lambda value: is_text(value) and bool(re.fullmatch(r"[^{}]*\{(phone|email|id)\}", value)),
        "a text that ends in {phone}, {email} or {id}",
    ),
    "example_contact": TEXT,
    "example_address": TEXT,
}

#: Every fact a channel can state, with what its value must be.
FACTS: dict[str, Check] = {name: kind.check for name, kind in KINDS.items()}


def read_channel_file(path: Path) -> dict[str, Any]:
    """The keys of :class:`~flowlab.model.channel.Channel` as the file gives them; facts and prices are plain dicts.

    With ``like: sms`` the file says only what differs from that built-in channel; ``~`` takes a fact away. Raises
    FormatError naming everything wrong with the file.
    """
    reader = Entries(read_yaml(path, MAX_BYTES))
    document = reader.document("'key: value' lines as in channels/sms.yaml")
    data = reader.entry(document, (), ("like", *_KEYS, "entry_points", "facts", "prices"))
    base = _base(reader, data)
    for key in _KEYS:
        if data.get(key) is None and "like" not in data:
            reader.found.fault((key,), "is missing")
    channel = base | reader.values(data, (), _KEYS)
    if "entry_points" in data or not base:
        channel["entry_points"] = reader.texts(data, "entry_points", ())
    facts = reader.entry(reader.mapping(data, (), "facts"), ("facts",), tuple(FACTS))
    said = base.get("facts", {}) | {name: _fact(reader, name, fact) for name, fact in facts.items()}
    channel["facts"] = {name: fact for name, fact in said.items() if fact is not None}
    channel["prices"] = _prices(reader, data, base, channel["facts"])
    reader.found.raise_faults()
    return channel


def _base(reader: Entries, data: Mapping[str, Any]) -> dict[str, Any]:
    """What the channel that this one is like states."""
    if "like" not in data:
        return {}
    name = reader.value(data, (), "like", one_of(*NAMES), None)
    if name is None:
        if data["like"] is None:
            reader.found.fault(("like",), f"names no channel; known: {', '.join(NAMES)}")
        return {}
    return read_channel_file(BUILT_IN / f"{name}.yaml")


def _prices(reader: Entries, data: Mapping[str, Any], base: Mapping[str, Any], facts: Mapping[str, Any]) -> Any:
    unit = facts.get("billing_unit", {}).get("value", "message")
    if "prices" in data or not base:
        return reader.each(data, "prices", lambda row, place: price_row(reader, row, place, unit))
    if any(row["per"] != unit for row in base["prices"]):
        message = (
            f"the prices of {data['like']!r} are for another unit: give `prices` of your own (`prices: []`: unknown)"
        )
        reader.found.fault(("facts", "billing_unit"), message)
    return base["prices"]


def _fact(reader: Entries, name: str, said: Any) -> dict[str, Any] | None:
    """A fact with what stands beside its value; a value alone is a fact too, and nothing takes the fact away."""
    place = ("facts", name)
    if said is None:
        return None
    if not isinstance(said, Mapping):
        return reader.values({"value": said}, place, {"value": FACTS[name]})
    checks = {"value": FACTS[name], **ABOUT}
    fact = reader.values(reader.entry(said, place, tuple(checks)), place, checks)
    if said.get("value") is None:
        reader.found.fault(place, "has no value")
    return {key: str(value) if key == "as_of" else value for key, value in fact.items()}
