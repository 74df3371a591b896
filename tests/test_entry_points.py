"""Entry points: what is known before the first word, where it lands, who may begin, and the sample that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import FormatError, UsageError
from flowlab.model.channel import channel
from flowlab.model.entry_point import EntryPoint, EntryPoints
from flowlab.run.inbox import Inbox

SAMPLE = Path(__file__).parents[1] / "sample_data"
WORLD = SAMPLE / "services" / "store_service.yaml"
OPEN = "2026-12-01T10:00:00+00:00"  # a Tuesday
NIGHT = "2026-12-01T22:00:00+00:00"


@pytest.fixture(scope="module")
def points() -> EntryPoints:
    return fl.load(SAMPLE / "entry_points.yaml")  # type: ignore[return-value]


@pytest.fixture(scope="module")
def flow() -> fl.Flow:
    return fl.load(SAMPLE / "flows" / "store_service.json")


def begun(point: EntryPoint, time: str = OPEN, **form: Any) -> fl.Session:
    session = fl.Session(point.flow, point.medium, services=WORLD, start_time=time)
    session.start("hi", context=point.known(**form))
    return session


class TestReading:
    def test_the_sample_names_every_channel(self, points: EntryPoints) -> None:
        assert set(points.table["channel"]) == set(fl.channels)
        assert points.table.set_index("name").loc["help page", "form"] == "friendlyName*, email, order_number"

    def test_all_faults_at_once_with_their_lines(self, tmp_path: Path) -> None:
        path = tmp_path / "entry.yaml"
        path.write_text(
            "entry_points:\n"
            "  - {name: a, channel: sms, address: no number at all, flow: gone.json}\n"
            "  - {name: b, channel: fax, address: x, flow: gone.json, intend: order}\n"
            "  - {channel: sms, address: '+12025550190', flow: gone.json, form: {email: maybe}}\n",
            encoding="utf-8",
        )
        with pytest.raises(FormatError) as wrong:
            fl.load(path)
        text = str(wrong.value)
        for words in ("there is no file", "no channel 'fax'", "Did you mean 'intent'", "name", "maybe", "line 2"):
            assert words in text

    @pytest.mark.parametrize(
        ("entry", "said"),
        [
            ("form: {email: {x: 1}}", "form/email: expected required or optional"),
            ("form: {email: [1]}", "form/email: expected required or optional"),
            (f"context: {{note: {'x' * 17_000}}}", "context: a: 17,"),
            ("starts: nobody", "starts: expected customer or business"),
            (f"intent: order, flow: {'x' * 5_000}", "flow: there is no file"),
            (f"channel: {'x' * 5_000}", "channel: there is no channel"),
            ("channel: tide.yaml", "channel: "),
        ],
    )
    def test_no_value_gets_further_than_its_line(self, tmp_path: Path, entry: str, said: str) -> None:
        (tmp_path / "tide.yaml").write_text("address_format: nothing else\n", encoding="utf-8")
        usual = {"name": "a", "channel": "webchat", "address": "help", "flow": str(SAMPLE / "flows/store_service.json")}
        lines = [f"{key}: {value}" for key, value in usual.items() if f"{key}: " not in entry]
        path = tmp_path / "entry.yaml"
        path.write_text(f"entry_points:\n  - {{{', '.join([*lines, entry])}}}\n", encoding="utf-8")
        with pytest.raises(FormatError) as wrong:
            fl.load(path)
        assert f"line 2, entry_points/0/{said}" in str(wrong.value)

    def test_what_is_there_twice_is_found_on_its_line(self, tmp_path: Path) -> None:
        path = tmp_path / "entry.yaml"
        rest = f"channel: webchat, address: help, flow: {SAMPLE / 'flows/store_service.json'}"
        path.write_text(f"entry_points:\n  - {{name: a, {rest}}}\n  - {{name: a, {rest}}}\n", encoding="utf-8")
        with pytest.raises(FormatError, match=r"(?s)line 3, entry_points/1/name.*line 3, entry_points/1/address"):
            fl.load(path)

    def test_a_file_without_entry_points_says_what_it_is(self, tmp_path: Path) -> None:
        with pytest.raises(FormatError, match="a channel's file: read it with"):
            fl.load(SAMPLE / "channels" / "kiosk.yaml")
        path = tmp_path / "entry.yaml"
        path.write_text("entry_points: []\n", encoding="utf-8")
        with pytest.raises(FormatError, match="names no entry point"):
            fl.load(path)

    def test_who_begins_hides_no_second_flow(self) -> None:
        notice = EntryPoint("a", channel("sms"), "+12025550190", fl.Flow(()), starts="business")
        more = [EntryPoint(name, channel("sms"), "+12025550190", fl.Flow(())) for name in "bc"]
        assert len(EntryPoints((notice, more[0]))) == 2
        with pytest.raises(UsageError, match="same address"):
            EntryPoints((notice, *more))

    def test_one_made_by_hand_is_held_to_the_same(self) -> None:
        with pytest.raises(UsageError, match="not an address of ours on WhatsApp"):
            EntryPoint("a", channel("whatsapp"), "+12025550190", fl.Flow(()))
        with pytest.raises(UsageError, match="45731"):
            EntryPoint("a", channel("webchat"), "help", fl.Flow(()), context={"x": "y" * 17_000})

    def test_one_address_has_one_flow(self) -> None:
        one = EntryPoint("a", channel("sms"), "+12025550190", fl.Flow(()))
        with pytest.raises(UsageError, match="same address"):
            EntryPoints((one, EntryPoint("b", channel("sms"), "+12025550190", fl.Flow(()))))
        with pytest.raises(UsageError, match="same name"):
            EntryPoints((one, one))

    def test_an_unknown_name_or_address_is_said(self, points: EntryPoints) -> None:
        with pytest.raises(UsageError, match="help page"):
            points["help pages"]
        with pytest.raises(UsageError, match="no entry point has the address"):
            points.at("+12025550000")


class TestWriting:
    def test_they_come_back_from_another_folder(self, points: EntryPoints, tmp_path: Path) -> None:
        again = fl.load(fl.save(points, tmp_path / "copy.yaml"))
        assert isinstance(again, EntryPoints)
        assert again.table.equals(points.table)
        assert [one.context for one in again.values()] == [one.context for one in points.values()]

    @given(
        name=st.text(min_size=1, max_size=20),
        context=st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.integers() | st.booleans(), max_size=4),
        form=st.dictionaries(st.text(min_size=1, max_size=9), st.booleans(), max_size=3),
    )
    def test_whatever_they_hold(
        self, tmp_path_factory: Any, flow: fl.Flow, name: str, context: dict[str, Any], form: dict[str, bool]
    ) -> None:
        point = EntryPoint(name, channel("webchat"), "help", flow, form=form, context=context)
        path = tmp_path_factory.mktemp("entry") / "copy.yaml"
        again = fl.load(fl.save(EntryPoints((point,)), path))
        assert isinstance(again, EntryPoints)
        assert [(one.name, one.form, one.context) for one in again.values()] == [(name, form, context)]

    def test_a_flow_without_a_file_could_not_be_found_again(self, tmp_path: Path) -> None:
        path = tmp_path / "copy.yaml"
        with pytest.raises(UsageError, match="has no file yet"):
            fl.save(EntryPoints((EntryPoint("a", channel("webchat"), "help", fl.Flow(())),)), path)
        assert not path.exists()


class TestWhatIsKnown:
    def test_a_form_lands_where_real_flows_read_it(self, points: EntryPoints) -> None:
        session = begun(points["help page"], friendlyName="Rui", order_number="10421")
        known = session.variables["trigger"]["conversation"]["ChannelAttributes"]["pre_engagement_data"]
        assert known == {"friendlyName": "Rui", "order_number": "10421"}

    def test_a_number_is_what_a_phone_channel_tells(self, points: EntryPoints) -> None:
        session = begun(points["spring catalogue by SMS"])
        assert session.variables["flow"]["channel"]["address"] == "+12025550192"
        assert session.variables["trigger"]["message"]["To"] == "+12025550192"

    def test_the_form_is_held_to_its_fields(self, points: EntryPoints) -> None:
        with pytest.raises(UsageError, match="wants friendlyName"):
            points["help page"].known(email="rui@example.com")
        with pytest.raises(UsageError, match=r"no field 'frendlyName'.*friendlyName"):
            points["help page"].known(frendlyName="Rui")

    def test_the_platform_takes_16_kb(self, points: EntryPoints) -> None:
        assert points["help page"].known(friendlyName="x" * 16_000)
        with pytest.raises(UsageError, match="45731"):
            points["help page"].known(friendlyName="x" * 16_384)


class TestWays:
    def test_an_inbox_holds_entry_points_of_several_channels(self, points: EntryPoints) -> None:
        inbox = Inbox(points, services=WORLD)
        sms = inbox.receive("+12025550190", "+12025550199", "hi", 0.0)
        web = inbox.receive("https://harbourandpine.example.com/help", "visitor-1", "hi", 0.0)
        assert (sms.channel.name, web.channel.name) == ("sms", "webchat")

    def test_an_inbox_takes_no_address_for_two_channels(self, flow: fl.Flow) -> None:
        two = EntryPoints(tuple(EntryPoint(name, channel(name), "help", flow) for name in ("webchat", "inapp")))
        with pytest.raises(UsageError, match="webchat and inapp"):
            Inbox(two)
        assert two.at("help", "inapp").name == "inapp"

    def test_a_notice_of_its_own_address_is_answered_there(self, points: EntryPoints) -> None:
        notice = points["delivery notice by WhatsApp"]
        inbox = Inbox(EntryPoints((notice,)), services=WORLD)
        known = notice.known(name="Ana", order_number="10421", day="Friday")
        begun = inbox.request(notice.address, "whatsapp:+12025550143", 0.0, known)
        assert inbox.receive(notice.address, "whatsapp:+12025550143", "Another day", 60.0) is begun
        task = next(event.text for event in begun.events if event.kind == "handed_off")
        assert '"channelType":"whatsapp"' in task and '"orderNumber":"10421"' in task

    def test_entry_points_stand_side_by_side(self, points: EntryPoints, flow: fl.Flow) -> None:
        two = [points["home screen of the app"], points["order screen of the app"]]
        found = fl.side_by_side(flow, ["hi", {"pick": "Track an order"}], two, services=WORLD, start_time=OPEN)
        path = found.differences[found.differences["kind"] == "path"]["why"].tolist()
        assert len(path) == 1 and "split_known_order goes by" in path[0]
        assert set(found.table["channel"]) == {point.name for point in two}

    def test_the_journey_begins_at_them(self, points: EntryPoints, flow: fl.Flow) -> None:
        workflow = fl.load(SAMPLE / "routing" / "support_workflow.json")
        graph = fl.journey(flow, workflow, entry_points=points).graph
        assert graph.has_edge("entry:help page", "state:Trigger")

    def test_recorded_talks_compare_by_entry_point(self) -> None:
        talks = fl.load(SAMPLE / "conversations" / "order_support.jsonl")
        old = fl.load(SAMPLE / "flows" / "order_support.json")
        run = fl.replay(old, talks, services=SAMPLE / "services" / "order_support.yaml")
        table = fl.compare(run, by="entry_point").table
        assert table.loc["+12025550190", "n"] == 14

    def test_recorded_talks_come_in_where_they_did(self, points: EntryPoints) -> None:
        talks = fl.load(SAMPLE / "conversations" / "order_support.jsonl")
        run = fl.replay(points, talks, services=WORLD)
        table = fl.compare(run, by="entry_point").table
        assert table.loc["help page (webchat)", "n"] == 19
        assert table.loc["tents page (webchat)", "n"] == 19
        written_to = {talk.id: talk.entry_point for talk in talks}
        handed = [event for event in run.log if event.kind == "handed_off"]
        assert handed
        assert all(f'"entryPoint":"{written_to[event.conversation_id]}"' in event.text for event in handed)

    def test_a_talk_that_came_in_elsewhere_is_not_guessed_at(self, points: EntryPoints) -> None:
        lost = fl.Conversation("c1", "sms", (), entry_point="+12025550000")
        with pytest.raises(UsageError, match="no entry point has the address"):
            fl.replay(points, [lost], services=WORLD)


class TestWhoMayBegin:
    def begin(self, flow: fl.Flow, name: str) -> fl.Session:
        session = fl.Session(flow, name, services=WORLD, start_time=OPEN)
        session.start(event="incomingRequest", context={"name": "Ana", "order_number": "10421", "day": "Friday"})
        return session

    @pytest.mark.parametrize("name", ["sms", "whatsapp", "email"])
    def test_a_notice_goes_out_where_the_business_may_write_first(self, flow: fl.Flow, name: str) -> None:
        session = self.begin(flow, name)
        notice = next(event for event in session.events if event.kind == "sent")
        assert notice.text.startswith("Hello Ana, your order 10421 from Harbour & Pine comes on Friday.")
        assert notice.detail == "utility"
        assert session.say("Another day")[-1] == "I am asking a colleague to find another day with you."

    @pytest.mark.parametrize("name", ["webchat", "messenger"])
    def test_elsewhere_the_customer_writes_first(self, flow: fl.Flow, name: str) -> None:
        session = self.begin(flow, name)
        fault = next(event for event in session.events if event.kind == "fault")
        assert fault.detail.endswith("the customer writes first")
        assert session.variables["flow"]["variables"]["delivery_notice"] == "not delivered"

    def test_a_mail_from_a_template_has_a_subject(self, flow: fl.Flow) -> None:
        found = fl.side_by_side(flow, ["hi"], ["email"], services=WORLD, context={"subject": "My parcel"}).table
        assert set(found.loc[found["who"] == "flow", "subject"]) == {"Re: My parcel"}
        named = flow.with_properties("tell_delivery", attributes='{"subject": "Your delivery"}')
        session = self.begin(named, "email")
        shown = next(event for event in session.events if event.kind == "shown")
        assert '"subject": "Your delivery"' in shown.value

    def test_whatsapp_takes_no_free_text_from_who_begins(self) -> None:
        ends = (fl.Transition("sent"), fl.Transition("failed"))
        hello = fl.State("hi", "send-message", ends, {"body": "Hi"})
        session = fl.Session(fl.Flow((hello,), "hi"), "whatsapp")
        session.start(event="incomingRequest")
        assert "window has closed" in next(event.detail for event in session.events if event.kind == "fault")


class TestSampleFlow:
    def test_no_errors_on_any_channel(self, flow: fl.Flow) -> None:
        found = fl.check(flow, channels=list(fl.channels), services=WORLD)
        assert {finding.severity.value for finding in found} <= {"note"}

    @pytest.mark.parametrize("name", list(fl.channels))
    def test_an_order_is_tracked_on_every_channel(self, flow: fl.Flow, name: str) -> None:
        turns = ["hi", {"pick": "Track an order"}, "10421", {"pick": "No thank you"}]
        found = fl.side_by_side(flow, turns, [name], services=WORLD, start_time=OPEN)
        assert "is being packed" in " ".join(found.table["text"])
        assert found.outcomes == ["contained"]

    def test_the_app_knows_the_order(self, points: EntryPoints) -> None:
        session = begun(points["order screen of the app"])
        assert "comes on Friday" in session.tap("Track an order")[0]

    def test_one_greeting_by_hours_wait_and_customer(self, flow: fl.Flow) -> None:
        def greeting(name: str, time: str) -> str:
            return fl.Session(flow, name, services=WORLD, start_time=time).start("hi")[0]

        assert greeting("sms", OPEN) == greeting("whatsapp", OPEN)
        assert greeting("sms", OPEN).startswith("Hello Ana, Harbour & Pine here. A colleague is free in about 4 min")
        assert "about 12 min" in greeting("webchat", "2026-11-30T10:00:00+00:00")
        assert "back on wednesday at 09:00" in greeting("webchat", NIGHT).lower()
        holiday = greeting("webchat", "2026-12-25T11:00:00+00:00").lower()
        assert "back on saturday at 09:00" in holiday

    def test_at_night_a_message_is_left_and_handed_over(self, flow: fl.Flow) -> None:
        session = fl.Session(flow, "webchat", services=WORLD, start_time=NIGHT)
        session.start("hi")
        assert "closed" in session.tap("Talk to a person")[0]
        session.say("Please call me about my parcel")
        assert session.outcome is fl.Outcome.HANDED_OFF
        task = next(event.text for event in session.events if event.kind == "handed_off")
        assert '"entryPoint":"' in task and '"intent":"person"' in task
