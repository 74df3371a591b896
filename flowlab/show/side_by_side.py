"""The same talk on several channels, side by side: as text, as HTML, as tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowlab.measure.differences import Difference, difference_table, differences
from flowlab.measure.side_by_side import Cut, Talk, side_table
from flowlab.text.files import write_whole
from flowlab.text.plain import plain
from flowlab.text.spans import span

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class SideBySide:
    """What :func:`flowlab.side_by_side` gives: shows itself in a notebook.

    ``turns``: what the customer did, in words; ``outcomes``: how each channel's talk stands at the end.
    """

    name: str
    turns: Sequence[str]
    talks: Sequence[Talk]
    outcomes: Sequence[str]
    cut: Callable[[str], Cut]

    @cached_property
    def table(self) -> pd.DataFrame:
        """All that was said, a row a line; the columns: :func:`flowlab.measure.side_by_side.side_table`."""
        return side_table(self.talks, self.cut)

    @cached_property
    def found(self) -> list[Difference]:
        """Every difference."""
        return differences(self.talks, self.cut)

    @cached_property
    def key(self) -> str:
        """Tells this view's links from those of others on the same page."""
        said = repr((self.found, self.as_text()))
        return sha256(said.encode("utf-8", "replace")).hexdigest()[:8]

    @property
    def differences(self) -> pd.DataFrame:
        """Every difference with its one line: ``turn``, ``kind``, ``channels``, ``why``."""
        return difference_table(self.found)

    def as_html(self) -> str:
        """The view as a piece of a page."""
        from flowlab.show.side_by_side_page import side_html

        return side_html(self)

    def as_page(self) -> str:
        """The view as a page of its own."""
        from flowlab.show.side_by_side_page import side_page

        return side_page(self)

    def to_html(self, path: str | Path) -> Path:
        """Write the page to a file. Raises UsageError where that cannot be done."""
        write_whole(Path(path), self.as_page())
        return Path(path)

    def as_text(self) -> str:
        """What differs, turn by turn, for a terminal."""
        names = ", ".join(talk.label for talk in self.talks)
        lines = [f"{plain(self.name)} on {names}"]
        for number, words in enumerate(self.turns):
            lines.append(f"\n{number + 1}  the customer {plain(words)}")
            lines += [f"   - {plain(one.why)}" for one in self.found if one.turn == number]
        lines.append("")
        for talk, outcome in zip(self.talks, self.outcomes, strict=True):
            lines.append(f"{talk.label:12} {self.totals(talk).words}, {outcome}")
        return "\n".join(lines)

    def totals(self, talk: Talk) -> Totals:
        """What one channel's talk came to."""
        mine = self.table[self.table["channel"] == talk.name]
        billed = mine[mine["units"] > 0]
        known = billed["cost_usd"].notna().all() and len(billed) > 0
        dates = sorted({date for date in billed["price_as_of"] if date})
        return Totals(
            messages=len(billed),
            units=int(billed["units"].sum()),
            unit=str(talk.channel.value("billing_unit", "message")),
            cost_usd=float(billed["cost_usd"].sum()) if known else None,
            price_as_of=" to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates and known else "",
            elapsed_s=float(mine["elapsed_s"].max()) if len(mine) else 0.0,
        )

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/html": self.as_html(), "text/plain": self.as_text()}


@dataclass(frozen=True, slots=True)
class Totals:
    """``units``: segments or messages, as ``unit`` says; ``cost_usd``: None where a price is not known."""

    messages: int
    units: int
    unit: str
    cost_usd: float | None
    price_as_of: str
    elapsed_s: float

    @property
    def money(self) -> str:
        """The cost with its date; never 0 for a price that is not known."""
        if not self.messages:
            return "nothing to bill"
        if self.cost_usd is None:
            return "price not known"
        return f"${self.cost_usd:.4f} (list {self.price_as_of})"

    @property
    def billed(self) -> str:
        """``5 segments``, or nothing where messages are what is billed."""
        return f"{self.units} segments" if self.unit == "segment" else ""

    @property
    def words(self) -> str:
        parts = [f"{self.messages} messages", self.billed, self.money, f"after {span(self.elapsed_s)}"]
        return ", ".join(part for part in parts if part)
