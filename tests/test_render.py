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
from flowlab.run.answer import choice_to_tap, place_of_choice, tapped, understood
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


def golden_table() -> dict[str, Any]:
    table: dict[str, Any] = {}
    for name, message in MESSAGES.items():
        for medium in NAMES:
            made = render(message, channel(medium))
            parts = [json.loads(part.as_json()) for part in made.parts]
            table.setdefault(name, {})[medium] = parts or made.refusal
    return table


def test_golden_table() -> None:
    """One message on seven channels; read it as a designer would. ``python tests/test_render.py`` writes it anew."""
    assert golden_table() == json.loads(GOLDEN.read_text(encoding="utf-8"))


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
LABEL = (WORDS | st.integers(40, 400).map("x".__mul__) | st.sampled_from(["Buy", "buy", "Buy (2)", "2"])).filter(
    str.strip
)
CHOICE = st.builds(Choice, LABEL, st.just(""), st.just("") | WORDS | st.just("y" * 100), st.just(""))
BODY = WORDS.filter(str.strip) | st.integers(1, 2_500).map("z".__mul__)
LIMIT = st.none() | st.integers(0, 30)
TIGHT = st.fixed_dictionaries(
    dict.fromkeys(("quick_replies_max", "list_items_max", "list_description_chars", "cards_max"), LIMIT)
    | {name: st.none() | st.integers(4, 30) for name in ("quick_reply_label_chars", "list_item_chars")}
    | {"max_text_chars": st.none() | st.integers(1, 60), "rich_text_chars": st.none() | st.integers(1, 30)}
    | {"long_label": st.sampled_from(["cut", "refused"]), "text_with_media": st.booleans()}
    | {"text_counted_in": st.sampled_from(["characters", "UTF-16 units"]), "card_buttons_max": LIMIT}
    | {"template_quick_replies_max": LIMIT, "media_max_files": st.none() | st.integers(1, 3)}
)
MEDIUM = st.sampled_from(NAMES).map(channel) | TIGHT.map(lambda facts: with_facts(**facts))
ASKED = st.builds(
    Outgoing,
    BODY,
    st.lists(st.sampled_from([PICTURE, PAPER]), max_size=4).map(tuple),
    st.lists(CHOICE, min_size=1, max_size=40).map(tuple),
    shape=st.sampled_from([Shape.QUICK_REPLIES, Shape.LIST, Shape.CARDS]),
    is_approved=st.booleans(),
)


@given(ASKED, MEDIUM)
def test_no_choice_is_lost_no_limit_passed_and_a_change_is_told(message: Outgoing, medium: Channel) -> None:
    made = render(message, medium)
    limit = medium.value("max_text_chars", 10**9)
    if not made.parts:
        lines = [f"{n}. {': '.join(filter(None, one[:3:2]))}" for n, one in enumerate(message.choices, 1)]
        links = [url for url in message.media if not any(url in part.media for part in made.parts)]
        alone = "\n".join((message.text, *links))
        marked = len(" (40)")  # what tells two choices of one name apart
        assert max(length(text, medium) for text in (alone, *lines)) + marked > limit, made.refusal
        assert f"{limit:,}" in made.refusal
        return
    last = made.parts[-1]
    assert [one.full_label or one.label for one in last.choices] == [one.label for one in message.choices]
    assert last.shape is message.shape or last.notes
    assert all(length(part.text, medium) <= limit for part in made.parts)
    assert sum(len(part.media) for part in made.parts) + sum(part.text.count("https://") for part in made.parts) == len(
        message.media
    )
    assert all(len(part.media) <= (medium.value("media_max_files") or 99) for part in made.parts)
    if last.shape is Shape.NUMBERED:
        told = "\n".join(part.text for part in made.parts)
        assert all(f"{number}. {one.label}" in told for number, one in enumerate(last.choices, 1))
        return
    many = {Shape.QUICK_REPLIES: "quick_replies_max", Shape.LIST: "list_items_max"}.get(last.shape, "")
    if message.is_approved and last.shape is Shape.QUICK_REPLIES:
        many = "template_quick_replies_max" if medium.value("template_quick_replies_max") is not None else many
    assert len(last.choices) <= medium.value(many, 99)
    chars = "list_item_chars" if last.shape is Shape.LIST else "quick_reply_label_chars"
    assert all(length(one.label, medium) <= medium.value(chars, 10**9) for one in last.choices)
    assert length(last.text, medium) <= (medium.value("rich_text_chars") or 10**9)
    if last.shape is Shape.LIST:
        most = medium.value("list_description_chars") or 10**9
        assert all(length(one.description, medium) <= most for one in last.choices)


