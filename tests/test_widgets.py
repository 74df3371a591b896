"""The notebook widgets without a notebook: press, type, read what is shown."""

from __future__ import annotations

import asyncio
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import pytest

import flowlab as fl
from flowlab.errors import RunError, UsageError
from flowlab.model.channel import channel
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.run.session import Session
from flowlab.show.svg import FlowMap
from flowlab.widgets.chat import Chat
from flowlab.widgets.compare_board import CompareBoard
from flowlab.widgets.entry import SETTLE_S, Entry
from flowlab.widgets.happened import happened_html, variables_html
from flowlab.widgets.talk import Say, Talk, Wait
from flowlab.widgets.transcript import transcript_html

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


def said(chat: Chat) -> str:
    """The conversation as it is shown."""
    return next(w.value for w in inside(chat.view) if isinstance(w, ipywidgets.HTML) and "role=log" in w.value)


def trouble(thing: Any) -> str:
    return next((w.value for w in inside(thing.view) if isinstance(w, ipywidgets.HTML) and "role=alert" in w.value), "")


def lit(html: str) -> list[str]:
    """The states that are lit in a picture."""
    svg = ET.fromstring(html[html.index("<svg") : html.index("</svg>") + 6])
    return [group.get("data-state", "") for group in svg.iter(f"{SVG}g") if group.get("data-active")]


def type_and_enter(text_box: Any, text: str) -> None:
    """What the page reports when somebody writes and presses Enter: first Enter, then the text."""
    text_box._handle_custom_msg({"event": "submit"}, [])
    text_box.set_state({"value": text})


class TestTalk:
    def test_back_forgets_what_the_last_move_did(self) -> None:
        talk = Talk(small_flow())
        talk.move(Say("hi"))
        before = talk.session.variables
        talk.move(Say("tea"))
        assert talk.session.outcome == "contained"
        talk.back()
        assert (talk.session.state, talk.session.outcome, talk.session.variables) == ("ask", None, before)

    def test_back_at_the_beginning_does_nothing(self) -> None:
        talk = Talk(small_flow())
        talk.back()
        assert talk.moves == []
        assert talk.last_turn == []

    def test_another_channel_has_the_same_talk(self) -> None:
        talk = Talk(small_flow())
        for move in (Say("hi"), Wait(60), Say("tea please")):
            talk.move(move)
        talk.switch("whatsapp")
        texts = [event.text for event in talk.session.events if event.text]
        assert texts == ["hi", "Tea or coffee?", "tea please", "Here is your tea."]
        assert {event.channel for event in talk.session.events} == {"whatsapp"}
        talk.back()
        assert talk.session.state == "ask"

    def test_a_move_that_fails_leaves_the_talk_as_it_was(self) -> None:
        def broken(_request: Any) -> Any:
            raise ZeroDivisionError("no stock")

        talk = Talk(calling_flow(), services=fl.Services({"look": broken}))
        talk.move(Say("hi"))
        with pytest.raises(ZeroDivisionError):
            talk.move(Say("1"))
        assert talk.moves == [Say("hi")]
        assert talk.session.waiting

    def test_last_turn_holds_the_events_of_the_last_move_only(self) -> None:
        talk = Talk(small_flow())
        talk.move(Say("hi"))
        talk.move(Say("tea"))
        assert [e.state for e in talk.last_turn if e.kind == "step"] == ["ask", "choose", "serve"]


