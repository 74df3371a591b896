"""A flow as data: states joined by transitions. The dataclasses are the truth; :attr:`Flow.graph` is a view."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowlab.errors import FlowError, did_you_mean
from flowlab.model import kinds

if TYPE_CHECKING:
    import networkx as nx

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison of a split: ``type`` is one of the 17 names in Twilio's *Split Based On* page.

    ``label`` is the caption the console shows (``friendly_name``); it decides nothing.
    """

    type: str
    value: str = ""
    arguments: tuple[str, ...] = ()
    label: str = ""
    raw: Json = field(default_factory=dict, compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.type} {self.value}" if self.value else self.type


@dataclass(frozen=True, slots=True)
class Transition:
    """An exit of a state: when ``event`` happens (and every condition holds), go to the state named ``next``.

    ``next`` is None where the exit leads nowhere: the run ends there. ``raw`` keeps what the file said, so that
    unknown keys survive.
    """

    event: str
    next: str | None = None
    conditions: tuple[Condition, ...] = ()
    raw: Json = field(default_factory=dict, compare=False, repr=False)

    @property
    def condition(self) -> str:
        """The conditions in words; empty for an unconditional exit."""
        return " and ".join(map(str, self.conditions))

    @property
    def label(self) -> str:
        """What to write on the edge: the condition of a ``match``, else the event."""
        return self.condition or self.event


@dataclass(frozen=True, slots=True)
class State:
    """A node of the flow. ``type`` is the Studio widget type; ``properties`` are the widget's own, as in the file."""

    name: str
    type: str
    transitions: tuple[Transition, ...] = ()
    properties: Json = field(default_factory=dict)
    raw: Json = field(default_factory=dict, compare=False, repr=False)

    @property
    def family(self) -> kinds.Family:
        return kinds.family_of(self.type)

    @property
    def text(self) -> str:
        """What the step says, tests or calls: the first thing to read about it. Liquid is left as it is."""
        return str(self.properties[self.text_key]) if self.text_key else ""

    @property
    def text_key(self) -> str:
        """The property that holds :attr:`text`; empty where there is none."""
        for key in ("body", "say", "input", "url", "flow_sid", "workflow"):
            value = self.properties.get(key)
            if isinstance(value, str) and value:
                return key
        return ""

    @property
    def silent_exits(self) -> tuple[Transition, ...]:
        """Unwired exits at which the conversation stops without a word to the customer.

        A trigger's unwired events are not among them: nothing has begun there.
        """
        if self.type == "trigger":
            return ()
        return tuple(t for t in self.transitions if t.next is None and not kinds.is_closing(self.type, t.event))


