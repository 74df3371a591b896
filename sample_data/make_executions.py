"""Make the sample executions: what Studio's step log would hold of some sample conversations, contexts included.

Run ``python sample_data/make_executions.py`` from the top of the repository, after ``make_conversations.py``. The same
conversations give the same files, to the byte; a test compares them with the committed ones.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from flowlab.formats import save
from flowlab.formats.conversations import read_conversations
from flowlab.formats.studio import read_flow
from flowlab.measure.walked_log import walks_of
from flowlab.model.conversation import Conversation
from flowlab.model.flow import Flow
from flowlab.model.walk import Walk, WalkedStep
from flowlab.run.limits import CALL_TIMEOUT_S
from flowlab.run.replay import replay_all
from flowlab.run.services import Answer, Request, Services
from flowlab.run.services_file import load_services
from flowlab.run.walk import CALLS
from flowlab.text.json_text import parse_json

HERE = Path(__file__).parent
FLOW = HERE / "flows" / "order_support.json"
SERVICES = HERE / "services" / "order_support.yaml"
TALKS = HERE / "conversations" / "order_support.jsonl"
REVISION = 7  # of the flow in FLOW; conversations on earlier ones are left out
EVERY = 4  # of those conversations one in four
EXECUTIONS = 40
LOST_PAGE = 30  # of this execution the page with its oldest steps was not saved
OLDEST = 4  # as many steps were on it


@dataclass(frozen=True)
class Listening(Services):
    """Services that note what they answered, in order."""

    answered: list[tuple[str, Answer | None]] = field(default_factory=list)

    def answer(self, request: Request) -> Answer | None:
        given = super().answer(request)
        self.answered.append((request.name, given))
        return given


def walks_with_contexts(flow: Flow, talks: list[Conversation]) -> Iterator[Walk]:
    """The executions of each conversation, with the answers of functions and requests in their contexts."""
    world = load_services(SERVICES)
    for talk in talks:
        services = Listening(world.widgets, world.urls, world.timezone)
        (replayed,) = replay_all(flow, [talk], services)
        told: dict[str, deque[Answer | None]] = {}
        for name, answer in services.answered:
            told.setdefault(name, deque()).append(answer)
        for walk in walks_of(replayed.events, [talk]):
            yield replace(walk, steps=tuple(with_answer(step, told) for step in walk.steps))


def with_answer(step: WalkedStep, told: dict[str, deque[Answer | None]]) -> WalkedStep:
    """A call's step with what came back, as its context shows it; empty where nothing came within ten seconds."""
    if step.type not in CALLS:
        return step
    answer = told[step.state].popleft()
    if answer is None or answer.delay_s > CALL_TIMEOUT_S:
        return replace(step, result={})
    result: dict[str, Any] = {"status_code": answer.status, "content_type": "application/json", "parsed": answer.json}
    return replace(step, result=result)


def executions() -> list[Walk]:
    """The sample executions, oldest first; of one the beginning is lost."""
    flow = read_flow(parse_json(FLOW.read_text(encoding="utf-8"), str(FLOW)), str(FLOW))
    talks = [talk for talk in read_conversations(TALKS, redact=False) if talk.extra.get("flow_revision") == REVISION]
    walks = sorted(walks_with_contexts(flow, talks[::EVERY]), key=lambda walk: (walk.start_s or 0.0, walk.sid))
    walks = walks[:EXECUTIONS]
    lost = walks[LOST_PAGE]
    walks[LOST_PAGE] = replace(lost, steps=lost.steps[OLDEST:], trigger={})
    return walks


def main(folder: Path) -> None:
    """Write ``order_support.json`` and ``order_support.csv`` into a folder."""
    walks = executions()
    save(walks, folder / "order_support.json")
    save(walks, folder / "order_support.csv")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "executions")
