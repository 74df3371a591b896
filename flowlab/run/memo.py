"""Replaying many conversations: what a turn did is remembered by what it read.

A turn (all the steps between two waits) is a pure function of what it reads of the variables that were there before it.
So when another conversation comes to the same place and finds the same, the same happens again, and the record is laid
down instead of walking the states anew. What a turn reads next depends only on what it has read before, so the turns of
a place form a tree: a fork says what is read there, and each thing found leads on.

Most texts of customers are tested by splits and by nothing else. Of these, the branch taken stands at the fork and not
the text: so a text never seen before goes a known way all the same.

Turns that read the clock, ask a callable, or read a list or map are never remembered. A property test holds remembering
and walking equal.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

from flowlab.model.event import Event
from flowlab.run.template import LookUp
from flowlab.run.values import Path, Scope, as_key, look_up

#: How many turns are remembered of a flow on a channel. Records repeat; what does not repeat need not be kept.
MAX_TURNS = 10_000
#: The columns of an event before this one differ from conversation to conversation.
TAIL = Event._fields.index("kind")
_VALUE = Event._fields.index("value") - TAIL

#: Which branch a split takes on a scope; None where it cannot tell by its text alone.
Branch = Callable[[Scope], Hashable]
Read = dict[Path | Branch, Hashable]


class Turn(NamedTuple):
    """What a turn did: the tail of each event, what it wrote, and how the execution stands after it.

    ``tested``: the events (by index) whose ``value`` is a text that was read by its branch only.
    """

    tails: tuple[tuple[Any, ...], ...]
    tested: tuple[tuple[int, LookUp], ...]
    said: tuple[str, ...]
    widgets: dict[str, Any]
    variables: dict[str, Any]
    steps: int
    after: Any


class Trace:
    """What a turn under way has read of what was there before it, and what it has written.

    ``read``: what was found, by value, or by branch where a split tested a text; ``tested``: the events that tell of
    the latter. ``known`` turns False where what was read cannot be said.
    """

    __slots__ = ("known", "read", "tested", "variables", "widgets")

    def __init__(self) -> None:
        self.known = True
        self.read: Read = {}
        self.tested: list[tuple[int, LookUp]] = []
        self.widgets: dict[str, Any] = {}
        self.variables: dict[str, Any] = {}

    def note(self, paths: tuple[Path, ...] | None, scope: Scope) -> None:
        """The values at these paths were read; None: nobody can say what was."""
        if paths is None:
            self.known = False
            return
        for path in paths:
            if not (path in self.read or self._is_own(path)):
                self._found(path, as_key(look_up(scope, path)))

    def note_test(self, text: LookUp, branch: Branch, scope: Scope, event: int) -> None:
        """Which branch a text takes was read; the event of that index will tell the text."""
        if not (text.path in self.read or self._is_own(text.path)):
            self._found(branch, branch(scope))
            self.tested.append((event, text))

    def _found(self, what: Path | Branch, key: Hashable) -> None:
        self.read[what] = key
        self.known = self.known and key is not None

    def _is_own(self, path: Path) -> bool:
        """Whether the turn has itself written what it reads there: that follows from what it read before."""
        if path[0] == "widgets":
            return len(path) > 1 and path[1] in self.widgets
        return path[:2] == ("flow", "variables") and len(path) > 2 and path[2] in self.variables


class _Fork(NamedTuple):
    what: Path | Branch
    ways: dict[Hashable, Any]  # to a turn, or to the next fork


class Memo:
    """The turns seen of a flow on a channel, by the place where they begin, then by what they read."""

    def __init__(self) -> None:
        self._places: dict[Hashable, Any] = {}
        self._count = 0

    def find(self, place: Hashable, scope: Scope) -> Turn | None:
        """The turn that would happen at this place on this scope, if it has been seen."""
        found = self._places.get(place)
        while found.__class__ is _Fork:
            what, ways = found
            found = ways.get(as_key(look_up(scope, what)) if isinstance(what, tuple) else what(scope))
        return found

    def learn(self, place: Hashable, read: Read, turn: Turn) -> None:
        """Remember a turn by what it read, in the order in which it was read."""
        if self._count >= MAX_TURNS:
            return
        ways, way = self._places, place
        for what, found in read.items():
            ways, way = ways.setdefault(way, _Fork(what, {})).ways, found
        ways[way] = turn
        self._count += 1


def fill(turn: Turn, scope: Scope) -> list[tuple[Any, ...]]:
    """The tails of a turn's events with the texts that are tested this time."""
    tails = list(turn.tails)
    for index, text in turn.tested:
        tail = tails[index]
        tails[index] = (*tail[:_VALUE], text.render(scope), *tail[_VALUE + 1 :])
    return tails
