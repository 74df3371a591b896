"""``run-subflow``: another flow inside this one. Services say which flow a sid is; else they answer in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.call import Call
from flowlab.run.services import Answer
from flowlab.run.step import FAULT, Descent, Exit, View, pairs
from flowlab.run.values import from_json, text_of

TOO_DEEP = "a subflow cannot run a subflow: Studio allows one level"


class RunSubflow(Call):
    """Source: Twilio docs, *Run Subflow widget*: what the subflow set stands flat under ``widgets.NAME``; one level
    deep; neither flow sid nor revision takes Liquid. A file has no revisions: which was asked for is told.
    """

    kind: ClassVar[str] = "run-subflow"
    target: ClassVar[str] = "flow_sid"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        super().__init__(state, readings)
        self._sid = text_of(state.properties.get("flow_sid"))
        self._revision = text_of(state.properties.get("flow_revision"))
        self._json_keys = {str(r["key"]) for r in pairs(state, "parameters") if r.get("type") == "json_object"}

    def enter(self, view: View) -> Exit | Descent:
        if view.parent:
            view.tell(FAULT, detail=TOO_DEEP)
            view.keep({})
            return Exit("failed")
        flow = view.services.subflows.get(self._sid)
        if flow is None:
            return self.exit(view, ok="completed", failed="failed", good=range(200, 300))
        parameters = {key: self._typed(view, key, view.render(value)) for key, value in self._parameters}
        view.tell(EventKind.SUBFLOW.value, value=self._revision, detail=flow.name)
        return Descent(self._sid, parameters)

    def result(self, answer: Answer) -> Mapping[str, Any]:
        return answer.json if isinstance(answer.json, dict) else {}

    def _typed(self, view: View, key: str, text: str) -> Any:
        if key not in self._json_keys or not text.strip():
            return text
        try:
            return from_json(text)
        except ValueError:
            view.tell(FAULT, detail=f"parameter {key!r} should be JSON and is not: {text[:80]}")
            return text

    def _remedy(self) -> str:
        return (
            f"nothing answers {self.kind} {self._state.name!r}: name its flow in services under subflows, as "
            f"`{self._sid or 'FW...'}: flow.json`, or what it leaves under widgets, as `{self._state.name}: "
            "{json: {...}}`"
        )
