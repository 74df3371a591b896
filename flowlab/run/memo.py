"""Replaying many conversations: what a turn did is remembered by what it read.

A turn (all the steps between two waits) is a pure function of the variables it reads. So when another conversation comes
to the same state with the same values, the same happens again, and the record is laid down instead of walking the states
anew. Turns that read the clock, or ask a callable, are never remembered. A property test holds both ways equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flowlab.run.template import Path, look_up

#: How many turns are remembered for one flow. Records repeat; what does not repeat need not be kept.
MAX_TURNS = 100_000


class Turn(NamedTuple):
    """What a turn did: the tail of each event, what it wrote, and how the execution stands after it."""

    tails: tuple[tuple[Any, ...], ...]
    said: tuple[str, ...]
    widgets: dict[str, Any]
    variables: dict[str, Any]
    steps: int
    after: Any


@dataclass(slots=True)
class Memo:
    """Turns by the place where they begin, then by the paths they read, then by the values found there."""

    _places: dict[Any, dict[tuple[Path, ...], dict[tuple[Any, ...], Turn]]] = field(default_factory=dict)
    _count: int = 0

    def find(self, place: Any, scope: dict[str, Any]) -> Turn | None:
        """The turn that would happen at this place on this scope, if it has been seen."""
        for paths, turns in self._places.get(place, {}).items():
            values = _values(scope, paths)
            turn = turns.get(values) if values is not None else None
            if turn is not None:
                return turn
        return None

    def learn(self, place: Any, paths: tuple[Path, ...], scope: dict[str, Any], turn: Turn) -> None:
        """Remember a turn. ``scope``: as it was before."""
        values = _values(scope, paths)
        if values is not None and self._count < MAX_TURNS:
            self._places.setdefault(place, {}).setdefault(paths, {})[values] = turn
            self._count += 1


def _values(scope: dict[str, Any], paths: tuple[Path, ...]) -> tuple[Any, ...] | None:
    """What the paths hold, as a key; None where one of them holds a list or map. 1, 1.0 and true stay apart."""
    values: list[Any] = []
    for path in paths:
        value = look_up(scope, path)
        kind = value.__class__
        if kind is not str:
            if kind is dict or kind is list or kind is tuple:
                return None
            values.append(kind)
        values.append(value)
    return tuple(values)
