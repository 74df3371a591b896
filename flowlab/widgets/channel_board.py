"""The channel board: what is typed once is said on every channel, and each shows in its column what it makes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import traitlets

from flowlab.errors import UsageError
from flowlab.model.channel import Channel, channels
from flowlab.model.entry_point import EntryPoint
from flowlab.model.flow import Flow
from flowlab.run.clock import start_seconds
from flowlab.run.columns import Column, session_options
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.turns import Turn, read_turns
from flowlab.show.side_by_side import SideBySide
from flowlab.show.side_by_side_page import side_view, style
from flowlab.widgets.board_script import board_code
from flowlab.widgets.board_turns import rewritten, told_of
from flowlab.widgets.lab_widget import STATIC, LabWidget
from flowlab.widgets.lanes import Lanes, all_columns
from flowlab.widgets.setup import Setup

World = Services | Mapping[str, Any] | str | Path | None


class ChannelBoard(LabWidget):
    """One line to write in, and a column for each channel or entry point: a live ``fl.side_by_side``.

    ``turns``, ``channels`` and ``start`` are those of :func:`flowlab.side_by_side`, whose errors are raised here too;
    without channels all are shown, and without turns nothing has been said yet. ``services``: what the outside world
    answers.

    What is clicked in the page can be called from code as well, and the other way round. What some columns cannot do
    is told there; what none can do raises UsageError and is not done.

    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "bye"),), {"body": "Your name?"})
    >>> flow = Flow((ask, State("bye", "send-message", (Transition("sent"),), {"body": "Bye! " + "x" * 160})), "ask")
    >>> board = ChannelBoard(flow, ["hi"], ["sms", "line"])
    >>> board.say("Ana"); board.sides.differences["why"].tolist()
    ['SMS: bye takes 2 segments']
    """

    _esm = STATIC / "channel_board.js"
    _css = (STATIC / "channel_board.css").read_text("utf-8") + style()

    html = traitlets.Unicode().tag(sync=True)
    rows = traitlets.List().tag(sync=True)
    chips = traitlets.List().tag(sync=True)
    taps = traitlets.List().tag(sync=True)
    setup = traitlets.Dict().tag(sync=True)
    written = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        flow: Flow,
        turns: Sequence[str | Mapping[str, Any] | Turn] = (),
        channels: Sequence[Column] = (),
        *,
        services: World = None,
        height_px: int = 820,
        **start: Any,
    ) -> None:
        self._file = str(services) if isinstance(services, str | Path) else ""
        chosen = [channels] if isinstance(channels, str | Channel | EntryPoint) else list(channels)
        columns = all_columns(chosen)
        names = [one if isinstance(one, str) else one.name for one in chosen or columns]
        self._lanes = Lanes(flow, columns, names, _beginning(load_services(services), start))
        for turn in read_turns(turns) if turns else ():
            self._lanes.take(turn)
        self._begun = 0
        super().__init__(height_px=height_px)
        self._refresh()

    @property
    def sides(self) -> SideBySide:
        """What is on the board, as ``fl.side_by_side`` gives it: tables, text, page."""
        return self._lanes.sides()

    @property
    def turns(self) -> list[Turn]:
        """What the customer has done so far; ``fl.side_by_side`` takes them."""
        return list(self._lanes.turns)

    @property
    def channels(self) -> list[str]:
        """The names of the columns that are shown, in order. Can be set."""
        return list(self._lanes.lanes)

    @channels.setter
    def channels(self, names: Sequence[str]) -> None:
        self._lanes.show(names)
        self._refresh()

    def say(self, text: str) -> None:
        """The customer writes on every channel; nothing happens for a blank text."""
        if text.strip():
            self.move(Turn(text, after_s=self._lanes.setup.reply_s))

    def pick(self, what: str | int) -> None:
        """The customer takes a choice on every channel: a tap, or its number where there are no buttons."""
        self.move(Turn(pick=what, after_s=self._lanes.setup.reply_s))

    def wait(self, seconds: float) -> None:
        """Let time pass without a word from the customer."""
        self.move(Turn(wait_s=seconds))

    def jump(self, to: str) -> None:
        """Let time pass to a moment, such as ``tomorrow 09:05``."""
        self.move(Turn(jump=to))

    def move(self, turn: Turn) -> None:
        """Let the customer do one thing on every channel."""
        self._lanes.take(turn)
        self._refresh()

    def back(self) -> None:
        """Take the last turn back; nothing happens at the beginning."""
        if self._lanes.turns:
            self.remove(len(self._lanes.turns))

    def restart(self) -> None:
        """Begin again."""
        self._lanes.begin(self._lanes.setup, ())
        self._refresh()

    def edit(self, number: int, text: str) -> None:
        """Let turn ``number`` (from 1) say, pick or wait for something else, and play on from there on all columns."""
        self._lanes.edit(number - 1, rewritten(self._turn(number), text))
        self._refresh()

    def remove(self, number: int) -> None:
        """Take turn ``number`` (from 1) out, and play on from there on all columns."""
        self._lanes.edit(number - 1)
        self._refresh()

    def as_code(self) -> str:
        """What is on the board as a script that calls ``fl.side_by_side``."""
        return board_code(self._lanes, self._file)

    def _turn(self, number: int) -> Turn:
        if not 1 <= number <= len(self._lanes.turns):
            raise UsageError(f"there is no turn {number}: there are {len(self._lanes.turns)}")
        return self._lanes.turns[number - 1]

    def _act(self, message: Mapping[str, Any]) -> str:
        act = _ACTS.get(str(message.get("do")))
        if act is None:
            return ""
        return act(self, message) or self._told()

    def _told(self) -> str:
        """What the last turn came to, in words."""
        last = len(self._lanes.turns)
        if not last:
            return ""
        found = sum(one.turn == last - 1 for one in self._view.found)
        many = "no difference" if not found else f"{found} difference{'s' * (found > 1)}"
        return f"turn {last}, {self._lanes.turns[-1].words:.60}: {many}"

    def _tap(self, column: str, number: int, turn: int) -> None:
        if turn == len(self._lanes.turns):  # a second click comes too late: it was meant for what stood there before
            self.pick(self._lanes.name_of(column, number))

    def _edited(self, number: int, text: str) -> str:
        self.edit(number, text)
        return f"turn {number} is now: {self.turns[number - 1].words:.60}"

    def _removed(self, number: int) -> str:
        words = self._turn(number).words
        self.remove(number)
        return f"taken out: turn {number}, {words:.60}"

    def _toggle(self, name: str) -> None:
        shown = self.channels
        self.channels = [one for one in shown if one != name] if name in shown else [*shown, name]

    def _begin(self, form: Mapping[str, Any]) -> None:
        was = self._lanes.setup
        now = was.filled_in(form)
        answers = [
            replace(turn, after_s=now.reply_s)
            if turn.after_s == was.reply_s and (turn.say is not None or turn.pick is not None)
            else turn
            for turn in self._lanes.turns
        ]
        self._lanes.begin(now, answers)
        self._begun += 1  # the page closes the form then, also where nothing was changed in it
        self._refresh()

    def _write(self) -> None:
        number = self.written.get("number", 0) + 1
        self.written = {"name": "side_by_side.py", "text": self.as_code(), "number": number}

    def _refresh(self) -> None:
        lanes = self._lanes
        self._view = lanes.sides(f"b{self.model_id[:8]}")
        form = lanes.setup.as_form(lanes.flow) | {"contact": lanes.setup.contact}
        with self.hold_sync():
            self.rows = [told_of(turn) for turn in lanes.turns]
            self.chips = [[name, _label(column), name in lanes.lanes] for name, column in lanes.columns.items()]
            self.taps = [name if lane.choices else "" for name, lane in lanes.lanes.items()]
            self.setup = form | {"moves": len(lanes.turns), "begun": self._begun}
            self.html = side_view(self._view)

    def _still(self) -> dict[str, Any]:
        return {"text/html": self.sides.as_html()}

    def __repr__(self) -> str:
        return f"<ChannelBoard of {self._lanes.flow.name!r}: {len(self.turns)} turns on {', '.join(self.channels)}>"


def _label(column: Column) -> str:
    if isinstance(column, EntryPoint):
        return column.name
    return (channels[column] if isinstance(column, str) else column).label


def _beginning(services: Services, start: Mapping[str, Any]) -> Setup:
    """How the talks begin: ``start`` is what ``fl.side_by_side`` takes. Raises UsageError for anything else."""
    begins = session_options(start)
    if "start_time" in begins:
        begins["start"] = datetime.fromtimestamp(start_seconds(begins.pop("start_time")), UTC).isoformat()
    known = {"context": start.get("context") or {}, "event": start.get("event", "")}
    return Setup(channels["sms"], services, reply_s=None, **known, **begins)


#: What the page may ask for.
_ACTS: Mapping[str, Callable[[ChannelBoard, Mapping[str, Any]], str | None]] = {
    "say": lambda board, m: board.say(str(m["text"])),
    "tap": lambda board, m: board._tap(str(m["column"]), int(m["number"]), int(m["turn"])),
    "wait": lambda board, m: board.wait(float(m["seconds"])),
    "jump": lambda board, m: board.jump(str(m["to"])),
    "back": lambda board, _: board.back(),
    "restart": lambda board, _: board.restart(),
    "edit": lambda board, m: board._edited(int(m["turn"]), str(m["text"])),
    "remove": lambda board, m: board._removed(int(m["turn"])),
    "toggle": lambda board, m: board._toggle(str(m["name"])),
    "begin": lambda board, m: board._begin(m["form"]),
    "write": lambda board, _: board._write(),
}
