"""Changes in sentences, as a designer would tell them to another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flowlab.check.diff.model import Change, ChangeKind
from flowlab.check.diff.values import ABSENT, Difference, text_of, written
from flowlab.check.diff.words import inline, shown
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.wording import short_exit

K = ChangeKind
#: Values and conditions are cut to this many characters in a sentence; the columns hold them whole.
LONGEST = 90
MOST_NAMED = 4


def short(text: str, room: int = LONGEST) -> str:
    """The beginning of a text on one line.

    >>> short("one\\ntwo " * 3, 12)
    'one two one…'
    """
    line = " ".join(text[: room * 4].split())
    return line if len(line) <= room else line[: room - 1].rstrip() + "…"


def _quoted(text: str) -> str:
    return f"'{text}'"


def added(state: State, flow: Flow) -> str:
    """A new state, what it says, and who leads to it."""
    said = f', "{short(state.text)}"' if state.text else ""
    leading = [(other.name, way) for other in flow.states for way in other.transitions if way.next == state.name]
    if not leading:
        how = "the flow starts here" if state.name == flow.initial_state else "nothing leads to it"
        return f"{_quoted(state.name)} is new ({state.type}{said}); {how}."
    named = [f"{_quoted(name)} ({short(short_exit(way), 40)})" for name, way in leading[:MOST_NAMED]]
    more = f" and {len(leading) - MOST_NAMED} more" if len(leading) > MOST_NAMED else ""
    return f"{_quoted(state.name)} is new ({state.type}{said}), reached from {', '.join(named)}{more}."


def removed(state: State) -> str:
    said = f', "{short(state.text)}"' if state.text else ""
    return f"{_quoted(state.name)} is gone ({state.type}{said})."


def renamed(old: str, new: str) -> str:
    return f"{_quoted(old)} is now called {_quoted(new)}."


def retyped(old: State, new: State) -> str:
    return f"{_quoted(new.name)} is now a {new.type} (was a {old.type})."


def initial(old: str, new: str) -> str:
    if not (old and new):
        return f"The flow starts at {_quoted(new)}." if new else f"The flow names no first state (was {_quoted(old)})."
    return f"The flow now starts at {_quoted(new)} (was {_quoted(old)})."


def setting(kind: ChangeKind, state: str, found: Difference) -> Change:
    """A property, a variable, a text, or a setting of the flow itself."""
    where = written(found.path)
    old, new = ("", "") if found.order else (text_of(found.old), text_of(found.new))
    who = _quoted(state) if state else "The flow"
    if found.order:
        sentence = f"{who} has the rows of {where} in another order."
    elif kind is K.VARIABLE:
        sentence = _variable(who, found)
    elif kind is K.TEXT and old and new:
        sentence = f"{who} now says: {inline(old, new)}"
    else:
        sentence = _property(who, where, found)
    return Change(kind, state, where, old, new, sentence)


def _property(who: str, where: str, found: Difference) -> str:
    if found.old is ABSENT:
        return f"{who}: {where} is new: {_row(found.new)}."
    if found.new is ABSENT:
        return f"{who}: {where} is gone (was {_row(found.old)})."
    if isinstance(found.old, str) and isinstance(found.new, str) and _is_long(found.old, found.new):
        return f"{who}: {where} now reads: {inline(found.old, found.new)}"
    return f"{who}: {where} is now {_value(found.new)} (was {_value(found.old)})."


def _is_long(old: str, new: str) -> bool:
    """Whether two texts are better read as one with its edit shown: long ones that have something in common."""
    has_common = any(piece.kept for piece in shown(old, new))
    return has_common and (min(len(old), len(new)) > 24 or "\n" in old + new)


def _variable(who: str, found: Difference) -> str:
    name = found.path[1].strip("[]") if len(found.path) > 1 else "its variables"
    part = f" ({found.path[-1]})" if len(found.path) > 2 and found.path[-1] != "value" else ""
    if found.old is ABSENT:
        return f"{who} also sets {name}{part} to {_row(found.new)}."
    if found.new is ABSENT:
        return f"{who} no longer sets {name}{part} (was {_row(found.old)})."
    return f"{who} sets {name}{part} to {_row(found.new)} (was {_row(found.old)})."


def _row(value: Any) -> str:
    """A row's value, where it has nothing else to it."""
    return _value(value["value"] if isinstance(value, dict) and [*value] == ["value"] else value)


