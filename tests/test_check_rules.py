"""The rules of the check, one by one: each finds its fault and leaves a near twin alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from check_cases import (
    CASES,
    SUBFLOW,
    asked_then,
    captioned,
    compared,
    comparing_with,
    function,
    hours,
    http,
    lacking,
    message,
    rows,
    subflow,
    to_agents,
    with_raw,
)
from content_cases import CASES as CONTENT_CASES
from hours_cases import CASES as HOURS_CASES
from routing_cases import CASES as ROUTING_CASES
from small_flows import WAIT, ask, assign, flow, hand_off, misspelt, say, split, state, waiting

from flowlab.check import RULES, Findings, catalogue_markdown, check, widgets_markdown
from flowlab.check.branches import COMPARISONS
from flowlab.check.literal import longest_literal
from flowlab.errors import UsageError
from flowlab.formats.studio import read_flow
from flowlab.model.finding import Severity
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.run.conditions import CONDITIONS

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if rule.needs == ("flow",)])
def test_rule_finds_its_fault_and_leaves_the_near_twin_alone(rule: str) -> None:
    case = CASES[rule]
    found = check(case.bad, case.channels).of(rule)
    assert [finding.path for finding in found] == [case.where]
    assert all(finding.message.endswith(".") and finding.fix.endswith((".", "}")) for finding in found)
    assert not check(case.good, case.channels).of(rule)


def only(found: Findings, rule: str) -> Any:
    (finding,) = found.of(rule)
    return finding


# What the table above does not say: grades, hints, and the traps each rule must step around.

SEVERITIES: list[tuple[str, Flow, Severity]] = [
    ("flow-silent-end", flow(say("a", sent="bye", failed=None), start="a"), Severity.NOTE),
    ("flow-silent-end", flow(state("a", "run-subflow", {"completed": "bye", "failed": None})), Severity.WARNING),
    ("flow-silent-end", flow(state("a", "run-function", {"success": None, "fail": None})), Severity.NOTE),
    ("flow-next-misspelt", misspelt(), Severity.ERROR),
    ("flow-next-misspelt", misspelt(value="nowhere"), Severity.WARNING),
    ("flow-unknown-event", flow(state("a", "send-message", {"sent": "bye", "read": None})), Severity.NOTE),
    ("flow-unknown-event", flow(state("a", "send-message", {"sent": "bye", "read": "bye"})), Severity.ERROR),
    ("wait-too-long", waiting("a while"), Severity.ERROR),
    ("wait-too-long", waiting(True), Severity.ERROR),
    ("wait-too-long", waiting("0"), Severity.ERROR),
    ("wait-too-long", waiting("86400"), Severity.WARNING),
    ("var-never-set", flow(say("a", "{{flow.variables.n}}")), Severity.WARNING),
    ("var-never-set", flow(say("a", "{{flow.variables.n}}"), event="incomingParent"), Severity.NOTE),
    ("split-duplicate-option", flow(split(("equal_to", "1", "bye"), ("equal_to", "1", "bye"))), Severity.NOTE),
    ("split-duplicate-option", flow(split(("equal_to", "1", "bye"), ("equal_to", "1", None))), Severity.WARNING),
    ("split-value-missing", flow(split(("equal_to", "", "bye"))), Severity.NOTE),
    ("attributes-too-long", flow(hand_off("{% if flow.data.a %}" + "x" * 1_024 + "{% endif %}")), Severity.WARNING),
    ("widget-property-type", waiting(600), Severity.NOTE),
    ("widget-property-type", message(body=7), Severity.ERROR),
    ("widget-property-unknown", message(color="red"), Severity.NOTE),
    ("widget-property-unknown", message(Body="red"), Severity.NOTE),
    ("widget-property-unknown", message(media_urls="red"), Severity.WARNING),
    ("flow-exit-missing", flow(state("a", "send-message", {"sent": "bye"})), Severity.NOTE),
    ("flow-duplicate-exit", flow(State("a", "set-variables", (Transition("next", "bye"),) * 2)), Severity.NOTE),
    ("var-read-too-early", flow(say("a", "{{flow.variables.n | default: 1}}"), assign("b", "n", "a")), Severity.NOTE),
    (
        "var-sibling-row",
        flow(assign("b", "n", "a"), rows(("n", "1"), ("m", "{{flow.variables.n}}"))["a"]),
        Severity.NOTE,
    ),
    ("attributes-not-json", to_agents(attributes='{"a": {{flow.data.a}},}'), Severity.WARNING),
    ("handoff-sid", to_agents(workflow="WWxxxxxxxx"), Severity.NOTE),
    ("handoff-sid", to_agents(workflow="support"), Severity.WARNING),
    ("http-url-form", http(url="YOUR_URL"), Severity.NOTE),
    ("subflow-revision", subflow(flow_sid=SUBFLOW, flow_revision="LatestDraft"), Severity.WARNING),
    ("text-content-template", message(content_sid=f"HX{'0' * 32}"), Severity.WARNING),
    ("text-empty", flow(ask(body="")), Severity.NOTE),
    ("split-regex-slow", flow(split(("regex", ".*a.*b.*c.*", "bye"))), Severity.NOTE),
]


@pytest.mark.parametrize(("rule", "bad", "severity"), SEVERITIES)
def test_severity_is_graded_by_how_much_it_matters(rule: str, bad: Flow, severity: Severity) -> None:
    assert {finding.severity for finding in check(bad).of(rule)} == {severity}


def some_paths(text: str) -> Flow:
    return flow(split(("equal_to", "1", "b"), no_match="a"), assign("b", "n", "a"), say("a", text))


def both(*comparisons: tuple[str, str]) -> State:
    """A split with one branch in which all of these must hold."""
    tested = "{{widgets.split.inbound.Body}}"
    conditions = tuple(Condition(kind, value, (tested,)) for kind, value in comparisons)
    exits = (Transition("noMatch", "bye"), Transition("match", "bye", conditions))
    return State("split", "split-based-on", exits, {"input": tested})


def kept_words(attributes: str) -> Flow:
    """A hand-off after a step that keeps what the customer said."""
    return flow(ask(), assign("keep", "said", "agent", "{{widgets.ask.inbound.Body}}"), hand_off(attributes))


#: One of each, filled in when the flow is deployed or when it runs.
DEPLOYED = [
    make(**properties)
    for said in ("${filled_in}", "{{flow.data.filled_in}}")
    for make, properties in (
        (http, {"method": said, "url": said, "body": said}),
        (function, {"url": said, "service_sid": said, "environment_sid": said, "function_sid": said}),
        (to_agents, {"workflow": said, "channel": said, "priority": said, "attributes": f'{{"a": {said}}}'}),
    )
]

FINE: list[tuple[str, Flow]] = [
    ("flow-duplicate-exit", flow(split(("equal_to", "1", "bye"), ("equal_to", "2", "split")))),
    # An exit that is misspelt is one fault, not two.
    ("flow-silent-end", replace(misspelt(), states=misspelt().states[:2])),
    # The last word, whether it arrives or not.
    ("flow-silent-end", flow(say("a", sent=None, failed=None))),
    # Loops that wait for the customer, ask a service whether to go on, or hold something we do not know.
    (
        "flow-endless-loop",
        flow(say("a", sent="b"), replace(ask("b"), transitions=(Transition("incomingMessage", "a"),))),
    ),
    ("flow-endless-loop", flow(state("a", "make-http-request", {"success": "a", "failed": "bye"}))),
    ("flow-endless-loop", flow(state("a", "make-http-request", {"success": "a", "failed": None}))),
    ("flow-endless-loop", flow(state("a", "run-subflow", {"completed": "a", "failed": "a"}))),
    ("flow-endless-loop", flow(state("a", "some-new-widget", {"done": "a"}))),
    ("flow-endless-loop", flow(split(("equal_to", "1", "split"), no_match="gone"))),
    # One fault, one finding: without a start every state would be unreachable.
    ("flow-unreachable", flow(say("a"), initial="nowhere")),
    ("flow-unreachable", CASES["flow-no-way-in"].bad),
    # Names built by a template could be any name; keys with a dot make a map.
    ("var-never-set", flow(say("a", "{{flow.variables.x1}}"), assign("b", "x{{flow.data.n}}", "a"))),
    ("var-never-set", flow(say("a", "{{flow.variables.order.id}}"), assign("b", "order.id", "a"))),
    ("var-never-set", flow(say("a", "{{flow.variables | to_json}} {{flow.variables[flow.data.k]}}"))),
    ("var-unknown-state", flow(ask("ask-name"), say("a", "{{ widgets . ask-name.inbound.Body }}"), start="a")),
    # The sid of a subflow is taken as it is written.
    ("liquid-broken", flow(state("a", "run-subflow", {}, flow_sid="FW{{"))),
    # Template values may render to anything; several conditions in one branch narrow it.
    ("split-duplicate-option", flow(split(("equal_to", "{{flow.sid}}", "bye"), ("equal_to", "{{flow.sid}}x", None)))),
    ("split-can-never-match", flow(split(("starts_with", "a", "bye"), ("contains", "ab", None)))),
    ("split-can-never-match", flow(split(("less_than", "5", "bye"), ("less_than", "10", None)))),
    ("split-can-never-match", flow(split(("contains", "a", None), ("matches_any_of", "ab, c", None)))),
    ("wait-too-long", waiting("{{flow.data.patience}}")),
    ("wait-too-long", waiting("")),
    ("text-too-long", flow(say("a", "{% if flow.data.a %}" + "x" * 900 + "{% else %}" + "y" * 900 + "{% endif %}"))),
    ("text-too-long", flow(state("a", "send-message", body="x" * 2_000, message_type="content_template"))),
    # What a text provides for may be missing: by default, by a test, by asking a split.
    ("var-set-on-some-paths", some_paths("{% if flow.variables.n %}{{flow.variables.n}}{% endif %}")),
    ("var-set-on-some-paths", some_paths("{% case flow.variables.n %}{% when 1 %}{{flow.variables.n}}{% endcase %}")),
    # Another flow may have set it above.
    (
        "var-read-too-early",
        flow(say("a", "{{flow.variables.n}}", sent="b"), assign("b", "n", "bye"), event="incomingParent"),
    ),
    ("var-never-read", flow(assign("a", "n", "bye"), event="incomingParent")),
    ("var-never-read", flow(assign("a", "n", "b"), say("b", "{{flow.variables | to_json}}"))),
    ("var-never-read", flow(assign("a", "order.id", "b"), say("b", "{{flow.variables.order.id}}"))),
    ("var-event-not-wired", message(service="{{trigger.conversation.InstanceSid}}")),
    ("var-event-not-wired", flow(say("a", "{{trigger.conversation.Body | default: trigger.message.Body}}"))),
    ("widget-no-such-result", asked_then("{{widgets.ask}} {{widgets.ask.inbound}}")),
    ("widget-no-such-result", flow(state("c", "run-subflow"), say("a", "{{widgets.c.anything}}"))),
    ("wait-reply-unread", asked_then("{{trigger.conversation.Body}}")),
    ("wait-same-question", flow(ask("ask", body="Ok?"), ask("again", body="Ok?"))),
    # What is filled in on deployment, or rendered, may be anything.
    *(
        (rule, bad)
        for bad in DEPLOYED
        for rule in (
            "widget-property-value",
            "widget-property-bounds",
            "handoff-sid",
            "attributes-not-json",
            "http-url-form",
            "function-sid",
        )
    ),
    ("split-can-never-match", flow(split(("contains", "a", "bye"), ("equal_to", "${language}", None)))),
    (
        "split-can-never-match",
        flow(split(("less_than", "5", "bye"), ("equal_to", "7", None), ("greater_than", "2", None))),
    ),
    ("split-can-never-match", flow(split(("regex", r"\\S", "bye"), ("regex", r"\\s", None)))),
    ("split-can-never-match", flow(split(("is_not_blank", "", "bye"), ("regex", "a*", None)))),
    ("split-can-never-match", flow(both(("greater_than", "2"), ("less_than", "5")))),
    ("split-overlap", flow(split(("contains", "help", "bye"), ("matches_any_of", "agent, help me", "bye")))),
    ("split-overlap", flow(split(("regex", "(a+)+", "bye"), ("matches_any_of", "b, aa", "split")))),
    ("split-tests-fixed-text", compared("${tested}", "${tested}")),
    ("split-caption-disagrees", captioned("If value is what we want")),
    ("split-decides-nothing", hours("bye", "bye")),
    ("hours-one-sided", compared("{{widgets.ask.parsed.open_tickets}}", "{{widgets.ask.parsed.open_tickets}}")),
    ("split-no-match-unwired", hours("bye", None)),
    ("attributes-not-json", to_agents(attributes="{{flow.variables.all | to_json}}")),
    ("attributes-not-json", to_agents(attributes='{"a": 1 {% if flow.data.b %}, "b": 2{% endif %}}')),
    ("attributes-not-json", to_agents(attributes='{"a": [{% for x in flow.data.l %}{{x}},{% endfor %}]}')),
    ("attributes-not-json", to_agents(attributes="{ {{flow.variables.members}} }")),
    ("json-unescaped-words", to_agents(attributes='{"to": "{{trigger.message.From}}", "n": "{{flow.variables.n}}"}')),
    ("http-body-not-json", http(body="plain", content_type="text/plain")),
    ("http-content-type", http(body="{{flow.data.body}}", content_type="text/plain")),
    ("http-plain-address", http(url="http://localhost/x")),
    ("http-secret", http(url="https://shop.example.com/?token={{flow.data.token_of_the_shop}}")),
    ("function-sids-partly", function()),
    ("text-unfilled", message(body="Reply [yes] or [no]. Your todo list is empty; <3")),
    ("flow-duplicate-state", flow(state("a", "some-widget"), state("b", "some-widget"))),
    ("liquid-single-braces", message(body='{"a": {"b": 1}} {x} {flow} {a.b}')),
    ("liquid-reply-by-case", asked_then("{% if widgets.ask.outbound.Body == 'x' %}{% endif %}")),
    ("text-reaches-voice", flow(state("a", "connect-virtual-agent-v2"))),
]


@pytest.mark.parametrize(("rule", "fine"), FINE)
def test_rule_is_silent_where_nothing_is_wrong(rule: str, fine: Flow) -> None:
    assert not check(fine, ["sms"]).of(rule)


FOUND: list[tuple[str, Flow]] = [
    # An exit that is not even listed is not wired either.
    ("wait-no-timeout", flow(state("a", WAIT, {"incomingMessage": "bye"}))),
    ("split-no-match-unwired", flow(State("a", "split-based-on"))),
    ("flow-endless-loop", flow(assign("a", "n", "a"))),
    ("flow-endless-loop", flow(split(("equal_to", "1", "split"), no_match="split"))),
    ("split-can-never-match", flow(split(("is_not_blank", "", "bye"), ("equal_to", "1", None)))),
    ("split-can-never-match", flow(split(("regex", "a+", "bye"), ("regex", "A+", None)))),
    ("split-can-never-match", flow(split(("contains", "a", "bye"), ("starts_with", "ab", None)))),
    ("split-duplicate-option", flow(split(("equal_to", " YES", "bye"), ("equal_to", "yes", None)))),
    ("attributes-not-json", flow(hand_off("[1]"))),
    ("attributes-not-json", flow(hand_off("[" * 100_000))),
    ("var-unknown-root", flow(say("a", "{{flow.variable.n}}"))),
    ("var-unknown-state", flow(split(("equal_to", "{{widgets.gone.parsed.id}}", "bye")))),
    ("liquid-broken", flow(state("a", "run-function", parameters=[{"key": "k", "value": "{% if %"}]))),
    ("liquid-broken", flow(say("a", "Hi {{flow.data.name, your order: {{flow.data.order}}"))),
    ("liquid-broken", flow(say("a", "Hi {{flow.data.name and {% if flow.data.order %}more{% endif %}"))),
    ("liquid-braces-in-braces", flow(say("a", "{{ flow.data.n | default: {{flow.data.m}} }}"))),
    ("liquid-single-braces", flow(say("a", "{% assign order = flow.data.order %}{order.id}"))),
    ("split-can-never-match", flow(split(("less_than", "10", "bye"), ("less_than", "5", None)))),
    ("split-can-never-match", flow(split(("less_than", "10", "bye"), ("equal_to", "5", None)))),
    ("split-can-never-match", flow(split(("greater_than", "10", "bye"), ("greater_than", "10", None)))),
    ("split-can-never-match", flow(split(("is_before_time", "17:00", "bye"), ("is_before_time", "09:00", None)))),
    (
        "split-can-never-match",
        flow(split(("is_after_date", "2026-01-01", "bye"), ("is_after_date", "2026-06-01", None))),
    ),
    (
        "split-can-never-match",
        flow(split(("is_blank", "", "bye"), ("is_not_blank", "", "bye"), ("contains", "a", None))),
    ),
    ("split-can-never-match", flow(split(("regex", ".*help.*", "bye"), ("equal_to", "help me", None)))),
    ("split-can-never-match", flow(both(("less_than", "2"), ("greater_than", "5")))),
    ("split-can-never-match", flow(both(("equal_to", "a"), ("equal_to", "b")))),
    ("split-can-never-match", flow(both(("is_blank", ""), ("is_not_blank", "")))),
    ("split-value-no-size", flow(split(("is_before_time", "5 pm", "bye")))),
    ("split-value-no-size", flow(split(("is_after_date", "24.12.2026", "bye")))),
    ("split-regex-whole", flow(split(("regex", "yes", "bye")))),
    ("split-regex-broken", flow(split(("regex", "a" * 1_001, "bye")))),
    ("widget-property-missing", message(**{"from": None})),
    ("widget-property-bounds", to_agents(priority="-1")),
    ("widget-property-bounds", to_agents(priority="high")),
    ("widget-property-type", http(parameters=[{"key": "n", "value": 5}])),
    ("widget-property-value", flow(state("a", "set-variables", variables=[{"key": "n", "type": "number"}]))),
    ("var-wrong-case", flow(say("a", "{{trigger.message.body}}"))),
    (
        "widget-result-too-early",
        flow(state("ask", WAIT, {"incomingMessage": "bye", "timeout": "a"}), say("a", "{{widgets.ask.inbound.Body}}")),
    ),
    ("hours-one-sided", hours("bye", "bye")),
    ("hours-one-sided", flow(split(("is_after_time", "17:00", "bye"), no_match=None))),
    ("http-secret", http(url="https://user:secret@shop.example.com")),
    ("http-secret", http(url="https://shop.example.com/?a=1&access_token=0123456789abcdef")),
    ("json-unescaped-words", to_agents(attributes='{"said": {{widgets.ask.inbound.Body}}}')),
    ("json-unescaped-words", kept_words('{"said": "{{flow.variables.said}}"}')),
    ("attributes-not-json", message(attributes="{'a': 1}")),
    ("flow-unknown-key", with_raw("state", "id")),
    ("flow-unknown-key", with_raw("condition", "id")),
    ("flow-unknown-key", replace(flow(), raw={"status": "draft"})),
    ("flow-key-missing", read_flow(lacking("properties"))),
    ("flow-key-missing", read_flow(lacking("friendly_name"))),
    ("flow-key-missing", read_flow(lacking("value"))),
    ("flow-key-missing", read_flow(lacking("allow_concurrent_calls"))),
    ("limit-list-items", flow(State("a", "split-based-on", (Transition("match"),) * 1_001))),
    ("limit-subflows", flow(*(state(f"s{n}", "run-subflow", flow_sid=f"FW{n:032}") for n in range(51)))),
]


@pytest.mark.parametrize(("rule", "bad"), FOUND)
def test_rule_finds_the_less_obvious_too(rule: str, bad: Flow) -> None:
    assert check(bad, ["sms"]).of(rule)


@pytest.mark.parametrize(
    ("rule", "hint"),
    [
        ("flow-dangling-next", "Did you mean 'bye'?"),
        ("flow-unknown-event", "Did you mean 'fail'?"),
        ("var-unknown-state", "Did you mean 'ask'?"),
        ("var-never-set", "Did you mean 'name'?"),
        ("var-unknown-root", "Did you mean 'flow.variables'?"),
        ("split-unknown-condition", "Did you mean 'equal_to'?"),
        ("flow-next-misspelt", "Rename the key 'name' to 'next'."),
        ("flow-missing-initial", "Set initial_state to 'Trigger'."),
    ],
)
def test_fix_names_what_was_probably_meant(rule: str, hint: str) -> None:
    assert only(check(CASES[rule].bad), rule).fix.startswith(hint)


def test_an_unreachable_chain_says_what_leads_to_it() -> None:
    found = check(flow(say("a"), say("x", sent="y"), say("y", sent="x")))
    assert [finding.state for finding in found.of("flow-unreachable")] == ["x", "y"]
    assert "only 'x' leads to it, as unreachable" in found.of("flow-unreachable")[1].message


def test_channel_rules_name_the_channel_and_need_one() -> None:
    long = flow(say("a", "x" * 1_900))
    assert {f.channel for f in check(long, ["sms", "whatsapp", "line", "email"]).of("text-too-long")} == {
        "sms",
        "whatsapp",
    }
    assert not check(long).of("text-too-long")
    assert check(long, "sms") == check(long, ["sms"])


@pytest.mark.parametrize("call", [lambda: check(flow(), ["smss"]), lambda: check("flow.json")])  # type: ignore[arg-type]
def test_wrong_use_says_what_to_do(call: Callable[[], object]) -> None:
    with pytest.raises(UsageError, match=r"Did you mean 'sms'|flowlab\.load"):
        call()


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a{% case x %}{% when 1 %}bb{% when 2 %}ccc{% endcase %}d", "acccd"),
        ("{% comment %}hidden{% endcomment %}{% capture x %}hidden{% endcapture %}seen", "seen"),
        ("{%- if x -%}{% if y %}long one{% endif %}{%- else -%}short{%- endif -%}", "long one"),
        ("{% if x %}never closed", "never closed"),
        ("stray {% endif %}{% else %}tags {{ open", "stray tags {{ open"),
    ],
)
def test_longest_literal(text: str, fixed: str) -> None:
    assert longest_literal(text) == fixed


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "'value': boolean found, string expected."),
        (["1", "2"], "'value': array found, string expected."),
        ({"a": 1}, "'value': object found, string expected."),
        (2.5, "'value': number found, string expected."),
    ],
)
def test_a_value_to_compare_with_is_a_text(value: Any, message: str) -> None:
    found = check(read_flow(comparing_with(value))).of("flow-key-type")
    assert [finding.message for finding in found] == [message]


@pytest.mark.parametrize("arguments", ["{{flow.sid}}", [1], [["{{flow.sid}}"]]])
def test_arguments_are_a_list_of_texts(arguments: Any) -> None:
    definition = comparing_with("1")
    definition["states"][1]["transitions"][1]["conditions"][0]["arguments"] = arguments
    (found,) = check(read_flow(definition)).of("flow-key-type")
    assert found.path.startswith("#/states/1/transitions/1/conditions/0/arguments")


def test_the_page_of_rules_is_up_to_date() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == catalogue_markdown(), "docs/rules.md is old: make it again as its comment says"
    assert set(CASES) | set(ROUTING_CASES) | set(HOURS_CASES) | set(CONTENT_CASES) == set(RULES), (
        "every rule has a case, every case a rule"
    )


def test_the_page_of_widgets_is_up_to_date() -> None:
    page = (ROOT / "docs" / "widgets.md").read_text(encoding="utf-8")
    assert page == widgets_markdown(), "docs/widgets.md is old: make it again as its comment says"


def test_comparisons_are_those_the_engine_knows() -> None:
    assert sorted(COMPARISONS) == sorted(CONDITIONS)
