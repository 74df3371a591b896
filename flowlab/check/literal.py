"""The part of a template that is fixed: what can be said about a text's length before anything is rendered."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

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


def longest_literal(text: str) -> str:
    """The longest fixed text a template can give when every variable is empty and every loop runs once.

    >>> longest_literal("Hi {{ name }}! {% if late %}We are closed.{% else %}Go on.{% endif %}")
    'Hi ! We are closed.'
    """
    stack = [_Block()]
    for literal, tag in _pieces(text):
        block = stack[-1]
        block.current.append(literal)
        if tag in _OPENS:
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


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """Literal parts, each with the name of the tag that follows it; empty for an output or the end."""
    at = 0
    while mark := _MARK.search(text, at):
        start, is_tag = mark.start(), mark.group() == "{%"
        end = text.find("%}" if is_tag else "}}", start)
        if end < 0:
            break
        words = text[start + 2 : end].strip("-").split(maxsplit=1)
        yield text[at:start], words[0] if words and is_tag else ""
        at = end + 2
    yield text[at:], ""
