"""When somebody says "tomorrow 09:05": words for a moment, read on the clock of a place. Pure; no machine's clock.

Days and weeks count on the calendar (the same time of day, whatever clocks do in between), hours, minutes and seconds
as they pass. A time that the clock skips in spring is as much later; of one that it shows twice in autumn the first is
meant that still lies ahead.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flowlab.errors import UsageError
from flowlab.text.moments import EXAMPLE, aware

#: A Monday morning. Sessions begin here unless told otherwise, so that the same call gives the same events every day.
DEFAULT_START = EXAMPLE
#: The last second a calendar can name, 9999-12-31. Simulated time stays before it.
LAST_S = 253_402_214_400.0
_LONGEST = 60
_EXAMPLES = "'tomorrow 09:05', 'monday 09:00', 'in 2 hours', '+90 min', '09:05' or '2026-12-25 08:00'"
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_TIME = r"(?:at )?(?P<time>\d{1,2}:\d\d(?::\d\d)?)"
_ON_DAY = re.compile(rf"(?:(?P<day>today|tomorrow|(?P<next>next )?(?P<week>{'|'.join(_DAYS)})) )?{_TIME}", re.ASCII)
_ON_DATE = re.compile(rf"(?P<date>\d{{4}}-\d\d-\d\d)[ t]{_TIME}", re.ASCII)
_LATER = re.compile(r"(?:in |\+ ?)(?P<count>\d{1,7}(?:\.\d{1,3})?) ?(?P<unit>[a-z]+)", re.ASCII)
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "week", "weeks"), 604_800),
}


def zone(name: str) -> ZoneInfo:
    """The time zone of that name. Raises UsageError for an unknown one."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise UsageError(f"{name!r:.60} is no time zone; write it like Europe/Lisbon") from None


def moment(said: datetime | str, now: datetime) -> datetime:
    """The moment that is meant, in the time zone of ``now``.

    Takes an aware datetime (a naive one is on the clock of ``now``), ISO text, and the words shown below. ``monday
    09:00`` is the next one ahead, today if it is Monday and still earlier; ``next monday 09:00`` is never today; a time
    alone is the next such time. Raises UsageError for anything else.

    >>> now = datetime(2026, 3, 2, 10, 0, tzinfo=ZoneInfo("Europe/Lisbon"))  # a Monday
    >>> for said in ("tomorrow 09:05", "monday 09:00", "next monday 11:00", "in 3 days", "+90 min", "2026-12-25 08:00"):
    ...     print(f"{moment(said, now):%a %Y-%m-%d %H:%M}")
    Tue 2026-03-03 09:05
    Mon 2026-03-09 09:00
    Mon 2026-03-09 11:00
    Thu 2026-03-05 10:00
    Mon 2026-03-02 11:30
    Fri 2026-12-25 08:00
    """
    if isinstance(said, datetime):
        return said.astimezone(now.tzinfo) if said.tzinfo else _on_clock(said, now)
    text = " ".join(said.lower().split()) if isinstance(said, str) else ""
    try:
        found = _read(text, now) if len(text) <= _LONGEST else None
    except (ValueError, OverflowError):
        found = None
    if found is None:
        raise UsageError(f"{said!r:.80} is no moment; write it like {_EXAMPLES}")
    return found


def _read(text: str, now: datetime) -> datetime | None:
    if match := _ON_DAY.fullmatch(text):
        return _on_day(match, now)
    if match := _ON_DATE.fullmatch(text):
        return _on_clock(datetime.combine(date.fromisoformat(match["date"]), _time(match["time"])), now)
    if match := _LATER.fullmatch(text):
        return _later(float(match["count"]), match["unit"], now)
    parsed = datetime.fromisoformat(text.upper())
    return parsed.astimezone(now.tzinfo) if parsed.tzinfo else _on_clock(parsed, now)


def _on_day(match: re.Match[str], now: datetime) -> datetime:
    clock, today = _time(match["time"]), now.date()
    if match["day"] in ("today", "tomorrow"):
        return _on_clock(datetime.combine(today + timedelta(match["day"] == "tomorrow"), clock), now)
    every, ahead = 1, 0
    if match["week"]:
        every, ahead = 7, (_DAYS.index(match["week"]) - today.weekday()) % 7
    if match["next"] and not ahead:
        ahead = 7
    first = _on_clock(datetime.combine(today + timedelta(ahead), clock), now)
    if first.timestamp() > now.timestamp():
        return first
    return _on_clock(datetime.combine(today + timedelta(ahead + every), clock), now)


def _later(count: float, unit: str, now: datetime) -> datetime | None:
    seconds = _UNITS.get(unit)
    if seconds is None:
        return None
    if seconds >= _UNITS["day"]:
        shown = now.replace(tzinfo=None, fold=0) + timedelta(seconds=count * seconds)
        return _on_clock(shown, now)
    return (now.astimezone(UTC) + timedelta(seconds=count * seconds)).astimezone(now.tzinfo)


def _time(text: str) -> time:
    hour, minute, second = map(int, f"{text}:0".split(":")[:3])
    return time(hour, minute, second)


def _on_clock(shown: datetime, now: datetime) -> datetime:
    """The moment at which the clock of ``now`` shows this; through UTC, so that a skipped time becomes a real one."""
    both = [shown.replace(tzinfo=now.tzinfo, fold=fold).astimezone(UTC) for fold in (0, 1)]
    twice = both[0] < both[1]
    later = twice and both[0].timestamp() <= now.timestamp()
    return both[1 if later else 0].astimezone(now.tzinfo)


def seconds_at(said: datetime | str, now_s: float, place: ZoneInfo) -> float:
    """The moment that is meant, in seconds since 1970 UTC. Raises UsageError for none, and for one before now."""
    now = datetime.fromtimestamp(now_s, place)
    then = moment(said, now)
    then_s = then.timestamp()
    if not now_s <= then_s <= LAST_S:
        past = f"{then:%A %Y-%m-%d %H:%M} is before now"
        shown = past if then_s < now_s else "time ends with the year 9999"
        raise UsageError(f"cannot jump to {said!s:.80}: {shown} (it is {now:%A %Y-%m-%d %H:%M:%S} in {now.tzinfo})")
    return then_s


def start_seconds(start: datetime | str | float) -> float:
    """When a session begins, in seconds since 1970 UTC. Raises UsageError for what is no time, or has no time zone.

    >>> start_seconds("2026-03-02T10:00:00+00:00")
    1772445600.0
    """
    if isinstance(start, int | float):
        if not 0 <= start <= LAST_S:
            raise UsageError(f"start_time {start!r} is no time: expected seconds since 1970, up to the year 9999")
        return float(start)
    return aware(start, "start_time").timestamp()
