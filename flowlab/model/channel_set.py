"""The channels there are, as a table one can filter. Nothing is read before it is looked at."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import astuple, fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.channel_facts import KINDS
from flowlab.model.channel_words import KEYS
from flowlab.model.display import Bundle, bundle
from flowlab.model.prices import PriceRow
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd

    from flowlab.model.channel import Channel

_COLUMNS = ("channel", "question", "fact", "value", "unit", "source", "as_of", "trust", "note")


class Channels(Mapping[str, "Channel"]):
    """Channels by name, in the order in which tables show them.

    ``channels["sms"]`` is one, ``channels.where(identity="phone number")`` are some. ``channels.table`` is everything
    they state, one row a channel and fact, for pandas to filter; ``channels.prices`` are their price lists.
    ``channels.with_own("mine.yaml")`` has yours as well.
    """

    def __init__(self, makers: Mapping[str, Callable[[], Channel]], read: Callable[[str | Path], Channel]) -> None:
        """``makers``: what hands back each channel when it is first wanted; ``read``: reads a channel's file."""
        self._makers, self._read = dict(makers), read

    def __getitem__(self, name: str) -> Channel:
        """Raises KeyError for an unknown name; :func:`~flowlab.model.channel.channel` says which names there are."""
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def where(self, test: Callable[[Channel], bool] | None = None, **equal: Any) -> Channels:
        """Those of which ``test`` is true, and each keyword too: a key such as ``identity``, or the value of a fact.

        Raises UsageError for a keyword that is neither.

        >>> from flowlab.model.channel import channels
        >>> list(channels.where(identity="phone number", velocity="asynchronous"))
        ['sms', 'whatsapp']
        >>> list(channels.where(lambda channel: channel.value("quick_replies_max") > 10, rendered_by="platform"))
        ['messenger']
        """
        for name in equal:
            if name not in (*KEYS, *KINDS):
                raise UsageError(f"channels state no {name!r}. {did_you_mean(name, [*KEYS, *KINDS])}")
        kept = {
            name: self._makers[name]
            for name, channel in self.items()
            if (test is None or test(channel)) and all(_said(channel, key) == want for key, want in equal.items())
        }
        return Channels(kept, self._read)

    def with_own(self, *own: Channel | str | Path) -> Channels:
        """These and yours: channel objects or the paths of their files. One by a name there is takes its place.

        Raises FormatError when a file is not a channel.
        """
        made = [self._read(one) if isinstance(one, str | Path) else one for one in own]
        return Channels(self._makers | {channel.name: partial(_itself, channel) for channel in made}, self._read)

    @property
    def table(self) -> pd.DataFrame:
        """Everything the channels state, one row a channel and fact.

        ============  ======  =================================================================
        ``channel``   str     name
        ``question``  str     which of :data:`~flowlab.model.channel_facts.QUESTIONS` it answers
        ``fact``      str     a key such as ``identity``, or a fact's name
        ``value``     object  a number, yes/no, text or list
        ``unit``      str
        ``source``    str     where it was read; empty for what defines the channel
        ``as_of``     str     when it was read or valid: ``2026``, ``2026-10`` or ``2026-10-05``
        ``trust``     str     D, S, R or M: see ``channels/README.md``
        ``note``      str     what the value leaves out
        ============  ======  =================================================================
        """
        import pandas as pd

        return pd.DataFrame.from_records(list(self._rows()), columns=list(_COLUMNS))

    @property
    def prices(self) -> pd.DataFrame:
        """The price lists, one row a channel and fee: ``channel`` and what a
        :class:`~flowlab.model.prices.PriceRow` holds. ``usd`` is NaN where a fee is due and not known.

        >>> from flowlab.model.channel import channels
        >>> channels.where(identity="phone number").prices[["channel", "direction", "usd", "fee"]].values.tolist()[0]
        ['sms', 'out', 0.0083, 'Twilio']
        """
        import pandas as pd

        rows = [(name, *astuple(row)) for name, channel in self.items() for row in channel.prices]
        table = pd.DataFrame.from_records(rows, columns=["channel", *(field.name for field in fields(PriceRow))])
        return table.astype({"usd": "float64"})

    def _rows(self) -> Iterator[tuple[Any, ...]]:
        for name, channel in self.items():
            for key, (question, _) in KEYS.items():
                yield name, question, key, _said(channel, key), "", "", "", "", ""
            for fact, one in channel.facts.items():
                about = (one.unit, one.source, one.as_of, one.trust, one.note)
                yield name, KINDS[fact].question, fact, one.value, *about

    def __repr__(self) -> str:
        lines = [f"  {name:<12}{one.label:<14}{one.identity:<16}{one.velocity}" for name, one in self.items()]
        return "\n".join([f"{len(self)} channels", *map(plain, lines)])

    def _repr_mimebundle_(self, **_kwargs: Any) -> Bundle:
        return bundle(self)


def _said(channel: Channel, key: str) -> Any:
    return getattr(channel, key) if key in KEYS else channel.value(key)


def _itself(channel: Channel) -> Channel:
    return channel
