"""Findings as people read them: a text for the terminal, a table for the notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from flowlab.check.lines import line_index, line_of
from flowlab.model.finding import Finding, Severity

if TYPE_CHECKING:
    from flowlab.check.findings import Findings

#: Signs that every terminal can show, so that severity is told by more than colour.
_SIGN = {Severity.ERROR: "×", Severity.WARNING: "!", Severity.NOTE: "·"}
#: Readable on white and on black, and told apart by colour-blind readers.
_COLOUR = {Severity.ERROR: "#d55e00", Severity.WARNING: "#b07d00", Severity.NOTE: "#2f86c9"}
_CELL = "text-align:left;vertical-align:top;padding:.35em .8em;white-space:normal;overflow-wrap:break-word"
_ALL_FINE = "Nothing found."


def plain(text: str) -> str:
    """A text in which control and direction characters are spelt out: names come from files and may hold anything.

    >>> plain("a\\x1b[2Jb")
    'a\\\\x1b[2Jb'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def text_page(findings: Findings) -> str:
    """By state, the worst first; each finding with its rule and, on a second line, what to do about it."""
    lines = [f"{plain(findings.flow)}: {findings.summary}"]
    if not findings:
        lines.append(_ALL_FINE)
    for place, group in groupby(findings, key=_heading):
        lines += ["", plain(place)]
        for finding in group:
            where = f" [{finding.rule}{' on ' + finding.channel if finding.channel else ''}]"
            lines.append(f"  {_SIGN[finding.severity]} {finding.severity:<8}{plain(finding.message + where)}")
            lines.append(f"      to do:  {plain(finding.fix)}")
    return "\n".join(lines) + "\n"


def _heading(finding: Finding) -> str:
    whole = "workflow" if finding.path.startswith("#/task_routing") else "flow"
    return finding.state or f"the {whole} as a whole"


def html_page(findings: Findings) -> str:
    """A table in the colours of whatever page it stands on. Everything from the flow is escaped."""
    title = f"<b>{_safe(findings.flow)}</b>: {findings.summary}"
    if not findings:
        return f"<div>{title}. {_ALL_FINE}</div>"
    head = _row("th", ("Severity", "State", "What", "To do", "Rule"), "border-bottom:1px solid currentColor")
    body = "".join(map(_finding_row, findings))
    table = f'<table style="border-collapse:collapse;color:inherit"><thead>{head}</thead><tbody>{body}</tbody></table>'
    return f'<div style="color:inherit">{title}<div style="overflow-x:auto">{table}</div></div>'


def _finding_row(finding: Finding) -> str:
    colour = _COLOUR[finding.severity]
    rule = f'<code title="{_safe(finding.path)}">{_safe(finding.rule)}</code>'
    if finding.channel:
        rule += f"<br>on {_safe(finding.channel)}"
    severity = f'<b style="color:{colour};white-space:nowrap">{_SIGN[finding.severity]} {finding.severity}</b>'
    cells = (severity, _safe(finding.state), _safe(finding.message), _safe(finding.fix), rule)
    return _row("td", cells, f"border-left:4px solid {colour}")


def _row(tag: str, cells: Iterable[str], style: str) -> str:
    return f'<tr style="{style}">' + "".join(f'<{tag} style="{_CELL}">{cell}</{tag}>' for cell in cells) + "</tr>"


def _safe(text: str) -> str:
    return escape(plain(text))


def github_page(found: Mapping[str, Findings], texts: Mapping[str, str]) -> str:
    """Workflow commands of GitHub Actions: one line a finding, which it shows beside the line of the change."""
    out = []
    for file, findings in found.items():
        index = line_index(texts.get(file, ""))
        for finding in findings:
            line = line_of(finding.path, index)
            place = f"file={_property(file)}" + (f",line={line}" if line else "")
            said = f"{finding.state + ': ' if finding.state else ''}{finding.message} {finding.fix}"
            command = "notice" if finding.severity is Severity.NOTE else str(finding.severity)
            out.append(f"::{command} {place},title={_property(finding.rule)}::{_data(said)}")
    return "".join(line + "\n" for line in out)


def _data(text: str) -> str:
    return plain(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
