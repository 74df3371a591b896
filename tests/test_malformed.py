"""Files that are not right: by ``load`` and by the command line a sentence with file and place, never a traceback."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flowlab.cli import main
from flowlab.errors import FlowlabError, FormatError
from flowlab.formats import load

OK: dict[str, Any] = {"name": "a", "type": "send-message", "transitions": [], "properties": {}}


def states(*made: Any) -> str:
    return json.dumps({"states": list(made), "initial_state": "a"})


#: What it is, the file's content, and the words that its message must hold.
MALFORMED: list[tuple[str, str | bytes, tuple[str, ...]]] = [
    ("an empty file", "", ("is empty",)),
    ("only white space", " \n\t\n", ("is empty",)),
    ("only a byte order mark", b"\xef\xbb\xbf", ("is empty",)),
    ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe\xfd", ("line 1, byte 0", "Save the file as UTF-8")),
    ("an archive", b"PK\x03\x04\x14\x00\x00\x00", ("NUL",)),
    ("Latin-1", '{"states": [], "description": "Grüße"}'.encode("latin-1"), ("line 1, byte", "UTF-8")),
    ("UTF-16 without its mark", json.dumps({"states": []}).encode("utf-16-le"), ("UTF-16",)),
    ("half of UTF-16", b'\xff\xfe{\x00"', ("UTF-16",)),
    ("truncated", '{"states": [{"name": "a", "type": "x"', ("is not JSON", "line 1, column 38")),
    ("truncated after many lines", '{\n"states": [\n{"name": "a",\n', ("is not JSON", "line 4")),
    ("a comma too many", '{"states": [1,]}', ("is not JSON", "line 1")),
    ("single quotes", "{'states': []}", ("is not JSON", "line 1, column 2")),
    ("a comment", '{"states": [] // none\n}', ("is not JSON", "line 1")),
    ("two values", '{"states": []}\n{"states": []}', ("line",)),
    ("NaN", '{"states": [],\n"x": NaN}', ("NaN is not a JSON number",)),
    ("Infinity", '{"states": [],\n"x": -Infinity}', ("Infinity is not a JSON number",)),
    ("a number too large", '{"states": [],\n"x": 1e999}', ("1e999 is too large",)),
    ("a number too long", '{"states": [],\n"x": ' + "1" * 5000 + "}", ("is not JSON", "digits")),
    ("nested 100,000 deep", '{"states": [],\n"x": ' + "[" * 100_000 + "]" * 100_000 + "}", ("nested too deep",)),
    ("nested 200 deep", '{"states": [],\n"x": ' + "[" * 200 + "]" * 200 + "}", ("nested more than 100 levels",)),
    ("never closed", "[" * 100_000, ("nested too deep",)),
    ("a number", "42", ("line 1",)),
    ("null", "null", ("line 1",)),
    ("a word", "hello", ("line 1",)),
    ("a text", '"hello"', ("flow.json",)),
    ("a list", "[]", ("expected an object with 'states', found a list",)),
    ("a list of numbers", "[1, 2]", ("found a list",)),
    ("an empty object", "{}", ("no 'states'", "Its keys: none")),
    ("another object", '{"name": "x", "version": 2}', ("no 'states'", "Its keys: name, version")),
    ("states null", '{"states": null}', ("#/states", "expected a list of states, found null")),
    ("states an object", '{"states": {"a": {}}}', ("#/states", "found an object")),
    ("states a text", '{"states": "a"}', ("#/states", "found a text")),
    (
        "states a list of numbers",
        '{"states": [1, 2]}',
        ("2 faults", "#/states/0: expected a state", "#/states/1", "found a number"),
    ),
    ("a state that is a list", states(OK, []), ("#/states/1", "found a list")),
    ("a state without a name", states({"type": "send-message"}), ("#/states/0/name", "has no name")),
    ("a state with an empty name", states({**OK, "name": ""}), ("#/states/0/name", "has no name")),
    ("a state with a number for a name", states({**OK, "name": 5}), ("#/states/0/name", "has no name")),
    ("a state without a type", states({"name": "a"}), ("state 'a'", "#/states/0/type", "has no type", "send-message")),
    ("a state with a number for a type", states({**OK, "type": 5}), ("state 'a'", "#/states/0/type")),
    (
        "two pairs of the same name",
        states(OK, OK, {**OK, "name": "b"}, {**OK, "name": "b"}),
        ("2 faults", "#/states/1/name", "taken already by #/states/0", "#/states/3/name", "#/states/2"),
    ),
    ("two nameless triggers", states({"type": "trigger"}, {"type": "trigger"}), ("'Trigger'", "taken already")),
    ("a definition that is no flow", '{"definition": 5}', ("expected an object with 'states', found a number",)),
    ("a definition that is null", '{"sid": "FW1", "definition": null}', ("found null",)),
    ("a definition of broken text", '{"definition": "{oops"}', ("is not JSON",)),
    (
        "definitions within definitions",
        '{"definition": {"definition": {"definition": {"definition": {"definition": {}}}}}}',
        ("no 'states'",),
    ),
    ("a text with no flow in it", json.dumps(json.dumps({"a": 1})), ("no 'states'", "Its keys: a")),
    (
        "legacy with a nameless state",
        json.dumps({"states": [{"type": "InitialState", "name": "T"}, {"type": "Message"}]}),
        ("#/states/1", "a name"),
    ),
    (
        "legacy with a number among its states",
        json.dumps({"states": [{"type": "InitialState", "name": "T"}, 5, None]}),
        ("2 faults", "#/states/1", "#/states/2"),
    ),
    ("a TaskRouter workflow without filters", '{"task_routing": {}}', ("no TaskRouter workflow", "Its keys: none")),
    ("a TaskRouter workflow of broken text", '{"sid": "WW1", "configuration": "{oops"}', ("is not JSON", "line 1")),
    ("CSV without a header", "c1,sms,customer,hi\nc1,sms,bot,hello\n", ("line 1",)),
    ("CSV without what it needs", "name,age\nKim,7\n", ("line 1",)),
    ("a web page", "<!doctype html><html><body>Sign in</body></html>", ("line 1",)),
    ("YAML", "states:\n  - name: a\n    type: trigger\n", ("line 1",)),
]
IDS = [made[0] for made in MALFORMED]


def test_there_are_many_kinds() -> None:
    assert len(set(IDS)) == len(IDS) >= 40


@pytest.mark.parametrize(("content", "words"), [m[1:] for m in MALFORMED], ids=IDS)
def test_load_says_what_is_wrong_and_where(
    content: str | bytes, words: tuple[str, ...], write: Callable[..., Path]
) -> None:
    path = write(content)
    with pytest.raises(FormatError) as caught:
        load(path)
    message = str(caught.value)
    assert str(path) in message
    for word in words:
        assert word in message
    assert len(message) < 2000
    assert caught.value.faults


def run(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[Any, str, str]:
    monkeypatch.setattr(sys, "argv", ["flowlab", *arguments])
    with pytest.raises(SystemExit) as caught:
        main()
    out, err = capsys.readouterr()
    return caught.value.code, out, err


@pytest.mark.parametrize(("content", "words"), [m[1:] for m in MALFORMED], ids=IDS)
def test_the_command_line_says_the_same(
    content: str | bytes,
    words: tuple[str, ...],
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write(content)
    code, out, err = run(["check", str(path)], monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert err.startswith(f"flowlab: {path}")
    for word in words:
        assert word in err
    assert "Traceback" not in err


NOT_THERE = [
    ("missing", lambda folder: folder / "none.json", "there is no file"),
    ("a folder", lambda folder: folder, "cannot be read"),
    ("below a file", lambda folder: file_in(folder) / "flow.json", "there is no file"),
    ("a name too long", lambda folder: folder / ("x" * 5000), "too long"),
]


def file_in(folder: Path) -> Path:
    path = folder / "file.txt"
    path.write_text("x")
    return path


@pytest.mark.parametrize(("place", "words"), [n[1:] for n in NOT_THERE], ids=[n[0] for n in NOT_THERE])
@pytest.mark.parametrize("verb", [["check"], ["convert", "OUT"], ["chat"]], ids=lambda verb: verb[0])
def test_what_is_not_there(
    place: Callable[[Path], Path],
    words: str,
    verb: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = place(tmp_path)
    rest = [str(tmp_path / "out.json") if word == "OUT" else word for word in verb[1:]]
    code, out, err = run([verb[0], str(path), *rest], monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err
    assert not (tmp_path / "out.json").exists()
    with pytest.raises((FlowlabError, OSError)) as caught:
        load(path)
    assert words in str(caught.value)


def test_text_given_for_a_file_is_said_so() -> None:
    with pytest.raises(FlowlabError, match=r"json\.loads"):
        load(json.dumps({"states": [OK]}))


def test_one_good_file_does_not_hide_a_bad_one(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    good, bad = write(states(OK), "good.json"), write("{}", "bad.json")
    code, out, err = run(["check", str(good), str(bad)], monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert "bad.json" in err


def test_names_that_no_terminal_can_show_are_shown_somehow(
    write: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(states({**OK, "name": "\ud83d", "type": "\ud83d"}))
    code, out, err = run(["check", str(path), "--json"], monkeypatch, capsys)
    assert code in (0, 1)
    assert "Traceback" not in err
    assert json.loads(out)
