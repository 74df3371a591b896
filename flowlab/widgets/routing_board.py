"""The routing board: a task's attributes to type, and the filter, target, queue, worker and why that light up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import traitlets

from flowlab.errors import FormatError, UsageError
from flowlab.model.finding import Finding
from flowlab.model.flow import Flow
from flowlab.model.routing import Workflow, Workspace
from flowlab.run.routing_result import Routing
from flowlab.text.plain import plain, short
from flowlab.widgets.flow_map import FlowMap
from flowlab.widgets.lab_widget import STATIC
from flowlab.widgets.routing_desk import RoutingDesk
from flowlab.widgets.routing_told import Moment, lines_of, moments_of

_SIGNS = {"reserved": "✓", "pending": "…", "canceled": "×"}
_LONGEST = 600


class RoutingBoard(FlowMap):
    """A workflow as a map beside the form of a task: change the task, or who is there, and see where it goes and why.

    ``flow``: the map is then the whole journey, and what the flow's hand-offs send can be begun with. ``task``: what
    the form begins with; else the first task that some filter takes. ``height_px``: how high it stands.

    :attr:`task` and :attr:`routing` are the task and its dry run as they stand; ``channel``, ``priority`` and ``step``
    (a moment of the run, from 1) can be read, set and observed.

    >>> from flowlab.model.routing import Filter, Target
    >>> board = RoutingBoard(Workflow((Filter("Portuguese", "language == 'pt'", (Target("WQ1"),)),), "WQ2"))
    >>> board.task, board.routing.filter
    ({'language': 'pt'}, 'Portuguese')
    >>> board.act({"do": "field", "name": "language", "text": "en"}); board.routing.filter
    'default filter'
    """

    _esm = STATIC / "routing_board.js"
    _css = STATIC / "routing_board.css"

    fields = traitlets.List().tag(sync=True)
    texts = traitlets.Dict().tag(sync=True)
    task_json = traitlets.Unicode().tag(sync=True)
    task_trouble = traitlets.Unicode().tag(sync=True)
    presets = traitlets.List().tag(sync=True)
    channels = traitlets.List().tag(sync=True)
    channel = traitlets.Unicode("default").tag(sync=True)
    priority = traitlets.Int(0).tag(sync=True)
    workers = traitlets.List().tag(sync=True)
    lines = traitlets.List().tag(sync=True)
    moments = traitlets.List().tag(sync=True)
    step = traitlets.Int(0).tag(sync=True)
    end = traitlets.Dict().tag(sync=True)
    code = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        workflow: Workflow,
        workspace: Workspace | None = None,
        *,
        flow: Flow | None = None,
        task: Mapping[str, Any] | None = None,
        height_px: int = 860,
    ) -> None:
        self._desk = desk = RoutingDesk(workflow, workspace, flow)
        self._moments: tuple[Moment, ...] = ()
        super().__init__(desk.thing, height_px=height_px)
        self.fields = [field.as_json() for field in desk.fields]
        self.presets = [{"label": one.label, "note": one.note, "found": one.task is not None} for one in desk.presets]
        self.channels = desk.channels
        self._tell_workers()
        found = next((one.task for one in desk.presets if one.task is not None), {})
        self.task = found if task is None else task
        self.observe(self._run, ["channel", "priority"])
        self.observe(self._walk, "step")

    @property
    def workspace(self) -> Workspace:
        """Who is there, in the activities as they are ticked."""
        return self._desk.workspace

    @property
    def task(self) -> Mapping[str, Any]:
        """The task's attributes. Setting them fills the form; raises UsageError for what JSON cannot hold."""
        return dict(self._desk.task)

    @task.setter
    def task(self, attributes: Mapping[str, Any]) -> None:
        self._desk.take(attributes)
        self._changed()

    @property
    def routing(self) -> Routing:
        """The dry run of the task as it stands."""
        return self._routing

    def _act(self, message: Mapping[str, Any]) -> str:
        desk, what = self._desk, message.get("do")
        if what == "field":
            desk.type_field(str(message.get("name")), str(message.get("text", "")))
        elif what == "json":
            return self._typed(str(message.get("text", "")))
        elif what == "preset":
            desk.take_preset(message.get("at"))
        elif what == "worker":
            desk.tick(str(message.get("name")), available=bool(message.get("available")))
        elif what == "everyone":
            desk.tick_all(message.get("available"))
        elif what == "wait":
            return self._wait(message.get("seconds"))
        else:
            return super()._act(message)
        return self._changed(workers=what in ("worker", "everyone"))

    def _typed(self, text: str) -> str:
        try:
            self._desk.type_json(text)
        except FormatError as wrong:  # told beside the text, not below the map
            with self.hold_sync():
                self.task_json, self.task_trouble = text, plain(str(wrong).removeprefix("the task: "))
            return str(self.said)
        return self._changed()

    def _changed(self, *, workers: bool = False) -> str:
        """Run the task anew and tell the page."""
        with self.hold_sync():
            if workers:
                self._tell_workers()
            self.task_json, self.task_trouble = self._desk.text, ""
            self.texts = {field.name: field.text(self._desk.task) for field in self._desk.fields}
            self._run()
        if workers:  # a large map takes seconds to lay out, and the answer need not wait for it
            self._thing = self._desk.thing
            self._draw()
        return str(self.said)

    def _run(self, _change: Any = None) -> None:
        priority = max(self.priority, 0)
        self._routing = found = self._desk.run(self.channel, priority)
        self._moments = moments_of(found)
        faults = ["\n".join(short(line, _LONGEST) for line in fault.split("\n")) for fault in found.faults]
        status = found.assignment_status
        with self.hold_sync():
            self.lines = [line.as_json() for line in lines_of(found)]
            self.moments = [{"time_s": one.time_s, "text": one.text} for one in self._moments]
            words = short(found.summary, _LONGEST)
            self.end = {"sign": _SIGNS[status], "status": status, "words": words, "faults": faults}
            self.code = self._desk.code(self.channel, priority)
            self.step = len(self._moments)
            self._walk()

    def _walk(self, _change: Any = None) -> None:
        """Light the way up to the moment, and say what happens in it."""
        if not self._moments:
            return
        step = min(max(self.step, 1), len(self._moments))
        now = self._moments[step - 1]
        ends = step == len(self._moments)
        with self.hold_sync():
            self.step, self.active = step, now.node
            self.walked = [list(edge) for edge in now.walked]
            self.said = self.end["words"] if ends else f"{_when(now.time_s)}: {now.text}"

    def _wait(self, seconds: Any) -> str:
        """Go to what holds so many seconds after the task was made."""
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 0:
            raise UsageError(f"a task waits a number of seconds from 0 on, not {repr(seconds)[:40]}")
        self.step = max(sum(moment.time_s <= seconds for moment in self._moments), 1)
        ahead = [moment.time_s for moment in self._moments if moment.time_s > seconds]
        onward = f"; it goes on at {ahead[0]:,g} s" if ahead else ""
        return f"{_when(seconds)}: {self._moments[self.step - 1].text}{onward}"

    def _tell_workers(self) -> None:
        team = self.workspace
        self.workers = [
            {"name": one.name, "activity": one.activity, "available": team.is_available(one)} for one in team.workers
        ]

    def _findings(self, _thing: Any) -> tuple[Finding, ...]:
        return tuple(self._desk.findings())

    def _still(self) -> dict[str, Any]:
        return {"text/html": self.routing._repr_html_()}

    def __repr__(self) -> str:
        return f"<RoutingBoard of {self._desk.workflow.name!r}: {self.routing.summary}>"


def _when(seconds: float) -> str:
    return f"after {seconds:,g} s" if seconds else "at once"
