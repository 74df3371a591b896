"""What a message becomes on a channel: what it is billed as, and whether the channel takes it at all."""

from __future__ import annotations

from functools import lru_cache

from flowlab.model.channel import Channel
from flowlab.run.segments import segments


def billed_units(text: str, channel: Channel) -> int:
    """What a message is billed as: segments where the channel counts them, else one message."""
    return _segments_of(text) if channel.value("billing_unit") == "segment" else 1


@lru_cache(maxsize=4096)
def _segments_of(text: str) -> int:
    return segments(text).segments


def refusal(text: str, media: str, channel: Channel) -> str:
    """Why the channel would not take this message; empty when it would.

    >>> from flowlab.model.channel import channel
    >>> refusal("", "", channel("sms"))
    'refused: the message is empty'
    """
    if not media and not text.strip():
        return "refused: the message is empty"
    limit = channel.value("max_text_chars")
    if limit and len(text) > limit:
        return f"refused: {len(text):,} characters, {channel.name} takes {limit:,}"
    return ""
