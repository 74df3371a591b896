"""How flowlab reads what Twilio's documentation leaves open: one switch a question, here and only here.

Each default is the reading that published flows and workflows support best; ``docs/fidelity.md`` gives the reasons. Who
knows better from a real account flips the switch and everything follows: ``readings`` in a services or workspace file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from flowlab.text.checked import YES_NO, Entries, whole


@dataclass(frozen=True, slots=True)
class Readings:
    """The open questions, each with the answer in force.

    Studio:

    - ``first_match_wins``: of several branches that hold the first in the flow's order is taken, else the last
    - ``any_of_trims_items``: items of ``matches_any_of`` lose the blanks around them
    - ``thousands_are_numbers``: ``less_than`` and ``greater_than`` read ``1,000`` as a number
    - ``lists_as_json``: a list or map written into a text without ``to_json`` is JSON (else as Liquid joins it)
    - ``conversation_reply_is_inbound``: a reply on Conversations also lands under ``widgets.NAME.inbound``
    - ``broken_template_ends_run``: a template that cannot be rendered fails the run (else its text is empty)
    - ``loop_of_two_counts_in_a_row``: a loop of several widgets counts for the limit of 10 visits in a row, until a
      widget comes that the run has not been to
    - ``choices_adapt``: what a channel cannot show as written is shown another way that it can (buttons as a list or as
      numbered text, media as a link), as one's own adapter would do it; else it is refused, as Twilio does
    - ``keywords_reach_flow``: STOP, START and HELP, which the platform answers, go on to the flow too
    - ``subflow_gives_simple_values``: lists and maps that a subflow set do not come back to the flow that ran it

    TaskRouter:

    - ``and_binds_tighter``: ``AND`` before ``OR``, else left to right
    - ``null_differs``: a missing attribute is ``!=`` any value
    - ``null_is_empty``: a missing attribute is ``== ''``
    - ``zero_is_highest_priority``: as one sentence on the *Send to Flex* page says
    - ``worker_capacity``: tasks at a time on a channel for which the workspace says nothing
    """

    first_match_wins: bool = True
    any_of_trims_items: bool = True
    thousands_are_numbers: bool = False
    lists_as_json: bool = True
    conversation_reply_is_inbound: bool = True
    broken_template_ends_run: bool = False
    loop_of_two_counts_in_a_row: bool = False
    subflow_gives_simple_values: bool = True
    choices_adapt: bool = True
    keywords_reach_flow: bool = True
    and_binds_tighter: bool = True
    null_differs: bool = True
    null_is_empty: bool = False
    zero_is_highest_priority: bool = False
    worker_capacity: int = 1


READINGS = Readings()


def read_readings(entry: Mapping[str, Any], reader: Entries) -> Readings:
    """The readings that stand under ``readings`` in a services or workspace file; what is wrong goes to the reader.

    >>> from flowlab.text.located_yaml import Located
    >>> read_readings({"readings": {"any_of_trims_items": False}}, Entries(Located("x"))).any_of_trims_items
    False
    """
    checks = {each.name: YES_NO if isinstance(each.default, bool) else whole(1, 10_000) for each in fields(Readings)}
    chosen = reader.entry(reader.mapping(entry, (), "readings"), ("readings",), tuple(checks))
    return replace(READINGS, **reader.values(chosen, ("readings",), checks))
