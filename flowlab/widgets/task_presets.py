"""Tasks to begin with: one that each filter takes, found by trying, and what a flow's hand-offs send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, product
from typing import Any

from flowlab.check.routing_view import RoutingView
from flowlab.check.sent import Sent
from flowlab.model.expression import And, Comparison, Expression, uses
from flowlab.model.expression_value import holds
from flowlab.model.readings import Readings
from flowlab.model.routing import Workflow, Workspace
from flowlab.text.plain import short
from flowlab.widgets.task_fields import Field
from flowlab.widgets.task_values import MISSING, put

Task = dict[str, Any]
_MOST_TRIED, _MOST_DODGES, _MOST_FILTERS = 300, 6, 100
#: Expressions looked at for one filter, and for all: some have no solution, and no end of combinations.
_MOST_LOOKS, _ALL_LOOKS = 2_000, 30_000


@dataclass(frozen=True, slots=True)
class Preset:
    """A task by a name. ``task`` is None where none was found; ``note`` says more about it."""

    label: str
    task: Task | None
    note: str = ""


def presets_of(
    workflow: Workflow, workspace: Workspace | None, fields: Iterable[Field], sent: Iterable[Sent] = ()
) -> tuple[Preset, ...]:
    """One task for each filter, one that no filter takes, and one for each hand-off of a flow.

    >>> from flowlab.model.routing import Filter
    >>> flow = Workflow((Filter("VIP", "vip == true"), Filter("Often", "misses > 2 AND vip != false")))
    >>> from flowlab.widgets.task_fields import fields_of
    >>> [(preset.label, preset.task) for preset in presets_of(flow, None, fields_of(flow))]
    [('Filter: VIP', {'vip': True}), ('Filter: Often', {'misses': 3}), ('No filter', {})]
    """
    known = tuple(fields)
    search = _Search(RoutingView(workflow, workspace), known)
    found = [
        Preset(f"Filter: {short(each.label)}", task, "" if task is not None else "no task was found that it takes")
        for each, task in zip(workflow.filters[:_MOST_FILTERS], search.examples(), strict=False)
    ]
    nobody_s = search.untaken()
    found += [Preset("No filter", nobody_s)] if nobody_s is not None else []
    return (*found, *(_sent_preset(each, known) for each in sent))


class _Search:
    """Looks for tasks among the values that the workflow itself compares with."""

    def __init__(self, view: RoutingView, fields: tuple[Field, ...]) -> None:
        self._readings: Readings = view.readings
        self._trees = [view.filter_expression(each).tree for each in view.workflow.filters]
        self._pools = {field.path: (*field.values, MISSING) for field in fields}
        self._left, self._all_left = 0, _ALL_LOOKS

    def examples(self) -> Iterator[Task | None]:
        """For each filter a task that it takes: no filter before it does."""
        for index, tree in enumerate(self._trees):
            self._left = min(_MOST_LOOKS, self._all_left)
            tasks = islice(self._solve(tree, {}), _MOST_TRIED) if tree else ()
            dodged = (self._dodge(task, index) for task in tasks)
            yield next((task for task in dodged if task is not None), None)

    def untaken(self) -> Task | None:
        """A task that no filter takes."""
        self._left = _MOST_LOOKS
        return self._dodge({}, len(self._trees))

    def _holds(self, tree: Expression | None, task: Task) -> bool:
        self._left, self._all_left = self._left - 1, self._all_left - 1
        return tree is not None and holds(tree, task, self._readings)

    def _solve(self, tree: Expression, task: Task) -> Iterator[Task]:
        """Tasks for which the expression holds, made from this one, as long as looks are left."""
        if self._left <= 0:
            return
        if self._holds(tree, task):
            yield task
        elif isinstance(tree, Comparison):
            for tried in islice(self._others(tree, task), _MOST_TRIED):
                if self._holds(tree, tried):
                    yield tried
        elif isinstance(tree, And):
            tasks: Iterator[Task] = iter((task,))
            for part in tree.parts:
                tasks = self._onward(part, tasks)
            yield from (made for made in tasks if self._holds(tree, made))
        else:
            for part in tree.parts:
                yield from self._solve(part, task)

    def _onward(self, part: Expression, tasks: Iterator[Task]) -> Iterator[Task]:
        for task in tasks:
            yield from self._solve(part, task)

    def _others(self, tree: Expression, task: Task) -> Iterator[Task]:
        """The task with other values of what an expression reads."""
        paths = list(dict.fromkeys(use.path.segments for use in uses(tree)))
        for values in product(*(self._pools.get(path, (MISSING,)) for path in paths)):
            if self._left <= 0:
                return
            made = task
            for path, value in zip(paths, values, strict=True):
                made = put(made, path, value)
            yield made

    def _dodge(self, task: Task, index: int) -> Task | None:
        """The task changed so that no filter before this one takes it; None where that was not found."""
        mine = self._trees[index] if index < len(self._trees) else None
        for _ in range(_MOST_DODGES):
            first = next((at for at in range(index) if self._holds(self._trees[at], task)), index)
            if first == index:
                return task
            others = islice(self._others(self._trees[first], task), _MOST_TRIED)  # type: ignore[arg-type]
            fit = (made for made in others if not self._holds(self._trees[first], made))
            better = next((made for made in fit if mine is None or self._holds(mine, made)), None)
            if better is None:
                return None
            task = better
        return None


def _sent_preset(sent: Sent, fields: Iterable[Field]) -> Preset:
    """What a hand-off sends; what is known only in a run is what the workflow compares with, else an empty text."""
    by_name = {field.name: field for field in fields}
    task: Task = {}
    guessed: list[str] = []
    for name, attribute in reversed(list(sent.attributes.items())):
        if any(other.startswith(f"{name}.") for other in sent.attributes):
            continue
        values = [value for value in attribute.values or () if value not in (None, "")]
        field = by_name.get(name)
        if not attribute.values:
            guessed.append(name)
            values = list(field.values) if field else []
        task = put(task, name.split("."), values[0] if values else "")
    unsure = f"; known only in a run: {', '.join(guessed)}" if guessed else ""
    return Preset(f"Sent by {short(sent.state.name)}", task, short(f"What {sent.state.name} sends{unsure}", 300))