def _value(value: Any) -> str:
    if isinstance(value, str):
        return f'"{short(value)}"'
    return short(text_of(value))


def _goal(target: str | None) -> str:
    return _quoted(target) if target is not None else ""


def _branch(way: Transition) -> str:
    return short(short_exit(way), 60)


def rewired(state: str, was: Transition, now: Transition) -> Change:
    """An exit that leads elsewhere, or on where it ended, or to an end where it led on."""
    if now.next is None:
        said = f"now ends the run (led to {_goal(was.next)})"
    elif was.next is None:
        said = f"now leads to {_goal(now.next)} (ended the run)"
    else:
        said = f"now leads to {_goal(now.next)} (was {_goal(was.next)})"
    where = _branch(now)
    return Change(K.REWIRED, state, where, was.next or "", now.next or "", f"{_quoted(state)}: {where} {said}.")


def condition(state: str, was: Transition, now: Transition) -> Change:
    old, new = _tests(was, now), _tests(now, was)
    goal = f"the way to {_goal(now.next)}" if now.next is not None else "the branch that ends the run"
    edited = inline(old, new) if _is_list(was) and _is_list(now) else f"{short(new)} (was {short(old)})"
    return Change(K.CONDITION, state, now.event, old, new, f"{_quoted(state)}: {goal} is now taken on {edited}")


def _is_list(way: Transition) -> bool:
    """Whether a branch names words or numbers, of which one can see at a glance which came and which went."""
    return all(c.type.endswith("any_of") for c in way.conditions)


def _tests(way: Transition, other: Transition) -> str:
    """The conditions in short; what they test only where that differs."""
    text = short_exit(way)
    tested, others = ([c.arguments for c in w.conditions] for w in (way, other))
    if tested == others:
        return text
    arguments = ", ".join(dict.fromkeys(argument for group in tested for argument in group))
    return f"{text} [of {arguments or 'its input'}]"


def caption(state: str, was: Transition, now: Transition) -> Change:
    old, new = (", ".join(c.label for c in way.conditions) for way in (was, now))
    sentence = f'{_quoted(state)}: the branch {_branch(now)} is captioned "{short(new)}" (was "{short(old)}").'
    return Change(K.PROPERTY, state, "friendly_name", old, new, sentence)


def branch_added(state: str, way: Transition, before: Transition | None) -> Change:
    """A new branch; ``before``: the one that is tried before it."""
    goal = f"leads to {_goal(way.next)}" if way.next is not None else "ends the run"
    place = f", tried after {_branch(before)}" if before else ""
    sentence = f"{_quoted(state)} has a new branch: {_branch(way)} {goal}{place}."
    return Change(K.BRANCH_ADDED, state, way.event, "", _arrow(way), sentence)


def branch_removed(state: str, way: Transition) -> Change:
    goal = f"led to {_goal(way.next)}" if way.next is not None else "ended the run"
    sentence = f"{_quoted(state)} no longer has the branch {_branch(way)}, which {goal}."
    return Change(K.BRANCH_REMOVED, state, way.event, _arrow(way), "", sentence)


def _arrow(way: Transition) -> str:
    return f"{short_exit(way)} -> {way.next or 'end'}"


def reordered(state: str, old: Sequence[Transition], new: Sequence[Transition]) -> Change:
    before, after = ("; ".join(map(short_exit, ways)) for ways in (old, new))
    sentence = f"{_quoted(state)} tries its branches in another order: {short(after)} (was {short(before)})."
    return Change(K.REORDERED, state, "match", before, after, sentence)


def other_exits(state: str, old: Sequence[str], new: Sequence[str]) -> Change:
    before, after = ", ".join(old), ", ".join(new)
    sentence = f"{_quoted(state)} lists its exits as {short(after) or 'none'} (was {short(before) or 'none'})."
    return Change(K.REORDERED, state, "transitions", before, after, sentence)


def moved(state: str, old: Any, new: Any) -> Change:
    was, now = _place(old), _place(new)
    sentence = f"{_quoted(state)} moved on the canvas, from {was or 'nowhere'} to {now or 'nowhere'}."
    return Change(K.MOVED, state, "offset", was, now, sentence)


def _place(offset: Any) -> str:
    if isinstance(offset, dict) and {"x", "y"} <= offset.keys():
        return f"{short(text_of(offset['x']))}, {short(text_of(offset['y']))}"
    return "" if offset is None else short(text_of(offset))
