"""``send-and-wait-for-reply``: ask, then wait for the customer or for time to run out."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar

from flowlab.model.flow import State
from flowlab.run.limits import DEFAULT_REPLY_TIMEOUT_S
from flowlab.run.outbound import Outbound
from flowlab.run.step import FAULT, Exit, View, Wait, template

ANSWERED, TIMED_OUT, NOT_DELIVERED = Exit("incomingMessage"), Exit("timeout"), Exit("deliveryFailure")


class SendAndWaitForReply:
    """Source: Twilio docs, *Send & Wait for Reply widget*.

    Any message of the contact is the reply, whatever it holds; it lands in ``widgets.NAME.inbound``. The timeout is in
    seconds, 3,600 where none is given.
    """

    kind: ClassVar[str] = "send-and-wait-for-reply"

    def __init__(self, state: State) -> None:
        self._outbound = Outbound(state)
        self._timeout = template(state, "timeout")

    def enter(self, view: View) -> Exit | Wait:
        if not self._outbound.send(view):
            return NOT_DELIVERED
        return Wait(_timeout_s(view, view.render(self._timeout)))

    def resume(self, view: View, reply: Mapping[str, Any] | None) -> Exit:
        if reply is None:
            return TIMED_OUT
        view.keep({**view.scope["widgets"][view.state], "inbound": reply})
        return ANSWERED


def _timeout_s(view: View, text: str) -> float:
    seconds = _seconds(text) if text else DEFAULT_REPLY_TIMEOUT_S
    if seconds is None:
        detail = f"timeout {text!r} is no number of seconds above 0; waiting {DEFAULT_REPLY_TIMEOUT_S:,.0f} s"
        view.tell(FAULT, detail=detail)
        return DEFAULT_REPLY_TIMEOUT_S
    return seconds


@lru_cache(maxsize=256)
def _seconds(text: str) -> float | None:
    try:
        seconds = float(text)
    except ValueError:
        return None
    return seconds if 0 < seconds < float("inf") else None
