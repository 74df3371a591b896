"""Studio executions and their steps from files -> walks. Read in whatever way people keep them, told by content:

- a page of the steps list, ``{"meta": {"key": "steps", ...}, "steps": [...]}``, a page of executions, or a list of
  pages; a bare list of steps;
- an execution with its ``steps`` inside, or a list of them; an object ``{"execution": {...}, "steps": [...]}``;
- a folder of ``*.json``, an execution (or a page) each;
- JSON Lines of steps, executions and contexts; Event Streams' ``com.twilio.studio.flow.step.ended`` and
  ``...execution.started`` / ``.ended``, as a list or as lines;
- the flat CSV that people export, one step a row: the columns of :data:`~flowlab.formats.executions_csv.COLUMNS`,
  and where they are there ``type``, ``sid``, ``parent_step_sid``, ``status``, ``flow_sid`` and ``initiated_by``.

Steps may stand newest first, as Twilio lists them, or oldest first. ``context`` may be in a step or an execution, or a
resource of its own that names its ``step_sid`` or ``execution_sid``. A context is read as what stood there when the
step was over. ``date_created`` of a step is read as the moment its state was left. Sources: Twilio's OpenAPI
description of Studio v2 and its pages on the execution and step resources; no real capture of a context was to be
found, so those readings are ours (see docs/fidelity.md).

What is odd about a record but can be walked (gaps, doubles, a beginning that is missing) is in ``Walk.notes``; what
cannot be read is a fault with its place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.errors import FormatError
from flowlab.formats.executions_csv import looks_like_header, read_rows
from flowlab.formats.executions_parts import EVENT_TYPE, Parts
from flowlab.formats.executions_walks import walks_from
from flowlab.formats.redact import Mask, region_of
from flowlab.model.walk import Walk, WalkedStep
from flowlab.text.files import read_text
from flowlab.text.json_text import is_deep, parse_json
from flowlab.text.safe_json import read_lines

_STEP_KEYS = ("transitioned_from", "transitioned_to")


def looks_like_executions(data: Any) -> bool:
    """Whether this is a record of executions: parsed JSON, or the text of a file of lines.

    >>> looks_like_executions({"meta": {"key": "steps"}, "steps": []}), looks_like_executions({"states": []})
    (True, False)
    """
    if isinstance(data, str):
        return _lines_look_like_it(data)
    for _ in range(6):  # pages in a list, steps in a page in an execution: no deeper
        if isinstance(data, Mapping):
            if "states" in data or "messages" in data:
                return False
            if _is_piece(data):
                return True
            data = next((data[key] for key in ("execution", "executions", "steps") if key in data), None)
        elif isinstance(data, list) and data:
            data = data[0]
        else:
            return False
    return False


def _is_piece(data: Mapping[str, Any]) -> bool:
    """Whether an object says by its own keys that it is a step, an execution, a context or a page."""
    kind, meta = data.get("type"), data.get("meta")
    return (
        any(key in data for key in (*_STEP_KEYS, "contact_channel_address"))
        or (isinstance(kind, str) and kind.startswith(EVENT_TYPE))
        or (isinstance(meta, Mapping) and meta.get("key") in ("steps", "executions"))
        or ("execution_sid" in data and "context" in data)
    )


def read_executions(data: Any, source: str, *, redact: bool = True) -> list[Walk]:
    """Walks from parsed JSON, or from the text of JSON Lines or CSV; oldest first where all say when they began.

    ``redact``: mask e-mail addresses, phone, card and account numbers (default), as for conversations. Raises
    FormatError with everything wrong and its place.
    """
    parts = Parts(source)
    if isinstance(data, str):
        _take_lines(data, parts)
    elif is_deep(data):
        raise FormatError(source, "is not readable JSON: it is nested more than 100 levels deep")
    else:
        parts.take(data, "#")
    return _finished(parts, redact)


def read_folder(folder: Path, *, redact: bool = True) -> list[Walk]:
    """Walks from all ``*.json`` of a folder, in the order of the files' names.

    Raises FormatError when there is none, or with what is wrong in each.
    """
    paths = sorted(folder.glob("*.json"))
    if not paths:
        what = (
            "cannot be read: it is a folder without *.json. Only saved executions are read from a folder, a file each"
        )
        raise FormatError(str(folder), what)
    parts = Parts(str(folder))
    for path in paths:
        data = parse_json(read_text(path), str(path))
        if looks_like_executions(data):
            parts.take(data, f"{path.name} #")
        else:
            parts.fault(path.name, "holds no executions; only those are read from a folder")
    return _finished(parts, redact)


def _finished(parts: Parts, redact: bool) -> list[Walk]:
    walks = walks_from(parts)
    return [_masked(walk) for walk in walks] if redact else walks


def _lines_look_like_it(text: str) -> bool:
    first = text.lstrip("\ufeff \t\r\n").split("\n", 1)[0]
    if not first.startswith("{"):
        return looks_like_header(first)
    try:
        return looks_like_executions(json.loads(first))
    except (ValueError, RecursionError):
        return False


def _take_lines(text: str, parts: Parts) -> None:
    text = text.removeprefix("\ufeff")
    if not text.lstrip().startswith("{"):
        for place, row in read_rows(text, parts.fault):
            parts.step(row, place)
        return
    for number, value in read_lines(text, parts.fault):
        parts.take(value, f"line {number}")


def _masked(walk: Walk) -> Walk:
    from dataclasses import replace

    mask = Mask(region_of(walk.contact))
    contact, initiated_by = mask.text(walk.contact), mask.text(walk.initiated_by)
    trigger, variables = mask.anything(walk.trigger), mask.anything(walk.variables)
    steps: list[WalkedStep] = []
    for step in walk.steps:
        result = mask.anything(step.result)
        steps.append(step if result == step.result else replace(step, result=result))
    if not mask.counts:
        return walk
    return replace(
        walk, contact=contact, initiated_by=initiated_by, trigger=trigger, variables=variables, steps=tuple(steps)
    )


__all__ = ["looks_like_executions", "read_executions", "read_folder"]
