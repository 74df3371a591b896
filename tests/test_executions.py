"""Recorded executions from files: every shape people keep them in gives the same walks, faults are named with place."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import flowlab as fl
from flowlab.errors import FormatError, UsageError
from flowlab.formats import load
from flowlab.formats.executions import looks_like_executions
from flowlab.formats.executions_write import write_executions
from flowlab.model.walk import Walk

GOLDEN = Path(__file__).parent / "golden" / "executions"
FN = "FN00000000000000000000000000000001"
Json = dict[str, Any]


def page() -> Json:
    return json.loads((GOLDEN / "page.json").read_text(encoding="utf-8"))


def execution() -> Json:
    return json.loads((GOLDEN / "execution.json").read_text(encoding="utf-8"))


def steps() -> list[Json]:
    return page()["steps"]


def lines(*values: Json) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


def studio_event(kind: str, data: Json) -> Json:
    return {"specversion": "1.0", "type": f"com.twilio.studio.flow.{kind}", "id": "EZ1", "data": data}


def step_ended(step: Json) -> Json:
    """As Event Streams sends it: the sid is called ``step_sid``, the moment stands in the envelope."""
    data = {("step_sid" if key == "sid" else key): value for key, value in step.items() if key != "date_created"}
    return {**studio_event("step.ended", data), "time": step["date_created"]}


def apart(step: Json) -> tuple[Json, Json]:
    """A step and its context as two resources."""
    context = {"step_sid": step["sid"], "execution_sid": FN, "context": step["context"], "url": "..."}
    return {**step, "context": {}}, context


def cumulative() -> list[Json]:
    """The steps with contexts that hold everything so far, as the platform keeps them."""
    made, widgets, trigger = [], {}, {"trigger": steps()[-1]["context"]["trigger"]}
    for step in reversed(steps()):
        widgets = {**widgets, **step["context"].get("widgets", {})}
        made.append({**step, "context": {**trigger, "widgets": widgets, "flow": {"variables": {}}}})
    return made[::-1]


def whole() -> str:
    return json.dumps({**execution(), "steps": page()})


#: Each says the same in another shape: what it is, the file's name, and its text.
SHAPES: list[tuple[str, str, Callable[[], str]]] = [
    ("execution with a page of steps inside", "e.json", whole),
    ("execution with a list of steps inside", "e.json", lambda: json.dumps({**execution(), "steps": steps()})),
    ("execution beside its steps", "e.json", lambda: json.dumps({"execution": execution(), "steps": steps()})),
    ("a list of an execution", "e.json", lambda: json.dumps([{**execution(), "steps": page()}])),
    (
        "a page of executions",
        "e.json",
        lambda: json.dumps({"meta": {"key": "executions"}, "executions": [{**execution(), "steps": steps()}]}),
    ),
    (
        "an execution and two pages",
        "e.json",
        lambda: json.dumps([execution(), {"meta": {}, "steps": steps()[:4]}, {"meta": {}, "steps": steps()[4:]}]),
    ),
    (
        "pages the wrong way round",
        "e.json",
        lambda: json.dumps([execution(), {"steps": steps()[4:]}, {"steps": steps()[:4]}]),
    ),
    ("oldest first", "e.json", lambda: json.dumps({**execution(), "steps": steps()[::-1]})),
    ("JSON Lines, newest first", "e.jsonl", lambda: lines(execution(), *steps())),
    ("JSON Lines, oldest first", "e.jsonl", lambda: lines(*steps()[::-1], execution())),
    ("one execution a line", "e.jsonl", lambda: lines({**execution(), "steps": steps()})),
    ("contexts apart", "e.jsonl", lambda: lines(execution(), *(piece for step in steps() for piece in apart(step)))),
    (
        "contexts as resources inside",
        "e.json",
        lambda: json.dumps(
            {**execution(), "steps": [{**step, "context": {"context": step["context"]}} for step in steps()]}
        ),
    ),
    (
        "Event Streams, a list",
        "e.json",
        lambda: json.dumps([studio_event("execution.started", execution()), *map(step_ended, reversed(steps()))]),
    ),
    (
        "Event Streams, lines",
        "e.jsonl",
        lambda: lines(
            *map(step_ended, reversed(steps())),
            studio_event(
                "execution.ended",
                {
                    **{key: value for key, value in execution().items() if key not in ("sid", "initiated_by")},
                    "execution_sid": FN,
                    "started_by": execution()["initiated_by"],
                },
            ),
        ),
    ),
    ("whole contexts at every step", "e.json", lambda: json.dumps({**execution(), "steps": cumulative()})),
    ("a byte order mark", "e.json", lambda: "\ufeff" + whole()),
]


@pytest.fixture
def golden(write) -> Walk:
    (walk,) = load(write(whole()), redact=False)
    return walk


@pytest.mark.parametrize(("name", "text"), [shape[1:] for shape in SHAPES], ids=[shape[0] for shape in SHAPES])
def test_every_shape_gives_the_same_walk(name: str, text: Callable[[], str], write, golden: Walk) -> None:
    (walk,) = load(write(text(), name), redact=False)
    assert replace(walk, source="") == replace(golden, source="")


def test_a_folder_of_executions_gives_a_walk_each(tmp_path, golden: Walk) -> None:
    for number in (2, 1):
        text = whole().replace(FN, FN[:-1] + str(number))
        (tmp_path / f"{number}.json").write_text(text, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("not read", encoding="utf-8")
    walks = load(tmp_path, redact=False)
    assert [walk.sid[-1] for walk in walks] == ["1", "2"]
    assert walks[0].steps == golden.steps


def test_what_a_walk_tells(golden: Walk) -> None:
    assert (golden.channel, golden.status, golden.start_s) == ("whatsapp", "ended", 1_772_445_600.0)
    assert [step.edge for step in golden.own] == [
        ("Trigger", "incomingMessage", "ask"),
        ("ask", "incomingMessage", "look_up_hours"),
        ("look_up_hours", "success", "survey"),
        ("survey", "completed", "bye"),
        ("bye", "sent", "Ended"),
    ]
    assert {step.parent for step in golden.steps if step not in golden.own} == {"survey"}
    assert golden.opening["Body"] == "hi"
    assert golden.own[2].result == {"status_code": 200, "parsed": {"open": True}}
    assert golden.notes == ()


def test_personal_data_is_masked_by_default(write) -> None:
    (walk,) = load(write(whole()))
    assert (walk.contact, walk.channel) == ("whatsapp:<PHONE_1>", "whatsapp")
    assert walk.own[1].inbound["Body"] == "hours? call <PHONE_1>"
    assert "2025550143" not in repr([walk.steps, walk.trigger, walk.initiated_by])


def flat(**renamed: str) -> str:
    """The flat CSV of the golden execution, newest first; ``renamed``: other names for its columns."""
    names = ["date_created", "execution_sid", "contact_channel_address", "transitioned_from", "name", "transitioned_to"]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";" if renamed else ",")
    writer.writerow([renamed.get(name, name) for name in names])
    for step in steps():
        step["contact_channel_address"] = execution()["contact_channel_address"]
        writer.writerow([step[name] for name in names])
    return out.getvalue()


@pytest.mark.parametrize(
    "text",
    [flat(), flat(execution_sid="execution sid", contact_channel_address="Contact Address", name="event")],
    ids=["as documented", "other names, semicolons"],
)
def test_the_flat_table_gives_the_same_path(text: str, write, golden: Walk) -> None:
    (walk,) = load(write(text, "steps.csv"), redact=False)
    assert [(s.edge, s.time_s, s.parent) for s in walk.steps] == [(s.edge, s.time_s, s.parent) for s in golden.steps]
    assert (walk.sid, walk.contact, walk.channel) == (golden.sid, golden.contact, golden.channel)


def test_a_flat_table_in_any_order_of_equal_seconds_is_put_right(write, golden: Walk) -> None:
    head, *rows = flat().splitlines()
    (walk,) = load(write("\n".join([head, *rows[::-1]]), "steps.csv"), redact=False)
    assert [step.edge for step in walk.steps] == [step.edge for step in golden.steps]


@pytest.mark.parametrize(
    ("address", "channel"),
    [
        ("+12025550143", "sms"),
        ("whatsapp:+12025550143", "whatsapp"),
        ("messenger:4005550143", "messenger"),
        ("kim@example.com", "email"),
        ("visitor-7", "unknown"),
        ("", "unknown"),
    ],
)
def test_the_address_tells_the_channel(address: str, channel: str, write) -> None:
    text = json.dumps({**execution(), "contact_channel_address": address, "steps": steps()})
    assert [walk.channel for walk in load(write(text))] == [channel]


def test_a_context_tells_the_channel_better_than_the_address(write) -> None:
    said = steps()
    said[-1]["context"]["trigger"]["message"]["ChannelAttributes"] = {"channel_type": "webchat"}
    assert [walk.channel for walk in load(write(json.dumps({**execution(), "steps": said})))] == ["webchat"]


def test_an_executions_context_tells_what_the_last_visits_left(write) -> None:
    bare = [{**step, "context": {}} for step in steps()]
    context = {"widgets": {"ask": {"inbound": {"Body": "hours"}}}, "trigger": {"message": {"Body": "hi"}}}
    (walk,) = load(write(json.dumps({**execution(), "context": context, "steps": bare})))
    assert (walk.opening["Body"], walk.own[1].inbound["Body"]) == ("hi", "hours")


def test_a_later_answer_is_not_taken_for_the_first_message(write) -> None:
    """On Conversations the trigger's body is overwritten by every answer; an execution's context shows the last."""
    bare = [{**step, "context": {}} for step in steps()]
    context = {"trigger": {"conversation": {"Body": "hours", "Author": "kim"}}}
    (walk,) = load(write(json.dumps({**execution(), "context": context, "steps": bare})))
    assert "Body" not in walk.opening


#: What is odd about a record, its steps (newest first), and the words of the note.
ODD: list[tuple[str, list[Json], str]] = [
    ("overlapping pages", steps()[:5] + steps()[3:], "2 steps recorded twice, counted once"),
    ("a page missing at the end of the list", steps()[:-1], "begins in the middle, at 'ask'"),
    ("a page missing in the middle", steps()[:4] + steps()[5:], "led to 'look_up_hours', yet the next recorded step"),
    ("ended from outside", steps()[1:], "ended in 'bye' without a step to Ended"),
    ("only a subflow", steps()[2:4], "only steps inside a subflow are recorded"),
    ("nothing", [], "no steps are recorded"),
]


@pytest.mark.parametrize(("said", "note"), [odd[1:] for odd in ODD], ids=[odd[0] for odd in ODD])
def test_an_odd_record_is_a_walk_with_a_note(said: list[Json], note: str, write) -> None:
    other = {**execution(), "sid": "FN2", "steps": [{**step, "execution_sid": "FN2"} for step in steps()]}
    walks = load(write(json.dumps([{**execution(), "steps": said}, other])))
    assert note in "\n".join(walks[0].notes)
    assert walks[1].notes == ()


STEP = {"execution_sid": "FN1", "transitioned_from": "a", "name": "sent", "transitioned_to": "b", "type": "x"}
CSV_HEAD = "date_created,execution_sid,transitioned_from,name,transitioned_to\n"

#: What it is, the file's text, and the words its message must hold.
MALFORMED: list[tuple[str, str, tuple[str, ...]]] = [
    ("an empty page", '{"meta": {"key": "steps"}, "steps": []}', ("holds no steps",)),
    ("executions without steps", json.dumps([execution()]), ("1 executions and none of their steps",)),
    ("a number among steps", json.dumps([STEP, 5]), ("#/1", "found 5")),
    ("something else among steps", json.dumps([STEP, {"x": 1}]), ("#/1", "neither", "Its keys: x")),
    ("an empty object among steps", json.dumps([STEP, {}]), ("#/1", "Its keys: none")),
    ("a step of no execution", json.dumps([{**STEP, "execution_sid": None}]), ("#/0/execution_sid", "is missing")),
    ("a step that leaves no state", json.dumps([{**STEP, "transitioned_from": ""}]), ("#/0/transitioned_from",)),
    ("a step without an exit", json.dumps([{**STEP, "name": None}]), ("#/0/name", "is missing")),
    ("a number for a state", json.dumps([{**STEP, "transitioned_from": 5}]), ("#/0/transitioned_from", "must be text")),
    ("a list for a type", json.dumps([{**STEP, "type": []}]), ("#/0/type", "must be text, not []")),
    ("no date", json.dumps([{**STEP, "date_created": "soon"}]), ("#/0/date_created", "'soon' is not ISO 8601")),
    ("milliseconds", json.dumps([{**STEP, "date_created": 1e15}]), ("#/0/date_created", "milliseconds")),
    ("a context that is text", json.dumps([{**STEP, "context": "{"}]), ("#/0/context", "must be an object")),
    ("an event without data", '[{"type": "com.twilio.studio.flow.step.ended", "data": 5}]', ("#/0/data", "found 5")),
    ("all faults at once", json.dumps([{**STEP, "name": ""}, 7, {"y": 2}]), ("3 faults", "#/0/name", "#/1", "#/2")),
    ("a line cut off", lines(STEP) + '{"execution_sid": "FN', ("line 2", "is the line cut off?")),
    ("a line that is a number", lines(STEP) + "5\n", ("line 2", "found 5")),
    ("NaN in a line", lines(STEP) + '{"sid": NaN}\n', ("line 2", "NaN")),
    ("a deep line", lines(STEP) + "[" * 100_000 + "\n", ("line 2", "levels deep")),
    ("a table without its columns", "transitioned_from,transitioned_to\na,b\n", ("line 1", "execution_sid, name")),
    ("a column twice", "name," + CSV_HEAD + "x,2026-03-02,FN1,a,sent,b\n", ("line 1", "name more than once")),
    ("a short row", CSV_HEAD + "2026-03-02,FN1,a\n", ("line 2", "has 3 cells", "5 columns")),
    ("a long row", CSV_HEAD + "2026-03-02,FN1,a,sent,b,c\n", ("line 2", "has 6 cells")),
    ("an empty cell", CSV_HEAD + "2026-03-02,,a,sent,b\n", ("line 2/execution_sid", "is missing")),
    ("a quote that never closes", CSV_HEAD + '2026-03-02,FN1,"a,sent,b\n', ("line 2", "quotes")),
    ("only a header", CSV_HEAD, ("holds no steps",)),
]


@pytest.mark.parametrize(("text", "words"), [case[1:] for case in MALFORMED], ids=[case[0] for case in MALFORMED])
def test_what_cannot_be_read_is_named_with_its_place(text: str, words: tuple[str, ...], write) -> None:
    path = write(text, "log.json")
    with pytest.raises(FormatError) as caught:
        load(path)
    for word in (str(path), *words):
        assert word in str(caught.value)


def test_no_more_than_a_hundred_faults_are_told(write) -> None:
    with pytest.raises(FormatError) as caught:
        load(write(json.dumps([STEP, *range(5000)])))
    assert len(caught.value.faults) == 101
    assert "and more faults" in str(caught.value)


def test_a_folder_that_holds_something_else_is_a_sentence(tmp_path) -> None:
    with pytest.raises(FormatError, match=r"it is a folder without \*.json"):
        load(tmp_path)
    (tmp_path / "flow.json").write_text('{"states": []}', encoding="utf-8")
    with pytest.raises(FormatError, match=r"flow\.json: holds no executions"):
        load(tmp_path)


def test_half_characters_and_odd_keys_survive_masking_and_writing(tmp_path, write) -> None:
    said = steps()
    said[-1]["context"]["trigger"]["message"]["Body"] = "half \ud83d, \x1b[2J, NUL no"
    walks = load(write(json.dumps({**execution(), "steps": said})))
    for ending in (".json", ".csv"):
        fl.save(walks, tmp_path / f"out{ending}")
    assert "half �" in load(tmp_path / "out.json")[0].opening["Body"]


@pytest.mark.parametrize(
    "data",
    [
        {"steps": [{"say": "hi"}]},
        {"name": "a test", "steps": []},
        {"executions": 5},
        {"states": [], "steps": [{"transitioned_from": "a"}]},
        [[[[[[[[STEP]]]]]]]],
        [],
        "say,hear\n1,2",
        '{"role": "customer"}',
        None,
    ],
)
def test_what_only_looks_like_it_is_not_taken_for_executions(data: Any) -> None:
    assert not looks_like_executions(data)


def test_parsed_json_loads_as_a_file_does(golden: Walk) -> None:
    (walk,) = load({**execution(), "steps": page()}, redact=False)
    assert replace(walk, source="") == replace(golden, source="")
    deep: Any = []
    for _ in range(200):
        deep = [deep]
    with pytest.raises(FormatError, match="nested more than 100"):
        load({**execution(), "steps": page(), "x": deep})


def test_walks_are_written_as_studio_writes_them(tmp_path, golden: Walk) -> None:
    (written,) = write_executions([golden])["executions"]
    said = {step["sid"]: step for step in steps()}
    assert [step["sid"] for step in written["steps"]["steps"]] == [step["sid"] for step in steps()]
    for step in written["steps"]["steps"]:
        mine = said[step["sid"]]
        assert {key: step[key] for key in mine} == mine
    assert written["steps"]["meta"]["key"] == "steps"
    again = load(fl.save([golden], tmp_path / "out.json"), redact=False)
    assert [replace(walk, source="") for walk in again] == [replace(golden, source="")]


def test_walks_are_saved_as_json_or_csv_and_as_nothing_else(tmp_path, golden: Walk) -> None:
    with pytest.raises(UsageError, match=r"a walk is saved as .json or .csv"):
        fl.save([golden], tmp_path / "out.jsonl")
    table = fl.save([golden], tmp_path / "out.csv").read_text(encoding="utf-8")
    head, *rows = table.splitlines()
    assert head == "date_created,execution_sid,contact_channel_address,transitioned_from,name,transitioned_to"
    assert rows[0] == f"2026-03-02T10:00:00Z,{FN},whatsapp:+12025550143,Trigger,incomingMessage,ask"
    assert len(rows) == len(golden.steps)
