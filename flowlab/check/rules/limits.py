"""Rules about the platform's documented sizes."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.literal import longest_literal
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity

_MAX_STATES = 1_000
_MAX_VALUE_BYTES = 16 * 1_024


@rule(
    "limit-states",
    Severity.ERROR,
    "The flow has more states than Studio takes",
    why="A definition may hold 1,000 states.",
    source="Twilio docs: Studio Flow and Widget JSON Schemas",
)
def states(subject: Subject) -> Iterator[Hit]:
    count = len(subject.flow)
    if count > _MAX_STATES:
        yield Hit(
            f"The flow has {count:,} states; Studio takes 1,000.",
            "Move parts of it into subflows.",
            path="#/states",
        )


@rule(
    "limit-value-size",
    Severity.ERROR,
    "A text is larger than Studio renders",
    why="A rendered value may be 16 KB at most. Judged by the fixed part alone.",
    source="Twilio docs: Using variables in Studio",
)
def value_size(subject: Subject) -> Iterator[Hit]:
    for state, path, text in subject.texts:
        # A character is at least one byte and at most four; short texts need no closer look.
        if len(text) * 4 > _MAX_VALUE_BYTES:
            size = len(longest_literal(text).encode(errors="replace"))
            if size > _MAX_VALUE_BYTES:
                yield Hit(
                    f"The fixed part of this text is {size:,} bytes; Studio renders {_MAX_VALUE_BYTES:,} at most.",
                    "Shorten it, or fetch it where it is needed.",
                    state.name,
                    path,
                )
