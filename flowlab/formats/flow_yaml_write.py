"""The JSON of a Studio flow -> the tree of its short form: key by key the shortest way that loses nothing.

The form is described in :mod:`flowlab.formats.flow_yaml`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from flowlab.formats.flow_yaml_text import Blank, Said, Short
from flowlab.formats.flow_yaml_words import (
    CONDITIONS,
    SUPPOSED,
    TYPE,
    USUAL,
    VALUE,
    VERB_OF,
    VERBS,
    Verb,
    exits_of,
    usual_caption,
    usual_value,
)

Json = Mapping[str, Any]
Tree = dict[str, Any]


def short_form(definition: Json) -> Tree:
    """The tree of a definition whose states have texts for types, and names that differ."""
    names = frozenset(map(name_of, definition["states"]))
    tree: Tree = {}
    more = _rest(definition, "states")
    if isinstance(more.get("description"), str):
        tree["flow"] = Said(more.pop("description"))
    if isinstance(more.get("initial_state"), str) and more["initial_state"] in names:
        tree["start"] = Said(more.pop("initial_state"))
    if "flags" in more:
        tree["flags"] = more.pop("flags")
    if more:
        tree["json"] = more
    usual = _usual(definition["states"])
    if usual:
        tree["usual"] = {word: {k: Said(v) for k, v in texts.items()} for word, texts in usual.items()}
    tree["states"] = {name_of(state): _state(state, names, usual) for state in definition["states"]}
    places = {name_of(state): Short([*place]) for state in definition["states"] if (place := _place(state))}
    if places:
        tree["layout"] = places
    return tree


def name_of(state: Json) -> str:
    """A state's name; the trigger may have none."""
    return state.get("name") or "Trigger"


def _usual(states: Sequence[Json]) -> dict[str, dict[str, str]]:
    """Verb -> what most of its states have alike of the properties that Studio fills in."""
    usual: dict[str, dict[str, str]] = {}
    for verb in (VERBS["say"], VERBS["ask"]):
        bags = [s["properties"] for s in states if s["type"] == verb.type and isinstance(s.get("properties"), dict)]
        for name in (name for name in USUAL if name in verb.texts):
            values = Counter(bag[name] for bag in bags if isinstance(bag.get(name), str))
            value, n = values.most_common(1)[0] if values else ("", 0)
            if n > 1 and n > len(bags) / 2:
                usual.setdefault(verb.word, {})[name] = value
    return usual


def _state(state: Json, names: frozenset[str], usual: Mapping[str, dict[str, str]]) -> Tree:
    tree = _step(state, usual)
    if "transitions" in state:
        tree |= _exits(state, names)
    more = {k: v for k, v in state.items() if k not in ("type", *SUPPOSED) or (k == "name" and v is None)}
    if more:
        tree["json"] = more
    missing = [key for key in SUPPOSED if key not in state]
    return tree | ({"without": missing} if missing else {})


def _step(state: Json, usual: Mapping[str, dict[str, str]]) -> Tree:
    """The verb (or the type) and the properties; the box's place is not among them where the layout has it."""
    verb = VERB_OF.get(state["type"])
    properties = state.get("properties", {})
    rest = _rest(properties, *(["offset"] if _place(state) else [])) if isinstance(properties, dict) else {}
    tree: Tree = {verb.word: Blank()} if verb else {TYPE: Said(state["type"])}
    if verb:
        own = _own(verb, rest)
        common = usual.get(verb.word, {}) if isinstance(properties, dict) else {}
        tree |= {name: said for name, said in own.items() if common.get(name) != said}
        tree |= {name: Blank() for name in common if name not in own and name not in rest}
    if rest or not isinstance(properties, dict):
        tree["properties"] = rest or properties
    return tree


def _own(verb: Verb, rest: Tree) -> Tree:
    """The properties that have a place of their own; they are taken out of ``rest``."""
    tree: Tree = {}
    for name in verb.properties:
        value = rest.get(name)
        said: Any = None
        if name in verb.pairs:
            said = _pairs(value)
        elif name in verb.flags:
            said = value if isinstance(value, bool) else None
        elif isinstance(value, str):
            said = Said(value)
        if said is not None:
            del rest[name]
            tree[verb.word if name == verb.main else name] = said
    return tree


