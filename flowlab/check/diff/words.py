"""Two texts, word by word: what stayed, what went, what came."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import NamedTuple

#: More words than this between the first and the last difference are not compared one by one.
MOST_WORDS = 400
#: Of what stayed, this much is shown beside a difference, in characters.
CONTEXT_CHARS = 28
#: With less than this share kept, two texts are shown one after the other.
LEAST_KEPT = 0.3
#: What is shown of a part that went or came, in characters.
MOST_CHARS = 240
_WORD = re.compile(r"\{\{[^{}]{,80}\}\}|\{%[^{}%]{,80}%\}|\w+(?:[-'’.@]\w+)*|\s+|[^\w\s]")


class Piece(NamedTuple):
    """``kept``: both texts have it. Else ``old`` was replaced by ``new``; either may be empty."""

    old: str
    new: str

    @property
    def kept(self) -> bool:
        return self.old == self.new


def pieces(old: str, new: str) -> list[Piece]:
    """Both texts in pieces: kept ones and replaced ones, in turn.

    >>> pieces("Reply 1 or 2.", "Reply 1, 2 or 3.")
    [Piece(old='Reply 1', new='Reply 1'), Piece(old='', new=', 2'), Piece(old=' or ', new=' or '), \
Piece(old='2', new='3'), Piece(old='.', new='.')]
    """
    if old == new:
        return [Piece(old, new)] if old else []
    was, now = _WORD.findall(old), _WORD.findall(new)
    head = _common(was, now)
    tail = _common(was[head:][::-1], now[head:][::-1])
    kept = "".join(was[:head]), "".join(was[len(was) - tail :])
    middle = list(_compared(was[head : len(was) - tail], now[head : len(now) - tail]))
    return _merged([Piece(kept[0], kept[0]), *middle, Piece(kept[1], kept[1])])


def _common(one: list[str], other: list[str]) -> int:
    """How many words at the beginning are the same."""
    both = zip(one, other, strict=False)
    return next((at for at, (a, b) in enumerate(both) if a != b), min(len(one), len(other)))


def _compared(was: list[str], now: list[str]) -> Iterator[Piece]:
    if max(len(was), len(now)) > MOST_WORDS:
        yield Piece("".join(was), "".join(now))
        return
    matcher = SequenceMatcher(None, was, now, autojunk=False)
    for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        yield Piece("".join(was[old_from:old_to]), "".join(now[new_from:new_to]))


def _merged(found: list[Piece]) -> list[Piece]:
    """Without empty pieces; changes with only a blank between them are one."""
    done: list[Piece] = []
    for piece in found:
        if not (piece.old or piece.new):
            continue
        if len(done) > 1 and not piece.kept and done[-1].kept and done[-1].old.isspace() and not done[-2].kept:
            blank, before = done.pop(), done.pop()
            piece = Piece(before.old + blank.old + piece.old, before.new + blank.new + piece.new)
        elif done and done[-1].kept == piece.kept:
            before = done.pop()
            piece = Piece(before.old + piece.old, before.new + piece.new)
        done.append(piece)
    return done


def shown(old: str, new: str) -> list[Piece]:
    """The pieces with long ones cut down: of what was kept, what stands beside a change."""
    found = pieces(old, new)
    kept = sum(len(piece.old) for piece in found if piece.kept)
    if kept < LEAST_KEPT * max(len(old), len(new)):
        found = [Piece(old, new)]
    last = len(found) - 1
    return [_cut(piece, is_first=at == 0, is_last=at == last) for at, piece in enumerate(found)]


def _cut(piece: Piece, *, is_first: bool, is_last: bool) -> Piece:
    if not piece.kept:
        return Piece(*(part if len(part) <= MOST_CHARS else f"{part[:MOST_CHARS]}…" for part in piece))
    text = piece.old
    head = 0 if is_first else CONTEXT_CHARS
    tail = 0 if is_last else CONTEXT_CHARS
    if len(text) <= head + tail + 12:
        return piece
    short = f"{text[:head]}…{text[len(text) - tail :]}"
    return Piece(short, short)


def inline(old: str, new: str) -> str:
    """Both texts as one line, in the manner of ``git diff --word-diff``.

    >>> inline("Hello there!", "Hello you!")
    'Hello [-there-]{+you+}!'
    """
    out = []
    for old_part, new_part in shown(old, new):
        if old_part == new_part:
            out.append(old_part)
        else:
            out.append((f"[-{old_part}-]" if old_part else "") + (f"{{+{new_part}+}}" if new_part else ""))
    return "".join(out).replace("\r", "").replace("\n", "⏎")
