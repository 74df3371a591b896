"""Rules about the order of things: has what a text reads happened before, on some path, on every path?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Read, Subject
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_VARIABLES = "Twilio docs: Using variables in Studio"
#: Where an empty value is asked about rather than shown: the input of a split goes to 'noMatch'.
_ASKED = frozenset({"input", "arguments", "value"})


class _Late(NamedTuple):
    """A read of something that does not happen before it: on no path, or on some paths only."""

    read: Read
    name: str
    never: bool


def _late(subject: Subject, fact: str) -> Iterator[_Late]:
    """The reads in reachable states of a fact (set, ran, reply) that some or all paths to them do not bring."""
    for read in subject.reads:
        name = _fact_read(subject, read, fact)
        if name and read.state.name in subject.reachable:
            if not subject.before.on_some_path(read.state.name, fact, name):
                yield _Late(read, name, never=True)
            elif not subject.before.on_every_path(read.state.name, fact, name):
                yield _Late(read, name, never=False)


def _fact_read(subject: Subject, read: Read, fact: str) -> str:
    parts = read.parts
    if fact == "set":
        known = parts[:2] == ("flow", "variables") and len(parts) > 2 and parts[2] in subject.setters
        return parts[2] if known and subject.sets_all else ""
    if parts[0] != "widgets" or len(parts) < 3 or parts[1] not in subject.flow.by_name:
        return ""
    return parts[1] if (parts[2] == "inbound") == (fact == "reply") else ""


@rule(
    "var-read-too-early",
    Severity.WARNING,
    "A text reads a variable before any path sets it",
    why="It renders as nothing, however a conversation comes here: the step that sets it comes later, or on another "
    "branch. A note where the text provides for that, by 'default' or a test. Silent in flows that can be started as a "
    "subflow.",
    source=_VARIABLES,
)
def read_too_early(subject: Subject) -> Iterator[Hit]:
    for read, name, never in _late(subject, "set"):
        if never:
            setter = subject.setters[name]
            own = "this step does, and no path leads back to it"
            yield Hit(
                f"'flow.variables.{name}' is read here, and no path to here sets it;"
                f" {own if setter == read.state.name else quote(setter) + ' does, elsewhere'}.",
                "Set it on the way here, or give the text a 'default'.",
                read.state.name,
                read.path,
                severity=Severity.NOTE if read.guarded else None,
            )


@rule(
    "var-set-on-some-paths",
    Severity.NOTE,
    "A text reads a variable that only some paths set",
    why="On the other paths it renders as nothing. Silent where the text provides for that, and in splits, whose "
    "'noMatch' takes what is empty.",
    source=_VARIABLES,
)
def set_on_some_paths(subject: Subject) -> Iterator[Hit]:
    for read, name, never in _late(subject, "set"):
        if not never and not read.guarded and read.key not in _ASKED:
            yield Hit(
                f"'flow.variables.{name}' is read here, and not every path to here sets it.",
                f"Set it on every way here, or write {{{{flow.variables.{name} | default: '...'}}}}.",
                read.state.name,
                read.path,
            )


@rule(
    "widget-result-too-early",
    Severity.WARNING,
    "A text reads the result of a step that has not run yet",
    why="No path to here leads through that step, or it was left without an answer: what it gives is empty here. It "
    "happens when a split keeps testing the question before last. A note where the text provides for that.",
    source=_VARIABLES,
)
def result_too_early(subject: Subject) -> Iterator[Hit]:
    for fact in ("ran", "reply"):
        for read, name, never in _late(subject, fact):
            if never and subject.flow[name].type != "trigger":
                what = "answered" if fact == "reply" else "run"
                yield Hit(
                    f"{quote(read.dotted)} is read here, and on no path to here has {quote(name)} been {what} before.",
                    "Read the result of a step on the way here, or lead the way through that step.",
                    read.state.name,
                    read.path,
                    severity=Severity.NOTE if read.guarded else None,
                )


@rule(
    "widget-result-on-some-paths",
    Severity.NOTE,
    "A text reads the result of a step that only some paths run",
    why="On the other paths it renders as nothing. Silent where the text provides for that, and in splits, whose "
    "'noMatch' takes what is empty.",
    source=_VARIABLES,
)
def result_on_some_paths(subject: Subject) -> Iterator[Hit]:
    for fact in ("ran", "reply"):
        for read, name, never in _late(subject, fact):
            if not never and not read.guarded and read.key not in _ASKED:
                what = "answers" if fact == "reply" else "runs"
                yield Hit(
                    f"{quote(read.dotted)} is read here, and not every path to here {what} {quote(name)}.",
                    "Give the text a 'default', or lead every way through that step.",
                    read.state.name,
                    read.path,
                )
