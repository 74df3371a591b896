"""What a step is to the engine: state + variables + input -> an exit. Steps tell and answer; the session changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple, Protocol

from flowlab.model.channel import Channel
from flowlab.model.event import Event, EventKind
from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.model.shown import Shown
from flowlab.run.dialect import TemplateFault
from flowlab.run.limits import MAX_VALUE_BYTES, VALUE_SIZE, RunStopped
from flowlab.run.memo import Branch, Trace
from flowlab.run.services import Answer, Request, Services, is_timeless
from flowlab.run.template import LookUp, Renderer, compile_template
from flowlab.run.values import look_up, text_of

if TYPE_CHECKING:
    from flowlab.run.line import Line

FAULT, SENT, STEP = EventKind.FAULT.value, EventKind.SENT.value, EventKind.STEP.value
HANDED_OFF, SHOWN = EventKind.HANDED_OFF.value, EventKind.SHOWN.value
SURELY_SMALL_CHARS = MAX_VALUE_BYTES // 4
new_event = tuple.__new__  # makes an Event without NamedTuple's own slower constructor: a replay makes millions


class Exit(NamedTuple):
    """How a step was left.

    ``transition``: index of the transition taken, where the event alone does not tell (splits); -1 otherwise.
    ``condition`` and ``value``: what decided. ``took_s``: simulated seconds the step needed.
    """

    event: str
    transition: int = -1
    condition: str = ""
    value: str = ""
    took_s: float = 0.0


class Wait(NamedTuple):
    """The step waits for the customer, at most ``timeout_s`` seconds."""

    timeout_s: float


class Descent(NamedTuple):
    """The step runs a subflow, the one of this flow sid, and is left when that has come to its end."""

    flow_sid: str
    parameters: Mapping[str, Any]


@dataclass(slots=True)
class View:
    """What a step may see of its session, and where it tells what happens.

    ``state`` and ``step_type`` name the state the run stands in. ``said``: the texts sent since the session last took
    them. ``answered``: whether anything was sent since the customer's last message. ``handed_off``: whether a task for
    an agent was made. ``parent``: the run-subflow state inside whose subflow the run is; empty in the flow itself.
    ``trace``: where to note what is read and written, while somebody wants to know. ``names_sent``: whether a template
    of the flow reads more of a sent message than its text (:mod:`flowlab.run.outbound`). ``window_s``: how long
    after the customer's last message free text may be sent, infinite for ever. ``heard_s``: when the customer
    last wrote, in whichever execution. ``shown``: the message whose choices the customer may answer now. ``line``:
    what it all goes over.
    """

    scope: dict[str, Any]
    channel: Channel
    services: Services
    conversation_id: str
    time_s: float
    log: list[Event]
    said: list[str]
    state: str = ""
    step_type: str = ""
    answered: bool = False
    handed_off: bool = False
    trace: Trace | None = None
    parent: str = ""
    names_sent: bool = False
    heard_s: float = -inf
    window_s: float = inf
    shown: Shown | None = None
    line: Line | None = None

    @property
    def in_window(self) -> bool:
        """Whether free text may be sent now: always, or for some hours after the customer's last message."""
        return self.time_s - self.heard_s <= self.window_s

    def render(self, renderer: Renderer) -> str:
        """The text of a template now; empty, and a FAULT event, where the template is broken.

        Raises RunStopped when the text passes 16 KB, or (by a reading) where the template is broken.
        """
        if isinstance(renderer, str):
            return renderer
        if self.trace is not None:
            self.trace.note(renderer.paths, self.scope)
        try:
            text = renderer.render(self.scope)
        except TemplateFault as fault:
            self.tell(FAULT, detail=f"broken template: {fault}")
            if self.services.readings.broken_template_ends_run:
                raise RunStopped(f"broken template: {fault}") from None
            return ""
        if len(text) > SURELY_SMALL_CHARS and len(text.encode(errors="replace")) > MAX_VALUE_BYTES:
            raise RunStopped(VALUE_SIZE)
        return text

    def tell(
        self, kind: str, text: str = "", value: str = "", detail: str = "", event: str = "", units: int = 0
    ) -> None:
        """Log an event of this state."""
        log = self.log
        log.append(
            new_event(
                Event,
                (
                    self.conversation_id,
                    len(log),
                    self.time_s,
                    self.channel.name,
                    kind,
                    self.state,
                    self.step_type,
                    event,
                    "",
                    text,
                    "",
                    value,
                    detail,
                    units,
                    self.parent,
                ),
            )
        )

    def tell_exit(self, done: Exit, target: str) -> None:
        """Log that the state was left: one edge walked."""
        log = self.log
        event, _, condition, value, _ = done
        log.append(
            new_event(
                Event,
                (
                    self.conversation_id,
                    len(log),
                    self.time_s,
                    self.channel.name,
                    STEP,
                    self.state,
                    self.step_type,
                    event,
                    target,
                    "",
                    condition,
                    value,
                    "",
                    0,
                    self.parent,
                ),
            )
        )

    def send(self, text: str, media: str, units: int, category: str = "") -> None:
        """Say something to the customer; ``category``: what the channel bills it as, empty for free text."""
        self.answered = True
        self.said.append(text)
        self.tell(SENT, text, media, category, "", units)

    def hand_off(self, attributes: str, priority: str, where: str) -> None:
        """Make a task for an agent; ``attributes`` as JSON text, ``where`` it goes in words."""
        self.handed_off = True
        self.tell(HANDED_OFF, attributes, priority, where)

    def keep(self, result: Mapping[str, Any]) -> None:
        """What the step gives: it stands under ``widgets.NAME`` from now on."""
        self.scope["widgets"][self.state] = result
        if self.trace is not None:
            self.trace.widgets[self.state] = result

    def is_one_off(self) -> None:
        """What the step does belongs to this conversation alone: a turn with it in is not worth remembering."""
        if self.trace is not None:
            self.trace.known = False

    def open_channel(self, facts: Mapping[str, Any]) -> None:
        """What is known of the conversation just opened: ``flow.channel`` has it from now on, beside our address.

        Only for steps that are ``one_off``.
        """
        flow = self.scope["flow"]
        flow["channel"] = flow["channel"] | facts

    def assign(self, variables: Mapping[str, Any]) -> None:
        """Set flow variables."""
        self.scope["flow"]["variables"].update(variables)
        if self.trace is not None:
            self.trace.variables.update(variables)

    def read(self, *path: str) -> Any:
        """The value at a path of the scope; None where there is none."""
        if self.trace is not None:
            self.trace.note((path,), self.scope)
        return look_up(self.scope, path)

    def test(self, text: LookUp, branch: Branch) -> Any:
        """What ``branch`` finds; of ``text`` nothing else counts, but that the step's exit logs it as ``value``."""
        if self.trace is not None:
            self.trace.note_test(text, branch, self.scope, len(self.log))
        return branch(self.scope)

    def ask(self, state: State, url: str = "", **asked: Any) -> Answer | None:
        """What the outside world answers this state."""
        services = self.services
        rules = services.rules(state.name, self.parent, url)
        if rules is None:
            return None
        if self.trace is not None and not is_timeless(rules):
            self.trace.known = False
        asked |= {"url": url, "parent": self.parent, "calendars": services.calendars}
        return services.answer(
            Request(state.type, state.name, self.time_s, services.timezone, self.channel.name, **asked)
        )


