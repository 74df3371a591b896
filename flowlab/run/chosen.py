"""An exit that nobody can work out here: shared by the steps whose doing lies outside text."""

from __future__ import annotations

from typing import Any

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.model.kinds import KINDS
from flowlab.run.services import Answer
from flowlab.run.step import View

CHOSEN = EventKind.CHOSEN.value


class Chosen:
    """Which exit a state is left by: what services say, else its kind's usual one, else the first that is wired."""

    def __init__(self, state: State) -> None:
        self._state = state
        known = KINDS.get(state.type)
        wired = next((t.event for t in state.transitions if t.next is not None), "")
        first = state.transitions[0].event if state.transitions else "next"
        self._default = known.default_exit if known else wired or first

    def ask(self, view: View, **asked: Any) -> tuple[Answer | None, str]:
        """What services answer (None: nothing), and the exit; which, and why, is told."""
        answer = view.ask(self._state, **asked)
        return answer, self.leave(view, answer)

    def leave(self, view: View, answer: Answer | None, instead: str = "", why: str = "chosen in services") -> str:
        """The exit by an answer, or ``instead``; which, and why, is told."""
        left = instead or (answer.exit if answer else "")
        if not left:
            left = self._default
            why = f"default: {self._state.type} is not run here; services can choose its exit"
        view.tell(CHOSEN, event=left, detail=why)
        return left
