"""`flowlab walk`, and the logs that `flowlab replay -o` writes."""

from __future__ import annotations

import csv
import json
from importlib.util import find_spec
from pathlib import Path

import flowlab as fl

SAMPLE = Path(__file__).parents[1] / "sample_data"
FLOW, FLOW_2 = (str(SAMPLE / "flows" / f"{name}.json") for name in ("order_support", "order_support_v2"))
TALKS = str(SAMPLE / "conversations" / "order_support_small.csv")
SERVICES = str(SAMPLE / "services" / "order_support.yaml")
JSON, CSV = (str(SAMPLE / "executions" / f"order_support.{ending}") for ending in ("json", "csv"))


def test_walk_says_which_executions_now_go_elsewhere(run, tmp_path) -> None:
    table = tmp_path / "table.csv"
    code, out, err = run("walk", FLOW_2, JSON, "--services", SERVICES, "-o", str(table))
    assert (code, err) == (0, "")
    assert "0 go the same way, 40 another" in out
    assert f"wrote {table}" in out
    with table.open(encoding="utf-8", newline="") as file:
        assert {row["how"] for row in csv.DictReader(file)} == {"replayed", "followed"}


def test_walk_exits_with_1_when_asked_to(run) -> None:
    assert run("walk", FLOW, JSON, "--fail-on", "way")[0] == 0
    assert run("walk", FLOW_2, CSV)[0] == 0
    assert run("walk", FLOW_2, CSV, "--fail-on", "way")[0] == 1
    assert run("walk", FLOW_2, CSV, "--fail-on", "outcome")[0] == 0  # followed on the graph: no outcome is known
    assert run("walk", FLOW_2, JSON, "--fail-on", "outcome")[0] == 1


def test_walk_as_json_is_one_document(run) -> None:
    code, out, err = run("walk", FLOW_2, CSV, "--json")
    document = json.loads(out)
    assert (code, err) == (0, "")
    assert len(document["executions"]) == 40
    assert document["partings"][0]["state"] == "set_customer"


def test_the_wrong_kind_of_file_is_a_sentence_that_says_what_to_do(run) -> None:
    for words, told in (
        (("walk", FLOW, TALKS), "holds conversations; expected recorded executions"),
        (("walk", FLOW, FLOW), "holds a flow; expected recorded executions"),
        (("walk", JSON, JSON), "holds recorded executions; expected a Studio flow"),
        (("replay", FLOW, JSON), "holds recorded executions; `flowlab walk FLOW"),
        (("walk", FLOW, JSON, "-o", "table.xlsx"), "written as .csv"),
        (("convert", JSON, "out.jsonl"), "saved as .json or .csv"),
    ):
        code, _, err = run(*words)
        assert (code, told in err) == (2, True), err


def test_replay_writes_executions_that_walk_the_same_way(run, tmp_path) -> None:
    log, table = tmp_path / "log.json", tmp_path / "log.csv"
    assert run("replay", FLOW, TALKS, "--services", SERVICES, "-o", str(log))[0] == 0
    assert run("convert", str(log), str(table))[0] == 0
    for file in (log, table):
        code, out, _ = run("walk", FLOW, str(file), "--services", SERVICES, "--fail-on", "way")
        assert (code, "13 go the same way, 0 another" in out) == (0, True)


def test_replay_refuses_another_ending_and_leaves_nothing(run, tmp_path) -> None:
    code, _, err = run("replay", FLOW, TALKS, "-o", str(tmp_path / "log.xlsx"))
    assert (code, ".csv or .parquet, executions as .json" in err) == (2, True)
    assert list(tmp_path.iterdir()) == []


def test_parquet_is_written_or_the_package_is_named(run, tmp_path, monkeypatch) -> None:
    target = tmp_path / "events.parquet"
    code, _, err = run("replay", FLOW, TALKS, "--services", SERVICES, "-o", str(target))
    if find_spec("pyarrow"):
        import pandas as pd

        assert code == 0
        assert len(pd.read_parquet(target)) > 100
        return
    assert code == 2
    assert "pip install pyarrow" in err
    assert list(tmp_path.iterdir()) == []


def test_converted_executions_are_the_same_walks(run, tmp_path) -> None:
    again = tmp_path / "again.json"
    assert run("convert", JSON, str(again))[0] == 0
    assert again.read_text(encoding="utf-8") == Path(JSON).read_text(encoding="utf-8")
    assert [walk.sid for walk in fl.load(again)] == [walk.sid for walk in fl.load(CSV)]
