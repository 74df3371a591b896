"""Channels as HTML: the matrix, a card, and a page around either. Everything from a file is escaped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template

from flowlab.model.channel_words import NONE, Answer
from flowlab.text.markup import INK, MUTED, RULE, YELLOW, safe

#: The rows of each question; each row has one answer a channel.
Groups = Sequence[tuple[str, list[list[Answer]]]]

_BOX = "padding:.3em .7em;vertical-align:top;text-align:left;white-space:normal"
_LABEL = f"{_BOX};font-weight:normal;{MUTED};min-width:9em;max-width:14em"
_VALUE = f"{_BOX};min-width:7.5em;max-width:17em;overflow-wrap:anywhere"


def matrix_html(labels: Sequence[str], groups: Groups, trust: Mapping[str, str]) -> str:
    """Facts by channels: a heading a question, a row a fact, a column a channel."""
    head = "".join(f"<th scope=col style='{_BOX};border-bottom:{RULE}'>{safe(label)}</th>" for label in labels)
    body = f"<thead><tr><td style='border-bottom:{RULE}'></td>{head}</tr></thead>"
    for question, lines in groups:
        title = f"<th scope=colgroup colspan={len(labels) + 1} style='{_BOX};padding-top:1em'>{safe(question)}</th>"
        body += f"<tbody><tr>{title}</tr>{''.join(map(_row, lines))}</tbody>"
    table = f"<table style='border-collapse:collapse;background:transparent;font-size:.9em'>{body}</table>"
    return f"<div class=scroll style='{INK};overflow-x:auto'>{table}</div>{_legend(trust)}"


def card_html(label: str, name: str, groups: Groups, trust: Mapping[str, str]) -> str:
    """One channel: the questions, and under each what it answers."""
    body = ""
    for question, lines in groups:
        shown = [line for line in lines if line[0].text != NONE]
        body += f"<tbody><tr><th colspan=2 style='{_BOX};padding-top:1em'>{safe(question)}</th></tr>"
        body += "".join(map(_row, shown)) + "</tbody>"
    title = f"<b style='font-size:1.15em'>{safe(label)}</b> <code>{safe(name)}</code>"
    table = f"<table style='border-collapse:collapse;background:transparent;font-size:.9em'>{body}</table>"
    return f"<div style='{INK}'>{title}{table}</div>{_legend(trust)}"


def _row(line: Sequence[Answer]) -> str:
    name = (
        f"<th scope=row style='{_LABEL};border-bottom:{RULE}' title='{safe(line[0].name)}'>{safe(line[0].label)}</th>"
    )
    return f"<tr>{name}{''.join(map(_cell, line))}</tr>"


def _cell(said: Answer) -> str:
    style = f"{_VALUE};border-bottom:{RULE}"
    if not said.known:
        return f"<td style='{style};{MUTED};font-style:italic'>{safe(said.text)}</td>"
    return f"<td style='{style}' title='{safe(said.origin)}'>{safe(said.text)}{_mark(said)}</td>"


def _mark(said: Answer) -> str:
    """The trust mark and month, small. An assumption is told by its letter, and by colour besides."""
    if not said.trust:
        return ""
    letter = f"<b style='color:{YELLOW}'>M</b>" if said.trust == "M" else f"<b>{safe(said.trust)}</b>"
    return f" <span style='{MUTED};font-size:.75em;white-space:nowrap'>({letter} {safe(said.as_of[:7])})</span>"


def _legend(trust: Mapping[str, str]) -> str:
    marks = " · ".join(f"<b>{safe(mark)}</b> {safe(words)}" for mark, words in trust.items())
    said = f"{marks}; then the month it was read. Point at a value for its source and what it leaves out."
    return f"<div style='{MUTED};font-size:.8em;margin:.6em 0'>{said}</div>"


def page(title: str, body: str) -> str:
    """A page of its own: no script, nothing fetched, light and dark."""
    return _PAGE.substitute(title=safe(title), body=body)


_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ground: #ffffff; --jp-ui-font-color1: #1b1b1b;
  --jp-ui-font-color2: #5f6368; --jp-border-color2: #d8d8d8; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181c; --jp-ui-font-color1: #ececec;
  --jp-ui-font-color2: #a3a8ae; --jp-border-color2: #33373d; } }
body { margin: 2rem; background: var(--ground); color: var(--jp-ui-font-color1);
  font: 15px/1.45 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.5rem; margin: 0 0 .8rem; }
tbody th[scope=row] { position: sticky; left: 0; background: var(--ground); }
</style>
</head>
<body>
<h1>$title</h1>
$body
</body>
</html>
""")
