"""Comparing groups and versions: the numbers, the words beside them, and how they show themselves."""

from __future__ import annotations

import json
import math
from html.parser import HTMLParser

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import pytest
from matplotlib.figure import Figure

from flowlab.errors import UsageError
from flowlab.measure.compare import cautions, compare_long, compare_table
from flowlab.measure.outcomes import outcome_table
from flowlab.measure.replayed import Run
from flowlab.model.conversation import Conversation
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.show.cells import grid
from flowlab.show.comparison import Comparison, compare

HOSTILE = "<script>alert('$x_{')</script>\x1b[2J"


def conversation(number: int, channel: str, outcome: str, *, seconds: float = 60.0, **more: object):
    """A conversation and its events: two customer messages, one answer, ``seconds`` long."""
    name = f"c{number}"
    lines = [(0.0, "started", {}), (0.0, "received", {"units": 1}), (1.0, "sent", {"units": 2, "text": "hello"})]
    lines += [(seconds, "received", {"units": 1}), (seconds, "ended", {"event": outcome})]
    events = [
        Event(name, seq, 1_772_445_600.0 + at, channel, kind, **columns)
        for seq, (at, kind, columns) in enumerate(lines)
    ]
    return Conversation(name, channel, (), **more), events


def run_of(*parts: tuple[Conversation, list[Event]], name: str = "v1", source: str = "replayed") -> Run:
    return Run(Flow((), name=name), [talk for talk, _ in parts], [e for _, events in parts for e in events], [], source)


def twenty(name: str = "v1", contained: int = 7) -> Run:
    """Twenty conversations on webchat and sms; of all, the first ``contained`` are contained, the rest handed off."""
    parts = [
        conversation(
            i,
            "webchat" if i % 2 else "sms",
            "contained" if i < contained else "handed_off",
            seconds=10.0 * (i + 1),
            resolved=(True, False, None)[i % 3],
            extra={"intent": "return" if i < 15 else "where"},
        )
        for i in range(20)
    ]
    return run_of(*parts, name=name)


class TestTable:
    def test_all_first_then_channels_in_their_order(self) -> None:
        parts = [conversation(i, c, "contained") for i, c in enumerate(("webchat", "our app", "sms", "sms", "line"))]
        table = compare_table(run_of(*parts).outcomes)
        assert table.index.tolist() == ["all text channels", "sms", "line", "webchat", "our app"]
        assert table["n"].tolist() == [5, 2, 1, 1, 1]

    def test_shares_with_their_intervals(self) -> None:
        row = compare_table(twenty().outcomes).loc["all text channels"]
        assert (row["contained"], row["contained_k"], row["n"]) == (0.35, 7, 20)
        assert (row["contained_low"], row["contained_high"]) == pytest.approx((0.181, 0.567), abs=0.0006)
        assert row["handed_off"] == 0.65

    def test_only_outcomes_that_occur_and_together_they_are_all(self) -> None:
        table = compare_table(twenty().outcomes)
        assert "abandoned" not in table
        assert (table["contained_k"] + table["handed_off_k"]).tolist() == table["n"].tolist()

    def test_pace_messages_and_cost(self) -> None:
        table = compare_table(twenty().outcomes)
        assert table.loc["all text channels", "duration_median_s"] == 105.0
        assert table.loc["all text channels", "duration_p90_s"] == pytest.approx(181.0)
        assert table["turns"].tolist() == [2.0, 2.0, 2.0]
        assert table["messages"].tolist() == [3.0, 3.0, 3.0]
        assert table.loc["sms", "cost_usd"] == pytest.approx(4 * 0.0083)
        assert math.isnan(table.loc["webchat", "cost_usd"])
        assert table.loc["all text channels", ["cost_usd", "cost_n"]].tolist() == pytest.approx([4 * 0.0083, 10])

    def test_resolution_is_of_those_where_it_is_known(self) -> None:
        row = compare_table(twenty().outcomes).loc["all text channels"]
        assert (row["resolved_k"], row["resolved_n"]) == (7, 14)
        assert row["resolved"] == 0.5

    def test_by_any_column_the_largest_group_first_unknown_last(self) -> None:
        outcomes = twenty().outcomes
        outcomes.loc[:11, "intent"] = None
        table = compare_table(outcomes, "intent")
        assert table.index.tolist() == ["all conversations", "where", "return", "(not recorded)"]
        assert table["n"].tolist() == [20, 5, 3, 12]

    def test_an_unknown_column_is_named_with_those_there_are(self) -> None:
        with pytest.raises(UsageError, match=r"by 'chanel'.*Did you mean 'channel'\?.*intent"):
            compare_table(twenty().outcomes, "chanel")

    def test_unknown_outcomes_are_left_out(self) -> None:
        outcomes = twenty().outcomes
        outcomes.loc[0, "outcome"] = float("nan")
        assert compare_table(outcomes).loc["all text channels", ["n", "contained_k"]].tolist() == [19, 6]
        assert any("1 conversations have no known outcome" in said for said in cautions(outcomes))

    def test_nothing_to_compare_is_one_row_of_nothing(self) -> None:
        table = compare_table(outcome_table([], []))
        assert table["n"].to_dict() == {"all text channels": 0}
        assert len(compare_long(outcome_table([], []))) == 1  # resolved, of nobody

    def test_one_conversation(self) -> None:
        table = compare_table(run_of(conversation(0, "sms", "contained")).outcomes)
        assert table["contained"].tolist() == [1.0, 1.0]
        assert table["contained_low"].iloc[0] == pytest.approx(0.2065, abs=0.001)

    def test_long_form_says_the_same(self) -> None:
        outcomes = twenty().outcomes
        wide, long = compare_table(outcomes), compare_long(outcomes)
        assert long.columns.tolist() == ["channel", "measure", "share", "low", "high", "k", "n", "source"]
        sms = long[(long["channel"] == "sms") & (long["measure"] == "contained")].iloc[0]
        assert sms["share"] == wide.loc["sms", "contained"]
        assert (sms["k"], sms["n"]) == (4, 10)

    def test_the_source_is_carried(self) -> None:
        assert set(compare_table(twenty().recorded.outcomes)["source"]) <= {"observed", ""}
        assert set(compare_table(twenty().outcomes)["source"]) == {"replayed"}


