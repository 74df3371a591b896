"""Rules about a workflow alone: does every filter and every target do what it seems to?"""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.routing_view import (
    RoutingView,
    always,
    can_be_left,
    conjunct_comparisons,
    conjuncts,
    has_timeout,
    routing_view,
)
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.expression import ListOf, Literal, Path
from flowlab.model.finding import Severity
from flowlab.model.routing import Filter
from flowlab.text.plain import quote

_OVERVIEW = "Twilio docs: TaskRouter Workflows Overview"
_EXPRESSIONS = "Twilio docs: Using TaskRouter Expressions"
_PREFIXES = ("task", "worker", "workers")


@rule(
    "routing-expression-broken",
    Severity.ERROR,
    "An expression of the workflow cannot be read",
    why="TaskRouter refuses the workflow. The usual slips: a single '=', 'and' in small letters, a hyphen in a name. A "
    "note where only a '${...}' stands in the way, which deployment fills in.",
    source=_EXPRESSIONS,
    needs=("workflow",),
)
def broken(subject: Subject) -> Iterator[Hit]:
    for written in routing_view(subject).written:
        if written.is_open:
            yield written.hit(
                f"{written.key} of {written.place.label} holds a '${{...}}' that deployment fills in: not checked.",
                "Check the filled-in workflow, too.",
                severity=Severity.NOTE,
            )
        elif written.fault:
            yield written.hit(
                f"In {written.place.label}: {' '.join(written.fault.splitlines()[0].split())}.",
                "Mend the expression; `flowlab route` shows the place with a mark under it.",
            )


@rule(
    "routing-filter-prefix",
    Severity.ERROR,
    "A filter names a worker's attribute",
    why="A filter sees the task alone, and its attributes without a prefix. 'worker.x' is never there, so the "
    "comparison is false for every task. A warning for 'task.x', which is meant for targets.",
    source=_EXPRESSIONS,
    needs=("workflow",),
)
def filter_prefix(subject: Subject) -> Iterator[Hit]:
    for written in routing_view(subject).written:
        for path in written.paths if written.in_filter else ():
            first = path.segments[0]
            if len(path.segments) > 1 and first in _PREFIXES:
                is_task = first == "task"
                bare = str(Path(path.segments[1:]))
                yield written.hit(
                    f"{written.place.title} reads {quote(str(path))}; a filter sees the task alone.",
                    f"Write {quote(bare)}." if is_task else "Move the comparison to a target's expression.",
                    severity=Severity.WARNING if is_task else None,
                )


@rule(
    "routing-target-prefix",
    Severity.ERROR,
    "A target names an attribute without saying whose",
    why="In a target's expressions a task's attribute is 'task.x' and a worker's 'worker.x'. Anything else is never "
    "there: the target finds nobody, and TaskRouter does not complain. In 'skip_if' also 'workers.available'.",
    source=_EXPRESSIONS,
    needs=("workflow",),
)
def target_prefix(subject: Subject) -> Iterator[Hit]:
    for written in routing_view(subject).written:
        if written.in_filter:
            continue
        known = _PREFIXES if written.key == "skip_if" else _PREFIXES[:2]
        for path in written.paths:
            if path.segments[0] not in known or (written.key == "order_by" and path.segments[0] != "worker"):
                name = str(path)
                hint = subject.hint(str(path.segments[0]), known)
                yield written.hit(
                    f"{quote(name)} in {written.key} of {written.place.label} names neither a task's attribute nor a "
                    "worker's: it is never there.",
                    f"{hint}Write 'worker.{name}'" + ("." if written.key == "order_by" else f" or 'task.{name}'."),
                )


@rule(
    "routing-list-operator",
    Severity.WARNING,
    "HAS or IN is asked of something that is no list",
    why="HAS wants a list on its left, IN a list on its right. With anything else the comparison is silently false, "
    "and tasks wait for ever.",
    source=_EXPRESSIONS,
    needs=("workflow",),
)
def list_operator(subject: Subject) -> Iterator[Hit]:
    for written in routing_view(subject).written:
        for comparison in written.comparisons:
            left, right = comparison.left, comparison.right
            if comparison.operator == "HAS" and (isinstance(left, Literal) or isinstance(right, ListOf)):
                fix = f"Write {quote(f'{right} HAS {left}')} or '{left} IN {right}'."
            elif comparison.operator in ("IN", "NOT IN") and isinstance(right, Literal):
                fix = f"Write the right side as a list: '[{right}]'."
            else:
                continue
            message = f"{quote(str(comparison))} in {written.place.label} is false whatever the values are."
            yield written.hit(message, fix)


