"""The tree of a short form -> the JSON of a Studio flow, every fault named at once with its line.

The form is described in :mod:`flowlab.formats.flow_yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flowlab.formats.flow_yaml_exits import Exits
from flowlab.formats.flow_yaml_faults import Faults
from flowlab.formats.flow_yaml_words import FLOW_KEYS, STATE_KEYS, SUPPOSED, TYPE, VERB_OF, VERBS, Verb
from flowlab.text.yaml_tree import Items, Node, Pairs, Text

Json = dict[str, Any]


def definition_of(root: Pairs, faults: Faults) -> Json:
    """The flow definition that a short form says; what is wrong with it is gathered in ``faults``."""
    faults.only(root, FLOW_KEYS, "a flow has no {key!r}")
    states = root.pairs.get("states", Items(root.mark))
    if not isinstance(states, Pairs):
        faults.add(states.mark, "states: expected the states, each as 'name:' with its step below it")
        states = Pairs(states.mark)
    reader = _States(faults, tuple(states.pairs), _usual(root.pairs.get("usual"), faults))
    made: Json = {}
    if "flow" in root.pairs:
        made["description"] = faults.text(root.pairs["flow"])
    made["states"] = [reader.state(states.keys[name], node) for name, node in states.pairs.items()]
    if "start" in root.pairs:
        made["initial_state"] = reader.exits.name(root.pairs["start"])
    if "flags" in root.pairs:
        made["flags"] = faults.json(root.pairs["flags"])
    reader.layout(root.pairs.get("layout"), made["states"])
    return made | faults.mapping(root.pairs.get("json"), "json")


def _usual(node: Node | None, faults: Faults) -> dict[str, dict[str, str]]:
    """Verb -> the properties that its states have unless they say otherwise."""
    if node is None:
        return {}
    if not isinstance(node, Pairs):
        faults.add(node.mark, "usual: expected a step such as 'say:' with its usual properties below it")
        return {}
    faults.only(node, tuple(VERBS), "usual: there is no step {key!r}")
    usual: dict[str, dict[str, str]] = {}
    for word, below in node.pairs.items():
        if word in VERBS and isinstance(below, Pairs):
            allowed = [name for name in VERBS[word].texts if name != VERBS[word].main]
            faults.only(below, allowed, f"usual: {word!r} has no {{key!r}} that could be usual")
            usual[word] = {name: faults.text(value) for name, value in below.pairs.items()}
        elif word in VERBS:
            faults.add(below.mark, f"usual: expected 'key: value' lines below {word!r}")
    return usual


class _States:
    """Reads states, one after the other. ``names``: of all of them; ``usual``: what they have by their verb."""

    def __init__(self, faults: Faults, names: Sequence[str], usual: dict[str, dict[str, str]]) -> None:
        self.faults = faults
        self.usual = usual
        self.exits = Exits(faults, names)

    def state(self, key: Text, node: Node) -> Json:
        self.faults.state = key.value
        if not key.value:
            self.faults.add(key.mark, "a state needs a name")
        if not isinstance(node, Pairs):
            self.faults.add(node.mark, f"expected the state's step, such as '  say: Hello' below {key.value!r}")
            return {}
        made = {"name": key.value, **self._step(key, node)}
        without = self._without(node.pairs.get("without"))
        more = self.faults.mapping(node.pairs.get("json"), "json")
        if more.get("name") is not None:
            self.faults.add(node.pairs["json"].mark, "a state's name is its key: it cannot be given under json")
        self.faults.state = ""
        return {k: v for k, v in made.items() if k not in without} | more

    def _step(self, key: Text, node: Pairs) -> Json:
        """Type, exits and properties of a state."""
        words = [word for word in node.pairs if word in VERBS or word == TYPE]
        if len(words) != 1:
            self._which_step(key, node, words)
            return {}
        if words[0] == TYPE:
            kind, own, allowed = self.faults.text(node.pairs[TYPE]), {}, [TYPE, *STATE_KEYS]
            if not kind:
                self.faults.add(node.pairs[TYPE].mark, "type: expected a Studio widget type, such as say-play")
        else:
            verb = VERBS[words[0]]
            kind, own, allowed = verb.type, self._own(verb, node), [*verb.keys]
        self.faults.only(node, allowed, f"{words[0]!r} has no {{key!r}} (Studio's other keys go below properties:)")
        transitions = self.exits.read(kind, node, own.get("input"))
        return {"type": kind, "transitions": transitions, "properties": self._properties(own, node)}

    def _which_step(self, key: Text, node: Pairs, words: Sequence[str]) -> None:
        if len(words) > 1:
            second = node.keys[words[1]].mark
            self.faults.add(
                second, f"a state is one step, and this one is {' and '.join(map(repr, words))}: make it two"
            )
            return
        known = [*VERBS, TYPE]
        odd = next((k for k in node.pairs if k not in {*STATE_KEYS, *_all_keys()}), "")
        mark = node.keys[odd].mark if odd else key.mark
        hint = f"Known: {', '.join(known)}."
        if odd in VERB_OF:
            hint = f"For this Studio widget, write '{VERB_OF[odd].word}:'."
        elif odd:
            hint = self.faults.hint(odd, known)
        self.faults.add(mark, f"there is no step {odd!r}. {hint}" if odd else f"which step is it? {hint}")

    def _own(self, verb: Verb, node: Pairs) -> Json:
        """The properties that stand beside the verb, or right after it."""
        raw = node.pairs.get("properties", Pairs(node.mark))
        said = {*node.pairs, *(raw.pairs if isinstance(raw, Pairs) else verb.properties)}
        made: Json = {name: text for name, text in self.usual.get(verb.word, {}).items() if name not in said}
        for name in verb.properties:
            found = node.pairs.get(verb.word if name == verb.main else name)
            if found is None or (isinstance(found, Text) and found.blank):
                continue
            if name in verb.pairs:
                made[name] = self._pairs(name, found)
            elif name in verb.flags:
                made[name] = self.faults.flag(name, found)
            else:
                made[name] = self.faults.text(found)
        if verb.word == "trigger":
            self.faults.nothing(node.pairs[verb.word], "a trigger says nothing: its events stand below on:")
        return made

    def _pairs(self, name: str, node: Node) -> list[Json]:
        if not isinstance(node, Pairs):
            self.faults.add(node.mark, f"{name}: expected 'key: value' lines")
            return []
        made = []
        for key, value in node.pairs.items():
            if isinstance(value, Pairs):
                made.append({"key": key, **self.faults.braces(value, "key")})
            else:
                made.append({"value": self.faults.text(value), "key": key})
        return made

    def _properties(self, own: Json, node: Pairs) -> Any:
        found = node.pairs.get("properties")
        if found is None or (isinstance(found, Text) and found.plain and not found.value):
            return own
        more = self.faults.json(found)
        if not isinstance(found, Pairs):
            if own:
                self.faults.add(found.mark, f"properties: expected 'key: value' lines beside {', '.join(own)}")
            return more
        for name in own.keys() & found.pairs.keys():
            self.faults.add(found.keys[name].mark, f"{name!r} is said twice: here and beside the step")
        return {**own, **(more or {})}

    def _without(self, node: Node | None) -> set[str]:
        if node is None:
            return set()
        if not isinstance(node, Items):
            self.faults.add(node.mark, f"without: expected a list with some of {', '.join(SUPPOSED)}")
            return set()
        names = {self.faults.text(item) for item in node.items}
        for name in sorted(names - set(SUPPOSED)):
            self.faults.add(node.mark, f"without: there is no {name!r}. {self.faults.hint(name, SUPPOSED)}")
        return names

    def layout(self, node: Node | None, states: Iterable[Json]) -> None:
        """Lay the places of the boxes into the states' properties."""
        if node is None or (isinstance(node, Text) and node.blank):
            return
        if not isinstance(node, Pairs):
            self.faults.add(node.mark, "layout: expected lines such as 'ask: [0, 210]'")
            return
        by_name = dict(zip(self.exits.names, states, strict=True))
        for name, place in node.pairs.items():
            offset = self.faults.json(place)
            if name not in by_name:
                hint = self.faults.hint(name, self.exits.names)
                self.faults.add(node.keys[name].mark, f"layout: there is no state {name!r}. {hint}")
            elif not _is_place(offset):
                self.faults.add(place.mark, f"layout: expected two numbers for {name!r}, such as [0, 210]")
            else:
                self._place(by_name[name], offset, node.keys[name])

    def _place(self, state: Json, offset: list[Any], key: Text) -> None:
        properties = state.setdefault("properties", {}) if "type" in state else {}
        if not isinstance(properties, dict) or "offset" in properties:
            self.faults.add(key.mark, f"layout: the properties of {key.value!r} leave no room for a place")
            return
        state["properties"] = {"offset": {"x": offset[0], "y": offset[1]}, **properties}


def _is_place(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(type(number) in (int, float) for number in value)


def _all_keys() -> set[str]:
    """Keys that may well stand in a state, and so are no misspelt step."""
    return {key for verb in VERBS.values() for key in verb.keys if key != verb.word}
