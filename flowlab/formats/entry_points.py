"""Entry points from a YAML file. Its form::

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

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.errors import FlowlabError, FormatError, UsageError
from flowlab.formats.flow_yaml import read_yaml as read_yaml_flow
from flowlab.formats.studio import read_flow
from flowlab.model.channel import NAMES, Channel, channel
from flowlab.model.entry_point import BUSINESS, CUSTOMER, EntryPoint, EntryPoints
from flowlab.model.flow import Flow
from flowlab.text.checked import TEXT, Entries, one_of
from flowlab.text.files import read_text
from flowlab.text.json_text import parse_json
from flowlab.text.located_yaml import Located, Place, read_yaml

MAX_BYTES = 2_000_000
_TOP = re.compile(r"^entry_points\s*:", re.MULTILINE)
_KEYS = {
    **dict.fromkeys(("name", "channel", "address", "flow", "intent", "campaign"), TEXT),
    "starts": one_of(CUSTOMER, BUSINESS),
}
_NEEDED = ("name", "channel", "address", "flow")
_FIELD = {"required": True, "optional": False}


def looks_like_entry_points(text: str) -> bool:
    """Whether the text of a YAML file names entry points on top."""
    return bool(_TOP.search(text))


def read_entry_points(path: Path) -> EntryPoints:
    """Entry points from a file. Raises FormatError with every fault and its line."""
    return _Reader(read_yaml(path, MAX_BYTES), path.parent).points()


class _Reader(Entries):
    """Reads entry points and gathers every fault before it raises. ``folder``: where the paths in it begin."""

    def __init__(self, found: Located, folder: Path) -> None:
        super().__init__(found)
        self.folder = folder
        self._flows: dict[str, Flow | None] = {}

    def points(self) -> EntryPoints:
        data = self.entry(self.document("entry_points: and a list"), (), ("entry_points",))
        made = [point for point in self.each(data, "entry_points", self._point) if point is not None]
        self.found.raise_faults()
        try:
            return EntryPoints(tuple(made), Path(self.found.source).stem, self.found.source)
        except UsageError as wrong:
            raise FormatError(self.found.source, str(wrong)) from None

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
        return EntryPoint(**{**known, "channel": medium, "flow": flow}, form=form, context=context)

    def _field(self, place: Place, must: Any) -> bool:
        if must not in _FIELD:
            self.found.fault(place, f"expected required or optional, found {must!r:.40}")
        return _FIELD.get(must, False)

    def _channel(self, known: Mapping[str, Any], place: Place) -> Channel | None:
        name, address = known.get("channel"), known.get("address")
        if name is None:
            return None
        try:
            own = name not in NAMES and (self.folder / name).is_file()
            medium = Channel.from_yaml(self.folder / name) if own else channel(name)
            if address is not None:
                medium.check_own_address(address)
        except FlowlabError as wrong:
            self.found.fault((*place, "address" if "address" in str(wrong) else "channel"), str(wrong))
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
        if not path.is_file():
            self.found.fault((*place, "flow"), f"there is no file {path}")
            return None
        try:
            text = read_text(path)
            if path.suffix.lower() in (".yaml", ".yml"):
                return read_yaml_flow(text, str(path))
            return read_flow(parse_json(text, str(path)), str(path))
        except FlowlabError as wrong:
            self.found.fault((*place, "flow"), str(wrong))
            return None
