"""Conversations from JSON Lines and CSV: two forms of the same talk, and everything that can be wrong with a file."""

from __future__ import annotations

import csv
import io
import json
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.errors import FormatError, UsageError
from flowlab.formats.conversations import read_conversations, write_csv, write_jsonl
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.outcome import Outcome

HEADER = "conversation_id,channel,time,role,text,media,outcome,resolved,contact,entry_point,context,campaign\n"
CSV = (
    HEADER
    + 'c1,sms,2026-03-02T10:00:05Z,customer,"hi, where is\nmy order?",,,,+12025550143,+12025550100,,spring\n'
    + "c2,webchat,2026-03-02T11:00:00+01:00,customer,👋 hello,,,,,help page,"
    + '"{""form"": {""name"": ""Kim"", ""n"": 2}}",\n'
    + "c1,,2026-03-02T10:00:07.5Z,bot,Your order number?,,,,,,,\n"
    + "c1,,2026-03-02 10:00:45,customer,,https://example.com/1.jpg;photo.png,contained,yes,,,,spring\n"
)
LINES = [
    {
        "id": "c1",
        "channel": "sms",
        "outcome": "contained",
        "resolved": True,
        "contact": "+12025550143",
        "entry_point": "+12025550100",
        "campaign": "spring",
        "messages": [
            {"role": "customer", "time": "2026-03-02T10:00:05Z", "text": "hi, where is\nmy order?"},
            {"role": "bot", "time": 1772445607.5, "text": "Your order number?"},
            {
                "role": "customer",
                "time": "2026-03-02T10:00:45Z",
                "text": "",
                "media": ["https://example.com/1.jpg", "photo.png"],
            },
        ],
    },
    {
        "id": "c2",
        "channel": "webchat",
        "entry_point": "help page",
        "context": {"form": {"name": "Kim", "n": 2}},
        "messages": [{"role": "customer", "time": "2026-03-02T10:00:00Z", "text": "👋 hello"}],
    },
]
JSONL = "\n".join(json.dumps(line) for line in LINES)


def read(text: str | bytes | Path, **options: Any) -> list[Conversation]:
    return read_conversations(text, source="talks", redact=False, **options)  # type: ignore[arg-type]


def test_what_a_csv_says() -> None:
    first, second = read(CSV)
    assert (first.id, first.channel, first.outcome, first.resolved) == ("c1", "sms", Outcome.CONTAINED, True)
    assert (first.contact, first.entry_point) == ("+12025550143", "+12025550100")
    assert first.messages == (
        Message(Role.CUSTOMER, "hi, where is\nmy order?", 1772445605.0),
        Message(Role.BOT, "Your order number?", 1772445607.5),
        Message(Role.CUSTOMER, "", 1772445645.0, ("https://example.com/1.jpg", "photo.png")),
    )
    assert (first.extra, first.source) == ({"campaign": "spring"}, "talks")
    assert (second.outcome, second.resolved, second.extra) == (None, None, {})
    assert second.context == {"form": {"name": "Kim", "n": 2}}
    assert second.messages[0].time_s == 1772445600.0


def test_twins_read_equal() -> None:
    rows = csv.DictReader(io.StringIO(CSV, newline=""))
    one_message_a_line = "\n".join(json.dumps({k: v for k, v in row.items() if v}) for row in rows)
    one_message_a_line = one_message_a_line.replace('"bot"', '"bot", "media": null').replace(
        '"media": "h', '"text": "", "media": "h'
    )
    assert read(CSV) == read(JSONL) == read(one_message_a_line)


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: text.encode(),
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.encode("utf-16"),
        lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
        lambda text: text.encode("utf-32"),
        lambda text: text.replace("where is\nmy", "where is my").replace("\n", "\r\n").encode(),
    ],
    ids=["utf-8", "utf-8 with mark", "utf-16", "utf-16 big end", "utf-32", "CRLF"],
)
@pytest.mark.parametrize("text", [CSV, JSONL], ids=["csv", "jsonl"])
def test_encodings_and_line_ends(tmp_path: Path, text: str, encode: Any) -> None:
    path = tmp_path / "talks.txt"
    path.write_bytes(encode(text))
    got = read(path)
    assert [len(c.messages) for c in got] == [3, 1]
    assert got[1].messages[0].text == "👋 hello"
    assert got[0].messages[0].text in ("hi, where is\nmy order?", "hi, where is my order?")


