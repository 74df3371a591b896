"""Tables and graphs -> pictures and text."""

from __future__ import annotations

from typing import Any


def register_displays() -> None:
    """Let flows, workflows and journeys show themselves in notebooks. The painter is loaded when the first one does."""
    from flowlab.model.display import register

    for name in ("Flow", "Workflow", "Journey"):
        register(name, _bundle)
    for name in ("Channel", "Channels"):
        register(name, _channel_bundle)


def _bundle(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.draw import flow_bundle

    return flow_bundle(thing)


def _channel_bundle(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.channel_table import bundle

    return bundle(thing)
