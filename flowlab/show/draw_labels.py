"""What to write on the edges and exits of a flow: little, and short."""

from __future__ import annotations

from collections.abc import Sequence

from flowlab.model.flow import Condition, Transition
from flowlab.model.wording import COMPARISONS, short_condition, short_exit
from flowlab.show.draw_text import clean, shorten, text_width
from flowlab.show.layout_rows import Size

LABEL_SIZE = 10.0
LABEL_LINE = 13.0
LABEL_ROOM = 160.0  #: about 28 characters
LABEL_PADDING: Size = (10.0, 4.0)
MOST_LINES = 2


def exit_label(transition: Transition) -> str:
    """The condition of an exit in short, else its event.

    >>> exit_label(Transition("match", "a", (Condition("matches_any_of", "1,one"),)))
    '= 1, one'
    >>> exit_label(Transition("timeout", "a"))
    'timeout'
    """
    return clean(short_exit(transition)) or "(unnamed)"


def condition_label(words: str) -> str:
    """Conditions in words, as graphs have them, in short where they are comparisons of a split.

    >>> condition_label("matches_any_of 1,one and is_not_blank"), condition_label('language == "pt"')
    ('= 1, one & not blank', 'language == "pt"')
    """
    parts: list[str] = []
    for part in words.split(" and "):
        if parts and part.partition(" ")[0] not in COMPARISONS:
            parts[-1] += f" and {part}"
        else:
            parts.append(part)
    split = [part.partition(" ") for part in parts]
    if any(kind not in COMPARISONS for kind, _, _ in split):
        return clean(words)
    return clean(" & ".join(short_condition(Condition(kind, value)) for kind, _, value in split))


def packed(labels: Sequence[str]) -> tuple[str, ...]:
    """As many labels as fit into two lines, then how many more there are.

    >>> packed(["timeout", "deliveryFailure"]), packed(["= the first one of them all"] * 5)[-1]
    (('timeout, deliveryFailure',), '+3 more')
    """
    lines: list[str] = []
    for done, label in enumerate(labels):
        joined = f"{lines[-1]}, {label}" if lines else label
        if lines and text_width(joined, LABEL_SIZE) <= LABEL_ROOM:
            lines[-1] = joined
        elif len(lines) < MOST_LINES:
            lines.append(shorten(label, LABEL_ROOM, LABEL_SIZE))
        else:
            return (*lines, f"+{len(labels) - done} more")
    return tuple(lines)


def label_size(lines: Sequence[str]) -> Size:
    """Width and height of a label, in pixels."""
    width = max(text_width(line, LABEL_SIZE) for line in lines)
    return width + LABEL_PADDING[0], len(lines) * LABEL_LINE + LABEL_PADDING[1]
