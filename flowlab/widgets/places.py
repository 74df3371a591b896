"""What the map says of each state when it is clicked or searched for: plain data for the page."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flowlab.model.finding import Finding
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.wording import short_exit
from flowlab.show.draw_chart import Chart, Place
from flowlab.show.layout_model import Box, Layout

#: Not to be shown: where the state lies on Studio's canvas.
_UNSHOWN = frozenset({"offset"})


def places_of(
    thing: object, chart: Chart, layout: Layout, findings: Iterable[Finding], hidden: Mapping[str, int]
) -> list[dict[str, Any]]:
    """One entry a place of the chart, in the form of ``js/src/lib/places.ts``. ``hidden``: how many each one hides."""
    by_state: dict[str, list[Finding]] = {}
    for finding in findings:
        by_state.setdefault(finding.state, []).append(finding)
    flow = thing if isinstance(thing, Flow) else None
    return [
        {
            **(_state(flow.by_name[name]) if flow and name in flow.by_name else _place(place)),
            "name": name,
            "title": place.title,
            "caption": place.caption,
            "findings": [_finding(one) for one in by_state.get(name, [])],
            "box": _box(layout.nodes[name]),
            "hidden": hidden.get(name, 0),
        }
        for name, place in chart.places.items()
    ]


def _state(state: State) -> dict[str, Any]:
    shown = ((key, value) for key, value in state.properties.items() if key not in (*_UNSHOWN, state.text_key))
    return {
        "type": state.type,
        "text": state.text if state.text_key else None,
        "properties": [
            {"key": key, "value": value, "json": False}
            if isinstance(value, str)
            else {"key": key, "value": json.dumps(value, ensure_ascii=False), "json": True}
            for key, value in shown
        ],
        "exits": [_exit(state, way) for way in state.transitions],
    }


def _exit(state: State, way: Transition) -> dict[str, Any]:
    condition = way.conditions[0] if way.conditions else None
    return {
        "event": way.event,
        "label": short_exit(way),
        "to": way.next,
        "silent": way in state.silent_exits,
        "condition": {"type": condition.type, "value": condition.value} if condition else None,
    }


def _place(place: Place) -> dict[str, Any]:
    exits = [
        {"event": way.event, "label": way.words, "to": way.to, "silent": way.silent, "condition": None}
        for way in place.exits
    ]
    return {"type": str(place.family), "text": place.text or None, "properties": [], "exits": exits}


def _box(box: Box) -> list[float]:
    return [round(side, 1) for side in (box.x, box.y, box.width, box.height)]


def _finding(finding: Finding) -> dict[str, str]:
    return {
        "severity": finding.severity.value,
        "rule": finding.rule,
        "message": finding.message,
        "fix": finding.fix,
    }
