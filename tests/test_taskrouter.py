"""Workflow JSON in and out: nothing is lost in any wrapping, one change stays one change, all faults come at once."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import FormatError
from flowlab.formats.taskrouter import looks_like_workflow, read_workflow, write_workflow
from flowlab.model.routing import Filter, Target, Workflow

REAL = Path(__file__).parents[2] / "shared" / "real_workflows"
SAMPLE = Path(__file__).parents[1] / "sample_data" / "routing" / "support_workflow.json"

WRAPPINGS: dict[str, Callable[[Any], Any]] = {
    "bare": lambda d: d,
    "under task_routing": lambda d: {"task_routing": d, "note": [1]},
    "a resource": lambda d: {"sid": "WW1", "friendly_name": "Care", "configuration": {"task_routing": d}, "x": None},
    "a resource with text": lambda d: {"sid": "WW1", "configuration": json.dumps({"task_routing": d}, indent=1)},
    "a resource around the bare body": lambda d: {"configuration": d},
    "a text": lambda d: json.dumps({"task_routing": d}),
    "a text in a text": lambda d: json.dumps(json.dumps(d)),
}

TEXTS = st.sampled_from(["", "WQ1", "${queues.master}", "vip == true", "worker.x DESC", "not an = expression", "é👋"])
NUMBERS = st.sampled_from([0, 30, "30", " 5 ", 120.0, None, "", "${timeout}", "TIMEOUT_S", 2**31])
UNKNOWN = st.dictionaries(st.sampled_from(["odd", "note", "x-y"]), st.none() | st.integers() | st.lists(st.booleans()))


def objects(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with any of these keys, and some that nobody knows."""
    return st.tuples(st.fixed_dictionaries({}, optional=keys), UNKNOWN).map(lambda pair: {**pair[1], **pair[0]})


TARGETS = objects(
    queue=TEXTS | st.none(),
    expression=TEXTS,
    priority=NUMBERS,
    timeout=NUMBERS,
    order_by=TEXTS,
    skip_if=TEXTS,
    known_worker_sid=TEXTS,
    known_worker_friendly_name=TEXTS,
)
FILTERS = objects(
    filter_friendly_name=TEXTS | st.none(),
    friendly_name=TEXTS,
    expression=TEXTS | st.none(),
    targets=st.lists(TARGETS, max_size=3) | st.none(),
)
DEFAULTS = objects(queue=TEXTS) | objects(task_queue_sid=TEXTS) | objects(expression=TEXTS, targets=st.lists(TARGETS))
BODIES = st.tuples(
    UNKNOWN,
    st.fixed_dictionaries(
        {"filters": st.lists(FILTERS, max_size=3) | st.none()}, optional={"default_filter": DEFAULTS | st.none()}
    ),
).map(lambda pair: {**pair[0], **pair[1]})


