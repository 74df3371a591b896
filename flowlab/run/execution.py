"""One execution of a flow, from its trigger to its end: the loop that walks the states and keeps the books."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from flowlab.model.channel import Channel
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.kinds import Family, is_closing
from flowlab.model.outcome import Outcome
from flowlab.run import limits
from flowlab.run.context import Start, initial_scope
from flowlab.run.limits import LimitReached
from flowlab.run.memo import Memo, Turn
from flowlab.run.program import Node, Program, Way
from flowlab.run.services import Services
from flowlab.run.step import SENT, Exit, Reads, Reply, View, Wait, new_event
from flowlab.run.template import NOW

STARTED, RECEIVED, WAITING, END = (
    EventKind.STARTED.value,
    EventKind.RECEIVED.value,
    EventKind.WAITING.value,
    EventKind.ENDED.value,
)
EVENT_TAIL = Event._fields.index("kind")  # the columns before it differ from conversation to conversation
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
        self.deadline_s = float("inf")
        self._timeout_s = 0.0
        self._memo = setting.memo
        self._begun_s = time_s
        self.is_waiting = False
        self._steps = 0
        self._in_a_row = 0
        self._gone_silent = False  # has a wait run out since the customer's last message?

    def run(self) -> None:
        """From the trigger to the first wait, or to the end."""
        view, start = self.view, self.start
        view.tell(STARTED, event=start.event)
        if start.event in ("incomingMessage", "incomingConversationMessage"):
            view.tell(RECEIVED, start.text, " ".join(start.media), units=1)
        if self.node is None:
            self._end(Outcome.NOT_STARTED, "the flow names no first state that exists")
        else:
            self._walk(self.node)

    def resume(self, reply: Reply, time_s: float) -> None:
        """The customer answered, at ``time_s``."""
        view = self.view
        self._set_time(time_s)
        view.answered = self._gone_silent = False
        self.replies += 1
        view.tell(RECEIVED, reply.text, " ".join(reply.media), units=1)
        trigger = view.scope["trigger"]
        if "conversation" in trigger:  # Conversations deliver the reply under the trigger too; flows read either
            trigger["conversation"] = {**trigger["conversation"], **reply.inbound}
        self._leave_wait(reply)

    def let_pass(self, until_s: float) -> None:
        """Time goes on to ``until_s``; every wait that runs out on the way is left by its timeout."""
        while self.is_waiting and self.deadline_s <= until_s:
            self._set_time(self.deadline_s)
            if self.deadline_s >= self._begun_s + limits.MAX_LIFE_S:
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

    def _walk(self, node: Node) -> None:
        """One turn: step after step until the run waits or ends, or the record of the same turn seen before."""
        memo = self._memo
        if memo is None or self._in_a_row:
            self._step_through(node)
            return
        view = self.view
        place = (node.name, view.channel.name, view.answered, view.handed_off, self._gone_silent)
        turn = memo.find(place, view.scope)
        if turn is not None and self._steps + turn.steps <= limits.MAX_STEPS:
            self._lay_down(turn)
        else:
            self._learn(node, place, memo)

    def _step_through(self, node: Node | None) -> None:
        view = self.view
        try:
            while node is not None:
                self.node, view.state, view.step_type = node, node.name, node.type
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

    def _learn(self, node: Node, place: tuple[Any, ...], memo: Memo) -> None:
        """Step through, and remember what happened by what was read."""
        view = self.view
        widgets, variables = view.scope["widgets"], view.scope["flow"]["variables"]
        before = {**view.scope, "widgets": {**widgets}, "flow": {**view.scope["flow"], "variables": {**variables}}}
        begun_at, steps, time_s = len(view.log), self._steps, view.time_s
        view.reads = Reads({})
        self._step_through(node)
        reads, view.reads = view.reads, None
        if not reads.known or self._steps > limits.MAX_STEPS or view.time_s != time_s:
            return
        turn = Turn(
            tails=tuple(event[EVENT_TAIL:] for event in view.log[begun_at:]),
            said=tuple(event.text for event in view.log[begun_at:] if event.kind == SENT),
            widgets=_changes(before["widgets"], widgets),
            variables=_changes(before["flow"]["variables"], variables),
            steps=self._steps - steps,
            after=self._standing(),
        )
        memo.learn(place, tuple(reads.paths), before, turn)

    def _lay_down(self, turn: Turn) -> None:
        """Let a remembered turn happen again, here and now."""
        view = self.view
        log, name, time_s, channel = view.log, view.conversation_id, view.time_s, view.channel.name
        number = len(log)
        for tail in turn.tails:
            log.append(new_event(Event, (name, number, time_s, channel, *tail)))
            number += 1
        view.said += turn.said
        view.scope["widgets"].update(turn.widgets)
        view.scope["flow"]["variables"].update(turn.variables)
        self._steps += turn.steps
        (self.node, self._timeout_s, self.outcome, self.why, self._in_a_row, view.answered, view.handed_off) = (
            turn.after
        )
        self.is_waiting = self.outcome is None
        if self.node is not None:
            view.state, view.step_type = self.node.name, self.node.type
        self.deadline_s = min(time_s + self._timeout_s, self._begun_s + limits.MAX_LIFE_S)

    def _standing(self) -> tuple[Any, ...]:
        view = self.view
        return self.node, self._timeout_s, self.outcome, self.why, self._in_a_row, view.answered, view.handed_off

    def _begin_wait(self, wait: Wait) -> None:
        view = self.view
        self.is_waiting = True
        self._timeout_s = wait.timeout_s
        self.deadline_s = min(view.time_s + wait.timeout_s, self._begun_s + limits.MAX_LIFE_S)
        view.tell(WAITING, value=f"{wait.timeout_s:g}")

    def _leave_wait(self, reply: Reply | None) -> None:
        node = self.node
        assert node is not None
        self.is_waiting = False
        done: Exit = node.step.resume(self.view, reply)  # type: ignore[attr-defined]
        try:
            following = self._leave(node, done)
        except LimitReached as limit:
            self._end(Outcome.FAILED, str(limit))
        else:
            if following is not None:
                self._walk(following)

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


def _changes(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in after.items() if key not in before or before[key] is not value}
