"""Rules about ways through the flow: in, along, round and out."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.rules.hours import is_hours_split
from flowlab.check.subject import Subject, misspelt_key
from flowlab.model.finding import Severity
from flowlab.model.flow import State, Transition
from flowlab.model.kinds import KINDS, TRIGGER_EVENTS, Family, is_closing
from flowlab.text.plain import quote

#: Exits other rules speak about, and exits a text conversation never takes.
_NOT_HERE = frozenset(
    {
        ("send-and-wait-for-reply", "timeout"),
        ("send-and-wait-for-reply", "deliveryFailure"),
        ("split-based-on", "noMatch"),
        ("send-to-flex", "failedToEnqueue"),
        ("enqueue-call", "failedToEnqueue"),
        ("send-to-flex", "callFailure"),
        ("send-to-flex", "composerStarted"),
    }
)
#: Exits at which stopping is often meant (the last thing a flow does is a look-up or a note to itself) or rare.
_ONLY_A_NOTE = frozenset(
    {
        ("send-message", "failed"),
        ("make-http-request", "success"),
        ("run-function", "success"),
        ("run-subflow", "completed"),
        ("set-variables", "next"),
    }
)
_MOVES_ON = frozenset({Family.START, Family.SAY, Family.DECIDE, Family.SET, Family.LOOK_UP})
_MAX_NAMES = 5


@rule(
    "flow-no-way-in",
    Severity.ERROR,
    "No event starts the flow",
    why="Not one event of the trigger leads anywhere, so a message, a call or a request does nothing at all.",
    source="Twilio docs: Get Started with Twilio Studio",
)
def no_way_in(subject: Subject) -> Iterator[Hit]:
    start = _dead_trigger(subject)
    if start is not None:
        yield Hit(
            "Nothing starts this flow: not one of the trigger's events leads anywhere.",
            "Wire 'incomingMessage' (or 'incomingConversationMessage') to the first step.",
            start.name,
            subject.path(start, "transitions"),
        )


def _dead_trigger(subject: Subject) -> State | None:
    start = subject.flow.by_name.get(subject.flow.initial_state)
    if start is None or start.type != "trigger" or subject.wired(start, *TRIGGER_EVENTS):
        return None
    return start


@rule(
    "flow-unreachable",
    Severity.WARNING,
    "No path leads to this state",
    why="Whatever the state says is never said. Usually an exit was rewired and the old branch left behind. Silent "
    "where the flow has no start at all (then that is the one fault), and where deployment fills in a '${...}' as the "
    "target of some exit.",
    source="21 of 221 public flows have such states",
)
def unreachable(subject: Subject) -> Iterator[Hit]:
    if not subject.reachable or _dead_trigger(subject) or subject.has_open_ends:
        return
    named_by: dict[str, list[str]] = {}
    for state in subject.flow.states:
        for target in subject.targets(state):
            named_by.setdefault(target, []).append(state.name)
    for state in subject.flow.states:
        if state.name in subject.reachable:
            continue
        others = [name for name in dict.fromkeys(named_by.get(state.name, [])) if name != state.name]
        only = f"; only {_names(others)} lead{'s' * (len(others) == 1)} to it, as unreachable" if others else ""
        yield Hit(
            f"No path from {quote(subject.flow.initial_state)} leads here{only}.",
            "Wire an exit to this state, or remove it.",
            state.name,
            subject.path(state),
        )


@rule(
    "flow-silent-end",
    Severity.WARNING,
    "The conversation stops without a word",
    why="An exit that leads nowhere ends the run. The customer is told nothing and waits. A note where stopping is "
    "often meant (a look-up as the last act), rare (a message that could not be sent), or concerns calls only. A "
    "message that is the last word anyway is left alone. Time-outs, delivery failures, 'noMatch' and failed hand-offs "
    "have rules of their own.",
    source="Public flows: 62 % of 'failed' exits of HTTP requests are wired, 33 % of 'fail' of functions, 16 % of "
    "'failed' of messages",
)
def silent_end(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        kind = KINDS.get(state.type)
        silent = {id(t) for t in state.silent_exits}
        for index, transition in enumerate(state.transitions):
            if kind is None or id(transition) not in silent or not _speaks_here(state, transition):
                continue
            is_last_act = kind.family is Family.LOOK_UP and not any(t.next for t in state.transitions)
            minor = not kind.is_text or is_last_act or (state.type, transition.event) in _ONLY_A_NOTE
            yield Hit(
                f"The exit {quote(transition.label)} leads nowhere: the run just stops here.",
                f"Wire {quote(transition.label)} to a message or a hand-off; leave it if silence is meant.",
                state.name,
                subject.path(state, "transitions", index),
                transition.event,
                severity=Severity.NOTE if minor else None,
            )


@rule(
    "flow-exit-missing",
    Severity.WARNING,
    "An exit that the widget has is not even listed",
    why="Studio writes every exit of a widget. One that is not there leads nowhere, and the conversation stops without "
    "a word. A note where stopping is often meant, as at 'flow-silent-end'.",
    source="Twilio docs: Studio Flow and Widget JSON Schemas",
)
def exit_missing(subject: Subject) -> Iterator[Hit]:
    for state in subject.flow.states:
        kind = KINDS.get(state.type)
        listed = {t.event for t in state.transitions}
        if kind is None or not kind.is_text or kind.family is Family.START or listed - set(kind.exits):
            continue
        for event in kind.exits:
            spoken = event in listed or event == "match" or (state.type, event) in _NOT_HERE
            if not spoken and not is_closing(state.type, event):
                minor = (state.type, event) in _ONLY_A_NOTE or (kind.family is Family.LOOK_UP and not listed)
                yield Hit(
                    f"The exit {quote(event)} is not there, so it leads nowhere: the run just stops.",
                    f"Add the exit {quote(event)} and wire it; leave it if silence is meant.",
                    state.name,
                    subject.path(state, "transitions"),
                    event,
                    severity=Severity.NOTE if minor else None,
                )


@rule(
    "split-decides-nothing",
    Severity.NOTE,
    "Every way out of a split leads to the same state",
    why="Whatever is tested, the conversation goes on the same way: a branch was forgotten, or the split is left over.",
    source="Twilio docs: Split Based On... widget",
)
def decides_nothing(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("split-based-on"):
        where = {t.next for t in state.transitions}
        if len(state.transitions) > 1 and len(where) == 1 and None not in where and not is_hours_split(state):
            yield Hit(
                f"Every way out of this split leads to {quote(where.pop() or '')}.",
                "Wire the branches to where they should lead, or take the split out.",
                state.name,
                subject.path(state, "transitions"),
            )


def _speaks_here(state: State, transition: Transition) -> bool:
    known = transition.event in KINDS[state.type].exits
    if (state.type, transition.event) == ("send-message", "failed"):
        return any(t.event == "sent" and t.next for t in state.transitions)  # the last word has nothing after it
    return known and (state.type, transition.event) not in _NOT_HERE and not misspelt_key(transition)


@rule(
    "flow-endless-loop",
    Severity.ERROR,
    "The flow goes round for ever",
    why="No exit leads out of the loop and no step in it waits for the customer, so it runs until Studio stops it: "
    "after 1,000 steps, or when one widget ran 10 times in a row. Loops with a way out, such as retries, are "
    "fine; a message that fails to be sent does not count as a way out.",
    source="Twilio docs: Get Started with Twilio Studio (limits)",
)
def endless_loop(subject: Subject) -> Iterator[Hit]:
    import networkx as nx

    trapped = _trapped(subject)
    graph = nx.DiGraph((name, after) for name in trapped for after in _usual_targets(subject.flow.by_name[name]))
    loops = [sorted(loop, key=subject.positions.__getitem__) for loop in nx.strongly_connected_components(graph)]
    for loop in sorted(loops, key=lambda names: subject.positions[names[0]]):
        if len(loop) > 1 or graph.has_edge(loop[0], loop[0]):
            yield Hit(
                f"{_names(loop)} {'go' if len(loop) > 1 else 'goes'} round for ever: no way out, and no step waits.",
                "Wire one exit out of the loop, count the rounds with set-variables and a split, or ask the customer.",
                loop[0],
                subject.path(subject.flow.by_name[loop[0]], "transitions"),
            )


def _trapped(subject: Subject) -> list[str]:
    """States from which no end and no waiting step can be reached: walked backwards from those."""
    before: dict[str, list[str]] = {}
    free = [state.name for state in subject.flow.states if _is_free(subject, state)]
    for state in subject.flow.states:
        for target in _usual_targets(state):
            before.setdefault(target, []).append(state.name)
    seen = set(free)
    while free:
        new = set(before.get(free.pop(), ())) - seen
        seen |= new
        free.extend(new)
    return [name for name in subject.names if name not in seen]


def _is_free(subject: Subject, state: State) -> bool:
    """Whether a run can end or wait in this state, in the ordinary course of things."""
    if state.family not in _MOVES_ON or state.type == "add-twiml-redirect":
        return True
    exits = {t.event for t in state.transitions}
    expected = set(KINDS[state.type].exits) - {"match"}
    if state.type == "send-message":
        expected = {"sent"}
    usual = list(_usual_targets(state))
    return not usual or not expected <= exits or any(name not in subject.flow.by_name for name in usual)


def _usual_targets(state: State) -> Iterator[str]:
    """Where a state leads; empty string for an end. A message's failure is not counted on."""
    for transition in state.transitions:
        if (state.type, transition.event) != ("send-message", "failed"):
            yield transition.next or ""


def _names(names: list[str]) -> str:
    shown = ", ".join(map(quote, names[:_MAX_NAMES]))
    return shown + (f" and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else "")