@given(ASKED, MEDIUM)
def test_each_choice_shown_can_be_answered_by_label_by_number_and_by_tap(message: Outgoing, medium: Channel) -> None:
    parts = render(message, medium).parts
    if not parts:
        return
    last = parts[-1]
    written = {key(name) for one in last.choices for name in (one.label, one.full_label)}
    for number, one in enumerate(last.choices, 1):
        assert understood(one.label, last).choice == one.label
        if str(number) not in written:
            assert place_of_choice(number, last) == number - 1
        if last.shape is Shape.NUMBERED:
            assert str(number) in written or understood(str(number), last).body == one.label
        else:
            assert tapped(choice_to_tap(one.label, last), last, medium).body == one.label


def test_numbered_text_over_the_limit_is_written_in_several_messages() -> None:
    menu = Outgoing("Which?", choices=tuple(map(Choice, ("Order", "Return", "Agent"))), shape=Shape.LIST)
    tight = {"quick_replies_max": 0, "list_items_max": 0}
    parts = render(menu, with_facts(max_text_chars=20, **tight)).parts
    assert [part.text for part in parts] == ["Which?", "1. Order\n2. Return", "3. Agent"]
    assert parts[-1].choices == menu.choices and "3 messages" in parts[-1].notes[-1]
    assert understood("1", parts[-1]).body == "Order"
    pictured = render(Outgoing("Which?", (PICTURE,), menu.choices, shape=Shape.LIST), with_facts(max_text_chars=20))
    assert [part.media for part in pictured.parts][:1] == [(PICTURE,)]
    refused = render(menu, with_facts(max_text_chars=8, **tight))
    assert not refused.parts and "takes 8" in refused.refusal, "'2. Return' does not fit in any message"


def test_a_session_sends_all_messages_of_a_long_menu_and_takes_its_number() -> None:
    labels = [f"{n} " + "x" * 300 for n in range(1, 9)]
    asked = {"body": "Which?", "attributes": json.dumps({"choices": labels})}
    session = Session(menu_flow(**asked), "sms")
    said = session.start("hi")
    assert len(said) == 3 and said[0] == "Which?" and all(len(text) <= 1_600 for text in said)
    sent = session.variables["widgets"]["ask"]["outbound"]["Body"]
    assert all(label in sent for label in labels) and sent.startswith("Which?")
    assert session.say("seven") == [f"{labels[6]}/"]


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


def test_a_mail_answers_under_the_customers_subject_else_under_its_own_else_under_none() -> None:
    asked = {"body": "Hello", "attributes": json.dumps({"subject": "News"})}

    def shown(context: dict[str, str], **properties: Any) -> dict[str, Any]:
        session = Session(menu_flow(**properties), "email")
        session.start("hi", context=context)
        found: dict[str, Any] = next(json.loads(event.value) for event in session.events if event.kind == "shown")
        return found

    assert shown({"subject": "My order"}, **asked)["subject"] == "Re: My order"
    assert shown({"subject": "RE: My order"}, body="Hello")["subject"] == "RE: My order"
    assert shown({}, **asked)["subject"] == "News"
    assert "subject" not in shown({}, body="Which?", attributes='{"choices": ["Order"]}')


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


if __name__ == "__main__":
    GOLDEN.write_text(json.dumps(golden_table(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
