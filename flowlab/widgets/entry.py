"""A line to write in: Enter or the button sends it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ipywidgets import Button, HBox, Layout, Text

#: Seconds after which Enter is taken to have changed nothing in the box.
SETTLE_S = 0.2


class Entry:
    """A text box with a Send button. ``send`` gets every text that is not blank; the box is empty again by then.

    The page reports Enter *before* it reports what was written, and reports what was written also when the box merely
    loses the focus. So Enter is remembered until the text arrives, and a text that comes without Enter is kept.
    """

    def __init__(self, send: Callable[[str], None], placeholder: str) -> None:
        self._on_text = send
        self._entered = False
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
        self.button.on_click(lambda _button: self._send())
        self.view = HBox([self.text, self.button])

    def focus(self) -> None:
        """Put the cursor into the box; keys pressed elsewhere in an output are JupyterLab's shortcuts."""
        self.text.focus()

    def _on_message(self, _widget: Text, content: Mapping[str, Any], _buffers: Any) -> None:
        if content.get("event") != "submit":
            return
        self._entered = True
        with suppress(RuntimeError):  # no loop runs outside a kernel
            asyncio.get_running_loop().call_later(SETTLE_S, self._settle)

    def _on_value(self, _change: Any) -> None:
        if self._entered:
            self._send()

    def _settle(self) -> None:
        if self._entered:
            self._send()

    def _send(self) -> None:
        self._entered = False
        text, self.text.value = self.text.value, ""
        if text.strip():
            self._on_text(text)
