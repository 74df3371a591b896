"""``trigger``: the way in. Which event started the run picks the exit."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.step import Exit, View


class Trigger:
    """All five events: an SMS-like message, a Conversations message, a REST request, a parent flow, a call."""

    kind: ClassVar[str] = "trigger"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        """Nothing of the state counts but its exits."""

    def enter(self, view: View) -> Exit:
        return Exit(view.read("trigger", "event"))
