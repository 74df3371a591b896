"""The dry run, held by cases a designer can read (``golden/routing``), and how its result shows itself."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.formats.workspace import load_workspace
from flowlab.model.routing import Filter, Queue, Target, Worker, Workflow, Workspace
from flowlab.run.routing import route
from flowlab.run.routing_result import Routing

ROOT = Path(__file__).parents[1]
FOLDER = Path(__file__).parent / "golden" / "routing"
SAMPLE = ROOT / "sample_data" / "routing"
REAL = ROOT.parent / "shared" / "real_workflows"


def cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.json")):
        document = json.loads(path.read_text(encoding="utf-8"))
        for case in document["cases"]:
            workspace = {**document["workspace"], **{key: case[key] for key in PARTS if key in case}}
            found.append(pytest.param(workspace, case, id=f"{path.stem}: {case['description']}"))
    return found


PARTS = ("queues", "workers", "activities", "readings")
OPTIONS = ("channel", "priority")
PLAIN = ("filter", "queue", "worker", "assignment_status", "time_s", "priority")


def run(workspace: Any, case: dict[str, Any]) -> Routing:
    options = {key: case[key] for key in OPTIONS if key in case}
    return fl.route(case["task"], case["workflow"], workspace, **options)


@pytest.mark.parametrize(("workspace", "case"), cases())
def test_golden(workspace: dict[str, Any], case: dict[str, Any]) -> None:
    routing, expected = run(workspace, case), dict(case["expect"])
    for key in PLAIN:
        if key in expected:
            assert getattr(routing, key) == expected.pop(key), key
    assert expected.pop("reason", "") in routing.reason
    assert list(routing.reservations) == expected.pop("reservations", list(routing.reservations))
    filters = {each.filter: each for each in routing.filters}
    for name, (status, why) in expected.pop("filters", {}).items():
        assert filters[name].status == status
        assert why in filters[name].why
    reached = [[target.queue, target.outcome] for target in routing.targets]
    assert expected.pop("targets", reached) == reached
    assert expected.pop("why", "") in " ".join(target.why for target in routing.targets)
    seen = [worker for target in routing.targets for worker in target.workers]
    for name, why in expected.pop("out", {}).items():
        assert any(worker.worker == name and worker.position is None and why in worker.why for worker in seen), name
    if "order" in expected:
        offered = [worker.worker for worker in routing.targets[-1].workers if worker.position]
        assert offered == expected.pop("order")
    if "events" in expected:
        assert [step.event_type for step in routing.steps] == expected.pop("events")
    if "tasks_ahead" in expected:
        assert routing.targets[0].tasks_ahead == expected.pop("tasks_ahead")
    for words in expected.pop("faults", []):
        assert any(words in fault for fault in routing.faults), routing.faults
    assert not expected, "the case expects something that the test does not look at"


def test_there_is_a_case_for_each_part_of_the_rules() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == {
        "filters", "targets", "workers", "order", "priority", "readings"
    }  # fmt: skip
    assert len(cases()) >= 50


def sample(task: dict[str, Any]) -> Routing:
    return fl.route(task, SAMPLE / "support_workflow.json", SAMPLE / "workspace.yaml")


def test_paths_mappings_and_objects_give_the_same() -> None:
    workflow, workspace = fl.load(SAMPLE / "support_workflow.json"), load_workspace(SAMPLE / "workspace.yaml")
    task = {"vip": True, "language": "pt"}
    by_path = sample(task)
    assert isinstance(workflow, Workflow)
    assert fl.route(task, workflow, workspace).as_json() == by_path.as_json()
    assert (by_path.filter, by_path.queue, by_path.worker, by_path.priority) == ("VIP customers", "VIP", "Beatriz", 20)
    assert by_path == sample(task)


def test_without_a_workspace_every_timeout_runs_out() -> None:
    routing = fl.route({"language": "pt"}, SAMPLE / "support_workflow.json")
    assert (routing.assignment_status, routing.time_s, routing.faults) == ("pending", 900, ())


@pytest.mark.parametrize(
    ("task", "workflow", "words"),
    [
        ([1], SAMPLE / "support_workflow.json", "a mapping of attributes"),
        ({}, ROOT / "sample_data/flows/order_support.json", "no TaskRouter workflow but a flow"),
        ({}, SAMPLE / "none.json", "there is no file"),
    ],
)
def test_wrong_use_is_a_sentence(task: Any, workflow: Path, words: str) -> None:
    with pytest.raises(fl.FlowlabError, match=words):
        fl.route(task, workflow)
    with pytest.raises(fl.FlowlabError, match="0 or more"):
        fl.route({}, SAMPLE / "support_workflow.json", priority=-1)


def test_what_no_file_may_say_takes_nobody_and_stops_nothing() -> None:
    """A workspace made in Python: an activity that it does not list, a queue that cannot be read."""
    flow = Workflow((Filter("All", "1==1", (Target("Odd", timeout_s=5), Target("Team", timeout_s=5))),))
    queues = (Queue("Odd", target_workers="languages has 'pt'"), Queue("Team"))
    routing = route({}, flow, Workspace(queues, (Worker("Ines", activity="On shift"),), {"Available": True}))
    odd, team = (target.workers[0].why for target in routing.targets)
    assert "not in the queue: its target_workers cannot be read" in odd
    assert team == "activity 'On shift' is not available"
    assert routing.assignment_status == "canceled"
    assert "keywords are upper case: write HAS" in routing.faults[0]


def test_the_tables_have_one_line_a_filter_target_and_worker() -> None:
    routing = sample({"vip": True, "language": "de", "afterHours": False})
    filters, targets, workers = routing.table
    assert list(filters["status"]) == ["taken", "not reached", "not reached", "not reached"]
    assert list(targets["outcome"]) == ["timeout", "reserved", "not reached"]
    assert list(targets["entered_s"].dropna()) == [0, 120]
    assert len(workers) == 12
    beatriz = workers[(workers["worker"] == "Beatriz") & (workers["target"] == 2)].iloc[0]
    assert (beatriz["position"], beatriz["reserved"], beatriz["queue"]) == (1, True, "VIP")
    empty = fl.route({}, {"filters": []}).table
    assert [len(table) for table in empty] == [0, 0, 0]
    assert "why" in empty.filters.columns
    assert [step.seq for step in routing.steps] == list(range(1, len(routing.steps) + 1))


def test_the_text_is_the_way_of_the_task() -> None:
    assert sample({"language": "pt"}).as_text() == (
        """\
