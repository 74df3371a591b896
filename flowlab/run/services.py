"""What the outside world answers: functions, HTTP, CRM look-ups, subflows, opaque steps. Never the network.

The file format is documented in :mod:`flowlab.run.services_file`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.content import ContentTemplate
from flowlab.model.flow import Flow
from flowlab.model.hours import Hours
from flowlab.model.readings import READINGS, Readings
from flowlab.run.calendars import hours_answer


@dataclass(frozen=True, slots=True)
class Request:
    """What a step asks: a widget of type ``kind``, in the state ``name``; ``time_s`` in seconds since 1970 UTC.

    ``parent``: the run-subflow state inside whose subflow the state is; empty in the flow itself.
    """

    kind: str
    name: str
    time_s: float
    timezone: str
    channel: str
    url: str = ""
    method: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    body: str = ""
    parent: str = ""
    calendars: Mapping[str, Hours] = field(default_factory=dict)

    @property
    def time(self) -> datetime:
        """The simulated time in the services' time zone."""
        return datetime.fromtimestamp(self.time_s, ZoneInfo(self.timezone))

    def hours(self, calendar: str) -> Hours:
        """The calendar of that name. Raises UsageError where services have none of it."""
        if calendar not in self.calendars:
            raise UsageError(f"there is no calendar {calendar!r}. {did_you_mean(calendar, list(self.calendars))}")
        return self.calendars[calendar]

    def is_open(self, calendar: str) -> bool:
        """Whether it is open now by the calendar of that name. Raises UsageError where services have none of it."""
        return self.hours(calendar).is_open(self.time_s)


@dataclass(frozen=True, slots=True)
class Answer:
    """What comes back. ``exit`` forces the step's exit; ``delay_s`` is how long the answer takes.

    ``calendar``: the name of one whose :func:`~flowlab.run.calendars.hours_answer` comes before ``json``.
    """

    json: Any = None
    text: str = ""
    status: int = 200
    exit: str = ""
    delay_s: float = 0.0
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class When:
    """The conditions under which an answer is given; an empty one always holds."""

    weekday: frozenset[int] = frozenset()
    time: tuple[str, str] | None = None
    channel: tuple[str, ...] = ()
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    open: str = ""
    closed: str = ""

    @property
    def reads_clock(self) -> bool:
        """Whether it may hold at one time and not at another."""
        return bool(self.weekday or self.time or self.open or self.closed)

    def holds(self, request: Request) -> bool:
        if self.weekday and request.time.weekday() not in self.weekday:
            return False
        if self.time and not _within(request.time.strftime("%H:%M"), *self.time):
            return False
        if self.channel and request.channel not in self.channel:
            return False
        if (self.open and not request.is_open(self.open)) or (self.closed and request.is_open(self.closed)):
            return False
        return all(_like(request.parameters.get(name), any_of) for name, any_of in self.parameters.items())


def _within(now: str, start: str, end: str) -> bool:
    return start <= now < end if start <= end else now >= start or now < end


def _like(value: Any, patterns: tuple[str, ...]) -> bool:
    text = "" if value is None else str(value).strip().lower()
    exact, with_wildcards = _sorted_out(patterns)
    return text in exact or any(fnmatchcase(text, pattern) for pattern in with_wildcards)


@lru_cache(maxsize=1024)
def _sorted_out(patterns: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Lower-case texts to be found, and patterns to be tried: a table may name thousands, and nearly all are texts."""
    lowered = [pattern.lower() for pattern in patterns]
    with_wildcards = tuple(pattern for pattern in lowered if any(mark in pattern for mark in "*?["))
    return frozenset(lowered).difference(with_wildcards), with_wildcards


Rule = tuple[When, Answer]
Answerer = Callable[[Request], Any]


@dataclass(frozen=True)
class Services:
    """Everything outside the flow. ``widgets`` and ``urls`` map a state name or URL pattern to rules or a callable.

    A callable gets a :class:`Request` and gives an :class:`Answer`, or anything else as the JSON body of a 200. A state
    inside a subflow is found as ``run-subflow state/state``, else by its own name. ``subflows``: by flow sid, the flows
    that run-subflow runs; one that is not here is answered as any other call. ``readings``: how the run reads what
    Twilio leaves open. ``content``: content templates by sid. ``calendars``: opening hours by name, which rules and
    callables (``request.is_open(name)``) ask.

    >>> services = Services({"check_hours": lambda request: {"open": request.time.hour < 18}})
    """

    widgets: Mapping[str, Sequence[Rule] | Answerer] = field(default_factory=dict)
    urls: Mapping[str, Sequence[Rule] | Answerer] = field(default_factory=dict)
    timezone: str = "UTC"
    subflows: Mapping[str, Flow] = field(default_factory=dict)
    readings: Readings = READINGS
    content: Mapping[str, ContentTemplate] = field(default_factory=dict)
    calendars: Mapping[str, Hours] = field(default_factory=dict)

    def answer(self, request: Request) -> Answer | None:
        """The answer: by state name, then by the first URL pattern that fits; None if nothing answers."""
        rules = self.rules(request.name, request.parent, request.url)
        if rules is None:
            return None
        if callable(rules):
            given = rules(request)
            return given if isinstance(given, Answer) else Answer(json=given)
        answer = next((answer for when, answer in rules if when.holds(request)), None)
        if answer is None or not answer.calendar:
            return answer
        said = hours_answer(request.hours(answer.calendar), request.time_s)
        return replace(answer, json={**said, **(answer.json or {})})

    def answering(self, answers: Mapping[str, Any]) -> Services:
        """The same world, in which some states are always answered alike: an :class:`Answer`, or the JSON of a 200.

        >>> quiet = Services().answering({"check_hours": {"open": False}})
        >>> quiet.rules("check_hours", "", "")[0][1].json
        {'open': False}
        """
        given = {name: one if isinstance(one, Answer) else Answer(json=one) for name, one in answers.items()}
        return replace(self, widgets={**self.widgets, **{name: [(When(), one)] for name, one in given.items()}})

    def rules(self, name: str, parent: str, url: str) -> Sequence[Rule] | Answerer | None:
        """What answers a state of this name; None if nothing does."""
        rules = self.widgets.get(f"{parent}/{name}") if parent else None
        if rules is None:
            rules = self.widgets.get(name)
        if rules is None and url:
            rules = next((r for pattern, r in self.urls.items() if fnmatchcase(url, pattern)), None)
        return rules


def is_timeless(rules: Sequence[Rule] | Answerer) -> bool:
    """Whether the same request surely has the same answer at any time. Nobody knows that of a callable."""
    return not callable(rules) and not any(when.reads_clock or answer.calendar for when, answer in rules)
