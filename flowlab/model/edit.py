"""Edits of a flow: each gives a new flow, in which all that was not edited is as it was, down to the JSON.

The methods of :class:`~flowlab.model.flow.Flow` are the way in.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NoReturn

from flowlab.errors import FlowError, did_you_mean
from flowlab.model.liquid_names import rename_in_json, rename_in_text

if TYPE_CHECKING:
    from flowlab.model.flow import Condition, Flow, State, Transition

#: Widget type -> the property that holds what the step says, tests or calls.
_TEXTS = {
    "send-message": "body",
    "send-and-wait-for-reply": "body",
    "say-play": "say",
    "gather-input-on-call": "say",
    "split-based-on": "input",
    "make-http-request": "url",
    "run-function": "url",
    "run-subflow": "flow_sid",
    "send-to-flex": "workflow",
}
#: Twilio docs, *Get Started with Twilio Studio*: a name starts with a letter and has no spaces or full stops.
_NAME = re.compile(r"[^\W\d_][\w-]*")


def with_states(flow: Flow, states: tuple[State, ...]) -> Flow:
    """States put in the place of those of the same name, or added at the end. See ``Flow.with_state``."""
    new = {state.name: state for state in states}
    kept = [new.pop(state.name, state) for state in flow.states]
    for name in new:
        _must_be_a_name(name)
    made = replace(flow, states=(*kept, *new.values()))
    for state in states:
        if not state.type:
            raise FlowError(f"state {state.name!r} has no type: give it a Studio widget type such as 'send-message'")
        before = {t.next for t in flow.by_name[state.name].transitions} if state.name in flow.by_name else set()
        for transition in state.transitions:
            if transition.next is not None and transition.next not in before:
                _must_lead_somewhere(made, transition.next)
    return made


def without(flow: Flow, name: str, rewire_to: str | None) -> Flow:
    """A state taken out. See ``Flow.without``."""
    removed = flow[name]
    rest = replace(flow, states=tuple(state for state in flow.states if state is not removed))
    if rewire_to is not None:
        _must_lead_somewhere(rest, rewire_to)
    if flow.initial_state == name:
        if rewire_to is None:
            raise FlowError(f"flow {flow.name!r} starts at {name!r}: say where it starts now, with rewire_to=STATE")
        rest = replace(rest, initial_state=rewire_to)
    return _each_exit(rest, lambda one: replace(one, next=rewire_to) if one.next == name else one)


def rewire(flow: Flow, name: str, exit: Callable[[State], int], to: str | None) -> Flow:
    """One exit led elsewhere; ``exit`` finds its index in the state. See ``Flow.rewire``."""
    state = flow[name]
    if to is not None:
        _must_lead_somewhere(flow, to)
    at = exit(state)
    exits = [*state.transitions]
    exits[at] = replace(exits[at], next=to)
    return _with(flow, state, replace(state, transitions=tuple(exits)))


def exit_of(event: str, value: str | None, index: int | None) -> Callable[[State], int]:
    """What finds an exit in a state: by its event, and where several share it, by condition value or by number."""

    def find(state: State) -> int:
        found = [(at, one) for at, one in enumerate(state.transitions) if one.event == event]
        if not found:
            known = list(dict.fromkeys(one.event for one in state.transitions))
            raise FlowError(f"state {state.name!r} has no exit {event!r}. {did_you_mean(event, known)}")
        if index is not None and not 0 <= index < len(found):
            raise FlowError(
                f"state {state.name!r} has {len(found)} exits {event!r}, counted from 0: there is no {index}"
            )
        found = found if index is None else [found[index]]
        if value is not None:
            found = [(at, one) for at, one in found if value in _values(one)] or _no_branch(state, value, found)
        if len(found) > 1:
            labels = "; ".join(f"{n}: {one.label}" for n, (_, one) in enumerate(found))
            which = f"state {state.name!r} has {len(found)} exits {event!r}; say which by value= or index="
            raise FlowError(f"{which} ({labels})")
        return found[0][0]

    return find


def _values(exit: Transition) -> list[str]:
    return [condition.value for condition in exit.conditions]


def _no_branch(state: State, value: str, found: list[tuple[int, Transition]]) -> NoReturn:
    known = [known for _, one in found for known in _values(one)]
    raise FlowError(f"state {state.name!r} has no branch with the value {value!r}. {did_you_mean(value, known)}")


def rename(flow: Flow, old: str, new: str) -> Flow:
    """A state called otherwise, wherever it is named. See ``Flow.rename``."""
    state = flow[old]
    if new == old:
        return flow
    _must_be_a_name(new)
    if new in flow.by_name:
        raise FlowError(f"flow {flow.name!r} has a state {new!r} already: choose another name for {old!r}")
    states = tuple(
        replace(one, name=new if one is state else one.name, properties=rename_in_json(one.properties, old, new))
        for one in flow.states
    )
    start = new if flow.initial_state == old else flow.initial_state
    return _each_exit(replace(flow, states=states, initial_state=start), lambda one: _renamed(one, old, new))


def _renamed(exit: Transition, old: str, new: str) -> Transition:
    conditions = tuple(
        replace(
            one,
            value=rename_in_text(one.value, old, new),
            arguments=tuple(rename_in_text(argument, old, new) for argument in one.arguments),
            label=rename_in_text(one.label, old, new),
        )
        for one in exit.conditions
    )
    return replace(exit, next=new if exit.next == old else exit.next, conditions=conditions)


def with_text(flow: Flow, name: str, text: str) -> Flow:
    """What a step says, tests or calls, said otherwise. See ``Flow.with_text``."""
    state = flow[name]
    key = _TEXTS.get(state.type)
    if key is None:
        raise FlowError(f"state {name!r} is a {state.type}, which has no text of its own: use with_properties")
    return with_properties(flow, name, {key: text})


def with_properties(flow: Flow, name: str, changes: Mapping[str, Any]) -> Flow:
    """Properties changed, or taken away. See ``Flow.with_properties``."""
    state = flow[name]
    for key, value in changes.items():
        if not _is_json(value):
            raise FlowError(f"state {name!r}, property {key!r}: {value!r} is nothing that JSON can hold")
    gone = {key for key, value in changes.items() if value is None}
    properties = {key: value for key, value in {**state.properties, **changes}.items() if key not in gone}
    made = replace(state, properties=properties)
    was, now = state.properties.get("input"), changes.get("input")
    if state.type == "split-based-on" and isinstance(was, str) and isinstance(now, str):
        made = _testing(made, was, now)
    return _with(flow, state, made)


def _testing(state: State, was: str, now: str) -> State:
    """A split whose branches test the new input where they tested the old: it is their arguments that decide."""

    def test(condition: Condition) -> Condition:
        return replace(condition, arguments=tuple(now if one == was else one for one in condition.arguments))

    exits = (replace(one, conditions=tuple(map(test, one.conditions))) for one in state.transitions)
    return replace(state, transitions=tuple(exits))


def _with(flow: Flow, old: State, new: State) -> Flow:
    return replace(flow, states=tuple(new if state is old else state for state in flow.states))


def _each_exit(flow: Flow, change: Callable[[Transition], Transition]) -> Flow:
    states = []
    for state in flow.states:
        exits = tuple(map(change, state.transitions))
        states.append(state if exits == state.transitions else replace(state, transitions=exits))
    return replace(flow, states=tuple(states))


def _must_lead_somewhere(flow: Flow, name: str) -> None:
    if name not in flow.by_name:
        raise FlowError(
            f"flow {flow.name!r} has no state {name!r} to lead to. {did_you_mean(name, list(flow.by_name))}"
        )


def _must_be_a_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise FlowError(f"{name!r} cannot be a state's name: it starts with a letter, and has letters, digits, _ and -")


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    return True