support_workflow in Harbour & Pine: task {"language": "pt"} on channel default

filters
  × VIP customers: vip == true is false: vip is missing
  ✓ Portuguese speakers: language == 'pt' is true: language is 'pt'
  · Returns: not reached
  · Not understood, or written at night: not reached

target 1 of 'Portuguese speakers': queue Portuguese, priority 5, timeout 900 s
  1. Beatriz: idle for 310 s
  2. Ines: idle for 125 s
  × Owen: not in the queue: languages HAS 'pt' is false: languages is ['en']
  × Hugo: not in the queue: languages HAS 'pt' is false: languages is ['en']; activity 'On a break' is not available
  × Freya: not in the queue: languages HAS 'pt' is false: languages is ['en']
  × Malik: not in the queue: languages HAS 'pt' is false: languages is ['en']; activity 'Offline' is not available
  ✓ reserved: offered to Beatriz

target 2 of 'Portuguese speakers': queue Everyone, priority 5, no timeout
  · not reached

✓ reserved: Beatriz of queue Portuguese, by 'Portuguese speakers', at once
"""
    )


def test_what_strangers_wrote_is_shown_and_does_nothing() -> None:
    evil = "<script>alert(1)</script>\x1b[2J\u202e"
    workflow = Workflow(
        (
            Filter(evil, f"a == '{evil}'", (Target(evil, evil, order_by=evil, skip_if=evil, timeout_s=1), Target("Q"))),
            Filter("", evil),
        ),
        evil,
        name=evil,
    )
    team = Workspace((Queue("Q", evil, "1==1"),), (Worker(evil, activity=evil),), {evil: True}, name=evil)
    for task in ({"a": evil}, {evil: evil}):
        routing = route(task, workflow, team, channel=evil)
        page, text = routing._repr_html_(), routing.as_text()
        assert "<script" not in page
        assert not {"\x1b", "\u202e"} & {*page, *text, *repr(routing)}
        assert "&lt;script&gt;" in page
        json.dumps(routing.as_json())


def test_the_page_takes_the_colours_of_where_it_stands() -> None:
    page = sample({"language": "pt"})._repr_html_()
    assert "color:inherit" in page
    assert "background:#" not in page
    assert {"text/plain", "text/html"} == set(sample({})._repr_mimebundle_())


ATTRIBUTES = st.dictionaries(
    st.sampled_from(["vip", "language", "intent", "misses", "afterHours", "channelType", "odd"]),
    st.sampled_from([True, False, None, 0, 3, 2.5, "", "pt", "return", "sms", ["pt"], {"a": 1}]),
)


@given(task=ATTRIBUTES, channel=st.sampled_from(["default", "chat", "voice"]), busy=st.sets(st.integers(0, 5)))
def test_every_task_ends_and_everybody_has_a_reason(task: dict[str, Any], channel: str, busy: set[int]) -> None:
    workflow, team = fl.load(SAMPLE / "support_workflow.json"), load_workspace(SAMPLE / "workspace.yaml")
    assert isinstance(workflow, Workflow)
    workers = tuple(
        Worker(w.name, activity=w.activity, attributes=w.attributes, assigned={"default": 9} if n in busy else {})
        for n, w in enumerate(team.workers)
    )
    team = Workspace(team.queues, workers, team.activities)
    routing = route(task, workflow, team, channel=channel)
    assert routing.assignment_status in ("reserved", "pending", "canceled")
    assert (routing.worker is not None) == (routing.assignment_status == "reserved")
    assert [step.time_s for step in routing.steps] == sorted(step.time_s for step in routing.steps)
    assert all(worker.why for target in routing.targets for worker in target.workers)
    assert all(len(target.workers) == len(workers) for target in routing.targets if target.entered_s is not None)
    path = routing.path
    assert path[0] == "task"
    if routing.worker:
        assert path[-1] == f"worker:{routing.worker}"
    edges = set(routing.graph.edges())
    assert all(pair in edges for pair in pairwise(path)), path


def test_published_workflows_run_with_their_placeholders() -> None:
    files = sorted(REAL.glob("*.json"))
    if not files:
        pytest.skip(f"no real workflows in {REAL}")
    for path in files:
        workflow = fl.load(path)
        assert isinstance(workflow, Workflow)
        team = {
            "queues": [{"name": "Care", "aliases": list(workflow.queues)}],
            "workers": [{"name": "Ines", "sid": "WK1"}],
        }
        for task in ({}, {"selected_queue": "sales"}, {"transferTargetType": "worker", "transferTargetSid": "WK1"}):
            routing = fl.route(task, workflow, team)
            assert not routing.faults
            assert routing.steps
            assert path.stem in routing.as_text()
        assert fl.route({"queueName": ["Nissan"]}, workflow).faults == ()
