"""Chat: talk to a flow in the notebook, as on a phone, and see the map follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import traitlets

from flowlab.errors import UsageError
from flowlab.formats.conversations import write_jsonl
from flowlab.model.channel import Channel, channels
from flowlab.model.channel import channel as find_channel
from flowlab.model.conversation import Conversation
from flowlab.model.entry_point import BUSINESS, EntryPoint
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.run.faults import KINDS
from flowlab.run.record import record
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session
from flowlab.run.turns import Turn
from flowlab.widgets import script
from flowlab.widgets.flow_map import FlowMap
from flowlab.widgets.lab_widget import STATIC
from flowlab.widgets.log_rows import log_rows, variable_rows
from flowlab.widgets.phone import phone_of
from flowlab.widgets.setup import Setup
from flowlab.widgets.talk import Talk

World = Services | Mapping[str, Any] | str | Path | None


class Chat(FlowMap):
    """A flow's map with a phone beside it: what is said there runs through the flow.

    ``channel``: a built-in channel's name, one of your own, or an entry point with what is known there. ``services``:
    what the outside world answers, as for :class:`~flowlab.run.session.Session`, whose errors are raised here too.
    ``edit``: the flow can be changed on the map, and the talk is had again with the changed flow.

    What is clicked in the page can be called from code as well, and the other way round.

    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "bye"),), {"body": "Your name?"})
    >>> chat = Chat(Flow((ask, State("bye", "send-message", (Transition("sent"),), {"body": "Bye!"})), "ask"))
    >>> chat.say("hi"); chat.say("Ana"); chat.session.outcome.value
    'contained'
    >>> chat.fork(1); chat.session.state, chat.talks
    ('ask', ['Talk', 'Fork 1'])
    """

    _esm = STATIC / "chat.js"
    _css = STATIC / "chat.css"

    phone = traitlets.Dict().tag(sync=True)
    log = traitlets.List().tag(sync=True)
    variables = traitlets.List().tag(sync=True)
    channels = traitlets.List().tag(sync=True)
    faults = traitlets.List().tag(sync=True)
    setup = traitlets.Dict().tag(sync=True)
    talks = traitlets.List().tag(sync=True)
    talk = traitlets.Int().tag(sync=True)
    written = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        flow: Flow,
        channel: str | Channel | EntryPoint = "sms",
        *,
        services: World = None,
        edit: bool = False,
        height_px: int = 720,
    ) -> None:
        self._file = str(services) if isinstance(services, str | Path) else ""
        begin = _beginning(channel, load_services(services))
        self._known = channels.with_own(begin.channel)
        self._all = [Talk(flow, begin)]
        super().__init__(flow, edit=edit, channels=[begin.channel], height_px=height_px)
        self.channels = [[name, one.label] for name, one in self._known.items()]
        self.faults = [[kind, f"{kind.replace('_', ' ')}: {words}"] for kind, words in KINDS.items()]
        self._refresh()

    @classmethod
    def of(cls, talk: Talk) -> Chat:
        """A chat that goes on with a talk."""
        chat = cls(talk.flow, talk.setup.channel, services=talk.setup.services)
        chat._all = [talk]
        chat._refresh()
        return chat

    @property
    def session(self) -> Session:
        """The session as it stands now; a new object after every move."""
        return self._now.session

    @property
    def events(self) -> list[Event]:
        """All that has happened in this talk."""
        return self.session.events

    @property
    def channel(self) -> str:
        """The name of the channel. Setting it has the same talk again on another one."""
        return self.session.channel.name

    @channel.setter
    def channel(self, name: str) -> None:
        medium = find_channel(self._known.get(name, name))
        self._now.again(replace(self._now.setup, channel=medium, contact=""))
        self._refresh()

    @property
    def conversation(self) -> Conversation:
        """What was said, as a record: ``fl.save([chat.conversation], "talks.jsonl")``."""
        return record(self.session, self._now.setup.context)

    def say(self, text: str, after_s: float | None = None) -> None:
        """The customer writes; nothing happens for a blank text. ``after_s``: how long that takes."""
        if text.strip():
            self.move(Turn(text, after_s=self._now.setup.reply_s if after_s is None else after_s))

    def pick(self, what: str | int) -> None:
        """The customer takes a choice of the last message: a tap, or its number where there are no buttons."""
        self.move(Turn(pick=what, after_s=self._now.setup.reply_s))

    def wait(self, seconds: float) -> None:
        """Let time pass without a word from the customer."""
        self.move(Turn(wait_s=seconds))

    def move(self, turn: Turn) -> None:
        """Let the customer do one thing, or a fault befall what comes next."""
        self._now.move(turn)
        self._refresh()

    def back(self) -> None:
        """Take the last move back, a message or a wait."""
        self._now.back()
        self._refresh()

    def restart(self) -> None:
        """Begin again."""
        self._now.restart()
        self._refresh()

    def fork(self, at: int, **otherwise: Any) -> None:
        """A second talk that is the same up to move ``at`` and goes its own way from there; this one stays beside it.

        ``otherwise``: ``channel`` (a name), ``answers`` and ``hours``, as :class:`~flowlab.widgets.setup.Setup` has
        them. Raises UsageError where there is no such move.
        """
        if not 0 <= at <= len(self._now.moves):
            raise UsageError(f"there is no move {at}: this talk has {len(self._now.moves)}")
        if "channel" in otherwise:
            otherwise["channel"] = find_channel(self._known.get(otherwise["channel"], otherwise["channel"]))
        forks = sum(talk.name.startswith("Fork") for talk in self._all)
        self._all.append(self._now.fork(at, replace(self._now.setup, **otherwise), f"Fork {forks + 1}"))
        self.talk = len(self._all) - 1
        self._refresh()

    def as_code(self) -> str:
        """The talk as a script."""
        return script.as_code(self._now, self._file)

    def as_test(self) -> str:
        """The talk as a test for pytest."""
        return script.as_test(self._now, self._file)

    @property
    def _now(self) -> Talk:
        at: int = self.talk
        return self._all[at]

    def _act(self, message: Mapping[str, Any]) -> str:
        act = _ACTS.get(str(message.get("do")))
        if act is None:
            said = super()._act(message)
            if self.flow is not self._now.flow:
                self._follow_edit()
            return said
        try:
            return act(self, message) or ""
        finally:
            self._refresh()  # what was chosen in the page goes back where it could not be done

    def _follow_edit(self) -> None:
        """Have every talk again with the edited flow; raises where one cannot be had, and leaves that as it was."""
        try:
            for talk in self._all:
                talk.again(flow=self.flow)
        finally:
            self._refresh()

    def _apply(self, form: Mapping[str, Any]) -> str:
        self._now.again(self._now.setup.filled_in(form))
        return "the talk as it would be so" if self._now.moves else ""

    def _run_out(self) -> None:
        execution = self.session.execution
        if execution is None or not execution.is_waiting:
            raise UsageError("nothing waits for an answer, so nothing can time out")
        self.wait(execution.deadline_s - self.session.time_s)

    def _close(self, at: int) -> None:
        if len(self._all) > 1:
            del self._all[at]
            self.talk = min(self.talk - (at <= self.talk and self.talk > 0), len(self._all) - 1)

    def _write(self, kind: str) -> None:
        name, write = {
            "code": ("talk.py", self.as_code),
            "test": ("test_talk.py", self.as_test),
            "conversation": ("talk.jsonl", lambda: write_jsonl([self.conversation])),
        }[kind]
        self.written = {"kind": kind, "name": name, "text": write(), "number": self.written.get("number", 0) + 1}

    def _fork_otherwise(self, message: Mapping[str, Any]) -> None:
        otherwise = {key: message[key] for key in ("channel", "hours") if message.get(key)}
        answers = {name: text for name, text in dict(message.get("answers", {})).items() if str(text).strip()}
        if answers != self._now.setup.answers:
            otherwise["answers"] = answers
        self.fork(int(message["at"]), **otherwise)
        if text := str(message.get("text", "")):
            after_s = message.get("after_s")
            self.say(text, float(after_s) if after_s not in (None, "") else None)

    def _choose(self, at: int) -> None:
        self.talk = min(max(at, 0), len(self._all) - 1)

    def _refresh(self) -> None:
        talk, session = self._now, self.session
        with self.hold_sync():
            if self._channels != [session.channel]:  # the findings are those of the channel one talks on
                self._check_for([session.channel])
            self.phone = phone_of(session, talk.ends)
            self.log = log_rows(session.events, talk.ends)
            self.variables = [list(row) for row in variable_rows(session.variables, talk.before.variables)]
            self.setup = talk.setup.as_form(talk.flow) | {"moves": len(talk.moves)}
            self.talks = [one.name for one in self._all]
            begun = max((at for at, event in enumerate(session.events) if event.kind == "started"), default=0)
            self.show(session.events[begun:], session.place)

    def __repr__(self) -> str:
        return f"<Chat with {self._now.flow.name!r} on {self.channel}>"


def _beginning(channel: str | Channel | EntryPoint, services: Services) -> Setup:
    if not isinstance(channel, EntryPoint):
        return Setup(find_channel(channel), services)
    event = "incomingRequest" if channel.starts == BUSINESS else ""
    return Setup(channel.medium, services, event=event, context=dict(channel.context))


#: What the page may ask for, beside the edits of the map.
_ACTS: Mapping[str, Callable[[Chat, Mapping[str, Any]], str | None]] = {
    "say": lambda chat, m: chat.say(str(m["text"])),
    "pick": lambda chat, m: chat.pick(str(m["what"])),
    "wait": lambda chat, m: chat.wait(float(m["seconds"])),
    "jump": lambda chat, m: chat.move(Turn(jump=str(m["to"]))),
    "run_out": lambda chat, _: chat._run_out(),
    "fault": lambda chat, m: chat.move(Turn(fault=str(m["kind"]))),
    "back": lambda chat, _: chat.back(),
    "restart": lambda chat, _: chat.restart(),
    "channel": lambda chat, m: setattr(chat, "channel", str(m["name"])),
    "begin": lambda chat, m: chat._apply(m["form"]),
    "fork": lambda chat, m: chat._fork_otherwise(m),
    "choose": lambda chat, m: chat._choose(int(m["talk"])),
    "close": lambda chat, m: chat._close(int(m["talk"])),
    "write": lambda chat, m: chat._write(str(m["kind"])),
}
