"""Characters as a reader sees them (grapheme clusters), for an SMS is never cut inside one.

By the rules of Unicode 10 (UAX #29), as Twilio's own segment calculator applies them; where that one parts from the
standard, so does this, for it is what a message is counted by.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).parent / "grapheme_break.txt"
_SYLLABLES = range(0xAC00, 0xD7A4)

#: One cluster, in class letters: C control, P prepended, E extending mark, S spacing mark, Z joiner, R regional
#: indicator (half a flag), L V T Hangul jamo and H K syllables (LV, LVT), B emoji that takes a skin colour, G such a
#: one that also stands after a joiner, W other emoji that stand after a joiner, M skin colour, x everything else.
_CLUSTER = re.compile(
    r"""
    C
    | (?: RR | PR ) [ESZ]?           # a flag takes one mark, no more; so does half of one after a prefix
    | P*
      (?: L*(?: [VH]V*T* | KT* ) | L+ | T+ | [RBGWMx] )?
      (?: S | Z[GW]? | (?<=[BG])M )*        # until the first mark a skin colour follows its emoji at once,
      (?: E (?: E | S | Z[GW]? | (?<=[BG]E)M )* )?    # afterwards only over exactly one mark
    """,
    re.VERBOSE,
)


def clusters(text: str) -> list[str]:
    """Split a text into what a reader takes for one character each; ``\\r\\n`` counts as two.

    >>> [len(cluster) for cluster in clusters("ae\\u0301👩🏽\\u200d🚀")]
    [1, 2, 4]
    """
    if all_alone(text):
        return list(text)
    letters = text.translate(_classes())
    return [text[found.start() : found.end()] for found in _CLUSTER.finditer(letters) if found.group()]


def all_alone(text: str) -> bool:
    """Whether no character of the text clings to another, so that each is a cluster of its own.

    >>> all_alone("日本 👋"), all_alone("👋🏽")
    (True, False)
    """
    return _clinging().isdisjoint(text)


class _Classes(dict[int, str]):
    """Code point -> class letter."""

    def __missing__(self, point: int) -> str:
        if point in _SYLLABLES:
            return "K" if (point - _SYLLABLES.start) % 28 else "H"
        return "x"


@cache
def _classes() -> _Classes:
    common = dict.fromkeys(range(0x300), "x")
    return _Classes(common | {point: letter for letter, runs in _runs().items() for run in runs for point in run})


@cache
def _clinging() -> frozenset[str]:
    """Characters of which each cluster of several holds one. A set: a regular expression is slow on so many ranges."""
    return frozenset(chr(point) for letter in "PESZRLVTM" for run in _runs()[letter] for point in run)


@cache
def _runs() -> dict[str, list[range]]:
    lines = _TABLE.read_text(encoding="ascii").splitlines()
    classes = (line.split() for line in lines if not line.startswith("#"))
    return {letter: [_run(span) for span in spans] for letter, *spans in classes}


def _run(span: str) -> range:
    first, _, last = span.partition("-")
    return range(int(first, 16), int(last or first, 16) + 1)
