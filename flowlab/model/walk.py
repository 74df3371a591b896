"""Walk: the path that one real execution took, as Studio's own step log tells it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, TypeGuard

from flowlab.model.event import ENDED

#: The channel of a walk whose contact address does not tell it.
UNKNOWN = "unknown"

MESSAGE_EVENTS = ("incomingMessage", "incomingConversationMessage")
WAIT = "send-and-wait-for-reply"
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WalkedStep:
    """One step of an execution: the run left ``state`` by ``event`` to ``next``.

    ``time_s``: when it left, seconds since 1970-01-01 UTC; None where the record has no time. ``next``: a state's
    name, ``Ended``, or empty where the record does not say. ``type``: the widget type, empty where not recorded.
    ``parent``: the run-subflow state inside whose subflow it happened; empty in the flow itself. ``result``: what
    stood under ``widgets.STATE`` when the step was over; None where no context tells it.
    """

    state: str
    event: str
    next: str
    type: str = ""
    time_s: float | None = None
    parent: str = ""
    sid: str = ""
    result: Json | None = None

    @property
    def edge(self) -> tuple[str, str, str]:
        """``(state, event, next)``."""
        return self.state, self.event, self.next

    @property
    def is_reply(self) -> bool:
        """Whether the customer's answer ended this step."""
        return self.event in MESSAGE_EVENTS and self.type == WAIT

    @property
    def inbound(self) -> Json:
        """The customer's answer as the webhook passed it on; empty where no context tells it."""
        found = (self.result or {}).get("inbound")
        return found if isinstance(found, Mapping) else {}


@dataclass(frozen=True, slots=True)
class Walk:
    """One execution as it was recorded: the steps in the order in which they happened, and what contexts reveal.

    ``contact``: the customer's address (masked on import, by default). ``channel``: told by a context or by the
    address (``whatsapp:``, ``messenger:``, a phone number), else ``unknown``. ``status``: ``ended``, ``active``, or
    empty where not recorded. ``trigger`` and ``variables``: those groups of the context, empty where no context tells.
    ``notes``: what is odd about the record, in sentences: gaps, doubles, a beginning that is missing.
    """

    sid: str
    steps: tuple[WalkedStep, ...]
    contact: str = ""
    channel: str = UNKNOWN
    start_s: float | None = None
    status: str = ""
    initiated_by: str = ""
    flow_sid: str = ""
    trigger: Json = field(default_factory=dict)
    variables: Json = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    source: str = ""

    @property
    def own(self) -> tuple[WalkedStep, ...]:
        """The steps in the flow itself, without those inside its subflows."""
        return tuple(step for step in self.steps if not step.parent)

    @property
    def ended_at(self) -> str:
        """The state the record ends in, or leads to last; empty without steps."""
        last = self.own[-1] if self.own else None
        if last is None:
            return ""
        return last.state if last.next in (ENDED, "") else last.next

    @property
    def opening(self) -> Json:
        """The message or request that started it, as the trigger passes it on; empty where no context tells it."""
        for group in ("message", "conversation", "request"):
            found = self.trigger.get(group)
            if isinstance(found, Mapping):
                return found
        return {}

    def __repr__(self) -> str:
        return f"<Walk {self.sid} on {self.channel}: {len(self.steps)} steps to {self.ended_at!r}>"


def begins(step: WalkedStep) -> bool:
    """Whether a step is the first of an execution: that of a trigger.

    >>> begins(WalkedStep("Trigger", "incomingMessage", "ask")), begins(WalkedStep("ask", "incomingMessage", "bye"))
    (True, False)
    """
    if step.type:
        return step.type == "trigger"
    return step.state.lower() == "trigger"


def gaps(steps: Sequence[WalkedStep]) -> list[tuple[WalkedStep, WalkedStep]]:
    """Neighbours of which the second does not begin where the first led."""
    return [(a, b) for a, b in pairwise(steps) if a.next != b.state]


def are_walks(things: object) -> TypeGuard[Sequence[Walk]]:
    """Whether this is a list of walks, rather than of conversations."""
    return isinstance(things, Sequence) and bool(things) and all(isinstance(thing, Walk) for thing in things)
