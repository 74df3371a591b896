"""The check as a whole: findings as table, text, page and JSON; mutated flows are caught, real flows not wronged."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from mutate import FIRST, Mutation
from mutate_nothing import NOTHING
from mutate_parts import PARTS
from mutate_texts import TEXTS
from small_flows import WAIT, ask, flow, say, state

from flowlab.check import RULES, Findings, check
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.formats import load
from flowlab.model.finding import Severity
from flowlab.model.flow import Flow, Transition
from flowlab.model.routing import Workflow, Workspace

REAL_FLOWS = Path(__file__).parents[2] / "shared" / "real_flows"
SAMPLES = sorted((Path(__file__).parents[1] / "sample_data" / "flows").glob("order_support*.json"))


def read(path: Path) -> Flow:
    flow = load(path)
    assert isinstance(flow, Flow)
    return flow


MIXED = flow(
    say("a", "{{widgets.b.inbound.x}} {{variables.y}}", sent="b", failed=None), ask("b", timeout=None), initial=""
)


def test_findings_stand_in_the_order_of_states_and_then_by_severity() -> None:
    found = check(MIXED)
    assert [(f.state, f.rule) for f in found] == [
        ("", "flow-missing-initial"),
        ("a", "var-unknown-root"),
        ("a", "flow-silent-end"),
        ("b", "wait-no-timeout"),
    ]
    assert found.worst is Severity.ERROR
    assert found.of("wait-no-timeout").worst is Severity.WARNING
    assert Findings().worst is None
    assert repr(found) == "<Findings of 'test': 1 error, 2 warnings, 1 note>"


def test_table_and_json_hold_the_same_rows() -> None:
    found = check(MIXED)
    table, document = found.table, json.loads(found.as_json())
    assert list(table.columns) == ["rule", "severity", "state", "event", "message", "fix", "path", "channel"]
    assert table.to_dict("records") == document["findings"]
    assert document["counts"] == {"error": 1, "warning": 2, "note": 1}
    assert list(Findings().table.columns) == list(table.columns)


def test_text_groups_by_state_with_signs_words_and_advice() -> None:
    lines = check(MIXED).as_text().splitlines()
    assert lines[0] == "test: 1 error, 2 warnings, 1 note"
    at = lines.index("b")
    assert lines[at + 1].startswith("  ! warning ") and lines[at + 1].endswith("[wait-no-timeout]")
    assert lines[at + 2].strip().startswith("to do:  Wire 'timeout'")
    assert "Nothing found" in Findings().as_text()


def test_hostile_names_and_texts_stay_text() -> None:
    nasty = '<img src=x onerror="alert(1)">\x1b[2J\u202e'
    found = check(flow(say(nasty, "{{widgets.q.x}} {{ broken", sent=nasty + "!")))
    html, text = found._repr_html_(), found.as_text()
    assert "<img" not in html and "&lt;img" in html
    assert not {"\x1b", "\u202e"} & set(html + text)
    assert found._repr_mimebundle_() == {"text/html": html, "text/plain": text}


def test_deep_and_odd_properties_do_no_harm() -> None:
    deep: Any = "{{ broken"
    for _ in range(5_000):
        deep = [deep]
    odd = [
        state("a", "set-variables", {"next": "bye"}, variables=["x", {"key": 3}, None], deep=deep),
        state("b", "set-variables", {}, variables="none"),
        state("c", WAIT, {}, timeout=[1], body=7),
        state("d", "split-based-on", {"match": "bye"}, input=None),
        state("e", "send-to-flex", {}, attributes=7),
        state("f", "send-message", {}, body="{{" * 50_000),
    ]
    assert check(flow(*odd), ["sms"]).of("liquid-broken")[0].state == "a"


# Whole flows.


@pytest.mark.parametrize("mutation", (*FIRST, *TEXTS, *PARTS), ids=lambda mutation: mutation.name)
def test_a_slip_is_caught_by_the_rule_that_should(mutation: Mutation) -> None:
    places = 0
    for path in SAMPLES:
        clean = read(path)
        before = check(clean, ["sms"])
        for mutated in filter(None, (mutation.made(clean, seed) for seed in range(5))):
            places += 1
            after = check(mutated, ["sms"])
            assert any(len(after.of(rule)) > len(before.of(rule)) for rule in mutation.caught_by), after.as_text()
    assert places, "neither sample flow has a place for this slip"


@pytest.mark.parametrize("name", NOTHING)
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_change_that_means_nothing_is_not_caught(path: Path, name: str) -> None:
    clean = read(path)
    before = sorted(finding.rule for finding in check(clean, ["sms"]))
    for seed in range(3):
        after = check(NOTHING[name](clean, Random(seed)), ["sms"])
        assert sorted(finding.rule for finding in after) == before


def test_real_flows_are_not_wronged() -> None:
    files = sorted(REAL_FLOWS.glob("*.json"))
    if not files:
        pytest.skip("no real flows beside this checkout")
    certain = (
        *("flow-unreachable", "flow-dangling-next", "split-can-never-match", "flow-endless-loop", "liquid-broken"),
        *("split-overlap", "widget-result-too-early", "var-read-too-early", "widget-no-such-result", "hours-one-sided"),
    )
    for path in files:
        found = check(read(path), ["sms", "whatsapp", "webchat"])
        assert not [finding for rule in certain for finding in found.of(rule)], path.name


def test_two_thousand_states_are_checked_in_seconds() -> None:
    many = [ask(f"s{n}", body=f"Step {n}, {{{{flow.variables.v{n} | upcase}}}}") for n in range(2_000)]
    linked = [replace(s, transitions=(Transition("incomingMessage", f"s{n + 1}"),)) for n, s in enumerate(many)]
    begin = time.perf_counter()
    found = check(flow(*linked), ["sms"])
    assert time.perf_counter() - begin < 10
    assert len(found.of("var-never-set")) == 2_000


# What a check may be given.


def test_routing_rules_run_only_where_what_they_need_was_given(monkeypatch: pytest.MonkeyPatch) -> None:
    @rule("route-test", Severity.NOTE, "A test", why="-", source="-", needs=("workflow", "workspace"))
    def route_test(subject: Subject) -> Iterator[Hit]:
        assert None not in (subject.workflow, subject.workspace)
        yield Hit("A filter.", "-", path="#/task_routing/filters/0")

    monkeypatch.setitem(RULES, "route-test", route_test)
    menu, support, site = flow(say("a")), Workflow((), name="support"), Workspace()
    assert not check(menu).of("route-test")
    assert not check(menu, workflow=support).of("route-test")
    assert check(menu, workflow=support, workspace=site).of("route-test")
    alone = check(support, workspace=site)
    assert {finding.rule for finding in alone} == {"route-test", "routing-no-default"}, (
        "a workflow alone is judged by no rule about flows"
    )
    assert alone.flow == "support"
