"""The sample data is what its README says: valid, coherent, varied, reproducible, and about nobody real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

import flowlab as fl
from flowlab.formats import load
from flowlab.model.channel import channels
from flowlab.model.conversation import Conversation, Role
from flowlab.model.event import EventKind
from flowlab.model.flow import Flow
from flowlab.model.kinds import KINDS
from flowlab.model.outcome import Outcome
from flowlab.run.limits import MAX_ATTRIBUTES_CHARS
from flowlab.run.session import Session
from flowlab.run.template import problem

ROOT = Path(__file__).parents[1]
SAMPLE = ROOT / "sample_data"
FLOWS = ("order_support", "order_support_v2")
SERVICES = str(SAMPLE / "services" / "order_support.yaml")
OPEN_HOURS, NIGHT = "2026-10-06T11:00:00+01:00", "2026-10-06T23:00:00+01:00"

#: Keys that Twilio's published schema requires, and keys without which a step of this flow would be pointless.
REQUIRED = {
    "trigger": (),
    "send-message": ("from", "to", "body"),
    "send-and-wait-for-reply": ("from", "body", "timeout"),
    "split-based-on": ("input",),
    "set-variables": ("variables",),
    "make-http-request": ("url", "method", "content_type"),
    "run-function": ("url", "service_sid", "environment_sid", "function_sid"),
    "send-to-flex": ("workflow", "channel", "attributes", "timeout", "priority"),
}


def definition(name: str) -> dict[str, Any]:
    return json.loads((SAMPLE / "flows" / f"{name}.json").read_text(encoding="utf-8"))


@cache
def flow(name: str = "order_support") -> Flow:
    found = load(SAMPLE / "flows" / f"{name}.json")
    assert isinstance(found, Flow)
    return found


@cache
def conversations() -> list[Conversation]:
    found = load(SAMPLE / "conversations" / "order_support.jsonl", redact=False)
    assert isinstance(found, list)
    return found


@cache
def parted() -> dict[str, list[str]]:
    """Conversation id -> what differed when it was replayed on the flow of today."""
    found: dict[str, list[str]] = {talk.id: [] for talk in conversations()}
    for row in fl.replay(flow(), conversations(), services=SERVICES).divergences.to_dict("records"):
        found[row["conversation_id"]].append(row["what"])
    return found


def recorded_on(revision: int) -> list[Conversation]:
    return [c for c in conversations() if c.extra["flow_revision"] == revision]


def customer_texts(channel: str = "") -> list[str]:
    return [m.text for c in conversations() for m in c.turns if channel in ("", c.channel)]


# Flows


@pytest.mark.parametrize("name", FLOWS)
class TestFlows:
    def test_the_envelope_is_studios(self, name: str) -> None:
        data = definition(name)
        assert set(data) == {"description", "states", "initial_state", "flags"}
        assert data["flags"] == {"allow_concurrent_calls": True}
        assert 25 <= len(data["states"]) <= 40

    def test_states_have_names_of_their_own_and_places_of_their_own(self, name: str) -> None:
        states = definition(name)["states"]
        names = [state["name"] for state in states]
        assert len(set(names)) == len(names)
        assert all(re.fullmatch(r"Trigger|[a-z][a-z0-9_]*", n) for n in names)
        places = {(s["properties"]["offset"]["x"], s["properties"]["offset"]["y"]) for s in states}
        assert len(places) == len(states)

    def test_every_state_has_the_keys_its_widget_needs(self, name: str) -> None:
        for state in definition(name)["states"]:
            assert set(state) == {"name", "type", "transitions", "properties"}
            missing = set(REQUIRED[state["type"]]) - set(state["properties"])
            assert not missing, (state["name"], missing)
            texts = [state["properties"][key] for key in REQUIRED[state["type"]] if key != "variables"]
            assert all(isinstance(text, str) for text in texts), state["name"]

    def test_exits_are_the_widgets_own_and_lead_to_states(self, name: str) -> None:
        states = definition(name)["states"]
        names = {state["name"] for state in states}
        for state in states:
            for transition in state["transitions"]:
                assert transition["event"] in KINDS[state["type"]].exits, state["name"]
                assert transition.get("next", state["name"]) in names
                assert set(transition) <= {"event", "next", "conditions"}
            events = [t["event"] for t in state["transitions"] if t["event"] != "match"]
            assert len(set(events)) == len(events), state["name"]

    def test_a_match_has_one_whole_condition_on_what_the_split_looks_at(self, name: str) -> None:
        for state in definition(name)["states"]:
            for transition in state["transitions"]:
                if transition["event"] != "match":
                    assert "conditions" not in transition
                    continue
                (condition,) = transition["conditions"]
                assert set(condition) == {"friendly_name", "arguments", "type", "value"}
                assert condition["arguments"] == [state["properties"]["input"]]
                if condition["type"] == "regex":
                    re.compile(condition["value"])

    def test_all_states_can_be_reached_from_the_trigger(self, name: str) -> None:
        import networkx as nx

        graph = flow(name).graph
        assert nx.descendants(graph, "Trigger") | {"Trigger"} == set(graph)
        entries = {t.event: t.next for t in flow(name)["Trigger"].transitions}
        assert entries["incomingMessage"] == entries["incomingConversationMessage"] == entries["incomingRequest"]

    def test_the_templates_are_sound(self, name: str) -> None:
        for text in strings(definition(name)):
            assert problem(text) is None, text

    def test_only_the_first_version_has_a_forgotten_timeout(self, name: str) -> None:
        asks = [state for state in flow(name) if state.type == "send-and-wait-for-reply"]
        forgotten = [s.name for s in asks if any(t.event == "timeout" and t.next is None for t in s.transitions)]
        assert forgotten == {"order_support": ["ask_order_number"], "order_support_v2": []}[name]

    def test_the_flow_retries_and_counts(self, name: str) -> None:
        session = Session(flow(name), "webchat", services=SERVICES, start_time=OPEN_HOURS)
        session.start("hm")
        for _ in range(2):
            assert "Sorry" in session.say("qwerty")[0]
        session.say("qwerty")
        assert session.outcome is Outcome.HANDED_OFF


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from strings(item)


class TestFirstVersion:
    def say_all(self, *texts: str, start: str = OPEN_HOURS, contact: str = "") -> tuple[Session, str]:
        session = Session(flow(), "sms", services=SERVICES, start_time=start, contact=contact)
        session.start(texts[0])
        said: list[str] = []
        for text in texts[1:]:
            said = session.say(text)
        return session, "\n".join(said)

    def test_it_greets_by_business_hours_and_by_name(self) -> None:
        for start, words in ((OPEN_HOURS, "in until 6 pm"), (NIGHT, "back at 9 am")):
            session = Session(flow(), "sms", services=SERVICES, start_time=start, contact="+12025550102")
            greeting = session.start("hi")[0]
            assert greeting.startswith("Hello Tom,"), greeting
            assert words in greeting

    def test_it_tells_where_an_order_is(self) -> None:
        _, said = self.say_all("hi", "1", "10423")
        assert "order 10423 is late: the lorry broke down" in said
        session, said = self.say_all("hi", "where is my parcel", "#10422", "no", "5")
        assert session.outcome is Outcome.CONTAINED
        assert "see you soon" in said

    def test_a_third_wrong_number_leads_to_a_person(self) -> None:
        session, _ = self.say_all("hi", "1", "don't know", "99999", "it's 10422")
        assert session.outcome is Outcome.HANDED_OFF

    def test_vips_go_straight_to_an_agent_for_returns(self) -> None:
        for contact, outcome in (("+447700900103", Outcome.HANDED_OFF), ("+12025550102", None)):
            session, _ = self.say_all("hi", "2", contact=contact)
            assert session.outcome is outcome

    def test_at_night_it_takes_a_message(self) -> None:
        session, said = self.say_all("hi", "4", "please ring me", start=NIGHT)
        assert "passed your message on" in said
        (task,) = tasks(session)
        assert (task["message"], task["afterHours"]) == ("please ring me", True)

    def test_portuguese_customers_are_asked_in_portuguese(self) -> None:
        session = Session(flow(), "sms", services=SERVICES, start_time=OPEN_HOURS, contact="+12025550101")
        assert any("português" in line for line in session.start("olá"))

    def test_a_slow_warehouse_loses_an_order_that_exists(self) -> None:
        _, said = self.say_all("hi", "1", "10432")
        assert "cannot find" in said


class TestSecondVersion:
    def begin(self, text: str, channel: str = "webchat") -> tuple[Session, str]:
        session = Session(flow("order_support_v2"), channel, services=SERVICES, start_time=OPEN_HOURS)
        return session, "\n".join(session.start(text))

    def test_the_check_finds_neither_errors_nor_warnings(self) -> None:
        table = fl.check(flow("order_support_v2"), channels=list(channels)).table
        assert set(table["severity"]) <= {"note"}

    @pytest.mark.parametrize(
        ("first", "answer"),
        [
            ("Order #10421 - any news?", "Order 10421 is being packed"),
            ("refund please, order 10424", "your return label for order 10424"),
            ("my parcel hasn't arrived", "Your order number, please"),
            ("does it cost anything to send it back", "Returns are free"),
            ("are you open on saturday?", "Monday to Friday"),
            ("can I talk to a person please", "A colleague joins you"),
            ("hi", "Send me your order number"),
        ],
    )
    def test_it_understands_the_first_message(self, first: str, answer: str) -> None:
        assert answer in self.begin(first)[1]

    @pytest.mark.parametrize(
        ("reply", "answer"),
        [
            ("1", "Your order number, please"),
            ("2 please", "Returns are free"),
            ("it's 10422, I think", "Good news: order 10422"),
            ("where is my parcel", "Your order number, please"),
            ("yes", "Send me your order number"),
            ("cheers", "see you soon"),
        ],
    )
    def test_at_anything_else_it_listens_like_everywhere(self, reply: str, answer: str) -> None:
        session, _ = self.begin("10421")
        assert answer in session.say(reply)[0]
        assert session.outcome is (Outcome.CONTAINED if reply == "cheers" else None)

    def test_a_second_1_or_2_is_no_miss(self) -> None:
        for first, digit in (("where is my order", "1"), ("I want to return it", "2")):
            session, said = self.begin(first)
            asked = said.removeprefix("Hello, Harbour & Pine here.")
            for _ in range(4):
                assert session.say(digit) == ["Sure." + asked]

    @pytest.mark.parametrize("first", ["hi", "where is my order", "I want to return the tent"])
    def test_it_reminds_once_then_says_goodbye(self, first: str) -> None:
        session, said = self.begin(first)
        asked = said.removeprefix("Hello, Harbour & Pine here.")
        assert session.wait(180) == ["Still there?" + asked]
        assert "I close this" in session.wait(180)[0]
        assert session.outcome is Outcome.ABANDONED

    def test_an_answer_in_time_earns_a_new_reminder(self) -> None:
        session, _ = self.begin("hi")
        session.wait(180)
        session.say("1")
        assert "Still there?" in session.wait(180)[0]
        assert "Order 10421" in session.say("10421")[0]

    def test_a_late_answer_is_greeted_like_a_stranger(self) -> None:
        session, _ = self.begin("10421", "whatsapp")
        *_, greeting = session.say("no", after_s=200)
        assert greeting.startswith("Hello, Harbour & Pine here.")

    def test_a_number_with_a_signature_below_is_not_seen(self) -> None:
        session, _ = self.begin("hi", "email")
        assert "Sorry, I did not get that" in session.say("10421\n\nBest\nKim")[0]

    def test_the_agent_reads_what_was_said_last(self) -> None:
        session, _ = self.begin("I want to return the tent")
        session.say("the handle came off")
        (task,) = tasks(session)
        assert (task["intent"], task["message"]) == ("return", "the handle came off")


def tasks(session: Session) -> list[dict[str, Any]]:
    return [json.loads(event.text) for event in session.events if event.kind == EventKind.HANDED_OFF]


# Routing


def handed_off(name: str, start: str) -> dict[str, Any]:
    session = Session(flow(name), "webchat", services=SERVICES, start_time=start)
    session.start("hi", context={"friendlyName": 'Eve "}, {" \\ \n'})
    session.say("4")
    if session.waiting:
        session.say('a "quoted" \\ message {{ flow }} \n' * 40)
    (task,) = tasks(session)
    assert len(json.dumps(task)) <= MAX_ATTRIBUTES_CHARS
    return task


@pytest.mark.parametrize("name", FLOWS)
def test_attributes_are_json_whatever_the_customer_writes(name: str) -> None:
    by_day, by_night = handed_off(name, OPEN_HOURS), handed_off(name, NIGHT)
    assert by_day["name"] == 'Eve "}, {" \\ \n'
    assert (by_day["afterHours"], by_night["afterHours"]) == (False, True)
    assert by_day["channelType"] == "webchat"


def test_the_workflow_tests_what_the_flows_send() -> None:
    routing = json.loads((SAMPLE / "routing" / "support_workflow.json").read_text(encoding="utf-8"))["task_routing"]
    workspace = yaml.safe_load((SAMPLE / "routing" / "workspace.yaml").read_text(encoding="utf-8"))
    sent = set(handed_off("order_support", OPEN_HOURS)) & set(handed_off("order_support_v2", OPEN_HOURS))
    about_workers = set.intersection(*(set(worker["attributes"]) for worker in workspace["workers"]))
    for entry in routing["filters"]:
        assert names(entry["expression"]) <= sent
        for target in entry["targets"]:
            paths = names(" ".join(str(target.get(key, "")) for key in ("expression", "order_by")))
            assert {p.split(".")[1] for p in paths if p.startswith("task.")} <= sent
            assert {p.split(".")[1] for p in paths if p.startswith("worker.")} <= about_workers
    queues = {target["queue"] for entry in routing["filters"] for target in entry["targets"]}
    assert queues | {routing["default_filter"]["queue"]} == {queue["sid"] for queue in workspace["queues"]}


def names(expression: str) -> set[str]:
    bare = re.sub(r"'[^']*'|\b(AND|OR|NOT|IN|HAS|true|false|ASC|DESC)\b|[<>=!]+|\b\d+\b", " ", expression)
    return set(bare.split())


# Conversations


def test_there_are_enough_on_every_channel() -> None:
    counts = Counter(c.channel for c in conversations())
    assert set(counts) == set(channels)
    assert min(counts.values()) >= 14
    assert sum(counts.values()) >= 150
    assert max(counts.values()) >= 2 * min(counts.values())


def test_the_record_is_whole() -> None:
    ids = [c.id for c in conversations()]
    assert len(set(ids)) == len(ids)
    for talk in conversations():
        times = [m.time_s for m in talk.messages if m.time_s is not None]
        assert len(times) == len(talk.messages)
        assert times == sorted(times), talk.id
        assert talk.outcome in set(Outcome)
        assert talk.contact
        assert talk.entry_point
        assert talk.extra["intent"] in ("order", "return", "hours", "person", "other")
        assert talk.turns


def test_endings_are_of_many_kinds() -> None:
    outcomes = Counter(c.outcome for c in conversations())
    assert set(outcomes) >= {"contained", "handed_off", "abandoned", "timed_out", "open"}
    assert all(outcomes[o] / len(conversations()) > 0.2 for o in ("contained", "handed_off", "abandoned"))
    assert {c.resolved for c in conversations()} == {True, False, None}
    assert {c.resolved for c in conversations() if c.outcome == "contained"} == {True, False}
    assert {c.resolved for c in conversations() if c.outcome == "abandoned"} == {True, False, None}


def test_delays_are_those_of_the_channel() -> None:
    medians = {name: sorted(gaps(name))[len(gaps(name)) // 2] for name in channels}
    assert medians["webchat"] < medians["inapp"] < medians["whatsapp"] < medians["email"]
    assert medians["webchat"] < 40
    assert medians["email"] > 600
    assert any(gap > 9 * 3600 for gap in gaps("whatsapp")), "nobody comes back next day"


def gaps(channel: str) -> list[float]:
    """Seconds from a line of the flow to the customer's answer."""
    talks = [c.messages for c in conversations() if c.channel == channel]
    pairs = [pair for messages in talks for pair in pairwise(messages)]
    return [
        b.time_s - a.time_s
        for a, b in pairs
        if a.role is Role.BOT and b.role is Role.CUSTOMER and a.time_s is not None and b.time_s is not None
    ]


