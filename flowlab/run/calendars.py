"""Opening hours in services: read from their file, and what an answer made from a calendar says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from flowlab.errors import FormatError, UsageError
from flowlab.model.hours import NAMES, Hours, seconds_of
from flowlab.model.hours_file import hours_keys
from flowlab.text.checked import Entries
from flowlab.text.plain import short


def hours_answer(hours: Hours, when: float) -> dict[str, Any]:
    """What a step that asks for opening hours gets as JSON. Times are those of the calendar's place.

    ==================  ==================================================================================
    ``open``            true or false
    ``reason``          ``open``, ``closed`` or ``holiday``
    ``holiday``         the holiday's name; empty on other days
    ``opens_at``        when it opens next (ISO, with offset); empty while it is open, or if it never does
    ``opens_day``       that day's name in English (``Tuesday``)
    ``opens_date``      that day as ``2026-03-03``
    ``opens_time``      that time as ``09:00``
    ``opens_in_days``   days on the calendar until then: 0 today, 1 tomorrow; -1 where ``opens_at`` is empty
    ``closes_at``       when it closes next (ISO); empty while it is closed, or if it never does
    ``closes_time``     that time as ``18:00``
    ``until_open_s``    seconds until it opens; 0 while it is open, -1 for never
    ``now``             the time there (ISO)
    ``timezone``        the calendar's time zone
    ==================  ==================================================================================

    >>> hours_answer(Hours.from_yaml({"mon-fri": "09:00-18:00"}), 1772391600.0)["opens_at"]  # a Sunday
    '2026-03-02T09:00:00+00:00'
    """
    status = hours.status(when)
    now = datetime.fromtimestamp(when, hours.zone)
    is_open = status.state == "open"
    opens, closes = (None, status.until) if is_open else (status.until, None)
    wait_s = 0.0 if is_open else -1.0 if opens is None else opens.timestamp() - seconds_of(when)
    return {
        "open": is_open,
        "reason": status.state,
        "holiday": status.name,
        "opens_at": opens.isoformat() if opens else "",
        "opens_day": NAMES[opens.weekday()] if opens else "",
        "opens_date": opens.date().isoformat() if opens else "",
        "opens_time": f"{opens:%H:%M}" if opens else "",
        "opens_in_days": (opens.date() - now.date()).days if opens else -1,
        "closes_at": closes.isoformat() if closes else "",
        "closes_time": f"{closes:%H:%M}" if closes else "",
        "until_open_s": int(wait_s),
        "now": now.isoformat(timespec="seconds"),
        "timezone": hours.timezone,
    }


def read_calendars(reader: Entries, data: Mapping[str, Any], folder: Path) -> dict[str, Hours]:
    """The calendars under ``calendars``: each as names and values, or the path of a file beside this one.

    Where one names no time zone, it is the services'. What is wrong goes to the reader.
    """
    zone = data.get("timezone")
    zone = zone if isinstance(zone, str) else "UTC"
    found: dict[str, Hours] = {}
    for name, said in reader.mapping(data, (), "calendars").items():
        place = ("calendars", name)
        if isinstance(said, Hours):
            found[str(name)] = said
        elif isinstance(said, Mapping):
            found[str(name)] = Hours(**hours_keys(reader, said, place, zone))
        elif isinstance(said, str):
            found[str(name)] = _from_file(reader, folder / said, place, zone)
        else:
            wanted = "days with their hours, or the path of a calendar's file"
            reader.found.fault(place, f"expected {wanted}, found {short(repr(said), 40)}")
            found[str(name)] = Hours()
    return found


def _from_file(reader: Entries, path: Path, place: tuple[str, str], zone: str) -> Hours:
    try:
        return Hours.from_yaml(path, timezone=zone)
    except (FormatError, UsageError) as wrong:
        reader.found.fault(place, str(wrong))
        return Hours()
