"""A line to write in: Enter or the button sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ipywidgets import Button, HBox, Layout, Text

#: Seconds to wait for a text after Enter or the button, before taking it that the box holds what was known.
SETTLE_S = 0.6


class Entry:
    """A text box with a Send button. ``send`` gets every text that is not blank; the box is empty again by then.

    The page reports Enter *before* it reports what was written, may report the button before it too, and reports what
    was written also when the box merely loses the focus. So the wish to send is remembered until the text arrives, and
    a text that comes without the wish is kept.
    """

    def __init__(self, send: Callable[[str], None], placeholder: str) -> None:
        self._on_text = send
        self._wanted = False
        self._timer: asyncio.TimerHandle | None = None
        self.text = Text(
            placeholder=placeholder,
            tooltip=placeholder,
            continuous_update=False,
            layout=Layout(flex="1 1 0", width="0"),
        )
        self.button = Button(
            description="Send", button_style="primary", tooltip="Send the message (Enter)", layout=Layout(width="72px")
        )
        self.text.on_msg(self._on_message)
        self.text.observe(self._on_value, names=["value"])
        self.button.on_click(lambda _button: self._send() if self.text.value else self._await_text())
        self.view = HBox([self.text, self.button])

    def focus(self) -> None:
        """Put the cursor into the box; keys pressed elsewhere in an output are JupyterLab's shortcuts."""
        self.text.focus()

    def _on_message(self, _widget: Text, content: Mapping[str, Any], _buffers: Any) -> None:
        if content.get("event") == "submit":
            self._await_text()

    def _await_text(self) -> None:
        self._wanted = True
        self._forget_timer()
        with suppress(RuntimeError):  # no loop runs outside a kernel
            self._timer = asyncio.get_running_loop().call_later(SETTLE_S, self._send_if_wanted)

    def _on_value(self, _change: Any) -> None:
        self._send_if_wanted()

    def _send_if_wanted(self) -> None:
        if self._wanted:
            self._send()

    def _forget_timer(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def _send(self) -> None:
        self._forget_timer()
        self._wanted = False
        text, self.text.value = self.text.value, ""
        if text.strip():
            self._on_text(text)
