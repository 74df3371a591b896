"""The event log as Studio's step log: one walk for each execution, from its STARTED to its ENDED."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.model.channel import NAMES, channel
from flowlab.model.conversation import Conversation
from flowlab.model.event import Event, EventKind
from flowlab.model.sids import FLOW_SID, execution_sid, step_sid
from flowlab.model.walk import MESSAGE_EVENTS, Walk, WalkedStep


def walks_of(events: Iterable[Event], conversations: Iterable[Conversation] = ()) -> list[Walk]:
    """The walks of a log, in its order. ``conversations`` add what a log does not hold: contacts and forms.

    Sids are those that the run itself shows under ``{{flow.sid}}``. What is told of contexts is what events tell:
    first messages and answers, what was sent, variables as text, and the status (not the body) of calls.

    >>> log = [Event("c1", 0, 0.0, "sms", "started", event="incomingMessage"),
    ...        Event("c1", 1, 0.0, "sms", "received", text="hi"),
    ...        Event("c1", 2, 0.0, "sms", "step", "Trigger", "trigger", "incomingMessage", "ask")]
    >>> walk, = walks_of(log)
    >>> walk.status, walk.steps[0].edge, walk.opening["Body"]
    ('active', ('Trigger', 'incomingMessage', 'ask'), 'hi')
    """
    known = {talk.id: talk for talk in conversations}
    numbers: dict[str, int] = {}
    drafts: list[_Draft] = []
    open_drafts: dict[str, _Draft] = {}
    for event in events:
        name = event.conversation_id
        if event.kind == EventKind.STARTED:
            numbers[name] = numbers.get(name, 0) + 1
            draft = _Draft(event, execution_sid(name, numbers[name]), known.get(name))
            drafts.append(draft)
            open_drafts[name] = draft
        elif name in open_drafts:
            open_drafts[name].take(event)
            if event.kind == EventKind.ENDED and not event.parent:
                del open_drafts[name]
    return [draft.walk() for draft in drafts]


@dataclass(slots=True)
class _Draft:
    """A walk while its events come in. ``left``: what each state has left so far under its name."""

    started: Event
    sid: str
    talk: Conversation | None
    steps: list[WalkedStep] = field(default_factory=list)
    left: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    opening: Event | None = None
    variables: dict[str, str] = field(default_factory=dict)
    status: str = "active"

    def take(self, event: Event) -> None:
        place = event.parent, event.state
        if event.parent:  # what a subflow sets stands flat under the state that ran it
            self.left.setdefault(("", event.parent), {})
        if event.kind == EventKind.STEP:
            sid = step_sid(self.sid, len(self.steps) + 1)
            result = self.left.pop(place, None)
            self.steps.append(
                WalkedStep(
                    event.state,
                    event.event,
                    event.transitioned_to,
                    event.step_type,
                    event.time_s,
                    event.parent,
                    sid,
                    result,
                )
            )
        elif event.kind == EventKind.ENDED and not event.parent:
            self.status = "ended"
        elif event.kind == EventKind.RECEIVED and not event.state:
            self.opening = event
        elif event.kind == EventKind.SET:
            if event.parent:
                self.left["", event.parent][event.detail] = event.value
            else:
                self.variables[event.detail] = event.value
            self.left.setdefault(place, {})[event.detail] = event.value
        else:
            told = _told(event)
            if told is not None:
                self.left.setdefault(place, {}).update(told)

    def walk(self) -> Walk:
        contact = self.talk.contact if self.talk else ""
        if not contact and self.started.channel in NAMES:
            contact = channel(self.started.channel).example_contact  # which the run used
        by = "REST API" if self.started.event == "incomingRequest" else contact
        return Walk(
            self.sid,
            tuple(self.steps),
            contact,
            self.started.channel,
            self.started.time_s,
            self.status,
            by,
            FLOW_SID,
            self._trigger(contact),
            self.variables,
        )

    def _trigger(self, contact: str) -> dict[str, Any]:
        start, form = self.started.event, dict(self.talk.context) if self.talk else {}
        if start == "incomingRequest":
            return {"event": start, "request": {"to": contact, "parameters": form}}
        if start not in MESSAGE_EVENTS or self.opening is None:
            return {"event": start}
        attributes: dict[str, Any] = {"channel_type": self.started.channel}
        if form:
            attributes["pre_engagement_data"] = form
        message = {**_message(self.opening), "From": contact, "ChannelAttributes": attributes}
        return {"event": start, "conversation" if start == MESSAGE_EVENTS[1] else "message": message}


def _told(event: Event) -> dict[str, Any] | None:
    """What an event tells of ``widgets.NAME``; None where it tells nothing."""
    if event.kind == EventKind.SENT:
        return {"outbound": _message(event)}
    if event.kind == EventKind.RECEIVED:
        return {"inbound": _message(event)}
    if event.kind == EventKind.CALLED and event.step_type != "run-subflow" and event.value.isdecimal():
        return {"status_code": int(event.value)}
    if event.kind == EventKind.HANDED_OFF:
        return {"attributes": event.text}
    return None


def _message(event: Event) -> Mapping[str, Any]:
    """A message as a webhook names it; ``value`` of its event holds the media."""
    media = event.value.split(" ") if event.value else []
    files = {f"MediaUrl{index}": address for index, address in enumerate(media)}
    return {"Body": event.text, **({"NumMedia": str(len(media)), **files} if media else {})}
