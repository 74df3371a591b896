"""A flow as the last value of a cell is a map; where no widget can live, the picture beside it is shown."""

from __future__ import annotations

import sys
from typing import Any

from flowlab.model.display import Bundle, register, register_front


def register_maps() -> None:
    """Let flows, workflows and journeys show themselves as maps in notebooks."""
    for name in ("Flow", "Workflow", "Journey"):
        register(name, _bundle)
    register("Comparison", _comparison)
    register_front("player", _player)


def _comparison(thing: Any) -> Bundle:
    if not _in_notebook():
        return {}, {}
    from flowlab.widgets.compare_board import CompareBoard

    return _views(CompareBoard(thing)), {}


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
    return _views(FlowMap(thing))


def _views(widget: Any) -> dict[str, Any]:
    """The widget itself, without what stands in for it: the thing has its own picture and text."""
    views, _ = widget._repr_mimebundle_()
    return {kind: value for kind, value in views.items() if not kind.startswith("text/")}
