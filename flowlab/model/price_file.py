"""A row of a price list as a channel's file gives it -> checked plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from flowlab.model.channel_facts import ABOUT, TEXT, is_date
from flowlab.model.prices import CATEGORIES, DIRECTIONS
from flowlab.text.checked import NUMBER, Check, Entries, one_of
from flowlab.text.located_yaml import Place

_DAY: Check = (lambda value: is_date(str(value)) and len(str(value)) == len("2026-10-01"), "a day (2026-10-01)")
#: What a row says, and what it must say.
_KEYS: dict[str, Check] = {
    "direction": one_of(*DIRECTIONS),
    "category": one_of(*CATEGORIES),
    "window": one_of("open", "closed"),
    "usd": NUMBER,
    "per": one_of("segment", "message"),
    "fee": TEXT,
    "country": (lambda value: bool(re.fullmatch("[A-Z]{2}", str(value), re.ASCII)), "a country's code (US)"),
    "from": _DAY,
    "until": _DAY,
    **{name: check for name, check in ABOUT.items() if name != "unit"},
}
_MUST = ("direction", "per", "fee", "from", "source", "as_of", "trust")
#: Keys that hold a day, and their names in :class:`~flowlab.model.prices.PriceRow`.
_DAYS = (("from", "since"), ("until", "until"))


def price_row(reader: Entries, said: Mapping[str, Any], place: Place, unit: str) -> dict[str, Any]:
    """The keys of :class:`~flowlab.model.prices.PriceRow`; faults are noted. ``unit``: the channel's billing unit."""
    row = reader.entry(said, place, tuple(_KEYS))
    for key in _MUST:
        if row.get(key) is None:
            reader.found.fault((*place, key), "is missing")
    read = reader.values(row, place, _KEYS)
    if read.get("per", unit) != unit:
        reader.found.fault((*place, "per"), f"expected {unit}, the channel's billing_unit, found {read['per']!r}")
    days = {name: date.fromisoformat(str(read.pop(key))) for key, name in _DAYS if key in read}
    if days.get("until", date.max) <= days.get("since", date.min):
        reader.found.fault((*place, "until"), f"must be after {days['since']}, the day from which it holds")
    return {"usd": None, **read, **days} | ({"as_of": str(read["as_of"])} if "as_of" in read else {})
