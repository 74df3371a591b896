"""``flowlab diff``: for people, and as git calls it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flow_edits import edited
from test_diff import GOLDEN

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "sample_data"
OLD, NEW = (str(SAMPLES / "flows" / name) for name in ("order_support.json", "order_support_v2.json"))
COMMAND = [sys.executable, "-m", "flowlab.cli", "diff"]
Write = Callable[..., Path]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, encoding="utf-8")


def test_two_versions_differ_and_the_exit_code_says_so() -> None:
    ran = run(OLD, NEW)
    assert ran.returncode == 1
    assert ran.stdout.startswith("order_support -> order_support_v2: 12 states added, 12 removed, 22 changed")
    assert "~ ask_start (was ask_menu)" in ran.stdout
    assert max(map(len, ran.stdout.splitlines())) <= 120
    assert ran.stderr == ""


def test_the_same_flow_and_one_that_only_moved_are_no_difference(write: Write) -> None:
    moved = edited(GOLDEN["flow"], ["set", "agent", "offset", {"x": 1, "y": 2}], ["reverse states"])
    one, other = write(json.dumps(GOLDEN["flow"])), write(json.dumps(moved), "moved.json")
    assert run(one, one).returncode == 0
    ran = run(one, other)
    assert (ran.returncode, ran.stdout) == (
        0,
        "flow -> moved: 1 moved on the canvas\n\nmoved on the canvas: agent\n",
    )


def test_json_is_one_document(tmp_path: Path) -> None:
    talks = SAMPLES / "conversations" / "order_support_small.csv"
    ran = run(OLD, NEW, "--json", "--conversations", talks, "--services", SAMPLES / "services" / "order_support.yaml")
    whole = json.loads(ran.stdout)
    assert {"kind", "state", "where", "old", "new", "sentence"} == set(whole["changes"][0])
    assert whole["behaviour"]["source"] == "replayed"


def test_markdown_and_a_picture(tmp_path: Path) -> None:
    ran = run(OLD, NEW, "--markdown", "-o", tmp_path / "diff.svg")
    assert ran.stdout.startswith("### order\\_support → order\\_support\\_v2\n")
    picture = (tmp_path / "diff.svg").read_text(encoding="utf-8")
    assert "+ added" in picture and "− REMOVED · SAY" in picture


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((OLD, "missing.json"), "there is no file missing.json"),
        ((OLD, str(SAMPLES / "conversations" / "order_support.jsonl")), "holds conversations; expected a Studio flow"),
        ((OLD, NEW, NEW), "diff wants two flows, OLD and NEW; 3 files were given"),
        ((OLD, NEW, "-o", "picture.jpg"), "a drawing is saved as .png, .svg, .pdf"),
        (("--textconv", OLD, NEW), "--textconv wants one file; 2 were given"),
    ],
)
def test_trouble_is_a_sentence_and_exit_code_2(arguments: tuple[str, ...], said: str) -> None:
    ran = run(*arguments)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_textconv_is_stable_and_readable(write: Write) -> None:
    turned = edited(GOLDEN["flow"], ["reverse states"], ["set", "agent", "offset", {"x": 9, "y": 9}])
    one, other = run("--textconv", write(json.dumps(GOLDEN["flow"]))), run("--textconv", write(json.dumps(turned)))
    assert one.stdout == other.stdout
    assert (
        "state choose (split-based-on)\n  input: {{widgets.ask_choice.inbound.Body}}\n  noMatch -> remember\n"
        "  equal_to 1 -> say_order\n  contains return -> say_return\n" in one.stdout
    )


def test_textconv_of_what_is_no_flow_is_its_content(write: Write) -> None:
    assert run("--textconv", write("just\ntext", "notes.json")).stdout == "just\ntext"
    assert run("--textconv", write('{"b":[1]}', "other.json")).stdout == '{\n  "b": [\n    1\n  ]\n}\n'


# git


@pytest.fixture
def repository(tmp_path: Path) -> Callable[..., str]:
    """A repository of its own, set up as the README says; gives a function that runs git in it."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "repository"
    folder.mkdir()
    home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "GIT_CONFIG_NOSYSTEM": "1", "GIT_PAGER": "cat"}
    who = {f"GIT_{role}_{part}": "t@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    environment = {**os.environ, **home, **who, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}

    def git(*arguments: str, status: int = 0) -> str:
        ran = subprocess.run(["git", *arguments], cwd=folder, env=environment, capture_output=True, encoding="utf-8")
        assert ran.returncode == status, ran.stderr
        return ran.stdout

    git("init", "-q")
    git("config", "diff.studio.command", " ".join(f"'{part}'" for part in COMMAND))
    (folder / ".gitattributes").write_text("*.json diff=studio\n")
    (folder / "flow.json").write_text(json.dumps(GOLDEN["flow"]))
    git("add", ".")
    git("commit", "-qm", "first")
    return git


def folder_of(git: Callable[..., str]) -> Path:
    return Path(git("rev-parse", "--show-toplevel").strip())


def test_git_diff_tells_what_changed(repository: Callable[..., str]) -> None:
    changed = edited(GOLDEN["flow"], ["wire", "ask_choice", 1, "agent"], ["reverse states"])
    (folder_of(repository) / "flow.json").write_text(json.dumps(changed, indent=1))
    assert repository("diff") == (
        "a/flow.json -> b/flow.json: 1 state changed\n\n"
        "~ ask_choice\n    timeout now leads to 'agent' (ended the run).\n\n"
    )


def test_git_diff_of_new_gone_renamed_and_broken_files(repository: Callable[..., str]) -> None:
    folder = folder_of(repository)
    (folder / "new.json").write_text(json.dumps(GOLDEN["flow"]))
    (folder / "broken.json").write_text('{"states": [')
    (folder / "picture.json").write_bytes(b"\xff\xfe\xff\x00\x01")
    repository("add", ".")
    told = repository("diff", "--cached")
    assert "a/new.json -> b/new.json: 8 states added" in told
    assert '+{"states": [' in told  # line by line, and git goes on
    repository("rm", "-qf", "flow.json")
    repository("commit", "-qm", "second")
    assert "8 states removed" in repository("diff", "HEAD~1", "HEAD", "--no-renames", "--", "flow.json")
    repository("mv", "new.json", "moved.json")
    (folder / "moved.json").write_text(json.dumps(edited(GOLDEN["flow"], ["set", "say_order", "body", "Soon."])))
    repository("add", ".")
    assert "a/new.json -> b/moved.json: 1 state changed" in repository("diff", "--cached", "-M30%")


def test_git_log_and_blame_by_textconv(repository: Callable[..., str]) -> None:
    repository("config", "--unset", "diff.studio.command")
    repository("config", "diff.studio.textconv", " ".join(f"'{part}'" for part in [*COMMAND, "--textconv"]))
    changed = edited(GOLDEN["flow"], ["set", "say_order", "body", "Soon."], ["reverse states"])
    (folder_of(repository) / "flow.json").write_text(json.dumps(changed))
    lines = [line for line in repository("diff").splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert lines == ["-  body: Your order is on its way.", "+  body: Soon."]
    repository("commit", "-qam", "second")
    assert "+  body: Soon." in repository("log", "-p", "-1")


def test_git_difftool(repository: Callable[..., str]) -> None:
    repository("config", "difftool.flowlab.cmd", " ".join(f"'{part}'" for part in COMMAND) + ' "$LOCAL" "$REMOTE"')
    changed = edited(GOLDEN["flow"], ["set", "ask_choice", "timeout", "60"])
    (folder_of(repository) / "flow.json").write_text(json.dumps(changed))
    assert 'timeout is now "60" (was "3600").' in repository("difftool", "--no-prompt", "--tool=flowlab")
