"""Rules about words that the platform takes itself: STOP, CANCEL, HELP and their like."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.channel import Channel
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_ASKED = re.compile(r"\b(?:reply|text|type|write|send|answer)\s+(?:with\s+)?['\"“]?([A-Za-z]{2,20})\b", re.IGNORECASE)
_ASKS = ("send-message", "send-and-wait-for-reply")
_LONGEST_TEXT = 20_000


def _taken(channel: Channel) -> frozenset[str]:
    return frozenset((*channel.value("opt_out_words", ()), *channel.value("help_words", ())))


def _asked(subject: Subject) -> Iterator[tuple[str, str, str]]:
    """Each word that a customer is asked to write, or that is tested: the word, its state, its place."""
    for state in subject.of_type(*_ASKS):
        body = state.properties.get("body")
        if isinstance(body, str):
            for found in _ASKED.finditer(body[:_LONGEST_TEXT]):
                yield found[1].upper(), state.name, subject.path(state, "properties", "body")
    for state in subject.of_type("split-based-on"):
        if "inbound.Body" not in str(state.properties.get("input")) and "trigger.message.Body" not in str(
            state.properties.get("input")
        ):
            continue
        for number, transition in enumerate(state.transitions):
            for condition in transition.conditions:
                if condition.type in ("equal_to", "matches_any_of"):
                    place = subject.path(state, "transitions", number)
                    for word in condition.value.split(","):
                        yield word.strip().upper(), state.name, place


@rule(
    "reply-is-opt-out-word",
    Severity.WARNING,
    "A reply that the flow expects is a word the platform takes itself",
    why="On SMS the platform answers STOP, CANCEL, END and their like itself and lets no later message through (error "
    "21610); HELP gets the platform's answer besides the flow's. Who follows the text 'Reply CANCEL to cancel your "
    "order' has left for good. Telling customers how to opt out (a text with STOP) is no fault.",
    source="Twilio support article 223134027: opt-out keywords",
)
def opt_out_word(subject: Subject) -> Iterator[Hit]:
    for channel in subject.channels:
        taken = _taken(channel)
        for word, state, place in dict.fromkeys(_asked(subject)):
            if word in taken and not (word in ("STOP", "HELP") and place.endswith("/body")):
                yield Hit(
                    f"A customer on {channel.label} who writes {quote(word)} is answered by the platform itself.",
                    "Ask for another word or a number.",
                    state,
                    place,
                    "",
                    channel.name,
                )