@rule(
    "routing-filter-never-reached",
    Severity.WARNING,
    "A filter gets no task: an earlier one takes them all",
    why="The first filter that holds takes the task. A later one sees only what the earlier ones leave, or what their "
    "last timeout lets go.",
    source=_OVERVIEW,
    needs=("workflow",),
)
def never_reached(subject: Subject) -> Iterator[Hit]:
    view = routing_view(subject)
    before: list[tuple[str, frozenset[str]]] = []
    for place, each in view.filters:
        tree = view.filter_expression(each).tree
        parts = conjuncts(tree)
        taker = next((label for label, wider in before if parts and wider <= parts), "")
        if taker:
            yield Hit(
                f"{place.title} gets no task: {taker} stands before it and takes all of them.",
                "Put the narrower filter first, give the last target before it a timeout, or remove it.",
                place.node,
                f"{place.path}/expression",
            )
        is_always = always(tree, view.readings)
        if tree is not None and is_always is not False and not can_be_left(each):
            before.append((place.label, frozenset() if is_always else parts))


@rule(
    "routing-filter-never-holds",
    Severity.WARNING,
    "A filter can hold for no task",
    why="It asks one attribute for two different values at once. A note where it is switched off with '1==0'.",
    source=_OVERVIEW,
    needs=("workflow",),
)
def never_holds(subject: Subject) -> Iterator[Hit]:
    view = routing_view(subject)
    for place, each in view.filters:
        tree = view.filter_expression(each).tree
        path = f"{place.path}/expression"
        if always(tree, view.readings) is False:
            message = f"{place.title} is switched off: {quote(each.expression)} never holds."
            yield Hit(message, "Remove it when it is no longer needed.", place.node, path, severity=Severity.NOTE)
            continue
        wanted: dict[Path, Literal] = {}
        for comparison in conjunct_comparisons(tree):
            left, right = comparison.left, comparison.right
            if comparison.operator != "==" or not (isinstance(left, Path) and isinstance(right, Literal)):
                continue
            first = wanted.setdefault(left, right)
            if first != right:
                message = f"{place.title} wants {quote(str(left))} to be {first} and {right} at once."
                yield Hit(message, "Write OR between the two, or 'IN' with a list.", place.node, path)
                break


@rule(
    "routing-no-target",
    Severity.ERROR,
    "A filter sends its tasks nowhere",
    why="A filter needs at least one target, and its first target a queue; later ones may count on it.",
    source=_OVERVIEW,
    needs=("workflow",),
)
def no_target(subject: Subject) -> Iterator[Hit]:
    for place, each in routing_view(subject).filters:
        if not each.targets or not each.targets[0].queue:
            what = "has a first target without a queue" if each.targets else "has no targets"
            where = f"{place.path}/targets" + ("/0/queue" if each.targets else "")
            yield Hit(f"{place.title} {what}.", "Name a queue.", place.node, where)


@rule(
    "routing-no-default",
    Severity.WARNING,
    "A task that fits no filter is canceled",
    why="Without a default filter, and without a last filter that takes everything, such a customer waits for nobody.",
    source=_OVERVIEW,
    needs=("workflow",),
)
def no_default(subject: Subject) -> Iterator[Hit]:
    if not _takes_all(routing_view(subject), routing_view(subject).workflow.filters):
        yield Hit(
            "There is no default filter, and no filter takes every task: what fits none is canceled.",
            "Add a 'default_filter' with a queue, or a last filter '1==1'.",
            path="#/task_routing/default_filter",
        )


@rule(
    "routing-timeout-cancels",
    Severity.WARNING,
    "After its last timeout a task is canceled",
    why="When the last target's time is over the task goes to the next filter that holds, and is canceled where none "
    "does. The default filter does not take it: that one is for tasks which no filter ever took.",
    source=_OVERVIEW,
    needs=("workflow",),
)
def timeout_cancels(subject: Subject) -> Iterator[Hit]:
    view = routing_view(subject)
    for index, (place, each) in enumerate(view.filters):
        seconds = each.targets[-1].timeout_s if each.targets else None
        if seconds is not None and not _takes_all(view, view.workflow.filters[index + 1 :], default=False):
            yield Hit(
                f"The last target of {place.label} gives up after {seconds:,} s, and the task is canceled unless a "
                "later filter holds.",
                "Take the timeout away, or add a last filter '1==1' that catches these tasks.",
                place.node,
                f"{place.path}/targets/{len(each.targets) - 1}/timeout",
            )


@rule(
    "routing-target-never-tried",
    Severity.WARNING,
    "A target is never tried: the one before it keeps the task",
    why="A task goes on to the next target only when the time of this one is over, or its 'skip_if' holds.",
    source=_OVERVIEW,
    needs=("workflow",),
)
def target_never_tried(subject: Subject) -> Iterator[Hit]:
    for place, each in routing_view(subject).filters:
        for number, target in enumerate(each.targets[:-1]):
            if not has_timeout(target) and not target.skip_if.strip():
                yield Hit(
                    f"Target {number + 1} of {place.label} has neither a timeout nor a 'skip_if': what stands behind "
                    "it is never tried.",
                    "Give it a timeout in seconds.",
                    place.node,
                    f"{place.path}/targets/{number}",
                )
                break


def _takes_all(view: RoutingView, filters: tuple[Filter, ...], *, default: bool = True) -> bool:
    if default and view.workflow.default_queue:
        return True
    return any(always(view.filter_expression(each).tree, view.readings) for each in filters)
