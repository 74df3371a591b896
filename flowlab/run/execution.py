"""One execution of a flow, from its trigger to its end: the loop that walks the states and keeps the books."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

from flowlab.model.channel import Channel
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.kinds import Family, is_closing
from flowlab.model.outcome import Outcome
from flowlab.run import limits
from flowlab.run.context import Start, initial_scope
from flowlab.run.limits import LimitReached
from flowlab.run.program import Node, Program, Way
from flowlab.run.services import Services
from flowlab.run.step import Exit, Note, Reply, View, Wait
from flowlab.run.template import NOW

_STEP, _SENT, _HANDED_OFF = EventKind.STEP.value, EventKind.SENT.value, EventKind.HANDED_OFF.value
_FAILURES = frozenset({"failed", "fail", "deliveryFailure", "failedToEnqueue", "callFailure", "failure"})


@dataclass(frozen=True, slots=True)
class Setting:
    """What stays the same through a conversation."""

    program: Program
    channel: Channel
    services: Services
    contact: str
    conversation_id: str


class Execution:
    """The state of one execution. ``view`` is what steps see; ``events`` is the session's log, added to here."""

    def __init__(self, setting: Setting, start: Start, events: list[Event], time_s: float, number: int) -> None:
        self._conversation_id = setting.conversation_id
        self.events = events
        self.start = start
        self.node: Node | None = setting.program.start
        thread = f"{setting.conversation_id}/{number}"
        scope = initial_scope(start, setting.channel, setting.contact, thread)
        by_segment = setting.channel.value("billing_unit") == "segment"
        self.view = View(scope, setting.channel, setting.services, time_s, by_segment)
        scope[NOW] = time_s
        self.outcome: Outcome | None = None
        self._begun_s = time_s
        self._waiting: Wait | None = None
        self._deadline_s = 0.0
        self._steps = 0
        self._in_a_row = 0
        self._answered = False  # has the flow said anything since the customer's last message?
        self._gone_silent = False  # has a wait run out since then?
        self._handed_off = False

    @property
    def is_waiting(self) -> bool:
        return self._waiting is not None

    def run(self) -> None:
        """From the trigger to the first wait, or to the end."""
        self._note(Note(EventKind.STARTED.value, event=self.start.event))
        if self.start.event.startswith("incoming") and self.start.event.endswith("Message"):
            self._received(self.start.text, self.start.media)
        if self.node is None:
            self._end(Outcome.NOT_STARTED, "the flow names no first state that exists")
            return
        self._walk(self.node)

    def resume(self, reply: Reply) -> None:
        """The customer answered."""
        assert self._waiting is not None
        self._answered = self._gone_silent = False
        self._received(reply.text, reply.media)
        conversation = self.view.scope["trigger"].get("conversation")
        if conversation is not None:  # Conversations deliver the reply under the trigger too; flows read either
            self.view.scope["trigger"]["conversation"] = {**conversation, **reply.inbound}
        self._leave_wait(reply)

    def let_pass(self, until_s: float) -> None:
        """Time goes on to ``until_s``; every wait that runs out on the way is left by its timeout."""
        while self._waiting is not None and self._deadline_s <= until_s:
            self._set_time(self._deadline_s)
            if self._deadline_s - self._begun_s >= limits.MAX_LIFE_S:
                self._waiting = None
                self._end(Outcome.FAILED, limits.LIFE)
                return
            self._gone_silent = True
            self._leave_wait(None)
        if self._waiting is not None:
            self._set_time(until_s)

    def fork(self, events: list[Event]) -> Execution:
        """A copy with variables of its own that writes to ``events``."""
        twin = copy.copy(self)
        twin.events = events
        twin.view = copy.copy(self.view)
        twin.view.scope = copy.deepcopy(dict(self.view.scope))
        twin.view.faults = []
        return twin

    def _walk(self, node: Node | None) -> None:
        """Step after step until the run waits or ends."""
        view = self.view
        try:
            while node is not None:
                self.node = node
                self._steps += 1
                if self._steps > limits.MAX_STEPS:
                    raise LimitReached(limits.STEPS)
                done = node.step.enter(view)
                if isinstance(done, Wait):
                    self._begin_wait(done)
                    return
                node = self._leave(node, done)
        except LimitReached as limit:
            self._end(Outcome.FAILED, str(limit))

    def _begin_wait(self, wait: Wait) -> None:
        assert self.node is not None
        self._take(wait.notes)
        self.view.scope["widgets"][self.node.name] = wait.result
        self._waiting = wait
        life_end = self._begun_s + limits.MAX_LIFE_S
        self._deadline_s = min(self.view.time_s + wait.timeout_s, life_end)
        self._note(Note(EventKind.WAITING.value, value=f"{wait.timeout_s:g}"))

    def _leave_wait(self, reply: Reply | None) -> None:
        node, wait = self.node, self._waiting
        assert node is not None
        assert wait is not None
        self._waiting = None
        done: Exit = node.step.resume(self.view, reply, wait.result)  # type: ignore[attr-defined]
        try:
            following = self._leave(node, done)
        except LimitReached as limit:
            self._end(Outcome.FAILED, str(limit))
            return
        self._walk(following)

    def _leave(self, node: Node, done: Exit) -> Node | None:
        """Log the exit, keep what the step gave, and say which state comes next; None when the run has ended."""
        view = self.view
        if done.notes or view.faults:
            self._take(done.notes)
        if done.result is not None:
            view.scope["widgets"][node.name] = done.result
        if done.variables:
            view.scope["flow"]["variables"].update(done.variables)
        if done.took_s:
            self._set_time(view.time_s + done.took_s)
        way = node.by_event.get(done.event) if done.transition < 0 else node.ways[done.transition]
        target = way.target if way else None
        self.events.append(
            Event(
                self._conversation_id,
                len(self.events),
                view.time_s,
                view.channel.name,
                _STEP,
                node.name,
                node.type,
                done.event,
                target.name if target else ENDED,
                "",
                done.condition,
                done.value,
            )
        )
        if target is None:
            self._stop(node, way or Way(done.event, None, ""))
            return None
        self._in_a_row = self._in_a_row + 1 if target is node else 0
        if self._in_a_row >= limits.MAX_SAME_IN_A_ROW:
            raise LimitReached(limits.SAME_IN_A_ROW)
        return target

    def _stop(self, node: Node, way: Way) -> None:
        """The exit leads nowhere: what does that make of the conversation?"""
        if way.next is not None:
            self._end(Outcome.FAILED, f"{node.name}.{way.event} leads to {way.next!r}, and there is no such state")
        elif self._handed_off or (node.state.family is Family.HAND_OFF and is_closing(node.type, way.event)):
            self._end(Outcome.HANDED_OFF, f"ended after {node.name}.{way.event}")
        elif node.type == "trigger":
            self._end(Outcome.NOT_STARTED, f"{node.name}.{way.event} leads nowhere")
        elif way.event == "timeout":
            self._end(Outcome.TIMED_OUT, f"{node.name}.timeout leads nowhere")
        elif self._gone_silent:
            self._end(Outcome.ABANDONED, f"ended at {node.name}.{way.event}, unanswered")
        elif way.event in _FAILURES:
            self._end(Outcome.FAILED, f"{node.name}.{way.event} leads nowhere")
        elif self._answered:
            self._end(Outcome.CONTAINED, f"ended at {node.name}.{way.event}")
        else:
            self._end(Outcome.DROPPED, f"{node.name}.{way.event} leads nowhere, and nothing was said")

    def _end(self, outcome: Outcome, why: str) -> None:
        self.outcome = outcome
        self._note(Note(EventKind.ENDED.value, event=outcome.value, detail=why))

    def _received(self, text: str, media: tuple[str, ...]) -> None:
        self._note(Note(EventKind.RECEIVED.value, text=text, value=" ".join(media), units=1))

    def _take(self, notes: tuple[Note, ...]) -> None:
        for note in notes:
            if note.kind == _SENT:
                self._answered = True
            elif note.kind == _HANDED_OFF:
                self._handed_off = True
            self._note(note)
        while self.view.faults:
            self._note(Note(EventKind.FAULT.value, detail=self.view.faults.pop(0)))

    def _note(self, note: Note) -> None:
        node, view = self.node, self.view
        self.events.append(
            Event(
                self._conversation_id,
                len(self.events),
                view.time_s,
                view.channel.name,
                note.kind,
                node.name if node else "",
                node.type if node else "",
                note.event,
                "",
                note.text,
                "",
                note.value,
                note.detail,
                note.units,
            )
        )

    def _set_time(self, time_s: float) -> None:
        self.view.time_s = time_s
        scope: Any = self.view.scope
        scope[NOW] = time_s
