"""What all widgets with a page of their own have in common: messages from it, what was said, what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from flowlab.errors import FlowlabError
from flowlab.text.markup import safe

STATIC = Path(__file__).parents[1] / "static"


class LabWidget(anywidget.AnyWidget):
    """A widget whose page sends ``{"do": ..., ...}``; a subclass says in :meth:`_act` what that does.

    ``said``: the last thing done, in words; ``trouble``: what went wrong, which the page shows as an error. A notebook
    would swallow an exception raised while a message is handled.
    """

    said = traitlets.Unicode().tag(sync=True)
    trouble = traitlets.Unicode().tag(sync=True)
    height_px = traitlets.Int(560).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits)
        self.on_msg(self._received)

    def act(self, message: Mapping[str, Any]) -> None:
        """Do what the page asks, as a click there does. What cannot be done is told in ``trouble``."""
        self.attempt(lambda: self._act(message))

    def attempt(self, do: Callable[[], str | None]) -> None:
        """Do something that says what it did; what goes wrong is told in ``trouble``."""
        try:
            self.said, self.trouble = do() or "", ""
        except FlowlabError as trouble:
            self.trouble = str(trouble)
        except Exception as trouble:  # whatever it is, nobody else would show it
            self.trouble = f"{type(trouble).__name__}: {trouble}"

    def _act(self, message: Mapping[str, Any]) -> str:
        raise NotImplementedError

    def _received(self, _widget: Any, message: Any, _buffers: Any) -> None:
        if isinstance(message, Mapping):
            self.act(message)

    def _still(self) -> dict[str, Any]:
        """What is shown where no kernel stands behind it any more, by MIME type."""
        return {"text/html": f"<p><i>{safe(repr(self))} Run this cell to bring it to life.</i></p>"}

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        shown: Any = super()._repr_mimebundle_(**kwargs)
        views, about = shown if isinstance(shown, tuple) else (shown or {}, {})
        return {**views, **self._still(), "text/plain": repr(self)}, about
