"""Rules about opening hours: what happens outside of them?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject, misspelt_key
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.text.plain import quote

_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_HOURS = frozenset({"open", "closed", "hours", "holiday", "holidays", "workinghours", "businesshours"})
_BESIDE = frozenset({"is", "are", "we", "it", "now", "today", "office", "business", "working", "after", "within"})
TIMES = frozenset({"is_before_time", "is_after_time"})
_LONGEST_INPUT = 300


def is_hours_split(state: State) -> bool:
    """Whether a split asks for opening hours: by the time of day, or by a value that is called so.

    >>> is_hours_split(State("split", "split-based-on", (), {"input": "{{widgets.hours.parsed.isOpen}}"}))
    True
    """
    if state.type != "split-based-on":
        return False
    if any(condition.type in TIMES for t in state.transitions for condition in t.conditions):
        return True
    tested = state.properties.get("input")
    last = tested.split("|")[0].rstrip(" }").rsplit(".", 1)[-1] if isinstance(tested, str) else ""
    words = {word.lower() for word in _WORD.findall(last[:_LONGEST_INPUT])}
    return bool(words & _HOURS) and words <= _HOURS | _BESIDE


@rule(
    "hours-one-sided",
    Severity.WARNING,
    "Opening hours are asked for, and one side of the answer leads nowhere",
    why="A split on opening hours needs a way for the open hours and one for the rest. Where one of them stops, or "
    "both lead to the same state, customers outside the hours are left standing or handed to nobody.",
    source="Twilio docs: Split Based On... widget; the commonest gap of contact flows",
)
def one_sided(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        if not is_hours_split(state):
            continue
        open_ends = [t for t in state.transitions if t.next is None and not misspelt_key(t)]
        events = {t.event for t in state.transitions}
        where = {t.next for t in state.transitions}
        if open_ends:
            what, event = f"the exit {quote(open_ends[0].label)} leads nowhere", open_ends[0].event
        elif "noMatch" not in events or "match" not in events:
            event = "match" if "noMatch" in events else "noMatch"
            what = f"there is no exit {quote(event)}"
        elif len(where) == 1:
            what, event = f"every answer leads to {quote(where.pop() or '')}", "match"
        else:
            continue
        yield Hit(
            f"This split asks for opening hours, and {what}.",
            "Wire the other side to a message that says when you are back, and what the customer can do until then.",
            state.name,
            subject.path(state, "transitions"),
            event,
        )
