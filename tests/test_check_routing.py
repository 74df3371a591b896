"""The routing rules, one by one: each finds its fault and leaves a near twin alone; and what the table does not say."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from conftest import REAL_FLOWS
from routing_cases import CASES, TEAM, RoutingCase, only, to, workflow
from small_flows import assign, flow, hand_off

import flowlab as fl
from flowlab.check import RULES, Findings, check
from flowlab.check.sent import OF_FLEX
from flowlab.formats.workspace import load_workspace
from flowlab.model.finding import Severity
from flowlab.model.routing import Workflow

ROOT = Path(__file__).parents[1]
REAL_WORKFLOWS = REAL_FLOWS.with_name("real_workflows")
ROUTING = [name for name, rule in RULES.items() if "workflow" in rule.needs]


def findings(case: RoutingCase, one: Workflow, sends: str) -> Findings:
    about = case.flow(sends)
    if about is None:
        return check(one, workspace=case.workspace, config={})
    return check(about, workflow=one, workspace=case.workspace, config={})


@pytest.mark.parametrize("rule", ROUTING)
def test_rule_finds_its_fault_and_leaves_the_near_twin_alone(rule: str) -> None:
    case = CASES[rule]
    found = findings(case, case.bad, case.sends).of(rule)
    assert [finding.path for finding in found] == [case.where]
    assert all(finding.message.endswith(".") and finding.fix.endswith((".", "'")) for finding in found)
    assert not findings(case, case.good, case.good_sends or case.sends).of(rule)


@pytest.mark.parametrize("rule", ROUTING)
def test_without_a_workflow_or_a_workspace_the_rules_that_need_one_are_silent(rule: str) -> None:
    case = CASES[rule]
    about = case.flow(case.sends) or flow()
    assert not check(about, config={}).of(rule)
    if "workspace" in RULES[rule].needs:
        assert not check(case.bad, config={}).of(rule)


def severities(one: Workflow, rule: str) -> set[Severity]:
    return {finding.severity for finding in check(one, workspace=TEAM, config={}).of(rule)}


def test_severity_is_graded_by_how_much_it_matters() -> None:
    assert severities(workflow(only("worker.level > 1")), "routing-filter-prefix") == {Severity.ERROR}
    assert severities(workflow(only("task.level > 1")), "routing-filter-prefix") == {Severity.WARNING}
    assert severities(workflow(only("1==0")), "routing-filter-never-holds") == {Severity.NOTE}
    assert severities(workflow(only("a==1", {"queue": "${queues.care}"})), "routing-unknown-queue") == {Severity.NOTE}


def test_a_queue_of_nobody_is_said_once() -> None:
    one = workflow(only("1==1", {"queue": "WQ2", "expression": "worker.level > 2"}))
    found = {finding.rule for finding in check(one, workspace=TEAM, config={})}
    assert found & {"routing-queue-nobody", "routing-target-nobody"} == {"routing-queue-nobody"}


PREFIXES = [
    ({"expression": "workers.available > 1"}, True),  # how many there are is known to skip_if alone
    ({"skip_if": "workers.available == 0 OR task.vip == true"}, False),
    ({"skip_if": "available == 0"}, True),
    ({"order_by": "worker.level DESC, worker.age"}, False),
    ({"order_by": "task.level"}, True),
    ({"known_worker_sid": "task.agent"}, False),
    ({"expression": "wworker.level > 1"}, True),
]


@pytest.mark.parametrize(("keys", "expected"), PREFIXES)
def test_each_expression_of_a_target_knows_its_own_names(keys: dict[str, str], expected: bool) -> None:
    assert bool(check(workflow(to(**keys)), config={}).of("routing-target-prefix")) is expected


NEVER_REACHED = [
    ([only("1==1"), only("a == 1")], True),
    ([only("a == 1"), only("a == 1")], True),
    ([only("a == 1 AND b == 2"), only("b == 2 AND a == 1 AND c == 3")], True),
    ([only("a == 1 OR b == 2"), only("a == 1 AND c == 3")], False),  # true, but not to be seen without reasoning
    ([only("a == 1"), only("b == 2")], False),
    ([only("1==0"), only("a == 1")], False),
    ([only("1==1", {"queue": "WQ1", "timeout": 30}), only("a == 1")], False),
    ([only("1==1", {"queue": "WQ1", "skip_if": "1==1"}), only("a == 1")], False),
    ([only("a = 1"), only("a == 1")], False),
]


@pytest.mark.parametrize(("filters", "expected"), NEVER_REACHED)
def test_a_filter_is_never_reached_only_where_that_is_sure(filters: list, expected: bool) -> None:
    assert bool(check(workflow(*filters), config={}).of("routing-filter-never-reached")) is expected


VALUES = [
    # what set-variables says, how it is sent, what the workflow asks, the rule that speaks
    ("pt", '{"x": {{flow.variables.x | to_json}}}', "x == 'pt'", ""),
    ("pt", '{"x": {{flow.variables.x | to_json}}}', "x == 'PT'", "routing-value-never-sent"),
    ("pt", '{"x": "{{flow.variables.x}}"}', "x IN ['PT', 'BR']", "routing-value-never-sent"),
    ("pt", '{"x": "{{flow.variables.x | upcase}}"}', "x == 'PT'", ""),
    ("3", '{"x": {{flow.variables.x}}}', "x > 2", ""),
    ("3", '{"x": "{{flow.variables.x}}"}', "x == 3", "routing-value-type"),
    ("true", '{"x": "{{flow.variables.x}}"}', "x == true", "routing-value-type"),
    ("{{flow.data.y}}", '{"x": {{flow.variables.x | to_json}}}', "x == 'PT'", ""),
    ("pt", "{{flow.variables.x}}", "y == 'PT'", ""),
]


@pytest.mark.parametrize(("value", "attributes", "asks", "rule"), VALUES)
def test_what_is_sent_is_known_as_far_as_the_flow_tells(value: str, attributes: str, asks: str, rule: str) -> None:
    step = replace(assign("set", "x", "agent"), properties={"variables": [{"key": "x", "value": value}]})
    about = flow(step, hand_off(attributes))
    found = [f.rule for f in check(about, workflow=workflow(only(asks)), config={}) if f.rule.startswith("routing-")]
    assert [name for name in found if name != "routing-attribute-not-read"] == ([rule] if rule else [])


def test_an_attribute_inside_a_list_is_not_taken_for_a_list() -> None:
    about = flow(hand_off('{"topic": "{{flow.data.topic}}"}'))
    single = workflow(
        only("'return' IN [topic, 'other']", {"queue": "WQ1", "expression": "task.topic IN [worker.team]"})
    )
    rules = ("routing-list-never-sent", "routing-attribute-no-list")
    assert not [f for rule in rules for f in check(about, workflow=single, workspace=TEAM, config={}).of(rule)]
    alone = workflow(only("'return' IN topic", {"queue": "WQ1", "expression": "task.topic IN worker.team"}))
    assert all(check(about, workflow=alone, workspace=TEAM, config={}).of(rule) for rule in rules)


@pytest.mark.parametrize("channel", ["sms", "webchat"])
def test_what_a_run_puts_into_a_task_by_itself_the_rules_know(channel: str) -> None:
    events = ("incomingMessage", "incomingConversationMessage")
    trigger = fl.State("Trigger", "trigger", tuple(fl.Transition(event, "agent") for event in events))
    session = fl.Session(fl.Flow((trigger, hand_off("{}")), "Trigger"), channel=channel)
    session.start("hi")
    (task,) = [json.loads(event.text) for event in session.events if event.kind == "handed_off"]
    assert task
    assert set(task) <= OF_FLEX


def test_the_samples_agree_with_one_another() -> None:
    one = fl.load(ROOT / "sample_data/routing/support_workflow.json")
    team = load_workspace(ROOT / "sample_data/routing/workspace.yaml")
    for name in ("order_support", "order_support_v2"):
        about = fl.load(ROOT / f"sample_data/flows/{name}.json")
        found = check(about, workflow=one, workspace=team, config={})
        assert {f.rule for f in found if f.rule.startswith("routing-")} <= {"routing-attribute-not-read"}


def test_findings_of_a_workflow_stand_on_its_drawn_nodes() -> None:
    one = workflow(only("1==1"), only("a == 1"), to("language == 'x'"))
    nodes = {finding.state for finding in check(one, workspace=TEAM, config={}) if finding.state}
    assert nodes
    assert nodes <= set(one.graph)


def test_real_workflows_have_no_false_alarm() -> None:
    files = sorted(REAL_WORKFLOWS.glob("*.json"))
    if not files:
        pytest.skip(f"no real workflows in {REAL_WORKFLOWS}")
    for path in files:
        found = check(fl.load(path), config={})
        assert {f.rule for f in found} <= {"routing-no-default", "routing-timeout-cancels"}, path.name
