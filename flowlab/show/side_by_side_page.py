"""Channels side by side as HTML: a column a channel, a row a turn, every difference marked and explained below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowlab.measure.side_by_side import END, FLOW, PLATFORM, Talk
from flowlab.model.channel import Channel
from flowlab.model.shown import Shape
from flowlab.text.markup import safe
from flowlab.text.spans import span

if TYPE_CHECKING:
    from flowlab.show.side_by_side import SideBySide

_SKINS = {"phone number": "phone", "email address": "mail", "app identity": "app"}
#: Beyond this a message is cut in the view; the table has all of it.
_MOST_CHARS = 1_200
_MOST_TURN_CHARS = 160


def side_html(sides: SideBySide) -> str:
    """The view with its own style."""
    return side_view(sides).replace(">", f"><style>{style()}</style>", 1)


def side_view(sides: SideBySide) -> str:
    """The view, for a page that has :func:`style`. What comes from flows, channels or customers is escaped."""
    marks = _marks(sides)
    head = "".join(_column_head(talk) for talk in sides.talks)
    body = "".join(_row(sides, number, marks) for number in range(len(sides.turns)))
    foot = "".join(_foot(sides, talk, outcome) for talk, outcome in zip(sides.talks, sides.outcomes, strict=True))
    table = (
        f"<table style='--n:{len(sides.talks)}'><thead><tr><td></td>{head}</tr></thead><tbody>{body}</tbody>"
        f"<tfoot><tr><th scope=row>In all</th>{foot}</tr></tfoot></table>"
    )
    label = safe(f"{sides.name}, channels side by side")
    scroll = f"<div class=scroll tabindex=0 role=region aria-label='{label}'>{table}</div>"
    return f"<div class=fl-sides>{scroll}{_why(sides)}{_prices(sides)}</div>"


def side_page(sides: SideBySide) -> str:
    """The view as a page of its own, in the reader's light or dark."""
    title = safe(f"{sides.name}: side by side")
    look = "margin:1.2em;font-family:system-ui,sans-serif;background:Canvas;color:CanvasText"
    head = f"<meta charset=utf-8><meta name=viewport content='width=device-width'><title>{title}</title>"
    body = f"<body style='{look}'><h1>{title}</h1>{side_html(sides)}</body>"
    return f"<!doctype html><html lang=en style='color-scheme:light dark'>{head}{body}</html>\n"


def _marks(sides: SideBySide) -> Mapping[tuple[int, str], list[int]]:
    """The numbers of the differences of each turn and channel."""
    marks: dict[tuple[int, str], list[int]] = {}
    for number, one in enumerate(sides.found, start=1):
        for name in one.channels:
            marks.setdefault((one.turn, name), []).append(number)
    return marks


def _column_head(talk: Talk) -> str:
    channel = talk.channel
    about = f"{channel.label} at {channel.example_address}" if talk.entry else f"{channel.identity}, {channel.velocity}"
    return f"<th scope=col class='{_skin(channel)}'><b>{safe(talk.label)}</b><small>{safe(about)}</small></th>"


def _row(sides: SideBySide, number: int, marks: Mapping[tuple[int, str], list[int]]) -> str:
    cells = ""
    for talk in sides.talks:
        name = talk.name
        mine = [line for line in sides.lines[name] if line["turn"] == number]
        links = "".join(_link(sides, n) for n in marks.get((number, name), []))
        said = "".join(_message(talk.channel, line) for line in mine)
        diff = " diff" if links else ""
        cells += f"<td class='{_skin(talk.channel)}{diff}'>{links}{said or '<small>nothing</small>'}</td>"
    words = sides.turns[number]
    words = safe(words if len(words) <= _MOST_TURN_CHARS else f"{words[:_MOST_TURN_CHARS]}…")
    return f"<tr><th scope=row><span class=turn>{number + 1}</span> <small>{words}</small></th>{cells}</tr>"


def _link(sides: SideBySide, number: int) -> str:
    return f"<a class=mark href='#fl-why-{sides.key}-{number}' title='{safe(sides.found[number - 1].why)}'>{number}</a>"


