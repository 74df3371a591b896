"""Make the sample conversations: invented customers talk to ``order_support.json``, and every word is written down.

Run ``python sample_data/make_conversations.py`` from the top of the repository. The same seed gives the same files, to
the byte; a test compares them with the committed ones. What customers and agents say is in ``utterances.yaml``, how
customers behave in ``customers.py``. Conversations before ``RELEASE`` are recorded on an earlier revision of the flow,
with other words and a shorter list of what it understands, so that a replay on today's flow has something to find.
"""

from __future__ import annotations

import copy
import json
import math
import random
import sys
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import yaml
from customers import HABITS, TOLD, Customer

from flowlab.formats.conversations import read_conversations, write_csv
from flowlab.formats.studio import read_flow
from flowlab.model.event import EventKind
from flowlab.model.flow import Flow
from flowlab.model.outcome import GONE_SILENT, Outcome
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session

HERE = Path(__file__).parent
FLOW = HERE / "flows" / "order_support.json"
SERVICES = HERE / "services" / "order_support.yaml"
SEED = 3
LISBON = ZoneInfo("Europe/Lisbon")
FIRST_DAY = datetime(2026, 10, 5, tzinfo=LISBON)  # a Monday; the clocks go back on 25 October, in the last week
DAYS = 28
RELEASE = datetime(2026, 10, 9, tzinfo=LISBON)  # from here on the flow is what order_support.json says
LAST_LOOK = datetime(2026, 11, 1, 20, tzinfo=LISBON)  # where the watching stopped: what waits then is still open
NO_ANSWER = ("cannot see where it is", "past its 30 days")  # an answer that helps nobody
PATIENCE = 3  # times a customer lets the flow begin anew
SMALL = 12  # conversations in the CSV file


def clock(time_s: float) -> datetime:
    """The time in the shop's town."""
    return datetime.fromtimestamp(time_s, LISBON)


