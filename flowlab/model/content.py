"""Content templates: messages written once, with a variant for each kind of channel, as the Content API lists them.

Source: Twilio docs, *Using variables with Content Templates*, *twilio/quick-reply*, *twilio/list-picker* (read
2026-11-25, D); the fields of the other types: general knowledge (M).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from flowlab.model.shown import Choice

#: ``{{1}}`` or ``{{name}}``: what a variable is put in place of.
PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z0-9_]{1,16})\s*\}\}")


@dataclass(frozen=True, slots=True)
class Link:
    """A button that opens a page or calls a number; nobody is told of the tap. ``target``: the address or number."""

    label: str
    target: str


@dataclass(frozen=True, slots=True)
class Variant:
    """What a template is on the channels that take the content type ``kind``.

    ``text`` is all the customer reads but captions; of cards, card after card. ``cards``: how many buttons each has.
    """

    kind: str
    text: str = ""
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    media: tuple[str, ...] = ()
    list_button: str = ""
    cards: tuple[int, ...] = ()

    def filled(self, values: Mapping[str, str]) -> Variant:
        """With the variables put in. What is put in is text and nothing else: it is never filled again.

        >>> Variant("twilio/text", "Hi {{1}}, {{2}}").filled({"1": "{{2}}", "2": "welcome"}).text
        'Hi {{2}}, welcome'
        """
        return self.each_text(lambda text: PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text))

    def each_text(self, change: Callable[[str], str]) -> Variant:
        """With every text of it changed."""
        return replace(
            self,
            text=change(self.text),
            choices=tuple(Choice(*map(change, one)) for one in self.choices),
            links=tuple(Link(change(one.label), change(one.target)) for one in self.links),
            media=tuple(map(change, self.media)),
            list_button=change(self.list_button),
        )

    @property
    def placeholders(self) -> frozenset[str]:
        """The names of the variables it has a place for."""
        found: set[str] = set()

        def note(text: str) -> str:
            found.update(PLACEHOLDER.findall(text))
            return text

        self.each_text(note)
        return frozenset(found)


@dataclass(frozen=True, slots=True)
class ContentTemplate:
    """A content template.

    ``variants`` by content type (``twilio/quick-reply``). ``variables``: samples, which stand where a message gives no
    value. ``category``: what an approved one is billed as (``marketing``, ``utility``, ``authentication``; empty where
    none was asked for). ``approved``: whether it may be sent outside WhatsApp's service window.
    """

    sid: str
    name: str = ""
    language: str = ""
    variants: Mapping[str, Variant] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    category: str = ""
    approved: bool = False
