"""Entries of a configuration file, read with every fault noted and none raised: unknown keys, wrong types."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flowlab.errors import FormatError, did_you_mean
from flowlab.text.located_yaml import Located, Place
from flowlab.text.plain import short

#: Whether a value is right, and what it should be in words.
Check = tuple[Callable[[Any], bool], str]


def whole(low: int, high: int) -> Check:
    """A whole number within bounds.

    >>> right, wanted = whole(1, 50)
    >>> right(50), right(51), right(True), wanted
    (True, False, False, 'a whole number from 1 to 50')
    """
    return (
        lambda value: isinstance(value, int) and not isinstance(value, bool) and low <= value <= high,
        f"a whole number from {low} to {high:,}",
    )


TEXT: Check = (lambda value: isinstance(value, str), "a text (put it in quotes)")
SECONDS: Check = (
    lambda value: isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 1e12,
    "seconds, 0 or more",
)
NUMBER: Check = (SECONDS[0], "a number, 0 or more")
YES_NO: Check = (lambda value: isinstance(value, bool), "true or false")


def one_of(*words: str) -> Check:
    """One of a few words.

    >>> one_of("FIFO", "LIFO")[1]
    'FIFO or LIFO'
    """
    return lambda value: value in words, " or ".join(filter(None, (", ".join(words[:-1]), words[-1])))


class Entries:
    """Reads pieces of a file and notes their faults in ``found``."""

    #: Other names of keys -> the name used here; keys that are passed over in silence.
    renamed: ClassVar[Mapping[str, str]] = {}
    ignored: ClassVar[Sequence[str]] = ()

    def __init__(self, found: Located) -> None:
        self.found = found

    def document(self, wanted: str) -> Mapping[str, Any]:
        """The names and values on top. Raises FormatError where the file holds something else than is ``wanted``."""
        data = self.found.data
        if isinstance(data, Mapping):
            return data
        self.found.raise_faults()
        raise FormatError(self.found.source, f"expected {wanted}, found {short(repr(data), 40)}")

    def each(
        self, data: Mapping[str, Any], key: str, read: Callable[[Mapping[str, Any], Place], Any], place: Place = ()
    ) -> tuple[Any, ...]:
        """What ``read`` makes of every entry of the list under ``key``."""
        value = data.get(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.found.fault((*place, key), f"expected a list, found {short(repr(value), 40)}")
            return ()
        made = []
        for index, entry in enumerate(value):
            at = (*place, key, index)
            if isinstance(entry, Mapping):
                made.append(read(entry, at))
            else:
                self.found.fault(at, f"expected names and values, found {short(repr(entry), 40)}")
        return tuple(made)

    def texts(self, entry: Mapping[str, Any], key: str, place: Place) -> tuple[str, ...]:
        """The texts listed under ``key``."""
        value = entry.get(key) or ()
        if isinstance(value, list | tuple) and all(isinstance(item, str) for item in value):
            return tuple(value)
        self.found.fault((*place, key), f"expected a list of texts, found {short(repr(value), 40)}")
        return ()

    def entry(self, entry: Mapping[str, Any], place: Place, known: Sequence[str]) -> dict[str, Any]:
        """The entry under flowlab's own key names; keys that nobody knows are faults."""
        renamed: dict[str, Any] = {}
        for key, value in entry.items():
            name = self.renamed.get(key, key)
            if name in known:
                renamed.setdefault(name, value)
                self._move_lines((*place, key), (*place, name))
            elif key not in self.ignored:
                self.found.fault((*place, str(key)), f"unknown key. {did_you_mean(str(key), list(known))}")
        return renamed

    def _move_lines(self, old: Place, new: Place) -> None:
        """What is found under a renamed key is still found on its line."""
        lines = self.found.lines
        if old == new or old not in lines:
            return
        if len(old) > 1:
            lines.setdefault(new, lines[old])
        else:
            lines |= {(*new, *place[1:]): line for place, line in lines.items() if place[:1] == old}

    def values(self, entry: Mapping[str, Any], place: Place, checks: Mapping[str, Check]) -> dict[str, Any]:
        """The values that are there and right."""
        return {
            key: entry[key]
            for key, check in checks.items()
            if entry.get(key) is not None and self._is_right(entry, place, key, check)
        }

    def _is_right(self, entry: Mapping[str, Any], place: Place, key: str, check: Check) -> bool:
        right, wanted = check
        if right(entry[key]):
            return True
        self.found.fault((*place, key), f"expected {wanted}, found {short(repr(entry[key]), 40)}")
        return False

    def timezone(self, entry: Mapping[str, Any], place: Place = ()) -> str:
        """The name of the time zone under ``timezone``; UTC where there is none."""
        zone = str(self.value(entry, place, "timezone", TEXT, "UTC"))
        try:
            ZoneInfo(zone)
        except (ValueError, OSError, KeyError):
            self.found.fault((*place, "timezone"), f"{short(repr(zone))} is no time zone; write it like Europe/Lisbon")
        return zone

    def mapping(self, entry: Mapping[str, Any], place: Place, key: str) -> Mapping[str, Any]:
        """The names and values under ``key``; none where there is nothing, or something else."""
        value = entry.get(key)
        if value is None:
            return {}
        if isinstance(value, Mapping):
            return value
        self.found.fault((*place, key), f"expected names and values, found {short(repr(value), 40)}")
        return {}

    def value(self, entry: Mapping[str, Any], place: Place, key: str, check: Check, default: Any) -> Any:
        """The value under ``key``, or the default where it is missing or wrong."""
        if entry.get(key) is None or not self._is_right(entry, place, key, check):
            return default
        return entry[key]
