"""What a text of a template means as a moment: US Pacific time, and never the machine's own clock or zone.

Source: Twilio support article 4413699936411 (Pacific).
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo


def moment(value: Any, now_s: float) -> datetime | None:
    """The moment a value names; None where it names none. ``now_s``: the simulated clock, seconds since 1970 UTC.

    What a text leaves out (the day of ``10:30``, the week of ``Friday``) is today's.

    >>> moment("10:30", 1772445600.0).isoformat(), moment("soon", 0.0)
    ('2026-03-02T10:30:00-08:00', None)
    """
    from dateutil.parser import parse

    now = datetime.fromtimestamp(now_s, _pacific())
    if value in ("now", "today"):
        return now
    try:
        if isinstance(value, int | float) or str(value).isdecimal():
            return datetime.fromtimestamp(float(value), _pacific())
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        parsed: datetime = parse(str(value), default=midnight, tzinfos=_zone)
        return parsed.astimezone(_pacific())
    except (ValueError, OverflowError):
        return None


def _pacific() -> ZoneInfo:
    return ZoneInfo("America/Los_Angeles")


def _zone(_name: str | None, offset_s: int | None) -> tzinfo:
    """The zone a text names: by its offset only, as names (``CET``) mean what the machine makes of them."""
    return _pacific() if offset_s is None else timezone(timedelta(seconds=offset_s))
