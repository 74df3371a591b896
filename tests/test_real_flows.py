"""Published flows, where they are lent to the tests; and a flow twice as large as Studio allows."""

from __future__ import annotations

import json
import time
from pathlib import Path
from random import Random
from typing import Any

from flowlab.check import check
from flowlab.formats import load, save
from flowlab.formats.studio import read_flow, write_flow
from flowlab.formats.studio_legacy import is_legacy
from flowlab.model.event import EventKind
from flowlab.model.flow import Flow
from flowlab.model.kinds import KINDS
from flowlab.model.outcome import Outcome
from flowlab.run.program import compile_flow
from flowlab.run.session import Session

WORDS = (
    "1",
    "2",
    "3",
    "yes",
    "no",
    "stop",
    "",
    "hello",
    "10421",
    "I want an agent",
    "{{flow.variables.x}}",
    "ü👋",
    "a" * 300,
)
SILENCES = (5.0, 60.0, 4000.0, 100_000.0, 3e6)


def definition_of(data: Any) -> dict[str, Any]:
    """The definition inside a file's JSON, however it is wrapped."""
    while not isinstance(data, dict) or "states" not in data:
        data = json.loads(data) if isinstance(data, str) else data["definition"]
    return data


def assert_modern(definition: dict[str, Any]) -> None:
    """What the published schema asks of every definition."""
    names = [state["name"] for state in definition["states"]]
    assert definition["initial_state"] in names
    assert len(set(names)) == len(names)
    for state in definition["states"]:
        assert set(state) == {"name", "type", "transitions", "properties"}
        assert state["type"] in KINDS, state["type"]
        assert all(value is not None for value in state["properties"].values())
        for transition in state["transitions"]:
            assert set(transition) <= {"event", "next", "conditions"}
            assert transition["event"] in KINDS[state["type"]].exits, (state["type"], transition["event"])
            assert transition.get("next", names[0]) in names
            for condition in transition.get("conditions", []):
                assert set(condition) == {"friendly_name", "arguments", "type", "value"}


def test_every_file_converts_back_equal_or_to_modern_json(real_flows: list[Path], tmp_path: Path) -> None:
    for path in real_flows:
        data = json.loads(path.read_text(encoding="utf-8-sig"))
        flow = load(path)
        assert isinstance(flow, Flow)
        if is_legacy(definition_of(data)):
            assert_modern(definition_of(write_flow(flow)))
        else:
            assert write_flow(flow) == data, path.name
        again = load(save(flow, tmp_path / path.name))
        assert isinstance(again, Flow)
        assert again.states == flow.states
        assert len(flow.graph) >= len(flow)


def converse(session: Session, random: Random) -> Outcome:
    """A customer who says and does anything, for a while."""
    event = random.choice(["", "", "incomingRequest", "incomingConversationMessage"])
    session.start(random.choice(WORDS), event=event, context={"order": "10421"})
    for _ in range(random.randrange(8)):
        if random.random() < 0.2:
            session.wait(random.choice(SILENCES))
        else:
            session.say(random.choice(WORDS), after_s=random.choice(SILENCES[:3]))
    return session.conclude()


WORLD = {"urls": {"*[02468]": {"json": {"count": 2, "items": [1], "open": True}}, "*[13579]": {"status": 500}}}


def test_a_thousand_random_conversations_each_end_in_a_named_outcome(real_flows: list[Path]) -> None:
    for number, path in enumerate(real_flows):
        flow = load(path)
        assert isinstance(flow, Flow)
        program, random, begun = compile_flow(flow), Random(number), time.perf_counter()
        seen = set()
        for _ in range(1000):
            session = Session(program, random.choice(["sms", "whatsapp", "webchat", "email"]), services=WORLD)
            seen.add(converse(session, random))
            assert session.events[-1].kind == EventKind.CONCLUDED
        assert seen <= set(Outcome) - {Outcome.OPEN}
        assert time.perf_counter() - begun < 30, path.name


def ladder(size: int) -> dict[str, Any]:
    """A flow of many questions, each with a branch, a retry and a way out."""
    states: list[dict[str, Any]] = [
        {
            "name": "Trigger",
            "type": "trigger",
            "transitions": [{"event": "incomingMessage", "next": "ask0"}],
            "properties": {},
        }
    ]
    for n in range(size // 2):
        said = f"{{{{widgets.ask{n}.inbound.Body}}}}"
        yes = {"friendly_name": "yes", "type": "equal_to", "value": "yes", "arguments": [said]}
        following = f"ask{n + 1}" if n + 1 < size // 2 else None
        states += [
            {
                "name": f"ask{n}",
                "type": "send-and-wait-for-reply",
                "transitions": [{"event": "incomingMessage", "next": f"split{n}"}, {"event": "timeout"}],
                "properties": {"body": f"Question {n}?", "timeout": "3600"},
            },
            {
                "name": f"split{n}",
                "type": "split-based-on",
                "transitions": [
                    {"event": "noMatch", "next": f"ask{n}"},
                    {"event": "match", "next": following, "conditions": [yes]},
                ],
                "properties": {"input": said},
            },
        ]
    return {
        "description": "",
        "states": states[:size],
        "initial_state": "Trigger",
        "flags": {"allow_concurrent_calls": True},
    }


def test_a_flow_of_2000_states_loads_checks_and_runs_in_seconds(tmp_path: Path) -> None:
    begun = time.perf_counter()
    path = save(read_flow(ladder(2001)), tmp_path / "large.json")
    flow = load(path)
    assert isinstance(flow, Flow)
    assert len(flow) == 2001
    assert len(flow.graph) > 2001
    check(flow)
    session = Session(flow)
    session.start("hi")
    for _ in range(400):
        session.say("yes", after_s=1)
    assert session.state == "ask400"
    assert time.perf_counter() - begun < 20
