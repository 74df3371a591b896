"""Recorded executions through a flow: what customers said then, and what the outside world answered them then."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from flowlab.model.channel import NAMES, Channel
from flowlab.model.channel import channel as find_channel
from flowlab.model.event import ENDED, Event, EventKind
from flowlab.model.flow import Flow
from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.model.walk import MESSAGE_EVENTS, WAIT, Walk, WalkedStep, begins, gaps
from flowlab.run.clock import LAST_S
from flowlab.run.execution import Setting
from flowlab.run.limits import CALL_TIMEOUT_S
from flowlab.run.program import compile_flow
from flowlab.run.services import Answer, Answerer, Rule, Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session

CALLS = ("run-function", "make-http-request")
SUBFLOW = "run-subflow"
#: What the engine does by itself, without asking the outside world.
BY_ITSELF = frozenset({"trigger", "send-message", WAIT, "split-based-on", "set-variables"})
FAILED = frozenset({"failed", "fail"})
#: Stands in for a channel that the record does not tell, or that nobody knows: it has the fewest limits.
STAND_IN = "webchat"


class ReplayedWalk(NamedTuple):
    """One walk replayed. ``why_not``: why it could not be, then ``events`` is empty."""

    walk: Walk
    events: list[Event]
    why_not: str = ""


@dataclass(frozen=True)
class Recorded(Services):
    """The outside world as one execution met it; ``world`` answers what is not in its record.

    The first answer of a state is given at its first call, and so on; the last one again where it is called more often.
    A subflow is answered with what it left then, not run.
    """

    answers: Mapping[str, deque[Answer]] = field(default_factory=dict)
    world: Services = field(default_factory=Services)

    def rules(self, name: str, parent: str, url: str) -> Sequence[Rule] | Answerer | None:
        known = None if parent else self.answers.get(name)
        if not known:
            return self.world.rules(name, parent, url)
        return lambda _request: known.popleft() if len(known) > 1 else known[0]


def replay_walks(
    flow: Flow,
    walks: Iterable[Walk],
    services: Services | Mapping[str, Any] | str | Path | None = None,
    channels: Mapping[str, Channel] | None = None,
) -> Iterator[ReplayedWalk]:
    """Replay each walk that its contexts tell enough about, with the answers recorded in them.

    ``services`` answer what no context tells.
    """
    world = load_services(services)
    program = compile_flow(flow, world.readings)
    for walk in walks:
        why_not = missing(flow, walk, world)
        if why_not:
            yield ReplayedWalk(walk, [], why_not)
            continue
        setting = Setting(program, _channel(walk, channels or {}), _recorded(walk, world), walk.contact, walk.sid)
        session = Session.within(setting, min(_start_s(walk), LAST_S))
        _feed(session, walk)
        unanswered = next((event.state for event in session.events if event.kind == EventKind.UNANSWERED), None)
        if unanswered is None:
            yield ReplayedWalk(walk, session.events)
        else:  # what follows from that is no fault of the flow
            yield ReplayedWalk(walk, [], f"nothing answers {unanswered!r} (see services)")


def missing(flow: Flow, walk: Walk, world: Services) -> str:
    """What the record lacks for a replay, in words; empty where it lacks nothing.

    The text of every message, the time of every step, and the answer of every call are needed. Lost messages cannot be
    imitated: the engine loses none.
    """
    own = walk.own
    if not own or gaps(own) or not (begins(own[0]) or own[0].state == flow.initial_state):
        return "the record has gaps" if own else "no steps are recorded"
    if any(step.time_s is None or not step.type for step in own):
        return "steps have no time or no type"
    if own[0].event not in TRIGGER_EVENTS:
        return f"nothing tells by which event it began ({own[0].event!r} is none)"
    if own[0].event in MESSAGE_EVENTS and not isinstance(walk.opening.get("Body"), str):
        return "no context tells the first message"
    if own[0].event == "incomingRequest" and not walk.opening:
        return "no context tells the request that started it"
    return next((lack for step in own if (lack := _lack(step, world))), "")


def _lack(step: WalkedStep, world: Services) -> str:
    if step.is_reply and not isinstance(step.inbound.get("Body"), str):
        return f"no context tells the answer at {step.state!r}"
    if (step.type, step.event) in (("send-message", "failed"), (WAIT, "deliveryFailure")):
        return f"a message was lost at {step.state!r}"
    if step.event not in FAILED and not _is_told(step) and not _can_answer(step, world):
        return f"no context tells what {step.state!r} answered"
    return ""


def _is_told(step: WalkedStep) -> bool:
    """Whether the record tells what came back: an answer, or (an empty one) that none came.

    Of a subflow it is what it left; of steps that ask nobody, and of opaque ones, the exit is enough.
    """
    if step.type not in (*CALLS, SUBFLOW):
        return True
    if step.result is None or step.type == SUBFLOW:
        return step.result is not None
    return not step.result or "parsed" in step.result or "body" in step.result


def _recorded(walk: Walk, world: Services) -> Recorded:
    """The answers of each state of which every visit is told; where it can, ``world`` answers for the others."""
    visits: dict[str, list[tuple[WalkedStep, float]]] = {}
    before_s = _start_s(walk)
    for step in walk.own:
        now_s = before_s if step.time_s is None else step.time_s
        if step.type not in BY_ITSELF:
            visits.setdefault(step.state, []).append((step, now_s - before_s))
        before_s = now_s
    answers = {
        state: deque(_answer(step, took_s) for step, took_s in found)
        for state, found in visits.items()
        if all(_is_told(step) or not _can_answer(step, world) for step, _ in found)
    }
    return Recorded(
        timezone=world.timezone, readings=world.readings, calendars=world.calendars, answers=answers, world=world
    )


def _can_answer(step: WalkedStep, world: Services) -> bool:
    return step.state in world.widgets or (step.type == "make-http-request" and bool(world.urls))


def _answer(step: WalkedStep, took_s: float) -> Answer:
    result = step.result or {}
    if step.type not in CALLS:
        return Answer(json=dict(result), exit=step.event)
    status = result.get("status_code")
    known = status if isinstance(status, int) else 500 if step.event in FAILED else 200
    body = result.get("body")
    text = body if isinstance(body, str) else ""
    delay_s = min(max(took_s, 0.0), CALL_TIMEOUT_S)
    return Answer(result.get("parsed"), text, known, step.event, delay_s)


def _channel(walk: Walk, own: Mapping[str, Channel]) -> Channel:
    return own.get(walk.channel) or find_channel(walk.channel if walk.channel in NAMES else STAND_IN)


def _start_s(walk: Walk) -> float:
    first = walk.own[0].time_s if walk.own else None
    return max(first or 0.0, 0.0)


def _feed(session: Session, walk: Walk) -> None:
    """The message or request that started it, then each answer at its time, as long as the flow waits for one."""
    own = walk.own
    text, media = _message(walk.opening)
    session.start(text, media=media, event=own[0].event, context=_known_before(walk))
    for step in own:
        if not step.is_reply or step.time_s is None:
            continue
        session.wait(max(step.time_s - session.time_s, 0.0))
        if not session.waiting:
            break
        text, media = _message(step.inbound)
        session.say(text, media=media, after_s=0.0)
    if own[-1].next == ENDED or walk.status == "ended":
        session.conclude()


def _message(inbound: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    text = inbound.get("Body")
    media = (inbound.get(f"MediaUrl{index}") for index in range(10))
    return text if isinstance(text, str) else "", tuple(url for url in media if isinstance(url, str))


def _known_before(walk: Walk) -> Mapping[str, Any]:
    """A web form or REST parameters, where the trigger shows them."""
    opening = walk.opening
    attributes = opening.get("ChannelAttributes")
    form = attributes.get("pre_engagement_data") if isinstance(attributes, Mapping) else None
    for found in (form, opening.get("parameters")):
        if isinstance(found, Mapping):
            return found
    return {}
