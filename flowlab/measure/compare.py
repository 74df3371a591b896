"""Groups of conversations side by side: shares with their intervals, pace, messages, cost."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.stats import wilson
from flowlab.model.channel import channels
from flowlab.model.outcome import Outcome

if TYPE_CHECKING:
    import pandas as pd

#: Below this many conversations a share is hardly more than an anecdote: 60 % of 20 may be anything from 39 to 78 %.
FEW = 30

#: How many small groups are named before the rest is only counted: all channels, at most.
NAMED = 8

NOT_RECORDED = "(not recorded)"

#: What each source of outcomes is, in words. Every comparison says which one it shows.
SOURCES = {
    "replayed": "recorded customers' turns, answered by the flow as it is now; asked something else, they still say "
    "what they said then",
    "observed": "what the records say happened",
    "simulated": "invented customers: the intervals measure the noise of the simulation, not of the world",
}


#: What stands between a source and the faults that were injected, as in "replayed with faults: lost 0.05; seed 7".
WITH_FAULTS = " with faults: "


def compare_table(outcomes: pd.DataFrame, by: str = "channel") -> pd.DataFrame:
    """All conversations first (``all text channels``), then each group: one row each.

    ``outcomes`` is an :func:`~flowlab.measure.outcomes.outcome_table`; ``by`` any of its columns. Channels stand in
    the order of :func:`~flowlab.model.channel.channels`, other groups by size. Where the table has a column ``flow``
    with several flows, every row is split by flow, and nothing is pooled over flows.

    Conversations whose outcome is unknown are left out. For each outcome that occurs, ``contained`` for one:

    ============================  =====  =============================================================
    ``n``                         int    conversations
    ``contained``                 float  share of them, 0 to 1
    ``contained_k``               int    how many
    ``contained_low``, ``_high``  float  95 % Wilson interval of the share
    ``resolved``, ``_k``, ...     float  the same for needs met, as recorded, of ``resolved_n`` where known
    ``turns``                     float  customer messages, median
    ``duration_median_s``         float  first to last message, seconds
    ``duration_p90_s``            float  nine of ten are shorter
    ``messages``                  float  both ways, mean
    ``cost_usd``                  float  mean of those whose cost is known; NaN when none is
    ``cost_n``                    int    how many those are
    ``price_as_of``               str    when the oldest of the prices was read; empty without a cost
    ``price_list``                str    whose prices they are, what they leave out, and their sources
    ``source``                    str    see :data:`SOURCES`
    ============================  =====  =============================================================

    All outcomes are shown together because containment alone misleads: who leaves without a word reached no agent
    either.

    Raises UsageError when there is no column ``by``.
    """
    import pandas as pd

    check_by(outcomes, by)
    known = outcomes[outcomes["outcome"].notna()]
    occurring = outcome_order(known["outcome"].unique())
    groups = _groups(known, by)
    table = pd.DataFrame([_summary(frame, occurring) for _, frame in groups])
    keys = [key for key, _ in groups]
    if _versions(known, by):
        table.index = pd.MultiIndex.from_tuples(keys, names=[by, "flow"])
    else:
        table.index = pd.Index([name for (name,) in keys], name=by)
    return table


def compare_long(outcomes: pd.DataFrame, by: str = "channel") -> pd.DataFrame:
    """The shares of :func:`compare_table` in long form, for plotting: one row for each group and outcome.

    Columns: ``by`` (under its own name), ``flow`` where there are several, ``measure`` (an outcome, or ``resolved``),
    ``share``, ``low``, ``high`` (0 to 1), ``k``, ``n``, ``source``.

    Raises UsageError when there is no column ``by``.
    """
    import pandas as pd

    table = compare_table(outcomes, by)
    parts = []
    for name in shares(table):
        part = pd.DataFrame({"measure": name, "share": table[name]})
        for end in ("low", "high", "k"):
            part[end] = table[f"{name}_{end}"]
        part["n"], part["source"] = table[share_n(table, name)], table["source"]
        parts.append(part)
    columns = ["measure", "share", "low", "high", "k", "n", "source"]
    long = pd.concat(parts) if parts else pd.DataFrame(columns=columns, index=table.index[:0])
    return long.reset_index()


def check_by(outcomes: pd.DataFrame, by: str) -> None:
    """Raises UsageError where the outcomes have no column ``by``."""
    if by not in outcomes.columns:
        raise UsageError(f"cannot compare by {by!r}. {did_you_mean(by, [str(c) for c in outcomes.columns])}")


def group_labels(outcomes: pd.DataFrame, by: str) -> pd.Series:
    """The group that each conversation belongs to, as :func:`compare_table` names it."""
    return outcomes[by].astype("object").where(outcomes[by].notna(), NOT_RECORDED).map(str)


def overall(by: str) -> str:
    """What the row of all conversations is called."""
    return "all text channels" if by == "channel" else "all conversations"


def shares(table: pd.DataFrame) -> list[str]:
    """The measures of a comparison table that are shares (outcomes, and ``resolved`` where known), in its order."""
    return [name for name in table.columns if f"{name}_k" in table.columns]


def share_n(table: pd.DataFrame, name: str) -> str:
    """The column that holds what a share is of."""
    return f"{name}_n" if f"{name}_n" in table.columns else "n"


def outcome_order(occurring: Any) -> list[str]:
    """Outcomes in the order of :class:`~flowlab.model.outcome.Outcome`, words of other making after them.

    >>> outcome_order(["dropped", "contained"])
    ['contained', 'dropped']
    """
    order = {str(outcome): place for place, outcome in enumerate(Outcome)}
    return sorted(map(str, occurring), key=lambda name: (order.get(name, len(order)), name))


def cautions(outcomes: pd.DataFrame, by: str = "channel") -> list[str]:
    """What must be said beside a comparison, in sentences: source, unknowns, small groups, and what it cannot show."""
    known = outcomes[outcomes["outcome"].notna()]
    sources = list(outcomes["source"].unique())
    said = [f"{source}: {SOURCES.get(source.split(WITH_FAULTS)[0], 'origin not stated')}." for source in sources]
    if len(known) < len(outcomes):
        said.append(f"{len(outcomes) - len(known)} conversations have no known outcome and are left out.")
    said.append("Intervals: 95 % (Wilson); k/n beside each share.")
    few = list(dict.fromkeys(key[0] for key, frame in _groups(known, by) if 0 < len(frame) < FEW))
    if few:
        more = f" and {len(few) - NAMED} more" if len(few) > NAMED else ""
        said.append(
            f"Few conversations (under {FEW}): {', '.join(few[:NAMED])}{more}. Read the interval, not the share."
        )
    if by == "channel" and set(sources) != {"simulated"}:
        said.append(
            "Customers choose their channel: differences between channels are associations, not the channel's doing."
        )
    if known["resolved"].notna().any() and any(source.startswith("replayed") for source in sources):
        said.append("Resolved is what the record says of the recorded conversation; a replay cannot know it anew.")
    said += _price_lists(known)
    unpriced = _order(known.loc[known["cost_usd"].isna(), "channel"], "channel")
    if unpriced:
        said.append(f"Cost is unknown on {', '.join(unpriced)}; those conversations are not in the mean.")
    return [*said, *_pairing(known)]


def _price_lists(known: pd.DataFrame) -> list[str]:
    """Whose prices, of when: a cost is never shown without."""
    priced = known[known["price_as_of"] != ""]
    names = _order(priced["channel"], "channel")
    lists = {name: priced[priced["channel"] == name] for name in names}
    return [
        f"Cost on {name}: list prices as of {one['price_as_of'].min()} ({one['price_list'].iloc[0]})."
        for name, one in lists.items()
    ]


def _pairing(known: pd.DataFrame) -> list[str]:
    if "flow" not in known or known["flow"].nunique() < 2:
        return []
    talks = known.groupby("flow", sort=False)["conversation_id"].agg(frozenset)
    if talks.nunique() == 1:
        return ["Each flow stands for the same conversations: compare flows within a group, pair by pair."]
    return ["The flows met different conversations: differences between them are associations too."]


def _versions(outcomes: pd.DataFrame, by: str) -> bool:
    return by != "flow" and "flow" in outcomes and outcomes["flow"].nunique() > 1


def _groups(known: pd.DataFrame, by: str) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """The rows to show: each with its key and its conversations."""
    label = group_labels(known, by)
    parts = [(name, known[label == name]) for name in _order(label, by)]
    if by != "flow":
        parts.insert(0, (overall(by), known))
    if not _versions(known, by):
        return [((name,), frame) for name, frame in parts]
    flows = list(known["flow"].unique())
    return [((name, flow), frame[frame["flow"] == flow]) for name, frame in parts for flow in flows]


def _order(label: pd.Series, by: str) -> list[str]:
    if by == "flow":
        return list(label.unique())
    place: dict[Hashable, int] = {name: i for i, name in enumerate(channels)} if by == "channel" else {}
    sizes = label.value_counts().to_dict()
    last = len(place)
    return sorted(sizes, key=lambda name: (name == NOT_RECORDED, place.get(name, last), -sizes[name], name))


def _summary(frame: pd.DataFrame, occurring: list[str]) -> dict[str, Any]:
    counted = frame["outcome"].value_counts().to_dict()
    n = len(frame)
    row: dict[str, Any] = {"n": n}
    for outcome in occurring:
        row |= _share(outcome, counted.get(outcome, 0), n)
    resolved = frame["resolved"].dropna()
    row |= _share("resolved", int(resolved.sum()), len(resolved)) | {"resolved_n": len(resolved)}
    return row | {
        "turns": frame["turns"].median(),
        "duration_median_s": frame["duration_s"].median(),
        "duration_p90_s": frame["duration_s"].quantile(0.9),
        "messages": (frame["messages_out"] + frame["messages_in"]).mean(),
        "cost_usd": frame["cost_usd"].mean(),
        "cost_n": int(frame["cost_usd"].notna().sum()),
        "price_as_of": min(filter(None, frame["price_as_of"]), default=""),
        "price_list": " / ".join(filter(None, frame["price_list"].unique())),
        "source": ", ".join(frame["source"].unique()),
    }


def _share(name: str, k: int, n: int) -> dict[str, Any]:
    low, high = wilson(k, n)
    return {name: k / n if n else float("nan"), f"{name}_k": k, f"{name}_low": low, f"{name}_high": high}
