"""The flat CSV of executions that people export: one step a row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flowlab.formats.conversations.values import iso_time
from flowlab.model.walk import Walk

#: The columns that are written, and that a file must have (``date_created`` and the address may be missing).
COLUMNS = ("date_created", "execution_sid", "contact_channel_address", "transitioned_from", "name", "transitioned_to")
REQUIRED = ("execution_sid", "transitioned_from", "name", "transitioned_to")
SYNONYMS = {
    "execution": "execution_sid",
    "contact_address": "contact_channel_address",
    "contact": "contact_channel_address",
    "address": "contact_channel_address",
    "event": "name",
    "date": "date_created",
    "time": "date_created",
    "step_sid": "sid",
}


def looks_like_header(line: str) -> bool:
    """Whether a line names the columns of steps.

    >>> looks_like_header("date_created,execution sid,transitioned_from,name,transitioned_to")
    True
    """
    names = {_plain(name) for name in re.split("[,;\t]", line)}
    return {"transitioned_from", "transitioned_to"} <= names


def read_rows(text: str, fault: Callable[[str, str], None]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows under their columns' own names, each with its place. ``fault`` is told what is wrong, and where."""
    first = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=first.count), strict=True)
    header: list[str] = []
    while True:
        place = f"line {reader.line_num + 1}"
        try:
            row = next(reader, None)
        except csv.Error as error:
            fault(place, f'quotes are not balanced, or a cell is too long ({error}); a quote inside quotes is ""')
            return
        if row is None:
            return
        if not any(row):
            continue
        if not header:
            header = [_plain(name) for name in row]
            if not _header_is_right(header, place, fault):
                return
        elif len(row) != len(header) and (len(row) < len(header) or any(row[len(header) :])):
            fault(place, f"has {len(row)} cells where the header names {len(header)} columns")
        else:
            yield place, dict(zip(header, row, strict=False))


def write_csv(walks: Iterable[Walk]) -> str:
    """Walks as CSV text, steps in the order in which they happened.

    Steps inside subflows stand among the others, as in what people export; contexts and types are not in it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for walk in walks:
        for step in walk.steps:
            writer.writerow(
                [iso_time(step.time_s), walk.sid, walk.contact, step.state, step.event, step.next]  # no cell is changed
            )
    return out.getvalue()


def _plain(name: str) -> str:
    word = "_".join(name.strip().strip('"').lower().replace("-", " ").split())
    return SYNONYMS.get(word, word)


def _header_is_right(header: list[str], place: str, fault: Callable[[str, str], None]) -> bool:
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        fault(place, f"has no column {', '.join(missing)}; a table of steps has {', '.join(COLUMNS)}")
    twice = [name for name in dict.fromkeys(header) if name and header.count(name) > 1]
    if twice:
        fault(place, f"names the column {', '.join(twice)} more than once")
    return not missing and not twice