class Talk:
    """One conversation: a customer, a session, and the agent who may come after it."""

    def __init__(self, customer: Customer, flow: Flow, services: Services, begin: datetime, id: str) -> None:
        self.customer, self.id = customer, id
        self.session = Session(
            flow,
            customer.channel,
            services=services,
            contact=customer.contact,
            start_time=begin,
            conversation_id=id,
        )
        self.agent_lines: list[tuple[float, str]] = []
        self.seen = 0  # executions the customer has noticed
        self.came_back = False
        self.settled: bool | None = None  # what the agent achieved

    def run(self) -> None:
        """From the first message to the end, or to where the watching stopped."""
        session, customer = self.session, self.customer
        said = self.begin()
        while session.waiting and session.executions <= PATIENCE:
            state = self.notice()
            if customer.leaves(state):
                if state == "ask_rating" or customer.served or self.came_back or not customer.chance(0.25):
                    break
                self.came_back = True
                said = self.come_back()
                continue
            after_s = customer.delay_s()
            if not self.watched(after_s):
                break
            text, media = customer.answer(state, "\n".join(said))
            said = session.say(text, media=media, after_s=after_s)
        if session.outcome is Outcome.HANDED_OFF:
            self.agent()
        elif session.waiting:
            session.wait(max(0.0, LAST_LOOK.timestamp() - session.time_s))

    def begin(self) -> list[str]:
        """The first message, the shop's or the customer's; some send a second one before the flow can answer."""
        session, customer = self.session, self.customer
        if customer.was_written_to:
            return session.start(event="incomingRequest", context=customer.context)
        text, media = customer.opening()
        said = session.start(text, media=media, context=customer.context)
        if customer.channel.name != "email" and customer.chance(customer.persona.bursts):
            said = session.say(customer.pick("opening", customer.intent), after_s=customer.rng.randrange(3, 9)) or said
        return said

    def watched(self, after_s: float) -> bool:
        """Whether anybody still writes down what happens ``after_s`` seconds from now."""
        return self.session.time_s + after_s < LAST_LOOK.timestamp()

    def notice(self) -> str:
        """Where the flow waits; the customer notes what it told so far, and whether it has begun anew."""
        customer, session = self.customer, self.session
        if session.executions > self.seen:
            self.seen = session.executions
            customer.asked.clear()
        customer.served = self.told(customer.wants)
        return session.state

    def told(self, wanted: str) -> bool:
        """Whether the flow has told what was wanted, and not only that it cannot."""
        state = TOLD.get(wanted)
        texts = [e.text for e in self.session.events if e.kind == EventKind.SENT and e.state == state]
        return any(not any(no in text for no in NO_ANSWER) for text in texts)

    def come_back(self) -> list[str]:
        """Half a day or a day later, as if nothing had happened."""
        customer = self.customer
        after_s = float(customer.rng.randrange(9 * 3600, 30 * 3600))
        if not self.watched(after_s):
            return []
        return self.session.say(customer.dress(customer.pick("come_back"), ""), after_s=after_s)

    def agent(self) -> None:
        """An agent takes over, if the customer is still there."""
        session, customer = self.session, self.customer
        in_portuguese = customer.person.get("language") == "pt" and customer.chance(0.7)
        talk = self.choose_talk("pt" if in_portuguese else customer.wants)
        session.wait(self.until_agent_s())
        if customer.channel.velocity == "real-time" and customer.chance(0.15):
            session.say(customer.pick("impatient"), after_s=customer.delay_s())
        gone = customer.chance(customer.persona.leaves)
        for line in talk["lines"][: 1 if gone else None]:
            by_agent = line.startswith("agent: ")
            after_s = customer.rng.randrange(20, 90) if by_agent else customer.delay_s()
            if not self.watched(after_s):
                return
            if by_agent:
                session.wait(after_s)
                self.agent_lines.append((session.time_s, customer.fill(line.removeprefix("agent: "))))
            elif line == "[photo]":
                session.say("", media=customer.photo(), after_s=after_s)
            else:
                session.say(customer.dress(customer.fill(line), ""), after_s=after_s)
        self.settled = None if gone else talk["settled"]

    def choose_talk(self, about: str) -> dict[str, Any]:
        talks = self.customer.words["agent"].get(about) or self.customer.words["agent"]["person"]
        if isinstance(talks, dict):
            talks = talks[self.customer.topic]
        chosen: dict[str, Any] = self.customer.rng.choice(talks)
        return chosen

    def until_agent_s(self) -> float:
        """Seconds until an agent is there: minutes, more where nobody sits waiting; at night, the next morning."""
        now = clock(self.session.time_s)
        usual = 70 if self.customer.channel.velocity == "real-time" else 600
        wait = self.customer.rng.lognormvariate(math.log(usual), 0.8)
        opens = now
        while opens.weekday() > 4 or not 9 <= opens.hour < 18:
            opens = (opens + timedelta(hours=1)).replace(minute=0, second=0)
        return round((opens - now).total_seconds() + wait)

    @property
    def outcome(self) -> Outcome:
        return self.session.outcome or Outcome.OPEN

    def resolved(self) -> bool | None:
        """Whether the need was met: told what they asked, or settled by an agent; None where nobody can know."""
        if self.outcome is Outcome.HANDED_OFF:
            return self.settled
        if self.outcome is Outcome.OPEN:
            return None
        told = self.told(self.customer.intent)
        if told and self.outcome in GONE_SILENT:
            return True if self.customer.chance(0.5) else None
        return told

    def messages(self) -> Iterator[dict[str, Any]]:
        """Everything that was said, in order. The flow answers within a second or two."""
        rows: list[tuple[float, str, str, tuple[str, ...]]] = [(t, "agent", text, ()) for t, text in self.agent_lines]
        for event in self.session.events:
            if event.kind == EventKind.RECEIVED:
                rows.append((event.time_s, "customer", event.text, tuple(event.value.split())))
            elif event.kind == EventKind.SENT:
                rows.append((event.time_s + 1, "bot", event.text, ()))
        for time_s, role, text, media in sorted(rows, key=lambda row: row[0]):
            yield {"role": role, "time": clock(time_s).isoformat(), "text": text, "media": list(media)}

    def record(self) -> dict[str, Any]:
        """The conversation as one line of the file."""
        customer = self.customer
        messages = list(self.messages())
        return {
            "id": self.id,
            "channel": customer.channel.name,
            "outcome": str(self.outcome),
            "resolved": self.resolved(),
            "contact": customer.contact,
            "entry_point": customer.rng.choice(customer.habits.entry_points),
            "intent": customer.intent,
            "customer": customer.id,
            "persona": customer.persona.name,
            "flow_revision": 6 if messages[0]["time"] < RELEASE.isoformat() else 7,
            "context": customer.context,
            "messages": messages,
        }


