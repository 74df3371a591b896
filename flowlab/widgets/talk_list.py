"""The conversations of a run to choose from: a row each, filters with their values, and what a filter finds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.replayed import Run
from flowlab.model.conversation import Conversation
from flowlab.model.event import Event, EventKind

#: A column of the record becomes a filter where it has so many values at most.
MOST_VALUES = 40
#: So many conversations are shown of those found.
SHOWN = 200
UNKNOWN, SAME = "(not recorded)", "no difference"
#: The filters that every run has, and what the page calls them.
ALWAYS = {"channel": "channel", "outcome": "outcome", "recorded": "recorded outcome", "differs": "difference"}


@dataclass(frozen=True, slots=True)
class Row:
    """One conversation: what it can be found by, and what it says (for the search)."""

    id: str
    facts: Mapping[str, tuple[str, ...]]
    text: str

    def fits(self, chosen: Mapping[str, str]) -> bool:
        """Whether it has all the values chosen."""
        return all(value in self.facts.get(column, ()) for column, value in chosen.items())

    def as_list(self) -> list[str]:
        """For the page: id, channel, outcome, recorded outcome, differences."""
        return [self.id, *(", ".join(self.facts[name]) for name in ALWAYS)]


class TalkList:
    """The rows of a run, and its events by conversation.

    >>> from flowlab.model.flow import Flow
    >>> from flowlab.model.conversation import Message, Role
    >>> talk = Conversation("7", "sms", (Message(Role.CUSTOMER, "hi", 0.0),))
    >>> talks = TalkList(Run(Flow(()), [talk], [], []))
    >>> [row.id for row in talks.find({"channel": "sms"})], talks.find({"channel": "line"})
    (['7'], [])
    """

    def __init__(self, run: Run) -> None:
        self.events: dict[str, list[Event]] = {talk.id: [] for talk in run.conversations}
        for event in run.log:
            self.events.setdefault(event.conversation_id, []).append(event)
        self.talks = {talk.id: talk for talk in run.conversations}
        differs: dict[str, Counter[str]] = {}
        for one in run.parted:
            differs.setdefault(one.conversation_id, Counter())[one.what] += 1
        extra = _filters(run.conversations)
        self.columns = {**ALWAYS, **{name: name.replace("_", " ") for name in extra}}
        self.rows = [self._row(talk, differs.get(talk.id, Counter()), extra) for talk in run.conversations]

    def _row(self, talk: Conversation, differs: Mapping[str, int], extra: Iterable[str]) -> Row:
        facts = {
            "channel": (talk.channel,),
            "outcome": (_outcome(self.events[talk.id]),),
            "recorded": (str(talk.outcome or UNKNOWN),),
            "differs": tuple(differs) or (SAME,),
            **{name: (_value(talk, name),) for name in extra},
        }
        return Row(talk.id, facts, "\n".join((talk.id, *(message.text for message in talk.messages))).casefold())

    def values(self) -> dict[str, list[tuple[str, int]]]:
        """Each filter's values with how many conversations have each, the most frequent first."""
        return {
            column: Counter(value for row in self.rows for value in row.facts[column]).most_common()
            for column in self.columns
        }

    def find(self, chosen: Mapping[str, str], text: str = "") -> list[Row]:
        """The rows that have all the values chosen, and the text in their id or messages.

        Raises UsageError for a column that is no filter.
        """
        for column in chosen:
            if column not in self.columns:
                raise UsageError(
                    f"conversations have no {column!r} to filter by. {did_you_mean(column, list(self.columns))}"
                )
        wanted = {column: value for column, value in chosen.items() if value}
        sought = text.strip().casefold()
        return [row for row in self.rows if row.fits(wanted) and sought in row.text]


def _outcome(events: Sequence[Event]) -> str:
    last = events[-1] if events else None
    return last.event if last is not None and last.kind == EventKind.CONCLUDED and last.event else UNKNOWN


def _filters(talks: Sequence[Conversation]) -> list[str]:
    """The columns of the record that part the conversations into a few groups."""
    names = dict.fromkeys(name for talk in talks for name in talk.extra)
    found = [name for name in names if name not in ALWAYS and _parts(talks, name)]
    return (["entry_point"] if _parts(talks, "entry_point") else []) + found


def _parts(talks: Sequence[Conversation], name: str) -> bool:
    values = {_value(talk, name) for talk in talks}
    return 1 < len(values) <= min(MOST_VALUES, max(len(talks) // 2, 2))


def _value(talk: Conversation, name: str) -> str:
    value: Any = talk.entry_point if name == "entry_point" else talk.extra.get(name)
    return UNKNOWN if value is None or value == "" else str(value)[:80]
