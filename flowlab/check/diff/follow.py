"""Names that were changed, followed into the texts that mention them: ``{{widgets.OLD.inbound.Body}}``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from flowlab.check.diff.values import Follow

_MENTION = re.compile(r"""(\bwidgets\s*(?:\.\s*|\[\s*["']))([\w-]+)""")


def follower(renames: Mapping[str, str]) -> Follow:
    """What puts the new names into a text: only inside Liquid, where they are names and not words.

    >>> follower({"ask": "ask_name"})("ask {{widgets.ask.inbound.Body}} {{widgets.ask_age.inbound.Body}}")
    'ask {{widgets.ask_name.inbound.Body}} {{widgets.ask_age.inbound.Body}}'
    """
    if not renames:
        return str

    def named(mention: re.Match[str]) -> str:
        return mention[1] + renames.get(mention[2], mention[2])

    def follow(text: str) -> str:
        if "widgets" not in text:
            return text
        return "".join(_MENTION.sub(named, part) if is_liquid else part for is_liquid, part in _parts(text))

    return follow


def _parts(text: str) -> Iterator[tuple[bool, str]]:
    """The text in parts, and whether each is Liquid. What is opened and never closed is none."""
    at = 0
    while True:
        start = min((place for place in (text.find("{{", at), text.find("{%", at)) if place >= 0), default=-1)
        end = text.find("}}" if text[start : start + 2] == "{{" else "%}", start) if start >= 0 else -1
        if end < 0:
            yield False, text[at:]
            return
        yield False, text[at:start]
        yield True, text[start : end + 2]
        at = end + 2
