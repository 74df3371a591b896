"""``send-message``: say something and go on. ``sent`` means accepted, not delivered."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.outbound import Outbound
from flowlab.run.step import Exit, View

SENT, FAILED = Exit("sent"), Exit("failed")


class SendMessage:
    """Source: Twilio docs, *Send Message widget*. A message the channel refuses leaves by ``failed``."""

    kind: ClassVar[str] = "send-message"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._outbound = Outbound(state, readings)

    def enter(self, view: View) -> Exit:
        return SENT if self._outbound.send(view) else FAILED
