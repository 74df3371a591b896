"""YAML (and the JSON within it) as plain data whose every place knows its line.

Strict as :mod:`flowlab.text.yaml_tree` is: no anchors and aliases unless asked for, no tags, no key twice. Plain words
are what they look like: ``no`` and ``on`` are texts, not false and true; so are dates and times.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flowlab.errors import Fault, FormatError
from flowlab.text.files import read_text
from flowlab.text.json_text import parse_json
from flowlab.text.yaml_tree import MAX_DEPTH, Items, Node, NumberFault, Pairs, as_json, read_tree

MAX_BYTES = 20_000_000
MAX_FAULTS = 50
#: As much may be said with aliases, in single values.
MOST_VALUES = 200_000

Place = tuple[str | int, ...]

#: Words that mean the same in any spelling; and those that other readers of YAML take for true and false.
_ALSO = {"True": True, "False": False, "Null": None}
_TAKEN = frozenset({"yes", "no", "on", "off", "true", "false", "null"})


@dataclass
class Located:
    """Data, the line of each place in it, and the faults found so far. A place is a path of keys and indexes.

    ``taken``: the texts, such as ``yes``, that other readers of YAML take for true, false or nothing.
    """

    source: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    taken: dict[Place, str] = field(default_factory=dict)
    aliases: bool = False

    def fault(self, place: Place, message: str) -> None:
        """Note a fault at a place; its line is that of the nearest place that has one."""
        words = "/".join(map(str, place))
        known = next((place[:n] for n in range(len(place), -1, -1) if place[:n] in self.lines), None)
        where = f"line {self.lines[known]}" if known is not None else ""
        self.faults.append(Fault(message, ", ".join(filter(None, (where, words)))))

    def raise_faults(self) -> None:
        """Raise FormatError with everything found wrong, in the order of the file."""
        if not self.faults:
            return
        ordered = sorted(self.faults, key=_line_of)
        if len(ordered) > MAX_FAULTS:
            ordered = [*ordered[:MAX_FAULTS], Fault(f"and {len(ordered) - MAX_FAULTS:,} more faults")]
        raise FormatError(self.source, ordered)


def read_yaml(path: Path, max_bytes: int = MAX_BYTES, *, aliases: bool = False) -> Located:
    """Read a YAML or JSON file. Raises FormatError with the line of every fault.

    ``aliases``: read ``*name`` as what was called ``&name`` above.
    """
    return parse_yaml(read_text(path, max_bytes), str(path), aliases=aliases)


def parse_yaml(text: str, source: str, *, aliases: bool = False) -> Located:
    """As :func:`read_yaml`, from text.

    >>> found = parse_yaml("languages: [en, no]\\nsince: 2026-01-01\\nopen: true", "team.yaml")
    >>> found.data, found.lines["since",]
    ({'languages': ['en', 'no'], 'since': '2026-01-01', 'open': True}, 2)
    """
    found = Located(source, aliases=aliases)
    if text.lstrip()[:1] in ("{", "["):
        # JSON writes what YAML reads otherwise: tabs between values, letters beyond 16 bits as two escapes.
        with suppress(FormatError):
            found.data = parse_json(text, source)
            with suppress(FormatError):
                _compose(text.replace("\t", " "), found)
            return found
    found.data = _compose(text, found)
    return found


def _compose(text: str, found: Located) -> Any:
    """The data of a YAML text; lines and faults go into ``found``."""
    if not text.strip():
        return None
    root, faults = read_tree(text, found.source, aliases=found.aliases)
    found.faults += faults
    return _data(root, (), found)


def _data(node: Node, place: Place, found: Located) -> Any:
    if found.aliases and (len(place) > MAX_DEPTH or len(found.lines) > MOST_VALUES):
        message = "the aliases (*name) stand for more than can be read: write out what is needed"
        raise FormatError(found.source, [Fault(message, str(node.mark))])
    found.lines.setdefault(place, node.mark.line)
    if isinstance(node, Items):
        return [_data(item, (*place, index), found) for index, item in enumerate(node.items)]
    if isinstance(node, Pairs):
        found.lines |= {(*place, key): written.mark.line for key, written in node.keys.items()}
        return {key: _data(value, (*place, key), found) for key, value in node.pairs.items()}
    if node.plain and node.value in _ALSO:
        return _ALSO[node.value]
    try:
        value = as_json(node)
    except NumberFault as fault:
        found.fault(place, str(fault))
        return None
    if node.plain and isinstance(value, str) and value.casefold() in _TAKEN:
        found.taken[place] = value
    return value


def _line_of(fault: Fault) -> int:
    digits = re.match(r"line (\d+)", fault.path)
    return int(digits[1]) if digits else 0
