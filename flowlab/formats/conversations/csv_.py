"""Conversations as CSV, one message a row."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from flowlab.errors import UsageError
from flowlab.formats.conversations.collect import Collector
from flowlab.formats.conversations.columns import COLUMNS, OF_CONVERSATION, REQUIRED, SYNONYMS, assign
from flowlab.formats.conversations.values import READ, iso_time
from flowlab.model.conversation import Conversation, Message


def read_csv(text: str, source: str) -> list[Conversation]:
    """Read conversations from CSV text. Raises FormatError with every fault and its line."""
    collector = Collector(source)
    rows = _rows(text, collector)
    line, header = next(rows, (1, []))
    columns = assign(tuple(header))
    if _header_faults(line, header, columns, collector):
        return collector.result()
    places = [(index, columns[name]) for index, name in enumerate(header) if name in columns]
    others = [(index, name) for index, name in enumerate(header) if name not in columns]
    for line, row in rows:
        if any(row[len(header) :]) or len(row) < len(header):
            collector.fault(f"line {line}", f"has {len(row)} cells where the header names {len(header)} columns")
            continue
        extra = {name: row[index] for index, name in others if row[index]}
        if extra.pop("", None):
            collector.fault(f"line {line}", "has a value in a column without a name")
        collector.row(line, {column: row[index] for index, column in places}, extra)
    return collector.result()


def _rows(text: str, collector: Collector) -> Iterator[tuple[int, list[str]]]:
    """The rows that are not blank, each with the line it begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            row = next(reader, None)
        except csv.Error as error:
            collector.fault(f"line {line}", _csv_fault(str(error)))
            return
        if row is None:
            return
        if any(row):
            yield line, row


def _csv_fault(error: str) -> str:
    if "field limit" in error:
        limit = csv.field_size_limit()
        return f"a cell that begins here is longer than {limit:,} characters; is a quote never closed?"
    if "end of data" in error:
        return "a quote that opens here is never closed"
    return f'quotes are not balanced ({error}); inside a quoted text a quote is written as ""'


def _delimiter(text: str) -> str:
    first = re.split(r"[\r\n]", text.lstrip(), maxsplit=1)[0]
    return max(",;\t", key=lambda sign: len(assign(tuple(name.strip('" ') for name in first.split(sign)))))


def _header_faults(line: int, header: list[str], columns: dict[str, str], collector: Collector) -> bool:
    place = f"line {line}"
    if not columns:
        collector.fault(place, f"is not a header; the first line must name the columns ({', '.join(REQUIRED)}, ...)")
        return True
    for name in dict.fromkeys(header):
        if name and header.count(name) > 1:
            collector.fault(place, f"names the column {name!r} {header.count(name)} times")
    for column in REQUIRED:
        if column not in columns.values():
            also = ", ".join(SYNONYMS[column])
            collector.fault(place, f"has no column {column} (understood too: {also})")
    return bool(collector.faults)


def write_csv(conversations: Iterable[Conversation]) -> str:
    """Write conversations as CSV text, one message a row, the columns of the conversation repeated in each.

    Nothing is changed to please a spreadsheet: see the package for what that means for texts that begin with ``=``.
    Raises UsageError when a name in ``extra`` is a column's.

    >>> from flowlab.model.conversation import Role
    >>> print(write_csv([Conversation("7", "sms", (Message(Role.CUSTOMER, "hi", 0.0),))]))
    conversation_id,channel,time,role,text,media,outcome,resolved,contact,entry_point,context
    7,sms,1970-01-01T00:00:00Z,customer,hi,,,,,,
    """
    conversations = list(conversations)
    extras = list(dict.fromkeys(name for conversation in conversations for name in conversation.extra))
    for name in extras:
        if not name or name in COLUMNS:
            raise UsageError(f"extra column {name!r} cannot be written as CSV: rename it, or write JSON Lines")
    out = io.StringIO(newline="")
    writer = csv.writer(out)  # its line ends are CR LF (RFC 4180): with LF alone it would leave a lone CR unquoted
    writer.writerow([*COLUMNS, *extras])
    for conversation in conversations:
        about = [_cell(getattr(conversation, column)) for column in OF_CONVERSATION]
        others = [_per_row(conversation, name) for name in extras]
        for number, message in enumerate(conversation.messages or (None,)):
            rest = [cells[number] for cells in others]
            writer.writerow([conversation.id, about[0], *_message_cells(message), *about[1:], *rest])
    return out.getvalue()


def _message_cells(message: Message | None) -> list[str]:
    if message is None:
        return [""] * 4
    media = " ".join(message.media)
    if media.lstrip().startswith("[") or READ["media"](media) != message.media:  # a name with a space, say
        media = json.dumps(message.media, ensure_ascii=False)
    return [iso_time(message.time_s), str(message.role), message.text, media]


def _per_row(conversation: Conversation, name: str) -> list[str]:
    value = conversation.extra.get(name)
    rows = max(1, len(conversation.messages))
    if isinstance(value, list) and len(value) == rows:
        return [_cell(item) for item in value]
    return [_cell(value)] * rows


def _cell(value: Any) -> str:
    if value is None or value == {}:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
