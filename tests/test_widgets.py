"""The notebook widgets without a notebook: press, type, read what is shown."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import pytest

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.model.channel import channel
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.run.session import Session
from flowlab.show.svg import FlowMap
from flowlab.widgets.compare_board import CompareBoard

SAMPLE = Path(__file__).parents[1] / "sample_data"
SVG = "{http://www.w3.org/2000/svg}"
EVIL = "<img src=x onerror=alert(1)>'\"</div><script>alert(2)</script>"


@pytest.fixture(autouse=True)
def _close_widgets() -> Iterator[None]:
    yield
    ipywidgets.Widget.close_all()


def small_flow(question: str = "Tea or coffee?") -> Flow:
    """Asks, decides, answers or ends in silence; the timeout says goodbye."""
    tea = Transition("match", "serve", (Condition("contains", "tea", ("{{widgets.ask.inbound.Body}}",)),))
    exits = (Transition("incomingMessage", "choose"), Transition("timeout", "bye"), Transition("deliveryFailure"))
    return Flow(
        (
            State("ask", "send-and-wait-for-reply", exits, {"body": question, "timeout": "1800"}),
            State("choose", "split-based-on", (Transition("noMatch"), tea), {"input": "{{widgets.ask.inbound.Body}}"}),
            State("serve", "send-message", (Transition("sent"), Transition("failed")), {"body": "Here is your tea."}),
            State("bye", "send-message", (Transition("sent"), Transition("failed")), {"body": "Gone? Bye!"}),
        ),
        "ask",
        name="teahouse",
    )


def calling_flow() -> Flow:
    """Asks the outside world after every message."""
    ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "look"),), {"body": "Number?"})
    look = State("look", "run-function", (Transition("success", "ask"),), {"url": "https://example.com/f"})
    return Flow((ask, look), "ask")


def inside(view: Any) -> Iterator[Any]:
    """A widget and everything in it."""
    yield view
    for child in getattr(view, "children", ()):
        yield from inside(child)


def found(thing: Any, kind: type, text: str = "") -> Any:
    """The only widget of a kind, or the one that says ``text``."""
    (match,) = [w for w in inside(thing.view) if isinstance(w, kind) and (not text or w.description == text)]
    return match


def press(thing: Any, text: str) -> None:
    found(thing, ipywidgets.Button, text).click()


def shown(thing: Any) -> str:
    """All HTML that a widget shows."""
    return "\n".join(w.value for w in inside(thing.view) if isinstance(w, ipywidgets.HTML))


def trouble(thing: Any) -> str:
    return next((w.value for w in inside(thing.view) if isinstance(w, ipywidgets.HTML) and "role=alert" in w.value), "")


class TestFlowMap:
    def test_paints_the_edges_that_were_walked(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.say("tea")
        svg = ET.fromstring(FlowMap(small_flow()).paint(session.events, session.state))
        groups = {
            kind: [g for g in svg.iter(f"{SVG}g") if kind in g.get("class", "").split()]
            for kind in ("walked", "passed")
        }
        assert [group.findtext(f"{SVG}title") for group in groups["walked"]] == ["incomingMessage", "contains tea"]
        assert {group.get("data-state") for group in groups["passed"]} == {"ask", "choose", "serve"}

    def test_a_window_is_what_the_picture_shows(self) -> None:
        picture = FlowMap(small_flow())
        part = picture.layout.nodes["serve"]
        svg = ET.fromstring(picture.paint(window=part))
        assert svg.get("viewBox") == f"{part.x:g} {part.y:g} {part.width:g} {part.height:g}"

    def test_the_overview_marks_the_active_state(self) -> None:
        svg = ET.fromstring(FlowMap(small_flow()).overview("bye"))
        assert [rect.get("class") for rect in svg.iter(f"{SVG}rect")].count("here") == 1

    def test_a_missing_state_is_drawn(self) -> None:
        flow = Flow((State("a", "send-message", (Transition("sent", "gone"),), {"body": "x"}),), "a")
        svg = ET.fromstring(FlowMap(flow).paint())
        assert "gone" in {group.get("data-state") for group in svg.iter(f"{SVG}g")}


@pytest.fixture(scope="module")
def runs() -> dict[str, Any]:
    names = {"version 1": "order_support.json", "version 2": "order_support_v2.json"}
    talks = fl.load(SAMPLE / "conversations" / "order_support.jsonl")[:60]
    services = SAMPLE / "services" / "order_support.yaml"
    return {name: fl.replay(fl.load(SAMPLE / "flows" / file), talks, services=services) for name, file in names.items()}


class TestCompareBoard:
    def test_chips_choose_the_rows_and_all_of_them_stays(self, runs: dict[str, Any]) -> None:
        board = CompareBoard(runs["version 1"])
        everything = board.table.loc["all text channels", "n"]
        found(board, ipywidgets.ToggleButton, channel("whatsapp").label).value = False
        assert "whatsapp" not in board.table.index
        assert board.table.loc["all text channels", "n"] == everything == 60
        assert "WhatsApp" not in shown(board)

    def test_all_and_none(self, runs: dict[str, Any]) -> None:
        board = CompareBoard(runs["version 1"])
        names = board.chosen
        press(board, "None")
        assert list(board.table.index) == ["all text channels"]
        press(board, "All")
        assert board.chosen == names

    def test_a_measure_orders_the_rows_and_changes_the_picture(self, runs: dict[str, Any]) -> None:
        board = CompareBoard(runs["version 1"])
        assert "alt='outcomes, as in the table" in shown(board)
        found(board, ipywidgets.Dropdown).value = "contained"
        values = list(board.table["contained"])[1:]
        assert values == sorted(values, reverse=True)
        assert board.table.index[0] == "all text channels"
        assert "alt='contained, as in the table" in shown(board)
        assert "abandoned" in shown(board)  # no outcome without its companions

    def test_versions_stay_together(self, runs: dict[str, Any]) -> None:
        board = CompareBoard(runs)
        board.metric.value = "duration_median_s"
        board.chosen = ["sms", "email"]
        names = [name for name, _ in board.table.index]
        assert names[:2] == ["all text channels"] * 2
        assert sorted(names[2:]) == ["email", "email", "sms", "sms"]
        assert names[2] == names[3]

    def test_every_measure_on_offer_can_be_shown(self, runs: dict[str, Any]) -> None:
        board = CompareBoard(runs["version 1"])
        board.chosen = ["sms"]
        for _, metric in board.metric.options:
            board.metric.value = metric
            assert trouble(board) == ""
            assert board.metric.value == metric

    def test_nothing_chosen_is_no_error(self, runs: dict[str, Any]) -> None:
        by_flow = CompareBoard(runs, by="flow")  # which has no row of all conversations
        for board in (CompareBoard(runs), by_flow):
            board.chosen = []
            board.metric.value = "abandoned"
            assert trouble(board) == ""
        assert len(by_flow.table) == 0

    def test_groups_without_a_name_can_be_chosen(self) -> None:
        message = fl.Message("customer", "hi", 0.0)
        named = fl.Conversation("1", "sms", (message,), extra={"campaign": 7})
        run = fl.replay(small_flow(), [named, fl.Conversation("2", "sms", (message,))])
        board = CompareBoard(run, by="campaign")
        board.chosen = ["(not recorded)"]
        assert list(board.table.index) == ["all conversations", "(not recorded)"]

    def test_takes_a_comparison(self, runs: dict[str, Any]) -> None:
        board = CompareBoard(fl.compare(runs["version 1"], by="outcome"))
        assert "contained" in board.chosen

    def test_an_unknown_column_is_an_error(self, runs: dict[str, Any]) -> None:
        with pytest.raises(UsageError, match="cannot compare by 'chanel'"):
            CompareBoard(runs["version 1"], by="chanel")

    def test_hostile_group_names_are_escaped(self) -> None:
        message = fl.Message("customer", "hi", 0.0)
        talk = fl.Conversation("1", "sms", (message,), extra={"campaign": EVIL})
        board = CompareBoard(fl.replay(small_flow(), [talk]), by="campaign")
        assert board.chosen == [EVIL]
        assert "onerror" in shown(board)
        assert "<img src=x" not in shown(board)
        assert "<script" not in shown(board)
