"""A talk that can be taken back and begun again elsewhere: the moves made so far, and the session after each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowlab.model.channel import Channel
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session


@dataclass(frozen=True, slots=True)
class Say:
    """The customer writes."""

    text: str

    def make(self, session: Session) -> None:
        session.say(self.text)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nobody writes for so many seconds."""

    seconds: float

    def make(self, session: Session) -> None:
        session.wait(self.seconds)


Move = Say | Wait


class Talk:
    """A conversation with a flow, move by move.

    A move is made on a copy of the session, so that one which fails leaves the talk as it was. Raises what
    :class:`~flowlab.run.session.Session` raises.

    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"),), {"body": "Your name?"})
    >>> talk = Talk(Flow((ask,), "ask"))
    >>> talk.move(Say("hi")); talk.move(Say("Ana")); talk.back()
    >>> talk.moves
    [Say(text='hi')]
    """

    def __init__(
        self,
        flow: Flow,
        channel: str | Channel = "sms",
        services: Services | Mapping[str, Any] | str | Path | None = None,
    ) -> None:
        self._services = load_services(services)
        self._program = Session(flow, channel, services=self._services).setting.program
        self._history = [self._new(channel)]
        self.moves: list[Move] = []

    @property
    def session(self) -> Session:
        """The session as it stands now."""
        return self._history[-1]

    @property
    def before(self) -> Session:
        """The session as it was before the last move."""
        return self._history[-2] if self.moves else self.session

    @property
    def last_turn(self) -> list[Event]:
        """What the last move brought about."""
        return self.session.events[len(self.before.events) :] if self.moves else []

    def move(self, move: Move) -> None:
        """Make one move."""
        session = self.session.fork()
        move.make(session)
        self._history.append(session)
        self.moves.append(move)

    def back(self) -> None:
        """Take the last move back; nothing happens at the beginning."""
        if self.moves:
            self._history.pop()
            self.moves.pop()

    def restart(self) -> None:
        """Begin again with empty variables."""
        self._history = [self._new(self.session.channel)]
        self.moves = []

    def switch(self, channel: str | Channel) -> None:
        """Begin again on another channel and make the same moves there."""
        history = [self._new(channel)]
        for move in self.moves:
            session = history[-1].fork()
            move.make(session)
            history.append(session)
        self._history = history

    def _new(self, channel: str | Channel) -> Session:
        return Session(self._program, channel, services=self._services)
