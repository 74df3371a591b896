"""Error codes of a message that does not get through: by who carries it (the channel's fact ``carried_by``).

Read 2026-11-25. D: the page of that code in Twilio's error dictionary was read. R: the code stands in somebody else's
list, its own page was not read. What the row stands for in flowlab (which fault gives which code) is our choice (M).
Whoever carries a message and is not listed gives no code that we know of.
"""

from __future__ import annotations

from typing import NamedTuple


class ErrorCode(NamedTuple):
    """A code, who gives it, for which fault, and what it means in our words; ``trust`` is that of code and meaning."""

    code: str
    carried_by: str
    fault: str
    means: str
    trust: str


CODES = (
    ErrorCode("30003", "carrier", "lost", "the handset cannot be reached", "D"),
    ErrorCode("30005", "carrier", "lost", "the number is unknown or no longer in use", "R"),
    ErrorCode("30007", "carrier", "lost", "filtered by the carrier", "R"),
    ErrorCode("30004", "carrier", "blocked", "blocked: this contact cannot be reached", "R"),
    ErrorCode("30001", "carrier", "rate_limited", "too many messages at a time: the queue is full", "D"),
    ErrorCode("30019", "carrier", "media_refused", "the content is larger than the carrier takes", "D"),
    ErrorCode("63003", "provider", "lost", "the address is invalid or no longer in use", "D"),
    ErrorCode("63014", "provider", "blocked", "blocked: the contact takes no messages from this sender", "D"),
    ErrorCode("63018", "provider", "rate_limited", "too many messages at a time for this sender", "D"),
    ErrorCode("63019", "provider", "media_refused", "the media could not be fetched", "D"),
)


def codes(carried_by: str, fault: str) -> list[ErrorCode]:
    """The codes that may come of a fault, in the table's order; none where none is known.

    >>> [row.code for row in codes("carrier", "lost")], codes("own code", "lost")
    (['30003', '30005', '30007'], [])
    """
    return [row for row in CODES if (row.carried_by, row.fault) == (carried_by, fault)]
