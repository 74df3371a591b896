"""A flow as the last value of a cell is a map; where no widget can live, the picture beside it is shown."""

from __future__ import annotations

import sys
from typing import Any

from flowlab.model.display import Bundle, register, register_front


def register_maps() -> None:
    """Let flows, workflows and journeys show themselves as maps in notebooks."""
    for name in ("Flow", "Workflow", "Journey"):
        register(name, _bundle)
    register_front("player", _player)


def _player(run: Any, **options: Any) -> Any:
    from flowlab.widgets.player import Player

    return Player(run, **options)


def _bundle(thing: Any) -> Bundle:
    from flowlab.show.draw import flow_bundle

    data, about = flow_bundle(thing)
    return (data | _map(thing), about) if _in_notebook() else (data, about)


def _in_notebook() -> bool:
    """Whether a page with widgets may be looking: a Jupyter kernel runs this."""
    kernel = sys.modules.get("ipykernel.kernelapp")
    return bool(kernel and kernel.IPKernelApp.initialized())


def _map(thing: Any) -> dict[str, Any]:
    try:
        from flowlab.widgets.flow_map import FlowMap
    except ImportError:  # a kernel without the widgets' libraries still shows the picture
        return {}
    shown: Any = FlowMap(thing)._repr_mimebundle_()
    views = shown[0] if isinstance(shown, tuple) else shown
    return {kind: value for kind, value in views.items() if kind != "text/plain"}
