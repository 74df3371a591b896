"""What each kind of state does: one file per kind, and this table. A type that is not in it is an opaque step."""

from __future__ import annotations

from flowlab.model.flow import State
from flowlab.run.step import Step
from flowlab.run.steps.make_http_request import MakeHttpRequest
from flowlab.run.steps.opaque import Opaque
from flowlab.run.steps.run_function import RunFunction
from flowlab.run.steps.run_subflow import RunSubflow
from flowlab.run.steps.send_and_wait_for_reply import SendAndWaitForReply
from flowlab.run.steps.send_message import SendMessage
from flowlab.run.steps.send_to_flex import SendToFlex
from flowlab.run.steps.set_variables import SetVariables
from flowlab.run.steps.split_based_on import SplitBasedOn
from flowlab.run.steps.trigger import Trigger

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
    )
}


def step_for(state: State) -> Step:
    """The step of a state."""
    return STEPS.get(state.type, Opaque)(state)
