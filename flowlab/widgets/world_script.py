"""How a talk begins, as Python: its flow, and what the outside world answers."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.model.flow import Flow
from flowlab.run.clock import DEFAULT_START, start_seconds
from flowlab.widgets.setup import FAILS, HOURS, Setup

_FAILED = "Answer(status=500, json={})"


def imports(setup: Setup) -> Iterator[str]:
    """What a script that begins so has to import."""
    if setup.hours:
        yield "from dataclasses import replace"
        yield ""
    yield "import flowlab as fl"
    if FAILS in setup.answers.values():
        yield "from flowlab.run.services import Answer"
    yield "from flowlab.run.services_file import load_services"


def world_lines(setup: Setup, flow: Flow, services: str) -> list[str]:
    """A script's ``flow`` and ``world``: what the outside world answers, with what is to be answered otherwise."""
    lines = [f"flow = fl.load({flow.source or flow.name + '.json'!r})"]
    if not flow.source:
        lines[0] += "  # save it under this name first: fl.save(flow, ...)"
    lines.append(f"world = load_services({services!r})" if services else "world = load_services(None)")
    if not services and setup.services.widgets:
        lines[-1] += "  # put the services of your chat here"
    if setup.answers:
        given = ", ".join(f"{name!r}: {_answer(setup, name)}" for name in setup.answers)
        lines.append(f"world = world.answering({{{given}}})")
    if setup.hours:
        lines.append(
            f"always = fl.Hours.from_yaml({dict(HOURS[setup.hours])!r})  # {setup.hours}, whatever the calendars say"
        )
        lines.append("world = replace(world, calendars=dict.fromkeys(world.calendars, always))")
    return lines


def _answer(setup: Setup, name: str) -> str:
    answer = setup.world.widgets[name]
    return _FAILED if setup.answers[name].strip().lower() == FAILS else repr(answer[0][1].json)  # type: ignore[index]


def begins_otherwise(setup: Setup) -> bool:
    """Whether a talk begins at another time than it would without being told."""
    return setup.start_time.timestamp() != start_seconds(DEFAULT_START)
