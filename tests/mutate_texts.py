"""Slips in what a flow says and reads: variables, results, Liquid, JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from random import Random

from mutate import Mutation, Text, choose, of_type, set_, swap_state, text_places, with_text

from flowlab.model.flow import Flow


def _edit(flow: Flow, rng: Random, fits: str, edit: Callable[[str], str], *keys: str) -> Flow | None:
    """One text that fits a pattern, edited."""
    places = [place for place in text_places(flow) if re.search(fits, place.text) and (not keys or place.key in keys)]
    if not places:
        return None
    place: Text = choose(rng, places)
    return place.put(edit(place.text))


def _once(pattern: str, new: str) -> Callable[[str], str]:
    return lambda text: re.sub(pattern, new, text, count=1)


def rename_read(flow: Flow, rng: Random) -> Flow | None:
    """A variable by another name, in one place that reads it."""
    return _edit(flow, rng, r"flow\.variables\.\w", _once(r"flow\.variables\.(\w+)", r"flow.variables.\1x"))


def case_of_read_state(flow: Flow, rng: Random) -> Flow | None:
    def edit(text: str) -> str:
        return re.sub(r"(?<=widgets\.)\w", lambda found: found[0].upper(), text, count=1)

    return _edit(flow, rng, r"widgets\.\w", edit)


def case_of_body(flow: Flow, rng: Random) -> Flow | None:
    return _edit(flow, rng, r"inbound\.Body", _once(r"inbound\.Body", "inbound.body"))


def read_what_a_question_has_not(flow: Flow, rng: Random) -> Flow | None:
    return _edit(flow, rng, r"\.inbound\.", _once(r"\.inbound\.Body", ".parsed.Body"))


def read_what_a_look_up_has_not(flow: Flow, rng: Random) -> Flow | None:
    return _edit(flow, rng, r"\.parsed\b", _once(r"\.parsed\b", ".inbound"))


def unset_variable(flow: Flow, rng: Random) -> Flow | None:
    """A variable that one step alone sets, set no more."""
    rows = [(s, row) for s in of_type(flow, "set-variables") for row in s.properties["variables"]]
    keys = [row["key"] for _, row in rows]
    texts = repr([(s.properties, s.transitions) for s in flow.states])
    once = [(s, row) for s, row in rows if keys.count(row["key"]) == 1 and f"flow.variables.{row['key']}" in texts]
    if not once:
        return None
    state, row = choose(rng, once)
    return set_(flow, state, variables=[other for other in state.properties["variables"] if other is not row])


def read_before_asked(flow: Flow, rng: Random) -> Flow | None:
    """A message says what is answered later, if at all."""
    import networkx as nx

    later = {q.name: nx.descendants(flow.graph, q.name) for q in of_type(flow, "send-and-wait-for-reply")}
    messages = of_type(flow, "send-message", "send-and-wait-for-reply")
    places = [(state, name) for state in messages for name, after in later.items() if state.name not in after]
    state, name = choose(rng, [place for place in places if place[0].name != place[1]])
    return set_(flow, state, body=f"{state.properties['body']} {{{{widgets.{name}.inbound.Body}}}}")


def set_too_late(flow: Flow, rng: Random) -> Flow | None:
    """What the first set-variables step set is set by a step of its own, which nothing before the end leads to."""
    state = of_type(flow, "set-variables")[0]
    texts = repr([(s.properties, s.transitions) for s in flow.states])
    others = [row["key"] for s in of_type(flow, "set-variables")[1:] for row in s.properties["variables"]]
    rows = [r for r in state.properties["variables"] if r["key"] not in others and f"variables.{r['key']}" in texts]
    if not rows:
        return None
    row = choose(rng, rows)
    last = of_type(flow, "send-to-flex")[0]
    moved = set_(flow, state, variables=[other for other in state.properties["variables"] if other is not row])
    exits = tuple(replace(t, next="late") if t.event == "callComplete" else t for t in last.transitions)
    moved = swap_state(moved, last, replace(last, transitions=exits))
    late = replace(state, name="late", properties={"variables": [row]}, transitions=())
    return replace(moved, states=(*moved.states, late))


def duplicate_key(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "set-variables"))
    rows = state.properties["variables"]
    return set_(flow, state, variables=[*rows, {**choose(rng, rows), "value": "again"}])


def blank_in_variable(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "set-variables"))
    rows = list(state.properties["variables"])
    at = rng.randrange(len(rows))
    rows[at] = {**rows[at], "key": f"{rows[at]['key']} 2"}
    return set_(flow, state, variables=rows)


def single_braces(flow: Flow, rng: Random) -> Flow | None:
    pattern = r"\{\{\s*([a-z]+\.[\w.]+)\s*\}\}"
    return _edit(flow, rng, pattern, _once(pattern, r"{\1}"), "body", "parameters", "to", "from")


def misspell_filter(flow: Flow, rng: Random) -> Flow | None:
    return _edit(flow, rng, r"\|\s*(default|to_json|strip|remove|plus|truncate)", _once(r"\|\s*(\w+)", r"| \1s"))


def misspell_tag(flow: Flow, rng: Random) -> Flow | None:
    return _edit(flow, rng, r"\{% if ", _once(r"\{% if ", "{% iff "))


def braces_in_a_tag(flow: Flow, rng: Random) -> Flow | None:
    return _edit(flow, rng, r"\{% if flow", _once(r"\{% if (flow[\w.]+)", r"{% if {{\1}}"))


def compare_in_output(flow: Flow, rng: Random) -> Flow | None:
    return _edit(flow, rng, r"\{\{flow[\w.]+\}\}", _once(r"\{\{(flow[\w.]+)\}\}", r"{{\1 == 'x'}}"))


def _attributes(flow: Flow, rng: Random, edit: Callable[[str], str]) -> Flow | None:
    states = with_text(flow, "attributes", "to_json")
    if not states:
        return None
    state = choose(rng, states)
    new = edit(state.properties["attributes"])
    return set_(flow, state, attributes=new) if new != state.properties["attributes"] else None


def _drop(rng: Random, sign: str) -> Callable[[str], str]:
    """One sign of the JSON gone: not one inside the Liquid."""

    def drop(text: str) -> str:
        bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", lambda found: "\0" * len(found.group()), text)
        at = choose(rng, [n for n, char in enumerate(bare) if char == sign])
        return text[:at] + text[at + 1 :]

    return drop


def drop_quotation_mark(flow: Flow, rng: Random) -> Flow | None:
    return _attributes(flow, rng, _drop(rng, '"'))


def drop_comma(flow: Flow, rng: Random) -> Flow | None:
    return _attributes(flow, rng, _drop(rng, ","))


def drop_brace(flow: Flow, rng: Random) -> Flow | None:
    return _attributes(flow, rng, _drop(rng, "}"))


def quote_to_json(flow: Flow, rng: Random) -> Flow | None:
    return _attributes(flow, rng, _once(r"(\{\{[^}]*to_json\s*\}\})", r'"\1"'))


def forget_to_json(flow: Flow, rng: Random) -> Flow | None:
    """The customer's own words between quotation marks, as they are."""
    return _attributes(flow, rng, _once(r"\{\{([^}]*inbound\.Body[^}]*?)\|\s*to_json\s*\}\}", r'"{{\1}}"'))


