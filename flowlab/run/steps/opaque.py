"""Every widget that does not concern text, and every unknown one: passed by an exit that the user may choose."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.model.kinds import KINDS
from flowlab.run.step import Exit, View


class Opaque:
    """Leaves by the exit that services name for it (``widgets: {forward_call: {exit: hangup}}``), else by the kind's
    usual exit, else by its first wired one. Which, and why, is an event.
    """

    kind: ClassVar[str] = "opaque"

    def __init__(self, state: State) -> None:
        self._state = state
        known = KINDS.get(state.type)
        wired = next((t.event for t in state.transitions if t.next is not None), "")
        first = state.transitions[0].event if state.transitions else "next"
        self._default = known.default_exit if known else wired or first

    def enter(self, view: View) -> Exit:
        answer = view.ask(self._state)
        if answer and answer.exit:
            chosen, why = answer.exit, "chosen in services"
        else:
            chosen, why = (
                self._default,
                f"default: {self._state.type} is not run here; services can choose its exit",
            )
        result = answer.json if answer and isinstance(answer.json, dict) else {}
        view.tell(EventKind.CHOSEN.value, event=chosen, detail=why)
        view.keep(result)
        return Exit(chosen, took_s=answer.delay_s if answer else 0.0)
