"""Findings before anything runs. Rules stand in :mod:`flowlab.check.rules`, their table in ``catalogue``."""

from __future__ import annotations

from collections.abc import Sequence

from flowlab.check.catalogue import RULES, catalogue_markdown
from flowlab.check.findings import Findings
from flowlab.check.subject import Subject
from flowlab.errors import UsageError
from flowlab.model.channel import Channel, channel
from flowlab.model.finding import Severity
from flowlab.model.flow import Flow

__all__ = ["RULES", "Findings", "catalogue_markdown", "check"]


def check(flow: Flow, channels: Sequence[str | Channel] = ()) -> Findings:
    """Check a flow with every rule of the catalogue, and its texts against what the channels carry.

    ``channels``: names of built-in channels or :class:`~flowlab.model.channel.Channel` objects; without any, the
    channel rules are silent. Raises UsageError for something that is no flow, or an unknown channel.

    >>> from flowlab.model.flow import State, Transition
    >>> start = State("Trigger", "trigger", (Transition("incomingMessage", "ask"),))
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "bye"),), {"body": "Hi?"})
    >>> bye = State("by", "send-message", (Transition("sent"),), {"body": "Bye"})
    >>> check(Flow((start, ask, bye), "Trigger", name="hello")).of("flow-dangling-next")[0].message
    "The exit 'incomingMessage' leads to 'bye', which is no state of this flow."
    """
    names = (channels,) if isinstance(channels, str) else channels
    subject = Subject(_flow(flow), tuple(map(channel, names)))
    found = [finding for rule in RULES.values() for finding in rule.findings(subject)]
    worst_first = list(Severity)
    found.sort(key=lambda f: (subject.positions.get(f.state, -1), worst_first.index(f.severity)))
    return Findings(tuple(found), flow.name)


def _flow(thing: object) -> Flow:
    if isinstance(thing, Flow):
        return thing
    raise UsageError(f"check wants a Flow, not a {type(thing).__name__}. Read a file with flowlab.load(path) first.")
