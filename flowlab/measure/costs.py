"""What the messages of each conversation cost, each by the price list of its own day, direction and category."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flowlab.model.event import EventKind
from flowlab.model.prices import CATEGORIES

if TYPE_CHECKING:
    import pandas as pd

    from flowlab.model.channel import Channel

_DAY_S = 86_400


def cost_usd(events: pd.DataFrame, channels: Mapping[str, Channel]) -> pd.Series:
    """US dollars a conversation, indexed by its id, in no order; NaN where the price of one message is not known.

    A message's day is that of its time in UTC. What a message without units costs is not known.
    """
    import numpy as np
    import pandas as pd

    said = events[events["kind"].isin([EventKind.SENT, EventKind.RECEIVED])]
    sent = said["kind"] == EventKind.SENT
    template = sent & said["detail"].isin(CATEGORIES[1:])
    keys = {
        "channel": said["channel"],
        "out": sent,
        "category": said["detail"].where(template, ""),
        "in_window": _in_window(said, channels) if template.any() else pd.Series(True, said.index),
        "day": said["time_s"] // _DAY_S,
    }
    codes, values = zip(*(pd.factorize(column, use_na_sentinel=False) for column in keys.values()), strict=True)
    shape = tuple(max(len(found), 1) for found in values)
    combined, where = np.unique(np.ravel_multi_index(codes, shape), return_inverse=True)
    rows = zip(*np.unravel_index(combined, shape), strict=True)
    prices = [_price(channels, *(found[i] for found, i in zip(values, row, strict=True))) for row in rows]
    units = said["units"].where(said["units"] > 0)
    cost = pd.Series(np.array(prices, dtype="float64")[where] * units.to_numpy(dtype="float64"), said.index)
    talks = cost.groupby(said["conversation_id"], sort=False)
    return talks.sum().mask(talks.count() < talks.size())


def _in_window(said: pd.DataFrame, channels: Mapping[str, Channel]) -> pd.Series:
    """Whether the customer had written within the channel's service window when each message went out."""
    hours = {name: channel.value("service_window_h", float("inf")) for name, channel in channels.items()}
    heard = said["time_s"].where(said["kind"] == EventKind.RECEIVED).groupby(said["conversation_id"], sort=False)
    window_s = said["channel"].map(hours).astype("float64") * 3600
    return (said["time_s"] - heard.ffill() <= window_s) | (window_s == float("inf"))


def _price(
    channels: Mapping[str, Channel], channel: str, out: bool, category: str, in_window: bool, day: float
) -> float:
    found = channels.get(channel)
    if found is None or day != day:  # a message without a time has no day
        return float("nan")
    on = datetime.fromtimestamp(day * _DAY_S, UTC).date()
    price = found.price("out" if out else "in", on, category, in_window=bool(in_window))
    return price.usd if price else float("nan")
