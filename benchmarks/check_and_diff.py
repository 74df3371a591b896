"""What a check, a diff and a dry run cost, each against something plain that is done with the same in the same run.

    python benchmarks/check_and_diff.py [--rounds 5] [--states 130] [--large 2000] [--workers 10000]

- check: every rule on a flow of `--states` states and one channel; the peer is `json.loads` of its file.
- diff: two flows of `--large` states as text, some renamed, reworded or rewired and all moved and shuffled; the
  peer is `difflib.unified_diff` of the two files, what one reads where nothing compares by meaning.
- route: one task through two targets with `--workers` workers; the peer filters and sorts the same workers by hand.

What is counted: CPU seconds of one core. Every round has texts, names and workers of its own, so no cache of texts
helps; modules are imported before. What is not counted: making the flows, and reading them.

The two alternate, and each round gives a ratio; the median counts. Absolute figures are this machine's.
"""

from __future__ import annotations

import argparse
import difflib
import json
import random
import statistics
import time
from collections.abc import Callable
from typing import Any

import flowlab as fl
from flowlab.formats.studio import read_flow
from flowlab.model.routing import Filter, Queue, Target, Worker, Workflow, Workspace

Json = dict[str, Any]


def state(name: str, kind: str, exits: dict[str, str | None], **properties: Any) -> Json:
    transitions = [{"event": event} | ({"next": to} if to else {}) for event, to in exits.items()]
    return {"name": name, "type": kind, "transitions": transitions, "properties": properties}


def part(tag: str, n: int, after: str) -> list[Json]:
    """Five states: a question, a split on its answer, a request, a variable from it, and a text that shows both."""
    ask, route, look, keep, say = (f"{kind}_{tag}{n}" for kind in ("ask", "route", "look", "keep", "say"))
    reply = f"{{{{widgets.{ask}.inbound.Body}}}}"
    split = state(route, "split-based-on", {"noMatch": say}, input=reply)
    for kind, value, to in (("matches_any_of", f"{n}, order, track", look), ("regex", rf"[A-Z]{{2}}{n}\d*", keep)):
        condition = {"friendly_name": value, "arguments": [reply], "type": kind, "value": value}
        split["transitions"].append({"event": "match", "next": to, "conditions": [condition]})
    exits, ours = {"incomingMessage": route, "timeout": say, "deliveryFailure": None}, {"from": "Shop"}
    rows = [{"key": f"seen_{n}", "value": f"{{{{widgets.{look}.parsed.status | downcase}}}}"}]
    text = f"{tag}{n}: {{{{flow.variables.seen_{n}}}}} after {reply}."
    return [
        state(ask, "send-and-wait-for-reply", exits, body=f"Question {n} of {tag}: what next?", timeout="3600", **ours),
        split,
        state(look, "make-http-request", {"success": keep, "failed": say}, url=f"https://shop.example.com/{n}"),
        state(keep, "set-variables", {"next": say}, variables=rows),
        state(say, "send-message", {"sent": after, "failed": after}, body=text, **ours),
    ]


