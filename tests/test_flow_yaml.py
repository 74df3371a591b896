"""Flows in the YAML short form: readable, complete both ways, and every fault with its line and what to do."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import small_flows as small
import strategies
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

import flowlab as fl
from flowlab.cli import main
from flowlab.errors import FlowError, FormatError
from flowlab.formats.flow_yaml import read_yaml, write_yaml
from flowlab.formats.flow_yaml_words import CONDITIONS, VERBS
from flowlab.formats.studio import read_flow, write_flow
from flowlab.model.flow import Flow, State
from flowlab.model.kinds import KINDS
from flowlab.run.conditions import CONDITIONS as COMPARISONS
from flowlab.run.session import Session
from flowlab.text import yaml_tree

ROOT = Path(__file__).parents[1]


def as_json(data: Any) -> str:
    """JSON by which 1, 1.0, true and "1" are four things and the order of keys is nothing."""
    return json.dumps(data, sort_keys=True)


def assert_survives(data: Any) -> str:
    """JSON -> flow -> YAML -> flow -> JSON is equal as JSON. Gives the YAML."""
    flow = read_flow(data)
    text = write_yaml(flow)
    assert as_json(write_flow(read_yaml(text))) == as_json(write_flow(flow))
    assert write_yaml(read_yaml(text)) == text
    text.encode()
    return text


# The form as people read it


SHORT = """\
# A Studio flow in flowlab's short form
flow: Tea or coffee
start: Trigger
flags:
  allow_concurrent_calls: true

usual:
  say:
    from: "{{flow.channel.address}}"
    to: "{{contact.channel.address}}"

states:
  Trigger:
    trigger:
    on:
      incomingMessage: ask
      incomingCall:

  ask:
    ask: |
      What would you like?
      1 tea, 2 coffee
    timeout: 3600
    from: "{{flow.channel.address}}"
    on:
      incomingMessage: sort
      timeout: bye
      deliveryFailure:

  sort:
    split: "{{widgets.ask.inbound.Body}}"
    when:
      - matches_any_of 1, tea: note
      - regex .*coffee.*: note
        friendly_name: Coffee in any words
      - is_blank: ask
    else: bye

  note:
    set:
      drink: "{{widgets.ask.inbound.Body | strip}}"
      cups: 1
    on:
      next: brew

  brew:
    request: https://kitchen.example.com/brew
    method: POST
    content_type: application/json
    body: |
      {"drink": "{{flow.variables.drink}}", "note": 'none'}
    add_twilio_auth: false
    parameters: {}
    on:
      success: bye
      failed:
        name: bye

  bye:
    say: See you
    on:
      sent:
      failed:

  done:
    say: Enjoy
    on:
      sent:
      failed:

  speak:
    type: say-play
    properties:
      say: Enjoy
      loop: 1
    on:
      audioComplete:

layout:
  Trigger: [0, 0]
  ask: [0, 210.5]
