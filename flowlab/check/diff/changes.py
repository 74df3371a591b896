"""Two versions of a flow compared by meaning: what was added, removed, renamed, reworded, rewired.

The order of states, of keys in JSON, and captions that follow their condition are noise. An empty diff says that both
versions do the same with every customer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from flowlab.check.diff import say
from flowlab.check.diff.exits import NOTHING_RENAMED, Renamed, Twin, moved_branches, plain_exits, renamed, tests, twins
from flowlab.check.diff.match import Pairing, pair_states
from flowlab.check.diff.model import Change, ChangeKind
from flowlab.check.diff.values import Difference, differences
from flowlab.errors import UsageError
from flowlab.model.flow import Flow, State, Transition
from flowlab.model.kinds import KINDS

K = ChangeKind
_STATE_KEYS = ("name", "type", "transitions", "properties")
_EXIT_KEYS = ("event", "next", "conditions", "uuid")
_FLOW_KEYS = ("states", "initial_state", "description")
_CONDITION_KEYS = ("type", "value", "arguments", "friendly_name")
#: What people read: the text of a message, of a question, of a voice prompt.
_SAID = ("body", "say")
_CALLS = ("make-http-request", "run-function")


def diff_flows(old: Flow, new: Flow) -> list[Change]:
    """What changed from ``old`` to ``new``: the flow itself first, then state by state in the order of ``new``, what is
    gone last. A move on the canvas stands with its state.

    Raises UsageError for what is no flow.

    >>> from dataclasses import replace
    >>> ask = State("ask", "send-message", (), {"body": "Your name?"})
    >>> name = replace(ask, name="name", properties={"body": "Your first name?"})
    >>> for change in diff_flows(Flow((ask,), "ask"), Flow((name,), "name")):
    ...     print(change.kind, "|", change.sentence)
    renamed | 'ask' is now called 'name'.
    text | 'name' now says: Your {+first +}name?
    """
    must_be_flows(old, new)
    return changes(old, new, pair_states(old, new))


def must_be_flows(*things: object) -> None:
    """Raises UsageError for what is no flow."""
    for thing in things:
        if not isinstance(thing, Flow):
            raise UsageError(f"diff wants two Flows, not a {type(thing).__name__}. Read a file with flowlab.load(path)")


def changes(old: Flow, new: Flow, pairing: Pairing) -> list[Change]:
    """The changes, given which state became which."""
    names = renamed(pairing.renames)
    partner = {id(now): was for was, now in pairing.pairs}
    found = list(_flow(old, new, names))
    for state in new.states:
        if id(state) in partner:
            found += _state(partner[id(state)], state, names)
        else:
            found.append(Change(K.ADDED, state.name, "", "", state.type, say.added(state, new)))
    found += [Change(K.REMOVED, state.name, "", state.type, "", say.removed(state)) for state in pairing.removed]
    return found


def _flow(old: Flow, new: Flow, names: Renamed) -> Iterator[Change]:
    was = names.states.get(old.initial_state, old.initial_state)
    if was != new.initial_state:
        yield Change(K.INITIAL, "", "initial_state", was, new.initial_state, say.initial(was, new.initial_state))
    before, after = (_rest(flow.raw, _FLOW_KEYS) for flow in (old, new))
    told = [{"description": flow.description} if flow.description else {} for flow in (old, new)]
    for found in differences(told[0] | before, told[1] | after, str):
        yield say.setting(K.FLOW, "", found)


def _rest(raw: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    return {key: value for key, value in raw.items() if key not in known}


def _state(old: State, new: State, names: Renamed) -> Iterator[Change]:
    if old.name != new.name:
        yield Change(K.RENAMED, new.name, "name", old.name, new.name, say.renamed(old.name, new.name))
    if old.type != new.type:
        yield Change(K.RETYPED, new.name, "type", old.type, new.type, say.retyped(old, new))
    was, now = dict(old.properties), dict(new.properties)
    place = was.pop("offset", None), now.pop("offset", None)
    for found in differences(was, now, names.follow):
        yield say.setting(_kind((old.type, new.type), found), new.name, found)
    for found in differences(_rest(old.raw, _STATE_KEYS), _rest(new.raw, _STATE_KEYS), names.follow):
        yield say.setting(K.PROPERTY, new.name, found)
    yield from _exits(old, new, names)
    if differences(*place, str):
        yield say.moved(new.name, *place)


def _kind(types: tuple[str, str], found: Difference) -> ChangeKind:
    if found.order:
        return K.REORDERED
    if types == ("set-variables",) * 2 and found.path[0] == "variables":
        return K.VARIABLE
    said = len(found.path) == 1 and found.path[0] in _SAID and not {*types} & {*_CALLS}
    return K.TEXT if said else K.PROPERTY


def _exits(old: State, new: State, names: Renamed) -> Iterator[Change]:
    was, now = plain_exits(old, names), plain_exits(new, NOTHING_RENAMED)
    found = twins(was, now)
    before: Transition | None = None
    for twin in found:
        yield from _exit(new.name, twin, before)
        before = twin.new if twin.new and twin.new.conditions else None
    old_order, new_order = moved_branches(found, was)
    if new_order:
        yield say.reordered(new.name, old_order, new_order)
    elif new.type not in KINDS and old.type == new.type and _events(was) != _events(now):
        # An unknown widget leaves by its first wired exit: which that is, and which there are, decides.
        yield say.other_exits(new.name, _events(was), _events(now))


def _events(ways: Sequence[Transition]) -> list[str]:
    return [way.event for way in ways]


def _exit(state: str, twin: Twin, before: Transition | None) -> Iterator[Change]:
    was, now = twin
    if was is None or now is None:
        yield from _lone(state, twin, before)
        return
    if tests(was) != tests(now):
        yield say.condition(state, was, now)
    elif [c.label for c in was.conditions] != [c.label for c in now.conditions]:
        yield say.caption(state, was, now)
    if was.next != now.next:
        yield say.rewired(state, was, now)
    yield from _oddities(state, was, now)


def _lone(state: str, twin: Twin, before: Transition | None) -> Iterator[Change]:
    """An exit that only one version has. One that leads nowhere is as good as none, but for a branch."""
    was, now = twin
    way = now or was
    assert way is not None
    if way.conditions:
        yield say.branch_added(state, way, before) if now else say.branch_removed(state, way)
    elif way.next is not None:
        nowhere = Transition(way.event)
        yield say.rewired(state, was or nowhere, now or nowhere)


def _oddities(state: str, was: Transition, now: Transition) -> Iterator[Change]:
    """Keys of an exit or its conditions that Studio does not know: kept in the file, so told."""
    pairs = [(_rest(was.raw, _EXIT_KEYS), _rest(now.raw, _EXIT_KEYS))]
    both = zip(was.conditions, now.conditions, strict=False)
    pairs += [(_rest(a.raw, _CONDITION_KEYS), _rest(b.raw, _CONDITION_KEYS)) for a, b in both]
    for before, after in pairs:
        for found in differences(before, after, str):
            yield say.setting(K.PROPERTY, state, found._replace(path=(now.event, *found.path)))
