"""Rules about what there is to read: the results of each kind of step, and what the trigger brings."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Read, Subject, rows
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.model.kinds import KINDS
from flowlab.text.plain import quote

_VARIABLES = "Twilio docs: Using variables in Studio; twilio/ai, twilio-studio-flows"
#: What a message brings, in Twilio's writing.
_MESSAGE_KEYS = (
    *("Body", "From", "To", "MessageSid", "AccountSid", "NumMedia", "NumSegments", "ChannelSid", "InstanceSid"),
    *("ChannelAttributes", "ConversationSid", "Author", "ParticipantSid", "Source", "AddOns", "ProfileName", "WaId"),
)
_CALL_KEYS = ("From", "To", "CallSid", "CallStatus", "Direction", "AccountSid", "Caller", "Called")
_GROUPS = {"message": _MESSAGE_KEYS, "conversation": _MESSAGE_KEYS, "call": _CALL_KEYS}
_EVENT_OF = {
    "message": "incomingMessage",
    "conversation": "incomingConversationMessage",
    "call": "incomingCall",
    "request": "incomingRequest",
    "parent": "incomingParent",
}
#: The console writes these by itself into every message, whatever starts the flow.
_CONSOLE_DEFAULTS = frozenset({"service", "channel", "from", "to"})


@rule(
    "widget-no-such-result",
    Severity.WARNING,
    "A text reads something that this kind of step does not give",
    why="It renders as nothing. A question gives 'inbound', a message 'outbound', a look-up 'parsed', a set-variables "
    "step the names it sets, a split nothing at all.",
    source=_VARIABLES,
)
def no_such_result(subject: Subject) -> Iterator[Hit]:
    for read in subject.reads:
        state = subject.flow.by_name.get(read.parts[1]) if read.parts[0] == "widgets" and len(read.parts) > 2 else None
        given = _given(subject, state) if state is not None else None
        if state is None or given is None or read.parts[2] in given:
            continue
        gives = f"it gives {', '.join(map(quote, given))}" if given else "it gives nothing"
        yield Hit(
            f"{quote(read.dotted)} is read here; {quote(state.name)} is a {quote(state.type)}, {gives}.",
            f"{subject.hint(read.parts[2], given)}Read what the step gives, or another step.",
            read.state.name,
            read.path,
        )


def _given(subject: Subject, state: State) -> tuple[str, ...] | None:
    """What may be read of a state; None where that is open."""
    kind = KINDS.get(state.type)
    if state.type == "set-variables":
        keys = subject.keys_set.get(state.name, ())
        return None if any("{" in key for key in keys) else tuple(dict.fromkeys(key.split(".")[0] for key in keys))
    saved = state.properties.get("save_response_as")
    if kind is None or kind.results is None:
        return None
    return (*kind.results, saved) if isinstance(saved, str) and saved else kind.results


@rule(
    "var-wrong-case",
    Severity.WARNING,
    "A text reads a name in the wrong upper or lower case",
    why="Names are told apart by case: 'inbound.body' is nothing, the text of a message is 'inbound.Body'.",
    source=_VARIABLES,
)
def wrong_case(subject: Subject) -> Iterator[Hit]:
    for read in subject.reads:
        known, key = _known_keys(read)
        right = next((name for name in known if name.casefold() == key.casefold()), key)
        if right != key:
            yield Hit(
                f"{quote(read.dotted)} is read here; the name is {quote(right)}, not {quote(key)}.",
                f"Write {quote(right)}.",
                read.state.name,
                read.path,
            )


def _known_keys(read: Read) -> tuple[tuple[str, ...], str]:
    """The names there are where a read looks, and the one it looks for."""
    parts = read.parts
    if parts[0] == "trigger" and len(parts) > 2:
        return _GROUPS.get(parts[1], ()), parts[2]
    if parts[0] == "widgets" and len(parts) > 3 and parts[2] == "inbound":
        return _MESSAGE_KEYS, parts[3]
    return (), ""


@rule(
    "var-event-not-wired",
    Severity.NOTE,
    "A text reads what an event brings that does not start this flow",
    why="Each event fills its own group: 'trigger.message' by 'incomingMessage', 'trigger.conversation' by "
    "'incomingConversationMessage', 'trigger.request' and 'flow.data' by the REST API. Where the event leads nowhere "
    "the group is always empty. Silent where the text provides for that, in what the console writes by itself, and in "
    "flows that can be started as a subflow.",
    source=_VARIABLES,
)
def event_not_wired(subject: Subject) -> Iterator[Hit]:
    if subject.is_subflow:
        return
    for read in subject.reads:
        group = read.parts[1] if read.parts[0] == "trigger" and len(read.parts) > 1 else ""
        group = "request" if read.parts[:2] == ("flow", "data") else group
        event = _EVENT_OF.get(group, "")
        if event and event not in subject.entered_by and not read.guarded and read.key not in _CONSOLE_DEFAULTS:
            yield Hit(
                f"{quote(read.dotted)} is read here, and {quote(event)}, which brings it, does not start this flow.",
                f"Wire {quote(event)}, or read what the wired events bring.",
                read.state.name,
                read.path,
            )


@rule(
    "var-never-read",
    Severity.NOTE,
    "A variable is set and never read",
    why="Either it is left over, or the text that should read it reads another name. Silent in flows that can be "
    "started as a subflow: the flow above reads what they set.",
    source="Twilio docs: Set Variables widget",
)
def never_read(subject: Subject) -> Iterator[Hit]:
    seen = {read.parts for read in subject.reads}
    whole = {("flow",), ("flow", "variables"), ("widgets",)} & seen
    if subject.is_subflow or whole or any(text.liquid.problem for text in subject.texts):
        return
    read = {parts[2] for parts in seen if parts[:2] == ("flow", "variables")}
    for state in subject.of_type("set-variables"):
        own = {parts[2] if len(parts) > 2 else "" for parts in seen if parts[:2] == ("widgets", state.name)}
        for index, key, _ in rows(state):
            first = key.split(".")[0]
            if "{" not in key and first not in read | own and "" not in own:
                yield Hit(
                    f"The variable {quote(key)} is set here and never read.",
                    f"Read it as 'flow.variables.{first}', or remove the row.",
                    state.name,
                    subject.path(state, "properties", "variables", index, "key"),
                )
                read.add(first)
