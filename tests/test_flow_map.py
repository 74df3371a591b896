"""The flow map without a page: what it tells the page, and what it makes of what the page sends."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import FlowError, UsageError
from flowlab.show.draw_chart import chart_of
from flowlab.show.fold import fold, hidden_behind
from flowlab.widgets.editing import EDITS, NEW_STATES, Editing

SAMPLE = Path(__file__).parents[1] / "sample_data" / "flows"
EVIL = "<img src=x onerror=alert(1)>'\"</g><script>alert(2)</script>\u202e"


@pytest.fixture
def flow() -> fl.Flow:
    return fl.load(SAMPLE / "order_support.json")


def place(flow_map: Any, name: str) -> dict[str, Any]:
    return next(one for one in flow_map.places if one["name"] == name)


class TestWhatThePageIsTold:
    def test_every_state_with_its_text_exits_and_findings(self, flow: fl.Flow) -> None:
        flow_map = fl.flow_map(flow)
        assert [one["name"] for one in flow_map.places] == [state.name for state in flow]
        menu = place(flow_map, "ask_menu")
        assert menu["text"] == flow["ask_menu"].properties["body"]
        assert [(way["event"], way["to"]) for way in menu["exits"]] == [
            (way.event, way.next) for way in flow["ask_menu"].transitions
        ]
        found = [finding.message for finding in fl.check(flow) if finding.state == "ask_menu"]
        assert [one["message"] for one in menu["findings"]] == found

    def test_what_a_run_walked_is_painted(self, flow: fl.Flow) -> None:
        session = fl.Session(flow, services=SAMPLE.parent / "services" / "order_support.yaml")
        session.start("hi")
        flow_map = fl.flow_map(flow)
        flow_map.show(session.events, session.place)
        assert flow_map.active == "ask_menu"
        assert flow_map.walked[0] == ["Trigger", "check_hours"]

    def test_hostile_text_is_text(self) -> None:
        say = fl.State("say", "send-message", (fl.Transition("sent"),), {"body": EVIL})
        flow_map = fl.flow_map(fl.Flow((say,), "say", name=EVIL))
        assert "<script" not in flow_map.picture and "<img" not in flow_map.picture
        assert place(flow_map, "say")["text"] == EVIL

    def test_whatever_has_a_graph_can_be_shown_but_not_edited(self) -> None:
        workflow = fl.load(SAMPLE.parent / "routing" / "support_workflow.json")
        flow_map = fl.flow_map(workflow, edit=True)
        assert flow_map.places and not flow_map.editable
        with pytest.raises(FlowError, match="no flow to edit"):
            _ = flow_map.flow

    def test_an_unknown_option_is_named(self, flow: fl.Flow) -> None:
        with pytest.raises(UsageError, match="no option 'colour'"):
            fl.flow_map(flow, colour="red")

    def test_what_is_painted_can_be_chosen(self, flow: fl.Flow) -> None:
        flow_map = fl.flow_map(flow, counts={("ask_menu", "incomingMessage"): 7})
        assert "×7" in flow_map.picture
        flow_map.edit({"do": "paint", "layer": "findings"})
        assert "×7" not in flow_map.picture and "badge" in flow_map.picture


class TestFolding:
    def test_what_only_one_state_leads_to_is_hidden_behind_it(self, flow: fl.Flow) -> None:
        flow_map = fl.flow_map(flow)
        flow_map.edit({"do": "fold", "state": "ask_return"})
        hidden = hidden_behind(chart_of(flow), ["ask_return"])["ask_return"]
        assert hidden and not hidden & {one["name"] for one in flow_map.places}
        assert place(flow_map, "ask_return")["hidden"] == len(hidden)
        flow_map.edit({"do": "fold", "state": "ask_return"})
        assert len(flow_map.places) == len(flow)

    def test_no_way_out_of_a_folded_part_is_lost(self, flow: fl.Flow) -> None:
        chart = chart_of(flow)
        for head in chart.places:
            folded = fold(chart, [head])
            hidden = hidden_behind(chart, [head]).get(head, frozenset())
            outward = {e.to for n in (*hidden, head) for e in chart.places[n].exits} - hidden - {head, None}
            assert outward <= {e.to for e in folded.places[head].exits}
            assert all(e.to in folded.places for p in folded.places.values() for e in p.exits if e.to)


class TestEditing:
    def test_an_edit_is_written_and_nothing_else_changes(self, flow: fl.Flow, tmp_path: Path) -> None:
        flow_map = fl.flow_map(flow, edit=True)
        flow_map.edit({"do": "text", "state": "ask_more", "text": "Anything else?"})
        fl.save(flow_map.flow, tmp_path / "out.json")
        was = json.loads((SAMPLE / "order_support.json").read_text(encoding="utf-8"))
        next(s for s in was["states"] if s["name"] == "ask_more")["properties"]["body"] = "Anything else?"
        assert json.loads((tmp_path / "out.json").read_text(encoding="utf-8")) == was

    def test_undo_and_redo(self, flow: fl.Flow) -> None:
        flow_map = fl.flow_map(flow, edit=True)
        assert (flow_map.can_undo, flow_map.can_redo) == (False, False)
        flow_map.edit({"do": "rename", "state": "ask_menu", "to": "menu"})
        assert "menu" in flow_map.flow.by_name and flow_map.picked == "menu" and flow_map.can_undo
        flow_map.edit({"do": "undo"})
        assert flow_map.flow == flow and flow_map.can_redo
        flow_map.edit({"do": "redo"})
        assert "menu" in flow_map.flow.by_name and not flow_map.can_redo

    def test_findings_follow_the_edits(self, flow: fl.Flow) -> None:
        flow_map = fl.flow_map(flow, edit=True)
        at = [way.event for way in flow["ask_menu"].transitions].index("deliveryFailure")
        rules = {one["rule"] for one in place(flow_map, "ask_menu")["findings"]}
        flow_map.edit({"do": "connect", "state": "ask_menu", "exit": at, "to": "say_sorry"})
        assert rules - {one["rule"] for one in place(flow_map, "ask_menu")["findings"]} == {"wait-no-delivery-failure"}

    def test_a_new_state_is_put_into_the_line(self, flow: fl.Flow) -> None:
        desk = Editing(flow)
        onward = flow["ask_menu"].transitions[0].next
        assert desk.do({"do": "add", "type": "send-message", "after": "ask_menu"}) == "added say_1 after ask_menu"
        assert desk.flow["ask_menu"].transitions[0].next == "say_1"
        assert [(way.event, way.next) for way in desk.flow["say_1"].transitions] == [("sent", onward), ("failed", None)]

    def test_a_deleted_state_closes_the_line_again(self, flow: fl.Flow) -> None:
        desk = Editing(flow)
        desk.do({"do": "add", "type": "send-message", "after": "ask_menu"})
        desk.do({"do": "delete", "state": "say_1"})
        assert desk.flow == flow

    @pytest.mark.parametrize("kind", [kind for kind, _ in NEW_STATES])
    def test_every_new_kind_is_accepted_by_the_check(self, kind: str) -> None:
        flow = fl.Flow((fl.State("Trigger", "trigger", (fl.Transition("incomingMessage"),)),), "Trigger")
        desk = Editing(flow)
        desk.do({"do": "add", "type": kind, "after": "Trigger"})
        assert [f.rule for f in fl.check(desk.flow) if f.severity == "error"] == []

    def test_conditions(self, flow: fl.Flow) -> None:
        desk = Editing(flow)
        count = len(flow["split_vip"].transitions)
        desk.do({"do": "add_branch", "state": "split_vip"})
        desk.do({"do": "condition", "state": "split_vip", "exit": count, "type": "starts_with", "value": "gold"})
        made = desk.flow["split_vip"].transitions[count].conditions[0]
        assert (made.type, made.value, made.arguments) == ("starts_with", "gold", ("{{flow.variables.tier}}",))
        desk.do({"do": "drop_branch", "state": "split_vip", "exit": count})
        assert desk.flow == flow

    @pytest.mark.parametrize(
        ("edit", "words"),
        [
            ({"do": "rename", "state": "ask_menu", "to": "two words"}, "cannot be a state's name"),
            ({"do": "rename", "state": "ask_menu", "to": "ask_more"}, "already"),
            ({"do": "text", "state": "gone", "text": "x"}, "gone"),
            ({"do": "connect", "state": "ask_menu", "exit": 0, "to": "gone"}, "gone"),
            ({"do": "connect", "state": "ask_menu", "exit": 99, "to": None}, "no exit 99"),
            ({"do": "connect", "state": "ask_menu"}, "lacks 'to'"),
            ({"do": "condition", "state": "split_vip", "exit": 0, "type": "like", "value": ""}, "no comparison 'like'"),
            ({"do": "property", "state": "set_customer", "key": "variables", "value": "[", "json": True}, "no JSON"),
            ({"do": "add", "type": "teleport", "after": "ask_menu"}, "adds no 'teleport'"),
            ({"do": "fly"}, "no edit 'fly'"),
        ],
    )
    def test_what_cannot_be_done_is_said_and_changes_nothing(
        self, flow: fl.Flow, edit: dict[str, Any], words: str
    ) -> None:
        flow_map = fl.flow_map(flow, edit=True)
        flow_map.edit(edit)
        assert words in flow_map.trouble
        assert flow_map.flow == flow and not flow_map.can_undo

    def test_a_map_that_is_only_looked_at_takes_no_edits(self, flow: fl.Flow) -> None:
        flow_map = fl.flow_map(flow)
        flow_map.edit({"do": "delete", "state": "ask_menu"})
        assert flow_map.flow == flow

    @settings(max_examples=60, deadline=None)
    @given(st.data())
    def test_any_edits_can_all_be_taken_back(self, data: st.DataObject) -> None:
        flow: fl.Flow = fl.load(SAMPLE / "order_support.json")
        desk = Editing(flow)
        for _ in range(data.draw(st.integers(1, 8))):
            name = data.draw(st.sampled_from(sorted(desk.flow.by_name)))
            edit = {
                "do": data.draw(st.sampled_from(sorted(EDITS))),
                "state": name,
                "after": name,
                "type": data.draw(st.sampled_from([kind for kind, _ in NEW_STATES] + ["equal_to"])),
                "exit": data.draw(st.integers(0, 3)),
                "to": data.draw(st.sampled_from([*sorted(desk.flow.by_name), "brand_new"])),
                "text": data.draw(st.text(max_size=20)),
                "value": data.draw(st.text(max_size=10)),
                "key": "body",
                "x": data.draw(st.integers(-500, 500)),
                "y": data.draw(st.integers(-500, 500)),
            }
            before = desk.flow
            try:
                desk.do(edit)
            except FlowError:
                assert desk.flow == before
        while desk.can_undo:
            desk.undo()
        assert desk.flow == flow


def test_a_flow_shows_its_picture_where_there_is_no_notebook(flow: fl.Flow) -> None:
    data, _ = flow._repr_mimebundle_()
    assert data["image/png"].startswith(b"\x89PNG")
    assert "application/vnd.jupyter.widget-view+json" not in data
