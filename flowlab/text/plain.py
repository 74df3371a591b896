"""Text from files made safe to show: names and values come from strangers and may hold anything."""

from __future__ import annotations


def plain(text: str) -> str:
    """A text in which control and direction characters are spelt out, so that none can steer a terminal or a page.

    >>> plain("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def short(text: str, chars: int = 80) -> str:
    """A text made plain and cut to at most ``chars`` characters, with ``...`` where something is missing.

    >>> short("a quick brown fox", 10)
    'a quick...'
    """
    shown = plain(text[: chars + 1])
    return shown if len(shown) <= chars else shown[: chars - 3] + "..."


def quote(text: str, chars: int = 60) -> str:
    """A text as messages show it: in quotation marks, control characters spelt out, cut where long.

    >>> quote("ask\\n"), len(quote("x" * 5_000))
    ("'ask\\\\n'", 62)
    """
    return repr(text if len(text) <= chars else text[: chars - 1] + "…")
