"""How model objects show themselves in a notebook, without the model knowing how to draw.

The rooms above register a renderer for a type; until then an object shows as its ``repr``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

_renderers: dict[str, Callable[[Any], dict[str, Any]]] = {}


def register(type_name: str, renderer: Callable[[Any], dict[str, Any]]) -> None:
    """Let ``renderer`` make the MIME bundle of every object whose class is called ``type_name``."""
    _renderers[type_name] = renderer


def bundle(thing: Any) -> dict[str, Any]:
    """The MIME bundle of a thing: its registered picture beside its plain text."""
    plain = {"text/plain": repr(thing)}
    renderer = _renderers.get(type(thing).__name__)
    return plain | renderer(thing) if renderer else plain
