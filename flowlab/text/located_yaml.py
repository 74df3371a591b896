"""YAML (and the JSON within it) as plain data whose every place knows its line.

Stricter than YAML allows: no anchors and aliases (a small file could grow without end), no tags, no key twice. Plain
words are what they look like: ``no`` and ``on`` are texts, not false and true, and so are dates and times.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowlab.errors import Fault, FormatError
from flowlab.text.files import read_text
from flowlab.text.json_text import MAX_DEPTH, parse_json

if TYPE_CHECKING:
    import yaml

MAX_BYTES = 20_000_000
MAX_FAULTS = 50

Place = tuple[str | int, ...]

_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None, "True": True, "False": False, "Null": None}
_INTEGER = re.compile(r"[-+]?[0-9]{1,300}", re.ASCII)
_NUMBER = re.compile(r"[-+]?([0-9]{1,300}\.[0-9]{0,300}|\.[0-9]{1,300}|[0-9]{1,300})([eE][-+]?[0-9]{1,2})?", re.ASCII)


@dataclass
class Located:
    """Data, the line of each place in it, and the faults found so far. A place is a path of keys and indexes."""

    source: str
    data: Any = None
    lines: dict[Place, int] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

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


def read_yaml(path: Path) -> Located:
    """Read a YAML or JSON file. Raises FormatError with the line of every fault."""
    return parse_yaml(read_text(path, MAX_BYTES), str(path))


def parse_yaml(text: str, source: str) -> Located:
    """As :func:`read_yaml`, from text.

    >>> found = parse_yaml("languages: [en, no]\\nsince: 2026-01-01\\nopen: true", "team.yaml")
    >>> found.data, found.lines["since",]
    ({'languages': ['en', 'no'], 'since': '2026-01-01', 'open': True}, 2)
    """
    found = Located(source)
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
    import yaml

    source = found.source
    try:
        _refuse_tricks(text, source)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise FormatError(source, [Fault(f"is not YAML: {error.problem or error.context}", place)]) from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise FormatError(source, f"is not YAML: {' '.join(str(error).split())}") from None
    return _data(node, (), found) if node is not None else None


def _refuse_tricks(text: str, source: str) -> None:
    """Before anything is built: nesting within bounds, no anchors, no aliases, no tags."""
    import yaml

    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        place = f"line {event.start_mark.line + 1}" if event.start_mark else ""
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise FormatError(source, [Fault(f"is nested more than {MAX_DEPTH} levels deep", place)])
        if isinstance(event, yaml.NodeEvent) and event.anchor:
            raise FormatError(source, [Fault("anchors and aliases (& and *) are not read; write it out", place)])
        if getattr(event, "tag", None):
            raise FormatError(source, [Fault("tags (!) are not read; write plain values", place)])


def _data(node: yaml.Node, place: Place, found: Located) -> Any:
    import yaml

    found.lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        return [_data(item, (*place, index), found) for index, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, place, found)
    return _scalar(node.value, is_plain=getattr(node, "style", None) is None)


def _mapping(node: yaml.MappingNode, place: Place, found: Located) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for key_node, value in node.value:
        key = str(key_node.value)
        at = (*place, key)
        if key in data:
            found.lines[at] = key_node.start_mark.line + 1
            found.fault(at, "the key stands here a second time")
        found.lines[at] = key_node.start_mark.line + 1
        data[key] = _data(value, at, found)
    return data


def _scalar(text: str, *, is_plain: bool) -> Any:
    if not is_plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _line_of(fault: Fault) -> int:
    digits = re.match(r"line (\d+)", fault.path)
    return int(digits[1]) if digits else 0
