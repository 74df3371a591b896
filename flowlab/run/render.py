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


def refusal(text: str, media: str, channel: Channel, in_window: bool = True) -> str:
    """Why the channel would not take this message; empty when it would. ``in_window``: whether free text may be sent.

    >>> from flowlab.model.channel import channel
    >>> refusal("", "", channel("sms"))
    'refused: the message is empty'
    """
    if not media and not text.strip():
        return "refused: the message is empty"
    if not in_window:
        hours = channel.value("service_window_h")
        return f"refused: the {hours:g}-hour window has closed, only approved templates go through"
    limit = channel.value("max_text_chars")
    if limit and length(text, channel) > limit:
        return f"refused: {length(text, channel):,} {counted_in(channel)}, {channel.name} takes {limit:,}"
    return ""


def length(text: str, channel: Channel) -> int:
    """How long a text is in the unit in which the channel counts.

    >>> from flowlab.model.channel import channel
    >>> length("👋", channel("line")), length("👋", channel("webchat"))
    (2, 1)
    """
    in_utf16 = channel.value("text_counted_in") == "UTF-16 units" and not text.isascii()
    return len(text) + sum(char > "\uffff" for char in text) if in_utf16 else len(text)


def counted_in(channel: Channel) -> str:
    """The unit in which the channel counts the length of a text."""
    return str(channel.value("text_counted_in", "characters"))
