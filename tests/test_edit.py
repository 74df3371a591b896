"""Editing a flow: a new flow each time, changed in one place and as it was in all others."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import small_flows as small
import strategies
from hypothesis import assume, given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import FlowError
from flowlab.formats.studio import read_flow, write_flow
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.liquid_names import rename_in_text
from flowlab.run.session import Session

SPLIT = small.split(("equal_to", "1", "bye"), ("equal_to", "2", None), ("contains", "x", "ask"))


def made(*states: State) -> Flow:
    """As if it came from a file, so that every object remembers what the file said."""
    return read_flow(write_flow(small.flow(*states)))


def changed(before: Flow, after: Flow) -> list[str]:
    """The paths in the JSON that differ."""
    return sorted(_differences(write_flow(before), write_flow(after), "#"))


def _differences(one: Any, two: Any, path: str) -> list[str]:
    if isinstance(one, dict) and isinstance(two, dict):
        both = one.keys() | two.keys()
        return [p for k in sorted(both) for p in _differences(one.get(k, ...), two.get(k, ...), f"{path}/{k}")]
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return [p for i, (a, b) in enumerate(zip(one, two, strict=True)) for p in _differences(a, b, f"{path}/{i}")]
    return [] if one == two else [path]


# Each edit changes its place only


def test_rewire_changes_one_exit() -> None:
    flow = made(small.ask(), SPLIT)
    assert changed(flow, flow.rewire("ask", "timeout", "split")) == ["#/states/1/transitions/1/next"]
    assert changed(flow, flow.rewire("ask", "timeout", None)) == ["#/states/1/transitions/1/next"]
    assert flow.rewire("ask", "timeout", None).rewire("ask", "timeout", "bye") == flow
    assert flow["ask"].transitions[1].next == "bye", "the old flow stays"


def test_rewire_finds_a_branch_by_its_value_or_number() -> None:
    flow = made(small.ask(), SPLIT)
    by_value = flow.rewire("split", "match", "ask", value="2")
    assert changed(flow, by_value) == ["#/states/2/transitions/2/next"]
    assert by_value == flow.rewire("split", "match", "ask", index=1)
    assert by_value == flow.rewire("split", "match", "ask", index=1, value="2")


def test_with_text_changes_one_text() -> None:
    flow = made(small.ask(), SPLIT, small.hand_off())
    assert changed(flow, flow.with_text("ask", "Who?")) == ["#/states/1/properties/body"]
    assert flow.with_text("agent", "WW2")["agent"].properties["workflow"] == "WW2"


def test_what_a_split_tests_is_changed_where_it_decides() -> None:
    flow = made(small.ask(), SPLIT)
    other = flow.with_text("split", "{{flow.variables.x}}")
    assert [t.conditions[0].arguments for t in other["split"].transitions[1:]] == [("{{flow.variables.x}}",)] * 3
    assert other.with_text("split", flow["split"].text) == flow
    unlike = flow.with_state(
        replace(
            flow["split"],
            transitions=(
                replace(
                    SPLIT.transitions[1],
                    conditions=(replace(SPLIT.transitions[1].conditions[0], arguments=("{{other}}",)),),
                ),
            ),
        )
    )
    assert unlike.with_text("split", "x")["split"].transitions[0].conditions[0].arguments == ("{{other}}",)


def test_with_properties_sets_and_takes_away() -> None:
    flow = made(small.ask())
    other = flow.with_properties("ask", timeout="60", body=None)
    assert changed(flow, other) == ["#/states/1/properties/body", "#/states/1/properties/timeout"]
    assert write_flow(other.with_properties("ask", timeout=None, body="Hello?")) == write_flow(flow)
    kept = read_flow({"states": [{"name": "a", "type": "x", "properties": {"odd": None, "y": 1}}]})
    assert kept.with_properties("a", y=2)["a"].properties == {"odd": None, "y": 2}


def test_with_state_replaces_in_place_or_adds() -> None:
    flow = made(small.ask())
    new = small.say("new", sent="bye")
    more = flow.with_state(new)
    assert [state.name for state in more] == ["Trigger", "ask", "bye", "new"]
    assert write_flow(more.without("new")) == write_flow(flow)
    other = flow.with_state(replace(flow["ask"], type="hold"))
    assert changed(flow, other) == ["#/states/1/type"]
    pair = flow.with_state(small.say("one", sent="two"), small.say("two", sent="one"))
    assert pair["one"].transitions[0].next == "two"


def test_without_leads_its_exits_elsewhere_or_nowhere() -> None:
    flow = made(small.ask(), SPLIT)
    gone = flow.without("bye", rewire_to="ask")
    assert {t.next for state in gone for t in state.transitions} == {"ask", None}
    assert not fl.check(flow.without("bye")).of("flow-dangling-next")
    assert flow.without("Trigger", rewire_to="ask").initial_state == "ask"


def test_rename_follows_exits_start_and_liquid() -> None:
    body = "ask: {{widgets.ask.inbound.Body}} {% if widgets['ask'].x == 'widgets.ask' %}ask{% endif %}"
    flow = made(small.ask(body="ask"), small.split(("equal_to", "{{ widgets.ask.x }}", "ask")), small.say("tell", body))
    assert flow["split"].properties["input"] == "{{widgets.split.inbound.Body}}"
    other = flow.rename("ask", "who").rename("split", "sort").rename("Trigger", "Start")
    assert other.initial_state == "Start"
    assert other["Start"].transitions[0].next == "who"
    assert other["who"].text == "ask"
    assert (
        other["tell"].text
        == "ask: {{widgets.who.inbound.Body}} {% if widgets['who'].x == 'widgets.ask' %}ask{% endif %}"
    )
    condition = other["sort"].transitions[1].conditions[0]
    assert (condition.value, condition.arguments) == ("{{ widgets.who.x }}", ("{{widgets.sort.inbound.Body}}",))
    assert not fl.check(other).of("flow-dangling-next")


#: A text, and the same with the state ``ask`` renamed to ``who``.
TEXTS = [
    ("ask widgets.ask.inbound", "ask widgets.ask.inbound"),
    ("{{widgets.ask}}", "{{widgets.who}}"),
    ("{{-widgets.ask-}}", "{{-widgets.who-}}"),
    ("{{ widgets . ask . inbound }}", "{{ widgets . who . inbound }}"),
    ("{{widgets [ \"ask\" ] ['x']}}", "{{widgets [ \"who\" ] ['x']}}"),
    ("{{['widgets']['ask'].x}}", "{{['widgets']['who'].x}}"),
    ("{{flow.variables['widgets']['ask'].x}}", "{{flow.variables['widgets']['ask'].x}}"),
    (
        "{{widgets.ask_more}} {{widgets.ask-more}} {{widgets.ask?}}",
        "{{widgets.ask_more}} {{widgets.ask-more}} {{widgets.ask?}}",
    ),
    (
        "{{widgets.Ask}} {{mywidgets.ask}} {{flow.widgets.ask}}",
        "{{widgets.Ask}} {{mywidgets.ask}} {{flow.widgets.ask}}",
    ),
    ("{{widgets.sort.ask}} {{widgets[ask]}}", "{{widgets.sort.ask}} {{widgets[ask]}}"),
    ("{{ 'widgets.ask' | append: widgets.ask.x }}", "{{ 'widgets.ask' | append: widgets.who.x }}"),
    ("{% for i in (1..widgets.ask.n) %}{% endfor %}", "{% for i in (1..widgets.who.n) %}{% endfor %}"),
    ("{% raw %}{{widgets.ask}}{% endraw %}{{widgets.ask}}", "{% raw %}{{widgets.ask}}{% endraw %}{{widgets.who}}"),
    ("{%- comment -%}{{widgets.ask}}{% endcomment %}", "{%- comment -%}{{widgets.ask}}{% endcomment %}"),
    ("{{widgets.ask", "{{widgets.ask"),
    ("{% if widgets.ask.x %}ask{% elsif widgets.ask.y %}", "{% if widgets.who.x %}ask{% elsif widgets.who.y %}"),
    ('{"a": {{widgets.ask.x | default: "ask" | to_json}}}', '{"a": {{widgets.who.x | default: "ask" | to_json}}}'),
]


@pytest.mark.parametrize(("text", "renamed"), TEXTS)
def test_names_in_liquid(text: str, renamed: str) -> None:
    assert rename_in_text(text, "ask", "who") == renamed


def test_names_are_found_quickly_in_hostile_texts() -> None:
    for text in (
        "{{" * 100_000,
        "{%" * 100_000,
        "{{widgets" * 20_000,
        "{{" + "widgets " * 50_000 + "}}",
        "{{'" * 50_000,
    ):
        rename_in_text(text + "widgets.ask", "ask", "who")


# What cannot be


LOST: list[tuple[str, Callable[[Flow], Flow], str]] = [
    ("no such state", lambda f: f.rewire("aks", "timeout", "bye"), "no state 'aks'. Did you mean 'ask'?"),
    ("no such exit", lambda f: f.rewire("ask", "timeuot", "bye"), "no exit 'timeuot'. Did you mean 'timeout'?"),
    ("no such target", lambda f: f.rewire("ask", "timeout", "by"), "no state 'by' to lead to. Did you mean 'bye'?"),
    ("which branch", lambda f: f.rewire("split", "match", "bye"), "3 exits 'match'; say which"),
    ("no such branch", lambda f: f.rewire("split", "match", "bye", value="3"), "no branch with the value '3'"),
    ("no such number", lambda f: f.rewire("split", "match", "bye", index=3), "there is no 3"),
    ("not below 0", lambda f: f.rewire("split", "match", "bye", index=-1), "there is no -1"),
    ("rename nothing", lambda f: f.rename("aks", "x"), "Did you mean 'ask'?"),
    ("rename to another", lambda f: f.rename("ask", "bye"), "has a state 'bye' already"),
    ("rename to blanks", lambda f: f.rename("ask", "ask me"), "cannot be a state's name"),
    ("rename to nothing", lambda f: f.rename("ask", ""), "cannot be a state's name"),
    ("remove nothing", lambda f: f.without("aks"), "Did you mean 'ask'?"),
    ("remove the first", lambda f: f.without("Trigger"), "say where it starts now"),
    ("lead to the removed", lambda f: f.without("ask", rewire_to="ask"), "no state 'ask' to lead to"),
    ("a text for a trigger", lambda f: f.with_text("Trigger", "x"), "use with_properties"),
    ("no JSON", lambda f: f.with_properties("ask", body=object()), "nothing that JSON can hold"),
    ("NaN", lambda f: f.with_properties("ask", odd=[float("nan")]), "nothing that JSON can hold"),
    ("no type", lambda f: f.with_state(State("x", "")), "has no type"),
    ("a bad name", lambda f: f.with_state(State("x.y", "hold")), "cannot be a state's name"),
    ("a new loose end", lambda f: f.with_state(small.say("x", sent="by")), "no state 'by' to lead to"),
]


@pytest.mark.parametrize(("edit", "words"), [case[1:] for case in LOST], ids=[case[0] for case in LOST])
def test_what_cannot_be_is_a_sentence(edit: Callable[[Flow], Flow], words: str) -> None:
    with pytest.raises(FlowError) as caught:
        edit(made(small.ask(), SPLIT))
    assert words in str(caught.value)


def test_a_loose_end_that_was_there_may_stay() -> None:
    flow = read_flow({"states": [{"name": "a", "type": "x", "transitions": [{"event": "next", "next": "gone"}]}]})
    assert flow.with_state(replace(flow["a"], properties={"y": 1}))["a"].transitions == (Transition("next", "gone"),)


# There and back


def test_renaming_real_flows_there_and_back(real_flows: list[Path]) -> None:
    for path in real_flows:
        flow = fl.load(path)
        assert isinstance(flow, Flow)
        other = flow
        for number, state in enumerate(flow.states):
            other = other.rename(state.name, f"other{number}")
        assert not set(flow.by_name) & set(other.by_name)
        assert len(fl.check(other)) == len(fl.check(flow))
        for number, state in reversed([*enumerate(flow.states)]):
            other = other.rename(f"other{number}", state.name)
        assert write_flow(other) == write_flow(flow), path.name


@given(definition=strategies.odd_definitions(), data=st.data())
def test_edits_and_their_inverses_leave_nothing_behind(definition: dict[str, Any], data: st.DataObject) -> None:
    flow = read_flow(definition)
    assume(flow.states)
    name = data.draw(st.sampled_from([*flow.by_name]))
    before = json.dumps(write_flow(flow), sort_keys=True)

    def assert_as_before(other: Flow) -> None:
        assert json.dumps(write_flow(other), sort_keys=True) == before

    fresh = "fresh"
    assume(fresh not in flow.by_name)
    assert_as_before(flow.with_state(State(fresh, "hold")).without(fresh))
    assert_as_before(flow.with_state(flow[name]))
    assert_as_before(flow.with_properties(name, brand_new=[1]).with_properties(name, brand_new=None))
    for at, transition in enumerate(flow[name].transitions):
        if transition.next in flow.by_name or transition.next is None:
            same = [i for i, t in enumerate(flow[name].transitions) if t.event == transition.event].index(at)
            away = flow.rewire(name, transition.event, name, index=same)
            assert_as_before(away.rewire(name, transition.event, transition.next, index=same))


@given(definition=strategies.flows(), deeds=strategies.deeds)
def test_a_renamed_flow_behaves_the_same(definition: dict[str, Any], deeds: list[Any]) -> None:
    flow = read_flow(definition)
    logs = []
    for one in (flow, flow.rename("Trigger", "Begin")):
        for state in flow.states[1:]:
            one = one if one is flow else one.rename(state.name, f"{state.name}_2")
        assert json.dumps(write_flow(flow)) == json.dumps(definition)
        session = Session(one)
        said = [session.start("hi")]
        for text, seconds in deeds:
            if session.handed_off:
                break
            said.append(session.wait(seconds) if text is None else session.say(text, after_s=seconds))
        logs.append((said, [event.kind for event in session.events]))
    assert logs[0] == logs[1]


def test_the_edits_on_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (Path(__file__).parents[1] / "docs" / "flow_yaml.md").read_text(encoding="utf-8")
    (tmp_path / "flow.yaml").write_text(page.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(page.split("```python\n")[1].split("```")[0], {"fl": fl})
    flow = fl.load("flow.yaml")
    assert isinstance(flow, Flow)
    assert flow["goodbye"].text == "Bye!"
    assert flow["main_menu"].properties["timeout"] == "600"
    assert {t.next for t in flow["sort"].transitions} == {"person", "main_menu"}
