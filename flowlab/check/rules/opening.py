"""Rules about opening hours that a calendar is given for: does the flow keep to it?"""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.json_templates import TASK
from flowlab.check.rule import Hit, rule
from flowlab.check.rules.hours import TIMES, is_hours_split
from flowlab.check.rules.waits import seconds
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.model.opening import Opening
from flowlab.model.week import clock_times, interval
from flowlab.text.plain import quote

_WAIT = "send-and-wait-for-reply"
_USUAL_WAIT_S, _SHORT_WAIT_S = 3_600, 900
#: Times further apart than that are not meant to be the same.
_NEAR_MIN = 60
_PRACTICE = "Practice: the calendar that the services name"


@rule(
    "hours-no-holidays",
    Severity.NOTE,
    "A calendar lists no holidays",
    why="On a public holiday it says open, and customers are handed to nobody. A country's holidays are not built in: "
    "whoever runs the service knows which of them count.",
    source=_PRACTICE,
    needs=("flow", "hours"),
)
def no_holidays(subject: Subject) -> Iterator[Hit]:
    for name, hours in _opening(subject).calendars.items():
        if not hours.holidays and any(hours.week):
            yield Hit(
                f"The calendar {quote(name)} lists no holidays.",
                "List them under 'holidays', as 2026-12-25: Christmas Day.",
            )


@rule(
    "hours-handoff-unasked",
    Severity.WARNING,
    "A hand-off is reached without asking for opening hours",
    why="There is a calendar, and a way to this hand-off on which nothing asks it: when closed, nobody takes over.",
    source=_PRACTICE,
    needs=("flow", "hours"),
)
def handoff_unasked(subject: Subject) -> Iterator[Hit]:
    for state in _unasked(subject):
        yield Hit(
            f"A way leads to {quote(state.name)} on which nothing asks for opening hours.",
            "Ask the calendar before it, and say outside the hours when you are back.",
            state.name,
            subject.path(state),
        )


@rule(
    "hours-stale-answer",
    Severity.NOTE,
    "Opening hours are asked for, then the customer takes time, then comes the hand-off",
    why="Who writes shortly before closing and answers after it goes on by the old answer, and is handed over when "
    "everybody has left. Waits of less than 15 minutes are left alone.",
    source=_PRACTICE,
    needs=("flow", "hours"),
)
def stale_answer(subject: Subject) -> Iterator[Hit]:
    asking = {name for name in subject.reachable if _asks_anew(subject, subject.flow.by_name[name])}
    unasked = {state.name for state in _unasked(subject)}
    waits = [(_wait_s(state), state) for state in subject.of_type(_WAIT) if state.name in subject.reachable]
    long_first = sorted((each for each in waits if each[0] >= _SHORT_WAIT_S), key=lambda each: -each[0])
    told: set[str] = set()
    for wait_s, wait in long_first if asking else ():
        for name in _reached(subject, wait, asking):
            state = subject.flow.by_name[name]
            if state.type in TASK and name not in unasked | told:
                told.add(name)
                yield Hit(
                    f"{quote(wait.name)} waits up to {wait_s / 3600:,.1f} h before it, and nothing asks for opening "
                    "hours again.",
                    "Ask the calendar once more, right before the hand-off.",
                    name,
                    subject.path(state),
                )


@rule(
    "hours-times-differ",
    Severity.WARNING,
    "A split's times of day are not those of the calendar",
    why="The flow and the calendar each say when it is open, and they differ by up to an hour: one of them is out of "
    "date. Only a split between two times, both near the calendar's, is taken to mean opening hours.",
    source=_PRACTICE,
    needs=("flow", "hours"),
)
def times_differ(subject: Subject) -> Iterator[Hit]:
    calendars = _opening(subject).calendars.values()
    spans = {span for hours in calendars for day in hours.week for span in day}
    for state in subject.of_type("split-based-on"):
        found = sorted({c.value.strip() for t in state.transitions for c in t.conditions if c.type in TIMES})
        times = clock_times("-".join(found)) if len(found) == 2 else None
        span = times and interval("-".join(times))
        if not span or span in spans:
            continue
        near = [s for s in spans if max(abs(s[0] - span[0]), abs(s[1] - span[1])) <= _NEAR_MIN]
        if near:
            opens, closes = min(near, key=lambda s: abs(s[0] - span[0]) + abs(s[1] - span[1]))
            says = f"{opens // 60:02d}:{opens % 60:02d}-{closes // 60:02d}:{closes % 60:02d}"
            yield Hit(
                f"This split goes by {found[0]} and {found[1]}; the calendar says {says}.",
                "Let the flow ask the calendar, or bring the two together.",
                state.name,
                subject.path(state, "transitions"),
            )


def _opening(subject: Subject) -> Opening:
    return subject.hours or Opening()


def _asks_anew(subject: Subject, state: State) -> bool:
    """Whether a state finds out whether it is open now."""
    opening = _opening(subject)
    by_time = state.type == "split-based-on" and any(c.type in TIMES for t in state.transitions for c in t.conditions)
    return by_time or state.name in opening.asked_by or (opening.any_request and state.type == "make-http-request")


def _unasked(subject: Subject) -> list[State]:
    """The hand-offs that some way leads to on which nothing asks for opening hours."""
    asking = {s.name for s in subject.flow.states if is_hours_split(s) or _asks_anew(subject, s)}
    start = subject.start
    if start is None or start.name in asking:
        return []
    reached = _reached(subject, start, asking)
    return [state for state in subject.of_type(*TASK) if state.name in reached]


def _reached(subject: Subject, start: State, asking: set[str]) -> set[str]:
    """The states that some way leads to from this one without passing one of those ``asking``."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        new = {name for name in subject.targets(waiting.pop()) if name not in seen and name not in asking}
        seen |= new
        waiting.extend(subject.flow.by_name[name] for name in sorted(new))
    return seen


def _wait_s(state: State) -> int:
    said = state.properties.get("timeout")
    return _USUAL_WAIT_S if said in (None, "") else seconds(said) or 0