class Step(Protocol):
    """One kind of step. ``kind`` is the Studio widget type; one object per state, made once, used by many sessions.

    A class may say ``one_off = True``: what it does belongs to one conversation alone, so it is never remembered.
    """

    kind: ClassVar[str]

    def __init__(self, state: State, readings: Readings = READINGS) -> None: ...

    def enter(self, view: View) -> Exit | Wait | Descent:
        """What happens when the run comes to this state."""


class WaitingStep(Step, Protocol):
    """A step that may wait, and so can be resumed."""

    def resume(self, view: View, reply: Mapping[str, Any] | None) -> Exit:
        """What happens when the reply comes (as the platform's webhook would pass it on), or (None) when time is up."""


def template(state: State, key: str, readings: Readings = READINGS) -> Renderer:
    """The renderer of a property; a missing or null one renders as nothing, a number as its digits."""
    return template_of(state.properties.get(key), readings)


def template_of(value: Any, readings: Readings = READINGS) -> Renderer:
    """The renderer of any value of a property."""
    return compile_template(text_of(value), readings.lists_as_json)


def pairs(state: State, key: str) -> list[Mapping[str, Any]]:
    """The rows of a ``[{key, value}, ...]`` property; anything else in the list is left out."""
    rows = state.properties.get(key)
    return [row for row in rows if isinstance(row, Mapping) and "key" in row] if isinstance(rows, list) else []


__all__ = [
    "SENT",
    "SHOWN",
    "Descent",
    "Exit",
    "Step",
    "View",
    "Wait",
    "WaitingStep",
    "new_event",
    "pairs",
    "template",
    "template_of",
]
