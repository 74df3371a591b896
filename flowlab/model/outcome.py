"""How a conversation can end: a small closed set, defined in words, here and only here."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """The outcome of a conversation. Exactly one applies.

    Containment never stands alone: a table that shows CONTAINED shows the others beside it, and says where known
    whether the customer's need was resolved, because a customer who leaves without a word also "did not reach an
    agent".
    """

    CONTAINED = "contained"
    HANDED_OFF = "handed_off"
    ABANDONED = "abandoned"
    TIMED_OUT = "timed_out"
    DROPPED = "dropped"
    FAILED = "failed"
    NOT_STARTED = "not_started"
    OPEN = "open"


MEANING: dict[Outcome, str] = {
    Outcome.CONTAINED: "the flow came to its own end after the customer's last answer, and nobody was needed",
    Outcome.HANDED_OFF: "a task for an agent was created",
    Outcome.ABANDONED: "the customer stopped answering; the flow noticed (its timeout led somewhere) and ended",
    Outcome.TIMED_OUT: "the customer stopped answering and the timeout leads nowhere: the flow just stopped",
    Outcome.DROPPED: "the flow stopped without a word at an exit that leads nowhere",
    Outcome.FAILED: "the run could not go on: a platform limit, or a failure exit that leads nowhere",
    Outcome.NOT_STARTED: "the flow has no way in for this kind of start",
    Outcome.OPEN: "still waiting when the watching stopped",
}

#: Records of real conversations rarely tell these two apart; a replay that says one where the record says the
#: other has not diverged.
GONE_SILENT = frozenset({Outcome.ABANDONED, Outcome.TIMED_OUT})


def same_outcome(recorded: str, replayed: str) -> bool:
    """Whether a recorded and a replayed outcome agree.

    >>> same_outcome("abandoned", "timed_out"), same_outcome("contained", "handed_off")
    (True, False)
    """
    return recorded == replayed or {recorded, replayed} == GONE_SILENT
