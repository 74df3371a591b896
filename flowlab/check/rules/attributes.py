"""Rules about JSON that a flow writes: task attributes, message attributes, bodies of requests."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.json_templates import (
    JsonText,
    duplicate_keys,
    json_fault,
    json_texts,
    placed_outputs,
    words_of_people,
)
from flowlab.check.literal import has_liquid, longest_literal
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Send to Flex widget"
_TO_JSON = "Twilio docs: Using variables in Studio / Liquid template language"
_MAX_ATTRIBUTES_CHARS = 1_024


@rule(
    "attributes-too-long",
    Severity.ERROR,
    "The task attributes are longer than Studio takes",
    why="Studio takes 1,024 characters. A warning where only the template is longer and what it renders to may fit.",
    source=_WIDGET,
)
def too_long(subject: Subject) -> Iterator[Hit]:
    for state, path, text in json_texts(subject, "task"):
        if len(text) > _MAX_ATTRIBUTES_CHARS:
            fixed = len(longest_literal(text))
            certain = fixed > _MAX_ATTRIBUTES_CHARS
            yield Hit(
                f"The attributes are {len(text):,} characters ({fixed:,} of them fixed); Studio takes 1,024.",
                "Send only what routing and the agent need.",
                state.name,
                path,
                severity=None if certain else Severity.WARNING,
            )


@rule(
    "attributes-not-json",
    Severity.ERROR,
    "The attributes are not a JSON object",
    why="The task cannot be made, and the run leaves by 'failedToEnqueue'; a message loses its attributes. A warning "
    "where Liquid stands in them: they are judged with a value in the place of each output.",
    source=_WIDGET,
)
def not_json(subject: Subject) -> Iterator[Hit]:
    for text in (*json_texts(subject, "task"), *json_texts(subject, "message")):
        fault = json_fault(text.text)
        if fault:
            yield Hit(
                f"The attributes are not a JSON object: {fault}.",
                'Write them like {"language": "en"}: double quotes, commas between, no comma at the end.',
                text.state.name,
                text.path,
                severity=Severity.WARNING if has_liquid(text.text) else None,
            )


@rule(
    "http-body-not-json",
    Severity.WARNING,
    "A request says JSON and sends none",
    why="The content type promises JSON; what cannot be read is refused by most services, and the run leaves by "
    "'failed'.",
    source="Twilio docs: Make HTTP Request widget",
)
def body_not_json(subject: Subject) -> Iterator[Hit]:
    for state, path, text in json_texts(subject, "http"):
        fault = json_fault(text, any_value=True)
        if fault:
            yield Hit(
                f"The body is not JSON: {fault}.",
                "Mend it: double quotes, commas between, no comma at the end; or change the content type.",
                state.name,
                path,
            )


@rule(
    "attributes-duplicate-key",
    Severity.WARNING,
    "A key stands twice in the attributes",
    why="Only the last one counts.",
    source="RFC 8259, section 4",
)
def duplicate_key(subject: Subject) -> Iterator[Hit]:
    for text in _all(subject):
        for key in duplicate_keys(text.text):
            yield Hit(
                f"The key {quote(key)} stands twice in one object.",
                "Remove one of the two.",
                text.state.name,
                text.path,
            )


@rule(
    "json-unescaped-words",
    Severity.WARNING,
    "Somebody's own words stand in JSON without 'to_json'",
    why="A quotation mark or a line break in what the customer wrote breaks the JSON: the task is not made, the "
    "request refused. 'to_json' writes the quotation marks itself and escapes what is inside.",
    source=_TO_JSON,
)
def unescaped_words(subject: Subject) -> Iterator[Hit]:
    is_theirs = words_of_people(subject)
    for text in _all(subject):
        bare = [
            output.names[0]
            for output, _ in placed_outputs(text.text)
            if output.names and "to_json" not in output.filters and is_theirs(output.names[0])
        ]
        if bare:
            yield Hit(
                f"{quote(bare[0])} holds what people wrote, and stands in JSON without 'to_json'.",
                f"Write {{{{{bare[0]} | to_json}}}} without quotation marks around it.",
                text.state.name,
                text.path,
            )


@rule(
    "json-quoted-to-json",
    Severity.WARNING,
    "'to_json' stands inside quotation marks",
    why="'to_json' writes quotation marks around a text itself; with a second pair the JSON is broken.",
    source=_TO_JSON,
)
def quoted_to_json(subject: Subject) -> Iterator[Hit]:
    for text in _all(subject):
        doubled = [o for o, inside in placed_outputs(text.text) if inside and o.filters[-1:] == ("to_json",)]
        if doubled:
            name = (*doubled[0].names, "...")[0]
            yield Hit(
                f"{{{{{name} | to_json}}}} stands inside quotation marks: they will be doubled.",
                "Take away the quotation marks around it.",
                text.state.name,
                text.path,
            )


def _all(subject: Subject) -> Iterator[JsonText]:
    for of in ("task", "message", "http"):
        yield from json_texts(subject, of)
