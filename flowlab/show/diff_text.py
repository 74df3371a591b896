"""A diff as text for a terminal, as Markdown for a pull request, as HTML for a notebook: one outline, painted
three ways.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from textwrap import fill
from typing import NamedTuple

from flowlab.check.diff.model import Change, ChangeKind
from flowlab.check.diff.words import Piece, inline, shown
from flowlab.show.draw_marks import SIGNS
from flowlab.show.style import Mark
from flowlab.show.tables import WIDTH
from flowlab.text.markup import MUTED, RULE, safe
from flowlab.text.plain import plain

K = ChangeKind
INS = "background:rgba(0,158,115,.22);text-decoration:none"
DEL = "background:rgba(213,94,0,.20);text-decoration:line-through"


class Line(NamedTuple):
    """One change: words, and the text in which the edit is shown, if it is one."""

    words: str
    edited: tuple[Piece, ...] = ()


class Group(NamedTuple):
    """The changes of one state (``title`` empty: of the flow itself), without its moves."""

    mark: Mark
    title: str
    lines: tuple[Line, ...]


def summary(changes: Sequence[Change]) -> str:
    """How many states are what; a state counts once.

    >>> summary([Change(K.ADDED, "ask", "", "", "send-message", "'ask' is new.")])
    '1 state added'
    """
    states = {mark: {c.state for c in changes if c.state and _mark(c) is mark} for mark in Mark}
    states[Mark.CHANGED] -= states[Mark.ADDED]
    said = [f"{len(states[m])} {m}" for m in (Mark.ADDED, Mark.REMOVED, Mark.CHANGED) if states[m]]
    if said:
        count, _, word = said[0].partition(" ")
        said[0] = f"{count} {'state' if count == '1' else 'states'} {word}"
    if any(not c.state for c in changes):
        said.append("the flow's own settings changed")
    moves = [f"{len(states[Mark.MOVED])} moved on the canvas"] if states[Mark.MOVED] else []
    return "; ".join([", ".join(said)] * bool(said) + moves) or "no difference"


def groups(changes: Iterable[Change]) -> list[Group]:
    """The changes by state, in their order."""
    of: dict[str, list[Change]] = {}
    for change in changes:
        if change.kind is not K.MOVED:
            of.setdefault(change.state if change.kind is not K.REMOVED else f"\0{change.state}", []).append(change)
    return [
        Group(_mark(found[0]), _title(found), tuple(_line(change) for change in found if change.kind is not K.RENAMED))
        for found in of.values()
    ]


def moved(changes: Iterable[Change]) -> list[str]:
    """The states that only stand elsewhere on the canvas, or do so too."""
    return [change.state for change in changes if change.kind is K.MOVED]


def _mark(change: Change) -> Mark:
    kinds = {K.ADDED: Mark.ADDED, K.REMOVED: Mark.REMOVED, K.MOVED: Mark.MOVED}
    return kinds.get(change.kind, Mark.CHANGED)


def _title(found: Sequence[Change]) -> str:
    first = found[0]
    return f"{first.state} (was {first.old})" if first.kind is K.RENAMED else first.state


def _line(change: Change) -> Line:
    """The sentence without its subject, which the title names."""
    words = change.sentence
    for subject in (f"'{change.state}': ", f"'{change.state}' ", "The flow: "):
        if words.startswith(subject) and (change.state or subject == "The flow: "):
            words = words[len(subject) :]
            break
    edit = inline(change.old, change.new)
    if change.old and change.new and edit and words.endswith(edit):
        return Line(words[: -len(edit)], tuple(shown(change.old, change.new)))
    return Line(words)


def as_text(names: tuple[str, str], changes: Sequence[Change]) -> str:
    """The diff for a terminal of 120 columns; edits as ``git diff --word-diff`` shows them."""
    blocks = [wrapped(f"{plain(names[0])} -> {plain(names[1])}: {summary(changes)}", "")]
    for group in groups(changes):
        head = f"{SIGNS[group.mark]} {plain(group.title or 'the flow')}".replace("−", "-").replace("±", "~")
        blocks.append("\n".join([head, *(wrapped(plain(_told(line))) for line in group.lines)]))
    where = moved(changes)
    if where:
        blocks.append(wrapped(plain(f"moved on the canvas: {', '.join(where)}"), ""))
    return "\n\n".join(blocks)


def _told(line: Line) -> str:
    return line.words + _inline(line.edited)


def _inline(edited: Iterable[Piece]) -> str:
    out = ""
    for old, new in edited:
        out += old if old == new else (f"[-{old}-]" if old else "") + (f"{{+{new}+}}" if new else "")
    return out.replace("\r", "").replace("\n", "⏎")


def wrapped(text: str, indent: str = "    ") -> str:
    """A line, broken where it is too long for the terminal."""
    within = {"break_long_words": False, "break_on_hyphens": False}
    return fill(text, WIDTH, initial_indent=indent, subsequent_indent=f"{indent}  ", **within)  # type: ignore[arg-type]


def as_markdown(names: tuple[str, str], changes: Sequence[Change]) -> str:
    """The diff for a pull request."""
    lines = [f"### {escaped(names[0])} → {escaped(names[1])}", "", f"**{summary(changes)}**"]
    for group in groups(changes):
        lines += ["", f"**{SIGNS[group.mark]} {escaped(group.title or 'the flow')}**", ""]
        lines += [f"- {escaped(line.words)}{''.join(_md_pieces(line.edited))}" for line in group.lines]
    where = moved(changes)
    if where:
        states = ", ".join(map(escaped, where))
        lines += ["", f"<details><summary>moved on the canvas: {len(where)}</summary>{states}</details>"]
    return "\n".join(lines) + "\n"


_STEERS = str.maketrans({c: f"\\{c}" for c in "\\`*_[]|~#"} | {"<": "&lt;", ">": "&gt;", "&": "&amp;", "@": "@\u200b"})


def escaped(text: str) -> str:
    """A text in which nothing is Markdown, nobody is mentioned, and nothing steers the page."""
    return plain(text.replace("\r", "").replace("\n", "⏎")).translate(_STEERS)


def _md_pieces(edited: Iterable[Piece]) -> Iterator[str]:
    for old, new in edited:
        if old == new:
            yield escaped(old)
            continue
        yield (f"<del>{escaped(old)}</del>" if old else "") + (f"<ins>{escaped(new)}</ins>" if new else "")


def as_html(names: tuple[str, str], changes: Sequence[Change]) -> str:
    """The diff for a notebook, in the notebook's own colours."""
    rows = "".join(map(_html_group, groups(changes)))
    where = moved(changes)
    if where:
        rows += (
            f"<tr><td style='{MUTED};{_CELL}'>{SIGNS[Mark.MOVED]}</td><td style='{MUTED};{_CELL}'>moved on the canvas: "
        )
        rows += f"{safe(', '.join(where))}</td></tr>"
    title = f"<b>{safe(names[0])} → {safe(names[1])}</b> <span style='{MUTED}'>{safe(summary(changes))}</span>"
    table = f"<table style='border-collapse:collapse;background:transparent;color:inherit;margin:.4em 0'>{rows}</table>"
    return title + (table if rows else "")


_CELL = f"border-top:{RULE};padding:.3em .6em;vertical-align:top;text-align:left;white-space:normal;max-width:60em"


def _html_group(group: Group) -> str:
    lines = "".join(f"<div>{safe(line.words)}{''.join(_html_pieces(line.edited))}</div>" for line in group.lines)
    title = f"<b>{SIGNS[group.mark]} {safe(group.title or 'the flow')}</b>"
    word = f"<div style='{MUTED};font-size:.85em'>{group.mark}</div>"
    return f"<tr><td style='{_CELL}'>{title}{word}</td><td style='{_CELL}'>{lines}</td></tr>"


def _html_pieces(edited: Iterable[Piece]) -> Iterator[str]:
    for old, new in edited:
        if old == new:
            yield safe(old).replace("\\n", "<br>")
            continue
        yield f"<del style='{DEL}'>{safe(old)}</del>" if old else ""
        yield f"<ins style='{INS}'>{safe(new)}</ins>" if new else ""