def _message(channel: Channel, line: Mapping[str, Any]) -> str:
    text = line["text"]
    shown = text if len(text) <= _MOST_CHARS else f"{text[:_MOST_CHARS]}… ({len(text):,} characters)"
    subject = f"<span class=subject>{safe(line['subject'])}</span>" if line["subject"] else ""
    media = f"<br><i>{safe(line['media'])}</i>" if line["media"] else ""
    refused = " refused" if line["who"] == PLATFORM and not line["shape"] else ""
    meta = " · ".join(_meta(channel, line))
    body = f"{subject}{_lines(shown)}{media}<span class=meta>{safe(meta)}</span>"
    title = f" title='{safe(line['note'])}'" if line["note"] else ""
    return f"<div class='m {safe(line['who'])}{refused}'{title}>{body}</div>{_choices(line)}"


def _lines(text: str) -> str:
    return "\n".join(safe(part) for part in text.split("\n"))


def _meta(channel: Channel, line: Mapping[str, Any]) -> Iterator[str]:
    """The small line under a message."""
    if line["who"] == END:
        yield str(line["note"])
        return
    yield f"+{span(line['elapsed_s'])}"
    if line["units"] and channel.value("billing_unit") == "segment":
        yield f"{line['units']} segment{'s' * (line['units'] != 1)} {line['encoding']}".strip()
    if line["units"] and line["cost_usd"] == line["cost_usd"]:
        yield f"${line['cost_usd']:.4f}"
    if line["note"] and line["who"] != FLOW:  # what was changed in a message is told below, once
        yield str(line["note"])


def _choices(line: Mapping[str, Any]) -> str:
    if not len(line["choices"]) or line["shape"] == Shape.NUMBERED:
        return ""
    kind = "list" if line["shape"] == Shape.LIST else "buttons"
    items = "".join(f"<li>{safe(label)}</li>" for label in line["choices"])
    return f"<ul class='choices {kind}' aria-label='{safe(line['shape'])}'>{items}</ul>"


def _foot(sides: SideBySide, talk: Talk, outcome: str) -> str:
    total = sides.totals(talk)
    rows = {
        "messages": str(total.messages),
        "segments": str(total.units) if total.billed else "",
        "cost": total.money,
        "elapsed": span(total.elapsed_s),
        "window": _window(talk),
        "outcome": outcome,
    }
    told = "".join(f"<span>{name}</span><span>{safe(value)}</span>" for name, value in rows.items() if value)
    return f"<td class='{_skin(talk.channel)}'><div class=kv>{told}</div></td>"


def _window(talk: Talk) -> str:
    """Whether free text may still be sent, on a channel where that ends."""
    if talk.window_closes_s is None or not talk.events:
        return ""
    left_s = talk.window_closes_s - talk.events[-1].time_s
    return f"open for {span(left_s)}" if left_s > 0 else "closed: approved templates only"


def _why(sides: SideBySide) -> str:
    if not sides.found:
        return "<p>The channels show the same.</p>"
    items = "".join(
        f"<li id='fl-why-{sides.key}-{n}' value={n}><small>turn {one.turn + 1}</small> {safe(one.why)}</li>"
        for n, one in enumerate(sides.found, start=1)
    )
    return f"<ol class=why aria-label='Differences'>{items}</ol>"


def _prices(sides: SideBySide) -> str:
    """Whose prices these are, and what they leave out."""
    rows = {row for talk in sides.talks for row in talk.channel.prices if row.usd is not None}
    if not rows:
        return ""
    countries = ", ".join(sorted({row.country for row in rows}))
    said = (
        f"Costs: list prices ({countries}), each of its message's own day; carrier fees and number rental not included."
    )
    return f"<p class=cost><small>{safe(said)}</small></p>"


def _skin(channel: Channel) -> str:
    return f"{_SKINS.get(channel.identity, 'app')} ch-{re.sub('[^a-z0-9]+', '-', channel.name.lower())}"


@cache
def style() -> str:
    """The style sheet of the view."""
    return Path(__file__).with_name("side_by_side.css").read_text("utf-8")
