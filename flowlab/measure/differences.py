"""Where the same talk differs from channel to channel, each difference in one short line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from flowlab.measure.side_by_side import Cut, Talk
from flowlab.model.event import Event, EventKind
from flowlab.model.shown import Shape, Shown

if TYPE_CHECKING:
    import pandas as pd

#: No line is longer than this, so that it is read at a glance.
MOST_CHARS = 90
_MANY = 3  # so many channels are named, of more all but the first are counted


class Difference(NamedTuple):
    """One difference: in which ``turn``, of what kind, on which ``channels``, and ``why`` in one line."""

    turn: int
    kind: str
    channels: tuple[str, ...]
    why: str


def differences(talks: Sequence[Talk], cut: Callable[[str], Cut]) -> list[Difference]:
    """Every difference, by turn: other paths first, then what is shown otherwise, costs more, or is refused."""
    labels = {talk.name: talk.label for talk in talks}
    found: list[Difference] = []
    for number in range(max((len(talk.ends) for talk in talks), default=0)):
        turns = {talk: talk.turn(number) for talk in talks if number not in talk.undone}
        lines = [("undone", talk.name, talk.undone[number]) for talk in talks if number in talk.undone]
        for kind, tell in _KINDS.items():
            for talk, events in turns.items():
                lines += [(kind, talk.name, line) for line in dict.fromkeys(tell(talk, events, turns, cut))]
        said: dict[tuple[str, str], list[str]] = {}
        for kind, name, line in lines:
            said.setdefault((kind, line), []).append(name)
        found += [
            Difference(number, kind, tuple(names), one_line(names, line, labels))
            for (kind, line), names in said.items()
        ]
    return found


def difference_table(found: Sequence[Difference]) -> pd.DataFrame:
    """Columns: ``turn``, ``kind``, ``channels`` (names, comma between), ``why``."""
    import pandas as pd

    rows = [(one.turn, one.kind, ", ".join(one.channels), one.why) for one in found]
    return pd.DataFrame(rows, columns=["turn", "kind", "channels", "why"])


def one_line(names: Sequence[str], line: str, labels: Mapping[str, str]) -> str:
    """``SMS, LINE and 2 more: what differs``, cut where it would be too long.

    >>> one_line(["sms", "line"], "numbers instead of buttons", {"sms": "SMS", "line": "LINE"})
    'SMS, LINE: numbers instead of buttons'
    """
    shown = [labels.get(name, name).split(" / ")[0] for name in names]
    who = ", ".join(shown) if len(shown) <= _MANY else f"{', '.join(shown[: _MANY - 1])} and {len(shown) - 2} more"
    text = " ".join(f"{who}: {line}".split())
    return text if len(text) < MOST_CHARS else text[: MOST_CHARS - 2] + "…"


Turns = Mapping[Talk, Sequence[Event]]
Tell = Callable[[Talk, Sequence[Event], Turns, Callable[[str], Cut]], Iterator[str]]
Step = tuple[str, str]
_PLAIN = {Shape.NUMBERED.value: "numbers", Shape.QUICK_REPLIES.value: "buttons", Shape.LIST.value: "a list"}
_QUOTED = re.compile(r"(?<!\w)(['\"])(.+?)\1(?!\w)")
#: How a note begins that says what stands for what was written, and why.
_INSTEAD = re.compile(r"shown as (.+?) instead of (.+?)(?:: (.*))?$", re.DOTALL)


def _path(_talk: Talk, events: Sequence[Event], turns: Turns, _cut: Callable[[str], Cut]) -> Iterator[str]:
    """Where this channel's way leaves that of most."""
    ways = [_steps(each) for each in turns.values()]
    usual, n = Counter(ways).most_common(1)[0]
    mine = _steps(events)
    if mine == usual or n == len(ways):
        return
    part = next((i for i, (a, b) in enumerate(zip(mine, usual, strict=False)) if a != b), min(len(mine), len(usual)))
    if part >= len(mine):
        yield f"stops before {usual[part][0]}"
        return
    state, to = mine[part]
    there = f"; most go to {usual[part][1]}" if part < len(usual) and usual[part][0] == state else ""
    step = next(e for e in events if e.kind == EventKind.STEP and (e.place, e.transitioned_to) == (state, to))
    value = f" by “{_short(step.value)}”" if step.value else f" by {step.event}"
    yield f"{state} goes{value} to {to}{there}"


def _steps(events: Sequence[Event]) -> tuple[Step, ...]:
    """The states passed; by which event the way in was taken does not matter where it leads to the same."""
    return tuple((e.place, e.transitioned_to) for e in events if e.kind == EventKind.STEP and not e.parent)


