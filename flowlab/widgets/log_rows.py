"""What happened, step by step, and what the templates can read: plain data for the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from flowlab.model.event import Event, EventKind
from flowlab.text.spans import span

#: Characters of a value that the page gets.
SHOWN_CHARS = 2_000
_WORD = re.compile(r"[A-Za-z_][\w-]*", re.ASCII)
_FIRST = ("flow.variables.", "widgets.")

Row = dict[str, Any]


def log_rows(events: Sequence[Event], ends: Sequence[int]) -> list[Row]:
    """The log, a row a line: ``turn``, ``kind`` (step, sub, warn), ``state``, ``exit``, ``to``, ``text``.

    ``ends``: how many events there were before the first move, and after each.
    """
    rows, turn = [], 0
    for at, event in enumerate(events):
        while turn < len(ends) - 1 and at >= ends[turn]:
            turn += 1
        if event.kind in _ROWS:
            rows.append({"kind": "sub", "state": event.place, **_ROWS[event.kind](event), "turn": turn})
    return rows


def _step(event: Event) -> Row:
    return {
        "kind": "step",
        "name": f"{event.parent} › {event.state}" if event.parent else event.state,
        "exit": event.event,
        "to": event.transitioned_to,
        "text": _decision(event) if event.condition else "",
    }


def _decision(event: Event) -> str:
    value = f"“{_cut(event.value)}”"
    if event.condition == "no match":
        return f"{value} fits none of its conditions"
    return f"{value} {_cut(event.condition.replace('_', ' ', 2))}"


def _sub(text: str, kind: str = "sub") -> Row:
    return {"text": _cut(text), "kind": kind}


_ROWS: Mapping[str, Callable[[Event], Row]] = {
    EventKind.STEP: _step,
    EventKind.SET: lambda e: _sub(f"{e.detail} = {e.value or 'empty'}"),
    EventKind.CALLED: lambda e: _sub("outside world: " + ", ".join(part for part in (e.detail, e.value) if part)),
    EventKind.UNANSWERED: lambda e: _sub(e.detail, "warn"),
    EventKind.SUBFLOW: lambda e: _sub(f"{e.state} runs the subflow {e.detail}"),
    EventKind.CHOSEN: lambda e: _sub(f"{e.state} took {e.event}: {e.detail}"),
    EventKind.FAULT: lambda e: _sub(e.detail, "warn"),
    EventKind.LOST: lambda e: _sub(e.detail, "warn"),
    EventKind.DISTURBED: lambda e: _sub(e.detail, "warn"),
    EventKind.KEYWORD: lambda e: _sub(f"{e.value}: {e.detail}"),
    EventKind.EXPIRED: lambda e: _sub(e.detail, "warn"),
    EventKind.HANDED_OFF: lambda e: _sub(f"task for an agent: {e.text}"),
    EventKind.WAITING: lambda e: _sub(f"waits in {e.place}, for {span(float(e.value))} at most"),
}


def variable_rows(variables: Mapping[str, Any], before: Mapping[str, Any]) -> list[tuple[str, str, bool]]:
    """Everything a template can read: the name it is read by, its value, and whether the last move changed it.

    The designer's own variables come first, then what the states brought, then what was there from the start.

    >>> variable_rows({"flow": {"variables": {"tier": "vip", "a b": 1}}}, {})
    [('flow.variables.tier', 'vip', True), ("flow.variables['a b']", '1', True)]
    """
    old = dict(_flat(before))
    rows = [(name, _cut(value), old.get(name) != value) for name, value in _flat(variables)]
    return sorted(rows, key=lambda row: next((at for at, start in enumerate(_FIRST) if row[0].startswith(start)), 2))


def _flat(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """``{"flow": {"variables": {"x": 1}}}`` -> ``flow.variables.x`` and ``1``."""
    if isinstance(value, Mapping) and (value or not name):
        for key, item in value.items():
            yield from _flat(item, _below(name, str(key)))
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def _below(name: str, key: str) -> str:
    """As Liquid reads it."""
    if not _WORD.fullmatch(key):
        quoted = key.replace("'", "’")
        return f"{name}['{quoted}']"
    return f"{name}.{key}" if name else key


def _cut(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else f"{text[: SHOWN_CHARS - 1]}…"
