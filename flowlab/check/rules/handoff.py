"""Rules about handing over to people."""

from __future__ import annotations

import json
from collections.abc import Iterator

from flowlab.check.literal import has_liquid, longest_literal
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State

_WIDGET = "Twilio docs: Send to Flex widget"
_ATTRIBUTES = {"send-to-flex": "attributes", "enqueue-call": "task_attributes"}
_MAX_ATTRIBUTES_CHARS = 1_024


@rule(
    "handoff-no-failure-path",
    Severity.WARNING,
    "Nothing happens when the hand-off fails",
    why="The customer was told that somebody will take over, and nobody does.",
    source="Public flows: 30 % of 'failedToEnqueue' lead anywhere",
)
def no_failure_path(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type(*_ATTRIBUTES):
        path = subject.unwired(state, "failedToEnqueue")
        if path:
            yield Hit(
                "When no task can be made for an agent, the run ends without a word.",
                "Wire 'failedToEnqueue' to a message that says what the customer can do instead.",
                state.name,
                path,
                "failedToEnqueue",
            )


def _attributes(subject: Subject) -> Iterator[tuple[State, str, str]]:
    for state in subject.of_type(*_ATTRIBUTES):
        key = _ATTRIBUTES[state.type]
        text = state.properties.get(key)
        if isinstance(text, str) and text.strip():
            yield state, subject.path(state, "properties", key), text


@rule(
    "attributes-too-long",
    Severity.ERROR,
    "The task attributes are longer than Studio takes",
    why="Studio takes 1,024 characters. A warning where only the template is longer and what it renders to may fit.",
    source=_WIDGET,
)
def too_long(subject: Subject) -> Iterator[Hit]:
    for state, path, text in _attributes(subject):
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
    "The task attributes are not a JSON object",
    why="The task cannot be made, and the run leaves by 'failedToEnqueue'. Only attributes without Liquid are judged: "
    "the others are JSON only after rendering.",
    source=_WIDGET,
)
def not_json(subject: Subject) -> Iterator[Hit]:
    for state, path, text in _attributes(subject):
        fault = "" if has_liquid(text) else _json_fault(text)
        if fault:
            yield Hit(
                f"The attributes are not a JSON object: {fault}.",
                'Write them like {"language": "en"}: double quotes, commas between, no comma at the end.',
                state.name,
                path,
            )


def _json_fault(text: str) -> str:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return f"{error.msg}, line {error.lineno}, column {error.colno}"
    except (RecursionError, ValueError):
        return "nested too deeply, or a number too long to read"
    return "" if isinstance(value, dict) else f"it is a {type(value).__name__}"
