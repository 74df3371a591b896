"""Rules about the names of states: can they be told apart, and read?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_READABLE = re.compile(r"[^\W\d_][\w-]*")
_STARTED = "Twilio docs: Get Started with Twilio Studio"


@rule(
    "flow-name-form",
    Severity.NOTE,
    "A state has a name that Studio does not allow, or that Liquid cannot read",
    why="A name begins with a letter and holds no blanks and no full stops: 'widgets.ask name.inbound' reads nothing. "
    "A note, since such names were saved by older consoles.",
    source=_STARTED,
)
def name_form(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        if not _READABLE.fullmatch(state.name):
            good = re.sub(r"[^\w-]+", "_", state.name).strip("_-") or "step"
            good = good if good[0].isalpha() else f"step_{good}"
            yield Hit(
                f"The name {quote(state.name)} does not begin with a letter, or holds blanks, full stops or signs.",
                f"Call it {quote(good)}, here and wherever it is named.",
                state.name,
                subject.path(state, "name"),
            )


@rule(
    "flow-names-by-case",
    Severity.WARNING,
    "Two states differ by upper and lower case only",
    why="Exits and texts name states by exact case, people do not: sooner or later one is taken for the other.",
    source=_STARTED,
)
def names_by_case(subject: Subject) -> Iterator[Hit]:
    first: dict[str, str] = {}
    for state in subject.flow.states:
        other = first.setdefault(state.name.casefold(), state.name)
        if other != state.name:
            yield Hit(
                f"{quote(state.name)} and {quote(other)} differ by upper and lower case only.",
                "Rename one of the two by what it does.",
                state.name,
                subject.path(state, "name"),
            )
