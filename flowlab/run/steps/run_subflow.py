"""``run-subflow``: another flow inside this one, answered by services with the variables it would leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flowlab.run.call import Call
from flowlab.run.services import Answer
from flowlab.run.step import Exit, View


class RunSubflow(Call):
    """Source: Twilio docs, *Run Subflow widget*: what the subflow set stands flat under ``widgets.NAME``."""

    kind: ClassVar[str] = "run-subflow"
    target: ClassVar[str] = "flow_sid"

    def enter(self, view: View) -> Exit:
        return self.exit(view, ok="completed", failed="failed", good=range(200, 300))

    def result(self, answer: Answer) -> Mapping[str, Any]:
        return answer.json if isinstance(answer.json, dict) else {}
