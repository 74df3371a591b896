"""The pieces of a record of executions, sorted out: which step, which execution, which context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import Fault
from flowlab.formats.conversations.values import READ, shown

EVENT_TYPE = "com.twilio.studio.flow."
#: As many faults are told; of the others only the number.
MAX_FAULTS = 100
Object = Mapping[str, Any]


@dataclass(slots=True)
class StepRecord:
    """A step as the record has it."""

    place: str
    sid: str
    state: str
    event: str
    next: str
    type: str
    time_s: float | None
    parent_sid: str
    context: Object


@dataclass(slots=True)
class ExecutionRecord:
    """An execution while its pieces come in. ``said``: its own fields, as read."""

    steps: list[StepRecord] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)
    context: Object = field(default_factory=dict)


#: The fields of an execution, and what they are called in its resource, in its events, or in a step's row.
OF_EXECUTION = {
    "contact": ("contact_channel_address",),
    "status": ("status",),
    "initiated_by": ("initiated_by", "started_by"),
    "flow_sid": ("flow_sid",),
}


class Parts:
    """Takes any piece of a record, and gathers every fault."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.faults: list[Fault] = []
        self.executions: dict[str, ExecutionRecord] = {}
        self.step_contexts: dict[str, Object] = {}

    def fault(self, place: str, message: str) -> None:
        if len(self.faults) < MAX_FAULTS:
            self.faults.append(Fault(message, place))
        elif len(self.faults) == MAX_FAULTS:
            self.faults.append(Fault("and more faults"))

    def take(self, value: Any, place: str, execution: str = "") -> None:
        """Take a piece, or pieces within pieces. ``execution``: the sid of the one it stands in, where it does."""
        if isinstance(value, list):
            for index, item in enumerate(value):
                self.take(item, f"{place}/{index}", execution)
        elif not isinstance(value, Mapping):
            self.fault(place, f"expected an execution, a step or a page of them, found {shown(value)}")
        elif str(value.get("type", "")).startswith(EVENT_TYPE) and "data" in value:
            self._event(value, place)
        elif any(isinstance(value.get(key), list | Mapping) for key in ("steps", "executions", "execution")):
            self._whole(value, place, execution)
        elif "transitioned_from" in value or "transitioned_to" in value:
            self.step(value, place, execution)
        elif "step_sid" in value and "context" in value:
            self.step_contexts[self._text(value, "step_sid", place)] = self._context(value, place)
        elif any(key in value for key in ("contact_channel_address", "execution_sid", "context", "sid")):
            self._execution(value, place, execution)
        else:
            keys = ", ".join(map(str, list(value)[:6])) or "none"
            self.fault(place, f"is neither an execution, a step nor a page of them. Its keys: {keys}")

    def step(self, value: Object, place: str, execution: str = "") -> None:
        """Take one step, with what its row says of the execution."""
        sid = self._text(value, "execution_sid", place) or execution
        state, event, following = (
            self._text(value, key, place) for key in ("transitioned_from", "name", "transitioned_to")
        )
        for name, found in (("execution_sid", sid), ("transitioned_from", state), ("name", event)):
            if not found:
                self.fault(f"{place}/{name}", "is missing: a step says its execution, its state and its exit")
        if not (sid and state and event):
            return
        record = self._record(sid, value, place)
        record.steps.append(
            StepRecord(
                place,
                self._text(value, "sid", place) or self._text(value, "step_sid", place),
                state,
                event,
                following,
                self._text(value, "type", place),
                self._time(value, place),
                self._text(value, "parent_step_sid", place),
                self._context(value, place),
            )
        )

    def _whole(self, value: Object, place: str, execution: str) -> None:
        """An execution with its steps, or a page of either."""
        about = value.get("execution") if isinstance(value.get("execution"), Mapping) else value
        assert isinstance(about, Mapping)
        own = self._text(about, "sid", place)
        if own.startswith("FN") or "contact_channel_address" in about or about is not value:
            execution = self._execution(about, place, execution)
        for key in ("executions", "steps"):
            if value.get(key) is not None:
                self.take(value[key], f"{place}/{key}", execution)

    def _execution(self, value: Object, place: str, execution: str = "") -> str:
        sid = self._text(value, "sid", place) or self._text(value, "execution_sid", place) or execution
        if not sid:
            self.fault(f"{place}/sid", "is missing: an execution has one")
            return ""
        record = self._record(sid, value, place)
        record.context = self._context(value, place) or record.context
        if record.said.get("start_s") is None:
            record.said["start_s"] = self._time(value, place)
        return sid

    def _event(self, event: Object, place: str) -> None:
        data = event["data"]
        if not isinstance(data, Mapping):
            self.fault(f"{place}/data", f"expected an object, found {shown(data)}")
        elif event["type"] == f"{EVENT_TYPE}step.ended":
            self.step({"date_created": event.get("time"), **data}, f"{place}/data")
        else:
            self._execution(data, f"{place}/data")

    def _record(self, sid: str, value: Object, place: str) -> ExecutionRecord:
        record = self.executions.setdefault(sid, ExecutionRecord())
        for name, keys in OF_EXECUTION.items():
            said = next((text for key in keys if (text := self._text(value, key, place))), "")
            if said and (name not in record.said or said == "ended"):  # it may be active in one piece, over in the next
                record.said[name] = said
        return record

    def _text(self, value: Object, key: str, place: str) -> str:
        found = value.get(key)
        if found is None:
            return ""
        if not isinstance(found, str):
            self.fault(f"{place}/{key}", f"must be text, not {shown(found)}")
            return ""
        return str(clean(found))

    def _time(self, value: Object, place: str) -> float | None:
        try:
            moment: float | None = READ["time"](value.get("date_created"))
        except ValueError as error:
            self.fault(f"{place}/date_created", str(error))
            return None
        return moment

    def _context(self, value: Object, place: str) -> Object:
        """The context in a piece, whether bare or wrapped in its own resource."""
        context = value.get("context")
        if isinstance(context, Mapping) and isinstance(context.get("context"), Mapping) and "widgets" not in context:
            context = context["context"]
        if context is None or context == "":
            return {}
        if not isinstance(context, Mapping):
            self.fault(f"{place}/context", f"must be an object, not {shown(context)}")
            return {}
        return context


def clean(value: Any) -> Any:
    """A JSON value without half characters, which no file and no terminal can hold."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, Mapping):
        return {str(clean(key)): clean(item) for key, item in value.items()}
    if isinstance(value, list):
        return [clean(item) for item in value]
    return value
