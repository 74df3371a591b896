"""The flow beside a talk: the walked path painted, the present state lit and kept in sight."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ipywidgets import HTML, Layout, ToggleButtons, VBox

from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.run.session import Session
from flowlab.show.layout_model import Box
from flowlab.show.svg import FlowMap

FOLLOW, WHOLE = "Follow", "Whole flow"
#: The part that is shown when following, in the layout's pixels, and how far it may grow to show a whole turn.
WINDOW = (620.0, 560.0)
GROWTH = 1.45
HEIGHT_PX = 520
#: The whole flow is made to fit the width, but not smaller than this; then it is scrolled.
LEAST_SCALE = 0.5


class MapPane:
    """A picture of the flow that follows a session."""

    def __init__(self, flow: Flow) -> None:
        self._map = FlowMap(flow)
        self._shown: tuple[Session, Sequence[Event]] | None = None
        self.mode = ToggleButtons(
            options=[FOLLOW, WHOLE],
            tooltips=["Stay close to the present state", "Show the flow from end to end"],
            style={"button_width": "auto"},
        )
        self.picture = HTML().add_class("fl-picture")
        self.mode.observe(lambda _change: self._paint(), names=["value"])
        self.view = VBox([self.mode, self.picture], layout=Layout(flex="1 1 400px", min_width="0"))

    def show(self, session: Session, turn: Sequence[Event]) -> None:
        """Show a session as it stands after a turn."""
        self._shown = session, turn
        self._paint()

    def _paint(self) -> None:
        if self._shown is None:
            return
        session, turn = self._shown
        active = session.place or session.flow.initial_state
        following = self.mode.value == FOLLOW
        window = self._window(active, {event.place for event in turn}) if following else None
        walked = session.events[_latest_start(session.events) :]
        painted = self._map.paint(walked, session.place, window)
        overview = self._map.overview(session.place, window) if window else ""
        if window:
            kind, more = "fl-follow", ""
        else:
            # Keys pressed in a part of the page that has the focus would otherwise be JupyterLab's shortcuts.
            kind, more = "fl-whole", "tabindex=0 data-lm-suppress-shortcuts=true"
        size = f"--least:{self._map.layout.width * LEAST_SCALE:g}px;height:{HEIGHT_PX}px"
        self.picture.value = f"<div class='fl-pane {kind}' {more} style='{size}'>{painted}</div>{overview}"

    def _window(self, active: str, turn: Iterable[str]) -> Box:
        """All of the turn where that leaves it readable, else what surrounds the active state."""
        nodes = self._map.layout.nodes
        if active not in nodes:
            return Box(0, 0, *WINDOW)
        boxes = [nodes[name] for name in {active, *turn} if name in nodes]
        part = _around(boxes)
        if part.width > WINDOW[0] * GROWTH or part.height > WINDOW[1] * GROWTH:
            part = _around([nodes[active]])
        width, height = max(part.width, WINDOW[0]), max(part.height, WINDOW[1])
        x, y = part.centre
        return Box(
            _within(x - width / 2, self._map.layout.width - width),
            _within(y - height / 2, self._map.layout.height - height),
            width,
            height,
        )


def _latest_start(events: Sequence[Event]) -> int:
    """Where the present execution began: the path of earlier ones is not painted."""
    return max((at for at, event in enumerate(events) if event.kind == "started"), default=0)


def _around(boxes: Sequence[Box], margin: float = 40) -> Box:
    left, top = min(box.x for box in boxes) - margin, min(box.y for box in boxes) - margin
    right, bottom = max(box.right for box in boxes) + margin, max(box.bottom for box in boxes) + margin
    return Box(left, top, right - left, bottom - top)


def _within(start: float, last: float) -> float:
    """A start that shows no ground beyond the picture; a picture smaller than the window stands in its middle."""
    return last / 2 if last < 0 else min(max(start, 0.0), last)
