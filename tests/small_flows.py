"""Small flows for tests, a line a state: ``flow(ask(), split(("equal_to", "1", "bye")))``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flowlab.model.flow import Condition, Flow, State, Transition

WAIT = "send-and-wait-for-reply"
SENDER = {"from": "{{flow.channel.address}}"}
Exits = dict[str, str | None]


def state(name: str, type: str, exits: Exits | None = None, **properties: Any) -> State:
    transitions = tuple(Transition(event, target) for event, target in (exits or {}).items())
    return State(name, type, transitions, properties)


def say(name: str, body: str = "Hello.", sent: str | None = None, failed: str | None = "bye") -> State:
    return state(name, "send-message", {"sent": sent, "failed": failed}, body=body, **SENDER)


def ask(name: str = "ask", timeout: str | None = "bye", failure: str | None = "bye", body: str = "Hello?") -> State:
    exits = {"incomingMessage": "bye", "timeout": timeout, "deliveryFailure": failure}
    return state(name, WAIT, exits, body=body, **SENDER)


def assign(name: str, key: str, next: str | None, value: str = "1") -> State:
    return state(name, "set-variables", {"next": next}, variables=[{"key": key, "value": value}])


def split(*branches: tuple[str, str, str | None], no_match: str | None = "bye", name: str = "split") -> State:
    tested = "{{widgets.split.inbound.Body}}"
    matches = (Transition("match", to, (Condition(kind, value, (tested,)),)) for kind, value, to in branches)
    return State(name, "split-based-on", (Transition("noMatch", no_match), *matches), {"input": tested})


def waiting(timeout: object) -> Flow:
    return flow(replace(ask(), properties={"timeout": timeout}))


def hand_off(attributes: str = "{}", failed: str | None = "bye") -> State:
    return state("agent", "send-to-flex", {"callComplete": None, "failedToEnqueue": failed}, attributes=attributes)


def flow(*states: State, start: str | None = None, initial: str = "Trigger", event: str = "incomingMessage") -> Flow:
    """A trigger, the given states (the first one is led to), and a goodbye."""
    first = start or (states[0].name if states else "bye")
    trigger = state("Trigger", "trigger", {event: first, "incomingCall": None, "incomingRequest": "bye"})
    return Flow((trigger, *states, say("bye")), initial, "For tests.", "test")


def misspelt(key: str = "name", value: str = "bye") -> Flow:
    edge = Transition("failed", None, (), {"event": "failed", key: value})
    return flow(State("send", "send-message", (Transition("sent"), edge), {"body": "Hello."}))
