"""Moments as people write them: a datetime, or ISO text, each with its offset."""

from __future__ import annotations

from datetime import datetime

from flowlab.errors import UsageError

EXAMPLE = "2026-03-02T10:00:00+00:00"


def aware(said: datetime | str, what: str = "") -> datetime:
    """The moment that is said. ``what``: what it is for, as the error names it.

    Raises UsageError for what is no time, or has no time zone.

    >>> aware(EXAMPLE).hour
    10
    """
    named = f"{what} {said!r:.80}".strip()
    try:
        moment = said if isinstance(said, datetime) else datetime.fromisoformat(said)
    except (ValueError, TypeError):
        raise UsageError(f"{named} is no time; write it like {EXAMPLE}") from None
    if moment.tzinfo is None:
        raise UsageError(f"{named} has no time zone; write it like {EXAMPLE}")
    return moment
