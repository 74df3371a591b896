"""Workflow and workspace -> networkx, under the contract of :mod:`flowlab.model.graph`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from flowlab.model.kinds import Family
from flowlab.model.membership import members

if TYPE_CHECKING:
    import networkx as nx

    from flowlab.model.routing import Filter, Queue, Target, Workflow, Workspace

TASK, DEFAULT, CANCELED, WAITS = "task", "filter:default", "canceled", "waits"


def filter_node(index: int) -> str:
    """The node of the filter at an index (from 0)."""
    return f"filter:{index + 1}"


def target_node(index: int, number: int) -> str:
    """The node of a filter's target; ``number`` counts from 1."""
    return f"target:{index + 1}.{number}"


def queue_node(ref: str) -> str:
    """The node of a queue by its sid; of one that the workspace has not, by what the workflow calls it."""
    return f"queue:{ref}"


def worker_node(name: str) -> str:
    """The node of a worker."""
    return f"worker:{name}"


def workflow_graph(workflow: Workflow, workspace: Workspace | None = None) -> nx.MultiDiGraph:
    """Make the graph of a workflow; with a workspace its queues have their names and workers.

    Node and edge attributes are those of :func:`flowlab.model.graph.flow_graph`: ``kind family label text initial`` and
    ``event condition label wired silent``. The nodes, by ``kind``:

    ==================  ==================  ========================================================================
    ``task``            ``task``            where a task comes in (``initial``); ``label`` is the workflow's name
    ``filter``          ``filter:1``        ``text`` is its expression
    ``default_filter``  ``filter:default``  where the workflow has one
    ``target``          ``target:1.2``      its second target; ``text``: who of the queue, in which order
    ``task_queue``      ``queue:WQ…``       ``text`` is its ``target_workers``; ``missing`` if the workspace has none
    ``worker``          ``worker:Ines``     every worker of the queues, available or not; ``text``: the activity
    ``waits``           ``waits``           the task stays until its own timeout
    ``canceled``        ``canceled``        the task is canceled; edges that lead here are ``silent``
    ==================  ==================  ========================================================================

    Events: ``task``; ``match`` and ``noMatch`` of a filter; ``queue``, ``timeout``, ``skip`` and ``waits`` of a target;
    none from queue to worker. Numbers and expressions stand in ``condition`` ("timeout 120 s", "skip if
    workers.available == 0"). What leads to a filter leads on by its ``match`` or ``noMatch``.

    >>> from flowlab.model.routing import Filter, Target, Workflow
    >>> flow = Workflow((Filter("All", "1==1", (Target("WQ1", timeout_s=60),)),))
    >>> [(u, v, data["label"]) for u, v, data in workflow_graph(flow).edges(data=True)]
    [('task', 'filter:1', 'task'), ('filter:1', 'target:1.1', 'match'), ('filter:1', 'canceled', 'noMatch'),
     ('target:1.1', 'queue:WQ1', 'queue'), ('target:1.1', 'canceled', 'timeout 60 s')]
    """
    import networkx as nx

    graph = nx.MultiDiGraph(name=workflow.name, initial=TASK)
    add_workflow(graph, workflow, workspace, initial=True)
    return graph


def add_workflow(
    graph: nx.MultiDiGraph, workflow: Workflow, workspace: Workspace | None, *, initial: bool = False
) -> None:
    """Put a workflow's nodes and edges into a graph, beside what is in it."""
    maker = _Maker(graph, workspace)
    maker.node(TASK, "task", Family.ENTRY, workflow.name, initial=initial)
    # Nodes first and in reading order: drawings and lists keep it.
    for index, each in enumerate(workflow.filters):
        text = each.expression if each.name else ""
        maker.node(filter_node(index), "filter", Family.FILTER, each.label, text)
    if workflow.default_queue:
        maker.node(DEFAULT, "default_filter", Family.FILTER, "default filter")
    nodes = [filter_node(index) for index in range(len(workflow.filters))]
    otherwise = DEFAULT if workflow.default_queue else CANCELED
    maker.edge(TASK, (*nodes, otherwise)[0], "task")
    for index, each in enumerate(workflow.filters):
        following = (*nodes, otherwise)[index + 1]
        maker.filter(index, each, following, (*nodes, CANCELED)[index + 1])
    if workflow.default_queue and any(map(_can_time_out, workflow.filters[:-1])):
        maker.edge(nodes[-1], CANCELED, "noMatch", "noMatch after a timeout")
    if workflow.default_queue:
        maker.edge(DEFAULT, maker.queue(workflow.default_queue), "queue")
        maker.edge(DEFAULT, WAITS, "waits", "no timeout")
    maker.workers()


