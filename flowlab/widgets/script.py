"""A talk as Python: a script that has it again, or a test that says what must come of it."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.model.shown import Shape
from flowlab.run.session import DEFAULT_REPLY_S, Session
from flowlab.run.turns import Turn, as_typed, delay_s
from flowlab.widgets.talk import Talk
from flowlab.widgets.world_script import begins_otherwise, imports, world_lines


def as_code(talk: Talk, services: str = "") -> str:
    """A script that has the talk again. ``services``: the path of their file, where they came from one."""
    lines = [*imports(talk.setup), "", *_begin(talk, services)]
    lines += [call for call, _ in _calls(talk)]
    lines.append("print(session.outcome or session.state)")
    return "\n".join(lines) + "\n"


def as_test(talk: Talk, services: str = "") -> str:
    """A test for pytest: the flow must answer as it did."""
    body = _begin(talk, services)
    for call, replies in _calls(talk):
        body.append(f"assert {call} == {replies!r}" if replies is not None else call)
    body += [f"assert session.state == {talk.session.state!r}", f"assert session.outcome == {_outcome(talk)!r}"]
    test = [f"    {line}" for line in body]
    return "\n".join([*imports(talk.setup), "", "", "def test_talk() -> None:", *test]) + "\n"


def _outcome(talk: Talk) -> str | None:
    return str(talk.session.outcome) if talk.session.outcome else None


def _begin(talk: Talk, services: str) -> list[str]:
    setup = talk.setup
    lines = world_lines(setup, talk.flow, services)
    lines.append(f"session = fl.Session(flow, {', '.join(_options(talk))})")
    if setup.event:
        lines.append(f"session.start(event={setup.event!r}{_known(talk)})")
    return lines


def _options(talk: Talk) -> Iterator[str]:
    setup = talk.setup
    yield f"{setup.channel.name!r}"
    yield "services=world"
    if setup.contact:
        yield f"contact={setup.contact!r}"
    if setup.conversation_id != "talk":
        yield f"conversation_id={setup.conversation_id!r}"
    if begins_otherwise(setup):
        yield f"start_time={setup.start_time.isoformat()!r}"


def _known(talk: Talk) -> str:
    return f", context={dict(talk.setup.context)!r}" if talk.setup.context else ""


def _calls(talk: Talk) -> Iterator[tuple[str, list[str] | None]]:
    """Each move as a call, and what the flow answers; None where a call answers nothing."""
    for before, turn, replies in zip(talk.sessions, talk.moves, talk.replies, strict=False):
        yield f"session.{_call(talk, before, turn)}", None if turn.fault is not None else replies


def _call(talk: Talk, before: Session, turn: Turn) -> str:
    if turn.fault is not None:
        return f"inject({turn.fault!r})"
    if turn.wait_s is not None:
        return f"wait({turn.wait_s!r})"
    if turn.jump is not None:
        return f"jump({turn.jump!r})"
    after_s = delay_s(before, turn)
    late = "" if after_s == DEFAULT_REPLY_S else f", after_s={after_s!r}"
    shown = before.shown
    if turn.pick is not None and shown is not None and shown.shape is not Shape.NUMBERED:
        return f"tap({turn.pick!r}{late})"
    text = turn.say if turn.pick is None else as_typed(turn.pick, shown)
    media = f", media={turn.media!r}" if turn.media else ""
    if before.execution is None:
        return f"start({text!r}{media}{_known(talk)})"
    return f"say({text!r}{media}{late})"
