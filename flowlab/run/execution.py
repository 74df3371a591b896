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
from flowlab.model.shown import Choice
from flowlab.run import limits
from flowlab.run.answer import Answer, tapped, understood
from flowlab.run.context import MESSAGE_EVENTS, Start, inbound, initial_scope, sender
from flowlab.run.limits import RunStopped
from flowlab.run.memo import TAIL, Memo, Trace, Turn, fill
from flowlab.run.program import Node, Program, Way, compile_flow
from flowlab.run.render import billed_units
from flowlab.run.services import Services
from flowlab.run.step import FAULT, SENT, Descent, Exit, View, Wait, new_event
from flowlab.run.subflow import Frame, come_back, results, scope_within
from flowlab.run.values import NOW

STARTED, RECEIVED, WAITING, END = (
    EventKind.STARTED.value,
    EventKind.RECEIVED.value,
    EventKind.WAITING.value,
    EventKind.ENDED.value,
)
#: What ended a leg that was not the last of its turn: into a subflow, out of it, or a state to be walked by itself.
Border = Descent | Exit | Node
#: Visits of each state (and the run-subflow state around it) since the run came to one it had not been to.
Rounds = dict[tuple[str, str], int]
_FAILURES = frozenset({"failed", "fail", "deliveryFailure", "failedToEnqueue", "callFailure", "failure"})


class Setting(NamedTuple):
    """What stays the same through a conversation."""

    program: Program
    channel: Channel
    services: Services
    contact: str
    conversation_id: str
    memo: Memo | None = None
    subflows: dict[str, Program] | None = None  # made ready so far, by flow sid


