"""The 17 comparisons, against a table anyone can read; and patterns that must not run away.

A case: the ``input`` that a branch tests against its ``value``, and whether it holds. Where either is a template,
``given`` are the flow's variables.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import state
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.model.event import EventKind
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.run.conditions import CONDITIONS, holds
from flowlab.run.pattern import MAX_TEXT_CHARS, PatternFault, longest_text, matches
from flowlab.run.session import Session

TABLE: dict[str, list[dict[str, Any]]] = json.loads(
    (Path(__file__).parent / "golden" / "conditions.json").read_text(encoding="utf-8")
)
CASES = [
    pytest.param(kind, case, id=f"{kind}: {case['input']!r}, {case['value']!r}, {case.get('given', '')}")
    for kind, cases in TABLE.items()
    for case in cases
]


def test_every_condition_has_nine_cases_that_answer_both_ways_and_some_with_templates() -> None:
    assert set(TABLE) == set(CONDITIONS)
    assert len(CONDITIONS) == 17
    for kind, cases in TABLE.items():
        assert len(cases) >= 9, kind
        assert {case["expected"] for case in cases} == {True, False}, kind
        for side in ("input", "value"):
            assert any("{{" in case[side] for case in cases), f"{kind}: no case has a template as its {side}"


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_conditions(kind: str, case: dict[str, Any]) -> None:
    if "given" not in case:
        assert holds(kind, case["input"], case["value"]) is case["expected"]
    assert branches(kind, case["input"], case["value"], case.get("given", {})) is case["expected"]


@pytest.mark.parametrize(("kind", "case"), [case.values for case in CASES if "given" not in case.values[1]])
def test_conditions_on_what_was_remembered(kind: str, case: dict[str, Any]) -> None:
    """The same cases, with the input (and then the value) in a variable: other ways through the engine."""
    given = {"text": case["input"], "wanted": case["value"]}
    assert branches(kind, "{{flow.variables.text}}", case["value"], given) is case["expected"]
    assert branches(kind, "{{flow.variables.text}}", "{{flow.variables.wanted}}", given) is case["expected"]


def branches(kind: str, argument: str, value: str, given: dict[str, Any]) -> bool:
    """Whether a run takes the branch of a split that has this one condition."""
    rows = [{"key": key, "value": json.dumps(what), "type": "json_object"} for key, what in given.items()]
    keep = state("keep", "set-variables", {"next": "split"}, variables=rows)
    condition = Condition(kind, value, (argument,))
    split = State("split", "split-based-on", (Transition("noMatch"), Transition("match", None, (condition,))))
    session = Session(Flow((keep, split), "keep"))
    session.start("hi")
    assert not any(event.kind == EventKind.FAULT for event in session.events)
    left = {event.event for event in session.events if event.state == "split" and event.kind == EventKind.STEP}
    return left == {"match"}


NEGATIONS = {
    "equal_to": "not_equal_to",
    "contains": "does_not_contain",
    "matches_any_of": "does_not_match_any_of",
    "starts_with": "does_not_start_with",
    "is_blank": "is_not_blank",
}


@given(st.text(max_size=8), st.text(max_size=8))
def test_a_condition_and_its_negation_never_agree(text: str, value: str) -> None:
    for kind, negation in NEGATIONS.items():
        assert holds(kind, text, value) != holds(negation, text, value)


@given(st.sampled_from(sorted(CONDITIONS)), st.text(max_size=12), st.text(max_size=12))
@settings(max_examples=400)
def test_no_input_and_no_value_breaks_a_condition(kind: str, text: str, value: str) -> None:
    try:
        assert holds(kind, text, value) in (True, False)
    except PatternFault:
        assert kind == "regex"


def test_an_unknown_condition_never_holds() -> None:
    assert not holds("sounds_like", "yes", "yes")


HOSTILE = [
    "(a+)+$",
    "(a|a)*b",
    "(a|aa)+b",
    "((a+)+)+b",
    "(a*)*b",
    "(a+a+)+b",
    "(.*a){20}b",
    "(a?){40}b",
    "(a?){0,1000}a{30}b",
    "a?" * 30 + "a" * 30,
    "(a|a)" * 40 + "b",
    ".*.*.*.*.*.*b",
    "a*" * 40 + "b",
    "((a{1,9999}){1,9999}){1,9999}b",
    "((a{1000}){1000}){1000}",
    "(?:a|b|ab)*c",
    "(?P<x>a+)*b",
    "([^b]+)*c",
]


@pytest.mark.parametrize("pattern", HOSTILE)
def test_no_pattern_runs_away(pattern: str) -> None:
    for length in {1, 2, 7, 12, 18, 25, 40, 400, 2000, max(longest_text(pattern), 1)}:
        begun = time.perf_counter()
        try:
            matches(pattern, "a" * length + "!")
            matches(pattern, "a" * length)
        except PatternFault as fault:
            assert "for ever" in str(fault)
        assert time.perf_counter() - begun < 5


HARMLESS = [
    "(sí|si)",
    ".*(s(i|í)|y).*",
    "^(?:[1-9]|0[1-9]|10)$",
    r"\d{3}-?\d{4}",
    r"[\w.]+@[\w.]+\.com",
    "(?i)abc",
    "(ab)*",
    "(stop|halt|quit|cancel|end)",
    r"[(+*]",
    r"\(\+\)",
    ".*(track|where).*",
]


@pytest.mark.parametrize("pattern", HARMLESS)
def test_patterns_of_real_flows_are_tried_on_any_message(pattern: str) -> None:
    assert longest_text(pattern) >= 1600
    assert matches(pattern, "x" * 1600) in (True, False)


def test_a_text_too_long_is_not_tried() -> None:
    with pytest.raises(PatternFault, match="2,000"):
        matches("a*", "a" * (MAX_TEXT_CHARS + 1))


@pytest.mark.parametrize("pattern", ["(", "a**", "[", r"\p{L}", "(?P<a", "*", "x{2,1}", "(" * 500, "a" * 1001])
def test_an_invalid_pattern_is_said_so(pattern: str) -> None:
    with pytest.raises(PatternFault, match="is not valid"):
        matches(pattern, "a")


@given(st.text(alphabet="ab()[]{}|*+?.\\^$,12:=!<>Pi-", max_size=14), st.text(alphabet="ab1", max_size=30))
@settings(max_examples=500, deadline=4000)
def test_any_pattern_answers_or_faults(pattern: str, text: str) -> None:
    try:
        assert matches(pattern, text) in (True, False)
    except PatternFault as fault:
        assert str(fault)


def test_a_bad_pattern_is_an_event_and_the_run_goes_on() -> None:
    tests = (
        Condition("regex", "(", ("x",)),
        Condition("regex", "(a+)+$", ("a" * 40,)),
        Condition("regex", "x", ("x",)),
    )
    split = State("split", "split-based-on", tuple(Transition("match", "bye", (test,)) for test in tests))
    session = Session(Flow((split, state("bye", "send-message", {"sent": None}, body="Bye")), "split"))
    assert session.start("hi") == ["Bye"]
    faults = [event.detail for event in session.events if event.kind == EventKind.FAULT]
    assert ["not valid" in faults[0], "for ever" in faults[1], len(faults)] == [True, True, 2]
