"""The rules of the check, one by one: each finds its fault and leaves a near twin alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from small_flows import WAIT, ask, assign, flow, hand_off, misspelt, say, split, state, waiting

from flowlab.check import RULES, Findings, catalogue_markdown, check
from flowlab.check.literal import longest_literal
from flowlab.check.rules.splits import COMPARISONS
from flowlab.errors import UsageError
from flowlab.model.finding import Severity
from flowlab.model.flow import Flow, State, Transition
from flowlab.run.conditions import CONDITIONS

ROOT = Path(__file__).parents[1]


class Case(NamedTuple):
    """A flow with a fault, and its near twin without; ``where`` is the path of the first finding."""

    bad: Flow
    good: Flow
    where: str


EXIT, BODY, VALUE = "#/states/1/transitions", "#/states/1/properties/body", "transitions/2/conditions/0/value"
LOOP = (say("a", sent="b", failed=None), assign("b", "n", "a"))
WAYS_OUT = (say("a", sent="b", failed=None), split(("equal_to", "1", "a"), name="b"))
CURLY = "Don’t worry, your order is on its way and will be there within the next two or three days."

CASES: dict[str, Case] = {
    "flow-missing-initial": Case(flow(initial=""), flow(), "#/initial_state"),
    "flow-dangling-next": Case(flow(say("a", sent="by")), flow(say("a", sent="bye")), f"{EXIT}/0/next"),
    "flow-next-misspelt": Case(misspelt(), misspelt("uuid", "FF0"), f"{EXIT}/1/name"),
    "flow-unknown-widget": Case(flow(state("a", "hangup")), flow(state("a", "say-play")), "#/states/1/type"),
    "flow-unknown-event": Case(
        flow(state("a", "run-function", {"success": "bye", "failed": "bye"})),
        flow(state("a", "run-function", {"success": "bye", "fail": "bye"})),
        f"{EXIT}/1/event",
    ),
    "flow-no-way-in": Case(
        Flow((state("Trigger", "trigger", {"incomingMessage": None}), say("a")), "Trigger"),
        Flow((state("Trigger", "trigger", {"incomingMessage": "a"}), say("a")), "Trigger"),
        "#/states/0/transitions",
    ),
    "flow-unreachable": Case(flow(say("left"), start="bye"), flow(say("a", sent="left"), say("left")), "#/states/1"),
    "flow-silent-end": Case(
        flow(state("a", "make-http-request", {"success": "bye", "failed": None})),
        flow(state("a", "send-to-flex", {"callComplete": None, "callFailure": None, "failedToEnqueue": "bye"})),
        f"{EXIT}/1",
    ),
    "flow-endless-loop": Case(flow(*LOOP), flow(*WAYS_OUT), EXIT),
    "liquid-broken": Case(flow(say("a", "Hi {{ flow.sid }")), flow(say("a", "Hi { flow.sid }")), BODY),
    "var-unknown-state": Case(
        flow(ask(), say("a", "{{widgets.Ask.inbound.Body}}"), start="a"),
        flow(ask(), say("a", "{{widgets.ask.inbound.Body}}"), start="a"),
        "#/states/2/properties/body",
    ),
    "var-never-set": Case(
        flow(say("a", "Hi {{flow.variables.nmae}}"), assign("set", "name", "a")),
        flow(say("a", "Hi {{flow.variables.name}} {{flow.data.nmae}}"), assign("set", "name", "a")),
        BODY,
    ),
    "var-unknown-root": Case(
        flow(say("a", "{{variables.n}}")),
        flow(
            say(
                "a", "{% assign n = trigger.message.Body %}{{n}}{% for x in flow.data.l %}{{forloop.index}}{% endfor %}"
            )
        ),
        BODY,
    ),
    "split-unknown-condition": Case(
        flow(split(("equals", "1", "bye"))), flow(split(("equal_to", "1", "bye"))), f"{EXIT}/1/conditions/0/type"
    ),
    "split-no-match-unwired": Case(
        flow(split(("equal_to", "1", "bye"), no_match=None)),
        flow(split(("is_blank", "Is Blank", "bye"), ("is_not_blank", "Is Not Blank", "bye"), no_match=None)),
        f"{EXIT}/0",
    ),
    "split-duplicate-option": Case(
        flow(split(("equal_to", "Yes", "bye"), ("matches_any_of", "y, yes ", "split"))),
        flow(split(("equal_to", "Yes", "bye"), ("matches_any_of", "y, yess ", "split"))),
        f"#/states/1/{VALUE}",
    ),
    "split-can-never-match": Case(
        flow(split(("contains", "yes", "bye"), ("equal_to", "Yes please", "bye"))),
        flow(split(("equal_to", "Yes please", "bye"), ("contains", "yes", "bye"))),
        f"{EXIT}/2",
    ),
    "split-value-blank-edge": Case(
        flow(split(("equal_to", "yes ", "bye"))),
        flow(split(("contains", " no ", "bye"), ("matches_any_of", " 1, 2 ", "bye"), ("is_blank", " ", "bye"))),
        f"{EXIT}/1/conditions/0/value",
    ),
    "split-value-missing": Case(
        flow(split(("contains", "", "bye"))), flow(split(("is_blank", "", "bye"))), f"{EXIT}/1/conditions/0/value"
    ),
    "wait-no-timeout": Case(flow(ask(timeout=None)), flow(ask()), f"{EXIT}/1"),
    "wait-no-delivery-failure": Case(flow(ask(failure=None)), flow(ask()), f"{EXIT}/2"),
    "wait-too-long": Case(waiting("14401"), waiting(14_400), "#/states/1/properties/timeout"),
    "handoff-no-failure-path": Case(flow(hand_off(failed=None)), flow(hand_off()), f"{EXIT}/1"),
    "attributes-too-long": Case(
        flow(hand_off('{"a": "%s"}' % ("x" * 1_024))),
        flow(hand_off('{"a": "%s"}' % ("x" * 1_000))),
        "#/states/1/properties/attributes",
    ),
    "attributes-not-json": Case(
        flow(hand_off("{'a': 1}")),
        flow(hand_off('{"a": {{flow.data.a | to_json}}}')),
        "#/states/1/properties/attributes",
    ),
    "channel-no-way-in": Case(flow(event="incomingCall"), flow(), "#/states/0/transitions"),
    "text-too-long": Case(flow(say("a", "x" * 1_601)), flow(say("a", "x" * 1_600 + "{{flow.sid}}")), BODY),
    "text-many-segments": Case(flow(say("a", "x" * 460)), flow(say("a", "x" * 459)), BODY),
    "text-costly-character": Case(flow(say("a", CURLY)), flow(say("a", CURLY.replace("’", "'"))), BODY),
    "limit-states": Case(
        flow(*(say(f"s{n}") for n in range(999))), flow(*(say(f"s{n}") for n in range(998))), "#/states"
    ),
    "limit-value-size": Case(
        flow(state("a", "run-function", body="é" * 8_193)), flow(state("a", "run-function", body="é" * 8_192)), BODY
    ),
}


@pytest.mark.parametrize("rule", RULES)
def test_rule_finds_its_fault_and_leaves_the_near_twin_alone(rule: str) -> None:
    case = CASES[rule]
    found = check(case.bad, ["sms"]).of(rule)
    assert [finding.path for finding in found] == [case.where]
    assert all(finding.message.endswith(".") and finding.fix.endswith((".", "}")) for finding in found)
    assert not check(case.good, ["sms"]).of(rule)


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
]


@pytest.mark.parametrize(("rule", "bad", "severity"), SEVERITIES)
def test_severity_is_graded_by_how_much_it_matters(rule: str, bad: Flow, severity: Severity) -> None:
    assert {finding.severity for finding in check(bad).of(rule)} == {severity}


FINE: list[tuple[str, Flow]] = [
    # An exit that is misspelt is one fault, not two.
    ("flow-silent-end", replace(misspelt(), states=misspelt().states[:2])),
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
    assert "only 'x', as unreachable, lead to it" in found.of("flow-unreachable")[1].message


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


def test_the_page_of_rules_is_up_to_date() -> None:
    page = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
    assert page == catalogue_markdown(), "docs/rules.md is old: make it again as its comment says"
    assert set(CASES) == set(RULES), "every rule has a case, every case a rule"


def test_comparisons_are_those_the_engine_knows() -> None:
    assert sorted(COMPARISONS) == sorted(CONDITIONS)
