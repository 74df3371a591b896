"""``trigger``: the way in. Which event started the run picks the exit."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.flow import State
from flowlab.run.step import Exit, View


class Trigger:
    """All five events: an SMS-like message, a Conversations message, a REST request, a parent flow, a call."""

    kind: ClassVar[str] = "trigger"

    def __init__(self, state: State) -> None:
        self._state = state

    def enter(self, view: View) -> Exit:
        return Exit(view.read("trigger", "event"))
