"""Rules about set-variables: what a step really sets, and when."""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.liquid import liquid
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject, rows
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Set Variables widget"
_READABLE = re.compile(r"[A-Za-z_][\w-]*(?:\.[\w-]+)*")


@rule(
    "var-duplicate-key",
    Severity.WARNING,
    "One step sets the same variable twice",
    why="Only one of the two values can stay; which one is not documented.",
    source=_WIDGET,
)
def duplicate_key(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("set-variables"):
        seen: set[str] = set()
        for index, key, _ in rows(state):
            if key in seen:
                yield Hit(
                    f"The variable {quote(key)} is set twice in this step.",
                    "Remove one of the two rows.",
                    state.name,
                    subject.path(state, "properties", "variables", index, "key"),
                )
            seen.add(key)


@rule(
    "var-sibling-row",
    Severity.WARNING,
    "A row reads what an earlier row of the same step sets",
    why="All rows take effect together at the end of the step, so this row sees the value from before. A note where "
    "another step set one: the old value may be meant.",
    source=_WIDGET,
)
def sibling_row(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("set-variables"):
        above: set[str] = set()
        for index, key, value in rows(state):
            read = liquid(value).reads if isinstance(value, str) and above else frozenset()
            for name in sorted(above):
                if f"flow.variables.{name}" in read or f"widgets.{state.name}.{name}" in read:
                    others = [s for s, keys in subject.keys_set.items() if name in keys and s != state.name]
                    yield Hit(
                        f"This row reads {quote(name)}, which a row above it sets: it sees the old value.",
                        "Set it in a step before this one.",
                        state.name,
                        subject.path(state, "properties", "variables", index, "value"),
                        severity=Severity.NOTE if others else None,
                    )
            above.add(key)


@rule(
    "var-name-unreadable",
    Severity.WARNING,
    "A variable has a name that Liquid cannot read",
    why="'flow.variables.order number' reads 'order': names of letters, digits, '_' and '-' that do not begin with a "
    "digit can be read by a dot, others only in brackets.",
    source=_WIDGET,
)
def name_unreadable(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("set-variables"):
        for index, key, _ in rows(state):
            if key and "{" not in key and not _READABLE.fullmatch(key):
                good = re.sub(r"[^\w-]+", "_", key).strip("_-") or "name"
                yield Hit(
                    f"The variable name {quote(key)} cannot be read as 'flow.variables.NAME'.",
                    f"Call it {quote(good if not good[0].isdigit() else f'n{good}')}.",
                    state.name,
                    subject.path(state, "properties", "variables", index, "key"),
                )
