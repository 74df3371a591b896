"""The channel board without a page: columns that go on alone, what the page is told, and what it asks for."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_side_by_side import EVIL, WORLD, Page, content, menu_flow

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.run.turns import Turn
from flowlab.widgets.channel_board import ChannelBoard
from flowlab.widgets.lanes import NOT_YET

SAMPLE = Path(__file__).parents[1] / "sample_data"
STORE = SAMPLE / "services" / "store_service.yaml"
ALL = ["sms", "whatsapp", "line", "email", "webchat", "messenger", "inapp"]
#: Two that differ: one is asked for the order number, of the other it is known.
APP = ("home screen of the app", "order screen of the app")


@pytest.fixture(scope="module")
def store() -> fl.Flow:
    return fl.load(SAMPLE / "flows" / "store_service.json")


@pytest.fixture(scope="module")
def screens() -> list[Any]:
    points = fl.load(SAMPLE / "entry_points.yaml")
    return [points[name] for name in APP]


def board(turns: Sequence[Any] = (), channels: Sequence[Any] = ("sms", "webchat"), **start: Any) -> ChannelBoard:
    return ChannelBoard(menu_flow(), turns, channels, services=WORLD, **start)


def texts(of: ChannelBoard, channel: str, who: str = "flow") -> list[str]:
    table = of.sides.table
    return table[(table["channel"] == channel) & (table["who"] == who)]["text"].tolist()


def asked(of: ChannelBoard, do: str, **more: Any) -> ChannelBoard:
    of.act({"do": do, **more})
    return of


class TestTurns:
    def test_what_is_typed_once_is_said_everywhere(self) -> None:
        many = board(channels=())
        many.say("hi")
        assert many.channels == ALL
        assert {tuple(texts(many, name, "customer")) for name in ALL} == {("hi",)}

    def test_it_is_what_side_by_side_gives(self) -> None:
        turns = ["hi", {"pick": 1}, {"wait_s": 60}, "thanks"]
        live, still = board(turns), fl.side_by_side(menu_flow(), turns, ["sms", "webchat"], services=WORLD)
        assert live.sides.table.equals(still.table) and live.sides.differences.equals(still.differences)
        assert live.sides.as_html() == still.as_html()
        again = fl.side_by_side(menu_flow(), live.turns, live.channels, services=WORLD)
        assert again.table.equals(still.table)

    @pytest.mark.parametrize("move", ["back", "remove", "edit", "restart"])
    def test_whatever_was_changed_it_stands_as_if_played_so_from_the_beginning(self, move: str) -> None:
        live = board(["hi", "2", "hello", "1"])
        expected = {"back": ["hi", "2", "hello"], "remove": ["hi", "hello", "1"], "edit": ["hi", "3", "hello", "1"]}
        {"back": live.back, "remove": lambda: live.remove(2), "edit": lambda: live.edit(2, "3")}.get(
            move, live.restart
        )()
        turns = expected.get(move, [])
        assert [turn.say for turn in live.turns] == turns
        assert live.sides.table.equals(board(turns).sides.table)

    def test_a_turn_keeps_its_kind_when_it_is_edited(self) -> None:
        live = board(["hi", {"pick": 1}, {"wait_s": 60}, {"jump": "tomorrow 09:05"}])
        for number, text in enumerate(["hello", "Return something", "90", "tomorrow 10:00"], 1):
            live.edit(number, text)
        assert live.turns == [
            Turn("hello"),
            Turn(pick="Return something"),
            Turn(wait_s=90),
            Turn(jump="tomorrow 10:00"),
        ]
        for number, text in ((1, " "), (3, "soon"), (9, "x")):
            with pytest.raises(UsageError):
                live.edit(number, text)

    def test_only_the_new_turn_is_played(self) -> None:
        live = board(["hi"])
        begun = [lane.sessions[1] for lane in live._lanes.lanes.values()]
        live.say("2")
        assert [lane.sessions[1] for lane in live._lanes.lanes.values()] == begun
        live.edit(2, "3")
        assert [lane.sessions[1] for lane in live._lanes.lanes.values()] == begun

    def test_a_blank_text_and_a_way_back_from_the_beginning_do_nothing(self) -> None:
        live = board()
        live.say("  ")
        live.back()
        assert live.turns == []

    @settings(max_examples=25, deadline=None)
    @given(st.lists(st.sampled_from(["hi", "2", "back", "remove", "edit", "wait", "toggle"]), max_size=9))
    def test_any_moves_come_to_what_playing_the_turns_comes_to(self, moves: list[str]) -> None:
        live = board()
        for move in moves:
            message = {
                "back": {"do": "back"},
                "remove": {"do": "remove", "turn": 1},
                "edit": {"do": "edit", "turn": 1, "text": "hello"},
                "wait": {"do": "wait", "seconds": 60},
                "toggle": {"do": "toggle", "name": "line"},
            }.get(move, {"do": "say", "text": move})
            live.act(message)
        again = board(channels=live.channels)
        again._lanes.begin(again._lanes.setup, live.turns)
        assert live.sides.table.equals(again.sides.table)


class TestWhatCannotBeDone:
    def test_a_choice_that_one_column_has_not_does_not_stop_the_others(self) -> None:
        live = ChannelBoard(two_ways(), ["hi"], ["sms", "webchat"], services=two_menus())
        live.pick("Red")
        assert texts(live, "webchat", "customer") == ["hi", "Red"]
        (why,) = texts(live, "sms", "undone")
        assert "'Red' names no choice" in why and "Small" in why
        line = live.sides.differences.set_index("kind").loc["undone"]
        assert (line["turn"], line["channels"]) == (1, "sms") and line["why"].startswith("SMS: 'Red' names no choice")
        assert "undone" in live.html
        live.say("on")
        assert texts(live, "sms", "customer") == ["hi", "on"], "it goes on with what comes next"

    def test_the_still_view_tells_it_alike(self) -> None:
        still = fl.side_by_side(two_ways(), ["hi", {"pick": "Red"}], ["sms", "webchat"], services=two_menus())
        assert "names no choice" in still.as_text() and "m undone" in still.as_html()
        assert still.totals(still.talks[0]).messages == 2

    def test_what_no_column_can_do_is_said_and_not_done(self) -> None:
        live = board(["hi"])
        with pytest.raises(UsageError, match="Track an order"):
            live.pick("Refund")
        assert len(live.turns) == 1
        assert live.sides.table.equals(board(["hi"]).sides.table)
        with pytest.raises(UsageError, match="names no choice"):
            fl.side_by_side(menu_flow(), ["hi", {"pick": "Refund"}], ["sms", "webchat"], services=WORLD)

    @pytest.mark.parametrize("first", [{"wait_s": 5}, {"jump": "tomorrow 09:05"}, {"pick": 1}])
    def test_somebody_has_to_begin(self, first: dict[str, Any]) -> None:
        with pytest.raises(UsageError, match="first turn begins the talk"):
            board([first])

    def test_a_moment_that_is_past_on_one_channel_alone(self) -> None:
        live = board(["hi", "x"], ["webchat", "email"])
        live.jump("2026-03-02 10:30")
        assert texts(live, "email", "undone") and not texts(live, "webchat", "undone")

    def test_removing_the_first_turn_leaves_the_rest_to_say_why_it_cannot_be(self) -> None:
        live = board(["hi", {"pick": 1}])
        live.remove(1)
        assert all("first turn begins" in texts(live, name, "undone")[0] for name in live.channels)
        assert "{'pick'" not in live.as_code(), "what nobody could do is no part of the call"


class TestColumns:
    def test_all_known_ones_can_be_ticked_own_ones_and_entry_points_too(
        self, store: fl.Flow, screens: list[Any]
    ) -> None:
        own = replace(fl.channels["webchat"], name="kiosk", label="Kiosk")
        live = ChannelBoard(store, ["hi"], [screens[0], own, "sms"], services=STORE)
        assert live.channels == [APP[0], "kiosk", "sms"]
        assert [name for name, _, _ in live.chips] == [APP[0], "kiosk", "sms", *(one for one in ALL if one != "sms")]
        assert [shown for _, _, shown in live.chips] == [True] * 3 + [False] * 6
        asked(live, "toggle", name="line")
        assert live.channels[-1] == "line" and texts(live, "line", "customer") == ["hi"]
        asked(live, "toggle", name="kiosk")
        assert live.channels == [APP[0], "sms", "line"]

    def test_the_last_one_stays(self) -> None:
        live = asked(board(channels=["sms"]), "toggle", name="sms")
        assert live.channels == ["sms"] and "at least one" in live.trouble
        with pytest.raises(UsageError, match="Did you mean 'line'"):
            live.channels = ["lime"]

    def test_one_channel_is_given_as_it_is(self) -> None:
        assert board(channels="sms").channels == ["sms"]

    def test_a_column_that_stays_is_not_played_again(self) -> None:
        live = board(["hi"])
        sms = live._lanes.lanes["sms"]
        live.channels = ["sms", "email"]
        assert live._lanes.lanes["sms"] is sms


class TestTaps:
    def test_a_tap_is_a_pick_everywhere(self) -> None:
        live = board(["hi"], ["sms", "webchat", "line"])
        assert live.taps == ["", "webchat", "line"], "numbered text has no buttons"
        asked(live, "tap", column="line", number=0, turn=1)
        assert live.turns[-1] == Turn(pick="Track an order")
        assert texts(live, "sms", "customer") == ["hi", "1"]
        assert live.taps == ["", "", ""], "there is nothing to tap any more"

    def test_a_second_click_comes_too_late(self) -> None:
        live = board(["hi"], ["webchat"])
        for _ in range(2):
            asked(live, "tap", column="webchat", number=0, turn=1)
        assert len(live.turns) == 2

    def test_a_label_that_a_channel_cuts_is_named_so_that_all_know_it(self) -> None:
        labels = ["Return something that was bought here", "Talk to a person who works here"]
        world = {"content": content(choices=labels)}
        live = ChannelBoard(menu_flow(), ["hi"], ["messenger", "webchat"], services=world)
        assert live._lanes.lanes["messenger"].choices[1].label == "Talk to a person who"
        asked(live, "tap", column="messenger", number=1, turn=1)
        assert live.turns[-1].pick == labels[1]
        assert not texts(live, "messenger", "undone") + texts(live, "webchat", "undone")

    def test_what_is_not_there_cannot_be_tapped(self) -> None:
        for column, number in (("sms", 0), ("webchat", 99), ("gone", 0)):
            assert "nothing of number" in asked(board(["hi"]), "tap", column=column, number=number, turn=1).trouble


class TestBeginning:
    def test_as_side_by_side_takes_it(self) -> None:
        start = {
            "context": {"webchat": {"name": "Ana"}},
            "start_time": "2026-12-01T10:00:00+00:00",
            "conversation_id": "c1",
            "faults": fl.Faults(seed=3, late=0.5),
        }
        live = board(["hi", "2"], **start)
        still = fl.side_by_side(menu_flow(), ["hi", "2"], ["sms", "webchat"], services=WORLD, **start)
        assert live.sides.table.equals(still.table)

    def test_what_it_cannot_begin_with_is_said(self) -> None:
        with pytest.raises(UsageError, match="Did you mean 'context'"):
            board(contxt={})
        with pytest.raises(UsageError, match="not both"):
            board(context={"sms": {"name": "Ana"}, "name": "Bea"})
        with pytest.raises(UsageError, match="given twice"):
            board(channels=["sms", "sms"])

    def test_the_form_has_the_same_turns_otherwise(self) -> None:
        live = board(["hi", {"wait_s": 60}, "x"])
        form = {**live.setup, "start": "saturday 22:00", "reply": "7", "contact": ""}
        asked(live, "begin", form=form)
        assert not live.trouble and live.setup["start"] == "saturday 22:00"
        assert [turn.after_s for turn in live.turns] == [7.0, None, 7.0]
        assert live._lanes.lanes["sms"].setup.contact == "", "each channel keeps its own customer"
        before = live.sides.table
        asked(live, "begin", form={**form, "context": "{"})
        assert "no JSON" in live.trouble and live.sides.table.equals(before)
        asked(live, "begin", form={**form, "context": '{"sms": {"a": 1}, "b": 2}'})
        assert "not both" in live.trouble and live.sides.table.equals(before)

    def test_where_the_business_writes_first_that_is_seen_before_any_turn(self, store: fl.Flow) -> None:
        live = ChannelBoard(store, (), ["sms", "email"], services=STORE, event="incomingRequest")
        assert live.rows == [] and live.sides.turns == [NOT_YET]
        assert "flow" in live.sides.table["who"].tolist()
        live.say("thanks")
        assert live.sides.turns == ["“thanks”"]


class TestThePage:
    def test_it_is_the_view_with_links_of_its_own(self) -> None:
        one, other = board(["hi"]), board(["hi"])
        assert one.html != other.html and "<style" not in one.html
        assert one.html.replace(one._view.key, "k") == other.html.replace(other._view.key, "k")
        assert "fl-sides" in one._css and ".fl-channel-board" in one._css

    def test_hostile_texts_stay_text(self) -> None:
        world = {"content": content(EVIL, [EVIL[:20], "No"])}
        live = ChannelBoard(menu_flow(EVIL), [EVIL, "x" * 100_000], ["webchat", "email"], services=world)
        tags = Page(live.html).tags
        assert "img" not in tags and "script" not in tags
        assert len(live.html) < 20_000
        assert [len(row["words"]) for row in live.rows] == [len(EVIL) + 2, 160]

    def test_what_is_wrong_is_told(self) -> None:
        live = asked(board(), "jump", to="soon")
        assert "first turn begins" in live.trouble
        assert asked(live, "say", text="hi").trouble == "" and "turn 1" in live.said
        assert asked(live, "edit", turn=1, text="hello").said == "turn 1 is now: “hello”"
        assert asked(live, "remove", turn=1).said == "taken out: turn 1, “hello”"
        asked(live, "fly")
        assert not live.turns

    def test_without_a_kernel_the_still_view_stands(self) -> None:
        assert board(["hi"])._still()["text/html"] == board(["hi"]).sides.as_html()

    def test_it_is_light_to_import(self) -> None:
        code = "import sys, flowlab.widgets.channel_board; print({'pandas', 'numpy', 'matplotlib'} & set(sys.modules))"
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "set()"


class TestFrontDoor:
    def test_several_channels_give_the_board_one_the_chat(self, store: fl.Flow) -> None:
        live = fl.chat(store, ["sms", "line"], services=STORE, turns=["hi"], start_time="2026-12-01T10:00:00+00:00")
        assert isinstance(live, ChannelBoard) and live.channels == ["sms", "line"] and len(live.turns) == 1
        assert repr(live) == "<ChannelBoard of 'store_service': 1 turns on sms, line>"
        assert not isinstance(fl.chat(store, "sms"), ChannelBoard)
        assert fl.chat(store, []).channels == ALL
        with pytest.raises(UsageError, match="edited on its map"):
            fl.chat(store, ["sms"], edit=True)  # type: ignore[call-overload]

    @pytest.mark.parametrize("otherwise", [{}, {"answers": {"check_wait": '{"minutes": 2}'}, "hours": "closed"}])
    def test_the_code_gives_what_is_on_the_board(self, store: fl.Flow, otherwise: dict[str, Any]) -> None:
        turns = ["hi", {"pick": "Return something"}, {"wait_s": 60.0}, {"say": "it's\n“so”", "after_s": 5.0}]
        live = ChannelBoard(store, turns, ["sms", "webchat"], services=STORE, start_time=1_764_583_200)
        asked(live, "begin", form={**live.setup, "contact": "", "context": '{"name": "Ana"}', **otherwise})
        assert not live.trouble
        asked(live, "write")
        names: dict[str, Any] = {}
        exec(live.written["text"].replace("print(sides)", ""), names)
        assert names["sides"].table.equals(live.sides.table)

    def test_the_code_says_what_is_of_your_own(self, store: fl.Flow, screens: list[Any]) -> None:
        code = ChannelBoard(store, ["hi"], [screens[0], "sms"], services=STORE).as_code()
        assert f"own = {{}}  # put here, by name, your own channels and entry points: {APP[0]}" in code
        assert f"[own['{APP[0]}'], 'sms']" in code


def two_menus() -> dict[str, Any]:
    """One menu of colours, one of sizes."""
    colours, sizes = content("Which colour?", ["Red", "Blue"])[0], content("Which size?", ["Small", "Large"])[0]
    return {"content": [colours, {**sizes, "sid": "HX" + "2" * 32, "friendly_name": "sizes"}]}


def two_ways() -> fl.Flow:
    """Asks for the size where the customer has a phone number, else for the colour."""
    by_phone = fl.Condition("starts_with", "+", ("{{contact.channel.address}}",))
    ways = (fl.Transition("noMatch", "colour"), fl.Transition("match", "size", (by_phone,)))
    split = fl.State("split", "split-based-on", ways, {"input": "{{contact.channel.address}}"})
    asks = [
        fl.State(
            name,
            "send-and-wait-for-reply",
            (fl.Transition("incomingMessage", "split"), fl.Transition("timeout")),
            {"message_type": "content_template", "content_sid": "HX" + digit * 32, "timeout": "86400"},
        )
        for name, digit in (("colour", "1"), ("size", "2"))
    ]
    return fl.Flow((split, *asks), "split", name="two ways")
