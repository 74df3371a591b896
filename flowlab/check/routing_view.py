"""A workflow as its rules look at it: every expression with its place, and read once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from flowlab.check.rule import Hit
from flowlab.errors import FormatError
from flowlab.model.expression import And, Comparison, Expression, Path, Use, comparisons, paths, uses, wanted_lists
from flowlab.model.expression_parser import parse, parse_order, parse_value
from flowlab.model.expression_value import holds
from flowlab.model.finding import Severity
from flowlab.model.readings import READINGS, Readings
from flowlab.model.routing import Filter, Target, Workflow, Workspace
from flowlab.model.routing_graph import filter_node, target_node

if TYPE_CHECKING:
    from flowlab.check.subject import Subject

ROOT = "#/task_routing/filters"


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands in a workflow. ``node`` is its node in the graph, ``label`` what people call it."""

    node: str
    label: str
    path: str

    @property
    def title(self) -> str:
        """The label at the beginning of a sentence."""
        return self.label[:1].upper() + self.label[1:]


@dataclass(frozen=True)
class Written:
    """An expression of a workflow. ``key``: expression, skip_if, order_by, known_worker_sid, ...

    ``fault``: why it cannot be read; ``paths``: the attributes that it names; ``uses``: what each is compared with.
    """

    place: Place
    key: str
    text: str
    in_filter: bool = False
    readings: Readings = field(default=READINGS, repr=False)

    @cached_property
    def tree(self) -> Expression | None:
        """The expression; None where it cannot be read, or is no comparison (an order, a worker's name)."""
        read = _read(self.key, self.text, self.readings)
        return read if isinstance(read, Expression) else None

    @property
    def fault(self) -> str:
        read = _read(self.key, self.text, self.readings)
        return str(read) if isinstance(read, FormatError) else ""

    @property
    def is_open(self) -> bool:
        """Whether it can only not be read because a ``${...}`` stands in it that deployment fills in."""
        filled = (_PLACEHOLDER.sub(filling, self.text) for filling in _FILLINGS)
        return bool(self.fault) and any(
            text != self.text and not isinstance(_read(self.key, text, self.readings), FormatError) for text in filled
        )

    @property
    def paths(self) -> tuple[Path, ...]:
        read = _read(self.key, self.text, self.readings)
        if isinstance(read, FormatError):
            return ()
        if isinstance(read, Expression):
            return tuple(dict.fromkeys(use.path for use in uses(read)))
        return read

    @property
    def uses(self) -> list[Use]:
        return uses(self.tree) if self.tree else []

    @property
    def wanted_lists(self) -> list[Path]:
        return wanted_lists(self.tree) if self.tree else []

    def hit(self, message: str, fix: str, severity: Severity | None = None) -> Hit:
        """What a rule found in this expression."""
        return Hit(message, fix, self.place.node, self.place.path, severity=severity)

    @property
    def comparisons(self) -> list[Comparison]:
        return list(comparisons(self.tree)) if self.tree else []


@lru_cache(maxsize=8192)
def _read(key: str, text: str, readings: Readings) -> Expression | tuple[Path, ...] | FormatError:
    try:
        if key == "order_by":
            return tuple(order.path for order in parse_order(text, key))
        if key.startswith("known_worker"):
            return tuple(paths(parse_value(text, key)))
        return parse(text, key, readings)
    except FormatError as error:
        return error


_PLACEHOLDER = re.compile(r"\$\{[^{}]*\}")
#: What a placeholder outside of quotation marks may stand for: a comparison, a text, a name, a list.
_FILLINGS = ("1==1", "'x'", "worker.x", "['x']")
_TARGET_KEYS = ("expression", "skip_if", "order_by", "known_worker_sid", "known_worker_friendly_name")


@dataclass(frozen=True)
class RoutingView:
    """A workflow, with the workspace where there is one."""

    workflow: Workflow
    workspace: Workspace | None = None

    @property
    def readings(self) -> Readings:
        return self.workspace.readings if self.workspace else READINGS

    @property
    def filters(self) -> Iterator[tuple[Place, Filter]]:
        """Every filter with its place."""
        for index, each in enumerate(self.workflow.filters):
            yield Place(filter_node(index), f"filter {each.label!r}", f"{ROOT}/{index}"), each

    @property
    def targets(self) -> Iterator[tuple[Place, Target, str]]:
        """Every target with its place and the queue it works on."""
        for index, each in enumerate(self.workflow.filters):
            for number, (target, queue) in enumerate(zip(each.targets, each.queues, strict=True)):
                label = f"target {number + 1} of filter {each.label!r}"
                place = Place(target_node(index, number + 1), label, f"{ROOT}/{index}/targets/{number}")
                yield place, target, queue

    @cached_property
    def written(self) -> tuple[Written, ...]:
        """Every expression that is there, in file order."""
        found: list[Written] = []
        for place, each in self.filters:
            found.append(self._written(place, "expression", each.expression, in_filter=True))
        for place, target, _ in self.targets:
            found += [self._written(place, key, getattr(target, key)) for key in _TARGET_KEYS if getattr(target, key)]
        return tuple(found)

    def _written(self, place: Place, key: str, text: str, *, in_filter: bool = False) -> Written:
        return Written(Place(place.node, place.label, f"{place.path}/{key}"), key, text, in_filter, self.readings)

    def filter_expression(self, each: Filter) -> Written:
        """A filter's expression, read."""
        return self._written(Place("", "", ""), "expression", each.expression, in_filter=True)


def always(tree: Expression | None, readings: Readings) -> bool | None:
    """Whether an expression that names no attribute holds; None where it names one."""
    return None if tree is None or uses(tree) else holds(tree, {}, readings)


def conjuncts(tree: Expression | None) -> frozenset[str]:
    """The parts that must all hold, as texts; one where there is no AND on top."""
    if tree is None:
        return frozenset()
    return frozenset(map(str, tree.parts)) if isinstance(tree, And) else frozenset({str(tree)})


def conjunct_comparisons(tree: Expression | None) -> list[Comparison]:
    """The comparisons that must all hold."""
    parts = tree.parts if isinstance(tree, And) else (tree,)
    return [part for part in parts if isinstance(part, Comparison)]


def can_be_left(each: Filter) -> bool:
    """Whether a task can come out of a filter's last target because its time ran out, or because it is skipped."""
    return not each.targets or has_timeout(each.targets[-1]) or bool(each.targets[-1].skip_if.strip())


def has_timeout(target: Target) -> bool:
    """Whether a target gives up some time, be it one that deployment fills in."""
    return target.timeout_s is not None or bool(target.raw.get("timeout"))


def routing_view(subject: Subject) -> RoutingView:
    """The workflow under check; one without filters where none was given."""
    return RoutingView(subject.workflow or Workflow(()), subject.workspace)
