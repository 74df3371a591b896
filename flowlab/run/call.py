"""Asking the outside world: shared by the steps that call something and go on by its answer."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.run.limits import CALL_TIMEOUT_S
from flowlab.run.services import Answer
from flowlab.run.step import Exit, Note, View, pairs, template
from flowlab.run.template import compile_template, text_of


class Call:
    """A request made by a state. ``target`` is the property that says what is called."""

    target: ClassVar[str] = "url"

    def __init__(self, state: State) -> None:
        self._state = state
        self._url = template(state, self.target)
        self._body = template(state, "body")
        self._method = str(state.properties.get("method") or "")
        self._parameters = [
            (str(row["key"]), compile_template(text_of(row.get("value")))) for row in pairs(state, "parameters")
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
        if answer is None:
            return Exit(failed, {}, (Note(EventKind.UNANSWERED.value, detail=self._remedy()),))
        if answer.delay_s > CALL_TIMEOUT_S:
            late = Note(EventKind.CALLED.value, value="timeout", detail=f"no answer within {CALL_TIMEOUT_S:.0f} s")
            return Exit(failed, {}, (late,), took_s=CALL_TIMEOUT_S)
        left = answer.exit or (ok if answer.status in good else failed)
        note = Note(EventKind.CALLED.value, value=str(answer.status), detail=self._state.name)
        return Exit(left, _result(answer), (note,), took_s=answer.delay_s)

    def _remedy(self) -> str:
        return (
            f"nothing answers {self._state.type} {self._state.name!r}: "
            f"add it to services under widgets, as `{self._state.name}: {{json: {{...}}}}`"
        )


def _result(answer: Answer) -> dict[str, Any]:
    if answer.json is None:
        return {"status_code": answer.status, "content_type": "text/plain", "body": answer.text}
    body = json.dumps(answer.json, default=str)
    return {
        "status_code": answer.status,
        "content_type": "application/json",
        "body": body,
        "parsed": answer.json,
    }
