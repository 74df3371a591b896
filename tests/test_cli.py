"""The command line: every verb on the sample data, JSON that is JSON, and faults that are sentences."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest

from flowlab.cli.app import load_conversations

ROOT = Path(__file__).parents[1]
FLOW = str(ROOT / "sample_data/flows/order_support.json")
FLOW_2 = str(ROOT / "sample_data/flows/order_support_v2.json")
TALKS = str(ROOT / "sample_data/conversations/order_support_small.csv")
SERVICES = str(ROOT / "sample_data/services/order_support.yaml")


def test_without_a_verb_it_shows_its_verbs(run) -> None:
    code, out, err = run()
    text = out + err
    assert code == 2
    assert all(verb in text for verb in ("lab", "demo", "check", "draw", "chat", "replay", "compare", "convert"))


def test_check_prints_findings_and_exits_by_severity(run, tmp_path) -> None:
    code, out, _ = run("check", FLOW)
    assert code == 0
    assert "wait-no-timeout" in out
    assert run("check", FLOW, "--fail-on", "warning")[0] == 1
    broken = tmp_path / "broken.json"
    flow = json.loads(Path(FLOW).read_text(encoding="utf-8"))
    flow["states"][3]["transitions"][0]["next"] = "nowhere"
    broken.write_text(json.dumps(flow), encoding="utf-8")
    code, out, _ = run("check", str(broken))
    assert code == 1
    assert "flow-dangling-next" in out


def test_check_as_json_is_one_document_for_all_files(run) -> None:
    code, out, err = run("check", FLOW, FLOW_2, "--channel", "sms", "--json", "--fail-on", "never")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert set(document) == {FLOW, FLOW_2}


@pytest.mark.parametrize(("ending", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_draw_writes_each_kind_of_picture(run, tmp_path, ending, magic) -> None:
    target = tmp_path / f"flow.{ending}"
    code, out, _ = run("draw", FLOW, "-o", str(target))
    assert code == 0
    assert str(target) in out
    assert target.read_bytes().startswith(magic)


def test_draw_refuses_an_unknown_ending_and_leaves_nothing(run, tmp_path) -> None:
    code, _, err = run("draw", FLOW, "-o", str(tmp_path / "flow.bmp"))
    assert code == 2
    assert ".svg" in err
    assert list(tmp_path.iterdir()) == []


def test_replay_writes_events_and_says_where_things_differ(run, tmp_path) -> None:
    events = tmp_path / "events.csv"
    code, out, _ = run("replay", FLOW, TALKS, "--services", SERVICES, "-o", str(events))
    assert code == 0
    assert "contained" in out
    with events.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {"conversation_id", "seq", "state", "event", "transitioned_to"} <= set(rows[0])
    assert {row["kind"] for row in rows} >= {"started", "step", "sent", "concluded"}


def test_forgotten_services_are_named(run) -> None:
    code, out, err = run("replay", FLOW, TALKS, "--json")
    assert code == 0
    assert json.loads(out)
    assert "check_hours" in err
    assert "--services" in err


def test_replay_as_json(run) -> None:
    code, out, err = run("replay", FLOW, TALKS, "--services", SERVICES, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert set(document) == {"outcomes", "divergences"}
    assert document["outcomes"][0]["conversation_id"]


def test_compare_by_channel_and_by_flow(run) -> None:
    code, out, _ = run("compare", FLOW, TALKS, "--services", SERVICES)
    assert code == 0
    assert "all text channels" in out
    code, out, _ = run("compare", FLOW, FLOW_2, TALKS, "--services", SERVICES, "--by", "flow", "--json")
    assert code == 0
    assert "order_support_v2" in json.dumps(json.loads(out))


def test_convert_a_flow_is_lossless(run, tmp_path) -> None:
    target = tmp_path / "out.json"
    code, out, _ = run("convert", FLOW, str(target))
    assert code == 0
    assert "equal as JSON" in out
    assert json.loads(target.read_text(encoding="utf-8")) == json.loads(Path(FLOW).read_text(encoding="utf-8"))


def test_convert_a_flow_to_yaml_and_back_is_lossless(run, tmp_path) -> None:
    short, back = tmp_path / "short.yaml", tmp_path / "back.json"
    assert run("convert", FLOW, str(short))[1] == f"wrote {short} (equal as JSON)\n"
    assert run("convert", str(short), str(back))[1] == f"wrote {back} (equal as JSON)\n"
    assert json.loads(back.read_text("utf-8")) == json.loads(Path(FLOW).read_text("utf-8"))
    assert (
        run("check", str(short))[1].splitlines()[1:]
        == run("check", str(back))[1].replace("back", "short").splitlines()[1:]
    )


def test_convert_conversations_there_and_back(run, tmp_path) -> None:
    lines, again = tmp_path / "talks.jsonl", tmp_path / "talks.csv"
    assert run("convert", TALKS, str(lines))[0] == 0
    assert run("convert", str(lines), str(again))[0] == 0
    first, second = load_conversations(Path(TALKS)), load_conversations(again)
    assert [(t.id, t.channel, [m.text for m in t.messages]) for t in first] == [
        (t.id, t.channel, [m.text for m in t.messages]) for t in second
    ]


def test_chat_in_the_terminal(run, monkeypatch) -> None:
    lines = iter(["hi", "/wait 5s", "/events", "3", "/back", "/vars", "/restart", "/nonsense", "/wait soon", "/quit"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(lines))
    code, out, _ = run("chat", FLOW, "--channel", "whatsapp", "--services", SERVICES)
    assert code == 0
    assert "bot> " in out
    assert "waits in ask_menu" in out
    assert "begun again" in out
    assert "unknown command /nonsense" in out
    assert "no span of time" in out


def test_chat_says_what_nothing_answers(run, monkeypatch) -> None:
    lines = iter(["hi", "/quit"])
    monkeypatch.setattr("builtins.input", lambda _prompt: next(lines))
    code, out, _ = run("chat", FLOW)
    assert code == 0
    assert "nothing answers run-function 'check_hours'" in out


def test_chat_ends_with_the_input(run, monkeypatch) -> None:
    def no_more(_prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", no_more)
    assert run("chat", FLOW)[0] == 0


@pytest.mark.parametrize(
    ("words", "important"),
    [
        (["check", "nowhere.json"], "nowhere.json"),
        (["replay", TALKS, FLOW], "expected a Studio flow"),
        (["replay", FLOW, FLOW], "expected conversations"),
        (["compare", TALKS], "one or more flows"),
        (["chat", FLOW, "--channel", "watsapp"], "whatsapp"),
        (["check", FLOW, "--channel", "fax"], "fax"),
        (["replay", FLOW, TALKS, "-o", "events.xlsx"], ".csv"),
        (["replay", FLOW, TALKS, "--services", "nowhere.yaml"], "nowhere.yaml"),
        (["convert", FLOW, "out.txt"], ".json"),
        (["convert", TALKS, "out.json"], ".jsonl"),
        (["convert", FLOW, "/nowhere/at/all/out.json"], "cannot be written"),
    ],
)
def test_wrong_use_is_a_sentence_and_exit_code_2(run, words, important) -> None:
    code, out, err = run(*words)
    assert code == 2
    assert important in err
    assert "Traceback" not in err
    assert out == ""


def test_the_module_runs_as_a_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "flowlab.cli", "check", "nowhere.json"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 2
    assert done.stderr.startswith("flowlab: ")


def test_demo_writes_everything_it_names(run, tmp_path) -> None:
    out_folder = tmp_path / "demo"
    code, out, _ = run("demo", "-o", str(out_folder))
    assert code == 0
    names = {path.name for path in out_folder.iterdir()}
    assert names == {
        *("flow.png", "flow.svg", "traffic.png", "traffic.svg", "channels.png", "channels.svg"),
        *("events.csv", "report.html"),
    }
    assert "all text channels" in out
    assert "report.html" in out


def test_half_a_character_in_a_flow_still_gives_a_log(run, tmp_path: Path) -> None:
    flow, log = tmp_path / "flow.json", tmp_path / "events.csv"
    flow.write_text(Path(FLOW).read_text(encoding="utf-8").replace('"body": "', '"body": "\\ud83d '), encoding="utf-8")
    code, _, err = run("replay", str(flow), TALKS, "--services", SERVICES, "-o", str(log))
    assert (code, err) == (0, "")
    assert "\\ud83d " in log.read_text(encoding="utf-8")


WORKFLOW = str(ROOT / "sample_data/routing/support_workflow.json")
WORKERS = str(ROOT / "sample_data/routing/workspace.yaml")


def test_check_takes_flow_workflow_and_workspace_together(run, tmp_path) -> None:
    text = Path(WORKFLOW).read_text(encoding="utf-8").replace("'return'", "'Return'")
    slip = tmp_path / "workflow.json"
    slip.write_text(text, encoding="utf-8")
    code, out, _ = run("check", FLOW, "--workflow", str(slip), "--workers", WORKERS, "--fail-on", "never")
    assert code == 0
    assert "routing-value-never-sent" in out
    assert "routing-value-never-sent" not in run("check", FLOW, "--workflow", WORKFLOW)[1]


def test_check_takes_a_workflow_alone(run, tmp_path) -> None:
    code, out, _ = run("check", WORKFLOW, "--workers", WORKERS)
    assert (code, "Nothing found" in out) == (0, True)
    code, _, err = run("check", WORKERS)
    assert (code, "holds a TaskRouter workspace" in err) == (2, True)


def test_draw_takes_a_workflow_and_a_whole_journey(run, tmp_path) -> None:
    alone, whole = tmp_path / "alone.svg", tmp_path / "whole.svg"
    assert run("draw", WORKFLOW, "--workers", WORKERS, "-o", str(alone))[0] == 0
    assert run("draw", FLOW, "--workflow", WORKFLOW, "--workers", WORKERS, "--check", "-o", str(whole))[0] == 0
    assert "Portuguese speakers" in alone.read_text(encoding="utf-8")
    assert "Beatriz" in alone.read_text(encoding="utf-8")
    text = whole.read_text(encoding="utf-8")
    assert all(word in text for word in ("ask_menu", "Portuguese speakers", "Beatriz", "▲"))
    code, _, err = run("draw", WORKFLOW, "--workflow", WORKFLOW, "-o", str(whole))
    assert (code, "expected" in err or "holds" in err) == (0, False), "a workflow is drawn as it is"


def test_a_workspace_is_read_and_not_written(run, tmp_path) -> None:
    code, _, err = run("convert", WORKERS, str(tmp_path / "x.json"))
    assert code == 2
    assert "is read, not written" in err
    assert not list(tmp_path.iterdir())


def test_draw_as_on_studio_s_canvas(run, tmp_path) -> None:
    target = tmp_path / "flow.svg"
    code, _, err = run("draw", FLOW, "--positions", "studio", "-o", str(target))
    assert (code, err) == (0, "") and target.stat().st_size > 10_000
    bare = str(ROOT / "sample_data/flows/store_service.json")
    code, _, err = run("draw", bare, "--positions", "studio", "-o", str(target))
    assert code == 0 and "no positions on Studio's canvas" in err
    assert run("draw", FLOW, "--positions", "studio", "--direction", "LR", "-o", str(target))[0] == 2
