"""What a message becomes on a channel: SMS segments, and whether the channel takes it at all.

Sources: Twilio *SMS character limits* and 3GPP TS 23.038 (the GSM 7-bit alphabet and its extension table).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from flowlab.model.channel import Channel

_GSM_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = "^{}\\[~]|€\f"
_IS_BASIC = re.compile(f"[{re.escape(_GSM_BASIC)}]*")
_IS_GSM = re.compile(f"[{re.escape(_GSM_BASIC + _GSM_EXTENSION)}]*")
_EXTENDED = re.compile(f"[{re.escape(_GSM_EXTENSION)}]")


@dataclass(frozen=True, slots=True)
class Segments:
    """How an SMS is cut: ``encoding`` ``GSM-7`` or ``UCS-2``, number of ``segments``, length in ``units``
    (septets, or UTF-16 units), and ``forced_by``: the first character outside GSM-7, empty when there is none.
    """

    encoding: str
    segments: int
    units: int
    forced_by: str = ""


def segments(text: str) -> Segments:
    """Cut a text into SMS segments: 160 / 153 septets in GSM-7, 70 / 67 UTF-16 units in UCS-2.

    A character that needs two units never stands across two segments.

    >>> segments("x" * 161)
    Segments(encoding='GSM-7', segments=2, units=161, forced_by='')
    >>> segments("Grüße 👋")
    Segments(encoding='UCS-2', segments=1, units=8, forced_by='👋')
    """
    if _IS_BASIC.fullmatch(text):
        return Segments("GSM-7", _count(len(text), 160, 153), len(text))
    if _IS_GSM.fullmatch(text):
        widths = [2 if _EXTENDED.match(char) else 1 for char in text]
        return Segments("GSM-7", _pack(widths, 160, 153), sum(widths))
    forced_by = next(char for char in text if not _IS_GSM.fullmatch(char))
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Segments("UCS-2", _pack(widths, 70, 67), sum(widths), forced_by)


def _count(units: int, single: int, part: int) -> int:
    return 1 if units <= single else -(-units // part)


def _pack(widths: list[int], single: int, part: int) -> int:
    if sum(widths) <= single:
        return 1
    count, used = 1, 0
    for width in widths:
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return count


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
        return (
            f"refused: more than {hours:g} hours since the customer wrote, {channel.name} takes approved templates only"
        )
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
