"""How flowlab reads what Twilio's documentation leaves open: one switch a question, here and only here.

Each default is the reading that published flows and workflows support best; ``docs/fidelity.md`` gives the reasons. Who
knows better from a real account flips the switch and everything follows: ``readings`` in a services or workspace file.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Readings:
    """The open questions, each with the answer in force.

    Studio:

    - ``any_of_trims_items``: items of ``matches_any_of`` lose the blanks around them
    - ``thousands_are_numbers``: ``less_than`` and ``greater_than`` read ``1,000`` as a number
    - ``lists_as_json``: a list or map written into a text without ``to_json`` is JSON (else as Liquid joins it)
    - ``conversation_reply_is_inbound``: a reply on Conversations also lands under ``widgets.NAME.inbound``
    - ``loop_of_two_counts_in_a_row``: a loop of several widgets counts for the limit of 10 visits in a row

    TaskRouter:

    - ``and_binds_tighter``: ``AND`` before ``OR``, else left to right
    - ``null_differs``: a missing attribute is ``!=`` any value
    - ``null_is_empty``: a missing attribute is ``== ''``
    - ``zero_is_highest_priority``: as one sentence on the *Send to Flex* page says
    - ``worker_capacity``: tasks at a time on a channel for which the workspace says nothing
    """

    any_of_trims_items: bool = True
    thousands_are_numbers: bool = False
    lists_as_json: bool = True
    conversation_reply_is_inbound: bool = True
    loop_of_two_counts_in_a_row: bool = False
    and_binds_tighter: bool = True
    null_differs: bool = True
    null_is_empty: bool = False
    zero_is_highest_priority: bool = False
    worker_capacity: int = 1


READINGS = Readings()
