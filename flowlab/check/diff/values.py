"""JSON values compared by meaning: where they differ, and how to write what stands there. No recursion: files may
nest without bound.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

Path = tuple[str, ...]
Follow = Callable[[str], str]


class _Absent:
    def __repr__(self) -> str:
        return "nothing"


#: Where one of two values has nothing.
ABSENT = _Absent()
#: Texts longer than this are not opened to see whether they are JSON.
MOST_JSON_CHARS = 100_000


class Difference(NamedTuple):
    """At ``path`` there was ``old``, there is ``new``; ABSENT for nothing. ``order``: the rows have another order."""

    path: Path
    old: Any
    new: Any
    order: bool = False


def canonical(value: Any) -> str:
    """A value as JSON text with sorted keys: equal for equal values, told apart by type (``1``, ``1.0``, ``true``).

    >>> canonical({"b": [1, True], "a": None}) == canonical({"a": None, "b": [1, True]})
    True
    """
    out: list[str] = []
    stack: list[tuple[bool, Any]] = [(False, value)]
    while stack:
        is_text, item = stack.pop()
        if is_text:
            out.append(item)
        elif isinstance(item, Mapping):
            keys = sorted(item, key=str)
            stack.append((True, "}"))
            for at in range(len(keys) - 1, -1, -1):
                name = json.dumps(str(keys[at]), ensure_ascii=False)
                stack += [(False, item[keys[at]]), (True, f"{', ' if at else ''}{name}: ")]
            stack.append((True, "{"))
        elif isinstance(item, list | tuple):
            stack.append((True, "]"))
            for at in range(len(item) - 1, -1, -1):
                stack += [(False, item[at]), (True, ", " if at else "")]
            stack.append((True, "["))
        else:
            out.append(_scalar(item))
    return "".join(out)


def _scalar(value: Any) -> str:
    if value is None or isinstance(value, str | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)


def text_of(value: Any) -> str:
    """A value as a diff writes it: a text as it is, nothing as nothing, anything else as JSON."""
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) else canonical(value)


def differences(old: Any, new: Any, follow: Follow) -> list[Difference]:
    """Where two values differ. ``follow`` is applied to the old one's texts first (names that were changed).

    Rows of ``{"key": ..., "value": ...}`` are found by key; texts that hold JSON objects are compared as such.

    >>> differences({"rows": [{"key": "a", "value": 1}]}, {"rows": [{"key": "a", "value": 2}]}, str)
    [Difference(path=('rows', '[a]', 'value'), old=1, new=2, order=False)]
    """
    found: list[Difference] = []
    stack: list[tuple[Path, Any, Any, bool]] = [((), old, new, False)]
    while stack:
        path, was, now, followed = stack.pop()
        if isinstance(was, str) and not followed:
            was, followed = follow(was), True  # what is JSON inside this text was followed with it
        inner = _inside(path, was, now)
        if inner is not None:
            stack += reversed([(*part, followed) for part in inner])
            if _in_other_order(was, now):
                found.append(Difference(path, was, now, order=True))
        elif was is ABSENT or now is ABSENT or canonical(was) != canonical(now):
            found.append(Difference(path, was, now))
    return found


def _inside(path: Path, was: Any, now: Any) -> Iterator[tuple[Path, Any, Any]] | None:
    """The parts of two values to be compared one by one; None where they are compared whole."""
    if isinstance(was, Mapping) and isinstance(now, Mapping):
        return _by_key(path, was, now)
    old_rows, new_rows = rows_by_key(was), rows_by_key(now)
    if old_rows is not None and new_rows is not None and (old_rows or new_rows):
        return _by_key(path, *({f"[{key}]": row for key, row in rows.items()} for rows in (old_rows, new_rows)))
    if isinstance(was, list | tuple) and isinstance(now, list | tuple) and (was and now):
        return _by_place(path, was, now)
    if isinstance(was, str) and isinstance(now, str) and was != now:
        return _as_json(path, was, now)
    return None


def _by_key(path: Path, was: Mapping[Any, Any], now: Mapping[Any, Any]) -> Iterator[tuple[Path, Any, Any]]:
    for key in dict.fromkeys((*was, *now)):
        yield (*path, str(key)), was.get(key, ABSENT), now.get(key, ABSENT)


def rows_by_key(value: Any) -> dict[str, Any] | None:
    """Rows of key and value, by key, without their place (``index``); None where a list is none of rows."""
    if not isinstance(value, list | tuple):
        return None
    rows: dict[str, Any] = {}
    for row in value:
        if not isinstance(row, Mapping) or not isinstance(row.get("key"), str) or row["key"] in rows:
            return None
        rows[row["key"]] = {name: part for name, part in row.items() if name not in ("key", "index")}
    return rows


def leaves(value: Any) -> Iterator[tuple[Path, Any]]:
    """Everything that stands in a value, with its path; keys in their order in the alphabet, rows and lists in theirs.

    >>> list(leaves({"b": [], "a": [{"key": "x", "value": 1}]}))
    [(('a', '[x]', 'value'), 1), (('b',), [])]
    """
    stack: list[tuple[Path, Any]] = [((), value)]
    while stack:
        path, item = stack.pop()
        rows = rows_by_key(item)
        if isinstance(item, Mapping) and item:
            stack += [((*path, str(key)), item[key]) for key in sorted(item, key=str, reverse=True)]
        elif rows:
            stack += reversed([((*path, f"[{key}]"), row) for key, row in rows.items()])
        elif isinstance(item, list | tuple) and item:
            stack += reversed([((*path, f"[{at}]"), inner) for at, inner in enumerate(item)])
        else:
            yield path, item


def _in_other_order(was: Any, now: Any) -> bool:
    old_rows, new_rows = rows_by_key(was), rows_by_key(now)
    if not old_rows or not new_rows:
        return False
    return [key for key in old_rows if key in new_rows] != [key for key in new_rows if key in old_rows]


def _by_place(path: Path, was: Sequence[Any], now: Sequence[Any]) -> Iterator[tuple[Path, Any, Any]]:
    """Lists: what is the same at the beginning and at the end is passed over, the rest stands opposite by place."""
    olds, news = [canonical(item) for item in was], [canonical(item) for item in now]
    least = min(len(olds), len(news))
    head = next((at for at in range(least) if olds[at] != news[at]), least)
    tail = 0
    while tail < least - head and olds[-1 - tail] == news[-1 - tail]:
        tail += 1
    for at in range(head, max(len(olds), len(news)) - tail):
        old = was[at] if at < len(olds) - tail else ABSENT
        new = now[at] if at < len(news) - tail else ABSENT
        yield (*path, f"[{at}]"), old, new


def _as_json(path: Path, was: str, now: str) -> Iterator[tuple[Path, Any, Any]] | None:
    """Two texts that hold JSON objects with different content, as objects."""
    old, new = _object(was), _object(now)
    if old is None or new is None or canonical(old) == canonical(new):
        return None
    return _by_key(path, old, new)


def _object(text: str) -> dict[str, Any] | None:
    if len(text) > MOST_JSON_CHARS or text.lstrip()[:1] != "{":
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def written(path: Path) -> str:
    """A path as text.

    >>> written(("parameters", "[order]", "value")), written(("value",))
    ('parameters[order].value', 'value')
    """
    return "".join(part if part.startswith("[") or not at else f".{part}" for at, part in enumerate(path))
