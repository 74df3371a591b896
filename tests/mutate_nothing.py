"""Changes that mean nothing: no rule may find more, or less, than before."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from mutate import choose, of_type, rewired, set_, swap_state, text_places
from mutate_parts import conditions

from flowlab.model.flow import Flow, State

SPLIT = "split-based-on"


def move_on_canvas(flow: Flow, rng: Random) -> Flow:
    return set_(flow, choose(rng, flow.states), offset={"x": rng.randrange(-900, 900), "y": 7})


def order_of_states(flow: Flow, rng: Random) -> Flow:
    return replace(flow, states=tuple(rng.sample(flow.states, len(flow.states))))


def order_of_exits(flow: Flow, rng: Random) -> Flow:
    """Only branches are tried in order."""
    state = choose(rng, [s for s in flow.states if s.type != SPLIT])
    exits = tuple(rng.sample(state.transitions, len(state.transitions)))
    return swap_state(flow, state, replace(state, transitions=exits))


def order_of_exact_branches(flow: Flow, rng: Random) -> Flow:
    """Two neighbours that are for different answers."""
    exact = conditions(flow, "equal_to", "matches_any_of")
    state, index = choose(rng, [(s, n) for s, n, _ in exact for t, m, _ in exact if s is t and m == n + 1])
    exits = list(state.transitions)
    exits[index : index + 2] = exits[index + 1], exits[index]
    return swap_state(flow, state, replace(state, transitions=tuple(exits)))


def no_match_last(flow: Flow, rng: Random) -> Flow:
    state = choose(rng, of_type(flow, SPLIT))
    return swap_state(flow, state, replace(state, transitions=(*state.transitions[1:], state.transitions[0])))


def case_of_value(flow: Flow, rng: Random) -> Flow:
    state, index, edge = choose(rng, conditions(flow, "equal_to", "matches_any_of", "contains"))
    shouted = replace(edge.conditions[0], value=edge.conditions[0].value.upper())
    exits = list(state.transitions)
    exits[index] = replace(edge, conditions=(shouted,))
    return swap_state(flow, state, replace(state, transitions=tuple(exits)))


def order_of_items(flow: Flow, rng: Random) -> Flow:
    state, index, edge = choose(rng, conditions(flow, "matches_any_of"))
    items = [item.strip() for item in edge.conditions[0].value.split(",")]
    exits = list(state.transitions)
    exits[index] = replace(edge, conditions=(replace(edge.conditions[0], value=" ,  ".join(items[::-1]), label=""),))
    return swap_state(flow, state, replace(state, transitions=tuple(exits)))


def blanks_in_braces(flow: Flow, rng: Random) -> Flow:
    place = choose(rng, [place for place in text_places(flow) if "{{" in place.text])
    return place.put(re.sub(r"\{\{(\S[^{}]*?)\}\}", r"{{ \1 }}", place.text))


def rename_state_everywhere(flow: Flow, rng: Random) -> Flow:
    state = choose(rng, flow.states)
    new = f"{state.name}_renamed"
    renamed = rewired(swap_state(flow, state, replace(state, name=new)), state.name, new)
    return everywhere(renamed, rf"\bwidgets\.{re.escape(state.name)}\b", f"widgets.{new}")


def rename_variable_everywhere(flow: Flow, rng: Random) -> Flow:
    rows = [(s, row) for s in of_type(flow, "set-variables") for row in s.properties["variables"]]
    key = choose(rng, rows)[1]["key"]
    for state in of_type(flow, "set-variables"):
        new = [{**row, "key": f"{key}_renamed"} if row["key"] == key else row for row in state.properties["variables"]]
        flow = set_(flow, flow[state.name], variables=new)
    return everywhere(flow, rf"\bflow\.variables\.{re.escape(key)}\b", f"flow.variables.{key}_renamed")


def everywhere(flow: Flow, pattern: str, new: str) -> Flow:
    """Every text with what fits a pattern replaced."""
    count = len(text_places(flow))
    for number in range(count):
        place = text_places(flow)[number]
        if re.search(pattern, place.text):
            flow = place.put(re.sub(pattern, new, place.text))
    return flow


def say_it_otherwise(flow: Flow, rng: Random) -> Flow:
    state: State = choose(rng, of_type(flow, "send-message"))
    return set_(flow, state, body=f"{state.properties['body']} Bye.")


NOTHING: dict[str, Callable[[Flow, Random], Flow]] = {
    "move on canvas": move_on_canvas,
    "order of states": order_of_states,
    "order of exits": order_of_exits,
    "noMatch last": no_match_last,
    "case of a value": case_of_value,
    "order of items": order_of_items,
    "order of exact branches": order_of_exact_branches,
    "blanks in braces": blanks_in_braces,
    "rename state everywhere": rename_state_everywhere,
    "rename variable everywhere": rename_variable_everywhere,
    "say it otherwise": say_it_otherwise,
}
