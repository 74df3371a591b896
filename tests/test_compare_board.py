"""The compare board without a notebook: what is chosen, what is shown, who stands behind a number, and its code."""

from __future__ import annotations

import json
from typing import Any

import matplotlib.pyplot as plt
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from order_support import WORLD, both_versions
from teahouse import EVIL, small_flow

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.measure.compare import compare_table
from flowlab.measure.replayed import Run
from flowlab.show.comparison import Comparison
from flowlab.widgets.assumption import Assumption
from flowlab.widgets.compare_board import NAMED, CompareBoard
from flowlab.widgets.compare_code import name_of


@pytest.fixture(scope="module")
def runs() -> dict[str, Run]:
    return both_versions(60)


@pytest.fixture
def board(runs: dict[str, Run]) -> CompareBoard:
    return CompareBoard(runs["version 1"])


def shown(board: CompareBoard) -> list[str]:
    return [row["group"] for row in board.view["rows"]]


class TestChoosing:
    def test_chips_choose_the_rows_and_all_of_them_stays(self, board: CompareBoard) -> None:
        everything = board.table.loc["all text channels", "n"]
        board.set_state({"chosen": [name for name in board.chosen if name != "whatsapp"]})
        assert "whatsapp" not in board.table.index
        assert board.table.loc["all text channels", "n"] == everything == 60
        assert "whatsapp" not in shown(board)

    def test_a_measure_orders_the_rows_and_comes_first(self, board: CompareBoard) -> None:
        board.metric = "contained"
        values = list(board.table["contained"])[1:]
        assert values == sorted(values, reverse=True)
        assert shown(board)[0] == "all text channels"
        assert board.view["panels"][0]["name"] == "contained"
        assert "abandoned" in [panel["name"] for panel in board.view["panels"]]  # no outcome without its companions

    def test_every_measure_on_offer_can_be_shown(self, board: CompareBoard) -> None:
        for metric, _ in board.options["metrics"]:
            board.metric = metric
            assert board.trouble == ""
            names = [panel["name"] for panel in board.view["panels"]]
            assert metric == "outcomes" or names[0] == metric
            assert all(row["words"][name] for row in board.view["rows"] for name in names)

    def test_versions_stay_together_and_can_be_hidden(self, runs: dict[str, Run]) -> None:
        board = CompareBoard(runs)
        board.metric, board.chosen = "duration_median_s", ["sms", "email"]
        names = [name for name, _ in board.table.index]
        assert names[:2] == ["all text channels"] * 2
        assert sorted(names[2:]) == ["email", "email", "sms", "sms"]
        assert names[2] == names[3]
        board.versions = ["version 2"]
        assert {row["flow"] for row in board.view["rows"]} <= {"", "version 2"}
        board.versions = []
        assert (board.trouble, board.view["rows"]) == ("", []) or board.view["rows"][0]["n"] == "0"

    def test_nothing_chosen_is_no_error(self, runs: dict[str, Run]) -> None:
        by_flow = CompareBoard(runs, by="flow")  # which has no row of all conversations
        for board in (CompareBoard(runs), by_flow):
            board.chosen = []
            board.metric = "abandoned"
            assert board.trouble == ""
        assert by_flow.view["rows"] == []
        assert len(by_flow.table) == 0

    def test_only_some_conversations(self, board: CompareBoard) -> None:
        board.where = {"intent": "order"}
        outcomes = board.comparison.outcomes
        assert set(outcomes["intent"]) == {"order"}
        assert board.table.loc["all text channels", "n"] == len(outcomes) < 60
        board.where = {"intent": "order", "gone": "x"}
        assert "no column 'gone'" in board.trouble

    def test_other_groups_begin_with_all_of_them(self, board: CompareBoard) -> None:
        board.where = {"intent": "order", "persona": "vague"}
        board.by = "intent"
        assert board.where == {"persona": "vague"}
        assert set(board.chosen) == {name for name in shown(board) if name != "all conversations"}
        assert board.trouble == ""

    def test_groups_chosen_together_with_their_column_stay(self, board: CompareBoard) -> None:
        board.set_state({"by": "intent", "chosen": ["order"]})
        assert shown(board) == ["all conversations", "order"]
        board.set_state({"chosen": ["sms", "line"], "by": "channel"})
        assert shown(board) == ["all text channels", "sms", "line"]
        board.by = "outcome"
        assert "contained" in board.chosen
        board.chosen = ["contained"]
        board.by = "channel"
        assert len(board.chosen) == 7
        board.chosen = []
        board.by = "intent"
        assert board.chosen

    def test_choices_made_at_once_all_count(self, board: CompareBoard) -> None:
        board.set_state({"metric": "abandoned", "chosen": ["sms", "email"], "where": {"intent": "order"}})
        assert board.view["panels"][0]["name"] == "abandoned"
        assert set(shown(board)) == {"all text channels", "sms", "email"}
        assert set(board.comparison.outcomes["intent"]) == {"order"}

    def test_what_there_is_not_cannot_be_chosen_in_python(self, board: CompareBoard) -> None:
        with pytest.raises(UsageError, match=r"no measure 'contaned'.*Did you mean 'contained'"):
            board.metric = "contaned"
        with pytest.raises(UsageError, match="cannot compare by 'chanel'"):
            board.by = "chanel"
        assert (board.metric, board.by) == ("outcomes", "channel")

    def test_a_measure_that_a_filter_leaves_nothing_of_comes_back_with_it(self, runs: dict[str, Run]) -> None:
        board = CompareBoard(runs["version 1"])
        board.metric = "timed_out"
        board.where = {"outcome": "contained"}
        assert (board.trouble, board.metric, board.view["metric"]) == ("", "timed_out", "outcomes")
        assert "plot(metric='outcomes')" in board.code
        board.where = {}
        assert board.view["panels"][0]["name"] == "timed_out"

    def test_groups_without_a_name_can_be_chosen(self) -> None:
        message = fl.Message("customer", "hi", 0.0)
        named = fl.Conversation("1", "sms", (message,), extra={"campaign": 7})
        board = CompareBoard(fl.replay(small_flow(), [named, fl.Conversation("2", "sms", (message,))]), by="campaign")
        board.chosen = ["(not recorded)"]
        assert list(board.table.index) == ["all conversations", "(not recorded)"]
        assert board.look_behind("(not recorded)") == ["2"]

    def test_takes_a_comparison(self, runs: dict[str, Run]) -> None:
        assert "contained" in CompareBoard(fl.compare(runs["version 1"], by="outcome")).chosen

    def test_an_unknown_column_is_an_error(self, runs: dict[str, Run]) -> None:
        with pytest.raises(UsageError, match="cannot compare by 'chanel'"):
            CompareBoard(runs["version 1"], by="chanel")


