"""``send-and-wait-for-reply``: ask, then wait for the customer or for time to run out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.limits import DEFAULT_REPLY_TIMEOUT_S
from flowlab.run.line import TOLD_AFTER_S
from flowlab.run.outbound import Outbound
from flowlab.run.seconds import seconds
from flowlab.run.step import Exit, View, Wait, template

LEAST_S = 1e-9  # above 0
ANSWERED, TIMED_OUT, NOT_DELIVERED = Exit("incomingMessage"), Exit("timeout"), Exit("deliveryFailure")
LOST = Exit("deliveryFailure", took_s=TOLD_AFTER_S)  # the platform hears of it later


class SendAndWaitForReply:
    """Source: Twilio docs, *Send & Wait for Reply widget*.

    Any message of the contact is the reply, whatever it holds; it lands in ``widgets.NAME.inbound``. The timeout is in
    seconds, 3,600 where none is given.
    """

    kind: ClassVar[str] = "send-and-wait-for-reply"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._outbound = Outbound(state, readings)
        self._timeout = template(state, "timeout", readings)
        self._is_inbound_everywhere = readings.conversation_reply_is_inbound

    def enter(self, view: View) -> Exit | Wait:
        if not self._outbound.send(view):
            return NOT_DELIVERED
        if view.line is not None and view.line.lost:
            return LOST
        return Wait(
            seconds(view, view.render(self._timeout), default=DEFAULT_REPLY_TIMEOUT_S, low=LEAST_S, high=float("inf"))
        )

    def resume(self, view: View, reply: Mapping[str, Any] | None) -> Exit:
        if reply is None:
            return TIMED_OUT
        if not self._is_inbound_everywhere and view.read("trigger", "conversation"):
            return ANSWERED
        view.keep({**view.scope["widgets"][view.state], "inbound": reply})
        return ANSWERED