def test_people_write_at_all_hours_and_across_the_change_of_clocks() -> None:
    lisbon = ZoneInfo("Europe/Lisbon")
    begins = [datetime.fromtimestamp(c.start_s, lisbon) for c in conversations() if c.start_s is not None]
    closed = [t for t in begins if t.weekday() > 4 or not 9 <= t.hour < 18]
    assert 0.25 < len(closed) / len(begins) < 0.75
    assert any(t.weekday() > 4 for t in begins)
    assert len({t.utcoffset() for t in begins}) == 2


def test_what_customers_write_is_varied() -> None:
    texts = customer_texts()
    assert len(set(texts)) >= 300
    assert min(len(t) for t in texts if t) == 1
    assert max(map(len, texts)) > 400
    assert share(texts, lambda t: len(t.split()) >= 3) > 0.35
    assert 0.05 < share(texts, lambda t: t.strip(".!) ") in list("12345")) < 0.5
    assert share(texts, lambda t: any(ord(char) > 0x2600 for char in t)) > 0.02
    media = [m for c in conversations() for m in c.turns if m.media]
    assert any(not m.text for m in media)
    assert any(m.text for m in media)
    assert len({c.channel for c in conversations() if any(m.media for m in c.turns)}) >= 4


def share(texts: list[str], holds: Any) -> float:
    return sum(map(bool, map(holds, texts))) / len(texts)


