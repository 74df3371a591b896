"""`flowlab route`, and what the other verbs make of workflows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOW = str(ROOT / "sample_data/flows/order_support.json")
WORKFLOW = str(ROOT / "sample_data/routing/support_workflow.json")
TEAM = str(ROOT / "sample_data/routing/workspace.yaml")


def test_the_dry_run_in_the_terminal(run) -> None:
    code, out, err = run("route", WORKFLOW, "--task", '{"language": "pt"}', "--workers", TEAM)
    assert (code, err) == (0, "")
    assert "✓ Portuguese speakers: language == 'pt' is true" in out
    assert "× Owen: not in the queue: languages HAS 'pt' is false: languages is ['en']" in out
    assert out.endswith("✓ reserved: Beatriz of queue Portuguese, by 'Portuguese speakers', at once\n")


def test_as_json_it_is_one_document(run) -> None:
    words = ("route", WORKFLOW, "--task", '{"vip": true}', "--workers", TEAM, "--channel", "chat", "--priority", "3")
    code, out, err = run(*words, "--json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert (found["filter"], found["channel"], found["task"]) == ("VIP customers", "chat", {"vip": True})
    assert [step["event_type"] for step in found["steps"]][:2] == ["filter.matched", "task-queue.entered"]


def test_the_task_from_a_file_or_typed(run, tmp_path) -> None:
    path = tmp_path / "task.json"
    path.write_text('{"language": "pt"}')
    from_file = run("route", WORKFLOW, "--task", f"@{path}", "--workers", TEAM)
    typed = run("route", WORKFLOW, "--task", "-", "--workers", TEAM, typed='{"language": "pt"}')
    assert from_file == typed
    assert from_file[0] == 0


def test_without_workers_it_says_so(run) -> None:
    code, out, err = run("route", WORKFLOW, "--task", "{}")
    assert code == 0
    assert "pending" in out
    assert "--workers FILE" in err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--task", "{'language': 'pt'}"], "--task: line 1, column 2: is not JSON"),
        (["--task", "{'language': 'pt'}"], "JSON has double quotes"),
        (["--task", '{"a": NaN}'], "NaN is not a JSON number"),
        (["--task", ""], "is not JSON"),
        (["--task", "[1]"], "are a JSON object"),
        (["--task", "[" * 5000], "nested too deep"),
        (["--task", "@none.json"], "none.json: cannot be read"),
        (["--task", "{}", "--workers", "none.yaml"], "there is no file none.yaml"),
        (["--task", "{}", "--workers", WORKFLOW], "unknown key"),
    ],
)
def test_what_is_wrong_is_a_sentence(run, words: list[str], said: str) -> None:
    code, out, err = run("route", WORKFLOW, *words)
    assert (code, out) == (2, "")
    assert err.startswith("flowlab: ")
    assert said in err


def test_a_flow_is_no_workflow_and_the_other_way_round(run) -> None:
    code, _, err = run("route", FLOW, "--task", "{}")
    assert (code, "holds a flow; expected a TaskRouter workflow" in err) == (2, True)
    code, _, err = run("chat", WORKFLOW)
    assert (code, "holds a TaskRouter workflow; expected a Studio flow" in err) == (2, True)


def test_convert_gives_a_workflow_back_equal(run, tmp_path) -> None:
    target = tmp_path / "out.json"
    code, out, _ = run("convert", WORKFLOW, str(target))
    assert (code, out) == (0, f"wrote {target} (equal as JSON)\n")
    assert json.loads(target.read_text()) == json.loads(Path(WORKFLOW).read_text())
    code, _, err = run("convert", WORKFLOW, str(tmp_path / "out.csv"))
    assert (code, "a workflow is saved as .json" in err) == (2, True)
    assert not (tmp_path / "out.csv").exists()


def test_it_is_the_same_in_any_process() -> None:
    words = [
        sys.executable,
        "-m",
        "flowlab.cli",
        "route",
        WORKFLOW,
        "--task",
        '{"vip": true}',
        "--workers",
        TEAM,
        "--json",
    ]
    one, other = (subprocess.run(words, capture_output=True, check=True, cwd=ROOT).stdout for _ in range(2))
    assert one == other
    assert json.loads(one)["worker"] == "Beatriz"
