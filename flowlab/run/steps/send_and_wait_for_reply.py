"""``send-and-wait-for-reply``: ask, then wait for the customer or for time to run out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.run.limits import DEFAULT_REPLY_TIMEOUT_S
from flowlab.run.outbound import Outbound
from flowlab.run.step import Exit, Note, Reply, View, Wait, template


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
        outbound, note, ok = self._outbound.send(view)
        result = {"outbound": outbound}
        if not ok:
            return Exit("deliveryFailure", result, (note,))
        timeout_s, fault = self._seconds(view)
        notes = (note, fault) if fault else (note,)
        return Wait(timeout_s, result, notes)

    def resume(self, _view: View, reply: Reply | None, result: Mapping[str, Any]) -> Exit:
        if reply is None:
            return Exit("timeout", result)
        return Exit("incomingMessage", {**result, "inbound": reply.inbound})

    def _seconds(self, view: View) -> tuple[float, Note | None]:
        text = view.render(self._timeout)
        if not text:
            return DEFAULT_REPLY_TIMEOUT_S, None
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if 0 < seconds < float("inf"):
            return seconds, None
        detail = f"timeout {text!r} is no number of seconds above 0; waiting {DEFAULT_REPLY_TIMEOUT_S:,.0f} s"
        return DEFAULT_REPLY_TIMEOUT_S, Note(EventKind.FAULT.value, detail=detail)
