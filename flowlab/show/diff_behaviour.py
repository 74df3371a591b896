"""The behavioural half of a diff: what replayed conversations do differently, as tables and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from flowlab.check.diff.because import because
from flowlab.check.diff.model import Change
from flowlab.check.diff.say import short
from flowlab.measure.behaviour import Parting, behaviour_counts, behaviour_table
from flowlab.model.conversation import Conversation
from flowlab.show.cells import label, percent, title

if TYPE_CHECKING:
    import pandas as pd

MOST_CAUSES, MOST_EXAMPLES = 8, 5
#: Of a cause, as much is said here, in characters.
LONGEST = 200


@dataclass(frozen=True)
class Behaviour:
    """What the same conversations do in both versions. ``partings``: one for each that differs.

    ``unanswered``: the states of the new version whose calls nothing answered, and how often.
    """

    conversations: Sequence[Conversation]
    partings: Sequence[Parting]
    changes: Sequence[Change]
    unanswered: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def causes(self) -> list[str]:
        """For each parting the change that made it so, in words; empty where it cannot be told."""
        return [because(self.changes, p.state, (p.old_way, p.new_way), p.behind) for p in self.partings]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a conversation that differs: :func:`flowlab.measure.behaviour.behaviour_table`."""
        return behaviour_table(self.partings, self.causes)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """One row a channel, and all: :func:`flowlab.measure.behaviour.behaviour_counts`."""
        return behaviour_counts(self.partings, self.conversations)

    def sections(self) -> Iterator[tuple[str, list[str]]]:
        """What is to be said, as headings with lines."""
        n = len(self.conversations)
        yield f"behaviour (replayed, n = {n:,} conversations; 95 % intervals)", list(self._counted())
        if self.unanswered:
            states = ", ".join(f"{state} ({k} time{'s' if k > 1 else ''})" for state, k in self.unanswered.items())
            yield "nothing answered these states; services say what does", [states]
        moves = Counter((p.old_outcome, p.new_outcome) for p in self.partings if p.old_outcome != p.new_outcome)
        if moves:
            words = [f"{title(a)} -> {title(b)}: {k}/{n}" for (a, b), k in moves.most_common()]
            yield "outcomes that change", words
        why = Counter(cause or "not to be traced to one change" for cause in self.causes)
        if why:
            yield (
                "where they first part",
                [f"{k}/{n}: {short(cause, LONGEST)}" for cause, k in why.most_common(MOST_CAUSES)],
            )
            yield "examples", list(self._examples())

    def _counted(self) -> Iterator[str]:
        for channel, row in self.counts.iterrows():
            n = row["n"]
            words = (("ends_elsewhere", "end elsewhere"), ("reads_differently", "read differently"))
            parts = [f"{row[column]:.0f}/{n:.0f} {said}" + _share(row, column) for column, said in words]
            yield f"{'all' if channel == 'all' else label(str(channel), 'channel')}: {', '.join(parts)}"

    def _examples(self) -> Iterator[str]:
        """One conversation for each cause, those that end elsewhere first."""
        seen: set[str] = set()
        both = sorted(zip(self.partings, self.causes, strict=True), key=lambda pair: not pair[0].ends_elsewhere)
        for parting, cause in both:
            if cause in seen or len(seen) >= MOST_EXAMPLES:
                continue
            seen.add(cause)
            yield _example(parting) + (f", because {short(cause, LONGEST)}" if cause else "")


def _share(row: Mapping[str, float], column: str) -> str:
    if not row["n"]:
        return ""
    low, high = percent(row[f"{column}_low"]), percent(row[f"{column}_high"])
    return f" ({percent(row[column] / row['n'])}; {low} to {high})"


def _example(parting: Parting) -> str:
    where = f"{parting.conversation_id} ({parting.channel})"
    ends = ""
    if parting.ends_elsewhere:
        old, new = (
            f"{title(outcome)} at {end or 'the start'}"
            for outcome, end in ((parting.old_outcome, parting.old_end), (parting.new_outcome, parting.new_end))
        )
        ends = f" ends {new} (was {old})" if old != new else ""
    decided = f'{parting.condition}, tested "{short(parting.value, 60)}"' if parting.condition else ""
    if decided:
        decided = (
            f" on {decided}" if parting.decided_by == parting.state else f", after {parting.decided_by}: {decided}"
        )
    place = f"at {parting.state}" if ends else f"in turn {parting.turn} at {parting.state}"
    return f"{where}{ends or ' reads differently'}: the runs part {place}{decided}"