def test_a_file_may_be_named_by_text_and_names_itself_in_errors(tmp_path: Path) -> None:
    path = tmp_path / "talks.csv"
    path.write_text(CSV, encoding="utf-8")
    assert [c.source for c in read_conversations(str(path))] == [str(path)] * 2
    path.write_text("hello\n", encoding="utf-8")
    with pytest.raises(FormatError, match="^" + str(path)):
        read_conversations(path)


def test_one_conversation_over_many_lines() -> None:
    assert read(json.dumps(LINES[0], indent=2)) == read(CSV)[:1]


@pytest.mark.parametrize("sign", [";", "\t"])
def test_other_separators(sign: str) -> None:
    rows = csv.reader(io.StringIO(CSV, newline=""))
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign).writerows(rows)
    assert read(out.getvalue()) == read(CSV)


def test_names_that_other_systems_use() -> None:
    text = "Session ID;Channel Type;Created-At;direction;Writer;Body;message\n"
    text += "7;sms;2026-03-02T10:00:05Z;inbound;kim;hi;x\n"
    text += "7;sms;2026-03-02T10:00:06Z;outbound-api;bot-1;hello;x\n"
    (talk,) = read(text)
    assert [(m.role, m.text) for m in talk.messages] == [(Role.CUSTOMER, "hi"), (Role.BOT, "hello")]
    assert talk.extra == {"Writer": ["kim", "bot-1"], "message": "x"}


def test_order_is_by_time_where_every_message_has_one() -> None:
    rows = [
        ("t", "10:00:09", "3"),
        ("t", "10:00:01", "1"),
        ("t", "10:00:01", "2"),
        ("u", "10:00:09", "1"),
        ("u", "", "2"),
    ]
    rows.append(("u", "10:00:01", "3"))
    text = "id,channel,role,time,text,n\n"
    text += "".join(f"{name},sms,bot,{'2026-03-02T' + at if at else ''},{said},{said}\n" for name, at, said in rows)
    for talk in read(text):
        assert [m.text for m in talk.messages] == ["1", "2", "3"]
        assert talk.extra == {"n": ["1", "2", "3"]}


def test_redaction_is_on_unless_switched_off() -> None:
    text = "id,channel,role,text\n1,sms,customer,I am kim@example.com\n"
    assert read_conversations(text)[0].messages[0].text == "I am <EMAIL_1>"
    assert read_conversations(text, redact=False)[0].messages[0].text == "I am kim@example.com"


def test_half_an_emoji_does_not_refuse_the_file() -> None:
    (talk,) = read('{"id": "1", "channel": "sms", "messages": [{"role": "bot", "text": "hi \\ud83d"}]}')
    assert talk.messages[0].text == "hi \ufffd"


def test_values_that_look_like_formulas_are_not_changed() -> None:
    talk = Conversation(
        "1", "sms", (Message(Role.CUSTOMER, '=HYPERLINK("x")'), Message(Role.BOT, "+1\t@a")), source="talks"
    )
    assert read(write_csv([talk])) == [talk]


def test_a_conversation_without_messages_survives() -> None:
    talk = Conversation("1", "sms", (), outcome="not_started", source="talks")
    assert read(write_csv([talk])) == read(write_jsonl([talk])) == [talk]


def test_extra_column_with_a_columns_name_is_refused_in_csv_and_kept_in_json() -> None:
    talk = Conversation("1", "sms", (Message(Role.BOT, "hi"),), extra={"text": "x"}, source="talks")
    with pytest.raises(UsageError, match="extra column 'text' cannot be written as CSV"):
        write_csv([talk])
    assert read(write_jsonl([talk])) == [talk]


