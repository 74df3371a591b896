"""What a channel makes of one message: text, choices and how they look, and what was changed on the way."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, NamedTuple

from flowlab.errors import UsageError


class Shape(StrEnum):
    """How a message looks to the customer."""

    TEXT = "text"  #: a bubble of text, media beside it
    QUICK_REPLIES = "quick replies"  #: buttons under the text; a tap sends the label
    LIST = "list"  #: one button that opens a list to pick from
    CARDS = "cards"  #: one card or several side by side, each with buttons
    NUMBERED = "numbered text"  #: the choices spelt out in the text, one a line: "1. ..."


class Choice(NamedTuple):
    """One thing to choose.

    ``label`` as the customer reads it, ``id`` as the flow gets it (a button's payload; may be empty), ``description``
    in small print under a list's item. ``full_label``: what was written, where the channel cut it.
    """

    label: str
    id: str = ""
    description: str = ""
    full_label: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One message as one channel shows it.

    ``text``: all text the customer reads but the buttons' labels; of a numbered text with the numbers in it.
    ``list_button``: the caption that opens a list. ``notes``: what was changed and why, one sentence each.

    >>> shown = Shown(Shape.QUICK_REPLIES, "Which?", (Choice("Order", "o"), Choice("Return", "r")))
    >>> Shown.from_json(shown.as_json()) == shown
    True
    """

    shape: Shape
    text: str
    choices: tuple[Choice, ...] = ()
    media: tuple[str, ...] = ()
    subject: str = ""
    list_button: str = ""
    notes: tuple[str, ...] = ()

    def as_json(self) -> str:
        """As one line of JSON: the ``value`` of a SHOWN event. What is empty is left out."""
        kept = {key: value for key in _KEYS if (value := getattr(self, key))}
        if self.choices:
            kept["choices"] = [{key: value for key, value in one._asdict().items() if value} for one in self.choices]
        return json.dumps(kept, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Shown:
        """Read back what :meth:`as_json` wrote. Raises UsageError for anything else."""
        try:
            data: dict[str, Any] = json.loads(text)
            choices = tuple(Choice(**one) for one in data.pop("choices", ()))
            lists: dict[str, Any] = {key: tuple(data.pop(key)) for key in ("media", "notes") if key in data}
            known: dict[str, Any] = {"text": "", **data, **lists, "shape": Shape(data["shape"]), "choices": choices}
            return cls(**known)
        except (ValueError, TypeError, KeyError, AttributeError) as wrong:
            raise UsageError(f"{text!r:.80} is not what as_json() of a Shown writes: {wrong}") from None


_KEYS = tuple(field.name for field in fields(Shown))
