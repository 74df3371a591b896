"""The same talk on several channels: what each shows, what differs and why, as tables, text and a page."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.run.turns import Turn, read_turns

SAMPLE = Path(__file__).parents[1] / "sample_data"
EVIL = "<img src=x onerror=alert(1)>'\"</td><script>alert(2)</script>"
MENU = "HX" + "1" * 32
CHOICES = ["Track an order", "Return something", "Opening hours", "Gift cards", "Talk to a person"]


def content(body: str = "What can I do for you?", choices: list[str] = CHOICES) -> list[dict[str, Any]]:
    actions = [{"title": words, "id": words.split()[0].lower()} for words in choices]
    return [
        {
            "sid": MENU,
            "friendly_name": "menu",
            "language": "en",
            "types": {"twilio/quick-reply": {"body": body, "actions": actions}},
        }
    ]


def menu_flow(order: str = "It’s on its way: " + "x" * 80) -> fl.Flow:
    """A menu as a content template; the first choice has an answer, all else an excuse."""
    chosen = fl.Condition("equal_to", "Track an order", ("{{widgets.menu.inbound.Body}}",))
    ends = (fl.Transition("sent"), fl.Transition("failed"))
    menu = fl.State(
        "menu",
        "send-and-wait-for-reply",
        (fl.Transition("incomingMessage", "split"), fl.Transition("timeout"), fl.Transition("deliveryFailure")),
        {"message_type": "content_template", "content_sid": MENU, "timeout": "86400"},
    )
    split = fl.State(
        "split",
        "split-based-on",
        (fl.Transition("noMatch", "sorry"), fl.Transition("match", "order", (chosen,))),
        {"input": "{{widgets.menu.inbound.Body}}"},
    )
    sorry = fl.State("sorry", "send-message", ends, {"body": "Sorry?"})
    return fl.Flow((menu, split, sorry, fl.State("order", "send-message", ends, {"body": order})), "menu", name="menu")


WORLD = {"content": content()}


def sides(turns: list[Any], channels: tuple[str, ...] = (), **options: Any) -> Any:
    return fl.side_by_side(menu_flow(), turns, channels, services={"content": content()}, **options)


class TestTable:
    def test_each_channel_shows_the_menu_in_its_own_way(self) -> None:
        table = sides(["hi"]).table
        menu = table[table["who"] == "flow"].set_index("channel")
        assert menu["shape"].to_dict() == {
            "sms": "numbered text",
            "whatsapp": "list",
            "line": "quick replies",
            "email": "numbered text",
            "webchat": "quick replies",
            "messenger": "quick replies",
            "inapp": "quick replies",
        }
        assert all(choices == CHOICES for choices in menu["choices"])
        assert menu.loc["sms", "text"].splitlines()[1] == "1. Track an order"

    def test_a_choice_is_a_tap_or_its_number(self) -> None:
        table = sides(["hi", {"pick": 1}]).table
        answers = table[(table["who"] == "customer") & (table["turn"] == 1)].set_index("channel")["text"]
        assert answers["sms"] == answers["email"] == "1"
        assert set(answers.drop(["sms", "email"])) == {"Track an order"}
        assert set(table.loc[table["who"] == "end", "state"]) == {"order"}

    def test_segments_costs_and_their_date(self) -> None:
        table = sides(["hi", {"pick": 1}], ("sms", "webchat")).table
        order = table[table["state"] == "order"]
        sms = order[(order["channel"] == "sms") & (order["who"] == "flow")].iloc[0]
        assert (sms["units"], sms["encoding"], sms["price_as_of"]) == (2, "UCS-2", "2026-10")
        assert sms["cost_usd"] == pytest.approx(2 * 0.0083)
        web = order[(order["channel"] == "webchat") & (order["who"] == "flow")].iloc[0]
        assert web["encoding"] == "" and web["cost_usd"] != web["cost_usd"], "no price is known, so it is not 0"

    def test_each_channel_takes_its_own_time(self) -> None:
        table = sides(["hi", {"pick": 1}], ("webchat", "email")).table
        took = table.groupby("channel")["elapsed_s"].max()
        assert took["webchat"] == fl.channels["webchat"].value("reply_delay_median_s") < took["email"]
        table = sides(["hi", {"pick": 1, "after_s": 5}], ("webchat", "email")).table
        assert set(table.groupby("channel")["elapsed_s"].max()) == {5.0}

    def test_whether_free_text_may_be_sent_stands_at_each_message(self) -> None:
        night = menu_flow().with_properties("menu", timeout=str(25 * 3600)).rewire("menu", "timeout", "sorry")
        table = fl.side_by_side(night, ["hi", {"wait_s": 25 * 3600}], ("sms", "whatsapp"), services=WORLD).table
        windows = table.groupby(["channel", "turn"])["window"].agg(set).to_dict()
        assert windows["whatsapp", 0] == {"open"} and windows["whatsapp", 1] == {"closed"}
        assert windows["sms", 0] == windows["sms", 1] == {""}

    def test_the_same_call_gives_the_same_tables(self) -> None:
        one, other = sides(["hi", "2"]), sides(["hi", "2"])
        assert one.table.equals(other.table) and one.differences.equals(other.differences)


class TestDifferences:
    def test_every_difference_is_one_short_line(self) -> None:
        found = sides(["hi", {"pick": 1}]).differences
        assert found["why"].str.len().max() < 90
        assert found["why"].tolist() == [
            "SMS, Email: numbers, not buttons: no quick replies",
            "WhatsApp: a list, not buttons: 5 quick replies, shows at most 3",
            "LINE, Web chat and 2 more: 5 choices as buttons",
            "SMS, Email: “1” is taken for “Track an order”",
            "WhatsApp, LINE and 3 more: “Track an order” by tap",
            "SMS: order takes 2 segments, ’ makes it UCS-2",
        ]

    def test_paths_that_part_say_where_and_by_what(self) -> None:
        why = sides(["hi", "1"], ("sms", "webchat", "inapp")).differences
        assert "SMS: split goes by “Track an order” to order; most go to sorry" in set(why["why"])

    def test_a_window_that_closed_over_night(self) -> None:
        ask, late = menu_flow(), [{"say": "hi"}, {"wait_s": 25 * 3600.0}]
        late_flow = ask.with_properties("menu", timeout=str(25 * 3600)).rewire("menu", "timeout", "sorry")
        found = fl.side_by_side(late_flow, late, ("sms", "whatsapp"), services={"content": content()})
        assert [why for why in found.differences["why"] if "24-hour" in why] == [
            "WhatsApp: refused: the 24-hour window has closed, only approved templates go through"
        ]

    def test_stop_is_taken_by_the_platform_on_sms_alone(self) -> None:
        found = sides(["hi", "STOP"], ("sms", "webchat")).differences
        assert found[found["kind"] == "keyword"]["channels"].tolist() == ["sms"]

    def test_an_apostrophe_is_no_quotation_mark(self) -> None:
        labels = ["the customer's own label, which is long", "No"]
        found = fl.side_by_side(menu_flow(), ["hi"], ["line"], services={"content": content(choices=labels)})
        assert any("“the customer's own" in why for why in found.differences["why"])

    def test_channels_that_show_the_same(self) -> None:
        plain = fl.Flow((fl.State("hi", "send-message", (fl.Transition("sent"),), {"body": "Hello"}),), "hi")
        found = fl.side_by_side(plain, ["hi"])
        assert found.differences.empty
        assert "The channels show the same." in found.as_html()

    def test_the_sample_flow_on_all_seven_channels(self) -> None:
        flow = fl.load(SAMPLE / "flows" / "order_support.json")
        found = fl.side_by_side(flow, ["hi", "3"], services=SAMPLE / "services" / "order_support.yaml")
        assert "SMS: tell_hours takes 3 segments, “ makes it UCS-2" in found.differences["why"].tolist()


class Page(HTMLParser):
    """The tags of a page, and what links lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        self.tags.append(tag)
        self.links += [known["href"] or ""] if "href" in known else []
        self.ids += [known["id"] or ""] if "id" in known else []


