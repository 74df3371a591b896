"""Channels as data: the built-in ones are complete and sourced; a user's own file is read or refused in full."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest

from flowlab.errors import FormatError, UsageError
from flowlab.model.channel import BUILT_IN, Channel, channel, channels
from flowlab.model.channel_facts import CARRIES, COST, KINDS, PACE, ROUTED, START
from flowlab.model.channel_file import FACTS
from flowlab.model.channel_words import NAMES as NAMES_OF_ANSWERS
from flowlab.model.channel_words import answer, in_words
from flowlab.model.prices import PriceRow

NAMES = ["sms", "whatsapp", "line", "email", "webchat", "messenger", "inapp"]

OWN = """
name: kiosk
label: Shop kiosk
identity: app identity
velocity: real-time
trigger_event: incomingConversationMessage
address_format: "kiosk:{id}"
example_contact: "kiosk:7"
example_address: "shop:berlin"
entry_points: [a button on the screen]
facts:
  max_text_chars: 500
  quick_replies_max: {value: 6, unit: buttons, source: our own design, as_of: 2026-11, trust: M}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "kiosk.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


def test_seven_channels_in_table_order() -> None:
    assert list(channels) == NAMES
    assert sorted(path.stem for path in BUILT_IN.glob("*.yaml")) == sorted(NAMES)
    assert all(name == found.name for name, found in channels.items())


@pytest.mark.parametrize("name", NAMES)
def test_every_built_in_fact_has_unit_source_date_and_trust(name: str) -> None:
    for fact, stated in channel(name).facts.items():
        assert stated.unit and stated.source, fact
        assert re.fullmatch(r"20\d\d(-\d\d){0,2}", stated.as_of), fact
        assert stated.trust in {"D", "S", "R", "M"}, fact


@pytest.mark.parametrize("name", NAMES)
def test_what_a_reader_of_any_channel_can_rely_on(name: str) -> None:
    one = channel(name)
    needed = {"quick_replies_max", "list_items_max", "media_types", "reply_delay_median_s", "reply_delay_p90_s"}
    assert needed | {"text_with_media", "delivery_signal", "opt_out", "session_life"} <= set(one.facts)
    assert one.value("reply_delay_median_s") < one.value("reply_delay_p90_s")
    assert one.value("billing_unit") == ("segment" if name == "sms" else "message")
    assert len(one.entry_points) >= 3
    one.check_address(one.example_contact)


def test_documented_limits() -> None:
    limits = {name: channel(name).value("max_text_chars") for name in NAMES}
    assert limits == {
        "sms": 1600,
        "whatsapp": 1600,
        "line": 5000,
        "email": None,
        "webchat": 32768,
        "messenger": 2000,
        "inapp": 32768,
    }
    assert [channel(name).value("quick_replies_max") for name in ("sms", "whatsapp", "line", "messenger")] == [
        0,
        3,
        13,
        13,
    ]
    assert [name for name in NAMES if channel(name).value("service_window_h") == 24] == ["whatsapp", "messenger"]
    assert [name for name in NAMES if channel(name).trigger_event == "incomingMessage"] == [
        "sms",
        "whatsapp",
        "messenger",
    ]


def test_line_counts_utf16_units_the_others_characters() -> None:
    assert [name for name, one in channels.items() if one.value("text_counted_in") == "UTF-16 units"] == ["line"]
    assert channel("line").facts["max_text_chars"].unit == "UTF-16 units"


@pytest.mark.parametrize("name", NAMES)
def test_no_fact_speaks_of_what_the_channel_has_not(name: str) -> None:
    """No captions without buttons, no descriptions without lists, no files without media."""
    one = channel(name)
    for fact, kind in KINDS.items():
        if kind.needs and not one.value(kind.needs):
            assert fact not in one.facts, f"{fact} needs {kind.needs}"