def test_thumbs_slip() -> None:
    bank = yaml.safe_load((SAMPLE / "utterances.yaml").read_text(encoding="utf-8"))
    said = list(strings(bank))
    assert len(set(said)) >= 250
    known = {word for line in [*said, *flow_lines()] for word in re.findall(r"[^\W\d_]+", line.lower())}
    mistyped = [t for t in customer_texts() if set(re.findall(r"\b[a-z]{4,}\b", t.lower())) - known]
    assert 0.03 < len(mistyped) / len(customer_texts()) < 0.3


def flow_lines() -> list[str]:
    services = (SAMPLE / "services" / "order_support.yaml").read_text(encoding="utf-8")
    lines = [*strings(definition("order_support")), services]
    return [*lines, (SAMPLE / "customers.py").read_text(encoding="utf-8")]


def test_mails_look_like_mails() -> None:
    mails = customer_texts("email")
    assert share(mails, lambda t: "\n> " in t) > 0.1
    assert share(mails, lambda t: re.search(r"\n\n(Best|Kind regards|Thanks|Sent from|--)", t)) > 0.25
    assert not any("\n> " in t for t in customer_texts("sms"))


def test_talks_go_on_after_a_hand_off_and_some_begin_with_the_shop() -> None:
    roles = Counter(m.role for c in conversations() for m in c.messages)
    assert roles[Role.AGENT] > 60
    assert all(c.outcome == "handed_off" for c in conversations() if any(m.role is Role.AGENT for m in c.messages))
    assert any(c.messages[0].role is Role.BOT for c in conversations())


