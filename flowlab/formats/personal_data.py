"""Where personal data stands in a text: five kinds that can be told by rule, without a model or a network.

Names, postal addresses, dates of birth and spelt-out numbers ("kim at example dot com") are not among them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """A kind of personal data; the value is the stem of its pseudonym."""

    EMAIL = "EMAIL"
    IBAN = "IBAN"
    CARD = "CARD"
    IP = "IP"
    PHONE = "PHONE"


class Span(NamedTuple):
    """``text[start:end]`` is personal data. ``key`` is the same for two ways of writing the same value."""

    start: int
    end: int
    kind: Kind
    key: str


def find(text: str, region: str | None = None) -> list[Span]:
    """The personal data in a text, in order, without overlaps.

    ``region`` (``US``, ``DE``, ...) is the country whose way of writing phone numbers without ``+`` is understood;
    without it only international numbers are found.

    >>> [(s.kind, s.key) for s in find("mail Kim@example.com or call +1 (202) 555-0143")]
    [(<Kind.EMAIL: 'EMAIL'>, 'kim@example.com'), (<Kind.PHONE: 'PHONE'>, '+12025550143')]
    """
    if not _WORTH_A_LOOK.search(text):
        return []
    spans: list[Span] = []
    for kind, detector in _DETECTORS.items():
        for start, end, key in list(detector(text, region)):
            spans.append(Span(start, end, kind, key))
            text = text[:start] + "\n" * (end - start) + text[end:]  # places stay, the next detector sees a gap
    return sorted(spans)


_WORTH_A_LOOK = re.compile(r"@|\d[\d\s().\-/\u2010-\u2015]{5}")
_Found = Iterator[tuple[int, int, str]]

# No pattern below can be slowed down by a hostile text: each starts only at the edge of a run, and neighbouring
# parts share no character.
_EMAIL = re.compile(r"(?<![\w.+%'-])[\w.+%'-]+@(?:[\w-]+\.)+(?:xn--[\w-]+|[^\W\d_]{2,})")
_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d\d(?:[ \u00a0]?[A-Za-z0-9]){11,30}")
_DIGITS = re.compile(r"(?<![\d+])\d(?:[ .\u00a0\u202f\-\u2010-\u2013]{0,2}\d){12,}")
_IP = re.compile(r"(?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\.?\d)", re.ASCII)
_VERSION_BEFORE = re.compile(r"(?:\bv|version\s?|release\s?)$", re.IGNORECASE)


def _emails(text: str, _: str | None) -> _Found:
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield match.start(), match.end(), match[0].lower()


def _ibans(text: str, _: str | None) -> _Found:
    for match in _IBAN.finditer(text):
        written = match[0]
        for end in range(len(written), 14, -1):  # the pattern may have run on into the next word
            if not written[end - 1].isalnum() or written[end : end + 1].isalnum():
                continue
            compact = re.sub(r"\s", "", written[:end]).upper()
            if len(compact) >= 15 and _mod_97(compact) == 1:
                yield match.start(), match.start() + end, compact
                break


def _mod_97(iban: str) -> int:
    """ISO 13616: the first four characters moved to the end, letters counted as 10 to 35."""
    return int("".join(str(int(char, 36)) for char in iban[4:] + iban[:4])) % 97


def _cards(text: str, _: str | None) -> _Found:
    for run in _DIGITS.finditer(text):
        groups = list(re.finditer(r"\d+", run[0]))
        first = 0
        while first < len(groups):  # an order number may stand before the card, its expiry date behind
            ends = range(min(first + 5, len(groups)), first, -1)
            end = next((end for end in ends if _is_card([group[0] for group in groups[first:end]])), None)
            if end:
                digits = "".join(group[0] for group in groups[first:end])
                yield run.start() + groups[first].start(), run.start() + groups[end - 1].end(), digits
            first = end or first + 1


def _is_card(groups: list[str]) -> bool:
    """Cards are written in groups of four and more, but for the last; the first digits tell the scheme."""
    digits = "".join(groups)
    return (
        13 <= len(digits) <= 19
        and all(len(group) >= 4 for group in groups[:-1])
        and digits.startswith(("2", "3", "4", "5", "6", "9792"))
        and _luhn(digits)
    )


def _luhn(digits: str) -> bool:
    """ISO/IEC 7812: every second digit from the right is doubled; the sum of all digits ends in 0."""
    doubled = (sum(divmod(int(digit) * 2, 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[::-2])) + sum(doubled)) % 10 == 0


def _ips(text: str, _: str | None) -> _Found:
    for match in _IP.finditer(text):
        if not _VERSION_BEFORE.search(text[max(0, match.start() - 10) : match.start()]):
            yield match.start(), match.end(), match[0]


_PHONE_LIKE = re.compile(r"(?:\d[\s().\-/\u2010-\u2015]{0,4}){7}")
_DATE_OR_TIME = re.compile(r"(\d{1,4})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\2?\d)")
#: Words that stand before a number of ours, not of a person, in the languages of the sample talks.
_OUR_NUMBER = re.compile(
    r"(?:#|\b(?:order|ord|ref|reference|ticket|case|invoice|tracking|parcel|bestellung|auftrag|rechnung|pedido|"
    r"orden|factura|commande|facture|colis|ordine|ordre|ordernummer|nota|fatura)\b)\W{0,3}(?:\w{1,8}\W{1,3}){0,2}$",
    re.IGNORECASE,
)


def _phones(text: str, region: str | None) -> _Found:
    if not _PHONE_LIKE.search(text):
        return
    import phonenumbers as pn

    # First the international ones, which may be any possible number; then those of the region, which must be in use.
    for where, leniency in ((None, pn.Leniency.POSSIBLE), (region, pn.Leniency.VALID)):
        found = list(pn.PhoneNumberMatcher(text, where, leniency))
        for match in found:
            if where is None or _is_theirs(text, match.start, match.raw_string):
                yield match.start, match.end, pn.format_number(match.number, pn.PhoneNumberFormat.E164)
                text = text[: match.start] + "\n" * (match.end - match.start) + text[match.end :]
        if region is None or not _PHONE_LIKE.search(text):
            return


def _is_theirs(text: str, start: int, written: str) -> bool:
    """Whether a number without country code is a phone number rather than a date or a number of our own."""
    date = _DATE_OR_TIME.match(written)
    if date and all(int(part) <= 31 or len(part) == 4 for part in date.group(1, 3)):
        return False
    return not (written.isdigit() and _OUR_NUMBER.search(text[max(0, start - 30) : start]))


_DETECTORS: dict[Kind, Callable[[str, str | None], _Found]] = {
    Kind.EMAIL: _emails,
    Kind.IBAN: _ibans,
    Kind.CARD: _cards,
    Kind.IP: _ips,
    Kind.PHONE: _phones,
}
