"""Every widget that does not concern text, and every unknown one: passed by an exit that the user may choose."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.chosen import Chosen
from flowlab.run.step import Exit, View


class Opaque:
    """Leaves by the exit that services name for it (``widgets: {forward_call: {exit: hangup}}``), else by the kind's
    usual exit, else by its first wired one. Which, and why, is an event.
    """

    kind: ClassVar[str] = "opaque"

    def __init__(self, state: State, _readings: Readings = READINGS) -> None:
        self._chosen = Chosen(state)

    def enter(self, view: View) -> Exit:
        answer, left = self._chosen.ask(view)
        view.keep(answer.json if answer and isinstance(answer.json, dict) else {})
        return Exit(left, took_s=answer.delay_s if answer else 0.0)