@dataclass(frozen=True)
class Flow:
    """A Studio flow: states, the name of the first one, and everything else its file said.

    ``name`` and ``source`` tell people which flow it is (friendly name or file name; path). ``envelope`` is how the
    definition was wrapped in the file, so that writing gives the same shape back; see :mod:`flowlab.formats.studio`.
    """

    states: tuple[State, ...]
    initial_state: str = ""
    description: str = ""
    name: str = "flow"
    source: str = ""
    raw: Json = field(default_factory=dict, compare=False, repr=False)
    envelope: Any = field(default=None, compare=False, repr=False)

    @cached_property
    def by_name(self) -> dict[str, State]:
        """States by name; of two with the same name the first, as a run takes it."""
        named: dict[str, State] = {}
        for state in self.states:
            named.setdefault(state.name, state)
        return named

    def __getitem__(self, name: str) -> State:
        """The state of that name.

        Raises FlowError naming near matches when there is none.
        """
        try:
            return self.by_name[name]
        except KeyError:
            hint = did_you_mean(name, list(self.by_name))
            raise FlowError(f"flow {self.name!r} has no state {name!r}. {hint}") from None

    def __iter__(self) -> Iterator[State]:
        return iter(self.states)

    def __len__(self) -> int:
        return len(self.states)

    def __repr__(self) -> str:
        return f"<Flow {self.name!r}: {len(self)} states, starts at {self.initial_state!r}>"

    def with_state(self, *states: State) -> Flow:
        """A flow with these states: each in the place of the one of its name, or at the end.

        Raises FlowError where a state has no type or an impossible name, or a new exit leads to no state.

        >>> hello = Flow((State("hi", "send-message", (Transition("sent"),)),), "hi")
        >>> bye = State("bye", "send-message", (Transition("sent"),), {"body": "Bye"})
        >>> [state.name for state in hello.with_state(bye, State("hi", "hold", (Transition("next", "bye"),)))]
        ['hi', 'bye']
        """
        from flowlab.model.edit import with_states

        return with_states(self, states)

    def without(self, name: str, rewire_to: str | None = None) -> Flow:
        """A flow without a state. The exits that led to it lead to ``rewire_to``, or nowhere.

        Raises FlowError where there is no such state, or where the flow starts at it and ``rewire_to`` is missing.

        >>> hi, bye = State("hi", "send-message", (Transition("sent", "bye"),)), State("bye", "send-message")
        >>> Flow((hi, bye), "hi").without("bye")["hi"].transitions[0].next is None
        True
        """
        from flowlab.model.edit import without

        return without(self, name, rewire_to)

    def rewire(
        self, state: str, event: str, to: str | None, *, value: str | None = None, index: int | None = None
    ) -> Flow:
        """A flow in which one exit leads to the state ``to``, or nowhere (None).

        Where a state has several exits of that event, the matches of a split, ``value`` is the value of the condition
        and ``index`` counts them from 0. Raises FlowError where there is no such state or exit, or more than one.

        >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage"), Transition("timeout")))
        >>> Flow((ask,), "ask").rewire("ask", "timeout", "ask")["ask"].transitions[1].next
        'ask'
        """
        from flowlab.model.edit import exit_of, rewire

        return rewire(self, state, exit_of(event, value, index), to)

    def rename(self, old: str, new: str) -> Flow:
        """A flow in which a state is called otherwise: where it stands, in exits, as the first state, and wherever
        Liquid reads it (``{{widgets.OLD.inbound.Body}}``, ``widgets["OLD"]``). Words outside of Liquid stay.

        Raises FlowError where there is no such state, the new name is taken, or it is none that Studio takes.

        >>> ask = State("ask", "send-and-wait-for-reply", (Transition("timeout", "ask"),))
        >>> tell = State("tell", "send-message", (), {"body": "You ask: {{widgets.ask.inbound.Body}}"})
        >>> flow = Flow((ask, tell), "ask").rename("ask", "who")
        >>> flow.initial_state, flow["who"].transitions[0].next, flow["tell"].text
        ('who', 'who', 'You ask: {{widgets.who.inbound.Body}}')
        """
        from flowlab.model.edit import rename

        return rename(self, old, new)

    def with_text(self, state: str, text: str) -> Flow:
        """A flow in which a step says, tests or calls something else: its ``body``, ``say``, ``input``, ``url`` ...

        Raises FlowError where there is no such state, or its kind of step has no text.

        >>> hello = Flow((State("hi", "send-message", (), {"body": "Hello"}),), "hi")
        >>> hello.with_text("hi", "Good morning")["hi"].properties["body"], hello["hi"].text
        ('Good morning', 'Hello')
        """
        from flowlab.model.edit import with_text

        return with_text(self, state, text)

    def with_properties(self, state: str, /, **changes: Any) -> Flow:
        """A flow in which a state has other properties; None takes one away. A split's branches follow its ``input``.

        Raises FlowError where there is no such state, or a value is nothing that JSON can hold.

        >>> ask = State("ask", "send-and-wait-for-reply", (), {"body": "Who?", "timeout": "60"})
        >>> dict(Flow((ask,), "ask").with_properties("ask", timeout="3600", body=None)["ask"].properties)
        {'timeout': '3600'}
        """
        from flowlab.model.edit import with_properties

        return with_properties(self, state, changes)

    @cached_property
    def graph(self) -> nx.MultiDiGraph:
        """The flow as networkx's own MultiDiGraph. See :func:`flowlab.model.graph.flow_graph` for the contract."""
        from flowlab.model.graph import flow_graph

        return flow_graph(self)

    def _repr_mimebundle_(self, **_kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """In a notebook a flow shows itself as a picture. The drawing room registers how (imports only point down)."""
        from flowlab.model import display

        return display.bundle(self)
