"""Studio JSON in and out: nothing is lost, one change stays one change, drafts load, all faults come at once."""

from __future__ import annotations

import copy
import json
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import strategies
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.errors import FormatError, UsageError
from flowlab.formats import load, save
from flowlab.formats.studio import read_flow, write_flow
from flowlab.formats.studio_legacy import modern_type
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.kinds import KINDS

WRAPPINGS: dict[str, Callable[[Any], Any]] = {
    "bare": lambda d: d,
    "a resource": lambda d: {"sid": "FW1", "friendly_name": "Menu", "revision": 3, "definition": d, "valid": True},
    "a resource with the definition as text": lambda d: {
        "friendly_name": "Menu",
        "definition": json.dumps(d, indent=1),
    },
    "a text": json.dumps,
    "a text in a text": lambda d: json.dumps(json.dumps(d)),
}


def strict(value: Any) -> str:
    """JSON text by which values are equal only where JSON says so (``1`` is not ``true``)."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@given(definition=strategies.odd_definitions() | strategies.flows())
@settings(max_examples=30, deadline=None)
def test_what_was_read_is_written(wrapping: str, definition: dict[str, Any]) -> None:
    data = WRAPPINGS[wrapping](definition)
    before = strict(data)
    assert strict(write_flow(read_flow(data))) == before
    assert strict(data) == before  # reading leaves the caller's object alone


@given(strategies.odd_definitions())
@settings(max_examples=60, deadline=None)
def test_any_flow_that_loads_can_be_looked_at_and_saved(definition: dict[str, Any]) -> None:
    flow = read_flow(definition)
    assert [state.name for state in flow] == [state["name"] for state in definition["states"]]
    assert len(flow.graph) >= len(flow)
    for state in flow:
        assert isinstance(state.text, str)
        assert all(isinstance(t.label, str) for t in state.transitions)


@given(st.data(), strategies.odd_definitions())
@settings(max_examples=100, deadline=None)
def test_one_change_changes_one_place(data: st.DataObject, definition: dict[str, Any]) -> None:
    flow = read_flow(definition)
    expected = copy.deepcopy(definition)
    if not flow.states or data.draw(st.booleans()):
        changed, expected["description"] = replace(flow, description="new"), "new"
    else:
        index = data.draw(st.integers(0, len(flow) - 1))
        state, raw = flow.states[index], expected["states"][index]
        key, value = data.draw(
            st.sampled_from(
                [("name", "brand new"), ("type", "hold"), ("properties", {"body": 1}), ("properties", {"body": True})]
            )
        )
        raw[key] = value
        states = [*flow.states]
        states[index] = replace(state, **{key: value})
        changed = replace(flow, states=tuple(states))
    assert strict(write_flow(changed)) == strict(expected)


SPLIT: dict[str, Any] = {
    "states": [
        {
            "name": "split",
            "type": "split-based-on",
            "note": [1],
            "transitions": [
                {"event": "noMatch", "uuid": 7},
                {
                    "event": "match",
                    "next": "a",
                    "conditions": [
                        {"type": "equal_to", "value": "1", "arguments": ["{{x}}"], "friendly_name": "one", "k": 0}
                    ],
                },
                {"event": "match", "next": "", "conditions": [{"type": "equal_to", "value": 2}]},
            ],
            "properties": {"input": "{{x}}", "loop": 1, "offset": {"x": 1, "y": 2}},
        }
    ],
    "initial_state": "split",
    "flags": {"allow_concurrent_calls": True},
}


def with_transition(index: int, **changes: Any) -> Flow:
    flow = read_flow(SPLIT)
    transitions = [*flow.states[0].transitions]
    transitions[index] = replace(transitions[index], **changes)
    return replace(flow, states=(replace(flow.states[0], transitions=tuple(transitions)),))


def with_condition(index: int, **changes: Any) -> Flow:
    (condition,) = read_flow(SPLIT).states[0].transitions[index].conditions
    return with_transition(index, conditions=(replace(condition, **changes),))


CHANGES: list[tuple[str, Flow, tuple[Any, ...], Any]] = [
    ("next", with_transition(1, next="b"), ("transitions", 1, "next"), "b"),
    ("next where there was none", with_transition(0, next="b"), ("transitions", 0, "next"), "b"),
    ("event", with_transition(0, event="other"), ("transitions", 0, "event"), "other"),
    ("a condition's value", with_condition(1, value="3"), ("transitions", 1, "conditions", 0, "value"), "3"),
    ("a bare condition's value", with_condition(2, value="3"), ("transitions", 2, "conditions", 0, "value"), "3"),
    ("a condition's type", with_condition(2, type="contains"), ("transitions", 2, "conditions", 0, "type"), "contains"),
    (
        "a condition's caption",
        with_condition(1, label="uno"),
        ("transitions", 1, "conditions", 0, "friendly_name"),
        "uno",
    ),
    (
        "its argument",
        with_condition(2, arguments=("{{y}}",)),
        ("transitions", 2, "conditions", 0, "arguments"),
        ["{{y}}"],
    ),
]


@pytest.mark.parametrize(("flow", "path", "value"), [c[1:] for c in CHANGES], ids=[c[0] for c in CHANGES])
def test_one_changed_field_changes_one_place(flow: Flow, path: tuple[Any, ...], value: Any) -> None:
    expected = copy.deepcopy(SPLIT)
    place: Any = expected["states"][0]
    for key in path[:-1]:
        place = place[key]
    place[path[-1]] = value
    assert strict(write_flow(flow)) == strict(expected)


def test_unwiring_an_exit_takes_its_next_away() -> None:
    written = write_flow(with_transition(1, next=None))["states"][0]["transitions"][1]
    assert "next" not in written
    assert written["conditions"] == SPLIT["states"][0]["transitions"][1]["conditions"]


def test_a_change_is_seen_where_python_sees_none() -> None:
    flow = read_flow(json.dumps(SPLIT))  # embedded as text, too
    state = flow.states[0]
    changed = replace(flow, states=(replace(state, properties={**state.properties, "loop": True}),))
    assert json.loads(write_flow(changed))["states"][0]["properties"]["loop"] is True


def test_a_flow_made_in_python_is_whole_studio_json() -> None:
    match = Transition("match", "bye", (Condition("equal_to", "1", ("{{x}}",)),))
    split = State("split", "split-based-on", (Transition("noMatch"), match), {"input": "{{x}}"})
    flow = Flow((split, State("bye", "send-message")), "split", "made by hand")
    condition = {"friendly_name": "If value equal_to 1", "arguments": ["{{x}}"], "type": "equal_to", "value": "1"}
    assert write_flow(flow) == {
        "description": "made by hand",
        "initial_state": "split",
        "states": [
            {
                "name": "split",
                "type": "split-based-on",
                "transitions": [{"event": "noMatch"}, {"event": "match", "next": "bye", "conditions": [condition]}],
                "properties": {"input": "{{x}}"},
            },
            {"name": "bye", "type": "send-message", "transitions": [], "properties": {}},
        ],
    }
    assert write_flow(read_flow(write_flow(flow))) == write_flow(flow)


NAMES = [
    ({"friendly_name": "Menu", "definition": SPLIT}, "menu.json", "Menu"),
    (SPLIT, "flows/order support.json", "order support"),
    ({**SPLIT, "description": "greets"}, "flow", "greets"),
    (SPLIT, "flow", "flow"),
]


@pytest.mark.parametrize(("data", "source", "name"), NAMES)
def test_a_flow_is_called_what_people_call_it(data: Any, source: str, name: str) -> None:
    assert read_flow(data, source).name == name


LEGACY: dict[str, Any] = {
    "description": "old",
    "states": [
        {
            "sid": "FF1",
            "name": "Trigger",
            "type": "InitialState",
            "properties": {"offset": {"x": 0, "y": 0}, "flow_url": "https://example.com"},
            "transitions": [
                {"event": "incomingMessage", "conditions": [], "next": "FF2", "uuid": "u1"},
                {"event": "incomingCall", "conditions": [], "next": None, "uuid": "u2"},
            ],
        },
        {
            "sid": "FF2",
            "name": "ask",
            "type": "MessagePrompt",
            "properties": {"body": "?", "timeout": 60, "service": None},
            "transitions": [{"event": "incomingMessage", "conditions": [], "next": "FF3"}],
        },
        {
            "sid": "FF3",
            "name": "split",
            "type": "Branch",
            "properties": {"input": "{{widgets.ask.inbound.Body}}"},
            "transitions": [
                {"event": "noMatch", "conditions": [], "next": "FF9"},
                {
                    "event": "match",
                    "next": "FF2",
                    "conditions": [
                        {"friendly_name": "1", "type": "equal_to", "value": "1", "arguments": ["x"], "extra": None}
                    ],
                },
            ],
        },
    ],
}


def test_legacy_is_upgraded() -> None:
    flow = read_flow(LEGACY)
    condition = {"friendly_name": "1", "type": "equal_to", "value": "1", "arguments": ["x"]}
    assert write_flow(flow) == {
        "description": "old",
        "states": [
            {
                "name": "Trigger",
                "type": "trigger",
                "transitions": [{"event": "incomingMessage", "next": "ask"}, {"event": "incomingCall"}],
                "properties": {"offset": {"x": 0, "y": 0}},
            },
            {
                "name": "ask",
                "type": "send-and-wait-for-reply",
                "transitions": [{"event": "incomingMessage", "next": "split"}],
                "properties": {"body": "?", "timeout": 60},
            },
            {
                "name": "split",
                "type": "split-based-on",
                "transitions": [
                    {"event": "noMatch", "next": "FF9"},  # no state has that sid: a dangling exit stays visible
                    {"event": "match", "next": "ask", "conditions": [condition]},
                ],
                "properties": {"input": "{{widgets.ask.inbound.Body}}"},
            },
        ],
        "initial_state": "Trigger",
        "flags": {"allow_concurrent_calls": True},
    }
    assert write_flow(read_flow(write_flow(flow))) == write_flow(flow)


def test_legacy_in_a_wrapping_is_upgraded_inside_it() -> None:
    written = write_flow(read_flow({"sid": "FW1", "definition": json.dumps(LEGACY)}))
    assert json.loads(written["definition"])["initial_state"] == "Trigger"
    assert written["sid"] == "FW1"


TYPES = {
    "InitialState": "trigger",
    "SetVariables": "set-variables",
    "Branch": "split-based-on",
    "Message": "send-message",
    "SayPlay": "say-play",
    "Gather": "gather-input-on-call",
    "MessagePrompt": "send-and-wait-for-reply",
    "Webhook": "make-http-request",
    "Function": "run-function",
    "SendToFlex": "send-to-flex",
    "DialV2": "make-outgoing-call-v2",
    "EnqueueCall": "enqueue-call",
}


@pytest.mark.parametrize(("old", "new"), TYPES.items())
def test_legacy_types(old: str, new: str) -> None:
    assert modern_type(old) == new
    assert new in KINDS


def test_drafts_load_as_they_are() -> None:
    draft = {
        "states": [
            {"name": "a", "type": "no-such-widget", "transitions": [{"event": "next", "next": "gone"}]},
            {"name": "b", "type": "${kind}"},
            {"type": "trigger"},
        ],
        "initial_state": "missing",
    }
    flow = read_flow(draft)
    assert [state.name for state in flow] == ["a", "b", "Trigger"]
    assert (flow.initial_state, flow["a"].transitions[0].next) == ("missing", "gone")
    assert write_flow(flow) == draft


def test_all_faults_at_once() -> None:
    states = [
        {"name": "a", "type": "x"},
        {"name": "a", "type": "x"},
        {"name": "b"},
        {"type": "x"},
        5,
        {"name": 7, "type": ""},
        {"name": "a", "type": "y"},
        None,
    ]
    with pytest.raises(FormatError) as caught:
        read_flow({"states": states}, "menu.json")
    faults = [(fault.path, fault.state) for fault in caught.value.faults]
    assert faults == [
        ("#/states/1/name", "a"),
        ("#/states/2/type", "b"),
        ("#/states/3/name", ""),
        ("#/states/4", ""),
        ("#/states/5/type", ""),
        ("#/states/5/name", ""),
        ("#/states/6/name", "a"),
        ("#/states/7", ""),
    ]
    assert str(caught.value).startswith("menu.json: 8 faults\n")
    assert [fault.message[-9:] for fault in caught.value.faults if "taken" in fault.message] == ["/states/0"] * 2


def test_saved_and_loaded_it_is_the_same(tmp_path: Path) -> None:
    for number, wrap in enumerate(WRAPPINGS.values()):
        data = wrap({**SPLIT, "description": "Grüße 👋 \ud83d"})
        path = save(read_flow(data), tmp_path / f"{number}.json")
        flow = load(path)
        assert isinstance(flow, Flow)
        assert write_flow(flow) == data
        assert path.read_bytes().endswith(b"\n")


def test_a_byte_order_mark_and_utf_16_are_read(write: Callable[..., Path]) -> None:
    text = json.dumps({**SPLIT, "description": "ü"}, ensure_ascii=False)
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "utf-16", "utf-32")):
        flow = load(write(text.encode(encoding), f"{number}.json"))
        assert isinstance(flow, Flow)
        assert flow.description == "ü"


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_saving_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = save(read_flow(SPLIT), tmp_path / "flow.json")
    before = path.read_bytes()

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(UsageError, match="No space left on device"):
        save(replace(read_flow(SPLIT), description="changed"), path)
    assert path.read_bytes() == before
    assert names_in(tmp_path) == ["flow.json"]


def test_a_saved_file_can_be_read_by_others(tmp_path: Path) -> None:
    path = save(read_flow(SPLIT), tmp_path / "flow.json")
    other = tmp_path / "other.txt"
    other.write_text("x")
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(other.stat().st_mode)


@pytest.mark.parametrize("name", ["flow.jsonl", "flow.csv", "flow", "flow.toml", "flow.JSON.txt"])
def test_a_flow_is_saved_as_json_or_yaml_only(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"a flow is saved as \.json or \.yaml"):
        save(read_flow(SPLIT), tmp_path / name)
    assert names_in(tmp_path) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "file").write_text("x")
    for place in ("folder.json", "none/flow.json", "file/flow.json"):
        with pytest.raises(UsageError, match="cannot be written"):
            save(read_flow(SPLIT), tmp_path / place)
    assert names_in(tmp_path) == ["file", "folder.json"]