class TestPage:
    def test_every_mark_leads_to_its_line(self, tmp_path: Path) -> None:
        found = sides(["hi", {"pick": 1}])
        page = Page(found.to_html(tmp_path / "side.html").read_text(encoding="utf-8"))
        assert {link.removeprefix("#") for link in page.links} == set(page.ids)
        assert len(page.ids) == len(found.differences)

    def test_two_views_in_one_notebook_lead_to_their_own_lines(self) -> None:
        one, other = Page(sides(["hi"]).as_html()), Page(sides(["hi", "2"]).as_html())
        assert one.ids and other.ids and not set(one.ids) & set(other.ids)

    def test_one_column_a_channel_one_row_a_turn(self) -> None:
        tags = Page(sides(["hi", "2", "3"]).as_html()).tags
        assert tags.count("tr") == 1 + 3 + 1 and tags.count("td") == 1 + 7 * 4

    def test_hostile_text_is_text(self) -> None:
        flow = menu_flow(EVIL)
        world = {"content": content(EVIL, ["Track an order", EVIL])}
        found = fl.side_by_side(flow, [EVIL, {"pick": 1}, EVIL], services=world, context={"subject": EVIL})
        page = Page(found.as_page())
        assert not {"script", "img"} & set(page.tags)

    def test_unknown_prices_are_said_to_be_unknown(self) -> None:
        found = sides(["hi"], ("line",))
        assert found.totals(found.talks[0]).money == "price not known"
        assert "$0.0000" not in found.as_page()


