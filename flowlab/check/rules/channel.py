"""Rules about what a channel carries. They speak only where the check was asked for channels."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.literal import longest_literal
from flowlab.check.rule import Hit, quote, rule
from flowlab.check.subject import Subject
from flowlab.model.channel import Channel
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.run.render import segments

_MANY_SEGMENTS = 3
_TEXT_EVENTS = tuple(event for event in TRIGGER_EVENTS if event != "incomingCall")


@rule(
    "channel-no-way-in",
    Severity.WARNING,
    "A customer's message on this channel does not start the flow",
    why="The trigger event by which the channel's messages usually come leads nowhere, so the customer gets no "
    "answer. A note where other text events are wired: the flow may be meant for those alone.",
    source="Twilio docs: Get Started with Twilio Studio",
)
def no_way_in(subject: Subject) -> Iterator[Hit]:
    start = subject.flow.by_name.get(subject.flow.initial_state)
    if start is None or start.type != "trigger" or not any(t.next for t in start.transitions):
        return
    for channel in subject.channels:
        event = channel.trigger_event
        if not subject.wired(start, event):
            yield Hit(
                f"A message on {channel.label} usually comes as {quote(event)}, which leads nowhere.",
                f"Wire {quote(event)}, unless this flow is not for customers who write first on {channel.label}.",
                start.name,
                subject.path(start, "transitions"),
                event,
                channel.name,
                Severity.NOTE if subject.wired(start, *_TEXT_EVENTS) else None,
            )


def _bodies(subject: Subject) -> Iterator[tuple[State, str]]:
    """Each text that is sent, as the longest its fixed part can be. Content templates send no body of the flow's."""
    for state in subject.of_type("send-message", "send-and-wait-for-reply"):
        body = state.properties.get("body")
        if isinstance(body, str) and state.properties.get("message_type") != "content_template":
            yield state, longest_literal(body)


def _billed_in_segments(subject: Subject) -> Iterator[Channel]:
    return (channel for channel in subject.channels if channel.value("billing_unit") == "segment")


@rule(
    "text-too-long",
    Severity.ERROR,
    "A text is longer than the channel takes",
    why="The message is refused and the run leaves by its failure exit. Judged by the fixed part alone; what "
    "variables add comes on top.",
    source="The channel's own data, with source and date: model/channels",
)
def too_long(subject: Subject) -> Iterator[Hit]:
    for state, body in _bodies(subject):
        for channel in subject.channels:
            limit = channel.value("max_text_chars")
            if limit and len(body) > limit:
                yield Hit(
                    f"The fixed part of the text is {len(body):,} characters; {channel.label} takes {limit:,}.",
                    "Shorten it, or send it as two messages.",
                    state.name,
                    subject.path(state, "properties", "body"),
                    channel=channel.name,
                )


@rule(
    "text-many-segments",
    Severity.NOTE,
    "A text is billed as many SMS",
    why="SMS is billed by segment of 160 characters, or 70 where a character outside the GSM alphabet stands in it. "
    "More than three segments a message is expensive and read by few.",
    source="Twilio docs: SMS character limits",
)
def many_segments(subject: Subject) -> Iterator[Hit]:
    for channel in _billed_in_segments(subject):
        for state, body in _bodies(subject):
            cut = segments(body)
            if cut.segments > _MANY_SEGMENTS:
                yield Hit(
                    f"The fixed part of the text takes {cut.segments} segments ({cut.units:,} units, {cut.encoding}).",
                    "Shorten it: three segments hold 459 characters in GSM-7 and 201 in UCS-2.",
                    state.name,
                    subject.path(state, "properties", "body"),
                    channel=channel.name,
                )


@rule(
    "text-costly-character",
    Severity.NOTE,
    "One character makes an SMS cost more",
    why="A single character outside the GSM alphabet, often a curly quote or a long dash pasted from a document, "
    "turns the whole message to UCS-2 and so to more segments.",
    source="Twilio docs: SMS character limits; 3GPP TS 23.038",
)
def costly_character(subject: Subject) -> Iterator[Hit]:
    for channel in _billed_in_segments(subject):
        for state, body in _bodies(subject):
            cut = segments(body)
            without = segments(body.replace(cut.forced_by, "'")) if cut.forced_by else cut
            if without.encoding != cut.encoding and without.segments < cut.segments:
                yield Hit(
                    f"The character {quote(cut.forced_by)} (U+{ord(cut.forced_by):04X}) alone makes this text"
                    f" {cut.segments} segments instead of {without.segments}.",
                    "Leave it out, or write it in plain letters and signs.",
                    state.name,
                    subject.path(state, "properties", "body"),
                    channel=channel.name,
                )
