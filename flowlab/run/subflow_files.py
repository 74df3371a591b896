"""The flows that run-subflow runs: from the files that a services file names by flow sid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.errors import FormatError
from flowlab.formats.studio import read_flow
from flowlab.model.flow import Flow
from flowlab.text.files import read_text
from flowlab.text.json_text import parse_json


def read_subflows(table: Mapping[str, Any], folder: Path) -> tuple[dict[str, Flow], dict[str, str]]:
    """Flows by sid from ``{sid: path}``, and by sid what is wrong.

    A relative path begins at ``folder``; a Flow, or parsed JSON of one, may stand in place of a path.

    >>> list(read_subflows({"FW1": "no_such_file.json"}, Path("."))[1])
    ['FW1']
    """
    flows: dict[str, Flow] = {}
    faults: dict[str, str] = {}
    for sid, given in table.items():
        try:
            flows[str(sid)] = _flow(given, folder)
        except (FormatError, ValueError) as error:  # ValueError: a path that holds a NUL
            faults[str(sid)] = str(error)
    return flows, faults


def _flow(given: Any, folder: Path) -> Flow:
    if isinstance(given, Flow):
        return given
    if isinstance(given, Mapping):
        return read_flow(given, "subflow")
    if not isinstance(given, str | Path) or not str(given):
        raise FormatError("subflow", f"expected the path of a flow file, found {given!r}")
    path = folder / given
    return read_flow(parse_json(read_text(path), str(path)), str(path))
