"""A walk beside the run that replayed it: the first step at which the two part ways, and what decided."""

from __future__ import annotations

from collections.abc import Sequence

from flowlab.measure.walked_follow import Difference, Parting, difference
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.flow import Flow
from flowlab.model.walk import WAIT, WalkedStep
from flowlab.text.plain import quote


def first_execution(events: Sequence[Event]) -> list[Event]:
    """The events up to the end of the first execution, without those inside subflows."""
    own: list[Event] = []
    for event in events:
        if not event.parent:
            own.append(event)
            if event.kind == EventKind.ENDED:
                break
    return own


def compare_run(flow: Flow, steps: Sequence[WalkedStep], events: Sequence[Event]) -> Difference | None:
    """The first difference between recorded ``steps`` and the ``events`` of their replay; None where there is none.

    A record that stops half-way is compared as far as it goes.
    """
    events = first_execution(events)
    run = [event for event in events if event.kind == EventKind.STEP]
    for index, step in enumerate(steps):
        if index == len(run):
            return _stopped(step, events)
        now = run[index]
        if (now.state, now.event) != (step.state, step.event) or (step.next and now.transitioned_to != step.next):
            return _parted(flow, step, now, events)
    return None


def _stopped(step: WalkedStep, events: Sequence[Event]) -> Difference:
    end = next((event for event in events if event.kind == EventKind.ENDED), None)
    why = f"the run stops before it: {end.detail}" if end else "the run waits before it"
    return Difference(Parting.STOPS, *step.edge, ENDED if end else "", why)


def _parted(flow: Flow, step: WalkedStep, now: Event, events: Sequence[Event]) -> Difference:
    if now.state != step.state:
        return Difference(Parting.ELSEWHERE, *step.edge, now.state, f"the run is in {now.state!r} there")
    rewired = difference(flow, step)
    if now.event == step.event != "match" and rewired is not None:
        return rewired._replace(now=now.transitioned_to)
    if now.condition or now.event in ("match", "noMatch"):
        return _decided(step, now, rewired)
    parting = Parting.OTHER_EXIT if now.event != step.event else Parting.ELSEWHERE
    return Difference(parting, *step.edge, now.transitioned_to, _otherwise(step, now, events))


def _decided(step: WalkedStep, now: Event, rewired: Difference | None) -> Difference:
    """A split that decided differently: by what condition, on what value."""
    tested = f"{quote(now.value)} at {step.state!r}"
    what = "no condition holds" if now.event == "noMatch" else f"{now.condition!r} holds"
    why = f"{what} for {tested} now: to {now.transitioned_to!r}, not by {step.event} to {step.next!r}"
    if rewired is not None:
        why += f"; {rewired.why}"
    parting = rewired.parting if rewired is not None and now.event == step.event else Parting.OTHER_EXIT
    return Difference(parting, *step.edge, now.transitioned_to, why)


def _otherwise(step: WalkedStep, now: Event, events: Sequence[Event]) -> str:
    said = f"{step.state!r} is left by {now.event} to {now.transitioned_to!r} now, not by {step.event} to {step.next!r}"
    if step.type == WAIT and now.event == "timeout":
        waits = [event.value for event in events if event.kind == EventKind.WAITING and event.state == now.state]
        wait = f" ({waits[-1]} s)" if waits else ""
        return f"the answer at {step.state!r} comes after the wait is over now{wait}: to {now.transitioned_to!r}"
    if step.event == "timeout" and step.type == WAIT:
        return f"{said}: it waits longer, so what was said later is taken for the answer here"
    unanswered = any(event.kind == EventKind.UNANSWERED and event.state == now.state for event in events)
    return f"{said}: nothing answers it (see services)" if unanswered else said