class TestNumbers:
    @settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_they_are_those_of_the_conversations_chosen(self, runs: dict[str, Run], data: st.DataObject) -> None:
        board = CompareBoard(runs)
        by = data.draw(st.sampled_from([name for name, _ in board.options["by"]]))
        board.by = by
        column = data.draw(st.sampled_from(list(board.options["filters"])))
        board.where = {column: data.draw(st.sampled_from(board.options["filters"][column]))}
        outcomes = board.comparison.outcomes
        assert set(board.comparison.counted.coded(column).occurring()) == set(board.where.values())
        expected = compare_table(outcomes, by)
        assert board.comparison.table.equals(expected)
        for row in board.view["rows"]:
            key = (row["group"], row["flow"]) if row["flow"] else row["group"]
            for name, (share, low, high) in row["bars"].items():
                known = expected.loc[key, name]
                assert share == known or (share is None and known != known)
                if low is not None:
                    assert (low, high) == (expected.loc[key, f"{name}_low"], expected.loc[key, f"{name}_high"])

    def test_the_numbers_behind_each_cell_are_as_many_as_it_says(self, runs: dict[str, Run]) -> None:
        board = CompareBoard(runs)
        for row in board.view["rows"]:
            assert f"{len(board.look_behind(row['group'], '', row['flow'])):,}" == row["n"]
            for name, (_, count, _) in row["words"].items():
                if "/" in count:
                    ids = board.look_behind(row["group"], name, row["flow"])
                    assert len(ids) == int(count.split("/")[0]), (row["group"], name)

    def test_only_so_many_are_named(self, runs: dict[str, Run]) -> None:
        board = CompareBoard(runs["version 1"])
        board.act({"do": "behind", "group": "all text channels"})
        assert (board.behind["count"], len(board.behind["talks"])) == (60, NAMED)
        assert len(board.conversations) == 60

    def test_unknown_outcomes_are_behind_no_number(self, runs: dict[str, Run]) -> None:
        outcomes = fl.compare(runs["version 1"]).outcomes
        outcomes.loc[:9, "outcome"] = float("nan")
        board = CompareBoard(Comparison(outcomes))
        assert board.view["rows"][0]["n"] == "50"
        assert len(board.look_behind("all text channels")) == 50

    def test_the_conversations_are_those_of_the_run_that_was_clicked(self, runs: dict[str, Run]) -> None:
        flow, talks = runs["version 1"].flow, runs["version 1"].conversations
        parts = {half: fl.replay(flow, some, services=WORLD) for half, some in enumerate((talks[:30], talks[30:]))}
        board = CompareBoard(parts)
        ids = board.look_behind("all text channels", flow="1")
        assert [talk.id for talk in board.conversations] == ids == [talk.id for talk in talks[30:]]
        board.look_behind("all text channels")
        assert len(board.conversations) == 60
        board.versions = ["1"]
        assert len(board.look_behind("all text channels")) == 30

    def test_the_title_says_how_many_of_how_many(self, runs: dict[str, Run]) -> None:
        board = CompareBoard(runs)
        ids = board.look_behind("sms", "handed_off", "version 2")
        n = board.table.loc[("sms", "version 2"), "n"]
        assert board.behind["title"] == f"handed off of SMS / MMS, version 2: {len(ids)} of {n}"

    def test_several_sources_are_told_apart(self, runs: dict[str, Run]) -> None:
        board = CompareBoard({"as recorded": runs["version 1"].recorded, "replayed": runs["version 1"]})
        assert board.view["rest"][-1] == "source"
        assert {row["rest"][-1][0] for row in board.view["rows"]} == {"observed", "replayed"}

    def test_a_conversation_behind_a_number_can_be_played(self, runs: dict[str, Run]) -> None:
        board = CompareBoard(runs)
        (first, *_) = board.look_behind("email", "abandoned", "version 2")
        board.act({"do": "play", "conversation": first, "flow": "version 2"})
        assert board.trouble == ""
        assert board.stage.conversation == first
        assert board.stage.run is runs["version 2"]
        assert ["version: version 1", "version 1"] in board.stage.besides
        board.act({"do": "play", "conversation": "gone"})
        assert "no conversation 'gone'" in board.trouble


