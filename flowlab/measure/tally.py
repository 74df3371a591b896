"""The outcomes of many conversations in a form that is counted fast: ten thousand of them while a finger rests."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.channel import channels
from flowlab.model.outcome import Outcome

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    Numbers = np.ndarray[Any, np.dtype[Any]]

NOT_RECORDED = "(not recorded)"


@dataclass(frozen=True, slots=True)
class Coded:
    """A column as small numbers: ``names[codes[row]]`` is what stands in a row."""

    codes: Numbers
    names: list[str]

    def sizes(self) -> dict[str, int]:
        """How often each name occurs, those that do not left out; in no order."""
        import numpy as np

        counted = np.bincount(self.codes, minlength=len(self.names)).tolist()
        return {name: n for name, n in zip(self.names, counted, strict=True) if n}

    def occurring(self) -> list[str]:
        """The names that occur, each where it is first met."""
        import pandas as pd

        return [self.names[code] for code in pd.unique(self.codes)]

    def rows(self, name: str) -> Numbers:
        """The rows where the name stands."""
        import numpy as np

        return np.flatnonzero(self.codes == (self.names.index(name) if name in self.names else -1))

    def among(self, names: Collection[str]) -> Numbers:
        """For each row whether one of the names stands in it."""
        import numpy as np

        return np.isin(self.codes, [code for code, name in enumerate(self.names) if name in names])


class Tally:
    """An :func:`~flowlab.measure.outcomes.outcome_table`, or some rows of it, ready to be counted.

    Each column is read once, when it is first asked for; every part that :meth:`take` and :meth:`only` make shares
    what was read. ``outcomes`` must not be changed meanwhile.

    >>> import pandas as pd
    >>> tally = Tally(pd.DataFrame({"channel": ["sms", "line", "sms"], "intent": ["a", None, "b"]}))
    >>> tally.coded("channel").sizes(), tally.only("channel", ["sms"]).coded("intent").occurring()
    ({'sms': 2, 'line': 1}, ['a', 'b'])
    """

    def __init__(self, outcomes: pd.DataFrame) -> None:
        import numpy as np

        self._whole = outcomes
        self._rows: Numbers = np.arange(len(outcomes))
        self._read: dict[tuple[str, str], Any] = {}

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def outcomes(self) -> pd.DataFrame:
        """The rows as a table."""
        return self._whole if len(self) == len(self._whole) else self._whole.iloc[self._rows]

    @property
    def columns(self) -> list[str]:
        return [str(name) for name in self._whole.columns]

    def take(self, rows: Numbers) -> Tally:
        """Only some rows: their places, or for each whether it is wanted."""
        part = Tally.__new__(Tally)
        part._whole, part._read, part._rows = self._whole, self._read, self._rows[rows]
        return part

    def only(self, column: str, names: Collection[str]) -> Tally:
        """Only the rows where one of the names stands in the column."""
        return self.take(self.coded(column).among(names))

    def known(self) -> Tally:
        """Only conversations whose outcome is known."""
        return self.take(~self.missing("outcome"))

    def missing(self, column: str) -> Numbers:
        """For each row whether nothing stands in the column."""
        found: Numbers = self._once("missing", column, lambda whole: whole.isna().to_numpy())
        return found[self._rows]

    def coded(self, column: str) -> Coded:
        """A column as text; :data:`NOT_RECORDED` where nothing stands. Raises UsageError without such a column."""
        if column not in self._whole.columns:
            raise UsageError(f"there is no column {column!r}. {did_you_mean(column, self.columns)}")
        codes, names = self._once("coded", column, _coded)
        return Coded(codes[self._rows], names)

    def numbers(self, column: str) -> Numbers:
        """A column as floats; NaN where it is not known."""
        found: Numbers = self._once("numbers", column, _floats)
        return found[self._rows]

    def _once(self, how: str, column: str, read: Any) -> Any:
        if (how, column) not in self._read:
            self._read[how, column] = read(self._whole[column])
        return self._read[how, column]


def _coded(column: pd.Series) -> tuple[Numbers, list[str]]:
    import pandas as pd

    text = column.astype("object").where(column.notna(), NOT_RECORDED).map(str)
    codes, names = pd.factorize(text)
    return codes, [str(name) for name in names]


def _floats(column: pd.Series) -> Numbers:
    found: Numbers = column.astype("Float64").to_numpy("float64", na_value=float("nan"))
    return found


def overall(by: str) -> str:
    """What the row of all conversations is called."""
    return "all text channels" if by == "channel" else "all conversations"


def outcome_order(occurring: Iterable[Any]) -> list[str]:
    """Outcomes in the order of :class:`~flowlab.model.outcome.Outcome`, words of other making after them.

    >>> outcome_order(["dropped", "contained"])
    ['contained', 'dropped']
    """
    order = {str(outcome): place for place, outcome in enumerate(Outcome)}
    return sorted(map(str, occurring), key=lambda name: (order.get(name, len(order)), name))


def group_order(column: Coded, by: str) -> list[str]:
    """Groups as a comparison shows them: channels and flows in their own order, others by size, unknown ones last."""
    if by == "flow":
        return column.occurring()
    place: dict[Hashable, int] = {name: i for i, name in enumerate(channels)} if by == "channel" else {}
    sizes, last = column.sizes(), len(place)
    return sorted(sizes, key=lambda name: (name == NOT_RECORDED, place.get(name, last), -sizes[name], name))