BAD_CSV = [
    ("empty", "", "is empty"),
    ("blank", " \n\n ", "is empty"),
    ("no header", "1,sms,customer,hi\n2,sms,bot,hi\n", "line 1: is not a header; the first line must name the columns"),
    ("missing column", "id,channel,text\n1,sms,hi\n", "line 1: has no column role (understood too: author, sender"),
    ("column twice", "id,channel,role,text,text\n", "line 1: names the column 'text' 2 times"),
    ("role", "1,sms,robot,hi", "line 2: role 'robot' is not one of customer, bot, agent, system"),
    ("no role", "1,sms,,hi", "line 2: role is missing; it is one of"),
    ("no id", ",sms,bot,hi", "line 2: conversation_id is empty"),
    ("no channel", "1,,bot,hi", "line 2: conversation '1' has no channel"),
    ("two channels", "1,sms,bot,hi\n1,line,bot,hi", "line 3: channel 'line' differs from 'sms' in line 2"),
    ("time", "1,sms,bot,hi,02/03/2026 10:00", "line 2: time '02/03/2026 10:00' is not ISO 8601, such as 2026-03-02T"),
    ("time of no day", "1,sms,bot,hi,2026-02-30T10:00:00Z", "line 2: time '2026-02-30T10:00:00Z' is not ISO 8601"),
    ("time out of range", "1,sms,bot,hi,9999-12-31", "line 2: time '9999-12-31' is not between 1970 and 5138"),
    ("outcome", "1,sms,bot,hi,,containd", "line 2: outcome 'containd' is not an outcome. Did you mean 'contained'?"),
    ("resolved", "1,sms,bot,hi,,,perhaps", "line 2: resolved 'perhaps' is neither true nor false"),
    ("context", "1,sms,bot,hi,,,,{oops", "line 2: context must be a JSON object, not '{oops'"),
    ("context list", "1,sms,bot,hi,,,,[1]", "line 2: context must be a JSON object, not [1]"),
    ("media list", "1,sms,bot,hi,,,,,[1]", "line 2: media must be a list of texts, not [1]"),
    ("media cut", "1,sms,bot,hi,,,,,[a", "line 2: media must be a JSON list, not '[a'"),
    ("too many cells", "1,sms,bot,hi,,,,,,,9", "line 2: has 11 cells where the header names 10 columns"),
    ("too few cells", "1,sms", "line 2: has 2 cells where the header names 10 columns"),
    ("nameless", "1,sms,bot,hi,,,,,,lost", "line 2: has a value in a column without a name"),
    ("open quote", '1,sms,bot,hi\n1,sms,bot,"hi\n1,sms,bot,ho', "line 3: a quote that opens here is never closed"),
    ("text after quote", '1,sms,bot,"hi" ho', "line 2: quotes are not balanced"),
    ("long cell", "1,sms,bot," + "x" * 140_000, "line 2: a cell that begins here is longer than 131,072 characters"),
    ("NUL", "1,sms,bot,h\0i", "line 2: holds a NUL character"),
]
BAD_HEADER = "id,channel,role,text,time,outcome,resolved,context,media,\n"


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in BAD_CSV], ids=[case[0] for case in BAD_CSV])
def test_faulty_csv(text: str, message: str) -> None:
    if "line 2" in message or "line 3" in message:
        width = BAD_HEADER.count(",")
        rows = [row + "," * (width - row.count(",")) if "cells" not in message else row for row in text.split("\n")]
        text = BAD_HEADER + "\n".join(rows)
    with pytest.raises(FormatError) as caught:
        read(text)
    assert message in str(caught.value)
    assert str(caught.value).startswith("talks: ")
    assert len(caught.value.faults) == 1


def one(**changes: Any) -> str:
    message = {"role": "bot", "text": "hi"}
    return json.dumps({"id": "1", "channel": "sms", "messages": [message]} | changes)


