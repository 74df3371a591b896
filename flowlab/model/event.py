"""Event: one flat record of what happened in a run. Its columns are documented here and only here."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class EventKind(StrEnum):
    """What an event tells."""

    STARTED = "started"  #: a session began; ``event`` is the trigger event
    RECEIVED = (
        "received"  #: the customer wrote ``text``; ``event`` is the choice it stands for, ``detail`` how that is known
    )
    SENT = "sent"  #: the flow sent ``text``; ``detail`` is its price category, empty for free text
    SHOWN = "shown"  #: more than text: all the customer reads; ``value`` a :class:`~flowlab.model.shown.Shown` as JSON
    LOST = "lost"  #: a message did not arrive; ``value`` is the error code, ``detail`` says why
    KEYWORD = "keyword"  #: the platform took a word such as STOP itself; ``value`` its meaning, ``text`` its own answer
    DISTURBED = "disturbed"  #: a fault of the world; ``value`` is its kind, ``detail`` says what happened
    STEP = "step"  #: the run left ``state`` by ``event`` to ``transitioned_to``: one edge walked
    WAITING = "waiting"  #: the run waits in ``state`` for a reply; ``value`` is the timeout in seconds
    SET = "set"  #: a variable was set; ``detail`` its name, ``value`` what it now holds
    CALLED = "called"  #: the outside world answered; ``detail`` says which service, ``value`` its status
    UNANSWERED = "unanswered"  #: nothing was there to answer a call; ``detail`` says what to add
    SUBFLOW = "subflow"  #: a subflow began inside ``state``; ``detail`` says which, ``value`` the revision asked for
    CHOSEN = "chosen"  #: an opaque step took ``event``; ``detail`` says whether the user or a default chose it
    FAULT = "fault"  #: the flow's content is wrong here; ``detail`` says what. The run goes on
    HANDED_OFF = "handed_off"  #: a task was made; ``text`` is its attributes as JSON, ``value`` its priority
    EXPIRED = "expired"  #: the channel closed the conversation; ``value`` is the hours of silence, ``detail`` in words
    ENDED = "ended"  #: an execution ended; ``event`` is its :class:`~flowlab.model.outcome.Outcome`, ``detail`` why
    CONCLUDED = "concluded"  #: the last line: ``event`` is the outcome of the whole conversation, ``detail`` why


class Event(NamedTuple):
    """One line of the log. ``state -> event -> transitioned_to`` of the STEP lines is an edge walk.

    The names follow Twilio's Studio step log where it has one (``transitioned_to``; its ``name`` is our ``event``,
    its ``transitioned_from`` our ``state``, its ``type`` our ``step_type``), so that both logs join.

    ====================  =====  ======================================================================
    ``conversation_id``   str    which conversation
    ``seq``               int    0, 1, 2, ... within the conversation, never falling
    ``time_s``            float  simulated time, seconds since 1970-01-01 UTC
    ``channel``           str    channel name
    ``kind``              str    an :class:`EventKind` value
    ``state``             str    the state it happened in; empty before the first
    ``step_type``         str    that state's widget type
    ``event``             str    the exit taken, the trigger event, or the outcome
    ``transitioned_to``   str    the next state, or ``Ended``
    ``text``              str    what was said
    ``condition``         str    the condition that decided a split, in words
    ``value``             str    the value that was tested, set or answered
    ``detail``            str    the reason, in words
    ``units``             int    what a SENT or RECEIVED message is billed as: SMS segments, else messages; 0 otherwise
    ``parent``            str    the run-subflow state inside whose subflow it happened; empty in the flow itself
    ====================  =====  ======================================================================
    """

    conversation_id: str
    seq: int
    time_s: float
    channel: str
    kind: str
    state: str = ""
    step_type: str = ""
    event: str = ""
    transitioned_to: str = ""
    text: str = ""
    condition: str = ""
    value: str = ""
    detail: str = ""
    units: int = 0
    parent: str = ""

    @property
    def place(self) -> str:
        """Where in the flow itself it happened: what happens inside a subflow happens in the state that runs it.

        >>> Event("c1", 0, 0.0, "sms", "step", "ask", parent="collect").place
        'collect'
        """
        return self.parent or self.state


#: What Twilio's step log writes as ``transitioned_to`` when a run is over.
ENDED = "Ended"
