"""What a step is to the engine: state + variables + input -> an exit. Steps change nothing; the session does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple, Protocol

from flowlab.model.channel import Channel
from flowlab.model.flow import State
from flowlab.run.limits import MAX_VALUE_BYTES, VALUE_SIZE, LimitReached
from flowlab.run.services import Answer, Request, Services
from flowlab.run.template import Renderer, Scope, TemplateFault, compile_template, text_of


class Note(NamedTuple):
    """Something to log besides the exit itself; the session turns it into an Event of that ``kind``."""

    kind: str
    text: str = ""
    value: str = ""
    detail: str = ""
    event: str = ""
    units: int = 0


class Exit(NamedTuple):
    """How a step was left. ``result`` becomes ``widgets.NAME``, ``variables`` go to ``flow.variables``.

    ``transition``: index of the transition taken, where the event alone does not tell (splits); -1 otherwise.
    ``condition`` and ``value``: what decided. ``took_s``: simulated seconds the step needed.
    """

    event: str
    result: Mapping[str, Any] | None = None
    notes: tuple[Note, ...] = ()
    transition: int = -1
    condition: str = ""
    value: str = ""
    variables: Mapping[str, Any] | None = None
    took_s: float = 0.0


class Wait(NamedTuple):
    """The step waits for the customer, at most ``timeout_s`` seconds. ``result`` as in :class:`Exit`."""

    timeout_s: float
    result: Mapping[str, Any]
    notes: tuple[Note, ...] = ()


class Reply(NamedTuple):
    """What the customer answered: the text, attached media, and the webhook as the platform would pass it on."""

    text: str
    media: tuple[str, ...]
    inbound: Mapping[str, Any]


@dataclass(slots=True)
class View:
    """What a step may see of its session. ``faults`` gathers broken content met while rendering."""

    scope: Scope
    channel: Channel
    services: Services
    time_s: float
    by_segment: bool
    faults: list[str] = field(default_factory=list)

    def render(self, renderer: Renderer) -> str:
        """The text of a template now; empty where the template is broken.

        Raises LimitReached when the text passes 16 KB.
        """
        try:
            text = renderer(self.scope)
        except TemplateFault as fault:
            self.faults.append(f"broken template: {fault}")
            return ""
        if len(text) * 4 > MAX_VALUE_BYTES and len(text.encode()) > MAX_VALUE_BYTES:
            raise LimitReached(VALUE_SIZE)
        return text

    def ask(self, state: State, **request: Any) -> Answer | None:
        """What the outside world answers this state."""
        when = self.services.clock(self.time_s)
        return self.services.answer(Request(state.type, state.name, when, self.channel.name, **request))


class Step(Protocol):
    """One kind of step. ``kind`` is the Studio widget type; one object per state, made once, used by many sessions."""

    kind: ClassVar[str]

    def __init__(self, state: State) -> None: ...

    def enter(self, view: View) -> Exit | Wait:
        """What happens when the run comes to this state."""


class WaitingStep(Step, Protocol):
    """A step that may wait, and so can be resumed."""

    def resume(self, view: View, reply: Reply | None, result: Mapping[str, Any]) -> Exit:
        """What happens when the reply comes, or (None) when time is up. ``result`` is what :class:`Wait` gave."""


def template(state: State, key: str) -> Renderer:
    """The renderer of a property; a missing or null one renders as nothing, a number as its digits."""
    return compile_template(text_of(state.properties.get(key)))


def pairs(state: State, key: str) -> list[Mapping[str, Any]]:
    """The rows of a ``[{key, value}, ...]`` property; anything else in the list is left out."""
    rows = state.properties.get(key)
    return [row for row in rows if isinstance(row, Mapping) and "key" in row] if isinstance(rows, list) else []
