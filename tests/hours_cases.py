"""One case a rule about opening hours: a flow and its services with the fault, and their near twin without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from small_flows import ask, flow, hand_off, state

from flowlab.model.flow import Condition, Flow, State, Transition

SUPPORT = {"mon-fri": "09:00-17:30", "holidays": {"2026-12-25": "Christmas Day"}}
SERVICES: dict[str, Any] = {"calendars": {"support": SUPPORT}, "widgets": {"hours": {"calendar": "support"}}}
UNLISTED: dict[str, Any] = {**SERVICES, "calendars": {"support": {"mon-fri": "09:00-17:30"}}}


class Case(NamedTuple):
    """``where``: the state of the only finding, empty for the flow as a whole."""

    bad: Flow
    good: Flow
    where: str
    bad_services: dict[str, Any] = SERVICES


def is_open(name: str = "split", to: str = "agent") -> State:
    tested = "{{widgets.hours.parsed.open}}"
    exits = (Transition("noMatch", "bye"), Transition("match", to, (Condition("equal_to", "true", (tested,)),)))
    return State(name, "split-based-on", exits, {"input": tested})


def between(start: str, end: str) -> State:
    tested = "{{widgets.hours.parsed.time}}"
    both = (Condition("is_after_time", start, (tested,)), Condition("is_before_time", end, (tested,)))
    exits = (Transition("noMatch", "bye"), Transition("match", "agent", both))
    return State("split", "split-based-on", exits, {"input": tested})


def look(to: str) -> State:
    return state("hours", "run-function", {"success": to, "fail": "bye"}, url="https://example.com/hours")


def question(to: str, timeout: str = "7200") -> State:
    exits = (Transition("incomingMessage", to), Transition("timeout", "bye"))
    return replace(ask(), transitions=exits, properties={"body": "Well?", "timeout": timeout})


CASES = {
    "hours-no-holidays": Case(flow(), flow(), "", UNLISTED),
    "hours-handoff-unasked": Case(flow(hand_off()), flow(look("split"), is_open(), hand_off()), "agent"),
    "hours-stale-answer": Case(
        flow(look("ask"), question("split"), is_open(), hand_off()),
        flow(question("hours"), look("split"), is_open(), hand_off()),
        "agent",
    ),
    "hours-times-differ": Case(
        flow(between("09:00", "18:00"), hand_off()), flow(between("09:00", "17:30"), hand_off()), "split"
    ),
}
