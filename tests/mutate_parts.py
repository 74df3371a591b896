"""Slips in what a step holds: properties, conditions, sids, addresses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

from mutate import Mutation, choose, of_type, set_, swap_exit, swap_state

from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.run.pattern import longest_text

WAIT, SPLIT = "send-and-wait-for-reply", "split-based-on"
REQUIRED = {"send-message": "from", WAIT: "from", SPLIT: "input", "run-function": "url", "send-to-flex": "workflow"}


def without(flow: Flow, state: State, key: str) -> Flow:
    kept = {name: value for name, value in state.properties.items() if name != key}
    return swap_state(flow, state, replace(state, properties=kept))


def remove_required(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, *REQUIRED))
    return without(flow, state, REQUIRED[state.type])


def empty_required(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, *REQUIRED))
    return set_(flow, state, **{REQUIRED[state.type]: ""})


def number_for_text(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, WAIT, "send-to-flex"))
    return set_(flow, state, timeout=int(state.properties["timeout"]))


def flag_for_text(flow: Flow, rng: Random) -> Flow | None:
    return set_(flow, choose(rng, of_type(flow, "send-message", WAIT)), body=True)


def misspell_property(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "send-message", WAIT))
    renamed = {"Body" if key == "body" else key: value for key, value in state.properties.items()}
    return swap_state(flow, state, replace(state, properties=renamed))


def unknown_method(flow: Flow, rng: Random) -> Flow | None:
    requests = of_type(flow, "make-http-request")
    return set_(flow, choose(rng, requests), method="get") if requests else None


def wait_for_ever(flow: Flow, rng: Random) -> Flow | None:
    return set_(flow, choose(rng, of_type(flow, "send-to-flex")), timeout="99999999")


def cut_sid(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "send-to-flex", "run-function"))
    key = "workflow" if state.type == "send-to-flex" else "function_sid"
    return set_(flow, state, **{key: str(state.properties[key])[:-3]})


def swap_sids(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "send-to-flex"))
    return set_(flow, state, workflow=state.properties["channel"], channel=state.properties["workflow"])


def forget_a_sid(flow: Flow, rng: Random) -> Flow | None:
    return without(flow, choose(rng, of_type(flow, "run-function")), "environment_sid")


def plain_address(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "run-function", "make-http-request"))
    return set_(flow, state, url=str(state.properties["url"]).replace("https:", "http:"))


def address_without_scheme(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "run-function", "make-http-request"))
    return set_(flow, state, url=str(state.properties["url"]).removeprefix("https://"))


def test_address(flow: Flow, rng: Random) -> Flow | None:
    return set_(flow, choose(rng, of_type(flow, "run-function", "make-http-request")), url="https://a1.ngrok.io/x")


def write_secret(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "run-function", "make-http-request"))
    rows = [*state.properties["parameters"], {"key": "api_key", "value": "0123456789abcdef0123"}]
    return set_(flow, state, parameters=rows)


def template_without_sid(flow: Flow, rng: Random) -> Flow | None:
    return set_(flow, choose(rng, of_type(flow, "send-message")), message_type="content_template")


def conditions(flow: Flow, *types: str) -> list[tuple[State, int, Transition]]:
    """Branches with one condition, of these types or of any."""
    return [
        (state, index, edge)
        for state in of_type(flow, SPLIT)
        for index, edge in enumerate(state.transitions)
        if len(edge.conditions) == 1 and (not types or edge.conditions[0].type in types)
    ]


def _condition(flow: Flow, rng: Random, edit: Callable[[Condition], Condition], *types: str) -> Flow | None:
    places = conditions(flow, *types)
    if not places:
        return None
    state, index, edge = choose(rng, places)
    return swap_exit(flow, state, index, replace(edge, conditions=(edit(edge.conditions[0]),)))


def drop_value(flow: Flow, rng: Random) -> Flow | None:
    return _condition(flow, rng, lambda condition: replace(condition, value=""))


def drop_condition(flow: Flow, rng: Random) -> Flow | None:
    state, index, edge = choose(rng, conditions(flow))
    return swap_exit(flow, state, index, replace(edge, conditions=()))


def word_for_number(flow: Flow, rng: Random) -> Flow | None:
    return _condition(flow, rng, lambda c: replace(c, value="two"), "greater_than", "less_than")


def open_bracket(flow: Flow, rng: Random) -> Flow | None:
    return _condition(flow, rng, lambda c: replace(c, value=f"({c.value}"), "regex")


def slashes(flow: Flow, rng: Random) -> Flow | None:
    return _condition(flow, rng, lambda c: replace(c, value=f"/{c.value}/i"), "regex")


def repeat_in_repeat(flow: Flow, rng: Random) -> Flow | None:
    quick = [found for found in conditions(flow, "regex") if longest_text(found[2].conditions[0].value) > 200]
    state, index, edge = choose(rng, quick)
    slow = replace(edge.conditions[0], value=f"(({edge.conditions[0].value})+)+")
    return swap_exit(flow, state, index, replace(edge, conditions=(slow,)))


def comma_too_many(flow: Flow, rng: Random) -> Flow | None:
    return _condition(flow, rng, lambda c: replace(c, value=c.value.replace(",", ",,", 1)), "matches_any_of")


def quote_items(flow: Flow, rng: Random) -> Flow | None:
    def edit(condition: Condition) -> Condition:
        return replace(condition, value='"' + condition.value.replace(", ", '", "') + '"')

    return _condition(flow, rng, edit, "matches_any_of")


def list_as_one(flow: Flow, rng: Random) -> Flow | None:
    """Only short lists: a list of whole sentences may be one answer."""
    lists = conditions(flow, "matches_any_of")
    short = [f for f in lists if all(len(i.split()) < 3 for i in f[2].conditions[0].value.split(","))]
    state, index, edge = choose(rng, short)
    return swap_exit(flow, state, index, replace(edge, conditions=(replace(edge.conditions[0], type="equal_to"),)))


def other_value_than_caption(flow: Flow, rng: Random) -> Flow | None:
    def edit(condition: Condition) -> Condition:
        return replace(condition, value=f"{condition.value} too", label=f"If value {condition}")

    return _condition(flow, rng, edit, "equal_to", "contains")


def bare_input(flow: Flow, rng: Random) -> Flow | None:
    """The braces forgotten in the split, and so in all its conditions."""
    state = choose(rng, of_type(flow, SPLIT))
    bare = str(state.properties["input"]).strip("{}")
    exits = tuple(
        replace(e, conditions=tuple(replace(c, arguments=(bare,)) for c in e.conditions)) for e in state.transitions
    )
    return swap_state(flow, state, replace(state, properties={**state.properties, "input": bare}, transitions=exits))


def other_argument(flow: Flow, rng: Random) -> Flow | None:
    """A branch left behind when the split was turned to another question."""
    state, index, edge = choose(rng, conditions(flow))
    free = [q for q in of_type(flow, WAIT) if q.name not in edge.conditions[0].arguments[0]]
    turned = replace(edge.conditions[0], arguments=(f"{{{{widgets.{choose(rng, free).name}.inbound.Body}}}}",))
    return swap_exit(flow, state, index, replace(edge, conditions=(turned,)))


PARTS: tuple[Mutation, ...] = (
    Mutation("remove required property", ("widget-property-missing",), remove_required),
    Mutation("empty required property", ("widget-property-missing",), empty_required),
    Mutation("number for text", ("widget-property-type",), number_for_text),
    Mutation("flag for text", ("widget-property-type",), flag_for_text),
    Mutation("misspell property", ("widget-property-unknown",), misspell_property),
    Mutation("unknown method", ("widget-property-value",), unknown_method),
    Mutation("wait for ever", ("widget-property-bounds",), wait_for_ever),
    Mutation("cut sid", ("handoff-sid", "function-sid"), cut_sid),
    Mutation("swap sids", ("handoff-sid",), swap_sids),
    Mutation("forget a sid", ("function-sids-partly",), forget_a_sid),
    Mutation("plain address", ("http-plain-address",), plain_address),
    Mutation("address without scheme", ("http-url-form",), address_without_scheme),
    Mutation("test address", ("http-test-address",), test_address),
    Mutation("write secret", ("http-secret",), write_secret),
    Mutation("template without sid", ("text-content-template",), template_without_sid),
    Mutation("drop value", ("split-value-missing",), drop_value),
    Mutation("drop condition", ("split-branch-without-condition",), drop_condition),
    Mutation("word for number", ("split-value-no-size",), word_for_number),
    Mutation("open bracket", ("split-regex-broken",), open_bracket),
    Mutation("slashes", ("split-regex-slashes",), slashes),
    Mutation("repeat in repeat", ("split-regex-slow",), repeat_in_repeat),
    Mutation("comma too many", ("split-empty-item",), comma_too_many),
    Mutation("quote items", ("split-quoted-item",), quote_items),
    Mutation("list as one answer", ("split-list-in-equal-to",), list_as_one),
    Mutation("other value than caption", ("split-caption-disagrees",), other_value_than_caption),
    Mutation("bare input", ("split-tests-fixed-text",), bare_input),
    Mutation("other argument", ("split-tests-another",), other_argument),
)
