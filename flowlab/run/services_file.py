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
    content: templates.json              # content templates, by a path beside this file, or in place
    readings: {any_of_trims_items: false}   # see docs/fidelity.md

``when`` holds if all it names hold: ``weekday`` (``mon-fri``, ``sat,sun``), ``time`` (``09:00-18:00``, end excluded,
or ``22:00-06:00`` over midnight), ``channel`` and ``parameters`` (patterns with ``*``, or lists of them; case is
ignored).
An answer has ``json`` or ``text``, and may have ``status`` (default 200), ``exit`` and ``delay_s``. A state inside a
subflow is named ``run-subflow state/state``, or by its own name alone. How YAML is read:
:mod:`flowlab.text.located_yaml`, here with aliases (``json: &ana {...}``, then ``json: *ana``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from flowlab.errors import UsageError
from flowlab.model.readings import read_readings
from flowlab.run.content_file import read_content
from flowlab.run.services import Answer, Rule, Services, When
from flowlab.run.subflow_files import read_subflows
from flowlab.text.checked import SECONDS, TEXT, Check, Entries, whole
from flowlab.text.located_yaml import Located, Place, read_yaml
from flowlab.text.plain import short

MAX_BYTES = 2_000_000
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)


def _is_json(value: Any) -> bool:
    try:
        return bool(json.loads(json.dumps(value, allow_nan=False)) == value)
    except (TypeError, ValueError, RecursionError):
        return False


#: What an answer may hold.
_ANSWER: dict[str, Check] = {
    "json": (_is_json, "JSON"),
    "text": TEXT,
    "status": (whole(100, 599)[0], "an HTTP status from 100 to 599"),
    "exit": (TEXT[0], "text: the name of an exit"),
    "delay_s": SECONDS,
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
        return _Reader(Located("services", source), Path()).services()
    path = Path(source)
    if not path.exists():
        raise UsageError(f"there is no file {path}. Give the path of a services file (YAML).")
    return _Reader(read_yaml(path, MAX_BYTES, aliases=True), path.parent).services()


class _Reader(Entries):
    """Reads services and gathers every fault before it raises. ``folder``: where its paths begin."""

    def __init__(self, found: Located, folder: Path) -> None:
        super().__init__(found)
        self.folder = folder

    def services(self) -> Services:
        data = self.document("a mapping with widgets and urls")
        data = self.entry(data, (), [f.name for f in fields(Services)])
        widgets, urls = (self._table(data, key) for key in ("widgets", "urls"))
        subflows, wrong = read_subflows(self.mapping(data, (), "subflows"), self.folder)
        for sid, message in wrong.items():
            self.found.fault(("subflows", sid), message)
        content = read_content(data.get("content"), self.folder, self.found.fault)
        services = Services(widgets, urls, self.timezone(data), subflows, read_readings(data, self), content)
        self.found.raise_faults()
        return services

    def _table(self, data: Mapping[str, Any], key: str) -> dict[str, Any]:
        return {
            str(name): rules if callable(rules) else self._rules(rules, (key, name))
            for name, rules in self.mapping(data, (), key).items()
        }

    def _rules(self, rules: Any, place: Place) -> list[Rule]:
        if isinstance(rules, list):
            return [self._rule(entry, (*place, index)) for index, entry in enumerate(rules)]
        return [self._rule(rules, place)]

    def _rule(self, entry: Any, place: Place) -> Rule:
        if not isinstance(entry, Mapping):
            found = short(repr(entry), 40)
            self.found.fault(place, f"expected an answer like {{json: {{open: true}}}}, found {found}")
            return When(), Answer()
        keys = [f.name for f in fields(Answer)]
        entry = self.entry(entry, place, ("when", *keys))
        self._words((*place, "json"))
        values = {key: entry[key] for key in keys if key in entry and key not in _ANSWER}
        return self._when(entry, place), Answer(**values, **self.values(entry, place, _ANSWER))

    def _words(self, place: Place) -> None:
        """Whoever writes ``open: yes`` means true, and would get a text."""
        for at, word in self.found.taken.items():
            if at[: len(place)] == place:
                self.found.fault(at, f"{word} is a text here: write true, false or null, or put it in quotes")

    def _when(self, rule: Mapping[str, Any], place: Place) -> When:
        place = (*place, "when")
        when = self.entry(self.mapping(rule, place[:-1], "when"), place, [f.name for f in fields(When)])
        return When(
            self._weekdays(str(when.get("weekday", "")), place),
            self._hours(when.get("time"), place),
            _texts(when.get("channel")),
            {str(name): _texts(value) for name, value in self.mapping(when, place, "parameters").items()},
        )

    def _weekdays(self, text: str, place: Place) -> frozenset[int]:
        days: set[int] = set()
        for part in filter(None, text.lower().replace(" ", "").split(",")):
            first, _, last = part.partition("-")
            if first not in WEEKDAYS or (last or first) not in WEEKDAYS:
                self.found.fault((*place, "weekday"), f"{part!r}: write weekdays like mon-fri or sat,sun")
                continue
            start, end = WEEKDAYS.index(first), WEEKDAYS.index(last or first)
            days.update(range(start, end + 1) if start <= end else {*range(start, 7), *range(end + 1)})
        return frozenset(days)

    def _hours(self, text: Any, place: Place) -> tuple[str, str] | None:
        if text is None:
            return None
        start, _, end = str(text).replace(" ", "").partition("-")
        if not (_CLOCK.fullmatch(start) and (_CLOCK.fullmatch(end) or end == "24:00")):
            self.found.fault((*place, "time"), f"{text!r}: write hours like 09:00-18:00")
            return None
        return start, end


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
