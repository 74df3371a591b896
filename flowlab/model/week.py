"""Days of the week and hours of a day as people write them in a file: ``mon-fri``, ``09:00-18:00``."""

from __future__ import annotations

import re

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MIN = 24 * 60
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)

#: Minutes from midnight, the end excluded; an end past 1,440 lies on the next day.
Interval = tuple[int, int]


def weekdays(text: str) -> tuple[frozenset[int], list[str]]:
    """The days named, Monday as 0, and the parts of the text that are none.

    >>> weekdays("sat-mon, wed"), weekdays("mon, holidays")[1]
    ((frozenset({0, 2, 5, 6}), []), ['holidays'])
    """
    days: set[int] = set()
    wrong: list[str] = []
    for part in filter(None, text.lower().replace(" ", "").split(",")):
        first, _, last = part.partition("-")
        if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
            wrong.append(part)
            continue
        start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
        days.update(range(start, end + 1) if start <= end else {*range(start, 7), *range(end + 1)})
    return frozenset(days), wrong


def clock_times(text: str) -> tuple[str, str] | None:
    """The two times of a span such as ``09:00-18:00``; None where it is none. ``24:00`` may end one.

    >>> clock_times("22:00 - 06:00"), clock_times("9-5")
    (('22:00', '06:00'), None)
    """
    start, _, end = text.replace(" ", "").partition("-")
    return (start, end) if _CLOCK.fullmatch(start) and (_CLOCK.fullmatch(end) or end == "24:00") else None


def interval(text: str) -> Interval | None:
    """The minutes of a span; one that ends before it begins goes on over midnight. None where it is no span.

    >>> interval("09:00-18:00"), interval("22:00-06:00"), interval("09:00-09:00")
    ((540, 1080), (1320, 1800), None)
    """
    times = clock_times(text)
    if times is None:
        return None
    start, end = (int(each[:2]) * 60 + int(each[3:]) for each in times)
    if start == end:
        return None
    return start, end if end > start else end + DAY_MIN


def as_text(intervals: tuple[Interval, ...]) -> str:
    """Hours of a day in words.

    >>> as_text(((540, 720), (1320, 1800))), as_text(())
    ('09:00-12:00, 22:00-06:00', 'closed')
    """
    return ", ".join(f"{_clock(start)}-{_clock(end, is_end=True)}" for start, end in intervals) or "closed"


def _clock(minutes: int, *, is_end: bool = False) -> str:
    if minutes == DAY_MIN and is_end:
        return "24:00"
    return f"{minutes // 60 % 24:02d}:{minutes % 60:02d}"
