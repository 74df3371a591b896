"""The flow under check, with what several rules ask about it worked out once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from flowlab.check.rule import quote
from flowlab.model.channel import Channel
from flowlab.model.flow import Flow, State, Transition
from flowlab.run import template

#: What a transition may carry; ``uuid`` is the legacy schema's.
_TRANSITION_KEYS = frozenset({"event", "next", "conditions", "uuid"})
#: Near matches cost time and nobody reads the fifty-first.
_MAX_HINTS = 50
_LONGEST_NAME = 100


class Text(NamedTuple):
    """A string of a state in which Liquid may stand."""

    state: State
    path: str
    text: str


class Read(NamedTuple):
    """A variable that a text reads: ``parts`` is its path, for instance ``("flow", "variables", "n")``."""

    state: State
    path: str
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """A flow and the channels to judge it for. Everything here is linear in the size of the flow."""

    flow: Flow
    channels: tuple[Channel, ...] = ()
    _hints: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Where each state stands in the file."""
        return {state.name: index for index, state in enumerate(self.flow.states)}

    def path(self, state: State, *steps: str | int) -> str:
        """The JSON path of a place in a state.

        >>> ask = State("ask", "send-message")
        >>> Subject(Flow((State("Trigger", "trigger"), ask))).path(ask, "properties", "body")
        '#/states/1/properties/body'
        """
        return "/".join(["#/states", str(self.positions[state.name]), *map(str, steps)])

    def of_type(self, *types: str) -> Iterator[State]:
        """The states of these widget types, in file order."""
        return (state for state in self.flow.states if state.type in types)

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every string in which Studio renders Liquid, in file order."""
        return tuple(text for state in self.flow.states for text in self._texts_of(state))

    def _texts_of(self, state: State) -> Iterator[Text]:
        for steps, value in _strings(state.properties):
            # Studio takes the sub-flow's sid as it is written; the rest of a widget's strings are templates.
            if steps != ("flow_sid",):
                yield Text(state, self.path(state, "properties", *steps), value)
        for index, transition in enumerate(state.transitions):
            for number, condition in enumerate(transition.conditions):
                place = ("transitions", index, "conditions", number)
                yield Text(state, self.path(state, *place, "value"), condition.value)
                for argument in condition.arguments:
                    yield Text(state, self.path(state, *place, "arguments"), argument)

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """Every variable that is read: once a state and variable, at the first place."""
        found: dict[tuple[str, str], Read] = {}
        for state, path, text in self.texts:
            for dotted in sorted(template.reads(text)):
                found.setdefault((state.name, dotted), Read(state, path, tuple(dotted.split("."))))
        return tuple(found.values())

    @cached_property
    def keys_set(self) -> dict[str, tuple[str, ...]]:
        """The variable names that each set-variables state sets, by state name."""
        return {state.name: tuple(_keys(state)) for state in self.of_type("set-variables")}

    def targets(self, state: State) -> Iterator[str]:
        """The existing states a state leads to."""
        return (t.next for t in state.transitions if t.next in self.flow.by_name)

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The states some path leads to from the first one; empty when there is no first one."""
        if self.flow.initial_state not in self.flow.by_name:
            return frozenset()
        seen, waiting = {self.flow.initial_state}, [self.flow.initial_state]
        while waiting:
            new = set(self.targets(self.flow.by_name[waiting.pop()])) - seen
            seen |= new
            waiting.extend(new)
        return frozenset(seen)

    def unwired(self, state: State, event: str) -> str | None:
        """The path at which an exit should be wired and is not; None when it leads somewhere or was meant to."""
        place = self.path(state, "transitions")
        for index, transition in enumerate(state.transitions):
            if transition.event == event:
                if transition.next is not None or misspelt_key(transition):
                    return None
                place = self.path(state, "transitions", index)
        return place

    def wired(self, state: State, *events: str) -> bool:
        """Whether at least one of these exits leads somewhere."""
        return any(t.event in events and t.next is not None for t in state.transitions)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of all states, in file order."""
        return tuple(self.positions)

    def hint(self, word: str, known: tuple[str, ...]) -> str:
        """``Did you mean 'x'? `` with a blank behind, for the known word that is nearest; else empty."""
        key = (word, known)
        if key not in self._hints and len(self._hints) < _MAX_HINTS:
            near = _nearest(word, known)
            self._hints[key] = f"Did you mean {quote(near)}? " if near else ""
        return self._hints.get(key, "")


def misspelt_key(transition: Transition) -> str:
    """The unknown key in which a transition that leads nowhere names something; empty when there is none."""
    if transition.next is not None:
        return ""
    unknown = (key for key, value in transition.raw.items() if key not in _TRANSITION_KEYS and value)
    return next((key for key in unknown if isinstance(transition.raw[key], str)), "")


def _nearest(word: str, known: tuple[str, ...]) -> str:
    from difflib import get_close_matches

    if len(word) > _LONGEST_NAME:
        return ""
    names = [name for name in known if len(name) <= _LONGEST_NAME]
    same = [name for name in names if name.casefold() == word.casefold()]
    return next(iter(same or get_close_matches(word, names, n=1)), "")


def _keys(state: State) -> Iterator[str]:
    rows = state.properties.get("variables")
    for row in rows if isinstance(rows, list | tuple) else ():
        if isinstance(row, dict) and isinstance(row.get("key"), str):
            yield row["key"].strip()


def _strings(properties: Any) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Every string below ``properties`` with its path. A stack, not recursion: files may nest without bound."""
    stack: list[tuple[tuple[str | int, ...], Any]] = [((), properties)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, dict):
            stack.extend(((*path, key), inner) for key, inner in reversed(value.items()))
        elif isinstance(value, list | tuple):
            stack.extend(((*path, index), inner) for index, inner in reversed(list(enumerate(value))))
