"""Who may be offered a task at a target, in which order, and why nobody else.

A candidate is in the queue, in an available activity, has capacity on the task's channel, passes the target's
expression and is the known worker where one is named. Sources: Twilio docs, *Task Queue resource*, *Ordering Workers*,
*Known Agent Routing*.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import FormatError
from flowlab.model.expression import OrderKey, Path, Value
from flowlab.model.expression_parser import parse_order, parse_value
from flowlab.model.expression_value import shown, value_of
from flowlab.model.membership import worker_names
from flowlab.model.routing import Queue, Target, Worker, Workspace
from flowlab.run.routing_names import judge, unprefixed
from flowlab.run.routing_result import WorkerSeen
from flowlab.text.plain import short

_KNOWN = {"known_worker_sid": "sid", "known_worker_friendly_name": "name"}


@dataclass
class Survey:
    """Every worker looked at for one target. ``members``: those of the queue, whether they can take the task or not."""

    seen: tuple[WorkerSeen, ...] = ()
    reserved: tuple[str, ...] = ()
    members: list[Worker] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Demand:
    """What is asked: the task's attributes and channel, and the target it stands at."""

    task: Mapping[str, Any]
    channel: str
    target: Target


def survey(demand: Demand, queue: Queue | None, workspace: Workspace) -> Survey:
    """Look at every worker of the workspace for a task at a target."""
    found = Survey()
    order = _order(demand.target.order_by, found.faults)
    _note_names(demand.target, workspace, found.faults)
    candidates: list[tuple[tuple[Any, ...], Worker, dict[str, Any]]] = []
    out: list[WorkerSeen] = []
    for worker in workspace.workers:
        names = {"task": demand.task, "worker": worker_names(worker, workspace)}
        membership = "" if queue is None else _not_in(queue, names["worker"], workspace, found.faults)
        if queue is not None and not membership:
            found.members.append(worker)
        reasons = [membership or ("" if queue else "there is no such queue")]
        reasons += _reasons(worker, names, demand, workspace, found.faults)
        if any(reasons):
            out.append(WorkerSeen(worker.name, None, False, "; ".join(filter(None, reasons))))
        else:
            candidates.append(((*_rank(order, names), -worker.idle_s), worker, names))
    candidates.sort(key=lambda candidate: candidate[0])  # stable: else the order of the file
    most = queue.max_reserved_workers if queue else 0
    offered = tuple(
        WorkerSeen(worker.name, place, place <= most, _standing(order, names, worker))
        for place, (_, worker, names) in enumerate(candidates, start=1)
    )
    found.seen, found.reserved = (*offered, *out), tuple(seen.worker for seen in offered if seen.reserved)
    found.faults = list(dict.fromkeys(found.faults))
    return found


def _not_in(queue: Queue, names: Mapping[str, Any], workspace: Workspace, faults: list[str]) -> str:
    if not queue.target_workers.strip():
        return "not in the queue: its target_workers is empty, which is nobody"
    verdict = judge(queue.target_workers, names, workspace.readings, praise=False)
    if isinstance(verdict, str):
        faults.append(f"queue {queue.label!r}, target_workers: {verdict}")
        return "not in the queue: its target_workers cannot be read"
    return "" if verdict.holds else f"not in the queue: {verdict.why}"


def _reasons(
    worker: Worker, names: Mapping[str, Any], demand: Demand, workspace: Workspace, faults: list[str]
) -> Iterator[str]:
    if not workspace.is_available(worker):
        yield f"activity {worker.activity!r} is not available"
    free, capacity = workspace.free(worker, demand.channel)
    if not free:
        in_hand = workspace.in_hand(worker, demand.channel)
        yield f"no capacity on channel {demand.channel!r}: {in_hand} in hand, {capacity} at a time"
    if demand.target.expression.strip():
        verdict = judge(demand.target.expression, names, workspace.readings, praise=False)
        if isinstance(verdict, str):
            faults.append(f"target expression: {verdict}")
            yield "the target's expression cannot be read"
        elif not verdict.holds:
            yield f"target expression: {verdict.why}"
    for key, attribute in _KNOWN.items():
        wanted = getattr(demand.target, key).strip()
        if wanted:
            yield _not_known(wanted, key, getattr(worker, attribute), names, faults)


def _not_known(text: str, key: str, mine: str, names: Mapping[str, Any], faults: list[str]) -> str:
    """A bare word is the sid or name itself; ``task.agent`` is where the task says it."""
    try:
        value = parse_value(text, key)
    except FormatError as error:
        faults.append(str(error))
        return f"{key} cannot be read"
    wanted = text if _is_bare(value) else value_of(value, names)
    if wanted is not None and mine == wanted:
        return ""
    said = "is missing" if wanted is None else f"is {shown(wanted)}"
    return (
        f"not the known worker: {short(text)} {said}" if not _is_bare(value) else f"not the known worker {short(text)}"
    )


def _is_bare(value: Value) -> bool:
    return isinstance(value, Path) and len(value.segments) == 1


def _order(text: str, faults: list[str]) -> tuple[OrderKey, ...]:
    if not text.strip():
        return ()
    try:
        return parse_order(text)
    except FormatError as error:
        faults.append(f"{error}\n    the longest idle comes first instead")
        return ()


def _rank(order: tuple[OrderKey, ...], names: Mapping[str, Any]) -> Iterator[tuple[int, float]]:
    """Numbers by their direction; who has none comes last, whatever the direction."""
    for key in order:
        value = value_of(key.path, names)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        yield (0, -value if key.descending else value) if is_number else (1, 0)


def _standing(order: tuple[OrderKey, ...], names: Mapping[str, Any], worker: Worker) -> str:
    values = ((key.path, value_of(key.path, names)) for key in order)
    ranks = [f"{short(str(path))} is {'missing' if value is None else shown(value)}" for path, value in values]
    return ", ".join([*ranks, f"idle for {worker.idle_s:g} s"])


def _note_names(target: Target, workspace: Workspace, faults: list[str]) -> None:
    for key in ("expression", "skip_if"):
        bare = unprefixed(getattr(target, key) or "1==1", workspace.readings)
        if bare:
            faults.append(
                f"{key}: {', '.join(map(short, bare))} is always missing: a target writes task. or worker. before it"
            )


def tasks_ahead(queue: Queue, priority: int, *, zero_is_highest: bool) -> int:
    """How many of the tasks that wait in a queue come before a new one of this priority.

    Higher priority first; of the same priority the older first (FIFO) or the newer (LIFO).

    >>> from flowlab.model.routing import Waiting
    >>> tasks_ahead(Queue("WQ1", waiting=(Waiting(0), Waiting(5), Waiting(9))), 5, zero_is_highest=False)
    2
    """
    sign = 1 if zero_is_highest else -1
    ranks = [sign * task.priority for task in queue.waiting]
    mine = sign * priority
    return sum(rank < mine for rank in ranks) + (ranks.count(mine) if queue.task_order != "LIFO" else 0)
