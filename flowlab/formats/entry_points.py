"""Entry points from a YAML file, and back. Its form::

entry_points:
  - name: orders by SMS
    channel: sms                    # a built-in channel, or the file of an own one beside this file
    address: "+12025550190"         # ours
    flow: flows/store_service.json  # beside this file
    intent: order
    campaign: spring catalogue
  - name: help page
    channel: webchat
    address: https://shop.example.com/help
    flow: flows/store_service.json
    form: {friendlyName: required, email: optional}     # what is asked before the first message
  - name: order screen
    channel: inapp
    address: app:order
    flow: flows/store_service.json
    context: {order_number: "10421"}                    # what is known there
  - {name: delivery notice, channel: whatsapp, address: "whatsapp:+12025550190", flow: f.json, starts: business}
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.errors import FlowlabError, FormatError, UsageError
from flowlab.formats.flow_yaml import read_yaml as read_yaml_flow
from flowlab.formats.flow_yaml_text import write_tree
from flowlab.formats.studio import read_flow
from flowlab.model.channel import NAMES, Channel, channel
from flowlab.model.entry_point import BUSINESS, CUSTOMER, EntryPoint, EntryPoints
from flowlab.model.flow import Flow
from flowlab.text.checked import TEXT, Entries, one_of
from flowlab.text.files import read_text
from flowlab.text.json_text import parse_json
from flowlab.text.located_yaml import Located, Place, read_yaml
from flowlab.text.plain import short

MAX_BYTES = 2_000_000
_TOP = re.compile(r"^entry_points\s*:", re.MULTILINE)
_KEYS = {
    **dict.fromkeys(("name", "channel", "address", "flow", "intent", "campaign"), TEXT),
    "starts": one_of(CUSTOMER, BUSINESS),
}
_NEEDED = ("name", "channel", "address", "flow")
_FIELD = {"required": True, "optional": False}
#: A channel's file names its entry points too, in words.
_OF_A_CHANNEL = frozenset({"like", "identity", "velocity", "address_format"})


def looks_like_entry_points(text: str) -> bool:
    """Whether the text of a YAML file names entry points on top."""
    return bool(_TOP.search(text))


def read_entry_points(path: Path) -> EntryPoints:
    """Entry points from a file. Raises FormatError with every fault and its line."""
    return _Reader(read_yaml(path, MAX_BYTES), path.parent).points()


def write_entry_points(points: EntryPoints) -> str:
    """The text of a file that stands at ``points.source``: the flows' files are named from there.

    Raises UsageError for a flow or a channel that was not read from a file: it could not be found again.
    """
    folder = Path(points.source or ".").parent
    return write_tree({"entry_points": [_written(point, folder) for point in points.values()]})


def _written(point: EntryPoint, folder: Path) -> dict[str, Any]:
    if not point.flow.source:
        raise UsageError(f"{point.name}: its flow {point.flow.name!r} has no file yet; save it, and load it from there")
    if point.channel.name not in NAMES or point.channel != channel(point.channel.name):
        raise UsageError(f"{point.name}: the channel {point.channel.name!r} is your own; name its file by hand")
    said = {key: getattr(point, key) for key in ("name", "address", "intent", "campaign", "context")}
    said |= {"channel": point.channel.name, "flow": _from(folder, point.flow.source)}
    said["form"] = {name: "required" if needed else "optional" for name, needed in point.form.items()}
    said["starts"] = point.starts if point.starts == BUSINESS else ""
    order = (*_NEEDED, "intent", "campaign", "form", "context", "starts")
    return {key: said[key] for key in order if said[key] or key in _NEEDED}


def _from(folder: Path, path: str) -> str:
    try:
        return Path(os.path.relpath(path, folder)).as_posix()
    except ValueError:  # on another drive
        return str(Path(path).absolute())


class _Reader(Entries):
    """Reads entry points and gathers every fault before it raises. ``folder``: where the paths in it begin."""

    def __init__(self, found: Located, folder: Path) -> None:
        super().__init__(found)
        self.folder = folder
        self._flows: dict[str, Flow | None] = {}
        self._taken: dict[tuple[str, ...], str] = {}

    def points(self) -> EntryPoints:
        said = self.document("entry_points: and a list")
        if not _OF_A_CHANNEL.isdisjoint(said):
            raise FormatError(self.found.source, "is a channel's file: read it with fl.Channel.from_yaml(path)")
        data = self.entry(said, (), ("entry_points",))
        made = [point for point in self.each(data, "entry_points", self._point) if point is not None]
        if not made and not self.found.faults:
            self.found.fault(("entry_points",), "names no entry point that can be used")
        self.found.raise_faults()
        return EntryPoints(tuple(made), Path(self.found.source).stem, self.found.source)

    def _point(self, said: Mapping[str, Any], place: Place) -> EntryPoint | None:
        entry = self.entry(said, place, (*_KEYS, "form", "context"))
        known = self.values(entry, place, _KEYS)
        for key in _NEEDED:
            if entry.get(key) is None:
                self.found.fault((*place, key), "is missing")
        asked, context = self.mapping(entry, place, "form"), self.mapping(entry, place, "context")
        form = {name: self._field((*place, "form", name), must) for name, must in asked.items()}
        medium = self._channel(known, place)
        flow = self._flow(known, place)
        if medium is None or flow is None or any(key not in known for key in _NEEDED):
            return None
        try:
            point = EntryPoint(**{**known, "channel": medium, "flow": flow}, form=form, context=context)
        except UsageError as wrong:
            self.found.fault((*place, "context"), str(wrong))
            return None
        self._once(("name", point.name), place, point.name)
        if point.starts == CUSTOMER:
            self._once(("address", medium.name, point.address), place, point.name)
        return point

    def _once(self, key: tuple[str, ...], place: Place, name: str) -> None:
        """Note a name, or an address of a channel, that an entry point further up has too."""
        if key in self._taken:
            self.found.fault((*place, key[0]), f"{short(repr(key[-1]))} is the {key[0]} of another one further up, too")
        self._taken.setdefault(key, name)

    def _field(self, place: Place, must: Any) -> bool:
        if not isinstance(must, str) or must not in _FIELD:
            self.found.fault(place, f"expected required or optional, found {short(repr(must), 40)}")
            return False
        return _FIELD[must]

    def _channel(self, known: Mapping[str, Any], place: Place) -> Channel | None:
        name, address = known.get("channel"), known.get("address")
        if name is None:
            return None
        key = "channel"
        try:
            own = name not in NAMES and _is_file(self.folder / name)
            medium = Channel.from_yaml(self.folder / name) if own else channel(name)
            if address is not None:
                key = "address"
                medium.check_own_address(address)
        except FlowlabError as wrong:
            self.found.fault((*place, key), str(wrong) if isinstance(wrong, FormatError) else short(str(wrong), 400))
            return None
        return medium

    def _flow(self, known: Mapping[str, Any], place: Place) -> Flow | None:
        named = known.get("flow")
        if named is None:
            return None
        if named not in self._flows:
            self._flows[named] = self._read_flow(named, place)
        return self._flows[named]

    def _read_flow(self, named: str, place: Place) -> Flow | None:
        path = self.folder / named
        if not _is_file(path):
            self.found.fault((*place, "flow"), f"there is no file {short(str(path), 200)}")
            return None
        try:
            text = read_text(path)
            if path.suffix.lower() in (".yaml", ".yml"):
                return read_yaml_flow(text, str(path))
            return read_flow(parse_json(text, str(path)), str(path))
        except FlowlabError as wrong:
            self.found.fault((*place, "flow"), str(wrong))
            return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # too long for a name, or no name at all
        return False