# Recorded and replayed


def test_what_was_recorded_on_the_flow_of_today_replays_to_the_letter() -> None:
    today = [c.id for c in recorded_on(7) if c.outcome != "open"]
    assert len(today) > 120
    assert {talk: parted()[talk] for talk in today if parted()[talk]} == {}


def test_what_was_recorded_on_the_earlier_flow_diverges() -> None:
    earlier = [c.id for c in recorded_on(6)]
    assert len(earlier) >= 10
    assert all(parted()[talk] for talk in earlier)
    found = Counter(what for talk in earlier for what in parted()[talk])
    assert found["changed line"] > 10
    assert found["outcome"] >= 3


@cache
def contained_in_replay(name: str) -> dict[str, float]:
    """Channel -> share of the recorded conversations that the flow contains."""
    outcomes = fl.replay(flow(name), conversations(), services=SERVICES).outcomes
    shares: dict[str, float] = outcomes["outcome"].eq("contained").groupby(outcomes["channel"]).mean().to_dict()
    return shares


@pytest.mark.parametrize(
    ("channel", "low", "high"),
    [
        ("webchat", 0.10, 1.0),
        ("inapp", 0.05, 1.0),
        ("email", -1.0, -0.12),
        ("sms", -1.0, -0.05),
        ("whatsapp", -1.0, -0.05),
        ("messenger", -1.0, -0.05),
        ("line", -1.0, 0.0),
    ],
)
def test_replayed_the_second_version_is_better_where_people_sit_there(channel: str, low: float, high: float) -> None:
    first, second = (contained_in_replay(name)[channel] for name in FLOWS)
    assert low <= second - first <= high