def _pairs(value: Any) -> Tree | None:
    """A list of ``{key, value}`` as ``key: value``; None where it is anything else."""
    if not isinstance(value, list) or not all(isinstance(v, dict) and isinstance(v.get("key"), str) for v in value):
        return None
    tree: Tree = {}
    for item in value:
        rest = {k: v for k, v in item.items() if k != "key"}
        tree[item["key"]] = Said(rest["value"]) if rest.keys() == {"value"} and isinstance(rest["value"], str) else rest
    return tree if len(tree) == len(value) else None


def _place(state: Json) -> tuple[Any, Any] | None:
    """The offset, where it is two numbers and nothing else."""
    properties = state.get("properties")
    offset = properties.get("offset") if isinstance(properties, dict) else None
    if not isinstance(offset, dict) or offset.keys() != {"x", "y"}:
        return None
    place = offset["x"], offset["y"]
    return place if all(type(number) in (int, float) for number in place) else None


def _exits(state: Json, names: frozenset[str]) -> Tree:
    """The transitions as ``else``, ``when`` and ``on``; as they are where these cannot say them."""
    transitions = state["transitions"]
    if not isinstance(transitions, list):
        return {"transitions": transitions}
    tree: Tree = {}
    middle = list(transitions)
    otherwise: Tree = {}
    if state["type"] == "split-based-on":
        if middle and _is_exit(middle[0]) and middle[0]["event"] == "noMatch":
            otherwise["else"] = _target(middle.pop(0), names)
        last = len(middle)
        while last and _is_exit(middle[last - 1]) and middle[last - 1]["event"] != "match":
            last -= 1
        middle, tail = middle[:last], middle[last:]
        if middle:
            properties = state.get("properties")
            tested = properties.get("input") if isinstance(properties, dict) else None
            tree["when"] = [_branch(item, tested, names) for item in middle]
        middle = tail
    on = _on(state["type"], middle, names)
    return {"transitions": transitions} if on is None else tree | otherwise | on


def _on(type: str, transitions: Sequence[Any], names: frozenset[str]) -> Tree | None:
    """Exits by event; None where an event comes twice, or something is no exit."""
    if not all(map(_is_exit, transitions)) or len({t["event"] for t in transitions}) < len(transitions):
        return None
    known = exits_of(type)
    on = {}
    for transition in transitions:
        event = transition["event"]
        is_odd = known is not None and event not in known
        on[event] = _rest(transition, "event") if is_odd else _target(transition, names)
    return {"on": on} if on else {}


def _is_exit(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("event"), str)


def _target(exit: Json, names: frozenset[str], *said: str) -> Any:
    """Where an exit leads: a state's name, nothing, or its keys as they are."""
    rest = _rest(exit, "event", *said)
    if not rest:
        return Blank()
    target = rest.get("next")
    return Said(target) if rest.keys() == {"next"} and isinstance(target, str) and target in names else rest


def _rest(value: Json, *said: str) -> Tree:
    return {k: v for k, v in value.items() if k not in said}


def _branch(exit: Any, tested: Any, names: frozenset[str]) -> Tree:
    conditions = exit.get("conditions") if isinstance(exit, dict) and exit.get("event") == "match" else None
    if not isinstance(conditions, list) or len(conditions) != 1 or not _is_plain_condition(conditions[0]):
        return {"json": exit}
    condition = conditions[0]
    comparison, value, arguments = condition["type"], condition["value"], condition["arguments"]
    head = comparison if value == usual_value(comparison) else f"{comparison} {value}"
    tree: Tree = {head: _target(exit, names, "conditions")}
    caption = condition["friendly_name"]
    if caption != usual_caption(comparison, value):
        tree["friendly_name"] = Said(
            caption.removesuffix(value) + VALUE if value and caption.endswith(value) else caption
        )
    if arguments != ([tested] if isinstance(tested, str) else []):
        tree["arguments"] = Said(arguments[0]) if len(arguments) == 1 else [Said(item) for item in arguments]
    return tree


def _is_plain_condition(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"friendly_name", "arguments", "type", "value"}
        and value["type"] in [*CONDITIONS]
        and isinstance(value["value"], str)
        and isinstance(value["friendly_name"], str)
        and VALUE not in value["friendly_name"]
        and isinstance(value["arguments"], list)
        and all(isinstance(item, str) for item in value["arguments"])
    )
