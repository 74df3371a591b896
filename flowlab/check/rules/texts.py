"""Rules about what customers read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Send Message widget"
_SPEAKING = ("send-message", "send-and-wait-for-reply")
_UNFILLED = re.compile(
    r"\[(?:your|insert|enter|add|name|company)\b[^\]\n]{0,60}\]|<(?:your|insert)\b[^>\n]{0,60}>"
    r"|\blorem ipsum\b|(?-i:\b(?:YOUR_[A-Z][A-Z_]+|TODO|TBD)\b)",
    re.IGNORECASE,
)
_BUTTON = re.compile(r"\b(?:tap|click|press|push)\b[^.!?\n]{0,40}\bbuttons?\b", re.IGNORECASE)


def _is_content(state: State) -> bool:
    return state.properties.get("message_type") == "content_template"


def _body(state: State) -> str:
    body = state.properties.get("body")
    return body if isinstance(body, str) else ""


@rule(
    "text-empty",
    Severity.WARNING,
    "A message has no text",
    why="Neither a text nor a picture nor a content template: the platform refuses it, and the run leaves by 'failed'. "
    "A note for a question: some flows wait without a word.",
    source=_WIDGET,
)
def empty(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(*_SPEAKING):
        other = state.properties.get("media_url") or state.properties.get("content_sid")
        if not _body(state).strip() and not other and not _is_content(state):
            waits = state.type == _SPEAKING[1]
            yield Hit(
                "This step sends nothing: it has no text, no media and no content template.",
                "Write a text in 'body'.",
                state.name,
                subject.path(state, "properties", "body"),
                severity=Severity.NOTE if waits else None,
            )


@rule(
    "text-content-template",
    Severity.ERROR,
    "A content template is half named",
    why="'message_type' says whether the text or the template is sent. A template without its sid cannot be sent; a "
    "sid beside 'custom' is ignored (a warning).",
    source="Twilio docs: Content types overview",
)
def content_template(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(*_SPEAKING):
        named = bool(state.properties.get("content_sid"))
        if named == _is_content(state):
            continue
        yield Hit(
            "The template's sid is ignored: 'message_type' is not 'content_template'."
            if named
            else "'message_type' is 'content_template', and no 'content_sid' names the template.",
            "Set 'message_type' to 'content_template'." if named else "Write the template's sid, 'HX...'.",
            state.name,
            subject.path(state, "properties", "message_type" if named else "content_sid"),
            severity=Severity.WARNING if named else None,
        )


@rule(
    "text-unfilled",
    Severity.WARNING,
    "A text holds a place still to be filled in",
    why="The customer reads '[YOUR NAME HERE]'.",
    source="Public flows: templates that were never filled in",
)
def unfilled(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(*_SPEAKING):
        found = _UNFILLED.search(_body(state))
        if found:
            yield Hit(
                f"{quote(found.group())} stands in the text.",
                "Fill it in.",
                state.name,
                subject.path(state, "properties", "body"),
            )


@rule(
    "text-promises-buttons",
    Severity.NOTE,
    "A plain text promises buttons",
    why="Buttons come from a content template, and not on every channel. A plain text that says 'tap a button' shows "
    "none.",
    source="Twilio docs: Content types overview",
)
def promises_buttons(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(*_SPEAKING):
        found = _BUTTON.search(_body(state))
        if found and not _is_content(state):
            yield Hit(
                f"The text says {quote(found.group())}, and no content template brings buttons.",
                "Say what to write instead, such as a number; or send a template with quick replies.",
                state.name,
                subject.path(state, "properties", "body"),
            )
