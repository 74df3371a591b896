"""Where a replay and its record part ways."""

from __future__ import annotations

from typing import NamedTuple


class Divergence(NamedTuple):
    """One difference between what was recorded and what the flow now does.

    ``turn``: 0 for what answers the customer's first message (for the opening lines, where the business spoke first),
    and so on. ``what``: ``changed line`` (the bot says something else), ``missing line`` (recorded, no longer said),
    ``new line`` (said, not recorded) or ``outcome``. ``state``, ``condition`` and ``value`` name the last decision
    before it: the state that decided, the condition that held (or ``no match``), and the value that was tested.
    """

    conversation_id: str
    channel: str
    turn: int
    time_s: float
    what: str
    recorded: str
    replayed: str
    state: str
    condition: str
    value: str
