"""JSON written as a template: is it JSON once rendered, and do the customer's own words break it?"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from flowlab.check.liquid import Output, liquid, outputs
from flowlab.check.literal import has_liquid, longest_literal, pieces
from flowlab.check.subject import Subject, rows
from flowlab.model.flow import State

TASK = {"send-to-flex": "attributes", "enqueue-call": "task_attributes"}
#: Tags whose longest branch is a fair sample of what a template gives.
_PLAIN_TAGS = frozenset({"if", "elsif", "else", "unless", "case", "when", "assign", "endif", "endunless", "endcase"})
#: What an output may stand for in JSON: a value (or a part of a text), nothing, a whole member.
_FILLINGS = ("0", "", '"0": 0')
_DEPLOYED = re.compile(r"\$\{[^{}]*\}")  # filled in before Studio sees it, by anything
_KINDS = {list: "a list", str: "a text", bool: "true or false", type(None): "null"}
#: Ends of names under which people's own words are found; quotation marks may stand in them.
_WORDS = {
    "trigger": ("Body", "ProfileName", "friendlyName", "FriendlyName", "customerName"),
    "widgets": ("inbound.Body", "SpeechResult"),
}


class JsonText(NamedTuple):
    """A property that must be JSON once it is rendered."""

    state: State
    path: str
    text: str


def json_texts(subject: Subject, of: str) -> Iterator[JsonText]:
    """The texts that must be JSON. ``of``: ``task`` attributes, ``message`` attributes, or ``http`` bodies."""
    for state in subject.flow.states:
        key = TASK.get(state.type, "") if of == "task" else ""
        if of == "message" and state.type in ("send-message", "send-and-wait-for-reply"):
            key = "attributes"
        if of == "http" and state.type == "make-http-request" and _says_json(state):
            key = "body"
        text = state.properties.get(key)
        if isinstance(text, str) and text.strip():
            yield JsonText(state, subject.path(state, "properties", key), text)


def _says_json(state: State) -> bool:
    return str(state.properties.get("content_type", "")).strip().lower().startswith("application/json")


def json_fault(text: str, *, any_value: bool = False) -> str:
    """Why a text is no JSON object (or, with ``any_value``, no JSON) once rendered; empty where it is, or may be.

    >>> json_fault('{"a": {{flow.sid | to_json}}, "b": "{{flow.sid}}"}')
    ''
    >>> json_fault("{'a': {{flow.sid | to_json}}}")
    'Expecting property name enclosed in double quotes, line 1, column 2'
    """
    if text.lstrip().startswith("${"):
        return ""
    text = _DEPLOYED.sub("{{0}}", text)
    if not has_liquid(text):
        return _fault(text, any_value)
    if liquid(text).problem or text.lstrip()[:2] in ("{{", "{%") or text.lstrip()[:1] not in ("{", "["):
        return ""
    if any(piece.tag and piece.tag not in _PLAIN_TAGS for piece in pieces(text)):
        return ""
    faults = [_fault(longest_literal(text, filling), any_value) for filling in _FILLINGS]
    return faults[0] if all(faults) else ""


def _fault(text: str, any_value: bool) -> str:
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return f"{error.msg}, line {error.lineno}, column {error.colno}"
    except (RecursionError, ValueError):
        return "nested too deeply, or a number too long to read"
    return "" if any_value or isinstance(value, dict) else f"it is {_KINDS.get(type(value), 'a number')}"


def duplicate_keys(text: str) -> list[str]:
    """The keys that stand twice in one object of a JSON template.

    >>> duplicate_keys('{"a": 1, "b": {"a": 2}, "a": "{{flow.sid}}"}')
    ['a']
    """
    twice: dict[str, None] = {}

    def note(members: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in members]
        twice.update((key, None) for key in keys if keys.count(key) > 1)
        return dict(members)

    try:
        json.loads(longest_literal(_DEPLOYED.sub("0", text), "0"), object_pairs_hook=note)
    except (RecursionError, ValueError):
        return []
    return list(twice)


def placed_outputs(text: str) -> Iterator[tuple[Output, bool]]:
    """Every output of a JSON template, with whether it stands inside a JSON string.

    >>> [(o.names, inside) for o, inside in placed_outputs('{"a": "{{flow.sid}}", "b": {{flow.data.n}}}')]
    [(('flow.sid',), True), (('flow.data.n',), False)]
    """
    inside, found = False, iter(list(outputs(text)))
    for piece in pieces(text):
        literal = piece.literal.replace("\\\\", "").replace('\\"', "")
        inside ^= literal.count('"') % 2 == 1
        if piece.is_output:
            yield next(found), inside


def words_of_people(subject: Subject) -> Callable[[str], bool]:
    """Tells of a variable whether it holds somebody's own words: a message, what was said, a name from a form."""
    kept = frozenset(
        key
        for state in subject.of_type("set-variables")
        for _, key, value in rows(state)
        if isinstance(value, str) and any(map(_is_of_people, liquid(value).reads))
    )

    def is_theirs(name: str) -> bool:
        parts = tuple(name.split("."))
        is_variable = len(parts) == 3 and (parts[:2] == ("flow", "variables") or parts[0] == "widgets")
        return _is_of_people(name) or (is_variable and parts[2] in kept)

    return is_theirs


def _is_of_people(name: str) -> bool:
    group = name.split(".", 1)[0]
    return name.endswith(_WORDS.get(group, ("\0",))) or (group == "trigger" and ".pre_engagement_data." in name)