def _shape(talk: Talk, events: Sequence[Event], turns: Turns, _cut: Callable[[str], Cut]) -> Iterator[str]:
    """How choices look, where that is not the same everywhere, and why."""
    everywhere = {tuple(_shapes(each)) for each in turns.values()}
    offered = {e.place for each in turns.values() for e in each if e.kind == EventKind.SHOWN and '"choices"' in e.value}
    here = {e.place for e in events if e.kind == EventKind.SHOWN and '"choices"' in e.value}
    for place in dict.fromkeys(e.place for e in events if e.kind == EventKind.SENT):
        if place in offered - here:
            yield f"{place} in words, with nothing to tap"
    for shown in _all_shown(events):
        if shown.notes:
            yield _why_so(shown, talk.channel.label)
        elif len(everywhere) > 1 and shown.choices:
            yield f"{len(shown.choices)} choices as {_PLAIN.get(shown.shape, shown.shape)}"


def _why_so(shown: Shown, label: str) -> str:
    """What was made of it and the first reason, without the channel's name, so that channels can share the line."""
    instead = _INSTEAD.match(shown.notes[0])
    if not instead:
        return _nameless(shown.notes[0], label)
    shape, was, why = instead.groups()
    reason = _nameless((why or next(iter(shown.notes[1:]), "")).split("; ")[0], label)
    return f"{_PLAIN.get(shape, shape)}, not {_PLAIN.get(was, was)}" + (f": {reason}" if reason else "")


def _nameless(reason: str, label: str) -> str:
    bare = reason.removeprefix(f"{label} has ").replace(f", {label} ", ", ").replace(f": {label} ", ": ")
    return _QUOTED.sub(lambda found: f"“{_short(found[2], 22)}”", bare)


def _shapes(events: Sequence[Event]) -> Iterator[Shape]:
    return (shown.shape for shown in _all_shown(events))


def _all_shown(events: Sequence[Event]) -> Iterator[Shown]:
    return (Shown.from_json(event.value) for event in events if event.kind == EventKind.SHOWN)


def _subject(_talk: Talk, events: Sequence[Event], _turns: Turns, _cut: Callable[[str], Cut]) -> Iterator[str]:
    for shown in _all_shown(events):
        if shown.subject:
            yield f"subject “{_short(shown.subject)}”"


def _length(talk: Talk, events: Sequence[Event], _turns: Turns, cut: Callable[[str], Cut]) -> Iterator[str]:
    """What is billed as several."""
    for event in events:
        if event.kind == EventKind.SENT and event.units > 1 and talk.channel.value("billing_unit") == "segment":
            found = cut(event.text)
            why = f", {found.costly} makes it {found.encoding}" if found.costly else ""
            yield f"{event.place} takes {event.units} segments{why}"


def _told(kinds: frozenset[str]) -> Tell:
    def tell(_talk: Talk, events: Sequence[Event], _turns: Turns, _cut: Callable[[str], Cut]) -> Iterator[str]:
        return (event.detail for event in events if event.kind in kinds and event.detail)

    return tell


def _keyword(_talk: Talk, events: Sequence[Event], _turns: Turns, _cut: Callable[[str], Cut]) -> Iterator[str]:
    return (f"the platform answers “{_short(event.text)}”" for event in events if event.kind == EventKind.KEYWORD)


def _answer(_talk: Talk, events: Sequence[Event], turns: Turns, _cut: Callable[[str], Cut]) -> Iterator[str]:
    """What an answer is taken for, where channels take it for different things."""
    everywhere = {tuple(_picked(each)) for each in turns.values()}
    for words, choice, how in _picked(events):
        if len(everywhere) > 1 and choice:
            yield (
                f"“{_short(words)}” is taken for “{_short(choice)}”"
                if words != choice
                else f"“{_short(choice)}” by {how}"
            )


def _picked(events: Sequence[Event]) -> list[tuple[str, str, str]]:
    return [(e.text, e.event, e.detail) for e in events if e.kind == EventKind.RECEIVED]


def _short(text: str, most: int = 32) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= most else plain[: most - 1] + "…"


#: Every kind of difference, in the order in which a turn's lines stand.
_KINDS: dict[str, Tell] = {
    "path": _path,
    "answer": _answer,
    "shape": _shape,
    "subject": _subject,
    "refused": _told(frozenset({EventKind.FAULT.value})),
    "length": _length,
    "keyword": _keyword,
    "world": _told(frozenset({EventKind.LOST.value, EventKind.DISTURBED.value, EventKind.EXPIRED.value})),
}
