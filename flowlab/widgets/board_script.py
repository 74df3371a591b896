"""A channel board as Python: the call of ``fl.side_by_side`` that gives what it shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowlab.model.channel import channels
from flowlab.run.columns import Column
from flowlab.run.turns import Turn
from flowlab.widgets.lanes import Lanes
from flowlab.widgets.world_script import begins_otherwise, imports, world_lines

_WIDTH = 76


def board_code(lanes: Lanes, services: str = "") -> str:
    """The script. ``services``: the path of their file, where they came from one.

    Turns that no channel could do changed nothing, and are left out.
    """
    setup = lanes.setup
    own = [name for name in lanes.lanes if not _is_built_in(lanes.columns[name])]
    lines = [*imports(setup), "", *world_lines(setup, lanes.flow, services)]
    if own:
        lines.append(f"own = {{}}  # put here, by name, your own channels and entry points: {', '.join(own)}")
    names = [f"own[{name!r}]" if name in own else repr(name) for name in lanes.lanes]
    lines += ["sides = fl.side_by_side(", "    flow,", *_list(map(_literal, _done(lanes))), *_list(names)]
    lines += [*(f"    {option}," for option in _options(lanes)), ")"]
    return "\n".join([*lines, "print(sides)"]) + "\n"


def _list(items: Iterable[str]) -> list[str]:
    """A list as an argument: in one line where it fits."""
    parts = list(items)
    line = f"    [{', '.join(parts)}],"
    return [line] if len(line) <= _WIDTH else ["    [", *(f"        {one}," for one in parts), "    ],"]


def _is_built_in(column: Column) -> bool:
    return column in channels if isinstance(column, str) else channels.get(column.name) is column


def _done(lanes: Lanes) -> Iterator[Turn]:
    every = [lane.undone for lane in lanes.lanes.values()]
    return (turn for number, turn in enumerate(lanes.turns) if not all(number in undone for undone in every))


def _literal(turn: Turn) -> str:
    given = {key: value for key in Turn.__dataclass_fields__ if (value := getattr(turn, key)) not in (None, ())}
    return repr(turn.say) if list(given) == ["say"] else repr(given)


def _options(lanes: Lanes) -> Iterator[str]:
    setup = lanes.setup
    yield "services=world"
    if setup.contact:
        yield f"contact={setup.contact!r}"
    if begins_otherwise(setup):
        yield f"start_time={setup.start_time.isoformat()!r}"
    if setup.event:
        yield f"event={setup.event!r}"
    if setup.context:
        yield f"context={dict(setup.context)!r}"
    if setup.conversation_id != "talk":
        yield f"conversation_id={setup.conversation_id!r}"
    if setup.faults.any:
        yield f"faults=fl.{setup.faults!r}"
