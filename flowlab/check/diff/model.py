"""What a diff is made of: changes, each of one kind, at one place, in one sentence."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class ChangeKind(StrEnum):
    """What happened to a flow from one version to the next."""

    ADDED = "added"  #: a state is new
    REMOVED = "removed"  #: a state is gone
    RENAMED = "renamed"  #: a state has another name; exits and texts that follow it are no changes of their own
    RETYPED = "retyped"  #: a state is another widget now
    TEXT = "text"  #: what the customer reads was edited
    VARIABLE = "variable"  #: a variable is set to something else, set newly, or set no more
    PROPERTY = "property"  #: anything else a widget is configured by
    BRANCH_ADDED = "branch added"  #: a split has one more branch
    BRANCH_REMOVED = "branch removed"  #: a split has one branch less
    CONDITION = "condition"  #: a branch is taken on another condition
    REORDERED = "reordered"  #: what comes first among branches (or rows, or exits) is another, and that can matter
    REWIRED = "rewired"  #: an exit leads elsewhere
    INITIAL = "initial"  #: the flow starts at another state
    FLOW = "flow"  #: the flow's description, flags or other settings
    MOVED = "moved"  #: a state stands elsewhere on the canvas, which decides nothing


class Change(NamedTuple):
    """One change.

    =============  =====  =================================================================================
    ``kind``       str    a :class:`ChangeKind` value
    ``state``      str    the state's name in the new version, in the old one where it is gone; "" for the flow
    ``where``      str    the property's path (``parameters[order].value``), the event or the branch; may be empty
    ``old``        str    what was there: a text as it is, a state's name, anything else as JSON; "" for nothing
    ``new``        str    what is there now
    ``sentence``   str    the change in words
    =============  =====  =================================================================================
    """

    kind: ChangeKind
    state: str
    where: str
    old: str
    new: str
    sentence: str
