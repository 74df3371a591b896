"""The line between a contact and an address of ours: whether it is open, and what goes wrong on it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, NamedTuple

from flowlab.model.channel import Channel
from flowlab.model.event import EventKind
from flowlab.run.error_codes import codes
from flowlab.run.faults import INBOUND, OUTBOUND, Faults, check_kind
from flowlab.run.keywords import ANSWERS, OPTED_OUT, START, STOP, meaning

if TYPE_CHECKING:
    from flowlab.run.step import View

KEYWORD, DISTURBED, LOST = EventKind.KEYWORD.value, EventKind.DISTURBED.value, EventKind.LOST.value
CALM = Faults()
#: Seconds until the platform hears that a message was not delivered. No figure was found (M).
TOLD_AFTER_S = 5.0


class Message(NamedTuple):
    """What a customer writes."""

    text: str
    media: tuple[str, ...] = ()


class Arrivals(NamedTuple):
    """What comes of a customer's message: ``messages`` in their order after ``delay_s``, ``told`` kind and words."""

    messages: list[Message]
    delay_s: float
    told: list[tuple[str, str]]


class Line:
    """What lasts between a contact and an address of ours, over executions and sessions.

    ``rough``: whether anything may differ from a line without faults and opt-out. ``lost``: whether the last message
    was, on a channel that says so. ``blocked``: every message from now on is lost. ``owed_s``: by how much the customer
    will answer later, having read late.
    """

    __slots__ = (
        "blocked",
        "faults",
        "heard",
        "held",
        "lost",
        "name",
        "opted_out",
        "owed_s",
        "planned",
        "rough",
        "sent",
    )

    def __init__(self, name: str, faults: Faults = CALM) -> None:
        self.name, self.faults = name, faults
        self.opted_out = self.lost = self.blocked = False
        self.rough = faults.any
        self.planned: tuple[str, ...] = ()
        self.held: tuple[Message, ...] = ()
        self.heard = self.sent = 0
        self.owed_s = 0.0

    def fork(self) -> Line:
        """A copy that goes its own way."""
        return copy.copy(self)

    def plan(self, kind: str) -> None:
        """Let a fault befall the next message in its direction. Raises UsageError for an unknown kind."""
        check_kind(kind)
        self.planned += (kind,)
        self.rough = True

    def take(self, means: str) -> None:
        """The platform takes a keyword: an opt-out closes the line, an opt-in opens it."""
        if means in (STOP, START):
            self.opted_out = means == STOP
            self.rough = self.rough or self.opted_out

    def hear(self, view: View, text: str) -> None:
        """A message of the customer has arrived: the platform looks at it first."""
        self.lost = False
        means = meaning(text, view.channel, self.opted_out)
        if means:
            self.take(means)
            view.tell(KEYWORD, ANSWERS[means], means, "answered by the platform; the flow gets the message too")
            view.said.append(ANSWERS[means])
        self.rough = self.opted_out or self.blocked or bool(self.planned or self.held or self.owed_s) or self.faults.any

    def refuses(self, view: View, media: str) -> tuple[str, str]:
        """Why the platform does not send now: error code and reason; both empty where it does."""
        if not self.rough:
            return "", ""
        if self.opted_out:
            return OPTED_OUT, f"refused: the customer opted out (error {OPTED_OUT})"
        self.lost = False
        kinds = self._befall(OUTBOUND, view.parent or view.state)
        for kind in ("rate_limited", "media_refused"):
            if kind in kinds and (media or kind != "media_refused"):
                view.tell(DISTURBED, "", kind, OUTBOUND[kind])
                code, why = self._code(kind, view.channel)
                return code, f"{why} (error {code})" if code else why
        self.planned += tuple(f"now {kind}" for kind in kinds if kind in ("lost", "late", "blocked"))
        return "", ""

    def carry(self, view: View, text: str) -> None:
        """A message was sent: does it arrive, and when?"""
        kinds = [kind.removeprefix("now ") for kind in self.planned if kind.startswith("now ")]
        self.planned = tuple(kind for kind in self.planned if not kind.startswith("now "))
        self.blocked = self.blocked or "blocked" in kinds
        if self.blocked:
            kinds.append("blocked")
        if "late" in kinds:
            late = round(2 * self.faults.late_s * self.faults.chance(self.name, self.sent, "late_s"), 3)
            self.owed_s += late
            view.tell(DISTURBED, "", "late", f"{OUTBOUND['late']}, after {late:g} s")
        for kind in ("blocked", "lost"):
            if kind in kinds:
                code, why = self._code(kind, view.channel)
                view.tell(LOST, text, code, why)
                view.said.pop()
                self.lost = "undelivered" in view.channel.value("delivery_signal", ())
                return

    def arrive(self, message: Message, state: str, channel: Channel) -> Arrivals:
        """What comes of a message that the customer writes now."""
        kinds = self._befall(INBOUND, state)
        told = [(kind, f"the customer's message {INBOUND[kind]}") for kind in kinds if kind not in ("long", "edited")]
        earlier, self.held = self.held, ()
        if "missed" in kinds:
            return Arrivals(list(earlier), self._take_owed(), told)
        if "media_dropped" in kinds:
            message = Message(message.text)
        messages = [message]
        if "long" in kinds:
            messages = _long(message, int(channel.value("max_text_chars") or 2_000), _by_carrier(channel))
            told.append(("long", f"{INBOUND['long']}: {'comes in parts' if len(messages) > 1 else 'cut at the limit'}"))
        if "duplicate" in kinds:
            messages = [each for each in messages for _ in range(2)]
        if "edited" in kinds:
            told.append(("edited", f"{INBOUND['edited']}; {_edit(channel)}"))
            messages += [Message(f"Edited to “{message.text}”")] if _by_carrier(channel) else []
        delay = self._take_owed()
        if "slow" in kinds:
            delay += round(2 * self.faults.slow_s * self.faults.chance(self.name, self.heard, "slow_s"), 3)
        if "swapped" in kinds:
            self.held = tuple(messages)
            return Arrivals(list(earlier), delay, told)
        return Arrivals(messages + list(earlier), delay, told)

    def _befall(self, direction: dict[str, str], state: str) -> list[str]:
        if direction is OUTBOUND:
            number = self.sent = self.sent + 1
        else:
            number = self.heard = self.heard + 1
        planned = [kind for kind in self.planned if kind in direction]
        self.planned = tuple(kind for kind in self.planned if kind not in direction)
        chance = self.faults.happen(direction, self.name, number, state) if self.faults.any else []
        return [kind for kind in direction if kind in planned or kind in chance]

    def _take_owed(self) -> float:
        owed, self.owed_s = self.owed_s, 0.0
        return owed

    def _code(self, kind: str, channel: Channel) -> tuple[str, str]:
        """The error code of a fault and what it means; without a code where the channel has none."""
        known = codes(str(channel.value("carried_by", "")), kind)
        if not known:
            return "", OUTBOUND[kind]
        found = known[int(self.faults.chance(self.name, self.sent, "code") * len(known))]
        return found.code, found.means


def _by_carrier(channel: Channel) -> bool:
    return bool(channel.value("carried_by") == "carrier")


def _long(message: Message, limit: int, in_parts: bool) -> list[Message]:
    """The message made longer than the channel takes: SMS come in parts, elsewhere the rest is cut (M)."""
    text = (message.text or "and") + " and so on" * (limit // 10 + 1)
    parts = [text[at : at + limit] for at in range(0, len(text), limit)]
    return [
        Message(part, () if number else message.media) for number, part in enumerate(parts if in_parts else parts[:1])
    ]


def _edit(channel: Channel) -> str:
    return "it comes as a new message" if _by_carrier(channel) else "the platform passes no edit on"
