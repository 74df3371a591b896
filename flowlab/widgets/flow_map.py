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
from flowlab.show.fold import fold, hidden_behind
from flowlab.show.svg import FlowMap as Drawing
from flowlab.widgets.editing import NEW_STATES, Editing
from flowlab.widgets.lab_widget import STATIC, LabWidget
from flowlab.widgets.places import places_of

PLAIN, FINDINGS, GIVEN = "plain", "findings", "given"


class FlowMap(LabWidget):
    """A flow (or anything with a graph) as a map: drag to move, Ctrl and wheel to zoom, click a state to read it.

    ``edit``: the side panel is a form, with undo and redo; :attr:`flow` is the flow as edited, which ``fl.save``
    writes. ``channels``: findings count for these. ``options``: what is painted on it, as for ``fl.draw``: ``path``,
    ``counts``, ``marks``. ``height_px``: how high it stands; the reader may pull its lower edge.

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
        self._thing, self._channels = thing, channels
        self._options: Options = {**(options or {})}
        self._editing = Editing(thing) if isinstance(thing, Flow) else None
        self._folded: set[str] = set()
        self.editable = edit and self._editing is not None
        self.types, self.comparisons = [list(kind) for kind in NEW_STATES], list(COMPARISONS)
        painted = GIVEN if self._options else PLAIN
        self.layers = [[PLAIN, "Plain"], *([[GIVEN, "Painted"]] if self._options else []), [FINDINGS, "Findings"]]
        self.layer = FINDINGS if self.editable else painted
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
        desk = self._editing
        if desk is None or not self.editable:
            return ""
        said = desk.undo() if what == "undo" else desk.redo() if what == "redo" else desk.do(edit)
        self._folded &= self.flow.by_name.keys()
        return self._redrawn(said, look_at=desk.look_at)

    def _redrawn(self, said: str, look_at: str = "") -> str:
        self._draw()
        if look_at and look_at != self.picked:
            self.picked = look_at
        return said

    def _draw(self) -> None:
        """Lay it out anew and tell the page, the places before the picture that shows them."""
        thing = self.flow if self._editing else self._thing
        chart = chart_of(thing)
        hidden = {head: len(names) for head, names in hidden_behind(chart, self._folded).items()}
        folded = fold(chart, self._folded) if hidden else chart
        findings = self._findings(thing)
        drawing = Drawing(folded, self._layer_options(findings))
        with self.hold_sync():
            self.title, self.initial = folded.name, next(iter(folded.starts), "")
            self.places = places_of(thing, folded, drawing.layout, findings, hidden)
            if self._editing:
                self.can_undo, self.can_redo = self._editing.can_undo, self._editing.can_redo
            if self.picked and self.picked not in folded.places:
                self.picked = ""
            self.picture = drawing.paint()

    def _findings(self, thing: Drawable) -> tuple[Finding, ...]:
        return tuple(check(thing, self._channels)) if isinstance(thing, Flow) else ()

    def _layer_options(self, findings: Iterable[Finding]) -> Options:
        if self.layer == GIVEN and not self._folded:
            return self._options
        return {"findings": findings} if self.layer == FINDINGS else {}

    def __repr__(self) -> str:
        return f"<FlowMap of {self.title!r}: {len(self.places)} places>"
