"""Session: talk to a flow. The only thing in the engine that changes state."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from datetime import datetime
from math import inf
from pathlib import Path
from typing import Any

from flowlab.errors import RunError, UsageError, did_you_mean
from flowlab.model.channel import Channel
from flowlab.model.channel import channel as find_channel
from flowlab.model.event import Event, EventKind
from flowlab.model.flow import Flow
from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.model.outcome import Outcome
from flowlab.model.shown import Shown
from flowlab.run import expiry
from flowlab.run.answer import choice_to_tap
from flowlab.run.clock import DEFAULT_START, LAST_S, seconds_at, start_seconds, zone
from flowlab.run.context import Start
from flowlab.run.execution import Execution, Setting
from flowlab.run.faults import Faults
from flowlab.run.keywords import ANSWERS, meaning
from flowlab.run.line import CALM, DISTURBED, KEYWORD, LOST, Line, Message
from flowlab.run.outbound import Sent, complete
from flowlab.run.program import Program, compile_flow
from flowlab.run.render import billed_units
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.step import new_event

#: Seconds a customer takes to answer unless told otherwise.
DEFAULT_REPLY_S = 10.0

RECEIVED, CONCLUDED, HANDED_OFF = EventKind.RECEIVED.value, EventKind.CONCLUDED.value, Outcome.HANDED_OFF


class Session:
    """One customer's conversation with a flow on a channel, in simulated time.

    ``start`` and ``say`` return what the flow says in answer, a list of texts; everything else that happened is in
    ``events``. After the flow has ended, the next ``say`` begins a new execution with empty variables, as on the
    platform; after a hand-off, messages go to the agent.

    ``services``: :class:`~flowlab.run.services.Services`, a mapping, or the path of a YAML file. ``contact``: the
    customer's address. ``start_time``: a datetime, or ISO text with an offset. Raises UsageError for an unknown channel
    or an unreadable time, FormatError for a broken services file.

    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "bye"),), {"body": "Your name?"})
    >>> bye = State("bye", "send-message", (Transition("sent"),), {"body": "Bye {{widgets.ask.inbound.Body}}!"})
    >>> session = Session(Flow((ask, bye), "ask"), channel="whatsapp")
    >>> session.start("hi"), session.say("Ana"), str(session.outcome)
    (['Your name?'], ['Bye Ana!'], 'contained')
    """

    def __init__(
        self,
        flow: Flow | Program,
        channel: str | Channel = "sms",
        *,
        services: Services | Mapping[str, Any] | str | Path | None = None,
        contact: str = "",
        start_time: datetime | str | float = DEFAULT_START,
        conversation_id: str = "talk",
        faults: Faults = CALM,
    ) -> None:
        medium = find_channel(channel)
        world = load_services(services)
        program = compile_flow(flow, world.readings)
        setting = Setting(program, medium, world, contact or medium.example_contact, conversation_id)
        self._set_up(setting, start_seconds(start_time), Line(conversation_id, faults))

    @classmethod
    def within(cls, setting: Setting, time_s: float, line: Line | None = None) -> Session:
        """A session in a setting made before: how many are made at once."""
        session = cls.__new__(cls)
        session._set_up(setting, time_s, line or Line(setting.conversation_id))
        return session

    def _set_up(self, setting: Setting, time_s: float, line: Line) -> None:
        self.setting = setting
        self.line = line  #: whether it is open (STOP), and what goes wrong on it
        self.time_s = time_s
        self._expires = expiry.life_h(setting.channel) < inf  # asked at every message, and seldom so
        self.events: list[Event] = []
        self.execution: Execution | None = None
        self._earlier: list[Execution] = []
        self._ended = False  # from outside, so that nobody has taken over any more

    @property
    def flow(self) -> Flow:
        return self.setting.program.flow

    @property
    def channel(self) -> Channel:
        return self.setting.channel

    @property
    def outcome(self) -> Outcome | None:
        """How the (last) execution ended; None while it goes on, or before it began."""
        return self.execution.outcome if self.execution else None

    @property
    def executions(self) -> int:
        """How many executions have begun."""
        return len(self._earlier) + (self.execution is not None)

    @property
    def handed_off(self) -> bool:
        """Whether an agent has taken over."""
        return self.outcome is HANDED_OFF and not self._ended

    @property
    def waiting(self) -> bool:
        """Whether the flow waits for the customer."""
        return bool(self.execution and self.execution.is_waiting)

    @property
    def window_closes_s(self) -> float | None:
        """Until when free text may be sent, in seconds since 1970 UTC; None on a channel without such a window.

        A customer who has not written yet has opened none: the time is long past.
        """
        hours = self.channel.value("service_window_h")
        if hours is None:
            return None
        return self.execution.view.heard_s + hours * 3600 if self.execution else -inf

    @property
    def shown(self) -> Shown | None:
        """The message whose choices the customer may answer now, as this channel shows it; None where there is none."""
        return self.execution.view.shown if self.execution else None

    @property
    def state(self) -> str:
        """The name of the state the run stands in or ended in; empty before the start. Inside a subflow, its state."""
        return self.execution.node.name if self.execution and self.execution.node else ""

    @property
    def parent(self) -> str:
        """The run-subflow state inside whose subflow the run stands or ended; empty in the flow itself."""
        return self.execution.parent if self.execution else ""

    @property
    def place(self) -> str:
        """Where the run stands in the flow itself: the state, or the one that runs the subflow it is in."""
        return self.parent or self.state

    @property
    def variables(self) -> dict[str, Any]:
        """All that a template can read now: ``trigger``, ``widgets``, ``flow``, ``contact``; in a subflow, its own."""
        if self.execution is None:
            return {}
        scope = self.execution.view.scope
        known = {group: copy.deepcopy(scope[group]) for group in ("trigger", "widgets", "flow", "contact")}
        for state, result in known["widgets"].items():
            if isinstance(result, dict) and isinstance(result.get("outbound"), Sent):
                result["outbound"] = dict(complete(result["outbound"], scope, state))
        return known

    @property
    def now(self) -> datetime:
        """The simulated time, in the services' time zone."""
        return datetime.fromtimestamp(self.time_s, zone(self.setting.services.timezone))

    def start(
        self, text: str = "", *, media: tuple[str, ...] = (), event: str = "", context: Mapping[str, Any] | None = None
    ) -> list[str]:
        """Begin: the customer's first message (or another trigger ``event``, such as ``incomingRequest``).

        ``context``: what is known before it (web form, app screen, REST parameters). Raises RunError if begun already,
        UsageError for an unknown event.
        """
        if event and event not in TRIGGER_EVENTS:
            raise UsageError(f"there is no trigger event {event!r}. {did_you_mean(event, list(TRIGGER_EVENTS))}")
        if self.execution is not None:
            raise RunError("this session has begun already; go on with say(), or make a new Session")
        if self.line.rough and event in ("", self._message_event()):
            return self._over_rough_line(Message(text, media), 0.0, context or {})
        if event in ("", self._message_event()) and (answer := self._kept_from_flow(text, media)):
            return answer
        return self._begin(Start(event or self._message_event(), text, media, context or {}))

    def say(
        self, text: str, *, media: tuple[str, ...] = (), after_s: float = DEFAULT_REPLY_S, at: datetime | str = ""
    ) -> list[str]:
        """The customer writes, ``after_s`` seconds from now, or ``at`` a moment that :meth:`jump` takes. Timeouts that
        fall in between happen first.
        """
        said, after_s = (self.jump(at), 0.0) if at else ([], after_s)
        if self.line.rough:
            return said + self._over_rough_line(Message(text, media), after_s, {})
        return said + self._hear(text, media, after_s, {})

    def inject(self, kind: str) -> None:
        """Let a fault befall the next message in its direction: :data:`flowlab.run.faults.KINDS`.

        Raises UsageError for an unknown kind.
        """
        self.line.plan(kind)

    def _over_rough_line(self, message: Message, after_s: float, context: Mapping[str, Any]) -> list[str]:
        """The customer writes, and what arrives of it does so in its own way."""
        messages, delay_s, told = self.line.arrive(message, self.place, self.channel)
        said = self.wait(after_s + delay_s)
        for kind, words in told:
            if kind == "missed":
                self._log(LOST, ("", "", "", "", message.text, "", "", words, 0, ""))
            else:
                self._log(DISTURBED, (self.state, "", "", "", "", "", kind, words, 0, self.parent))
        for text, media in messages:
            said += self._hear(text, media, 0.0, context)
        return said

    def _hear(self, text: str, media: tuple[str, ...], after_s: float, context: Mapping[str, Any]) -> list[str]:
        said = self.wait(after_s)
        if answer := self._kept_from_flow(text, media):
            return said + answer
        execution = self.execution
        if execution is None:
            return said + self._begin(Start(self._message_event(), text, media, context))
        if execution.is_waiting:
            execution.resume(text, media, self.time_s)
            return said + self._told(execution)
        if self.handed_off:
            execution.view.heard_s = self.time_s
            units = billed_units(text, self.channel)
            self._log(RECEIVED, ("", "", "", "", text, "", " ".join(media), "to the agent", units, ""))
            execution.view.time_s = self.time_s
            self.line.hear(execution.view, text)
            return said + execution.take_said()
        return said + self._begin(Start(self._message_event(), text, media, execution.start.context))

    def _kept_from_flow(self, text: str, media: tuple[str, ...]) -> list[str]:
        """The platform's answer to a keyword that it keeps from the flow (``keywords_reach_flow``); empty: none."""
        if self.setting.services.readings.keywords_reach_flow:
            return []
        means = meaning(text, self.channel, self.line.opted_out)
        if not means:
            return []
        self.line.take(means)
        units = billed_units(text, self.channel)
        self._log(RECEIVED, ("", "", "", "", text, "", " ".join(media), "to the platform", units, ""))
        self._log(KEYWORD, ("", "", "", "", ANSWERS[means], "", means, "answered by the platform alone", 0, ""))
        return [ANSWERS[means]]

    def tap(self, what: str | int, *, after_s: float = DEFAULT_REPLY_S) -> list[str]:
        """The customer taps a choice of the last message: its label, id or number, ``after_s`` seconds from now.

        Raises UsageError, naming the choices, where there is no such button.
        """
        shown = self.shown
        choice = choice_to_tap(what, shown)
        said, execution = self.wait(after_s), self.execution
        if execution is None or not execution.is_waiting:
            return said + self.say(choice.label, after_s=0)
        execution.view.shown = shown
        execution.resume(choice.label, (), self.time_s, choice)
        return said + self._told(execution)

    def wait(self, seconds: float) -> list[str]:
        """Let time pass without a word from the customer; timeouts in between happen at their time."""
        if not (seconds >= 0 and self.time_s + seconds <= LAST_S):
            raise UsageError(f"cannot wait {seconds} seconds: time cannot go back, and ends with the year 9999")
        return self._let_pass(self.time_s + seconds)

    def jump(self, to: datetime | str, *, timezone: str = "") -> list[str]:
        """Let time pass to a moment, as :meth:`wait` does: ``"tomorrow 09:05"``, ``"in 2 hours"``, a datetime.

        What can be said stands in :func:`flowlab.run.clock.moment`. ``timezone``: whose clock is meant, for instance
        Europe/Lisbon; without it, the services'. Raises UsageError for what is no moment, or lies before now.
        """
        return self._let_pass(seconds_at(to, self.time_s, zone(timezone or self.setting.services.timezone)))

    def _let_pass(self, until: float) -> list[str]:
        said: list[str] = []
        execution = self.execution
        while execution and execution.is_waiting and execution.deadline_s <= min(until, self._closes_s()):
            execution.let_pass(execution.deadline_s)
            said += self._told(execution)
        closes_s = self._closes_s()
        if closes_s <= until and (self.waiting or until <= LAST_S):  # at the end of all, it matters to a run that waits
            self._expire(closes_s)
        if self.time_s < until <= LAST_S:
            self.time_s = until
        return said

    def _closes_s(self) -> float:
        return expiry.closes_s(self) if self._expires else inf

    def _expire(self, closes_s: float) -> None:
        """The channel closes the conversation; what the customer says next begins a new one."""
        self.time_s = max(self.time_s, closes_s)
        hours = expiry.life_h(self.channel)
        why = f"the conversation was closed after {hours:g} hours of silence"
        self._log(EventKind.EXPIRED.value, ("", "", "", "", "", "", f"{hours:g}", why, 0, ""))
        if self.execution and self.execution.is_waiting:
            self.execution.end(why, self.time_s, Outcome.TIMED_OUT)
        self._ended = True

    def conclude(self) -> Outcome:
        """The customer never writes again: let every timeout run out, and log the outcome of the whole conversation.

        A hand-off decides wherever it happened. Otherwise the last execution in which the customer answered decides
        (one they only started, with a late "thanks" for instance, does not undo how the talk ended), else the first.
        """
        if self.events and self.events[-1].kind == CONCLUDED:
            return Outcome(self.events[-1].event)
        held, self.line.held = self.line.held, ()
        for text, media in held:
            self._hear(text, media, self.line.faults.slow_s, {})
        if self.waiting:
            self._let_pass(float("inf"))
        decides = self._deciding()
        outcome, why, state, parent = Outcome.NOT_STARTED, "the customer never wrote", "", ""
        if decides is not None:
            outcome, why, parent = decides.outcome or Outcome.OPEN, decides.why, decides.parent
            state = decides.node.name if decides.node else ""
        self._log(CONCLUDED, (state, "", outcome.value, "", "", "", "", why, 0, parent))
        return outcome

    def end(self) -> None:
        """Stop the execution from outside, as ``Status=ended`` of the REST API does; after the end, nothing happens.

        What the customer says next begins a new execution, after a hand-off too: the cure of a stuck one. A run that
        waits is ``dropped``.

        Raises RunError before the start.
        """
        if self.execution is None:
            raise RunError("this session has not begun; there is nothing to end")
        if self.execution.is_waiting:
            self.execution.end("ended from outside", self.time_s)
        self._ended = True

    def _deciding(self) -> Execution | None:
        if self.execution is None or not self._earlier:
            return self.execution
        every = [*self._earlier, self.execution]
        answered = [execution for execution in every if execution.replies]
        handed_off = [execution for execution in every if execution.outcome is HANDED_OFF]
        return (handed_off or answered[-1:] or every)[0]

    def fork(self, services: Services | None = None) -> Session:
        """A copy that goes its own way from here: same past, independent future. ``services`` answer it from now on."""
        twin = copy.copy(self)
        twin.events = list(self.events)
        twin._earlier = list(self._earlier)
        twin.line = self.line.fork()
        twin.execution = self.execution.fork(twin.events) if self.execution else None
        if twin.execution:
            twin.execution.view.line = twin.line
        if services:
            twin.setting = self.setting._replace(services=services)
            if twin.execution:
                twin.execution.view.services = services
        return twin

    def _begin(self, start: Start) -> list[str]:
        if self.execution is not None:
            self._earlier.append(self.execution)
            self._ended = False
        begun = Execution(self.setting, start, self.events, self.time_s, len(self._earlier) + 1)
        begun.view.line = self.line
        if self.execution is not None:
            begun.view.heard_s = self.execution.view.heard_s
        self.execution = begun
        begun.run()
        return self._told(begun)

    def _told(self, execution: Execution) -> list[str]:
        """What the execution has said; the session's clock follows it, as calls take time."""
        if execution.view.time_s > self.time_s:
            self.time_s = execution.view.time_s
        return execution.take_said()

    def _message_event(self) -> str:
        """The trigger event of a customer's message: the channel's usual one, or the other where only that is wired."""
        usual, entries = self.setting.channel.trigger_event, self.setting.program.entries
        if usual in entries:
            return usual
        return next((event for event in TRIGGER_EVENTS[:2] if event in entries), usual)

    def starts_by(self, event: str) -> bool:
        """Whether the flow has a way in for this trigger event."""
        return event in self.setting.program.entries

    def _log(self, kind: str, columns: tuple[Any, ...]) -> None:
        """Log an event: ``columns`` are those after the kind."""
        setting, number = self.setting, len(self.events)
        head = (setting.conversation_id, number, self.time_s, setting.channel.name, kind)
        self.events.append(new_event(Event, head + columns))

    def __repr__(self) -> str:
        where = f"waits in {self.state!r}" if self.waiting else str(self.outcome or "not begun")
        return f"<Session on {self.channel.name}: {where}, {len(self.events)} events>"
