"""The tables: log, outcomes, coverage, intervals, and the run that makes them. Known answers on hand-made logs."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from flowlab.errors import UsageError
from flowlab.measure.coverage import coverage_summary, coverage_table
from flowlab.measure.log import events_table, walks
from flowlab.measure.outcomes import outcome_table, recorded_events
from flowlab.measure.replayed import Run
from flowlab.measure.stats import wilson
from flowlab.model.conversation import Conversation, Message, Role
from flowlab.model.divergence import Divergence
from flowlab.model.event import Event
from flowlab.model.flow import Condition, Flow, State, Transition

T0 = 1_772_445_600.0
HOSTILE = "<script>alert('x')</script>"

FLOW = Flow(
    (
        State("Trigger", "trigger", (Transition("incomingMessage", "ask"), Transition("incomingCall"))),
        State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "menu"), Transition("timeout"))),
        State(
            "menu",
            "split-based-on",
            (
                Transition("noMatch", "ask"),
                Transition("match", "agent", (Condition("equal_to", "1"),)),
                Transition("match", "bye", (Condition("equal_to", "2"),)),
            ),
        ),
        State("agent", "send-to-flex", (Transition("callComplete"),)),
        State("bye", "send-message", (Transition("sent"), Transition("failed"))),
        State("island", "send-message"),
    ),
    "Trigger",
    name="menu",
)


def talk(id: str = "c1", channel: str = "sms", **more: object) -> Conversation:
    return Conversation(id, channel, (), **more)


def log(*lines: tuple[float, str, dict[str, object]], id: str = "c1", channel: str = "sms") -> list[Event]:
    """Events of one conversation: (seconds after the start, kind, columns)."""
    return [Event(id, seq, T0 + at, channel, kind, **more) for seq, (at, kind, more) in enumerate(lines)]


def step(at: float, state: str, event: str, to: str, condition: str = "") -> tuple[float, str, dict[str, object]]:
    return at, "step", {"state": state, "event": event, "transitioned_to": to, "condition": condition}


def said(at: float, units: int = 1) -> tuple[float, str, dict[str, object]]:
    return at, "received", {"text": "hi", "units": units}


def sent(at: float, units: int = 1) -> tuple[float, str, dict[str, object]]:
    return at, "sent", {"text": "hello", "units": units, "state": "ask"}


def ended(at: float, outcome: str, state: str = "bye", why: str = "") -> tuple[float, str, dict[str, object]]:
    return at, "ended", {"event": outcome, "state": state, "detail": why}


START = (0.0, "started", {"event": "incomingMessage"})


class TestLog:
    def test_columns_are_those_of_the_event_with_the_moment_beside_its_seconds(self) -> None:
        table = events_table(log(START, said(1.25)))
        expected = list(Event._fields)
        expected.insert(3, "time")
        assert list(table.columns) == expected
        assert table["time"].iloc[1] == pd.Timestamp("2026-03-02T10:00:01.250Z")
        assert str(table["time"].dtype) == "datetime64[ns, UTC]"

    def test_an_empty_log_has_the_same_types(self) -> None:
        full, empty = events_table(log(START, said(1))), events_table([])
        assert len(empty) == 0
        plain = [column for column in full if str(full[column].dtype) != "category"]
        assert empty[plain].dtypes.to_dict() == full[plain].dtypes.to_dict()
        assert {str(empty[column].dtype) for column in ("channel", "kind", "step_type")} == {"category"}
        assert walks([]).columns.tolist() == ["state", "event", "transitioned_to", "n"]

    def test_impossible_times_and_half_characters_do_not_stop_it(self) -> None:
        odd = [
            Event("c1", 0, math.nan, "sms", "sent", text="\ud83d"),
            Event("c1", 1, 1e18, "sms", "sent", text="\x00"),
        ]
        table = events_table(odd)
        assert table["time"].isna().all()
        assert table["text"].tolist() == ["\ud83d", "\x00"]

    def test_walks_counts_each_edge_the_most_walked_first(self) -> None:
        events = log(step(0, "a", "sent", "b"), step(1, "b", "match", "a"), step(2, "a", "sent", "b"), sent(3))
        assert walks(events).to_numpy().tolist() == [["a", "sent", "b", 2], ["b", "match", "a", 1]]


class TestOutcomes:
    def test_one_plain_conversation(self) -> None:
        events = log(START, said(0), sent(0.5, 2), said(60), sent(61), ended(65, "contained", why="ended at bye.sent"))
        row = outcome_table(events, [talk(outcome="contained", resolved=True)]).iloc[0]
        assert row["outcome"] == row["recorded_outcome"] == "contained"
        assert row["detail"] == "ended at bye.sent"
        assert row["resolved"]
        assert (row["sessions"], row["turns"], row["messages_in"], row["messages_out"]) == (1, 2, 2, 2)
        assert (row["units_out"], row["units_in"]) == (3, 2)
        assert row["cost_usd"] == pytest.approx(5 * 0.0083)
        assert (row["duration_s"], row["total_s"]) == (61.0, 65.0)
        assert not row["handed_off"]
        assert row["last_state"] == "bye"
        assert row["source"] == "replayed"

    def test_what_the_log_concludes_stands(self) -> None:
        concluded = (99.0, "concluded", {"event": "abandoned", "detail": "nobody wrote", "state": "bye"})
        row = outcome_table(log(START, said(0), said(1), ended(9, "contained"), concluded), [talk()]).iloc[0]
        assert (row["outcome"], row["detail"], row["last_state"]) == ("abandoned", "nobody wrote", "bye")

    def test_a_session_that_has_not_ended_is_open(self) -> None:
        assert outcome_table(log(START, said(0), sent(1)), [talk()])["outcome"].tolist() == ["open"]

    def test_a_conversation_without_events_has_a_row_and_no_outcome(self) -> None:
        row = outcome_table([], [talk()]).iloc[0]
        assert pd.isna(row["outcome"])
        assert pd.isna(row["duration_s"])
        assert (row["turns"], row["sessions"], row["detail"]) == (0, 0, "")

    def test_rows_stand_in_the_order_of_the_conversations(self) -> None:
        events = log(START, said(0), id="b") + log(START, said(0), id="a")
        assert outcome_table(events, [talk("a"), talk("b")])["conversation_id"].tolist() == ["a", "b"]

    @pytest.mark.parametrize("channel", ["webchat", "a channel of our own"])
    def test_cost_is_unknown_where_no_price_is_stated(self, channel: str) -> None:
        events = log(START, said(0), sent(1), channel=channel)
        assert math.isnan(outcome_table(events, [talk(channel=channel)])["cost_usd"].iloc[0])

    def test_cost_is_unknown_where_no_units_are(self) -> None:
        assert math.isnan(outcome_table(log(START, said(0), sent(1, units=0)), [talk()])["cost_usd"].iloc[0])

    def test_further_columns_of_the_record_follow(self) -> None:
        table = outcome_table([], [talk("a", extra={"intent": "return", "turns": 9}), talk("b", extra={"tags": [1]})])
        assert table["intent"].tolist()[0] == "return"
        assert table["recorded_turns"].tolist()[0] == 9
        assert table["tags"].tolist()[1] == "[1]"
        assert table["turns"].tolist() == [0, 0]

    def test_no_conversations_give_an_empty_table_of_the_same_columns(self) -> None:
        empty, full = outcome_table([], []), outcome_table(log(START), [talk()])
        assert len(empty) == 0
        assert list(empty.columns) == list(full.columns)
        assert empty.dtypes.to_dict() == full.dtypes.to_dict()

    def test_two_conversations_of_one_id_are_refused(self) -> None:
        with pytest.raises(UsageError, match=r"'c1'.*own id"):
            outcome_table([], [talk(), talk()])

    def test_a_record_is_measured_by_the_same_rules(self) -> None:
        lines = (
            Message(Role.CUSTOMER, "hi", T0),
            Message(Role.BOT, "yes?", T0 + 4),
            Message(Role.CUSTOMER, "an agent", T0 + 30),
            Message(Role.AGENT, "here", T0 + 90),
        )
        talks = [Conversation("c1", "sms", lines, outcome="handed_off"), Conversation("c2", "sms", lines[:1])]
        table = outcome_table(list(recorded_events(talks)), talks, "observed")
        assert table["outcome"].tolist()[0] == "handed_off"
        assert pd.isna(table["outcome"].iloc[1])
        assert table["duration_s"].tolist() == [90.0, 0.0]
        assert table["messages_out"].tolist() == [2, 0]
        assert table["cost_usd"].isna().all()


class TestCoverage:
    def events(self) -> list[Event]:
        first = (START, step(0, "Trigger", "incomingMessage", "ask"), step(1, "ask", "incomingMessage", "menu"))
        again = (step(2, "menu", "noMatch", "ask", "no match"), step(3, "ask", "incomingMessage", "menu"))
        last = (step(4, "menu", "match", "bye", "equal_to 2"), step(5, "bye", "sent", "Ended"))
        return log(*first, *again, *last)

    def test_every_exit_is_listed_with_its_count(self) -> None:
        table = coverage_table(FLOW, self.events())
        taken = {(row.state, row.event, row.next): row.n for row in table.itertuples()}
        assert taken == {
            ("Trigger", "incomingMessage", "ask"): 1,
            ("ask", "incomingMessage", "menu"): 2,
            ("ask", "timeout", "Ended"): 0,
            ("menu", "noMatch", "ask"): 1,
            ("menu", "match", "agent"): 0,
            ("menu", "match", "bye"): 1,
            ("agent", "callComplete", "Ended"): 0,
            ("bye", "sent", "Ended"): 1,
            ("bye", "failed", "Ended"): 0,
            ("island", "", ""): 0,
        }

    def test_visits_and_shares(self) -> None:
        table = coverage_table(FLOW, self.events()).drop_duplicates("state").set_index("state")
        assert table["visits"].to_dict() == {"Trigger": 1, "ask": 2, "menu": 2, "agent": 0, "bye": 1, "island": 0}
        assert table.loc["menu", "share"] == 0.5
        assert math.isnan(table.loc["agent", "share"])

    def test_the_summary_counts_states_and_exits(self) -> None:
        assert coverage_summary(coverage_table(FLOW, self.events())) == "states covered 4/6, exits covered 5/9"

    def test_an_empty_flow(self) -> None:
        assert coverage_summary(coverage_table(Flow(()), [])) == "states covered 0/0, exits covered 0/0"


class TestWilson:
    @pytest.mark.parametrize(
        ("k", "n", "low", "high"),
        [
            (7, 20, 0.181, 0.567),
            (12, 20, 0.387, 0.781),
            (120, 200, 0.531, 0.665),
            (0, 10, 0.0, 0.278),
            (10, 10, 0.722, 1.0),
        ],
    )
    def test_known_intervals(self, k: int, n: int, low: float, high: float) -> None:
        assert wilson(k, n) == pytest.approx((low, high), abs=0.0006)

    def test_by_hand(self) -> None:
        k, n, z = 7, 20, 1.959964
        middle, spread = k + z * z / 2, z * math.sqrt(k * (n - k) / n + z * z / 4)
        assert wilson(k, n) == pytest.approx(((middle - spread) / (n + z * z), (middle + spread) / (n + z * z)))

    def test_more_confidence_is_wider_and_nothing_is_unknown(self) -> None:
        assert wilson(7, 20, 0.99)[0] < wilson(7, 20)[0]
        assert all(map(math.isnan, wilson(0, 0)))


class TestRun:
    def run(self) -> Run:
        events = TestCoverage().events()
        return Run(
            FLOW, [talk(), talk("c2")], events, [Divergence("c1", "sms", 0, T0, "new line", "", HOSTILE, *"abc")]
        )

    def test_counts_and_path_tell_the_walk(self) -> None:
        run = self.run()
        assert run.counts["ask", "incomingMessage", "menu"] == 2
        assert run.counts["menu", "match", "agent"] == 0
        assert run.path("c1")[:2] == [("Trigger", "incomingMessage", "ask"), ("ask", "incomingMessage", "menu")]
        assert run.path("c2") == []
        with pytest.raises(UsageError, match=r"no conversation 'c9'.*Known: c1, c2"):
            run.path("c9")

    def test_its_tables(self) -> None:
        run = self.run()
        assert len(run.events) == len(run.log)
        assert run.outcomes["conversation_id"].tolist() == ["c1", "c2"]
        assert run.divergences.columns.tolist() == list(Divergence._fields)
        assert coverage_summary(run.coverage()) == "states covered 4/6, exits covered 5/9"
        assert run.recorded.outcomes["source"].unique().tolist() == ["observed"]

    def test_it_shows_itself_in_a_line_and_in_a_page(self) -> None:
        assert repr(self.run()) == "<Run replayed: 2 conversations through 'menu', 7 events, 1 divergences>"
        html = self.run()._repr_mimebundle_()["text/html"]
        assert "record and replay differ in 1 of 2" in html

    def test_an_empty_run(self) -> None:
        run = Run(Flow((), name="empty"), [], [], [])
        assert "0 conversations" in run._repr_mimebundle_()["text/html"]
        assert len(run.divergences) == len(run.outcomes) == 0
        assert run.divergences.columns.tolist() == list(Divergence._fields)

    def test_hostile_names_stay_text(self) -> None:
        events = log((0, "ended", {"event": HOSTILE}))
        parted = [Divergence("c1", "sms", 0, T0, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE)]
        html = Run(Flow((), name=HOSTILE), [talk()], events, parted, HOSTILE)._repr_mimebundle_()["text/html"]
        assert "<script" not in html
        assert "&lt;script" in html

    def test_fifty_thousand_events(self) -> None:
        events = [
            e for i in range(10_000) for e in log(START, said(0), sent(1), said(2), ended(3, "contained"), id=f"c{i}")
        ]
        run = Run(FLOW, [talk(f"c{i}") for i in range(10_000)], events, [])
        assert len(run.events) == 50_000
        assert run.outcomes["outcome"].value_counts().to_dict() == {"contained": 10_000}
        assert run.outcomes["turns"].sum() == 20_000


def test_a_run_names_the_states_that_nothing_answered() -> None:
    events = log(
        START, (1.0, "unanswered", {"state": "<b>look_up</b>"}), (2.0, "unanswered", {"state": "<b>look_up</b>"})
    )
    run = Run(FLOW, [talk()], events, [])
    assert run.unanswered == {"<b>look_up</b>": 2}
    html = run._repr_mimebundle_()["text/html"]
    assert "&lt;b&gt;look_up&lt;/b&gt; (2)" in html
