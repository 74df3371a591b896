"""A calendar of opening hours as users write it (YAML), read with every fault named at once. Its form::

timezone: Europe/Lisbon
mon-fri: "09:00-13:00, 14:00-18:00"   # several a day; "22:00-06:00" goes on over midnight
sat: "10:00-13:00"                    # a day that is not named is closed, as is "closed"
holidays: {2026-12-25: Christmas Day} # closed; or a list of dates
special: {2026-12-24: "09:00-13:00"}  # other hours than on that weekday
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.week import Interval, interval, weekdays
from flowlab.text.checked import Entries
from flowlab.text.located_yaml import Located, Place, read_yaml
from flowlab.text.plain import short

MAX_BYTES = 1_000_000
#: As many holidays and special days may be listed; fifty years need fewer.
MAX_DAYS = 2_000
_OTHERS = ("timezone", "holidays", "special")
_WANTED = "write hours like 09:00-18:00, several with commas between, or closed"


def read_hours_file(source: str | Path | Mapping[str, Any], timezone: str = "UTC") -> dict[str, Any]:
    """The keys of :class:`~flowlab.model.hours.Hours` as a file or a mapping of its form gives them.

    ``timezone``: where it names none. Raises FormatError naming everything wrong with it, UsageError without a file.
    """
    if isinstance(source, Mapping):
        found = Located("hours", source)
    else:
        path = Path(source)
        if not path.exists():
            raise UsageError(f"there is no file {path}. Give the path of a calendar of opening hours (YAML).")
        found = read_yaml(path, MAX_BYTES)
    reader = Entries(found)
    keys = hours_keys(reader, reader.document("days with their hours, as in 'mon-fri: 09:00-18:00'"), (), timezone)
    found.raise_faults()
    return keys


def hours_keys(reader: Entries, entry: Mapping[str, Any], place: Place, timezone: str = "UTC") -> dict[str, Any]:
    """The keys of Hours under a place of a file; what is wrong goes to the reader."""
    return _Hours(reader, place).keys(entry, timezone)


class _Hours:
    def __init__(self, reader: Entries, place: Place) -> None:
        self._reader = reader
        self._place = place

    def keys(self, entry: Mapping[str, Any], timezone: str) -> dict[str, Any]:
        reader, place = self._reader, self._place
        zone = timezone if entry.get("timezone") is None else reader.timezone(entry, place)
        holidays = self._holidays(entry.get("holidays"))
        listed = reader.mapping(entry, place, "special")
        days = {key: self._date(key, (*place, "special", key)) for key in listed}
        special = {
            day: self._intervals(listed[key], (*place, "special", key)) for key, day in days.items() if day is not None
        }
        for key, day in days.items():
            if day in holidays:
                self._fault(("special", key), "is among the holidays too: a day is one or the other")
        if len(holidays) + len(special) > MAX_DAYS:
            self._fault(("holidays",), f"{len(holidays) + len(special):,} days are listed, more than {MAX_DAYS:,}")
        return {"timezone": zone, "week": self._week(entry), "holidays": holidays, "special": special}

    def _week(self, entry: Mapping[str, Any]) -> tuple[tuple[Interval, ...], ...]:
        week: dict[int, tuple[Interval, ...]] = {}
        for key, value in entry.items():
            if key in _OTHERS:
                continue
            days, wrong = weekdays(str(key))
            if wrong or not days:
                known = f"{', '.join(_OTHERS)} or days like mon-fri or sat,sun"
                self._fault((key,), f"{short(repr(key), 40)} is no day. Write {known}")
                continue
            intervals = self._intervals(value, (*self._place, key))
            if days & week.keys():
                self._fault((key,), "names a day that has its hours above already")
            week |= dict.fromkeys(days, intervals)
        return tuple(week.get(day, ()) for day in range(7))

    def _intervals(self, value: Any, place: Place) -> tuple[Interval, ...]:
        parts = [part.strip() for part in value.split(",")] if isinstance(value, str) else value
        if parts in (["closed"], [], None):
            return ()
        if not isinstance(parts, list | tuple) or not all(isinstance(part, str) for part in parts):
            self._reader.found.fault(place, f"{short(repr(value), 40)}: {_WANTED}")
            return ()
        found = []
        for part in parts:
            span = interval(part)
            if span is None:
                self._reader.found.fault(place, f"{short(repr(part), 40)}: {_WANTED} (all day: 00:00-24:00)")
            else:
                found.append(span)
        found.sort()
        if any(end > start for (_, end), (start, _) in pairwise(found)):
            self._reader.found.fault(place, "two of these spans overlap")
        return tuple(found)

    def _holidays(self, value: Any) -> dict[date, str]:
        if value is None:
            return {}
        if isinstance(value, list | tuple) and all(isinstance(each, str | date) for each in value):
            value = dict.fromkeys(value, "")
        if not isinstance(value, Mapping):
            self._fault(("holidays",), f"expected dates with names, found {short(repr(value), 40)}")
            return {}
        days = {key: self._date(key, (*self._place, "holidays", key)) for key in value}
        return {day: str(value[key] or "") for key, day in days.items() if day is not None}

    def _date(self, key: Any, place: Place) -> date | None:
        if isinstance(key, date) and not isinstance(key, datetime):
            return key
        try:
            return datetime.strptime(str(key), "%Y-%m-%d").date()
        except ValueError:
            self._reader.found.fault(place, f"{short(repr(key), 40)} is no date; write it like 2026-12-25")
            return None

    def _fault(self, place: Place, message: str) -> None:
        self._reader.found.fault((*self._place, *place), message)
