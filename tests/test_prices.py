"""Prices: dated rows that add up, unknown never 0, and what conversations cost by them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import FormatError, UsageError
from flowlab.measure.compare import cautions, compare_table
from flowlab.measure.outcomes import outcome_table
from flowlab.model.conversation import Conversation
from flowlab.model.event import Event
from flowlab.model.prices import CATEGORIES, Price, PriceRow, price

SPRING, AUTUMN = date(2026, 3, 2), date(2026, 10, 10)


def row(direction: str = "out", usd: float | None = 0.01, **more: object) -> PriceRow:
    about = {"per": "message", "fee": "Relay", "since": date(2026, 1, 1), "as_of": "2026-01", "trust": "M"}
    return PriceRow(direction, usd, **(about | more))


class TestRows:
    def test_fees_add_up(self) -> None:
        found = price([row(usd=0.005), row(usd=0.02, fee="Meta", category="marketing")], "out", SPRING, "marketing")
        assert found is not None
        assert found.usd == 0.025
        assert [one.fee for one in found.rows] == ["Relay", "Meta"]

    def test_a_row_of_another_category_is_not_due(self) -> None:
        found = price([row(), row(usd=9.0, category="marketing")], "out", SPRING)
        assert found is not None
        assert found.usd == 0.01

    def test_free_text_is_the_service_category(self) -> None:
        rows = [row(usd=0.004, category="service")]
        assert price(rows, "out", SPRING) == price(rows, "out", SPRING, "service")
        assert price(rows, "out", SPRING, "utility") is None

    def test_the_day_decides(self) -> None:
        rows = [row(usd=1.0, until=date(2026, 4, 1)), row(usd=2.0, since=date(2026, 4, 1))]
        days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31), date(2026, 4, 1)]
        found = [price(rows, "out", day) for day in days]
        assert [one.usd if one else None for one in found] == [None, 1.0, 1.0, 2.0]

    def test_the_window_decides(self) -> None:
        rows = [row(usd=0.0, window="open"), row(usd=0.03, window="closed")]
        prices = [price(rows, "out", SPRING, "utility", in_window=open_) for open_ in (True, False)]
        assert [one.usd for one in prices if one] == [0.0, 0.03]

    def test_one_unknown_fee_makes_the_price_unknown_and_free_is_0(self) -> None:
        assert price([row(usd=0.005), row(usd=None, fee="Meta")], "out", SPRING) is None
        assert price([], "out", SPRING) is None
        free = price([row(usd=0.0)], "out", SPRING)
        assert free is not None
        assert free.usd == 0

    def test_it_is_as_old_as_its_oldest_row_and_says_so_when_that_is_long_ago(self) -> None:
        rows = [row(as_of="2026-10"), row(as_of="2025-06", note="fees of the carrier not included")]
        found = price(rows, "out", AUTUMN)
        assert found is not None
        assert (found.as_of, found.note) == ("2025-06", "price of 2025-06; fees of the carrier not included")
        fresh = price(rows[:1], "out", AUTUMN)
        assert fresh is not None
        assert fresh.note == ""

    @pytest.mark.parametrize(("direction", "category"), [("up", ""), ("out", "promotion")])
    def test_words_it_does_not_know(self, direction: str, category: str) -> None:
        with pytest.raises(UsageError, match=r"there is no (direction|category) '\w+' of a message"):
            price([], direction, SPRING, category)

    @given(
        st.lists(st.sampled_from([0.0, 0.005, 0.02, None]), max_size=4),
        st.dates(date(2025, 1, 1), date(2027, 1, 1)),
        st.sampled_from(["", *CATEGORIES]),
    )
    def test_never_less_than_any_fee_due_and_never_known_where_one_is_not(
        self, fees: list[float | None], on: date, category: str
    ) -> None:
        found = price([row(usd=usd) for usd in fees], "out", on, category)
        if on < date(2026, 1, 1) or not fees or None in fees:
            assert found is None
        else:
            assert found is not None
            assert found.usd >= max(usd for usd in fees if usd is not None)


class TestBuiltIn:
    def test_sms_in_the_united_states(self) -> None:
        found = fl.channels["sms"].price("out", AUTUMN)
        assert found is not None
        assert (found.usd, found.per, found.as_of, found.countries) == (0.0083, "segment", "2026-10", ("US",))
        assert "carrier fees" in found.note

    def test_metas_rules_of_2025_and_2026(self) -> None:
        """Free text and utility templates inside the window were free of Meta's fee until 2026-10-01, now are not."""
        whatsapp = fl.channels["whatsapp"]

        def usd(category: str, on: date, in_window: bool = True) -> float | None:
            found = whatsapp.price("out", on, category, in_window=in_window)
            return found.usd if found else None

        assert usd("", SPRING) == usd("utility", SPRING) == 0.005
        assert usd("utility", SPRING, in_window=False) is None
        assert usd("", AUTUMN) is usd("utility", AUTUMN) is None
        assert usd("marketing", SPRING) is usd("authentication", SPRING) is None
        assert usd("", date(2025, 6, 30)) is None
        received = whatsapp.price("in", AUTUMN)
        assert received is not None
        assert received.usd == 0.005

    @pytest.mark.parametrize("name", ["line", "email", "webchat", "messenger", "inapp"])
    def test_where_no_price_was_found_there_is_none(self, name: str) -> None:
        assert fl.channels[name].price("out", AUTUMN) is fl.channels[name].price("in", AUTUMN) is None

    def test_every_row_has_its_source_date_and_trust(self) -> None:
        for channel in fl.channels.values():
            for one in channel.prices:
                assert one.source and one.as_of, channel.name
                assert one.trust in {"D", "S", "R", "M"}
                assert one.usd is not None or "not known" in one.note, "an unknown fee says what is known of it"

    def test_the_lists_are_a_table_with_unknown_fees_as_nan(self) -> None:
        table = fl.channels.prices
        assert set(table["channel"]) == {"sms", "whatsapp"}
        unknown = table[table["usd"].isna()]
        assert set(unknown["category"]) == {"service", "utility", "authentication", "marketing"}
        assert set(unknown["fee"]) == {"Meta"}
        assert table[["source", "as_of", "trust"]].ne("").all(axis=None)


