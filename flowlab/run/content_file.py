"""Content templates from a file: what Twilio's Content API lists (``GET /v1/ContentAndApprovals``), as JSON or YAML.

Or written by hand in the same shape::

    contents:
      - sid: HX0123456789abcdef0123456789abcdef
        friendly_name: main_menu
        language: en
        variables: {"1": "Ana"}
        types:
          twilio/quick-reply:
            body: Hi {{1}}, how can we help?
            actions: [{title: Track an order, id: track}, {title: Returns, id: returns}]
          twilio/text: {body: "Hi {{1}}, write ORDER or RETURN."}
        approval_requests: {name: main_menu, category: UTILITY, status: approved}
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from flowlab.errors import FormatError, UsageError
from flowlab.model.content import ContentTemplate, Link, Variant
from flowlab.model.shown import Choice
from flowlab.text.checked import TEXT, Check, Entries, one_of
from flowlab.text.located_yaml import Located, Place, read_yaml
from flowlab.text.plain import short

MAX_BYTES = 50_000_000
_SID: Check = (
    lambda value: isinstance(value, str) and re.fullmatch(r"HX[0-9a-fA-F]{32}", value) is not None,
    "a template's sid: HX and 32 hexadecimal digits",
)
_CATEGORIES = ("", "marketing", "utility", "authentication")
#: Where each type has its texts, in the order in which they are read, and where its buttons.
_TEXTS = ("header_text", "title", "body", "subtitle", "footer", "label")
_WRITTEN = (*_TEXTS, "button")


def load_content(source: Mapping[str, Any] | list[Any] | str | Path) -> dict[str, ContentTemplate]:
    """Content templates by sid, from a file, or from a list or mapping of the same shape.

    Raises FormatError with all faults at once, UsageError when there is no such file.

    >>> menu = {"sid": "HX" + "0" * 32, "types": {"twilio/text": {"body": "Hi {{1}}"}}}
    >>> load_content([menu])["HX" + "0" * 32].variants["twilio/text"].text
    'Hi {{1}}'
    """
    if isinstance(source, str | Path):
        path = Path(source)
        if not path.exists():
            raise UsageError(f"there is no file {path}. Give the path of a file of content templates (JSON or YAML).")
        return ContentReader(read_yaml(path, MAX_BYTES)).templates()
    return ContentReader(Located("content", source)).templates()


class ContentReader(Entries):
    """Reads content templates and gathers every fault before it raises."""

    def templates(self) -> dict[str, ContentTemplate]:
        data = self.found.data
        if isinstance(data, Mapping) and all(isinstance(one, ContentTemplate) for one in data.values()):
            return dict(data)
        if isinstance(data, list | tuple):
            data = {"contents": data}
        if not isinstance(data, Mapping) or "contents" not in data:
            self.found.raise_faults()
            found = short(repr(data), 40)
            raise FormatError(self.found.source, f"expected the content templates under 'contents', found {found}")
        templates: dict[str, ContentTemplate] = {}
        for place, one in self.each(data, "contents", lambda entry, place: (place, self._template(entry, place))):
            if one.sid in templates:
                self.found.fault((*place, "sid"), f"{one.sid} is there twice: each template has a sid of its own")
            templates[one.sid] = one
        self.found.raise_faults()
        return templates

    def _template(self, entry: Mapping[str, Any], place: Place) -> ContentTemplate:
        if entry.get("sid") is None:
            self.found.fault((*place, "sid"), f"missing: expected {_SID[1]}")
        types = self.mapping(entry, place, "types")
        if not types:
            self.found.fault((*place, "types"), "expected at least one content type, for instance twilio/text")
        kinds = {str(kind): self._variant(str(kind), body, (*place, "types", kind)) for kind, body in types.items()}
        category, status = self._approval(entry, place)
        return ContentTemplate(
            sid=self.value(entry, place, "sid", _SID, ""),
            name=self.value(entry, place, "friendly_name", TEXT, ""),
            language=self.value(entry, place, "language", TEXT, ""),
            variants=kinds,
            variables=self._samples(entry, place),
            category=category,
            approved=status == "approved",
        )

    def _approval(self, entry: Mapping[str, Any], place: Place) -> tuple[str, str]:
        asked = self.mapping(entry, place, "approval_requests")
        at = (*place, "approval_requests")
        category = str(self.value(asked, at, "category", TEXT, "")).lower()
        if category not in _CATEGORIES:
            self.found.fault((*at, "category"), f"{short(repr(category))}: expected {one_of(*_CATEGORIES[1:])[1]}")
        return category, str(self.value(asked, at, "status", TEXT, "")).lower()

    def _samples(self, entry: Mapping[str, Any], place: Place) -> dict[str, str]:
        samples = self.mapping(entry, place, "variables")
        for name, value in samples.items():
            if isinstance(value, Mapping | list) or value is None:
                self.found.fault((*place, "variables", name), f"expected a text, found {short(repr(value), 40)}")
        return {str(name): str(value) for name, value in samples.items()}

    def _variant(self, kind: str, body: Any, place: Place) -> Variant:
        if not isinstance(body, Mapping):
            self.found.fault(place, f"expected what {kind} is made of, found {short(repr(body), 40)}")
            return Variant(kind)
        texts = self.values(body, place, dict.fromkeys(_WRITTEN, TEXT))
        choices, links = self._buttons(body, place)
        cards = self.each(body, "cards", lambda card, at: self._variant(kind, card, at), place)
        own = "\n".join(filter(None, map(texts.get, _TEXTS)))
        if kind.endswith("/card"):
            cards = (Variant(kind, choices=choices, links=links),)
            parts: tuple[Variant, ...] = ()
        else:
            parts = cards
        return Variant(
            kind,
            "\n\n".join(filter(None, (own, *(card.text for card in parts)))),
            (*choices, *self._items(body, place), *(one for card in parts for one in _of_card(card, parts))),
            (*links, *(one for card in parts for one in card.links)),
            (*self._media(body, place), *(one for card in parts for one in card.media)),
            texts.get("button", ""),
            tuple(len(card.choices) + len(card.links) for card in cards),
        )

    def _media(self, body: Mapping[str, Any], place: Place) -> tuple[str, ...]:
        media = body.get("media")
        return (media,) if isinstance(media, str) and media else self.texts(body, "media", place)

    def _items(self, body: Mapping[str, Any], place: Place) -> tuple[Choice, ...]:
        def read(item: Mapping[str, Any], at: Place) -> Choice:
            texts = self._named(item, at, "item")
            return Choice(texts.get("item", ""), texts.get("id", ""), texts.get("description", ""))

        return self.each(body, "items", read, place)

    def _buttons(self, body: Mapping[str, Any], place: Place) -> tuple[tuple[Choice, ...], tuple[Link, ...]]:
        """Buttons that answer, and buttons that lead elsewhere."""

        def read(action: Mapping[str, Any], at: Place) -> Choice | Link:
            texts = self._named(action, at, "title")
            target = next(filter(None, map(texts.get, ("url", "phone", "code"))), "")
            return (
                Link(texts.get("title", ""), target) if target else Choice(texts.get("title", ""), texts.get("id", ""))
            )

        made = self.each(body, "actions", read, place)
        return tuple(b for b in made if isinstance(b, Choice)), tuple(b for b in made if isinstance(b, Link))

    def _named(self, entry: Mapping[str, Any], place: Place, name: str) -> dict[str, str]:
        """The texts of a button or an item; without a caption it could not be chosen."""
        keys = (name, "id", "description", "url", "phone", "code")
        texts = self.values(entry, place, dict.fromkeys(keys, TEXT))
        if not str(texts.get(name, "")).strip() and "copy_code_text" not in entry:
            self.found.fault((*place, name), "missing or empty: a button or item needs a caption")
        return texts


def read_content(given: Any, folder: Path, fault: Callable[[Place, str], None]) -> dict[str, ContentTemplate]:
    """What stands under ``content`` in a services file: a path beside it, or templates in place."""
    if given is None:
        return {}
    try:
        return load_content(folder / given if isinstance(given, str | Path) and str(given) else given)
    except (FormatError, UsageError, ValueError) as error:  # ValueError: a path that holds a NUL
        fault(("content",), str(error))
        return {}


def _of_card(card: Variant, cards: tuple[Variant, ...]) -> Iterator[Choice]:
    """A card's buttons; of several cards each says whose it is, for where they stand apart from their card."""
    title = card.text.partition("\n")[0] if len(cards) > 1 else ""
    return (one._replace(description=one.description or title) for one in card.choices)
