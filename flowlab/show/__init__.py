"""Tables and graphs -> pictures and text."""

from __future__ import annotations

from typing import Any


def register_displays() -> None:
    """Let channels, segments and hours show themselves in notebooks; each painter is loaded when it first shows one."""
    from flowlab.model.display import register

    for name in ("Channel", "Channels"):
        register(name, _channel_bundle)
    register("Segments", _segments)
    register("Hours", _hours)


def _hours(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.hours import hours_bundle

    return hours_bundle(thing)


def _channel_bundle(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.channel_table import bundle

    return bundle(thing)


def _segments(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.segments_page import segments_bundle

    return segments_bundle(thing)