def spoken(name: str, channel: str, *lines: tuple[str, float, str]) -> list[Event]:
    """Events of a conversation: kind, hours since the start of 2026-03-02, price category."""
    start = datetime(2026, 3, 2, tzinfo=UTC).timestamp()
    return [
        Event(name, seq, start + hours * 3600, channel, kind, detail=detail, units=1)
        for seq, (kind, hours, detail) in enumerate(lines)
    ]


def cost(*events: Event, own: tuple[fl.Channel, ...] = ()) -> list[float | None]:
    names = list(dict.fromkeys(event.conversation_id for event in events))
    talks = [Conversation(name, next(e.channel for e in events if e.conversation_id == name), ()) for name in names]
    table = outcome_table(list(events), talks, own=own)
    return [None if pd.isna(usd) else round(usd, 6) for usd in table["cost_usd"]]


@pytest.fixture
def dated(tmp_path: Path) -> fl.Channel:
    """A channel whose every message has a price of its own: by day, direction, category and window."""
    path = tmp_path / "dated.yaml"
    about = "per: message, fee: us, source: invented, as_of: 2026-03, trust: M"
    rows = [
        "direction: in, usd: 1, from: 2026-01-01",
        "direction: out, usd: 10, from: 2026-01-01, until: 2026-03-03",
        "direction: out, usd: 20, from: 2026-03-03",
        "direction: out, category: utility, window: open, usd: 100, from: 2026-01-01",
        "direction: out, category: utility, window: closed, usd: 200, from: 2026-01-01",
        "direction: out, category: marketing, from: 2026-01-01",
    ]
    text = "like: inapp\nname: dated\nlabel: Dated\nfacts: {service_window_h: 2}\nprices:\n"
    path.write_text(text + "".join(f"  - {{{said}, {about}}}\n" for said in rows), encoding="utf-8")
    return fl.Channel.from_yaml(path)


