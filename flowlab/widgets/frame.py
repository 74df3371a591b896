"""What every widget here shares: the style sheet, a place for errors, buttons that say what they do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ipywidgets import HTML, Button, Layout, VBox, Widget

from flowlab.errors import FlowlabError
from flowlab.text.markup import safe

_STYLE = Path(__file__).with_name("widgets.css").read_text("utf-8")


class Frame:
    """The outside of a widget. ``name`` is its class in the style sheet."""

    def __init__(self, name: str) -> None:
        self.error = HTML(layout=Layout(display="none"))
        self._style = HTML(f"<style>{_STYLE}</style>", layout=Layout(display="none"))
        self.view = VBox()
        self.view.add_class("fl-widget").add_class(name)

    def hold(self, *parts: Widget) -> None:
        """Show these parts, and the errors under them."""
        self.view.children = (self._style, *parts, self.error)

    def guard(self, act: Callable[..., Any]) -> Callable[..., None]:
        """``act`` as a callback whose errors are shown in the widget; a notebook would swallow them."""

        def guarded(*given: Any) -> None:
            try:
                act(*given)
            except FlowlabError as error:
                self._tell(str(error))
            except Exception as error:  # whatever it is, nobody else would show it
                self._tell(f"{type(error).__name__}: {error}")
            else:
                self._tell("")

        return guarded

    def bundle(self, plain: str, **kwargs: Any) -> dict[str, Any]:
        """The MIME bundle of the widget; where no kernel stands behind it any more, a sentence says so."""
        lost = f"<p><i>{safe(plain)} Run this cell to bring it to life.</i></p>"
        return {**self.view._repr_mimebundle_(**kwargs), "text/plain": plain, "text/html": lost}

    def _tell(self, trouble: str) -> None:
        self.error.value = f"<div class=fl-error role=alert>{safe_lines(trouble)}</div>" if trouble else ""
        self.error.layout.display = None if trouble else "none"


def button(text: str, tooltip: str, act: Callable[[], None]) -> Button:
    """A button as wide as its text. ``act`` is called when it is clicked."""
    made = Button(description=text, tooltip=tooltip, layout=Layout(width="auto"))
    made.on_click(lambda _button: act())
    return made


def safe_lines(text: str) -> str:
    """A text as HTML in which line breaks stay and all else is shown as it is written."""
    return "<br>".join(safe(line) for line in text.splitlines())
