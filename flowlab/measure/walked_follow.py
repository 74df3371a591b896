"""Following a walk on a flow's graph: the first step that could not be walked like that any more, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from flowlab.model.event import ENDED
from flowlab.model.flow import Flow, State
from flowlab.model.walk import Walk, WalkedStep

SUBFLOW = "run-subflow"


class Parting(StrEnum):
    """How a walk and a flow part ways."""

    STATE_GONE = "state is gone"
    EXIT_GONE = "exit is gone"
    ENDS_HERE = "exit leads nowhere now"
    GOES_ON = "went no further, now goes on"
    ELSEWHERE = "exit leads elsewhere"
    NO_MATCH_LEADS_THERE = "no match leads there"
    OTHER_EXIT = "other exit taken"
    STOPS = "run stops"


class Difference(NamedTuple):
    """The first difference between a walk and the flow.

    ``state``, ``event`` and ``recorded``: the step as it was recorded. ``now``: where the run goes instead; empty where
    nobody can say. ``why``: a sentence.
    """

    parting: Parting
    state: str
    event: str
    recorded: str
    now: str
    why: str


def with_types(flow: Flow, walk: Walk) -> list[WalkedStep]:
    """The walk's steps in the flow itself; types that the record lacks are taken from the flow's states.

    Where nothing says which steps were a subflow's, those between coming to a run-subflow state and leaving it are.
    """
    steps: list[WalkedStep] = []
    inside = ""
    for step in walk.own:
        if step.state == inside:
            inside = ""
        if inside:
            continue
        known = flow.by_name.get(step.state)
        steps.append(step if step.type or known is None else replace(step, type=known.type))
        target = flow.by_name.get(step.next)
        inside = step.next if target is not None and target.type == SUBFLOW else ""
    return steps


def follow(flow: Flow, steps: Sequence[WalkedStep]) -> Difference | None:
    """The first step that the flow's graph does not allow; None where it allows them all.

    A changed condition is not seen: that a match still leads there does not say that it would be taken.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> flow = Flow((State("ask", "send-message", (Transition("sent", "bye"),)), State("bye", "send-message")), "ask")
    >>> follow(flow, [WalkedStep("ask", "sent", "end")]).why
    "ask.sent leads to 'bye' now, not to 'end'; there is no state 'end' any more"
    """
    return next((found for step in steps if (found := difference(flow, step))), None)


def difference(flow: Flow, step: WalkedStep) -> Difference | None:
    """What keeps this one step from being walked as it was; None where nothing does."""
    state = flow.by_name.get(step.state)
    if state is None:
        why = f"there is no state {step.state!r} any more{_renamed(flow, step)}"
        return Difference(Parting.STATE_GONE, *step.edge, "", why)
    if not step.next:
        return None
    exits = [exit_ for exit_ in state.transitions if exit_.event == step.event]
    targets = [exit_.next if exit_.next in flow.by_name else ENDED for exit_ in exits] or [ENDED]
    if step.next in targets:
        return None
    now = targets[0] if len(set(targets)) == 1 else ""
    parting, why = _explained(state, step, targets, bool(exits))
    dangling = next((exit_.next for exit_ in exits if exit_.next and exit_.next not in flow.by_name), None)
    if dangling:
        why += f"; it names {dangling!r}, and there is no such state"
    elif step.next != ENDED and step.next not in flow.by_name:
        why += f"; there is no state {step.next!r} any more"
    return Difference(parting, *step.edge, now or "", why)


def _explained(state: State, step: WalkedStep, targets: Sequence[str | None], known: bool) -> tuple[Parting, str]:
    place = f"{step.state}.{step.event}"
    if not known:
        there = ", ".join(dict.fromkeys(exit_.event for exit_ in state.transitions)) or "none"
        kind = f"; it is a {state.type} now, and was a {step.type}" if step.type not in ("", state.type) else ""
        return Parting.EXIT_GONE, f"{step.state!r} has no exit {step.event!r} any more (it has: {there}){kind}"
    if len(targets) > 1:
        led = ", ".join(sorted({repr(target) for target in targets if target}))
        return (
            Parting.NO_MATCH_LEADS_THERE,
            f"no {step.event} of {step.state!r} leads to {step.next!r} any more, but to {led}",
        )
    if targets[0] == ENDED:
        return Parting.ENDS_HERE, f"{place} led to {step.next!r} and leads nowhere now: the run ends there"
    if step.next == ENDED:
        return Parting.GOES_ON, f"{place} ended the run and leads to {targets[0]!r} now"
    return Parting.ELSEWHERE, f"{place} leads to {targets[0]!r} now, not to {step.next!r}"


def _renamed(flow: Flow, step: WalkedStep) -> str:
    """A guess at the new name: a state of the same type with the same exit, or one of nearly the same name."""
    alike = [state.name for state in flow if step.type in ("", state.type)]
    same_exit = [name for name in alike if step.next and _has_exit(flow.by_name[name], step)]
    near = get_close_matches(step.state, alike, n=1, cutoff=0.8) or (same_exit if len(same_exit) == 1 else [])
    return f"; is it {near[0]!r} now?" if near else ""


def _has_exit(state: State, step: WalkedStep) -> bool:
    return any(exit_.event == step.event and (exit_.next or ENDED) == step.next for exit_ in state.transitions)
