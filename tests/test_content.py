"""Content templates are read whole or not at all, with every fault named at its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowlab.errors import FlowlabError, FormatError
from flowlab.model.channel import channel
from flowlab.model.shown import Choice
from flowlab.run.content_file import load_content
from flowlab.run.outgoing import of_template
from flowlab.run.render_message import render
from flowlab.run.services_file import load_services

HX = "HX" + "a" * 32


def one(kind: str, body: Any, **more: Any) -> dict[str, Any]:
    return {"contents": [{"sid": HX, "types": {kind: body}, **more}]}


def test_each_type_is_read() -> None:
    picker = {"body": "b", "button": "Menu", "items": [{"item": "Order", "id": "o", "description": "d"}]}
    read = load_content(one("twilio/list-picker", picker))[HX].variants["twilio/list-picker"]
    assert (read.text, read.list_button, read.choices) == ("b", "Menu", (Choice("Order", "o", "d"),))
    cards = [{"title": n, "media": "m", "actions": [{"type": "QUICK_REPLY", "title": "Buy", "id": n}]} for n in "ab"]
    read = load_content(one("twilio/carousel", {"body": "b", "cards": cards}))[HX].variants["twilio/carousel"]
    assert (read.text, read.cards, len(read.choices)) == ("b\n\na\n\nb", (1, 1), 2)
    call = {"body": "b", "actions": [{"type": "URL", "title": "Shop", "url": "https://shop.example.com"}]}
    assert (
        load_content(one("twilio/call-to-action", call))[HX].variants["twilio/call-to-action"].links[0].label == "Shop"
    )


def test_every_fault_is_named_with_its_place(tmp_path: Path) -> None:
    file = tmp_path / "content.json"
    broken = {"sid": "HX1", "types": {"twilio/quick-reply": {"body": 1, "actions": [{"id": "x"}]}}}
    file.write_text(json.dumps({"contents": [broken, {"types": {}}]}), encoding="utf-8")
    with pytest.raises(FormatError) as caught:
        load_content(file)
    for words in ("contents/0/sid", "quick-reply/body", "actions/0/title", "contents/1/sid", "contents/1/types"):
        assert words in str(caught.value)


def test_a_services_file_names_it_beside_itself(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(json.dumps(one("twilio/text", {"body": "hi"})), encoding="utf-8")
    services = tmp_path / "s.yaml"
    services.write_text("content: c.json\n", encoding="utf-8")
    assert list(load_services(services).content) == [HX]
    services.write_text("content: nowhere.json\n", encoding="utf-8")
    with pytest.raises(FormatError, match=r"content.*nowhere"):
        load_services(services)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["sid", "types", "body", "actions", "cards", "twilio/card", "title"]), inner)
    ),
    max_leaves=12,
)


@given(json_like)
def test_whatever_it_is_it_is_read_or_refused_in_words(data: Any) -> None:
    for given_data in ({"contents": [data]}, one("twilio/carousel", data), {"contents": data}):
        try:
            load_content(given_data)
        except FlowlabError as error:
            assert str(error)


def test_a_file_of_thousands() -> None:
    many = [{"sid": f"HX{n:032x}", "types": {"twilio/text": {"body": "hi"}}} for n in range(3_000)]
    assert len(load_content(many)) == 3_000


def test_a_button_of_several_cards_says_whose_it_is_where_it_stands_apart() -> None:
    cards = [
        {"title": name, "actions": [{"type": "QUICK_REPLY", "title": "Buy", "id": name}]} for name in ("Red", "Blue")
    ]
    template = load_content(one("twilio/carousel", {"body": "Shoes", "cards": cards}))[HX]
    made = render(of_template(template, {}, channel("sms")), channel("sms"))
    assert made.parts[-1].text.splitlines()[-2:] == ["1. Buy: Red", "2. Buy (2): Blue"]
    single = load_content(one("twilio/carousel", {"body": "Shoes", "cards": cards[:1]}))[HX]
    assert [choice.description for choice in single.variants["twilio/carousel"].choices] == [""]
