"""Hours: a calendar of opening hours in a time zone, with holidays and special days.

Hours are times on the wall clock of the place: it is open while that clock shows a time within them. So when clocks go
forward, the hour that is missing is no opening time, and when they go back, the hour that comes twice counts twice (a
span that ends within it is open again until the clock shows its end for the second time). Spans over midnight belong
to the day on which they begin; a holiday or special day begins at its own midnight, whatever the day before left open.
The form of a file: :mod:`flowlab.model.hours_file`. Public holidays are listed by whoever knows them, not built in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from flowlab.errors import UsageError
from flowlab.model.display import bundle
from flowlab.model.hours_file import read_hours_file
from flowlab.model.week import DAY_MIN, WEEKDAYS, Interval, as_text
from flowlab.text.moments import aware

_DAY_S = 86_400
_EPOCH_DAY = date(1970, 1, 1).toordinal()
#: The first and last second that a calendar is asked about, 1970-01-01 to 9999-12-29: room for any time zone.
FIRST_S, LAST_S = 0.0, 253_402_041_600.0
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

#: A moment: an aware datetime, ISO text with an offset, or seconds since 1970 UTC.
When = datetime | str | float
_CLOSED: tuple[tuple[Interval, ...], ...] = ((),) * 7


class Status(NamedTuple):
    """What a calendar says of a moment.

    ``state``: ``open``, ``closed`` or ``holiday``. ``name``: the holiday's. ``until``: when it closes or opens next, in
    the calendar's time zone; None for never.
    """

    state: Literal["open", "closed", "holiday"]
    name: str
    until: datetime | None


@dataclass(frozen=True, repr=False)
class Hours:
    """A calendar of opening hours.

    ``week``: for each day, Monday first, its spans in minutes from midnight. ``holidays``: dates with names, closed.
    ``special``: dates that have other hours than their weekday. Raises FormatError for what is no such calendar.

    >>> hours = Hours.from_yaml({"timezone": "Europe/Lisbon", "mon-fri": "09:00-18:00", "sat": "10:00-13:00"})
    >>> hours.is_open("2026-03-02T17:59:59+00:00"), hours.is_open("2026-03-02T18:00:00+00:00")
    (True, False)
    >>> hours.next_open("2026-03-28T13:00:00+00:00").isoformat()
    '2026-03-30T09:00:00+01:00'
    """

    timezone: str = "UTC"
    week: tuple[tuple[Interval, ...], ...] = _CLOSED
    holidays: Mapping[date, str] = field(default_factory=dict)
    special: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)

    @classmethod
    def from_yaml(cls, source: str | Path | Mapping[str, Any], *, timezone: str = "UTC") -> Hours:
        """Read a calendar file, or a mapping of its form. ``timezone``: where it names none.

        Raises FormatError with all faults at once, UsageError when there is no such file.
        """
        return cls(**read_hours_file(source, timezone))

    def is_open(self, when: When) -> bool:
        """Whether it is open at a moment; the end of a span is excluded."""
        return self._is_open(seconds_of(when))

    def status(self, when: When) -> Status:
        """Open, closed or holiday at a moment, the holiday's name, and until when."""
        now_s = seconds_of(when)
        if self._is_open(now_s):
            return Status("open", "", self.next_close(now_s))
        name = self.holidays.get(self._local(now_s).date())
        return Status("closed" if name is None else "holiday", name or "", self.next_open(now_s))

    def next_open(self, when: When) -> datetime | None:
        """The first moment, from this one on, at which it is open; None if it never opens again."""
        now_s = seconds_of(when)
        if self._is_open(now_s):
            return self._local(now_s)
        starts = (start for start, end in self._spans_from(now_s) if start > now_s)
        return next(map(self._local, starts), None)

    def next_close(self, when: When) -> datetime | None:
        """The first moment after this one at which it closes; None if it never does again."""
        now_s = seconds_of(when)
        ends = (end for _, end in self._spans_from(now_s) if end > now_s and not self._is_open(end))
        return next(map(self._local, ends), None)

    def until_open_s(self, when: When) -> float | None:
        """Seconds until it opens, 0 while it is open; None if it never opens again."""
        opens = self.next_open(when)
        return None if opens is None else opens.timestamp() - seconds_of(when)

    def open_seconds_between(self, start: When, end: When) -> float:
        """How many seconds it is open from one moment to another: a wait as a promise in opening hours counts it.

        Negative where the end lies before the start.
        """
        start_s, end_s = seconds_of(start), seconds_of(end)
        if end_s < start_s:
            return -self.open_seconds_between(end_s, start_s)
        days = range(int(start_s // _DAY_S), int(end_s // _DAY_S) + 1)
        spans = (span for day in days for span in self._spans(day))
        return sum(max(0.0, min(closes, end_s) - max(opens, start_s)) for opens, closes in spans)

    def on(self, day: date) -> tuple[Interval, ...]:
        """The spans that begin on a date, in minutes from its midnight."""
        return () if day in self.holidays else self.special.get(day, self.week[day.weekday()])

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone of the place."""
        try:
            return ZoneInfo(self.timezone)
        except (ValueError, OSError, KeyError):
            raise UsageError(f"{self.timezone!r:.60} is no time zone; write it like Europe/Lisbon") from None

    def _local(self, time_s: float) -> datetime:
        return datetime.fromtimestamp(time_s, self.zone)

    def _is_open(self, time_s: float) -> bool:
        local = self._local(time_s)
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return any(start * 60 <= seconds < end * 60 for start, end in self._within(local.date()))

    def _within(self, day: date) -> Iterator[Interval]:
        """The spans within a date, cut at both midnights, with what the day before left open; none overlap."""
        done = 0
        if day not in self.holidays and day not in self.special:
            done = max((end - DAY_MIN for _, end in self.on(day - timedelta(1))), default=0)
        if done > 0:
            yield 0, done
        for start, end in self.on(day):
            if end > done:
                yield max(start, done), min(end, DAY_MIN)

    def _spans_from(self, time_s: float) -> Iterator[tuple[int, int]]:
        """Open spans in which the next change lies, if there is one."""
        first = int(time_s // _DAY_S)
        last = int(LAST_S // _DAY_S)
        listed = {*self.holidays, *self.special}
        if all(not spans for spans in self.week) or all(spans == ((0, DAY_MIN),) for spans in self.week):
            # Week after week nothing changes: only listed days, and those beside them, can.
            near = {day.toordinal() - _EPOCH_DAY + beside for day in listed for beside in (-2, -1, 0, 1, 2)}
            days: Any = sorted({first, *(day for day in near if first <= day <= last)})
        else:
            days = range(first, min(first + 7 * (len(listed) + 4), last) + 1)
        return (span for day in days for span in self._spans(day))

    def _spans(self, day: int) -> Iterator[tuple[int, int]]:
        """The spans within a UTC day (its number since 1970), in seconds since 1970, in their order."""
        for begin, end in self._even(day * _DAY_S, (day + 1) * _DAY_S):
            offset = self._offset(begin)
            local = datetime.fromtimestamp(begin + offset, UTC)
            dates = {local.date(), datetime.fromtimestamp(end + offset - 1, UTC).date()}
            for each in sorted(dates):
                midnight = (each.toordinal() - _EPOCH_DAY) * _DAY_S - offset
                for opens, closes in self._within(each):
                    start, stop = max(begin, midnight + opens * 60), min(end, midnight + closes * 60)
                    if start < stop:
                        yield start, stop

    def _even(self, begin: int, end: int) -> Iterator[tuple[int, int]]:
        """A stretch of time in pieces within which the offset from UTC stays the same."""
        while self._offset(begin) != self._offset(end - 1):
            same, other = begin, end - 1
            while other - same > 1:
                middle = (same + other) // 2
                if self._offset(middle) == self._offset(begin):
                    same = middle
                else:
                    other = middle
            yield begin, other
            begin = other
        yield begin, end

    def _offset(self, time_s: int) -> int:
        offset = self._local(time_s).utcoffset()
        return 0 if offset is None else int(offset.total_seconds())

    def __hash__(self) -> int:
        return hash((self.timezone, self.week, frozenset(self.holidays.items()), frozenset(self.special.items())))

    def __repr__(self) -> str:
        days = ", ".join(f"{name} {as_text(spans)}" for name, spans in zip(WEEKDAYS, self.week, strict=True) if spans)
        listed = f"{len(self.holidays)} holidays, {len(self.special)} special days"
        return f"<Hours in {self.timezone}: {days or 'always closed'}; {listed}>"

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        return bundle(self)


def seconds_of(when: When) -> float:
    """A moment as seconds since 1970 UTC. Raises UsageError for what names none, or has no offset.

    >>> seconds_of("2026-03-02T10:00:00+00:00")
    1772445600.0
    """
    found = float(when) if isinstance(when, int | float) else aware(when).timestamp()
    if not FIRST_S <= found <= LAST_S:
        raise UsageError(f"{when!s:.80} is out of reach: calendars know the years 1970 to 9999")
    return found
