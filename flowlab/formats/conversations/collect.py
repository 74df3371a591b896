"""Rows -> conversations. Everything wrong is collected with its line, and told at the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import Fault, FormatError
from flowlab.formats.conversations.columns import OF_CONVERSATION, OF_MESSAGE
from flowlab.formats.conversations.values import READ
from flowlab.model.conversation import Conversation, Message

#: As many faults are told; of the others only the number.
MAX_FAULTS = 100

_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(slots=True)
class _Draft:
    """A conversation while its rows come in. ``said``: what each column says, and in which line."""

    id: str
    line: int
    whole: bool
    said: dict[str, tuple[Any, int]] = field(default_factory=dict)
    rows: list[tuple[Message | None, Mapping[str, Any]]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)


class Collector:
    """Takes rows or whole conversations, line by line, and gives conversations or one FormatError."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.more_faults = 0
        self.drafts: dict[str, _Draft] = {}

    def fault(self, place: str, message: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(message, place))
        else:
            self.more_faults += 1

    def row(self, line: int, cells: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
        """Take one message with what its row says about the conversation. ``cells``: raw values by column."""
        draft = self._draft(line, cells, whole=False)
        self._describe(draft, line, cells)
        if any(cells.get(column) not in _EMPTY for column in OF_MESSAGE):
            message = self._message(f"line {line}", cells)
            draft.rows.append((message, extra))
        else:
            draft.rows.append((None, extra))

    def conversation(
        self,
        line: int,
        cells: Mapping[str, Any],
        messages: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]],
        extra: Mapping[str, Any],
    ) -> None:
        """Take a conversation given as a whole: each message is its raw values by column and its other values."""
        draft = self._draft(line, cells, whole=True)
        self._describe(draft, line, cells)
        draft.extra = dict(extra)
        draft.rows = [
            (self._message(f"line {line}, message {number}", message), rest)
            for number, (message, rest) in enumerate(messages, 1)
        ]

    def result(self) -> list[Conversation]:
        """The conversations, in order of first appearance. Raises FormatError when there was any fault."""
        for draft in self.drafts.values():
            if "channel" not in draft.said:
                self.fault(f"line {draft.line}", f"conversation {draft.id!r} has no channel")
        if self.more_faults:
            self.faults.append(Fault(f"and {self.more_faults} more faults"))
        if self.faults:
            raise FormatError(self.source, self.faults)
        return [_finished(draft, self.source) for draft in self.drafts.values()]

    def _draft(self, line: int, cells: Mapping[str, Any], *, whole: bool) -> _Draft:
        name = self._read("conversation_id", cells, f"line {line}")
        if name is None:
            return _Draft("", line, whole)  # its other faults are still worth telling
        draft = self.drafts.setdefault(name, _Draft(name, line, whole))
        if draft.line != line and (whole or draft.whole):
            self.fault(f"line {line}", f"conversation {name!r} was already given in line {draft.line}")
            return _Draft(name, line, whole)
        return draft

    def _describe(self, draft: _Draft, line: int, cells: Mapping[str, Any]) -> None:
        for column in OF_CONVERSATION:
            if cells.get(column) in _EMPTY:
                continue
            value = self._read(column, cells, f"line {line}")
            if value in _EMPTY:
                continue
            before, before_line = draft.said.setdefault(column, (value, line))
            if value != before:
                self.fault(f"line {line}", f"{column} {value!r} differs from {before!r} in line {before_line}")

    def _message(self, place: str, cells: Mapping[str, Any]) -> Message | None:
        count = len(self.faults) + self.more_faults
        role, text, time_s, media = (self._read(column, cells, place) for column in ("role", "text", "time", "media"))
        if len(self.faults) + self.more_faults > count:
            return None
        return Message(role, text, time_s, media)

    def _read(self, column: str, cells: Mapping[str, Any], place: str) -> Any:
        try:
            return READ[column](cells.get(column))
        except ValueError as error:
            self.fault(place, f"{column} {error}")
            return None


def _finished(draft: _Draft, source: str) -> Conversation:
    rows = draft.rows
    if all(message is not None and message.time_s is not None for message, _ in rows):
        rows = sorted(rows, key=lambda row: row[0].time_s if row[0] and row[0].time_s is not None else 0.0)
    said = {column: value for column, (value, _) in draft.said.items()}
    messages = tuple(message for message, _ in rows if message is not None)
    extra = draft.extra | _extra_of([rest for _, rest in rows])
    return Conversation(draft.id, messages=messages, extra=extra, source=source, **said)


def _extra_of(rows: list[Mapping[str, Any]]) -> dict[str, Any]:
    """Other columns: one value where all rows agree (or say nothing), else a list with one entry a row."""
    names = dict.fromkeys(name for row in rows for name in row)
    extra: dict[str, Any] = {}
    for name in names:
        values = [row.get(name, "") for row in rows]
        given = [value for value in values if value not in _EMPTY]
        agreed = all(value == given[0] for value in given)
        if given:
            extra[name] = given[0] if agreed else values
    return extra
