"""One column of a channel board: its talk turn by turn, and what all of them come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flowlab.errors import UsageError
from flowlab.measure.side_by_side import Talk
from flowlab.model.entry_point import EntryPoint
from flowlab.model.shown import Choice, Shape
from flowlab.run.answer import place_of_choice
from flowlab.run.columns import Column, stands
from flowlab.run.session import Session
from flowlab.run.turns import Played, Turn, try_turn
from flowlab.show.side_by_side import SideBySide
from flowlab.widgets.phone import cut
from flowlab.widgets.setup import Setup


@dataclass
class Lane:
    """One column: how its talk begins, the session before the first turn and after each, and what could not be done."""

    setup: Setup
    sessions: list[Session]
    undone: dict[int, str] = field(default_factory=dict)

    @property
    def session(self) -> Session:
        """The session as it stands now."""
        return self.sessions[-1]

    @property
    def played(self) -> Played:
        """The turns so far; before the first one, what the business has written."""
        after = self.sessions[1:] or self.sessions
        return Played(self.session, [len(session.events) for session in after], self.undone)

    def take(self, turn: Turn) -> str:
        """Do a turn; where it cannot be done, say why not and leave it out."""
        after, why_not = try_turn(self.session, turn, self.setup.context)
        if why_not:
            self.undone[len(self.sessions) - 1] = why_not
        self.sessions.append(after)
        return why_not

    def back_to(self, count: int) -> None:
        """Forget all turns but the first ``count``."""
        del self.sessions[count + 1 :]
        self.undone = {number: why_not for number, why_not in self.undone.items() if number < count}

    @property
    def choices(self) -> Sequence[Choice]:
        """What can be tapped now."""
        shown = self.session.shown if self.session.waiting else None
        return shown.choices if shown and shown.shape is not Shape.NUMBERED else ()

    def knows(self, what: str) -> bool:
        """Whether a choice can be named so, here and now."""
        try:
            return self.session.shown is None or place_of_choice(what, self.session.shown) >= 0
        except UsageError:
            return False


def sides_of(
    name: str, words: Sequence[str], columns: Sequence[Column], played: Sequence[Played], key: str = ""
) -> SideBySide:
    """What was played, as the view. ``words``: what was done in each turn."""
    talks = []
    for column, one in zip(columns, played, strict=True):
        session, entry = one.session, column.name if isinstance(column, EntryPoint) else ""
        talks.append(Talk(session.channel, session.events, one.ends, session.window_closes_s, entry, one.undone))
    return SideBySide(name, words, talks, [stands(one.session) for one in played], cut, key)
