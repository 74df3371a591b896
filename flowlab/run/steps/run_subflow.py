"""``run-subflow``: another flow inside this one, answered by services with the variables it would leave behind."""

from __future__ import annotations

from typing import ClassVar

from flowlab.run.call import Call
from flowlab.run.step import Exit, View


class RunSubflow(Call):
    """Source: Twilio docs, *Run Subflow widget*: what the subflow set stands flat under ``widgets.NAME``."""

    kind: ClassVar[str] = "run-subflow"
    target: ClassVar[str] = "flow_sid"

    def enter(self, view: View) -> Exit:
        left = self.exit(view, ok="completed", failed="failed", good=range(200, 300))
        flat = (left.result or {}).get("parsed")
        return left._replace(result=flat if isinstance(flat, dict) else {})
