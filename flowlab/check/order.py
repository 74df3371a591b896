"""What has happened before a state, on some path to it and on every path: sets of facts carried along the exits.

A fact is ``("ran", state)``, ``("reply", state)`` for a question that was answered, or ``("set", variable)``. Sets are
the bits of whole numbers, so that thousands of states take no time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

from flowlab.model.flow import State, Transition

if TYPE_CHECKING:
    from flowlab.check.subject import Subject

Fact = tuple[str, str]
_WAIT = "send-and-wait-for-reply"


class Before:
    """The facts that hold when a state begins."""

    def __init__(self, subject: Subject) -> None:
        self._bits: dict[Fact, int] = {}
        self._subject = subject
        self._exits = {name: self._exits_of(subject.flow.by_name[name]) for name in subject.reachable}
        self._some = self._carry(lambda known, new: known | new)
        self._every = self._carry(lambda known, new: known & new)

    def on_some_path(self, state: str, *fact: str) -> bool:
        """Whether some path to the state makes it a fact."""
        return self._holds(self._some, state, fact)

    def on_every_path(self, state: str, *fact: str) -> bool:
        """Whether every path to the state makes it a fact."""
        return self._holds(self._every, state, fact)

    def _holds(self, facts: dict[str, int], state: str, fact: tuple[str, ...]) -> bool:
        bit = self._bits.get((fact[0], fact[1]), 0)
        return bool(facts.get(state, 0) & bit)

    def _exits_of(self, state: State) -> list[tuple[str, int]]:
        """Each existing state that an exit leads to, with the facts that are new then."""
        always = self._bit("ran", state.name)
        for key in self._subject.keys_set.get(state.name, ()):
            always |= self._bit("set", key.split(".")[0])
        return [
            (t.next, always | self._reply(state, t)) for t in state.transitions if t.next in self._subject.flow.by_name
        ]

    def _reply(self, state: State, transition: Transition) -> int:
        is_reply = state.type != _WAIT or transition.event == "incomingMessage"
        return self._bit("reply", state.name) if is_reply else 0

    def _bit(self, *fact: str) -> int:
        return self._bits.setdefault((fact[0], fact[1]), 1 << len(self._bits))

    def _carry(self, join: Callable[[int, int], int]) -> dict[str, int]:
        """Walk the exits until nothing changes any more."""
        start = self._subject.flow.initial_state
        if start not in self._exits:
            return {}
        known, waiting, queued = {start: 0}, deque([start]), {start}
        while waiting:
            name = waiting.popleft()
            queued.discard(name)
            for target, new in self._exits[name]:
                facts = known[name] | new
                joined = join(known[target], facts) if target in known else facts
                if known.get(target) != joined:
                    known[target] = joined
                    if target not in queued:
                        queued.add(target)
                        waiting.append(target)
        return known
