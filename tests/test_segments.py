"""SMS segments: the published rules, case by case; Twilio's own calculator, text by text; what holds for every text."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import flow, say

import flowlab as fl
from flowlab.run.graphemes import clusters
from flowlab.run.smart_encoding import replacements
from flowlab.show.segments_page import html_page, text_page

GOLDEN = Path(__file__).parent / "golden" / "segments.jsonl"
EXTENSION = "^{}\\[~]|€\f"
FAMILY = "👨\u200d👩\u200d👧\u200d👦"  # one character to a reader, 11 UTF-16 units
MARKS = "e" + "\u0301" * 79  # one character of 80 units


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("x" * 160, "GSM-7", 1),
        ("x" * 161, "GSM-7", 2),
        ("x" * 306, "GSM-7", 2),
        ("x" * 307, "GSM-7", 3),
        ("é" * 160, "GSM-7", 1),
        ("ç" * 70, "UCS-2", 1),  # the small letter is not in the alphabet, the capital is
        ("Ç" * 160, "GSM-7", 1),
        ("日" * 70, "UCS-2", 1),
        ("日" * 71, "UCS-2", 2),
        ("日" * 134, "UCS-2", 2),
        ("日" * 135, "UCS-2", 3),
        ("’" + "x" * 69, "UCS-2", 1),
        ("’" + "x" * 70, "UCS-2", 2),
        ("👋" * 35, "UCS-2", 1),
        ("👋" * 36, "UCS-2", 2),
        ("日" * 66 + "👋" + "日" * 66, "UCS-2", 3),  # an emoji over the border moves on, and the last no longer fits
        ("x\r\n" * 53, "GSM-7", 1),
        ("日" + "\r\n" * 35, "UCS-2", 2),
    ],
)
def test_published_limits(text: str, encoding: str, segments: int) -> None:
    cut = fl.segments(text)
    assert (cut.encoding, cut.segments) == (encoding, segments)


@pytest.mark.parametrize("char", EXTENSION)
def test_an_extension_character_takes_two_and_never_stands_across_a_border(char: str) -> None:
    assert fl.segments(char).units == 2
    assert fl.segments("x" * 158 + char).segments == 1
    over = fl.segments("x" * 159 + char)
    assert (over.segments, over.units, [len(part) for part in over.parts]) == (2, 161, [153, 7])
    moved = fl.segments("x" * 152 + char + "x" * 152)  # 306 units, yet three segments: one unit of the first is lost
    assert [len(part) for part in moved.parts] == [152, 152, 1]
    assert fl.segments("x" * 152 + char + "x" * 151).left_in_segment == 0
    assert fl.segments(char + "日").units == 2, "in UCS-2 it is a character like any other"


@pytest.mark.parametrize(
    "whole",
    ["👋", "👋🏽", "🇵🇹", FAMILY, "e\u0301", "ก็", "하\u11a8", "❤\ufe0f", "1\ufe0f\u20e3"],
)
def test_what_a_reader_sees_as_one_character_is_never_torn(whole: str) -> None:
    assert clusters(whole) == [whole]
    text = "日" * 66 + whole + "日" * 20
    assert fl.segments(text).parts == ("日" * 66, whole + "日" * 20)


def test_a_character_longer_than_a_segment_is_counted_as_the_calculator_counts_it() -> None:
    assert [len(part) for part in fl.segments(MARKS).parts] == [0, 80]
    assert [len(part) for part in fl.segments("ab" + MARKS + "c").parts] == [2, 80, 1]
    with_full_first = fl.segments("x" * 69 + MARKS)
    assert [len(part) for part in with_full_first.parts] == [67, 82]
    assert with_full_first.left_in_segment == 0


@pytest.mark.parametrize("char", ["\u200d", "\u0301", "\ud83d", "\udc4b", "\x00", "\x1b", "`", "\t", "\u00a0", "ç"])
def test_one_character_outside_the_alphabet_makes_the_text_ucs_2(char: str) -> None:
    cut = fl.segments(f"abc{char}{char}")
    assert (cut.encoding, cut.forced_by, cut.costly_characters) == ("UCS-2", char, ((3, char), (4, char)))


def test_halves_of_a_pair_are_taken_together() -> None:
    assert fl.segments("\ud83d\udc4b") == fl.segments("👋")
    assert fl.segments("\ud83d\udc4b").characters == 1
    assert fl.segments("\udc4b\ud83d").characters == 2


def test_a_text_of_a_million_characters_is_cut_too() -> None:
    assert fl.segments("a" * 1_000_000).segments == 6_536
    assert fl.segments("👋🏽" * 200_000).segments == 12_500
    assert fl.segments("e" + "\u0301" * 500_000).segments == 2
    assert fl.segments("🇵" * 100_001).characters == 50_001


# What Twilio's own calculator says


def read_golden() -> list[dict[str, object]]:
    """Each: the text, and what the calculator said of it, plain and with smart encoding."""
    return [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()[1:]]


@pytest.mark.parametrize("case", read_golden(), ids=lambda case: ascii(case["text"])[:40])
def test_counts_are_those_of_twilios_calculator(case: dict[str, object]) -> None:
    for smart, said in ((False, case["plain"]), (True, case["smart"])):
        cut = fl.segments(str(case["text"]), smart_encoding=smart)
        assert [cut.encoding, cut.segments, cut.characters, cut.units, cut.left_in_segment] == said


ASK = """
const { SegmentedMessage } = require("sms-segments-calculator");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const ask = (text, smart) => {
  const said = new SegmentedMessage(text, "auto", smart);
  const parts = said.segments.map((s) => Array.from(s).map((c) => c.raw || "").join(""));
  return [said.encodingName, said.segmentsCount, said.numberOfCharacters, parts];
};
console.log(JSON.stringify(texts.map((text) => [ask(text, false), ask(text, true)])));
"""
CALCULATOR = os.environ.get("FLOWLAB_SMS_CALCULATOR", "")
#: Of each way in which characters cling together, and of each kind that Smart Encoding replaces.
ODD = "\u200d \ufe0f \u0301 \u0903 \u0600 \u0d4e \u1100 \u1161 \u11a8 \u200b \u00a0 \u0e47"
PIECES = st.sampled_from([*"x €^é’日👋🏽👩❤🚀🇵각가ก…½\t", "\r\n", *ODD.split(" ")])
TEXTS = st.one_of(
    st.text(max_size=300),
    st.lists(PIECES, max_size=200).map("".join),
    st.tuples(st.integers(60, 170), st.lists(PIECES, max_size=40)).map(lambda made: "x" * made[0] + "".join(made[1])),
)


@pytest.mark.skipif(
    not CALCULATOR or shutil.which("node") is None,
    reason="FLOWLAB_SMS_CALCULATOR names no folder with npm's sms-segments-calculator, or there is no node",
)
@given(st.lists(TEXTS, min_size=50, max_size=50))
def test_the_calculator_itself_agrees(texts: list[str]) -> None:
    asked = subprocess.run(
        ["node", "-e", ASK], input=json.dumps(texts), capture_output=True, text=True, check=True, cwd=CALCULATOR
    )
    for text, said in zip(texts, json.loads(asked.stdout), strict=True):
        for smart in (False, True):
            cut = fl.segments(text, smart_encoding=smart)
            assert [cut.encoding, cut.segments, cut.characters, list(cut.parts)] == said[smart]


# What holds for every text


@given(TEXTS)
def test_parts_are_the_text_and_every_part_fits(text: str) -> None:
    cut = fl.segments(text)
    assert "".join(cut.parts) == cut.text == text
    assert len(cut.parts) == cut.segments
    assert sum(fl.segments(part).units for part in cut.parts if cut.encoding == "GSM-7") in (0, cut.units)
    if cut.encoding == "UCS-2" and max(map(len, clusters(text))) <= 3:
        assert all(len(part.encode("utf-16-le")) <= (140 if cut.segments == 1 else 134) for part in cut.parts)
    if cut.encoding == "GSM-7":
        assert all(fl.segments(part).units <= (160 if cut.segments == 1 else 153) for part in cut.parts)
    assert "".join(clusters(text)) == text


@given(TEXTS)
def test_the_encoding_follows_from_the_characters(text: str) -> None:
    cut = fl.segments(text)
    assert (cut.encoding == "UCS-2") == bool(cut.forced_by) == bool(cut.costly_characters)
    assert all(text[at] == char and fl.segments(char).encoding == "UCS-2" for at, char in cut.costly_characters)
    assert fl.segments(text) == cut
    assert hash(fl.segments(text)) == hash(cut)


@given(TEXTS, st.sampled_from("x é^€\n"))
def test_one_more_plain_character_never_costs_less(text: str, char: str) -> None:
    assert fl.segments(text + char).segments >= fl.segments(text).segments


@given(TEXTS)
def test_smart_encoding_counts_the_text_that_it_sends(text: str) -> None:
    sent = fl.segments(text, smart_encoding=True)
    assert fl.segments(sent.text) == sent
    assert not set(map(ord, sent.text)) & set(replacements())


# What a designer is told


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("It’s " + "x" * 70, "’ → ' makes this 1 segment instead of 2."),
        ("It’s — " + "x" * 70, "’ → ' and — → - make this 1 segment instead of 2."),
        ("Hello 👋 " + "x" * 70, "Leaving out 👋 makes this 1 segment instead of 2."),
        (f"“Hi” {FAMILY}" + "x" * 150, f'“ → ", ” → " and leaving out {FAMILY} make this 1 segment instead of 3.'),
        ("a\u00a0b" + "x" * 70, "U+00A0 → 2 spaces makes this 1 segment instead of 2."),
        ("Cafe\u0301 " + "x" * 70, "Leaving out U+0301 makes this 1 segment instead of 2."),
        ("It’s", ""),  # one segment either way
        ("日本語テキスト" * 20, ""),  # another alphabet: nothing to leave out
        ("👋" * 80, ""),  # nothing would be left
        ("x" * 200, ""),
    ],
)
def test_advice(text: str, advice: str) -> None:
    assert fl.segments(text).advice == advice


def test_advice_keeps_its_word() -> None:
    cut = fl.segments("It’s — " + "x" * 70)
    assert "1 segment instead of 2" in cut.advice
    assert fl.segments(cut.text, smart_encoding=True).segments == 1


def test_shown_in_terminal_and_notebook_nothing_steers() -> None:
    cut = fl.segments("<b>It’s</b>\x1b[2J\u202e " + "x" * 70)
    page, text = html_page(cut), text_page(cut)
    assert "&lt;b&gt;It<span" in page
    assert "<b>It" not in page
    assert not set("\x1b\u202e") & set(page + text)
    assert "2 segments in UCS-2" in page
    data, _ = cut._repr_mimebundle_()
    assert (data["text/html"], data["text/plain"]) == (page, repr(cut))
    assert len(text_page(fl.segments("x" * 100_000)).splitlines()) == 22


def test_the_command_says_it_in_words_and_in_json(run) -> None:
    code, out, _ = run("segments", "It’s " + "x" * 70, "short")
    assert code == 0
    assert "2 segments in UCS-2: 75 UTF-16 units, room for 59 more in the last" in out
    assert "Outside GSM-7: ’ (U+2019)" in out
    assert "’ → ' makes this 1 segment instead of 2." in out
    assert "1 segment in GSM-7: 5 septets, room for 155 more" in out
    code, out, _ = run("segments", "-", "--json", typed="It’s\n")
    (found,) = json.loads(out)
    assert (found["text"], found["units"], found["characters"]) == ("It’s", 4, 4)
    assert found["costly_characters"] == [{"at": 2, "character": "’", "code": "U+2019"}]
    _, out, _ = run("segments", "It’s", "--smart-encoding", "--json")
    assert (json.loads(out)[0]["text"], json.loads(out)[0]["encoding"]) == ("It's", "GSM-7")
    code, _, err = run("segments", "-", "-")
    assert code == 2
    assert "give it once" in err


def test_the_check_names_every_costly_character_and_what_to_do() -> None:
    two = flow(say("a", "Don’t worry — " + "x" * 70))
    (found,) = (each for each in fl.check(two, ["sms"]) if each.rule == "text-costly-character")
    assert found.message == "The characters '’' (U+2019) and '—' (U+2014) make this text 2 segments long (UCS-2)."
    assert found.fix == "’ → ' and — → - make this 1 segment instead of 2."
    short = flow(say("a", "Don’t worry — " + "x" * 50))
    assert not [each for each in fl.check(short, ["sms"]) if each.rule == "text-costly-character"]
    many = flow(say("a", "Don’t worry " + "x" * 200))
    (found,) = (each for each in fl.check(many, ["sms"]) if each.rule == "text-many-segments")
    assert found.fix.startswith("’ → ' makes this 2 segments instead of 4. Shorten it")
