"""``make-http-request``: ask a URL. Answered by services; never the network."""

from __future__ import annotations

from typing import ClassVar

from flowlab.run.call import Call
from flowlab.run.step import Exit, View


class MakeHttpRequest(Call):
    """Source: Twilio docs, *Make HTTP Request widget*: ``success`` is a 2xx answer within 10 seconds."""

    kind: ClassVar[str] = "make-http-request"

    def enter(self, view: View) -> Exit:
        return self.exit(view, ok="success", failed="failed", good=range(200, 300))
