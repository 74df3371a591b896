"""The task that a hand-off makes: shared by send-to-flex and enqueue-call.

Attributes are a template: rendered first, parsed after. Priority and timeout have TaskRouter's defaults and bounds.
Source: Twilio docs, *Send to Flex widget*, *Enqueue Call widget*, *Task resource*.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.limits import DEFAULT_TASK_TIMEOUT_S, MAX_ATTRIBUTES_CHARS, MAX_TASK_TIMEOUT_S
from flowlab.run.services import Answer
from flowlab.run.step import FAULT, Exit, View, template
from flowlab.run.values import from_json, to_json

LARGEST_PRIORITY = 2**31 - 1
MADE = Exit("callComplete")


class Task(NamedTuple):
    """A task as it was asked for: ``timeout_s`` is how long TaskRouter tries to find somebody."""

    attributes: Mapping[str, Any]
    priority: int
    timeout_s: int


class HandOff:
    """A state that makes a task. Services may name the exit (``failedToEnqueue``) to try it out."""

    one_off: ClassVar[bool] = True
    #: The properties that hold the attributes and the workflow.
    attributes_key: ClassVar[str] = "attributes"
    workflow_key: ClassVar[str] = "workflow"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._state = state
        self._attributes = template(state, self.attributes_key, readings)
        self._priority = template(state, "priority", readings)
        self._timeout = template(state, "timeout", readings)
        self._workflow = template(state, self.workflow_key, readings)

    def enter(self, view: View) -> Exit:
        task = self.task(view)
        answer = view.ask(self._state) if task else None
        if task is None or (answer and answer.exit and answer.exit != "callComplete"):
            view.keep({})
            return self._fail(view, answer)
        view.hand_off(to_json(task.attributes), str(task.priority), self.where(view))
        view.keep(self.result(view, task))
        return Exit("callComplete", took_s=answer.delay_s) if answer else MADE

    def _fail(self, view: View, answer: Answer | None) -> Exit:
        if answer is None:
            return Exit("failedToEnqueue")
        view.tell(EventKind.CHOSEN.value, event=answer.exit, detail="chosen in services")
        return Exit(answer.exit, took_s=answer.delay_s)

    def task(self, view: View) -> Task | None:
        """The task as the state asks for it now; None, and a FAULT event, where TaskRouter would not take it."""
        text = view.render(self._attributes)
        attributes, problem = _parse(text)
        priority, wrong = _priority(view.render(self._priority))
        timeout_s, amiss = _timeout_s(view.render(self._timeout))
        if problem or wrong or amiss:
            if problem:
                view.tell(FAULT, text, detail=problem)
            for detail in filter(None, (wrong, amiss)):
                view.tell(FAULT, detail=detail)
            return None
        return Task(self.defaults(view) | attributes, priority, timeout_s)

    def defaults(self, _view: View) -> dict[str, Any]:
        """What stands in the attributes without the flow's doing."""
        return {}

    def where(self, view: View) -> str:
        """Where the task goes, in words."""
        return f"to workflow {view.render(self._workflow)}"

    def result(self, view: View, task: Task) -> dict[str, Any]:
        """What stands under ``widgets.NAME`` then."""
        raise NotImplementedError

    def task_sid(self, view: View) -> str:
        """An identifier made from the execution's: no two places in its log have the same."""
        return f"WT{view.scope['flow']['sid'][2:-4]}{len(view.log) & 0xFFFF:04x}"


@lru_cache(maxsize=1024)
def _parse(text: str) -> tuple[dict[str, Any], str]:
    """The attributes, and what is wrong with them; empty when nothing is. Not to be written to: they are remembered."""
    if not text.strip():
        return {}, ""
    if len(text) > MAX_ATTRIBUTES_CHARS:
        return {}, f"attributes have {len(text):,} characters; Studio takes {MAX_ATTRIBUTES_CHARS:,}"
    try:
        value = from_json(text)
    except ValueError as error:
        return {}, f"attributes are not JSON once rendered: {error}"
    return (value, "") if isinstance(value, dict) else ({}, "attributes are JSON, but not an object")


@lru_cache(maxsize=256)
def _priority(text: str) -> tuple[int, str]:
    """The priority a text means, and what is wrong with it."""
    found = _whole(text, 0, LARGEST_PRIORITY)
    return found or 0, "" if found is not None or not text.strip() else f"priority {text!r} is no whole number from 0"


@lru_cache(maxsize=256)
def _timeout_s(text: str) -> tuple[int, str]:
    found = _whole(text, 1, MAX_TASK_TIMEOUT_S)
    if found is not None or not text.strip():
        return found or DEFAULT_TASK_TIMEOUT_S, ""
    return 0, f"timeout {text!r} is no whole number of seconds from 1 to {MAX_TASK_TIMEOUT_S:,}"


def _whole(text: str, low: int, high: int) -> int | None:
    """The whole number a text means; None where it is none within the bounds."""
    bare = text.strip()
    number = int(bare) if bare.isascii() and bare.isdecimal() and len(bare) <= 10 else -1
    return number if low <= number <= high else None
