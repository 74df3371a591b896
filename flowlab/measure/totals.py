"""What a talk on one channel came to: messages, segments, cost, time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from flowlab.model.channel import Channel
from flowlab.text.spans import span


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


def totals(rows: Iterable[Mapping[Any, Any]], channel: Channel) -> Totals:
    """What the rows of :func:`flowlab.measure.side_by_side.side_table` of one channel come to."""
    said = list(rows)
    billed = [row for row in said if row["units"] > 0]
    known = bool(billed) and all(isfinite(row["cost_usd"]) for row in billed)
    dates = sorted({row["price_as_of"] for row in billed if row["price_as_of"]})
    return Totals(
        messages=len(billed),
        units=sum(int(row["units"]) for row in billed),
        unit=str(channel.value("billing_unit", "message")),
        cost_usd=float(sum(row["cost_usd"] for row in billed)) if known else None,
        price_as_of=" to ".join(dict.fromkeys((dates[0], dates[-1]))) if dates and known else "",
        elapsed_s=max((float(row["elapsed_s"]) for row in said), default=0.0),
    )
