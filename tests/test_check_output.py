"""Findings for machines: JSON paths to lines, SARIF, notes for GitHub, baselines."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import ask, flow, say
from typer.testing import CliRunner

from flowlab.check import RULES, check
from flowlab.check.baseline import baseline_text, read_baseline
from flowlab.check.lines import line_index, line_of
from flowlab.check.page import github_page
from flowlab.check.sarif import sarif
from flowlab.cli.app import app
from flowlab.errors import FlowlabError
from flowlab.formats import load, save
from flowlab.model.flow import Flow

BAD = flow(ask("ask", timeout=None), say("a", "{{variables.y}}", failed=None))
FILE = "menu.json"


def text_of(thing: Flow, folder: Path) -> str:
    return save(thing, folder / FILE).read_text(encoding="utf-8")


TEXT = """{"a": [
  1,
  {"b": "x\\n\\"]",
   "c": [[], {}],
   "d":
     null}
 ], "e": true}"""


@pytest.mark.parametrize(
    ("path", "line"),
    [("#/a", 1), ("#/a/0", 2), ("#/a/1/b", 3), ("#/a/1/c/1", 4), ("#/a/1/d", 6), ("#/e", 7), ("#/a/1/z", 3)],
)
def test_a_path_is_found_on_its_line_or_on_that_of_what_is_around_it(path: str, line: int) -> None:
    assert line_of(path, line_index(TEXT)) == line


def test_a_definition_in_a_resource_is_found_and_what_is_no_json_has_no_lines() -> None:
    assert line_of("#/states/0", line_index('{"sid": "FW",\n "definition": {"states": [\n{}]}}')) == 3
    assert line_of("#/states/0", line_index("")) is None
    assert line_of("#/states/0", line_index('"{\\"states\\": []}"')) is None
    assert line_index(']]}},:"') is not None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(json_values)
def test_every_value_of_any_json_has_its_line(value: Any) -> None:
    """Written with one value a line, the lines in order are the values in order."""
    index = line_index(json.dumps(value, indent=1))
    paths = list(dict.fromkeys(_paths(value)))
    assert set(paths) <= set(index)
    assert [index[path] for path in paths] == sorted(index[path] for path in paths)


def _paths(value: Any, path: str = "#") -> list[str]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, item in inner for found in _paths(item, f"{path}/{key}"))]


def test_sarif_names_rules_levels_lines_and_states(tmp_path: Path) -> None:
    log = sarif({FILE: check(BAD)}, {FILE: text_of(BAD, tmp_path)}, "1.2.3")
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules, results = run["tool"]["driver"]["rules"], run["results"]
    assert [rule["id"] for rule in rules] == list(RULES)
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in results)
    (timeout,) = [result for result in results if result["ruleId"] == "wait-no-timeout"]
    place = timeout["locations"][0]
    line = place["physicalLocation"]["region"]["startLine"]
    assert '"event": "timeout"' in "\n".join(text_of(BAD, tmp_path).splitlines()[line - 1 : line + 2])
    assert place["logicalLocations"][0]["fullyQualifiedName"] == "ask.timeout"
    assert timeout["level"] == "warning"


def test_sarif_keeps_what_is_silenced_as_suppressed() -> None:
    found = check(BAD, config={"check": {"rules": {"wait-no-timeout": {"severity": "off", "because": "so be it"}}}})
    results = sarif({FILE: found}, {}, "1")["runs"][0]["results"]
    (silenced,) = [result for result in results if "suppressions" in result]
    assert (silenced["ruleId"], silenced["suppressions"][0]["justification"]) == ("wait-no-timeout", "so be it")
    assert "region" not in silenced["locations"][0]["physicalLocation"]


def test_a_fingerprint_outlives_a_move_within_the_file() -> None:
    moved = flow(say("new", sent="ask"), *BAD.states[1:-1])
    was = {f.rule: f.fingerprint for f in check(BAD) if f.state}
    now = {f.rule: f.fingerprint for f in check(moved) if f.state in ("ask", "a")}
    assert was == now
    assert len(set(was.values())) == len(was)


def test_notes_for_github_stay_on_their_line_whatever_the_names_hold() -> None:
    nasty = "a\n::error::x,y%"
    page = github_page({"a,b:c.json": check(flow(say(nasty, "{{q.x}}")))}, {})
    lines = page.splitlines()
    assert all(line.startswith(("::error file=a%2Cb%3Ac.json", "::warning file=", "::notice file=")) for line in lines)
    assert not [line for line in lines if line.startswith("::error::")]


def test_a_baseline_silences_what_was_known(tmp_path: Path) -> None:
    known = tmp_path / "known.json"
    known.write_text(baseline_text([check(BAD)]), encoding="utf-8")
    assert not check(BAD).without(read_baseline(known))
    worse = flow(*BAD.states[1:-1], say("more", "{{q}}"))
    assert {f.state for f in check(worse).without(read_baseline(known))} == {"more"}


@pytest.mark.parametrize("content", ["", "[]", "{", '{"known_findings": 3}', "[" * 100_000])
def test_what_is_no_baseline_is_said_so(content: str, write: Callable[..., Path]) -> None:
    with pytest.raises(FlowlabError, match="is no baseline"):
        read_baseline(write(content))


# The command.


def run(*words: str) -> Any:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def menu(tmp_path: Path) -> str:
    return str(save(BAD, tmp_path / FILE))


def test_the_command_prints_one_document_of_the_kind_asked_for(menu: str) -> None:
    log = json.loads(run("check", menu, "--sarif").stdout)
    assert log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == menu
    assert run("check", menu, "--github").stdout.startswith("::")
    both = run("check", menu, "--json", "--sarif")
    assert both.exception and "exclude each other" in str(both.exception)


def test_the_command_takes_a_config_and_a_baseline(menu: str, tmp_path: Path) -> None:
    config, known = tmp_path / "own.toml", str(tmp_path / "known.json")
    assert run("check", menu, "--fail-on", "warning").exit_code == 1
    config.write_text('[[check.except]]\nrules = ["*"]\n', encoding="utf-8")
    assert run("check", menu, "--fail-on", "warning", "--config", str(config)).exit_code == 0
    assert run("check", menu, "--write-baseline", known).exit_code == 0
    assert run("check", menu, "--fail-on", "warning", "--baseline", known).exit_code == 0


def test_the_drawing_bears_the_findings(menu: str, tmp_path: Path) -> None:
    plain, marked = str(tmp_path / "plain.svg"), str(tmp_path / "marked.svg")
    run("draw", menu, "-o", plain)
    result = run("draw", menu, "-o", marked, "--check")
    assert "warning" in result.stdout
    assert Path(marked).read_text(encoding="utf-8") != Path(plain).read_text(encoding="utf-8")
    assert isinstance(load(menu), Flow)
