"""What is so before the first message: channel, contact, time, what is known, and what the world will answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.channel import Channel
from flowlab.model.flow import Flow
from flowlab.model.hours import Hours
from flowlab.model.kinds import Family
from flowlab.run.clock import DEFAULT_START, moment, zone
from flowlab.run.faults import Faults
from flowlab.run.line import CALM
from flowlab.run.program import Program
from flowlab.run.services import Answer, Services
from flowlab.run.session import DEFAULT_REPLY_S, Session

#: An answer that is no JSON: the call fails.
FAILS = "fails"
#: What the calendars may be told to say, whatever they hold.
HOURS: Mapping[str, Mapping[str, str]] = {"open": {"mon-sun": "00:00-24:00"}, "closed": {}}
_ASKING = (Family.LOOK_UP, Family.SUBFLOW)


@dataclass(frozen=True)
class Setup:
    """How a talk begins.

    ``start``: when, as :func:`flowlab.run.clock.moment` reads it. ``event``: ``incomingRequest`` where the business
    writes first. ``reply_s``: seconds that an answer takes; None for what is usual on the channel. ``answers``: by
    state, the JSON that is answered whatever the services say, or :data:`FAILS`. ``hours``: ``open`` or ``closed``
    whatever the calendars say. ``faults``: what goes wrong on the way.
    """

    channel: Channel
    services: Services
    contact: str = ""
    start: str = ""
    event: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    reply_s: float | None = DEFAULT_REPLY_S
    answers: Mapping[str, str] = field(default_factory=dict)
    hours: str = ""
    conversation_id: str = "talk"
    faults: Faults = CALM

    @cached_property
    def world(self) -> Services:
        """The services, with what is to be answered otherwise. Raises UsageError for an answer that is no JSON."""
        given = {name: _answer(name, text) for name, text in self.answers.items() if text.strip()}
        world = self.services.answering(given) if given else self.services
        if not self.hours:
            return world
        always = {
            name: Hours.from_yaml({"timezone": one.timezone, **HOURS[self.hours]})
            for name, one in self.services.calendars.items()
        }
        return replace(world, calendars=always)

    @cached_property
    def start_time(self) -> datetime:
        """When the talk begins. Raises UsageError for what is no moment."""
        usual = datetime.fromisoformat(DEFAULT_START).astimezone(zone(self.services.timezone))
        return moment(self.start, usual) if self.start.strip() else usual

    def begin(self, program: Program) -> Session:
        """A session before the customer's first word. Raises what a session raises."""
        session = Session(
            program,
            self.channel,
            services=self.world,
            contact=self.contact,
            start_time=self.start_time,
            conversation_id=self.conversation_id,
            faults=self.faults,
        )
        if self.event:
            session.start(event=self.event, context=self.context)
        return session

    def filled_in(self, form: Mapping[str, Any]) -> Setup:
        """The setup as a form states it; see :meth:`as_form`. Raises UsageError for what cannot be read."""
        context = _context(str(form.get("context", "")))
        if language := str(form.get("language", "")).strip():
            context["language"] = language
        hours = str(form.get("hours", ""))
        if hours not in ("", *HOURS):
            raise UsageError(f"hours are {' or '.join(HOURS)}, or as the calendars say; not {hours!r:.40}")
        made = replace(
            self,
            contact=str(form.get("contact", "")).strip(),
            start=str(form.get("start", "")).strip(),
            event="incomingRequest" if form.get("business_first") else "",
            context=context,
            reply_s=_reply_s(str(form.get("reply", DEFAULT_REPLY_S))),
            answers={str(name): str(text) for name, text in dict(form.get("answers", {})).items() if str(text).strip()},
            hours=hours,
        )
        made.world, made.start_time  # noqa: B018  # what is wrong in them is to be said now
        return made

    def as_form(self, flow: Flow) -> dict[str, Any]:
        """The setup as the page shows it."""
        context = {key: value for key, value in self.context.items() if key != "language"}
        return {
            "contact": self.contact or self.channel.example_contact,
            "start": self.start or f"{self.start_time:%Y-%m-%d %H:%M}",
            "timezone": self.services.timezone,
            "language": str(self.context.get("language", "")),
            "context": json.dumps(context, ensure_ascii=False, indent=1) if context else "",
            "business_first": bool(self.event),
            "reply": "" if self.reply_s is None else f"{self.reply_s:g}",
            "hours": self.hours,
            "calendars": list(self.services.calendars),
            "answers": {name: self.answers.get(name, "") for name in asking(flow)},
        }


def asking(flow: Flow) -> list[str]:
    """The states that ask the outside world."""
    return [state.name for state in flow if state.family in _ASKING]


def _answer(name: str, text: str) -> Answer:
    if text.strip().lower() == FAILS:
        return Answer(status=500, json={}, exit="")
    try:
        return Answer(json=json.loads(text))
    except ValueError as wrong:
        raise UsageError(
            f'the answer to {name!r} is no JSON ({wrong}). Write {FAILS}, or for instance {{"open": true}}'
        ) from None


def _context(text: str) -> dict[str, Any]:
    try:
        known = json.loads(text) if text.strip() else {}
    except ValueError as wrong:
        raise UsageError(f'what is known before is no JSON ({wrong}). Write it like {{"intent": "returns"}}') from None
    if not isinstance(known, dict):
        raise UsageError(f'what is known before is a JSON object such as {{"intent": "returns"}}, not {text!r:.60}')
    return known


def _reply_s(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds <= 366 * 86_400:
        raise UsageError(f"an answer takes a number of seconds, not {text!r:.40}; leave it empty for what is usual")
    return seconds