class TestTurns:
    @pytest.mark.parametrize(
        ("turns", "words"),
        [
            ("hi", "this is one text"),
            ([], "there is no turn"),
            ([3], "not 3"),
            ([{"sya": "hi"}], "Did you mean 'say'"),
            ([{"say": "hi", "pick": 1}], "does one thing"),
            ([{"after_s": 3}], "does one thing"),
            ([{"say": 3}], "say of a turn is a text, not 3"),
            ([{"pick": True}], "a number from 1, not True"),
            ([{"wait_s": "abc"}], "wait_s of a turn is a number of seconds"),
            ([{"say": "hi", "after_s": "x"}], "after_s of a turn is a number of seconds"),
            ([{"say": "hi", "media": [3]}], "media of a turn are addresses"),
        ],
    )
    def test_what_is_no_turn_is_said(self, turns: Any, words: str) -> None:
        with pytest.raises(UsageError, match=words):
            read_turns(turns)

    def test_in_words(self) -> None:
        turns = ["hi", {"pick": "Yes"}, {"wait_s": 60}, {"jump": "tomorrow 09:05"}, Turn("see", media=("a.png",))]
        assert [turn.words for turn in read_turns(turns)] == [
            *("“hi”", "picks Yes", "silent for 60 s", "silent until tomorrow 09:05", "“see” and 1 file(s)"),
        ]

    def test_one_address_of_a_picture_is_one_picture(self) -> None:
        assert read_turns([{"say": "hi", "media": "a.png"}, {"say": "hi", "media": None}]) == [
            Turn("hi", media=("a.png",)),
            Turn("hi"),
        ]

    @pytest.mark.parametrize("channel", ["sms", "webchat"])
    @pytest.mark.parametrize("what", ["Refund", 9])
    def test_a_choice_that_there_is_not_names_those_there_are(self, channel: str, what: Any) -> None:
        with pytest.raises(UsageError, match="Track an order"):
            sides(["hi", {"pick": what}], (channel,))

    @pytest.mark.parametrize("what", ["Track an order", "track", 1, "1"])
    def test_a_choice_by_label_id_or_number_is_its_number_where_nothing_can_be_tapped(self, what: Any) -> None:
        table = sides(["hi", {"pick": what}], ("sms",)).table
        assert table.loc[table["who"] == "customer", "text"].tolist() == ["hi", "1"]

    @pytest.mark.parametrize("first", [{"wait_s": 5}, {"jump": "tomorrow 09:05"}, {"pick": 1}])
    def test_somebody_has_to_begin(self, first: Any) -> None:
        with pytest.raises(UsageError, match="first turn begins the talk"):
            sides([first], ("sms",))

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            ({"context": "Ana"}, "context is a mapping"),
            ({"context": {"sms": {"name": "Ana"}, "name": "Bea"}}, "not both: 'name'"),
            ({"contxt": {}}, "Did you mean 'context'"),
            ({"channels": ("sms", "sms")}, "'sms' is given twice"),
        ],
    )
    def test_what_a_talk_cannot_begin_with_is_said(self, options: Any, words: str) -> None:
        with pytest.raises(UsageError, match=words):
            sides(["hi"], **{"channels": ("sms",), **options})

    def test_what_is_known_for_all_may_have_parts(self) -> None:
        show = "{{trigger.conversation.ChannelAttributes.pre_engagement_data.cart.items}}"
        flow = fl.Flow((fl.State("hi", "send-message", (fl.Transition("sent"),), {"body": f"You have {show}"}),), "hi")
        found = fl.side_by_side(flow, ["hi"], ("webchat", "inapp"), context={"cart": {"items": "2"}})
        assert found.table.loc[found.table["who"] == "flow", "text"].tolist() == ["You have 2"] * 2

    def test_what_is_known_before_can_differ_by_channel(self) -> None:
        show = "{{trigger.conversation.ChannelAttributes.pre_engagement_data.name}}"
        flow = fl.Flow((fl.State("hi", "send-message", (fl.Transition("sent"),), {"body": f"Hi {show}!"}),), "hi")
        found = fl.side_by_side(flow, ["hi"], ("webchat", "inapp"), context={"webchat": {"name": "Ana"}})
        assert found.table.loc[found.table["who"] == "flow", "text"].tolist() == ["Hi Ana!", "Hi !"]


class TestCommand:
    def test_text_json_and_page(self, tmp_path: Path, run: Any) -> None:
        flow, page = str(SAMPLE / "flows" / "order_support.json"), tmp_path / "side.html"
        world = str(SAMPLE / "services" / "order_support.yaml")
        talk = ["side", flow, "--say", "hi", "--say", "3", "--services", world, "--channel", "sms", "--channel", "line"]
        code, out, _ = run(*talk, "-o", str(page))
        assert code == 0 and "tell_hours takes 3 segments" in out
        assert page.read_text(encoding="utf-8").startswith("<!doctype html>")
        code, out, _ = run(*talk, "--json")
        said = json.loads(out)
        assert {row["channel"] for row in said["messages"]} == {"sms", "line"} and said["differences"]

    def test_a_picture_is_no_page(self, run: Any) -> None:
        code, _, err = run("side", str(SAMPLE / "flows" / "order_support.json"), "--say", "hi", "-o", "side.png")
        assert code == 2 and "ends in .html" in err
