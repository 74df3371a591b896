"""``flowlab.toml``: rules turned off or weighed otherwise, for files and states, with reasons; faults in it by name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from small_flows import ask, flow, say

from flowlab.check import Findings, check
from flowlab.errors import FormatError, UsageError
from flowlab.formats import load, save
from flowlab.model.finding import Severity
from flowlab.model.flow import Flow

TWO = flow(ask("ask", timeout=None), ask("ask_again", timeout=None))
RULE = "wait-no-timeout"


def settings(**rules: Any) -> dict[str, Any]:
    return {"check": {"rules": {name.replace("_", "-"): said for name, said in rules.items()}}}


def excepted(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"check": {"except": list(entries)}}


def states(found: Findings) -> list[str]:
    return [finding.state for finding in found.of(RULE)]


def test_a_rule_is_turned_off_or_weighed_otherwise() -> None:
    off = check(TWO, config=settings(wait_no_timeout="off"))
    assert not off.of(RULE)
    assert [finding.rule for finding, _ in off.silenced] == [RULE, RULE]
    assert "2 silenced" in off.summary
    heavy = check(TWO, config=settings(wait_no_timeout={"severity": "error", "because": "we answer always"}))
    assert {finding.severity for finding in heavy.of(RULE)} == {Severity.ERROR}


def test_exceptions_hold_for_states_and_the_last_one_decides() -> None:
    only_again = excepted({"rules": RULE, "states": ["*_again"], "because": "asked twice is enough"})
    found = check(TWO, config=only_again)
    assert states(found) == ["ask"]
    assert found.silenced[0][1] == "asked twice is enough"
    all_but_ask = excepted({"rules": ["wait-*"]}, {"rules": [RULE], "states": "ask", "severity": "note"})
    assert [(f.state, f.severity) for f in check(TWO, config=all_but_ask).of(RULE)] == [("ask", Severity.NOTE)]


@pytest.fixture
def project(tmp_path: Path) -> Callable[..., Flow]:
    """A flow in a folder below a ``flowlab.toml``."""

    def _project(toml: str, name: str = "flows/old_menu.json") -> Flow:
        (tmp_path / "flows").mkdir(exist_ok=True)
        (tmp_path / "flowlab.toml").write_text(toml, encoding="utf-8")
        found = load(save(TWO, tmp_path / name))
        assert isinstance(found, Flow)
        return found

    return _project


def test_the_nearest_file_above_the_flow_is_found_and_files_are_named_from_it(project: Callable[..., Flow]) -> None:
    old = f'[[check.except]]\nfiles = ["flows/old_*.json"]\nrules = ["{RULE}"]\n'
    assert not check(project(old)).of(RULE)
    assert check(project(old, "flows/new_menu.json")).of(RULE)
    assert check(project(old), config={}).of(RULE), "an empty config takes none"


def test_a_file_can_be_named(project: Callable[..., Flow], tmp_path: Path) -> None:
    menu = project("")
    other = tmp_path / "strict.toml"
    other.write_text(f'[check.rules]\n{RULE} = "error"\n', encoding="utf-8")
    assert check(menu, config=other).worst is Severity.ERROR
    with pytest.raises(UsageError, match="cannot be read"):
        check(menu, config=tmp_path / "none.toml")


FAULTS: list[tuple[dict[str, Any], str]] = [
    (settings(wait_no_timeouts="off"), r"no rule 'wait-no-timeouts'. Did you mean 'wait-no-timeout'\?"),
    (settings(xyz="off"), r"no rule 'xyz'. docs/rules.md lists them"),
    (excepted({"rules": ["waits-*"]}), r"no rule 'waits-\*'"),
    (settings(wait_no_timeout="of"), "'of' is not one of error, warning, note, off"),
    (settings(wait_no_timeout={"severitie": "off"}), r"unknown key 'severitie'. Did you mean 'severity'\?"),
    (settings(wait_no_timeout={"because": 3}), "because: expected a text"),
    (excepted({"states": 3}), "states: expected a text or a list of texts"),
    ({"check": {"exept": []}}, r"unknown key 'exept'. Did you mean 'except'\?"),
    ({"check": []}, r"expected a table \[check\]"),
    ({"check": {"rules": []}}, "expected a table: rule id = severity"),
    ({"check": {"except": {}}}, r"expected tables \[\[check.except\]\]"),
]


@pytest.mark.parametrize(("config", "said"), FAULTS)
def test_faults_are_named_with_what_was_probably_meant(config: dict[str, Any], said: str) -> None:
    with pytest.raises(FormatError, match=said):
        check(TWO, config=config)


def test_all_faults_are_named_at_once_and_no_toml_is_said_so(project: Callable[..., Flow]) -> None:
    with pytest.raises(FormatError, match="2 faults"):
        check(TWO, config=settings(a="off", b="off"))
    with pytest.raises(FormatError, match="is not TOML"):
        check(project("[check"))


def test_other_tables_are_left_to_others_and_names_may_be_anything() -> None:
    assert check(TWO, config={"tool": 1}).of(RULE)
    assert check(flow(say("a[b]*?")), config=excepted({"rules": "*", "states": "[[a]"}))