class TestTranscript:
    def test_says_who_wrote_what_and_when(self) -> None:
        session = Session(small_flow(), start_time="2026-03-02T10:00:00+00:00")
        session.start("hi")
        session.say("tea", after_s=25)
        html = transcript_html(session)
        for piece in ("fl-customer", ">hi<", "fl-bot", "Tea or coffee?", "10:00:25", "Mon 2 Mar 2026"):
            assert piece in html

    def test_time_is_that_of_the_services(self) -> None:
        session = Session(small_flow(), services=fl.Services(timezone="Asia/Tokyo"))
        session.start("hi")
        assert "19:00:00" in transcript_html(session)

    def test_ends_with_the_outcome_in_words(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.say("beer")
        html = transcript_html(session)
        assert "data-outcome='dropped'" in html
        assert "the flow stopped without a word" in html

    @pytest.mark.parametrize(("seconds", "note"), [(59, None), (60, "1 min later"), (1700, "28.3 min later")])
    def test_notes_time_that_passed(self, seconds: float, note: str | None) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.wait(seconds)
        html = transcript_html(session)
        assert note in html if note else "later" not in html

    def test_names_the_day_when_it_is_another(self) -> None:
        session = Session(small_flow(), start_time="2026-03-02T10:00:00+00:00")
        session.start("hi")
        session.say("tea")
        session.wait(2 * 86400)
        assert "2 days later, Wed 4 Mar 2026" in transcript_html(session)

    def test_a_timeout_is_told_where_it_happened(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.wait(3600)
        html = transcript_html(session)
        assert html.index("30 min later") < html.index("ask times out") < html.index("Gone? Bye!")

    def test_a_refused_message_is_shown_as_not_delivered(self) -> None:
        session = Session(small_flow("x" * 2000), "sms")
        session.start("hi")
        html = transcript_html(session)
        assert "Not delivered" in html
        assert "refused: 2,000 characters" in html

    def test_texts_are_escaped_and_keep_their_lines(self) -> None:
        session = Session(small_flow(f"one\ntwo {EVIL} \u202eright to left"))
        session.start(EVIL)
        html = transcript_html(session)
        assert "<img" not in html
        assert "<script" not in html
        assert "\u202e" not in html
        assert "one<br>two &lt;img" in html

    def test_says_what_to_do_before_the_start(self) -> None:
        assert "first message" in transcript_html(Session(small_flow()))


class TestHappened:
    def test_steps_name_condition_and_value(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        before = len(session.events)
        session.say("tea <b>now</b>")
        html = happened_html(session.events[before:])
        for piece in ("<b>choose</b>", "<b>serve</b>", "“tea &lt;b&gt;now&lt;/b&gt;”", "contains tea"):
            assert piece in html

    def test_no_match_is_told_with_the_value(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.say("beer")
        assert "“beer” fits none" in happened_html(session.events)

    def test_an_unanswered_call_is_told(self) -> None:
        session = Session(calling_flow())
        session.start("hi")
        session.say("1")
        assert "fl-warn" in happened_html(session.events)

    def test_long_values_are_cut_and_kept_in_the_tooltip(self) -> None:
        html = variables_html({"flow": {"variables": {"long": "y" * 500}}}, {})
        assert f"title='{'y' * 500}'" in html
        assert "…" in html

    def test_variables_have_the_names_templates_use_and_changes_are_marked(self) -> None:
        now = {"flow": {"variables": {"tier": "vip", "name": EVIL}}, "contact": {"channel": {"address": "+1"}}}
        html = variables_html(now, {"flow": {"variables": {"tier": "gold", "name": EVIL}}, "contact": now["contact"]})
        assert html.count("class=fl-new") == 1
        assert "fl-new><th scope=row>flow.variables.tier" in html
        assert "contact.channel.address" in html
        assert "<img" not in html


class TestEntry:
    def entry(self) -> tuple[Entry, list[str]]:
        sent: list[str] = []
        return Entry(sent.append, "write"), sent

    def test_enter_sends_and_empties_the_box(self) -> None:
        entry, sent = self.entry()
        type_and_enter(entry.text, "hello")
        assert (sent, entry.text.value) == (["hello"], "")

    def test_the_same_text_twice(self) -> None:
        entry, sent = self.entry()
        type_and_enter(entry.text, "1")
        type_and_enter(entry.text, "1")
        assert sent == ["1", "1"]

    def test_leaving_the_box_keeps_the_text(self) -> None:
        entry, sent = self.entry()
        entry.text.set_state({"value": "half a th"})
        assert (sent, entry.text.value) == ([], "half a th")

    def test_the_button_sends_what_was_left_there(self) -> None:
        entry, sent = self.entry()
        entry.text.set_state({"value": "hello"})
        entry.button.click()
        assert sent == ["hello"]

    def test_the_button_may_be_reported_before_the_text(self) -> None:
        entry, sent = self.entry()
        entry.button.click()
        entry.text.set_state({"value": "hello"})
        assert (sent, entry.text.value) == (["hello"], "")

    def test_enter_in_an_empty_box_does_not_send_what_is_written_later(self) -> None:
        async def story() -> list[str]:
            entry, sent = self.entry()
            entry.text._handle_custom_msg({"event": "submit"}, [])
            await asyncio.sleep(SETTLE_S * 1.5)
            entry.text.set_state({"value": "half a th"})
            return sent

        assert asyncio.run(story()) == []

    def test_enter_on_a_text_that_was_left_there(self) -> None:
        """The page reports Enter and no new text, as there is none."""

        async def story() -> list[str]:
            entry, sent = self.entry()
            entry.text.set_state({"value": "hello"})
            entry.text._handle_custom_msg({"event": "submit"}, [])
            await asyncio.sleep(SETTLE_S * 1.5)
            return sent

        assert asyncio.run(story()) == ["hello"]

    @pytest.mark.parametrize("blank", ["", " ", "\t \n"])
    def test_blank_texts_are_not_sent(self, blank: str) -> None:
        entry, sent = self.entry()
        type_and_enter(entry.text, blank)
        entry.button.click()
        assert sent == []


class TestChat:
    def chat(self, **options: Any) -> Chat:
        return Chat(small_flow(), **options)

    def test_a_message_is_answered_and_the_state_lit(self) -> None:
        chat = self.chat()
        assert lit(shown(chat)) == []
        type_and_enter(found(chat, ipywidgets.Text), "hi")
        assert "Tea or coffee?" in said(chat)
        assert lit(shown(chat)) == ["ask"]
        chat.say("tea")
        assert lit(shown(chat)) == ["serve"]

    def test_blank_messages_are_ignored(self) -> None:
        chat = self.chat()
        chat.say("  ")
        assert chat.session.events == []

    @pytest.mark.parametrize(("button", "seconds"), [("+1 min", 60), ("+1 h", 3600), ("+1 day", 86400)])
    def test_time_buttons(self, button: str, seconds: float) -> None:
        chat = self.chat()
        chat.say("hi")
        begun = chat.session.time_s
        press(chat, button)
        assert chat.session.time_s - begun == seconds
        assert ("Gone? Bye!" in said(chat)) == (seconds > 1800)

    def test_back_and_restart(self) -> None:
        chat = self.chat()
        chat.say("hi")
        chat.say("tea")
        press(chat, "Back")
        assert (chat.session.state, lit(shown(chat))) == ("ask", ["ask"])
        press(chat, "Restart")
        assert chat.session.events == []
        assert "first message" in said(chat)

    def test_the_selector_has_the_same_talk_on_another_channel(self) -> None:
        chat = self.chat(channel="sms")
        chat.say("hi")
        found(chat, ipywidgets.Dropdown).value = "email"
        assert (chat.channel, chat.session.state) == ("email", "ask")
        chat.channel = "line"
        assert found(chat, ipywidgets.Dropdown).value == "line"

    def test_a_channel_of_your_own_is_among_the_channels(self, tmp_path: Path) -> None:
        text = (Path(fl.__file__).parent / "model" / "channels" / "inapp.yaml").read_text("utf-8")
        file = tmp_path / "kiosk.yaml"
        file.write_text(text.replace("name: inapp", "name: kiosk"), "utf-8")
        chat = self.chat(channel=fl.Channel.from_yaml(file))
        chat.channel = "sms"
        chat.channel = "kiosk"
        assert chat.channel == "kiosk"

    def test_what_a_service_does_wrong_is_shown_and_the_talk_goes_on(self) -> None:
        def sometimes(request: Any) -> Any:
            raise ZeroDivisionError(EVIL)

        chat = Chat(calling_flow(), services=fl.Services({"look": sometimes}))
        chat.say("hi")
        type_and_enter(found(chat, ipywidgets.Text), "1")
        assert "ZeroDivisionError" in trouble(chat)
        assert "<img" not in trouble(chat)
        assert chat.session.state == "ask"
        press(chat, "+1 min")
        assert trouble(chat) == ""

    def test_an_error_on_the_other_channel_leaves_the_selector_where_it_was(self) -> None:
        def not_on_line(request: Any) -> Any:
            if request.channel == "line":
                raise RunError("not on LINE")
            return {}

        chat = Chat(calling_flow(), "sms", services=fl.Services({"look": not_on_line}))
        for text in ("hi", "1"):
            chat.say(text)
        found(chat, ipywidgets.Dropdown).value = "line"
        assert "not on LINE" in trouble(chat)
        assert found(chat, ipywidgets.Dropdown).value == chat.channel == "sms"

    def test_wrong_use_is_an_error_at_once(self) -> None:
        with pytest.raises(UsageError, match="no channel 'fax'"):
            self.chat(channel="fax")
        chat = self.chat()
        with pytest.raises(UsageError, match="no channel 'telex'"):
            chat.channel = "telex"
        assert chat.channel == "sms"

    def test_several_at_once_do_not_know_each_other(self) -> None:
        one, other = self.chat(), self.chat(channel="email")
        one.say("hi")
        assert other.session.events == []
        other.say("hello")
        assert "hello" in said(other)
        assert "hello" not in said(one)

    def test_hostile_names_and_texts_are_escaped_everywhere(self) -> None:
        exits = (Transition("incomingMessage", EVIL), Transition(EVIL, "gone"))
        state = State(EVIL, "send-and-wait-for-reply", exits, {"body": EVIL})
        chat = Chat(Flow((state,), EVIL, name=EVIL))
        chat.say(EVIL)
        chat.say("again")
        assert "<img" not in shown(chat)
        assert "<script" not in shown(chat)
        assert "<img" not in chat._repr_mimebundle_()["text/html"]

    def test_a_flow_without_a_way_in_says_so(self) -> None:
        chat = Chat(Flow((), "nowhere"))
        chat.say("hi")
        assert "Not started" in said(chat)

    def test_whole_flow_shows_all_of_it(self) -> None:
        chat = self.chat()
        chat.say("hi")
        assert "fl-follow" in shown(chat)
        found(chat, ipywidgets.ToggleButtons).value = "Whole flow"
        assert "fl-whole" in shown(chat)
        assert lit(shown(chat)) == ["ask"]

    def test_every_button_says_what_it_does(self) -> None:
        for button in [w for w in inside(self.chat().view) if isinstance(w, ipywidgets.Button)]:
            assert button.tooltip

    def test_shows_itself_as_a_widget_with_something_to_fall_back_on(self) -> None:
        bundle = self.chat()._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert "teahouse" in bundle["text/plain"]
        assert "Run this cell" in bundle["text/html"]

    def test_answers_fast_on_the_sample_flow(self) -> None:
        chat = fl.chat(
            fl.load(SAMPLE / "flows" / "order_support.json"), services=SAMPLE / "services" / "order_support.yaml"
        )
        chat.say("hi")
        began = time.perf_counter()
        for text in ("1", "10421", "no"):
            chat.say(text)
        assert (time.perf_counter() - began) / 3 < 0.5


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
