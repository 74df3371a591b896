"""What the columns of a conversation record are called, here and in other systems."""

from __future__ import annotations

from functools import lru_cache

#: Columns that describe the conversation, and those that describe one message.
OF_CONVERSATION = ("channel", "outcome", "resolved", "contact", "entry_point", "context")
OF_MESSAGE = ("time", "role", "text", "media")
COLUMNS = ("conversation_id", "channel", *OF_MESSAGE, *OF_CONVERSATION[1:])
REQUIRED = ("conversation_id", "channel", "role", "text")

#: What other systems call a column; the first that is there is taken, the others are kept as extra columns.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "conversation_id": (
        "id",
        "conversation",
        "conversation_sid",
        "session_id",
        "session",
        "ticket_id",
        "ticket",
        "chat_id",
        "case_id",
    ),
    "channel": ("channel_type", "communication_channel"),
    "time": ("timestamp", "created_at", "date_created", "date_sent", "sent_at", "datetime"),
    "role": ("author", "sender", "direction", "author_type", "sender_type", "from_role", "speaker"),
    "text": ("body", "message", "content"),
    "media": ("attachments", "media_urls"),
    "contact": ("customer_address",),
    "entry_point": ("proxy_address",),
}


@lru_cache(maxsize=256)  # JSON Lines ask anew for each line, mostly with the same names
def assign(names: tuple[str, ...]) -> dict[str, str]:
    """Which of the names in a file stands for which column; names that stand for none are left out.

    >>> assign(("Session ID", "body", "message", "campaign"))
    {'Session ID': 'conversation_id', 'body': 'text'}
    """
    plain: dict[str, str] = {}
    for name in names:
        plain.setdefault("_".join(name.strip().lower().replace("-", " ").split()), name)
    found = {}
    for column in COLUMNS:
        match = next((known for known in (column, *SYNONYMS.get(column, ())) if known in plain), None)
        if match:
            found[plain[match]] = column
    return found