@pytest.mark.parametrize("name", NAMES)
def test_facts_agree_with_each_other(name: str) -> None:
    value = channel(name).value
    assert value("rich_text_chars", 0) <= value("max_text_chars", 10**9)
    assert value("quick_replies_max") <= value("template_quick_replies_max", 10**9)
    assert value("read_receipts") is False or "read" in value("delivery_signal"), "a receipt is a delivery signal"
    assert not value("opt_in_words") or value("opt_out_words"), "nothing to come back to"
    assert all(word == word.upper() for kind in ("opt_out", "opt_in", "help") for word in value(f"{kind}_words"))
    assert len({*value("opt_out_words"), *value("opt_in_words"), *value("help_words")}) == sum(
        len(value(f"{kind}_words")) for kind in ("opt_out", "opt_in", "help")
    )
    if name in ("sms", "whatsapp", "messenger"):
        assert value("rendered_by") == "platform"
    assert value("session_expires_h", 10**9) >= value("service_window_h", 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_four_questions_are_answered(name: str) -> None:
    needed = {
        START: {"identity", "entry_points", "first_contact_context", "business_may_start", "opt_out"},
        ROUTED: {"trigger_event", "address_format", "rendered_by", "delivery_signal"},
        PACE: {"velocity", "reply_delay_median_s", "session_life", "agent_concurrency"}
        | {"typing_indicator", "read_receipts"},
        CARRIES: {"quick_replies_max", "list_items_max", "cards_max", "media_types", "templates", "threads", "subject"},
        COST: {"billing_unit"},
    }
    for question, names in needed.items():
        known = {one for one in NAMES_OF_ANSWERS if answer(channel(name), one).known}
        assert names <= known
        assert all(answer(channel(name), one).question == question for one in names)
        assert f"\n{question}\n" in channel(name).describe()


def test_an_unknown_price_is_absent_not_zero() -> None:
    on = date(2026, 3, 2)
    prices = {name: channel(name).price("out", on) for name in NAMES}
    assert {name: price.usd for name, price in prices.items() if price} == {"sms": 0.0083, "whatsapp": 0.005}


def test_example_numbers_lie_in_the_range_kept_for_fiction() -> None:
    for one in channels.values():
        for address in (one.example_contact, one.example_address):
            if "+" in address:
                assert re.search(r"\+1\d{3}55501\d\d$", address)
            if "@" in address and "." in address:
                assert address.endswith("@example.com")


def test_readme_explains_every_fact_and_no_other() -> None:
    readme = (BUILT_IN / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Facts")[2].partition("## Prices")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FACTS)


def test_readme_explains_every_key_of_a_price_and_no_other() -> None:
    readme = (BUILT_IN / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Prices")[2].partition("## Trust")[0]
    documented = {
        word for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for word in re.findall(r"`(\w+)`", row)
    }
    keys = {"from" if field.name == "since" else field.name for field in fields(PriceRow)}
    assert documented == keys


def test_unknown_channel_is_named_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no channel 'watsapp'. Did you mean 'whatsapp'\?"):
        channel("watsapp")


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("sms", "+447911123456", ["447911123456", "+1", "+", "", "whatsapp:+447911123456", "+4479x1123456"]),
        ("whatsapp", "whatsapp:+12025550143", ["+12025550143", "whatsapp:12025550143", "whatsapp:"]),
        ("email", "kim.lee@mail.example.com", ["kim", "kim@", "@example.com", "kim@example", "k m@example.com"]),
        ("messenger", "messenger:4005550143", ["4005550143", "messenger:", "messenger:a b"]),
        ("line", "U0123", ["", "a b"]),
    ],
)
def test_addresses(name: str, good: str, bad: list[str]) -> None:
    channel(name).check_address(good)
    for address in bad:
        with pytest.raises(UsageError, match=re.escape(f"{address!r} is not an address on {channel(name).label}")):
            channel(name).check_address(address)


def test_own_channel_from_one_file(own: Path) -> None:
    kiosk = Channel.from_yaml(own)
    assert (kiosk.name, kiosk.velocity, kiosk.entry_points) == ("kiosk", "real-time", ("a button on the screen",))
    assert kiosk.value("max_text_chars") == 500
    assert kiosk.facts["quick_replies_max"].as_of == "2026-11"
    assert kiosk.price("out", date(2026, 3, 2)) is None
    assert channel(kiosk) is kiosk
    kiosk.check_address("kiosk:7")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: kiosk", "nmae: kiosk", "line 2, nmae: unknown key. Did you mean 'name'?"),
        ("name: kiosk", "", "name: is missing"),
        ("label: Shop kiosk", "label: 12", "line 3, label: expected a text (put it in quotes), found 12"),
        ('"kiosk:7"', "12025550143", "example_contact: expected a text (put it in quotes), found 12025550143"),
        ("velocity: real-time", "velocity: realtime", "velocity: expected real-time or asynchronous, found 'realtime'"),
        (
            "identity: app identity",
            "identity: face",
            "identity: expected phone number, email address or app",
        ),
        ("incomingConversationMessage", "incomingMail", "trigger_event: expected incoming"),
        (
            '"kiosk:{id}"',
            '"kiosk:{number}"',
            "address_format: expected a text that ends in {phone}, {email} or {id}, found 'kiosk:{number}'",
        ),
        ("[a button on the screen]", "a button", "entry_points: expected a list of texts, found 'a button'"),
        (
            "max_text_chars: 500",
            "max_text_char: 500",
            "line 12, facts/max_text_char: unknown key. Did you mean 'max_text_chars'?",
        ),
        (
            "max_text_chars: 500",
            "max_text_chars: many",
            "facts/max_text_chars/value: expected a whole number, 0 or more, found 'many'",
        ),
        ("max_text_chars: 500", "max_text_chars: -1", "expected a whole number, 0 or more, found -1"),
        ("max_text_chars: 500", "max_text_chars: true", "expected a whole number, 0 or more, found True"),
        (
            "max_text_chars: 500",
            "media_types: image",
            "media_types/value: expected a list of texts, found 'image'",
        ),
        (
            "max_text_chars: 500",
            "billing_unit: word",
            "billing_unit/value: expected segment or message, found 'word'",
        ),
        (
            "max_text_chars: 500",
            "media_max_mb: .inf",
            "media_max_mb/value: expected a number, 0 or more, found '.inf'",
        ),
        ("value: 6, ", "", "line 13, facts/quick_replies_max: has no value"),
        ("value: 6", "valeu: 6", "unknown key. Did you mean 'value'?"),
        ("trust: M", "trust: X", "trust: expected D, S, R or M, found 'X'"),
        (
            "as_of: 2026-11",
            "as_of: last year",
            "as_of: expected a date (2026-11-22, 2026-11 or 2026)",
        ),
        ("unit: buttons", "unit: 3", "unit: expected a text (put it in quotes), found 3"),
        (OWN, "", "expected 'key: value' lines as in channels/sms.yaml, found None"),
        (OWN, "- a\n- b", "expected 'key: value' lines"),
        (OWN, "name: [", "is not YAML"),
        (OWN, "!!python/object/apply:os.system [echo]", "tags (tag:yaml.org,2002:python/object/apply:os.system)"),
        (OWN, "a: &x [1]\nb: *x", "aliases (*name) are not read"),
        (OWN, "[" * 5000, "is nested more than 110 levels deep"),
        (OWN, "#" * 1_000_001, "is 1,000,001 bytes; at most 1,000,000 are read"),
    ],
)
def test_faulty_file_says_what_is_wrong(own: Path, old: str, new: str, message: str) -> None:
    assert old in OWN
    own.write_text(OWN.replace(old, new), encoding="utf-8")
    with pytest.raises(FormatError, match=re.escape(message)) as caught:
        Channel.from_yaml(own)
    assert str(caught.value).startswith(f"{own}: ")


