"""What a message becomes on each channel, and what the customer's answer stands for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import state
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import UsageError
from flowlab.model.channel import NAMES, Channel, Fact, channel
from flowlab.model.content import Link
from flowlab.model.event import EventKind
from flowlab.model.flow import Flow
from flowlab.model.shown import Choice, Shape
from flowlab.run.answer import choice_to_tap, tapped, understood
from flowlab.run.memo import Memo
from flowlab.run.outgoing import Outgoing
from flowlab.run.render import length
from flowlab.run.render_choices import key
from flowlab.run.render_message import render
from flowlab.run.session import Session

GOLDEN = Path(__file__).parent / "golden" / "render.json"
HX = "HX" + "0" * 32
PICTURE, PAPER = "https://shop.example.com/box.jpg", "https://shop.example.com/receipt.pdf"


def buttons(*labels: str, text: str = "Which?", **more: Any) -> Outgoing:
    return Outgoing(text, choices=tuple(map(Choice, labels)), shape=Shape.QUICK_REPLIES, **more)


MESSAGES = {
    "plain text": Outgoing("Hello"),
    "two buttons": buttons("Order", "Return"),
    "four buttons": buttons("Order", "Return", "Invoice", "Agent"),
    "eleven buttons": buttons(*(f"Shop {n}" for n in range(1, 12))),
    "long button": buttons("Track the order of last week", "Return"),
    "the same button twice": buttons("Buy", "Buy"),
    "list": Outgoing("Which?", choices=(Choice("Order", "o", "Where it is"), Choice("Return")), shape=Shape.LIST),
    "picture and text": Outgoing("Your box", media=(PICTURE,)),
    "document": Outgoing("Your receipt", media=(PAPER,)),
    "links": Outgoing("See", links=(Link("Shop", "https://shop.example.com"),)),
    "subject": Outgoing("Hello", subject="Re: my order"),
}


def test_golden_table() -> None:
    """One message on seven channels; read it as a designer would. Written anew where the file is deleted."""
    table: dict[str, Any] = {}
    for name, message in MESSAGES.items():
        for medium in NAMES:
            made = render(message, channel(medium))
            parts = [json.loads(part.as_json()) for part in made.parts]
            table.setdefault(name, {})[medium] = parts or made.refusal
    if not GOLDEN.exists():
        GOLDEN.write_text(json.dumps(table, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert table == json.loads(GOLDEN.read_text(encoding="utf-8"))


def with_facts(**facts: Any) -> Channel:
    base = {"quick_replies_max": 3, "quick_reply_label_chars": 10, "list_items_max": 5, "list_item_chars": 12}
    made = {"media_types": ["image"], "text_with_media": True, **base, **facts}
    known = {name: Fact(value) for name, value in made.items() if value is not None}
    return Channel("own", "Own", "app identity", "real-time", "incomingMessage", "{id}", "a", "b", facts=known)


def shapes(message: Outgoing, medium: Channel, **how: Any) -> list[Shape]:
    return [part.shape for part in render(message, medium, **how).parts]


THREE, FOUR = buttons("a", "b", "c"), buttons("a", "b", "c", "d")
CARD = Outgoing("Box", choices=(Choice("Buy"), Choice("Keep")), shape=Shape.CARDS, cards=(2,))
#: Each limit, a message that it changes, what becomes of it with the limit, and without.
LIMITS: list[tuple[str, Any, Outgoing, Any, Any]] = [
    ("quick_replies_max", 2, THREE, [Shape.LIST], [Shape.QUICK_REPLIES]),
    ("quick_reply_label_chars", 1, buttons("ab", "c"), [Shape.LIST], [Shape.QUICK_REPLIES]),
    ("list_items_max", 3, FOUR, [Shape.NUMBERED], [Shape.LIST]),
    ("list_item_chars", 4, buttons("a", "b", "c", "fifth"), [Shape.NUMBERED], [Shape.LIST]),
    ("rich_text_chars", 3, THREE, [Shape.NUMBERED], [Shape.QUICK_REPLIES]),
    ("max_text_chars", 3, Outgoing("abcd"), [], [Shape.TEXT]),
    ("media_types", [], Outgoing("a", media=(PICTURE,)), 0, 1),
    ("media_types", ["image"], Outgoing("a", media=(PAPER,)), 0, 0),
    ("text_with_media", False, Outgoing("a", media=(PICTURE,)), [Shape.TEXT, Shape.TEXT], [Shape.TEXT]),
    ("media_max_files", 1, Outgoing("", media=(PICTURE, PICTURE)), [Shape.TEXT, Shape.TEXT], [Shape.TEXT]),
]


@pytest.mark.parametrize(("fact", "value", "message", "under", "free"), LIMITS, ids=[case[0] for case in LIMITS])
def test_each_limit_does_what_it_says(fact: str, value: Any, message: Outgoing, under: Any, free: Any) -> None:
    for medium, expected in ((with_facts(**{fact: value}), under), (with_facts(), free)):
        if isinstance(expected, int):
            assert [len(part.media) for part in render(message, medium).parts] == [expected]
        else:
            assert shapes(message, medium) == expected


def test_the_other_facts() -> None:
    approved = Outgoing("a", choices=FOUR.choices, shape=Shape.QUICK_REPLIES, is_approved=True)
    assert shapes(approved, with_facts(template_quick_replies_max=4)) == [Shape.QUICK_REPLIES]
    small = Outgoing("a", choices=(Choice("a", "", "too long"),), shape=Shape.LIST)
    assert shapes(small, with_facts(list_description_chars=3, quick_replies_max=0)) == [Shape.NUMBERED]
    cut = render(buttons("abcdefghijkl", "b"), with_facts(long_label="cut")).parts[0]
    assert cut.choices[0] == Choice("abcdefghij", full_label="abcdefghijkl")
    assert shapes(CARD, with_facts(cards_max=1, card_buttons_max=2)) == [Shape.CARDS]
    assert shapes(CARD, with_facts(cards_max=1, card_buttons_max=1)) == [Shape.QUICK_REPLIES]
    assert shapes(Outgoing("👋👋"), with_facts(max_text_chars=3, text_counted_in="UTF-16 units")) == []
    assert render(Outgoing("a", subject="s"), with_facts(subject=True)).parts[0].subject == "s"
    abroad = render(Outgoing("a", media=(PICTURE,)), with_facts(media_countries=["US"]), country="PT")
    assert PICTURE in abroad.parts[0].text


def test_as_twilio_refuses() -> None:
    whatsapp = channel("whatsapp")
    assert render(FOUR, whatsapp, adapts=False).code == "63021"
    picker = Outgoing("a", choices=FOUR.choices, shape=Shape.LIST, source="twilio/list-picker")
    assert render(picker, channel("sms"), adapts=False).code == "216602"
    assert render(Outgoing("a"), whatsapp, in_window=False).code == "63016"
    listed = Outgoing("a", choices=FOUR.choices, shape=Shape.LIST, is_approved=True)
    assert render(listed, whatsapp, in_window=False).code == "63016", "no adapter may change what was approved"
    assert render(Outgoing("a" * 1601), channel("sms")).code == "21617"
    assert render(Outgoing("a", media=(PAPER,)), channel("line"), adapts=False).code == "12300"


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30)
LABEL = WORDS.filter(str.strip)


@given(
    st.lists(LABEL, min_size=1, max_size=20),
    st.sampled_from(NAMES),
    st.sampled_from([Shape.QUICK_REPLIES, Shape.LIST, Shape.CARDS]),
    st.booleans(),
)
def test_no_choice_is_lost_and_each_can_be_answered(labels: list[str], name: str, shape: Shape, apart: bool) -> None:
    medium = channel(name)
    message = Outgoing("Which?", choices=tuple(map(Choice, labels)), shape=shape, media=(PICTURE,) if apart else ())
    made = render(message, medium)
    assert made.parts or made.refusal
    if not made.parts:
        return
    last = made.parts[-1]
    assert [one.full_label or one.label for one in last.choices] == labels
    assert length(last.text, medium) <= medium.value("max_text_chars", 10**9)
    assert last.shape is shape or last.notes
    limits = {Shape.QUICK_REPLIES: "quick_reply_label_chars", Shape.LIST: "list_item_chars"}
    most = medium.value(limits.get(last.shape, ""), 10**9)
    assert last.shape is Shape.NUMBERED or all(length(one.label, medium) <= most for one in last.choices)
    for number, one in enumerate(last.choices, 1):
        if last.shape is Shape.NUMBERED:
            assert f"{number}. {one.label}" in last.text
            if str(number) not in map(key, labels):
                assert understood(str(number), last).body == one.label
        else:
            assert choice_to_tap(one.label, last) == one
            assert tapped(one, last).body == one.label
            assert understood(one.label, last).choice == one.label


@pytest.mark.parametrize(
    ("typed", "choice", "how"),
    [
        ("2", "Return", "number"),
        ("２", "Return", "number"),
        (" 2. ", "Return", "number"),
        ("#2", "Return", "number"),
        ("Option 2", "Return", "number"),
        ("two", "Return", "number word"),
        ("dois", "Return", "number word"),
        ("zwei", "Return", "number word"),
        ("três", "Où est-ce", "number word"),
        ("RETURN", "Return", "label"),
        ("ou  est-ce", "Où est-ce", "label"),
        ("r", "Return", "id"),
        ("4", "", ""),
        ("0", "", ""),
        ("2 boxes", "", ""),
        ("", "", ""),
    ],
)
def test_what_a_reply_stands_for(typed: str, choice: str, how: str) -> None:
    menu = Outgoing("?", choices=(Choice("Order"), Choice("Return", "r"), Choice("Où est-ce")), shape=Shape.LIST)
    answer = understood(typed, render(menu, channel("sms")).parts[0])
    assert (answer.choice, answer.how) == (choice, how)
    assert answer.body == (choice if how.startswith("number") else typed)


def menu_flow(**properties: Any) -> Flow:
    asked = {"body": "Which?", "attributes": json.dumps({"choices": ["Order", {"label": "Return", "id": "r"}]})}
    echo = "{{widgets.ask.inbound.Body}}/{{widgets.ask.inbound.ButtonPayload}}"
    return Flow(
        (
            state("ask", "send-and-wait-for-reply", {"incomingMessage": "more"}, **(properties or asked)),
            state("more", "send-and-wait-for-reply", {"incomingMessage": "end"}, body=echo),
            state("end", "send-message", {}, body="{{widgets.more.inbound.Body}}"),
        ),
        "ask",
    )


def test_a_conversation_with_choices() -> None:
    sms = Session(menu_flow(), "sms")
    assert sms.start("hi") == ["Which?\n1. Order\n2. Return"]
    assert sms.say("two") == ["Return/"]
    assert sms.say("2") == ["2"], "a plain question has no choices"
    heard = [event for event in sms.events if event.kind == EventKind.RECEIVED][1]
    assert (heard.text, heard.event, heard.detail) == ("two", "Return", "number word")
    chat = Session(menu_flow(), "whatsapp")
    assert chat.start("hi") == ["Which?"]
    twin = chat.fork()
    assert chat.tap("return") == ["Return/r"]
    assert twin.tap(1) == ["Order/Order"]


def test_a_tap_needs_a_button() -> None:
    sms = Session(menu_flow(), "sms")
    sms.start("hi")
    with pytest.raises(UsageError, match="numbered text"):
        sms.tap("Order")
    chat = Session(menu_flow(), "whatsapp")
    chat.start("hi")
    with pytest.raises(UsageError, match=r"Order.*Return"):
        chat.tap("Agent")


def template(**more: Any) -> dict[str, Any]:
    types = {
        "twilio/quick-reply": {"body": "Hi {{1}}", "actions": [{"title": "Order", "id": "o"}]},
        "twilio/text": {"body": "Hi {{1}}, write ORDER"},
    }
    return {"content": [{"sid": HX, "types": types, "variables": {"1": "friend"}, **more}]}


def test_a_template_is_shown_by_the_variant_the_channel_takes() -> None:
    rows = [{"key": "{{1}}", "value": "{{trigger.message.Body}}"}]
    flow = menu_flow(content_sid=HX, content_variables=rows)
    assert Session(flow, "sms", services=template()).start("{{2}}") == ["Hi {{2}}, write ORDER"]
    assert Session(flow, "whatsapp", services=template()).start("Ana") == ["Hi Ana"]
    assert Session(flow, "sms", services=template()).start("") == ["Hi friend, write ORDER"], "the sample stands in"
    unknown = Session(flow, "sms")
    assert unknown.start("hi") == [f"[content template {HX}]"]
    assert "services' content file" in next(e.detail for e in unknown.events if e.kind == EventKind.FAULT)


@pytest.mark.parametrize("status", ["approved", "rejected"])
def test_outside_the_window_only_an_approved_template_goes(status: str) -> None:
    asked = {"approval_requests": {"category": "UTILITY", "status": status}}
    session = Session(menu_flow(content_sid=HX), "whatsapp", services=template(**asked))
    session.start(event="incomingRequest")
    kinds = {event.kind: event for event in session.events}
    if status == "approved":
        assert kinds[EventKind.SENT].detail == "utility"
    else:
        assert kinds[EventKind.FAULT].value == "63016"
        assert session.variables["widgets"]["ask"]["outbound"]["ErrorCode"] == "63016"


@given(st.lists(st.lists(st.sampled_from(["1", "two", "Return", "2", "no idea"]), max_size=3), min_size=2, max_size=5))
def test_remembering_and_walking_are_equal_with_choices(talks: list[list[str]]) -> None:
    flow = Flow((*menu_flow().states[:2], state("end", "send-message", {"sent": "ask"}, body="Again")), "ask")
    for name in ("sms", "whatsapp", "email"):
        setting = Session(flow, name).setting
        remembering = setting._replace(memo=Memo())
        for talk in talks:
            pair = [Session.within(each, 1.7e9) for each in (setting, remembering)]
            for session in pair:
                session.start("hi")
                for text in talk:
                    session.say(text)
            assert pair[0].events == pair[1].events
            assert pair[0].shown == pair[1].shown
