"""Findings before anything runs. Rules stand in :mod:`flowlab.check.rules`, their table in ``catalogue``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flowlab.check.catalogue import RULES, catalogue_markdown
from flowlab.check.config import Config, find_config, read_config
from flowlab.check.findings import Findings
from flowlab.check.subject import Subject
from flowlab.check.widget_page import widgets_markdown
from flowlab.errors import UsageError
from flowlab.model.channel import Channel, channel
from flowlab.model.content import ContentTemplate
from flowlab.model.finding import Finding, Severity
from flowlab.model.flow import Flow
from flowlab.model.opening import Opening
from flowlab.model.routing import Workflow, Workspace

__all__ = ["RULES", "Config", "Findings", "catalogue_markdown", "check", "widgets_markdown"]

Settings = Config | Mapping[str, Any] | str | Path | None


def check(
    thing: Flow | Workflow,
    channels: Sequence[str | Channel] = (),
    *,
    workflow: Workflow | None = None,
    workspace: Workspace | None = None,
    config: Settings = None,
    hours: Opening | None = None,
    content: Mapping[str, ContentTemplate] | None = None,
) -> Findings:
    """Check a flow (or a workflow) with every rule of the catalogue, and its texts against what the channels carry.

    ``channels``: names of built-in channels or :class:`~flowlab.model.channel.Channel` objects; without any, the
    channel rules are silent. ``workflow`` and ``workspace``: the routing behind the flow; rules that need them are
    silent without. ``config``: which rules are off or weigh otherwise, a ``flowlab.toml`` or its content; None takes
    the nearest one beside the flow's file or above it, ``{}`` takes none. ``hours``: calendars of opening hours, and
    who asks them; ``content``: content templates by sid. ``fl.check(flow, services=...)`` takes both from services.

    Raises UsageError for something that can not be checked, or an unknown channel; FormatError for a config with
    faults.

    >>> from flowlab.model.flow import State, Transition
    >>> start = State("Trigger", "trigger", (Transition("incomingMessage", "ask"),))
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "bye"),), {"body": "Hi?"})
    >>> bye = State("by", "send-message", (Transition("sent"),), {"body": "Bye"})
    >>> check(Flow((start, ask, bye), "Trigger", name="hello")).of("flow-dangling-next")[0].message
    "The exit 'incomingMessage' leads to 'bye', which is no state of this flow."
    """
    names = (channels,) if isinstance(channels, str) else channels
    flow, workflow = _things(thing, workflow)
    subject = Subject(flow, tuple(map(channel, names)), workflow, workspace, hours, content or {})
    settings = _settings(config, thing.source)
    found, silenced = settings.apply((f for rule in RULES.values() for f in rule.findings(subject)), thing.source)
    worst_first = list(Severity)
    found.sort(key=lambda f: (_place(f, subject), worst_first.index(f.severity)))
    return Findings(tuple(found), thing.name, thing.source, tuple(silenced))


def _place(finding: Finding, subject: Subject) -> tuple[int, ...]:
    """Where a finding stands: the flow as a whole, its states, the workflow as a whole, its filters and targets."""
    if finding.state in subject.positions:
        return 1, subject.positions[finding.state]
    numbers = [int(step) for step in finding.path.split("/")[:6] if step.isascii() and step.isdigit()]
    return (2, *numbers) if finding.path.startswith("#/task_routing") else (0,)


def _things(thing: object, workflow: Workflow | None) -> tuple[Flow, Workflow | None]:
    if isinstance(thing, Flow):
        return thing, workflow
    if isinstance(thing, Workflow):
        return Flow((), name=thing.name), thing
    kind = type(thing).__name__
    raise UsageError(f"check wants a Flow or a Workflow, not a {kind}. Read a file with flowlab.load(path) first.")


def _settings(config: Settings, source: str) -> Config:
    if isinstance(config, Config):
        return config
    if config is None:
        config = find_config(source)
    return Config() if config is None else read_config(config, tuple(RULES))
