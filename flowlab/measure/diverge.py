"""Where a record and a replay part ways: line by line within each customer turn, and in the outcome."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from flowlab.model.conversation import Conversation, Role
from flowlab.model.divergence import Divergence
from flowlab.model.event import Event, EventKind
from flowlab.model.outcome import Outcome, same_outcome


def divergences(conversation: Conversation, events: list[Event]) -> list[Divergence]:
    """Every difference, in the order in which it happened. White space does not count.

    A record that stopped half-way (``open``) says nothing of what came after, so it is compared no further.
    """
    end = conversation.messages[-1].time_s if conversation.messages else None
    if conversation.outcome == Outcome.OPEN and end is not None:
        events = [event for event in events if event.time_s <= end]
    recorded, replayed = _recorded_turns(conversation), _replayed_turns(events)
    if not recorded[0] and not replayed[0].sent:  # the customer spoke first in both
        del recorded[0], replayed[0]
    comparison = _Comparison(conversation, events)
    found: list[Divergence] = []
    for number in range(max(len(recorded), len(replayed))):
        old = recorded[number] if number < len(recorded) else []
        new = replayed[number] if number < len(replayed) else _Turn(end=len(events))
        found += comparison.of_turn(number, old, new)
    was = conversation.outcome
    if events and was is not None and was != Outcome.OPEN and not same_outcome(was, events[-1].event):
        last = max(len(replayed) - 1, 0)
        found.append(comparison.at(len(events) - 1, last, "outcome", (was, events[-1].event)))
    return found


@dataclass(slots=True)
class _Turn:
    """A customer turn of the replay: indexes of what the flow sent in it, and where it ends in the log."""

    sent: list[int] = field(default_factory=list)
    end: int = 0


@dataclass(frozen=True, slots=True)
class _Comparison:
    conversation: Conversation
    events: list[Event]

    def of_turn(self, number: int, old: list[str], new: _Turn) -> Iterator[Divergence]:
        """The differences of one turn: ``old`` are the recorded lines."""
        lines = [_plain(self.events[index].text) for index in new.sent]
        matcher = SequenceMatcher(None, list(map(_plain, old)), lines, autojunk=False)
        for tag, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            if tag == "equal":
                continue
            was, now = old[old_from:old_to], new.sent[new_from:new_to]
            both = min(len(was), len(now))
            for line, index in zip(was[:both], now[:both], strict=True):
                yield self.at(index, number, "changed line", (line, self.events[index].text))
            for line in was[both:]:
                yield self.at(new.end - 1, number, "missing line", (line, ""))
            for index in now[both:]:
                yield self.at(index, number, "new line", ("", self.events[index].text))

    def at(self, index: int, turn: int, what: str, texts: tuple[str, str]) -> Divergence:
        """A difference at an event, with the last decision that led there."""
        before = reversed(self.events[: index + 1])
        decided = next((e for e in before if e.kind == EventKind.STEP and e.condition), None)
        why = (decided.place, decided.condition, decided.value) if decided else ("", "", "")
        time_s = self.events[index].time_s if self.events else 0.0
        return Divergence(self.conversation.id, self.conversation.channel, turn, time_s, what, *texts, *why)


def _recorded_turns(conversation: Conversation) -> list[list[str]]:
    """The recorded bot lines before the customer's first word and of each turn, up to the first line of an agent."""
    turns: list[list[str]] = [[]]
    for message in conversation.messages:
        if message.role is Role.AGENT:
            break
        if message.role is Role.CUSTOMER:
            turns.append([])
        if message.role is Role.BOT:
            turns[-1].append(message.text)
    return turns


def _replayed_turns(events: list[Event]) -> list[_Turn]:
    turns = [_Turn()]
    for index, event in enumerate(events):
        if event.kind == EventKind.RECEIVED and event.detail != "to the agent":
            turns.append(_Turn())
        if event.kind == EventKind.SENT:
            turns[-1].sent.append(index)
        turns[-1].end = index + 1
    return turns


def _plain(text: str) -> str:
    return " ".join(text.split())
