"""Findings as people read them: a text for the terminal, a table for the notebook."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from flowlab.check.lines import line_index, line_of
from flowlab.model.finding import Finding, Severity
from flowlab.text.markup import BLUE, CELL, RED, YELLOW, Html, notebook_table, row, safe
from flowlab.text.plain import plain

if TYPE_CHECKING:
    from flowlab.check.findings import Findings

#: Signs that every terminal can show, so that severity is told by more than colour.
_SIGN = {Severity.ERROR: "×", Severity.WARNING: "!", Severity.NOTE: "·"}
_COLOUR = {Severity.ERROR: RED, Severity.WARNING: YELLOW, Severity.NOTE: BLUE}
_ALL_FINE = "Nothing found."


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
    """A table, the worst first, in the colours of whatever page it stands on. Everything from the flow is escaped."""
    title = f"<b>{safe(findings.flow)}</b>: {findings.summary}"
    if not findings:
        return f"<div>{title}. {_ALL_FINE}</div>"
    worst_first = sorted(findings, key=lambda finding: list(Severity).index(finding.severity))
    table = notebook_table(("Severity", "State", "What", "To do", "Rule"), map(_finding_row, worst_first))
    return f"<div style='color:inherit'>{title}{table}</div>"


def _finding_row(finding: Finding) -> str:
    colour = _COLOUR[finding.severity]
    rule = f'<code style="white-space:nowrap" title="{safe(finding.path)}">{safe(finding.rule)}</code>'
    if finding.channel:
        rule += f"<br>on {safe(finding.channel)}"
    severity = f"<b style='color:{colour};white-space:nowrap'>{_SIGN[finding.severity]} {finding.severity}</b>"
    cells = (Html(severity), finding.state, finding.message, finding.fix, Html(rule))
    return row(cells, style=f"border-left:4px solid {colour}", cell=CELL)


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
