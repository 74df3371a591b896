"""Where a JSON path stands in the text of its file: path -> line.

Of a flow in the YAML short form, which has no such paths of its own, the lines of its states.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from flowlab.errors import FormatError
from flowlab.text.yaml_tree import Items, Node, Pairs, read_tree

_YAML = re.compile(r"^states[ \t]*:", re.MULTILINE)
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def line_index(text: str) -> dict[str, int]:
    """The line (from 1) on which each value of a JSON text begins, by its path; of a YAML flow that of each state.

    >>> line_index('{"states": [\\n  {"name": "a"},\\n  {"name": "b"}]}')["#/states/1/name"]
    3
    >>> line_index("states:\\n  a: {say: hi}\\n  b: {say: bye}\\n")
    {'#/states/0': 2, '#/states/1': 3}
    """
    return dict(_yaml_places(text) if _YAML.search(text) else _places(text))


def _yaml_places(text: str) -> Iterator[tuple[str, int]]:
    try:
        root, _ = read_tree(text, "flow")
    except FormatError:
        return
    states = root.pairs.get("states") if isinstance(root, Pairs) else None
    places: Iterable[Node] = states.keys.values() if isinstance(states, Pairs) else ()
    if isinstance(states, Items):
        places = states.items
    for index, place in enumerate(places):
        yield f"#/states/{index}", place.mark.line


def _places(text: str) -> Iterator[tuple[str, int]]:
    # One walk, no recursion: files may nest without bound.
    path: list[str | int] = []  # the key or place at which each open object or list now is
    key, wants_key, line, at = "", False, 1, 0
    for token in _TOKEN.finditer(text):
        line += text.count("\n", at, token.start())
        at = token.start()
        word = token.group()
        if word == "," and path and isinstance(path[-1], int):
            path[-1] += 1
        elif word == ",":
            wants_key = True
        elif word == ":" and path:
            path[-1], wants_key = _text(key), False
        elif word in ("}", "]"):
            del path[-1:]
            wants_key = False
        elif wants_key:
            key = word
        else:
            yield "/".join(["#", *map(str, path)]), line
            if word in ("{", "["):
                path.append("" if word == "{" else 0)
                wants_key = word == "{"


def _text(word: str) -> str:
    try:
        return str(json.loads(word))
    except ValueError:
        return word


def line_of(path: str, index: Mapping[str, int]) -> int | None:
    """The line of a finding's path: of the place itself, else of the nearest thing around it.

    The definition may stand inside a resource. None where the text does not show it, as in a definition written as a
    string.
    """
    for wrapping in ("#", "#/definition"):
        inner = path.replace("#", wrapping, 1)
        while inner != wrapping:
            if inner in index:
                return index[inner]
            inner = inner.rpartition("/")[0]
    return None
