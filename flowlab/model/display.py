"""How model objects show themselves in a notebook, without the model knowing how to draw.

The rooms above register a renderer for a type; until then an object shows as its ``repr``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

#: MIME type -> data, and MIME type -> how to show it (``{"image/png": {"width": 300, "height": 200}}``).
Bundle = tuple[dict[str, Any], dict[str, Any]]

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