class TestCode:
    def run(self, board: CompareBoard, runs: Any) -> Any:
        """What the board's code shows last, and the comparison it made: ours, of our own sample."""
        *lines, last = board.code.splitlines()
        names = {"fl": fl, "runs": runs}
        exec(compile("\n".join(lines), "code.py", "exec"), names)
        plt.close("all")
        return eval(compile(last, "code.py", "eval"), names)

    @pytest.mark.parametrize(
        "choices",
        [
            {},
            {"metric": "contained"},
            {"metric": "turns", "chosen": ["email", "sms"]},
            {"where": {"intent": "order"}, "versions": ["version 2"]},
            {"by": "intent", "metric": "abandoned"},
        ],
    )
    def test_it_makes_the_same_table(self, runs: dict[str, Run], choices: dict[str, Any]) -> None:
        board = CompareBoard(runs)
        for name, value in choices.items():
            setattr(board, name, value)
        made = self.run(board, runs)
        assert made.equals(board.table), board.code

    @settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(data=st.data())
    def test_whatever_is_chosen(self, runs: dict[str, Run], data: st.DataObject) -> None:
        board = CompareBoard(runs)
        board.by = data.draw(st.sampled_from([name for name, _ in board.options["by"]]))
        column = data.draw(st.sampled_from(sorted(board.options["filters"])))
        board.where = {column: data.draw(st.sampled_from(board.options["filters"][column]))}
        board.metric = data.draw(st.sampled_from([name for name, _ in board.options["metrics"]]))
        if board.options["versions"]:
            board.versions = data.draw(st.sampled_from([["version 1"], ["version 2"], ["version 1", "version 2"]]))
        board.chosen = data.draw(st.lists(st.sampled_from(board.chosen), unique=True)) if board.chosen else []
        if len(board.table):
            pd.testing.assert_frame_equal(self.run(board, runs), board.table)

    def test_columns_of_any_name(self) -> None:
        extra = {"class": "a", "two words": "b", "self": "c"}
        talks = [
            fl.Conversation(str(n), "sms", (fl.Message("customer", "hi", 0.0),), extra=extra if n else {})
            for n in range(2)
        ]
        run = fl.replay(small_flow(), talks)
        for name, value in extra.items():
            board = CompareBoard(run)
            board.where = {name: value}
            assert self.run(board, run).equals(board.table), board.code
            assert board.table.loc["sms", "n"] == 1
            board.where = {name: "(not recorded)"}
            assert self.run(board, run).equals(board.table), board.code

    def test_runs_have_the_notebook_s_own_name(self, runs: dict[str, Run]) -> None:
        names = {"_": runs, "pair": dict(runs), "x": 1}
        assert name_of(runs, names) == "pair"
        assert name_of(runs["version 2"], names) == "pair['version 2']"
        assert name_of(runs["version 2"], {"one": runs["version 2"], **names}) == "one"
        assert name_of(list(runs.values()), {"two": list(runs.values())}) == "two"
        assert name_of(runs, {}) == "runs"

    def test_only_chooses_by_columns(self, runs: dict[str, Run]) -> None:
        comparison = fl.compare(runs)
        assert set(comparison.only(channel=["sms", "line"]).outcomes["channel"]) == {"sms", "line"}
        assert (
            comparison.only(channel="sms", flow="version 1").table.loc["sms", "n"]
            == (comparison.table.loc[("sms", "version 1"), "n"])
        )
        with pytest.raises(UsageError, match="no column 'chanel'"):
            comparison.only(chanel="sms")


