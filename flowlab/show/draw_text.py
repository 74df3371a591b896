"""Text that fits: cleaned, measured, wrapped and shortened without a font engine.

Widths are those of DejaVu Sans (the font that comes with matplotlib), so that nothing drawn with it, or with a
narrower font, leaves its box.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Advance widths of the characters from space to tilde, in thousandths of the size (DejaVu Sans).
_WIDTHS = (
    *(318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636),
    *(636, 636, 636, 636, 337, 337, 838, 838, 838, 531, 1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656),
    *(557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500, 500, 613),
    *(635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818),
    *(592, 592, 525, 636, 337, 636, 838),
)
#: Bold is wider by a share and by a little more for every letter.
_BOLD, _BOLD_PLUS = 1.1, 35
ELLIPSIS = "…"

#: No line holds more; reading on in a text of a hundred thousand characters would be waste.
_LONGEST = 1000
_PIECE = re.compile(r"\s+|[^\s_\-/.:,;]+[_\-/.:,;]*|[_\-/.:,;]+")


def clean(text: str) -> str:
    """One line of text without anything that steers: control and direction marks go, white space becomes a space.

    >>> clean("Hi,\\n\\tthere\\x07 \\u202eolleh")
    'Hi, there olleh'
    """
    kept = "".join(c if _harmless(c) else " " if c.isspace() else "" for c in text[:_LONGEST])
    return " ".join(kept.split())


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of a text in the unit of its ``size``; for letters beyond ASCII rather too much than too little.

    >>> round(text_width("order", 10), 1), text_width("", 10)
    (26.8, 0.0)
    """
    total = float(sum(map(_advance, text)))
    if bold:
        total = total * _BOLD + _BOLD_PLUS * len(text)
    return total * size / 1000


def shorten(text: str, room: float, size: float, *, bold: bool = False) -> str:
    """The text, or as much of its beginning as fits into ``room`` with an ellipsis.

    >>> shorten("a long condition", 60, 10)
    'a long co…'
    """
    if text_width(text, size, bold=bold) <= room:
        return text
    end = len(text)
    while end and text_width(text[:end].rstrip() + ELLIPSIS, size, bold=bold) > room:
        end -= 1
    return text[:end].rstrip() + ELLIPSIS


def wrap(text: str, room: float, size: float, lines: int, *, bold: bool = False) -> tuple[str, ...]:
    """The text in at most ``lines`` lines of at most ``room``, broken at spaces and inside names; the last shortened.

    >>> wrap("ask_for_the_order_number", 80, 10, 2)
    ('ask_for_the_', 'order_number')
    >>> wrap("askForTheOrderNumber", 110, 10, 2)
    ('askForTheOrder', 'Number')
    >>> wrap("Please tell us your order number", 80, 10, 2)
    ('Please tell us', 'your order nu…')
    """
    text = clean(text)
    done: list[str] = []
    while text and len(done) < lines - 1:
        cut = _fitting(text, room, size, bold)
        done.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    if text:
        done.append(shorten(text, room, size, bold=bold))
    return tuple(done)


def _fitting(text: str, room: float, size: float, bold: bool) -> int:
    """How many characters of the text to take for one line: whole pieces, or letters where the first is too long."""
    if text_width(text, size, bold=bold) <= room:
        return len(text)
    end = 0
    for piece in _PIECE.finditer(text):
        if text_width(text[: piece.end()].rstrip(), size, bold=bold) > room:
            break
        end = piece.end()
    if not end:
        end = 1
        while text_width(text[: end + 1], size, bold=bold) <= room:
            end += 1
        return _word_end(text, end)
    return end


def _word_end(text: str, end: int) -> int:
    """The last place up to ``end`` at which a new word begins in a name like ``AskForTheNumber``; else ``end``."""
    places = (at for at in range(end, 2, -1) if text[at - 1].islower() and text[at].isupper())
    return next(places, end)


def _harmless(char: str) -> bool:
    """Printable; neither a control, a format or direction mark, half of a surrogate pair, nor unassigned."""
    return char == " " or (unicodedata.category(char)[0] != "C" and not char.isspace())


@lru_cache(maxsize=4096)
def _advance(char: str) -> int:
    if " " <= char <= "~":
        return _WIDTHS[ord(char) - 32]
    if char == ELLIPSIS:
        return 1000
    if unicodedata.category(char) in ("Mn", "Me"):
        return 0
    base = unicodedata.normalize("NFD", char)[0]
    if " " <= base <= "~":
        return _WIDTHS[ord(base) - 32]
    if unicodedata.east_asian_width(char) in ("W", "F"):
        return 1100
    return 950 if char.islower() else 1100
