"""Checks that know the opening hours: each finds its slip, leaves its near twin alone, and is silent without."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hours_cases import CASES, SERVICES, between, is_open, look, question
from small_flows import flow, hand_off

import flowlab as fl
from flowlab.check import RULES

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("rule", CASES)
def test_rule_finds_its_fault_and_leaves_the_near_twin_alone(rule: str) -> None:
    case = CASES[rule]
    found = fl.check(case.bad, services=case.bad_services).of(rule)
    assert [finding.state for finding in found] == [case.where]
    assert all(finding.message.endswith(".") and finding.fix.endswith(".") for finding in found)
    assert not fl.check(case.good, services=SERVICES).of(rule)
    assert "hours" in RULES[rule].needs
    assert not fl.check(case.bad).of(rule)
    assert not fl.check(case.bad, services={"timezone": "Europe/Lisbon"}).of(rule)


def test_a_short_wait_and_a_time_split_right_before_are_no_slip() -> None:
    for good in (
        flow(look("ask"), question("split", "600"), is_open(), hand_off()),
        flow(look("ask"), question("split"), between("09:00", "17:30"), hand_off()),
    ):
        assert not fl.check(good, services=SERVICES).of("hours-stale-answer")


@pytest.mark.parametrize(("start", "end"), [("12:00", "18:00"), ("06:00", "12:00"), ("18:00", "22:00"), ("9", "25:00")])
def test_times_for_greetings_are_not_taken_for_opening_hours(start: str, end: str) -> None:
    found = fl.check(flow(between(start, end), hand_off()), services=SERVICES)
    assert not found.of("hours-times-differ")


def test_a_callable_may_ask_the_hours() -> None:
    calendars = {"support": fl.Hours.from_yaml(SERVICES["calendars"]["support"])}
    services = fl.Services({"hours": lambda request: {"open": True}}, calendars=calendars)
    good = flow(look("agent"), hand_off())
    assert not fl.check(good, services=services).of("hours-handoff-unasked")


def test_the_sample_flow_is_told_where_its_answer_grows_old() -> None:
    services: dict[str, Any] = {**SERVICES, "widgets": {"check_hours": {"calendar": "support"}}}
    found = fl.check(fl.load(ROOT / "sample_data/flows/order_support.json"), services=services)
    hours = [(finding.rule, finding.state) for finding in found if finding.rule.startswith("hours-")]
    assert hours == [("hours-stale-answer", "hand_over")]
