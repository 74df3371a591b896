"""The flows that run-subflow runs: from the files that a services file names by flow sid."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.errors import Fault, FormatError
from flowlab.formats.studio import read_flow
from flowlab.model.flow import Flow
from flowlab.text.files import read_text
from flowlab.text.json_text import parse_json


def read_subflows(table: Any, folder: Path) -> tuple[dict[str, Flow], list[Fault]]:
    """Flows by sid from ``{sid: path}``, and all that is wrong. A relative path begins at ``folder``; a Flow, or parsed
    JSON of one, may stand in place of a path.

    >>> read_subflows({"FW1": "no_such_file.json"}, Path("."))[1][0].path
    'FW1'
    """
    if not isinstance(table, Mapping):
        return {}, [Fault(f"expected a mapping of flow sids to files, found {type(table).__name__}")]
    flows: dict[str, Flow] = {}
    faults: list[Fault] = []
    for sid, given in table.items():
        try:
            flows[str(sid)] = _flow(given, folder)
        except (FormatError, ValueError) as error:  # ValueError: a path that holds a NUL
            faults.append(Fault(str(error), str(sid)))
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
