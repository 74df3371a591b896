"""Rules about waiting: what happens when no answer comes, or the question never arrived."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flowlab.check.literal import has_liquid, longest_literal
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.model.kinds import Family
from flowlab.text.plain import quote

_WAIT = "send-and-wait-for-reply"
_WIDGET = "Twilio docs: Send & Wait for Reply widget"
#: Reads that take in the answer to any question.
_ANY_REPLY = (("widgets",), ("trigger",), ("trigger", "conversation"), ("trigger", "conversation", "Body"))
_LONGEST_ADVISED_S = 14_400
_WORDS_OF_A_QUESTION = 3
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
    Severity.NOTE,
    "Nothing happens when the question cannot be delivered",
    why="A wrong number, a blocked sender or a closed service window: the customer never sees the question, and the "
    "run ends in silence. A note, since it is rare and nobody is waiting.",
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
        wait_s, place = seconds(value), subject.path(state, "properties", "timeout")
        if wait_s is None:
            message = f"The timeout {quote(str(value))} is not a number of seconds above 0."
            fix = 'Write the seconds as text, for instance "3600".'
            yield Hit(message, fix, state.name, place, "timeout", severity=Severity.ERROR)
        elif wait_s > _LONGEST_ADVISED_S:
            beyond = ", longer than a run can live (30 days)" if wait_s > _LONGEST_LIFE_S else ""
            message = f"It waits {wait_s:,} s ({wait_s / 3600:,.1f} h){beyond}; Twilio advises 14,400 s (4 h) at most."
            yield Hit(message, "Wait shorter, and come back with a reminder.", state.name, place, "timeout")


def seconds(value: Any) -> int | None:
    """The seconds that a timeout says; None where it says none, or only when it runs."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    text = str(value).strip()
    is_number = text.isascii() and text.isdigit() and len(text) < 20
    return int(text) or None if is_number else None


_PLAIN = "send a plain message where no answer counts"


@rule(
    "wait-reply-unread",
    Severity.NOTE,
    "A question is asked and its answer never looked at",
    why="Whatever the customer says, the flow goes on the same way. Sometimes meant (a message to think about, a "
    "rating read from the log). A warning where a split stands right behind it and tests an earlier answer again: a "
    "customer who was asked once more never gets on.",
    source=_WIDGET,
)
def reply_unread(subject: Subject) -> Iterator[Hit]:
    seen = {read.parts for read in subject.reads}
    if not seen.isdisjoint(_ANY_REPLY):
        return
    read_of = {parts[1] for parts in seen if parts[0] == "widgets"}
    for state in subject.of_type(_WAIT):
        if state.name not in read_of and subject.wired(state, "incomingMessage"):
            behind, other = _tested_instead(subject, state)
            said = f": {quote(behind)} tests {quote(other)} instead" if other else ""
            own = f"'widgets.{state.name}.inbound.Body'"
            yield Hit(
                f"The answer to this question is never read{said}.",
                f"Read it as {own}, or {'ask the first question again' if other else _PLAIN}.",
                state.name,
                subject.path(state, "transitions"),
                "incomingMessage",
                severity=Severity.WARNING if other else None,
            )


def _tested_instead(subject: Subject, state: State) -> tuple[str, str]:
    """The split right behind a question, and the earlier answer that it tests; empty where there is none."""
    behind = next((t.next for t in state.transitions if t.event == "incomingMessage"), None)
    for read in subject.reads:
        tests = read.state.name == behind and read.state.type == "split-based-on" and read.key in ("input", "arguments")
        if tests and (read.dotted == "trigger.message.Body" or read.dotted.endswith(".inbound.Body")):
            return read.state.name, read.dotted
    return "", ""


@rule(
    "wait-same-question",
    Severity.NOTE,
    "Two steps ask the same question",
    why="Two places to change, and two results to read: sooner or later one is forgotten. A loop back to the first "
    "asks it again.",
    source="Practice: one question, one state",
)
def same_question(subject: Subject) -> Iterator[Hit]:
    first: dict[str, str] = {}
    for state in subject.of_type(_WAIT):
        body = state.properties.get("body")
        if not isinstance(body, str) or len(longest_literal(body).split()) < _WORDS_OF_A_QUESTION:
            continue
        other = first.setdefault(" ".join(body.split()), state.name)
        if other != state.name:
            yield Hit(
                f"{quote(other)} asks the same, word by word.",
                f"Lead back to {quote(other)} instead, or word one of the two otherwise.",
                state.name,
                subject.path(state, "properties", "body"),
            )


@rule(
    "wait-past-window",
    Severity.WARNING,
    "After this wait the channel takes no plain message any more",
    why="WhatsApp and Messenger take free text only within hours of the customer's last message (24 on both). A longer "
    "wait that ends in a plain message ends in a failure.",
    source="The channel's own data, with source and date: model/channels",
)
def past_window(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(_WAIT):
        wait_s = seconds(state.properties.get("timeout"))
        after = [subject.flow.by_name.get(t.next or "") for t in state.transitions if t.event == "timeout"]
        plain = [s for s in after if s and s.family in (Family.SAY, Family.ASK) and not _is_content(s)]
        for channel in subject.channels:
            window_h = channel.value("service_window_h")
            if plain and wait_s and window_h and wait_s >= window_h * 3_600:
                yield Hit(
                    f"After {wait_s:,} s without an answer {quote(plain[0].name)} writes plain text;"
                    f" {channel.label} takes it only for {window_h} hours.",
                    "Wait shorter, or send an approved template there.",
                    state.name,
                    subject.path(state, "properties", "timeout"),
                    "timeout",
                    channel.name,
                )


def _is_content(state: State) -> bool:
    return state.properties.get("message_type") == "content_template"
