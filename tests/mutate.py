"""A small flow mutator: one slip of the kind designers make, at a seeded place. Used by the tests of the check.

Each mutation says which rules may catch it, and hands back None where the flow offers no place for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from flowlab.model import kinds
from flowlab.model.flow import Condition, Flow, State, Transition

Change = Callable[[Flow, Random], Flow | None]


@dataclass(frozen=True)
class Mutation:
    """A slip, and the rules of which at least one must then find more than before."""

    name: str
    caught_by: tuple[str, ...]
    change: Change


def _swap_state(flow: Flow, old: State, new: State) -> Flow:
    return replace(flow, states=tuple(new if state is old else state for state in flow.states))


def _swap_exit(flow: Flow, state: State, index: int, *new: Transition) -> Flow:
    exits = (*state.transitions[:index], *new, *state.transitions[index + 1 :])
    return _swap_state(flow, state, replace(state, transitions=exits))


def _wired_exits(flow: Flow) -> list[tuple[State, int, Transition]]:
    """Exits whose loss must be noticed: not those at which a conversation may well end, or that only calls take."""
    return [
        (state, index, edge)
        for state in flow.states
        for index, edge in enumerate(state.transitions)
        if edge.next and not kinds.is_closing(state.type, edge.event) and state.name != flow.initial_state
        if edge.event != "callFailure"
    ]


def _of_type(flow: Flow, *types: str) -> list[State]:
    return [state for state in flow.states if state.type in types]


def _with_text(flow: Flow, key: str, part: str = "") -> list[State]:
    return [s for s in flow.states if isinstance(s.properties.get(key), str) and part in s.properties[key]]


def _set(flow: Flow, state: State, **properties: object) -> Flow:
    return _swap_state(flow, state, replace(state, properties={**state.properties, **properties}))


def delete_target(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = rng.choice(_wired_exits(flow))
    return _swap_exit(flow, state, index, replace(edge, next=None, raw={}))


def misspell_target(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = rng.choice(_wired_exits(flow))
    return _swap_exit(flow, state, index, replace(edge, next=f"{edge.next}x"))


def write_name_for_next(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = rng.choice(_wired_exits(flow))
    raw = {"event": edge.event, "name": edge.next}
    return _swap_exit(flow, state, index, replace(edge, next=None, raw=raw))


def misspell_event(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = rng.choice(_wired_exits(flow))
    return _swap_exit(flow, state, index, replace(edge, event=f"{edge.event}ed"))


def rename_state(flow: Flow, rng: Random) -> Flow | None:
    """Only where it is defined: whatever leads to it, or reads its result, keeps the old name."""
    named = {edge.next for state in flow.states for edge in state.transitions}
    state = rng.choice([s for s in flow.states if s.name in named])
    return _swap_state(flow, state, replace(state, name=f"{state.name}_new"))


def rename_variable(flow: Flow, rng: Random) -> Flow | None:
    """Only where it is set, and only one that is set once."""
    rows = [(s, row) for s in _of_type(flow, "set-variables") for row in s.properties["variables"]]
    keys = [row["key"] for _, row in rows]
    texts = repr([(s.properties, s.transitions) for s in flow.states])
    once = [(s, r) for s, r in rows if keys.count(r["key"]) == 1 and f"flow.variables.{r['key']}" in texts]
    if not once:
        return None
    state, row = rng.choice(once)
    new = [{**r, "key": f"{r['key']}s"} if r is row else r for r in state.properties["variables"]]
    return _set(flow, state, variables=new)


def remove_initial(flow: Flow, _rng: Random) -> Flow | None:
    return replace(flow, initial_state="")


def unwire_trigger(flow: Flow, _rng: Random) -> Flow | None:
    start = flow[flow.initial_state]
    exits = tuple(replace(edge, next=None, raw={}) for edge in start.transitions)
    return _swap_state(flow, start, replace(start, transitions=exits))


def invent_widget(flow: Flow, rng: Random) -> Flow | None:
    state = rng.choice(_of_type(flow, "send-message"))
    return _swap_state(flow, state, replace(state, type="send-messages"))


def orphan(flow: Flow, rng: Random) -> Flow | None:
    copy = replace(rng.choice(_of_type(flow, "send-message")), name="left_behind")
    return replace(flow, states=(*flow.states, copy))


def turn_on_itself(flow: Flow, rng: Random) -> Flow | None:
    states = [s for s in _of_type(flow, "set-variables") if s.transitions]
    if not states:
        return None
    state = rng.choice(states)
    return _swap_exit(flow, state, 0, replace(state.transitions[0], next=state.name))


def _branches(flow: Flow, type: str = "equal_to") -> list[tuple[State, int, Transition]]:
    return [
        (state, index, edge)
        for state in _of_type(flow, "split-based-on")
        for index, edge in enumerate(state.transitions)
        if edge.next and len(edge.conditions) == 1 and edge.conditions[0].type == type
    ]


def _edit_condition(flow: Flow, rng: Random, edit: Callable[[Condition], Condition]) -> Flow | None:
    branches = _branches(flow)
    if not branches:
        return None
    state, index, edge = rng.choice(branches)
    return _swap_exit(flow, state, index, replace(edge, conditions=(edit(edge.conditions[0]),)))


def duplicate_option(flow: Flow, rng: Random) -> Flow | None:
    branches = _branches(flow)
    if not branches:
        return None
    state, index, edge = rng.choice(branches)
    shouted = replace(edge.conditions[0], value=f" {edge.conditions[0].value.upper()} ")
    return _swap_exit(flow, state, index, edge, replace(edge, next=None, conditions=(shouted,)))


def widen_before(flow: Flow, rng: Random) -> Flow | None:
    branches = _branches(flow)
    if not branches:
        return None
    state, index, edge = rng.choice(branches)
    wide = replace(edge.conditions[0], type="contains", value=edge.conditions[0].value[:1])
    return _swap_exit(flow, state, index, replace(edge, conditions=(wide,)), edge)


def invent_condition(flow: Flow, rng: Random) -> Flow | None:
    return _edit_condition(flow, rng, lambda condition: replace(condition, type="equals"))


def stray_blank(flow: Flow, rng: Random) -> Flow | None:
    return _edit_condition(flow, rng, lambda condition: replace(condition, value=f"{condition.value} "))


def empty_value(flow: Flow, rng: Random) -> Flow | None:
    return _edit_condition(flow, rng, lambda condition: replace(condition, value=""))


def break_liquid(flow: Flow, rng: Random) -> Flow | None:
    texts = _with_text(flow, "body", "}}")
    if not texts:
        return None
    state = rng.choice(texts)
    return _set(flow, state, body=state.properties["body"].replace("}}", "", 1))


def misspell_group(flow: Flow, rng: Random) -> Flow | None:
    texts = _with_text(flow, "body", "flow.variables.")
    if not texts:
        return None
    state = rng.choice(texts)
    return _set(flow, state, body=state.properties["body"].replace("flow.variables.", "flow.variable."))


def lengthen_text(flow: Flow, rng: Random) -> Flow | None:
    state = rng.choice(_with_text(flow, "body"))
    return _set(flow, state, body=state.properties["body"] + " and so on" * 170)


def wait_a_week(flow: Flow, rng: Random) -> Flow | None:
    return _set(flow, rng.choice(_of_type(flow, "send-and-wait-for-reply")), timeout=str(7 * 86_400))


def lengthen_attributes(flow: Flow, rng: Random) -> Flow | None:
    handoffs = _with_text(flow, "attributes")
    return _set(flow, rng.choice(handoffs), attributes='{"note": "%s"}' % ("x" * 1_100)) if handoffs else None


def break_attributes(flow: Flow, rng: Random) -> Flow | None:
    handoffs = _with_text(flow, "attributes")
    return _set(flow, rng.choice(handoffs), attributes="{'skill': 'billing'}") if handoffs else None


UNWIRED = (
    "flow-silent-end",
    "wait-no-timeout",
    "wait-no-delivery-failure",
    "split-no-match-unwired",
    "handoff-no-failure-path",
)

MUTATIONS: tuple[Mutation, ...] = (
    Mutation("delete target", UNWIRED, delete_target),
    Mutation("misspell target", ("flow-dangling-next",), misspell_target),
    Mutation("name for next", ("flow-next-misspelt",), write_name_for_next),
    Mutation("misspell event", ("flow-unknown-event",), misspell_event),
    Mutation("rename state", ("flow-dangling-next",), rename_state),
    Mutation("rename variable", ("var-never-set",), rename_variable),
    Mutation("remove initial", ("flow-missing-initial",), remove_initial),
    Mutation("unwire trigger", ("flow-no-way-in",), unwire_trigger),
    Mutation("invent widget", ("flow-unknown-widget",), invent_widget),
    Mutation("orphan", ("flow-unreachable",), orphan),
    Mutation("turn on itself", ("flow-endless-loop",), turn_on_itself),
    Mutation("duplicate option", ("split-duplicate-option",), duplicate_option),
    Mutation("widen before", ("split-can-never-match",), widen_before),
    Mutation("invent condition", ("split-unknown-condition",), invent_condition),
    Mutation("stray blank", ("split-value-blank-edge",), stray_blank),
    Mutation("empty value", ("split-value-missing",), empty_value),
    Mutation("break Liquid", ("liquid-broken",), break_liquid),
    Mutation("misspell group", ("var-unknown-root",), misspell_group),
    Mutation("lengthen text", ("text-too-long",), lengthen_text),
    Mutation("wait a week", ("wait-too-long",), wait_a_week),
    Mutation("lengthen attributes", ("attributes-too-long",), lengthen_attributes),
    Mutation("break attributes", ("attributes-not-json",), break_attributes),
)