class TestCautions:
    def test_channels_are_associations_and_small_groups_are_named(self) -> None:
        said = " ".join(cautions(twenty().outcomes))
        assert "associations" in said
        assert "Few conversations (under 30): all text channels, sms, webchat." in said
        assert "Cost is unknown on webchat" in said
        assert "a replay cannot know it anew" in said

    def test_many_small_groups_are_not_all_named(self) -> None:
        parts = [conversation(i, "sms", "contained", extra={"intent": f"intent {i:02}"}) for i in range(40)]
        said = " ".join(cautions(run_of(*parts).outcomes, "intent"))
        assert "intent 00, intent 01" in said
        assert "and 32 more" in said

    def test_a_simulation_says_what_its_intervals_mean(self) -> None:
        run = run_of(conversation(0, "sms", "contained"), source="simulated")
        said = " ".join(cautions(run.outcomes))
        assert "noise of the simulation" in said
        assert "associations" not in said

    def test_versions_on_the_same_conversations_are_pairs_others_are_not(self) -> None:
        assert any("pair by pair" in said for said in compare([twenty("a"), twenty("b")]).notes)
        other = run_of(conversation(99, "sms", "contained"), name="b")
        assert any("different conversations" in said for said in compare([twenty("a"), other]).notes)


class TestVersions:
    def test_every_group_is_split_by_flow_and_nothing_is_pooled_over_flows(self) -> None:
        table = compare({"old": twenty(contained=7), "new": twenty(contained=12)}).table
        assert table.index.tolist() == [
            (group, flow) for group in ("all text channels", "sms", "webchat") for flow in ("old", "new")
        ]
        assert table.loc[("all text channels", "old"), "contained"] == 0.35
        assert table.loc[("all text channels", "new"), "contained"] == 0.6

    def test_an_outcome_of_one_version_is_none_of_the_other(self) -> None:
        table = compare({"old": twenty(contained=20), "new": twenty(contained=7)}, by="flow").table
        assert table.index.tolist() == ["old", "new"]
        assert table["handed_off_k"].tolist() == [0, 13]

    def test_by_flow_with_one_run_is_one_row(self) -> None:
        assert compare(twenty(), by="flow").table.index.tolist() == ["v1"]

    def test_a_list_is_named_by_its_flows(self) -> None:
        table = compare([twenty("menu"), twenty("menu")], by="flow").table
        assert table.index.tolist() == ["menu", "menu (2)"]

    @pytest.mark.parametrize("nothing", [[], {}])
    def test_nothing_is_refused(self, nothing: object) -> None:
        with pytest.raises(UsageError, match="nothing to compare"):
            compare(nothing)

    def test_a_wrong_column_is_told_at_once(self) -> None:
        with pytest.raises(UsageError, match="intnt"):
            compare(twenty(), by="intnt")


