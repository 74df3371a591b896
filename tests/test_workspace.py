"""Workspace files: what they may say, in YAML and JSON, by hand and by Twilio's API; each fault with its line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import assume, given
from hypothesis import strategies as st

from flowlab.errors import FlowError, FlowlabError, FormatError, UsageError
from flowlab.formats.workspace import load_workspace
from flowlab.model.readings import Readings
from flowlab.model.routing import Queue, Waiting, Worker, Workspace
from flowlab.text.located_yaml import parse_yaml

SAMPLE = Path(__file__).parents[1] / "sample_data" / "routing" / "workspace.yaml"

FULL = """
workspace: Care
timezone: Europe/Lisbon
activities:
  - {name: Here, available: true, sid: WA1}
  - {name: Away, available: false}
queues:
  - sid: WQ1
    name: Portuguese
    target_workers: "languages HAS 'pt'"
    task_order: LIFO
    max_reserved_workers: 3
    aliases: ["${queues.pt}"]
    waiting: [{priority: 5, age_s: 30}, {}]
  - name: All
workers:
  - name: Ines
    sid: WK1
    activity: Away
    capacity: {chat: 3, voice: 1}
    assigned: {chat: 1}
    idle_s: 340.5
    attributes: {languages: [en, no], level: 5, since: 2026-01-01, hours: 09:00}
  - {name: Owen, capacity: 2, assigned: 1}