def definition(tag: str, states: int) -> Json:
    """A flow of about so many states, in parts that follow one another; ``tag`` makes its words its own."""
    parts = max(1, (states - 2) // 5)
    made = [state("Trigger", "trigger", {"incomingMessage": f"ask_{tag}0", "incomingRequest": None})]
    for n in range(parts):
        made += part(tag, n, f"ask_{tag}{n + 1}" if n + 1 < parts else "hand_off")
    made.append(
        state("hand_off", "send-to-flex", {"callComplete": None}, workflow="WW" + "0" * 32, channel="TC" + "0" * 32)
    )
    for n, each in enumerate(made):
        each["properties"]["offset"] = {"x": n % 7 * 300, "y": n * 200}
    flags = {"allow_concurrent_calls": True}
    return {"description": tag, "states": made, "initial_state": "Trigger", "flags": flags}


def edited(old: Json, seed: int) -> Json:
    """The same flow after a month: one state in ten renamed, reworded or rewired, all moved, the order another."""
    chance, new = random.Random(seed), json.loads(json.dumps(old))
    names = [each["name"] for each in new["states"][1:]]
    renamed = {name: f"{name}_new" for name in names if chance.random() < 0.03}
    for each in new["states"]:
        each["name"] = renamed.get(each["name"], each["name"])
        each["properties"]["offset"]["x"] += 40
        if "body" in each["properties"] and chance.random() < 0.1:
            each["properties"]["body"] += " Thank you!"
        for way in each["transitions"]:
            if way.get("next"):
                way["next"] = chance.choice(names) if chance.random() < 0.03 else way["next"]
                way["next"] = renamed.get(way["next"], way["next"])
    chance.shuffle(new["states"])
    return new


def check_pair(tag: str, states: int) -> tuple[Callable[[], object], Callable[[], object]]:
    data = definition(tag, states)
    flow, text = read_flow(data), json.dumps(data, indent=2)
    return lambda: fl.check(flow, ["whatsapp"]), lambda: json.loads(text)


def diff_pair(tag: str, states: int) -> tuple[Callable[[], object], Callable[[], object]]:
    data = definition(tag, states)
    other = edited(data, states)
    old, new = read_flow(data), read_flow(other)
    lines = [json.dumps(each, indent=2).splitlines() for each in (data, other)]
    return lambda: fl.diff(old, new).as_text(), lambda: list(difflib.unified_diff(*lines, lineterm=""))


def route_pair(tag: str, count: int) -> tuple[Callable[[], object], Callable[[], object]]:
    chance = random.Random(tag)
    task = {"language": tag}
    fits = "worker.languages HAS task.language AND worker.channel.chat.assigned_tasks < 3"
    targets = (Target("Few", fits, timeout_s=30), Target("All", fits, order_by="worker.levels.care DESC"))
    workers = tuple(
        Worker(
            f"{tag}{n}",
            activity=chance.choice(["Available", "Break"]),
            attributes={"languages": [chance.choice([tag, "en"])], "levels": {"care": chance.randrange(9)}},
            capacity={"chat": 3},
            assigned={"chat": chance.randrange(4)},
            idle_s=chance.randrange(900),
        )
        for n in range(count)
    )
    queues = (Queue("Few", target_workers="languages HAS 'none'"), Queue("All"))
    team = Workspace(queues, workers, {"Available": True, "Break": False})
    workflow = Workflow((Filter("All", f"language == '{tag}'", targets),))

    def by_hand() -> list[Worker]:
        fit = [w for w in workers if w.activity == "Available" and w.assigned["chat"] < 3]
        fit = [w for w in fit if tag in w.attributes["languages"]]
        return sorted(fit, key=lambda w: (-w.attributes["levels"]["care"], -w.idle_s))

    assert fl.route(task, workflow, team, channel="chat").worker == by_hand()[0].name
    return lambda: fl.route(task, workflow, team, channel="chat"), by_hand


def cpu_s(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--states", type=int, default=130)
    parser.add_argument("--large", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=10_000)
    options = parser.parse_args()
    jobs = [
        (f"check, {options.states:,} states", "json.loads", check_pair, options.states),
        (f"diff, twice {options.large:,} states", "difflib", diff_pair, options.large),
        (f"route, {options.workers:,} workers", "by hand", route_pair, options.workers),
    ]
    for name, peer, pair, size in jobs:
        pair("warm", size)[0]()  # imports, and tables that are made once
        ours, theirs = [], []
        for number in range(options.rounds):
            mine, plain = pair(f"r{number}x", size)
            ours.append(cpu_s(mine))
            theirs.append(cpu_s(plain))
        ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
        median_s, peer_s = statistics.median(ours), statistics.median(theirs)
        print(f"{name:26} {median_s:7.3f} s   {peer} {peer_s:8.4f} s   ratio {statistics.median(ratios):7.2f}", end="")
        print(f" ({min(ratios):.2f} to {max(ratios):.2f})")


if __name__ == "__main__":
    main()