"""


def test_the_short_form_is_what_the_writer_writes() -> None:
    assert write_yaml(read_yaml(SHORT)) == SHORT


def test_the_short_form_says_what_studio_says() -> None:
    states = {state["name"]: state for state in write_flow(read_yaml(SHORT))["states"]}
    assert states["ask"] == {
        "name": "ask",
        "type": "send-and-wait-for-reply",
        "transitions": [
            {"event": "incomingMessage", "next": "sort"},
            {"event": "timeout", "next": "bye"},
            {"event": "deliveryFailure"},
        ],
        "properties": {
            "body": "What would you like?\n1 tea, 2 coffee",
            "timeout": "3600",
            "from": "{{flow.channel.address}}",
            "offset": {"x": 0, "y": 210.5},
        },
    }
    tested = ["{{widgets.ask.inbound.Body}}"]
    assert states["sort"]["transitions"] == [
        {"event": "noMatch", "next": "bye"},
        {
            "event": "match",
            "next": "note",
            "conditions": [
                {
                    "friendly_name": "If value matches_any_of 1, tea",
                    "arguments": tested,
                    "type": "matches_any_of",
                    "value": "1, tea",
                }
            ],
        },
        {
            "event": "match",
            "next": "note",
            "conditions": [
                {
                    "friendly_name": "Coffee in any words",
                    "arguments": tested,
                    "type": "regex",
                    "value": ".*coffee.*",
                }
            ],
        },
        {
            "event": "match",
            "next": "ask",
            "conditions": [
                {
                    "friendly_name": "If value is_blank Is Blank",
                    "arguments": tested,
                    "type": "is_blank",
                    "value": "Is Blank",
                }
            ],
        },
    ]
    assert states["note"]["properties"]["variables"][1] == {"value": "1", "key": "cups"}
    assert states["brew"]["transitions"][1] == {"event": "failed", "name": "bye"}
    assert states["bye"]["properties"]["to"] == "{{contact.channel.address}}"
    assert states["speak"]["properties"] == {"say": "Enjoy", "loop": 1}


def test_a_moved_box_and_an_edited_word_are_one_line_each() -> None:
    data = write_flow(read_yaml(SHORT))
    data["states"][1]["properties"] |= {"offset": {"x": 5, "y": 5}, "body": "What would you like?\n1 tea, 2 milk"}
    before, after = SHORT.splitlines(), write_yaml(read_flow(data)).splitlines()
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert changed == [
        ("      1 tea, 2 coffee", "      1 tea, 2 milk"),
        ("  ask: [0, 210.5]", "  ask: [5, 5]"),
    ]


def test_its_words_are_those_of_the_engine() -> None:
    assert set(CONDITIONS) == set(COMPARISONS)
    assert {verb.type for verb in VERBS.values()} == {kind.type for kind in KINDS.values() if kind.is_text}


def test_the_example_of_the_page_is_a_flow_as_the_writer_writes_it() -> None:
    page = (ROOT / "docs" / "flow_yaml.md").read_text(encoding="utf-8")
    first = page.split("```yaml\n")[1].split("```")[0]
    flow = read_yaml(first)
    assert not [f for f in fl.check(flow) if f.severity == "error"]
    session = Session(flow)
    assert "1 order" in session.start("hi")[0]


def test_the_page_names_every_verb_and_property() -> None:
    page = (ROOT / "docs" / "flow_yaml.md").read_text(encoding="utf-8")
    for verb in VERBS.values():
        row = next(line for line in page.splitlines() if line.startswith(f"| `{verb.word}`"))
        assert f"`{verb.type}`" in row
        assert all(f"`{name}`" in row for name in verb.properties), verb.word


# Nothing is lost


def test_every_real_flow_survives(real_flows: list[Path]) -> None:
    for path in real_flows:
        assert_survives(json.loads(path.read_text(encoding="utf-8-sig")))


@pytest.mark.parametrize("name", ["order_support", "order_support_v2"])
def test_the_sample_flows_survive(name: str) -> None:
    data = json.loads((ROOT / "sample_data" / "flows" / f"{name}.json").read_text(encoding="utf-8"))
    lines = assert_survives(data).count("\n")
    assert lines < json.dumps(data, indent=2).count("\n") / 3


STATE: dict[str, Any] = {"name": "a", "type": "send-message", "transitions": [], "properties": {}}
ODD_STATES = [
    {"type": "trigger"},
    {"name": None, "type": "trigger", "transitions": []},
    {**STATE, "type": "no-such-widget"},
    {**STATE, "type": "${kind}"},
    {**STATE, "sid": "FF1", "x": None},
    {**STATE, "properties": None},
    {**STATE, "properties": []},
    {**STATE, "properties": "text"},
    {**STATE, "properties": {"body": 5, "from": None, "to": "", "odd": [1, {"a": None}], "shorten_urls": "true"}},
    {**STATE, "properties": {"body": "true", "media_url": "~", "from": "null", "to": "on", "service": "1e3"}},
    {**STATE, "properties": {"content_variables": [{"key": "{{1}}", "value": "x"}], "shorten_urls": True}},
    {**STATE, "properties": {"offset": {"x": 1, "y": 2, "z": 3}}},
    {**STATE, "properties": {"offset": {"x": "1", "y": 2}}},
    {**STATE, "properties": {"offset": {"x": True, "y": 2}}},
    {**STATE, "properties": {"offset": {"x": -1.5e300, "y": 10**30}}},
    {**STATE, "transitions": None},
    {**STATE, "transitions": [5, "x", None, {}]},
    {**STATE, "transitions": [{"event": "sent", "next": None}, {"event": "failed", "next": ""}]},
    {**STATE, "transitions": [{"event": "sent", "next": "nowhere"}, {"event": "failed", "name": "a"}]},
    {**STATE, "transitions": [{"event": "sent", "next": "a"}, {"event": "sent"}]},
    {**STATE, "transitions": [{"event": "queued"}, {"event": "sent", "next": "a", "conditions": []}]},
    {**STATE, "transitions": [{"next": "a"}, {"event": None}]},
    {**STATE, "type": "set-variables", "properties": {"variables": [{"key": "a", "value": 1, "type": "json_object"}]}},
    {**STATE, "type": "set-variables", "properties": {"variables": [{"key": "a"}, {"key": "a"}]}},
    {**STATE, "type": "set-variables", "properties": {"variables": [{"key": "a", "value": "{}", "index": "0"}, 5]}},
    {**STATE, "type": "set-variables", "properties": {"variables": None}},
    {**STATE, "type": "send-to-flex", "properties": {"timeout": 60, "priority": "1", "workflow": None}},
]
CONDITION = {"friendly_name": "If value equal_to 1", "arguments": ["{{x}}"], "type": "equal_to", "value": "1"}
ODD_CONDITIONS: list[Any] = [
    CONDITION,
    {**CONDITION, "friendly_name": ""},
    {**CONDITION, "friendly_name": None},
    {**CONDITION, "friendly_name": "Take {value} as it is 1"},
    {**CONDITION, "friendly_name": "One: 1"},
    {**CONDITION, "arguments": []},
    {**CONDITION, "arguments": ["{{y}}"]},
    {**CONDITION, "arguments": ["{{x}}", "{{y}}"]},
    {**CONDITION, "arguments": "{{x}}"},
    {**CONDITION, "value": " 1 "},
    {**CONDITION, "value": ""},
    {**CONDITION, "value": 1},
    {**CONDITION, "value": "two\nlines: #"},
    {**CONDITION, "value": "x" * 2000},
    {**CONDITION, "value": "a: b # 'c' \"d\" \\d"},
    {**CONDITION, "type": "is_blank", "value": ""},
    {**CONDITION, "type": "is_blank", "value": "Is Blank"},
    {**CONDITION, "type": "equals"},
    {**CONDITION, "odd": 1},
    {"type": "equal_to", "value": "1"},
    5,
]


@pytest.mark.parametrize("state", ODD_STATES, ids=range(len(ODD_STATES)))
def test_odd_states_survive(state: dict[str, Any]) -> None:
    assert_survives({"states": [state], "initial_state": "a"})


@pytest.mark.parametrize("condition", ODD_CONDITIONS, ids=range(len(ODD_CONDITIONS)))
@pytest.mark.parametrize("input", ["{{x}}", None, 5])
def test_odd_branches_survive(condition: Any, input: Any) -> None:
    match = {"event": "match", "next": "a", "conditions": [condition]}
    no_match = {"event": "noMatch", "next": "a"}
    split = {**STATE, "type": "split-based-on", "properties": {"input": input}}
    for exits in ([no_match, match], [match, no_match], [match, no_match, match], [match], [{**match, "next": None}]):
        assert_survives({"states": [{**split, "transitions": exits}]})


DEFINITIONS: list[dict[str, Any]] = [
    {"states": []},
    {"states": [], "description": None, "initial_state": None, "flags": None},
    {"states": [], "description": "", "initial_state": ""},
    {"states": [STATE], "initial_state": "b", "description": 5, "status": "published", "$schema": "x"},
    {"states": [STATE], "flags": {"allow_concurrent_calls": False, "more": [{}]}, "start": 1, "flow": {}, "json": []},
]
WRAPPINGS: list[Callable[[Any], Any]] = [
    lambda d: d,
    lambda d: {"sid": "FW1", "friendly_name": "Menu", "definition": d, "valid": True, "errors": []},
    lambda d: {"definition": json.dumps(d, indent=3)},
    lambda d: {"definition": json.dumps(d, ensure_ascii=False), "x": None},
    lambda d: json.dumps({"definition": json.dumps(d)}),
    lambda d: {"definition": {"definition": {"definition": d, "revision": 1}}},
]


@pytest.mark.parametrize("wrap", WRAPPINGS, ids=range(len(WRAPPINGS)))
@pytest.mark.parametrize("definition", DEFINITIONS, ids=range(len(DEFINITIONS)))
def test_odd_definitions_and_all_wrappings_survive(definition: Any, wrap: Callable[[Any], Any]) -> None:
    assert_survives(wrap(definition))


def test_an_edited_flow_inside_a_text_is_written_anew() -> None:
    data = {"definition": json.dumps({"states": [STATE | {"properties": {"body": "Hello"}}]}, indent=1)}
    text = write_yaml(read_flow(data))
    edited = write_flow(read_yaml(text.replace("say: Hello", "say: Goodbye")))
    assert json.loads(edited["definition"])["states"][0]["properties"]["body"] == "Goodbye"


HOSTILE = st.sampled_from(
    [
        *(
            "yes",
            "No",
            "on",
            "OFF",
            "null",
            "~",
            "true",
            "1",
            "007",
            "1_000",
            "0x1f",
            "1e3",
            ".5",
            "1:30",
            "2026-01-01",
        ),
        *(
            "{{x}}",
            "{% if %}",
            "- a",
            "a: b",
            "a #b",
            "#",
            "'",
            '"',
            "\\",
            "\\n",
            "|",
            ">",
            "&a",
            "*a",
            "!a",
            "%a",
            "@a",
        ),
        *(
            "`a",
            "?",
            "? a",
            ":",
            "a:",
            "<<",
            "=",
            "---",
            "...",
            "[",
            "]",
            "{",
            "}",
            ",",
            "",
            " ",
            "  a",
            "a ",
            "\ta",
            "a\t",
        ),
        *(
            "\n",
            "a\nb",
            "a\n",
            "\na",
            "a\n\nb",
            " a\nb",
            "a \nb",
            "a\n b",
            "a\n---\nb",
            "a\n#b",
            "a\n...",
            "x\r\ny",
            "\r",
        ),
        *(
            "\x00",
            "\x1b[2J",
            "\x7f",
            "\x85",
            "\xa0",
            "\u2028",
            "\u202e",
            "\ufeff",
            "\ufffe",
            "\ud83d",
            "\udc4b",
            "👩‍👩‍👧",
        ),
        *("a" * 3000, "word " * 900, "\n".join("line " * 9 for _ in range(9)), "ß\n\u200dß"),
    ]
)
texts = HOSTILE | st.text(max_size=12) | st.text(alphabet="ab \n\t:#-'\"\\{}[]", max_size=14)
values = st.recursive(
    texts | st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(value=values, text=texts, key=texts)
@settings(max_examples=400)
def test_hostile_values_survive_wherever_they_stand(value: Any, text: str, key: str) -> None:
    condition = {"friendly_name": text, "arguments": [text], "type": "equal_to", "value": key}
    states = [
        {
            "name": key or "k",
            "type": "send-message",
            "properties": {"body": text, "from": value, "odd": value, key: text},
            "transitions": [{"event": "sent", "next": key}, {"event": key, "odd": value}],
        },
        {
            "name": f"{key}.",
            "type": "split-based-on",
            "properties": {"input": text},
            "transitions": [{"event": "match", "next": key, "conditions": [condition]}, value],
        },
        {"name": f"{key}-", "type": text or "t", "properties": value, key: value},
        {
            "name": f"{key}_",
            "type": "set-variables",
            "properties": {"variables": [{"key": key, "value": text}, {"key": text, "value": value}]},
        },
    ]
    assert_survives({"states": states, "description": text, "initial_state": key, key + "x": value})


@given(definition=strategies.odd_definitions())
def test_what_strangers_write_survives(definition: dict[str, Any]) -> None:
    assert_survives(definition)


@given(definition=strategies.flows(), deeds=strategies.deeds)
@settings(max_examples=60)
def test_the_yaml_and_the_json_of_a_flow_give_the_same_events(definition: dict[str, Any], deeds: Any) -> None:
    flow = read_flow(definition)
    logs = []
    for one in (flow, read_yaml(write_yaml(flow), flow.source)):
        session = Session(one)
        session.start("hi")
        for text, seconds in deeds:
            if session.handed_off:
                break
            session.wait(seconds) if text is None else session.say(text, after_s=seconds)
        logs.append(session.events)
    assert logs[0] == logs[1]


@given(value=values)
def test_the_slow_parser_reads_the_same(value: Any) -> None:
    """Where the quick parser is not installed, files mean the same."""
    text = write_yaml(read_flow({"states": [{**STATE, "properties": {"odd": value}}]}))
    with pytest.MonkeyPatch.context() as patch:
        patch.delattr(yaml, "CSafeLoader", raising=False)
        slow = yaml_tree.read_tree(text, "x")
    assert slow == yaml_tree.read_tree(text, "x")


def test_studio_json_in_yaml_clothes_is_read_too() -> None:
    data = write_flow(small.flow(small.ask(), small.split(("equal_to", "1", "bye"))))
    assert write_flow(read_yaml(yaml.safe_dump(data))) == data
    assert write_flow(read_yaml(json.dumps(data))) == data


def test_files_by_their_ending(tmp_path: Path, greeting: Flow) -> None:
    for ending in ("yaml", "yml"):
        path = fl.save(greeting, tmp_path / f"hello.{ending}")
        again = fl.load(path)
        assert isinstance(again, Flow)
        assert (again.states, again.name) == (greeting.states, "hello")


def test_flows_that_no_file_can_hold(greeting: Flow) -> None:
    twice = Flow((*greeting.states, greeting["ask"]), "Trigger", name="twice")
    with pytest.raises(FlowError, match="two states called 'ask'"):
        write_yaml(twice)
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    for odd in (float("nan"), object(), deep, {1}):
        with pytest.raises(FlowError, match=r"cannot hold|nested more than"):
            write_yaml(Flow((State("a", "x", (), {"odd": odd}),)))
    with pytest.raises(FlowError, match="has no type"):
        write_yaml(Flow((State("a", ""),)))


def test_nested_as_deep_as_json_may_be() -> None:
    deep: list[Any] = []
    for _ in range(95):
        deep = [deep]
    text = assert_survives({"states": [{**STATE, "properties": {"odd": deep}}]})
    assert "nested" not in text


# What is wrong is said with its line

TOP = "start: a\nstates:\n"
SPLIT = f"{TOP}  a:\n    split: x\n    when:\n"
SAY = "  a:\n    say: Hi\n    on:\n      sent:\n"

#: What it is, the file, and what its message must hold; a number is a line that must be named.
FAULTS: list[tuple[str, str, tuple[str | int, ...]]] = [
    ("nothing", "# only a comment\n", ("is empty",)),
    ("a text", "hello\n", ("is no flow", "'states:'")),
    ("a services file", "widgets:\n  a: {json: 1}\n", ("services file", "--services PATH")),
    ("a workspace", "workers: []\nqueues: []\n", ("TaskRouter workspace",)),
    ("other keys", "state:\n  a: 1\n", ("is no flow", "Did you mean 'states'?")),
    ("a misspelt key", f"star: a\n{TOP}{SAY}", (1, "no 'star'", "Did you mean 'start'?")),
    ("states are a text", "states: none\n", (1, "expected the states")),
    ("starts nowhere", f"start: b\nstates:\n{SAY}", (1, "no state 'b'", "Known: a.")),
    ("a state without a step", f"{TOP}  a:\n    on: {{}}\n", (3, "which step is it?", "say, ask")),
    ("a misspelt step", f"{TOP}  a:\n    sya: Hi\n", (4, "no step 'sya'", "Did you mean 'say'?")),
    ("a step of Studio", f"{TOP}  a:\n    send-message: Hi\n", (4, "no step 'send-message'", "write 'say:'.")),
    ("two steps", f"{TOP}  a:\n    say: Hi\n    ask: Who?\n", (5, "one step", "'say' and 'ask'")),
    ("a misspelt property", f"{TOP}  a:\n    ask: Hi\n    timout: 60\n", (5, "Did you mean 'timeout'?", "properties:")),
    ("an empty state", f"{TOP}  a:\n", (3, "say: Hello")),
    ("a state that is a text", f"{TOP}  a: Hi\n", (3, "expected the state's step")),
    ("no such state", f"{TOP}{SAY.replace('sent:', 'sent: A')}", (6, "no state 'A'", "Did you mean 'a'?")),
    ("a made up end", f"{TOP}{SAY.replace('sent:', 'sent: end')}", (6, "write nothing after the colon")),
    (
        "no such event",
        f"{TOP}{SAY.replace('sent:', 'send:')}",
        (6, "no event 'send'", "Did you mean 'sent'?", "{next:"),
    ),
    ("an exit that is a list", f"{TOP}{SAY.replace('sent:', 'sent: [a]')}", (6, "expected a text, found a list")),
    ("exits that are a list", f"{TOP}  a:\n    say: Hi\n    on: [sent]\n", (5, "on: expected lines")),
    ("an event twice in braces", f"{TOP}{SAY.replace('sent:', 'sent: {event: x}')}", (6, "is said already")),
    ("braces without quotes", f"{TOP}  a:\n    say: {{{{x}}}}\n", (4, "begins with '{{' wants quotes")),
    ("a colon without quotes", f"{TOP}  a:\n    say: Choose: 1\n", (4, "put quotes around")),
    ("a tab", f"{TOP}  a:\n\tsay: Hi\n", (4, "a tab", "indent with blanks")),
    ("an open quote", f'{TOP}  a:\n    say: "Hi\n', ("never closed", "begun in line 4")),
    ("a bad indent", f"{TOP}  a:\n    say: Hi\n   on:\n", (5, "indentation")),
    ("text below a text", f"{TOP}  a:\n    say: Hi\n    there\n    on: {{}}\n", ("line", "YAML")),
    ("a key twice", f"{TOP}{SAY}  a:\n    say: Ho\n", (7, "'a' stands in line 3 already")),
    ("an event twice", f"{TOP}{SAY}      sent: a\n", (7, "'sent' stands in line 6 already")),
    ("an anchor", f"{TOP}  a: &x\n    say: Hi\n", (3, "anchors (&x) are not read")),
    ("an alias", f"{TOP}  a: &x\n    say: Hi\n  b: *x\n", (5, "aliases")),
    ("a merge", f"{TOP}  a:\n    <<: {{say: Hi}}\n", (4, "merge keys")),
    ("a tag", f"{TOP}  a:\n    say: !!python/object/apply:os.system ['x']\n", (4, "tags", "not read")),
    ("two documents", f"{TOP}{SAY}---\n{TOP}{SAY}", (7, "second document")),
    ("a control character", f"{TOP}  a:\n    say: \x07\n", (4, "control character \\x07", '"\\x07"')),
    ("half a character", f"{TOP}  a:\n    say: \ud83d\n", (4, "\\ud83d")),
    ("a deep nest", f"{TOP}  a: {'[' * 50_000}\n", (3, "nested more than")),
    ("a huge number", f"{TOP}  a:\n    say: Hi\n    properties:\n      x: {'9' * 5000}\n", (6, "too many digits")),
    ("an endless number", f"{TOP}  a:\n    say: Hi\n    properties: {{x: 1e999}}\n", (5, "1e999 is too large")),
    ("no comparison", f"{SPLIT}      - equals 1: a\n", (6, "Did you mean 'equal_to'?")),
    ("else as a branch", f"{SPLIT}      - else: a\n", (6, "said by else:, below")),
    (
        "two branches in one",
        f"{SPLIT}      - equal_to 1: a\n        equal_to 2: a\n",
        (7, "one"),
    ),
    ("json and more", f"{SPLIT}      - json: {{}}\n        friendly_name: x\n", (6, "the whole branch")),
    ("branches as a map", f"{TOP}  a:\n    split: x\n    when:\n      equal_to 1: a\n", (6, "a list of branches")),
    ("a branch as a text", f"{SPLIT}      - equal_to 1\n", (6, "expected a branch")),
    ("else of a say", f"{TOP}  a:\n    say: x\n    else: a\n", (5, "'say' has no 'else'")),
    ("a box without a state", f"{TOP}{SAY}layout:\n  b: [0, 0]\n", (8, "layout: there is no state 'b'")),
    ("a box with one number", f"{TOP}{SAY}layout:\n  a: [0]\n", (8, "two numbers")),
    ("a box twice", f"{TOP}{SAY}    properties: {{offset: 1}}\nlayout:\n  a: [0, 0]\n", (9, "leave no room")),
    ("a name under json", f"{TOP}{SAY}    json: {{name: b}}\n", (7, "name is its key")),
    ("a property twice", f"{TOP}{SAY}    properties: {{body: x}}\n", (7, "'body' is said twice")),
    ("properties as a text", f"{TOP}{SAY}    properties: x\n", (7, "beside body")),
    ("exits twice", f"{TOP}{SAY}    transitions: []\n", (5, "has no on:")),
    ("without what", f"{TOP}{SAY}    without: [nam]\n", (7, "Did you mean 'name'?")),
    ("variables as a list", f"{TOP}  a:\n    set: [x]\n", (4, "variables: expected 'key: value'")),
    ("a flag in words", f"{TOP}  a:\n    request: x\n    add_twilio_auth: yes\n", (5, "expected true or false")),
    ("a speaking trigger", f"{TOP}  a:\n    trigger: Hi\n", (4, "events stand below on:")),
    ("no type", f"{TOP}  a:\n    type:\n", (4, "expected a Studio widget type")),
    ("usual for no step", f"usual:\n  sy: {{from: x}}\n{TOP}{SAY}", (2, "Did you mean 'say'?")),
    ("usual of no property", f"usual:\n  say: {{form: x}}\n{TOP}{SAY}", (2, "Did you mean 'from'?")),
    ("wrapped in what", f"{TOP}{SAY}wrapped:\n  - sid: FW1\n", (8, "wrapped: expected")),
    ("a nameless state", f"{TOP}{SAY}  '':\n    say: Hi\n", (7, "needs a name")),
    ("a list key", f"{TOP}  ? [a]\n  : {{say: Hi}}\n", (3, "a key must be a text")),
    ("two states of Studio", "states:\n- {name: a, type: x}\n- {name: a, type: x}\n", (3, "taken already")),
]


@pytest.mark.parametrize(("text", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_faults_are_said_with_their_line(text: str, words: tuple[str | int, ...]) -> None:
    with pytest.raises(FormatError) as caught:
        read_yaml(text, "menu.yaml")
    message = str(caught.value)
    assert message.startswith("menu.yaml: ")
    for word in words:
        assert (f"line {word}, column" if isinstance(word, int) else word) in message, message
    assert len(message) < 1000


def test_all_faults_at_once_in_the_order_of_their_lines() -> None:
    text = (
        "start: nowhere\nstates:\n  a:\n    sya: Hi\n  b:\n    say: Hi\n    on:\n      sent: c\nlayout:\n  d: [0, 0]\n"
    )
    with pytest.raises(FormatError) as caught:
        read_yaml(text)
    lines = [int(fault.path.split()[1].strip(",")) for fault in caught.value.faults]
    assert lines == [1, 4, 8, 10]
    assert [fault.state for fault in caught.value.faults] == ["", "a", "b", ""]


@given(text=st.text(alphabet="ab:{}[]-|>&*!#'\" \n\t,?%@`<", max_size=40) | st.text(max_size=30))
@settings(max_examples=300)
def test_any_text_is_a_flow_or_a_sentence(text: str) -> None:
    for before in ("", TOP, f"{TOP}{SAY}    ", f"{TOP}  a:\n    say: "):
        try:
            read_yaml(before + text)
        except FormatError as error:
            assert error.faults


@given(
    value=values, cut=st.integers(0, 400), put=st.sampled_from(["", "\n", "{", "'", '"', ": ", "\t", "- ", "&a ", "*a"])
)
def test_a_damaged_file_is_a_flow_or_a_sentence(value: Any, cut: int, put: str) -> None:
    text = write_yaml(read_flow({"states": [{**STATE, "properties": {"body": "x", "odd": value}}]}))
    try:
        read_yaml(text[:cut] + put + text[cut + 1 :])
    except FormatError as error:
        assert error.faults


def test_of_a_great_many_faults_the_first_are_told() -> None:
    states = "".join(f"  a{n}:\n    say: x\n    on: {{sent: b}}\n" for n in range(3000))
    with pytest.raises(FormatError) as caught:
        read_yaml(f"states:\n{states}")
    assert len(caught.value.faults) == 201
    assert caught.value.faults[-1].message == "and 2,800 more"


def test_the_command_line_says_the_same(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for number, (_, text, words) in enumerate(FAULTS):
        if "\ud83d" in text:
            continue  # no file can hold it
        path = write(text, f"{number}.yaml")
        monkeypatch.setattr(sys, "argv", ["flowlab", "check", str(path)])
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        assert (caught.value.code, out) == (2, "")
        assert err.startswith(f"flowlab: {path}")
        assert all(isinstance(word, int) or word in err for word in words)


def test_the_mistakes_on_the_page_are_said_just_so() -> None:
    page = (ROOT / "docs" / "flow_yaml.md").read_text(encoding="utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    broken = example.replace("timeout: 3600", "timout: 3600", 1).replace(
        "incomingMessage: sort", "incomingMessage: srot"
    )
    with pytest.raises(FormatError) as caught:
        read_yaml(broken, "menu.yaml")
    assert f"```\n{caught.value}\n```" in page


def test_line_ends_of_windows_and_a_mark_of_unicode_change_nothing(write: Callable[..., Path]) -> None:
    path = write(b"\xef\xbb\xbf" + SHORT.replace("\n", "\r\n").encode(), "flow.yaml")
    flow = fl.load(path)
    assert isinstance(flow, Flow)
    assert write_yaml(flow) == SHORT


@pytest.mark.parametrize("name", ["delivery_slot"])
def test_the_sample_in_yaml_is_whole_and_runs(name: str) -> None:
    flow = fl.load(ROOT / "sample_data" / "flows" / f"{name}.yaml")
    assert isinstance(flow, Flow)
    assert not [finding for finding in fl.check(flow, channels=["sms", "whatsapp"]) if finding.severity != "note"]
    session = Session(flow, services={"widgets": {"save_slot": {"json": {}}}})
    assert "1 in the morning" in session.start("hi")[0]
    assert session.say("In the afternoon") == ["See you tomorrow in the afternoon."]
    assert session.outcome == "contained"
    late = Session(flow)
    late.start("hi")
    assert late.wait(14_400)[0].startswith("Are you still there?")
    late.wait(14_400)
    assert late.outcome == "handed_off"
