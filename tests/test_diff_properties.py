"""What holds for the diff of any two flows, however broken: empty for the same, quiet about noise, never silent about
what runs.
"""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from strategies import NAMES, deeds, flows, json_values, odd_definitions, text

from flowlab.api import diff
from flowlab.errors import FlowlabError
from flowlab.formats.studio import read_flow
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.run.session import Session
from flowlab.show.flow_text import flow_text

Definition = dict[str, Any]
OPPOSITE = {"added": "removed", "branch added": "branch removed", "removed": "added", "branch removed": "branch added"}


#: Here texts stand. What else stands here is read as its JSON, letter by letter.
TEXTUAL = ("initial_state", "description", "event", "next", "type", "value", "arguments", "friendly_name")


def shuffled(value: Any, rng: Any) -> Any:
    """The same JSON with its keys in another order."""
    if isinstance(value, dict):
        keys = list(value)
        rng.shuffle(keys)
        return {key: value[key] if key in TEXTUAL else shuffled(value[key], rng) for key in keys}
    return [shuffled(item, rng) for item in value] if isinstance(value, list) else value


@given(odd_definitions() | flows())
def test_a_flow_beside_itself_is_empty(definition: Definition) -> None:
    assert diff(read_flow(definition), read_flow(copy.deepcopy(definition))).is_empty


@given(odd_definitions() | flows(), st.randoms(use_true_random=False), st.booleans())
def test_order_and_canvas_are_noise(definition: Definition, rng: Any, moved: bool) -> None:
    other = shuffled(copy.deepcopy(definition), rng)
    rng.shuffle(other["states"])
    for state in other["states"] if moved else []:
        if isinstance(state.get("properties"), dict):
            state["properties"]["offset"] = {"x": rng.randrange(100), "y": 5}
    found = diff(read_flow(definition), read_flow(other))
    assert found.means_the_same
    assert moved or found.is_empty
    assert flow_text(read_flow(definition)) == flow_text(read_flow(other))


@given(flows(), flows())
def test_swapping_the_versions_swaps_what_was_added(one: Definition, other: Definition) -> None:
    there, back = diff(read_flow(one), read_flow(other)), diff(read_flow(other), read_flow(one))
    assert {new: old for old, new in there.renames.items()} == back.renames
    kinds = sorted(OPPOSITE.get(str(c.kind), str(c.kind)) for c in there)
    assert kinds == sorted(str(c.kind) for c in back)


@given(odd_definitions(), odd_definitions())
def test_whatever_is_compared_it_can_be_shown(one: Definition, other: Definition) -> None:
    found = diff(read_flow(one), read_flow(other))
    assert found.as_text() and found.as_markdown() and found.as_html()
    json.dumps(found.as_json(), allow_nan=False)
    marks = {data.get("mark") for _, data in found.graph.nodes(data=True)}
    assert marks <= {None, "added", "removed", "changed", "moved"}
    assert found.graph.number_of_nodes() >= max(len(found.old), len(found.new))


def edit(definition: Definition, draw: Any) -> str:
    """One edit at a drawn place, made in place; the kind of change it must be told as, empty where nothing changed."""
    state = draw(st.sampled_from([s for s in definition["states"] if s["name"] != "Trigger"]))
    verb = draw(st.sampled_from(["body", "type", "next", "remove", "add", "timeout", "initial"]))
    before = json.dumps(definition)
    kind = verb
    if verb == "body":
        state["properties"]["body"] = draw(text)
        kind = "property" if state["type"] in ("make-http-request", "run-function") else "text"
    elif verb == "timeout":
        state["properties"]["timeout"] = draw(json_values)
        kind = "property"
    elif verb == "type":
        state["type"], kind = "hold", "retyped"
    elif verb == "next":
        way = draw(st.sampled_from(state["transitions"]))
        way["next"], kind = draw(st.sampled_from(NAMES)), "rewired"
    elif verb == "remove":
        definition["states"].remove(state)
        kind = "removed"
    elif verb == "add":
        definition["states"].append({"name": "quite_new", "type": "brand-new", "transitions": [], "properties": {}})
        kind = "added"
    else:
        definition["initial_state"], kind = "odd", "initial"
    return kind if json.dumps(definition) != before else ""


@settings(max_examples=200)
@given(flows(), st.data())
def test_a_single_edit_is_told_as_what_it_is_and_undone_leaves_nothing(definition: Definition, data: Any) -> None:
    changed = copy.deepcopy(definition)
    kind = edit(changed, data.draw)
    old, new = read_flow(definition), read_flow(changed)
    assert {str(c.kind) for c in diff(old, new)} == ({kind} if kind else set())
    assert diff(read_flow(definition), read_flow(json.loads(json.dumps(definition)))).is_empty


@given(flows(), st.sampled_from(NAMES))
def test_a_rename_that_all_follow_is_one_change(definition: Definition, name: str) -> None:
    old = read_flow(definition)
    if name not in old.by_name or any(t.next == "renamed" for s in old for t in s.transitions):
        return
    written = json.dumps(definition).replace(f"widgets.{name}.", "widgets.renamed.")
    for key in ("name", "next"):
        written = written.replace(f'"{key}": "{name}"', f'"{key}": "renamed"')
    found = diff(old, read_flow(json.loads(written)))
    assert [(str(c.kind), c.old, c.new) for c in found] == [("renamed", name, "renamed")]


def happened(flow: Flow, things: list[tuple[str | None, float]]) -> list[Event]:
    """All events but the names of conditions that lead to the same state: which of them held is no difference."""
    session = Session(flow, channel="sms")
    session.start("hi")
    for words, after_s in things:
        try:
            session.wait(after_s)
            if words is not None:
                session.say(words)
        except FlowlabError:
            break
    return [event._replace(condition="", detail="", value="") for event in session.events if event.kind != "fault"]


def mixed(one: Definition, other: Definition, draw: Any) -> Definition:
    """A flow beside the first one: some states from the second, some exits gone or in another order."""
    made = copy.deepcopy(one)
    theirs = {state["name"]: state for state in other["states"]}
    for at, state in enumerate(made["states"]):
        choice = draw(st.sampled_from(["same", "same", "same", "theirs", "turned", "fewer", "no next"]))
        if choice == "theirs" and state["name"] in theirs:
            made["states"][at] = copy.deepcopy(theirs[state["name"]])
        elif choice == "turned":
            state["transitions"].reverse()
        elif choice == "fewer":
            del state["transitions"][-1:]
        elif choice == "no next" and state["transitions"]:
            state["transitions"][0].pop("next", None)
    return made


@settings(max_examples=300)
@given(flows(), flows(), deeds, st.data())
def test_where_the_diff_says_nothing_both_run_alike(one: Definition, other: Definition, things: Any, data: Any) -> None:
    old, new = read_flow(one), read_flow(mixed(one, other, data.draw))
    if diff(old, new).means_the_same:
        assert happened(old, things) == happened(new, things)


@settings(max_examples=200)
@given(flows(), flows(), st.data())
def test_texts_for_git_are_the_same_only_where_the_diff_is_empty(one: Definition, other: Definition, data: Any) -> None:
    old, new = read_flow(one), read_flow(mixed(one, other, data.draw))
    if flow_text(old) == flow_text(new):
        assert diff(old, new).means_the_same
