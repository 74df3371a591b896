"""Groups of conversations side by side: shares with their intervals, pace, messages, cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.stats import wilson
from flowlab.measure.tally import Tally, group_order, outcome_order, overall

if TYPE_CHECKING:
    import pandas as pd

#: Below this many conversations a share is hardly more than an anecdote: 60 % of 20 may be anything from 39 to 78 %.
FEW = 30

#: How many small groups are named before the rest is only counted: all channels, at most.
NAMED = 8

#: Letters of a group's name in a sentence, at most.
LONGEST = 60

#: What each source of outcomes is, in words. Every comparison says which one it shows.
SOURCES = {
    "replayed": "recorded customers' turns, answered by the flow as it is now; asked something else, they still say "
    "what they said then",
    "observed": "what the records say happened",
    "simulated": "invented customers: the intervals measure the noise of the simulation, not of the world",
}


#: What stands between a source and the faults that were injected, as in "replayed with faults: lost 0.05; seed 7".
WITH_FAULTS = " with faults: "


def compare_table(outcomes: pd.DataFrame | Tally, by: str = "channel") -> pd.DataFrame:
    """All conversations first (``all text channels``), then each group: one row each.

    ``outcomes`` is an :func:`~flowlab.measure.outcomes.outcome_table`, or a
    :class:`~flowlab.measure.tally.Tally` of one; ``by`` any of its columns. Channels stand in
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

    tally = _tally(outcomes)
    check_by(tally, by)
    known = tally.known()
    occurring = outcome_order(known.coded("outcome").occurring())
    groups = _groups(known, by)
    table = pd.DataFrame([_summary(part, occurring) for _, part in groups])
    keys = [key for key, _ in groups]
    if keys and len(keys[0]) > 1:
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


def check_by(tally: Tally, by: str) -> None:
    """Raises UsageError when there is no column ``by`` to make groups of."""
    if by not in tally.columns:
        raise UsageError(f"cannot compare by {by!r}. {did_you_mean(by, tally.columns)}")


def shares(table: pd.DataFrame) -> list[str]:
    """The measures of a comparison table that are shares (outcomes, and ``resolved`` where known), in its order."""
    return [name for name in table.columns if f"{name}_k" in table.columns]


def share_n(table: pd.DataFrame, name: str) -> str:
    """The column that holds what a share is of."""
    return f"{name}_n" if f"{name}_n" in table.columns else "n"


def cautions(outcomes: pd.DataFrame | Tally, by: str = "channel") -> list[str]:
    """What must be said beside a comparison, in sentences: source, unknowns, small groups, and what it cannot show."""
    tally = _tally(outcomes)
    known = tally.known()
    sources = tally.coded("source").occurring()
    said = [f"{source}: {SOURCES.get(source.split(WITH_FAULTS)[0], 'origin not stated')}." for source in sources]
    if len(known) < len(tally):
        said.append(f"{len(tally) - len(known)} conversations have no known outcome and are left out.")
    said.append("Intervals: 95 % (Wilson); k/n beside each share.")
    few = list(dict.fromkeys(key[0] for key, part in _groups(known, by) if 0 < len(part) < FEW))
    if few:
        more = f" and {len(few) - NAMED} more" if len(few) > NAMED else ""
        names = ", ".join(name if len(name) <= LONGEST else f"{name[:LONGEST]}…" for name in few[:NAMED])
        said.append(f"Few conversations (under {FEW}): {names}{more}. Read the interval, not the share.")
    if by == "channel" and set(sources) != {"simulated"}:
        said.append(
            "Customers choose their channel: differences between channels are associations, not the channel's doing."
        )
    if not known.missing("resolved").all() and any(source.startswith("replayed") for source in sources):
        said.append("Resolved is what the record says of the recorded conversation; a replay cannot know it anew.")
    return [*said, *_prices(known), *_pairing(known)]


def _prices(known: Tally) -> list[str]:
    """Whose prices, of when: a cost is never shown without. And where none is known."""
    dated = ~known.coded("price_as_of").among({""})
    priced, said = known.take(dated), []
    for name in group_order(priced.coded("channel"), "channel"):
        one = priced.only("channel", {name})
        whose = one.coded("price_list").occurring()[0]
        said.append(f"Cost on {name}: list prices as of {min(one.coded('price_as_of').sizes())} ({whose}).")
    unpriced = group_order(known.take(known.missing("cost_usd")).coded("channel"), "channel")
    if unpriced:
        said.append(f"Cost is unknown on {', '.join(unpriced)}; those conversations are not in the mean.")
    return said


def _pairing(known: Tally) -> list[str]:
    flows = _flows(known)
    if len(flows) < 2:
        return []
    talks = [set(known.only("flow", {flow}).coded("conversation_id").codes.tolist()) for flow in flows]
    if all(one == talks[0] for one in talks):
        return ["Each flow stands for the same conversations: compare flows within a group, pair by pair."]
    return ["The flows met different conversations: differences between them are associations too."]


def _tally(outcomes: pd.DataFrame | Tally) -> Tally:
    return outcomes if isinstance(outcomes, Tally) else Tally(outcomes)


def _flows(known: Tally) -> list[str]:
    return known.coded("flow").occurring() if "flow" in known.columns else []


def _groups(known: Tally, by: str) -> list[tuple[tuple[str, ...], Tally]]:
    """The rows to show: each with its key and its conversations."""
    column, flows = known.coded(by), _flows(known)
    parts = [(name, known.take(column.rows(name))) for name in group_order(column, by)]
    if by != "flow":
        parts.insert(0, (overall(by), known))
    if by == "flow" or len(flows) < 2:
        return [((name,), part) for name, part in parts]
    return [((name, flow), part.only("flow", {flow})) for name, part in parts for flow in flows]


def _summary(part: Tally, occurring: list[str]) -> dict[str, Any]:
    counted, n = part.coded("outcome").sizes(), len(part)
    row: dict[str, Any] = {"n": n}
    for outcome in occurring:
        row |= _share(outcome, counted.get(outcome, 0), n)
    resolved, cost, duration = (_known(part, name) for name in ("resolved", "cost_usd", "duration_s"))
    row |= _share("resolved", int(resolved.sum()), len(resolved)) | {"resolved_n": len(resolved)}
    return row | {
        "turns": _median(_known(part, "turns")),
        "duration_median_s": _median(duration),
        "duration_p90_s": _nine_of_ten(duration),
        "messages": _mean(part.numbers("messages_out") + part.numbers("messages_in")),
        "cost_usd": _mean(cost),
        "cost_n": len(cost),
        "price_as_of": min(filter(None, part.coded("price_as_of").sizes()), default=""),
        "price_list": " / ".join(filter(None, part.coded("price_list").occurring())),
        "source": ", ".join(part.coded("source").occurring()),
    }


def _known(part: Tally, column: str) -> Any:
    """The numbers of a column that are known."""
    found = part.numbers(column)
    return found[found == found]  # NaN is not itself


def _median(found: Any) -> float:
    import numpy as np

    return float(np.median(found)) if len(found) else float("nan")


def _nine_of_ten(found: Any) -> float:
    import numpy as np

    return float(np.quantile(found, 0.9)) if len(found) else float("nan")


def _mean(found: Any) -> float:
    return float(found.mean()) if len(found) else float("nan")


def _share(name: str, k: int, n: int) -> dict[str, Any]:
    low, high = wilson(k, n)
    return {name: k / n if n else float("nan"), f"{name}_k": k, f"{name}_low": low, f"{name}_high": high}
