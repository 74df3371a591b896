"""A services file (YAML), read with every fault named at once. Its form::

    timezone: Europe/Lisbon              # for `when`'s weekday and time; default UTC
    widgets:                             # by state name
      check_hours:
        - when: {weekday: mon-fri, time: "09:00-18:00"}
          json: {open: true}
        - json: {open: false}            # no `when`: answers everything else
      forward_call: {exit: hangup}       # which exit an opaque step takes
    urls:                                # by URL, with * as in file names
      "https://shop.example.com/orders/*":
        - when: {parameters: {number: ["10421", "10422"]}}
          json: {status: shipped}
        - {status: 404, json: {found: false}}
    subflows:                            # the flows that run-subflow runs, by flow sid; paths beside this file
      FW0123456789abcdef0123456789abcdef: flows/collect_address.json
    readings: {any_of_trims_items: false}   # see docs/fidelity.md

``when`` holds if all it names hold: ``weekday`` (``mon-fri``, ``sat,sun``), ``time`` (``09:00-18:00``, end excluded,
or ``22:00-06:00`` over midnight), ``channel`` and ``parameters`` (patterns with ``*``, or lists of them; case is
ignored).
An answer has ``json`` or ``text``, and may have ``status`` (default 200), ``exit`` and ``delay_s``. A state inside a
subflow is named ``run-subflow state/state``, or by its own name alone.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flowlab.errors import Fault, FormatError, UsageError, did_you_mean
from flowlab.model.readings import read_readings
from flowlab.run.services import Answer, Rule, Services, When
from flowlab.run.subflow_files import read_subflows

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def _is_json(value: Any) -> bool:
    try:
        return bool(json.loads(json.dumps(value, allow_nan=False)) == value)
    except (TypeError, ValueError, RecursionError):
        return False


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value < high


#: What an answer may hold: a check, and what it wants in words.
_ANSWER: dict[str, tuple[Callable[[Any], bool], str]] = {
    "json": (_is_json, "JSON (quote dates, and keys that are not text)"),
    "text": (lambda value: isinstance(value, str), "text"),
    "status": (lambda value: isinstance(value, int) and _is_number(value, 100, 600), "an HTTP status from 100 to 599"),
    "exit": (lambda value: isinstance(value, str), "text: the name of an exit"),
    "delay_s": (lambda value: _is_number(value, 0, float("inf")), "seconds, 0 or more"),
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def load_services(source: Services | Mapping[str, Any] | str | Path | None) -> Services:
    """Services from a YAML file, a mapping of the same shape (callables allowed), or nothing.

    Raises FormatError with all faults at once, UsageError when there is no such file.
    """
    if isinstance(source, Services):
        return source
    if source is None:
        return Services()
    if isinstance(source, Mapping):
        return _Reader("services", Path()).services(source)
    return _Reader(str(source), Path(source).parent).services(_yaml(Path(source)))


def _yaml(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}. Give the path of a services file (YAML).") from None
    except (OSError, UnicodeDecodeError) as error:
        raise FormatError(str(path), f"cannot be read: {error}") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # ValueError: a date such as 2026-13-01
        raise FormatError(str(path), f"is not YAML: {' '.join(str(error).split())}") from None


class _Reader:
    """Reads a services mapping and gathers every fault before it raises. ``folder``: where its paths begin."""

    def __init__(self, source: str, folder: Path) -> None:
        self.source = source
        self.folder = folder
        self.faults: list[Fault] = []

    def services(self, data: Any) -> Services:
        if not isinstance(data, Mapping):
            raise FormatError(self.source, f"expected a mapping with widgets and urls, found {type(data).__name__}")
        self._known(data, [f.name for f in fields(Services)], "")
        zone = str(data.get("timezone", "UTC"))
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._fault("timezone", f"{zone!r} is no time zone; write it like Europe/Lisbon")
        tables = [self._table(data.get(key) or {}, key) for key in ("widgets", "urls")]
        subflows, wrong = read_subflows(data.get("subflows") or {}, self.folder)
        self._gather("subflows", wrong)
        readings, wrong = read_readings(data.get("readings") or {})
        self._gather("readings", wrong)
        if self.faults:
            raise FormatError(self.source, self.faults)
        return Services(tables[0], tables[1], zone, subflows, readings)

    def _gather(self, path: str, faults: Sequence[Fault]) -> None:
        for fault in faults:
            self._fault(f"{path}/{fault.path}".rstrip("/"), fault.message)

    def _table(self, table: Any, path: str) -> dict[str, Any]:
        if not isinstance(table, Mapping):
            self._fault(path, f"expected a mapping, found {type(table).__name__}")
            return {}
        return {
            str(name): rules if callable(rules) else self._rules(rules, f"{path}/{name}")
            for name, rules in table.items()
        }

    def _rules(self, rules: Any, path: str) -> list[Rule]:
        entries = rules if isinstance(rules, list) else [rules]
        return [self._rule(entry, f"{path}/{index}") for index, entry in enumerate(entries)]

    def _rule(self, entry: Any, path: str) -> Rule:
        if not isinstance(entry, Mapping):
            self._fault(path, f"expected an answer like {{json: {{open: true}}}}, found {entry!r}")
            return When(), Answer()
        answer_keys = [f.name for f in fields(Answer)]
        self._known(entry, ("when", *answer_keys), path)
        values = {key: entry[key] for key in answer_keys if key in entry}
        for key, (right, wanted) in _ANSWER.items():
            if key in values and not right(values[key]):
                self._fault(f"{path}/{key}", f"expected {wanted}, found {values.pop(key)!r}")
        return self._when(entry.get("when") or {}, f"{path}/when"), Answer(**values)

    def _when(self, when: Any, path: str) -> When:
        if not isinstance(when, Mapping):
            self._fault(path, f"expected a mapping, found {when!r}")
            return When()
        self._known(when, [f.name for f in fields(When)], path)
        parameters = when.get("parameters") or {}
        if not isinstance(parameters, Mapping):
            self._fault(f"{path}/parameters", f"expected a mapping, found {parameters!r}")
            parameters = {}
        return When(
            self._weekdays(str(when.get("weekday", "")), path),
            self._hours(when.get("time"), path),
            _texts(when.get("channel")),
            {str(name): _texts(value) for name, value in parameters.items()},
        )

    def _weekdays(self, text: str, path: str) -> frozenset[int]:
        days: set[int] = set()
        for part in filter(None, text.lower().replace(" ", "").split(",")):
            first, _, last = part.partition("-")
            if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
                self._fault(f"{path}/weekday", f"{part!r}: write weekdays like mon-fri or sat,sun")
                continue
            start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days.update(range(start, end + 1) if start <= end else {*range(start, 7), *range(end + 1)})
        return frozenset(days)

    def _hours(self, text: Any, path: str) -> tuple[str, str] | None:
        if text is None:
            return None
        start, _, end = str(text).replace(" ", "").partition("-")
        if not (_CLOCK.fullmatch(start) and (_CLOCK.fullmatch(end) or end == "24:00")):
            self._fault(f"{path}/time", f"{text!r}: write hours like 09:00-18:00")
            return None
        return start, end

    def _known(self, data: Mapping[str, Any], known: Sequence[str], path: str) -> None:
        for key in data:
            if key not in known:
                self._fault(f"{path}/{key}".lstrip("/"), f"unknown key {key!r}. {did_you_mean(str(key), list(known))}")

    def _fault(self, path: str, message: str) -> None:
        self.faults.append(Fault(message, path))


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
