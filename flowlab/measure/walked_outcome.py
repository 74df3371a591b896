"""How a recorded execution ended, in the words of :class:`~flowlab.model.outcome.Outcome`, from its steps alone."""

from __future__ import annotations

from collections.abc import Sequence

from flowlab.model.event import ENDED
from flowlab.model.kinds import Family, family_of, is_closing
from flowlab.model.outcome import Outcome
from flowlab.model.walk import WAIT, Walk, WalkedStep

FAILURES = frozenset({"failed", "fail", "deliveryFailure", "failedToEnqueue", "callFailure", "failure"})


def walk_outcome(walk: Walk, own: Sequence[WalkedStep] | None = None) -> Outcome | None:
    """The outcome that a run with these steps would have had; None where the record stops half-way.

    ``own``: the walk's steps with their types filled in, where the record lacks them. The rules are those of a run:
    a task made counts as handed off, an end at a timeout as timed out, an end after an unanswered question as
    abandoned, an end at a failure exit as failed, an end without a word as dropped, any other as contained.

    >>> steps = (WalkedStep("ask", "timeout", "Ended", "send-and-wait-for-reply"),)
    >>> walk_outcome(Walk("FN1", steps))
    <Outcome.TIMED_OUT: 'timed_out'>
    """
    steps = walk.own if own is None else own
    if any(step.type == "send-to-flex" and is_closing(step.type, step.event) for step in steps):
        return Outcome.HANDED_OFF
    if walk.status == "active":
        return Outcome.OPEN
    if not steps or steps[-1].next != ENDED:
        return Outcome.FAILED if walk.status == "ended" else None
    last = steps[-1]
    if family_of(last.type) is Family.HAND_OFF and is_closing(last.type, last.event):
        return Outcome.HANDED_OFF
    if last.type == "trigger":
        return Outcome.NOT_STARTED
    if last.event == "timeout":
        return Outcome.TIMED_OUT
    return _of_the_last_turn(_since_the_customer(steps), last.event)


def _of_the_last_turn(turn: Sequence[WalkedStep], left_by: str) -> Outcome:
    if any(step.event == "timeout" and step.type == WAIT for step in turn):
        return Outcome.ABANDONED
    if left_by in FAILURES:
        return Outcome.FAILED
    return Outcome.CONTAINED if any(map(_says, turn)) else Outcome.DROPPED


def _since_the_customer(steps: Sequence[WalkedStep]) -> Sequence[WalkedStep]:
    last = max((index for index, step in enumerate(steps) if step.is_reply), default=-1)
    return steps[last + 1 :]


def _says(step: WalkedStep) -> bool:
    return (step.type == "send-message" and step.event == "sent") or (step.type == WAIT and step.event not in FAILURES)
