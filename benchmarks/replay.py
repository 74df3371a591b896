"""Replay throughput against the `transitions` library, on the same 12-state flow, in the same run.

    python benchmarks/replay.py [--conversations 4000] [--rounds 7] [--memory]

What is counted: CPU seconds of one core, from recorded conversations to their events, per state entered. flowlab has
everything on: Liquid templates rendered, conditions on rendered texts, webhooks as the platform passes them on, a
service that answers by its parameters, timeouts, the outcome, and an event for all that happens. `transitions` walks
the same states with its conditions prepared as plain Python; it renders nothing, keeps no variables and logs nothing.

What is not counted: making flow, services, machine and conversations (once each); the first pass, which fills flowlab's
caches of texts and checks that both walk the same states in every conversation. Remembering turns is counted: each pass
begins with none. Conversations are cut where their first execution ends, as the peer has no restarts, and hold no bot
lines. Events are dropped as they come; keeping them all takes memory (`--memory`) and more time.

The two alternate, and each round gives a ratio; the median counts. Absolute figures are this machine's.
"""

from __future__ import annotations

import argparse
import random
import re
import statistics
import time
import tracemalloc
from collections import deque
from collections.abc import Callable
from typing import Any

from transitions import Machine

from flowlab.formats.studio import read_flow
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.event import EventKind
from flowlab.run.program import Program, compile_flow
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


def check_walks(program: Program, services: Services, talks: list[Conversation], peer: Peer) -> int:
    """That both walk the same states in every conversation; the number of states entered."""
    steps = 0
    for talk, replayed in zip(talks, replay_all(program, talks, services), strict=True):
        ours, theirs = first_execution(replayed.events), peer.run([m.text for m in talk.messages])
        assert ours == theirs, (talk, ours, theirs)
        assert sum(event.kind == EventKind.STARTED for event in replayed.events) == 1, talk
        steps += len(ours)
    return steps


def cpu_s(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def peak_bytes(program: Program, services: Services, talks: list[Conversation]) -> int:
    tracemalloc.start()
    kept = [replayed.events for replayed in replay_all(program, talks, services)]
    assert kept
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conversations", type=int, default=4000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--memory", action="store_true", help="also peak memory per 100,000 replayed conversations")
    options = parser.parse_args()

    program, services, peer = compile_flow(read_flow(make_flow())), make_services(), Peer()
    talks = trimmed(make_conversations(options.conversations), peer)
    texts = [[m.text for m in talk.messages] for talk in talks]
    steps = check_walks(program, services, talks, peer)
    print(f"{len(talks):,} conversations, {steps:,} steps, the same in both; {options.rounds} rounds")

    ours, theirs = [], []
    for _ in range(options.rounds):
        ours.append(cpu_s(lambda: deque(replay_all(program, talks, services), maxlen=0)) / steps)
        theirs.append(cpu_s(lambda: deque(map(peer.run, texts), maxlen=0)) / steps)
        us, ratio = (1e6 * ours[-1], 1e6 * theirs[-1]), theirs[-1] / ours[-1]
        print(f"  flowlab {us[0]:6.2f} us/step   transitions {us[1]:6.2f} us/step   ratio {ratio:.2f}")
    ratios = [b / a for a, b in zip(ours, theirs, strict=True)]
    print(f"flowlab      {1 / statistics.median(ours):>10,.0f} steps/s per core, templates on, every event logged")
    print(f"transitions  {1 / statistics.median(theirs):>10,.0f} steps/s per core, renders and logs nothing")
    print(
        f"ratio        {statistics.median(ratios):>10.2f} ({min(ratios):.2f} to {max(ratios):.2f}); target: at least 5"
    )
    if options.memory:
        per = peak_bytes(program, services, talks) / len(talks) * 100_000
        print(f"memory       {per / 2**20:>10,.0f} MiB peak per 100,000 replayed conversations, all events kept")


if __name__ == "__main__":
    main()