readings: {null_differs: false, worker_capacity: 4}
"""

EXPECTED = Workspace(
    name="Care",
    timezone="Europe/Lisbon",
    activities={"Here": True, "Away": False},
    activity_sids={"Here": "WA1"},
    queues=(
        Queue("WQ1", "Portuguese", "languages HAS 'pt'", "LIFO", 3, ("${queues.pt}",), (Waiting(5, 30), Waiting())),
        Queue("All", "All"),
    ),
    workers=(
        Worker(
            "Ines",
            "WK1",
            "Away",
            {"languages": ["en", "no"], "level": 5, "since": "2026-01-01", "hours": "09:00"},
            {"chat": 3, "voice": 1},
            {"chat": 1},
            340.5,
        ),
        Worker("Owen", activity="Here", capacity={"default": 2}, assigned={"default": 1}),
    ),
    readings=Readings(null_differs=False, worker_capacity=4),
)


def without_source(workspace: Workspace) -> Workspace:
    return Workspace(**{**vars(workspace), "source": ""})


def loaded(text: str, write: Callable[..., Path], name: str = "team.yaml") -> Workspace:
    found = load_workspace(write(text, name))
    assert found.source.endswith(name)
    return without_source(found)


def test_everything_a_file_can_say(write: Callable[..., Path]) -> None:
    assert loaded(FULL, write) == EXPECTED
    assert load_workspace(EXPECTED) is EXPECTED


def test_yaml_json_and_a_mapping_say_the_same(write: Callable[..., Path]) -> None:
    data = parse_yaml(FULL, "x").data
    assert without_source(load_workspace(data)) == EXPECTED
    for text in (json.dumps(data), json.dumps(data, indent="\t")):
        assert loaded(text, write, "team.json") == EXPECTED


def test_json_escapes_are_read_as_json_has_them(write: Callable[..., Path]) -> None:
    text = '{"workers": [{"name": "\\ud83d\\udc4b", "attributes": {}}]}'
    assert loaded(text, write).workers[0].name == "👋"


def test_the_sample_is_a_workspace() -> None:
    workspace = load_workspace(SAMPLE)
    assert repr(workspace) == "<Workspace 'Harbour & Pine': 4 queues, 6 workers>"
    assert not workspace.is_available(workspace.worker("Hugo"))


def test_what_the_rest_api_lists_is_a_workspace() -> None:
    stamp = {
        "account_sid": "AC1",
        "workspace_sid": "WS1",
        "date_created": "2026-01-01",
        "url": "https://x",
        "links": {},
    }
    listed = {
        "task_queues": [{**stamp, "sid": "WQ1", "friendly_name": "Care", "target_workers": "", "task_order": "FIFO"}],
        "workers": [
            {
                **stamp,
                "sid": "WK1",
                "friendly_name": "ines",
                "attributes": '{"languages": ["pt"]}',
                "activity_name": "In a talk",
                "activity_sid": "WA9",
                "available": True,
                "date_status_changed": "2026-01-01",
            }
        ],
    }
    workspace = load_workspace(listed)
    assert workspace.queues == (Queue("WQ1", "Care", ""),)
    assert workspace.workers == (Worker("ines", "WK1", "In a talk", {"languages": ["pt"]}),)
    assert workspace.is_available(workspace.worker("WK1"))


#: A file, and what must be said about it.
FAULTS: list[tuple[str, str, list[str]]] = [
    ("an unknown key", "activties: []", ["line 1, activties: unknown key. Did you mean 'activities'?"]),
    ("an unknown key of a worker", "workers:\n- name: A\n  langs: []", ["line 3, workers/0/langs: unknown key"]),
    ("a worker's activity", "workers:\n- {name: A, activity: Brake}", ["line 2", "no activity 'Brake'", "'Break'"]),
    ("capacity below zero", "workers:\n- name: A\n  capacity: {chat: -1}", ["line 3, workers/0/capacity/chat", "-1"]),
    ("capacity in words", "workers:\n- name: A\n  capacity: three", ["line 3", "a whole number", "'three'"]),
    ("idle for a word", "workers:\n- {name: A, idle_s: long}", ["seconds, 0 or more, found 'long'"]),
    ("a worker without a name", "workers:\n- {sid: WK1}", ["line 2, workers/0: the worker has no name"]),
    ("a worker twice", "workers:\n- name: A\n- name: A", ["line 3, workers/1/name: 'A' is taken by workers/0"]),
    ("attributes a list", "workers:\n- {name: A, attributes: [1]}", ["expected names and values, found [1]"]),
    ("attributes broken", "workers:\n- {name: A, attributes: '{x'}", ["line 2, workers/0/attributes", "is not JSON"]),
    ("a queue without a name", "queues:\n- {}", ["line 2, queues/0: the queue has neither sid nor name"]),
    ("a queue twice", "queues:\n- {sid: Q}\n- {sid: Q}", ["line 3, queues/1/sid: 'Q' is taken by queues/0"]),
    (
        "a wrong expression",
        "queues:\n- name: A\n  target_workers: x = 1",
        ["line 3, queues/0/target_workers", "write =="],
    ),
    ("an order", "queues:\n- {name: A, task_order: fifo}", ["expected FIFO or LIFO, found 'fifo'"]),
    ("51 workers at once", "queues:\n- {name: A, max_reserved_workers: 51}", ["from 1 to 50, found 51"]),
    ("aliases a text", "queues:\n- {name: A, aliases: x}", ["queues/0/aliases: expected a list of texts"]),
    ("a waiting task", "queues:\n- {name: A, waiting: [{age: 3}]}", ["queues/0/waiting/0/age: unknown key"]),
    ("queues a mapping", "queues: {a: b}", ["line 1, queues: expected a list"]),
    ("an entry that is none", "workers:\n- 5", ["line 2, workers/0: expected names and values, found 5"]),
    ("an activity without a name", "activities:\n- {available: true}", ["activities/0: the activity has no name"]),
    ("an activity half there", "activities:\n- {name: A, available: maybe}", ["expected true or false, found 'maybe'"]),
    ("a reading", "readings: {null_difers: true}", ["readings/null_difers: unknown key. Did you mean 'null_differs'"]),
    ("a reading of a wrong type", "readings: {null_differs: 1}", ["expected true or false, found 1"]),
    ("readings a list", "readings: [1]", ["readings: expected names and values"]),
    ("a time zone", "timezone: Lisbon", ["line 1, timezone: 'Lisbon' is no time zone"]),
    ("a key twice", "workspace: a\nworkspace: b", ["line 2, column 1: the key 'workspace' stands in line 1 already"]),
    ("a list", "- a", ["expected a mapping with queues and workers"]),
    ("nothing", "", ["expected a mapping"]),
    ("no YAML", "a: b: c", ["line 1, column 5: is not YAML"]),
    ("no JSON either", '{"a": [1}', ["line 1, column 9"]),
    ("an alias", "a: &x [1]\nb: *x", ["line 2, column 4: aliases (*name) are not read"]),
    ("a tag", "a: !!python/object/apply:os.system [x]", ["line 1, column 4: tags ("]),
    ("deep nesting", "[" * 5000, ["nested more than 110 levels deep"]),
    ("a control character", "a: \x07", ["line 1, column 4: holds the control character"]),
    (
        "many at once",
        "workers:\n- {idle_s: -1}\nqueues:\n- {task_order: x}",
        ["4 faults", "line 2, workers/0: the", "idle_s", "line 4, queues/0: the", "task_order"],
    ),
]


@pytest.mark.parametrize(("text", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_what_is_wrong_and_on_which_line(text: str, words: list[str], write: Callable[..., Path]) -> None:
    path = write(text, "team.yaml")
    with pytest.raises(FormatError) as caught:
        load_workspace(path)
    assert str(caught.value).startswith(str(path))
    for word in words:
        assert word in str(caught.value)


def test_a_thousand_faults_are_not_all_told(write: Callable[..., Path]) -> None:
    with pytest.raises(FormatError) as caught:
        load_workspace(write("workers:\n" + "- {}\n" * 1000, "team.yaml"))
    assert "and 950 more faults" in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no file"):
        load_workspace(tmp_path / "none.yaml")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 60) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)
KEYS = ["workspace", "timezone", "activities", "queues", "workers", "readings", "name", "sid", "capacity", "waiting"]


@given(
    st.recursive(
        JSON_VALUES, lambda v: st.lists(v, max_size=2) | st.dictionaries(st.sampled_from(KEYS), v), max_leaves=30
    )
)
def test_whatever_a_mapping_holds_is_a_workspace_or_a_sentence(value: Any) -> None:
    try:
        load_workspace(value if isinstance(value, dict) else {"workers": value, "queues": value, "activities": value})
    except FlowlabError as error:
        assert str(error).startswith("workspace: ")


@given(JSON_VALUES)
def test_values_written_as_yaml_are_read_back(value: Any) -> None:
    # A text like 0E0 stands without quotes there; here it is a number, as in JSON.
    assume(not re.search(r"\d[eE]\d", str(value)))
    text = yaml.safe_dump({"a": value}, allow_unicode=True)
    if "'" not in text and "&" not in text and "!" not in text:
        assert parse_yaml(text, "x").data == {"a": value}


def test_a_queue_by_sid_name_or_alias() -> None:
    workspace = EXPECTED.with_aliases({"%(everyone)s": "All", "WQx": "WQ1"})
    pt, everyone = workspace.queues
    assert [workspace.queue(ref) for ref in ("WQ1", "Portuguese", "${queues.pt}", "WQx")] == [pt] * 4
    assert workspace.queue("%(everyone)s") == everyone
    assert pt.aliases == ("${queues.pt}", "WQx")
    assert workspace.find_queue("gone") is None
    with pytest.raises(
        FlowError, match=r"no queue 'Portugese'\. Did you mean 'Portuguese'.*aliases: \[\"Portugese\"\]"
    ):
        workspace.queue("Portugese")
    with pytest.raises(FlowError, match="no queue 'gone'"):
        workspace.with_aliases({"x": "gone"})
    with pytest.raises(FlowError, match="no queue is named"):
        workspace.queue("")


def test_a_worker_by_sid_or_name() -> None:
    assert EXPECTED.worker("WK1") is EXPECTED.worker("Ines")
    with pytest.raises(FlowError, match=r"no worker 'ines'\. Did you mean 'Ines'"):
        EXPECTED.worker("ines")


@pytest.mark.parametrize(
    ("worker", "channel", "free"),
    [
        (Worker("A", capacity={"chat": 3}, assigned={"chat": 1}), "chat", (2, 3)),
        (Worker("A", capacity={"default": 2}), "sms", (2, 2)),
        (Worker("A", capacity={"default": 2}, assigned={"default": 3}), "sms", (0, 2)),
        (Worker("A", capacity={"voice": 1}), "chat", (4, 4)),
    ],
)
def test_how_many_more_tasks_a_worker_takes(worker: Worker, channel: str, free: tuple[int, int]) -> None:
    assert EXPECTED.free(worker, channel) == free
