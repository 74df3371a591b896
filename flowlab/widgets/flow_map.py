"""The flow map: a flow to move about in, search, click and, where wanted, edit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import traitlets

from flowlab.check import check
from flowlab.errors import FlowError
from flowlab.model.channel import Channel
from flowlab.model.event import Event, EventKind
from flowlab.model.finding import Finding
from flowlab.model.flow import Flow
from flowlab.model.wording import COMPARISONS
from flowlab.show.draw_chart import Drawable, chart_of
from flowlab.show.draw_options import Options
from flowlab.show.draw_plan import NO_CANVAS
from flowlab.show.fold import fold, hidden_behind
from flowlab.show.pictures import notebook_picture
from flowlab.show.style import DARK, LIGHT
from flowlab.show.svg import FlowMap as Drawing
from flowlab.text.markup import small
from flowlab.widgets.editing import NEW_STATES, Editing
from flowlab.widgets.lab_widget import STATIC, LabWidget
from flowlab.widgets.map_layers import findings_layer, given_layer, layers_of, within
from flowlab.widgets.map_walked import Layer
from flowlab.widgets.places import places_of

PLAIN, FINDINGS, GIVEN = "plain", "findings", "given"
FLOWLAB, STUDIO = "flowlab", "studio"
#: Options that hold whatever is painted.
_ALWAYS = ("direction", "text", "theme")


class FlowMap(LabWidget):
    """A flow (or anything with a graph) as a map: drag to move, Ctrl and wheel to zoom, click a state to read it.

    ``edit``: the side panel is a form, with undo and redo; :attr:`flow` is the flow as edited, which ``fl.save``
    writes. ``channels``: findings count for these. ``options``: what is painted on it, as for ``fl.draw``: ``path``,
    ``counts``, ``marks``; ``positions="studio"`` lets boxes stand as on Studio's canvas, where an editable map lets
    them be moved. ``height_px``: how high it stands; the reader may pull its lower edge.

    Of a run (or of recorded executions) it is a map of the flow, with traffic, drop-off and coverage as layers to
    choose from; of a diff one of both versions. ``legend`` says what the present ``layer`` shows, and of how many.

    ``picked`` is the state that is clicked, ``active`` one that is lit, ``walked`` the steps that are painted: all
    three can be read, set and observed.

    >>> from flowlab.model.flow import State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage"),), {"body": "Name?"})
    >>> map = FlowMap(Flow((ask,), "ask"), edit=True)
    >>> map.edit({"do": "rename", "state": "ask", "to": "ask_name"})
    >>> map.flow.initial_state, map.picked
    ('ask_name', 'ask_name')
    """

    _esm = STATIC / "flow_map.js"
    _css = STATIC / "flow_map.css"

    picture = traitlets.Unicode().tag(sync=True)
    places = traitlets.List().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    active = traitlets.Unicode().tag(sync=True)
    walked = traitlets.List().tag(sync=True)
    picked = traitlets.Unicode().tag(sync=True)
    layers = traitlets.List().tag(sync=True)
    layer = traitlets.Unicode(PLAIN).tag(sync=True)
    legend = traitlets.Unicode().tag(sync=True)
    layouts = traitlets.List().tag(sync=True)
    positions = traitlets.Unicode(FLOWLAB).tag(sync=True)
    canvas = traitlets.List().tag(sync=True)
    editable = traitlets.Bool(False).tag(sync=True)
    types = traitlets.List().tag(sync=True)
    comparisons = traitlets.List().tag(sync=True)
    initial = traitlets.Unicode().tag(sync=True)
    can_undo = traitlets.Bool(False).tag(sync=True)
    can_redo = traitlets.Bool(False).tag(sync=True)

    def __init__(
        self,
        thing: Drawable,
        *,
        edit: bool = False,
        channels: Sequence[str | Channel] = (),
        height_px: int = 560,
        options: Options | None = None,
    ) -> None:
        super().__init__(height_px=height_px)
        self._thing, own = layers_of(thing)
        self._channels, self._options = channels, _read_once(options or {})
        self._whole = chart_of(self._thing)
        self._editing = Editing(self._thing) if isinstance(self._thing, Flow) else None
        self._folded: set[str] = set()
        self._said: dict[str, tuple[Options, str]] = {}
        self._checked: tuple[Drawable, tuple[Finding, ...]] = None, ()
        self.editable = edit and self._editing is not None
        self.types, self.comparisons = [list(kind) for kind in NEW_STATES], list(COMPARISONS)
        self.layouts = [[FLOWLAB, "flowlab"], [STUDIO, "Studio"]] if self._whole.canvas else []
        self._layers = self._all_layers(own)
        plain = [] if own and not self._editing else [[PLAIN, "Plain"]]  # a diff is marked whatever is painted
        self.layers = [*plain, *([layer.key, layer.words] for layer in self._layers.values())]
        first = next(iter(self._layers), PLAIN)
        self.layer = FINDINGS if self.editable and first == FINDINGS else PLAIN if first == FINDINGS else first
        self.said = self._arrange(self._options.get("positions", FLOWLAB))
        self._draw()

    @property
    def flow(self) -> Flow:
        """The flow as it stands now, edits included. Raises FlowError where the map shows something else."""
        if self._editing is None:
            raise FlowError(f"this map shows a {type(self._thing).__name__}, which is no flow to edit")
        return self._editing.flow

    def edit(self, edit: Mapping[str, Any]) -> None:
        """Make an edit, as the form does: ``{"do": ..., "state": ...}``, see :mod:`flowlab.widgets.editing`.

        What cannot be done is told in the widget, and in ``trouble``.
        """
        self.act(edit)

    def show(self, events: Iterable[Event], active: str = "") -> None:
        """Paint the steps of a run, and light a state."""
        steps = (e for e in events if e.kind == EventKind.STEP and not e.parent)
        self.walked = [[step.state, step.transitioned_to] for step in steps]
        self.active = active

    def _act(self, edit: Mapping[str, Any]) -> str:
        what = edit.get("do")
        if what == "fold":
            self._folded ^= {str(edit.get("state"))}
            return self._redrawn("")
        if what == "paint":
            self.layer = str(edit.get("layer"))
            return self._redrawn("")
        if what == "arrange":
            return self._arrange(str(edit.get("positions"))) or self._redrawn("")
        desk = self._editing
        if desk is None or not self.editable:
            return ""
        said = desk.undo() if what == "undo" else desk.redo() if what == "redo" else desk.do(edit)
        self._folded &= self.flow.by_name.keys()
        return self._redrawn(said, look_at=desk.look_at)

    def _redrawn(self, said: str, look_at: str = "") -> str:
        self._draw(look_at)
        return said

    def _all_layers(self, own: Iterable[Layer]) -> dict[str, Layer]:
        """What the user gave comes first, then what the thing itself brings; findings are for flows."""
        layers = [given_layer(self._options)] if set(self._options) - {*_ALWAYS, "positions"} else []
        layers += own
        if self._editing:
            layers.append(findings_layer(lambda: self._findings(self.flow), self._channel_names))
        return {layer.key: layer for layer in layers}

    def _arrange(self, positions: str) -> str:
        """Let flowlab or Studio say where boxes stand; gives what stands against it."""
        if positions == STUDIO and not self.layouts:
            return NO_CANVAS.format(self._whole.name)
        self.positions = positions
        return ""

    def _draw(self, look_at: str = "") -> None:
        """Lay it out anew and tell the page; ``look_at`` is picked."""
        thing = self.flow if self._editing else self._thing
        chart = chart_of(thing)
        hidden = {head: len(names) for head, names in hidden_behind(chart, self._folded).items()}
        folded = fold(chart, self._folded) if hidden else chart
        painted, legend = self._painted()
        self._drawing = drawing = Drawing(folded, within({**self._always(), **painted}, self._whole, folded))
        with self.hold_sync():
            self.title, self.initial, self.legend = folded.name, next(iter(folded.starts), ""), legend
            self.canvas = list(drawing.layout.canvas or ())
            self.places = places_of(thing, folded, drawing.layout, self._findings(thing), hidden)
            if self._editing:
                self.can_undo, self.can_redo = self._editing.can_undo, self._editing.can_redo
            picked = look_at or self.picked
            self.picked = picked if picked in folded.places else ""
            self.picture = drawing.paint()

    def _painted(self) -> tuple[Options, str]:
        """The present layer and its legend. Findings are those of the flow as it is now; the rest is made once."""
        layer = self._layers.get(self.layer)
        if layer is None:
            return {}, ""
        if layer.key == FINDINGS or layer.key not in self._said:
            self._said[layer.key] = layer.paint()
        return self._said[layer.key]

    def _always(self) -> Any:
        """The options that hold whatever is painted."""
        always = {name: value for name, value in self._options.items() if name in _ALWAYS}
        if self.positions == STUDIO:  # a canvas has no other direction
            always = {**always, "positions": STUDIO, "direction": "TB"}
        return always

    def _check_for(self, channels: Sequence[str | Channel]) -> None:
        """Let the findings count for these channels from now on."""
        self._channels, self._checked = channels, (None, ())
        self._draw()

    def _channel_names(self) -> list[str]:
        return [one if isinstance(one, str) else one.name for one in self._channels]

    def _findings(self, thing: Drawable) -> tuple[Finding, ...]:
        """What the check finds in a flow; it is asked once for each version."""
        if isinstance(thing, Flow) and self._checked[0] is not thing:
            self._checked = thing, tuple(check(thing, self._channels))
        return self._checked[1]

    def _still(self) -> dict[str, Any]:
        """The picture as it is now, within HTML: notebooks show no SVG by itself until they are trusted."""
        light, dark = (self._drawing.page(theme).encode() for theme in (LIGHT, DARK))
        words = f"{self!r} Run this cell to bring it to life."
        return {"text/html": notebook_picture(light, dark, words, "image/svg+xml") + small(words)}

    def __repr__(self) -> str:
        return f"<FlowMap of {self.title!r}: {len(self.places)} places>"


def _read_once(options: Options) -> Any:
    """The options, able to be painted again and again: a path may be an iterator."""
    read: Any = {**options}
    for name in ("path", "findings"):
        if read.get(name) is not None:
            read[name] = list(read[name])
    return read
