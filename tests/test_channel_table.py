"""The matrix of channels, the card of one, and the verb that prints them."""

from __future__ import annotations

import csv
import json
import re
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

import flowlab as fl
from flowlab.cli import app
from flowlab.errors import UsageError
from flowlab.model.channel_facts import KINDS, QUESTIONS
from flowlab.show.channel_table import TRUST

ROOT = Path(__file__).parents[1]
KIOSK = ROOT / "sample_data" / "channels" / "kiosk.yaml"
HOSTILE = "<script>alert('$x')</script>|\x1b[2J"


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    said = json.dumps(HOSTILE)
    text = f"like: webchat\nname: {said}\nlabel: {said}\nentry_points: [{said}]\nfacts:\n  session_life:\n"
    text += f"    value: {said}\n    source: {said}\n    note: {said}\n    unit: {said}\n"
    path = tmp_path / "hostile.yaml"
    path.write_text(text, encoding="utf-8")
    return path


class Tags(HTMLParser):
    """The tags of a page, and what stands in the titles."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.titles: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.titles += [value or "" for name, value in attrs if name == "title"]


class TestMatrix:
    def test_rows_by_question_columns_by_channel(self) -> None:
        table = fl.channel_table().table
        assert list(table.columns) == list(fl.channels)
        assert list(dict.fromkeys(table.index.get_level_values("question"))) == list(QUESTIONS)
        stated = {name for each in fl.channels.values() for name in each.facts}
        assert set(KINDS) & stated <= set(table.index.get_level_values("fact"))
        facts = table.droplevel("question")
        assert facts.loc["quick_replies_max"].tolist() == [0, 3, 13, 0, 10, 13, 10]
        assert facts.loc["service_window_h", "sms"] is None
        assert facts.loc["price_out", "sms"] == "$0.0083 a segment (Twilio)"
        assert facts.loc["price_out", "email"] is None

    def test_some_channels_and_some_facts_in_the_order_of_the_questions(self) -> None:
        table = fl.channel_table(["line", "sms"], ["max_text_chars", "identity"]).table
        assert list(table.columns) == ["line", "sms"]
        assert [fact for _, fact in table.index] == ["identity", "max_text_chars"]

    def test_it_takes_what_channels_hands_out(self) -> None:
        table = fl.channel_table(fl.channels.where(identity="phone number")).table
        assert list(table.columns) == ["sms", "whatsapp"]
        assert list(fl.channel_table(fl.channels["sms"]).table.columns) == ["sms"]

    def test_facts_that_none_states_are_left_out(self) -> None:
        assert "template_quick_replies_max" not in fl.channel_table(["sms"]).facts
        assert "template_quick_replies_max" in fl.channel_table(["sms", "whatsapp"]).facts

    @pytest.mark.parametrize(
        ("channels", "facts", "message"),
        [
            (["smss"], None, "no channel 'smss'. Did you mean 'sms'"),
            (None, ["max_text_char"], "state no 'max_text_char'. Did you mean 'max_text_chars'"),
            ([], None, "no channels"),
        ],
    )
    def test_wrong_names(self, channels: list[str] | None, facts: list[str] | None, message: str) -> None:
        with pytest.raises(UsageError, match=re.escape(message)):
            fl.channel_table(channels, facts)

    def test_each_value_has_its_mark_and_its_origin_in_the_title(self) -> None:
        page = fl.channel_table(["sms"], ["max_text_chars", "price_out"]).as_html()
        assert "(<b>D</b> 2026-11)" in page
        titles = Tags(page).titles
        assert any(
            "Twilio docs: Conversations limits, as of 2026-11-22 (D); longer bodies" in title for title in titles
        )
        assert any("carrier fees" in title and "2026-10" in title for title in titles)
        assert all(words in unescape(page) for words in TRUST.values())

    def test_a_price_in_text_has_its_date(self) -> None:
        assert "(R 2026-10)" in fl.channel_table(["sms"], ["price_out"]).as_text()

    def test_text_keeps_to_120_columns_and_loses_no_channel(self) -> None:
        text = fl.channel_table().as_text()
        assert max(map(len, text.splitlines())) <= 120
        assert all(one.label in text for one in fl.channels.values())

    def test_csv_has_every_answer_with_its_source(self) -> None:
        table = fl.channel_table(["sms", "line"])
        rows = list(csv.DictReader(StringIO(table.as_csv())))
        assert len(rows) == 2 * len(table.facts)
        mine = next(row for row in rows if (row["channel"], row["fact"]) == ("line", "max_text_chars"))
        assert (mine["text"], mine["trust"]) == ("5,000 UTF-16 units", "S")

    def test_strangers_words_are_escaped_everywhere(self, hostile: Path) -> None:
        one = fl.Channel.from_yaml(hostile)
        table = fl.channel_table([one, "sms"])
        for page in (table.as_html(), table.as_page(), one._repr_mimebundle_()[0]["text/html"]):
            assert "script" not in Tags(page).tags
            assert "\x1b" not in page
        for text in (table.as_text(), table.as_markdown(), table.as_csv(), one.describe(), repr(one)):
            assert "\x1b" not in text
        assert all(line.count("|") - line.count("\\|") == 4 for line in table.as_markdown().splitlines() if "|" in line)


class TestCard:
    def test_it_answers_the_questions_in_their_order(self) -> None:
        text = fl.channels["whatsapp"].describe()
        assert [line for line in text.splitlines() if line in QUESTIONS] == list(QUESTIONS)
        assert "  reply buttons: 3  [D 2026-11-22]" in text

    def test_a_channel_shows_its_card_and_leaves_out_what_does_not_apply(self) -> None:
        page = fl.channels["sms"]._repr_mimebundle_()[0]["text/html"]
        assert all(question in page for question in QUESTIONS)
        assert "caption of a reply button" not in page


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["channels", *arguments])
    return result.exit_code, result.output or str(result.exception)


class TestVerb:
    def test_without_names_all_at_a_glance(self) -> None:
        code, out = run()
        assert code == 0
        assert all(one.label in out for one in fl.channels.values())
        assert "flowlab channels sms" in out

    def test_of_named_ones_the_cards_own_files_too(self) -> None:
        code, out = run("sms", str(KIOSK))
        assert code == 0
        assert out.startswith("SMS / MMS (sms)")
        assert "\nShop kiosk (kiosk)\n" in out

    def test_json_is_one_document(self) -> None:
        code, out = run("line", "--json")
        assert code == 0
        (one,) = json.loads(out)["channels"]
        mine = next(said for said in one["answers"] if said["fact"] == "max_text_chars")
        assert (mine["value"], mine["trust"]) == (5000, "S")

    @pytest.mark.parametrize(
        ("ending", "begins"), [("html", "<!doctype html>"), ("md", "| How does"), ("csv", "question,fact,channel")]
    )
    def test_it_writes_files(self, tmp_path: Path, ending: str, begins: str) -> None:
        path = tmp_path / f"channels.{ending}"
        assert run("-o", str(path)) == (0, f"wrote {path}\n")
        assert path.read_text(encoding="utf-8").startswith(begins)

    def test_wrong_names_write_nothing(self, tmp_path: Path) -> None:
        path = tmp_path / "channels.txt"
        code, out = run("-o", str(path))
        assert code != 0
        assert ".html, .csv, .md" in out
        assert not path.exists()
        assert "no channel 'smss'" in run("smss")[1]
