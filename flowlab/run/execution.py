"""One execution of a flow, from its trigger to its end: the loop that walks the states and keeps the books."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from math import inf
from typing import Any, NamedTuple

from flowlab.model.channel import Channel
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.kinds import Family, is_closing
from flowlab.model.outcome import Outcome
from flowlab.run import limits
from flowlab.run.context import Start, inbound, initial_scope, sender
from flowlab.run.limits import LimitReached
from flowlab.run.memo import TAIL, Memo, Trace, Turn, fill
from flowlab.run.program import Node, Program, Way
from flowlab.run.render import billed_units
from flowlab.run.services import Services
from flowlab.run.step import SENT, Exit, View, Wait, new_event
from flowlab.run.values import NOW

STARTED, RECEIVED, WAITING, END = (
    EventKind.STARTED.value,
    EventKind.RECEIVED.value,
    EventKind.WAITING.value,
    EventKind.ENDED.value,
)
_FAILURES = frozenset({"failed", "fail", "deliveryFailure", "failedToEnqueue", "callFailure", "failure"})


class Setting(NamedTuple):
    """What stays the same through a conversation."""

    program: Program
    channel: Channel
    services: Services
    contact: str
    conversation_id: str
    memo: Memo | None = None


class Execution:
    """The state of one execution. ``view`` is what steps see; ``outcome`` is None until the end."""

    def __init__(self, setting: Setting, start: Start, log: list[Event], time_s: float, number: int) -> None:
        channel, name = setting.channel, setting.conversation_id
        scope = initial_scope(start, channel, setting.contact, f"{name}/{number}")
        scope[NOW] = time_s
        self.view = View(scope, channel, setting.services, name, time_s, log, [])
        self.start = start
        self.node: Node | None = setting.program.start
        self.outcome: Outcome | None = None
        self.why = ""
        self.replies = 0  # customer messages after the first
        self.deadline_s = inf
        self._timeout_s = 0.0
        self._memo = setting.memo
        self._sender = sender(channel, setting.contact)
        self._life_ends_s = time_s + limits.MAX_LIFE_S
        self.is_waiting = False
        self._steps = 0
        self._in_a_row = 0
        self._gone_silent = False  # has a wait run out since the customer's last message?

    def run(self) -> None:
        """From the trigger to the first wait, or to the end."""
        view, start = self.view, self.start
        view.tell(STARTED, event=start.event)
        if start.event in ("incomingMessage", "incomingConversationMessage"):
            view.tell(RECEIVED, start.text, " ".join(start.media), units=billed_units(start.text, view.channel))
        if self.node is None:
            self._end(Outcome.NOT_STARTED, "the flow names no first state that exists")
        else:
            self._walk(self.node, None)

    def resume(self, text: str, media: tuple[str, ...], time_s: float) -> None:
        """The customer answered, at ``time_s``."""
        view = self.view
        self._set_time(time_s)
        view.answered = self._gone_silent = False
        self.replies += 1
        reply = inbound(self._sender, text, media, len(view.log))
        view.tell(RECEIVED, text, " ".join(media), units=billed_units(text, view.channel))
        trigger = view.scope["trigger"]
        if "conversation" in trigger:  # Conversations deliver the reply under the trigger too; flows read either
            trigger["conversation"] = trigger["conversation"] | reply
        self._leave_wait(reply)

    def let_pass(self, until_s: float) -> None:
        """Time goes on to ``until_s``; every wait that runs out on the way is left by its timeout."""
        while self.is_waiting and self.deadline_s <= until_s:
            self._set_time(self.deadline_s)
            if self.deadline_s >= self._life_ends_s:
                self.is_waiting = False
                self._end(Outcome.FAILED, limits.LIFE)
            else:
                self._gone_silent = True
                self._leave_wait(None)

    def take_said(self) -> list[str]:
        """The texts sent since they were last taken."""
        said, self.view.said = self.view.said, []
        return said

    def fork(self, log: list[Event]) -> Execution:
        """A copy with variables of its own that writes to ``log``."""
        twin = copy.copy(self)
        twin.view = copy.copy(self.view)
        twin.view.log, twin.view.said = log, []
        twin.view.scope = copy.deepcopy(self.view.scope)
        return twin

    def _walk(self, node: Node, done: Exit | None) -> None:
        """One turn, until the run waits or ends: as the same turn went before, else step after step.

        It begins with the exit ``done`` of the node, or (None) by entering it.
        """
        memo, view = self._memo, self.view
        if memo is None:
            self._step_through(node, done)
            return
        # Whether the customer is silent or answered follows from the exit: a wait is left by its reply or its timeout.
        place = (node.name, done, view.handed_off, self._in_a_row)
        turn = memo.find(place, view.scope)
        if turn is not None and self._steps + turn.steps <= limits.MAX_STEPS:
            self._lay_down(turn)
        else:
            self._learn(node, done, place, memo)

    def _step_through(self, node: Node, done: Exit | None) -> None:
        view = self.view
        try:
            following = self._leave(node, done) if done else node
            while following is not None:
                self.node = node = following
                view.state, view.step_type = node.name, node.type
                self._steps += 1
                if self._steps > limits.MAX_STEPS:
                    raise LimitReached(limits.STEPS)
                did = node.step.enter(view)
                if isinstance(did, Wait):
                    view.tell(WAITING, value=f"{did.timeout_s:g}")
                    self._timeout_s = did.timeout_s
                    self._begin_wait()
                    return
                following = self._leave(node, did)
        except LimitReached as limit:
            self._end(Outcome.FAILED, str(limit))

    def _learn(self, node: Node, done: Exit | None, place: tuple[Any, ...], memo: Memo) -> None:
        """Step through, and remember what happened by what was read."""
        view = self.view
        log, begun_at, begun_s, steps = view.log, len(view.log), view.time_s, self._steps
        trace = view.trace = Trace()
        self._step_through(node, done)
        view.trace = None
        if not trace.known or self._steps > limits.MAX_STEPS or view.time_s != begun_s:
            return
        turn = Turn(
            tails=tuple(tuple(event[TAIL:]) for event in log[begun_at:]),
            tested=tuple((index - begun_at, text) for index, text in trace.tested),
            said=tuple(event.text for event in log[begun_at:] if event.kind == SENT),
            widgets=trace.widgets,
            variables=trace.variables,
            steps=self._steps - steps,
            after=self._standing(),
        )
        memo.learn(place, trace.read, turn)

    def _lay_down(self, turn: Turn) -> None:
        """Let a remembered turn happen again, here and now."""
        view = self.view
        scope, log, name, time_s, channel = view.scope, view.log, view.conversation_id, view.time_s, view.channel.name
        number = len(log)
        for tail in fill(turn, scope) if turn.tested else turn.tails:
            head = (name, number, time_s, channel)
            log.append(new_event(Event, head + tail))
            number += 1
        view.said += turn.said
        scope["widgets"].update(turn.widgets)
        if turn.variables:
            scope["flow"]["variables"].update(turn.variables)
        self._steps += turn.steps
        (self.node, self._timeout_s, self.outcome, self.why, self._in_a_row, view.answered, view.handed_off) = (
            turn.after
        )
        view.state, view.step_type = self.node.name, self.node.type
        if self.outcome is None:
            self._begin_wait()

    def _standing(self) -> tuple[Any, ...]:
        view = self.view
        return self.node, self._timeout_s, self.outcome, self.why, self._in_a_row, view.answered, view.handed_off

    def _begin_wait(self) -> None:
        self.is_waiting = True
        time_is_up_s = self.view.time_s + self._timeout_s
        self.deadline_s = min(self._life_ends_s, time_is_up_s)

    def _leave_wait(self, reply: Mapping[str, Any] | None) -> None:
        node = self.node
        assert node is not None
        self.is_waiting = False
        self._walk(node, node.step.resume(self.view, reply))  # type: ignore[attr-defined]  # only such a step waits

    def _leave(self, node: Node, done: Exit) -> Node | None:
        """Log the exit of a step, and say which state comes next; None when the run has ended."""
        view = self.view
        if done.took_s:
            self._set_time(view.time_s + done.took_s)
        way = node.by_event.get(done.event) if done.transition < 0 else node.ways[done.transition]
        target = way.target if way else None
        view.tell_exit(done, target.name if target else ENDED)
        if target is None:
            self._stop(node, way or Way(done.event, None, ""))
            return None
        self._in_a_row = self._in_a_row + 1 if target is node else 0
        if self._in_a_row >= limits.MAX_SAME_IN_A_ROW:
            raise LimitReached(limits.SAME_IN_A_ROW)
        return target

    def _stop(self, node: Node, way: Way) -> None:
        """The exit leads nowhere: what does that make of the conversation?"""
        place = f"{node.name}.{way.event}"
        if way.next is not None:
            self._end(Outcome.FAILED, f"{place} leads to {way.next!r}, and there is no such state")
        elif self.view.handed_off or (node.state.family is Family.HAND_OFF and is_closing(node.type, way.event)):
            self._end(Outcome.HANDED_OFF, f"ended after {place}")
        elif node.type == "trigger":
            self._end(Outcome.NOT_STARTED, f"{place} leads nowhere")
        elif way.event == "timeout":
            self._end(Outcome.TIMED_OUT, f"{place} leads nowhere")
        elif self._gone_silent:
            self._end(Outcome.ABANDONED, f"ended at {place}, unanswered")
        elif way.event in _FAILURES:
            self._end(Outcome.FAILED, f"{place} leads nowhere")
        elif self.view.answered:
            self._end(Outcome.CONTAINED, f"ended at {place}")
        else:
            self._end(Outcome.DROPPED, f"{place} leads nowhere, and nothing was said")

    def _end(self, outcome: Outcome, why: str) -> None:
        self.outcome, self.why = outcome, why
        self.view.tell(END, event=outcome.value, detail=why)

    def _set_time(self, time_s: float) -> None:
        self.view.time_s = self.view.scope[NOW] = time_s
