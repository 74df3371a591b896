"""YAML text -> a tree that knows its lines. Only what JSON can say is read, and nothing is guessed.

Differences from YAML at large, each because of a trap: plain ``yes``, ``no``, ``on``, dates and numbers with leading
zeros are texts; only ``true``, ``false``, ``null``, ``~`` and JSON's numbers are more than that, and only where the
reader asks for JSON. A block (``|``) does not count its last line break. Tags, merge keys, a second document and
repeated keys are faults; so are anchors and aliases, unless the caller asks for them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import Fault, FormatError

#: JSON files may be nested 100 levels deep; the short form needs a few more for its own words.
MAX_DEPTH = 110
#: What must not stand in a file as it is: control characters, and line breaks that only some readers know.
_UNFIT = re.compile(r"[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
#: A part of the parser's own words -> what it nearly always means.
_PROBLEMS = (
    ("mapping values are not allowed", "a colon and a blank inside a text without quotes: put quotes around the text"),
    ("found character '\\t'", "a tab where YAML wants blanks: indent with blanks"),
    ("cannot start any token", "a text cannot begin with this character: put quotes around the text"),
    ("found unexpected end of stream", "a quotation mark is opened and never closed"),
    ("found unexpected document separator", "a quotation mark is opened and never closed"),
    ("expected <block end>", "the line does not fit those above: mind its indentation, and quotes around whole texts"),
    ("could not find expected ':'", "expected 'key: value' here; a text of several lines wants '|' before it"),
    ("expected ',' or", "a bracket or brace is not closed; a text that begins with one wants quotes around it"),
    ("expected the node content", "a bracket or brace is not closed, or something is missing here"),
    ("found unknown escape character", "in double quotes a backslash is written twice; or use single quotes"),
)
_BRACES = "a text that begins with '{{' wants quotes around it"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in the file, counted from 1."""

    line: int
    column: int

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}"


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar as it is written. ``plain``: without quotes, so that it may be a number, ``true`` or nothing at all."""

    mark: Mark
    value: str = ""
    plain: bool = False

    @property
    def blank(self) -> bool:
        """Nothing is written here (or ``null``, or ``~``)."""
        return self.plain and self.value in ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    mark: Mark
    items: list[Node] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Pairs:
    """A mapping; ``keys`` has the place of every key."""

    mark: Mark
    pairs: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Text] = field(default_factory=dict)


Node = Text | Items | Pairs


def read_tree(text: str, source: str, *, aliases: bool = False) -> tuple[Node, list[Fault]]:
    """The tree of a YAML text, and what is wrong with it that does not keep it from being read further.

    ``aliases``: read what ``*name`` stands for, one and the same node in several places; who walks such a tree must
    count, as a small text can stand for more than any memory holds. Raises FormatError where it cannot be read any
    further: not YAML, nested too deep, an alias.
    """
    unfit = _unfit(text)
    if unfit:
        raise FormatError(source, unfit)
    builder = _Builder(source, aliases)
    for event in _events(text, source):
        builder.take(event)
    if builder.root is None:
        raise FormatError(source, "is empty")
    return builder.root, builder.faults


def as_json(node: Node) -> Any:
    """The JSON value of a tree. Raises ValueError (with line and reason) for a number that JSON cannot hold."""
    if isinstance(node, Pairs):
        return {key: as_json(value) for key, value in node.pairs.items()}
    if isinstance(node, Items):
        return [as_json(item) for item in node.items]
    return _scalar(node)


def _scalar(node: Text) -> Any:
    if not node.plain:
        return node.value
    if node.value in _WORDS:
        return _WORDS[node.value]
    number = _NUMBER.fullmatch(node.value)
    if not number:
        return node.value
    if number[2] or number[3]:
        value = float(node.value)
        if math.isinf(value):
            raise NumberFault(node.mark, f"the number {node.value[:20]} is too large")
        return value
    try:
        return int(node.value)
    except ValueError:
        raise NumberFault(node.mark, f"the number {node.value[:20]}... has too many digits") from None


class NumberFault(ValueError):
    """A number that JSON cannot hold."""

    def __init__(self, mark: Mark, reason: str) -> None:
        super().__init__(reason)
        self.mark = mark


def _unfit(text: str) -> list[Fault]:
    faults = []
    if _UNFIT.search(text, 1 if text[:1] == "\ufeff" else 0):
        for number, line in enumerate(text.split("\n"), 1):
            found = _UNFIT.search(line)
            if found and not (number == 1 and found[0] == "\ufeff" and found.start() == 0):
                code = ascii(found[0])[1:-1]
                message = f'holds the control character {code}: write it as an escape in double quotes, "{code}"'
                faults.append(Fault(message, str(Mark(number, found.start() + 1))))
    return faults[:20]


def _events(text: str, source: str) -> Iterator[Any]:
    """The parser's events: of the quick parser where there is one, of the thorough one where that gives up."""
    import yaml

    quick = getattr(yaml, "CSafeLoader", None)
    if quick is not None:
        try:
            events = list(_bounded(yaml.parse(text, Loader=quick)))
        except (yaml.YAMLError, ValueError):
            pass
        else:
            yield from events
            return
    try:
        yield from _bounded(yaml.parse(text, Loader=yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        raise FormatError(source, [_said_plainly(error)]) from None
    except (yaml.YAMLError, ValueError) as error:
        raise FormatError(source, f"is not YAML: {' '.join(str(error).split())}") from None


def _bounded(events: Iterable[Any]) -> Iterator[Any]:
    """No deeper than the builder goes: it says what is wrong when it comes to the last of these."""
    import yaml

    depth = 0
    for event in events:
        yield event
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            return


def _said_plainly(error: Any) -> Fault:
    problem = " ".join(str(error.problem or error.context or "").split())
    meant = next((words for part, words in _PROBLEMS if part in problem), "")
    mark = error.problem_mark or error.context_mark
    place = str(Mark(mark.line + 1, mark.column + 1)) if mark else ""
    opened = f" (begun in line {error.context_mark.line + 1})" if error.context_mark and "closed" in meant else ""
    return Fault(f"is not YAML: {meant}{opened}" if meant else f"is not YAML: {problem}", place)


class _Builder:
    """Puts the tree together from the parser's events, without recursion."""

    def __init__(self, source: str, aliases: bool = False) -> None:
        self.source = source
        self.aliases = aliases
        self.faults: list[Fault] = []
        self.root: Node | None = None
        self._open: list[Items | Pairs] = []
        self._key: list[Text | None] = []
        self._names: list[str | None] = []
        self._named: dict[str, Node] = {}

    def take(self, event: Any) -> None:
        import yaml

        mark = Mark(event.start_mark.line + 1, event.start_mark.column + 1)
        if isinstance(event, yaml.AliasEvent):
            self._add(self._meant(event.anchor, mark))
        elif isinstance(event, yaml.NodeEvent):
            self._check(event, mark)
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise FormatError(self.source, [Fault("a second document begins here: one flow a file", str(mark))])
        if isinstance(event, yaml.ScalarEvent):
            text = _text(event, mark)
            self._add(text)
            self._name(event.anchor, text)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._enter(Pairs(mark) if isinstance(event, yaml.MappingStartEvent) else Items(mark))
            self._names.append(event.anchor)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._key.pop()
            self._name(self._names.pop(), self._open.pop())

    def _name(self, name: str | None, node: Node) -> None:
        if name is not None:
            self._named[name] = node

    def _meant(self, name: str | None, mark: Mark) -> Node:
        """What an alias stands for: only what is complete, so that nothing is within itself."""
        if not self.aliases:
            raise FormatError(self.source, [Fault("aliases (*name) are not read: write the value out", str(mark))])
        node = self._named.get(name or "")
        if node is None:
            raise FormatError(self.source, [Fault(f"nothing above is called &{name}", str(mark))])
        return node

    def _check(self, event: Any, mark: Mark) -> None:
        if event.anchor is not None and not self.aliases:
            self.faults.append(Fault(f"anchors (&{event.anchor}) are not read: leave it out", str(mark)))
        if getattr(event, "tag", None) is not None:
            self.faults.append(Fault(f"tags ({event.tag}) are not read: leave it out, or quote a text", str(mark)))

    def _enter(self, node: Items | Pairs) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise FormatError(self.source, [Fault(f"is nested more than {MAX_DEPTH} levels deep", str(node.mark))])
        self._add(node)
        self._open.append(node)
        self._key.append(None)

    def _add(self, node: Node) -> None:
        if not self._open:
            self.root = self.root or node
            return
        parent, key = self._open[-1], self._key[-1]
        if isinstance(parent, Items):
            parent.items.append(node)
        elif key is None:
            self._key[-1] = self._as_key(node)
        else:
            self._key[-1] = None
            if key.value not in parent.pairs:
                parent.pairs[key.value] = node
                parent.keys[key.value] = key

    def _as_key(self, node: Node) -> Text:
        parent = self._open[-1]
        assert isinstance(parent, Pairs)
        if not isinstance(node, Text):
            why = _BRACES if isinstance(node, Pairs) else "put quotes around it"
            self.faults.append(Fault(f"a key must be a text: {why}", str(node.mark)))
            return Text(node.mark, f"?{node.mark}")
        if node.value == "<<" and node.plain:
            self.faults.append(Fault("merge keys (<<) are not read: write the keys out", str(node.mark)))
        if node.value in parent.keys:
            first = parent.keys[node.value].mark.line
            message = f"the key {node.value!r} stands in line {first} already: rename or remove one of them"
            self.faults.append(Fault(message, str(node.mark)))
        return node


def _text(event: Any, mark: Mark) -> Text:
    block = event.style in ("|", ">")
    value = event.value.removesuffix("\n") if block else event.value
    return Text(mark, value, plain=event.style not in ("'", '"', "|", ">"))
