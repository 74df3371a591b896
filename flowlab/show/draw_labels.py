"""What to write on the edges and exits of a flow: little, and short."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowlab.model.flow import Condition, Transition
from flowlab.show.draw_text import clean, shorten, text_width
from flowlab.show.layout_rows import Size

LABEL_SIZE = 10.0
LABEL_LINE = 13.0
LABEL_ROOM = 160.0  #: about 28 characters
LABEL_PADDING: Size = (10.0, 4.0)
MOST_LINES = 2

#: How each comparison of a split reads on an edge.
_COMPARISONS: Mapping[str, str] = {
    "equal_to": "= {}",
    "not_equal_to": "≠ {}",
    "matches_any_of": "= {}",
    "does_not_match_any_of": "≠ {}",
    "contains": "contains {}",
    "does_not_contain": "lacks {}",
    "starts_with": "starts {}",
    "does_not_start_with": "starts not {}",
    "is_blank": "blank",
    "is_not_blank": "not blank",
    "regex": "~ {}",
    "less_than": "< {}",
    "greater_than": "> {}",
    "is_before_time": "before {}",
    "is_after_time": "after {}",
    "is_before_date": "before {}",
    "is_after_date": "after {}",
}


def exit_label(transition: Transition) -> str:
    """The condition of an exit in short, else its event.

    >>> exit_label(Transition("match", "a", (Condition("matches_any_of", "1,one"),)))
    '= 1, one'
    >>> exit_label(Transition("timeout", "a"))
    'timeout'
    """
    return clean(" & ".join(map(_condition, transition.conditions))) or clean(transition.event) or "(unnamed)"


def _condition(condition: Condition) -> str:
    value = condition.value
    if condition.type in ("matches_any_of", "does_not_match_any_of"):
        value = ", ".join(part.strip() for part in value.split(","))
    return _COMPARISONS.get(condition.type, clean(condition.type) + " {}").format(value or '""')


def condition_label(words: str) -> str:
    """Conditions in words, as graphs have them, in short where they are comparisons of a split.

    >>> condition_label("matches_any_of 1,one and is_not_blank"), condition_label('language == "pt"')
    ('= 1, one & not blank', 'language == "pt"')
    """
    parts: list[str] = []
    for part in words.split(" and "):
        if parts and part.partition(" ")[0] not in _COMPARISONS:
            parts[-1] += f" and {part}"
        else:
            parts.append(part)
    split = [part.partition(" ") for part in parts]
    if any(kind not in _COMPARISONS for kind, _, _ in split):
        return clean(words)
    return clean(" & ".join(_condition(Condition(kind, value)) for kind, _, value in split))


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
