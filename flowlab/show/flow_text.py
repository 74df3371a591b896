"""A flow as text that line-by-line tools can compare: states by name, nothing of the canvas, one thing a line."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from flowlab.check.diff.exits import NOTHING_RENAMED, plain_exits
from flowlab.check.diff.values import canonical, leaves, written
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.kinds import KINDS
from flowlab.text.plain import plain

#: Texts that could be taken for another value, or whose edges could not be seen, are quoted.
_BARE = re.compile(r"(?!\||true$|false$|null$)[^\s\"'\[\]{}0-9+.-](.*\S)?|https?://\S+|\{\{.*\S")


def flow_text(flow: Flow) -> str:
    """The flow for ``git diff`` and ``git blame`` (a *textconv*): the same text for flows that do the same.

    >>> print(flow_text(Flow((State("ask", "send-message", (Transition("sent", "ask"),), {"body": "Hi!"}),), "ask")))
    starts at ask
    <BLANKLINE>
    state ask (send-message)
      body: Hi!
      sent -> ask
    <BLANKLINE>
    """
    head = [f"starts at {plain(flow.initial_state)}"]
    if flow.description:
        head += _entry("description", flow.description, "")
    rest = {key: value for key, value in flow.raw.items() if key not in ("states", "initial_state", "description")}
    head += _settings(rest, "")
    blocks = [head, *(list(_state(state)) for state in sorted(flow, key=lambda state: state.name))]
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def _state(state: State) -> Iterator[str]:
    yield f"state {plain(state.name)} ({plain(state.type)})"
    yield from _settings({key: value for key, value in state.properties.items() if key != "offset"}, "  ")
    known = ("name", "type", "properties", "transitions")
    yield from _settings({key: value for key, value in state.raw.items() if key not in known}, "  also ")
    ways = plain_exits(state, NOTHING_RENAMED)
    if state.type in KINDS:  # elsewhere the order of exits decides, and so do those that lead nowhere
        often = Counter(way.event for way in ways)  # of several the place counts, even of one that leads nowhere
        ways = [way for way in ways if way.conditions or way.next is not None or often[way.event] > 1]
        ways.sort(key=lambda way: (bool(way.conditions), "" if way.conditions else way.event))
    for way in ways:
        yield from _exit(way)


def _settings(values: Mapping[str, Any], indent: str) -> Iterator[str]:
    for path, value in leaves(values):
        if path:
            yield from _entry(written(path), value, indent)


def _entry(name: str, value: Any, indent: str) -> list[str]:
    """``name: value``; a text of several lines below its name."""
    label = f"{indent}{plain(name)}:"
    if not isinstance(value, str):
        return [f"{label} {plain(canonical(value))}"]
    if "\n" in value:
        inner = " " * (len(indent) + 2)
        return [f"{label} |", *(f"{inner}{plain(line)}".rstrip(" ") for line in value.split("\n"))]
    return [f"{label} {plain(value if _BARE.fullmatch(value) else json.dumps(value, ensure_ascii=False))}"]


def _exit(way: Transition) -> Iterator[str]:
    words = " and ".join(map(_condition, way.conditions)) or way.event
    event = f"{way.event}: " if way.conditions and way.event != "match" else ""
    yield f"  {plain(event + words)} -> {plain(way.next) if way.next is not None else '(end)'}"
    known = ("event", "next", "conditions", "uuid")
    yield from _settings({key: value for key, value in way.raw.items() if key not in known}, "    also ")


def _condition(condition: Condition) -> str:
    tested = f" [of {', '.join(condition.arguments)}]" if condition.arguments else ""
    return " ".join(str(condition).split("\n")) + tested
