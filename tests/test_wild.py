"""Files as people publish them: templates not filled in, half-valid JSON, conditions turned round. No false alarm.

Then by chance: what a check says for certain is tried out, and whatever a file holds, there are only sentences.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from routing_cases import TEAM, only, workflow
from small_flows import ask, flow, hand_off, say, split, state

from flowlab.api import diff, route
from flowlab.check import Findings, check
from flowlab.check.branches import COMPARISONS
from flowlab.errors import FlowlabError
from flowlab.formats import load, save
from flowlab.formats.flow_yaml import read_yaml, write_yaml
from flowlab.formats.studio import read_flow, write_flow
from flowlab.formats.workspace import load_workspace
from flowlab.model.finding import Severity
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.journey import journey
from flowlab.model.routing import Workflow
from flowlab.run.conditions import holds
from flowlab.run.pattern import PatternFault
from flowlab.run.session import Session
from flowlab.show.draw_plan import make_plan

SAMPLES = Path(__file__).parents[1] / "sample_data"
BODY = "{{trigger.message.Body}}"


def compared(*conditions: dict[str, Any] | str) -> Flow:
    """A split with these branches, written as in a file."""
    branches = [{"event": "match", "next": "bye", "conditions": [condition]} for condition in conditions]
    states = [
        {"name": "Trigger", "type": "trigger", "transitions": [{"event": "incomingMessage", "next": "split"}]},
        {
            "name": "split",
            "type": "split-based-on",
            "transitions": [{"event": "noMatch", "next": "bye"}, *branches],
            "properties": {"input": BODY},
        },
        {"name": "bye", "type": "send-message", "transitions": [], "properties": {"body": "Bye.", "from": "x"}},
    ]
    return read_flow({"states": states, "initial_state": "Trigger"})


def one(found: Findings, rule: str) -> Any:
    (finding,) = found.of(rule)
    return finding


# What deployment fills in is neither broken nor missing.

FILLED_IN_LATER = [
    ("attributes-not-json", check(flow(hand_off("${channel_attributes.default}")))),
    ("attributes-not-json", check(flow(hand_off('{"a": "b", ${more}}')))),
    ("flow-dangling-next", check(flow(say("a", sent="${next_state}")))),
    ("flow-unreachable", check(flow(say("a", sent="${next_state}"), say("b")))),
    ("routing-target-never-tried", check(workflow(only("a == 1", {"queue": "q", "timeout": "${t}"}, {"queue": "r"})))),
    (
        "routing-filter-never-reached",
        check(workflow(only("a == 1", {"queue": "q", "timeout": "${t}"}), only("a == 1", name="second"))),
    ),
]


@pytest.mark.parametrize(("rule", "found"), FILLED_IN_LATER, ids=[case[0] for case in FILLED_IN_LATER])
def test_a_placeholder_may_be_anything(rule: str, found: Findings) -> None:
    assert not found.of(rule)


@pytest.mark.parametrize("expression", ["${filter}", "to IN [${join(', ', numbers)}] AND a == 'b'", "a == ${b}"])
def test_an_expression_with_a_placeholder_is_noted_not_refused(expression: str) -> None:
    finding = one(check(workflow(only(expression))), "routing-expression-broken")
    assert finding.severity is Severity.NOTE
    assert "deployment fills in" in finding.message
    broken = one(check(workflow(only("${a} = 1"))), "routing-expression-broken")
    assert broken.severity is Severity.ERROR


def test_a_sid_to_be_filled_in_is_a_note() -> None:
    agents = state("agent", "send-to-flex", {"failedToEnqueue": "bye"}, workflow="$WORKFLOW_SID", attributes="{}")
    assert one(check(flow(agents)), "handoff-sid").severity is Severity.NOTE


def test_a_function_named_by_its_sid_may_have_no_address() -> None:
    exits: dict[str, str | None] = {"success": "bye", "fail": "bye"}
    by_sid = state("a", "run-function", exits, url="", function_sid="ZH" + "0" * 32)
    assert one(check(flow(by_sid)), "widget-property-missing").severity is Severity.NOTE
    nowhere = state("a", "run-function", exits, url="", function_sid="")
    assert one(check(flow(nowhere)), "widget-property-missing").severity is Severity.ERROR


# Slips of people and generators are told as what they are.


def test_arguments_and_value_turned_round_are_one_finding() -> None:
    found = check(compared({"type": "regex", "arguments": [r"\s*[12]"], "value": BODY}))
    assert "swapped" in one(found, "split-tests-fixed-text").message
    assert not found.of("split-tests-another")
    harmless = check(compared({"type": "equal_to", "arguments": ["yes"], "value": BODY}))
    assert not harmless.of("split-tests-fixed-text")


@pytest.mark.parametrize("written", [["{{Digits}} == 1"], {"type": "equal_to"}, "yes"])
def test_conditions_of_another_form_are_shown(written: Any) -> None:
    data: Any = write_flow(compared({"type": "equal_to", "arguments": [BODY], "value": "1"}))
    data["states"][1]["transitions"][1]["conditions"] = written
    finding = one(check(read_flow(data)), "split-branch-without-condition")
    assert "no list of objects" in finding.message


def test_a_bare_result_is_told_whose_it_could_be() -> None:
    finding = one(check(flow(say("a", "{{RecordingUrl}}"))), "var-unknown-root")
    assert "'widgets.STATE.RecordingUrl'" in finding.fix and "mean" not in finding.fix


def test_an_invented_short_type_is_led_to_the_long_one() -> None:
    assert "'split-based-on'" in one(check(flow(state("a", "split"))), "flow-unknown-widget").fix


def test_what_is_right_for_no_match_depends_on_what_is_tested() -> None:
    asked = flow(split(("equal_to", "1", "bye"), no_match=None))
    assert "asks again" in one(check(asked), "split-no-match-unwired").fix
    status = "{{widgets.a.parsed.status}}"
    branch = Transition("match", "bye", (Condition("equal_to", "open", (status,)),))
    looked_up = State("split", "split-based-on", (Transition("noMatch"), branch), {"input": status})
    assert "asks again" not in one(check(flow(looked_up)), "split-no-match-unwired").fix


def test_a_reply_that_the_next_split_ignores_is_a_warning() -> None:
    again = state("again", "send-and-wait-for-reply", {"incomingMessage": "split"}, body="Once more?")
    first = state("ask", "send-and-wait-for-reply", {"incomingMessage": "split"}, body="Yes?")
    tested = "{{widgets.ask.inbound.Body}}"
    branch = Transition("match", "bye", (Condition("equal_to", "yes", (tested,)),))
    decides = State("split", "split-based-on", (Transition("noMatch", "again"), branch), {"input": tested})
    finding = one(check(flow(first, decides, again)), "wait-reply-unread")
    assert (finding.state, finding.severity) == ("again", Severity.WARNING)
    assert one(check(flow(ask())), "wait-reply-unread").severity is Severity.NOTE


def test_a_counter_nothing_leads_back_to_is_told_so() -> None:
    value = "{% if flow.variables.n %}{{flow.variables.n | plus: 1}}{% else %}0{% endif %}"
    count = state("count", "set-variables", {"next": "bye"}, variables=[{"key": "n", "value": value}])
    assert "this step does" in one(check(flow(count)), "var-read-too-early").message


def test_a_queue_shut_on_purpose_is_a_note() -> None:
    shut = load_workspace({"queues": [{"name": "Voicemail", "target_workers": "1==2"}], "workers": [{"name": "Ines"}]})
    to_voicemail = workflow(only("a == 1", {"queue": "Voicemail"}), default=False)
    assert one(check(to_voicemail, workspace=shut), "routing-queue-nobody").severity is Severity.NOTE


def test_findings_of_a_workflow_stand_in_its_order() -> None:
    lines = check(workflow(only("a = 1"), only("b == 1", {"queue": ""}), only("c = 1"), default=False)).as_text()
    places = [line for line in lines.splitlines() if line.startswith(("filter", "the "))]
    assert places == ["the workflow as a whole", "filter:1", "filter:2", "filter:3"]


# Files that are nearly it.

NEARLY = [
    ('{"states": [ /* the menu */ ]}', "no comments"),
    ("// menu\n{}", "no comments"),
    ('{"states": [1, 2,]}', "a comma too many"),
    ('{"states": [],\n}', "a comma too many"),
    ('${\n  jsonencode({"states": []})\n}', "deployment fills in"),
    ('{"flows": [{"definition": {"states": []}}]}', "at #/flows/0/definition"),
    ('[{"states": []}]', "at #/0"),
    ('{"resource": {"w": {"configuration": "{\\"task_routing\\": {}}"}}}', "at #/resource/w/configuration"),
]


@pytest.mark.parametrize(("text", "words"), NEARLY, ids=[case[1] + str(n) for n, case in enumerate(NEARLY)])
def test_what_is_nearly_a_flow_is_led_to_it(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "menu.json"
    path.write_text(text)
    with pytest.raises(FlowlabError, match=words):
        load(path)


def test_a_fault_names_no_more_than_can_be_read() -> None:
    names = [f"{n}" * 900 for n in range(300)]
    with pytest.raises(FlowlabError, match="and 270 more") as caught:
        load_workspace({"activities": [{"name": name} for name in names], "workers": [{"name": "Ines"}]})
    assert len(str(caught.value)) < 6_000


# What is said for certain is so.

SIZES = ["1", "2", "10", "-3", "2.5", "abc", "", " 5 "]
VALUES = {
    "than": SIZES,
    "time": ["9:00", "17:30", "25:00", "00:00"],
    "date": ["2026-01-01", "2026-02-30", "2025-12-31"],
    "": ["yes", "Yes", "yes please", "y", "no", "", " ", "a", "ab", "1", "1,2", "y , n,", "a,", "x y"],
    "regex": [".*", ".+", "yes|no", "[0-9]+", r"\s*", "(", ""],
}
ANSWERS = sorted(
    {*(v for values in VALUES.values() for v in values), "yes no", "!yes", "0", "3", "08:59", "y", "n", "b"}
)


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    kind = draw(st.sampled_from(COMPARISONS))
    values = VALUES.get(kind.rsplit("_", 1)[-1], VALUES["regex" if kind == "regex" else ""])
    tested = draw(st.sampled_from([BODY, BODY, "{{trigger.message.From}}"]))
    return Condition(kind, draw(st.sampled_from(values)), (tested,))


def fits(condition: Condition, answer: str, sender: str) -> bool:
    try:
        return holds(condition.type, answer if condition.arguments == (BODY,) else sender, condition.value)
    except PatternFault:
        return False


@settings(max_examples=150)
@given(st.lists(st.lists(conditions(), min_size=1, max_size=2), min_size=1, max_size=6))
def test_a_branch_said_to_be_never_taken_is_never_taken(branches: list[list[Condition]]) -> None:
    ways = [Transition("match", "bye", tuple(parts)) for parts in branches]
    found = check(flow(State("split", "split-based-on", (Transition("noMatch", "bye"), *ways), {"input": BODY})))
    claims = [*found.of("split-can-never-match"), *(f for f in found if "is never taken" in f.message)]
    for place in {int(finding.path.split("/")[4]) - 1 for finding in claims}:
        for answer in ANSWERS:
            for sender in ("", "1", "yes", "x y"):
                taken = (n for n, parts in enumerate(branches) if all(fits(c, answer, sender) for c in parts))
                assert next(taken, None) != place, (answer, sender)


# Whatever a file holds: sentences, no other error, no loss.

JUNK: list[Any] = [
    *(None, True, 0, -1, 3.5, 10**30, "", " ", "\0", "\ud800", "a" * 20_000, "{{", "{% if", "${x}", "(a+)+$", "1==1"),
    *([], {}, [None], {"": ""}, [1, "a", None, {}], "match", "Trigger", "a ==", "(" * 900, "NOT " * 900, "{{" * 900),
    *("{% for i in (1..100000000) %}x{% endfor %}", "{{ 1 | divided_by: 0 }}", "{{ x | slice: 'a', 'b' }}", "<script>"),
]
DOCUMENTS = [
    *(json.loads(path.read_text(encoding="utf-8")) for path in sorted((SAMPLES / "flows").glob("*.json"))),
    *(json.loads(path.read_text(encoding="utf-8")) for path in sorted((SAMPLES / "routing").glob("*workflow*.json"))),
    write_flow(compared({"type": "regex", "arguments": [BODY], "value": "a|b"}, "{{Digits}} == 1")),
]


def places(data: Any) -> Iterator[tuple[Any, Any]]:
    stack = [data]
    while stack:
        holder = stack.pop()
        pairs = list(holder.items() if isinstance(holder, dict) else enumerate(holder))
        yield from ((holder, key) for key, _ in pairs)
        stack += [value for _, value in pairs if isinstance(value, dict | list)]


def broken(seed: int) -> Any:
    """A sample with a few things changed to something else, dropped, wrapped, copied elsewhere or renamed."""
    random = Random(seed)
    data = copy.deepcopy(random.choice(DOCUMENTS))
    for _ in range(random.choice([1, 1, 2, 5])):
        spots = list(places(data))
        holder, key = random.choice(spots)
        other, other_key = random.choice(spots)
        value = holder[key]
        changed: list[Any] = [[value], {"x": value}, json.dumps(value), copy.deepcopy(other[other_key])]
        holder[key] = random.choice([*changed, *(copy.deepcopy(random.choice(JUNK)) for _ in changed)])
        if random.random() < 0.2 and isinstance(holder, dict):
            holder[str(random.choice(JUNK))[:90]] = holder.pop(key)
        elif random.random() < 0.2:
            holder.pop(key)
    return data


def use(flow: Flow, folder: Path) -> None:
    again = load(save(flow, folder / "again.json"))
    assert isinstance(again, Flow) and again.states == flow.states
    assert write_flow(read_yaml(write_yaml(flow))) == write_flow(flow)
    assert diff(flow, flow).is_empty
    found = check(flow, ["sms", "whatsapp"])
    assert found.as_text() and found._repr_html_()
    assert make_plan(flow, {}).nodes is not None
    assert journey(flow).graph is not None
    for event in ("", "incomingCall"):
        session = Session(flow, "sms")
        session.start("hi", event=event)
        for words in ("1", "", "yes"):
            session.say(words)
        session.conclude()


@pytest.mark.parametrize("seed", range(150))
def test_whatever_a_file_holds_there_are_only_sentences(seed: int, tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text(json.dumps(broken(seed)))
    try:
        thing = load(path)
    except FlowlabError as error:
        assert len(str(error)) < 5_000
        return
    if isinstance(thing, Flow):
        use(thing, tmp_path)
    elif isinstance(thing, Workflow):
        assert check(thing, workspace=TEAM).as_text()
        try:
            assert route({"language": "pt"}, thing, TEAM).as_text()
        except FlowlabError as error:
            assert str(error)


@pytest.mark.parametrize("event", ["", "more", "keypress"])
def test_conditions_on_other_exits_change_nothing_in_a_diff_with_itself(event: str) -> None:
    data: Any = write_flow(compared(*({"type": "contains", "arguments": [BODY], "value": v} for v in "123")))
    data["states"][1]["transitions"][2] |= {"event": event, "next": "split"}
    itself = read_flow(data)
    assert diff(itself, itself).is_empty
