"""Personal data masked on import: e-mail addresses, phone numbers, payment cards, IBANs and IPv4 addresses.

Masked talk is **not anonymous**: names, postal addresses, what people tell about themselves and whatever the rules
miss stay in it. Looked at are the texts, the contact, the context and the extra columns; not looked at are the ids of
conversations, file names in ``media`` and our own entry points. In case of doubt a number goes: ten digits that stand
alone may be taken for a phone number of the contact's country, while those after a word such as *order* stay.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flowlab.formats.personal_data import Kind, find
from flowlab.model.conversation import Conversation


@dataclass(frozen=True, slots=True)
class RedactionReport:
    """What was masked. ``counts``: places masked for each :class:`~flowlab.formats.personal_data.Kind`."""

    conversations: int = 0
    touched: int = 0
    counts: Mapping[Kind, int] = field(default_factory=dict)

    def __str__(self) -> str:
        found = ", ".join(f"{self.counts[kind]} {kind}" for kind in Kind if self.counts.get(kind)) or "nothing"
        return f"masked {found} in {self.touched} of {self.conversations} conversations"


def redact(
    conversations: Iterable[Conversation], *, region: str | None = None
) -> tuple[list[Conversation], RedactionReport]:
    """Mask personal data. Inside a conversation the same value always gets the same pseudonym (``<EMAIL_1>``).

    ``region`` (``US``, ``DE``, ...): the country whose phone numbers are understood without country code in talks whose
    contact is not a phone number; a contact's own number decides for its talk.

    >>> from flowlab.model.conversation import Message, Role
    >>> talk = Conversation("1", "sms", (Message(Role.CUSTOMER, "mail me: kim@example.com"),), contact="+12025550143")
    >>> (masked,), report = redact([talk])
    >>> masked.messages[0].text, masked.contact, str(report)
    ('mail me: <EMAIL_1>', '<PHONE_1>', 'masked 1 EMAIL, 1 PHONE in 1 of 1 conversations')
    """
    total: Counter[Kind] = Counter()
    result, touched = [], 0
    for conversation in conversations:
        mask = Mask(region_of(conversation.contact) or region)
        result.append(_masked(conversation, mask))
        touched += bool(mask.counts)
        total += mask.counts
    return result, RedactionReport(len(result), touched, dict(total))


class Mask:
    """The pseudonyms of one conversation."""

    def __init__(self, region: str | None) -> None:
        self.region = region
        self.names: dict[tuple[Kind, str], str] = {}
        self.counts: Counter[Kind] = Counter()

    def text(self, text: str) -> str:
        pieces, done = [], 0
        for start, end, kind, key in find(text, self.region):
            pieces += [text[done:start], self._name(kind, key)]
            done = end
            self.counts[kind] += 1
        return "".join(pieces) + text[done:] if pieces else text

    def _name(self, kind: Kind, key: str) -> str:
        known = self.names.get((kind, key))
        if known is None:
            number = sum(other is kind for other, _ in self.names) + 1
            known = self.names[kind, key] = f"<{kind}_{number}>"
        return known

    def anything(self, value: Any) -> Any:
        """Mask every text in a JSON value; keys of objects stay."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self.anything(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self.anything, value))
        return value


def _masked(conversation: Conversation, mask: Mask) -> Conversation:
    contact = mask.text(conversation.contact)
    texts = [mask.text(message.text) for message in conversation.messages]
    context, extra = mask.anything(conversation.context), mask.anything(conversation.extra)
    if not mask.counts:
        return conversation
    messages = tuple(
        message if message.text == text else replace(message, text=text)
        for message, text in zip(conversation.messages, texts, strict=True)
    )
    return replace(conversation, messages=messages, contact=contact, context=context, extra=extra)


def region_of(contact: str) -> str | None:
    """The country of a contact's own phone number, whatever prefix (``whatsapp:``) stands before it."""
    number = re.search(r"\+\d{7,15}$", contact)
    if number is None:
        return None
    import phonenumbers as pn

    try:
        parsed = pn.parse(number[0])
    except pn.NumberParseException:
        return None
    return pn.region_code_for_number(parsed) or pn.region_code_for_country_code(parsed.country_code or 0)