def twice_the_key(flow: Flow, rng: Random) -> Flow | None:
    return _attributes(flow, rng, _once(r"^\{", '{"intent": 1, '))


def group_of_another_event(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "send-message"))
    body = f"{state.properties['body']} {{{{trigger.call.From}}}}"
    return set_(flow, state, body=body)


def leave_unfilled(flow: Flow, rng: Random) -> Flow | None:
    state = choose(rng, of_type(flow, "send-message"))
    return set_(flow, state, body=f"{state.properties['body']} [YOUR NAME HERE]")


def forget_text(flow: Flow, rng: Random) -> Flow | None:
    return set_(flow, choose(rng, of_type(flow, "send-message")), body="")


BRACES = ("liquid-braces-in-braces", "liquid-broken")
TEXTS: tuple[Mutation, ...] = (
    Mutation("rename variable where read", ("var-never-set", "var-unknown-root"), rename_read),
    Mutation("case of a state read", ("var-unknown-state",), case_of_read_state),
    Mutation("case of Body", ("var-wrong-case",), case_of_body),
    Mutation("parsed of a question", ("widget-no-such-result",), read_what_a_question_has_not),
    Mutation("inbound of a look-up", ("widget-no-such-result",), read_what_a_look_up_has_not),
    Mutation("unset variable", ("var-never-set",), unset_variable),
    Mutation("read before asked", ("widget-result-too-early",), read_before_asked),
    Mutation("set too late", ("var-read-too-early", "var-never-set"), set_too_late),
    Mutation("key twice in a step", ("var-duplicate-key",), duplicate_key),
    Mutation("blank in a variable", ("var-name-unreadable",), blank_in_variable),
    Mutation("single braces", ("liquid-single-braces",), single_braces),
    Mutation("misspell filter", ("liquid-unknown-filter",), misspell_filter),
    Mutation("misspell tag", ("liquid-unknown-tag",), misspell_tag),
    Mutation("braces in a tag", BRACES, braces_in_a_tag),
    Mutation("compare in output", ("liquid-comparison-in-output",), compare_in_output),
    Mutation("drop a quotation mark", ("attributes-not-json",), drop_quotation_mark),
    Mutation("drop a comma", ("attributes-not-json",), drop_comma),
    Mutation("drop a brace", ("attributes-not-json",), drop_brace),
    Mutation("quote to_json", ("json-quoted-to-json",), quote_to_json),
    Mutation("forget to_json", ("json-unescaped-words",), forget_to_json),
    Mutation("key twice in attributes", ("attributes-duplicate-key",), twice_the_key),
    Mutation("group of another event", ("var-event-not-wired",), group_of_another_event),
    Mutation("leave unfilled", ("text-unfilled",), leave_unfilled),
    Mutation("forget text", ("text-empty",), forget_text),
)
