"""Conditions and exits in few words, as people read them on an edge and in a sentence."""

from __future__ import annotations

from collections.abc import Mapping

from flowlab.model.flow import Condition, Transition

#: How each comparison of a split reads.
COMPARISONS: Mapping[str, str] = {
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


def short_condition(condition: Condition) -> str:
    """One comparison in few words.

    >>> short_condition(Condition("matches_any_of", "1,one")), short_condition(Condition("is_blank", "Is Blank"))
    ('= 1, one', 'blank')
    """
    value = condition.value
    if condition.type in ("matches_any_of", "does_not_match_any_of"):
        value = ", ".join(part.strip() for part in value.split(","))
    return COMPARISONS.get(condition.type, condition.type.replace("{", "{{").replace("}", "}}") + " {}").format(
        value or '""'
    )


def short_exit(transition: Transition) -> str:
    """The conditions of an exit in few words, else its event.

    >>> short_exit(Transition("match", "a", (Condition("less_than", "3"),))), short_exit(Transition("timeout"))
    ('< 3', 'timeout')
    """
    return " & ".join(map(short_condition, transition.conditions)) or transition.event
