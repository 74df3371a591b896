"""Player: a run's conversations step by step, record and replay side by side on the map."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import traitlets

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.replayed import Run
from flowlab.model.channel import Channel, channels
from flowlab.model.conversation import Conversation
from flowlab.model.event import Event
from flowlab.run.replay import replay_all
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.turns import Turn
from flowlab.widgets.chat import Chat
from flowlab.widgets.film import explained, film_of, mark, parting, record_of
from flowlab.widgets.flow_map import FlowMap
from flowlab.widgets.lab_widget import STATIC
from flowlab.widgets.phone import phone_of
from flowlab.widgets.recorded_talk import talk_from
from flowlab.widgets.talk import Talk
from flowlab.widgets.talk_list import SHOWN, TalkList

RECORD, VERSION, CHANNEL, FORK = "record", "version: ", "channel: ", "fork"


class Player(FlowMap):
    """A flow's map, two phones and a transport bar: what was recorded, and what the flow does now.

    ``run``: what :func:`flowlab.replay` gave. ``conversation``: the id to begin with, else the first that differs from
    its record. ``against``: other runs of the same conversations, by name. Raises UsageError for an unknown id.

    ``conversation``, ``position`` (the beat, from 0) and ``beside`` (what stands beside the replay) can be read, set
    and observed; :meth:`only` filters.
    """

    _esm = STATIC / "player.js"
    _css = STATIC / "player.css"

    columns = traitlets.List().tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    sought = traitlets.Unicode().tag(sync=True)
    found = traitlets.List().tag(sync=True)
    count = traitlets.Int().tag(sync=True)
    conversation = traitlets.Unicode().tag(sync=True)
    film = traitlets.Dict().tag(sync=True)
    position = traitlets.Int().tag(sync=True)
    besides = traitlets.List().tag(sync=True)
    beside = traitlets.Unicode(RECORD).tag(sync=True)
    other = traitlets.Dict().tag(sync=True)

    def __init__(
        self, run: Run, conversation: str = "", against: Mapping[str, Run] | None = None, height_px: int = 760
    ) -> None:
        self.run = run
        self._list = TalkList(run)
        self._against = {name: TalkList(other) for name, other in (against or {}).items()}
        self._services: Services = load_services(run.services)  # type: ignore[arg-type]
        self._place = ZoneInfo(self._services.timezone)
        self._own: Mapping[str, Channel] = {**channels, **{one.name: one for one in run.channels}}
        self._fork: Talk | None = None
        super().__init__(run.flow, height_px=height_px)
        values = self._list.values()
        self.columns = [[name, label, values[name]] for name, label in self._list.columns.items()]
        beside = [[RECORD, "as recorded"], *([VERSION + name, name] for name in self._against)]
        self.besides = [*beside, *([CHANNEL + name, f"on {one.label}"] for name, one in self._own.items())]
        self.observe(self._find, names=["chosen", "sought"])
        self.observe(lambda _: self.attempt(self._load), names=["conversation"])
        self.observe(lambda _: self.attempt(self._set_beside), names=["beside"])
        self._find()
        differing = (one.conversation_id for one in run.parted)
        self.show_conversation(conversation or next(differing, next(iter(self._list.talks), "")))

    def only(self, **chosen: str) -> None:
        """Show the conversations that have these values: ``only(channel="sms", outcome="contained")``.

        Raises UsageError for a column that is no filter.
        """
        self._list.find(chosen)
        self.chosen = dict(chosen)

    def show_conversation(self, name: str, position: int = 0) -> None:
        """Show a conversation at a beat. Raises UsageError where the run has none of that id."""
        if name and name not in self._list.talks:
            raise UsageError(
                f"this run has no conversation {name!r}. {did_you_mean(name, list(self._list.talks)[:2000])}"
            )
        self.conversation = name
        self.position = position

    def fork(self) -> Talk:
        """The talk as it was up to the present beat, to go on otherwise: shown beside the replay, and returned."""
        beats = self.film.get("beats", [])
        turn = beats[min(self.position, len(beats) - 1)]["turn"] if beats else 0
        self._fork = talk_from(self._talk, self.run.flow, self._channel(self._talk.channel), self._services, turn)
        self.beside = FORK
        self._show_fork()
        return self._fork

    def chat(self) -> Chat:
        """A chat that goes on from the fork (or from the present beat)."""
        return Chat.of(self._fork or self.fork())

    @property
    def _talk(self) -> Conversation:
        if self.conversation not in self._list.talks:
            raise UsageError(f"this run has no conversation {self.conversation!r}")
        return self._list.talks[self.conversation]

    def _channel(self, name: str) -> Channel:
        return self._own[name]

    def _find(self, _change: Any = None) -> None:
        rows = self._list.find(self.chosen, self.sought)
        self.count, self.found = len(rows), [row.as_list() for row in rows[:SHOWN]]

    def _load(self) -> None:
        """The film of the conversation chosen; the fork of another one is left."""
        self._fork, talk = None, self._talk
        channel, events = self._channel(talk.channel), self._list.events[talk.id]
        film = film_of(events, channel, self._place)
        film["record"] = record_of(talk, channel, self._place)
        parted = [one for one in self.run.parted if one.conversation_id == talk.id]
        spoke_first = bool(talk.messages) and film["record"]["lines"][0]["who"] == "flow"
        mark(film["record"], film["phone"], parted, spoke_first)
        film["differences"] = [
            {"turn": one.turn + (not spoke_first), "what": one.what, "words": explained(one)} for one in parted
        ]
        with self.hold_sync():
            self.film, self.position = film, 0
            if self.beside == FORK:
                self.beside = RECORD
            else:
                self._set_beside()

    def _set_beside(self) -> None:
        if not self.conversation or self.beside == FORK:
            return
        if self.beside == RECORD:
            self.other = {}
            return
        events, label, channel = self._ghost()
        film = film_of(events, channel, self._place)
        words = parting(self._list.events[self.conversation], events, label) or f"{label}: the same way."
        self.other = {"phone": film["phone"], "walk": film["walk"], "words": words}

    def _ghost(self) -> tuple[list[Event], str, Channel]:
        talk = self._talk
        if self.beside.startswith(VERSION):
            name = self.beside.removeprefix(VERSION)
            if talk.id not in self._against[name].events:
                raise UsageError(f"{name} has no conversation {talk.id!r}")
            return self._against[name].events[talk.id], name, self._channel(talk.channel)
        channel = self._channel(self.beside.removeprefix(CHANNEL))
        moved = replace(talk, channel=channel.name, contact="")
        (replayed,) = replay_all(self.run.flow, [moved], self._services, self._own)
        return replayed.events, channel.label, channel

    def _act(self, message: Mapping[str, Any]) -> str:
        act = _ACTS.get(str(message.get("do")))
        if act is None:
            return super()._act(message)
        act(self, message)
        return ""

    def _move(self, turn: Turn) -> None:
        if self._fork is None:
            self.fork()
        assert self._fork is not None
        self._fork.move(turn)
        self._show_fork()

    def _back(self) -> None:
        if self._fork is not None:
            self._fork.back()
            self._show_fork()

    def _show_fork(self) -> None:
        talk = self._fork
        if talk is None:
            return
        steps = [e for e in talk.session.events if e.kind == "step" and not e.parent]
        walk = [[e.seq, e.state, e.transitioned_to] for e in steps]
        words = parting(self._list.events[self.conversation], talk.session.events, "the fork")
        self.other = {"phone": phone_of(talk.session, talk.ends), "walk": walk, "words": words, "live": True}

    def __repr__(self) -> str:
        n = len(self._list.talks)
        return f"<Player of {n} conversations through {self.run.flow.name!r}, at {self.conversation!r}>"


#: What the page may ask for, beside what the map does.
_ACTS: Mapping[str, Callable[[Player, Mapping[str, Any]], Any]] = {
    "fork_here": lambda player, _: player.fork(),
    "say": lambda player, m: player._move(Turn(str(m["text"]), after_s=10.0)),
    "pick": lambda player, m: player._move(Turn(pick=str(m["what"]), after_s=10.0)),
    "wait": lambda player, m: player._move(Turn(wait_s=float(m["seconds"]))),
    "back": lambda player, _: player._back(),
}
