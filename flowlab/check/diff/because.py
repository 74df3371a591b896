"""Which change of a flow made a conversation go another way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from flowlab.check.diff.model import Change, ChangeKind

K = ChangeKind
#: What may make a state say something else, be left another way, or prepare something else; the likeliest first.
_SAYS = (K.TEXT, K.PROPERTY, K.RETYPED)
_LEADS = (K.CONDITION, K.REORDERED, K.PROPERTY, K.RETYPED, K.BRANCH_ADDED, K.BRANCH_REMOVED, K.REWIRED)
_BEHIND = (K.VARIABLE, K.PROPERTY, K.RETYPED, K.REORDERED)


def because(changes: Sequence[Change], state: str, ways: tuple[str, str], behind: Iterable[str]) -> str:
    """The sentence of the change that explains why two runs part; empty where none can be told.

    ``state``: where they part, ``ways``: how the old and the new run left it (``event -> next``), or what they said
    there. ``behind``: states that did something else before.

    >>> gone = Change(K.REWIRED, "ask", "timeout", "bye", "agent", "'ask': timeout now leads to 'agent' (was 'bye').")
    >>> because([gone], "ask", ("timeout -> bye", "timeout -> agent"), [])
    "'ask': timeout now leads to 'agent' (was 'bye')."
    """
    mine = [change for change in changes if change.state == state]
    old, new = (way.rpartition(" -> ")[2] if " -> " in way else "" for way in ways)
    found = [change for change in mine if _leads_so(change, old, new)] or _of(mine, _LEADS if old or new else _SAYS)
    for earlier in () if found else behind:
        found = _of([change for change in changes if change.state == earlier], _BEHIND)
        if found:
            break
    if not found:
        found = [change for change in mine if change.kind is not K.MOVED] or _of(changes, (K.INITIAL,))
    return found[0].sentence if found else ""


def _leads_so(change: Change, old: str, new: str) -> bool:
    """Whether a change names just these two ways: the exit that led there, the branch that came or went."""
    if change.kind is K.REWIRED:
        return bool(old and new) and (change.old, change.new) == (_target(old), _target(new))
    if change.kind is K.BRANCH_ADDED:
        return bool(new) and change.new.endswith(f" -> {new}")
    return change.kind is K.BRANCH_REMOVED and bool(old) and change.old.endswith(f" -> {old}")


def _target(name: str) -> str:
    return "" if name == "Ended" else name


def _of(changes: Sequence[Change], kinds: Sequence[ChangeKind]) -> list[Change]:
    """The changes of these kinds, the likeliest first."""
    return sorted((c for c in changes if c.kind in kinds), key=lambda change: kinds.index(change.kind))
