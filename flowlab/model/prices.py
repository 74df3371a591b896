"""What a message costs: dated rows of a channel's price list, added up for one day, direction and category."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from flowlab.errors import UsageError, did_you_mean

DIRECTIONS = ("out", "in")
#: What a template is for; free text inside the service window is ``service``.
CATEGORIES = ("service", "marketing", "utility", "authentication")
#: A price read longer ago than this is shown with a caution.
_FRESH = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class PriceRow:
    """One fee of a price list, from a day on.

    ``usd``: US dollars per billing unit; None: the fee is due and not known. ``category``: empty: messages of every
    category. ``window``: ``open`` or ``closed``: only while the customer's service window is so; empty: always.
    ``since`` and ``until``: the first day on which it holds and the first on which it holds no longer (None: none is
    known). ``per``, ``fee``, ``country``: the unit, who takes it, and the country of the customer's number.
    ``source``, ``as_of``, ``trust``, ``note``: as of a :class:`~flowlab.model.channel.Fact`.
    """

    direction: str
    usd: float | None
    per: str
    fee: str
    since: date
    until: date | None = None
    category: str = ""
    window: str = ""
    country: str = "US"
    source: str = ""
    as_of: str = ""
    trust: str = ""
    note: str = ""

    def holds(self, on: date) -> bool:
        """Whether it holds on that day."""
        return self.since <= on and (self.until is None or on < self.until)


@dataclass(frozen=True, slots=True)
class Price:
    """What one message, or one SMS segment, costs: ``usd`` is the sum of ``rows``.

    ``as_of``: the date of the oldest of its rows; ``note``: what it leaves out, and a caution where it may be outdated.
    """

    usd: float
    rows: tuple[PriceRow, ...]
    as_of: str
    note: str = ""

    @property
    def per(self) -> str:
        """What it is the price of: ``segment`` or ``message``."""
        return self.rows[0].per

    @property
    def countries(self) -> tuple[str, ...]:
        """The countries whose list it is."""
        return tuple(dict.fromkeys(row.country for row in self.rows))


def price(
    rows: Iterable[PriceRow], direction: str, on: date, category: str = "", *, in_window: bool = True
) -> Price | None:
    """The sum of the fees that hold on that day; None where a fee is unknown, or none is listed for that day.

    ``category``: of the template; empty: free text. ``in_window``: whether the customer wrote within the service
    window.
    Raises UsageError for a direction or category that there is not.

    >>> fee = PriceRow("out", 0.005, "message", "Relay", date(2026, 1, 1), as_of="2026-10", trust="M")
    >>> price([fee], "out", date(2026, 11, 1)).usd
    0.005
    >>> price([fee], "out", date(2025, 12, 31)), price([fee], "in", date(2026, 11, 1))
    (None, None)
    """
    _known("direction", direction, DIRECTIONS)
    _known("category", category or CATEGORIES[0], CATEGORIES)
    window = "open" if in_window else "closed"
    due = tuple(
        row
        for row in rows
        if row.direction == direction
        and row.holds(on)
        and row.category in ("", category or CATEGORIES[0])
        and row.window in ("", window)
    )
    fees = [row.usd for row in due if row.usd is not None]
    if not due or len(fees) < len(due):
        return None
    as_of = min(row.as_of for row in due)
    notes = [row.note for row in due if row.note]
    if as_of and on - first_day(as_of) > _FRESH:
        notes.insert(0, f"price of {as_of}")
    return Price(round(sum(fees), 9), due, as_of, "; ".join(dict.fromkeys(notes)))


def first_day(text: str) -> date:
    """The first day of ``2026``, ``2026-10`` or ``2026-10-05``.

    >>> first_day("2026-10")
    datetime.date(2026, 10, 1)
    """
    return date.fromisoformat((text + "-01-01")[: len("2026-01-01")])


def _known(what: str, said: str, words: tuple[str, ...]) -> None:
    if said not in words:
        raise UsageError(f"there is no {what} {said!r} of a message. {did_you_mean(said, list(words))}")
