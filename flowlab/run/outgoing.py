"""One outgoing message before any channel has touched it: from a content template or from the message's attributes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flowlab.errors import FormatError
from flowlab.model.channel import Channel
from flowlab.model.content import ContentTemplate, Link, Variant
from flowlab.model.shown import Choice, Shape
from flowlab.text.json_text import parse_json

#: The shape each content type asks for; all others are text.
_SHAPES = {
    "twilio/quick-reply": Shape.QUICK_REPLIES,
    "twilio/list-picker": Shape.LIST,
    "twilio/card": Shape.CARDS,
    "whatsapp/card": Shape.CARDS,
    "twilio/carousel": Shape.CARDS,
}
#: The richest first: what a platform picks of the types that the channel takes.
_RICHEST_FIRST = (
    "twilio/carousel",
    "whatsapp/card",
    "twilio/card",
    "twilio/list-picker",
    "twilio/quick-reply",
    "twilio/call-to-action",
    "twilio/media",
    "twilio/text",
)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message as it was written.

    ``shape``: how its choices were meant to look. ``cards``: how many buttons each of its cards has. ``is_approved``:
    sent as an approved template; ``source``: the content type, empty for a message of the flow's own.
    """

    text: str
    media: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    shape: Shape = Shape.TEXT
    cards: tuple[int, ...] = ()
    list_button: str = ""
    subject: str = ""
    is_approved: bool = False
    source: str = ""


def of_attributes(text: str, media: str, attributes: str) -> tuple[Outgoing, str]:
    """The message with the choices and the subject that its attributes (JSON text) carry, and what is wrong with them.

    >>> of_attributes("Which?", "", '{"choices": ["Yes", {"label": "No", "id": "n"}]}')[0].choices[1].id
    'n'
    """
    files = (media,) if media else ()
    found, wrong = _read(attributes)
    labels, rest = found.get("choices", ()), [found.get(key, "") for key in ("subject", "list_button")]
    choices = [_choice(one) for one in labels] if isinstance(labels, list) else []
    wrong = wrong or _fault(found, choices, rest)
    if wrong:
        return Outgoing(text, files), wrong
    many = tuple(one for one in choices if one is not None)
    shape = (Shape.LIST if rest[1] else Shape.QUICK_REPLIES) if many else Shape.TEXT
    return Outgoing(text, files, many, shape=shape, subject=rest[0], list_button=rest[1]), ""


def _read(attributes: str) -> tuple[Mapping[str, Any], str]:
    if not attributes.strip():
        return {}, ""
    try:
        found = parse_json(attributes, "attributes")
    except FormatError as error:
        return {}, f"the attributes are not JSON, so no choices are read from them: {error}"
    return (found, "") if isinstance(found, Mapping) else ({}, "")


def _fault(found: Mapping[str, Any], choices: list[Choice | None], rest: list[Any]) -> str:
    if "choices" in found and (not isinstance(found["choices"], list) or None in choices):
        return (
            "attributes.choices is not shown: expected a list of labels, or of "
            '{"label": ..., "id": ..., "description": ...}, each with a label that is not empty'
        )
    if not all(isinstance(one, str) for one in rest):
        return "attributes.subject and attributes.list_button are not shown: expected texts"
    return ""


def _choice(one: Any) -> Choice | None:
    if isinstance(one, str):
        one = {"label": one}
    if not isinstance(one, Mapping):
        return None
    texts = [one.get(key, "") for key in ("label", "id", "description")]
    return Choice(*texts) if all(isinstance(text, str) for text in texts) and texts[0].strip() else None


def of_template(template: ContentTemplate, values: Mapping[str, str], channel: Channel) -> Outgoing:
    """The variant of a template for a channel, with its variables put in; samples stand where no value is given."""
    written = variant_for(template, channel)
    made = written.filled({**template.variables, **values})
    shape = _SHAPES.get(made.kind, Shape.TEXT)
    choices = tuple(one for one in made.choices if one.label.strip())
    return Outgoing(
        made.text,
        tuple(filter(None, made.media)),
        choices,
        made.links,
        shape if choices or made.cards else Shape.TEXT,
        made.cards,
        made.list_button,
        is_approved=template.approved,
        source=made.kind,
    )


def variant_for(template: ContentTemplate, channel: Channel) -> Variant:
    """The richest variant whose type the channel takes; where it takes none, the richest there is."""
    rank = {kind: number for number, kind in enumerate(_RICHEST_FIRST)}
    ordered = sorted(template.variants.values(), key=lambda one: rank.get(one.kind, len(rank)))
    return next((one for one in ordered if takes(channel, one.kind)), ordered[0])


def takes(channel: Channel, kind: str) -> bool:
    """Whether a channel takes a content type at all, by what it can carry.

    >>> from flowlab.model.channel import channel
    >>> [takes(channel(name), "twilio/list-picker") for name in ("sms", "whatsapp")]
    [False, True]
    """
    shape = _SHAPES.get(kind)
    if kind.startswith("whatsapp/") and not channel.value("templates"):
        return False
    if shape is Shape.QUICK_REPLIES:
        return bool(channel.value("quick_replies_max"))
    if shape is Shape.LIST:
        return bool(channel.value("list_items_max"))
    if shape is Shape.CARDS:
        return bool(channel.value("cards_max"))
    if kind == "twilio/call-to-action":
        return bool(channel.value("quick_replies_max"))
    return kind != "twilio/media" or bool(channel.value("media_types"))