def strict(value: Any) -> str:
    """JSON text by which values are equal only where JSON says so (``1`` is not ``true``)."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@given(body=BODIES)
@settings(max_examples=60)
def test_what_was_read_is_written(wrapping: str, body: dict[str, Any]) -> None:
    data = WRAPPINGS[wrapping](body)
    before = strict(data)
    assert looks_like_workflow(data)
    workflow = read_workflow(data)
    assert strict(write_workflow(workflow)) == before
    assert strict(data) == before
    assert len(workflow) == len(body["filters"] or ())


@pytest.mark.parametrize("wrapping", WRAPPINGS)
@given(body=BODIES, data=st.data())
@settings(max_examples=40)
def test_one_change_changes_one_place(wrapping: str, body: dict[str, Any], data: st.DataObject) -> None:
    workflow, expected = read_workflow(WRAPPINGS[wrapping](body)), copy.deepcopy(body)
    places = [(n, m) for n, each in enumerate(workflow) for m in range(len(each.targets))]
    if not places:
        return
    n, m = data.draw(st.sampled_from(places))
    field, key, value = data.draw(
        st.sampled_from(
            [
                ("queue", "queue", "new"),
                ("timeout_s", "timeout", 77),
                ("priority", "priority", 7),
                ("skip_if",) * 2 + ("1==1",),
            ]
        )
    )
    expected["filters"][n]["targets"][m][key] = value
    targets, filters = list(workflow.filters[n].targets), list(workflow.filters)
    targets[m] = replace(targets[m], **{field: value})
    filters[n] = replace(filters[n], targets=tuple(targets))
    written = write_workflow(replace(workflow, filters=tuple(filters)))
    assert strict(read_workflow(written).raw) == strict(expected)
    assert strict(written) == strict(WRAPPINGS[wrapping](expected)) or "text" in wrapping


DOCUMENT: dict[str, Any] = {
    "task_routing": {
        "filters": [
            {
                "friendly_name": "VIP",
                "expression": "vip == true",
                "odd": 1,
                "targets": [{"queue": "A", "timeout": "30"}, {}],
            },
            {"expression": "1==1", "targets": [{"queue": "B", "priority": 5}]},
        ],
        "default_filter": {"task_queue_sid": "C", "note": "x"},
    }
}


def changed(**changes: Any) -> dict[str, Any]:
    return write_workflow(replace(read_workflow(DOCUMENT), **changes))["task_routing"]


def test_names_values_and_queues_are_read() -> None:
    workflow = read_workflow(DOCUMENT, "folder/care.json")
    assert (workflow.name, workflow.default_queue, workflow.queues) == ("care", "C", ("A", "B", "C"))
    assert [each.label for each in workflow] == ["VIP", "1==1"]
    assert workflow["VIP"].targets == (Target("A", timeout_s=30), Target())
    assert workflow["VIP"].queues == ("A", "A")
    assert repr(workflow) == "<Workflow 'care': 2 filters>"
    with pytest.raises(fl.FlowlabError, match="Did you mean 'VIP'"):
        workflow["VIPs"]
    resource = read_workflow({"sid": "WW7", "friendly_name": "Care", "configuration": json.dumps(DOCUMENT)})
    assert (resource.name, resource.sid) == ("Care", "WW7")


def test_each_kind_of_change_lands_where_it_was_said() -> None:
    vip, rest = read_workflow(DOCUMENT).filters
    body = DOCUMENT["task_routing"]
    assert changed(default_queue="D") == {**body, "default_filter": {"task_queue_sid": "D", "note": "x"}}
    assert changed(default_queue="") == {**body, "default_filter": {"note": "x"}}
    assert changed(filters=(rest,)) == {**body, "filters": body["filters"][1:]}
    assert changed(filters=()) == {**body, "filters": []}
    assert changed(filters=(replace(vip, name="Gold"), rest))["filters"][0] == {
        **body["filters"][0],
        "friendly_name": "Gold",
    }
    assert changed(filters=(vip, replace(rest, name="All")))["filters"][1] == {
        **body["filters"][1],
        "filter_friendly_name": "All",
    }
    no_timeout = replace(vip, targets=(replace(vip.targets[0], timeout_s=None), vip.targets[1]))
    assert changed(filters=(no_timeout, rest))["filters"][0]["targets"] == [{"queue": "A"}, {}]
    added = Filter("New", "a == 1", (Target("Q", priority=1),))
    assert changed(filters=(added, vip, rest))["filters"] == [
        {"filter_friendly_name": "New", "expression": "a == 1", "targets": [{"queue": "Q", "priority": 1}]},
        *body["filters"],
    ]


def test_a_default_filter_may_look_like_a_filter() -> None:
    data = {
        "filters": [],
        "default_filter": {"expression": "1==1", "targets": [{"queue": "A", "x": 1}, {"queue": "B"}]},
    }
    workflow = read_workflow(data)
    assert workflow.default_queue == "A"
    written = write_workflow(replace(workflow, default_queue="Z"))
    assert written["default_filter"] == {"expression": "1==1", "targets": [{"queue": "Z", "x": 1}, {"queue": "B"}]}


def test_a_workflow_made_by_hand_is_written_as_twilio_has_it(tmp_path: Path) -> None:
    workflow = Workflow((Filter("All", "1==1", (Target("WQ1", timeout_s=60),)),), "WQ0", "hand-made")
    path = fl.save(workflow, tmp_path / "made.json")
    assert json.loads(path.read_text()) == {
        "task_routing": {
            "filters": [
                {"filter_friendly_name": "All", "expression": "1==1", "targets": [{"queue": "WQ1", "timeout": 60}]}
            ],
            "default_filter": {"queue": "WQ0"},
        }
    }
    again = fl.load(path)
    assert isinstance(again, Workflow)
    assert (again.filters, again.default_queue) == (workflow.filters, workflow.default_queue)
    with pytest.raises(fl.FlowlabError, match=r"a workflow is saved as \.json"):
        fl.save(workflow, tmp_path / "made.csv")


MALFORMED = [
    ("filters a text", {"filters": "x"}, ["#/filters: expected a list of filters, found a text"]),
    ("filters an object", {"task_routing": {"filters": {}}}, ["#/task_routing/filters: expected a list"]),
    ("a filter that is none", {"filters": [5, []]}, ["2 faults", "#/filters/0: expected a filter", "#/filters/1"]),
    ("an expression that is a number", {"filters": [{"expression": 5}]}, ["#/filters/0/expression: expected a text"]),
    ("a name that is a list", {"filters": [{"friendly_name": []}]}, ["#/filters/0/friendly_name", "found a list"]),
    ("targets an object", {"filters": [{"targets": {}}]}, ["#/filters/0/targets: expected a list of targets"]),
    ("a target that is none", {"filters": [{"targets": ["WQ1"]}]}, ["#/filters/0/targets/0: expected a target"]),
    ("a queue that is an object", {"filters": [{"targets": [{"queue": {}}]}]}, ["targets/0/queue", "found an object"]),
    ("a timeout in words", {"filters": [{"targets": [{"timeout": "ten"}]}]}, ["targets/0/timeout", "found 'ten'"]),
    ("a timeout below zero", {"filters": [{"targets": [{"timeout": -5}]}]}, ["targets/0/timeout", "found -5"]),
    ("half a second", {"filters": [{"targets": [{"timeout": 0.5}]}]}, ["a whole number", "found 0.5"]),
    ("a priority that is true", {"filters": [{"targets": [{"priority": True}]}]}, ["targets/0/priority", "a boolean"]),
    ("a priority too large", {"filters": [{"targets": [{"priority": 2**32}]}]}, ["2,147,483,648", "found 4294967296"]),
    ("a default that is a text", {"filters": [], "default_filter": "WQ1"}, ["#/default_filter: expected an object"]),
    (
        "a default queue that is a number",
        {"default_filter": {"queue": 5}},
        ["#/default_filter/queue", "found a number"],
    ),
    ("default targets", {"default_filter": {"targets": [5]}}, ["#/default_filter/targets/0: expected a target"]),
    ("task_routing null", {"task_routing": None}, ["no TaskRouter workflow", "found null"]),
    ("task_routing empty", {"task_routing": {}}, ["it has no 'filters'", "Its keys: none"]),
    ("broken text", {"sid": "WW1", "configuration": "{oops"}, ["is not JSON", "line 1, column 2"]),
    ("a text that is no workflow", {"configuration": "[1]"}, ["no TaskRouter workflow", "found a list"]),
    ("a configuration of something else", {"configuration": {"a": 1}}, ["it has no 'filters'", "Its keys: a"]),
    (
        "many at once",
        {"filters": [{"expression": 1, "targets": [{"timeout": "x"}, 3]}], "default_filter": []},
        ["4 faults", "/expression", "/timeout", "targets/1", "#/default_filter"],
    ),
]


@pytest.mark.parametrize(("data", "words"), [m[1:] for m in MALFORMED], ids=[m[0] for m in MALFORMED])
def test_what_is_wrong_and_where(data: Any, words: list[str], write: Callable[..., Path]) -> None:
    path = write(json.dumps(data))
    with pytest.raises(FormatError) as caught:
        fl.load(path)
    assert str(path) in str(caught.value)
    for word in words:
        assert word in str(caught.value)


def test_what_no_workflow_is_taken_for() -> None:
    assert not looks_like_workflow({"states": [], "filters": []})
    assert not looks_like_workflow("{broken")
    assert not looks_like_workflow('"text"')
    assert not looks_like_workflow([1])
    assert not looks_like_workflow({"messages": []})


def test_every_published_workflow_loads_and_loses_nothing(tmp_path: Path) -> None:
    files = [*sorted(REAL.glob("*.json")), SAMPLE]
    for path in files:
        data = json.loads(path.read_text(encoding="utf-8"))
        workflow = fl.load(path)
        assert isinstance(workflow, Workflow)
        assert json.dumps(write_workflow(workflow)) == json.dumps(data), path.name  # the order of keys, too
        again = json.loads(fl.save(workflow, tmp_path / path.name).read_text(encoding="utf-8"))
        assert json.dumps(again) == json.dumps(data)
    if len(files) == 1:
        pytest.skip(f"no real workflows in {REAL}")
