"""Replay throughput against the `transitions` library, on the same 12-state flow, in the same run.

    python benchmarks/replay.py [--conversations 4000] [--rounds 5] [--memory]

flowlab walks the flow with everything on: Liquid templates rendered, conditions on rendered texts, timeouts, an event
for all that happens. `transitions` walks the same states with conditions prepared as plain Python and renders nothing,
logs nothing. Both must walk the same states, which is checked first. The ratio is what counts; absolute figures are this
machine's.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
import tracemalloc
from typing import Any

from transitions import Machine

from flowlab.formats.studio import read_flow
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import EventKind
from flowlab.run.program import compile_flow
from flowlab.run.replay import replay_all
from flowlab.run.services import Services
from flowlab.run.services_file import load_services

KNOWN = {f"AB{n:05d}": "shipped" for n in range(200)}
ORDER = re.compile(r"[A-Z]{2}\d{5}")
RE_ORDER, RE_AGENT = r"(1|order|track|package)", r".*\b(agent|human|person)s?\b.*"


def _state(
    name: str, kind: str, exits: dict[str, str | None], matches: list[tuple[str, str, str]] = (), **properties: Any
):  # type: ignore[no-untyped-def,assignment]
    argument = properties.get("input", "")
    transitions: list[dict[str, Any]] = [{"event": e} | ({"next": n} if n else {}) for e, n in exits.items()]
    for type_, value, target in matches:
        condition = {"friendly_name": value, "arguments": [argument], "type": type_, "value": value}
        transitions.append({"event": "match", "next": target, "conditions": [condition]})
    return {"name": name, "type": kind, "transitions": transitions, "properties": properties}


def make_flow() -> dict[str, Any]:
    """Twelve states as Studio JSON: greet, menu, route, ask for the order, look it up, retry three times, hand off."""
    wait = {"timeout": "3600", "from": "{{flow.channel.address}}"}
    asks = "send-and-wait-for-reply"
    count = "{% if flow.variables.n %}{{ flow.variables.n | plus: 1 }}{% else %}1{% endif %}"
    return {
        "description": "benchmark",
        "initial_state": "Trigger",
        "flags": {"allow_concurrent_calls": True},
        "states": [
            _state("Trigger", "trigger", {"incomingMessage": "greet"}),
            _state(
                "greet",
                "send-message",
                {"sent": "menu", "failed": None},
                body="Hi {{contact.channel.address}}, welcome!",
            ),
            _state("menu", asks, {"incomingMessage": "route", "timeout": None}, body="Reply 1 order, 4 agent.", **wait),
            _state(
                "route",
                "split-based-on",
                {"noMatch": "invalid"},
                [("matches_any_of", "1, order, track, package", "ask_order"), ("regex", RE_AGENT, "handoff")],
                input="{{widgets.menu.inbound.Body}}",
            ),
            _state(
                "ask_order", asks, {"incomingMessage": "lookup", "timeout": None}, body="Your order number?", **wait
            ),
            _state(
                "lookup",
                "make-http-request",
                {"success": "answer", "failed": "invalid"},
                url="https://shop.example.com/orders",
                method="POST",
                parameters=[{"key": "order", "value": "{{widgets.ask_order.inbound.Body}}"}],
            ),
            _state(
                "answer",
                "send-message",
                {"sent": "more", "failed": None},
                body="Order {{widgets.ask_order.inbound.Body}} is {{widgets.lookup.parsed.status}}.",
            ),
            _state("more", asks, {"incomingMessage": "again", "timeout": None}, body="Anything else?", **wait),
            _state(
                "again",
                "split-based-on",
                {"noMatch": None},
                [("regex", r"(y|yes|yeah|sure|please)\b.*", "menu")],
                input="{{widgets.more.inbound.Body}}",
            ),
            _state("invalid", "set-variables", {"next": "tries"}, variables=[{"key": "n", "value": count}]),
            _state(
                "tries",
                "split-based-on",
                {"noMatch": "menu"},
                [("greater_than", "2", "handoff")],
                input="{{flow.variables.n}}",
            ),
            _state("handoff", "send-to-flex", {"callComplete": None}, workflow="WW0", channel="TC0", attributes="{}"),
        ],
    }


def make_conversations(n: int, seed: int = 7) -> list[Conversation]:
    """Seeded customers: half of the free texts carry random filler, so texts repeat as they do in records."""
    rng = random.Random(seed)
    good = ["1", "order", "track", "package"]

    def filler() -> str:
        return " ".join("".join(rng.choices("abcdefghij", k=rng.randint(2, 8))) for _ in range(rng.randint(1, 6)))

    def one(number: int) -> Conversation:
        texts = [rng.choice(["hi", "hello", filler()])]
        for _ in range(rng.randint(1, 3)):
            texts += [filler()] * (rng.random() < 0.25) + [rng.choice(good)]
            texts.append(f"AB{rng.randint(0, 260):05d}")
            texts.append(rng.choice(["yes", "yes please", "no", filler()]))
        texts += ["an agent please " + filler()] * (rng.random() < 0.3)
        messages = tuple(Message(Role.CUSTOMER, text, 1_770_000_000.0 + 20 * i) for i, text in enumerate(texts))
        return Conversation(f"c{number}", "whatsapp", messages)

    return [one(number) for number in range(n)]


def make_services() -> Services:
    known = {"when": {"parameters": {"order": list(KNOWN)}}, "json": {"status": "shipped"}}
    return load_services({"widgets": {"lookup": [known, {"status": 404, "json": {"status": None}}]}})


class Peer:
    """The same flow as a `transitions` machine: one machine built once, one model set back for each conversation."""

    def __init__(self) -> None:
        self.text = ""
        self.tries = 0
        self.walked: list[str] = []
        is_order = {"1", "order", "track", "package"}
        agent, yes = re.compile(RE_AGENT, re.IGNORECASE), re.compile(r"(y|yes|yeah|sure|please)\b.*", re.IGNORECASE)

        def rule(source: str, dest: str, *conditions: Any) -> dict[str, Any]:
            return {"trigger": "go", "source": source, "dest": dest, "conditions": list(conditions)}

        def count() -> bool:
            self.tries += 1
            return True

        rules = [
            rule("Trigger", "greet"),
            rule("greet", "menu"),
            rule("menu", "route"),
            rule("route", "ask_order", lambda: self.text.strip().lower() in is_order),
            rule("route", "handoff", lambda: bool(agent.fullmatch(self.text))),
            rule("route", "invalid"),
            rule("ask_order", "lookup"),
            rule("lookup", "answer", lambda: self.text in KNOWN),
            rule("lookup", "invalid"),
            rule("answer", "more"),
            rule("more", "again"),
            rule("again", "menu", lambda: bool(yes.fullmatch(self.text))),
            rule("again", "end"),
            rule("invalid", "tries", count),
            rule("tries", "handoff", lambda: self.tries > 2),
            rule("tries", "menu"),
            rule("handoff", "end"),
        ]
        states = ["Trigger", *sorted({r["dest"] for r in rules})]
        self.machine = Machine(self, states=states, transitions=rules, initial="Trigger", auto_transitions=False)

    def run(self, texts: list[str]) -> list[str]:
        self.machine.set_state("Trigger")
        self.tries, self.walked = 0, []
        replies = iter(texts[1:])
        while self.state != "end":  # type: ignore[attr-defined]
            self.walked.append(self.state)  # type: ignore[attr-defined]
            if self.state in ("menu", "ask_order", "more"):  # type: ignore[attr-defined]
                text = next(replies, None)
                if text is None:
                    break
                self.text = text
            self.go()  # type: ignore[attr-defined]
        return self.walked


def first_execution(events: list[Any]) -> list[str]:
    walked: list[str] = []
    for event in events:
        if event.kind == EventKind.STEP:
            walked.append(event.state)
        elif event.kind == EventKind.ENDED:
            break
    return walked


def trimmed(conversations: list[Conversation], peer: Peer) -> list[Conversation]:
    """Conversations cut where their (first) execution ends, so that both walk the same; the peer has no restarts."""
    cut = []
    for talk in conversations:
        used = 1 + sum(name in ("menu", "ask_order", "more") for name in peer.run([m.text for m in talk.messages]))
        cut.append(Conversation(talk.id, talk.channel, talk.messages[:used]))
    return cut


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conversations", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--memory", action="store_true", help="also peak memory per 100,000 replayed conversations")
    options = parser.parse_args()

    flow, services, peer = read_flow(make_flow()), make_services(), Peer()
    program = compile_flow(flow)
    talks = trimmed(make_conversations(options.conversations), peer)
    texts = [[m.text for m in talk.messages] for talk in talks]
    for talk, replayed in zip(talks[:300], replay_all(program, talks[:300], services), strict=True):
        theirs = peer.run([m.text for m in talk.messages])
        assert first_execution(replayed.events) == theirs, (talk, first_execution(replayed.events), theirs)

    ratios, ours_rate, peer_rate = [], [], []
    for _ in range(options.rounds):
        start = time.process_time()
        steps = sum(e.kind == "step" for r in replay_all(program, talks, services) for e in r.events)
        ours = (time.process_time() - start) / steps
        start = time.process_time()
        peer_steps = sum(len(peer.run(t)) for t in texts)
        theirs_s = (time.process_time() - start) / peer_steps
        ratios.append(theirs_s / ours)
        ours_rate.append(1 / ours)
        peer_rate.append(1 / theirs_s)
    print(
        f"{len(talks):,} conversations, {steps:,} steps of flowlab, {peer_steps:,} of transitions; {options.rounds} rounds"
    )
    print(f"flowlab      {statistics.median(ours_rate):>10,.0f} steps/s per core, templates on, every event logged")
    print(f"transitions  {statistics.median(peer_rate):>10,.0f} steps/s per core, renders and logs nothing")
    print(
        f"ratio        {statistics.median(ratios):>10.2f}   ({min(ratios):.2f} to {max(ratios):.2f}); target: at least 5"
    )
    if options.memory:
        tracemalloc.start()
        kept = [r.events for r in replay_all(program, talks, services)]
        peak = tracemalloc.get_traced_memory()[1]
        per = peak / len(kept) * 100_000
        print(f"memory       {per / 2**20:>10,.0f} MiB peak per 100,000 replayed conversations, all events kept")


if __name__ == "__main__":
    main()