@pytest.mark.parametrize(("channel", "low", "high"), [("webchat", 0.08, 1.0), ("email", -1.0, -0.02)])
def test_so_it_is_with_customers_who_react_to_what_it_asks(
    channel: str, low: float, high: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(str(SAMPLE))
    make = __import__("make_conversations")

    def contained(name: str) -> float:
        talks = make.talks({channel: 180}, flow(name), seed=1)
        return sum(talk.outcome is Outcome.CONTAINED for talk in talks) / len(talks)

    assert low <= contained("order_support_v2") - contained("order_support") <= high


def test_the_small_csv_is_part_of_the_large_file() -> None:
    small = load(SAMPLE / "conversations" / "order_support_small.csv", redact=False)
    assert isinstance(small, list)
    assert len(small) == 12
    assert len({c.channel for c in small}) >= 4
    large = {c.id: c for c in conversations()}
    for talk in small:
        assert talk.messages == large[talk.id].messages
        assert all(getattr(talk, key) == getattr(large[talk.id], key) for key in ("outcome", "resolved", "contact"))


def test_the_generator_makes_the_committed_files_again(tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLE / "make_conversations.py"), str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["order_support.jsonl", "order_support_small.csv"]
    for name in made:
        committed = (SAMPLE / "conversations" / name).read_text(encoding="utf-8")
        assert (tmp_path / name).read_text(encoding="utf-8") == committed, "run make_conversations.py"


def test_the_executions_are_those_of_the_conversations(tmp_path: Path) -> None:
    command = [sys.executable, str(SAMPLE / "make_executions.py"), str(tmp_path)]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["order_support.csv", "order_support.json"]
    for name in made:
        committed = (SAMPLE / "executions" / name).read_bytes()
        assert (tmp_path / name).read_bytes() == committed, "run make_executions.py"


# Nobody real


DATA = sorted(p for p in SAMPLE.rglob("*") if p.suffix in {".json", ".jsonl", ".csv", ".yaml"})


@pytest.mark.parametrize("path", DATA, ids=lambda p: p.name)
def test_addresses_are_from_ranges_kept_free_for_examples(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for host in re.findall(r"(?:@|https?://)([\w.-]+\w)", text):
        assert host.endswith("example.com") or host == "harbourandpine-example", host
    for number in re.findall(r"\+\d{6,}", text):
        assert re.fullmatch(r"\+1\d{3}55501\d\d|\+447700900\d{3}", number), number
    assert not re.findall(r"\b\d{4}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}\b", re.sub(r"[A-Z]{1,2}0\d{30,}", "", text))


def test_the_readme_names_every_file() -> None:
    readme = (SAMPLE / "README.md").read_text(encoding="utf-8")
    files = [p for p in SAMPLE.rglob("*") if p.is_file() and "__pycache__" not in p.parts and p.name != "README.md"]
    assert [p.name for p in files if p.name not in readme] == []
    assert "invented" in readme
    assert "Apache-2.0" in readme
