"""Chat: talk to a flow in the notebook and see the state light up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from ipywidgets import HTML, Accordion, Dropdown, HBox, Layout, VBox

from flowlab.model.channel import Channel, channels
from flowlab.model.flow import Flow
from flowlab.run.services import Services
from flowlab.run.session import Session
from flowlab.text.markup import safe
from flowlab.widgets.entry import Entry
from flowlab.widgets.frame import Frame, button
from flowlab.widgets.happened import happened_html, variables_html
from flowlab.widgets.map_pane import MapPane
from flowlab.widgets.talk import Say, Talk, Wait
from flowlab.widgets.transcript import transcript_html

#: The time buttons: what is written on them, what their tooltip says, seconds.
SPANS = (
    ("+1 min", "Nobody writes for a minute", 60.0),
    ("+1 h", "Nobody writes for an hour", 3600.0),
    ("+1 day", "Nobody writes for a day", 86400.0),
)


class Chat:
    """A chat with a flow: what was said on the left, the flow with the walked path on the right.

    ``channel``: a built-in channel's name, or a channel of your own. ``services``: what the outside world answers, as
    for :class:`~flowlab.run.session.Session`, whose errors are raised here too.

    A cell that ends with it shows it; ``view`` is the ipywidget. What the buttons do can be done from code as well.

    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "bye"),), {"body": "Your name?"})
    >>> chat = Chat(Flow((ask, State("bye", "send-message", (Transition("sent"),), {"body": "Bye!"})), "ask"))
    >>> chat.say("hi"); chat.say("Ana"); chat.session.outcome.value
    'contained'
    >>> chat.back(); chat.session.state
    'ask'
    """

    def __init__(
        self,
        flow: Flow,
        channel: str | Channel = "sms",
        *,
        services: Services | Mapping[str, Any] | str | Path | None = None,
    ) -> None:
        self._talk = Talk(flow, channel, services)
        own = self.session.channel
        self._channels = channels.with_own(own)
        self._frame = Frame("fl-chat")
        self.view = self._frame.view
        self._map = MapPane(flow)
        self._transcript, self._happened, self._variables = HTML(), HTML(), HTML()
        self._entry = Entry(self._frame.guard(self.say), "Write as the customer, then press Enter")
        self._channel = Dropdown(
            options=[(known.label, name) for name, known in self._channels.items()],
            tooltip="Have the same talk on another channel",
            layout=Layout(width="130px"),
        )
        self._channel.observe(self._frame.guard(lambda change: self._switch(change["new"])), names=["value"])
        self._frame.hold(*self._parts())
        self._refresh()

    @property
    def session(self) -> Session:
        """The session as it stands now; a new object after every move."""
        return self._talk.session

    @property
    def channel(self) -> str:
        """The name of the channel. Setting it has the same talk again on another one."""
        return self.session.channel.name

    @channel.setter
    def channel(self, name: str) -> None:
        self._switch(name)

    def say(self, text: str) -> None:
        """The customer writes; nothing happens for a blank text."""
        if text.strip():
            self._talk.move(Say(text))
        self._refresh()

    def wait(self, seconds: float) -> None:
        """Let time pass without a word from the customer."""
        self._talk.move(Wait(seconds))
        self._refresh()

    def back(self) -> None:
        """Take the last move back, a message or a wait."""
        self._talk.back()
        self._refresh()

    def restart(self) -> None:
        """Begin again."""
        self._talk.restart()
        self._refresh()

    def _switch(self, name: str) -> None:
        if name == self.channel:
            return
        try:
            self._talk.switch(self._channels.get(name, name))
        finally:
            self._refresh()  # the selector goes back where the channel did not change

    def _refresh(self) -> None:
        session, turn = self.session, self._talk.last_turn
        self._channel.value = session.channel.name
        self._transcript.value = transcript_html(session)
        nothing = "The flow goes on waiting." if session.waiting else "Nothing."
        happened = happened_html(turn) or f"<div class=fl-hint>{nothing if self._talk.moves else 'Nothing yet.'}</div>"
        self._happened.value = f"<div class=fl-heading>What the last turn did</div>{happened}"
        self._variables.value = variables_html(session.variables, self._talk.before.variables)
        self._map.show(session, turn)

    def _parts(self) -> list[HBox]:
        talk = VBox([self._head(), self._transcript, self._entry.view, self._time()], layout=_column())
        variables = Accordion([self._variables], titles=("Variables",), selected_index=None, layout=_column())
        self._happened.layout = _column()
        rows = ([talk, self._map.view], [self._happened, variables])
        return [
            HBox(row, layout=Layout(flex_flow="row wrap", align_items="flex-start", grid_gap="12px")) for row in rows
        ]

    def _head(self) -> HBox:
        name = safe(self.session.flow.name)
        title = HTML(f"<div class=fl-title title='{name}'>{name}</div>", layout=Layout(flex="1 1 0", width="0"))
        back = button("Back", "Take the last message or wait back", self._on(self.back))
        restart = button("Restart", "Begin again with a new customer", self._on(self.restart))
        return HBox([title, self._channel, back, restart])

    def _time(self) -> HBox:
        hint = HTML("<span class=fl-hint>Let time pass:</span>")
        spans = [
            button(t, f"Let {words} pass without a message", self._on(partial(self.wait, s))) for t, words, s in SPANS
        ]
        return HBox([hint, *spans])

    def _on(self, act: Callable[[], None]) -> Callable[[], None]:
        """A button's act: errors are shown, and the cursor goes back to the text box."""
        guarded = self._frame.guard(act)

        def clicked() -> None:
            guarded()
            self._entry.focus()

        return clicked

    def __repr__(self) -> str:
        return f"<Chat with {self.session.flow.name!r} on {self.channel}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> dict[str, Any]:
        return self._frame.bundle(repr(self), **kwargs)


def _column() -> Layout:
    """Half of the width; all of it where the page is narrow."""
    return Layout(flex="1 1 400px", min_width="0")
