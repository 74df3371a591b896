"""How an SMS is cut, shown: each segment on a line, the characters that make it costly marked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flowlab.text.markup import BLUE, MUTED, RED, Html, safe
from flowlab.text.plain import plain

if TYPE_CHECKING:
    from flowlab.run.segments import Segments

_SHOWN_AT_MOST = 20
#: What joins two emoji into one. It steers nothing, and spelt out it would tear them apart.
_JOINER = re.compile("(?<=[^\0-\xff])\u200d(?=[^\0-\xff])")
_SEGMENT = f"border-left:3px solid {BLUE};padding:.1em .6em;margin:.2em 0;white-space:pre-wrap;overflow-wrap:anywhere"
_COSTLY = f"border-bottom:2px solid {RED};font-weight:bold"


def segments_bundle(cut: Segments) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a notebook shows of a cut text."""
    return {"text/plain": repr(cut), "text/html": html_page(cut)}, {}


def html_page(cut: Segments) -> str:
    """A small view for notebooks, readable on light and dark; everything in the text is escaped."""
    parts = cut.parts
    body = "".join(
        f"<div style='{_SEGMENT}'><span style='{MUTED}'>{number} </span>{_marked(part, cut)}</div>"
        for number, part in enumerate(parts[:_SHOWN_AT_MOST], 1)
    )
    lines = [_head(cut), *_more(parts), *([cut.advice] if cut.advice else [])]
    below = "".join(f"<div>{_seen(line, safe)}</div>" for line in lines[1:])
    return f"<div style='max-width:46em'><div><b>{safe(lines[0])}</b></div>{body}{below}</div>"


def text_page(cut: Segments) -> str:
    """The same for the terminal, control characters spelt out."""
    parts = cut.parts
    lines = [f"  {number:>2} | {_seen(part, plain)}" for number, part in enumerate(parts[:_SHOWN_AT_MOST], 1)]
    kinds = list(dict.fromkeys(char for _, char in cut.costly_characters))
    costly = ", ".join(f"{plain(char)} (U+{ord(char):04X})" for char in kinds[:_SHOWN_AT_MOST])
    costly += f" and {len(kinds) - _SHOWN_AT_MOST} more" if len(kinds) > _SHOWN_AT_MOST else ""
    ends = [f"Outside GSM-7: {costly}"] if kinds else []
    return "\n".join([_head(cut), *lines, *_more(parts), *ends, *([cut.advice] if cut.advice else [])])


def _head(cut: Segments) -> str:
    unit = "septet" if cut.encoding == "GSM-7" else "UTF-16 unit"
    where = " in the last" if cut.segments > 1 else ""
    length = f"{_many(cut.segments, 'segment')} in {cut.encoding}: {_many(cut.units, unit)}"
    return f"{length}, room for {cut.left_in_segment} more{where}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _more(parts: tuple[str, ...]) -> list[str]:
    return [f"… and {len(parts) - _SHOWN_AT_MOST:,} more segments"] if len(parts) > _SHOWN_AT_MOST else []


def _marked(part: str, cut: Segments) -> Html:
    costly = {char for _, char in cut.costly_characters}
    if not costly:
        return Html(_seen(part, safe))
    runs = re.split(f"([{re.escape(''.join(sorted(costly)))}]+)", part)
    shown = [_seen(run, safe) for run in runs]
    spans = (f"<span style='{_COSTLY}'>{run}</span>" if n % 2 else run for n, run in enumerate(shown))
    return Html("".join(spans))


def _seen(text: str, show: Callable[[str], str]) -> str:
    return "\u200d".join(show(piece) for piece in _JOINER.split(text))
