"""The catalogue of step kinds: every Studio widget type, its family, its exits, and what each exit means.

Sources: Twilio docs *Studio Flow and Widget JSON Schemas* and the page of each widget, and the events seen in
public flows (November 2026). Types that are not listed here are kept, drawn and run as opaque steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Family(StrEnum):
    """What a step is for. Drawn by shape and colour, and the first thing a reader of a flow looks for."""

    START = "start"
    SAY = "say"
    ASK = "ask"
    DECIDE = "decide"
    SET = "set"
    LOOK_UP = "look up"
    SUBFLOW = "subflow"
    HAND_OFF = "hand off"
    VOICE = "voice"
    UNKNOWN = "unknown"
    #: Not states, but nodes of :attr:`flowlab.model.flow.Flow.graph`: a run's end, and a ``next`` that leads nowhere.
    END = "end"
    MISSING = "missing"
    #: Not states, but nodes of :attr:`flowlab.model.routing.Workflow.graph` and of the whole journey.
    ENTRY = "entry point"
    FILTER = "filter"
    TARGET = "target"
    QUEUE = "queue"
    WORKER = "worker"


@dataclass(frozen=True, slots=True)
class StepKind:
    """One Studio widget type.

    ``exits``: the events that may leave it. ``default_exit``: the one an opaque step takes when the user chose none.
    ``closing``: exits at which a run may well end, because the customer has just been served or handed over.
    """

    type: str
    family: Family
    exits: tuple[str, ...]
    default_exit: str
    closing: frozenset[str] = frozenset()
    is_text: bool = False


def _kind(type: str, family: Family, exits: str, closing: str = "", *, text: bool = False) -> StepKind:
    events = tuple(exits.split())
    return StepKind(type, family, events, events[0], frozenset(closing.split()), text)


TRIGGER_EVENTS = (
    "incomingMessage",
    "incomingConversationMessage",
    "incomingRequest",
    "incomingParent",
    "incomingCall",
)

_F = Family
KINDS: dict[str, StepKind] = {
    kind.type: kind
    for kind in (
        _kind("trigger", _F.START, " ".join(TRIGGER_EVENTS), text=True),
        _kind("send-message", _F.SAY, "sent failed", "sent", text=True),
        _kind("send-and-wait-for-reply", _F.ASK, "incomingMessage timeout deliveryFailure", text=True),
        _kind("split-based-on", _F.DECIDE, "noMatch match", text=True),
        _kind("set-variables", _F.SET, "next", text=True),
        _kind("make-http-request", _F.LOOK_UP, "success failed", text=True),
        _kind("run-function", _F.LOOK_UP, "success fail", text=True),
        _kind("run-subflow", _F.SUBFLOW, "completed failed", text=True),
        _kind(
            "send-to-flex",
            _F.HAND_OFF,
            "callComplete failedToEnqueue callFailure composerStarted",
            "callComplete",
            text=True,
        ),
        _kind("enqueue-call", _F.HAND_OFF, "callComplete failedToEnqueue callFailure", "callComplete"),
        _kind("connect-call-to", _F.HAND_OFF, "callCompleted hangup", "callCompleted hangup"),
        _kind("connect-virtual-agent", _F.VOICE, "return hangup", "hangup"),
        _kind(
            "connect-virtual-agent-v2",
            _F.VOICE,
            "completed live-agent-handoff hangup failed paused timeout",
            "completed hangup",
        ),
        _kind("run-conversation-relay", _F.VOICE, "success failed"),
        _kind("say-play", _F.VOICE, "audioComplete", "audioComplete"),
        _kind("gather-input-on-call", _F.VOICE, "keypress speech timeout"),
        _kind(
            "make-outgoing-call-v1",
            _F.VOICE,
            "answered busy noAnswer failed answeredByMachine hangup",
            "hangup",
        ),
        _kind("make-outgoing-call-v2", _F.VOICE, "answered busy noAnswer failed"),
        _kind("record-voicemail", _F.VOICE, "recordingComplete noAudio hangup", "recordingComplete hangup"),
        _kind("record-call", _F.VOICE, "success failed"),
        _kind(
            "capture-payments",
            _F.VOICE,
            "success maxFailedAttempts providerError payInterrupted hangup validationError",
            "hangup",
        ),
        _kind("fork-stream", _F.VOICE, "next"),
        _kind("add-twiml-redirect", _F.LOOK_UP, "return timeout fail"),
        _kind("start-conversation", _F.SET, "created failed"),
        _kind("resume-conversation", _F.SET, "resumed failed"),
        _kind("send-to-auto-pilot", _F.ASK, "sessionEnded failure timeout"),
        _kind("run-model-inference", _F.LOOK_UP, "noMatch match failed"),
    )
}


def family_of(type: str) -> Family:
    """The family of a widget type; unknown types have their own.

    >>> family_of("send-message"), family_of("hang-up")
    (<Family.SAY: 'say'>, <Family.UNKNOWN: 'unknown'>)
    """
    kind = KINDS.get(type)
    return kind.family if kind else Family.UNKNOWN


def is_closing(type: str, event: str) -> bool:
    """Whether a run that ends at this exit ends well: something was said last, or somebody took over.

    >>> is_closing("send-message", "sent"), is_closing("send-and-wait-for-reply", "timeout")
    (True, False)
    """
    kind = KINDS.get(type)
    return bool(kind) and event in kind.closing if kind else False
