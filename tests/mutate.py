"""A small flow mutator: one slip of the kind designers make, at a seeded place. Used by the tests of the check.

Each mutation says which rules may catch it, and hands back None where the flow offers no place for it. These are slips
in what leads where; those in what is said stand in ``mutate_texts``, those in what a step holds in ``mutate_parts``,
and changes that mean nothing in ``mutate_nothing``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from random import Random
from typing import Any

from flowlab.model import kinds
from flowlab.model.flow import Condition, Flow, State, Transition

Change = Callable[[Flow, Random], Flow | None]


@dataclass(frozen=True)
class Mutation:
    """A slip, and the rules of which at least one must then find more than before."""

    name: str
    caught_by: tuple[str, ...]
    change: Change

    def made(self, flow: Flow, seed: int) -> Flow | None:
        """The flow with the slip; None where it offers no place for it."""
        try:
            return self.change(flow, Random(seed))
        except NoPlace:
            return None


class NoPlace(Exception):
    """The flow offers no place for a mutation."""


def choose(rng: Random, places: Sequence[Any]) -> Any:
    """One of the places. Raises NoPlace where there is none."""
    if not places:
        raise NoPlace
    return rng.choice(places)


def swap_state(flow: Flow, old: State, new: State) -> Flow:
    return replace(flow, states=tuple(new if state is old else state for state in flow.states))


def swap_exit(flow: Flow, state: State, index: int, *new: Transition) -> Flow:
    exits = (*state.transitions[:index], *new, *state.transitions[index + 1 :])
    return swap_state(flow, state, replace(state, transitions=exits))


def wired_exits(flow: Flow) -> list[tuple[State, int, Transition]]:
    """Exits whose loss must be noticed: not those at which a conversation may well end, or that only calls take."""
    return [
        (state, index, edge)
        for state in flow.states
        for index, edge in enumerate(state.transitions)
        if edge.next and not kinds.is_closing(state.type, edge.event) and state.name != flow.initial_state
        if edge.event != "callFailure"
    ]


def of_type(flow: Flow, *types: str) -> list[State]:
    return [state for state in flow.states if state.type in types]


def with_text(flow: Flow, key: str, part: str = "") -> list[State]:
    return [s for s in flow.states if isinstance(s.properties.get(key), str) and part in s.properties[key]]


def set_(flow: Flow, state: State, **properties: object) -> Flow:
    return swap_state(flow, state, replace(state, properties={**state.properties, **properties}))


@dataclass(frozen=True)
class Text:
    """A text in which Liquid may stand, and how to put another in its place."""

    key: str
    text: str
    put: Callable[[str], Flow]


def text_places(flow: Flow) -> list[Text]:
    """The texts of a flow: string properties, values of rows, inputs of splits (with the conditions that test them)."""
    return [text for state in flow.states for text in _texts_of(flow, state)]


def _texts_of(flow: Flow, state: State) -> Iterator[Text]:
    for key, value in state.properties.items():
        if isinstance(value, str) and state.type == "split-based-on":
            yield Text(key, value, partial(_put_input, flow, state))
        elif isinstance(value, str):
            yield Text(key, value, lambda new, key=key: set_(flow, state, **{key: new}))  # type: ignore[misc]
        elif isinstance(value, list):
            for index, row in enumerate(value):
                yield Text(key, str(row.get("value", "")), partial(_put_row, flow, state, key, index))


def _put_row(flow: Flow, state: State, key: str, index: int, new: str) -> Flow:
    rows = list(state.properties[key])
    rows[index] = {**rows[index], "value": new}
    return set_(flow, state, **{key: rows})


def _put_input(flow: Flow, state: State, new: str) -> Flow:
    exits = tuple(
        replace(e, conditions=tuple(replace(c, arguments=(new,)) for c in e.conditions)) for e in state.transitions
    )
    return swap_state(flow, state, replace(state, transitions=exits, properties={**state.properties, "input": new}))


def delete_target(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, wired_exits(flow))
    return swap_exit(flow, state, index, replace(edge, next=None, raw={}))


def misspell_target(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, wired_exits(flow))
    return swap_exit(flow, state, index, replace(edge, next=f"{edge.next}x"))


def write_name_for_next(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, wired_exits(flow))
    raw = {"event": edge.event, "name": edge.next}
    return swap_exit(flow, state, index, replace(edge, next=None, raw=raw))


def misspell_event(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, wired_exits(flow))
    return swap_exit(flow, state, index, replace(edge, event=f"{edge.event}ed"))


def rename_state(flow: Flow, rng: Random) -> Flow | None:
    """Only where it is defined: whatever leads to it, or reads its result, keeps the old name."""
    named = {edge.next for state in flow.states for edge in state.transitions}
    state = choose(rng, [s for s in flow.states if s.name in named])
    return swap_state(flow, state, replace(state, name=f"{state.name}_new"))


def rename_variable(flow: Flow, rng: Random) -> Flow | None:
    """Only where it is set, and only one that is set once."""
    rows = [(s, row) for s in of_type(flow, "set-variables") for row in s.properties["variables"]]
    keys = [row["key"] for _, row in rows]
    texts = repr([(s.properties, s.transitions) for s in flow.states])
    once = [(s, r) for s, r in rows if keys.count(r["key"]) == 1 and f"flow.variables.{r['key']}" in texts]
    if not once:
        return None
    state, row = choose(rng, once)
    new = [{**r, "key": f"{r['key']}s"} if r is row else r for r in state.properties["variables"]]
    return set_(flow, state, variables=new)


def remove_initial(flow: Flow, _rng: Random) -> Flow | None:
    return replace(flow, initial_state="")


def unwire_trigger(flow: Flow, _rng: Random) -> Flow | None:
    start = flow[flow.initial_state]
    exits = tuple(replace(edge, next=None, raw={}) for edge in start.transitions)
    return swap_state(flow, start, replace(start, transitions=exits))


def invent_widget(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "send-message"))
    return swap_state(flow, state, replace(state, type="send-messages"))


def orphan(flow: Flow, rng: Random) -> Flow | None:
    copy = replace(choose(rng, of_type(flow, "send-message")), name="left_behind")
    return replace(flow, states=(*flow.states, copy))


def turn_on_itself(flow: Flow, rng: Random) -> Flow | None:
    states = [s for s in of_type(flow, "set-variables") if s.transitions]
    if not states:
        return None
    state = choose(rng, states)
    return swap_exit(flow, state, 0, replace(state.transitions[0], next=state.name))


def exact_branches(flow: Flow, type: str = "equal_to") -> list[tuple[State, int, Transition]]:
    return [
        (state, index, edge)
        for state in of_type(flow, "split-based-on")
        for index, edge in enumerate(state.transitions)
        if edge.next and len(edge.conditions) == 1 and edge.conditions[0].type == type
    ]


def _edit_condition(flow: Flow, rng: Random, edit: Callable[[Condition], Condition]) -> Flow | None:
    branches = exact_branches(flow)
    if not branches:
        return None
    state, index, edge = choose(rng, branches)
    return swap_exit(flow, state, index, replace(edge, conditions=(edit(edge.conditions[0]),)))


def duplicate_option(flow: Flow, rng: Random) -> Flow | None:
    branches = exact_branches(flow)
    if not branches:
        return None
    state, index, edge = choose(rng, branches)
    shouted = replace(edge.conditions[0], value=f" {edge.conditions[0].value.upper()} ")
    return swap_exit(flow, state, index, edge, replace(edge, next=None, conditions=(shouted,)))


def widen_before(flow: Flow, rng: Random) -> Flow | None:
    branches = exact_branches(flow)
    if not branches:
        return None
    state, index, edge = choose(rng, branches)
    wide = replace(edge.conditions[0], type="contains", value=edge.conditions[0].value[:1])
    return swap_exit(flow, state, index, replace(edge, conditions=(wide,)), edge)


def invent_condition(flow: Flow, rng: Random) -> Flow | None:
    return _edit_condition(flow, rng, lambda condition: replace(condition, type="equals"))


def stray_blank(flow: Flow, rng: Random) -> Flow | None:
    return _edit_condition(flow, rng, lambda condition: replace(condition, value=f"{condition.value} "))


def empty_value(flow: Flow, rng: Random) -> Flow | None:
    return _edit_condition(flow, rng, lambda condition: replace(condition, value=""))


def break_liquid(flow: Flow, rng: Random) -> Flow | None:
    texts = with_text(flow, "body", "}}")
    if not texts:
        return None
    state = choose(rng, texts)
    return set_(flow, state, body=state.properties["body"].replace("}}", "", 1))


def misspell_group(flow: Flow, rng: Random) -> Flow | None:
    texts = with_text(flow, "body", "flow.variables.")
    if not texts:
        return None
    state = choose(rng, texts)
    return set_(flow, state, body=state.properties["body"].replace("flow.variables.", "flow.variable."))


def lengthen_text(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, with_text(flow, "body"))
    return set_(flow, state, body=state.properties["body"] + " and so on" * 170)


def wait_a_week(flow: Flow, rng: Random) -> Flow | None:
    return set_(flow, choose(rng, of_type(flow, "send-and-wait-for-reply")), timeout=str(7 * 86_400))


def lengthen_attributes(flow: Flow, rng: Random) -> Flow | None:
    handoffs = with_text(flow, "attributes")
    return set_(flow, choose(rng, handoffs), attributes='{"note": "%s"}' % ("x" * 1_100)) if handoffs else None


def break_attributes(flow: Flow, rng: Random) -> Flow | None:
    handoffs = with_text(flow, "attributes")
    return set_(flow, choose(rng, handoffs), attributes="{'skill': 'billing'}") if handoffs else None


def delete_exit(flow: Flow, rng: Random) -> Flow | None:
    """The whole exit, not only where it leads; a branch of a split is one among many and may well go."""
    state, index, _ = choose(rng, [found for found in wired_exits(flow) if found[2].event != "match"])
    return swap_exit(flow, state, index)


def rewired(flow: Flow, old: str, new: str) -> Flow:
    """What led to one state leads to another."""

    def led(state: State) -> State:
        exits = (replace(edge, next=new) if edge.next == old else edge for edge in state.transitions)
        return replace(state, transitions=tuple(exits))

    start = new if flow.initial_state == old else flow.initial_state
    return replace(flow, states=tuple(map(led, flow.states)), initial_state=start)


def duplicate_state(flow: Flow, rng: Random) -> Flow | None:
    """A copy under another name, to which one exit leads now."""
    state, index, edge = choose(rng, [f for f in wired_exits(flow) if flow[f[2].next or ""].type == "send-message"])
    original = flow[edge.next or ""]
    copied = swap_exit(flow, state, index, replace(edge, next=f"{original.name}_copy"))
    return replace(copied, states=(*copied.states, replace(original, name=f"{original.name}_copy")))


def change_case_of_target(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, wired_exits(flow))
    return swap_exit(flow, state, index, replace(edge, next=(edge.next or "").capitalize()))


def change_case_of_event(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, [f for f in wired_exits(flow) if f[2].event != f[2].event.lower()])
    return swap_exit(flow, state, index, replace(edge, event=edge.event.lower()))


def blank_in_name(flow: Flow, rng: Random) -> Flow | None:
    """The new name with a blank, wherever an exit leads there."""
    state = choose(rng, of_type(flow, "send-message"))
    new = state.name.replace("_", " ", 1)
    return rewired(swap_state(flow, state, replace(state, name=new)), state.name, new)


def name_by_case(flow: Flow, rng: Random) -> Flow | None:
    one, other = rng.sample(of_type(flow, "send-message"), 2)
    new = other.name.upper()
    return rewired(swap_state(flow, one, replace(one, name=new)), one.name, new)


def trap(flow: Flow, rng: Random) -> Flow | None:
    """Every exit of a step leads back to it."""
    state = choose(rng, of_type(flow, "send-message", "split-based-on"))
    exits = tuple(replace(edge, next=state.name) for edge in state.transitions)
    return swap_state(flow, state, replace(state, transitions=exits))


def start_elsewhere(flow: Flow, rng: Random) -> Flow | None:
    return replace(flow, initial_state=choose(rng, flow.states[1:]).name)


def exit_twice(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, [f for f in wired_exits(flow) if f[2].event != "match"])
    return swap_exit(flow, state, index, edge, replace(edge, next=flow.states[1].name))


def _hours_splits(flow: Flow) -> list[State]:
    return [s for s in of_type(flow, "split-based-on") if str(s.properties["input"]).endswith("parsed.open}}")]


def remove_after_hours(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, _hours_splits(flow))
    index = next(n for n, edge in enumerate(state.transitions) if edge.event == "noMatch")
    return swap_exit(flow, state, index, replace(state.transitions[index], next=None, raw={}))


def same_after_hours(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, _hours_splits(flow))
    target = next(edge.next for edge in state.transitions if edge.event == "match")
    exits = tuple(replace(edge, next=target) for edge in state.transitions)
    return swap_state(flow, state, replace(state, transitions=exits))


def all_branches_alike(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, [s for s in of_type(flow, "split-based-on") if len({e.next for e in s.transitions}) > 1])
    exits = tuple(replace(edge, next=state.transitions[0].next) for edge in state.transitions)
    return swap_state(flow, state, replace(state, transitions=exits))


UNWIRED = (
    "flow-silent-end",
    "wait-no-timeout",
    "wait-no-delivery-failure",
    "split-no-match-unwired",
    "handoff-no-failure-path",
    "hours-one-sided",
)

FIRST: tuple[Mutation, ...] = (
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
    Mutation("delete exit", ("flow-exit-missing", *UNWIRED), delete_exit),
    Mutation("duplicate state", ("flow-duplicate-state",), duplicate_state),
    Mutation("case of a target", ("flow-dangling-next",), change_case_of_target),
    Mutation("case of an event", ("flow-unknown-event",), change_case_of_event),
    Mutation("blank in a name", ("flow-name-form",), blank_in_name),
    Mutation("names by case", ("flow-names-by-case",), name_by_case),
    Mutation("trap", ("flow-endless-loop",), trap),
    Mutation("start elsewhere", ("flow-initial-not-trigger",), start_elsewhere),
    Mutation("exit twice", ("flow-duplicate-exit",), exit_twice),
    Mutation("remove after-hours path", ("hours-one-sided",), remove_after_hours),
    Mutation("after hours as before", ("hours-one-sided",), same_after_hours),
    Mutation("all branches alike", ("split-decides-nothing", "hours-one-sided"), all_branches_alike),
)
