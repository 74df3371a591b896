"""The sample conversations through both versions of the order flow, as several tests need them."""

from __future__ import annotations

from pathlib import Path

import flowlab as fl
from flowlab.measure.replayed import Run

SAMPLE = Path(__file__).parents[1] / "sample_data"
WORLD = SAMPLE / "services" / "order_support.yaml"


def both_versions(n: int) -> dict[str, Run]:
    """The first ``n`` conversations, replayed on each version."""
    names = {"version 1": "order_support.json", "version 2": "order_support_v2.json"}
    talks = fl.load(SAMPLE / "conversations" / "order_support.jsonl")[:n]
    return {name: fl.replay(fl.load(SAMPLE / "flows" / file), talks, services=WORLD) for name, file in names.items()}
