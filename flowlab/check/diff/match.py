"""Which state of the old version became which of the new one: by name, then by content, then by likeness.

Names are what exits and texts refer to, so a state of the same name and widget is the same state. Only what is left
over is compared: first by hash, then by the words, settings and neighbours that both share. Nothing is compared with
everything: an index of what is rare proposes whom to look at.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.check.diff.values import canonical
from flowlab.model.flow import Flow, State
from flowlab.model.wording import short_exit

#: Two states are the same one renamed when they share at least this much of what is known about them (Dice).
LIKE_ENOUGH = 0.5
#: Words that more states have than this tell nothing.
COMMON = 25
#: This many words of a state are looked at, and this many characters of a setting or a name for them.
MOST_WORDS, MOST_CHARS = 40, 2_000
#: So many states are proposed for each.
MOST_CANDIDATES = 12
ROUNDS = 3
_WORD = re.compile(r"[^\W_]+")

Features = dict[Hashable, int]
Names = Mapping[str, Hashable]


@dataclass(frozen=True, slots=True)
class Pairing:
    """``pairs`` (old, new) in the order of the new flow; ``renames``: old name -> new name, where they differ."""

    pairs: tuple[tuple[State, State], ...]
    removed: tuple[State, ...]
    added: tuple[State, ...]
    renames: Mapping[str, str]


def pair_states(old: Flow, new: Flow) -> Pairing:
    """Pair the states of two versions of a flow. Swapping the versions swaps the pairs."""
    match = _Match(old, new)
    match.by_name(_same_widget)
    match.by_key(lambda state, names: (_content(state), _targets(state, names)))
    match.by_key(lambda state, _names: _content(state))
    for _ in range(ROUNDS):
        if not match.by_likeness():
            break
    match.by_name(_anything)
    of_new = {at: was for was, at in match.found.items()}
    renames = {old.states[a].name: new.states[b].name for a, b in match.found.items()}
    return Pairing(
        tuple((old.states[of_new[at]], state) for at, state in enumerate(new.states) if at in of_new),
        tuple(state for at, state in enumerate(old.states) if at not in match.found),
        tuple(state for at, state in enumerate(new.states) if at not in of_new),
        {a: b for a, b in renames.items() if a != b},
    )


Key = Callable[[State, Names], Hashable]
Fits = Callable[[State, State], bool]


def _same_widget(old: State, new: State) -> bool:
    return old.type == new.type


def _anything(_old: State, _new: State) -> bool:
    return True


@dataclass
class _Match:
    """Pairs found so far: index of the old state -> index of the new one."""

    old: Flow
    new: Flow
    found: dict[int, int] = field(default_factory=dict)

    @property
    def olds(self) -> tuple[State, ...]:
        return self.old.states

    @property
    def news(self) -> tuple[State, ...]:
        return self.new.states

    def left(self) -> tuple[list[int], list[int]]:
        taken = set(self.found.values())
        news = [at for at in range(len(self.news)) if at not in taken]
        return [at for at in range(len(self.olds)) if at not in self.found], news

    def names(self) -> tuple[dict[str, Hashable], dict[str, Hashable]]:
        """What paired states are called on either side, by one number for both."""
        old: dict[str, Hashable] = {self.olds[a].name: b for a, b in self.found.items()}
        return old, {self.news[b].name: b for b in self.found.values()}

    def by_name(self, fits: Fits) -> None:
        """The first of a name with the first of that name, the second with the second."""
        self._by_groups(lambda state, _: state.name, fits)

    def by_key(self, key: Key) -> None:
        """States that are alike in ``key``, in the order in which they stand."""
        self._by_groups(key, _anything)

    def _by_groups(self, key: Key, fits: Fits) -> None:
        olds, news = self.left()
        if not olds or not news:
            return
        old_names, new_names = self.names()
        groups: dict[Hashable, list[int]] = defaultdict(list)
        for at in news:
            groups[key(self.news[at], new_names)].append(at)
        taken: dict[Hashable, int] = defaultdict(int)
        for at in olds:
            name = key(self.olds[at], old_names)
            group, place = groups.get(name, []), taken[name]
            taken[name] += 1
            if place < len(group) and fits(self.olds[at], self.news[group[place]]):
                self.found[at] = group[place]

    def by_likeness(self) -> bool:
        """Pair what is most alike first; whether there was anything."""
        olds, news = self.left()
        if not olds or not news:
            return False
        old_names, new_names = self.names()
        was = _all_features(self.old, olds, old_names)
        now = _all_features(self.new, news, new_names)
        likely = sorted(_likely(was, now), key=self._order)
        before = len(self.found)
        taken: set[int] = set()
        for a, b, _ in likely:
            if a not in self.found and b not in taken:
                self.found[a] = b
                taken.add(b)
        return len(self.found) > before

    def _order(self, pair: tuple[int, int, float]) -> tuple[float, list[str], int]:
        """The same order whichever version is the old one."""
        a, b, score = pair
        return -score, sorted((self.olds[a].name, self.news[b].name)), a + b


def _likely(was: Mapping[int, Features], now: Mapping[int, Features]) -> Iterator[tuple[int, int, float]]:
    """Pairs that share something rare, and how much they share of all that is known about both."""
    having: dict[Hashable, list[int]] = defaultdict(list)
    for at, features in now.items():
        for feature in features:
            having[feature].append(at)
    often = Counter(feature for features in was.values() for feature in features)
    for a, features in was.items():
        near: Counter[int] = Counter()
        for feature in features:
            if often[feature] <= COMMON and len(having.get(feature, ())) <= COMMON:
                near.update(having.get(feature, ()))
        for b, _ in near.most_common(MOST_CANDIDATES):
            score = _likeness(features, now[b])
            if score >= LIKE_ENOUGH:
                yield a, b, score


def _likeness(one: Features, other: Features) -> float:
    shared = sum(weight for feature, weight in one.items() if feature in other)
    return 2 * shared / ((sum(one.values()) + sum(other.values())) or 1)


def _all_features(flow: Flow, wanted: Iterable[int], names: Names) -> dict[int, Features]:
    """What is known about each wanted state: what it says and is set to, its exits, its neighbours, its name."""
    leading: dict[str, list[Hashable]] = defaultdict(list)
    for state in flow.states:
        for way in state.transitions:
            if way.next is not None and state.name in names:
                leading[way.next].append(("from", short_exit(way), names[state.name]))
    leading[flow.initial_state].append(("first",))
    return {at: _features(flow.states[at], leading[flow.states[at].name], names) for at in wanted}


def _features(state: State, leading: Iterable[Hashable], names: Names) -> Features:
    """Each with its weight. The widget type is part of each: states of different types share nothing."""
    found: Features = {(state.type, way): 3 for way in leading}
    for way in state.transitions:
        found[state.type, "exit", short_exit(way)] = 1
        if way.next is not None and way.next in names:
            found[state.type, "to", short_exit(way), names[way.next]] = 3
    words: dict[str, None] = {}
    for key, value in _settings(state).items():
        content = canonical(value)
        told = dict.fromkeys(_WORD.findall(content[:MOST_CHARS].lower()))
        found[state.type, key, content] = 1 if len(told) > 1 else 2  # a text's words count for themselves
        words |= told
    for word in list(words)[:MOST_WORDS]:
        found[state.type, "word", word] = 1
    for word in _WORD.findall(state.name.lower()[:MOST_CHARS]):
        found[state.type, "name", word] = 1
    return found


def _settings(state: State) -> dict[str, Any]:
    """The properties but for the place on the canvas, which says nothing."""
    return {str(key): value for key, value in state.properties.items() if key != "offset"}


def _content(state: State) -> Hashable:
    exits = tuple((way.event, short_exit(way), tuple(c.arguments for c in way.conditions)) for way in state.transitions)
    return state.type, canonical(_settings(state)), exits


def _targets(state: State, names: Names) -> Hashable:
    return tuple(None if way.next is None else names.get(way.next, "") for way in state.transitions)
