"""The form of a task: the attributes that a workflow reads, and what each is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flowlab.check.routing_view import RoutingView, Written
from flowlab.check.sent import Sent
from flowlab.model.expression import ListOf, Literal, Path, Use, Value
from flowlab.model.expression_value import value_of
from flowlab.model.membership import worker_names
from flowlab.model.routing import Workflow, Workspace
from flowlab.text.plain import short
from flowlab.widgets.task_values import MISSING, write_value

#: So many values of one attribute are offered; more nobody looks through.
_MOST_VALUES = 60
_BESIDE = {">": 1, "<": -1}


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute of a task. ``values``: what may be tried; ``read_by``: what asks for it, in words.

    ``sent``: whether the flow sends it along, in words; empty where no flow is given, or that is not known.
    """

    path: tuple[str | int, ...]
    values: tuple[Any, ...] = ()
    read_by: tuple[str, ...] = ()
    sent: str = ""

    @property
    def name(self) -> str:
        return str(Path(self.path))

    def as_json(self) -> dict[str, Any]:
        """For the page: the values as a field's text."""
        values = list(dict.fromkeys(map(write_value, self.values)))
        return {"name": self.name, "values": values, "read_by": list(self.read_by), "sent": self.sent}

    def text(self, task: Mapping[str, Any]) -> str:
        """What the field holds for a task. A value of null is told from none only in the JSON."""
        value = value_of(Path(self.path), task)
        return write_value(MISSING if value is None else value)


def fields_of(workflow: Workflow, workspace: Workspace | None = None, sent: Iterable[Sent] = ()) -> tuple[Field, ...]:
    """Every task attribute that filters and targets read, in the order of the file.

    ``sent``: what a flow's hand-offs send, whose values are offered too.

    >>> from flowlab.model.routing import Filter, Target
    >>> all = Filter("All", "misses > 2", (Target("WQ1", "task.language == 'pt'"),))
    >>> [(field.name, field.values) for field in fields_of(Workflow((all,)))]
    [('misses', (2, 3)), ('language', ('pt',))]
    """
    values: dict[tuple[str | int, ...], list[Any]] = {}
    read_by: dict[tuple[str | int, ...], list[str]] = {}
    for written in RoutingView(workflow, workspace).written:
        for path in written.paths:
            mine = _of_task(path, written)
            if mine:
                values.setdefault(mine, [])
                read_by.setdefault(mine, []).append(_reader(written))
        for use in written.uses:
            mine = _of_task(use.path, written)
            if mine:
                values[mine] += _tried(use, workspace)
    known = list(sent)
    return tuple(
        Field(path, _distinct([*found, *_sent_values(path, known)]), tuple(read_by[path]), _sent(path, known))
        for path, found in values.items()
    )


def _of_task(path: Path, written: Written) -> tuple[str | int, ...]:
    """The attribute of the task that a path names; empty where it names a worker's."""
    first, rest = path.segments[0], path.segments[1:]
    if written.in_filter:
        return () if first in ("worker", "workers") and rest else path.segments
    return rest if first == "task" else ()


def _reader(written: Written) -> str:
    what = "" if written.key == "expression" else f", {written.key}"
    return f"{short(written.place.label)}{what}: {short(written.text, 120)}"


def _tried(use: Use, workspace: Workspace | None) -> Iterator[Any]:
    """Values to try: those of the comparison, what lies just beyond, and the other truth."""
    has = use.operator == "HAS" and use.is_left
    among = use.operator in ("IN", "NOT IN") and not use.is_left and not isinstance(use.other, ListOf)
    for value in _values(use.other, workspace):
        yield [value] if has or among else value
        if isinstance(value, bool):
            yield not value
        elif isinstance(value, int | float) and use.operator in _BESIDE:
            yield value + (_BESIDE[use.operator] if use.is_left else -_BESIDE[use.operator])


def _values(other: Value, workspace: Workspace | None) -> Iterator[Any]:
    if isinstance(other, Literal):
        yield from () if other.value is None else (other.value,)
    elif isinstance(other, ListOf):
        for item in other.items:
            yield from _values(item, workspace)
    elif other.segments[0] == "worker" and workspace is not None:
        for worker in workspace.workers:
            value = value_of(other, {"worker": worker_names(worker, workspace)})
            items = value if isinstance(value, list) else [value]
            yield from (item for item in items if isinstance(item, str | int | float))


def _distinct(values: Iterable[Any]) -> tuple[Any, ...]:
    found = {write_value(value): value for value in values}
    return tuple(found.values())[:_MOST_VALUES]


def _sent_values(path: tuple[str | int, ...], sent: Iterable[Sent]) -> Iterator[Any]:
    for each in sent:
        attribute = each.attributes.get(str(Path(path)))
        yield from (value for value in (attribute.values or () if attribute else ()) if value not in (None, ""))


def _sent(path: tuple[str | int, ...], sent: list[Sent]) -> str:
    senders = [each.state.name for each in sent if str(Path(path)) in each.attributes]
    if senders:
        return f"sent by {short(', '.join(senders))}"
    return "the flow does not send it" if sent and all(each.whole for each in sent) else ""
