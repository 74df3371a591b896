"""One case a rule: a flow with the fault, its near twin without, and the place where the fault is found.

The small flows read as lines: a trigger, the states given, and a goodbye called ``bye``; see ``small_flows``.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from small_flows import WAIT, Exits, ask, assign, flow, hand_off, misspelt, say, split, state, waiting

from flowlab.formats.studio import read_flow
from flowlab.model.channel import Channel, channel
from flowlab.model.flow import Condition, Flow, State, Transition


class Case(NamedTuple):
    """A flow with a fault, and its near twin without; ``where`` is the path of the only finding."""

    bad: Flow
    good: Flow
    where: str
    channels: tuple[str | Channel, ...] = ("sms",)


EXIT, BODY, VALUE = "#/states/1/transitions", "#/states/1/properties/body", "transitions/2/conditions/0/value"
LOOP = (say("a", sent="b", failed=None), assign("b", "n", "a"))
WAYS_OUT = (say("a", sent="b", failed=None), split(("equal_to", "1", "a"), name="b"))
CURLY = "Don’t worry, your order is on its way and will be there within the next two or three days."

CASES: dict[str, Case] = {
    "flow-missing-initial": Case(flow(initial=""), flow(), "#/initial_state"),
    "flow-dangling-next": Case(flow(say("a", sent="by")), flow(say("a", sent="bye")), f"{EXIT}/0/next"),
    "flow-next-misspelt": Case(misspelt(), misspelt("uuid", "FF0"), f"{EXIT}/1/name"),
    "flow-unknown-widget": Case(flow(state("a", "hangup")), flow(state("a", "say-play")), "#/states/1/type"),
    "flow-unknown-event": Case(
        flow(state("a", "run-function", {"success": "bye", "failed": "bye"})),
        flow(state("a", "run-function", {"success": "bye", "fail": "bye"})),
        f"{EXIT}/1/event",
    ),
    "flow-no-way-in": Case(
        Flow((state("Trigger", "trigger", {"incomingMessage": None}), say("a")), "Trigger"),
        Flow((state("Trigger", "trigger", {"incomingMessage": "a"}), say("a")), "Trigger"),
        "#/states/0/transitions",
    ),
    "flow-unreachable": Case(flow(say("left"), start="bye"), flow(say("a", sent="left"), say("left")), "#/states/1"),
    "flow-silent-end": Case(
        flow(state("a", "make-http-request", {"success": "bye", "failed": None})),
        flow(state("a", "send-to-flex", {"callComplete": None, "callFailure": None, "failedToEnqueue": "bye"})),
        f"{EXIT}/1",
    ),
    "flow-endless-loop": Case(flow(*LOOP), flow(*WAYS_OUT), EXIT),
    "liquid-broken": Case(flow(say("a", "Hi {{ flow.sid }")), flow(say("a", "Hi { flow.sid }")), BODY),
    "var-unknown-state": Case(
        flow(ask(), say("a", "{{widgets.Ask.inbound.Body}}"), start="a"),
        flow(ask(), say("a", "{{widgets.ask.inbound.Body}}"), start="a"),
        "#/states/2/properties/body",
    ),
    "var-never-set": Case(
        flow(say("a", "Hi {{flow.variables.nmae}}"), assign("set", "name", "a")),
        flow(say("a", "Hi {{flow.variables.name}} {{flow.data.nmae}}"), assign("set", "name", "a")),
        BODY,
    ),
    "var-unknown-root": Case(
        flow(say("a", "{{variables.n}}")),
        flow(
            say(
                "a", "{% assign n = trigger.message.Body %}{{n}}{% for x in flow.data.l %}{{forloop.index}}{% endfor %}"
            )
        ),
        BODY,
    ),
    "split-unknown-condition": Case(
        flow(split(("equals", "1", "bye"))), flow(split(("equal_to", "1", "bye"))), f"{EXIT}/1/conditions/0/type"
    ),
    "split-no-match-unwired": Case(
        flow(split(("equal_to", "1", "bye"), no_match=None)),
        flow(split(("is_blank", "Is Blank", "bye"), ("is_not_blank", "Is Not Blank", "bye"), no_match=None)),
        f"{EXIT}/0",
    ),
    "split-duplicate-option": Case(
        flow(split(("equal_to", "Yes", "bye"), ("matches_any_of", "y, yes ", "split"))),
        flow(split(("equal_to", "Yes", "bye"), ("matches_any_of", "y, yess ", "split"))),
        f"#/states/1/{VALUE}",
    ),
    "split-can-never-match": Case(
        flow(split(("contains", "yes", "bye"), ("equal_to", "Yes please", "bye"))),
        flow(split(("equal_to", "Yes please", "bye"), ("contains", "yes", "bye"))),
        f"{EXIT}/2",
    ),
    "split-value-blank-edge": Case(
        flow(split(("equal_to", "yes ", "bye"))),
        flow(split(("contains", " no ", "bye"), ("matches_any_of", " 1, 2 ", "bye"), ("is_blank", " ", "bye"))),
        f"{EXIT}/1/conditions/0/value",
    ),
    "split-value-missing": Case(
        flow(split(("contains", "", "bye"))), flow(split(("is_blank", "", "bye"))), f"{EXIT}/1/conditions/0/value"
    ),
    "wait-no-timeout": Case(flow(ask(timeout=None)), flow(ask()), f"{EXIT}/1"),
    "wait-no-delivery-failure": Case(flow(ask(failure=None)), flow(ask()), f"{EXIT}/2"),
    "wait-too-long": Case(waiting("14401"), waiting(14_400), "#/states/1/properties/timeout"),
    "handoff-no-failure-path": Case(flow(hand_off(failed=None)), flow(hand_off()), f"{EXIT}/1"),
    "attributes-too-long": Case(
        flow(hand_off('{"a": "%s"}' % ("x" * 1_016))),
        flow(hand_off('{"a": "%s"}' % ("x" * 1_015))),
        "#/states/1/properties/attributes",
    ),
    "attributes-not-json": Case(
        flow(hand_off("{'a': 1}")),
        flow(hand_off('{"a": {{flow.data.a | to_json}}}')),
        "#/states/1/properties/attributes",
    ),
    "channel-no-way-in": Case(flow(event="incomingCall"), flow(), "#/states/0/transitions"),
    "text-too-long": Case(flow(say("a", "x" * 1_601)), flow(say("a", "x" * 1_600 + "{{flow.sid}}")), BODY),
    "text-many-segments": Case(flow(say("a", "x" * 460)), flow(say("a", "x" * 459)), BODY),
    "text-costly-character": Case(flow(say("a", CURLY)), flow(say("a", CURLY.replace("’", "'"))), BODY),
    "limit-states": Case(
        flow(*(say(f"s{n}") for n in range(999))), flow(*(say(f"s{n}") for n in range(998))), "#/states"
    ),
    "limit-value-size": Case(
        flow(state("a", "run-function", body="é" * 8_193)), flow(state("a", "run-function", body="é" * 8_192)), BODY
    ),
}


# More shapes for the cases below: one state of a kind, each with its usual exits.


def http(**properties: Any) -> Flow:
    """A request that says JSON, unless told otherwise."""
    given = {"url": "https://shop.example.com/orders", "method": "POST", "content_type": "application/json"}
    return flow(state("a", "make-http-request", {"success": "bye", "failed": "bye"}, **(given | properties)))


def function(**properties: Any) -> Flow:
    given = {"url": "https://functions.example.com/hours"}
    return flow(state("a", "run-function", {"success": "bye", "fail": "bye"}, **(given | properties)))


def subflow(**properties: Any) -> Flow:
    return flow(state("a", "run-subflow", {"completed": "bye", "failed": "bye"}, **properties))


def to_agents(**properties: Any) -> Flow:
    exits: Exits = {"callComplete": None, "failedToEnqueue": "bye", "callFailure": "bye"}
    return flow(state("a", "send-to-flex", exits, **({"workflow": WORKFLOW, "channel": TASKS} | properties)))


def message(**properties: Any) -> Flow:
    given = {"from": "{{flow.channel.address}}", "body": "Hello."}
    return flow(state("a", "send-message", {"sent": "bye", "failed": "bye"}, **(given | properties)))


def with_raw(level: str, key: str) -> Flow:
    """A key beside those that Studio knows, on a state, an exit or a condition."""
    condition = Condition("equal_to", "1", ("{{flow.sid}}",), raw={key: 1} if level == "condition" else {})
    edge = Transition("match", "bye", (condition,), {key: 1} if level == "exit" else {})
    exits = (Transition("noMatch", "bye"), edge)
    given = {"input": "{{flow.sid}}"}
    return flow(State("a", "split-based-on", exits, given, {key: 1} if level == "state" else {}))


def lacking(key: str) -> dict[str, Any]:
    """A definition whose split lacks a key: its own, its condition's, or (of the flags) the only one."""
    condition = {"friendly_name": "", "type": "equal_to", "value": "1", "arguments": ["{{flow.sid}}"]}
    exits = [{"event": "noMatch"}, {"event": "match", "conditions": [without(condition, key)]}]
    split = {"name": "a", "type": "split-based-on", "properties": {"input": "{{flow.sid}}"}, "transitions": exits}
    trigger = {"type": "trigger", "transitions": [{"event": "incomingMessage", "next": "a"}]}
    flags = without({"allow_concurrent_calls": True}, key)
    return {"states": [trigger, without(split, key)], "initial_state": "Trigger", "flags": flags}


