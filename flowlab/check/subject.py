"""What is under check, with what several rules ask about it worked out once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

from flowlab.check.liquid import Liquid, liquid
from flowlab.check.order import Before
from flowlab.check.rule import Need
from flowlab.errors import nearest
from flowlab.model.channel import Channel
from flowlab.model.content import ContentTemplate
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.kinds import TRIGGER_EVENTS
from flowlab.model.opening import Opening
from flowlab.model.routing import Workflow, Workspace
from flowlab.text.plain import quote

#: What a transition may carry; ``uuid`` is the legacy schema's.
TRANSITION_KEYS = frozenset({"event", "next", "conditions", "uuid"})
#: Near matches cost time and nobody reads the fifty-first.
_MAX_HINTS = 50


class Text(NamedTuple):
    """A string of a state in which Liquid may stand. ``key``: its property, or ``value``, ``arguments``."""

    state: State
    path: str
    text: str
    key: str = ""

    @property
    def liquid(self) -> Liquid:
        return liquid(self.text)


class Read(NamedTuple):
    """A variable that a text reads: ``parts`` is its path, for instance ``("flow", "variables", "n")``.

    ``guarded``: the text says itself what happens without it, by ``default`` or a test.
    """

    state: State
    path: str
    parts: tuple[str, ...]
    key: str = ""
    guarded: bool = False

    @property
    def dotted(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True)
class Subject:
    """A flow, the channels to judge it for, and its routing where that was given.

    Everything here is linear in the size of the flow. Where a workflow alone is checked, ``flow`` has no states.
    """

    flow: Flow
    channels: tuple[Channel, ...] = ()
    workflow: Workflow | None = None
    workspace: Workspace | None = None
    hours: Opening | None = None
    content: Mapping[str, ContentTemplate] = field(default_factory=dict)
    _hints: dict[tuple[str, tuple[str, ...]], str] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def given(self) -> frozenset[Need]:
        """What there is to look at: a rule runs where all that it needs is among it."""
        there: dict[Need, bool] = {
            "flow": bool(self.flow.states or self.workflow is None),
            "workflow": self.workflow is not None,
            "workspace": self.workspace is not None,
            "hours": self.hours is not None and bool(self.hours.calendars),
            "content": bool(self.content),
        }
        return frozenset(need for need, is_there in there.items() if is_there)

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

    @cached_property
    def _by_type(self) -> dict[str, list[State]]:
        found: dict[str, list[State]] = {}
        for state in self.flow.states:
            found.setdefault(state.type, []).append(state)
        return found

    def of_type(self, *types: str) -> Iterator[State]:
        """The states of these widget types, in file order within a type."""
        return (state for wanted in types for state in self._by_type.get(wanted, ()))

    @property
    def start(self) -> State | None:
        """The first state of the flow; None where it names none."""
        return self.flow.by_name.get(self.flow.initial_state)

    @cached_property
    def entered_by(self) -> frozenset[str]:
        """The trigger's events that lead somewhere; all of them where the flow does not start at a trigger."""
        start = self.start
        if start is None or start.type != "trigger":
            return frozenset(TRIGGER_EVENTS)
        return frozenset(t.event for t in start.transitions if t.next is not None)

    @property
    def is_subflow(self) -> bool:
        """Whether another flow can start this one, and so bring variables of its own and read what this one sets."""
        return "incomingParent" in self.entered_by

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Every string in which Studio renders Liquid, in file order."""
        return tuple(text for state in self.flow.states for text in self._texts_of(state))

    def _texts_of(self, state: State) -> Iterator[Text]:
        for steps, value in _strings(state.properties):
            # Studio takes the sub-flow's sid as it is written; the rest of a widget's strings are templates.
            if steps != ("flow_sid",):
                yield Text(state, self.path(state, "properties", *steps), value, str(steps[0]) if steps else "")
        for index, transition in enumerate(state.transitions):
            for number, condition in enumerate(transition.conditions):
                place = ("transitions", index, "conditions", number)
                yield Text(state, self.path(state, *place, "value"), condition.value, "value")
                for argument in condition.arguments:
                    yield Text(state, self.path(state, *place, "arguments"), argument, "arguments")

    @cached_property
    def reads(self) -> tuple[Read, ...]:
        """Every variable that is read: once a state and variable, at the first place that does not guard it."""
        found: dict[tuple[str, str], Read] = {}
        for text in self.texts:
            look = text.liquid
            for dotted in sorted(look.reads):
                read = Read(text.state, text.path, tuple(dotted.split(".")), text.key, dotted in look.guarded)
                known = found.get((text.state.name, dotted))
                if known is None or (known.guarded and not read.guarded):
                    found[text.state.name, dotted] = read
        return tuple(found.values())

    @cached_property
    def keys_set(self) -> dict[str, tuple[str, ...]]:
        """The variable names that each set-variables state sets, by state name."""
        return {state.name: tuple(key for _, key, _ in rows(state)) for state in self.of_type("set-variables")}

    @cached_property
    def setters(self) -> dict[str, str]:
        """The first state that sets a variable, by the variable's name (up to its first dot)."""
        found: dict[str, str] = {}
        for state, keys in self.keys_set.items():
            for key in keys:
                found.setdefault(key.split(".")[0], state)
        return found

    @cached_property
    def sets_all(self) -> bool:
        """Whether :attr:`setters` knows every variable there can be: no name is a template, no flow stands above."""
        return not self.is_subflow and not any("{{" in key or "{%" in key for key in self.setters)

    def targets(self, state: State) -> Iterator[str]:
        """The existing states a state leads to."""
        return (t.next for t in state.transitions if t.next in self.flow.by_name)

    @cached_property
    def reachable(self) -> frozenset[str]:
        """The states some path leads to from the first one; empty when there is no first one."""
        return self.reached_from([self.flow.initial_state])

    def reached_from(self, names: Iterable[str]) -> frozenset[str]:
        """These states (those that exist) and all that some path leads to from them."""
        seen = {name for name in names if name in self.flow.by_name}
        waiting = list(seen)
        while waiting:
            new = set(self.targets(self.flow.by_name[waiting.pop()])) - seen
            seen |= new
            waiting.extend(new)
        return frozenset(seen)

    @cached_property
    def has_open_ends(self) -> bool:
        """Whether a ``${...}`` that deployment fills in stands where an exit or the flow names a state."""
        ends = (transition.next for state in self.flow.states for transition in state.transitions)
        return any("${" in end for end in (self.flow.initial_state, *ends) if end)

    @cached_property
    def before(self) -> Before:
        """What has happened before each state that can be reached."""
        return Before(self)

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
            near = nearest(word, known)
            self._hints[key] = f"Did you mean {quote(near)}? " if near else ""
        return self._hints.get(key, "")


def misspelt_key(transition: Transition) -> str:
    """The unknown key in which a transition that leads nowhere names something; empty when there is none."""
    if transition.next is not None:
        return ""
    unknown = (key for key, value in transition.raw.items() if key not in TRANSITION_KEYS and value)
    return next((key for key in unknown if isinstance(transition.raw[key], str)), "")


def rows(state: State, property: str = "variables") -> Iterator[tuple[int, str, Any]]:
    """The rows of a list property that have a key: place, key, value."""
    given = state.properties.get(property)
    for index, row in enumerate(given if isinstance(given, list | tuple) else ()):
        if isinstance(row, dict) and isinstance(row.get("key"), str):
            yield index, row["key"].strip(), row.get("value")


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
