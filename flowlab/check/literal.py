"""A template without its Liquid: the part that is fixed, and what stands between."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

_MARK = re.compile(r"\{[{%]")
_OPENS = frozenset({"if", "unless", "case", "for", "tablerow", "capture", "comment"})
_BRANCHES = frozenset({"else", "elsif", "when"})
_SILENT = frozenset({"capture", "comment"})


def has_liquid(text: str) -> bool:
    """Whether Liquid stands in a text.

    >>> has_liquid("Hi {{ name }}"), has_liquid("Hi {name}")
    (True, False)
    """
    return "{{" in text or "{%" in text


def is_template(text: str) -> bool:
    """Whether a text is something else once it is deployed or rendered: Liquid, or a ``${...}`` to be filled in.

    >>> is_template("${workflow_sid}"), is_template("WW1")
    (True, False)
    """
    return has_liquid(text) or "${" in text


@dataclass
class _Block:
    """An open Liquid block: its tag, the branches read so far, and the one being read."""

    tag: str = ""
    done: list[str] = field(default_factory=list)
    current: list[str] = field(default_factory=list)

    def next_branch(self) -> None:
        self.done.append("".join(self.current))
        self.current = []

    def longest(self) -> str:
        self.next_branch()
        return "" if self.tag in _SILENT else max(self.done, key=len)


class Piece(NamedTuple):
    """A literal part, and the Liquid that follows it. ``tag``: its name; empty for an output, or at the end.

    ``inner``: what stands between the marks. ``at``: where the Liquid begins in the text.
    """

    literal: str
    tag: str = ""
    inner: str = ""
    at: int = -1

    @property
    def is_output(self) -> bool:
        return self.at >= 0 and not self.tag


def longest_literal(text: str, output: str = "") -> str:
    """The longest fixed text a template can give when every loop runs once and every output gives ``output``.

    >>> longest_literal("Hi {{ name }}! {% if late %}We are closed.{% else %}Go on.{% endif %}")
    'Hi ! We are closed.'
    """
    stack = [_Block()]
    for piece in pieces(text):
        tag, block = piece.tag, stack[-1]
        block.current.append(piece.literal)
        if piece.is_output:
            block.current.append(output)
        elif tag in _OPENS:
            stack.append(_Block(tag))
        elif tag in _BRANCHES and len(stack) > 1:
            block.next_branch()
        elif tag.startswith("end") and len(stack) > 1:
            stack.pop()
            stack[-1].current.append(block.longest())
    while len(stack) > 1:
        inner = stack.pop()
        stack[-1].current.append(inner.longest())
    return stack[0].longest()


def picked(text: str, branch: int) -> Iterator[Piece]:
    """The pieces of one way through a template: each condition's first branch (0), its second (1), ... or its last.

    What begins a block gives nothing itself.

    >>> "".join(p.literal for p in picked("Hi{% if late %} tomorrow{% else %} now{% endif %}!", 1))
    'Hi now!'
    """
    stack: list[tuple[str, list[list[Piece]]]] = [("", [[]])]
    for piece in pieces(text):
        branches = stack[-1][1]
        branches[-1].append(piece if piece.is_output else Piece(piece.literal))
        if piece.tag in _OPENS:
            stack.append((piece.tag, [[]]))
        elif piece.tag in _BRANCHES and len(stack) > 1:
            branches.append([])
        elif piece.tag.startswith("end") and len(stack) > 1:
            tag, branches = stack.pop()
            stack[-1][1][-1] += _pick(tag, branches, branch)
    while len(stack) > 1:
        tag, branches = stack.pop()
        stack[-1][1][-1] += _pick(tag, branches, branch)
    yield from stack[0][1][0]


def _pick(tag: str, branches: list[list[Piece]], branch: int) -> list[Piece]:
    if tag in _SILENT:
        return []
    choices = branches[1:] if tag == "case" else branches
    return choices[min(branch, len(choices) - 1)] if choices else []


def pieces(text: str) -> Iterator[Piece]:
    """A text cut at its Liquid; from where a mark is never closed on, all is literal."""
    at = 0
    while mark := _MARK.search(text, at):
        start, is_tag = mark.start(), mark.group() == "{%"
        end = text.find("%}" if is_tag else "}}", start)
        if end < 0:
            break
        inner = text[start + 2 : end].strip("-").strip()
        yield Piece(text[at:start], (inner.split(maxsplit=1) or ["?"])[0] if is_tag else "", inner, start)
        at = end + 2
    yield Piece(text[at:])