def comparing_with(value: Any) -> dict[str, Any]:
    """A definition whose split compares with this value."""
    definition = lacking("")
    definition["states"][1]["transitions"][1]["conditions"][0]["value"] = value
    return definition


def without(mapping: dict[str, Any], key: str) -> dict[str, Any]:
    return {name: value for name, value in mapping.items() if name != key}


def rows(*pairs: tuple[str, str]) -> Flow:
    """One set-variables step with these rows, and a text that reads them all."""
    variables = [{"key": key, "value": value} for key, value in pairs]
    text = " ".join(f"{{{{flow.variables['{key}']}}}}" for key, _ in pairs)
    return flow(state("a", "set-variables", {"next": "b"}, variables=variables), say("b", text))


def captioned(caption: str) -> Flow:
    condition = Condition("equal_to", "1", ("{{flow.sid}}",), caption)
    exits = (Transition("noMatch", "bye"), Transition("match", "bye", (condition,)))
    return flow(State("a", "split-based-on", exits, {"input": "{{flow.sid}}"}))


def compared(shown: str, argument: str) -> Flow:
    condition = Condition("equal_to", "1", (argument,))
    exits = (Transition("noMatch", "bye"), Transition("match", "bye", (condition,)))
    return flow(ask(), State("a", "split-based-on", exits, {"input": shown}))


