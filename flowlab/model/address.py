"""What an address looks like on a channel: a customer's, one of ours, and what a person typed made into one.

Whether a phone number can be one is asked of Google's numbering plans (``phonenumbers``); nothing is called.
A form is the channel file's ``address_format``: a prefix and ``{phone}``, ``{email}`` or ``{id}``.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from flowlab.errors import UsageError, did_you_mean
from flowlab.text.plain import quote

_E164 = re.compile(r"\+[1-9][0-9]{3,14}")
#: A messaging service, which picks the number. Source: Twilio docs, Services resource (D).
_SERVICE_SID = re.compile(r"MG[0-9a-f]{32}")
#: Five or six digits in North America, three to eight elsewhere (R).
_SHORT_CODE = re.compile(r"[0-9]{3,8}")
#: Up to 11 of letters, digits, space and - + _ &, not digits alone. Source: Twilio docs, AlphaSender resource, 2026-03
#: (D).
_SENDER_NAME = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9+_&-](?:[A-Za-z0-9 +_&-]{0,9}[A-Za-z0-9+_&-])?")
_OWN_PHONES = (
    "a number as +12025550100, a short code, a sender name of up to 11 letters, or a messaging service's MG sid"
)


def is_address(text: str, form: str) -> bool:
    """Whether a text is a customer's address in that form, exactly as the platform writes it.

    >>> is_address("whatsapp:+12025550143", "whatsapp:{phone}"), is_address("(202) 555-0143", "{phone}")
    (True, False)
    """
    prefix, kind = _read(form)
    return text.startswith(prefix) and _CHECKS[kind](text.removeprefix(prefix))


def is_own_address(text: str, form: str) -> bool:
    """Whether a text is an address that we may send from and be written to in that form.

    Beside the numbers: messaging service sids, and on SMS (phone numbers without a prefix) short codes and names.

    >>> is_own_address("32665", "{phone}"), is_own_address("EXAMPLESHOP", "{phone}"), is_own_address("32665", "{id}")
    (True, True, True)
    """
    prefix, kind = _read(form)
    if kind == "phone" and _SERVICE_SID.fullmatch(text):
        return True
    if kind == "phone" and not prefix and (_SHORT_CODE.fullmatch(text) or _SENDER_NAME.fullmatch(text)):
        return True
    return is_address(text, form)


def own_forms(form: str, example: str) -> str:
    """What :func:`is_own_address` takes, in words, for messages."""
    prefix, kind = _read(form)
    if kind == "phone" and not prefix:
        return _OWN_PHONES
    also = ", or a messaging service's MG sid" if kind == "phone" else ""
    return f"{form}, for instance {example}{also}"


def canonical(text: str, form: str, region: str = "") -> str:
    """The address that a person meant, as the platform writes it.

    ``region``: two letters (ISO 3166), the country whose way of writing a number without ``+`` is in. Raises UsageError
    when the text is no such address.

    >>> canonical("(202) 555-0143", "whatsapp:{phone}", "US")
    'whatsapp:+12025550143'
    >>> canonical(" Kim@Example.COM ", "{email}")
    'Kim@example.com'
    """
    prefix, kind = _read(form)
    bare = text.strip()
    if prefix and bare.lower().startswith(prefix.lower()):
        bare = bare[len(prefix) :].strip()
    if kind == "phone":
        bare = _e164(bare, region)
    elif kind == "email":
        name, at, domain = bare.removeprefix("mailto:").rpartition("@")
        bare = f"{name}{at}{domain.lower()}"
    return prefix + bare


def _read(form: str) -> tuple[str, str]:
    prefix, _, kind = form.rstrip("}").partition("{")
    return prefix, kind


def _e164(text: str, region: str) -> str:
    import phonenumbers

    region = region.upper()
    if region and region not in phonenumbers.SUPPORTED_REGIONS:
        hint = did_you_mean(region, sorted(phonenumbers.SUPPORTED_REGIONS))
        raise UsageError(f"there is no region {quote(region)}: expected two letters as in US or PT. {hint}")
    try:
        number = phonenumbers.parse(text, region or None)
    except phonenumbers.NumberParseException:
        more = "" if region else "; begin it with + and the country's code, or say the region, for instance US"
        raise UsageError(f"{quote(text)} is not a phone number{more}") from None
    if number.extension:
        raise UsageError(f"{quote(text)} has an extension, which no message reaches; leave it out")
    if not phonenumbers.is_possible_number(number):
        raise UsageError(f"{quote(text)} has too few or too many digits for a phone number")
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _is_phone(text: str) -> bool:
    import phonenumbers

    try:
        return _E164.fullmatch(text) is not None and phonenumbers.is_possible_number(phonenumbers.parse(text))
    except phonenumbers.NumberParseException:
        return False


_CHECKS: dict[str, Callable[[str], bool]] = {
    "phone": _is_phone,
    "email": lambda text: re.fullmatch(r"[^\s@<>]+@[^\s@<>.]+(\.[^\s@<>.]+)+", text) is not None,
    "id": lambda text: re.fullmatch(r"\S+", text) is not None,
}
