"""The exits of a state: what stands below ``on:``, ``when:`` and ``else:``, or as it is below ``transitions:``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowlab.formats.flow_yaml_faults import Faults
from flowlab.formats.flow_yaml_words import BRANCH_KEYS, CONDITIONS, VALUE, exits_of, usual_caption, usual_value
from flowlab.text.yaml_tree import Items, Node, Pairs, Text

Json = dict[str, Any]
NO_MATCH = "noMatch"


class Exits:
    """Reads the exits of states. ``names``: of all states, for an exit must lead to one of them."""

    def __init__(self, faults: Faults, names: Sequence[str]) -> None:
        self.faults = faults
        self.names = list(names)
        self._names = frozenset(names)

    def name(self, node: Node) -> str:
        """The name of a state."""
        name = self.faults.text(node)
        if name not in self._names and isinstance(node, Text):
            self.faults.add(node.mark, f"there is no state {name!r}. {self.faults.hint(name, self.names)}")
        return name

    def read(self, type: str, node: Pairs, tested: Any) -> Any:
        """The transitions of a state. ``tested``: what a split looks at."""
        raw = node.pairs.get("transitions")
        if raw is None:
            return [*self._else(node), *self._when(node, tested), *self._on(type, node)]
        for word in ("on", "when", "else"):
            if word in node.pairs:
                self.faults.add(node.keys[word].mark, f"a state with transitions: has no {word}:, they say it all")
        return self.faults.json(raw)

    def _else(self, node: Pairs) -> list[Json]:
        found = node.pairs.get("else")
        return [] if found is None else [self._exit(NO_MATCH, found)]

    def _on(self, type: str, node: Pairs) -> list[Json]:
        found = node.pairs.get("on")
        if found is None or (isinstance(found, Text) and found.blank):
            return []
        if not isinstance(found, Pairs):
            self.faults.add(found.mark, "on: expected lines such as 'incomingMessage: NAME OF A STATE'")
            return []
        known = exits_of(type)
        for event, target in found.pairs.items():
            if known is not None and event not in known and not isinstance(target, Pairs):
                kept = f"To keep it all the same: '{event}: {{next: STATE}}'."
                hint = f"{self.faults.hint(event, known)} {kept}"
                self.faults.add(found.keys[event].mark, f"a step of type {type} has no event {event!r}. {hint}")
        return [self._exit(event, target) for event, target in found.pairs.items()]

    def _exit(self, event: str, target: Node, *taken: str) -> Json:
        """One exit: to a state, to nowhere, or as it is."""
        return {**self._target(target, "event", *taken), "event": event}

    def _target(self, node: Node, *taken: str) -> Json:
        if isinstance(node, Pairs):
            return self.faults.braces(node, *taken)
        if isinstance(node, Text) and node.blank:
            return {}
        if isinstance(node, Text) and node.value in ("end", "END", "stop") and node.value not in self._names:
            self.faults.add(node.mark, f"there is no state {node.value!r}. To end here, write nothing after the colon")
            return {}
        return {"next": self.name(node)}

    def _when(self, node: Pairs, tested: Any) -> list[Json]:
        found = node.pairs.get("when")
        if found is None or (isinstance(found, Text) and found.blank):
            return []
        if not isinstance(found, Items):
            self.faults.add(found.mark, "when: expected a list of branches, each as '- equal_to 1: STATE'")
            return []
        return [self._branch(item, tested) for item in found.items]

    def _branch(self, node: Node, tested: Any) -> Any:
        if not isinstance(node, Pairs):
            self.faults.add(node.mark, "expected a branch such as '- equal_to 1: STATE'")
            return None
        heads = [key for key in node.pairs if key not in BRANCH_KEYS]
        if len(heads) != 1:
            where = node.keys[heads[1]].mark if heads else node.mark
            self.faults.add(where, "a branch has one condition, as in '- equal_to 1: STATE'; the next begins with '- '")
            return None
        head = heads[0]
        if head == "json":
            if len(node.pairs) > 1:
                self.faults.add(node.mark, "json: says the whole branch: nothing may stand beside it")
            return self.faults.json(node.pairs[head])
        condition, blank, value = head.partition(" ")
        if condition not in CONDITIONS:
            hint = self.faults.hint(condition, CONDITIONS)
            if condition in (NO_MATCH, "else"):
                hint = "Where to go when none holds is said by else:, below the branches."
            self.faults.add(node.keys[head].mark, f"there is no comparison {condition!r}. {hint}")
            return None
        value = value if blank else usual_value(condition)
        return self._match(node, head, (condition, value), tested)

    def _match(self, node: Pairs, head: str, said: tuple[str, str], tested: Any) -> Json:
        comparison, value = said
        caption = node.pairs.get("friendly_name")
        condition = {
            "friendly_name": usual_caption(comparison, value)
            if caption is None
            else self.faults.text(caption).replace(VALUE, value),
            "arguments": self._arguments(node.pairs.get("arguments"), tested),
            "type": comparison,
            "value": value,
        }
        return self._exit("match", node.pairs[head], "conditions") | {"conditions": [condition]}

    def _arguments(self, node: Node | None, tested: Any) -> list[str]:
        if node is None:
            return [tested] if isinstance(tested, str) else []
        return [self.faults.text(item) for item in node.items] if isinstance(node, Items) else [self.faults.text(node)]
