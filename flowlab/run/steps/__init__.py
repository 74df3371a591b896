"""What each kind of state does: one file per kind, and this table. A type that is not in it is an opaque step too."""

from __future__ import annotations

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.step import Step
from flowlab.run.steps.add_twiml_redirect import AddTwimlRedirect
from flowlab.run.steps.connect_virtual_agent_v2 import ConnectVirtualAgentV2
from flowlab.run.steps.enqueue_call import EnqueueCall
from flowlab.run.steps.make_http_request import MakeHttpRequest
from flowlab.run.steps.opaque import Opaque
from flowlab.run.steps.resume_conversation import ResumeConversation
from flowlab.run.steps.run_function import RunFunction
from flowlab.run.steps.run_subflow import RunSubflow
from flowlab.run.steps.send_and_wait_for_reply import SendAndWaitForReply
from flowlab.run.steps.send_message import SendMessage
from flowlab.run.steps.send_to_flex import SendToFlex
from flowlab.run.steps.set_variables import SetVariables
from flowlab.run.steps.split_based_on import SplitBasedOn
from flowlab.run.steps.start_conversation import StartConversation
from flowlab.run.steps.trigger import Trigger

#: Widgets that are passed by an exit (see :mod:`flowlab.run.steps.opaque`): voice, and what Twilio has retired or never
#: documented.
OPAQUE = (
    "say-play",
    "gather-input-on-call",
    "connect-call-to",
    "make-outgoing-call-v1",
    "make-outgoing-call-v2",
    "record-voicemail",
    "record-call",
    "capture-payments",
    "fork-stream",
    "connect-virtual-agent",
    "run-conversation-relay",
    "send-to-auto-pilot",
    "run-model-inference",
)

STEPS: dict[str, type[Step]] = {
    step.kind: step
    for step in (
        Trigger,
        SendMessage,
        SendAndWaitForReply,
        SplitBasedOn,
        SetVariables,
        MakeHttpRequest,
        RunFunction,
        RunSubflow,
        SendToFlex,
        EnqueueCall,
        AddTwimlRedirect,
        ConnectVirtualAgentV2,
        StartConversation,
        ResumeConversation,
    )
} | dict.fromkeys(OPAQUE, Opaque)


def step_for(state: State, readings: Readings = READINGS) -> Step:
    """The step of a state."""
    return STEPS.get(state.type, Opaque)(state, readings)
