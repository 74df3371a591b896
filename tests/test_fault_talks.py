"""One talk for each fault, on SMS, WhatsApp and web chat, as a designer would read it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_flows import SENDER, WAIT, ask, flow, say, state

import flowlab as fl
from flowlab.model.channel import channel
from flowlab.run.faults import KINDS, Faults

ROOT = Path(__file__).parents[1]
PICTURE = "https://example.com/label.png"
TOLD = ("received", "sent", "lost", "disturbed", "fault")


def sends_picture() -> fl.Flow:
    exits = {"incomingMessage": "bye", "timeout": None, "deliveryFailure": "sorry"}
    asking = state("ask", WAIT, exits, body="Name?", media_url=PICTURE, **SENDER)
    return flow(asking, say("sorry", "Sorry."))


def told(session: fl.Session) -> list[str]:
    """What happened, a line an event: who writes what, and what goes wrong with it."""
    lines = []
    for event in session.events:
        if event.kind in ("received", "sent"):
            lines.append(f"{event.kind}: {event.text[:20]}")
        elif event.kind in TOLD:
            lines.append(f"{event.kind}: {event.value or 'no code'}")
    return lines


def talk(name: str, kind: str) -> list[str]:
    session = fl.Session(sends_picture(), name, faults=Faults(seed=7, at={"ask": kind}))
    session.start("hi")
    session.say("Ana")
    return told(session)


BEGUN = ["received: hi", "sent: Name?"]
ANSWERED = ["received: Ana", "sent: Hello."]
LONG = ["disturbed: long", "received: Ana and so on and so", "sent: Hello."]
#: What follows "hi" and the answer "Ana", by kind of fault and channel.
GOLDEN: dict[tuple[str, str], list[str]] = {
    ("late", "sms"): [*BEGUN, "disturbed: late", *ANSWERED],
    ("late", "whatsapp"): [*BEGUN, "disturbed: late", *ANSWERED],
    ("slow", "sms"): [*BEGUN, "disturbed: slow", *ANSWERED],
    ("missed", "sms"): [*BEGUN, "lost: no code"],
    ("missed", "whatsapp"): [*BEGUN, "lost: no code"],
    ("swapped", "whatsapp"): [*BEGUN, "disturbed: swapped"],
    ("duplicate", "whatsapp"): [*BEGUN, "disturbed: duplicate", *ANSWERED, "received: Ana", "sent: Name?"],
    ("long", "sms"): [*BEGUN, *LONG, "received:  on and so on", "sent: Name?"],
    ("long", "whatsapp"): [*BEGUN, *LONG],
    ("edited", "sms"): [*BEGUN, "disturbed: edited", *ANSWERED, "received: Edited to “Ana”", "sent: Name?"],
    ("edited", "whatsapp"): [*BEGUN, "disturbed: edited", *ANSWERED],
}


@pytest.mark.parametrize(("kind", "name"), GOLDEN)
def test_a_talk_with_one_fault(kind: str, name: str) -> None:
    assert talk(name, kind) == GOLDEN[kind, name]


@pytest.mark.parametrize(
    ("kind", "sms", "whatsapp"), [("rate_limited", "30001", "63018"), ("media_refused", "30019", "63019")]
)
def test_what_is_refused_at_once_has_the_code_of_its_carrier(kind: str, sms: str, whatsapp: str) -> None:
    for name, code in (("sms", sms), ("whatsapp", whatsapp), ("webchat", "no code")):
        start = ["received: hi", f"disturbed: {kind}", f"fault: {code}", "sent: Sorry."]
        assert talk(name, kind)[:4] == start


@pytest.mark.parametrize(("name", "code"), [("sms", "30004"), ("whatsapp", "63014"), ("webchat", "")])
def test_a_blocked_contact_gets_nothing_any_more(name: str, code: str) -> None:
    session = fl.Session(flow(ask("first"), say("next")), name)
    session.inject("blocked")
    assert session.start("hi") + session.say("Ana") + session.say("thanks") + session.fork().say("more") == []
    sent, lost = ([e for e in session.events if e.kind == kind] for kind in ("sent", "lost"))
    assert len(sent) == len(lost) > 2
    assert {event.value for event in lost} == {code}


def test_a_loss_is_told_some_seconds_later_and_a_refusal_at_once() -> None:
    seconds = {}
    for kind in ("lost", "rate_limited"):
        session = fl.Session(sends_picture(), "sms", faults=Faults(at={"ask": kind}))
        session.start("hi")
        seconds[kind] = session.events[-1].time_s - session.events[0].time_s
    assert seconds == {"lost": 5.0, "rate_limited": 0.0}


def test_a_channel_of_ones_own_behaves_by_its_facts_and_not_by_its_name() -> None:
    ours = replace(channel("sms"), name="texts")
    for kind in KINDS:
        mine = fl.Session(sends_picture(), ours, faults=Faults(seed=7, at={"ask": kind}))
        mine.start("hi")
        mine.say("Ana")
        assert told(mine) == talk("sms", kind)


REPLAY = """
import json, sys
import flowlab as fl
from flowlab.run.faults import Faults
flow = fl.load("sample_data/flows/order_support.json")
talks = list(fl.load("sample_data/conversations/order_support.jsonl"))[::int(sys.argv[1])]
faults = Faults(seed=7, lost=0.1, blocked=0.05, duplicate=0.1, swapped=0.1, slow=0.2, edited=0.1)
log = fl.replay(flow, talks, services="sample_data/services/order_support.yaml", faults=faults).log
print(json.dumps(sorted(log)))
"""


def test_several_processes_and_any_order_give_the_same_events() -> None:
    forward, backward = (
        subprocess.run(
            [sys.executable, "-c", REPLAY, step],
            cwd=ROOT,
            env=os.environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            check=True,
        ).stdout
        for step, seed in (("1", "1"), ("-1", "2"))
    )
    assert len(json.loads(forward)) > 1_000
    assert forward == backward


def test_rates_of_zero_change_no_event_of_the_sample() -> None:
    flow = fl.load(str(ROOT / "sample_data/flows/order_support.json"))
    talks = fl.load(str(ROOT / "sample_data/conversations/order_support.jsonl"))
    services = str(ROOT / "sample_data/services/order_support.yaml")
    calm = fl.replay(flow, talks, services=services)
    assert fl.replay(flow, talks, services=services, faults=Faults(seed=3)).log == calm.log


@pytest.mark.parametrize("wrong", ["lost=2", "lost=nan", "lost=", "lost", "loost=0.1", "lost=-0.1", "=1"])
def test_the_command_line_refuses_a_fault_in_a_sentence(wrong: str, run: Callable[..., tuple[int, str, str]]) -> None:
    files = ("sample_data/flows/order_support.json", "sample_data/conversations/order_support_small.csv")
    code, out, err = run("replay", *(str(ROOT / name) for name in files), "--fault", wrong, "--seed", "7")
    assert (code, out) == (2, "")
    assert "fault" in err
    assert "Traceback" not in err
