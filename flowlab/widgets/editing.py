"""A flow being edited: each edit gives a new flow, says what it did, and can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from flowlab.errors import FlowError, UsageError, did_you_mean
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.kinds import KINDS, Family
from flowlab.model.wording import COMPARISONS
from flowlab.show.draw_chart import FARTHEST

Edit = Mapping[str, Any]
#: What a new state needs to be accepted and to do something, by widget type.
_BEGIN_WITH: Mapping[str, Mapping[str, Any]] = {
    "send-message": {"from": "{{flow.channel.address}}", "to": "{{contact.channel.address}}", "body": "New message"},
    "send-and-wait-for-reply": {"from": "{{flow.channel.address}}", "body": "New question?", "timeout": "3600"},
    "split-based-on": {"input": "{{trigger.message.Body}}"},
    "set-variables": {"variables": []},
    "make-http-request": {"method": "GET", "url": "https://example.com/"},
    "run-function": {"url": "https://example.com/function"},
    "run-subflow": {"flow_sid": "FW" + "0" * 32, "flow_revision": "LatestPublished"},
    "send-to-flex": {"workflow": "WW" + "0" * 32, "channel": "TC" + "0" * 32, "attributes": "{}"},
}
#: The kinds that the map offers to add, and what it calls them.
NEW_STATES = tuple((kind, f"{KINDS[kind].family}: {kind}") for kind in _BEGIN_WITH)


class Edited(NamedTuple):
    """What an edit made: the flow, what it did in words, and the state to look at next."""

    flow: Flow
    said: str
    look_at: str


class Editing:
    """The flow and its earlier and later versions.

    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage"),), {"body": "Name?"})
    >>> desk = Editing(Flow((ask,), "ask"))
    >>> desk.do({"do": "text", "state": "ask", "text": "Your name?"})
    'ask: new text'
    >>> desk.undo(); desk.flow["ask"].text
    'undone: ask: new text'
    'Name?'
    """

    def __init__(self, flow: Flow) -> None:
        self._versions = [Edited(flow, "", flow.initial_state)]
        self._at = 0
        self._look_at = flow.initial_state

    @property
    def flow(self) -> Flow:
        """The flow as it stands now."""
        return self._versions[self._at].flow

    @property
    def look_at(self) -> str:
        """The state that was last edited, or whose edit was last taken back."""
        return self._look_at

    @property
    def can_undo(self) -> bool:
        return self._at > 0

    @property
    def can_redo(self) -> bool:
        return self._at < len(self._versions) - 1

    def do(self, edit: Edit) -> str:
        """Make an edit: ``{"do": one of EDITS, "state": name, ...}``; says what it did.

        Raises FlowError for what cannot be done with this flow, UsageError for an edit that there is not.
        """
        act = EDITS.get(str(edit.get("do")))
        if act is None:
            raise UsageError(f"there is no edit {edit.get('do')!r}. {did_you_mean(str(edit.get('do')), list(EDITS))}")
        try:
            made = act(self.flow, edit)
        except KeyError as missing:
            raise UsageError(f"the edit {edit['do']!r} lacks {missing}") from None
        if made.flow != self.flow:
            self._versions[self._at + 1 :] = [made]
            self._at += 1
        self._look_at = made.look_at
        return made.said

    def undo(self) -> str:
        """Take the last edit back."""
        if not self.can_undo:
            return "nothing to undo"
        undone = self._versions[self._at]
        self._at -= 1
        self._look_at = undone.look_at if undone.look_at in self.flow.by_name else self._versions[self._at].look_at
        return f"undone: {undone.said}"

    def redo(self) -> str:
        """Make an edit again that was taken back."""
        if not self.can_redo:
            return "nothing to redo"
        self._at += 1
        self._look_at = self._versions[self._at].look_at
        return f"done again: {self._versions[self._at].said}"


def _text(flow: Flow, edit: Edit) -> Edited:
    name = edit["state"]
    return Edited(flow.with_text(name, edit["text"]), f"{name}: new text", name)


def _property(flow: Flow, edit: Edit) -> Edited:
    name, key, value = edit["state"], edit["key"], edit["value"]
    if edit.get("json"):
        try:
            value = json.loads(value)
        except ValueError as wrong:
            raise FlowError(
                f"state {name!r}, property {key!r}: no JSON ({wrong}). Write it as it was, or undo."
            ) from None
    return Edited(flow.with_properties(name, **{key: value}), f"{name}: new {key}", name)


def _rename(flow: Flow, edit: Edit) -> Edited:
    old, new = edit["state"], edit["to"].strip()
    return Edited(flow.rename(old, new), f"{old} is called {new} now, wherever it was named", new)


def _connect(flow: Flow, edit: Edit) -> Edited:
    name, to = edit["state"], edit["to"]
    made = _with_exit(flow, edit, lambda way: replace(way, next=to))
    if to is not None:
        made[to]  # raises where there is none
    return Edited(made, f"{name}: {_exit(flow, edit).label} leads to {to or 'the end'}", name)


def _condition(flow: Flow, edit: Edit) -> Edited:
    name, kind, value = edit["state"], edit["type"], edit["value"]
    if kind not in COMPARISONS:
        raise FlowError(f"state {name!r}: no comparison {kind!r}. {did_you_mean(kind, list(COMPARISONS))}")

    def changed(way: Transition) -> Transition:
        first, *rest = way.conditions or (_new_condition(flow[name]),)
        return replace(way, conditions=(replace(first, type=kind, value=value, label=_caption(kind, value)), *rest))

    made = _with_exit(flow, edit, changed)
    return Edited(made, f"{name}: {_exit(made, edit).label}", name)


def _add_branch(flow: Flow, edit: Edit) -> Edited:
    state = flow[edit["state"]]
    branch = Transition("match", None, (_new_condition(state),))
    return Edited(
        flow.with_state(replace(state, transitions=(*state.transitions, branch))),
        f"{state.name}: a branch more",
        state.name,
    )


def _drop_branch(flow: Flow, edit: Edit) -> Edited:
    state, gone = flow[edit["state"]], _exit(flow, edit)
    kept = tuple(way for way in state.transitions if way is not gone)
    return Edited(flow.with_state(replace(state, transitions=kept)), f"{state.name}: without {gone.label}", state.name)


def _add(flow: Flow, edit: Edit) -> Edited:
    kind, before = edit["type"], flow[edit["after"]]
    if kind not in _BEGIN_WITH:
        raise FlowError(f"the map adds no {kind!r}. {did_you_mean(kind, list(_BEGIN_WITH))}")
    name = _free_name(flow, kind)
    at, follows = _usual_exit(before)
    step = KINDS[kind]
    on = "noMatch" if step.family is Family.DECIDE else step.default_exit
    exits = tuple(Transition(event, follows if event == on else None) for event in step.exits if event != "match")
    made = flow.with_state(State(name, kind, exits, dict(_BEGIN_WITH[kind])))
    if at is None:
        return Edited(made, f"added {name}, which nothing leads to yet", name)
    made = _with_exit(made, {"state": before.name, "exit": at}, lambda way: replace(way, next=name))
    return Edited(made, f"added {name} after {before.name}", name)


def _delete(flow: Flow, edit: Edit) -> Edited:
    """A state with one way on is taken out of the line; else what led to it ends there."""
    name = edit["state"]
    onward = {way.next for way in flow[name].transitions if way.next not in (None, name)}
    on = onward.pop() if len(onward) == 1 else None
    into = f"what led to it leads to {on} now" if on else "what led to it ends there"
    return Edited(flow.without(name, rewire_to=on), f"deleted {name}; {into}", on or flow.initial_state)


def _move(flow: Flow, edit: Edit) -> Edited:
    """Another place on Studio's canvas, in its pixels. To Studio a place is two whole numbers."""
    name, x, y = flow[edit["state"]].name, edit["x"], edit["y"]
    if not all(isinstance(one, int | float) and abs(one) < FARTHEST for one in (x, y)):
        raise FlowError(f"state {name!r}: {x!r}, {y!r} is no place on the canvas, expected two numbers")
    made = flow.with_properties(name, offset={"x": round(x), "y": round(y)})
    return Edited(made, f"{name}: moved to {round(x)}, {round(y)} on Studio's canvas", name)


