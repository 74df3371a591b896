"""How choices look on a channel: as written where it can, else the next best way that loses none.

The ladder: as written, quick replies, a list, numbered text. All limits come from the channel's own data.
"""

from __future__ import annotations

from collections.abc import Sequence

from flowlab.model.channel import Channel
from flowlab.model.shown import Choice, Shape
from flowlab.run.outgoing import Outgoing
from flowlab.run.render import counted_in, length

#: The caption of a list's own button where the message gives none.
LIST_BUTTON = "Menu"


class DoesNotFit(Exception):
    """Why the channel cannot show the choices in one shape, in words."""


def fit(message: Outgoing, shape: Shape, channel: Channel, in_window: bool) -> tuple[tuple[Choice, ...], list[str]]:
    """The choices as the channel shows them in this shape, and what was changed. Raises DoesNotFit where it cannot."""
    if shape is Shape.NUMBERED:
        return _labels(message.choices, None, channel)
    limit = channel.value("rich_text_chars")
    if limit and length(message.text, channel) > limit:
        unit = counted_in(channel)
        raise DoesNotFit(f"the text is {length(message.text, channel):,} {unit}, beside {shape} at most {limit:,} go")
    if shape is Shape.LIST:
        return _as_list(message, channel, in_window)
    most = _most_buttons(message, channel) if shape is Shape.QUICK_REPLIES else _room_on_cards(message, channel)
    _count(len(message.choices), most, channel, shape)
    choices, notes = _labels(message.choices, channel.value("quick_reply_label_chars"), channel)
    if shape is Shape.CARDS:  # each stands under its own card: nothing need tell whose it is
        choices = tuple(one._replace(description="") for one in choices)
    return choices, notes


def _as_list(message: Outgoing, channel: Channel, in_window: bool) -> tuple[tuple[Choice, ...], list[str]]:
    if not in_window:
        raise DoesNotFit(f"{channel.label} shows a list inside the service window only")
    _count(len(message.choices), channel.value("list_items_max"), channel, Shape.LIST)
    choices, notes = _labels(message.choices, channel.value("list_item_chars"), channel)
    most = channel.value("list_description_chars")
    if not most:
        return choices, notes
    for choice in choices:
        if length(choice.description, channel) > most:
            what = f"the description of {choice.label!r} has {length(choice.description, channel)} characters"
            raise DoesNotFit(f"{what}, {channel.label} takes {most}")
    return choices, notes


def _most_buttons(message: Outgoing, channel: Channel) -> int:
    in_session = channel.value("quick_replies_max", 0)
    return int(channel.value("template_quick_replies_max", in_session) if message.is_approved else in_session)


def _room_on_cards(message: Outgoing, channel: Channel) -> int:
    _count(len(message.cards), channel.value("cards_max"), channel, Shape.CARDS)
    each = channel.value("card_buttons_max", 0)
    if message.cards and max(message.cards) > each:
        raise DoesNotFit(f"a card has {max(message.cards)} buttons, on {channel.label} it has at most {each}")
    return max(len(message.choices), 1)


def _count(there: int, most: int | None, channel: Channel, shape: Shape) -> None:
    if not most:
        raise DoesNotFit(f"{channel.label} has no {_NAMES[shape]}")
    if there > most:
        raise DoesNotFit(f"{there} {_NAMES[shape]}, {channel.label} shows at most {most}")


_NAMES = {Shape.QUICK_REPLIES: "quick replies", Shape.LIST: "list items", Shape.CARDS: "cards"}


def _labels(choices: Sequence[Choice], most: int | None, channel: Channel) -> tuple[tuple[Choice, ...], list[str]]:
    """Captions cut to their limit, where the platform cuts them, and told apart where two are the same."""
    made: list[Choice] = []
    notes: list[str] = []
    seen: set[str] = set()
    for choice in choices:
        label = choice.label
        if most and length(label, channel) > most:
            if channel.value("long_label", "refused") != "cut":
                raise DoesNotFit(f"{label!r} has {length(label, channel)} characters, {channel.label} takes {most}")
            label = _cut(label, most, channel)
            notes.append(f"{choice.label!r} is cut to {label!r}: {channel.label} shows {most} characters")
        if key(label) in seen:
            label = _told_apart(label, seen, most, channel)
            notes.append(f"a second {choice.label!r} is shown as {label!r}: the reply would not tell which was meant")
        seen.add(key(label))
        made.append(choice if label == choice.label else choice._replace(label=label, full_label=choice.label))
    return tuple(made), notes


def _told_apart(label: str, seen: set[str], most: int | None, channel: Channel) -> str:
    for number in range(2, len(seen) + 3):
        mark = f" ({number})"
        head = _cut(label, most - len(mark), channel) if most and most > len(mark) else label
        if key(head + mark) not in seen and not (most and length(head + mark, channel) > most):
            return head + mark
    raise DoesNotFit(f"{label!r} is there more than once, and {channel.label} has no room to tell them apart")


def _cut(label: str, most: int, channel: Channel) -> str:
    while length(label, channel) > most:
        label = label[:-1]
    return label.rstrip() or label


def key(label: str) -> str:
    """A caption with what people leave out left out: case, accents and blanks.

    >>> key(" Rücksendung  starten "), key("２")
    ('rucksendung starten', '2')
    """
    import unicodedata

    plain = unicodedata.normalize("NFKD", label.casefold())
    kept = " ".join("".join(char for char in plain if not unicodedata.combining(char)).split())
    return kept or label.strip()


def numbered(text: str, choices: Sequence[Choice]) -> str:
    """The choices spelt out under the text, one a line.

    >>> print(numbered("Which?", (Choice("Order"), Choice("Return", description="within 30 days"))))
    Which?
    1. Order
    2. Return: within 30 days
    """
    return "\n".join(filter(None, (text, *_lines(choices))))


def spelt_out(text: str, choices: Sequence[Choice], channel: Channel) -> list[str]:
    """The choices spelt out in as few messages as the channel's limit allows: the text first, then whole lines.

    A text or a line that is over the limit by itself stays whole: the channel refuses it.

    >>> from flowlab.model.channel import Fact, channel
    >>> from dataclasses import replace
    >>> small = replace(channel("sms"), facts={"max_text_chars": Fact(12)})
    >>> spelt_out("Which?", (Choice("A"), Choice("B"), Choice("C"), Choice("D")), small)
    ['Which?', '1. A\\n2. B', '3. C\\n4. D']
    """
    whole, limit = numbered(text, choices), channel.value("max_text_chars")
    if not limit or length(whole, channel) <= limit:
        return [whole]
    parts = [text] if text else []
    at_choices = len(parts)
    for line in _lines(choices):
        longer = f"{parts[-1]}\n{line}" if len(parts) > at_choices else ""
        if longer and length(longer, channel) <= limit:
            parts[-1] = longer
        else:
            parts.append(line)
    return parts


def _lines(choices: Sequence[Choice]) -> list[str]:
    return [f"{n}. {': '.join(filter(None, (one.label, one.description)))}" for n, one in enumerate(choices, 1)]
