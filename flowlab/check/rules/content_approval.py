"""Rules about templates that a channel has to approve before they go outside its service window."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.rules.content import called, sent
from flowlab.check.rules.waits import seconds
from flowlab.check.subject import Subject
from flowlab.model.channel import Channel
from flowlab.model.content import PLACEHOLDER
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_SECONDS_AN_HOUR = 3600
_WAIT = "send-and-wait-for-reply"
_ADJACENT = re.compile(rf"{PLACEHOLDER.pattern}\s*{PLACEHOLDER.pattern}")


@rule(
    "content-approval",
    Severity.WARNING,
    "A content template will not be approved, or is sent unapproved where it has to be",
    why="WhatsApp turns down a template whose text begins or ends with a variable, or in which two stand side by side. "
    "Outside the service window only approved templates go through (error 63016): it may be closed where the business "
    "starts, and after a wait for a reply that is longer than the window, until the customer writes again.",
    source="Twilio docs: twilio/quick-reply; Message template approvals and statuses; errors 63016 and 63040 "
    "(read 2026-11-25); the channel's own data",
    needs=("flow", "content"),
)
def approval(subject: Subject) -> Iterator[Hit]:
    for channel in subject.channels:
        if channel.value("templates") and channel.value("service_window_h"):
            yield from _turned_down(subject, channel)
            yield from _not_approved(subject, channel)


def _turned_down(subject: Subject, channel: Channel) -> Iterator[Hit]:
    for state, template in sent(subject):
        faults = {fault: None for one in template.variants.values() for fault in _faults(one.text.strip())}
        if template.category and not template.approved and faults:
            yield Hit(
                f"{channel.label} will not approve the template {called(template)}: {'; '.join(faults)}.",
                "Put words of your own before, after and between the variables.",
                state.name,
                subject.path(state, "properties", "content_sid"),
                channel=channel.name,
            )


def _faults(text: str) -> Iterator[str]:
    found = list(PLACEHOLDER.finditer(text))
    if found and found[0].start() == 0:
        yield f"its text begins with {found[0].group()}"
    if found and found[-1].end() == len(text):
        yield f"its text ends with {found[-1].group()}"
    beside = _ADJACENT.search(text)
    if beside:
        yield f"{quote(beside.group())} stand side by side"


def _not_approved(subject: Subject, channel: Channel) -> Iterator[Hit]:
    hours = channel.value("service_window_h")
    closed = _perhaps_closed(subject, hours * _SECONDS_AN_HOUR)
    for state, template in sent(subject):
        if state.name in closed and not template.approved:
            yield Hit(
                f"The template {called(template)} is not approved, and the {hours:g}-hour window of {channel.label} "
                "may be closed here.",
                "Have it approved, send an approved one, or come here only after a message of the customer's.",
                state.name,
                subject.path(state, "properties", "content_sid"),
                channel=channel.name,
            )


def _perhaps_closed(subject: Subject, window_s: float) -> set[str]:
    """The states that a run may come to without a message of the customer's within the window."""
    start = subject.start
    opens = [t.next for t in start.transitions if t.event == "incomingRequest"] if start else []
    for state in subject.of_type(_WAIT):
        if (seconds(state.properties.get("timeout")) or 0) > window_s:
            opens += [t.next for t in state.transitions if t.event == "timeout"]
    waiting = [name for name in opens if name in subject.flow.by_name]
    seen = set(waiting)
    while waiting:
        state = subject.flow.by_name[waiting.pop()]
        heard = ("incomingMessage",) if state.type == _WAIT else ()
        new = {t.next for t in state.transitions if t.event not in heard and t.next in subject.flow.by_name} - seen
        seen |= {name for name in new if name}
        waiting += [name for name in new if name]
    return seen
