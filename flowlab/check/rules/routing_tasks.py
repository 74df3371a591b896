"""Rules about a flow and the workflow behind it: do they speak of the same attributes, with the same values?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from flowlab.check.literal import is_template
from flowlab.check.routing_view import Written, routing_view
from flowlab.check.rule import Hit, rule
from flowlab.check.sent import OF_FLEX, Attribute, Sent, sent
from flowlab.check.subject import Subject
from flowlab.model.expression import ListOf, Literal, Path, Value
from flowlab.model.expression_value import kind
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_EXPRESSIONS = "Twilio docs: Using TaskRouter Expressions"
_MOST_NAMED = 6


class _Asked(NamedTuple):
    """A task's attribute that the workflow compares. ``name`` is dotted; ``against`` the other side."""

    written: Written
    name: str
    operator: str
    against: Value
    is_left: bool


def _asked(subject: Subject) -> Iterator[_Asked]:
    for written in routing_view(subject).written:
        for use in written.uses:
            name = _task_name(written, use.path)
            if name:
                yield _Asked(written, name, use.operator, use.other, use.is_left)


def _named(subject: Subject) -> Iterator[tuple[Written, str]]:
    """Every task attribute the workflow names, in comparisons or to know a worker by."""
    for written in routing_view(subject).written:
        for path in written.paths:
            name = _task_name(written, path)
            if name:
                yield written, name


def _task_name(written: Written, path: Path) -> str:
    """The task's attribute that a path names, dotted; empty where it names something else."""
    words = [part for part in path.segments if isinstance(part, str)]
    if not written.in_filter:
        return ".".join(words[1:]) if words[0] == "task" else ""
    return ".".join(words) if words[0] not in ("worker", "workers", "task") else ""


def _attribute(one: Sent, name: str) -> Attribute | None:
    """What a hand-off sends under a name; something unknown where it sends a map or list around it that is open."""
    if name in one.attributes:
        return one.attributes[name]
    parts = name.split(".")
    outer = [".".join(parts[:n]) for n in range(len(parts) - 1, 0, -1)]
    around = next((one.attributes[each] for each in outer if each in one.attributes), None)
    has_inner = around is not None and any(key.startswith(f"{outer[-1]}.") for key in one.attributes)
    return Attribute() if around is not None and around.values is None and not has_inner else None


def _found(hand_offs: tuple[Sent, ...], name: str) -> list[Attribute]:
    """What the hand-offs that send something under a name send."""
    return [attribute for one in hand_offs if (attribute := _attribute(one, name)) is not None]


def _is_of_flex(name: str) -> bool:
    return name.split(".")[0] in OF_FLEX


@rule(
    "routing-attribute-not-sent",
    Severity.WARNING,
    "The workflow asks for a task attribute that the flow never sends",
    why="It is missing in every task of this flow, so '==' is false and '!=' true for all of them. What Flex adds by "
    "itself is not meant, nor flows whose attributes are a template as a whole.",
    source=_EXPRESSIONS,
    needs=("flow", "workflow"),
)
def not_sent(subject: Subject) -> Iterator[Hit]:
    hand_offs = tuple(sent(subject))
    if not hand_offs or not all(one.whole for one in hand_offs):
        return
    known = tuple(dict.fromkeys(name for one in hand_offs for name in one.attributes))
    said: set[str] = set()
    for written, name in _named(subject):
        if name in said or _is_of_flex(name) or any(_attribute(one, name) for one in hand_offs):
            continue
        said.add(name)
        yield written.hit(
            f"{written.place.title} reads {quote(name)}, and no hand-off of this flow sends it.",
            f"{subject.hint(name, known)}Send it in the attributes of the hand-off, or mend the name; case counts.",
        )


@rule(
    "routing-attribute-not-read",
    Severity.NOTE,
    "A hand-off sends attributes that the workflow does not read",
    why="They may be meant for the agent's desktop or for reports. If they were meant to route, nothing comes of it.",
    source="Published workflows test attributes that flows never send, and the other way round",
    needs=("flow", "workflow"),
)
def not_read(subject: Subject) -> Iterator[Hit]:
    read = {name for _, name in _named(subject)}
    roots = {name.split(".")[0] for name in read}
    for one in sent(subject):
        unread = [name for name in one.attributes if "." not in name and name not in roots and not _is_of_flex(name)]
        if unread:
            more = f" and {len(unread) - _MOST_NAMED} more" if len(unread) > _MOST_NAMED else ""
            yield Hit(
                f"No expression of the workflow reads {', '.join(map(quote, sorted(unread)[:_MOST_NAMED]))}{more}.",
                "Leave it if agents or reports need it; else take it away, or let a filter use it.",
                one.state.name,
                one.path,
            )


