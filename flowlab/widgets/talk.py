"""A talk that can be taken back, forked, and had again otherwise: its moves, and the session after each."""

from __future__ import annotations

from flowlab.errors import FlowlabError, UsageError
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.run.program import compile_flow
from flowlab.run.session import Session
from flowlab.run.turns import Turn, take_turn
from flowlab.widgets.setup import Setup


class Talk:
    """A conversation with a flow, move by move.

    A move is made on a copy of the session, so that one which fails leaves the talk as it was. Raises what
    :class:`~flowlab.run.session.Session` raises.

    >>> from flowlab.model.channel import channel
    >>> from flowlab.model.flow import State, Transition
    >>> from flowlab.run.services import Services
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"),), {"body": "Your name?"})
    >>> talk = Talk(Flow((ask,), "ask"), Setup(channel("sms"), Services()))
    >>> talk.move(Turn("hi")); talk.move(Turn("Ana")); talk.back()
    >>> [move.words for move in talk.moves]
    ['“hi”']
    """

    def __init__(self, flow: Flow, setup: Setup, name: str = "Talk") -> None:
        self.flow, self.setup, self.name = flow, setup, name
        self._program = compile_flow(flow, setup.services.readings)
        self.sessions = [setup.begin(self._program)]  #: as it stood before the first move, and after each
        self.moves: list[Turn] = []
        self.replies: list[list[str]] = []  #: what the flow said in answer to each move

    @property
    def session(self) -> Session:
        """The session as it stands now."""
        return self.sessions[-1]

    @property
    def before(self) -> Session:
        """The session as it was before the last move."""
        return self.sessions[-2] if self.moves else self.session

    @property
    def ends(self) -> list[int]:
        """How many events there were before the first move, and after each."""
        return [len(session.events) for session in self.sessions]

    @property
    def last_turn(self) -> list[Event]:
        """What the last move brought about."""
        return self.session.events[len(self.before.events) :] if self.moves else self.session.events

    def move(self, turn: Turn) -> None:
        """Make one move."""
        session = self.session.fork(self.setup.world)
        said = take_turn(session, turn, self.setup.context)
        self.sessions.append(session)
        self.moves.append(turn)
        self.replies.append(said)

    def back(self) -> None:
        """Take the last move back; nothing happens at the beginning."""
        if self.moves:
            del self.sessions[-1], self.moves[-1], self.replies[-1]

    def restart(self) -> None:
        """Begin again with empty variables."""
        del self.moves[:], self.replies[:]
        self.sessions = [self.setup.begin(self._program)]

    def again(self, setup: Setup | None = None, flow: Flow | None = None) -> None:
        """Have the same talk under other circumstances, or with another version of the flow.

        Raises UsageError naming the move that cannot be made there; the talk then stays as it is.
        """
        other = Talk(flow or self.flow, setup or self.setup)
        for number, turn in enumerate(self.moves, start=1):
            try:
                other.move(turn)
            except FlowlabError as trouble:
                raise UsageError(f"not the same talk: turn {number}, {turn.words}: {trouble}") from trouble
        self.flow, self.setup, self._program = other.flow, other.setup, other._program
        self.sessions, self.moves, self.replies = other.sessions, other.moves, other.replies

    def fork(self, at: int, setup: Setup | None = None, name: str = "Fork") -> Talk:
        """A talk with the first ``at`` moves of this one, which goes its own way from there.

        ``setup``: its answers and hours hold from there on; with another channel, all of it is had again.
        """
        twin = Talk(self.flow, self.setup, name)
        twin.sessions, twin.moves, twin.replies = self.sessions[: at + 1], self.moves[:at], self.replies[:at]
        if setup is None or setup == self.setup:
            return twin
        if setup.channel != self.setup.channel:
            twin.again(setup)
        twin.setup = setup
        return twin
