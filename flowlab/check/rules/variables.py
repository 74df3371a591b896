"""Rules about variables and Liquid: is what a text reads ever there?"""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_VARIABLES = "Twilio docs: Using variables in Studio"
_ROOTS = ("trigger", "widgets", "flow", "contact")
_FLOW_PARTS = ("variables", "data", "channel", "sid", "flow_sid", "add_ons")


@rule(
    "var-never-set",
    Severity.WARNING,
    "A text reads a flow variable that no step sets",
    why="It renders as nothing: 'Hello , your order  is on its way'. Names are told apart by case. A note where the "
    "flow can be started as a subflow; silent where the name of some variable is itself a template.",
    source="Twilio docs: Set Variables widget",
)
def never_set(subject: Subject) -> Iterator[Hit]:
    known = tuple(dict.fromkeys(key for keys in subject.keys_set.values() for key in keys))
    if any("{{" in key or "{%" in key for key in known):
        return
    first_parts = {key.split(".")[0] for key in known}
    for read in subject.reads:
        state, path, parts = read.state, read.path, read.parts
        if parts[:2] == ("flow", "variables") and len(parts) > 2 and parts[2] not in first_parts:
            yield Hit(
                f"'flow.variables.{parts[2]}' is read here, and no step sets {quote(parts[2])}. It renders as nothing.",
                f"{subject.hint(parts[2], known)}Set it in a set-variables step on the way here, or mend the name.",
                state.name,
                path,
                severity=Severity.NOTE if subject.is_subflow else None,
            )


@rule(
    "var-unknown-state",
    Severity.ERROR,
    "A text reads the result of a state that does not exist",
    why="It renders as nothing, so a split on it always takes 'noMatch'. It happens when a state is renamed and the "
    "texts that read it are not; names are told apart by case.",
    source=_VARIABLES,
)
def unknown_state(subject: Subject) -> Iterator[Hit]:
    for read in subject.reads:
        state, path, parts = read.state, read.path, read.parts
        if parts[0] == "widgets" and len(parts) > 1 and parts[1] not in subject.flow.by_name:
            missing = quote(parts[1])
            yield Hit(
                f"{quote('.'.join(parts))} is read here, and no state is called {missing}. It renders as nothing.",
                f"{subject.hint(parts[1], subject.names)}Name the state whose result you want.",
                state.name,
                path,
            )


@rule(
    "var-unknown-root",
    Severity.WARNING,
    "A text reads something outside Studio's four groups of variables",
    why="Studio knows 'trigger', 'widgets', 'flow' and 'contact', and a handful of names under 'flow'. Anything else "
    "renders as nothing: 'variables.name' and 'flow.variable.name' are the usual slips.",
    source=_VARIABLES,
)
def unknown_root(subject: Subject) -> Iterator[Hit]:
    for read in subject.reads:
        state, path, parts = read.state, read.path, read.parts
        if parts[0] not in _ROOTS:
            wrong, known = parts[0], (*_ROOTS, *(f"flow.{part}" for part in _FLOW_PARTS))
        elif parts[0] == "flow" and len(parts) > 1 and parts[1] not in _FLOW_PARTS:
            wrong, known = ".".join(parts[:2]), tuple(f"flow.{part}" for part in _FLOW_PARTS)
        else:
            continue
        fix = f"{subject.hint(wrong, known)}A variable that you set yourself is 'flow.variables.NAME'."
        if len(parts) == 1 and wrong[:1].isupper():  # a bare 'Digits', 'From', 'RecordingUrl': whose is not said
            fix = f"Say whose it is: 'widgets.STATE.{wrong}', 'trigger.message.{wrong}', 'flow.variables.{wrong}'."
        yield Hit(
            f"{quote('.'.join(parts))} is read here, and Studio has no {quote(wrong)}. It renders as nothing.",
            fix,
            state.name,
            path,
        )
