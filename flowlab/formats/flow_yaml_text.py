"""A tree of mappings, lists and values -> YAML text that reads and compares well: one fact a line, nothing folded.

Texts of several lines stand as blocks (``|``), or, where blanks at a line's end would be lost to an editor, in double
quotes, still line by line. Whatever another reader of YAML might take for something else stands in quotes.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flowlab.errors import FlowError
from flowlab.text.yaml_tree import MAX_DEPTH

#: Longer keys are written after a question mark: YAML allows no more than 1,024 characters otherwise.
_LONGEST_KEY = 900
#: What is written is read again, with a little room for what stands around it.
_DEEPEST = MAX_DEPTH - 4
#: What some reader of YAML takes for true, false or nothing.
_TAKEN = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_PLAIN = re.compile(r"(?:\w|[/(+$€£])(?:.*[^\s:])?")
_NAMES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_JOINERS = "\u200c\u200d"  # they hold together emoji and Persian words


class Blank:
    """Nothing at all after the colon."""


class Said(str):
    """A text where the reader wants a text, so that digits need no quotes."""

    __slots__ = ()


class Short(list[Any]):
    """A list on one line."""

    __slots__ = ()


def write_tree(tree: Mapping[str, Any]) -> str:
    """The YAML text of a mapping. Raises FlowError for what JSON cannot hold, or nests too deep.

    >>> print(write_tree({"say": "Hello\\nyou", "on": {"sent": Blank(), "failed": "5"}, "at": Short([1, 2])}), end="")
    say: |
      Hello
      you
    on:
      sent:
      failed: "5"
    at: [1, 2]
    """
    return "\n".join(_mapping(tree, 0, 0)) + "\n"


def _mapping(tree: Mapping[str, Any], indent: int, depth: int) -> Iterator[str]:
    pad = " " * indent
    for key, value in tree.items():
        written = _key(key)
        if len(written) > _LONGEST_KEY:
            yield f"{pad}? {written}"
            written = ""
        first, *rest = _value(value, indent, depth)
        yield f"{pad}{written}:{first}"
        yield from rest


def _sequence(items: Sequence[Any], indent: int, depth: int) -> Iterator[str]:
    pad = " " * indent
    for item in items:
        if isinstance(item, Mapping) and item:
            first, *rest = _mapping(item, indent + 2, depth + 1)
            yield f"{pad}- {first[indent + 2 :]}"
            yield from rest
        else:
            first, *rest = _value(item, indent, depth)
            yield f"{pad}-{first}"
            yield from rest


def _value(value: Any, indent: int, depth: int) -> Iterator[str]:
    """What stands after the colon or the dash, and the lines below it."""
    if depth > _DEEPEST:
        raise FlowError(f"the flow is nested more than {_DEEPEST} levels deep, which no YAML file may be")
    if isinstance(value, Blank):
        yield ""
    elif isinstance(value, Short):
        yield f" [{', '.join(map(_number, value))}]"
    elif isinstance(value, str):
        yield from _text(value, indent + 2)
    elif isinstance(value, Mapping):
        yield "" if value else " {}"
        yield from _mapping(value, indent + 2, depth + 1)
    elif isinstance(value, list | tuple):
        yield "" if value else " []"
        yield from _sequence(value, indent + 2, depth + 1)
    else:
        yield f" {_number(value)}"


def _number(value: Any) -> str:
    """A number, true, false or null, as JSON writes it."""
    if value is None or isinstance(value, bool | int) or (isinstance(value, float) and math.isfinite(value)):
        return json.dumps(value)
    raise FlowError(f"the flow holds {value!r}, which no file can hold: expected text, numbers, lists and mappings")


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise FlowError(f"the flow holds the key {key!r}: expected a text")
    return key if _is_plain(key) or key in ("on", "off") else _quoted(key)


def _text(text: str, indent: int) -> Iterator[str]:
    pad = " " * indent
    digits = isinstance(text, Said) or text[:1] not in "+0123456789"
    if "\n" not in text and not _is_thorny(text):
        yield f" {text if digits and _is_plain(text) else _quoted(text)}"
    elif _is_block(text):
        yield " |"
        yield from (pad + line if line else "" for line in text.split("\n"))
    else:
        first, *rest = text.split("\n")
        lines = [_escaped(first), *(("\\" if line[:1] == " " else "") + _escaped(line) for line in rest)]
        yield ' "' + lines[0] + "\\n\\"
        yield from (f"{pad}{line}\\n\\" for line in lines[1:-1])
        yield f'{pad}{lines[-1]}"'


def _is_plain(text: str) -> bool:
    return (
        bool(_PLAIN.fullmatch(text))
        and ": " not in text
        and " #" not in text
        and text.casefold() not in _TAKEN
        and not any(map(_is_special, text))
    )


def _is_thorny(text: str) -> bool:
    """Whether a text of one line would be hard to read in quotes of either kind."""
    return "'" in text and ('"' in text or "\\" in text) and not _is_plain(text) and _is_block(text)


def _is_block(text: str) -> bool:
    """Whether a text of several lines reads back from a block, even after an editor has cut blanks at line ends."""
    lines = text.split("\n")
    return (
        bool(lines[0] and lines[-1])
        and lines[0][0] != " "
        and not any(line.endswith(" ") for line in lines)
        and not any(_is_special(c) for c in text if c != "\n")
    )


def _is_special(char: str) -> bool:
    return not (char.isprintable() or char in _JOINERS)


def _quoted(text: str) -> str:
    single, double = text.count("'"), text.count('"') + text.count("\\")
    if double > single and not any(map(_is_special, text)):
        return "'" + text.replace("'", "''") + "'"
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    """A text as it stands between double quotes."""
    return "".join(_NAMES.get(c) or (_code(c) if _is_special(c) else c) for c in text)


def _code(char: str) -> str:
    point = ord(char)
    return f"\\x{point:02x}" if point < 0x100 else f"\\u{point:04x}" if point < 0x10000 else f"\\U{point:08x}"
