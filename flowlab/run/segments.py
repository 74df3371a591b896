"""How an SMS is cut into the segments that are billed.

Sources: Twilio *SMS character limits*, 3GPP TS 23.038 (the GSM 7-bit alphabet and its extension table), and Twilio's
own segment calculator, https://github.com/TwilioDevEd/message-segment-calculator 1.3.0, read 2026-11-25, which decides.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from flowlab.run.graphemes import all_alone, clusters
from flowlab.run.smart_encoding import replacements, shown, smart_encoded, swap

_GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = "^{}\\[~]|€\f"
_is_basic = re.compile(f"[{re.escape(_GSM_BASIC)}]*").fullmatch
_NOT_GSM = re.compile(f"[^{re.escape(_GSM_BASIC + _GSM_EXTENSION)}]")
_EXTENDED = re.compile(f"[{re.escape(_GSM_EXTENSION)}]")
_HALVES = re.compile("[\ud800-\udbff][\udc00-\udfff]")
#: Units in a message of one segment, and in each of several: 140 octets, six of them spent on the header that joins.
_HOLDS = {"GSM-7": (160, 153), "UCS-2": (70, 67)}
#: So many kinds of character are worth naming as what to leave out; more is a text in another alphabet.
_NAMED_AT_MOST = 5


@dataclass(frozen=True, slots=True, repr=False)
class Segments:
    """How an SMS is cut.

    ``encoding``: ``GSM-7`` or ``UCS-2``. ``segments``: how many are billed. ``units``: length in septets (GSM-7) or
    UTF-16 units (UCS-2), headers left out. ``text``: what is counted; with smart encoding, what is sent. All else is
    worked out when asked for.
    """

    encoding: str
    segments: int
    units: int
    text: str = ""

    @property
    def forced_by(self) -> str:
        """The first character outside GSM-7, which makes the whole text UCS-2; empty where there is none."""
        found = _NOT_GSM.search(self.text)
        return found.group() if found else ""

    @property
    def costly_characters(self) -> tuple[tuple[int, str], ...]:
        """Every character outside GSM-7, with its place in ``text``, counted from 0.

        >>> segments("It’s 👋").costly_characters
        ((2, '’'), (5, '👋'))
        """
        return tuple((found.start(), found.group()) for found in _NOT_GSM.finditer(self.text))

    @property
    def characters(self) -> int:
        """Length as Twilio's calculator states it: septets in GSM-7, characters as a reader sees them in UCS-2.

        >>> segments("€").characters, segments("👋🏽").characters
        (2, 1)
        """
        return self.units if self.encoding == "GSM-7" else len(clusters(self.text))

    @property
    def parts(self) -> tuple[str, ...]:
        """The text of each segment. Together they are ``text``.

        A character longer than a segment stands in one by itself, as Twilio's calculator has it, and the first segment
        stays empty where the text begins with such a one.

        >>> [len(part) for part in segments("x" * 161).parts]
        [153, 8]
        """
        pieces = list(self.text) if self.encoding == "GSM-7" else clusters(self.text)
        starts = [*_starts(_widths(pieces, self.encoding), *_HOLDS[self.encoding]), len(pieces)]
        return tuple("".join(pieces[start:stop]) for start, stop in pairwise(starts))

    @property
    def left_in_segment(self) -> int:
        """Units that still fit into the last segment: septets or UTF-16 units.

        >>> segments("x" * 161).left_in_segment
        145
        """
        alone, each = _HOLDS[self.encoding]
        used = sum(_widths(self.parts[-1], self.encoding))
        return max(0, (alone if self.segments == 1 else each) - used)

    @property
    def advice(self) -> str:
        """What to replace or leave out for fewer segments, in one sentence; empty where that would not help.

        Replaced is what Smart Encoding replaces, so switching that on does the same.

        >>> segments("It’s " + "x" * 70).advice
        "’ → ' makes this 1 segment instead of 2."
        """
        return _advice(self) if self.encoding == "UCS-2" and self.segments > 1 else ""

    def __repr__(self) -> str:
        facts = ("encoding", "segments", "units", "forced_by")
        return f"Segments({', '.join(f'{name}={getattr(self, name)!r}' for name in facts)})"

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """In a notebook the cut shows itself, the costly characters marked. The show room registers how."""
        from flowlab.model import display

        return display.bundle(self)


def segments(text: str, smart_encoding: bool = False) -> Segments:
    """Cut a text into SMS segments: 160 / 153 septets in GSM-7, 70 / 67 UTF-16 units in UCS-2.

    What a reader sees as one character never stands across two segments. ``smart_encoding``: count the text as Twilio's
    Smart Encoding sends it. The two halves of a surrogate pair, where a text holds them apart, are taken together.

    >>> segments("x" * 161)
    Segments(encoding='GSM-7', segments=2, units=161, forced_by='')
    >>> segments("Grüße 👋")
    Segments(encoding='UCS-2', segments=1, units=8, forced_by='👋')
    >>> segments("It’s", smart_encoding=True).text
    "It's"
    """
    if smart_encoding:
        text = smart_encoded(_joined(text))
    if _is_basic(text):
        units = len(text)
        return Segments("GSM-7", 1 if units <= 160 else -(-units // 153), units, text)
    if not _NOT_GSM.search(text):
        units = len(text) + len(_EXTENDED.findall(text))
        return Segments("GSM-7", _count(text, units, "GSM-7"), units, text)
    text = _joined(text)
    units = _utf16_units(text)
    return Segments("UCS-2", _count(text, units, "UCS-2"), units, text)


def _joined(text: str) -> str:
    """The text with pairs of surrogates as the one character that they mean."""
    return _HALVES.sub(lambda pair: pair.group().encode("utf-16-le", "surrogatepass").decode("utf-16-le"), text)


def _utf16_units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _count(text: str, units: int, encoding: str) -> int:
    alone, each = _HOLDS[encoding]
    if units <= alone:
        return 1
    pieces = text if encoding == "GSM-7" or all_alone(text) else clusters(text)
    if pieces is text and units == len(text):
        return -(-units // each)
    return len(_starts(_widths(pieces, encoding), alone, each))


def _widths(pieces: Iterable[str], encoding: str) -> list[int]:
    """Units that each piece takes; a piece is what must not be cut."""
    if encoding == "GSM-7":
        return [2 if char in _GSM_EXTENSION else 1 for char in pieces]
    return [1 if len(piece) == 1 and piece <= "\uffff" else _utf16_units(piece) for piece in pieces]


def _starts(widths: Sequence[int], alone: int, each: int) -> list[int]:
    """With which piece each segment begins."""
    ends = list(accumulate(widths))
    if not ends or ends[-1] <= alone:
        return [0]
    # The first segment is filled before it is known that a second will follow. The piece that no longer fits opens the
    # second one together with all that the header now pushes out of the first, be they ever so long.
    together = bisect_right(ends, alone) + 1
    starts, start = [0], bisect_right(ends, each)
    while start < len(ends):
        starts.append(start)
        used = ends[start - 1] if start else 0
        start = max(bisect_right(ends, used + each), start + 1, together)
    return starts


def _advice(cut: Segments) -> str:
    swaps = [char for char in _kinds(cut) if ord(char) in replacements()]
    smart = segments(cut.text, smart_encoding=True)
    leave_out = _left_over(smart)
    best = segments(_NOT_GSM.sub("", smart.text)) if 0 < len(leave_out) <= _NAMED_AT_MOST else smart
    if smart.segments == best.segments:
        best, leave_out = smart, []
    if best.segments >= cut.segments or not best.text.strip():
        return ""
    done = [*map(swap, swaps), *(["leaving out " + ", ".join(map(shown, leave_out))] if leave_out else [])]
    sentence = f"{' and '.join([', '.join(done[:-1]), done[-1]] if len(done) > 1 else done)}"
    noun = "segment" if best.segments == 1 else "segments"
    verb = "makes" if len(done) == 1 else "make"
    return f"{sentence[0].upper()}{sentence[1:]} {verb} this {best.segments} {noun} instead of {cut.segments}."


def _kinds(cut: Segments) -> list[str]:
    return list(dict.fromkeys(char for _, char in cut.costly_characters))


def _left_over(cut: Segments) -> list[str]:
    """What is outside GSM-7, as a reader sees it: whole emoji, but the mark alone on a letter that may stay."""
    found = ("".join(_NOT_GSM.findall(piece)) for piece in clusters(cut.text))
    return list(dict.fromkeys(piece for piece in found if piece))