class TestConversations:
    def test_each_message_by_its_own_day_and_category(self, dated: fl.Channel) -> None:
        talk = [("received", 1.0, ""), ("sent", 1.0, ""), ("sent", 2.0, "utility"), ("sent", 25.0, "utility")]
        assert cost(*spoken("c1", "dated", *talk), own=(dated,)) == [1 + 10 + (10 + 100) + (20 + 200)]

    def test_one_message_of_unknown_price_makes_the_conversation_unknown_but_not_the_next(
        self, dated: fl.Channel
    ) -> None:
        one = spoken("c1", "dated", ("received", 1.0, ""), ("sent", 1.0, "marketing"))
        two = spoken("c2", "dated", ("received", 1.0, ""), ("sent", 1.0, ""))
        assert cost(*one, *two, own=(dated,)) == [None, 11]

    def test_the_window_is_each_conversations_own(self, dated: fl.Channel) -> None:
        one = spoken("c1", "dated", ("received", 1.0, ""), ("sent", 1.5, "utility"))
        two = spoken("c2", "dated", ("sent", 1.5, "utility"))
        assert cost(*one, *two, own=(dated,)) == [111, 210]

    def test_without_time_or_units_or_price_list_it_is_unknown(self) -> None:
        timeless = Event("c1", 0, float("nan"), "sms", "sent", units=1)
        unitless = spoken("c2", "sms", ("sent", 1.0, ""))[0]._replace(units=0)
        assert cost(timeless, unitless, *spoken("c3", "line", ("sent", 1.0, ""))) == [None, None, None]
        assert cost(*spoken("c4", "no such channel", ("sent", 1.0, ""))) == [None]
        assert cost(spoken("c5", "sms", ("sent", 1.0, ""))[0]._replace(time_s=1e300)) == [None]

    def test_no_messages_cost_nothing_where_prices_are_known(self) -> None:
        assert cost(*spoken("c1", "sms", ("started", 0.0, ""))) == [0.0]
        assert cost(*spoken("c1", "line", ("started", 0.0, ""))) == [None]

    def test_a_cost_says_of_when_and_whose_its_prices_are(self) -> None:
        talks = [Conversation("c1", "sms", ()), Conversation("c2", "line", ())]
        ends = [("received", 1.0, ""), ("sent", 1.0, ""), ("ended", 1.0, "")]
        events = [
            event._replace(event="contained") if event.kind == "ended" else event
            for name, channel in (("c1", "sms"), ("c2", "line"))
            for event in spoken(name, channel, *ends)
        ]
        outcomes = outcome_table(events, talks)
        assert outcomes["price_as_of"].tolist() == ["2026-10", ""]
        assert outcomes["price_list"].tolist()[0].startswith("Twilio, US list; carrier fees")
        assert compare_table(outcomes)["price_as_of"].tolist() == ["2026-10", "2026-10", ""]
        said = " ".join(cautions(outcomes))
        assert "Cost on sms: list prices as of 2026-10 (Twilio, US list; carrier fees" in said
        assert "Cost is unknown on line" in said


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("direction: up", "direction: expected out or in, found 'up'"),
        ("usd: cheap", "usd: expected a number, 0 or more, found 'cheap'"),
        ("usd: -1", "usd: expected a number, 0 or more, found -1"),
        ("per: segment", "per: expected message, the channel's billing_unit, found 'segment'"),
        ("from: 2026-02-30", "from: expected a day (2026-10-01), found '2026-02-30'"),
        ("from: 2026-02", "from: expected a day"),
        ("until: 2025-12-31", "until: must be after 2026-01-01"),
        ("country: usa", "country: expected a country's code (US), found 'usa'"),
        ("as_of: 2026-13", "as_of: expected a date"),
        ("category: promotion", "category: expected service, marketing, utility or authentication"),
        ("price: 1", "price: unknown key"),
        ("source: ~", "source: is missing"),
    ],
)
def test_a_faulty_price_row_says_what_is_wrong(tmp_path: Path, said: str, message: str) -> None:
    good = {"direction": "out", "usd": "1", "per": "message", "fee": "us", "from": "2026-01-01", "source": "invented"}
    key, value = said.split(": ")
    rows = good | {"as_of": "2026-03", "trust": "M"} | {key: value}
    path = tmp_path / "own.yaml"
    path.write_text("like: inapp\nprices:\n- " + "\n  ".join(f"{k}: {v}" for k, v in rows.items()), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        fl.Channel.from_yaml(path)
    assert message in str(caught.value)
    assert "prices/0/" in str(caught.value)


def test_a_price_is_a_value() -> None:
    found = price([row()], "out", SPRING)
    assert found == Price(0.01, (row(),), "2026-01")
