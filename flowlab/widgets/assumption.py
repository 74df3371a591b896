"""What a simulation takes for granted and may be asked otherwise: named numbers, each within its bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flowlab.errors import UsageError, did_you_mean


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number from ``low`` to ``high``, in ``unit``, that a simulation is run with."""

    name: str
    low: float
    high: float
    value: float
    unit: str = ""

    def __post_init__(self) -> None:
        if not self.low <= self.value <= self.high:
            bounds = f"{self.low:g} to {self.high:g} {self.unit}".rstrip()
            raise UsageError(f"{self.name} is {self.value:g}; expected {bounds}")


class Assumptions:
    """Several, each by its name.

    >>> patience = Assumptions([Assumption("patience", 1, 60, 10, "min")])
    >>> patience.asked({"patience": 30}).as_code()
    'patience=30'
    """

    def __init__(self, given: Sequence[Assumption]) -> None:
        self._by_name = {one.name: one for one in given}

    @property
    def values(self) -> dict[str, float]:
        return {name: one.value for name, one in self._by_name.items()}

    def asked(self, values: Mapping[str, float]) -> Assumptions:
        """The same with other values. Raises UsageError for a name that there is not, and for a value out of bounds."""
        for name in values:
            if name not in self._by_name:
                raise UsageError(f"there is no assumption {name!r}. {did_you_mean(name, list(self._by_name))}")
        return Assumptions([replace(one, value=values.get(name, one.value)) for name, one in self._by_name.items()])

    def as_lists(self) -> list[list[str | float]]:
        return [[one.name, one.low, one.high, one.value, one.unit] for one in self._by_name.values()]

    def as_code(self) -> str:
        return ", ".join(f"{name}={value:g}" for name, value in self.values.items())