@rule(
    "routing-value-never-sent",
    Severity.WARNING,
    "The workflow waits for a value that the flow never sends",
    why="All values that the attribute can have are known from the flow, and this is none of them. Case and blanks "
    "count here: 'PT' is not 'pt'.",
    source=_EXPRESSIONS,
    needs=("flow", "workflow"),
)
def value_never_sent(subject: Subject) -> Iterator[Hit]:
    hand_offs = tuple(sent(subject))
    for asked in _asked(subject):
        wanted = _wanted(asked)
        values = _values(hand_offs, asked.name)
        if not wanted or values is None or not any(_same_kind(w, v) for w in wanted for v in values):
            continue
        if not any(kind(w) == kind(v) and w == v for w in wanted for v in values):
            sent_ones = ", ".join(json.dumps(value, ensure_ascii=False) for value in values if value != "")
            yield asked.written.hit(
                f"{asked.written.place.title} waits for {quote(asked.name)} {asked.operator} "
                f"{asked.against}; this flow sends only {sent_ones}.",
                "Mend the value in the workflow or in the flow; case and blanks count.",
            )


@rule(
    "routing-value-type",
    Severity.WARNING,
    "The workflow compares with another type than the flow sends",
    why='A text is never equal to a number, nor "true" to true, and TaskRouter does not convert: the comparison is '
    "false for every task of this flow. Quotation marks around an output in the attributes make a text of it.",
    source=_EXPRESSIONS,
    needs=("flow", "workflow"),
)
def value_type(subject: Subject) -> Iterator[Hit]:
    hand_offs = tuple(sent(subject))
    for asked in _asked(subject):
        wanted = _wanted(asked) or _ordered(asked)
        found = _found(hand_offs, asked.name)
        if not wanted or not found or any(_could_be(attribute, w) for attribute in found for w in wanted):
            continue
        sends = "a text" if found[0].values is None else kind(next(iter(found[0].values or ("",))))
        yield asked.written.hit(
            f"{asked.written.place.title} compares {quote(asked.name)} with {asked.against}, "
            f"{kind(wanted[0])}; this flow sends {sends}.",
            "Send it as that type (no quotation marks around the output), or compare with what is sent.",
        )


@rule(
    "routing-list-never-sent",
    Severity.WARNING,
    "The workflow wants a list where the flow sends none",
    why="HAS wants a list on its left, IN one on its right. This flow sends a single value under that name, so the "
    "comparison is false, and tasks wait for ever.",
    source=_EXPRESSIONS,
    needs=("flow", "workflow"),
)
def list_never_sent(subject: Subject) -> Iterator[Hit]:
    hand_offs = tuple(sent(subject))
    for written in routing_view(subject).written:
        for name in filter(None, (_task_name(written, path) for path in written.wanted_lists)):
            found = _found(hand_offs, name)
            if found and all(attribute.is_text or attribute.values for attribute in found):
                yield written.hit(
                    f"{written.place.title} takes {quote(name)} for a list; this flow sends a single value.",
                    "Send a list, or compare with '=='.",
                )


@rule(
    "routing-other-workflow",
    Severity.WARNING,
    "A hand-off goes to another workflow",
    why="What is checked here is not what will route these tasks.",
    source="Twilio docs: Send to Flex widget",
    needs=("flow", "workflow"),
)
def other_workflow(subject: Subject) -> Iterator[Hit]:
    mine = subject.workflow.sid if subject.workflow else ""
    for state in subject.of_type("send-to-flex", "enqueue-call"):
        for key in ("workflow", "workflow_sid"):
            named = state.properties.get(key)
            if mine and isinstance(named, str) and named.startswith("WW") and not is_template(named) and named != mine:
                yield Hit(
                    f"It hands over to workflow {quote(named)}; the one given here is {quote(mine)}.",
                    "Name this workflow, or check the flow with the other one.",
                    state.name,
                    subject.path(state, "properties", key),
                )


def _wanted(asked: _Asked) -> list[Any]:
    """The values that '==' or 'IN' would be satisfied by; none where they are not fixed."""
    if asked.operator == "==" and isinstance(asked.against, Literal) and asked.against.value is not None:
        return [asked.against.value]
    if asked.operator == "IN" and asked.is_left and isinstance(asked.against, ListOf):
        items = asked.against.items
        return [item.value for item in items if isinstance(item, Literal)] if _all_fixed(items) else []
    return []


def _ordered(asked: _Asked) -> list[Any]:
    fixed = asked.operator in (">", ">=", "<", "<=", "!=") and isinstance(asked.against, Literal)
    value = asked.against.value if fixed and isinstance(asked.against, Literal) else None
    return [] if value is None else [value]


def _all_fixed(items: tuple[Value, ...]) -> bool:
    return not any(isinstance(item, Path | ListOf) for item in items)


def _values(hand_offs: tuple[Sent, ...], name: str) -> list[Any] | None:
    """All values that any hand-off can send under a name; None where they are not known, or it is not sent."""
    found = _found(hand_offs, name)
    if not found or any(attribute.values is None for attribute in found):
        return None
    return [value for attribute in found for value in attribute.values or ()]


def _same_kind(one: Any, other: Any) -> bool:
    return kind(one) == kind(other)


def _could_be(attribute: Attribute, wanted: Any) -> bool:
    if attribute.values is None:
        return not attribute.is_text or isinstance(wanted, str)
    return any(kind(value) == kind(wanted) for value in attribute.values if value != "" or isinstance(wanted, str))
