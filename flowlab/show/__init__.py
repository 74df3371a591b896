"""Tables and graphs -> pictures and text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from flowlab.model.flow import Flow


def register_displays() -> None:
    """Let flows show themselves in notebooks. The painter is loaded when the first one does."""
    from flowlab.model.display import register

    register("Flow", _flow_bundle)


def _flow_bundle(flow: Flow) -> tuple[dict[str, Any], dict[str, Any]]:
    from flowlab.show.draw import flow_bundle

    return flow_bundle(flow)
