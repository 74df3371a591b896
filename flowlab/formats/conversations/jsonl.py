"""Conversations as JSON Lines: one conversation or one message a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flowlab.errors import FormatError
from flowlab.formats.conversations.collect import Collector
from flowlab.formats.conversations.columns import OF_CONVERSATION, OF_MESSAGE, assign
from flowlab.formats.conversations.values import iso_time, shown
from flowlab.model.conversation import Conversation, Message
from flowlab.text.safe_json import loads, read_lines

_Object = dict[str, Any]


def read_jsonl(text: str, source: str) -> list[Conversation]:
    """Read conversations from JSON Lines text. Raises FormatError with every fault and its line."""
    if text.lstrip().startswith("["):
        raise FormatError(source, "is one JSON list; JSON Lines has one object a line, without [ ] and commas around")
    collector = Collector(source)
    if (whole := _pretty_printed(text)) is not None:
        _take(1, whole, collector)
        return collector.result()
    for line, value in read_lines(text, collector.fault):
        _take(line, value, collector)
    return collector.result()


def _pretty_printed(text: str) -> _Object | None:
    """The one object that fills all the lines of a text; None where the lines are objects of their own."""
    try:
        loads(text.lstrip().split("\n", 1)[0])
    except ValueError:
        try:
            whole = loads(text)
        except ValueError:
            return None
        return whole if isinstance(whole, dict) else None
    return None


def _take(line: int, value: Any, collector: Collector) -> None:
    place = f"line {line}"
    if not isinstance(value, dict):
        collector.fault(place, f"is not a JSON object but {shown(value)}")
    elif "messages" in value:
        _take_conversation(line, value, collector)
    else:
        cells, extra = _split(value, ("conversation_id", *OF_CONVERSATION, *OF_MESSAGE))
        if "role" in cells and ("text" in cells or "media" in cells):
            collector.row(line, cells, extra)
        else:
            collector.fault(place, "is neither a conversation (no 'messages') nor a message (no 'role' and 'text')")


def _take_conversation(line: int, value: _Object, collector: Collector) -> None:
    cells, extra = _split(value, ("conversation_id", *OF_CONVERSATION))
    messages = extra.pop("messages")
    if not isinstance(messages, list):
        collector.fault(f"line {line}", f"messages must be a list, not {shown(messages)}")
        messages = []
    known = []
    for number, message in enumerate(messages, 1):
        if isinstance(message, dict):
            said, rest = _split(message, OF_MESSAGE)
            known.append((said, {f"messages.{name}": item for name, item in rest.items()}))
        else:
            collector.fault(f"line {line}", f"message {number} is not a JSON object but {shown(message)}")
    nested = extra.pop("extra", {})
    extra |= nested if isinstance(nested, dict) else {"extra": nested}
    collector.conversation(line, cells, known, extra)


def _split(value: _Object, wanted: tuple[str, ...]) -> tuple[_Object, _Object]:
    """The wanted columns under their own names, and everything else as it is."""
    columns = assign(tuple(value))
    cells = {columns[name]: item for name, item in value.items() if columns.get(name) in wanted}
    return cells, {name: item for name, item in value.items() if columns.get(name) not in wanted}


def write_jsonl(conversations: Iterable[Conversation]) -> str:
    """Write conversations as JSON Lines text, one conversation a line; what is unknown or empty is left out.

    >>> from flowlab.model.conversation import Role
    >>> print(write_jsonl([Conversation("7", "sms", (Message(Role.CUSTOMER, "hi", 0.0),))]))
    {"id": "7", "channel": "sms", "messages": [{"role": "customer", "time": "1970-01-01T00:00:00Z", "text": "hi"}]}
    """
    return "".join(json.dumps(_as_json(item), ensure_ascii=False) + "\n" for item in conversations)


def _as_json(conversation: Conversation) -> _Object:
    about = {column: getattr(conversation, column) for column in OF_CONVERSATION}
    known = {name: value for name, value in about.items() if value is not None and value not in ("", {})}
    messages = [_message_as_json(message) for message in conversation.messages]
    extra = {"extra": conversation.extra} if conversation.extra else {}
    return {"id": conversation.id, **known, **extra, "messages": messages}


def _message_as_json(message: Message) -> Mapping[str, Any]:
    time = {"time": iso_time(message.time_s)} if message.time_s is not None else {}
    media = {"media": list(message.media)} if message.media else {}
    return {"role": message.role, **time, "text": message.text, **media}
