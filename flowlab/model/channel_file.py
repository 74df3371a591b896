"""A channel's YAML file -> checked plain values. All faults are found before any is reported, each with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.text.checked import NUMBER, YES_NO, Check, Entries, one_of
from flowlab.text.located_yaml import read_yaml

MAX_BYTES = 1_000_000


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


_TEXT: Check = (_is_text, "a text (put it in quotes)")
_COUNT: Check = (lambda value: isinstance(value, int) and NUMBER[0](value), "a whole number, 0 or more")
_LIST: Check = (lambda value: isinstance(value, list) and all(map(_is_text, value)), "a list of texts")
_YES_NO_TEXT: Check = (lambda value: isinstance(value, bool) or _is_text(value), "true, false or a text")

#: What a channel must state.
_KEYS: dict[str, Check] = {
    "name": _TEXT,
    "label": _TEXT,
    "identity": one_of("phone number", "email address", "app identity"),
    "velocity": one_of("real-time", "asynchronous"),
    "trigger_event": one_of(*TRIGGER_EVENTS),
    "address_format": (
        lambda value: _is_text(value) and bool(re.fullmatch(r"[^{}]*\{(phone|email|id)\}", value)),
        "a text that ends in {phone}, {email} or {id}",
    ),
    "example_contact": _TEXT,
    "example_address": _TEXT,
}

#: Every fact a channel can state, with what its value must be. Meanings: ``channels/README.md``.
FACTS: dict[str, Check] = {
    "max_text_chars": _COUNT,
    "quick_replies_max": _COUNT,
    "quick_reply_label_chars": _COUNT,
    "list_items_max": _COUNT,
    "list_item_chars": _COUNT,
    "media_types": _LIST,
    "media_max_mb": NUMBER,
    "media_max_files": _COUNT,
    "text_with_media": YES_NO,
    "business_may_start": _YES_NO_TEXT,
    "service_window_h": NUMBER,
    "delivery_signal": _LIST,
    "opt_out": _TEXT,
    "opt_out_words": _LIST,
    "opt_in_words": _LIST,
    "help_words": _LIST,
    "reply_delay_median_s": NUMBER,
    "reply_delay_p90_s": NUMBER,
    "billing_unit": one_of("segment", "message"),
    "price_out_usd": NUMBER,
    "price_in_usd": NUMBER,
    "session_life": _TEXT,
}
#: What may stand beside the value of a fact.
_ABOUT: dict[str, Check] = {
    "unit": _TEXT,
    "source": _TEXT,
    "as_of": (
        lambda value: bool(re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", str(value), re.ASCII)),
        "a date (2026-11-22, 2026-11 or 2026)",
    ),
    "trust": one_of("D", "S", "R", "M"),
    "note": _TEXT,
}


def read_channel_file(path: Path) -> dict[str, Any]:
    """The keys of :class:`~flowlab.model.channel.Channel` as the file gives them; ``facts`` as a dict of dicts.

    Raises FormatError naming everything wrong with the file.
    """
    reader = Entries(read_yaml(path, MAX_BYTES))
    document = reader.document("'key: value' lines as in channels/sms.yaml")
    data = reader.entry(document, (), (*_KEYS, "entry_points", "facts"))
    for key in _KEYS:
        if data.get(key) is None:
            reader.found.fault((key,), "is missing")
    channel = reader.values(data, (), _KEYS)
    channel["entry_points"] = reader.texts(data, "entry_points", ())
    facts = reader.entry(reader.mapping(data, (), "facts"), ("facts",), tuple(FACTS))
    channel["facts"] = {name: _fact(reader, name, fact) for name, fact in facts.items()}
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
