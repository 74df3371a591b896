"""Which choice a reply names, and what the platform passes on to the flow.

A tap sends the caption, with the button's id beside it as the channel does. A number or its word stands for a choice
only where flowlab numbered the choices itself; it is then passed on as that choice's caption, the work of an adapter.
Whatever is unknown or could mean two choices is passed on as typed. The fields of a tap (ButtonText, ButtonPayload;
of a list ListId, ListTitle) are general knowledge (M), not yet held against Twilio's webhook page; they come only where
the platform draws the buttons: a relay or window of one's own sends the caption alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from flowlab.errors import UsageError
from flowlab.model.channel import Channel
from flowlab.model.shown import Choice, Shape, Shown
from flowlab.run.render_choices import key
from flowlab.text.located_yaml import read_yaml
from flowlab.text.plain import quote

_WORDS = Path(__file__).with_name("number_words.yaml")
#: ``2``, ``2.``, ``#2``, ``(2)``, ``option 2``, ``no. 2``: a number, with what people write around it.
_NUMBER = re.compile(r"(?:option|opcion|opcao|choice|number|numero|nummer|nr\.?|no\.?|#|\()?\s*(\d{1,4})\s*[.):]?")
_NOTHING: Mapping[str, str] = MappingProxyType({})


class Answer(NamedTuple):
    """What a reply is passed on as. ``choice``: the caption of the one it names, empty where it names none.

    ``how`` that is known: ``tap``, ``label``, ``id``, ``number`` or ``number word``. ``fields``: what the webhook
    carries beside the text.
    """

    body: str
    choice: str = ""
    how: str = ""
    fields: Mapping[str, str] = _NOTHING


def understood(text: str, shown: Shown) -> Answer:
    """What a text that the customer typed stands for.

    >>> menu = Shown(Shape.NUMBERED, "1. Order 2. Return", (Choice("Order", "o"), Choice("Return", "r")))
    >>> understood("Two", menu)
    Answer(body='Return', choice='Return', how='number word', fields=mappingproxy({}))
    >>> understood("2 of them", menu).body
    '2 of them'
    """
    found = list(_named(text, shown))
    if len({number for number, _ in found}) != 1:
        return Answer(text)
    number, how = found[0]
    choice = shown.choices[number]
    return Answer(choice.label if how.startswith("number") else text, choice.label, how)


def tapped(choice: Choice, shown: Shown, channel: Channel) -> Answer:
    """What the tap of a choice sends.

    >>> from flowlab.model.channel import channel
    >>> menu = Shown(Shape.QUICK_REPLIES, "Which?", (Choice("Order", "o"),))
    >>> dict(tapped(menu.choices[0], menu, channel("whatsapp")).fields)
    {'ButtonText': 'Order', 'ButtonPayload': 'o'}
    >>> dict(tapped(menu.choices[0], menu, channel("webchat")).fields)
    {}
    """
    label, identity = choice.label, choice.id or choice.label
    fields: Mapping[str, str]
    if channel.value("rendered_by") == "own code":
        fields = _NOTHING
    elif shown.shape is Shape.LIST:
        fields = {"ListTitle": label, "ListId": identity}
    else:
        fields = {"ButtonText": label, "ButtonPayload": identity}
    return Answer(label, label, "tap", fields)


def choice_to_tap(what: str | int, shown: Shown | None) -> Choice:
    """The choice of this label, number or id. Raises UsageError, naming the choices, where there is no such button."""
    if shown is None or not shown.choices:
        raise UsageError(f"there is nothing to tap {quote(str(what))} on: the last message shows no choices; use say()")
    if shown.shape is Shape.NUMBERED:
        there = ", ".join(quote(one.label) for one in shown.choices)
        raise UsageError(f"the choices are numbered text, which has no buttons: use say('1') or a label ({there})")
    return shown.choices[place_of_choice(what, shown)]


def place_of_choice(what: str | int, shown: Shown) -> int:
    """Where the choice of this label, number (from 1) or id stands, from 0. Raises UsageError, naming the choices."""
    text = str(what)
    exact = [n for n, one in enumerate(shown.choices) if text == one.label]
    found = exact or list(dict.fromkeys(n for n, _ in _named(text, shown, is_numbered=True)))
    if len(found) != 1:
        there = ", ".join(quote(one.label) for one in shown.choices)
        raise UsageError(f"{quote(text)} names {len(found) or 'no'} choice{'s' * (len(found) > 1)}. There are {there}")
    return found[0]


def _named(text: str, shown: Shown, is_numbered: bool = False) -> Iterator[tuple[int, str]]:
    """The choices a text may name, by index, and how. A caption goes before a number: ``2`` may be one."""
    wanted, choices = key(text), shown.choices
    by_label = [n for n, one in enumerate(choices) if wanted == key(one.label)]
    by_label = by_label or [n for n, one in enumerate(choices) if wanted == key(one.full_label)]
    if not wanted or by_label:
        yield from ((n, "label") for n in by_label if wanted)
        return
    by_id = [n for n, one in enumerate(choices) if one.id and text.strip() == one.id]
    if by_id:
        yield from ((n, "id") for n in by_id)
        return
    if is_numbered or shown.shape is Shape.NUMBERED:
        digits = _NUMBER.fullmatch(wanted)
        number = int(digits[1]) if digits else number_words().get(wanted, 0)
        if 1 <= number <= len(choices):
            yield number - 1, "number" if digits else "number word"


@cache
def number_words() -> Mapping[str, int]:
    """The words for small numbers, without those that mean another number in another language."""
    known: dict[str, set[int]] = {}
    for words in read_yaml(_WORDS).data.values():
        for number, same in enumerate(words, 1):
            for word in same.split("/"):
                known.setdefault(key(word), set()).add(number)
    return {word: min(numbers) for word, numbers in known.items() if len(numbers) == 1}
