"""The columns of a channel board: on each the same turns, kept turn by turn, so that a new one is played alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from flowlab.errors import FlowlabError, UsageError, did_you_mean
from flowlab.model.channel import channel as find_channel
from flowlab.model.channel import channels as known_channels
from flowlab.model.flow import Flow
from flowlab.run.columns import Column, beginning, titles
from flowlab.run.program import compile_flow
from flowlab.run.turns import Turn
from flowlab.show.side_by_side import SideBySide
from flowlab.widgets.lane import Lane, sides_of
from flowlab.widgets.setup import Setup

#: What stands in a row before the customer's first turn, where the business has written.
NOT_YET = "has not written yet"


class Lanes:
    """The same customer on several columns. ``columns``: channels and entry points that can be shown, of which the
    ``shown`` are played.

    Raises UsageError for a column that is given twice or not known, and what a session raises.

    >>> from flowlab.model.flow import State, Transition
    >>> from flowlab.run.services import Services
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"),), {"body": "Your name?"})
    >>> setup = Setup(find_channel("sms"), Services(), reply_s=None)
    >>> lanes = Lanes(Flow((ask,), "ask"), ["sms", "line"], ["sms", "line"], setup)
    >>> lanes.take(Turn("hi")); lanes.take(Turn("Ana"))
    >>> lanes.edit(0, Turn("hello")); lanes.sides().turns
    ['“hello”', '“Ana”']
    """

    def __init__(self, flow: Flow, columns: Sequence[Column], shown: Iterable[str], setup: Setup) -> None:
        self.flow, self.setup = flow, setup
        self.columns = dict(zip(titles(columns), columns, strict=True))
        self.turns: list[Turn] = []
        self._program = compile_flow(flow, setup.services.readings)
        self._lanes = self._played(self._in_order(shown))

    @property
    def lanes(self) -> Mapping[str, Lane]:
        """What is shown, by name."""
        return self._lanes

    def take(self, turn: Turn) -> None:
        """Do a turn on every column. Raises UsageError, and does nothing, where none of them can."""
        why_not = [lane.take(turn) for lane in self._lanes.values()]
        if all(why_not):
            for lane in self._lanes.values():
                lane.back_to(len(self.turns))
            raise UsageError(why_not[0])
        self.turns.append(turn)

    def edit(self, at: int, *turns: Turn) -> None:
        """Put others in the place of a turn, or nothing, and play on from there. Raises UsageError for no such turn."""
        if not 0 <= at < len(self.turns):
            raise UsageError(f"there is no turn {at + 1}: there are {len(self.turns)}")
        self.turns[at : at + 1] = turns
        for lane in self._lanes.values():
            lane.back_to(at)
            for turn in self.turns[at:]:
                lane.take(turn)

    def show(self, names: Iterable[str]) -> None:
        """Show these columns and no others. Raises UsageError for an unknown one, and for none at all."""
        wanted = self._in_order(names)
        new = self._played([name for name in wanted if name not in self._lanes])
        self._lanes = {name: new.get(name) or self._lanes[name] for name in wanted}

    def begin(self, setup: Setup, turns: Sequence[Turn]) -> None:
        """Play other turns, or under other circumstances, from the beginning. What raises leaves all as it was."""
        was = self.setup, self.turns
        self.setup, self.turns = setup, list(turns)
        try:
            self._lanes = self._played(self._lanes)
        except FlowlabError:
            self.setup, self.turns = was
            raise

    def sides(self, key: str = "") -> SideBySide:
        """What each column shows. ``key``: what the links in it begin with, where several such views are on a page."""
        words = [turn.words for turn in self.turns]
        begun = any(lane.session.events for lane in self._lanes.values())
        columns, played = [self.columns[name] for name in self._lanes], [lane.played for lane in self._lanes.values()]
        return sides_of(self.flow.name, words or [NOT_YET] * begun, columns, played, key)

    def name_of(self, column: str, number: int) -> str:
        """What to call a choice that can be tapped on a column, so that the other columns know it too, if that can be.

        Raises UsageError where nothing of that number can be tapped.
        """
        lane = self._lanes.get(column)
        choices = lane.choices if lane else ()
        if not 0 <= number < len(choices):
            raise UsageError(f"nothing of number {number + 1} can be tapped on {column!r:.60} now")
        choice = choices[number]
        names = [name for name in (choice.label, choice.full_label, choice.id) if name]
        return next((name for name in names if all(one.knows(name) for one in self._lanes.values())), names[0])

    def _in_order(self, names: Iterable[str]) -> list[str]:
        wanted = list(names)
        for name in wanted:
            if name not in self.columns:
                raise UsageError(f"there is no column {name!r:.60}. {did_you_mean(name, list(self.columns))}")
        if not wanted:
            raise UsageError("at least one channel has to be shown")
        return [name for name in self.columns if name in wanted]

    def _played(self, names: Iterable[str]) -> dict[str, Lane]:
        made = {name: self._lane(name) for name in names}
        for lane in made.values():
            for turn in self.turns:
                lane.take(turn)
        return made

    def _lane(self, name: str) -> Lane:
        medium, known, event = beginning(self.columns[name], self.setup.context, self.setup.event, list(self.columns))
        setup = replace(self.setup, channel=find_channel(medium), context=known, event=event)
        return Lane(setup, [setup.begin(self._program)])


def all_columns(chosen: Sequence[Column]) -> list[Column]:
    """The chosen columns, then the built-in channels that are not among them."""
    names = set(titles(chosen))
    return [*chosen, *(one for name, one in known_channels.items() if name not in names)]
