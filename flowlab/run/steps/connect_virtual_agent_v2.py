"""``connect-virtual-agent-v2``: a virtual agent takes over for a while. Services say what comes of it."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.chosen import Chosen
from flowlab.run.limits import DEFAULT_REPLY_TIMEOUT_S
from flowlab.run.render import billed_units
from flowlab.run.seconds import seconds
from flowlab.run.step import Exit, View, template


class ConnectVirtualAgentV2:
    """Source: Twilio docs, *Connect Virtual Agent v2 widget*. On a conversation (``channel: conversations``) services
    give the exit (``completed``, ``live-agent-handoff``, ``paused``, ``timeout``, ...), what the agent says last
    (``text``), how long it takes, and what it found out (``json``). On a call it is passed by.
    """

    kind: ClassVar[str] = "connect-virtual-agent-v2"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._chosen = Chosen(state)
        self._timeout = template(state, "timeout", readings)
        self._is_text = state.properties.get("channel") == "conversations"

    def enter(self, view: View) -> Exit:
        answer, left = self._chosen.ask(view)
        took_s = answer.delay_s if answer else 0.0
        if self._is_text:
            if left == "timeout" and not took_s:
                text = view.render(self._timeout)
                took_s = seconds(view, text, default=DEFAULT_REPLY_TIMEOUT_S, low=0.0, high=float("inf"))
            if answer and answer.text:
                view.send(answer.text, "", billed_units(answer.text, view.channel))
        view.keep(answer.json if answer and isinstance(answer.json, dict) else {})
        return Exit(left, took_s=took_s)
