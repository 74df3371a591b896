"""What one turn did, step by step, and what the templates can read after it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flowlab.model.event import Event, EventKind
from flowlab.text.markup import safe
from flowlab.text.spans import span

#: Characters of a condition or value that are shown; the rest is in the tooltip.
SHOWN_CHARS = 90


def happened_html(events: Sequence[Event]) -> str:
    """The turn's steps in order: state, exit, next state, and the condition and value that decided; often none."""
    rows = "".join(_ROWS[event.kind](event) for event in events if event.kind in _ROWS)
    return f"<ol class=fl-steps>{rows}</ol>" if rows else ""


def _step(event: Event) -> str:
    why = f"<div class=fl-why>{_decision(event)}</div>" if event.condition else ""
    return (
        f"<li class=fl-step><b>{_place(event)}</b> <span class=fl-exit>{safe(event.event)}</span> "
        f"→ <b>{safe(event.transitioned_to)}</b>{why}</li>"
    )


def _place(event: Event) -> str:
    """The state; inside a subflow, after the state that runs it."""
    return f"{safe(event.parent)} › {safe(event.state)}" if event.parent else safe(event.state)


def _decision(event: Event) -> str:
    value = _short(f"“{event.value}”")
    if event.condition == "no match":
        return f"{value} fits none of its conditions"
    return f"{value} {_short(event.condition.replace('_', ' ', 2))}"


def _sub(text: str, kind: str = "") -> str:
    return f"<li class='fl-sub {kind}'>{text}</li>"


def _called(event: Event) -> str:
    return _sub("outside world: " + safe(", ".join(part for part in (event.detail, event.value) if part)))


_ROWS: Mapping[str, Callable[[Event], str]] = {
    EventKind.STEP: _step,
    EventKind.SET: lambda e: _sub(f"{safe(e.detail)} = {_short(e.value) or 'empty'}"),
    EventKind.CALLED: _called,
    EventKind.UNANSWERED: lambda e: _sub(safe(e.detail), "fl-warn"),
    EventKind.SUBFLOW: lambda e: _sub(f"{safe(e.state)} runs the subflow {safe(e.detail)}"),
    EventKind.CHOSEN: lambda e: _sub(f"{safe(e.state)} took {safe(e.event)}: {safe(e.detail)}"),
    EventKind.FAULT: lambda e: _sub(safe(e.detail), "fl-warn"),
    EventKind.HANDED_OFF: lambda e: _sub(f"task for an agent: {_short(e.text)}"),
    EventKind.WAITING: lambda e: _sub(f"waits in {_place(e)}, for {span(float(e.value))} at most"),
}


def variables_html(variables: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    """Everything a template can read, under the name it is read by; what the last turn changed is marked.

    ``before``: the variables as they were then.
    """
    old = dict(_flat(before))
    rows = "".join(
        f"<tr{' class=fl-new' if old.get(name) != value else ''}>"
        f"<th scope=row>{safe(name)}</th><td dir=auto>{_short(value)}</td></tr>"
        for name, value in sorted(_flat(variables), key=_interest)
    )
    return f"<div class=fl-variables><table>{rows}</table></div>" if rows else "<div class=fl-hint>None yet.</div>"


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """``{"flow": {"variables": {"x": 1}}}`` -> ``flow.variables.x`` and ``1``."""
    if isinstance(value, Mapping) and (value or not name):
        for key, item in value.items():
            yield from _flat(item, f"{name}.{key}" if name else str(key))
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _interest(row: tuple[str, str]) -> int:
    """The designer's own variables first, then what the states brought, then what was there from the start."""
    name, _ = row
    return 0 if name.startswith("flow.variables.") else 1 if name.startswith("widgets.") else 2


def _short(text: str) -> str:
    if len(text) <= SHOWN_CHARS:
        return safe(text)
    return f"<span title='{safe(text)}'>{safe(text[: SHOWN_CHARS - 1])}…</span>"
