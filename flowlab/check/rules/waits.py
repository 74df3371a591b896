"""Rules about waiting: what happens when no answer comes, or the question never arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowlab.check.literal import has_liquid
from flowlab.check.rule import Hit, quote, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity

_WAIT = "send-and-wait-for-reply"
_WIDGET = "Twilio docs: Send & Wait for Reply widget"
_LONGEST_ADVISED_S = 14_400
_LONGEST_LIFE_S = 30 * 24 * 3_600


@rule(
    "wait-no-timeout",
    Severity.WARNING,
    "Nothing happens when the customer does not answer",
    why="Customers on asynchronous channels often answer late or never. With 'timeout' unwired the run ends in "
    "silence, and the late answer starts the flow from the beginning.",
    source="Public flows: 29 % of the time-outs lead anywhere",
)
def no_timeout(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(_WAIT):
        path = subject.unwired(state, "timeout")
        if path:
            yield Hit(
                "When the customer does not answer in time, the run ends without a word.",
                "Wire 'timeout' to a reminder, a goodbye or a hand-off.",
                state.name,
                path,
                "timeout",
            )


@rule(
    "wait-no-delivery-failure",
    Severity.WARNING,
    "Nothing happens when the question cannot be delivered",
    why="A wrong number, a blocked sender or a closed service window: the customer never sees the question, and the "
    "run ends in silence.",
    source="Public flows: 10 % of the delivery failures lead anywhere",
)
def no_delivery_failure(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(_WAIT):
        path = subject.unwired(state, "deliveryFailure")
        if path:
            yield Hit(
                "When the question cannot be delivered, the run ends without a word.",
                "Wire 'deliveryFailure' to a hand-off, another channel, or a step that records it.",
                state.name,
                path,
                "deliveryFailure",
            )


@rule(
    "wait-too-long",
    Severity.WARNING,
    "A waiting time is longer than Twilio advises, or is no time",
    why="While a run waits, every message of that customer goes to it, so a long wait swallows new conversations. "
    "Twilio advises four hours (14,400 s) at most; a run lives 30 days. An error where the value is no number of "
    "seconds.",
    source=_WIDGET,
)
def too_long(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(_WAIT):
        value = state.properties.get("timeout")
        if value is None or (isinstance(value, str) and (not value.strip() or has_liquid(value))):
            continue
        seconds, place = _seconds(value), subject.path(state, "properties", "timeout")
        if seconds is None:
            message = f"The timeout {quote(str(value))} is not a number of seconds above 0."
            fix = 'Write the seconds as text, for instance "3600".'
            yield Hit(message, fix, state.name, place, "timeout", severity=Severity.ERROR)
        elif seconds > _LONGEST_ADVISED_S:
            beyond = ", longer than a run can live (30 days)" if seconds > _LONGEST_LIFE_S else ""
            message = (
                f"It waits {seconds:,} s ({seconds / 3600:,.1f} h){beyond}; Twilio advises 14,400 s (4 h) at most."
            )
            yield Hit(message, "Wait shorter, and come back with a reminder.", state.name, place, "timeout")


def _seconds(value: Any) -> int | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) or None if is_number else None
