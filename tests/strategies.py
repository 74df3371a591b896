"""Random flows and conversations for property tests: whole ones, broken ones, and the JSON that strangers write."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

NAMES = ("start", "ask", "ask_again", "menu", "look_up", "set", "say", "agent", "odd")
EXITS = {
    "trigger": ("incomingMessage", "incomingConversationMessage", "incomingRequest"),
    "send-message": ("sent", "failed"),
    "send-and-wait-for-reply": ("incomingMessage", "timeout", "deliveryFailure"),
    "split-based-on": ("noMatch", "match", "match"),
    "set-variables": ("next",),
    "make-http-request": ("success", "failed"),
    "run-function": ("success", "fail"),
    "run-subflow": ("completed", "failed"),
    "send-to-flex": ("callComplete", "failedToEnqueue"),
    "say-play": ("audioComplete",),
    "no-such-widget": ("next", "other"),
}
TEXTS = (
    "Hello",
    "",
    "Hi {{flow.variables.v}}",
    "{{widgets.ask.inbound.Body}}",
    "{{flow.variables.v | plus: 1}}",
    "{{widgets.ask.inbound.Body.size}}",
    "{% if flow.variables.v > 2 %}many{% else %}few{% endif %}",
    "{{widgets.ask.inbound.Body | split: ' ' | first}}",
    "{{trigger | to_json | size}}",
    "{{'now' | date: '%H:%M:%S'}}",
    "broken {{ v",
    "{{ 1 | no_such_filter }}",
    "{{widgets.look_up.parsed.items | first}}",
    "{{widgets.look_up.parsed.items.size}}",
)
TYPES = ("equal_to", "contains", "regex", "less_than", "is_blank", "matches_any_of", "no_such_condition")
VALUES = ("1", "2", "yes, y", "(a+)+$", "(", "hello", "{{flow.variables.v}}", "")
REPLIES = ("1", "2", "yes", "hello there", "", "{{flow.variables.v}}", "a" * 50, '{"a": 1}', "Ünï 👋")

text = st.sampled_from(TEXTS)
reply = st.sampled_from(REPLIES)


@st.composite
def transition(draw: st.DrawFn, event: str) -> dict[str, Any]:
    made: dict[str, Any] = {"event": event}
    target = draw(st.sampled_from([*NAMES, None, "nowhere"]))
    if target:
        made["next"] = target
    if event == "match":
        condition = {"type": draw(st.sampled_from(TYPES)), "value": draw(st.sampled_from(VALUES)), "arguments": []}
        made["conditions"] = draw(st.sampled_from([[condition], [condition], []]))
    return made


@st.composite
def properties(draw: st.DrawFn) -> dict[str, Any]:
    rows = st.lists(st.fixed_dictionaries({"key": st.sampled_from("vw"), "value": text}), max_size=2)
    return {
        "body": draw(text),
        "input": draw(text),
        "url": "https://shop.example.com/orders",
        "timeout": draw(st.sampled_from(["60", "3600", 30, "soon", "-1", "{{flow.variables.v}}"])),
        "variables": draw(rows),
        "parameters": draw(rows),
        "attributes": draw(st.sampled_from(["", '{"a": "{{flow.variables.v}}"}', "{{trigger | to_json}}", "[1]", "{"])),
    }


@st.composite
def flows(draw: st.DrawFn) -> dict[str, Any]:
    """A flow definition that loads; its content may be as broken as a draft's."""
    states = [{"name": "Trigger", "type": "trigger", "transitions": [{"event": "incomingMessage", "next": "start"}]}]
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=7, unique=True)):
        kind = draw(st.sampled_from([*EXITS, "send-and-wait-for-reply", "split-based-on"]))
        exits = [draw(transition(event)) for event in EXITS[kind]]
        states.append({"name": name, "type": kind, "transitions": exits, "properties": draw(properties())})
    return {"description": "drawn", "states": states, "initial_state": draw(st.sampled_from(["Trigger"] * 5 + ["x"]))}


#: What a customer does: (text, seconds before it), or (None, seconds of silence).
deeds = st.lists(st.tuples(st.none() | reply, st.sampled_from([0.0, 1.0, 59.5, 60.0, 4000.0, 3e6])), max_size=8)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)
_odd = st.dictionaries(st.sampled_from(["odd", "uuid", "x-more"]), json_values, max_size=2)


@st.composite
def _odd_object(draw: st.DrawFn, keys: dict[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    """An object with some of the keys, each in good shape or any at all, and keys nobody knows."""
    made = draw(_odd)
    for key, good in keys.items():
        choice = draw(st.sampled_from(["good", "good", "odd", "missing"]))
        if choice != "missing":
            made[key] = draw(good if choice == "good" else json_values)
    return made


_conditions = _odd_object(
    {"type": st.sampled_from(TYPES), "value": text, "arguments": st.lists(text, max_size=2), "friendly_name": text}
)
_transitions = _odd_object(
    {
        "event": st.sampled_from(["match", "next", "sent"]),
        "next": st.sampled_from([*NAMES, "", None]),
        "conditions": st.lists(_conditions | json_values, max_size=2),
    }
)


@st.composite
def odd_definitions(draw: st.DrawFn) -> dict[str, Any]:
    """A definition as strangers write them: it loads, and nearly everything in it may be of an unexpected type."""
    names = draw(st.lists(st.text(min_size=1, max_size=5), max_size=4, unique=True))
    states = []
    for name in names:
        body = draw(
            _odd_object({"transitions": st.lists(_transitions | json_values, max_size=3), "properties": properties()})
        )
        states.append({**body, "name": name, "type": draw(st.sampled_from([*EXITS, "${kind}"]))})
    rest = draw(
        _odd_object({"description": st.text(), "initial_state": st.sampled_from([*NAMES]), "flags": json_values})
    )
    return {**rest, "states": states}


#: Scopes as runs have them: four groups of nested maps with odd names and every JSON type in them.
_keys = st.sampled_from(["a", "b", "name", "send-hello", "Body", "size", "first", "_x", "a1"])
_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=12)
    | st.sampled_from(["{{ a }}", "{% if %}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_keys, inner, max_size=3),
    max_leaves=8,
)
scopes = st.fixed_dictionaries(
    {group: st.dictionaries(_keys, _values, max_size=4) for group in ("trigger", "widgets", "flow", "contact")}
)
_blank = st.sampled_from(["", " ", "  ", "\n", "\t"])
_literal = st.sampled_from(["", " ", "Hi ", "}}", "{", "%}", "ß{ ", "\n", '"']) | st.text(max_size=6).map(
    lambda t: t.replace("{", "")
)


@st.composite
def look_ups(draw: st.DrawFn) -> str:
    """A text of literals and look-ups, spelt in every way that people do."""
    out = [draw(_literal)]
    for _ in range(draw(st.integers(1, 3))):
        path = ".".join(
            [
                draw(st.sampled_from(["trigger", "widgets", "flow", "contact", "now"])),
                *draw(st.lists(_keys, max_size=4)),
            ]
        )
        opening, closing = draw(
            st.sampled_from([("{{", "}}"), ("{{", "}}"), ("{{-", "}}"), ("{{", "-}}"), ("{{", " -}}")])
        )
        out += [opening, draw(_blank), path, draw(_blank), closing, draw(_literal)]
    return "".join(out)
