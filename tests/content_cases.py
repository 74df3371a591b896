"""One case a rule about content templates: a flow and its templates with the fault, and their near twin without."""

from __future__ import annotations

from typing import Any, NamedTuple

from small_flows import flow, say, state

from flowlab.model.flow import Flow, State

SID, OTHER = "HX" + "1" * 32, "HX" + "2" * 32
PLACE = "#/states/1/properties/content_sid"


class Case(NamedTuple):
    """``bad`` and ``good``: a flow and its templates. ``where``: the path of the only finding."""

    bad: tuple[Flow, list[Any]]
    good: tuple[Flow, list[Any]]
    where: str = PLACE
    channels: tuple[str, ...] = ("whatsapp",)


def sends(sid: str = SID, name: str = "a", **variables: str) -> State:
    rows = [{"key": key, "value": value} for key, value in variables.items()]
    properties = {"message_type": "content_template", "content_sid": sid, "content_variables": rows}
    return state(name, "send-message", {"sent": None, "failed": "bye"}, **properties)


def menu(*titles: str, body: str = "Which?", kind: str = "twilio/quick-reply", **more: Any) -> dict[str, Any]:
    actions = [{"title": title, "id": f"id{number}"} for number, title in enumerate(titles)]
    return {"sid": SID, "friendly_name": "menu", "types": {kind: {"body": body, "actions": actions}}, **more}


def text(body: str = "Hi", **more: Any) -> dict[str, Any]:
    return {"sid": SID, "types": {"twilio/text": {"body": body}}, **more}


def asked(status: str) -> dict[str, Any]:
    return {"approval_requests": {"category": "UTILITY", "status": status}}


ONE = flow(sends())
TRIGGER = state("Trigger", "trigger", {"incomingRequest": "a"})
OUTBOUND = Flow((TRIGGER, sends(), say("bye")), "Trigger", "For tests.", "test")
NAMED = {"n": "{{flow.data.n}}"}
CASES = {
    "content-unknown": Case((flow(sends(OTHER)), [text()]), (ONE, [text()])),
    "content-variables": Case(
        (ONE, [text("Hi {{n}}!")]),
        (flow(sends(**NAMED)), [text("Hi {{n}}!")]),
        "#/states/1/properties/content_variables",
    ),
    "content-no-variant": Case((ONE, [menu("Yes", "No")]), (ONE, [text()]), channels=("sms",)),
    "content-limits": Case((ONE, [menu("Yes", "No", "Perhaps", "Never")]), (ONE, [menu("Yes", "No", "Perhaps")])),
    "content-approval": Case(
        (flow(sends(**NAMED)), [text("Thank you, {{n}}", **asked("pending"))]),
        (flow(sends(**NAMED)), [text("Thank you, {{n}}!", **asked("pending"))]),
    ),
}
#: Other ways to the same findings.
MORE: list[tuple[str, Flow, list[Any], str, str]] = [
    ("content-variables", flow(sends(x="1")), [text()], "whatsapp", "has no variable 'x'"),
    ("content-variables", ONE, [text("Hi {{n}}!", variables={"n": "Ana"})], "sms", "sample 'Ana' is sent"),
    ("content-limits", ONE, [menu("x" * 21, "No")], "whatsapp", "has 21 characters"),
    ("content-limits", ONE, [menu("x" * 21, "No")], "messenger", "is cut to"),
    ("content-limits", ONE, [menu("Buy", "Buy")], "whatsapp", "a second 'Buy'"),
    ("content-limits", ONE, [menu("Buy", body="x" * 1_025)], "whatsapp", "at most 1,024"),
    ("content-limits", ONE, [text("x" * 1_601)], "sms", "is refused"),
    ("content-no-variant", ONE, [menu("Yes")], "sms", "numbered text"),
    ("content-approval", ONE, [text("{{a}} {{b}} is on its way.", **asked("rejected"))], "whatsapp", "side by side"),
    ("content-approval", OUTBOUND, [text()], "whatsapp", "may be closed"),
]