class _Maker:
    """A graph in the making."""

    def __init__(self, graph: nx.MultiDiGraph, workspace: Workspace | None) -> None:
        self.graph = graph
        self.workspace = workspace
        self.queues: dict[str, Queue] = {}
        self.exits: Counter[str] = Counter()

    def node(self, name: str, kind: str, family: Family, label: str, text: str = "", *, initial: bool = False) -> None:
        self.graph.add_node(name, kind=kind, family=str(family), label=label, text=text, initial=initial)

    def edge(self, tail: str, head: str, event: str, condition: str = "") -> None:
        """One more exit of ``tail``; the ends (waits, canceled) are made when the first edge leads there."""
        if head in (WAITS, CANCELED) and head not in self.graph:
            self.node(head, head, Family.END, head)
        wired = head not in (WAITS, CANCELED)
        words = condition or event
        self.graph.add_edge(
            tail,
            head,
            self.exits[tail],
            event=event,
            condition=condition,
            label=words,
            wired=wired,
            silent=head == CANCELED,
        )
        self.exits[tail] += 1

    def filter(self, index: int, each: Filter, otherwise: str, after: str) -> None:
        """``otherwise``: where a task goes that the filter does not hold; ``after``: one whose time ran out in it."""
        here = filter_node(index)
        targets = [target_node(index, number) for number in range(1, len(each.targets) + 1)]
        for number, (target, ref) in enumerate(zip(each.targets, each.queues, strict=True), start=1):
            found = self.workspace.find_queue(ref) if self.workspace else None
            label = f"target {number}: {found.label if found else _called(ref)}"
            self.node(targets[number - 1], "target", Family.TARGET, label, _words(target))
        self.edge(here, (*targets, otherwise)[0], "match")
        self.edge(here, otherwise, "noMatch")
        for place, (target, ref) in enumerate(zip(each.targets, each.queues, strict=True)):
            following = targets[place + 1] if place + 1 < len(targets) else ""
            self.target(targets[place], target, ref, (following or otherwise, following or after))

    def target(self, here: str, target: Target, ref: str, following: tuple[str, str]) -> None:
        """``following``: where a task goes that skips the target, and one whose time ran out."""
        self.edge(here, self.queue(ref), "queue", "" if target.priority is None else f"priority {target.priority}")
        if target.skip_if.strip():
            self.edge(here, following[0], "skip", f"skip if {target.skip_if}")
        if target.timeout_s is None:
            self.edge(here, WAITS, "waits", "no timeout")
        else:
            self.edge(here, following[1], "timeout", f"timeout {target.timeout_s} s")

    def queue(self, ref: str) -> str:
        found = self.workspace.find_queue(ref) if self.workspace else None
        name = queue_node(found.sid if found else ref)
        if name in self.graph:
            return name
        if found:
            self.queues[name] = found
            self.node(name, "task_queue", Family.QUEUE, found.label, found.target_workers)
        elif self.workspace or not ref:
            self.node(name, "missing", Family.MISSING, _called(ref))
        else:
            self.node(name, "task_queue", Family.QUEUE, _called(ref))
        return name

    def workers(self) -> None:
        """Every worker of the queues that the workflow names."""
        if self.workspace is None:
            return
        for node, queue in self.queues.items():
            for worker in members(queue, self.workspace):
                name = worker_node(worker.name)
                if name not in self.graph:
                    self.node(name, "worker", Family.WORKER, worker.name, worker.activity)
                self.edge(node, name, "")


def _can_time_out(each: Filter) -> bool:
    """Whether a task can leave the filter because its time ran out."""
    return bool(each.targets) and each.targets[-1].timeout_s is not None


def _called(ref: str) -> str:
    """What to write for a queue of which only the reference is known; of a sid, what people tell it by."""
    is_sid = len(ref) == 34 and ref.startswith("WQ") and ref.isalnum()
    return f"{ref[:4]}…{ref[-4:]}" if is_sid else ref or "no queue"


def _words(target: Target) -> str:
    """Who of the queue, and in which order."""
    known = target.known_worker_sid or target.known_worker_friendly_name
    parts = (target.expression, f"known worker: {known}" if known else "")
    order = f"by {target.order_by}" if target.order_by else ""
    return "; ".join(filter(None, (*parts, order)))