def _first(flow: Flow, edit: Edit) -> Edited:
    name = flow[edit["state"]].name
    return Edited(replace(flow, initial_state=name), f"the flow begins at {name}", name)


#: Every edit by name. Each reads what it needs of the edit, ``state`` first.
EDITS: Mapping[str, Callable[[Flow, Edit], Edited]] = {
    "text": _text,
    "property": _property,
    "rename": _rename,
    "connect": _connect,
    "condition": _condition,
    "add_branch": _add_branch,
    "drop_branch": _drop_branch,
    "add": _add,
    "delete": _delete,
    "first": _first,
    "move": _move,
}


def _exit(flow: Flow, edit: Edit) -> Transition:
    exits, at = flow[edit["state"]].transitions, edit["exit"]
    if not (isinstance(at, int) and 0 <= at < len(exits)):
        raise FlowError(f"state {edit['state']!r} has {len(exits)} exits: there is no exit {at!r}")
    return exits[at]


def _with_exit(flow: Flow, edit: Edit, change: Callable[[Transition], Transition]) -> Flow:
    state, old = flow[edit["state"]], _exit(flow, edit)
    return flow.with_state(replace(state, transitions=tuple(change(e) if e is old else e for e in state.transitions)))


def _usual_exit(state: State) -> tuple[int | None, str | None]:
    """The exit that a new state is put into: the usual one, else the first that is free, and where it leads now."""
    known = KINDS.get(state.type)
    usual = known.default_exit if known else ""
    order = sorted(enumerate(state.transitions), key=lambda one: (one[1].event != usual, one[1].next is not None))
    return (order[0][0], order[0][1].next) if order else (None, None)


def _new_condition(state: State) -> Condition:
    value = str(sum(way.event == "match" for way in state.transitions) + 1)
    tested = state.properties.get("input", "")
    return Condition("equal_to", value, (str(tested),), _caption("equal_to", value))


def _caption(kind: str, value: str) -> str:
    """As Studio's own canvas names a condition."""
    return f"If value {kind} {value}"


def _free_name(flow: Flow, kind: str) -> str:
    stem = KINDS[kind].family.replace(" ", "_")
    return next(name for n in range(1, len(flow) + 2) if (name := f"{stem}_{n}") not in flow.by_name)
