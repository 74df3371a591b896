"""How model objects show themselves in a notebook, without the model knowing how to draw.

The rooms above register a renderer for a type; until then an object shows as its ``repr``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flowlab.errors import UsageError

#: MIME type -> data, and MIME type -> how to show it (``{"image/png": {"width": 300, "height": 200}}``).
Bundle = tuple[dict[str, Any], dict[str, Any]]

_fronts: dict[str, Callable[..., Any]] = {}
_renderers: dict[str, Callable[[Any], Bundle]] = {}


def register(type_name: str, renderer: Callable[[Any], Bundle]) -> None:
    """Let ``renderer`` make the MIME bundle of every object whose class is called ``type_name``."""
    _renderers[type_name] = renderer


def bundle(thing: Any) -> Bundle:
    """The MIME bundle of a thing: its registered picture beside its plain text."""
    plain = {"text/plain": repr(thing)}
    renderer = _renderers.get(type(thing).__name__)
    data, metadata = renderer(thing) if renderer else ({}, {})
    return plain | data, metadata


def register_front(name: str, opener: Callable[..., Any]) -> None:
    """Let ``opener`` make the widget of that name, for the methods that open it from a room below the widgets."""
    _fronts[name] = opener


def front(name: str, thing: Any, **options: Any) -> Any:
    """Open a thing in the widget of that name. Raises UsageError where this Python has no widgets."""
    if name not in _fronts:
        raise UsageError(f"the {name} is a notebook widget: import flowlab, in a Python with anywidget installed")
    return _fronts[name](thing, **options)