BAD_JSONL = [
    ("truncated", one()[:40], "line 1: is not JSON ("),
    ("truncated later", one() + "\n\n" + one(id="2")[:-1], "line 3: is not JSON (Expecting ',' delimiter, column 74)"),
    ("one list", f"[{one()}]", "is one JSON list; JSON Lines has one object a line"),
    ("list line", one() + "\n[1, 2]", "line 2: is not a JSON object but [1, 2]"),
    ("text line", one() + '\n"hi"', "line 2: is not a JSON object but 'hi'"),
    ("neither", '{"id": "1", "channel": "sms"}', "line 1: is neither a conversation (no 'messages') nor a message (no"),
    ("messages", one(messages={"role": "bot"}), "line 1: messages must be a list, not {'role': 'bot'}"),
    ("message", one(messages=["hi"]), "line 1: message 1 is not a JSON object but 'hi'"),
    ("role", one(messages=[{"role": "bot", "text": ""}, {"role": "x"}]), "line 1, message 2: role 'x' is not one of"),
    ("no role", one(messages=[{"text": "hi"}]), "line 1, message 1: role is missing; it is one of"),
    ("text", one(messages=[{"role": "bot", "text": 5}]), "line 1, message 1: text must be text, not 5"),
    ("role type", one(messages=[{"role": ["bot"], "text": ""}]), "message 1: role must be text, not ['bot']"),
    ("media", one(messages=[{"role": "bot", "media": {"a": 1}}]), "message 1: media must be a list of texts, not {'a'"),
    ("milliseconds", one(messages=[{"role": "bot", "time": 1772445605123}]), "are these milliseconds?"),
    ("time type", one(messages=[{"role": "bot", "time": True}]), "message 1: time must be text, not True"),
    ("no id", '{"channel": "sms", "messages": []}', "line 1: conversation_id is empty"),
    ("id type", one(id=[1]), "line 1: conversation_id must be text, not [1]"),
    ("no channel", '{"id": "1", "messages": []}', "line 1: conversation '1' has no channel"),
    ("twice", one() + "\n" + one(id="2") + "\n" + one(), "line 3: conversation '1' was already given in line 1"),
    ("outcome", one(outcome="handed over"), "outcome 'handed over' is not an outcome. Did you mean 'handed_off'?"),
    ("outcome type", one(outcome=3), "line 1: outcome must be text, not 3"),
    ("resolved", one(resolved=2), "line 1: resolved must be text, not 2"),
    ("contact", one(contact=12025550143), "line 1: contact must be text, not 12025550143"),
    ("context", one(context=[1]), "line 1: context must be a JSON object, not [1]"),
    ("NaN", one(context={"n": float("nan")}), "line 1: NaN is not a JSON number"),
    ("infinite", one(context={"n": 1}).replace("1}", "1e999}"), "line 1: the number 1e999 is too large"),
    ("deep", one(context={"n": 0}).replace("0", "[" * 60 + "]" * 60), "line 1: is nested more than 50 levels deep"),
    ("very deep", '{"id": ' + "[" * 100_000, "line 1: is nested more than 50 levels deep"),
    ("huge number", one(id="2").replace('"2"', "9" * 5000), "line 1: "),
    ("NUL", one() + "\n\0", "line 2: holds a NUL character"),
]


