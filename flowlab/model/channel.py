"""What a text channel is: how a customer is known, how one starts, how fast it moves, what it can carry.

The facts are dated data with sources in ``channels/*.yaml`` beside this file, one file a channel, never code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.model import channel_words
from flowlab.model import prices as price_list
from flowlab.model.address import canonical, is_address, is_own_address, own_forms
from flowlab.model.channel_file import BUILT_IN as BUILT_IN
from flowlab.model.channel_file import NAMES as NAMES
from flowlab.model.channel_file import read_channel_file
from flowlab.model.channel_set import Channels
from flowlab.model.display import Bundle, bundle
from flowlab.model.prices import Price, PriceRow
from flowlab.text.plain import plain


@dataclass(frozen=True, slots=True)
class Fact:
    """One stated property of a channel, with where it comes from.

    ``trust``: ``D`` said by the platform's documentation, ``S`` read in a specification or published data, ``R``
    reported second hand, ``M`` our own assumption; see ``channels/README.md``. ``note``: what the value leaves out.
    """

    value: Any
    unit: str = ""
    source: str = ""
    as_of: str = ""
    trust: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, repr=False)
class Channel:
    """A text channel.

    ``identity``: ``phone number``, ``email address`` or ``app identity``: what the customer is known by.
    ``velocity``: ``real-time`` (a session while both sit there) or ``asynchronous``.
    ``trigger_event``: the Studio event by which its messages usually enter a flow.
    ``address_format``: a customer's address: a prefix and ``{phone}``, ``{email}`` or ``{id}``.
    ``entry_points``: how a customer starts (a number per campaign, a chat button, an inbox).
    ``prices``: the dated price list, see :meth:`price`.
    ``example_contact`` and ``example_address``: invented addresses of the customer and of ours, in the channel's form.
    """

    name: str
    label: str
    identity: str
    velocity: str
    trigger_event: str
    address_format: str
    example_contact: str
    example_address: str
    entry_points: tuple[str, ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    prices: tuple[PriceRow, ...] = ()

    def value(self, fact: str, default: Any = None) -> Any:
        """The value of a fact, or ``default`` where the channel states none.

        >>> channel("sms").value("max_text_chars")
        1600
        """
        found = self.facts.get(fact)
        return found.value if found else default

    def price(self, direction: str, on: date, category: str = "", *, in_window: bool = True) -> Price | None:
        """What one message (or SMS segment) costs on a day, in US dollars; None where that is not known.

        ``direction``: ``out`` to the customer, ``in`` from the customer. ``category``: of a template, ``marketing``,
        ``utility`` or ``authentication``; empty: free text. ``in_window``: whether the customer wrote within the
        channel's service window. Raises UsageError for a direction or category that there is not.

        >>> channel("sms").price("out", date(2026, 11, 1)).usd
        0.0083
        """
        return price_list.price(self.prices, direction, on, category, in_window=in_window)

    def describe(self) -> str:
        """Its card: how the customer starts, how it is routed, how fast it moves, what it carries, what it costs.

        >>> print("\\n".join(channel("sms").describe().splitlines()[:4]))
        SMS / MMS (sms)
        <BLANKLINE>
        How does the customer start?
          the customer is known by: phone number
        """
        return channel_words.describe(self)

    def __repr__(self) -> str:
        named = plain(f"{self.name}: {self.label}")
        return f"<Channel {named}, {self.identity}, {self.velocity}, {len(self.facts)} facts>"

    def _repr_mimebundle_(self, **_kwargs: Any) -> Bundle:
        return bundle(self)

    def check_address(self, text: str) -> None:
        """Check that ``text`` has the form of a customer's address on this channel.

        Whether a phone number can be one is asked of Google's numbering plans (``phonenumbers``); nothing is called.
        Raises UsageError saying what form was expected.

        >>> channel("whatsapp").check_address("whatsapp:+12025550143")
        """
        if not is_address(text, self.address_format):
            raise UsageError(
                f"{text!r} is not an address on {self.label}: expected {self.address_format}, "
                f"for instance {self.example_contact}"
            )

    def check_own_address(self, text: str) -> None:
        """Check that ``text`` has the form of an address of ours on this channel: a number, an inbox, a page.

        On SMS also a short code, a sender name of up to 11 characters or a messaging service's sid. Raises UsageError
        saying what form was expected.

        >>> channel("sms").check_own_address("32665")
        """
        if not is_own_address(text, self.address_format):
            expected = own_forms(self.address_format, self.example_address)
            raise UsageError(f"{text!r} is not an address of ours on {self.label}: expected {expected}")

    def address(self, text: str, region: str = "") -> str:
        """The customer's address that a person meant, as the platform writes it.

        ``region``: two letters (ISO 3166), the country whose way of writing a number without ``+`` is in. Raises
        UsageError when the text is no address on this channel.

        >>> channel("sms").address("(202) 555-0143", region="US")
        '+12025550143'
        """
        found = canonical(text, self.address_format, region)
        self.check_address(found)
        return found

    @classmethod
    def from_yaml(cls, path: str | Path) -> Channel:
        """Read a channel file; the built-in ones show the form, ``channels/README.md`` says what each key means.
        A file that begins with ``like: whatsapp`` states only what differs from that channel.

        Raises FormatError when the file is not a channel: all faults at once.
        """
        keys = read_channel_file(Path(path))
        facts = {name: Fact(**fact) for name, fact in keys.pop("facts").items()}
        rows = tuple(PriceRow(**row) for row in keys.pop("prices"))
        return cls(**keys, facts=facts, prices=rows)


@cache
def _built_in(name: str) -> Channel:
    return Channel.from_yaml(BUILT_IN / f"{name}.yaml")


#: The built-in channels; each file is read when its channel is first looked at.
channels = Channels({name: partial(_built_in, name) for name in NAMES}, Channel.from_yaml)


def channel(name: str | Channel) -> Channel:
    """The built-in channel of that name; a :class:`Channel` is handed back as it is.

    Raises UsageError for an unknown name.
    """
    if isinstance(name, Channel):
        return name
    if name not in NAMES:
        raise UsageError(f"there is no channel {name!r}. {did_you_mean(name, list(NAMES))}")
    return _built_in(name)