class TestAssumptions:
    def again(self, n: float, seed: float = 1.0) -> Run:
        said = [(fl.Message("customer", "hi", 0.0), fl.Message("customer", "tea", 9.0))] * int(n)
        return fl.replay(small_flow(), [fl.Conversation(str(k), "sms", talk) for k, talk in enumerate(said)])

    def test_a_slider_runs_it_anew_and_keeps_what_was_chosen(self) -> None:
        board = CompareBoard(self.again(3), assumptions=[Assumption("n", 1, 9, 3)], again=self.again)
        board.metric = "contained"
        board.act({"do": "assume", "values": {"n": 7}})
        assert (board.trouble, board.busy, board.metric) == ("", False, "contained")
        assert board.table.loc["sms", "n"] == 7
        assert board.sliders == [["n", 1, 9, 7.0, ""]]

    @pytest.mark.parametrize(
        ("name", "value", "message"), [("n", 10, "expected 1 to 9"), ("m", 1, "no assumption 'm'")]
    )
    def test_what_cannot_be_assumed_is_told(self, name: str, value: float, message: str) -> None:
        board = CompareBoard(self.again(3), assumptions=[Assumption("n", 1, 9, 3)], again=self.again)
        board.act({"do": "assume", "values": {name: value}})
        assert message in board.trouble
        assert board.table.loc["sms", "n"] == 3

    def test_groups_that_come_with_it_are_shown(self) -> None:
        def again(n: float) -> Run:
            said = (fl.Message("customer", "hi", 0.0),)
            names = ["sms", "line", "email"][: int(n)]
            return fl.replay(small_flow(), [fl.Conversation(name, name, said) for name in names])

        board = CompareBoard(again(2), assumptions=[Assumption("n", 1, 3, 2)], again=again)
        board.chosen = ["sms"]
        board.assume(n=3)
        assert board.chosen == ["sms", "email"]
        assert board.code.startswith("comparison = fl.compare(again(n=3), by='channel')")

    def test_what_fails_is_told_and_changes_nothing(self) -> None:
        def again(n: float) -> Run:
            raise ZeroDivisionError("no customers")

        board = CompareBoard(self.again(3), assumptions=[Assumption("n", 1, 9, 3)], again=again)
        board.act({"do": "assume", "values": {"n": 5}})
        assert (board.trouble, board.busy) == ("ZeroDivisionError: no customers", False)
        assert board.sliders == [["n", 1, 9, 3, ""]]
        assert board.table.loc["sms", "n"] == 3

    def test_an_assumption_keeps_its_bounds(self) -> None:
        with pytest.raises(UsageError, match="n is 9; expected 1 to 5 talks"):
            Assumption("n", 1, 5, 9, "talks")

    def test_without_a_simulation_there_is_no_slider(self, board: CompareBoard) -> None:
        assert board.sliders == []


def test_what_is_sent_is_json(runs: dict[str, Run]) -> None:
    board = CompareBoard(runs)
    state = {key: value for key, value in board.get_state().items() if not key.startswith("_")}
    json.dumps(state, allow_nan=False)


def test_hostile_group_names_are_only_ever_data() -> None:
    message = fl.Message("customer", "hi", 0.0)
    talk = fl.Conversation("1", "sms", (message,), extra={"campaign": EVIL, "x" * 100: EVIL})
    board = CompareBoard(fl.replay(small_flow(), [talk]), by="campaign")
    assert board.chosen == [EVIL]
    assert "<img" not in board._still()["text/html"]
    long = fl.Conversation("1", "sms", (message,), extra={"campaign": "\u202e" + "x" * 100_000})
    notes = CompareBoard(fl.replay(small_flow(), [long]), by="campaign").view["notes"]
    assert max(map(len, notes)) < 500
    assert not any("\u202e" in note for note in notes)


def test_a_comparison_without_its_runs_cannot_play(runs: dict[str, Run]) -> None:
    board = CompareBoard(Comparison(fl.compare(runs).outcomes))
    board.act({"do": "play", "conversation": "hp-0001"})
    assert "made without its runs" in board.trouble
