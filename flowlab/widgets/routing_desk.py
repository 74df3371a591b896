"""The routing board without its page: a task being typed, who is there, and the dry run of the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flowlab.check import check
from flowlab.check.sent import Sent, sent
from flowlab.check.subject import Subject
from flowlab.errors import FlowlabError, FormatError, UsageError, did_you_mean
from flowlab.formats import load
from flowlab.model.finding import Finding
from flowlab.model.flow import Flow
from flowlab.model.journey import Journey, state_node
from flowlab.model.routing import Queue, Worker, Workflow, Workspace
from flowlab.model.routing_graph import TASK, workflow_graph
from flowlab.run.routing import route
from flowlab.run.routing_result import Routing
from flowlab.text.json_text import json_page, parse_json
from flowlab.text.plain import short
from flowlab.widgets.task_fields import fields_of
from flowlab.widgets.task_presets import presets_of
from flowlab.widgets.task_values import put, read_value

_LINE = 100


class RoutingDesk:
    """A workflow, who is there, and a task; each edit changes one of them.

    ``text`` is the task as JSON, in the words of whoever typed it.

    >>> from flowlab.model.routing import Filter
    >>> desk = RoutingDesk(Workflow((Filter("Portuguese", "language == 'pt'"),), "WQ2"))
    >>> desk.type_field("language", "pt"); desk.task, desk.run("default", 0).filters[0].status
    ({'language': 'pt'}, 'left')
    """

    def __init__(self, workflow: Workflow, workspace: Workspace | None = None, flow: Flow | None = None) -> None:
        if not isinstance(workflow, Workflow):
            raise UsageError(f"a routing board wants a Workflow, not a {type(workflow).__name__}; fl.load reads one")
        self.workflow, self.given, self.flow = workflow, workspace, flow
        self._there: dict[str, str] = {}
        self._sources = [_source(workflow), _source(workspace)]
        sends = self._sends()
        self.fields = fields_of(workflow, workspace, sends)
        self.presets = presets_of(workflow, workspace, self.fields, sends)
        self.task: dict[str, Any] = {}
        self.text = "{}"

    @property
    def workspace(self) -> Workspace:
        """Who is there, in the activities as they are ticked; without a workspace nobody is."""
        if self.given is None:
            return Workspace(tuple(Queue(ref) for ref in self.workflow.queues), name="no workspace")
        return self.given.with_activities(self._there)

    @property
    def thing(self) -> Any:
        """What the map shows: the journey where there is a flow, else the workflow with its workers."""
        team = self.workspace if self.given else None
        return Journey(self.flow, self.workflow, team) if self.flow else workflow_graph(self.workflow, team)

    @property
    def channels(self) -> list[str]:
        """The task channels that workers have a capacity for."""
        named = (name for worker in self.workspace.workers for name in (*worker.capacity, *worker.assigned))
        return list(dict.fromkeys(("default", *named)))

    def findings(self) -> Sequence[Finding]:
        """What the check says of workflow, workspace and flow, at the nodes of :attr:`thing`."""
        team = self.workspace if self.given else None
        if self.flow is None:
            return tuple(check(self.workflow, workspace=team))
        whole = Journey(self.flow, self.workflow, team)
        return whole.placed(check(self.flow, workflow=self.workflow, workspace=team))

    def run(self, channel: str, priority: int) -> Routing:
        """The dry run of the task as it stands."""
        return route(self.task, self.workflow, self.workspace, channel=channel, priority=priority)

    def take(self, task: Mapping[str, Any]) -> None:
        """Take a whole task. Raises UsageError for what JSON cannot hold."""
        if not isinstance(task, Mapping):
            raise UsageError(f"a task is a mapping of attributes, such as {{'language': 'pt'}}, not {repr(task)[:80]}")
        try:
            text = json_page(dict(task))
            self.task, self.text = parse_json(text, "the task"), text
        except (TypeError, ValueError, RecursionError, FormatError) as wrong:
            raise UsageError(f"a task is what JSON can hold, and this is not: {wrong}") from None

    def take_preset(self, at: Any) -> None:
        """Take one of :attr:`presets`; one for which no task was found changes nothing."""
        if not isinstance(at, int) or not 0 <= at < len(self.presets):
            raise UsageError(f"there are {len(self.presets)} tasks to begin with: there is no number {repr(at)[:40]}")
        task = self.presets[at].task
        if task is not None:
            self.take(task)

    def type_field(self, name: str, text: str) -> None:
        """Give an attribute the value that a field says; nothing takes it out."""
        field = next((field for field in self.fields if field.name == name), None)
        if field is None:
            raise UsageError(f"there is no field {short(name)!r}. {did_you_mean(name, [f.name for f in self.fields])}")
        self.take(put(self.task, field.path, read_value(text)))

    def type_json(self, text: str) -> None:
        """Take the whole task as it is typed. Raises FormatError, with the line, for what is no task; it stays then."""
        self.text = text
        task = parse_json(text, "the task") if text.strip() else {}
        if not isinstance(task, dict):
            raise FormatError("the task", 'line 1: a task is an object in braces, such as {"language": "pt"}')
        self.task = task

    def tick(self, name: str, *, available: bool) -> None:
        """Let a worker be there or not."""
        worker = self.workspace.worker(name)
        self._there[worker.name] = self._activity(worker, wanted=available)

    def tick_all(self, available: bool | None) -> None:
        """Let everybody be there, or nobody; None is who was there at first."""
        everybody = () if available is None else self.workspace.workers
        self._there = {each.name: self._activity(each, wanted=bool(available)) for each in everybody}

    def code(self, channel: str, priority: int) -> str:
        """The call that gives this result: with the files where they say the same, else with what they are called."""
        workflow, workspace = (source or name for source, name in zip(self._sources, _NAMES, strict=True))
        team = self.given
        changed = {n: now for n, now in self._there.items() if team and team.worker(n).activity != now}
        if changed:
            loaded = f"fl.load({workspace})" if self._sources[1] else workspace
            workspace = f"{loaded}.with_activities({changed!r})"
        given = [repr(self.task), workflow, *([workspace] if team else [])]
        given += [f"channel={channel!r}"] if channel != "default" else []
        given += [f"priority={priority}"] if priority else []
        line = f"fl.route({', '.join(given)})"
        return line if len(line) <= _LINE else "fl.route(\n" + "".join(f"    {each},\n" for each in given) + ")"

    def _activity(self, worker: Worker, *, wanted: bool) -> str:
        """The worker's own activity where it will do; else the first that does, of those to be away *Offline*."""
        team = self.given or self.workspace
        own = team.worker(worker.name).activity
        fit = [name for name, available in team.activities.items() if available is wanted]
        if not fit:
            raise UsageError(f"workspace {team.name!r} lists no activity that is {'' if wanted else 'not '}available")
        return own if own in fit else "Offline" if "Offline" in fit else fit[0]

    def _sends(self) -> list[Sent]:
        """What the flow's hand-offs to this workflow send."""
        if self.flow is None:
            return []
        graph = self.thing.graph
        before = set(graph.predecessors(TASK)) if TASK in graph else set()
        return [one for one in sent(Subject(self.flow)) if state_node(one.state.name) in before]


_NAMES = ("workflow", "workspace")


def _source(thing: Workflow | Workspace | None) -> str:
    """The path of the file that a thing was read from, as code; empty where the file says something else by now."""
    try:
        same = bool(thing and thing.source) and load(thing.source) == thing  # type: ignore[union-attr]
    except (FlowlabError, OSError):
        return ""
    return repr(str(thing.source)) if same and thing else ""
