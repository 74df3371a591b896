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
    calendars:                           # opening hours by name: see flowlab.model.hours_file; or the path of a file
      support: {timezone: Europe/Lisbon, mon-fri: "09:00-18:00", holidays: {2026-12-25: Christmas Day}}

``when`` holds if all it names hold: ``weekday`` (``mon-fri``, ``sat,sun``), ``time`` (``09:00-18:00``, end excluded,
or ``22:00-06:00`` over midnight), ``open`` or ``closed`` (the name of a calendar), ``channel`` and ``parameters``
(patterns with ``*``, or lists of them; case is ignored).
An answer has ``json`` or ``text``, or it names a ``calendar`` and says what that says of the moment, as
:func:`flowlab.run.calendars.hours_answer` lists it (``json`` beside it adds to that). It may have ``status`` (default
200), ``exit`` and ``delay_s``. A state inside a subflow is named ``run-subflow state/state``, or by its own name alone.
How YAML is read: :mod:`flowlab.text.located_yaml`, here with aliases (``json: &ana {...}``, then ``json: *ana``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.hours import Hours
from flowlab.model.readings import read_readings
from flowlab.model.week import clock_times, weekdays
from flowlab.run.calendars import read_calendars
from flowlab.run.content_file import read_content
from flowlab.run.services import Answer, Rule, Services, When
from flowlab.run.subflow_files import read_subflows
from flowlab.text.checked import SECONDS, TEXT, Check, Entries, whole
from flowlab.text.located_yaml import Located, Place, read_yaml
from flowlab.text.plain import quote, short

MAX_BYTES = 2_000_000


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
    "calendar": (TEXT[0], "text: the name of a calendar"),
}


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
        self.calendars: dict[str, Hours] = {}

    def services(self) -> Services:
        data = self.document("a mapping with widgets and urls")
        data = self.entry(data, (), [f.name for f in fields(Services)])
        self.calendars = read_calendars(self, data, self.folder)
        widgets, urls = (self._table(data, key) for key in ("widgets", "urls"))
        subflows, wrong = read_subflows(self.mapping(data, (), "subflows"), self.folder)
        for sid, message in wrong.items():
            self.found.fault(("subflows", sid), message)
        content = read_content(data.get("content"), self.folder, self.found.fault)
        readings, calendars = read_readings(data, self), self.calendars
        services = Services(widgets, urls, self.timezone(data), subflows, readings, content, calendars)
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
        self._calendar(entry, place, "calendar")
        if entry.get("calendar") and not isinstance(entry.get("json", {}), Mapping):
            self.found.fault((*place, "json"), "beside a calendar, json is names and values that are added")
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
            self._calendar(when, place, "open"),
            self._calendar(when, place, "closed"),
        )

    def _calendar(self, entry: Mapping[str, Any], place: Place, key: str) -> str:
        """The name of a calendar that there is; empty where none is named."""
        name = "" if entry.get(key) is None else str(entry[key])
        if name and name not in self.calendars:
            known = did_you_mean(name, list(self.calendars)) if self.calendars else "There are none: add `calendars`."
            self.found.fault((*place, key), f"there is no calendar {quote(name)}. {known}")
        return name

    def _weekdays(self, text: str, place: Place) -> frozenset[int]:
        days, wrong = weekdays(text)
        for part in wrong:
            self.found.fault((*place, "weekday"), f"{part!r}: write weekdays like mon-fri or sat,sun")
        return days

    def _hours(self, text: Any, place: Place) -> tuple[str, str] | None:
        if text is None:
            return None
        times = clock_times(str(text))
        if times is None:
            self.found.fault((*place, "time"), f"{text!r}: write hours like 09:00-18:00")
        return times


def _texts(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(map(str, value)) if isinstance(value, list | tuple) else (str(value),)
