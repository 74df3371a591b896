"""Pieces of HTML: everything that comes from a flow, a transcript or a user is escaped here, once."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import zip_longest
from typing import Any

from flowlab.text.plain import plain

#: The notebook's own colours, so that its dark theme holds: text, muted text, rules; greys elsewhere.
INK = "color:var(--jp-ui-font-color1,inherit)"
MUTED = "color:var(--jp-ui-font-color2,#767676)"
RULE = "1px solid var(--jp-border-color2,#b5b5b5)"
#: Readable on white and on black, and told apart by colour-blind readers.
RED, YELLOW, GREEN, BLUE, GREY = "#d55e00", "#b07d00", "#00856a", "#2f86c9", "#808080"
#: A cell of running text, in notebooks that would set it flush right in one line.
CELL = "text-align:left;vertical-align:top;padding:.3em .8em;white-space:normal;overflow-wrap:break-word"


class Html(str):
    """A text that is HTML already."""

    __slots__ = ()


def safe(value: Any) -> str:
    """A value as HTML text: nothing in it is markup, no character in it steers the page.

    >>> safe("<b>\\x1b"), safe(Html("<b>"))
    ('&lt;b&gt;\\\\x1b', '<b>')
    """
    return value if isinstance(value, Html) else escape(plain(str(value)))


def row(cells: Iterable[Any], *, tag: str = "td", style: str = "", cell: str = "") -> str:
    """A row of a table. What is not :class:`Html` is escaped. ``cell``: the style of each cell.

    >>> row(["a < b", Html("<b>c</b>")])
    '<tr><td>a &lt; b</td><td><b>c</b></td></tr>'
    """
    begin = f"<{tag}{_style(cell)}>"
    return f"<tr{_style(style)}>" + "".join(f"{begin}{safe(value)}</{tag}>" for value in cells) + "</tr>"


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A plain table, for pages that style it: texts from the left, numbers from the right."""
    filled = [list(each) for each in rows]
    first = filled[0] if filled else []
    head = "".join(f"<th scope=col{_side(value)}>{safe(name)}</th>" for name, value in zip_longest(heads, first))
    body = "".join("<tr>" + "".join(f"<td{_side(v)}>{safe(v)}</td>" for v in each) + "</tr>" for each in filled)
    return f"<div class=scroll><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def notebook_table(heads: Iterable[str], rows: Iterable[str]) -> str:
    """A table that brings its own style. ``rows``: from :func:`row`."""
    head = row(heads, tag="th", style="border-bottom:1px solid currentColor", cell=CELL)
    body = f"<thead>{head}</thead><tbody>{''.join(rows)}</tbody>"
    return f"<div style='overflow-x:auto'><table style='border-collapse:collapse;color:inherit'>{body}</table></div>"


def _side(value: Any) -> str:
    return _style("text-align:left") if isinstance(value, str) else ""


def small(sentence: str) -> str:
    """A sentence in small, muted print."""
    return f"<div style='{MUTED};font-size:.85em;margin:.4em 0'>{safe(sentence)}</div>"


def items(sentences: Iterable[str]) -> str:
    """Sentences as a muted list."""
    lines = "".join(f"<li>{safe(sentence)}</li>" for sentence in sentences)
    return f"<ul style='{MUTED};font-size:.85em;margin:.4em 0;padding-left:1.4em'>{lines}</ul>"


def _style(style: str) -> str:
    return f" style='{style}'" if style else ""
