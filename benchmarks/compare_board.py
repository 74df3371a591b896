"""What a choice on the compare board costs in Python, against counting the same conversations from the beginning.

    python benchmarks/compare_board.py [--conversations 10000] [--rounds 7]

Two versions of a flow, as many conversations each, made from the sample by drawing from it. A choice (a measure,
groups, a filter, another column to group by) counts from the trait's change until everything that the page is sent
stands ready: table, notes, rows and code; CPU seconds of one core. The peer is `compare_table` alone, of the outcomes
as pandas chooses them, with nothing read before. Each round begins with a board of its own, so that no round finds a
comparison that another has made.

What is not counted: making the board, the way to the page, and painting there (a browser story measures all of it).
The two alternate, and each round gives a ratio; the median counts. Absolute figures are this machine's.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import flowlab as fl
from flowlab.measure.compare import compare_table
from flowlab.show.comparison import Comparison
from flowlab.widgets.compare_board import CompareBoard

SAMPLE = Path(__file__).parents[1] / "sample_data"
CHOICES: list[dict[str, Any]] = [
    {"metric": "contained"},
    {"chosen": ["sms", "email"]},
    {"where": {"intent": "order"}},
    {"where": {"persona": "vague"}},
    {"where": {}, "versions": ["version 2"]},
    {"by": "intent", "versions": ["version 1", "version 2"]},
    {"by": "entry_point"},
    {"by": "last_state"},
]


def outcomes(count: int) -> pd.DataFrame:
    talks = fl.load(SAMPLE / "conversations" / "order_support.jsonl")
    services = SAMPLE / "services" / "order_support.yaml"
    parts = []
    for number, file in enumerate(("order_support.json", "order_support_v2.json"), start=1):
        one = fl.replay(fl.load(SAMPLE / "flows" / file), talks, services=services).outcomes
        drawn = one.iloc[np.random.default_rng(7).integers(0, len(one), count)].reset_index(drop=True)
        ids = [f"c{row:05}" for row in range(count)]
        parts.append(drawn.assign(conversation_id=ids, flow=f"version {number}"))
    return pd.concat(parts, ignore_index=True)


def from_the_beginning(table: pd.DataFrame, board: CompareBoard) -> pd.DataFrame:
    """The board's numbers, from the outcomes alone."""
    chosen = table[table["flow"].isin(board.versions)]
    for name, value in board.where.items():
        chosen = chosen[chosen[name] == value]
    return compare_table(chosen, board.by)


def cpu_s(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def one_round(table: pd.DataFrame) -> tuple[float, list[tuple[float, float]]]:
    """CPU seconds of a new board, and of each choice there and from the beginning."""
    boards: list[CompareBoard] = []
    made = cpu_s(lambda: boards.append(CompareBoard(Comparison(table.copy()))))
    board, took = boards[0], []
    for choice in CHOICES:
        ours = cpu_s(lambda choice=choice: [setattr(board, *one) for one in choice.items()])
        took.append((ours, cpu_s(lambda: from_the_beginning(table, board))))
        assert not board.trouble
        pd.testing.assert_frame_equal(board.comparison.table, from_the_beginning(table, board))
    return made, took


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conversations", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    table = outcomes(options.conversations)
    rounds = [one_round(table) for _ in range(options.rounds)]
    print(f"two versions, {options.conversations:,} conversations each; {options.rounds} rounds; ms of one core")
    for choice, took in zip(CHOICES, zip(*(each for _, each in rounds), strict=True), strict=True):
        ours, peer = ([1000 * one for one in side] for side in zip(*took, strict=True))
        ratio = statistics.median(theirs / mine for mine, theirs in zip(ours, peer, strict=True))
        print(f"  {str(choice)[:56]:56} {statistics.median(ours):6.1f} (longest {max(ours):6.1f})", end="")
        print(f"   from the beginning {statistics.median(peer):6.1f}   ratio {ratio:5.1f}")
    print(f"  {'the board itself, once':56} {1000 * statistics.median(made for made, _ in rounds):6.1f}")


if __name__ == "__main__":
    main()
