"""Rules about what a channel carries. They speak only where the check was asked for channels."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.literal import longest_literal
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.channel import Channel
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.model.kinds import TRIGGER_EVENTS, Family
from flowlab.run.render import counted_in, length
from flowlab.run.segments import Segments, segments
from flowlab.text.plain import quote

_MANY_SEGMENTS = 3
_NAMED_AT_MOST = 8
_MESSAGES = ("incomingMessage", "incomingConversationMessage")
#: Voice by trade, and at work on conversations too.
_ALSO_TEXT = ("connect-virtual-agent-v2", "record-call")
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
            if limit and length(body, channel) > limit:
                yield Hit(
                    f"The fixed part of the text is {length(body, channel):,} {counted_in(channel)}; "
                    f"{channel.label} takes {limit:,}.",
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
                    f"{cut.advice} Shorten it: three segments hold 459 characters in GSM-7 and 201 in UCS-2.".lstrip(),
                    state.name,
                    subject.path(state, "properties", "body"),
                    channel=channel.name,
                )


@rule(
    "text-costly-character",
    Severity.NOTE,
    "Characters outside the GSM alphabet make an SMS cost more",
    why="A single character outside the GSM alphabet, often a curly quote or a long dash pasted from a document, "
    "turns the whole message to UCS-2 and so to more segments. Said only where replacing or leaving out a few saves "
    "segments.",
    source="Twilio docs: SMS character limits, Smart Encoding; 3GPP TS 23.038",
)
def costly_character(subject: Subject) -> Iterator[Hit]:
    for channel in _billed_in_segments(subject):
        for state, body in _bodies(subject):
            cut = segments(body)
            if cut.advice:
                yield Hit(
                    f"{_named(cut)} this text {cut.segments} segments long (UCS-2).",
                    cut.advice,
                    state.name,
                    subject.path(state, "properties", "body"),
                    channel=channel.name,
                )


def _named(cut: Segments) -> str:
    """The characters that cost, each once, the first few of them: ``The character "’" (U+2019) makes``."""
    kinds = list(dict.fromkeys(char for _, char in cut.costly_characters))
    named = [f"{quote(char)} (U+{ord(char):04X})" for char in kinds[:_NAMED_AT_MOST]]
    if len(kinds) > _NAMED_AT_MOST:
        named.append(f"{len(kinds) - _NAMED_AT_MOST} more")
    if len(named) == 1:
        return f"The character {named[0]} makes"
    return f"The characters {', '.join(named[:-1])} and {named[-1]} make"


@rule(
    "media-not-carried",
    Severity.ERROR,
    "A message with media on a channel that carries none",
    why="The message is refused, or arrives without what it speaks of. A note where the channel carries media in some "
    "countries only, or not together with a text.",
    source="The channel's own data, with source and date: model/channels",
)
def media_not_carried(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("send-message", "send-and-wait-for-reply"):
        if not state.properties.get("media_url"):
            continue
        for channel in subject.channels:
            carried, beside = channel.value("media_types"), channel.value("text_with_media")
            note = channel.facts["media_types"].note if carried else ""
            together = bool(state.properties.get("body")) and beside is False
            if carried and not together and not (note and "only" in note):
                continue
            what = f"carries media with a limit: {note}" if carried and "only" in note else "carries no media"
            what = "does not carry text and media in one message" if carried and together else what
            yield Hit(
                f"{channel.label} {what}.",
                "Send a link in the text instead, or the text and the media one after the other.",
                state.name,
                subject.path(state, "properties", "media_url"),
                channel=channel.name,
                severity=Severity.NOTE if carried else None,
            )


@rule(
    "text-reaches-voice",
    Severity.WARNING,
    "A text conversation comes to a step that works in calls only",
    why="Nothing is said or asked there on a text channel: the step fails, and the conversation stops.",
    source="Twilio docs: the page of each widget",
)
def reaches_voice(subject: Subject) -> Iterator[Hit]:
    start = subject.start
    if start is None or start.type != "trigger":
        return
    by_text = subject.reached_from(t.next for t in start.transitions if t.event in _MESSAGES and t.next)
    for state in subject.flow.states:
        if state.name in by_text and state.family is Family.VOICE and state.type not in _ALSO_TEXT:
            yield Hit(
                f"A {quote(state.type)} works in calls only, and a message can come here.",
                "Lead text conversations another way, by a split on the kind of contact.",
                state.name,
                subject.path(state, "type"),
            )