class Execution:
    """The state of one execution. ``view`` is what steps see; ``outcome`` is None until the end."""

    _outer: Frame | None = None  # the flow around it, while inside a subflow
    _border: Border | None = None  # where a leg ended that was not the last of its turn
    _rounds: Rounds | None = None  # counted only where loops count for the limit of visits in a row

    def __init__(self, setting: Setting, start: Start, log: list[Event], time_s: float, number: int) -> None:
        channel, name = setting.channel, setting.conversation_id
        scope = initial_scope(start, channel, setting.contact, f"{name}/{number}")
        scope[NOW] = time_s
        program = setting.program
        self.view = View(scope, channel, setting.services, name, time_s, log, [], names_sent=program.names_sent)
        hours = channel.value("service_window_h")
        self.view.window_s = inf if hours is None else hours * 3600
        self.start = start
        self.node: Node | None = program.start
        self.outcome: Outcome | None = None
        self.why = ""
        self.replies = 0  # customer messages after the first
        self.deadline_s = inf
        self._timeout_s = 0.0
        self._memo = setting.memo
        self._subflows = setting.subflows
        if setting.services.readings.loop_of_two_counts_in_a_row:
            self._memo, self._rounds = None, {("", self.node.name): 1} if self.node else {}
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
        if start.event != "incomingRequest":
            view.heard_s = view.time_s
        if start.event in MESSAGE_EVENTS:
            view.tell(RECEIVED, start.text, " ".join(start.media), units=billed_units(start.text, view.channel))
            if view.line is not None:
                view.line.hear(view, start.text)
        if self.node is None:
            self._end(Outcome.NOT_STARTED, "the flow names no first state that exists")
        else:
            self._walk(self.node, None)

    def resume(self, text: str, media: tuple[str, ...], time_s: float, choice: Choice | None = None) -> None:
        """The customer answered, at ``time_s``; ``choice``: by a tap on it."""
        view, shown = self.view, self.view.shown
        answer = Answer(text)
        if shown is not None:
            answer = tapped(choice, shown, view.channel) if choice else understood(text, shown)
            view.shown = None
        self._set_time(time_s)
        view.heard_s = time_s
        view.answered = self._gone_silent = False
        self.replies += 1
        reply = inbound(self._sender, answer.body, media, len(view.log))
        reply.update(answer.fields)
        cost = billed_units(text, view.channel)
        view.tell(RECEIVED, text, " ".join(media), answer.how, answer.choice, cost)
        if view.line is not None:
            view.line.hear(view, text)
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

    def end(self, why: str, time_s: float, outcome: Outcome = Outcome.DROPPED) -> None:
        """Stop it from outside, at ``time_s``; after a hand-off that is the ``outcome`` all the same."""
        self._set_time(time_s)
        self.is_waiting = False
        self._end(Outcome.HANDED_OFF if self.view.handed_off else outcome, why)

    def fork(self, log: list[Event]) -> Execution:
        """A copy with variables of its own that writes to ``log``."""
        twin = copy.copy(self)
        twin.view = copy.copy(self.view)
        twin.view.log, twin.view.said = log, []
        twin.view.scope = copy.deepcopy(self.view.scope)
        if self._outer is not None:
            twin._outer = self._outer._replace(scope=copy.deepcopy(self._outer.scope))
        return twin

    def _walk(self, node: Node, done: Exit | None) -> None:
        """One turn, until the run waits or ends: leg by leg, each as the same leg went before, else step after step.

        A leg begins with the exit ``done`` of the node, or (None) by entering it. It ends with the turn, at the border
        of a subflow, and before a state whose doing belongs to this conversation alone: of what lies between it is
        known what it reads, and so it can be remembered.
        """
        memo, view = self._memo, self.view
        while True:
            if memo is None or (view.line is not None and view.line.rough):
                self._step_through(node, done)
            else:
                # Whether the customer is silent or answered follows from the exit: a wait is left by its reply or its
                # timeout.
                place = (node.name, done, view.handed_off, view.in_window, self._in_a_row, view.parent, view.shown)
                turn = memo.find(place, view.scope)
                if turn is not None and self._steps + turn.steps <= limits.MAX_STEPS:
                    self._lay_down(turn)
                else:
                    self._learn(node, done, place, memo)
            border = self._border
            if isinstance(border, Node):
                self._border = None
                self._step_through(border, None)
                border = self._border
            if border is None:
                return
            self._border = None
            node, done = self._cross(border)

    def _step_through(self, node: Node, done: Exit | None) -> None:
        view = self.view
        try:
            following = self._leave(node, done) if done else node
            while following is not None:
                if following.one_off and view.trace is not None:
                    self._border = following
                    return
                self.node = node = following
                view.state, view.step_type = node.name, node.type
                self._steps += 1
                if self._steps > limits.MAX_STEPS:
                    raise RunStopped(limits.STEPS)
                did = node.step.enter(view)
                if isinstance(did, Exit):
                    following = self._leave(node, did)
                elif isinstance(did, Wait):
                    view.tell(WAITING, value=f"{did.timeout_s:g}")
                    self._timeout_s = did.timeout_s
                    self._begin_wait()
                    return
                else:
                    self._border = did
                    return
        except RunStopped as stop:
            self._end(Outcome.FAILED, str(stop))

    def _cross(self, border: Descent | Exit) -> tuple[Node, Exit | None]:
        """Go into a subflow, or come back from it by an exit of the state that runs it; where the next leg begins."""
        return self._descend(border) if isinstance(border, Descent) else self._ascend(border)

    def _descend(self, descent: Descent) -> tuple[Node, Exit | None]:
        view, outer, program = self.view, self.node, self._subflow(descent.flow_sid)
        assert outer is not None
        if program.start is None:
            view.tell(FAULT, detail=f"subflow {program.flow.name!r} names no first state that exists")
            view.keep({})
            return outer, Exit("failed")
        if "incomingParent" not in program.entries and program.start.type == "trigger":
            view.tell(FAULT, detail=f"subflow {program.flow.name!r} has no way in: wire its trigger's incomingParent")
        self._outer = Frame(outer, view.scope, view.names_sent)
        view.scope = scope_within(view.scope, view.state, descent)
        view.parent, view.names_sent, self._in_a_row = outer.name, program.names_sent, 0
        return program.start, None

    def _subflow(self, sid: str) -> Program:
        if self._subflows is None:
            self._subflows = {}
        if sid not in self._subflows:
            services = self.view.services
            self._subflows[sid] = compile_flow(services.subflows[sid], services.readings)
        return self._subflows[sid]

    def _ascend(self, done: Exit) -> tuple[Node, Exit]:
        view, frame = self.view, self._outer
        assert frame is not None
        given, nested = results(view.scope, view.services.readings)
        come_back(frame.scope, view.scope)
        self.node, view.scope, view.names_sent = frame
        self._outer, view.parent, self._in_a_row = None, "", 0
        view.state, view.step_type = frame.node.name, frame.node.type
        for name in nested:
            view.tell(FAULT, detail=f"variable {name!r} is a list or map: only simple values come back from a subflow")
        view.keep(given if done.event == "completed" else {})
        return frame.node, done

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
        for number, tail in enumerate(fill(turn, scope) if turn.tested else turn.tails, len(log)):
            head = (name, number, time_s, channel)
            log.append(new_event(Event, head + tail))
        view.said += turn.said
        scope["widgets"].update(turn.widgets)
        if turn.variables:
            scope["flow"]["variables"].update(turn.variables)
        self._steps += turn.steps
        (
            self.node,
            self._timeout_s,
            self.outcome,
            self.why,
            self._in_a_row,
            self._border,
            view.answered,
            view.handed_off,
            view.shown,
        ) = turn.after
        view.state, view.step_type = self.node.name, self.node.type
        if self.outcome is None and self._border is None:
            self._begin_wait()

    def _standing(self) -> tuple[Any, ...]:
        view, now = self.view, (self.node, self._timeout_s, self.outcome, self.why, self._in_a_row, self._border)
        return *now, view.answered, view.handed_off, view.shown

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
            raise RunStopped(limits.SAME_IN_A_ROW)
        if self._rounds is not None:
            self._count_round(target, self._rounds)
        return target

    def _count_round(self, target: Node, rounds: Rounds) -> None:
        """A widget that the run has not been to ends every loop; else its visits count."""
        here = (self.view.parent, target.name)
        self._rounds = {**(rounds if here in rounds else dict.fromkeys(rounds, 0)), here: rounds.get(here, 0) + 1}
        if self._rounds[here] > limits.MAX_SAME_IN_A_ROW:
            raise RunStopped(limits.SAME_IN_A_ROW)

    def _stop(self, node: Node, way: Way) -> None:
        """The exit leads nowhere: what does that make of the conversation? Of a subflow, nothing yet."""
        place = f"{node.name}.{way.event}"
        if self._outer is not None:
            if way.next is not None:
                self.view.tell(FAULT, detail=f"{place} leads to {way.next!r}, and there is no such state")
            self._border = Exit("completed" if way.next is None else "failed")
        elif way.next is not None:
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

    @property
    def parent(self) -> str:
        """The run-subflow state inside whose subflow the run is; empty in the flow itself."""
        return self.view.parent

    def _set_time(self, time_s: float) -> None:
        self.view.time_s = self.view.scope[NOW] = time_s
