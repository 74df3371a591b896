"""Timeouts of states: a text that should be a number of seconds within bounds."""

from __future__ import annotations

from functools import lru_cache

from flowlab.model.event import EventKind
from flowlab.run.step import View

FAULT = EventKind.FAULT.value


def seconds(view: View, text: str, *, default: float, low: float, high: float) -> float:
    """The seconds a rendered timeout means; the default where it is blank, and with a FAULT event where it is none."""
    found = _number(text) if text else default
    if found is None or not low <= found <= high:
        bounds = f"from {low:,.0f} to {high:,.0f}" if high < float("inf") else "above 0"
        view.tell(FAULT, detail=f"timeout {text!r} is no number of seconds {bounds}; waiting {default:,.0f} s")
        return default
    return found


@lru_cache(maxsize=256)
def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None