def hours(open_to: str | None, else_to: str | None) -> Flow:
    """A split on opening hours, with where each side leads."""
    asked = "{{widgets.hours.parsed.isOpen}}"
    exits = (Transition("noMatch", else_to), Transition("match", open_to, (Condition("equal_to", "true", (asked,)),)))
    return flow(
        state("hours", "run-function", {"success": "s", "fail": "s"}),
        State("s", "split-based-on", exits, {"input": asked}),
    )


def asked_then(text: str, after: str = "a") -> Flow:
    """A question, then a text; the answer leads to ``after``."""
    question = state("ask", WAIT, {"incomingMessage": after, "timeout": "bye", "deliveryFailure": "bye"}, body="Hello?")
    return flow(question, say("a", text))


def runs_subflow(sid: str) -> Flow:
    """A flow from a file that also says the flow's own sid."""
    start = {"name": "T", "type": "trigger", "transitions": [{"event": "incomingMessage", "next": "a"}]}
    run = {"name": "a", "type": "run-subflow", "transitions": [], "properties": {"flow_sid": sid}}
    return read_flow({"sid": SUBFLOW, "definition": {"states": [start, run], "initial_state": "T"}})


WORKFLOW, TASKS, FUNCTION = f"WW{'0' * 32}", f"TC{'0' * 32}", f"ZH{'0' * 32}"
SUBFLOW, SERVICE, PLACE = f"FW{'0' * 32}", f"ZS{'0' * 32}", f"ZE{'0' * 32}"
PARTS = {"service_sid": SERVICE, "environment_sid": PLACE, "function_sid": FUNCTION}
PROPERTIES = "#/states/1/properties"
CONDITION = f"{EXIT}/1/conditions/0"
LONG_LIST = "1, 2, 3"
WHATSAPP = (channel("whatsapp"),)
TEXT_ONLY = (Channel("pager", "Pager", "phone number", "asynchronous", "incomingMessage", "{phone}", "+1", "+1"),)
HEAVY = tuple(state(f"s{n}", "run-function", body="x" * 4_000) for n in range(260))