class Page(HTMLParser):
    """Tags and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data + " "


class TestShown:
    def test_in_a_notebook_as_table_and_picture(self) -> None:
        bundle = compare(twenty())._repr_mimebundle_()
        page = Page(bundle["text/html"])
        assert page.tags.count("img") == 2  # one for each theme
        assert "data:image/png;base64," in bundle["text/html"]
        for written in ("all text channels", "Web chat", "35%", "18–57%", "7/20", "associations"):
            assert written in page.text
            assert written in bundle["text/plain"]

    def test_hostile_text_stays_text(self) -> None:
        parts = [conversation(i, HOSTILE, HOSTILE, extra={"intent": HOSTILE}) for i in range(2)]
        for by in ("channel", "intent"):
            runs = {HOSTILE: run_of(*parts), "b": run_of(*parts)}
            bundle = compare(runs, by=by)._repr_mimebundle_()
            assert "script" not in Page(bundle["text/html"]).tags
            assert "&lt;script" in bundle["text/html"]
            assert "\x1b" not in bundle["text/plain"] + bundle["text/html"]

    @pytest.mark.parametrize("versions", [1, 2])
    def test_text_fits_the_terminal(self, versions: int) -> None:
        outcomes = ("contained", "handed_off", "abandoned", "timed_out", "dropped", "failed", "not_started", "open")
        parts = [conversation(i, "whatsapp", outcomes[i % 8], resolved=True) for i in range(1600)]
        runs = {f"a version with a long name {v}": run_of(*parts) for v in range(versions)}
        table = compare(runs).as_text()
        assert max(map(len, table.splitlines())) <= 120
        assert all(name.replace("_", " ") in table for name in outcomes)
        assert "200/1600" in table

    def test_json_is_json_with_none_for_unknown(self) -> None:
        document = json.loads(json.dumps(compare(twenty()).as_json(), allow_nan=False))
        rows = {row["channel"]: row for row in document["rows"]}
        assert document["by"] == "channel"
        assert rows["webchat"]["cost_usd"] is None
        assert rows["all text channels"]["shares"]["contained"]["k"] == 7
        assert rows["all text channels"]["shares"]["contained"]["n"] == 20
        assert rows["sms"]["source"] == "replayed"

    def test_an_empty_run_shows_itself(self) -> None:
        bundle = compare(run_of())._repr_mimebundle_()
        assert "all text channels" in bundle["text/plain"]
        json.dumps(compare(run_of()).as_json(), allow_nan=False)

    def test_shares_near_none_and_all_are_not_rounded_to_them(self) -> None:
        parts = [conversation(i, "sms", "failed" if i == 0 else "contained") for i in range(1000)]
        cells = grid(compare_table(run_of(*parts).outcomes), "channel").rows[0].cells
        assert [cell.value for cell in cells[1:3]] == [">99%", "<1%"]


class TestPlot:
    def texts(self, ax: object) -> list[str]:
        return [text.get_text() for text in ax.texts] + [tick.get_text() for tick in ax.get_yticklabels()]

    def test_it_draws_on_the_given_axes_and_hands_them_back(self) -> None:
        ax = Figure().subplots()
        assert compare(twenty()).plot(ax) is ax
        assert {"contained", "handed off", "resolved", "7/20", "7/14", "SMS / MMS"} <= set(self.texts(ax))

    def test_all_stands_apart_from_its_parts(self) -> None:
        ax = compare(twenty()).plot(Figure().subplots())
        all_at, first, second = ax.get_yticks()
        assert all_at - first > first - second

    def test_without_axes_it_makes_a_figure_and_leaves_it_open(self) -> None:
        before = plt.get_fignums()
        ax = compare(twenty()).plot()
        assert len(plt.get_fignums()) == len(before) + 1
        plt.close(ax.figure)

    def test_showing_a_comparison_leaves_no_figure_and_no_style_behind(self) -> None:
        figures, colour = plt.get_fignums(), mpl.rcParams["text.color"]
        compare(twenty())._repr_mimebundle_()
        assert plt.get_fignums() == figures
        assert mpl.rcParams["text.color"] == colour

    @pytest.mark.parametrize(
        ("metric", "written"),
        [
            ("contained", "7/20"),
            ("duration_median_s", "1.8 min"),
            ("duration_p90_s", "3 min"),
            ("turns", "2"),
            ("messages", "3"),
            ("cost_usd", "$0.033"),
        ],
    )
    def test_one_measure_alone(self, metric: str, written: str) -> None:
        texts = self.texts(compare(twenty()).plot(Figure().subplots(), metric))
        assert written in texts

    def test_an_unknown_metric_is_named_with_those_there_are(self) -> None:
        with pytest.raises(UsageError, match=r"'outcome'.*Did you mean 'outcomes'"):
            compare(twenty()).plot(Figure().subplots(), "outcome")

    def test_labels_are_no_formulas(self) -> None:
        parts = [conversation(0, "$\\frac{", "contained", extra={"intent": "$x_$"})]
        for by in ("channel", "intent"):
            Comparison(run_of(*parts).outcomes, by).pictures()

    def test_letters_the_font_lacks_do_not_warn(self) -> None:
        compare(run_of(conversation(0, "網路聊天 👋", "contained"))).pictures()


def test_the_outcome_table_is_enough_to_compare() -> None:
    outcomes = pd.concat([twenty().outcomes.assign(flow=name) for name in ("a", "b")])
    assert Comparison(outcomes, "intent").table.index.names == ["intent", "flow"]
