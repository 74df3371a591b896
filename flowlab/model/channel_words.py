"""A channel in words: each question one asks of it, answered from its keys, facts and prices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from flowlab.model.channel_facts import COST, KINDS, PACE, QUESTIONS, ROUTED, START
from flowlab.model.prices import PriceRow
from flowlab.text.plain import plain

if TYPE_CHECKING:
    from flowlab.model.channel import Channel

#: What defines a channel: the question each key answers, and its name in words.
KEYS: dict[str, tuple[str, str]] = {
    "identity": (START, "the customer is known by"),
    "entry_points": (START, "entry points"),
    "example_address": (START, "one of ours, for instance"),
    "trigger_event": (ROUTED, "enters a flow by"),
    "address_format": (ROUTED, "a customer's address"),
    "velocity": (PACE, "velocity"),
}
#: The price list, one line a direction.
PRICES = {"price_out": ("out", "a message to the customer"), "price_in": ("in", "a message from the customer")}
NOT_KNOWN, NONE = "not known", "–"
#: Units that the value says already.
_SAID = frozenset(
    {"", "yes/no", "text", "unit", "what", "who", "kinds", "statuses", "words", "facts", "countries"}
    | {"buttons", "items", "conversations", "cards", "files"}
)


class Answer(NamedTuple):
    """One line of an answer. ``known``: the channel states it; ``text`` says so where it does not."""

    question: str
    name: str
    label: str
    text: str
    known: bool = True
    source: str = ""
    as_of: str = ""
    trust: str = ""
    note: str = ""

    @property
    def origin(self) -> str:
        """Source, date, trust and note on one line; empty where there is none."""
        stated = ", ".join(filter(None, (self.source, f"as of {self.as_of}" if self.as_of else "")))
        marked = f"{stated} ({self.trust})" if self.trust else stated
        return "; ".join(filter(None, (marked, self.note)))


#: Every line there can be, in the order of the questions.
NAMES = tuple(
    name
    for question in QUESTIONS
    for name in (
        *(key for key, (asked, _) in KEYS.items() if asked == question),
        *(fact for fact, kind in KINDS.items() if kind.question == question),
        *(PRICES if question == COST else ()),
    )
)


def answer(channel: Channel, name: str) -> Answer:
    """What a channel answers on one key, fact or price of :data:`NAMES`.

    >>> from flowlab.model.channel import channel
    >>> answer(channel("sms"), "max_text_chars").text, answer(channel("sms"), "price_out").text
    ('1,600 characters', '$0.0083 a segment (Twilio)')
    """
    if name in KEYS:
        return Answer(KEYS[name][0], name, KEYS[name][1], in_words(getattr(channel, name)))
    return _price(channel, name) if name in PRICES else _fact(channel, name)


def _fact(channel: Channel, name: str) -> Answer:
    kind, fact = KINDS[name], channel.facts.get(name)
    if fact is None:
        needed = channel.facts.get(kind.needs)
        pointless = needed is not None and not needed.value
        return Answer(kind.question, name, kind.label, NONE if pointless else kind.missing, known=False)
    about = (fact.source, fact.as_of, fact.trust, fact.note)
    return Answer(kind.question, name, kind.label, in_words(fact.value, fact.unit), True, *about)


def in_words(value: Any, unit: str = "") -> str:
    """A value as people say it.

    >>> in_words(True), in_words(["STOP", "END"]), in_words([]), in_words(5294, "s"), in_words(720, "h since then")
    ('yes', 'STOP, END', 'none', '88 min', '30 d since then')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ("; " if any("," in str(one) for one in value) else ", ").join(map(str, value)) or "none"
    if isinstance(value, str):
        return value
    measure, space, more = unit.partition(" ")
    if measure in _TIMES:
        return _time(value, measure) + space + more
    return f"{value:,}" if unit in _SAID else f"{value:,} {unit}"


#: Units of time, their seconds, and below how many seconds each is used.
_TIMES = {"s": (1, 120), "min": (60, 7_200), "h": (3_600, 176_400), "d": (86_400, float("inf"))}


def _time(value: float, unit: str) -> str:
    seconds = value * _TIMES[unit][0]
    best, size = next((name, size) for name, (size, limit) in _TIMES.items() if seconds < limit)
    amount = seconds / size
    return f"{amount:.0f} {best}" if amount >= 10 else f"{amount:.1f} {best}".replace(".0 ", " ")


def _price(channel: Channel, name: str) -> Answer:
    """The price list of one direction as of the day of its newest row."""
    direction, label = PRICES[name]
    newest = max((row.since for row in channel.prices), default=None)
    rows = [row for row in channel.prices if row.direction == direction and newest and row.holds(newest)]
    if not rows:
        return Answer(COST, name, label, NOT_KNOWN, known=False)
    fees = [row for row in rows if row.usd]
    unknown = [row for row in rows if row.usd is None]
    said = [f"${row.usd:g} a {row.per} ({', '.join(filter(None, (row.fee, row.category)))})" for row in fees]
    said += [f"{fee}'s fee {NOT_KNOWN}: {words}" for fee, words in _by_fee(unknown)]
    text = " + ".join(said) or "free"
    as_of, trust = min(row.as_of for row in rows), max((row.trust for row in rows), key="DSRM".index)
    source, note = _once(row.source for row in rows), _once(row.note for row in rows)
    return Answer(COST, name, label, text, True, source, as_of, trust, note)


def _once(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(filter(None, texts)))


def _by_fee(rows: Sequence[PriceRow]) -> Iterator[tuple[str, str]]:
    for fee in dict.fromkeys(row.fee for row in rows):
        categories = dict.fromkeys(row.category or "any message" for row in rows if row.fee == fee)
        yield fee, ", ".join(categories)


def describe(channel: Channel) -> str:
    """The channel's card as text: the questions, and under each what the channel answers.

    A trust mark stands behind what was read somewhere; see ``channels/README.md``.
    """
    lines = [plain(f"{channel.label} ({channel.name})")]
    for question in QUESTIONS:
        lines += ["", question]
        for one in (answer(channel, name) for name in NAMES):
            if one.question == question and one.text != NONE:
                mark = f"  [{one.trust} {one.as_of}]" if one.trust else ""
                lines.append(plain(f"  {one.label}: {one.text}{mark}"))
    return "\n".join(lines)
