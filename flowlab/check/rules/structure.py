"""Rules about the definition itself: does everything it names exist?"""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.rule import Hit, quote, rule
from flowlab.check.subject import Subject, misspelt_key
from flowlab.model.finding import Severity
from flowlab.model.kinds import KINDS

_SCHEMAS = "Twilio docs: Studio Flow and Widget JSON Schemas"


@rule(
    "flow-missing-initial",
    Severity.ERROR,
    "The flow does not say where it starts",
    why="Without an existing first state nothing can run: Studio refuses to publish the flow.",
    source=_SCHEMAS,
)
def missing_initial(subject: Subject) -> Iterator[Hit]:
    named = subject.flow.initial_state
    if named in subject.flow.by_name:
        return
    trigger = next((state.name for state in subject.of_type("trigger")), "")
    what = f"initial_state names {quote(named)}, which is no state" if named else "initial_state is missing"
    fix = f"Set initial_state to {quote(trigger)}." if trigger else "Add a state of type 'trigger' and name it there."
    yield Hit(f"The flow has no start: {what}.", fix, path="#/initial_state")


@rule(
    "flow-dangling-next",
    Severity.ERROR,
    "An exit leads to a state that does not exist",
    why="Studio refuses the flow. It happens when a state is renamed or removed and an exit still names the old one; "
    "names are told apart by case.",
    source=_SCHEMAS,
)
def dangling_next(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        for index, transition in enumerate(state.transitions):
            target = transition.next
            if target is None or target in subject.flow.by_name:
                continue
            yield Hit(
                f"The exit {quote(transition.label)} leads to {quote(target)}, which is no state of this flow.",
                f"{subject.hint(target, subject.names)}Name an existing state, or remove 'next'.",
                state.name,
                subject.path(state, "transitions", index, "next"),
                transition.event,
            )


@rule(
    "flow-next-misspelt",
    Severity.ERROR,
    "An exit names its target under a wrong key",
    why="Studio accepts unknown keys without a word, so an exit that writes 'name' where 'next' is meant leads "
    "nowhere, and the branch is lost. A warning where the value names no state.",
    source="Six public production templates write 'name' on failedToEnqueue and never reach their error branch",
)
def next_misspelt(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        for index, transition in enumerate(state.transitions):
            key = misspelt_key(transition)
            if not key:
                continue
            value = transition.raw[key]
            is_state = value in subject.flow.by_name
            yield Hit(
                f"The exit {quote(transition.label)} has no 'next' but {quote(key)}: {quote(value)}. It leads nowhere.",
                f"Rename the key {quote(key)} to 'next'." if is_state else f"Write 'next', and remove {quote(key)}.",
                state.name,
                subject.path(state, "transitions", index, key),
                transition.event,
                severity=None if is_state else Severity.WARNING,
            )


@rule(
    "flow-unknown-widget",
    Severity.ERROR,
    "A state has a type that Studio does not know",
    why="Studio refuses the flow. Invented types ('hangup', 'http-request', 'end') are common in generated flows.",
    source=_SCHEMAS,
)
def unknown_widget(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        if state.type not in KINDS:
            yield Hit(
                f"{quote(state.type)} is not a Studio widget type.",
                f"{subject.hint(state.type, tuple(KINDS))}Use a type Studio has; to end a flow, leave an exit unwired.",
                state.name,
                subject.path(state, "type"),
            )


@rule(
    "flow-unknown-event",
    Severity.ERROR,
    "An exit waits for an event that its widget never gives",
    why="The branch behind it is never taken, and Studio refuses the flow ('must be a constant value'). The usual "
    "slip is 'failed' on run-function, whose event is 'fail'. A note where the exit leads nowhere: nothing is "
    "lost.",
    source=_SCHEMAS,
)
def unknown_event(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        kind = KINDS.get(state.type)
        for index, transition in enumerate(state.transitions):
            if kind is None or transition.event in kind.exits:
                continue
            yield Hit(
                f"{quote(state.type)} never gives the event {quote(transition.event)}.",
                f"{subject.hint(transition.event, kind.exits)}Its events are: {', '.join(kind.exits)}.",
                state.name,
                subject.path(state, "transitions", index, "event"),
                transition.event,
                severity=None if transition.next else Severity.NOTE,
            )
