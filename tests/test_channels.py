"""Channels as data: the built-in ones are complete and sourced; a user's own file is read or refused in full."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from flowlab.errors import FormatError, UsageError
from flowlab.model.channel import BUILT_IN, Channel, channel, channels
from flowlab.model.channel_file import FACTS

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
