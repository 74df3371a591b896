"""What a check found: a sequence of findings that can be read as a table, a text, a web page or JSON."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, overload

from flowlab.model.finding import Finding, Severity
from flowlab.text.json_text import json_page

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("rule", "severity", "state", "event", "message", "fix", "path", "channel")
#: Severities from the worst down.
_ORDER = tuple(Severity)


@dataclass(frozen=True, repr=False)
class Findings(Sequence[Finding]):
    """The findings of one flow, in the order of its states, the worst first within a state.

    ``flow``: the flow's name. ``source``: its file. ``silenced``: what a ``flowlab.toml`` turned off, with its reason.

    >>> note = Finding("text-many-segments", Severity.NOTE, "It takes 4 segments.", "Shorten it.", "ask")
    >>> findings = Findings((note,), "menu")
    >>> findings
    <Findings of 'menu': 0 errors, 0 warnings, 1 note>
    >>> findings.worst, len(findings.of("flow-unreachable"))
    (<Severity.NOTE: 'note'>, 0)
    """

    items: tuple[Finding, ...] = ()
    flow: str = "flow"
    source: str = ""
    silenced: tuple[tuple[Finding, str], ...] = ()

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Finding, ...]: ...
    def __getitem__(self, index: int | slice) -> Finding | tuple[Finding, ...]:
        return self.items[index]

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.items)

    def __repr__(self) -> str:
        return f"<Findings of {self.flow!r}: {self.summary}>"

    @property
    def summary(self) -> str:
        """The counts in words.

        >>> Findings().summary
        '0 errors, 0 warnings, 0 notes'
        """
        counts = self.counts
        words = [f"{n} {severity}{'' if n == 1 else 's'}" for severity, n in counts.items()]
        return ", ".join([*words, f"{len(self.silenced)} silenced"] if self.silenced else words)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings of each severity, the worst first, with zeros."""
        return {severity: sum(f.severity is severity for f in self.items) for severity in _ORDER}

    @property
    def worst(self) -> Severity | None:
        """The worst severity found; None where nothing was found."""
        return next((severity for severity, n in self.counts.items() if n), None)

    def of(self, rule: str) -> Findings:
        """The findings of one rule."""
        return replace(self, items=tuple(f for f in self.items if f.rule == rule), silenced=())

    def without(self, known: Collection[str]) -> Findings:
        """The findings whose :attr:`~flowlab.model.finding.Finding.fingerprint` is not among the known ones."""
        old = tuple((f, "known before") for f in self.items if f.fingerprint in known)
        new = tuple(f for f in self.items if f.fingerprint not in known)
        return replace(self, items=new, silenced=self.silenced + old)

    @property
    def table(self) -> pd.DataFrame:
        """The findings as a DataFrame, one line a finding, all columns text.

        Columns: ``rule`` id, ``severity`` (error, warning, note), ``state`` name (empty for the flow as a whole),
        ``event`` of the exit concerned, ``message``, ``fix``, ``path`` in the JSON file, ``channel`` (empty for all).
        """
        import pandas as pd

        return pd.DataFrame(self._rows(), columns=list(COLUMNS), dtype=str)

    def _rows(self) -> list[dict[str, str]]:
        return [{column: str(value) for column, value in asdict(finding).items()} for finding in self.items]

    def as_json(self) -> str:
        """One JSON document: ``flow``, ``counts`` by severity, ``silenced`` how many, and ``findings`` with the columns
        of :attr:`table`.
        """
        document = {
            "flow": self.flow,
            "counts": self.counts,
            "silenced": len(self.silenced),
            "findings": self._rows(),
        }
        return json_page(document)

    def as_text(self) -> str:
        """For the terminal: by state, one line a finding and one for what to do about it."""
        from flowlab.check.page import text_page

        return text_page(self)

    def _repr_html_(self) -> str:
        from flowlab.check.page import html_page

        return html_page(self)

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/plain": self.as_text(), "text/html": self._repr_html_()}
