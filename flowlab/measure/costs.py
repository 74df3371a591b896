"""What the messages of each conversation cost, each by the price list of its own day, direction and category."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from math import isfinite
from typing import TYPE_CHECKING, Any

from flowlab.model.event import EventKind
from flowlab.model.prices import CATEGORIES

if TYPE_CHECKING:
    import pandas as pd

    from flowlab.model.channel import Channel
    from flowlab.model.prices import Price

_DAY_S = 86_400


def costs(events: pd.DataFrame, channels: Mapping[str, Channel]) -> pd.DataFrame:
    """``cost_usd`` and ``price_as_of`` a conversation, indexed by its id, in no order.

    ``cost_usd``: US dollars; NaN where the price of one of its messages is not known. A message's day is that of its
    time in UTC; what a message without units costs is not known. ``price_as_of``: the date of the oldest price in it.
    """
    import numpy as np
    import pandas as pd

    said = events[events["kind"].isin([EventKind.SENT, EventKind.RECEIVED])]
    where, prices = _prices(said, channels)
    each = np.array([price.usd if price else float("nan") for price in prices], dtype="float64")
    dates = pd.Categorical([price.as_of if price else None for price in prices], ordered=True)
    units = said["units"].where(said["units"] > 0).to_numpy(dtype="float64")
    priced = pd.DataFrame({"usd": each[where] * units, "date": dates.codes[where]}, said.index)
    talks = priced.groupby(said["conversation_id"], sort=False)
    cost = talks["usd"].sum().mask(talks["usd"].count() < talks.size())
    oldest = talks["date"].min().map(dict(enumerate(dates.categories))).astype("object")
    return pd.DataFrame({"cost_usd": cost, "price_as_of": oldest.where(cost.notna() & oldest.notna(), "")})


def _prices(said: pd.DataFrame, channels: Mapping[str, Channel]) -> tuple[Any, list[Price | None]]:
    """For each message the place of its price, and the prices: few, since many messages share day and direction."""
    import numpy as np
    import pandas as pd

    sent = said["kind"] == EventKind.SENT
    template = sent & said["detail"].isin(CATEGORIES[1:])
    keys = (
        said["channel"],
        sent,
        said["detail"].where(template, ""),
        _in_window(said, channels) if template.any() else pd.Series(True, said.index),
        said["time_s"] // _DAY_S,
    )
    codes, values = zip(*(pd.factorize(column, use_na_sentinel=False) for column in keys), strict=True)
    shape = tuple(max(len(found), 1) for found in values)
    combined, where = np.unique(np.ravel_multi_index(codes, shape), return_inverse=True)
    rows = zip(*np.unravel_index(combined, shape), strict=True)
    return where, [_price(channels, *(found[i] for found, i in zip(values, row, strict=True))) for row in rows]


def _in_window(said: pd.DataFrame, channels: Mapping[str, Channel]) -> pd.Series:
    """Whether the customer had written within the channel's service window when each message went out."""
    hours = {name: channel.value("service_window_h", float("inf")) for name, channel in channels.items()}
    heard = said["time_s"].where(said["kind"] == EventKind.RECEIVED).groupby(said["conversation_id"], sort=False)
    window_s = said["channel"].map(hours).astype("float64") * 3600
    return (said["time_s"] - heard.ffill() <= window_s) | (window_s == float("inf"))


def _price(
    channels: Mapping[str, Channel], channel: str, out: bool, category: str, in_window: bool, day: float
) -> Price | None:
    found = channels.get(channel)
    if found is None or not isfinite(day):  # a message without a time has no day
        return None
    with suppress(OverflowError, ValueError, OSError):  # nor has one beyond the calendar
        on = datetime.fromtimestamp(day * _DAY_S, UTC).date()
        return found.price("out" if out else "in", on, category, in_window=bool(in_window))
    return None


def list_words(channel: Channel) -> str:
    """A channel's price list in words: whose it is, what it leaves out, and where it was read.

    >>> from flowlab.model.channel import channel
    >>> list_words(channel("sms")).partition(" (")[0]
    'Twilio, US list; carrier fees'
    """
    rows = [row for row in channel.prices if row.usd is not None]
    fees, countries, sources = (
        ", ".join(dict.fromkeys(words)) for words in zip(*((r.fee, r.country, r.source) for r in rows), strict=True)
    )
    left_out = [row.note.partition(";")[0] for row in rows if "not included" in row.note]
    return "; ".join([f"{fees}, {countries} list", *left_out[:1], f"source: {sources}"])
