"""Which names an expression may use where, and what they stand for; expressions read once.

Three places, three rules: a queue's ``target_workers`` names worker attributes bare, a filter names task attributes
bare, a target puts ``task.``, ``worker.`` or (in ``skip_if``) ``workers.`` before them. Sources: Twilio docs, *Using
TaskRouter Expressions*, *Skipping Based on Worker Availability*.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from flowlab.errors import FormatError
from flowlab.model.expression import Expression, comparisons, paths
from flowlab.model.expression_parser import parse
from flowlab.model.expression_value import Verdict, evaluate, holds
from flowlab.model.readings import Readings
from flowlab.model.routing import Worker, Workspace

PREFIXES = ("task", "worker", "workers")


@lru_cache(maxsize=4096)
def _parsed(text: str, readings: Readings) -> Expression | FormatError:
    try:
        return parse(text, "the expression", readings)
    except FormatError as error:
        return error


def judge(text: str, names: Mapping[str, Any], readings: Readings, *, praise: bool = True) -> Verdict | str:
    """Whether the expression of a file holds, or what is wrong with it: Twilio would not have taken it.

    Without ``praise`` there are no reasons for what holds, which is quicker for many workers.

    >>> judge("vip = true", {"vip": True}, Readings())
    "the expression: character 5: '=' has no meaning here: write == to compare; a single = is no operator..."
    """
    tree = _parsed(text, readings)
    if isinstance(tree, FormatError):
        return str(tree)
    if not praise and holds(tree, names, readings):
        return Verdict(True, ())
    return evaluate(tree, names, readings)


def unprefixed(text: str, readings: Readings) -> list[str]:
    """Names in a target's expression that say neither ``task.`` nor ``worker.``: they are always missing.

    >>> unprefixed("language IN worker.languages", Readings())
    ['language']
    """
    return [name for name in _names(text, readings) if name.split(".")[0].split("[")[0] not in PREFIXES]


def prefixed(text: str, readings: Readings) -> list[str]:
    """Names in a filter's expression that say ``worker.``, as only a target can."""
    return [name for name in _names(text, readings) if name.split(".")[0] in ("worker", "workers")]


def _names(text: str, readings: Readings) -> list[str]:
    tree = _parsed(text, readings)
    if isinstance(tree, FormatError):
        return []
    sides = (side for each in comparisons(tree) for side in (each.left, each.right))
    return list(dict.fromkeys(str(path) for side in sides for path in paths(side)))


def skip_names(task: Mapping[str, Any], members: Iterable[Worker], workspace: Workspace) -> dict[str, Any]:
    """What ``skip_if`` may ask: the task, and how many workers of the queue are in which activity."""
    by_activity = Counter(worker.activity for worker in members)
    available = sum(n for activity, n in by_activity.items() if workspace.activities.get(activity))
    counts = {"available": available, "unavailable": by_activity.total() - available}
    return {"task": task, "workers": {**_by_sid(workspace, by_activity), **counts}}


def _by_sid(workspace: Workspace, by_activity: Counter[str]) -> dict[str, int]:
    return {sid: by_activity[activity] for activity, sid in workspace.activity_sids.items()}
