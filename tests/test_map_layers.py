"""The layers of a map: what is painted, what the legend says of it, and that both follow folds, edits and moves."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Any

import pytest

import flowlab as fl
from flowlab.measure.dropoff import dropoff_table
from flowlab.model.event import Event
from flowlab.widgets.map_walked import unwalked

SAMPLE = Path(__file__).parents[1] / "sample_data"
EVIL = "<img src=x onerror=alert(1)>'\"</g><script>alert(2)</script>\u202e"


@pytest.fixture(scope="module")
def flow() -> fl.Flow:
    return fl.load(SAMPLE / "flows" / "order_support.json")


@pytest.fixture(scope="module")
def run(flow: fl.Flow) -> Any:
    talks = fl.load(SAMPLE / "conversations" / "order_support.jsonl")
    return fl.replay(flow, talks, services=SAMPLE / "services" / "order_support.yaml")


def paint(shown: Any, layer: str) -> None:
    shown.edit({"do": "paint", "layer": layer})
    assert not shown.trouble


class TestARun:
    def test_traffic_comes_first_with_n_and_source(self, run: Any) -> None:
        shown = fl.flow_map(run)
        assert [key for key, _ in shown.layers] == ["plain", "traffic", "dropoff", "coverage", "findings"]
        assert shown.layer == "traffic" and "×" in shown.picture
        assert shown.legend.endswith("172 conversations, replayed.")

    def test_drop_off_adds_up_with_the_outcomes(self, run: Any) -> None:
        shown = fl.flow_map(run)
        paint(shown, "dropoff")
        lost = sum(int(n) for n in re.findall(r"✕ (\d+) \(", shown.picture))
        assert lost == (~run.outcomes["outcome"].isin(["contained", "handed_off", "open"])).sum() == 62
        assert "62 in all" in shown.legend

    def test_coverage_marks_just_what_was_never_walked(self, run: Any, flow: fl.Flow) -> None:
        table = run.coverage()
        marks = unwalked(flow, table)
        exits = [thing for thing in marks if isinstance(thing, tuple)]
        assert len(exits) == ((table["event"] != "") & (table["n"] == 0)).sum() == 21
        assert [name for name in marks if isinstance(name, str)] == table.loc[
            table["visits"] == 0, "state"
        ].unique().tolist()
        shown = fl.flow_map(run)
        paint(shown, "coverage")
        assert "mark-unwalked" in shown.picture and "exits covered 69/90" in shown.legend

    def test_layers_live_through_edits_and_folds(self, run: Any) -> None:
        shown = fl.flow_map(run, edit=True)
        shown.edit({"do": "rename", "state": "say_sorry", "to": "apologise"})
        shown.edit({"do": "delete", "state": "greet_portuguese"})
        shown.edit({"do": "fold", "state": "ask_return"})
        for layer, _ in shown.layers:
            paint(shown, layer)

    def test_recorded_executions_and_diffs_have_theirs(self, flow: fl.Flow) -> None:
        walked = fl.replay(flow, fl.load(SAMPLE / "executions" / "order_support.json"))
        shown = fl.flow_map(walked)
        for layer in ("traffic", "dropoff", "coverage"):
            paint(shown, layer)
            assert shown.legend.endswith("40 recorded executions, observed.")
        diff = fl.diff(flow, fl.load(SAMPLE / "flows" / "order_support_v2.json"))
        shown = fl.flow_map(diff)
        assert shown.layers == [["changes", "Changes"]] and "mark-added" in shown.picture
        assert f"{len(diff)} changes" in shown.legend

    def test_a_path_is_a_layer_even_from_an_iterator_and_in_a_folded_flow(self, run: Any, flow: fl.Flow) -> None:
        walked = run.path(run.conversations[0].id)
        shown = fl.flow_map(flow, path=iter(walked))
        assert ["given", "Path"] in shown.layers and "passed" in shown.picture
        first = shown.picture
        paint(shown, "plain")
        paint(shown, "given")
        assert shown.picture == first
        shown.edit({"do": "fold", "state": "ask_menu"})
        assert not shown.trouble and "passed" in shown.picture


def test_each_conversation_counts_once_where_it_was_lost(flow: fl.Flow) -> None:
    start = flow.initial_state
    log = [Event(f"c{n}", 0, 0.0, "sms", "started") for n in range(3)]
    log += [Event("c1", n, 0.0, "sms", "step", start, event="e", transitioned_to="ask_menu") for n in (1, 2)]
    ends = [("timed_out", "ask_menu"), ("open", start), ("failed", start), ("failed", "gone"), ("", start)]
    rows = dropoff_table(flow, log, ends).set_index("state")
    assert rows.loc["ask_menu", ["n", "reached", "share"]].tolist() == [1, 1, 1.0]
    assert rows.loc[start, ["n", "reached", "how"]].tolist() == [1, 3, "failed 1"]
    assert len(rows) == 2


class TestStudioSCanvas:
    def test_a_move_is_an_edit_that_means_nothing(self, flow: fl.Flow) -> None:
        desk = fl.flow_map(flow, edit=True, positions="studio")
        scale, left, top = desk.canvas
        desk.edit({"do": "move", "state": "ask_menu", "x": 500.4, "y": 1000})
        assert desk.flow["ask_menu"].properties["offset"] == {"x": 500, "y": 1000}
        changes = fl.diff(flow, desk.flow)
        assert len(changes) == 1 and changes.means_the_same
        box = next(one["box"] for one in desk.places if one["name"] == "ask_menu")
        assert box[0] + box[2] / 2 == pytest.approx(desk.canvas[1] + scale * 500, abs=1)
        desk.edit({"do": "undo"})
        assert desk.flow == flow and desk.canvas == [scale, left, top]

    @pytest.mark.parametrize("x", ["a", None, 1e9, float("nan")])
    def test_no_place_is_no_move(self, flow: fl.Flow, x: Any) -> None:
        desk = fl.flow_map(flow, edit=True)
        desk.edit({"do": "move", "state": "ask_menu", "x": x, "y": 0})
        assert "no place on the canvas" in desk.trouble and desk.flow == flow

    def test_the_layout_is_chosen_where_there_are_positions(self, flow: fl.Flow) -> None:
        shown = fl.flow_map(flow)
        assert shown.canvas == [] and shown.layouts
        shown.edit({"do": "arrange", "positions": "studio"})
        assert shown.canvas and shown.positions == "studio"
        bare = fl.flow_map(fl.load(SAMPLE / "flows" / "store_service.json"), positions="studio")
        assert not bare.layouts and bare.positions == "flowlab" and "no positions" in bare.said


def test_a_still_picture_stands_in_for_the_map(flow: fl.Flow) -> None:
    say = fl.State("say", "send-message", (fl.Transition("sent"),), {"body": EVIL})
    for thing in (flow, fl.Flow((say,), "say", name=EVIL)):
        html = fl.flow_map(thing)._still()["text/html"]
        assert "<script" not in html and "<img src=x" not in html
        light, dark = (base64.b64decode(found).decode() for found in re.findall(r"base64,([^']+)'", html))
        assert light.startswith("<svg width=") and "#16181c" in dark.rpartition("svg.fl-map{")[2]


def test_taking_back_looks_at_what_was_taken_back(flow: fl.Flow) -> None:
    desk = fl.flow_map(flow, edit=True)
    at = [way.event for way in flow["ask_return"].transitions].index("timeout")
    desk.edit({"do": "connect", "state": "ask_return", "exit": at, "to": None})
    desk.edit({"do": "undo"})
    assert desk.picked == "ask_return"
