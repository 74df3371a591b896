"""A workspace file (YAML or JSON): who there is to route tasks to. Its form::

    workspace: Harbour & Pine
    timezone: Europe/Lisbon            # default UTC
    activities:                        # available: may be offered tasks
      - {name: Available, available: true, sid: WA1}
      - {name: Offline, available: false}
    queues:
      - sid: WQ1                       # sid or name, or both
        name: Portuguese
        target_workers: "languages HAS 'pt'"     # default 1==1
        task_order: FIFO               # or LIFO
        max_reserved_workers: 1        # 1 to 50
        aliases: ["${queues.pt}"]      # what a template calls it
        waiting: [{priority: 5, age_s: 30}]      # tasks that wait in it already
    workers:
      - name: Ines
        sid: WK1
        activity: Available            # default: the first that is available
        capacity: {chat: 3, voice: 1}  # tasks at a time by task channel; one number is for every channel
        assigned: {chat: 1}            # tasks in hand, in the same way
        idle_s: 340                    # seconds since the last task
        attributes: {languages: [en, pt]}
    readings: {null_differs: false}    # see flowlab.model.readings

What Twilio's REST API lists is understood too: ``task_queues`` for ``queues``, ``friendly_name`` for ``name``,
``activity_name`` for ``activity``, ``attributes`` as a JSON text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from flowlab.errors import FormatError, UsageError, did_you_mean
from flowlab.model.expression_parser import parse
from flowlab.model.readings import Readings, read_readings
from flowlab.model.routing import Queue, Waiting, Worker, Workspace
from flowlab.text.checked import SECONDS, TEXT, YES_NO, Entries, one_of, whole
from flowlab.text.json_text import parse_json
from flowlab.text.located_yaml import Located, Place, read_yaml
from flowlab.text.plain import short

#: What a Flex account starts with; used where a file names no activities.
FLEX_ACTIVITIES: Mapping[str, bool] = {"Available": True, "Offline": False, "Unavailable": False, "Break": False}
_OWN = ("workers", "queues", "task_queues")
_TOP = re.compile(rf"^(?:{'|'.join(_OWN)})\s*:", re.MULTILINE)
_FLOW_TOP = re.compile(r"^states\s*:", re.MULTILINE)
_KEYS = ("workspace", "timezone", "activities", "queues", "workers", "readings")

_TASKS = whole(0, 10_000)
_PRIORITY = whole(0, 2**31)
_ORDER = one_of("FIFO", "LIFO")

_ACTIVITY = {"name": TEXT, "sid": TEXT}
_QUEUE = {
    "sid": TEXT,
    "name": TEXT,
    "target_workers": TEXT,
    "task_order": _ORDER,
    "max_reserved_workers": whole(1, 50),
}
_WORKER = {"name": TEXT, "sid": TEXT, "activity": TEXT, "idle_s": SECONDS}
_WAITING = {"priority": _PRIORITY, "age_s": SECONDS}


def looks_like_workspace(data: Any) -> bool:
    """Whether parsed JSON, or the text of a YAML file, could be a workspace: it names workers or queues on top."""
    if isinstance(data, str):
        return bool(_TOP.search(data)) and not _FLOW_TOP.search(data)
    return isinstance(data, Mapping) and "states" not in data and any(key in data for key in _OWN)


def load_workspace(source: Workspace | Mapping[str, Any] | str | Path) -> Workspace:
    """A workspace from a YAML or JSON file, or from a mapping of the same form.

    Raises FormatError with every fault and its line, UsageError when there is no such file.

    >>> team = load_workspace({"queues": [{"name": "Care"}], "workers": [{"name": "Ines", "capacity": 2}]})
    >>> team.queue("Care").target_workers, team.worker("Ines").activity
    ('1==1', 'Available')
    """
    if isinstance(source, Workspace):
        return source
    if isinstance(source, Mapping):
        return _Reader(Located("workspace", source)).workspace()
    path = Path(source)
    if not path.exists():
        raise UsageError(f"there is no file {path}. Give the path of a workspace file (YAML or JSON)")
    return _Reader(read_yaml(path)).workspace()


class _Reader(Entries):
    """Reads a workspace and gathers every fault before it raises."""

    renamed: ClassVar = {"friendly_name": "name", "activity_name": "activity", "task_queues": "queues"}
    #: Keys of the REST API's own that say nothing about routing here.
    ignored: ClassVar = (
        *("account_sid", "workspace_sid", "date_created", "date_updated", "date_status_changed", "url", "links"),
        *("meta", "activity_sid", "available", "assignment_activity_sid", "assignment_activity_name"),
        *("reservation_activity_sid", "reservation_activity_name"),
    )

    def workspace(self) -> Workspace:
        data = self.document("a mapping with queues and workers")
        data = self.entry(data, (), _KEYS)
        readings = read_readings(data, self)
        activities, sids = self._activities(data)
        workspace = Workspace(
            queues=self.each(data, "queues", lambda entry, place: self._queue(entry, place, readings)),
            workers=self.each(data, "workers", lambda entry, place: self._worker(entry, place, activities)),
            activities=activities,
            name=self.value(data, (), "workspace", TEXT, "workspace"),
            source=self.found.source,
            readings=readings,
            activity_sids=sids,
            timezone=self.timezone(data),
        )
        self._unique(workspace)
        self.found.raise_faults()
        return workspace

    def _activities(self, data: Mapping[str, Any]) -> tuple[dict[str, bool], dict[str, str]]:
        """What the file lists; else what its workers say of their own activity (as the REST API does), else Flex's."""
        listed = data.get("activities")
        if isinstance(listed, Mapping):
            for name in listed:
                self.value(listed, ("activities",), name, YES_NO, default=False)
            return {str(name): value is True for name, value in listed.items()}, {}
        if listed is None:
            workers = data.get("workers")
            rows = [row for row in workers if isinstance(row, Mapping)] if isinstance(workers, list) else []
            seen = {
                str(row["activity_name"]): row["available"] is True
                for row in rows
                if {"activity_name", "available"} <= row.keys()
            }
            return seen or dict(FLEX_ACTIVITIES), {}
        entries = self.each(data, "activities", self._activity)
        return {name: available for name, available, _ in entries}, {name: sid for name, _, sid in entries if sid}

    def _activity(self, entry: Mapping[str, Any], place: Place) -> tuple[str, bool, str]:
        # What `available` says of a worker is passed over; of an activity it is the point.
        available = self.value(entry, place, "available", YES_NO, default=False)
        values = self.values(self.entry(entry, place, tuple(_ACTIVITY)), place, _ACTIVITY)
        if "name" not in values:
            self.found.fault(place, "the activity has no name")
        return values.get("name", ""), available, values.get("sid", "")

    def _queue(self, entry: Mapping[str, Any], place: Place, readings: Readings) -> Queue:
        entry = self.entry(entry, place, (*_QUEUE, "aliases", "waiting"))
        values = self.values(entry, place, _QUEUE)
        if not values.get("sid") and not values.get("name"):
            self.found.fault(place, "the queue has neither sid nor name")
        expression = values.get("target_workers", "1==1")
        if expression.strip():
            try:
                parse(expression, "target_workers", readings)
            except FormatError as error:
                self.found.fault((*place, "target_workers"), str(error))
        values["sid"] = values.get("sid") or values.get("name", "")
        waiting = self.each(entry, "waiting", lambda task, at: Waiting(**self._task(task, at)), place)
        return Queue(**values, aliases=self.texts(entry, "aliases", place), waiting=waiting)

    def _task(self, entry: Mapping[str, Any], place: Place) -> dict[str, Any]:
        return self.values(self.entry(entry, place, tuple(_WAITING)), place, _WAITING)

    def _worker(self, entry: Mapping[str, Any], place: Place, activities: Mapping[str, bool]) -> Worker:
        entry = self.entry(entry, place, (*_WORKER, "capacity", "assigned", "attributes"))
        values = self.values(entry, place, _WORKER)
        if not values.get("name"):
            self.found.fault(place, "the worker has no name")
            values["name"] = ""
        activity = values.setdefault("activity", next((name for name, may in activities.items() if may), ""))
        if activity not in activities:
            hint = did_you_mean(activity, list(activities))
            self.found.fault((*place, "activity"), f"there is no activity {short(repr(activity))}. {hint}")
        for key in ("capacity", "assigned"):
            values[key] = self._by_channel(entry, key, place)
        return Worker(**values, attributes=self._attributes(entry, place))

    def _by_channel(self, entry: Mapping[str, Any], key: str, place: Place) -> dict[str, int]:
        value = entry.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            return {"default": self.value(entry, place, key, _TASKS, default=0)}
        return {str(channel): self.value(value, (*place, key), channel, _TASKS, default=0) for channel in value}

    def _attributes(self, entry: Mapping[str, Any], place: Place) -> Mapping[str, Any]:
        value = entry.get("attributes")
        if isinstance(value, str) and value:
            try:
                value = parse_json(value, "attributes")
            except FormatError as error:
                self.found.fault((*place, "attributes"), str(error).removeprefix("attributes: "))
                return {}
        return self.mapping({"attributes": value or None}, place, "attributes")

    def _unique(self, workspace: Workspace) -> None:
        """A second thing of the same name would never be found."""
        for kind, things, keys in (
            ("queues", workspace.queues, ("sid", "name")),
            ("workers", workspace.workers, ("sid", "name")),
        ):
            for key in keys:
                seen: dict[str, int] = {}
                for index, thing in enumerate(things):
                    value = getattr(thing, key)
                    if value and value in seen:
                        self.found.fault((kind, index, key), f"{short(repr(value))} is taken by {kind}/{seen[value]}")
                    seen.setdefault(value, index)
