"""Rules about a widget's properties, in the words of Twilio's FlowValidate; the facts stand in model/widgets.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from flowlab.check.literal import is_template
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.errors import nearest
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.model.kinds import KINDS
from flowlab.model.properties import Property, json_type
from flowlab.text.plain import quote

_SCHEMAS = "Twilio docs: Studio Flow and Widget JSON Schemas; the messages are FlowValidate's"
#: On every widget: its place on the canvas.
_EVERYWHERE = frozenset({"offset"})


class _Value(NamedTuple):
    """A property that is there, or a key of one of its rows, beside what it may be."""

    state: State
    path: str
    name: str
    value: Any
    form: Property


def _properties(subject: Subject) -> Iterator[tuple[State, str, Mapping[str, Any], Mapping[str, Property]]]:
    """The properties of each known widget and the rows of its lists, each beside what they may be."""
    for state in subject.flow.states:
        kind = KINDS.get(state.type)
        if kind is None:
            continue
        place = subject.path(state, "properties")
        yield state, place, state.properties, kind.properties
        for name, form in kind.properties.items():
            given = state.properties.get(name)
            for index, row in enumerate(given if form.keys and isinstance(given, list | tuple) else ()):
                if isinstance(row, Mapping):
                    yield state, f"{place}/{name}/{index}", row, form.keys


def _values(subject: Subject) -> Iterator[_Value]:
    for state, place, given, forms in _properties(subject):
        for name, form in forms.items():
            if given.get(name) is not None:
                yield _Value(state, f"{place}/{name}", name, given[name], form)


@rule(
    "widget-property-missing",
    Severity.ERROR,
    "A property that the widget needs is missing",
    why="Studio refuses the flow. A note where a function's address is empty and its sid names it all the same.",
    source=_SCHEMAS,
)
def missing(subject: Subject) -> Iterator[Hit]:
    for state, place, given, forms in _properties(subject):
        for name, form in forms.items():
            value = given.get(name)
            if form.required and (value is None or (isinstance(value, str) and not value.strip())):
                what = "is missing but it is required" if name not in given else "must not be null"
                what = "is empty but it is required" if value is not None else what
                near = nearest(name, tuple(set(given) - set(forms)))
                fix = f"Rename {quote(near)} to {quote(name)}." if near else f"Fill in {quote(name)}."
                by_sid = name == "url" and value is not None and bool(given.get("function_sid"))
                grade = Severity.NOTE if by_sid else None
                yield Hit(f"{quote(name)}: {what}.", fix, state.name, f"{place}/{name}", severity=grade)


@rule(
    "widget-property-type",
    Severity.ERROR,
    "A property has the wrong JSON type",
    why='Studio refuses the flow: some numbers and flags must be written as text ("3600", "true"), others must '
    "not. A note where stored flows carry that type and run, such as a whole number as a waiting time.",
    source=_SCHEMAS,
)
def wrong_type(subject: Subject) -> Iterator[Hit]:
    for state, path, name, value, form in _values(subject):
        found = json_type(value)
        templated = isinstance(value, str) and is_template(value) and form.liquid
        if found == form.type or form.type == "any" or templated or (found == "integer" and form.type == "number"):
            continue
        yield Hit(
            f"{quote(name)}: {found} found, {form.type} expected.",
            _type_fix(value, form.type),
            state.name,
            path,
            severity=Severity.NOTE if found == form.also else None,
        )


def _type_fix(value: Any, wanted: str) -> str:
    if wanted == "string" and isinstance(value, bool | int | float):
        return f'Write it in quotation marks: "{str(value).lower()}".'
    if wanted in ("integer", "boolean") and isinstance(value, str):
        return f"Write it without quotation marks: {quote(value).strip(chr(39))}."
    return f"Write a JSON {wanted}."


@rule(
    "widget-property-value",
    Severity.ERROR,
    "A property has a value that the widget does not know",
    why="Studio refuses the flow: the property takes one of a few words.",
    source=_SCHEMAS,
)
def wrong_value(subject: Subject) -> Iterator[Hit]:
    for state, path, name, value, form in _values(subject):
        if form.values and isinstance(value, str) and value not in form.values and not is_template(value):
            yield Hit(
                f"{quote(name)}: {quote(value)} does not have a value in the enumeration [{', '.join(form.values)}].",
                f"{subject.hint(value, form.values)}Write one of: {', '.join(form.values)}.",
                state.name,
                path,
            )


@rule(
    "widget-property-bounds",
    Severity.ERROR,
    "A property is out of its bounds",
    why="Studio or TaskRouter refuses it, or the step fails when it runs: a number too small or too large, a text that "
    "is no number, a text or a list too long.",
    source="Twilio docs: the page of each widget; Studio limits",
)
def out_of_bounds(subject: Subject) -> Iterator[Hit]:
    for state, path, name, value, form in _values(subject):
        fault = _out_of_bounds(value, form)
        if fault:
            yield Hit(f"{quote(name)}: {fault}.", "Write a value within the bounds.", state.name, path)


def _out_of_bounds(value: Any, form: Property) -> str:
    if isinstance(value, list | tuple) and form.max_items and len(value) > form.max_items:
        return f"{len(value):,} items, at most {form.max_items:,} expected"
    if isinstance(value, str) and form.max_chars and len(value) > form.max_chars and not is_template(value):
        return f"{len(value):,} characters, at most {form.max_chars:,} expected"
    if form.minimum is None or form.maximum is None or isinstance(value, bool) or not isinstance(value, int | str):
        return ""
    text = str(value).strip()
    if not text or is_template(text):
        return ""
    is_whole = len(text) < 20 and text.removeprefix("-").isdecimal() and text.isascii()
    if is_whole and form.minimum <= int(text) <= form.maximum:
        return ""
    return f"{quote(text)} found, a whole number from {form.minimum:,} to {form.maximum:,} expected"


@rule(
    "widget-property-unknown",
    Severity.NOTE,
    "A property that the widget does not have",
    why="Studio ignores it or refuses the flow, so what it was to do is not done. A warning where it looks like a slip "
    "of a property the widget has. The published schemas are older than the product: it may be new.",
    source=_SCHEMAS,
)
def unknown(subject: Subject) -> Iterator[Hit]:
    for state, place, given, forms in _properties(subject):
        free = tuple(name for name in forms if name not in given)
        for name in given:
            if name in forms or name in _EVERYWHERE or given[name] is None:
                continue
            near = nearest(str(name), free)
            yield Hit(
                f"{quote(state.type)} has no property {quote(str(name))}.",
                f"Did you mean {quote(near)}? Rename it."
                if near
                else "Remove it, unless you know that Studio takes it.",
                state.name,
                f"{place}/{name}",
                severity=Severity.WARNING if near else None,
            )
