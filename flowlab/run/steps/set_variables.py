"""``set-variables``: remember values. They count from the end of the step, so rows cannot read one another."""

from __future__ import annotations

from typing import Any, ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.step import FAULT, Exit, View, pairs, template_of
from flowlab.run.values import cast, from_json

SET = EventKind.SET.value
NEXT = Exit("next")


class SetVariables:
    """Source: Twilio docs, *Set Variables widget*, and support article 4413699936411: a bare number becomes a number,
    a quoted one stays text, null becomes the empty text; ``json_object`` rows are parsed.
    """

    kind: ClassVar[str] = "set-variables"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._rows = [
            (str(row["key"]), template_of(row.get("value"), readings), row.get("type") == "json_object")
            for row in pairs(state, "variables")
        ]

    def enter(self, view: View) -> Exit:
        values: dict[str, Any] = {}
        for key, renderer, as_json in self._rows:
            text = view.render(renderer)
            try:
                values[key] = _parse(text) if as_json else cast(text)
            except ValueError:
                values[key] = text
                view.tell(FAULT, detail=f"variable {key!r} should be JSON and is not: {text[:80]}")
            view.tell(SET, value=text, detail=key)
        view.keep(values)
        view.assign(values)
        return NEXT


def _parse(text: str) -> Any:
    value = from_json(text) if text.strip() else None
    return "" if value is None else value