@pytest.mark.parametrize(("text", "message"), [case[1:] for case in BAD_JSONL], ids=[case[0] for case in BAD_JSONL])
def test_faulty_jsonl(text: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read(text)
    assert message in str(caught.value)
    assert len(caught.value.faults) == 1


def test_all_faults_at_once_with_their_lines() -> None:
    text = "id,channel,role,text,outcome\n1,sms,robot,hi,\n1,sms,bot,hi,done\n,sms,bot,hi,\n1,sms,bot,ok,\n"
    with pytest.raises(FormatError) as caught:
        read(text)
    assert [fault.path for fault in caught.value.faults] == ["line 2", "line 3", "line 4"]
    assert str(caught.value).startswith("talks: 3 faults\n  - line 2: role 'robot'")


def test_a_thousand_faults_are_told_in_a_page() -> None:
    with pytest.raises(FormatError) as caught:
        read("id,channel,role,text\n" + "1,sms,robot,hi\n" * 1000)
    assert len(caught.value.faults) == 101
    assert str(caught.value.faults[-1]) == "and 900 more faults"


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"id,channel,role,text\n1,sms,bot,Gr\xfc\xdfe\n", "line 2, byte 33: is not UTF-8. Save the file as UTF-8"),
        ("id,channel,role,text\n".encode("utf-16-le"), "line 1: holds a NUL character; is it UTF-16 without its mark"),
        (b"\xff\xfeabc", "is not UTF-16"),
    ],
)
def test_unreadable_bytes(tmp_path: Path, data: bytes, message: str) -> None:
    path = tmp_path / "talks.csv"
    path.write_bytes(data)
    with pytest.raises(FormatError) as caught:
        read_conversations(path)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["missing.csv", "."])
def test_no_such_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError, match="cannot be read: "):
        read_conversations(str(tmp_path / name))


def talks(*, csv_only: bool) -> st.SearchStrategy[list[Conversation]]:
    """Conversations as a file can hold them. CSV has no NUL and no empty or typed extra values."""
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0" if csv_only else ""), max_size=12)
    word = text.map(str.strip).filter(bool)
    value = st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-1e6, 1e6) | text
    context = st.dictionaries(text, st.recursive(value, st.lists, max_leaves=4), max_size=2)
    message = st.builds(
        Message,
        st.sampled_from(Role),
        text,
        st.integers(0, 4_000_000_000_000_000).map(lambda us: us / 1_000_000),
        st.lists(text.filter(bool), max_size=2).map(tuple),
    )
    known = {"text", "role", "time", "media", "channel", "outcome", "resolved", "contact", "entry_point", "context"}
    names = word.filter(lambda name: name not in known | {"conversation_id"})
    conversation = st.builds(
        Conversation,
        id=word,
        channel=word,
        messages=st.lists(message, max_size=4).map(lambda ms: tuple(sorted(ms, key=lambda m: m.time_s or 0))),
        outcome=st.none() | st.sampled_from([outcome.value for outcome in Outcome]),
        resolved=st.none() | st.booleans(),
        contact=text.map(str.strip),
        entry_point=text.map(str.strip),
        context=context,
        extra=st.dictionaries(names, text.filter(bool) if csv_only else value, max_size=2),
        source=st.just("talks"),
    )
    return st.lists(conversation, min_size=1, max_size=3, unique_by=lambda c: c.id)


@settings(deadline=None)
@given(talks(csv_only=False))
def test_jsonl_written_and_read_is_the_same(conversations: list[Conversation]) -> None:
    assert read(write_jsonl(conversations)) == conversations


@settings(deadline=None)
@given(talks(csv_only=True))
def test_csv_written_and_read_is_the_same(conversations: list[Conversation]) -> None:
    assert read(write_csv(conversations)) == conversations


@settings(deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(st.sampled_from([*'{}[]",;:\n\r', "id", "role", "text", "messages", "1"])).map("".join)
)
def test_any_text_is_read_or_refused_politely(text: str) -> None:
    try:
        read_conversations(text + "\n\n", source="talks")
    except FormatError as error:
        assert str(error).startswith("talks: ")


def test_twenty_thousand_messages_take_about_a_second() -> None:
    lines = tuple(Message(Role.CUSTOMER, "where is my order 10421, please?", 1.7e9 + n) for n in range(10))
    conversations = [Conversation(f"c{n}", "sms", lines, contact="+12025550143", source="talks") for n in range(2_000)]
    text = write_csv(conversations)
    before = time.process_time()
    got = read_conversations(text, source="talks")
    assert time.process_time() - before < 8  # 0.8 s on an idle core
    assert len(got) == 2_000
    assert got[0] == replace(conversations[0], contact="<PHONE_1>")
