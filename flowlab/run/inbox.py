"""Addresses of ours and the one execution each contact has at each: who gets a message, and what a stuck run swallows.

Source: Twilio docs, *Get Started with Twilio Studio*, and support article 51865532406939: while an execution of a
contact is active, new messages go to it and begin nothing; ending it by the REST API is the cure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flowlab.errors import RunError, UsageError, did_you_mean
from flowlab.model.channel import Channel
from flowlab.model.channel import channel as find_channel
from flowlab.model.entry_point import EntryPoints
from flowlab.model.flow import Flow
from flowlab.run.execution import Setting
from flowlab.run.faults import Faults
from flowlab.run.line import CALM, Line
from flowlab.run.program import Program, compile_flow
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session


class Inbox:
    """The addresses of ours on a channel (numbers, inboxes, chat buttons), each with the flow that answers there.

    Each contact has at most one session at each address at a time. It is there until its flow has ended, and where an
    agent has taken over until :meth:`end`.

    ``flows``: by address, or :class:`~flowlab.model.entry_point.EntryPoints`, which may lie on several channels. Raises
    UsageError for an unknown channel, and for one address on two of them; FormatError for a broken services file.

    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage"),), {"body": "Your name?"})
    >>> inbox = Inbox({"+12025550100": Flow((ask,), "ask")})
    >>> first = inbox.receive("+12025550100", "+12025550143", "hi", 0.0)
    >>> inbox.receive("+12025550100", "+12025550143", "Ana", 60.0) is first
    True
    >>> inbox.receive("+12025550100", "+12025550143", "hi again", 120.0) is first
    False
    """

    def __init__(
        self,
        flows: Mapping[str, Flow | Program] | EntryPoints,
        channel: str | Channel = "sms",
        *,
        services: Services | Mapping[str, Any] | str | Path | None = None,
        faults: Faults = CALM,
    ) -> None:
        self._channel = find_channel(channel)
        self._media: dict[str, Channel] = {}
        if isinstance(flows, EntryPoints):
            here = [flows.at(address) for address in dict.fromkeys(point.address for point in flows.values())]
            self._media = {point.address: point.medium for point in here}
            flows = {point.address: point.flow for point in here}
        self._services = load_services(services)
        self._programs = {address: compile_flow(flow, self._services.readings) for address, flow in flows.items()}
        self._subflows: dict[str, Program] = {}
        self._faults = faults
        self._lines: dict[tuple[str, str], Line] = {}
        self._active: dict[tuple[str, str], Session] = {}
        self.sessions: list[Session] = []  #: all that have begun, in order

    def receive(self, address: str, contact: str, text: str, time_s: float, *, media: tuple[str, ...] = ()) -> Session:
        """A contact writes to an address of ours, at ``time_s`` (seconds since 1970 UTC): the session that got it.

        A session that waits gets it, whoever began it; what its flow makes of a new beginning is its own affair. A time
        before the session's own counts as now. Raises UsageError for an address that has no flow.
        """
        session = self.active(address, contact, time_s)
        if session is None:
            session = self._begin(address, contact, time_s)
            session.start(text, media=media)
        else:
            session.say(text, media=media, after_s=max(0.0, time_s - session.time_s))
        return session

    def request(
        self, address: str, contact: str, time_s: float, parameters: Mapping[str, Any] | None = None
    ) -> Session:
        """The REST API starts the flow of an address for a contact. Raises UsageError for an address that has no flow,
        RunError while the contact has a session there.
        """
        session = self.active(address, contact, time_s)
        if session is not None:
            raise RunError(f"{contact} has an active session at {address} ({session!r}); end it first")
        session = self._begin(address, contact, time_s)
        session.start(event="incomingRequest", context=parameters)
        return session

    def active(self, address: str, contact: str, time_s: float) -> Session | None:
        """The session that a message of this contact would go to at that time; None where it would begin one.

        Raises UsageError for an address that has no flow.
        """
        if address not in self._programs:
            raise UsageError(f"no flow answers at {address!r}. {did_you_mean(address, list(self._programs))}")
        session = self._active.get((address, contact))
        if session is None:
            return None
        session.wait(max(0.0, time_s - session.time_s))
        return session if session.waiting or session.handed_off else None

    def end(self, address: str, contact: str, time_s: float) -> bool:
        """End the contact's session at an address from outside, as ``Status=ended`` of the REST API does. Gives whether
        there was one. Raises UsageError for an address that has no flow.
        """
        session = self.active(address, contact, time_s)
        if session is None:
            return False
        session.end()
        return True

    def _begin(self, address: str, contact: str, time_s: float) -> Session:
        name = f"{contact} at {address}, {1 + len(self.sessions)}"
        ours = self._media.get(address) or replace(self._channel, example_address=address)
        setting = Setting(self._programs[address], ours, self._services, contact, name, None, self._subflows)
        line = self._lines.setdefault((address, contact), Line(f"{contact} at {address}", self._faults))
        session = self._active[address, contact] = Session.within(setting, time_s, line)
        self.sessions.append(session)
        return session
