"""What a customer does, turn by turn, the same on every channel: write, choose, send a picture, or keep silent."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flowlab.errors import FlowlabError, UsageError, did_you_mean
from flowlab.model.shown import Shape, Shown
from flowlab.run.answer import place_of_choice
from flowlab.run.session import DEFAULT_REPLY_S, Session


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing the customer does, or that befalls them. One of ``say``, ``pick``, ``wait_s``, ``jump`` and ``fault``
    is given.

    ``pick``: a choice of the last message by label, id or number (from 1): a tap where the channel has buttons, else
    its number is written. ``wait_s``: seconds of silence; ``jump``: silence until a moment ("tomorrow 09:05").
    ``fault``: what befalls the next message in its direction (:data:`flowlab.run.faults.KINDS`).
    ``after_s``: how long the answer takes; None takes the channel's usual delay. ``media``: addresses of pictures.
    """

    say: str | None = None
    pick: str | int | None = None
    wait_s: float | None = None
    jump: str | None = None
    fault: str | None = None
    after_s: float | None = None
    media: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What is done, in a few words."""
        if self.say is not None:
            return f"“{self.say}”" + (f" and {len(self.media)} file(s)" if self.media else "")
        if self.pick is not None:
            return f"picks {self.pick}"
        if self.fault is not None:
            return f"next message: {self.fault.replace('_', ' ')}"
        return f"silent for {self.wait_s:g} s" if self.wait_s is not None else f"silent until {self.jump}"


_ACTS = ("say", "pick", "wait_s", "jump", "fault")
#: What each field takes, in words and as types.
_FIELDS: dict[str, tuple[str, tuple[type, ...]]] = {
    "say": ("a text", (str,)),
    "pick": ("a label, an id or a number from 1", (str, int)),
    "wait_s": ("a number of seconds", (int, float)),
    "jump": ("a moment such as 'tomorrow 09:05'", (str,)),
    "fault": ("a fault such as 'lost'", (str,)),
    "after_s": ("a number of seconds", (int, float)),
    "media": ("an address or a list of them", (str, list, tuple)),
}


@dataclass
class Played:
    """A session after the turns; ``ends``: how many events there were after each turn.

    ``undone``: which turns could not be done, and why not.
    """

    session: Session
    ends: list[int] = field(default_factory=list)
    undone: dict[int, str] = field(default_factory=dict)


def read_turns(turns: Sequence[str | Mapping[str, Any] | Turn]) -> list[Turn]:
    """Turns as people write them: a text is said; a mapping has the fields of :class:`Turn`.

    Raises UsageError for anything else, and where there is no turn.

    >>> read_turns(["hi", {"pick": 2, "after_s": 5}])[1].words
    'picks 2'
    """
    if isinstance(turns, str):
        raise UsageError("turns are a list, such as ['hi', '2']; this is one text")
    made = [_turn(turn) for turn in turns]
    if not made:
        raise UsageError("there is no turn: say at least what the customer writes first, such as ['hi']")
    return made


def _turn(turn: object) -> Turn:
    if isinstance(turn, Turn):
        return turn
    if isinstance(turn, str):
        return Turn(say=turn)
    if not isinstance(turn, Mapping):
        raise UsageError(f"a turn is a text or a mapping such as {{'pick': 2}}, not {turn!r:.80}")
    known = list(Turn.__dataclass_fields__)
    for key in turn:
        if key not in known:
            raise UsageError(f"a turn has no {key!r}. {did_you_mean(str(key), known)}")
    for key, value in turn.items():
        wanted, kinds = _FIELDS[key]
        if value is not None and (isinstance(value, bool) or not isinstance(value, kinds)):
            raise UsageError(f"{key} of a turn is {wanted}, not {value!r:.80}")
    made = Turn(**{**turn, "media": _addresses(turn.get("media"))})
    if sum(getattr(made, act) is not None for act in _ACTS) != 1:
        raise UsageError(f"a turn does one thing: one of {', '.join(_ACTS)}; this one is {dict(turn)!r:.120}")
    return made


def _addresses(media: str | Sequence[str] | None) -> tuple[str, ...]:
    found = (media,) if isinstance(media, str) else tuple(media or ())
    if not all(isinstance(one, str) for one in found):
        raise UsageError(f"media of a turn are addresses such as 'https://example.com/a.png', not {media!r:.80}")
    return found


def known_on(column: str, context: Mapping[str, Any] | None, columns: Collection[str]) -> Mapping[str, Any]:
    """What is known before on one of the columns: of a mapping by column its part, else all of it.

    Raises UsageError for what is no mapping, and where some keys are columns and some are not.

    >>> known_on("sms", {"sms": {"name": "Ana"}}, ["sms", "line"]), known_on("sms", {"cart": {"n": 2}}, ["sms"])
    ({'name': 'Ana'}, {'cart': {'n': 2}})
    """
    if not isinstance(context, Mapping | None):
        raise UsageError(f"context is a mapping such as {{'name': 'Ana'}}, not {context!r:.80}")
    whole = context or {}
    ours = [key for key, value in whole.items() if key in columns and isinstance(value, Mapping)]
    other = next((key for key in whole if key not in ours), None)
    if ours and other is not None:
        raise UsageError(f"context is by channel ({', '.join(ours)}) or for all, not both: {other!r} is of no channel")
    part: Mapping[str, Any] = whole.get(column, {}) if ours else whole
    return part


def play(session: Session, turns: Sequence[Turn], context: Mapping[str, Any] | None = None, event: str = "") -> Played:
    """Let the customer of a session do all turns that can be done; the first one starts it.

    ``event``: ``incomingRequest`` where the business writes first; then the first turn is an answer. ``context``: what
    is known before.
    """
    if event:
        session.start(event=event, context=context)
    played = Played(session)
    for number, turn in enumerate(turns):
        played.session, why_not = try_turn(played.session, turn, context)
        played.ends.append(len(played.session.events))
        if why_not:
            played.undone[number] = why_not
    return played


def try_turn(session: Session, turn: Turn, context: Mapping[str, Any] | None = None) -> tuple[Session, str]:
    """The session after a turn, beside the given one; where it cannot be done the given one, and why not.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage"),), {"body": "Your name?"})
    >>> session = Session(Flow((ask,), "ask"))
    >>> try_turn(session, Turn(pick=2))[1][:34], try_turn(session, Turn("hi"))[0].state, session.state
    ('the first turn begins the talk, so', 'ask', '')
    """
    if not session.events and turn.say is None and turn.fault is None:
        return session, (
            f"the first turn begins the talk, so it says something; this one: {turn.words}. "
            "Where the business writes first, give event='incomingRequest'"
        )
    after = session.fork()
    try:
        take_turn(after, turn, context)
    except FlowlabError as trouble:
        return session, str(trouble)
    return after, ""


def take_turn(session: Session, turn: Turn, context: Mapping[str, Any] | None = None) -> list[str]:
    """Let the customer of a session do one thing; what is said first starts it, with what is known before.

    Gives what the flow says in answer. Raises UsageError for a choice that there is not, a moment that is past, and an
    unknown fault.
    """
    if turn.fault is not None:
        session.inject(turn.fault)
        return []
    if turn.wait_s is not None:
        return session.wait(turn.wait_s)
    if turn.jump is not None:
        return session.jump(turn.jump)
    if turn.pick is not None:
        return _pick(session, turn.pick, delay_s(session, turn))
    if session.execution is None:
        return session.start(turn.say or "", media=turn.media, context=context)
    return session.say(turn.say or "", media=turn.media, after_s=delay_s(session, turn))


def _pick(session: Session, what: str | int, after_s: float) -> list[str]:
    shown = session.shown
    if shown is None or shown.shape is Shape.NUMBERED:
        return session.say(as_typed(what, shown), after_s=after_s)
    return session.tap(what, after_s=after_s)


def as_typed(what: str | int, shown: Shown | None) -> str:
    """What the customer types to pick something where there are no buttons: the number, where one is shown."""
    return str(place_of_choice(what, shown) + 1) if shown is not None else str(what)


def delay_s(session: Session, turn: Turn) -> float:
    """How long the customer takes: as told, else what is usual on the channel."""
    if turn.after_s is not None:
        return turn.after_s
    return float(session.channel.value("reply_delay_median_s", DEFAULT_REPLY_S))
