"""The same talk on several channels, side by side: as text, as HTML, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowlab.measure.differences import Difference, difference_table, differences
from flowlab.measure.side_by_side import Cut, Talk, side_rows, side_table
from flowlab.measure.totals import Totals, totals
from flowlab.text.files import write_whole
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, eq=False)
class SideBySide:
    """What :func:`flowlab.side_by_side` gives: shows itself in a notebook.

    ``turns``: what the customer did, in words; ``outcomes``: how each channel's talk stands at the end. ``given_key``:
    tells this view's links from those of others on the same page, where what it shows does not.
    """

    name: str
    turns: Sequence[str]
    talks: Sequence[Talk]
    outcomes: Sequence[str]
    cut: Callable[[str], Cut]
    given_key: str = ""

    @cached_property
    def table(self) -> pd.DataFrame:
        """All that was said, a row a line; the columns: :func:`flowlab.measure.side_by_side.side_table`."""
        return side_table(self.talks, self.cut)

    @cached_property
    def lines(self) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The rows of the table by column, in order."""
        return {talk.name: [*side_rows(talk, self.cut)] for talk in self.talks}

    @cached_property
    def found(self) -> list[Difference]:
        """Every difference."""
        return differences(self.talks, self.cut)

    @cached_property
    def key(self) -> str:
        """Tells this view's links from those of others on the same page."""
        if self.given_key:
            return self.given_key
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
        return totals(self.lines[talk.name], talk.channel)

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/html": self.as_html(), "text/plain": self.as_text()}
