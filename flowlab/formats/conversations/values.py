"""How the value of each column of a conversation record is read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flowlab.errors import did_you_mean
from flowlab.model.conversation import Role
from flowlab.model.outcome import Outcome
from flowlab.text.plain import short
from flowlab.text.safe_json import loads

ROLE_WORDS: dict[str, Role] = {role.value: role for role in Role} | {
    "user": Role.CUSTOMER,
    "visitor": Role.CUSTOMER,
    "client": Role.CUSTOMER,
    "inbound": Role.CUSTOMER,
    "incoming": Role.CUSTOMER,
    "outbound": Role.BOT,
    "outbound-api": Role.BOT,
    "outbound-reply": Role.BOT,
    "outgoing": Role.BOT,
    "operator": Role.AGENT,
}
_LATEST_S = 1e11  # milliseconds taken for seconds lie beyond it; so does what the calendar cannot hold
_OUTCOMES = [outcome.value for outcome in Outcome]
_YES_NO = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def text_of(value: Any) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"must be text, not {shown(value)}")
    return value


def _word(value: Any) -> str:
    return text_of(value).strip()


def _id(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not _word(value):
        raise ValueError("is empty")
    return _word(value)


def _role(value: Any) -> Role:
    word = _word(value)
    role = ROLE_WORDS.get(word.lower())
    if role is None:
        wrong = f"{shown(word)} is not" if word else "is missing; it is"
        raise ValueError(f"{wrong} one of {', '.join(Role)}")
    return role


def _time(value: Any) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        time_s = float(value)
    elif not (written := text_of(value).strip()):
        return None
    else:
        try:
            moment = datetime.fromisoformat(written)
        except ValueError:
            raise ValueError(f"{shown(value)} is not ISO 8601, such as 2026-03-02T10:00:05Z") from None
        time_s = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    if not 0 <= time_s < _LATEST_S:
        raise ValueError(f"{shown(value)} is not between 1970 and 5138; are these milliseconds?")
    return time_s


def _media(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        if not value.lstrip().startswith("["):
            return tuple(value.replace(";", " ").split())
        value = _json(value, "a JSON list")
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise ValueError(f"must be a list of texts, not {shown(value)}")
    return tuple(value)


def _outcome(value: Any) -> str | None:
    word = "_".join(text_of(value).lower().replace("-", " ").split())
    if not word:
        return None
    if word not in _OUTCOMES:
        raise ValueError(f"{shown(value)} is not an outcome. {did_you_mean(word, _OUTCOMES)}")
    return word


def _resolved(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = text_of(value).strip().lower()
    if word and word not in _YES_NO:
        raise ValueError(f"{shown(value)} is neither true nor false; leave it empty where nobody knows")
    return _YES_NO.get(word)


def _context(value: Any) -> dict[str, Any] | None:
    if isinstance(value, str):
        value = _json(value, "a JSON object") if value.strip() else None
    if value is not None and not isinstance(value, dict):
        raise ValueError(f"must be a JSON object, not {shown(value)}")
    return value


def _json(text: str, wanted: str) -> Any:
    try:
        return loads(text)
    except ValueError:
        raise ValueError(f"must be {wanted}, not {shown(text)}") from None


#: How to read each column. Each raises ValueError with a message that continues the column's name.
READ: dict[str, Callable[[Any], Any]] = {
    "conversation_id": _id,
    "channel": _word,
    "time": _time,
    "role": _role,
    "text": text_of,
    "media": _media,
    "outcome": _outcome,
    "resolved": _resolved,
    "contact": _word,
    "entry_point": _word,
    "context": _context,
}


def shown(value: Any) -> str:
    """A value for a message, not too long."""
    return short(repr(value[:60] if isinstance(value, str) else value), 60)


def iso_time(time_s: float | None) -> str:
    """Seconds since 1970-01-01 UTC as ISO 8601 in UTC, to the microsecond; empty for None.

    >>> iso_time(1_772_445_605.5)
    '2026-03-02T10:00:05.500000Z'
    """
    return "" if time_s is None else datetime.fromtimestamp(time_s, UTC).isoformat().replace("+00:00", "Z")