CASES |= {
    # Definition
    "flow-initial-not-trigger": Case(flow(say("a"), initial="a"), flow(say("a")), "#/initial_state"),
    "flow-duplicate-exit": Case(
        flow(State("a", "send-message", (Transition("sent", "bye"), Transition("sent", "Trigger")))),
        flow(State("a", "send-message", (Transition("sent", "bye"), Transition("failed", "Trigger")))),
        f"{EXIT}/1",
    ),
    "flow-unknown-key": Case(with_raw("exit", "label"), with_raw("exit", "uuid"), f"{EXIT}/1/label"),
    "flow-key-missing": Case(
        read_flow(lacking("arguments")), read_flow(lacking("")), f"{EXIT}/1/conditions/0/arguments"
    ),
    "flow-key-type": Case(read_flow(comparing_with(1)), read_flow(comparing_with("1")), f"{EXIT}/1/conditions/0/value"),
    "flow-needs-rest": Case(
        Flow((state("T", "trigger", {"incomingMessage": "a"}), state("a", "start-conversation")), "T"),
        Flow((state("T", "trigger", {"incomingRequest": "a"}), state("a", "start-conversation")), "T"),
        "#/states/1/type",
    ),
    "flow-name-form": Case(flow(say("ask me")), flow(say("ask-me_2")), "#/states/1/name"),
    "flow-names-by-case": Case(flow(say("Ask"), say("ask")), flow(say("Ask"), say("ask2")), "#/states/2/name"),
    # Properties
    "widget-property-missing": Case(
        flow(state("a", "connect-call-to", {}, to="+1")),
        flow(state("a", "connect-call-to", {}, noun="number")),
        f"{PROPERTIES}/noun",
    ),
    "widget-property-type": Case(to_agents(timeout=3600), to_agents(timeout="3600"), f"{PROPERTIES}/timeout"),
    "widget-property-value": Case(http(method="PUT"), http(method="GET"), f"{PROPERTIES}/method"),
    "widget-property-bounds": Case(to_agents(timeout="1209601"), to_agents(timeout="1209600"), f"{PROPERTIES}/timeout"),
    "widget-property-unknown": Case(message(mediaUrl="x"), message(offset={"x": 1}), f"{PROPERTIES}/mediaUrl"),
    # Ways
    "flow-exit-missing": Case(
        flow(state("a", "run-function", {"success": "bye"})),
        flow(state("a", "run-function", {"success": "bye", "fail": "bye"})),
        EXIT,
    ),
    "split-decides-nothing": Case(flow(split(("equal_to", "1", "bye"))), flow(split(("equal_to", "1", "split"))), EXIT),
    "hours-one-sided": Case(hours("bye", None), hours("bye", "hours"), "#/states/2/transitions"),
    # Liquid
    "liquid-braces-in-braces": Case(
        flow(say("a", "{% if {{flow.data.n}} == 1 %}x{% endif %}")),
        flow(say("a", "{% if flow.data.n == 1 %}x{% endif %}")),
        BODY,
    ),
    "liquid-comparison-in-output": Case(
        flow(say("a", "{{ flow.data.n == 1 }}")), flow(say("a", "{{ flow.data.n | default: '==' }}")), BODY
    ),
    "liquid-unknown-tag": Case(flow(say("a", "{% set n = 1 %}")), flow(say("a", "{% assign n = 1 %}")), BODY),
    "liquid-unknown-filter": Case(
        flow(say("a", "{{ flow.sid | lowercase }}")), flow(say("a", "{{ flow.sid | downcase }}")), BODY
    ),
    "liquid-single-braces": Case(
        flow(say("a", "Hi {flow.data.name}")), flow(say("a", "Hi ${flow.data.name} {{flow.data.name}}")), BODY
    ),
    "liquid-reply-by-case": Case(
        asked_then("{% if widgets.ask.inbound.Body == 'yes' %}Fine.{% endif %}"),
        asked_then("{% if widgets.ask.inbound.Body %}Fine.{% endif %}"),
        "#/states/2/properties/body",
    ),
    "liquid-date-zone": Case(flow(say("a", "{{ 'now' | date: '%H' }}")), flow(say("a", "{{ 'date' }}")), BODY),
    # Variables
    "var-read-too-early": Case(
        flow(say("a", "{{flow.variables.n}}", sent="b"), assign("b", "n", "bye")),
        flow(say("a", "{{flow.variables.n}}", sent="b"), assign("b", "n", "a")),
        BODY,
    ),
    "var-set-on-some-paths": Case(
        flow(split(("equal_to", "1", "b"), no_match="a"), assign("b", "n", "a"), say("a", "{{flow.variables.n}}")),
        flow(
            split(("equal_to", "1", "b"), no_match="a"),
            assign("b", "n", "a"),
            say("a", "{{flow.variables.n | default: 'none'}}"),
        ),
        "#/states/3/properties/body",
    ),
    "widget-result-too-early": Case(
        flow(say("a", "{{widgets.ask.inbound.Body}}", sent="ask"), ask()),
        asked_then("{{widgets.ask.inbound.Body}}"),
        BODY,
    ),
    "widget-result-on-some-paths": Case(
        flow(
            split(("equal_to", "1", "b"), no_match="a"),
            state("b", "run-function", {"success": "a"}),
            say("a", "{{widgets.b.parsed.n}}"),
        ),
        flow(say("b", sent="a"), say("a", "{{widgets.b.outbound.Sid}}")),
        "#/states/3/properties/body",
    ),
    "widget-no-such-result": Case(
        asked_then("{{widgets.ask.parsed.name}}"),
        asked_then("{{widgets.ask.inbound.name}}"),
        "#/states/2/properties/body",
    ),
    "var-wrong-case": Case(
        asked_then("{{widgets.ask.inbound.body}}"),
        asked_then("{{widgets.ask.inbound.Body}}"),
        "#/states/2/properties/body",
    ),
    "var-event-not-wired": Case(
        flow(say("a", "{{trigger.conversation.Body}}")), flow(say("a", "{{trigger.message.Body}}")), BODY
    ),
    "var-never-read": Case(
        flow(assign("a", "n", "b"), say("b", "{{flow.variables.m}}")),
        flow(assign("a", "n", "b"), say("b", "{{widgets.a.n}}")),
        f"{PROPERTIES}/variables/0/key",
    ),
    "var-duplicate-key": Case(
        rows(("n", "1"), ("n", "2")), rows(("n", "1"), ("N", "2")), f"{PROPERTIES}/variables/1/key"
    ),
    "var-sibling-row": Case(
        rows(("n", "1"), ("m", "{{flow.variables.n}}")),
        rows(("m", "{{flow.variables.n}}"), ("n", "1")),
        f"{PROPERTIES}/variables/1/value",
    ),
    "var-name-unreadable": Case(
        rows(("order number", "1")), rows(("order-number", "1")), f"{PROPERTIES}/variables/0/key"
    ),
    # Splits
    "split-branch-without-condition": Case(
        flow(State("a", "split-based-on", (Transition("noMatch", "bye"), Transition("match", "bye")))),
        flow(split(("equal_to", "1", "bye"))),
        f"{EXIT}/1",
    ),
    "split-overlap": Case(
        flow(split(("contains", "help", "bye"), ("matches_any_of", "agent, help me", "split"))),
        flow(split(("matches_any_of", "agent, help me", "split"), ("contains", "help", "bye"))),
        f"{EXIT}/2/conditions/0/value",
    ),
    "split-value-no-size": Case(
        flow(split(("less_than", "ten", "bye"))), flow(split(("less_than", "10", "bye"))), f"{CONDITION}/value"
    ),
    "split-empty-item": Case(
        flow(split(("matches_any_of", "1,, 2", "bye"))),
        flow(split(("matches_any_of", "1, 2", "bye"))),
        f"{CONDITION}/value",
    ),
    "split-quoted-item": Case(
        flow(split(("matches_any_of", '"yes, please", no', "bye"))),
        flow(split(("matches_any_of", "that's all, no", "bye"))),
        f"{CONDITION}/value",
    ),
    "split-list-in-equal-to": Case(
        flow(split(("equal_to", "yes, y, ok", "bye"))),
        flow(split(("equal_to", "yes, please", "bye"))),
        f"{CONDITION}/value",
    ),
    "split-contains-little": Case(
        flow(split(("contains", "no", "bye"))), flow(split(("contains", "not", "bye"))), f"{CONDITION}/value"
    ),
    "split-caption-disagrees": Case(
        captioned("If value equal_to 2"), captioned("If value equal_to  1"), f"{CONDITION}/friendly_name"
    ),
    "split-tests-fixed-text": Case(
        compared("widgets.ask.inbound.Body", "widgets.ask.inbound.Body"),
        compared("{{widgets.ask.inbound.Body}}", "{{widgets.ask.inbound.Body}}"),
        "#/states/2/properties/input",
    ),
    "split-tests-another": Case(
        compared("{{widgets.ask.inbound.Body}}", "{{flow.sid}}"),
        compared("{{widgets.ask.inbound.Body}}", "{{ widgets.ask.inbound.Body }}"),
        "#/states/2/transitions/1/conditions/0/arguments",
    ),
    "split-regex-broken": Case(
        flow(split(("regex", "(yes|no", "bye"))), flow(split(("regex", "(yes|no)", "bye"))), f"{CONDITION}/value"
    ),
    "split-regex-slow": Case(
        flow(split(("regex", "(a+)+", "bye"))), flow(split(("regex", "a+", "bye"))), f"{CONDITION}/value"
    ),
    "split-regex-slashes": Case(
        flow(split(("regex", "/yes.*/i", "bye"))), flow(split(("regex", "yes/no.*", "bye"))), f"{CONDITION}/value"
    ),
    "split-regex-whole": Case(
        flow(split(("regex", "^yes", "bye"))), flow(split(("regex", "^yes$", "bye"))), f"{CONDITION}/value"
    ),
    # Waiting, texts
    "wait-reply-unread": Case(asked_then("Hello."), asked_then("{{widgets.ask.inbound.Body}}"), EXIT),
    "wait-same-question": Case(
        flow(ask("ask", body="What is it about?"), ask("again", body="What is it  about?")),
        flow(ask("ask", body="{{flow.variables.prompt}}"), ask("again", body="{{flow.variables.prompt}}")),
        "#/states/2/properties/body",
    ),
    "wait-past-window": Case(
        flow(State("ask", WAIT, (Transition("timeout", "bye"),), {"timeout": "86400"})),
        flow(State("ask", WAIT, (Transition("timeout", "bye"),), {"timeout": "86399"})),
        f"{PROPERTIES}/timeout",
        WHATSAPP,
    ),
    "text-empty": Case(
        message(body=" "), message(body="", media_url="https://example.com/a.png"), f"{PROPERTIES}/body"
    ),
    "text-content-template": Case(
        message(message_type="content_template"), message(message_type="custom"), f"{PROPERTIES}/content_sid"
    ),
    "text-unfilled": Case(
        message(body="Welcome to [YOUR SHOP HERE]!"),
        message(body="Choose [1] or [2], your order."),
        f"{PROPERTIES}/body",
    ),
    "text-promises-buttons": Case(
        message(body="Tap one of the buttons below."),
        message(body="We sew on buttons. Tap water is free."),
        f"{PROPERTIES}/body",
    ),
    # Requests, functions, subflows
    "http-url-form": Case(http(url="shop.example.com"), http(url="{{flow.data.url}}/orders"), f"{PROPERTIES}/url"),
    "http-plain-address": Case(
        http(url="http://shop.example.com"), http(url="https://shop.example.com"), f"{PROPERTIES}/url"
    ),
    "http-test-address": Case(
        http(url="https://ab12.ngrok.io/x"), http(url="https://ngrok.example.com"), f"{PROPERTIES}/url"
    ),
    "http-secret": Case(
        http(parameters=[{"key": "api_key", "value": "k3yk3yk3yk3yk3yk3y"}]),
        http(parameters=[{"key": "api_key", "value": "${api_key_of_the_shop}"}, {"key": "order", "value": "1" * 20}]),
        f"{PROPERTIES}/parameters/0/value",
    ),
    "http-get-with-body": Case(http(method="GET", body="{}"), http(method="POST", body="{}"), f"{PROPERTIES}/body"),
    "http-content-type": Case(
        http(body="{}", content_type="application/x-www-form-urlencoded"), http(body="{}"), f"{PROPERTIES}/content_type"
    ),
    "http-body-not-json": Case(
        http(body='{"n": {{flow.data.n}},}'), http(body='{"n": {{flow.data.n}}}'), f"{PROPERTIES}/body"
    ),
    "function-sid": Case(
        function(**(PARTS | {"function_sid": "hours"})),
        function(**(PARTS | {"function_sid": "${hours}"})),
        f"{PROPERTIES}/function_sid",
    ),
    "function-sids-partly": Case(
        function(service_sid=SERVICE, function_sid=FUNCTION), function(**PARTS), f"{PROPERTIES}/environment_sid"
    ),
    "subflow-sid": Case(subflow(flow_sid="{{flow.flow_sid}}"), subflow(flow_sid="${hours}"), f"{PROPERTIES}/flow_sid"),
    "subflow-revision": Case(
        subflow(flow_sid=SUBFLOW, flow_revision="Latest"),
        subflow(flow_sid=SUBFLOW, flow_revision="12"),
        f"{PROPERTIES}/flow_revision",
    ),
    "subflow-revisions": Case(
        flow(*(state(f"s{n}", "run-subflow", {}, flow_sid=SUBFLOW, flow_revision=str(n)) for n in range(2))),
        flow(*(state(f"s{n}", "run-subflow", {}, flow_sid=SUBFLOW, flow_revision="1") for n in range(2))),
        "#/states/2/properties/flow_revision",
    ),
    "subflow-itself": Case(runs_subflow(SUBFLOW), runs_subflow(f"FW{'1' * 32}"), f"{PROPERTIES}/flow_sid"),
    "subflow-nested": Case(
        flow(state("a", "run-subflow", flow_sid=SUBFLOW), event="incomingParent"),
        flow(state("a", "run-subflow", flow_sid=SUBFLOW)),
        "#/states/1/type",
    ),
    # Handing over
    "handoff-sid": Case(to_agents(workflow="support"), to_agents(workflow="${support}"), f"{PROPERTIES}/workflow"),
    "handoff-goes-on": Case(
        flow(state("a", "send-to-flex", {"callComplete": "bye"})),
        flow(state("a", "send-to-flex", {"callComplete": "b"}), assign("b", "n", None)),
        f"{EXIT}/0",
    ),
    "attributes-duplicate-key": Case(
        to_agents(attributes='{"name": "a", "name": "{{flow.sid}}"}'),
        to_agents(attributes='{"name": "a", "more": {"name": "{{flow.sid}}"}}'),
        f"{PROPERTIES}/attributes",
    ),
    "json-unescaped-words": Case(
        to_agents(attributes='{"said": "{{trigger.message.Body}}"}'),
        to_agents(attributes='{"said": {{trigger.message.Body | to_json}}, "to": "{{trigger.message.To}}"}'),
        f"{PROPERTIES}/attributes",
    ),
    "json-quoted-to-json": Case(
        to_agents(attributes='{"said": "{{flow.data.n | to_json}}"}'),
        to_agents(attributes='{"said": {{flow.data.n | to_json}}, "n": "{{flow.data.n}}"}'),
        f"{PROPERTIES}/attributes",
    ),
    # Channels, limits, style
    "text-reaches-voice": Case(
        flow(state("a", "say-play", say="Hello.")),
        flow(state("a", "say-play", say="Hello."), event="incomingCall"),
        "#/states/1/type",
    ),
    "reply-is-opt-out-word": Case(
        flow(ask(body="Reply CANCEL to cancel your order.")),
        flow(ask(body="Reply STOP to opt out.")),
        "#/states/1/properties/body",
    ),
    "media-not-carried": Case(
        message(media_url="https://example.com/a.png"), message(media_url=""), f"{PROPERTIES}/media_url", TEXT_ONLY
    ),
    "limit-list-items": Case(
        rows(*((f"v{n}", "1") for n in range(1_001))),
        rows(*((f"v{n}", "1") for n in range(1_000))),
        f"{PROPERTIES}/variables",
    ),
    "limit-definition-size": Case(flow(*HEAVY), flow(*HEAVY[:200]), "#/states"),
    "limit-subflows": Case(
        flow(*(state(f"s{n}", "run-subflow", {}, flow_sid=SUBFLOW) for n in range(151))),
        flow(*(state(f"s{n}", "run-subflow", {}, flow_sid=SUBFLOW) for n in range(150))),
        "#/states",
    ),
    "flow-duplicate-state": Case(
        flow(say("a", "Same."), say("b", "Same.")), flow(say("a", "Same."), say("b")), "#/states/2"
    ),
    "flow-many-states": Case(
        flow(*(say(f"s{n}") for n in range(149))), flow(*(say(f"s{n}") for n in range(148))), "#/states"
    ),
    "flow-no-description": Case(Flow(()), Flow((), description="Answers about orders."), "#/description"),
}
