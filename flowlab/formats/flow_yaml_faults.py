"""What is wrong with a short form, gathered while it is read; and the small readings that may go wrong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowlab.errors import Fault, nearest
from flowlab.text.yaml_tree import Mark, Node, NumberFault, Pairs, Text, as_json

#: How often near names are looked for (it takes time with many names), and how many names are listed.
_MOST_HINTS, _MOST_KNOWN = 100, 20
_MOST_FAULTS = 200


class Faults:
    """Gathers faults. ``state``: the name of the state that is being read."""

    def __init__(self, found: Sequence[Fault] = ()) -> None:
        self.state = ""
        self._hints = 0
        self._found = list(found)
        self._lines = {fault.path.split(",")[0] for fault in found}

    @property
    def all(self) -> list[Fault]:
        """Every fault, in the order of its line; of a great many the first, and how many more there are."""
        found = sorted(self._found, key=lambda fault: _place(fault.path))
        more = [Fault(f"and {len(found) - _MOST_FAULTS:,} more")] if len(found) > _MOST_FAULTS else []
        return found[:_MOST_FAULTS] + more

    def add(self, mark: Mark, message: str) -> None:
        """One more; on a line that YAML itself already stumbled over, the first fault says enough."""
        if f"line {mark.line}" not in self._lines:
            self._found.append(Fault(message, str(mark), self.state))

    def only(self, node: Pairs, allowed: Sequence[str], message: str) -> None:
        """Nothing but the allowed keys. ``message`` names the ``{key}``."""
        for key, place in node.keys.items():
            if key not in allowed:
                self.add(place.mark, f"{message.format(key=key)}. {self.hint(key, allowed)}")

    def hint(self, word: str, known: Sequence[str]) -> str:
        """A closing sentence for 'there is no such thing' messages: the nearest name, however it is spelt, or all."""
        self._hints += 1
        near = nearest(word, known) if self._hints <= _MOST_HINTS else ""
        if near:
            return f"Did you mean {near!r}?"
        return f"Known: {', '.join(known[:_MOST_KNOWN])}{', ...' if len(known) > _MOST_KNOWN else '.'}"

    def text(self, node: Node) -> str:
        """A text, however it looks: digits and ``yes`` too."""
        if isinstance(node, Text):
            return "" if node.blank else node.value
        found = "a list" if not isinstance(node, Pairs) else "'key: value'"
        self.add(node.mark, f"expected a text, found {found}: put quotes around a text that begins with a bracket")
        return ""

    def flag(self, name: str, node: Node) -> bool:
        value = self.json(node)
        if not isinstance(value, bool):
            self.add(node.mark, f"{name}: expected true or false (anything else goes below properties:)")
            return False
        return value

    def json(self, node: Node) -> Any:
        """A value as JSON has it."""
        try:
            return as_json(node)
        except NumberFault as fault:
            self.add(fault.mark, str(fault))
            return None

    def mapping(self, node: Node | None, name: str) -> dict[str, Any]:
        """Keys as they stand in Studio's JSON; none where there is no node."""
        if node is None:
            return {}
        if not isinstance(node, Pairs):
            self.add(node.mark, f"{name}: expected 'key: value' lines, as in Studio's JSON")
            return {}
        value: dict[str, Any] = self.json(node) or {}
        return value

    def braces(self, node: Pairs, *taken: str) -> dict[str, Any]:
        """What is written in braces (or below) to be kept as it is, without the keys that are said already."""
        for key in taken:
            if key in node.pairs:
                self.add(node.keys[key].mark, f"{key!r} is said already by what stands before the colon")
        return self.mapping(node, "")

    def nothing(self, node: Node, message: str) -> None:
        if not (isinstance(node, Text) and node.blank):
            self.add(node.mark, message)


def _place(path: str) -> list[int]:
    return [int(word.strip(",")) for word in path.split() if word.strip(",").isdigit()]
