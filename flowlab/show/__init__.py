"""Tables and graphs -> pictures and text."""

from __future__ import annotations

from typing import Any


def register_displays() -> None:
    """Let flows, workflows and journeys show themselves in notebooks. The painter is loaded when the first one does."""
    from flowlab.model.display import register

    for name in ("Flow", "Workflow", "Journey"):
        register(name, _bundle)
    register("Hours", _hours)


def _hours(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.hours import hours_bundle

    return hours_bundle(thing)


def _bundle(thing: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.draw import flow_bundle

    return flow_bundle(thing)
