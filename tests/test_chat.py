"""The chat without a notebook: talks that fork, what the phone shows, what is written, and what the page asks for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from teahouse import EVIL, calling_flow, small_flow

import flowlab as fl
from flowlab.errors import RunError, UsageError
from flowlab.formats.conversations import read_conversations
from flowlab.model.channel import channel
from flowlab.model.entry_point import EntryPoint
from flowlab.model.flow import Flow, State, Transition
from flowlab.run.record import record
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.run.session import Session
from flowlab.run.turns import Turn
from flowlab.widgets.chat import Chat
from flowlab.widgets.log_rows import log_rows, variable_rows
from flowlab.widgets.phone import MOST_CHARS, phone_of
from flowlab.widgets.setup import Setup
from flowlab.widgets.talk import Talk

SAMPLE = Path(__file__).parents[1] / "sample_data"
STORE = SAMPLE / "flows" / "store_service.json"
WORLD = SAMPLE / "services" / "store_service.yaml"


@pytest.fixture(scope="module")
def store() -> Flow:
    return fl.load(STORE)


def talk_of(flow: Flow, *said: str, on: str = "sms", **setup: Any) -> Talk:
    talk = Talk(flow, Setup(channel(on), Services(), **setup))
    for text in said:
        talk.move(Turn(text, after_s=10))
    return talk


def lines(session: Session, *ends: int) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = phone_of(session, ends or (0, len(session.events)))["lines"]
    return found


def texts(session: Session) -> list[str]:
    return [line["text"] for line in lines(session)]


class TestTalk:
    def test_back_forgets_what_the_last_move_did(self) -> None:
        talk = talk_of(small_flow(), "hi")
        before = talk.session.variables
        talk.move(Turn("tea"))
        assert talk.session.outcome == "contained"
        talk.back()
        assert (talk.session.state, talk.session.outcome, talk.session.variables) == ("ask", None, before)

    def test_back_at_the_beginning_does_nothing(self) -> None:
        talk = talk_of(small_flow())
        talk.back()
        assert (talk.moves, talk.last_turn) == ([], [])

    def test_another_channel_has_the_same_talk(self) -> None:
        talk = talk_of(small_flow(), "hi")
        talk.move(Turn(wait_s=60))
        talk.move(Turn("tea please"))
        talk.again(Setup(channel("whatsapp"), Services()))
        said = [event.text for event in talk.session.events if event.kind in ("sent", "received")]
        assert said == ["hi", "Tea or coffee?", "tea please", "Here is your tea."]
        assert {event.channel for event in talk.session.events} == {"whatsapp"}
        talk.back()
        assert talk.session.state == "ask"

    def test_a_move_that_fails_leaves_the_talk_as_it_was(self) -> None:
        def broken(_request: Any) -> Any:
            raise ZeroDivisionError("no stock")

        talk = Talk(calling_flow(), Setup(channel("sms"), fl.Services({"look": broken})))
        talk.move(Turn("hi"))
        with pytest.raises(ZeroDivisionError):
            talk.move(Turn("1"))
        assert (len(talk.moves), len(talk.replies), talk.session.waiting) == (1, 1, True)

    def test_a_fork_goes_its_own_way(self) -> None:
        talk = talk_of(small_flow(), "hi", "beer")
        fork = talk.fork(1)
        fork.move(Turn("tea"))
        assert (fork.session.outcome, talk.session.outcome) == ("contained", "dropped")
        assert fork.session.events[: talk.ends[1]] == talk.session.events[: talk.ends[1]]

    def test_a_fork_may_be_answered_otherwise_from_there_on_only(self, store: Flow) -> None:
        talk = talk_of(calling_flow(), "hi", "1")
        fork = talk.fork(1, Setup(channel("sms"), Services(), answers={"look": '{"found": true}'}))
        fork.move(Turn("1"))
        fork.move(Turn("2"))
        calls = [event for event in fork.session.events if event.kind == "called"]
        assert len(calls) == 2
        assert [e.kind for e in talk.session.events].count("unanswered") == 1

    def test_another_version_of_the_flow_has_the_same_talk(self) -> None:
        talk = talk_of(small_flow(), "hi")
        talk.again(flow=small_flow("Cocoa?"))
        assert "Cocoa?" in texts(talk.session)

    def test_what_cannot_be_done_there_is_named_and_nothing_is_lost(self, store: Flow) -> None:
        talk = Talk(store, Setup(channel("whatsapp"), fl.Services()))
        talk.move(Turn("hi"))
        talk.move(Turn(jump="2026-03-03 09:00"))
        with pytest.raises(UsageError, match=r"turn 2, silent until 2026-03-03 09:00: .*is before now"):
            talk.again(Setup(channel("whatsapp"), Services(), start="2026-03-04 09:00"))
        assert [move.words for move in talk.moves] == ["“hi”", "silent until 2026-03-03 09:00"]

    @given(st.lists(st.sampled_from(["hi", "tea", "beer", "1", ""]), max_size=5), st.integers(0, 5))
    def test_a_fork_equals_the_same_moves_made_afresh(self, said: list[str], at: int) -> None:
        at = min(at, len(said))
        talk = talk_of(small_flow(), *said)
        fork = talk.fork(at)
        for text in said[at:]:
            fork.move(Turn(text, after_s=10))
        assert fork.session.events == talk.session.events


class TestPhone:
    def test_says_who_wrote_what_and_when(self) -> None:
        session = Session(small_flow(), start_time="2026-03-02T10:00:00+00:00")
        session.start("hi")
        session.say("tea", after_s=25)
        found = lines(session)
        assert [(line["who"], line["text"], line.get("time")) for line in found[1:4]] == [
            ("customer", "hi", "10:00:00"),
            ("flow", "Tea or coffee?", "10:00:00"),
            ("customer", "tea", "10:00:25"),
        ]
        assert found[0]["text"] == "Mon 2 Mar 2026, simulated time"

    def test_time_is_that_of_the_services(self) -> None:
        session = Session(small_flow(), services=fl.Services(timezone="Asia/Tokyo"))
        session.start("hi")
        assert lines(session)[1]["time"] == "19:00:00"
        assert phone_of(session, (0,))["clock"] == "Mon 2 Mar 19:00"

    def test_ends_with_the_outcome_in_words(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.say("beer")
        last = lines(session)[-1]
        assert (last["who"], last["outcome"]) == ("end", "dropped")
        assert "the flow stopped without a word" in last["note"]

    @pytest.mark.parametrize(("seconds", "note"), [(59, None), (60, "1 min later"), (1700, "28.3 min later")])
    def test_notes_time_that_passed(self, seconds: float, note: str | None) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.wait(seconds)
        assert (note in texts(session)) if note else not any("later" in text for text in texts(session))

    def test_names_the_day_when_it_is_another(self) -> None:
        session = Session(small_flow(), start_time="2026-03-02T10:00:00+00:00")
        session.start("hi")
        session.say("tea")
        session.wait(2 * 86400)
        assert texts(session)[-1] == "2 days later, Wed 4 Mar 2026"

    def test_a_timeout_is_told_where_it_happened(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.wait(3600)
        said = texts(session)
        assert said.index("30 min later") < said.index("no answer: ask times out") < said.index("Gone? Bye!")

    def test_a_refused_message_says_why(self) -> None:
        session = Session(small_flow("x" * 2000), "sms")
        session.start("hi")
        (refused,) = [line for line in lines(session) if line["who"] == "platform"]
        assert "refused: 2,000 characters" in refused["note"]

    def test_segments_cost_and_window_are_counted(self) -> None:
        talk = talk_of(small_flow("Tea or coffee? ☕"), "hi")
        phone = phone_of(talk.session, talk.ends)
        assert "2 messages · 2 segments · $" in phone["counted"]
        assert lines(talk.session)[2]["meta"].startswith("1 segment UCS-2 · $")
        on_whatsapp = talk_of(small_flow(), "hi", on="whatsapp")
        assert phone_of(on_whatsapp.session, on_whatsapp.ends)["window"] == "window open for 1 day"

    @pytest.mark.parametrize(("on", "shape", "is_open"), [("whatsapp", "list", True), ("sms", "numbered text", False)])
    def test_choices_look_as_the_channel_shows_them(self, store: Flow, on: str, shape: str, is_open: bool) -> None:
        session = Session(store, on, services=WORLD)
        session.start("hi")
        phone = phone_of(session, (0, len(session.events)))
        assert phone["open"] is is_open
        menu = phone["lines"][-1]
        if is_open:
            assert menu["shape"] == shape
            assert ["Gift cards", "By mail or on paper"] in menu["choices"]
        else:
            assert menu["choices"] == []

    def test_each_line_knows_its_move(self) -> None:
        talk = talk_of(small_flow(), "hi", "tea")
        assert [line["turn"] for line in phone_of(talk.session, talk.ends)["lines"]] == [1, 1, 1, 2, 2, 2]

    def test_a_very_long_text_is_cut_and_says_so(self) -> None:
        session = Session(small_flow(), "webchat")
        session.start("y" * 100_000)
        (said,) = [line for line in lines(session) if line["who"] == "customer"]
        assert len(said["text"]) < MOST_CHARS + 50
        assert said["text"].endswith("(100,000 characters)")


class TestWhatHappened:
    def test_steps_name_condition_and_value(self) -> None:
        talk = talk_of(small_flow(), "hi", "tea <b>now</b>")
        rows = log_rows(talk.session.events, talk.ends)
        (split,) = [row for row in rows if row.get("name") == "choose"]
        assert (split["to"], split["text"], split["turn"]) == ("serve", "“tea <b>now</b>” contains tea", 2)

    def test_no_match_is_told_with_the_value(self) -> None:
        talk = talk_of(small_flow(), "hi", "beer")
        assert any("“beer” fits none" in row["text"] for row in log_rows(talk.session.events, talk.ends))

    def test_an_unanswered_call_is_a_warning(self) -> None:
        talk = talk_of(calling_flow(), "hi", "1")
        assert "warn" in {row["kind"] for row in log_rows(talk.session.events, talk.ends)}

    def test_variables_have_the_names_templates_use_and_changes_are_marked(self) -> None:
        contact = {"channel": {"address": "+1"}}
        now = {"flow": {"variables": {"tier": "vip", "name": EVIL}}, "contact": contact}
        rows = variable_rows(now, {"flow": {"variables": {"tier": "gold", "name": EVIL}}, "contact": contact})
        assert rows == [
            ("flow.variables.tier", "vip", True),
            ("flow.variables.name", EVIL, False),
            ("contact.channel.address", "+1", False),
        ]

    def test_every_name_is_one_that_liquid_reads(self) -> None:
        from flowlab.run.template import compile_template

        odd = {"flow": {"variables": {"a b": "1", "dots.in": "2", "x-y": "3", "ünï": "4"}}}
        for name, value, _ in variable_rows(odd, {}):
            assert compile_template(f"{{{{{name}}}}}").render(odd)[0] == value  # type: ignore[index]


class TestSetup:
    def form(self, **given: Any) -> dict[str, Any]:
        return {**Setup(channel("sms"), Services()).as_form(small_flow()), **given}

    def test_a_form_that_nobody_touched_changes_nothing_that_counts(self) -> None:
        setup = Setup(channel("sms"), Services())
        made = setup.filled_in(self.form())
        assert (made.start_time, made.context, made.world) == (setup.start_time, {}, setup.world)

    def test_time_contact_language_and_context(self) -> None:
        setup = Setup(channel("webchat"), Services(timezone="Europe/Lisbon"))
        made = setup.filled_in(
            self.form(contact="kim@example.com", start="saturday 22:00", language="pt", context='{"intent": "returns"}')
        )
        talk = Talk(small_flow(), made)
        talk.move(Turn("olá"))
        known = talk.session.variables["trigger"]["conversation"]["ChannelAttributes"]["pre_engagement_data"]
        assert known == {"intent": "returns", "language": "pt"}
        assert f"{talk.session.now:%a %H:%M %Z}" == "Sat 22:00 WET"
        assert talk.session.setting.contact == "kim@example.com"

    def test_hours_hold_whatever_the_calendars_say(self, store: Flow) -> None:
        services = load_services(WORLD)
        for hours, is_open in (("open", True), ("closed", False)):
            setup = Setup(channel("sms"), services, hours=hours, start="2026-12-25 03:00" if is_open else "")
            talk = Talk(store, setup)
            talk.move(Turn("hi"))
            assert talk.session.variables["widgets"]["check_hours"]["parsed"]["open"] is is_open

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"context": "[1]"}, "is a JSON object"),
            ({"context": "{"}, "no JSON"),
            ({"start": "whenever"}, "is no moment"),
            ({"reply": "soon"}, "number of seconds"),
            ({"answers": {"look": "{"}}, "answer to 'look' is no JSON"),
            ({"hours": "sometimes"}, "open or closed"),
        ],
    )
    def test_what_cannot_be_read_is_named(self, given: dict[str, Any], message: str) -> None:
        with pytest.raises(UsageError, match=message):
            Setup(channel("sms"), Services()).filled_in(self.form(**given))

    def test_the_business_may_write_first(self) -> None:
        begin = State("Trigger", "trigger", (Transition("incomingRequest", "ask"),))
        flow = Flow((begin, *small_flow().states), "Trigger")
        talk = Talk(flow, Setup(channel("sms"), Services(), event="incomingRequest"))
        assert "Tea or coffee?" in texts(talk.session)
        talk.move(Turn("tea"))
        assert talk.session.outcome == "contained"


class TestWritten:
    def run(self, source: str) -> dict[str, Any]:
        """Run a script that the chat wrote: ours, of our own sample."""
        names: dict[str, Any] = {}
        exec(compile(source, "written.py", "exec"), names)
        return names

    def talked(self, on: str = "whatsapp") -> Chat:
        chat = Chat(fl.load(STORE), on, services=str(WORLD))
        chat.act(
            {
                "do": "begin",
                "form": {
                    **chat.setup,
                    "start": "2026-03-04 09:30",
                    "answers": {"find_customer": "fails"},
                    "reply": "33",
                },
            }
        )
        for message in (
            {"do": "say", "text": 'hi, it\'s "me"'},
            {"do": "pick", "what": "Track an order"},
            {"do": "fault", "kind": "lost"},
            {"do": "say", "text": "10421"},
            {"do": "jump", "to": "tomorrow 09:05"},
            {"do": "wait", "seconds": 12.5},
        ):
            chat.act(message)
            assert chat.trouble == ""
        return chat

    @pytest.mark.parametrize("on", ["whatsapp", "sms", "email"])
    def test_the_test_it_writes_passes(self, on: str) -> None:
        self.run(self.talked(on).as_test())["test_talk"]()

    def test_the_test_it_writes_fails_for_another_flow(self, tmp_path: Path) -> None:
        chat = self.talked()
        other = tmp_path / "other.json"
        fl.save(chat.flow.with_text("ask_order_number", "Which number?"), other)
        source = chat.as_test().replace(repr(str(STORE)), repr(str(other)))
        with pytest.raises(AssertionError):
            self.run(source)["test_talk"]()

    def test_the_code_it_writes_has_the_same_talk(self, capsys: pytest.CaptureFixture[str]) -> None:
        chat = self.talked()
        names = self.run(chat.as_code())
        assert names["session"].events == chat.events

    def test_the_conversation_can_be_loaded_and_replayed_to_the_same_end(self, tmp_path: Path) -> None:
        chat = Chat(fl.load(STORE), "sms", services=WORLD)
        for text in ("hi", "2", "yes"):
            chat.say(text)
        fl.save([chat.conversation], tmp_path / "talks.jsonl")
        run = fl.replay(chat.flow, fl.load(tmp_path / "talks.jsonl", redact=False), services=WORLD)
        assert run.parted == []
        chat.act({"do": "write", "kind": "conversation"})
        assert read_conversations(chat.written["text"], redact=False)[0].messages == chat.conversation.messages

    @given(st.lists(st.sampled_from(["hi", "tea", "beer", "x y"]), min_size=1, max_size=4))
    def test_a_record_replays_without_a_difference(self, said: list[str]) -> None:
        talk = talk_of(small_flow(), *said)
        run = fl.replay(small_flow(), [record(talk.session)])
        assert [one for one in run.parted if one.what != "outcome"] == []


class TestChat:
    def chat(self, **options: Any) -> Chat:
        return Chat(small_flow(), **options)

    def said(self, chat: Chat) -> list[str]:
        return [line["text"] for line in chat.phone["lines"]]

    def test_a_message_is_answered_and_the_state_lit(self) -> None:
        chat = self.chat()
        assert chat.active == ""
        chat._handle_custom_msg({"do": "say", "text": "hi"}, [])
        assert "Tea or coffee?" in self.said(chat)
        assert chat.active == "ask"
        chat.say("tea")
        assert chat.active == "serve"
        assert ["choose", "serve"] in chat.walked

    def test_blank_messages_are_ignored(self) -> None:
        chat = self.chat()
        chat.say("  ")
        assert chat.events == []

    def test_time_can_be_let_run_out(self) -> None:
        chat = self.chat()
        chat.act({"do": "run_out"})
        assert "nothing waits" in chat.trouble
        chat.say("hi")
        chat.act({"do": "run_out"})
        assert "Gone? Bye!" in self.said(chat)
        assert (chat.trouble, chat.session.outcome) == ("", "abandoned")

    def test_back_and_restart(self) -> None:
        chat = self.chat()
        chat.say("hi")
        chat.say("tea")
        chat.act({"do": "back"})
        assert (chat.session.state, chat.active) == ("ask", "ask")
        chat.act({"do": "restart"})
        assert (chat.events, self.said(chat)) == ([], [])

    def test_the_same_talk_on_another_channel(self) -> None:
        chat = self.chat(channel="sms")
        chat.say("hi")
        chat.act({"do": "channel", "name": "email"})
        assert (chat.channel, chat.session.state, chat.phone["skin"]) == ("email", "ask", "mail")
        chat.channel = "line"
        assert chat.phone["channel"] == "line"

    def test_the_findings_are_those_of_the_channel_one_talks_on(self) -> None:
        chat = Chat(small_flow("x" * 2000), "webchat", edit=True)

        def rules() -> set[str]:
            return {finding["rule"] for place in chat.places for finding in place["findings"]}

        assert "text-too-long" not in rules()
        chat.act({"do": "channel", "name": "sms"})
        assert "text-too-long" in rules()
        assert chat.legend.startswith("Findings of the check for sms: ")
        chat.fork(0, channel="webchat")
        assert "text-too-long" not in rules()
        chat.act({"do": "choose", "talk": 0})
        assert "text-too-long" in rules()

    def test_a_tap_becomes_a_number_where_there_are_no_buttons(self, store: Flow) -> None:
        chat = Chat(store, "whatsapp", services=WORLD)
        chat.say("hi")
        chat.pick("Return something")
        assert chat.session.state == "ask_return"
        chat.channel = "sms"
        assert chat.session.state == "ask_return"

    def test_a_channel_of_your_own_is_among_the_channels(self) -> None:
        chat = self.chat(channel=fl.Channel.from_yaml(SAMPLE / "channels" / "kiosk.yaml"))
        chat.channel = "sms"
        chat.channel = "kiosk"
        assert chat.channel == "kiosk"
        assert "kiosk" in [name for name, _ in chat.channels]

    def test_an_entry_point_brings_what_is_known_there(self) -> None:
        point = EntryPoint("help page", channel("webchat"), "help", small_flow(), context={"intent": "returns"})
        chat = self.chat(channel=point)
        chat.say("hi")
        known = chat.session.variables["trigger"]["conversation"]["ChannelAttributes"]["pre_engagement_data"]
        assert known == {"intent": "returns"}

    def test_forks_stand_beside_each_other_and_can_be_closed(self) -> None:
        chat = self.chat()
        chat.say("hi")
        chat.say("beer")
        chat.act({"do": "fork", "at": 1, "text": "tea", "after_s": "60"})
        assert (chat.talks, chat.talk, chat.session.outcome) == (["Talk", "Fork 1"], 1, "contained")
        assert chat.session.time_s - chat.session.events[0].time_s == 60
        chat.act({"do": "choose", "talk": 0})
        assert chat.session.outcome == "dropped"
        chat.act({"do": "close", "talk": 0})
        assert (chat.talks, chat.talk, chat.session.outcome) == (["Fork 1"], 0, "contained")
        chat.act({"do": "close", "talk": 0})
        assert chat.talks == ["Fork 1"]

    def test_a_fork_on_another_channel(self) -> None:
        chat = self.chat()
        chat.say("hi")
        chat.act({"do": "fork", "at": 1, "text": "tea", "channel": "line", "answers": {"look": " "}})
        assert (chat._now.setup.answers, chat.trouble) == ({}, "")
        assert {event.channel for event in chat.events} == {"line"}
        assert (chat.session.outcome, len(chat.talks)) == ("contained", 2)

    def test_a_fault_at_a_click_befalls_the_next_message(self) -> None:
        chat = self.chat(channel="sms")
        chat.act({"do": "fault", "kind": "missed"})
        assert chat.phone["planned"] == ["missed"]
        chat.say("hi")
        assert "world" in {line["who"] for line in chat.phone["lines"]}
        chat.act({"do": "fault", "kind": "gremlins"})
        assert "no fault 'gremlins'" in chat.trouble

    def test_the_flow_edited_on_the_map_is_the_flow_one_talks_to(self) -> None:
        chat = self.chat(edit=True)
        chat.say("hi")
        chat.fork(1)
        chat.edit({"do": "text", "state": "ask", "text": "Cocoa?"})
        assert "Cocoa?" in self.said(chat)
        chat.act({"do": "choose", "talk": 0})
        assert "Cocoa?" in self.said(chat)
        chat.edit({"do": "undo"})
        assert "Tea or coffee?" in self.said(chat)

    def test_what_a_service_does_wrong_is_shown_and_the_talk_goes_on(self) -> None:
        def sometimes(request: Any) -> Any:
            raise ZeroDivisionError(EVIL)

        chat = Chat(calling_flow(), services=fl.Services({"look": sometimes}))
        chat.say("hi")
        chat.act({"do": "say", "text": "1"})
        assert "ZeroDivisionError" in chat.trouble
        assert chat.session.state == "ask"
        chat.act({"do": "wait", "seconds": 60})
        assert chat.trouble == ""

    def test_an_error_on_the_other_channel_leaves_the_selector_where_it_was(self) -> None:
        def not_on_line(request: Any) -> Any:
            if request.channel == "line":
                raise RunError("not on LINE")
            return {}

        chat = Chat(calling_flow(), "sms", services=fl.Services({"look": not_on_line}))
        for text in ("hi", "1"):
            chat.say(text)
        chat.act({"do": "channel", "name": "line"})
        assert "not on LINE" in chat.trouble
        assert chat.phone["channel"] == chat.channel == "sms"

    def test_wrong_use_is_an_error_at_once(self) -> None:
        with pytest.raises(UsageError, match="no channel 'fax'"):
            self.chat(channel="fax")
        chat = self.chat()
        with pytest.raises(UsageError, match="no channel 'telex'"):
            chat.channel = "telex"
        with pytest.raises(UsageError, match="there is no move 4"):
            chat.fork(4)
        assert chat.channel == "sms"

    @pytest.mark.parametrize("message", [{}, {"do": "say"}, {"do": "wait", "seconds": "x"}, {"do": "fork"}, {"do": 7}])
    def test_a_message_that_makes_no_sense_changes_nothing(self, message: dict[str, Any]) -> None:
        chat = self.chat()
        chat.say("hi")
        before = chat.events
        chat.act(message)
        assert chat.events == before

    def test_several_at_once_do_not_know_each_other(self) -> None:
        one, other = self.chat(), self.chat(channel="email")
        one.say("hi")
        assert other.events == []
        other.say("hello")
        assert "hello" in self.said(other)
        assert "hello" not in self.said(one)

    def test_all_that_is_sent_to_the_page_is_json_and_small(self, store: Flow) -> None:
        chat = Chat(store, "whatsapp", services=WORLD)
        for text in ("hi", "2", "yes", "1", "10421"):
            chat.say(text)
        state = {key: value for key, value in chat.get_state().items() if not key.startswith("_")}
        assert len(json.dumps(state)) < 200_000

    def test_a_flow_without_a_way_in_says_so(self) -> None:
        chat = Chat(Flow((), "nowhere"))
        chat.say("hi")
        assert chat.phone["lines"][-1]["outcome"] == "not_started"

    def test_shows_itself_as_a_widget_with_something_to_fall_back_on(self) -> None:
        bundle, _ = self.chat()._repr_mimebundle_()
        assert "application/vnd.jupyter.widget-view+json" in bundle
        assert "teahouse" in bundle["text/plain"]
