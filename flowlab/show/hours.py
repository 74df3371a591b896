"""Opening hours as a week at a glance: seven rows of 24 hours, and the days that are different."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from flowlab.model.hours import NAMES, Hours
from flowlab.model.week import DAY_MIN, Interval, as_text
from flowlab.text.markup import BLUE, INK, MUTED, RULE, Html, safe, small
from flowlab.text.plain import plain

#: As many days are listed; the calendar itself has them all.
SHOWN = 30
_CELLS = 48


def hours_text(hours: Hours) -> str:
    """The week as lines of text, half an hour a mark, then holidays and special days.

    >>> print(hours_text(Hours.from_yaml({"mon-fri": "09:00-18:00", "holidays": {"2026-12-25": "Christmas Day"}})))
    Opening hours in UTC
               0     3     6     9     12    15    18    21
    Monday     ··················##################············  09:00-18:00
    Tuesday    ··················##################············  09:00-18:00
    Wednesday  ··················##################············  09:00-18:00
    Thursday   ··················##################············  09:00-18:00
    Friday     ··················##################············  09:00-18:00
    Saturday   ················································  closed
    Sunday     ················································  closed
    Fri 2026-12-25  Christmas Day (holiday)
    """
    lines = [
        f"Opening hours in {plain(hours.timezone)}",
        " " * 11 + "".join(f"{h:<6}" for h in range(0, 24, 3)).rstrip(),
    ]
    for name, today, before in _days(hours):
        lines.append(f"{name:<9}  {_bar(today, before)}  {_words(today, before)}")
    lines += [f"{day:%a %Y-%m-%d}  {plain(said)}" for day, said in _listed(hours)]
    return "\n".join([*lines, *_left_out(hours)])


def hours_html(hours: Hours) -> str:
    """The same as HTML; everything in it is escaped."""
    rows = "".join(
        f"<tr><th scope=row style='text-align:left;padding:.15em .8em .15em 0;font-weight:normal'>{name}</th>"
        f"<td style='width:24em;padding:.15em 0'>{_track(today, before)}</td>"
        f"<td style='text-align:left;padding:.15em .8em;white-space:nowrap'>{_words(today, before)}</td></tr>"
        for name, today, before in _days(hours)
    )
    scale = "".join(f"<span style='position:absolute;left:{100 * h / 24:g}%'>{h}</span>" for h in range(0, 24, 3))
    head = f"<tr><td></td><td style='{MUTED};font-size:.8em;position:relative;height:1.4em'>{scale}</td><td></td></tr>"
    listed = "".join(f"<li>{day:%a %Y-%m-%d}: {safe(said)}</li>" for day, said in _listed(hours))
    more = "".join(map(small, _left_out(hours)))
    return (
        f"<div style='{INK}'><b>Opening hours in {safe(hours.timezone)}</b>"
        f"<table style='border-collapse:collapse;background:transparent;margin:.4em 0'>{head}{rows}</table>"
        + (
            f"<ul style='margin:.2em 0;padding-left:1.2em'>{listed}</ul>"
            if listed
            else small("No holidays are listed.")
        )
        + more
        + "</div>"
    )


def hours_bundle(hours: Hours) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a notebook shows."""
    return {"text/html": hours_html(hours), "text/plain": hours_text(hours)}, {}


def _days(hours: Hours) -> Iterator[tuple[str, tuple[Interval, ...], tuple[Interval, ...]]]:
    """Each day's name, its spans, and what the day before leaves open after midnight."""
    for day, name in enumerate(NAMES):
        over = tuple((0, end - DAY_MIN) for _, end in hours.week[day - 1] if end > DAY_MIN)
        yield name, hours.week[day], over


def _words(today: tuple[Interval, ...], before: tuple[Interval, ...]) -> str:
    """The spans that begin on a day, after what the night before left open."""
    left = [f"until {as_text(((0, end),))[6:]}" for _, end in before]
    return ", ".join([*left, as_text(today)] if today or not left else left)


def _bar(today: tuple[Interval, ...], before: tuple[Interval, ...]) -> str:
    step = DAY_MIN // _CELLS
    starts = range(0, DAY_MIN, step)
    spans = (*before, *today)
    return "".join("#" if any(a < start + step and start < b for a, b in spans) else "·" for start in starts)


def _track(today: tuple[Interval, ...], before: tuple[Interval, ...]) -> Html:
    """A bar of 24 hours with the open ones filled in."""
    parts = ""
    for start, end in (*before, *today):
        left, width = 100 * start / DAY_MIN, 100 * (min(end, DAY_MIN) - start) / DAY_MIN
        style = f"position:absolute;top:0;bottom:0;left:{left:.3f}%;width:{width:.3f}%;background:{BLUE}"
        parts += f"<div style='{style}'></div>"
    return Html(f"<div style='position:relative;height:1em;border:{RULE};border-radius:2px'>{parts}</div>")


def _listed(hours: Hours) -> list[tuple[date, str]]:
    holidays = [(day, f"{name} (holiday)" if name else "holiday") for day, name in hours.holidays.items()]
    special = [(day, as_text(spans)) for day, spans in hours.special.items()]
    return sorted([*holidays, *special])[:SHOWN]


def _left_out(hours: Hours) -> list[str]:
    more = len(hours.holidays) + len(hours.special) - SHOWN
    return [f"and {more:,} more days"] if more > 0 else []
