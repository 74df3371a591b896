"""The exits of a state, each beside what became of it: by event, and among branches by condition and target."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest
from typing import NamedTuple

from flowlab.check.diff.follow import follower
from flowlab.check.diff.values import Follow
from flowlab.model.flow import Condition, State, Transition
from flowlab.model.wording import short_exit

#: Conditions of more branches than this are not compared with one another.
MOST_BRANCHES = 60
#: Among more branches than this, any other order is taken to matter.
MOST_ORDERED = 300
#: Two branches with nothing else in common are one that was edited when their words are this much alike.
LIKE_ENOUGH = 0.5
_WORD = re.compile(r"\w+")
_Key = Callable[[Transition], Hashable]
_FIXED = ("equal_to", "matches_any_of")


class Twin(NamedTuple):
    """An exit in the old and in the new version; None where it has none. Old names are the new ones already."""

    old: Transition | None
    new: Transition | None


@dataclass(frozen=True, slots=True)
class Renamed:
    """How old names are read: those of states, and in texts."""

    states: Mapping[str, str]
    follow: Follow

    def exit(self, way: Transition, tested: str) -> Transition:
        """An exit in the names of the new version. What a state tests anyway (``tested``) is left out of conditions."""
        target = way.next if way.next is None else self.states.get(way.next, way.next)
        conditions = tuple(self._condition(condition, tested) for condition in way.conditions)
        return replace(way, next=target, conditions=conditions)

    def _condition(self, condition: Condition, tested: str) -> Condition:
        arguments = () if condition.arguments == (tested,) else tuple(map(self.follow, condition.arguments))
        return replace(condition, value=self.follow(condition.value), arguments=arguments)


NOTHING_RENAMED = Renamed({}, str)


def renamed(renames: Mapping[str, str], others: Mapping[str, str] | None = None) -> Renamed:
    """How to read the names of the old version. One that another state has taken since is told apart from it.

    >>> renamed({"ask": "menu"}).states
    {'menu': 'menu (old)', 'ask': 'menu'}
    """
    taken = {name: f"{name} (old)" for name in renames.values()}
    states = {**taken, **(others or {}), **renames}
    return Renamed(states, follower(states))


def plain_exits(state: State, names: Renamed) -> list[Transition]:
    """The exits of a state, ready to be compared.

    A condition without an argument of its own tests the state's input, so naming the input says nothing more.
    """
    tested = state.properties.get("input")
    return [names.exit(way, tested if isinstance(tested, str) else "") for way in state.transitions]


def twins(old: Sequence[Transition], new: Sequence[Transition]) -> list[Twin]:
    """Every exit beside its twin, in the order of the new version; the removed ones last. ``old`` in new names."""
    olds, news = _by_event(old), _by_event(new)
    found: list[Twin] = []
    for event in dict.fromkeys((*news, *olds)):
        was, now = olds.get(event, []), news.get(event, [])
        if any(way.conditions for way in (*was, *now)):
            found += _branches(was, now)
        else:
            found += [Twin(*pair) for pair in zip_longest(was, now)]
    return found


def _by_event(ways: Sequence[Transition]) -> dict[str, list[Transition]]:
    groups: dict[str, list[Transition]] = {}
    for way in ways:
        groups.setdefault(way.event, []).append(way)
    return groups


def _branches(was: list[Transition], now: list[Transition]) -> Iterator[Twin]:
    found: dict[int, int] = {}  # place in the new version -> place in the old one
    for key in (_whole, _tests, _target):
        _pair(was, now, found, key)
    left = [at for at in range(len(was)) if at not in found.values()]
    free = [at for at in range(len(now)) if at not in found]
    if len(left) <= MOST_BRANCHES and len(free) <= MOST_BRANCHES:
        likely = ((_likeness(was[a], now[b]), a, b) for a in left for b in free)
        for score, a, b in sorted(likely, key=lambda item: (-item[0], item[1] + item[2], abs(item[1] - item[2]))):
            if score >= LIKE_ENOUGH and b not in found and a not in found.values():
                found[b] = a
    for at, way in enumerate(now):
        yield Twin(was[found[at]] if at in found else None, way)
    gone = set(range(len(was))) - set(found.values())
    yield from (Twin(was[at], None) for at in sorted(gone))


def _pair(was: list[Transition], now: list[Transition], found: dict[int, int], key: _Key) -> None:
    """Pair the branches that are alike in ``key``, in their order."""
    taken = set(found.values())
    groups: dict[Hashable, list[int]] = defaultdict(list)
    for at, way in enumerate(was):
        if at not in taken and key(way) is not None:
            groups[key(way)].append(at)
    for at, way in enumerate(now):
        if at not in found and groups.get(key(way)):
            found[at] = groups[key(way)].pop(0)


def tests(way: Transition) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
    """What must hold for a branch to be taken; captions decide nothing."""
    return tuple((c.type, c.value, c.arguments) for c in way.conditions)


def _tests(way: Transition) -> Hashable:
    return tests(way)


def _whole(way: Transition) -> Hashable:
    return tests(way), way.next


def _target(way: Transition) -> Hashable:
    return way.next


def _likeness(one: Transition, other: Transition) -> float:
    a, b = (set(_WORD.findall(short_exit(way).lower())) for way in (one, other))
    return len(a & b) / (len(a | b) or 1)


def moved_branches(found: Sequence[Twin], old: Sequence[Transition]) -> tuple[list[Transition], list[Transition]]:
    """Branches of which another now comes first, in the old and the new order, as far as that can matter.

    It cannot where both lead to the same state or no text fits both, nor between exits of different events.
    """
    place = {id(way): at for at, way in enumerate(old)}
    kept = [(place[id(twin.old)], twin) for twin in found if _both_test(twin)]
    if all(one[0] < other[0] for one, other in pairwise(kept)):
        return [], []
    matters: set[int] = set()
    for at, (was, twin) in enumerate(kept):
        for earlier, before in kept[:at]:
            if earlier > was and _may_matter(twin, before, many=len(kept) > MOST_ORDERED):
                matters |= {was, earlier}
    moved = [(was, twin) for was, twin in kept if was in matters]
    old_order = [twin.old for _, twin in sorted(moved, key=lambda item: item[0]) if twin.old]
    return old_order, [twin.new for _, twin in moved if twin.new]


def _both_test(twin: Twin) -> bool:
    return bool(twin.old and twin.new and twin.old.conditions and twin.new.conditions)


def _may_matter(one: Twin, other: Twin, *, many: bool) -> bool:
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a and b and a.event == b.event]
    return bool(pairs) and (many or all(a.next != b.next and may_overlap(a, b) for a, b in pairs))


def may_overlap(one: Transition, other: Transition) -> bool:
    """Whether some text may satisfy both branches: not where both name fixed texts and share none.

    >>> one, two = (Transition("match", None, (Condition("equal_to", v, ("{{x}}",)),)) for v in "12")
    >>> may_overlap(one, two), may_overlap(one, one)
    (False, True)
    """
    if len(one.conditions) != 1 or len(other.conditions) != 1:
        return True
    a, b = one.conditions[0], other.conditions[0]
    fixed = all(c.type in _FIXED and "{{" not in c.value and "{%" not in c.value for c in (a, b))
    if not fixed or a.arguments != b.arguments:
        return True
    return bool(_texts(a) & _texts(b))


def _texts(condition: Condition) -> set[str]:
    values = condition.value.split(",") if condition.type == "matches_any_of" else [condition.value]
    return {value.strip().casefold() for value in values}