def test_all_faults_at_once(own: Path) -> None:
    text = OWN.replace("velocity: real-time", "velocity: slow").replace("500", "lots").replace("label:", "lable:")
    own.write_text(text, encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        Channel.from_yaml(own)
    assert len(caught.value.faults) == 4  # the label is missing, and lable is not known
    places = ["line 2, label", "line 3, lable", "line 5, velocity", "line 12, facts/max_text_chars/value"]
    assert [fault.path for fault in caught.value.faults] == places


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_unreadable_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.yaml"
    if content:
        path.write_bytes(content)
    with pytest.raises(FormatError, match="cannot be read: No such file" if content is None else "is not UTF-16"):
        Channel.from_yaml(path)


class TestTable:
    def test_where_by_key_by_fact_and_by_test(self) -> None:
        assert list(channels.where(identity="phone number", velocity="asynchronous")) == ["sms", "whatsapp"]
        assert list(channels.where(rendered_by="own code")) == ["line", "webchat", "inapp"]
        assert list(channels.where(lambda one: one.value("quick_replies_max") > 10)) == ["line", "messenger"]
        assert list(channels.where(lambda one: True, velocity="real-time").where(subject=True)) == []

    def test_where_names_the_nearest_key(self) -> None:
        with pytest.raises(UsageError, match=r"no 'identitty'. Did you mean 'identity'\?"):
            channels.where(identitty="phone number")

    def test_one_row_a_channel_and_fact_with_its_origin(self) -> None:
        table = channels.table
        assert list(table.columns[:4]) == ["channel", "question", "fact", "value"]
        row = table[(table["channel"] == "sms") & (table["fact"] == "max_text_chars")].iloc[0]
        assert (row["value"], row["unit"], row["trust"], row["as_of"]) == (1600, "characters", "D", "2026-11-22")
        assert not table.duplicated(["channel", "fact"]).any()
        assert set(table.loc[table["fact"] == "identity", "value"]) == {"phone number", "email address", "app identity"}
        assert set(table["channel"]) == set(NAMES)

    def test_own_channels_join_and_take_the_place_of_their_name(self, own: Path, tmp_path: Path) -> None:
        mine = tmp_path / "sms.yaml"
        mine.write_text("like: sms\nlabel: Our texts\nfacts: {max_text_chars: 918}\n", encoding="utf-8")
        more = channels.with_own(own, Channel.from_yaml(mine))
        assert list(more) == [*NAMES, "kiosk"]
        assert (more["sms"].label, more["sms"].value("max_text_chars")) == ("Our texts", 918)
        assert channels["sms"].value("max_text_chars") == 1600
        assert list(more.where(identity="app identity")) == ["line", "webchat", "messenger", "inapp", "kiosk"]

    def test_it_shows_itself_in_text_and_html(self) -> None:
        assert "whatsapp    WhatsApp" in repr(channels)
        assert "How is it routed?" in channels._repr_mimebundle_()[0]["text/html"]

    def test_an_unknown_name_is_a_key_error_as_in_any_mapping(self) -> None:
        assert "watsapp" not in channels
        assert channels.get("watsapp") is None
        with pytest.raises(KeyError):
            channels["watsapp"]

    def test_nothing_is_read_at_import(self) -> None:
        code = "import flowlab, sys; from flowlab.model.channel import _built_in as b; print(b.cache_info().currsize)"
        out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        assert out.strip() == "0"


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (True, "yes/no", "yes"),
        (["a, b", "c"], "facts", "a, b; c"),
        (0, "buttons", "0"),
        (32768, "characters", "32,768 characters"),
        (119, "s", "119 s"),
        (5294, "s", "88 min"),
        (86400, "s", "24 h"),
        (24, "h", "24 h"),
        (0.0334, "h", "2 min"),
        (5, "MB, all files together", "5 MB, all files together"),
    ],
)
def test_values_in_words(value: object, unit: str, words: str) -> None:
    assert in_words(value, unit) == words


def test_what_is_not_stated_is_said_not_left_blank() -> None:
    said = {name: answer(channel(name), "quick_reply_label_chars").text for name in ("sms", "line")}
    assert said == {"sms": "–", "line": "20 characters"}
    assert answer(channel("line"), "media_max_mb").text == "not known"
    assert answer(channel("sms"), "service_window_h").text == "no window"
    assert answer(channel("line"), "price_out").text == "not known"
    assert "Meta's fee not known: service" in answer(channel("whatsapp"), "price_out").text
