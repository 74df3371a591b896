"""What was said, by whom, when, on which channel, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from flowlab.errors import UsageError, did_you_mean


class Role(StrEnum):
    """Who wrote a message."""

    CUSTOMER = "customer"
    BOT = "bot"
    AGENT = "agent"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Message:
    """One message. ``role``: a :class:`Role` or its name. ``time_s``: seconds since 1970-01-01 UTC, None if unknown.

    ``media``: addresses or names of attached files; a media-only message has an empty ``text``. Raises UsageError for
    an unknown role.

    >>> Message("customer", "hi").role
    <Role.CUSTOMER: 'customer'>
    """

    role: Role | str
    text: str
    time_s: float | None = None
    media: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if isinstance(self.role, Role):
            return
        try:
            object.__setattr__(self, "role", Role(self.role))
        except ValueError:
            raise UsageError(f"there is no role {self.role!r}. {did_you_mean(str(self.role), list(Role))}") from None


@dataclass(frozen=True, slots=True)
class Conversation:
    """A recorded (or invented) conversation.

    ``outcome``: the recorded :class:`~flowlab.model.outcome.Outcome` value, None where unknown. ``resolved``: whether
    the customer's need was met, None where nobody knows. ``contact``: the customer's address on the channel.
    ``entry_point``: the number, inbox or button of ours they wrote to. ``context``: what was known before the first
    message (a web form, an app's screen). ``extra``: every other column of the record, untouched.
    """

    id: str
    channel: str
    messages: tuple[Message, ...]
    outcome: str | None = None
    resolved: bool | None = None
    contact: str = ""
    entry_point: str = ""
    context: Mapping[str, Any] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""

    @property
    def turns(self) -> tuple[Message, ...]:
        """The customer's messages, in order."""
        return tuple(m for m in self.messages if m.role is Role.CUSTOMER)

    @property
    def start_s(self) -> float | None:
        """Time of the first message, seconds since 1970-01-01 UTC; None where the record has no times."""
        return next((m.time_s for m in self.messages if m.time_s is not None), None)

    @property
    def duration_s(self) -> float | None:
        """Seconds from the first message to the last; None where the record has fewer than two times."""
        times = [m.time_s for m in self.messages if m.time_s is not None]
        return times[-1] - times[0] if len(times) > 1 else None
