"""What a ``%%flow`` cell shows, as HTML and as plain text. Everything from the cell is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from flowlab.check import Findings
from flowlab.check.page import html_page, text_page
from flowlab.errors import Fault
from flowlab.model.flow import Flow
from flowlab.show.pictures import notebook_picture
from flowlab.text.markup import RED, items, safe
from flowlab.text.plain import plain

_PLACE = re.compile(r"line (\d+)(?:, column (\d+))?")
#: How much of a long line is shown around the place of a fault.
_BEFORE, _AFTER = 60, 40


@dataclass(frozen=True, slots=True)
class Page:
    """The same in HTML and in plain text."""

    html: str
    text: str

    @property
    def bundle(self) -> dict[str, str]:
        """The MIME bundle."""
        return {"text/html": self.html, "text/plain": self.text}


def flow_page(flow: Flow, findings: Findings, notes: Sequence[str] = ()) -> Page:
    """The drawing with its badges, the findings, and notes."""
    from flowlab.show.draw import picture

    light, dark = (picture(flow, "svg", findings=findings, theme=theme) for theme in ("light", "dark"))
    alt = f"{flow.name}: {len(flow)} states, starting at {flow.initial_state}"
    drawn = notebook_picture(light, dark, alt, "image/svg+xml")
    more = items(notes) if notes else ""
    text = "\n".join([repr(flow), text_page(findings), *notes])
    return Page(f"<div style='overflow-x:auto'>{drawn}</div>{html_page(findings)}{more}", text)


def fault_page(name: str, faults: Sequence[Fault], lines: Sequence[str], stays: str) -> Page:
    """The faults, each with its line and a caret below the place. ``lines``: those of the cell, the first is line 1."""
    title = f"{name}: {len(faults)} fault{'s' * (len(faults) != 1)}. {stays}"
    html, text = [], [plain(title)]
    for fault in faults:
        excerpt = _excerpt(fault, lines)
        shown = f"<pre style='margin:.2em 0;overflow-x:auto'>{'<br>'.join(map(safe, excerpt))}</pre>" if excerpt else ""
        html.append(f"<li style='margin:.4em 0'>{safe(fault)}{shown}</li>")
        text += [f"  - {plain(str(fault))}", *(f"      {line}" for line in excerpt)]
    style = f"border-left:4px solid {RED};padding:.2em .8em"
    list_ = f"<ul style='margin:.3em 0;padding-left:1.4em'>{''.join(html)}</ul>"
    return Page(f"<div role=alert style='{style}'><b>{safe(title)}</b>{list_}</div>", "\n".join(text))


def _excerpt(fault: Fault, lines: Sequence[str]) -> list[str]:
    """The line of a fault and a caret; nothing where its place is not known."""
    place = _PLACE.search(fault.path)
    number = int(place[1]) if place else 0
    if not place or not 1 <= number <= len(lines) or not lines[number - 1].strip():
        return []
    line, column = lines[number - 1], int(place[2] or 1) - 1
    start, end = max(column - _BEFORE, 0), column + _AFTER
    before = ("…" if start else "") + plain(line[start:column])
    after = plain(line[column:end]) + ("…" if end < len(line) else "")
    return [before + after, " " * len(before) + "^"] if place[2] else [before + after]