def earlier(definition: dict[str, Any]) -> Flow:
    """Revision 6 of the flow: an older greeting, shorter lists of words in the menu, and nothing else understood."""
    old = copy.deepcopy(definition)
    states = {state["name"]: state for state in old["states"]}
    for name in ("greet_open", "greet_closed"):
        states[name]["properties"]["body"] = "Welcome to Harbour & Pine customer care. These answers are automatic."
    menu = states["split_menu"]["transitions"]
    menu[1:] = menu[1:5]
    words = ("1, track, order", "2, return", "3, hours", "4, agent, exchange, refund")
    for transition, value in zip(menu[1:], words, strict=True):
        transition["conditions"][0] |= {"value": value, "friendly_name": f"If value matches any of {value}"}
    return read_flow(old)


def known_people() -> dict[str, dict[str, Any]]:
    """Address -> what the shop knows about its owner, from the services file."""
    rules = yaml.safe_load(SERVICES.read_text(encoding="utf-8"))["widgets"]["find_customer"]
    return {
        address: rule["json"]
        for rule in rules
        for address in rule.get("when", {}).get("parameters", {}).get("address", ())
    }


def begins(customer: Customer) -> datetime:
    """When somebody writes for the first time: fewer at weekends, at the hours of the channel."""
    rng = customer.rng
    day = rng.choices(range(DAYS), [6 if d % 7 < 5 else 4 for d in range(DAYS)])[0]
    block = rng.choices(list(customer.habits.hours), list(customer.habits.hours.values()))[0]
    begin = FIRST_DAY + timedelta(days=day, hours=block, seconds=rng.randrange(3 * 3600))
    return begin if begin < LAST_LOOK else begin - timedelta(days=1)


def talks(counts: Mapping[str, int], flow: Flow | None = None, *, seed: int = SEED) -> list[Talk]:
    """So many conversations on each channel, in order of their beginning.

    On ``flow`` where one is given; else on the revision of the first version that was live when they began.
    """
    definition = json.loads(FLOW.read_text(encoding="utf-8"))
    before, after = (flow, flow) if flow else (earlier(definition), read_flow(definition))
    services, known = load_services(str(SERVICES)), known_people()
    words = yaml.safe_load((HERE / "utterances.yaml").read_text(encoding="utf-8"))
    planned = []
    for name, count in counts.items():
        for number in range(count):
            customer = Customer(random.Random(f"{seed}/{name}/{number}"), name, known, words)  # noqa: S311
            planned.append((begins(customer), customer))
    planned.sort(key=lambda plan: plan[0])
    made = []
    for number, (begin, customer) in enumerate(planned, 1):
        made.append(Talk(customer, before if begin < RELEASE else after, services, begin, f"hp-{number:04}"))
        made[-1].run()
    return made


def main(folder: Path) -> None:
    """Write both files into a folder."""
    records = [talk.record() for talk in talks({name: habits.n for name, habits in HABITS.items()})]
    lines = [json.dumps(record, ensure_ascii=False) + "\n" for record in records]
    (folder / "order_support.jsonl").write_text("".join(lines), encoding="utf-8", newline="\n")
    short = [line for line, record in zip(lines, records, strict=True) if len(record["messages"]) <= 12]
    small = read_conversations("".join(short[:: len(short) // SMALL][:SMALL]), redact=False)
    (folder / "order_support_small.csv").write_text(write_csv(small), encoding="utf-8", newline="")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "conversations")
