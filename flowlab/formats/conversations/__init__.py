"""Conversations from files: JSON Lines or CSV, told apart by content.

**One message a row** (CSV), or one message a line (JSON Lines objects with the same keys):

====================  =========================================================================================
``conversation_id``   required; rows of one conversation need not stand together
``channel``           required, in at least one row of a conversation; any name
``role``              required: ``customer``, ``bot``, ``agent`` or ``system``
``text``              required; empty for a message that is only media
``time``              ISO 8601 with offset; without one it is UTC. JSON may give seconds since 1970-01-01 UTC
``media``             addresses or names of files, separated by spaces or ``;`` (or a JSON list)
``outcome``           an :class:`~flowlab.model.outcome.Outcome`, in at least one row; empty where unknown
``resolved``          ``true``, ``false`` (also yes, no, 1, 0) or empty where nobody knows
``contact``           the customer's address
``entry_point``       the number, inbox or button of ours they wrote to
``context``           what was known before the first message, as a JSON object
anything else         kept in ``Conversation.extra``: as text, or as a list with one entry a message where it changes
====================  =========================================================================================

A row with nothing in ``role``, ``text``, ``time`` and ``media`` states a conversation without a message.
Names that other systems use are understood too (``session id``, ``created_at``, ``author``, ``body``, ...; see
:mod:`flowlab.formats.conversations.columns`). CSV may be separated by ``,`` ``;`` or tab.

**One conversation a line** (JSON Lines): ``{"id", "channel", "outcome", "resolved", "contact", "entry_point",
"context", "messages": [{"role", "time", "text", "media"}]}`` and any other key, kept in ``extra`` (written back as one
object ``extra``); a message's other keys become lists there, ``messages.<key>``. A file that holds one conversation may
be spread over many lines.

Messages are put in order of time where all of a conversation have one; else the file's order stands. Files are UTF-8,
or UTF-16 with its mark. Half an emoji (a lone surrogate, left by systems that cut texts) becomes U+FFFD.

What is written is what was recorded: a text that begins with ``=`` is **not** changed, so import a CSV into a
spreadsheet as text, never by double click, when customers wrote it. Times are written to the microsecond; CSV holds
cells of at most 131,072 characters, and of ``extra`` only text that is not empty survives as what it was.
"""

from __future__ import annotations

from pathlib import Path

from flowlab.errors import FormatError
from flowlab.formats import redact as redaction
from flowlab.formats.conversations.csv_ import read_csv, write_csv
from flowlab.formats.conversations.jsonl import read_jsonl, write_jsonl
from flowlab.model.conversation import Conversation
from flowlab.text.files import read_text

__all__ = ["read_conversations", "write_csv", "write_jsonl"]


def read_conversations(path_or_text: Path | str, *, source: str = "", redact: bool = True) -> list[Conversation]:
    """Read conversations from a file, or from text already read.

    A ``Path``, or a ``str`` of one line that does not begin with ``{`` or ``[``, is a file name. ``source`` is what
    errors and ``Conversation.source`` call it. Personal data is masked unless ``redact`` is False; see
    :mod:`flowlab.formats.redact` for what that means and what it does not.

    Raises FormatError with every fault and its line.

    >>> talk, = read_conversations("conversation_id,channel,role,text\\n7,sms,customer,I am kim@example.com")
    >>> talk.messages[0].text
    'I am <EMAIL_1>'
    """
    if isinstance(path_or_text, Path) or _is_file_name(path_or_text):
        source = source or str(path_or_text)
        text = read_text(Path(path_or_text))
    else:
        source, text = source or "text", path_or_text
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise FormatError(source, "is empty")
    nul = text.find("\0")
    if nul >= 0:
        line = text.count("\n", 0, nul) + 1
        raise FormatError(source, f"line {line}: holds a NUL character; is it UTF-16 without its mark, or damaged?")
    read = read_jsonl if text.lstrip().startswith(("{", "[")) else read_csv
    conversations = read(text, source)
    return redaction.redact(conversations)[0] if redact else conversations


def _is_file_name(text: str) -> bool:
    return bool(text.strip()) and "\n" not in text and "\r" not in text and text.lstrip()[0] not in "{["
