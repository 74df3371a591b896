"""Counting fast gives what counting plainly gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from flowlab.errors import UsageError
from flowlab.measure.compare import cautions, compare_table
from flowlab.measure.stats import wilson
from flowlab.measure.tally import NOT_RECORDED, Tally
from flowlab.show.comparison import Comparison

CHANNELS, INTENTS = ["sms", "webchat", "our app"], ["order", "return", None, 7]
NAN = float("nan")


@st.composite
def outcomes(draw: st.DrawFn) -> pd.DataFrame:
    """A table of outcomes as a run has it, with what may be unknown unknown now and then; one flow or two."""
    n = draw(st.integers(0, 40))

    def column(*values: Any) -> list[Any]:
        return draw(st.lists(st.sampled_from(values), min_size=n, max_size=n))

    table = pd.DataFrame(
        {
            "conversation_id": [f"c{row}" for row in range(n)],
            "channel": column(*CHANNELS),
            "source": column("replayed", "observed"),
            "outcome": column("contained", "failed", NAN),
            "resolved": pd.array(column(True, False, None), dtype="boolean"),
            "intent": pd.Series(column(*INTENTS), dtype="object"),
            "flow": column(*draw(st.sampled_from([["v1"], ["v1", "v2"]]))),
        }
    )
    for name in ("turns", "messages_out", "messages_in"):
        table[name] = pd.Series(column(0, 1, 2, 5), dtype="int64")
    for name in ("duration_s", "cost_usd"):
        table[name] = pd.Series(column(0.1, 0.7, 30.0, NAN), dtype="float64")
    known = table["cost_usd"].notna()
    return table.assign(price_as_of=np.where(known, "2026-10", ""), price_list=np.where(known, "list", ""))


def plainly(frame: pd.DataFrame) -> dict[str, float]:
    """The numbers of a group, by pandas itself."""
    resolved = frame["resolved"].dropna()
    return {
        "n": len(frame),
        "contained_k": int((frame["outcome"] == "contained").sum()),
        "resolved_k": int(resolved.sum()),
        "resolved_n": len(resolved),
        "turns": frame["turns"].median(),
        "duration_median_s": frame["duration_s"].median(),
        "duration_p90_s": frame["duration_s"].quantile(0.9),
        "messages": (frame["messages_out"] + frame["messages_in"]).mean(),
        "cost_usd": frame["cost_usd"].mean(),
        "cost_n": int(frame["cost_usd"].notna().sum()),
    }


@settings(max_examples=60, deadline=None)
@given(outcomes(), st.sampled_from(["channel", "intent", "outcome", "flow"]))
def test_every_group_has_the_numbers_of_its_conversations(table: pd.DataFrame, by: str) -> None:
    known = table[table["outcome"].notna()]
    label = known[by].astype("object").where(known[by].notna(), NOT_RECORDED).map(str)
    counted = compare_table(table, by)
    for key, row in counted.iterrows():
        group, flow = key if isinstance(key, tuple) else (key, None)
        mine = known if str(group).startswith("all ") else known[label == group]
        mine = mine if flow is None else mine[mine["flow"] == flow]
        for name, value in plainly(mine).items():
            assert row.get(name, 0) == pytest.approx(value, rel=1e-12, nan_ok=True), (key, name)


@settings(max_examples=60, deadline=None)
@given(outcomes(), st.sampled_from(["channel", "intent", "flow"]), st.data())
def test_a_part_is_counted_as_if_it_had_always_been_alone(table: pd.DataFrame, by: str, data: st.DataObject) -> None:
    where = {
        name: data.draw(st.lists(st.sampled_from(values), min_size=1, unique=True))
        for name, values in {"channel": CHANNELS, "intent": ["order", "7", NOT_RECORDED]}.items()
    }
    part = Comparison(table, by).only(**where)
    label = table["intent"].astype("object").where(table["intent"].notna(), NOT_RECORDED).map(str)
    alone = table[table["channel"].isin(where["channel"]) & label.isin(where["intent"])].reset_index(drop=True)
    assert part.outcomes.reset_index(drop=True).equals(alone)
    pd.testing.assert_frame_equal(part.table, compare_table(alone, by), check_exact=True)
    assert part.notes == cautions(alone, by)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 20_000), st.data())
def test_intervals_are_those_of_scipy(n: int, data: st.DataObject) -> None:
    k = data.draw(st.integers(0, n))
    theirs = binomtest(k, n).proportion_ci(0.95, method="wilson")
    assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)


@pytest.mark.parametrize(("k", "n"), [(-1, 5), (6, 5), (1, 0)])
def test_more_than_all_is_no_share(k: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{k} of {n} is no share"):
        wilson(k, n)


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(UsageError, match=r"no column 'chanel'.*Did you mean 'channel'"):
        Tally(pd.DataFrame({"channel": ["sms"]})).coded("chanel")
