"""The structural diff: a table of edits with what must be told of each, larger flows, hostile ones."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from flow_edits import edited

import flowlab as fl
from flowlab.check.diff.changes import diff_flows
from flowlab.check.diff.model import ChangeKind
from flowlab.errors import UsageError
from flowlab.formats.studio import read_flow
from flowlab.model.flow import Flow, State, Transition
from flowlab.show.flow_text import flow_text

GOLDEN = json.loads((Path(__file__).parent / "golden" / "diff.json").read_text(encoding="utf-8"))
SAMPLES = Path(__file__).parents[1] / "sample_data" / "flows"


def told(old: dict[str, Any], new: dict[str, Any]) -> list[list[str]]:
    return [[str(c.kind), c.state, c.sentence] for c in diff_flows(read_flow(old), read_flow(new))]


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_each_edit_is_told_as_what_it_is(case: dict[str, Any]) -> None:
    new = edited(GOLDEN["flow"], *case["edits"])
    assert told(GOLDEN["flow"], new) == case["changes"]


@pytest.mark.parametrize("case", GOLDEN["cases"], ids=lambda case: case["name"])
def test_the_other_way_round_what_was_added_is_removed(case: dict[str, Any]) -> None:
    old, new = read_flow(GOLDEN["flow"]), read_flow(edited(GOLDEN["flow"], *case["edits"]))
    opposite = {"added": "removed", "branch added": "branch removed"}
    opposite |= {value: key for key, value in opposite.items()}
    there, back = diff_flows(old, new), diff_flows(new, old)
    assert sorted(opposite.get(str(c.kind), str(c.kind)) for c in there) == sorted(str(c.kind) for c in back)
    if "not follow" not in case["name"]:  # there the old name is told apart from the new state that bears it
        assert sorted((c.old, c.new) for c in there) == sorted((c.new, c.old) for c in back)


def test_every_kind_of_change_has_a_case() -> None:
    assert {change[0] for case in GOLDEN["cases"] for change in case["changes"]} == {str(kind) for kind in ChangeKind}


def samples() -> tuple[Flow, Flow]:
    old, new = (fl.load(SAMPLES / name) for name in ("order_support.json", "order_support_v2.json"))
    assert isinstance(old, Flow) and isinstance(new, Flow)
    return old, new


def test_the_two_sample_versions() -> None:
    found = fl.diff(*samples())
    assert found.renames == {"ask_menu": "ask_start", "ask_order_number": "ask_number"}
    assert {c.state for c in found if c.kind is ChangeKind.ADDED} >= {"split_said", "count_silence", "hear_start"}
    assert {c.state for c in found if c.kind is ChangeKind.REMOVED} >= {"greet_open", "split_menu", "ask_rating"}
    told = {c.sentence for c in found}
    assert "'ask_number': timeout now leads to 'count_silence' (ended the run)." in told
    assert "'split_misses': > 2 now leads to 'say_handing_over' (was 'split_can_hand_over')." in told
    assert not found.is_empty and not found.means_the_same
    assert len(found) == len(list(found)) == len(found.table)


def test_a_flow_beside_itself_is_the_same() -> None:
    old, _ = samples()
    assert fl.diff(old, old).is_empty
    assert fl.diff(old, old).as_text() == "order_support -> order_support: no difference"


def test_places_on_the_canvas_mean_nothing() -> None:
    moved = edited(GOLDEN["flow"], ["set", "look_up", "offset", {"x": 1, "y": 1}])
    found = fl.diff(read_flow(GOLDEN["flow"]), read_flow(moved))
    assert not found.is_empty
    assert found.means_the_same


def test_real_versions_of_a_flow(real_flows: list[Path]) -> None:
    """Versions of one file stand beside each other as NAME@commit.json."""
    by_flow: dict[str, list[Flow]] = {}
    for path in real_flows:
        flow = fl.load(path)
        assert isinstance(flow, Flow)
        assert fl.diff(flow, flow).is_empty
        by_flow.setdefault(path.stem.partition("@")[0], []).append(flow)
    for versions in by_flow.values():
        for old, new in permutations(versions, 2):
            found = fl.diff(old, new)
            assert not found.is_empty
            assert not [c for c in found if c.kind is ChangeKind.RETYPED]
            assert found.as_text() and found.as_markdown() and found.graph


def test_real_flows_that_have_nothing_in_common_are_compared_too(real_flows: list[Path]) -> None:
    flows = [fl.load(path) for path in real_flows[:6]]
    for old, new in permutations(flows, 2):
        assert isinstance(old, Flow) and isinstance(new, Flow)
        assert fl.diff(old, new).as_json()["changes"] is not None


def big(n: int, tag: str = "") -> Flow:
    """A chain of questions and splits, every one with words of its own."""
    states = [
        State(
            f"{tag}state_{i}",
            ("send-message", "send-and-wait-for-reply", "set-variables")[i % 3],
            (Transition("sent", f"{tag}state_{i + 1}"), Transition("failed", f"{tag}state_{i * 7 % n}")),
            {"body": f"This is text number {i} of word{i * i % 977} and word{i * 31 % 991}", "timeout": str(i % 50)},
        )
        for i in range(n)
    ]
    return Flow(tuple(states), f"{tag}state_0")


def test_two_thousand_states_all_renamed_are_all_found_again() -> None:
    found = fl.diff(big(2000), big(2000, tag="new_"))
    assert len(found.renames) == 2000
    assert {c.kind for c in found} == {ChangeKind.RENAMED, ChangeKind.REWIRED}  # the last one leads to no state
    assert sum(c.kind is ChangeKind.REWIRED for c in found) == 1


def test_two_thousand_states_all_reworded_and_renamed() -> None:
    old, new = big(2000), big(2000, tag="new_")
    shouted = [State(s.name, s.type, s.transitions, {**s.properties, "more": s.properties["body"]}) for s in new]
    found = fl.diff(old, Flow(tuple(shouted), new.initial_state))
    assert len(found.renames) > 1900


def nested(depth: int) -> Any:
    value: Any = "x"
    for _ in range(depth):
        value = {"a": [value]}
    return value


HOSTILE: list[Any] = [
    nested(3000),
    {"offset": "left"},
    {"offset": [1], "body": None, "say": 3, "input": ["x"]},
    {"variables": [{"key": "a"}, {"key": "a"}, 3, None], "parameters": {"key": "value"}},
    {"variables": [{"key": "a", "value": nested(200)}], "body": "{{" * 5000},
    {"body": "<script>alert(1)</script>", "attributes": "{" * 3000},
    {"body": '{"a": ' * 3000 + "1" + "}" * 3000},
    {"body": "a b " * 20_000},
    {1: 2, None: 3, "1": 4},
    {"body": "\ud800 \x1b[31m \u202e"},
]


@pytest.mark.parametrize("one", range(len(HOSTILE)))
def test_hostile_properties_are_compared(one: int) -> None:
    def flow(properties: Any) -> Flow:
        ways = (Transition("\x00", "{{"), Transition("match", None), Transition("match", "s"))
        return Flow((State("s", "set-variables", ways, properties), State("s", "odd{}", ways, {})), "none")

    assert fl.diff(flow(HOSTILE[one]), flow(HOSTILE[one])).is_empty
    for other in HOSTILE:
        found = fl.diff(flow(HOSTILE[one]), flow(other))
        assert found.is_empty == (other is HOSTILE[one])
        assert "\x1b" not in found.as_text() and "\u202e" not in found.as_markdown()
        assert "<script>" not in found.as_html() + found.as_markdown()
        assert found.graph


def test_states_of_the_same_name_are_paired_in_their_order() -> None:
    twice = Flow((State("a", "x"), State("a", "x", (), {"body": "second"})), "a")
    turned = Flow(tuple(reversed(twice.states)), "a")
    assert fl.diff(twice, twice).is_empty
    assert not fl.diff(twice, turned).means_the_same  # a run takes the first


def test_what_is_no_flow_is_refused() -> None:
    with pytest.raises(UsageError, match="two Flows, not a dict"):
        fl.diff(Flow(()), {})  # type: ignore[arg-type]


def test_empty_flows() -> None:
    old, _ = samples()
    assert fl.diff(Flow(()), Flow(())).is_empty
    assert {c.kind for c in fl.diff(old, Flow(()))} == {ChangeKind.REMOVED, ChangeKind.INITIAL, ChangeKind.FLOW}


def test_a_branch_that_tests_nothing_has_no_place_in_the_order_either_way() -> None:
    def split(*matches: dict[str, Any]) -> dict[str, Any]:
        ways = [{"event": "noMatch", "next": "a"}, *({"event": "match", **match} for match in matches)]
        return {"states": [{"name": "a", "type": "split-based-on", "transitions": ways}], "initial_state": "a"}

    two = [{"type": "equal_to", "value": "2", "arguments": []}]
    one = read_flow(split({"next": "b", "conditions": two}, {"next": "a", "conditions": two}))
    other = read_flow(split({"next": "a", "conditions": []}, {"next": "c", "conditions": two}))
    there, back = diff_flows(one, other), diff_flows(other, one)
    assert sorted(str(c.kind) for c in there) == sorted(str(c.kind) for c in back)
    assert "reordered" not in {str(c.kind) for c in back}


def test_of_exits_with_one_event_the_place_counts_in_the_text_as_in_the_diff() -> None:
    def split(*targets: str | None) -> Flow:
        ways = [{"event": "match", "next": target} for target in targets]
        states = [{"name": "a", "type": "split-based-on", "transitions": ways}]
        return read_flow({"states": states, "initial_state": "a"})

    assert not fl.diff(split("a", None), split(None, "a")).means_the_same
    assert flow_text(split("a", None)) != flow_text(split(None, "a"))
