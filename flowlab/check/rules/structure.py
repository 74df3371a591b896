"""Rules about the definition itself: does everything it names exist?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import TRANSITION_KEYS, Subject, misspelt_key
from flowlab.model.finding import Severity
from flowlab.model.flow import Json
from flowlab.model.kinds import KINDS
from flowlab.text.plain import quote

_SCHEMAS = "Twilio docs: Studio Flow and Widget JSON Schemas"
#: The legacy schema's own, which modern files do not carry.
_OLD_KEYS = frozenset({"uuid", "sid"})
_STATE_KEYS = frozenset({"name", "type", "transitions", "properties", "sid"})
_CONDITION_KEYS = frozenset({"friendly_name", "arguments", "type", "value"})
_STATE_NEEDS, _TRIGGER_NEEDS = ("name", "type", "transitions", "properties"), ("type", "transitions")
_FLOW_KEYS = frozenset({"description", "states", "initial_state", "flags", "$schema"})


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


@rule(
    "flow-unknown-key",
    Severity.NOTE,
    "The flow, a state, an exit or a condition has a key that Studio does not know",
    why="Studio ignores it or refuses the flow, so what it was to say is not said.",
    source=_SCHEMAS,
)
def unknown_key(subject: Subject) -> Iterator[Hit]:
    yield from _unknown_keys("", "#", subject.flow.raw, _FLOW_KEYS)
    for state in subject.flow.states:
        yield from _unknown_keys(state.name, subject.path(state), state.raw, _STATE_KEYS)
        for index, transition in enumerate(state.transitions):
            path = subject.path(state, "transitions", index)
            if not misspelt_key(transition):
                yield from _unknown_keys(state.name, path, transition.raw, TRANSITION_KEYS, transition.event)
            for number, condition in enumerate(transition.conditions):
                place = f"{path}/conditions/{number}"
                yield from _unknown_keys(state.name, place, condition.raw, _CONDITION_KEYS, transition.event)


def _unknown_keys(state: str, path: str, raw: Json, known: frozenset[str], event: str = "") -> Iterator[Hit]:
    for key in raw:
        if key not in known:
            yield Hit(
                f"Studio knows no key {quote(str(key))} here; it knows {', '.join(sorted(known - _OLD_KEYS))}.",
                "Remove it, or write what was meant by a key that Studio knows.",
                state,
                f"{path}/{key}",
                event,
            )


@rule(
    "flow-key-missing",
    Severity.ERROR,
    "A state, an exit, a condition or the flags lack a key that Studio needs",
    why="Studio refuses the flow. Generated flows leave out 'arguments' of conditions and 'properties' of states most "
    "often. Judged by the file; what is made in Python or YAML is written whole.",
    source=_SCHEMAS,
)
def key_missing(subject: Subject) -> Iterator[Hit]:
    flags = subject.flow.raw.get("flags")
    if isinstance(flags, Mapping) and "allow_concurrent_calls" not in flags:
        yield _lacks("", "#/flags", "allow_concurrent_calls")
    for state in subject.flow.states:
        needs: Iterable[str] = _TRIGGER_NEEDS if state.type == "trigger" else _STATE_NEEDS
        yield from _missing_keys(state.name, subject.path(state), state.raw, needs)
        for index, transition in enumerate(state.transitions):
            path = subject.path(state, "transitions", index)
            yield from _missing_keys(state.name, path, transition.raw, ("event",), transition.event)
            for number, condition in enumerate(transition.conditions):
                place = f"{path}/conditions/{number}"
                yield from _missing_keys(state.name, place, condition.raw, sorted(_CONDITION_KEYS), transition.event)


def _missing_keys(state: str, path: str, raw: Json, needed: Iterable[str], event: str = "") -> Iterator[Hit]:
    """What is not there; nothing where there is no file to judge by."""
    for key in needed if raw else ():
        if key not in raw:
            yield _lacks(state, path, key, event)


def _lacks(state: str, path: str, key: str, event: str = "") -> Hit:
    return Hit(f"{quote(key)}: is missing but it is required.", f"Add {quote(key)}.", state, f"{path}/{key}", event)


@rule(
    "flow-initial-not-trigger",
    Severity.WARNING,
    "The flow does not start at its trigger",
    why="What comes in is told apart by the trigger's events. A flow that starts elsewhere skips them, and Studio "
    "expects the trigger there.",
    source="Public flows: all 221 start at a trigger",
)
def initial_not_trigger(subject: Subject) -> Iterator[Hit]:
    start = subject.start
    trigger = next(subject.of_type("trigger"), None)
    if start is not None and start.type != "trigger":
        fix = f"Set initial_state to {quote(trigger.name)}." if trigger else "Add a trigger and start there."
        yield Hit(
            f"initial_state is {quote(start.name)}, a {quote(start.type)}, not a trigger.",
            fix,
            start.name,
            "#/initial_state",
        )


@rule(
    "flow-duplicate-exit",
    Severity.WARNING,
    "An event stands twice at the same state",
    why="Only the first exit of an event is taken, so the second never is. A note where it leads nowhere, or to the "
    "same state.",
    source=_SCHEMAS,
)
def duplicate_exit(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        first: dict[str, int] = {}
        for index, transition in enumerate(state.transitions):
            before = first.setdefault(transition.event, index)
            if before == index or transition.event == "match":
                continue
            harmless = transition.next in (None, state.transitions[before].next)
            yield Hit(
                f"The exit {quote(transition.event)} stands here a second time; only the first is taken.",
                "Remove one of the two.",
                state.name,
                subject.path(state, "transitions", index),
                transition.event,
                severity=Severity.NOTE if harmless else None,
            )


@rule(
    "flow-needs-rest",
    Severity.ERROR,
    "A step that only works in flows started by the REST API",
    why="'start-conversation' and 'resume-conversation' can only be used in flows triggered by the REST API; here "
    "'incomingRequest' leads nowhere.",
    source="Twilio, twilio-studio-flows: what FlowValidate refuses",
)
def needs_rest(subject: Subject) -> Iterator[Hit]:
    if "incomingRequest" in subject.entered_by:
        return
    for state in subject.of_type("start-conversation", "resume-conversation"):
        yield Hit(
            f"{quote(state.type)} can only be used in flows triggered by the REST API.",
            "Wire the trigger's 'incomingRequest', or take the step out.",
            state.name,
            subject.path(state, "type"),
        )
