"""Asking the outside world: shared by the steps that call something and go on by its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.limits import CALL_TIMEOUT_S
from flowlab.run.services import Answer
from flowlab.run.step import Exit, View, pairs, template, template_of

CALLED = EventKind.CALLED.value
_encode = json.JSONEncoder(default=str).encode


class Call:
    """A request made by a state. ``target`` is the property that says what is called."""

    target: ClassVar[str] = "url"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._state = state
        self._url = template(state, self.target, readings)
        self._body = template(state, "body", readings)
        self._method = str(state.properties.get("method") or "")
        self._parameters = [
            (str(row["key"]), template_of(row.get("value"), readings)) for row in pairs(state, "parameters")
        ]

    def exit(self, view: View, *, ok: str, failed: str, good: range) -> Exit:
        """Ask, and leave by ``ok`` when the status is in ``good`` and the answer came within 10 seconds."""
        answer = view.ask(
            self._state,
            url=view.render(self._url),
            method=self._method,
            parameters={key: view.render(value) for key, value in self._parameters},
            body=view.render(self._body),
        )
        view.keep({})  # only now: the request may read what the last visit left
        if answer is None:
            view.tell(EventKind.UNANSWERED.value, detail=self._remedy())
            return Exit(failed)
        if answer.delay_s > CALL_TIMEOUT_S:
            view.tell(CALLED, value="timeout", detail=f"no answer within {CALL_TIMEOUT_S:.0f} s")
            return Exit(failed, took_s=CALL_TIMEOUT_S)
        view.tell(CALLED, value=str(answer.status), detail=self._state.name)
        left = answer.exit or (ok if answer.status in good else failed)
        view.keep(self.result(answer))
        return Exit(left, took_s=answer.delay_s)

    def result(self, answer: Answer) -> Mapping[str, Any]:
        """What an answer leaves under ``widgets.NAME``: ``parsed`` only where it is JSON."""
        if answer.json is None:
            return {"status_code": answer.status, "content_type": "text/plain", "body": answer.text}
        body = _encode(answer.json)
        return {
            "status_code": answer.status,
            "content_type": "application/json",
            "body": body,
            "parsed": answer.json,
        }

    def _remedy(self) -> str:
        return (
            f"nothing answers {self._state.type} {self._state.name!r}: "
            f"add it to services under widgets, as `{self._state.name}: {{json: {{...}}}}`"
        )
