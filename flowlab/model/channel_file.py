"""A channel's YAML file -> checked plain values. All faults are found before any is reported, each with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from flowlab.model.channel_facts import KINDS, TEXT, is_text
from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.model.prices import CATEGORIES, DIRECTIONS
from flowlab.text.checked import NUMBER, Check, Entries, one_of
from flowlab.text.located_yaml import Place, read_yaml

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
#: What may stand beside the value of a fact.
_ABOUT: dict[str, Check] = {
    "unit": TEXT,
    "source": TEXT,
    "as_of": (
        lambda value: bool(re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", str(value), re.ASCII)),
        "a date (2026-11-22, 2026-11 or 2026)",
    ),
    "trust": one_of("D", "S", "R", "M"),
    "note": TEXT,
}
_DAY: Check = (lambda value: is_day(value), "a day (2026-10-01)")
#: What a row of the price list says; what it must say.
_PRICE: dict[str, Check] = {
    "direction": one_of(*DIRECTIONS),
    "category": one_of(*CATEGORIES),
    "window": one_of("open", "closed"),
    "usd": NUMBER,
    "per": one_of("segment", "message"),
    "fee": TEXT,
    "country": (lambda value: bool(re.fullmatch("[A-Z]{2}", str(value), re.ASCII)), "a country's code (US)"),
    "from": _DAY,
    "until": _DAY,
    **{name: check for name, check in _ABOUT.items() if name != "unit"},
}
_DAYS = (("from", "since"), ("until", "until"))
_PRICE_MUST = ("direction", "per", "fee", "from", "source", "as_of", "trust")


def is_day(value: Any) -> bool:
    """Whether it is a day of the calendar, written ``2026-10-01``."""
    try:
        return len(str(value)) == len("2026-10-01") and bool(date.fromisoformat(str(value)))
    except ValueError:
        return False


def read_channel_file(path: Path) -> dict[str, Any]:
    """The keys of :class:`~flowlab.model.channel.Channel` as the file gives them; facts and prices are plain dicts.

    Raises FormatError naming everything wrong with the file.
    """
    reader = Entries(read_yaml(path, MAX_BYTES))
    document = reader.document("'key: value' lines as in channels/sms.yaml")
    data = reader.entry(document, (), (*_KEYS, "entry_points", "facts", "prices"))
    for key in _KEYS:
        if data.get(key) is None:
            reader.found.fault((key,), "is missing")
    channel = reader.values(data, (), _KEYS)
    channel["entry_points"] = reader.texts(data, "entry_points", ())
    facts = reader.entry(reader.mapping(data, (), "facts"), ("facts",), tuple(FACTS))
    channel["facts"] = {name: _fact(reader, name, fact) for name, fact in facts.items()}
    unit = channel["facts"].get("billing_unit", {}).get("value", "message")
    channel["prices"] = reader.each(data, "prices", lambda row, place: _price(reader, row, place, unit))
    reader.found.raise_faults()
    return channel


def _fact(reader: Entries, name: str, said: Any) -> dict[str, Any]:
    """A fact with what stands beside its value; a value alone is a fact too."""
    place = ("facts", name)
    if not isinstance(said, Mapping):
        return reader.values({"value": said}, place, {"value": FACTS[name]})
    checks = {"value": FACTS[name], **_ABOUT}
    fact = reader.values(reader.entry(said, place, tuple(checks)), place, checks)
    if said.get("value") is None:
        reader.found.fault(place, "has no value")
    return {key: str(value) if key == "as_of" else value for key, value in fact.items()}


def _price(reader: Entries, said: Mapping[str, Any], place: Place, unit: str) -> dict[str, Any]:
    """The keys of :class:`~flowlab.model.prices.PriceRow` as a row of the price list gives them."""
    row = reader.entry(said, place, tuple(_PRICE))
    for key in _PRICE_MUST:
        if row.get(key) is None:
            reader.found.fault((*place, key), "is missing")
    read = reader.values(row, place, _PRICE)
    if read.get("per", unit) != unit:
        reader.found.fault((*place, "per"), f"expected {unit}, the channel's billing_unit, found {read['per']!r}")
    days = {name: date.fromisoformat(str(read.pop(key))) for key, name in _DAYS if key in read}
    if days.get("until", date.max) <= days.get("since", date.min):
        reader.found.fault((*place, "until"), f"must be after {days['since']}, where it begins")
    return {"usd": None, **read, **days} | ({"as_of": str(read["as_of"])} if "as_of" in read else {})
