"""The routing board without a page: what it finds to type, what it tells, and what it makes of what the page sends."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.formats.workspace import load_workspace
from flowlab.model.expression import Path as Name
from flowlab.model.expression_value import value_of
from flowlab.model.routing import Filter, Queue, Target, Worker, Workflow, Workspace
from flowlab.widgets.routing_desk import RoutingDesk
from flowlab.widgets.routing_told import SIGNS, lines_of, moments_of
from flowlab.widgets.task_fields import fields_of
from flowlab.widgets.task_presets import presets_of
from flowlab.widgets.task_values import MISSING, put, read_value, write_value

DATA = Path(__file__).parents[1] / "sample_data"
FILES = (DATA / "routing" / "support_workflow.json", DATA / "routing" / "workspace.yaml")
WORKFLOW, TEAM = fl.load(FILES[0]), load_workspace(FILES[1])
EVIL = "<img src=x onerror=alert(1)>'\"</g><script>alert(2)</script>\u202e\x1b[2J"


@pytest.fixture
def board() -> Any:
    return fl.routing_board(WORKFLOW, TEAM, task={"vip": True, "language": "de"})


def workflow(*filters: tuple[str, str], default: str = "Q") -> Workflow:
    return Workflow(tuple(Filter(name, expression, (Target("Q"),)) for name, expression in filters), default)


def at(board: Any) -> str:
    """The state of each line at the moment the board shows, as the page reads it (``js/src/lib/routing.ts``)."""
    return "".join(
        line["sign"] if not line["at"] or board.step >= line["done"] else "…" if board.step >= line["at"] else "·"
        for line in board.lines
        if line["level"] < 2
    )


class TestFields:
    def test_every_attribute_that_is_read_with_what_it_is_compared_with(self) -> None:
        found = {field.name: field for field in fields_of(WORKFLOW, TEAM)}
        assert list(found) == ["vip", "language", "intent", "afterHours", "misses", "channelType"]
        assert found["vip"].values == (True, False)
        assert found["misses"].values == (2, 3)
        assert set(found["language"].values) == {"pt", "en"}, "what workers speak may be tried too"
        assert found["channelType"].read_by == (
            "target 1 of filter 'Not understood, or written at night': task.channelType NOT IN worker.not_on_channels",
        )

    @pytest.mark.parametrize(
        ("expression", "values"),
        [
            ("tags HAS 'vip'", (["vip"],)),
            ("'vip' IN tags", (["vip"],)),
            ("tags IN ['a', 'b', 3]", ("a", "b", 3)),
            ("tags < 5", (5, 4)),
            ("5 < tags", (5, 6)),
            ("tags != null", ()),
            ("tags.vip[0] == 'x'", ("x",)),
        ],
    )
    def test_what_is_offered_fits_the_comparison(self, expression: str, values: tuple[Any, ...]) -> None:
        (field,) = fields_of(workflow(("F", expression)))
        assert field.values == values

    def test_targets_name_the_task_s_attributes_and_no_worker_s(self) -> None:
        target = Target("Q", "worker.a == task.b", order_by="worker.c", skip_if="task.d == 1 OR workers.available == 0")
        named = replace(target, known_worker_sid="task.e", known_worker_friendly_name="Ines")
        found = fields_of(Workflow((Filter("F", "worker.x == 1 OR broken =", (named,)), Filter("G", "h", ()))))
        assert [field.name for field in found] == ["b", "d", "e"]

    def test_what_a_flow_sends_is_said(self) -> None:
        flow = fl.load(DATA / "flows" / "store_service.json")
        board = fl.routing_board(WORKFLOW, TEAM, flow=flow)
        said = {field["name"]: field["sent"] for field in board.fields}
        assert said["language"] == "sent by hand_over"
        assert said["vip"] == "the flow does not send it"

    @given(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(),
            st.text(),
            st.lists(st.text(max_size=3), max_size=3),
            st.dictionaries(st.text(max_size=3), st.integers(), max_size=3),
        )
    )
    def test_what_a_field_shows_is_read_as_the_same_value(self, value: Any) -> None:
        read = read_value(write_value(value))
        assert read == value and type(read) is type(value)

    def test_odd_texts_are_texts(self) -> None:
        for text in ("NaN", "[" * 5_000, "{'a': 1}", "Infinity", "1e999", "x" * 100_000):
            assert read_value(text) == text
        assert read_value("   ") is MISSING

    @given(
        st.lists(st.one_of(st.sampled_from("abc"), st.integers(0, 9)), min_size=1, max_size=4),
        st.sampled_from([{}, {"a": 1}, {"a": {"b": [1, {"c": 2}]}}, {"a": [None, [{"b": 1}]]}]),
    )
    def test_what_was_put_is_there_and_can_be_taken_out(self, path: list[Any], task: dict[str, Any]) -> None:
        path = ["a", *path]
        before = json.dumps(task)
        made = put(task, path, "new")
        assert value_of(Name(tuple(path)), made) == "new"
        assert value_of(Name(tuple(path)), put(made, path, MISSING)) is None
        assert json.dumps(task) == before, "the task itself stays as it was"

    def test_a_place_far_behind_the_end_of_a_list_is_not_made(self) -> None:
        assert put({}, ("calls", 10**9, "why"), "x") == {"calls": []}


class TestPresets:
    def test_each_filter_has_a_task_that_it_takes(self) -> None:
        fields = fields_of(WORKFLOW, TEAM)
        for preset, each in zip(presets_of(WORKFLOW, TEAM, fields), WORKFLOW.filters, strict=False):
            assert preset.task is not None
            assert fl.route(preset.task, WORKFLOW, TEAM).filters[WORKFLOW.filters.index(each)].status == "taken"

    def test_a_filter_that_is_never_first_says_so(self) -> None:
        flow = workflow(("All", "1==1"), ("Never", "vip == true"))
        found = presets_of(flow, None, fields_of(flow))
        assert [(preset.label, preset.task) for preset in found] == [("Filter: All", {}), ("Filter: Never", None)]
        board = fl.routing_board(flow)
        before = board.task
        board.act({"do": "preset", "at": 1})
        assert (board.task, board.trouble, board.presets[1]["found"]) == (before, "", False)

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("vip != true", "tier == 'gold'"),
            ("a != 1 AND b != 2", "c HAS 'x' AND d > 3"),
            ("a NOT IN ['x']", "b CONTAINS 'yz'"),
            ("a == 1 OR b == 2", "(a == 1 OR c == 3) AND d == false"),
        ],
    )
    def test_what_filters_before_would_take_is_avoided(self, first: str, second: str) -> None:
        flow = workflow(("First", first), ("Second", second))
        found = {preset.label: preset.task for preset in presets_of(flow, None, fields_of(flow))}
        task = found["Filter: Second"]
        assert task is not None
        assert fl.route(task, flow).filters[1].status == "taken"

    def test_many_filters_take_no_time(self) -> None:
        clauses = " AND ".join(f"a{n} != {n}" for n in range(30))
        flow = workflow(*((f"F{n}", f"{clauses} AND b == {n}") for n in range(60)))
        assert len(presets_of(flow, None, fields_of(flow))) >= 60

    def test_a_filter_that_nothing_fits_is_given_up(self) -> None:
        many = ", ".join(map(str, range(50)))
        clauses = " AND ".join(f"a{n} IN [{many}]" for n in range(12))
        flow = workflow(*((f"F{n}", f"{clauses} AND b == 1 AND b == 2") for n in range(20)))
        begun = time.perf_counter()
        assert {preset.task for preset in presets_of(flow, None, fields_of(flow))[:-1]} == {None}
        assert time.perf_counter() - begun < 5

    def test_what_a_hand_off_sends_can_be_begun_with(self) -> None:
        flow = fl.load(DATA / "flows" / "order_support.json")
        board = fl.routing_board(WORKFLOW, TEAM, flow=flow)
        preset = board.presets[-1]
        assert preset["label"] == "Sent by hand_over"
        assert "known only in a run: name" in preset["note"]
        board.act({"do": "preset", "at": len(board.presets) - 1})
        assert board.task["conversations"]["conversation_attribute_1"] == board.task["intent"] == "general"

    def test_a_number_that_there_is_not_is_told(self, board: Any) -> None:
        board.act({"do": "preset", "at": 99})
        assert "there is no number 99" in board.trouble


class TestMoments:
    def test_the_way_grows_from_step_to_step(self, board: Any) -> None:
        moments = moments_of(board.routing)
        assert [moment.node for moment in moments] == [
            "filter:1", "target:1.1", "target:1.1", "target:1.2", "worker:Beatriz"
        ]  # fmt: skip
        assert [moment.time_s for moment in moments] == [0, 0, 120, 120, 120]
        queue = f"queue:{TEAM.queue('VIP').sid}"
        assert moments[1].walked[-1] == ("target:1.1", queue), "the target asks its queue"
        assert moments[-1].walked[-2:] == (("target:1.2", queue), (queue, "worker:Beatriz"))

    def test_lines_say_from_when_they_are_true(self, board: Any) -> None:
        shown = {}
        for board.step in range(1, 6):
            shown[board.step] = at(board)
        #               filters, default | targets 1, 2, 3
        assert shown == {1: "✓·······", 2: "✓····…··", 3: "✓····→··", 4: "✓····→…·", 5: "✓····→✓·"}

    def test_where_the_task_is_after_some_seconds(self, board: Any) -> None:
        board.act({"do": "wait", "seconds": 60})
        assert (board.step, board.active) == (2, "target:1.1")
        assert board.said == "after 60 s: target 1 of 'VIP customers': queue VIP, priority 20; it goes on at 120 s"
        board.act({"do": "wait", "seconds": 10_000})
        assert (board.step, board.active) == (5, "worker:Beatriz")
        for wrong in (-1, "soon", None, True, float("nan")):
            board.act({"do": "wait", "seconds": wrong})
            assert "a number of seconds" in board.trouble

    def test_a_step_that_there_is_not_is_the_nearest(self, board: Any) -> None:
        board.step = 99
        assert board.step == 5
        board.step = -3
        assert (board.step, board.active) == (1, "filter:1")

    def test_filters_of_one_name_are_told_apart(self) -> None:
        same = Filter("Same", "1==1", (Target("Q", timeout_s=5),))
        flow = Workflow((same, same, same), "Q")
        board = fl.routing_board(flow, {"queues": [{"name": "Q"}], "workers": []})
        nodes = [line["node"] for line in board.lines]
        assert nodes == ["filter:1", "filter:2", "filter:3", "filter:default", *(f"target:{n}.1" for n in (1, 2, 3))]
        assert board.active == "canceled"
        assert [line["done"] for line in board.lines[-3:]] == [3, 6, 9]

    def test_all_who_are_offered_the_task_at_once_are_lit(self) -> None:
        team = {"queues": [{"name": "Q", "max_reserved_workers": 3}], "workers": [{"name": n} for n in "ABCD"]}
        board = fl.routing_board(workflow(("All", "1==1")), team)
        signs = [line["sign"] for line in board.lines if line["level"] == 2]
        assert signs == ["✓", "✓", "✓", "4."]
        assert board.walked[-2:] == [["queue:Q", "worker:A"], ["queue:Q", "worker:C"]]

    def test_of_a_crowd_the_rest_is_counted(self) -> None:
        team = {"queues": [{"name": "Q"}], "workers": [{"name": f"W{n}"} for n in range(100)]}
        board = fl.routing_board(workflow(("All", "1==1")), team)
        assert board.lines[-1]["head"] == "and 40 more workers"

    @given(
        st.dictionaries(
            st.sampled_from(["vip", "language", "intent", "misses", "afterHours", "channelType"]),
            st.sampled_from([True, False, None, 0, 3, "pt", "return", "sms", ["pt"]]),
        ),
        st.sets(st.sampled_from([worker.name for worker in TEAM.workers])),
    )
    def test_every_run_is_told_whole(self, task: dict[str, Any], away: set[str]) -> None:
        desk = RoutingDesk(WORKFLOW, TEAM)
        for name in away:
            desk.tick(name, available=False)
        desk.take(task)
        routing = desk.run("default", 0)
        moments, lines = moments_of(routing), lines_of(routing)
        nodes, edges = set(routing.graph), set(routing.graph.edges())
        assert {moment.node for moment in moments} <= nodes
        assert {edge for moment in moments for edge in moment.walked} <= edges
        assert {line.node for line in lines} <= nodes
        assert all(0 <= line.at <= line.done <= len(moments) for line in lines)
        assert all(line.sign in SIGNS.values() or line.state == "offered" for line in lines)
        assert all(bool(line.at) == (line.state != "ahead") for line in lines)


class TestWhatIsTyped:
    def test_fields_and_json_keep_in_step(self, board: Any) -> None:
        assert board.texts["language"] == "de"
        board.act({"do": "field", "name": "language", "text": "pt"})
        assert json.loads(board.task_json) == {"vip": True, "language": "pt"} == board.task
        board.act({"do": "field", "name": "vip", "text": ""})
        assert board.task == {"language": "pt"}
        text = '{"language":"en",\n "other": {"x": [1]}}'
        board.act({"do": "json", "text": text})
        assert (board.texts["language"], board.texts["vip"], board.task_json) == ("en", "", text)
        board.act({"do": "field", "name": "misses", "text": "3"})
        assert board.task == {"language": "en", "other": {"x": [1]}, "misses": 3}

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ('{"a": 1,\n "b": }', "line 2, column 7: is not JSON"),
            ('{"a": 1,\n}', "line 2, column 1: is not JSON: there is a comma too many"),
            ("[1]", "a task is an object in braces"),
            ("[" * 100_000, "nested too deep"),
            ('{"a": NaN}', "NaN is not a JSON number"),
        ],
    )
    def test_a_slip_names_its_line_and_the_task_stays(self, board: Any, text: str, words: str) -> None:
        before = board.task
        board.act({"do": "json", "text": text})
        assert words in board.task_trouble
        assert (board.task, board.task_json, board.trouble) == (before, text, "")
        board.act({"do": "json", "text": "{}"})
        assert (board.task, board.task_trouble) == ({}, "")

    def test_channel_and_priority_count(self, board: Any) -> None:
        board.task = {"intent": "return", "afterHours": False}
        assert board.channels[:3] == ["default", "email", "chat"]
        board.channel, board.priority = "chat", 7
        assert (board.routing.channel, board.routing.priority) == ("chat", 7)
        assert "channel='chat'" in board.code and "priority=7" in board.code
        board.priority = -4
        assert board.routing.priority == 0

    def test_what_there_is_not_is_told(self, board: Any) -> None:
        board.act({"do": "field", "name": "langage", "text": "pt"})
        assert "Did you mean 'language'?" in board.trouble
        board.act({"do": "worker", "name": "Beatrix", "available": True})
        assert "Did you mean 'Beatriz'?" in board.trouble
        for wrong in ([1], {"a": object()}, {"a": float("nan")}, {"a": {1, 2}}):
            with pytest.raises(fl.FlowlabError, match="a task is"):
                board.task = wrong
        with pytest.raises(fl.FlowlabError, match="no TaskRouter workflow but a flow"):
            fl.routing_board(DATA / "flows" / "order_support.json")

    @given(st.dictionaries(st.text(max_size=4), st.one_of(st.text(max_size=4), st.integers(), st.none()), max_size=3))
    def test_any_task_can_be_taken(self, task: dict[str, Any]) -> None:
        desk = RoutingDesk(WORKFLOW)
        desk.take(task)
        assert desk.task == task
        desk.type_json(desk.text)
        assert desk.task == task


class TestWhoIsThere:
    def test_who_goes_home_changes_the_way_and_no_file(self, board: Any) -> None:
        before = FILES[1].read_text()
        board.act({"do": "worker", "name": "Beatriz", "available": False})
        assert board.trouble == ""
        assert (board.routing.worker, board.routing.time_s) == ("Freya", 600)
        assert next(one for one in board.workers if one["name"] == "Beatriz")["activity"] == "Offline"
        assert next(one for one in board.places if one["name"] == "worker:Beatriz")["text"] == "Offline"
        assert TEAM.worker("Beatriz").activity == "Available" and FILES[1].read_text() == before
        board.act({"do": "worker", "name": "Beatriz", "available": True})
        assert board.routing.worker == "Beatriz" and "with_activities" not in board.code

    def test_all_none_and_as_before(self, board: Any) -> None:
        board.act({"do": "everyone", "available": False})
        assert {one["available"] for one in board.workers} == {False}
        assert next(one for one in board.workers if one["name"] == "Hugo")["activity"] == "On a break"
        assert board.end["status"] == "pending"
        board.act({"do": "everyone", "available": True})
        assert {one["available"] for one in board.workers} == {True}
        board.act({"do": "everyone", "available": None})
        assert [one["activity"] for one in board.workers] == [worker.activity for worker in TEAM.workers]

    def test_without_an_activity_for_it_nothing_changes(self) -> None:
        team = Workspace((Queue("Q"),), (Worker("Ines", activity="Here"),), {"Here": True})
        board = fl.routing_board(workflow(("All", "1==1")), team)
        board.act({"do": "worker", "name": "Ines", "available": False})
        assert "lists no activity that is not available" in board.trouble
        assert board.workers[0]["available"]

    def test_activities_that_there_are_not(self) -> None:
        with pytest.raises(fl.FlowlabError, match="Did you mean 'Offline'"):
            TEAM.with_activities({"Beatriz": "Ofline"})
        assert TEAM.with_activities({}) == TEAM


class TestCode:
    @pytest.mark.parametrize("message", [None, {"do": "worker", "name": "Beatriz", "available": False}])
    def test_the_call_gives_what_the_board_shows(self, board: Any, message: Any) -> None:
        board.channel = "chat"
        if message:
            board.act(message)
        made = eval(board.code)
        assert made.as_json() == board.routing.as_json()
        assert str(FILES[0]) in board.code

    def test_what_no_file_says_goes_by_its_name(self) -> None:
        edited = replace(WORKFLOW, filters=WORKFLOW.filters[1:])
        board = fl.routing_board(edited, TEAM.with_activities({"Owen": "Offline"}), task={"language": "pt"})
        assert board.code == "fl.route({'language': 'pt'}, workflow, workspace)"
        assert fl.routing_board(edited, task={}).code == "fl.route({}, workflow)"

    def test_nobody_is_there_without_a_workspace(self) -> None:
        board = fl.routing_board(FILES[0], task={"language": "pt"})
        assert (board.workers, board.routing.assignment_status) == ([], "pending")
        assert eval(board.code).as_json() == board.routing.as_json()


class TestMap:
    def test_the_journey_where_there_is_a_flow(self) -> None:
        flow = fl.load(DATA / "flows" / "order_support.json")
        board = fl.routing_board(WORKFLOW, TEAM, flow=flow)
        names = {one["name"] for one in board.places}
        assert {"state:hand_over", "task", "filter:1", "worker:Beatriz"} <= names
        found = [one["name"] for one in board.places if one["findings"]]
        assert "state:ask_order_number" in found

    def test_it_folds_and_paints_as_any_map(self, board: Any) -> None:
        board.act({"do": "fold", "state": "target:1.3"})
        board.act({"do": "paint", "layer": "findings"})
        assert (board.trouble, board.layer) == ("", "findings")
        assert board.places[0]["title"] == "support_workflow"

    def test_what_strangers_wrote_is_text(self) -> None:
        flow = Workflow((Filter(EVIL, f"a == '{EVIL}'", (Target("Q", EVIL, order_by=EVIL),)),), EVIL, name=EVIL)
        team = Workspace((Queue("Q", EVIL),), (Worker(EVIL, activity=EVIL),), {EVIL: True, "x" * 10_000: False})
        board = fl.routing_board(flow, team, task={"a": EVIL, EVIL: "x" * 100_000})
        for message in (
            {"do": "field", "name": EVIL, "text": EVIL},
            {"do": "json", "text": EVIL},
            {"do": EVIL},
            {"do": "worker", "name": EVIL, "available": False},
        ):
            board.act(message)
        state = board.get_state()
        told = [line[key] for line in state["lines"] for key in ("head", "text", "code")]
        told += [*(moment["text"] for moment in state["moments"]), state["end"]["words"], state["task_trouble"]]
        assert all(text.isprintable() for text in told)
        assert "<script" not in state["picture"] and "<script" not in board._still()["text/html"]
        assert max(len(line["text"]) for line in board.lines) <= 400
        assert "\u202e" not in repr(board)

    def test_where_no_kernel_is_the_dry_run_stands(self, board: Any) -> None:
        data, _ = board._repr_mimebundle_()
        assert "Beatriz of queue VIP" in data["text/html"]
        assert data["text/plain"].startswith("<RoutingBoard of 'support_workflow': Beatriz")

    def test_it_loads_without_pandas_and_matplotlib(self) -> None:
        code = "import sys, flowlab.widgets.routing_board; print(*sorted({name.split('.')[0] for name in sys.modules}))"
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert not {"numpy", "pandas", "matplotlib", "scipy"} & set(out.split())
