"""A channel's YAML file -> checked plain values. All faults are found before any is reported."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from flowlab.errors import Fault, FormatError, did_you_mean
from flowlab.model.kinds import TRIGGER_EVENTS

MAX_BYTES = 1_000_000

_ONE_OF = {
    "identity": ("phone number", "email address", "app identity"),
    "velocity": ("real-time", "asynchronous"),
    "trigger_event": TRIGGER_EVENTS,
}
_TEXTS = (
    "name",
    "label",
    "identity",
    "velocity",
    "trigger_event",
    "address_format",
    "example_contact",
    "example_address",
)
_KEYS = (*_TEXTS, "entry_points", "facts")
_FACT_KEYS = ("value", "unit", "source", "as_of", "trust", "note")
_TRUST = ("D", "S", "R", "M")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < float("inf")


def _is_count(value: Any) -> bool:
    return _is_number(value) and isinstance(value, int)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(item) for item in value)


_Check = tuple[Callable[[Any], bool], str]
_COUNT: _Check = (_is_count, "a whole number, 0 or more")
_NUMBER: _Check = (_is_number, "a number, 0 or more")
_TEXT: _Check = (_is_text, "text")
_LIST: _Check = (_is_texts, "a list of texts")
_YES_NO: _Check = (lambda value: isinstance(value, bool), "true or false")
_YES_NO_TEXT: _Check = (lambda value: isinstance(value, bool) or _is_text(value), "true, false or text")

#: Every fact a channel can state, with what its value must be. Meanings: ``channels/README.md``.
FACTS: dict[str, _Check] = {
    "max_text_chars": _COUNT,
    "quick_replies_max": _COUNT,
    "quick_reply_label_chars": _COUNT,
    "list_items_max": _COUNT,
    "list_item_chars": _COUNT,
    "media_types": _LIST,
    "media_max_mb": _NUMBER,
    "media_max_files": _COUNT,
    "text_with_media": _YES_NO,
    "business_may_start": _YES_NO_TEXT,
    "service_window_h": _NUMBER,
    "delivery_signal": _LIST,
    "opt_out": _TEXT,
    "reply_delay_median_s": _NUMBER,
    "reply_delay_p90_s": _NUMBER,
    "billing_unit": (lambda value: value in ("segment", "message"), "segment or message"),
    "price_out_usd": _NUMBER,
    "price_in_usd": _NUMBER,
    "session_life": _TEXT,
}


def read_channel_file(path: Path) -> dict[str, Any]:
    """The keys of :class:`~flowlab.model.channel.Channel` as the file gives them; ``facts`` as a dict of dicts.

    Raises FormatError naming everything wrong with the file.
    """
    data = _load(path)
    if not isinstance(data, dict):
        raise FormatError(str(path), f"must hold 'key: value' lines as channels/sms.yaml does, not {_shown(data)}")
    faults = _unknown(data, _KEYS, "")
    faults += [fault for key in _TEXTS for fault in _text_faults(data, key)]
    faults += _address_faults(data)
    if not _is_texts(data.get("entry_points", [])):
        faults.append(Fault("must be a list of texts", "entry_points"))
    facts = data.get("facts") or {}
    if isinstance(facts, dict):
        facts = {name: fact if isinstance(fact, dict) else {"value": fact} for name, fact in facts.items()}
        faults += _unknown(facts, tuple(FACTS), "facts")
        faults += [fault for name in facts.keys() & FACTS.keys() for fault in _fact_faults(name, facts[name])]
    else:
        faults.append(Fault(f"must be 'name: value' lines, not {_shown(facts)}", "facts"))
    if faults:
        raise FormatError(str(path), sorted(faults, key=lambda fault: fault.path))
    plain = {key: data[key] for key in _TEXTS}
    return plain | {"entry_points": tuple(data.get("entry_points", ())), "facts": _dated(facts)}


def _load(path: Path) -> Any:
    import yaml

    try:
        if path.stat().st_size > MAX_BYTES:
            raise FormatError(str(path), f"is larger than {MAX_BYTES:,} bytes; a channel file is a page of text")
        return yaml.safe_load(path.read_bytes())
    except OSError as error:
        raise FormatError(str(path), f"cannot be read: {error.strerror or error}") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2026-13-01
        raise FormatError(str(path), f"is not YAML: {' '.join(str(error).split())}") from None


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."


def _unknown(data: dict[Any, Any], known: tuple[str, ...], place: str) -> list[Fault]:
    return [
        Fault(f"unknown key {_shown(key)}. {did_you_mean(str(key), list(known))}", place)
        for key in data
        if key not in known
    ]


def _text_faults(data: dict[Any, Any], key: str) -> list[Fault]:
    if key not in data:
        return [Fault("is missing", key)]
    value = data[key]
    if not _is_text(value):
        return [Fault(f"must be text, not {_shown(value)}; put it in quotes", key)]
    allowed = _ONE_OF.get(key)
    if allowed and value not in allowed:
        return [Fault(f"is {_shown(value)}. {did_you_mean(value, list(allowed))}", key)]
    return []


def _address_faults(data: dict[Any, Any]) -> list[Fault]:
    form = data.get("address_format")
    if not _is_text(form) or re.fullmatch(r"[^{}]*\{(phone|email|id)\}", str(form)):
        return []
    return [Fault(f"must end in {{phone}}, {{email}} or {{id}}, not {_shown(form)}", "address_format")]


def _fact_faults(name: str, fact: dict[Any, Any]) -> list[Fault]:
    place = f"facts.{name}"
    faults = _unknown(fact, _FACT_KEYS, place)
    right, wanted = FACTS[name]
    if "value" not in fact:
        faults.append(Fault("has no value", place))
    elif not right(fact["value"]):
        faults.append(Fault(f"must be {wanted}, not {_shown(fact['value'])}", place))
    faults += [
        Fault(f"{key} must be text, not {_shown(fact[key])}", place)
        for key in ("unit", "source", "note")
        if key in fact and not isinstance(fact[key], str)
    ]
    if fact.get("trust", "M") not in _TRUST:
        faults.append(Fault(f"trust must be one of {', '.join(_TRUST)}, not {_shown(fact['trust'])}", place))
    if "as_of" in fact and not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", str(fact["as_of"])):
        faults.append(Fault(f"as_of must be a date (2026-11-22), not {_shown(fact['as_of'])}", place))
    return faults


def _dated(facts: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """YAML turns 2026-11-22 into a date; a fact keeps it as text."""
    return {
        name: {key: str(item) if isinstance(item, date) or key == "as_of" else item for key, item in fact.items()}
        for name, fact in facts.items()
    }
