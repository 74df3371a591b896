"""Each fact of a channel's data and the behaviour it causes: at the limit a message stays, one past it something is
done. The limits come from the data, so a changed fact changes what is tried here; a fact without a case fails.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from conftest import state

import flowlab as fl
from flowlab.model.channel import Channel
from flowlab.model.channel_facts import KINDS
from flowlab.model.flow import Flow
from flowlab.model.shown import Choice, Shape
from flowlab.run.outgoing import Outgoing
from flowlab.run.render_message import Rendered, render

PICTURE = "https://shop.example.com/box.jpg"
#: Facts that only tell: they change no message, and why.
TELLING = {
    "first_contact_context": "what may be known; entry points bring it",
    "opt_out": "in words; opt_out_words act",
    "session_life": "in words; the 30 days are Studio's, session_expires_h acts",
    "agent_concurrency": "for simulated agents",
    "typing_indicator": "nobody types here",
    "read_receipts": "for views",
    "reply_delay_p90_s": "for simulated customers",
    "threads": "for views",
    "templates": "in words; the service window acts",
    "media_max_mb": "the size of a file behind an address is not known",
}


def choices(n: int, chars: int = 0) -> tuple[Choice, ...]:
    return tuple(Choice(f"{number:02d}".ljust(chars, "x"), f"id{number}") for number in range(n))


def shown(medium: Channel, shape: Shape, n: int, chars: int = 0, text: str = "Which?") -> Rendered:
    return render(Outgoing(text, choices=choices(n, chars), shape=shape), medium)


def is_as_written(made: Rendered, shape: Shape) -> bool:
    return [part.shape for part in made.parts] == [shape] and not made.parts[0].notes


def says_why(made: Rendered) -> bool:
    """Shown otherwise or refused, never in silence."""
    return bool(made.refusal) or any(part.notes for part in made.parts)


def max_text_chars(medium: Channel, limit: int) -> None:
    assert render(Outgoing("x" * limit), medium).parts
    assert f"{limit:,}" in render(Outgoing("x" * (limit + 1)), medium).refusal


def text_counted_in(medium: Channel, unit: str) -> None:
    limit = medium.value("max_text_chars")
    if limit:
        assert bool(render(Outgoing("👋" * (limit // 2 + 1)), medium).refusal) == (unit == "UTF-16 units")


def rich_text_chars(medium: Channel, limit: int) -> None:
    if medium.value("quick_replies_max"):
        assert is_as_written(shown(medium, Shape.QUICK_REPLIES, 2, text="x" * limit), Shape.QUICK_REPLIES)
        assert says_why(shown(medium, Shape.QUICK_REPLIES, 2, text="x" * (limit + 1)))


def quick_replies_max(medium: Channel, limit: int) -> None:
    if limit:
        assert is_as_written(shown(medium, Shape.QUICK_REPLIES, limit), Shape.QUICK_REPLIES)
    past = shown(medium, Shape.QUICK_REPLIES, limit + 1)
    assert says_why(past) and len(past.parts[-1].choices) == limit + 1


def template_quick_replies_max(medium: Channel, limit: int) -> None:
    approved = Outgoing("Which?", choices=choices(limit), shape=Shape.QUICK_REPLIES, is_approved=True)
    assert is_as_written(render(approved, medium, in_window=False), Shape.QUICK_REPLIES)
    more = Outgoing("Which?", choices=choices(limit + 1), shape=Shape.QUICK_REPLIES, is_approved=True)
    assert render(more, medium, in_window=False).refusal, "no adapter may change what was approved"


def quick_reply_label_chars(medium: Channel, limit: int) -> None:
    assert is_as_written(shown(medium, Shape.QUICK_REPLIES, 2, limit), Shape.QUICK_REPLIES)
    assert says_why(shown(medium, Shape.QUICK_REPLIES, 2, limit + 1))


def long_label(medium: Channel, what: str) -> None:
    limit = medium.value("quick_reply_label_chars")
    labels = [choice.label for choice in shown(medium, Shape.QUICK_REPLIES, 2, limit + 1).parts[-1].choices]
    assert (max(map(len, labels)) == limit) == (what == "cut")


def list_items_max(medium: Channel, limit: int) -> None:
    if limit:
        assert is_as_written(shown(medium, Shape.LIST, limit), Shape.LIST)
    past = shown(medium, Shape.LIST, limit + 1)
    assert says_why(past) and len(past.parts[-1].choices) == limit + 1


def list_item_chars(medium: Channel, limit: int) -> None:
    assert is_as_written(shown(medium, Shape.LIST, 2, limit), Shape.LIST)
    assert says_why(shown(medium, Shape.LIST, 2, limit + 1))


def list_description_chars(medium: Channel, limit: int) -> None:
    def described(n: int) -> Rendered:
        return render(Outgoing("Which?", choices=(Choice("a", "a", "x" * n),), shape=Shape.LIST), medium)

    assert is_as_written(described(limit), Shape.LIST) and says_why(described(limit + 1))


def cards_max(medium: Channel, limit: int) -> None:
    past = render(Outgoing("Shoes", choices=choices(limit + 1), shape=Shape.CARDS, cards=(1,) * (limit + 1)), medium)
    assert says_why(past) and len(past.parts[-1].choices) == limit + 1


def card_buttons_max(medium: Channel, limit: int) -> None:
    past = render(Outgoing("Shoes", choices=choices(limit + 1), shape=Shape.CARDS, cards=(limit + 1,)), medium)
    assert says_why(past) and len(past.parts[-1].choices) == limit + 1


def media_types(medium: Channel, kinds: list[str]) -> None:
    files = {"image": "a.jpg", "video": "a.mp4", "audio": "a.mp3", "document": "a.pdf"}
    for kind, name in files.items():
        made = render(Outgoing("See", media=(f"https://shop.example.com/{name}",)), medium, country="US")
        assert any(part.media for part in made.parts) == (kind in kinds), kind


def media_max_files(medium: Channel, limit: int) -> None:
    media = tuple(f"https://shop.example.com/{n}.jpg" for n in range(limit + 1))
    made = render(Outgoing("See", media=media), medium, country="US")
    assert all(len(part.media) <= limit for part in made.parts)
    assert sum(len(part.media) for part in made.parts) == limit + 1


def media_countries(medium: Channel, countries: list[str]) -> None:
    for country in (*countries, "PT"):
        made = render(Outgoing("See", media=(PICTURE,)), medium, country=country)
        assert any(part.media for part in made.parts) == (country in countries)


def text_with_media(medium: Channel, together: bool) -> None:
    made = render(Outgoing("See", media=(PICTURE,)), medium, country="US")
    assert len(made.parts) == (1 if together else 2)


def subject(medium: Channel, has: bool) -> None:
    assert render(Outgoing("Hello", subject="Your order"), medium).parts[0].subject == ("Your order" if has else "")


def service_window_h(medium: Channel, hours: float) -> None:
    late = state("late", "send-message", {"sent": None, "failed": None}, body="Still there?")
    for seconds, kind in ((hours * 3600, "sent"), (hours * 3600 + 1, "fault")):
        wait = state("wait", "send-and-wait-for-reply", {"timeout": "late"}, body="Hello?", timeout=f"{seconds:g}")
        session = fl.Session(Flow((wait, late), "wait"), medium)
        session.start("hi")
        session.wait(seconds)
        assert next(event.kind for event in session.events if event.state == "late") == kind


def session_expires_h(medium: Channel, hours: float) -> None:
    session = fl.Session(
        Flow((state("wait", "send-and-wait-for-reply", {"incomingMessage": None}, body="?", timeout="9e6"),), "wait"),
        medium,
    )
    session.start("hi")
    session.wait(hours * 3600 + 1)
    assert "expired" in [event.kind for event in session.events]


def words(meaning: str) -> Callable[[Channel, list[str]], None]:
    def taken(medium: Channel, listed: list[str]) -> None:
        for word in listed or ["STOP"]:
            ask = state("ask", "send-and-wait-for-reply", {"incomingMessage": "ask"}, body="Yes?")
            session = fl.Session(Flow((ask,), "ask"), medium)
            session.start("hi")
            if meaning == "start":
                session.say((medium.value("opt_out_words") or [""])[0])
            session.say(word.lower())
            said = [event.value for event in session.events if event.kind == "keyword"]
            assert (said[-1:] == [meaning]) == bool(listed)

    return taken


def business_may_start(medium: Channel, may: bool | str) -> None:
    hello = state("hi", "send-message", {"sent": None, "failed": None}, body="Hello")
    session = fl.Session(Flow((hello,), "hi"), medium)
    session.start(event="incomingRequest")
    refused = [event.detail for event in session.events if event.kind == "fault"]
    assert bool(refused) == (may is False or medium.value("service_window_h") is not None)


def delivery_signal(medium: Channel, signals: list[str]) -> None:
    ask = state("ask", "send-and-wait-for-reply", {"incomingMessage": None, "deliveryFailure": None}, body="Yes?")
    session = fl.Session(Flow((ask,), "ask"), medium, faults=fl.Faults(at={"ask": "lost"}))
    session.start("hi")
    assert any(event.event == "deliveryFailure" for event in session.events) == ("undelivered" in signals)


def carried_by(medium: Channel, who: str) -> None:
    session = fl.Session(Flow((state("ask", "send-and-wait-for-reply", {}, body="?"),), "ask"), medium)
    session.inject("lost")
    session.start("hi")
    lost = next(event for event in session.events if event.kind == "lost")
    assert bool(lost.value) == (who in ("carrier", "provider"))


def rendered_by(medium: Channel, who: str) -> None:
    if not medium.value("quick_replies_max"):
        return
    asked = {"body": "Which?", "attributes": '{"choices": [{"label": "Order", "id": "o"}]}'}
    echo = "{{widgets.ask.inbound.Body}}/{{widgets.ask.inbound.ButtonPayload}}"
    ask = state("ask", "send-and-wait-for-reply", {"incomingMessage": "end"}, **asked)
    session = fl.Session(Flow((ask, state("end", "send-message", {}, body=echo)), "ask"), medium)
    session.start("hi")
    assert session.tap("Order") == ["Order/o" if who == "platform" else "Order/"]


def reply_delay_median_s(medium: Channel, seconds: float) -> None:
    ask = state("ask", "send-and-wait-for-reply", {"incomingMessage": None}, body="Yes?", timeout="9999999")
    table = fl.side_by_side(Flow((ask,), "ask"), ["hi", "yes"], [medium]).table
    assert table["elapsed_s"].max() == seconds


def billing_unit(medium: Channel, unit: str) -> None:
    hello = state("hi", "send-message", {"sent": None}, body="x" * 161)
    session = fl.Session(Flow((hello,), "hi"), medium)
    session.start("hi")
    assert next(e.units for e in session.events if e.kind == "sent") == (2 if unit == "segment" else 1)
    price = medium.price("out", date(2026, 3, 2))
    assert price is None or price.per == unit


CASES: dict[str, Callable[..., None]] = {
    case.__name__: case
    for case in (
        *(max_text_chars, text_counted_in, rich_text_chars, quick_replies_max, template_quick_replies_max),
        *(quick_reply_label_chars, long_label, list_items_max, list_item_chars, list_description_chars, cards_max),
        *(card_buttons_max, media_types, media_max_files, media_countries, text_with_media, subject, service_window_h),
        *(
            session_expires_h,
            business_may_start,
            delivery_signal,
            carried_by,
            rendered_by,
            reply_delay_median_s,
            billing_unit,
        ),
    )
} | {"opt_out_words": words("stop"), "opt_in_words": words("start"), "help_words": words("help")}


def test_every_fact_has_a_case_or_a_reason_for_none() -> None:
    assert set(KINDS) == set(CASES) | set(TELLING)
    assert not set(CASES) & set(TELLING)


@pytest.mark.parametrize("name", list(fl.channels))
@pytest.mark.parametrize("fact", CASES)
def test_what_the_fact_causes(fact: str, name: str) -> None:
    medium = fl.channels[name]
    if medium.value(fact) is not None:
        CASES[fact](medium, medium.value(fact))


def test_a_fourth_button_on_whatsapp_becomes_a_list_and_a_fourteenth_on_messenger_is_not_lost() -> None:
    assert shown(fl.channels["whatsapp"], Shape.QUICK_REPLIES, 4).parts[0].shape is Shape.LIST
    last = shown(fl.channels["messenger"], Shape.QUICK_REPLIES, 14).parts[-1]
    assert len(last.choices) == 14 and last.notes
