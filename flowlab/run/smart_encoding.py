"""Twilio's Smart Encoding: characters outside GSM-7 sent as plain ones that look alike.

Source: Twilio docs, *List of characters replaced by Smart Encoding*; the data in ``smart_encoding.txt`` beside this.
"""

from __future__ import annotations

import json
import unicodedata
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "smart_encoding.txt"


@cache
def replacements() -> dict[int, str]:
    """Code point -> what is sent in its place; the form that ``str.translate`` takes."""
    found: dict[int, str] = {}
    for line in _TABLE.read_text(encoding="ascii").splitlines():
        if line.startswith('"'):
            sign, points = json.JSONDecoder().raw_decode(line)
            found |= {int(point, 16): sign for point in line[points:].split()}
    return found


def smart_encoded(text: str) -> str:
    """A text as Smart Encoding sends it. Characters that it has no substitute for stay.

    >>> smart_encoded("Don’t wait… 👋")
    "Don't wait... 👋"
    """
    return text.translate(replacements())


def swap(char: str) -> str:
    """A replacement in words.

    >>> swap("’"), swap("\\u00a0"), swap("\\u200b")
    ("’ → '", 'U+00A0 → 2 spaces', 'U+200B → nothing')
    """
    sign = replacements()[ord(char)]
    spaces = "nothing" if not sign else "a space" if sign == " " else f"{len(sign)} spaces"
    return f"{shown(char)} → {sign if sign.strip() else spaces}"


def shown(text: str) -> str:
    """A character as it is, or by its numbers where it cannot be seen by itself.

    >>> shown("👋🏽"), shown("\\u0301"), shown("\\u200d")
    ('👋🏽', 'U+0301', 'U+200D')
    """
    a_mark = unicodedata.category(text[0]).startswith("M")
    if text[0].isprintable() and not a_mark and all(char.isprintable() or char == "\u200d" for char in text):
        return text
    return " ".join(f"U+{ord(char):04X}" for char in text)
