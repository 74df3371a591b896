"""A rule about the definition's own keys: are they of the JSON types that Studio takes?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.properties import json_type
from flowlab.text.plain import quote

_CONDITION = {"friendly_name": "string", "type": "string", "value": "string", "arguments": "array"}
_TRANSITION = {"event": "string", "next": "string", "conditions": "array"}


@rule(
    "flow-key-type",
    Severity.ERROR,
    "A key of an exit or of a condition has the wrong JSON type",
    why="Studio refuses the flow. All comparisons are with texts: a number or a true to compare with stands in "
    "quotation marks, and 'arguments' is a list of texts. Judged by the file. What is missing, or null, is another "
    "rule's subject.",
    source="Twilio docs: Studio Flow and Widget JSON Schemas",
)
def key_type(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        for index, transition in enumerate(state.transitions):
            path = subject.path(state, "transitions", index)
            yield from _wrong(state.name, transition.event, path, transition.raw, _TRANSITION)
            for number, condition in enumerate(transition.conditions):
                place = f"{path}/conditions/{number}"
                yield from _wrong(state.name, transition.event, place, condition.raw, _CONDITION)
                arguments = condition.raw.get("arguments")
                each = {str(at): item for at, item in enumerate(arguments)} if isinstance(arguments, list) else {}
                yield from _wrong(
                    state.name, transition.event, f"{place}/arguments", each, dict.fromkeys(each, "string")
                )


def _wrong(state: str, event: str, path: str, raw: Mapping[str, Any], forms: Mapping[str, str]) -> Iterator[Hit]:
    for key, wanted in forms.items():
        value = raw.get(key)
        if value is None or json_type(value) == wanted:
            continue
        what = "argument" if key.isdigit() else quote(key)
        simple = isinstance(value, bool | int | float)
        fix = f'Write it in quotation marks: "{str(value).lower()}".' if simple else f"Write a JSON {wanted}."
        yield Hit(f"{what}: {json_type(value)} found, {wanted} expected.", fix, state, f"{path}/{key}", event)
