"""Every fact a channel can state: what its value must be, what it is called, and which question it answers.

Meanings and units stand in ``channels/README.md``; a test holds the two together.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from flowlab.model.prices import first_day
from flowlab.text.checked import NUMBER, YES_NO, Check, one_of


def is_text(value: Any) -> bool:
    """Whether it is a text with something in it."""
    return isinstance(value, str) and bool(value.strip())


def is_date(text: str) -> bool:
    """Whether it is a year, a month or a day of the calendar.

    >>> [is_date(text) for text in ("2026", "2026-10", "2026-10-05", "2026-13", "last year")]
    [True, True, True, False, False]
    """
    try:
        return re.fullmatch(r"\d{4}(-\d\d){0,2}", text, re.ASCII) is not None and bool(first_day(text))
    except ValueError:
        return False


TEXT: Check = (is_text, "a text (put it in quotes)")
COUNT: Check = (lambda value: isinstance(value, int) and NUMBER[0](value), "a whole number, 0 or more")
LIST: Check = (lambda value: isinstance(value, list) and all(map(is_text, value)), "a list of texts")
YES_NO_TEXT: Check = (lambda value: isinstance(value, bool) or is_text(value), "true, false or a text")

#: What may stand beside the value of a fact.
ABOUT: dict[str, Check] = {
    "unit": TEXT,
    "source": TEXT,
    "as_of": (
        lambda value: is_date(str(value)),
        "a date (2026-11-22, 2026-11 or 2026)",
    ),
    "trust": one_of("D", "S", "R", "M"),
    "note": TEXT,
}

#: The questions one asks of a text channel, in the order in which tables and cards answer them.
START = "How does the customer start?"
ROUTED = "How is it routed?"
PACE = "How fast does it move?"
CARRIES = "What can it carry?"
COST = "What does it cost?"
QUESTIONS = (START, ROUTED, PACE, CARRIES, COST)


class FactKind(NamedTuple):
    """What a fact's value must be, the question it helps to answer, and its name in words.

    ``missing``: what it means that a channel does not state it. ``needs``: the fact without which it says nothing: a
    channel that has no buttons has no captions.
    """

    check: Check
    question: str
    label: str
    missing: str = "not known"
    needs: str = ""


KINDS: dict[str, FactKind] = {
    "first_contact_context": FactKind(LIST, START, "known before the first message"),
    "business_may_start": FactKind(YES_NO_TEXT, START, "the business may write first"),
    "opt_out": FactKind(TEXT, START, "how a customer ends it"),
    "opt_out_words": FactKind(LIST, START, "words that opt out"),
    "opt_in_words": FactKind(LIST, START, "words that opt in again"),
    "help_words": FactKind(LIST, START, "words that ask for help"),
    "delivery_signal": FactKind(LIST, ROUTED, "heard after sending"),
    "carried_by": FactKind(
        one_of("carrier", "provider", "mail servers", "own code"), ROUTED, "messages are carried by"
    ),
    "rendered_by": FactKind(one_of("platform", "own code"), ROUTED, "choices are drawn by"),
    "reply_delay_median_s": FactKind(NUMBER, PACE, "a customer answers, median"),
    "reply_delay_p90_s": FactKind(NUMBER, PACE, "nine of ten answer within"),
    "service_window_h": FactKind(NUMBER, PACE, "service window", missing="no window"),
    "session_life": FactKind(TEXT, PACE, "how long a session lasts"),
    "session_expires_h": FactKind(NUMBER, PACE, "a silent session ends after"),
    "agent_concurrency": FactKind(COUNT, PACE, "conversations an agent holds at once"),
    "typing_indicator": FactKind(YES_NO_TEXT, PACE, "typing indicator"),
    "read_receipts": FactKind(YES_NO_TEXT, PACE, "read receipts"),
    "max_text_chars": FactKind(COUNT, CARRIES, "longest text", missing="no limit known"),
    "text_counted_in": FactKind(one_of("characters", "UTF-16 units"), CARRIES, "text is counted in"),
    "rich_text_chars": FactKind(
        COUNT, CARRIES, "longest text beside buttons or a list", missing="as any text", needs="quick_replies_max"
    ),
    "quick_replies_max": FactKind(COUNT, CARRIES, "reply buttons"),
    "quick_reply_label_chars": FactKind(COUNT, CARRIES, "caption of a reply button", needs="quick_replies_max"),
    "long_label": FactKind(one_of("refused", "cut"), CARRIES, "a caption over its limit is", needs="quick_replies_max"),
    "template_quick_replies_max": FactKind(COUNT, CARRIES, "reply buttons of an approved template", needs="templates"),
    "list_items_max": FactKind(COUNT, CARRIES, "items of a list"),
    "list_item_chars": FactKind(COUNT, CARRIES, "title of a list item", needs="list_items_max"),
    "list_description_chars": FactKind(COUNT, CARRIES, "description of a list item", needs="list_items_max"),
    "cards_max": FactKind(COUNT, CARRIES, "cards side by side"),
    "card_buttons_max": FactKind(COUNT, CARRIES, "buttons of a card", needs="cards_max"),
    "media_types": FactKind(LIST, CARRIES, "media"),
    "media_max_mb": FactKind(NUMBER, CARRIES, "largest media"),
    "media_max_files": FactKind(COUNT, CARRIES, "files in one message"),
    "media_countries": FactKind(LIST, CARRIES, "media only in", missing="everywhere"),
    "text_with_media": FactKind(YES_NO, CARRIES, "text and file in one message"),
    "subject": FactKind(YES_NO, CARRIES, "subject line"),
    "threads": FactKind(YES_NO_TEXT, CARRIES, "threads and quoted replies"),
    "templates": FactKind(YES_NO_TEXT, CARRIES, "approved templates"),
    "billing_unit": FactKind(one_of("segment", "message"), COST, "billed by"),
}
