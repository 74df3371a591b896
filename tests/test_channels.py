"""Channels as data: the built-in ones are complete and sourced; a user's own file is read or refused in full."""

from __future__ import annotations

import re
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
    assert list(channels()) == NAMES
    assert sorted(path.stem for path in BUILT_IN.glob("*.yaml")) == sorted(NAMES)
    assert all(name == found.name for name, found in channels().items())


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
    known = {name for name in NAMES if channel(name).value("price_out_usd") is not None}
    assert known == {"sms", "whatsapp"}
    assert channel("sms").value("price_out_usd") == 0.0083


def test_example_numbers_lie_in_the_range_kept_for_fiction() -> None:
    for one in channels().values():
        for address in (one.example_contact, one.example_address):
            if "+" in address:
                assert re.search(r"\+1\d{3}55501\d\d$", address)
            if "@" in address and "." in address:
                assert address.endswith("@example.com")


def test_readme_explains_every_fact_and_no_other() -> None:
    readme = (BUILT_IN / "README.md").read_text(encoding="utf-8")
    table = readme.partition("## Facts")[2].partition("## Trust")[0]
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
    assert kiosk.value("price_out_usd") is None
    assert channel(kiosk) is kiosk
    kiosk.check_address("kiosk:7")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("name: kiosk", "nmae: kiosk", "unknown key 'nmae'. Did you mean 'name'?"),
        ("name: kiosk", "", "name: is missing"),
        ("label: Shop kiosk", "label: 12", "label: must be text, not 12; put it in quotes"),
        ('"kiosk:7"', "+12025550143", "example_contact: must be text, not 12025550143; put it in quotes"),
        ("velocity: real-time", "velocity: realtime", "velocity: is 'realtime'. Did you mean 'real-time'?"),
        ("identity: app identity", "identity: face", "identity: is 'face'. Known: phone number, email address"),
        ("incomingConversationMessage", "incomingMail", "trigger_event: is 'incomingMail'."),
        (
            '"kiosk:{id}"',
            '"kiosk:{number}"',
            "address_format: must end in {phone}, {email} or {id}, not 'kiosk:{number}'",
        ),
        ("[a button on the screen]", "a button", "entry_points: must be a list of texts"),
        (
            "max_text_chars: 500",
            "max_text_char: 500",
            "facts: unknown key 'max_text_char'. Did you mean 'max_text_chars'?",
        ),
        (
            "max_text_chars: 500",
            "max_text_chars: many",
            "facts.max_text_chars: must be a whole number, 0 or more, not 'many'",
        ),
        ("max_text_chars: 500", "max_text_chars: -1", "must be a whole number, 0 or more, not -1"),
        ("max_text_chars: 500", "max_text_chars: true", "must be a whole number, 0 or more, not True"),
        ("max_text_chars: 500", "media_types: image", "facts.media_types: must be a list of texts, not 'image'"),
        ("max_text_chars: 500", "billing_unit: word", "facts.billing_unit: must be segment or message, not 'word'"),
        ("max_text_chars: 500", "media_max_mb: .inf", "facts.media_max_mb: must be a number, 0 or more, not inf"),
        ("value: 6, ", "", "facts.quick_replies_max: has no value"),
        ("value: 6", "valeu: 6", "unknown key 'valeu'. Did you mean 'value'?"),
        ("trust: M", "trust: X", "trust must be one of D, S, R, M, not 'X'"),
        ("as_of: 2026-11", "as_of: last year", "as_of must be a date (2026-11-22), not 'last year'"),
        ("unit: buttons", "unit: 3", "unit must be text, not 3"),
        (OWN, "", "must hold 'key: value' lines as channels/sms.yaml does, not None"),
        (OWN, "- a\n- b", "must hold 'key: value' lines"),
        (OWN, "name: [", "is not YAML"),
        (OWN, "as_of: 2026-13-45", "is not YAML: month must be in 1..12"),
        (OWN, "!!python/object/apply:os.system [echo]", "is not YAML: could not determine a constructor"),
        (OWN, "[" * 5000, "is not YAML"),
        (OWN, "#" * 1_000_001, "is larger than 1,000,000 bytes"),
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
    assert {fault.path for fault in caught.value.faults} == {"", "label", "velocity", "facts.max_text_chars"}


@pytest.mark.parametrize("content", [None, b"\xff\xfe\xff"])
def test_unreadable_file(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "c.yaml"
    if content:
        path.write_bytes(content)
    with pytest.raises(FormatError, match="cannot be read: No such file" if content is None else "is not YAML"):
        Channel.from_yaml(path)
