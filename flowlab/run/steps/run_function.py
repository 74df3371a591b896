"""``run-function``: call a Twilio Function. Answered by services; never the network."""

from __future__ import annotations

from typing import ClassVar

from flowlab.run.call import Call
from flowlab.run.step import Exit, View


class RunFunction(Call):
    """Source: Twilio docs, *Run Function widget*: ``success`` is a 2xx or 3xx answer within 10 s, else ``fail``."""

    kind: ClassVar[str] = "run-function"

    def enter(self, view: View) -> Exit:
        return self.exit(view, ok="success", failed="fail", good=range(200, 400))
