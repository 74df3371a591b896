"""Checks that know the content templates: each finds its slip, leaves its near twin alone, is silent without them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from content_cases import CASES, MORE, ONE, asked, sends, text
from small_flows import ask, flow, say

import flowlab as fl
from flowlab.check import RULES
from flowlab.model.finding import Severity
from flowlab.model.flow import Flow, Transition

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("rule", CASES)
def test_rule_finds_its_fault_and_leaves_the_near_twin_alone(rule: str) -> None:
    case = CASES[rule]
    bad, content = case.bad
    found = fl.check(bad, case.channels, services={"content": content}).of(rule)
    assert [finding.path for finding in found] == [case.where]
    assert all(finding.message.endswith(".") and finding.fix.endswith(".") for finding in found)
    good, content = case.good
    assert not fl.check(good, case.channels, services={"content": content}).of(rule)
    assert not fl.check(bad, case.channels).of(rule)
    assert not fl.check(bad, case.channels, services={"timezone": "Europe/Lisbon"}).of(rule)


def test_each_rule_that_needs_content_has_a_case() -> None:
    assert set(CASES) == {name for name, rule in RULES.items() if "content" in rule.needs}


def waits(seconds: str, event: str) -> Flow:
    exits = tuple(Transition(e, "a" if e == event else "bye") for e in ("incomingMessage", "timeout"))
    late = replace(ask("late"), transitions=exits, properties={"body": "Well?", "timeout": seconds})
    return flow(late, sends(), start="late")


@pytest.mark.parametrize(("rule", "bad", "content", "channel", "words"), MORE)
def test_other_ways_to_the_same_findings(rule: str, bad: Flow, content: list[Any], channel: str, words: str) -> None:
    (finding,) = fl.check(bad, [channel], services={"content": content}).of(rule)
    assert words in finding.message
    refused = "is refused" in words or rule == "content-no-variant"
    assert finding.severity is (Severity.ERROR if refused else Severity.WARNING)


def test_the_window_is_closed_only_by_a_silence_longer_than_it() -> None:
    hours = fl.channels["whatsapp"].value("service_window_h")
    for seconds, event, found in (
        (hours * 3600 + 1, "timeout", 1),
        (hours * 3600, "timeout", 0),
        (hours * 3600 + 1, "incomingMessage", 0),
    ):
        services = {"content": [text()]}
        assert (
            len(fl.check(waits(f"{seconds}", event), ["whatsapp"], services=services).of("content-approval")) == found
        )
    answered = waits("600", "incomingMessage")
    trigger = replace(answered.by_name["Trigger"], transitions=(Transition("incomingRequest", "late"),))
    begun = replace(answered, states=(trigger, *answered.states[1:]))
    assert not fl.check(begun, ["whatsapp"], services={"content": [text()]}).of("content-approval"), "they have written"
    approved = {"content": [text(**asked("approved"))]}
    late = waits(f"{hours * 3600 + 1}", "timeout")
    assert not fl.check(late, ["whatsapp"], services=approved).of("content-approval")
    assert not fl.check(late, ["sms"], services={"content": [text()]}).of("content-approval")


def test_a_sid_that_is_a_template_is_nobodys_slip() -> None:
    services = {"content": [text()]}
    assert not fl.check(flow(sends("{{flow.data.sid}}")), ["sms"], services=services).of("content-unknown")
    assert not [one for one in fl.check(ONE, ["sms"], services=services) if one.rule.startswith("content-")]


def test_a_text_is_too_long_in_the_unit_of_the_channel() -> None:
    line = fl.channels["line"]
    limit = line.value("max_text_chars")
    (finding,) = fl.check(flow(say("a", "👋" * (limit // 2 + 1))), [line]).of("text-too-long")
    assert line.value("text_counted_in") in finding.message
    assert not fl.check(flow(say("a", "👋" * (limit // 2))), [line]).of("text-too-long")


def test_the_sample_flow_and_its_templates_fit() -> None:
    flow_file = ROOT / "sample_data/flows/store_service.json"
    services = next((ROOT / "sample_data/services").glob("store_service*.yaml"))
    found = fl.check(fl.load(flow_file), list(fl.channels), services=services)
    told = [(one.rule, one.state, one.channel) for one in found if one.rule.startswith("content-")]
    assert told == []
