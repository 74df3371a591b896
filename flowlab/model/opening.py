"""What a check knows of opening hours: the calendars, and which steps ask them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowlab.model.hours import Hours


@dataclass(frozen=True, slots=True)
class Opening:
    """Calendars by name, and the names of the states whose answers (may) depend on one.

    ``any_request``: whether some make-http-request may get such an answer, by its address.
    """

    calendars: Mapping[str, Hours] = field(default_factory=dict)
    asked_by: frozenset[str] = frozenset()
    any_request: bool = False
