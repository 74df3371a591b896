"""Rules about a workflow and its workspace: is there anybody to take what it routes?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from flowlab.check.literal import is_template
from flowlab.check.routing_view import Written, always, routing_view
from flowlab.check.rule import Hit, Need, rule
from flowlab.check.subject import Subject
from flowlab.errors import FormatError
from flowlab.model.expression import And, Expression, Path, uses
from flowlab.model.expression_parser import parse
from flowlab.model.expression_value import holds, value_of
from flowlab.model.finding import Severity
from flowlab.model.membership import members, worker_names
from flowlab.model.routing import Queue, Worker, Workspace
from flowlab.text.plain import quote

_QUEUE = "Twilio docs: Task Queue resource"
_EXPRESSIONS = "Twilio docs: Using TaskRouter Expressions"
_NEEDS: tuple[Need, ...] = ("workflow", "workspace")


@rule(
    "routing-unknown-queue",
    Severity.ERROR,
    "The workflow names a queue that the workspace has not",
    why="TaskRouter refuses the workflow. A note for '${...}', which deployment fills in: give it its queue by "
    "'aliases' in the workspace file, and it can be checked too.",
    source=_QUEUE,
    needs=_NEEDS,
)
def unknown_queue(subject: Subject) -> Iterator[Hit]:
    view, workspace = routing_view(subject), _workspace(subject)
    seen: set[str] = set()
    places = [*((place, queue, "queue") for place, _, queue in view.targets), (None, view.workflow.default_queue, "")]
    for place, queue, key in places:
        if queue and queue not in seen and workspace.find_queue(queue) is None:
            seen.add(queue)
            labels = tuple(label for each in workspace.queues for label in (each.sid, each.name) if label)
            yield Hit(
                f"{place.title if place else 'The default filter'} names the queue {quote(queue)}, "
                f"which workspace {quote(workspace.name)} has not.",
                f"{subject.hint(queue, labels)}Name a queue of the workspace, or add it there.",
                place.node if place else "",
                f"{place.path}/{key}" if place else "#/task_routing/default_filter/queue",
                severity=Severity.NOTE if is_template(queue) else None,
            )


@rule(
    "routing-queue-nobody",
    Severity.ERROR,
    "No worker belongs to a queue",
    why="Its 'target_workers' holds for nobody (an empty one is nobody, too), so its tasks wait until they are "
    "canceled. A note for '1==0' and the like: such a queue is meant to hold tasks, as one for voicemail does.",
    source=_QUEUE,
    needs=_NEEDS,
)
def queue_nobody(subject: Subject) -> Iterator[Hit]:
    workspace, named = _workspace(subject), routing_view(subject).workflow.queues
    used = {id(queue): queue for queue in map(workspace.find_queue, named) if queue is not None}
    for queue in used.values():
        if not members(queue, workspace):
            yield Hit(
                f"No worker of workspace {quote(workspace.name)} belongs to queue {quote(queue.label)}: its "
                f"target_workers is {quote(queue.target_workers)}.",
                "Mend 'target_workers' ('1==1' is everybody), or give a worker the attributes it asks for.",
                path=f"queues/{queue.label}/target_workers",
                severity=Severity.NOTE if _is_shut(queue, workspace) else None,
            )


def _is_shut(queue: Queue, workspace: Workspace) -> bool:
    """Whether a queue takes nobody on purpose: its expression names no attribute and does not hold."""
    with suppress(FormatError):
        return always(parse(queue.target_workers, queue.label, workspace.readings), workspace.readings) is False
    return False


@rule(
    "routing-target-nobody",
    Severity.WARNING,
    "A target's expression leaves nobody of its queue",
    why="Judged by what it asks of workers alone, whatever the task is: the target can only pass time.",
    source=_EXPRESSIONS,
    needs=_NEEDS,
)
def target_nobody(subject: Subject) -> Iterator[Hit]:
    workspace = _workspace(subject)
    for written, queue in _target_expressions(subject):
        team = members(queue, workspace)
        asked = list(_of_workers_alone(written.tree))
        fits = [w for w in team if all(holds(part, _names(w, workspace), workspace.readings) for part in asked)]
        if team and asked and not fits:
            yield written.hit(
                f"{written.place.title} asks {quote(' AND '.join(map(str, asked)))}, which holds for "
                f"none of the {len(team)} workers of queue {quote(queue.label)}.",
                "Mend the expression, or name another queue.",
            )


@rule(
    "routing-worker-attribute",
    Severity.WARNING,
    "A worker's attribute is asked for that no worker has",
    why="It is missing for everybody. Names are told apart by case.",
    source=_EXPRESSIONS,
    needs=_NEEDS,
)
def worker_attribute(subject: Subject) -> Iterator[Hit]:
    workspace = _workspace(subject)
    everybody = [_names(worker, workspace)["worker"] for worker in workspace.workers]
    known = tuple(sorted({key for names in everybody for key in names}))
    for written in routing_view(subject).written if everybody else ():
        for path in written.paths:
            rest = path.segments[1:]
            if written.in_filter or path.segments[0] != "worker" or not rest or rest[0] == "channel":
                continue
            if any(value_of(Path(rest), names) is not None for names in everybody) or rest == ("activity_sid",):
                continue
            yield written.hit(
                f"{written.place.title} reads {quote(str(path))} in {written.key}, which no worker of "
                f"workspace {quote(workspace.name)} has.",
                f"{subject.hint(str(rest[0]), known)}Mend the name, or give the attribute to the workers it is for.",
            )


@rule(
    "routing-attribute-no-list",
    Severity.WARNING,
    "HAS is asked of an attribute that is no list",
    why="'worker.skills HAS x' wants 'skills' to be a list. Where it is a text or a number the comparison is silently "
    "false, and tasks wait for ever.",
    source=_EXPRESSIONS,
    needs=_NEEDS,
)
def attribute_no_list(subject: Subject) -> Iterator[Hit]:
    workspace = _workspace(subject)
    everybody = [_names(worker, workspace)["worker"] for worker in workspace.workers]
    for written in routing_view(subject).written:
        for path in written.wanted_lists:
            if path.segments[0] != "worker":
                continue
            values = [value_of(Path(path.segments[1:]), names) for names in everybody]
            there = [value for value in values if value is not None]
            if there and not any(isinstance(value, list) for value in there):
                yield written.hit(
                    f"{quote(str(path))} in {written.place.label} is asked for as a list; workers have "
                    f"{quote(str(there[0]))}.",
                    "Make the attribute a list, or compare with '=='.",
                )


@rule(
    "routing-order-no-number",
    Severity.WARNING,
    "Workers are put in order by something that is no number",
    why="'order_by' compares numbers; workers with anything else, or with nothing, come last in no order.",
    source="Twilio docs: Ordering Workers",
    needs=_NEEDS,
)
def order_no_number(subject: Subject) -> Iterator[Hit]:
    workspace = _workspace(subject)
    for written in routing_view(subject).written:
        if written.key != "order_by":
            continue
        for path in written.paths:
            values = [value_of(path, _names(worker, workspace)) for worker in workspace.workers]
            there = [value for value in values if value is not None]
            if there and not any(isinstance(v, int | float) and not isinstance(v, bool) for v in there):
                yield written.hit(
                    f"{written.place.title} orders by {quote(str(path))}; workers have "
                    f"{quote(str(there[0]))}, which is no number.",
                    "Order by an attribute that is a number for every worker.",
                )


def _workspace(subject: Subject) -> Workspace:
    return subject.workspace or Workspace()


def _names(worker: Worker, workspace: Workspace) -> dict[str, Mapping[str, Any]]:
    return {"worker": worker_names(worker, workspace)}


def _target_expressions(subject: Subject) -> Iterator[tuple[Written, Queue]]:
    view, workspace = routing_view(subject), _workspace(subject)
    queues = {place.node: workspace.find_queue(queue) for place, _, queue in view.targets}
    for written in view.written:
        queue = queues.get(written.place.node)
        if not written.in_filter and written.key == "expression" and queue is not None:
            yield written, queue


def _of_workers_alone(tree: Expression | None) -> Iterator[Expression]:
    """The parts of an AND that ask about the worker and nothing else."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    for part in parts:
        if part is not None and uses(part) and all(use.path.segments[0] == "worker" for use in uses(part)):
            yield part
