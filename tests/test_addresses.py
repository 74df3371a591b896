"""Addresses: of every region and channel, typed in every way; and our own numbers, codes, names and sids."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.model.address import is_own_address
from flowlab.model.channel import channel

SMS, WHATSAPP = channel("sms"), channel("whatsapp")
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
TYPES = [value for name, value in vars(phonenumbers.PhoneNumberType).items() if name.isupper()]
FORMATS = (
    phonenumbers.PhoneNumberFormat.E164,
    phonenumbers.PhoneNumberFormat.INTERNATIONAL,
    phonenumbers.PhoneNumberFormat.NATIONAL,
    phonenumbers.PhoneNumberFormat.RFC3966,
)
SID = "MG0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize("region", REGIONS)
def test_example_numbers_of_every_region_and_type_validate_and_come_back(region: str) -> None:
    found = filter(None, (phonenumbers.example_number_for_type(region, kind) for kind in TYPES))
    for number in found:
        e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
        SMS.check_address(e164)
        WHATSAPP.check_address(f"whatsapp:{e164}")
        for form in FORMATS:
            typed = phonenumbers.format_number(number, form)
            assert SMS.address(typed, region) == e164
            assert WHATSAPP.address(typed, region.lower()) == f"whatsapp:{e164}"
        assert SMS.address(e164) == e164
        assert WHATSAPP.address(f"WhatsApp: {e164}") == f"whatsapp:{e164}"


@pytest.mark.parametrize("code", sorted(phonenumbers.COUNTRY_CODES_FOR_NON_GEO_REGIONS))
def test_numbers_of_no_country(code: int) -> None:
    number = phonenumbers.example_number_for_non_geo_entity(code)
    assert number is not None
    e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    assert SMS.address(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)) == e164


@given(st.one_of(st.text(max_size=30), st.from_regex(r"\+?[0-9 ()-]{3,18}", fullmatch=True)), st.sampled_from(REGIONS))
def test_what_comes_out_is_an_address_or_a_sentence(text: str, region: str) -> None:
    for each in fl.channels.values():
        try:
            found = each.address(text, region)
        except UsageError as error:
            assert str(error)
        else:
            each.check_address(found)
            assert each.address(found, region) == found


@pytest.mark.parametrize(
    ("name", "typed", "region", "canonical"),
    [
        ("sms", "(202) 555-0143", "US", "+12025550143"),
        ("sms", "+1 202 555 0143", "", "+12025550143"),
        ("sms", "tel:+1-202-555-0143", "", "+12025550143"),
        ("sms", "0044 7911 123456", "PT", "+447911123456"),
        ("whatsapp", "whatsapp:+1 202 555 0143", "", "whatsapp:+12025550143"),
        ("email", " Kim.Lee@Mail.Example.COM", "", "Kim.Lee@mail.example.com"),
        ("email", "mailto:kim@example.com", "", "kim@example.com"),
        ("messenger", "4005550143", "", "messenger:4005550143"),
        ("line", " U0123 ", "", "U0123"),
    ],
)
def test_what_a_person_typed_becomes_the_platforms_form(name: str, typed: str, region: str, canonical: str) -> None:
    assert channel(name).address(typed, region) == canonical


@pytest.mark.parametrize(
    ("typed", "region", "said"),
    [
        ("(202) 555-0143", "", r"not a phone number; begin it with \+"),
        ("hello", "US", "'hello' is not a phone number"),
        ("+1 202", "", "too few or too many digits"),
        ("202 555 0143 ext. 7", "US", "has an extension"),
        ("202 555 0143", "USA", "no region 'USA'"),
        ("\x1b[2J", "US", r"'\\x1b\[2J' is not a phone number"),
    ],
)
def test_what_is_no_number_is_a_sentence(typed: str, region: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        SMS.address(typed, region)


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("sms", ["+12025550100", "32665", "EXAMPLESHOP", "Shop 24", "A", "B&B-Shop_1", SID], []),
        ("sms", [], ["whatsapp:+12025550100", "EXAMPLE-SHOP", "Öl", "", " Shop", "Shop ", "12", "123456789", SID[:-1]]),
        ("sms", [], ["help@example.com", "<b>", "Shop\n", "+", "+1 202 555 0100"]),
        ("whatsapp", ["whatsapp:+12025550100", SID], ["+12025550100", "32665", "SHOP", "whatsapp:32665"]),
        ("messenger", ["messenger:1005550100"], ["1005550100", "messenger:", "messenger:a b", SID]),
        ("email", ["help@example.com"], ["help", "help@example", SID]),
        ("line", ["@example-shop"], ["", "a b"]),
        ("webchat", ["https://www.example.com/help"], [""]),
        ("inapp", ["app:orders-screen"], [""]),
    ],
)
def test_our_own_addresses(name: str, good: list[str], bad: list[str]) -> None:
    for address in good:
        channel(name).check_own_address(address)
    for address in bad:
        with pytest.raises(UsageError, match="is not an address of ours on"):
            channel(name).check_own_address(address)


def test_the_example_of_every_channel_is_an_address_of_ours() -> None:
    for each in fl.channels.values():
        each.check_own_address(each.example_address)


def test_a_customer_writes_from_no_short_code() -> None:
    for address in ("32665", "EXAMPLESHOP", SID):
        assert is_own_address(address, "{phone}")
        with pytest.raises(UsageError, match="is not an address on"):
            SMS.check_address(address)
