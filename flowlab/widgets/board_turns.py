"""A turn as the page of the channel board shows it, and as it is written there anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flowlab.errors import UsageError
from flowlab.run.turns import Turn

#: So much of a turn stands in its row; in the field in which it is edited, all of it.
_MOST_CHARS = 160


def told_of(turn: Turn) -> dict[str, Any]:
    """A turn as the page shows and edits it."""
    kind = next(act for act in ("say", "pick", "wait_s", "jump", "fault") if getattr(turn, act) is not None)
    return {"kind": kind, "value": str(getattr(turn, kind)), "words": turn.words[:_MOST_CHARS]}


def rewritten(turn: Turn, text: str) -> Turn:
    """A turn of the same kind with what the page has written. Raises UsageError for what is no number of seconds."""
    if not text.strip():
        raise UsageError("there is nothing in it; ✕ takes a turn out")
    if turn.say is not None:
        return replace(turn, say=text)
    if turn.pick is not None:
        return replace(turn, pick=text.strip())
    if turn.jump is not None:
        return replace(turn, jump=text.strip())
    if turn.fault is not None:
        return replace(turn, fault=text.strip())
    try:
        return replace(turn, wait_s=float(text))
    except ValueError:
        raise UsageError(f"silence is a number of seconds, not {text!r:.40}") from None
