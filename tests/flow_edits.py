"""Edits of a flow definition (parsed JSON), as a designer makes them one at a time. Used by the tests of the diff."""

from __future__ import annotations

import copy
import json
from typing import Any

Definition = dict[str, Any]


def edited(definition: Definition, *edits: list[Any]) -> Definition:
    """A copy of the definition with the edits made, one after the other."""
    made = copy.deepcopy(definition)
    for verb, *arguments in edits:
        made = _EDITS[verb](made, *arguments) or made
    return made


def state_of(made: Definition, name: str) -> dict[str, Any]:
    return next(state for state in made["states"] if state["name"] == name)


def _set(made: Definition, name: str, key: str, value: Any) -> None:
    state_of(made, name)["properties"][key] = value


def _reverse(made: Definition) -> None:
    made["states"].reverse()


def _wire(made: Definition, name: str, exit: int, target: str | None) -> None:
    transition = state_of(made, name)["transitions"][exit]
    transition.pop("next", None)
    if target is not None:
        transition["next"] = target


def _drop_exit(made: Definition, name: str, exit: int) -> None:
    del state_of(made, name)["transitions"][exit]


def _swap_exits(made: Definition, name: str, one: int, other: int) -> None:
    exits = state_of(made, name)["transitions"]
    exits[one], exits[other] = exits[other], exits[one]


def _test(made: Definition, name: str, exit: int, kind: str, value: str) -> None:
    condition = state_of(made, name)["transitions"][exit]["conditions"][0]
    condition.update(type=kind, value=value, friendly_name=f"If value {kind} {value}")


def _caption(made: Definition, name: str, exit: int, words: str) -> None:
    state_of(made, name)["transitions"][exit]["conditions"][0]["friendly_name"] = words


def _test_all(made: Definition, name: str, tested: str) -> None:
    state = state_of(made, name)
    state["properties"]["input"] = tested
    for transition in state["transitions"]:
        for condition in transition.get("conditions", []):
            condition["arguments"] = [tested]


def _add_branch(made: Definition, name: str, kind: str, value: str, target: str) -> None:
    state = state_of(made, name)
    condition = {"type": kind, "value": value, "arguments": [state["properties"]["input"]], "friendly_name": "new"}
    state["transitions"].append({"event": "match", "next": target, "conditions": [condition]})


def _rename(made: Definition, old: str, new: str) -> Definition:
    """Everywhere: the state, what leads to it, what mentions it."""
    text = json.dumps(made).replace(f"widgets.{old}.", f"widgets.{new}.")
    return json.loads(
        text.replace(f'"next": "{old}"', f'"next": "{new}"').replace(f'"name": "{old}"', f'"name": "{new}"')
    )


def _type(made: Definition, name: str, kind: str) -> None:
    state_of(made, name)["type"] = kind


def _add_state(made: Definition, name: str, kind: str, body: str) -> None:
    made["states"].append(
        {"name": name, "type": kind, "transitions": [{"event": "sent"}], "properties": {"body": body}}
    )


def _drop_state(made: Definition, name: str) -> None:
    made["states"].remove(state_of(made, name))


def _flow(made: Definition, key: str, value: Any) -> None:
    made[key] = value


def _misspell(made: Definition, name: str, exit: int) -> None:
    transition = state_of(made, name)["transitions"][exit]
    transition["name"] = transition.pop("next")


_EDITS = {
    "set": _set,
    "reverse states": _reverse,
    "wire": _wire,
    "drop exit": _drop_exit,
    "swap exits": _swap_exits,
    "test": _test,
    "caption": _caption,
    "test all": _test_all,
    "add branch": _add_branch,
    "rename": _rename,
    "type": _type,
    "add state": _add_state,
    "drop state": _drop_state,
    "flow": _flow,
    "misspell next": _misspell,
}
