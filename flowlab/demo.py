"""The main job on the sample data, without a browser: load, check, replay, compare, show."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.formats.conversations import read_conversations
from flowlab.model.channel import channels
from flowlab.text.files import write_whole

SAMPLE_DATA = Path(__file__).parents[1] / "sample_data"


def run_demo(out: Path, say: Callable[[str], None]) -> None:
    """Write pictures (PNG, SVG), ``events.csv`` and ``report.html`` into ``out``, saying each step.

    Raises UsageError where the sample data is not beside the package (an installed wheel rather than a clone).
    """
    from flowlab.show.draw import save_drawing

    if not SAMPLE_DATA.is_dir():
        raise UsageError("the sample data is not here: run the demo in a clone of flowlab")
    out.mkdir(parents=True, exist_ok=True)
    flow = _flow("order_support.json")
    conversations = read_conversations(SAMPLE_DATA / "conversations" / "order_support.jsonl")
    say(f"loaded    {flow.name}: {len(flow)} states; {len(conversations)} conversations (invented, see sample_data)")

    findings = fl.check(flow, channels=list(channels))
    say(f"checked   {findings.summary}. To read them: flowlab check {flow.source}")

    run = fl.replay(flow, conversations, services=SAMPLE_DATA / "services" / "order_support.yaml")
    parted = len({difference.conversation_id for difference in run.parted})
    say(f"replayed  {len(run.log):,} events; the record and the flow part ways in {parted} conversations\n")

    comparison = fl.compare(run, by="channel")
    say(f"{comparison.as_text()}\n")

    say(f"writing   pictures, events and report to {out}")
    for ending in ("png", "svg"):
        save_drawing(flow, out / f"flow.{ending}", findings=findings)
        save_drawing(flow, out / f"traffic.{ending}", counts=run.counts)
        figure = comparison.plot().get_figure(root=True)
        assert figure is not None
        figure.savefig(out / f"channels.{ending}", dpi=150)
    write_whole(out / "events.csv", run.events.to_csv(index=False))
    fl.report(run, out / "report.html")
    say(f"wrote     {', '.join(sorted(path.name for path in out.iterdir() if not path.name.startswith('.')))}")
    say(f"look at   {(out / 'report.html').resolve()}")


def _flow(name: str) -> fl.Flow:
    flow = fl.load(SAMPLE_DATA / "flows" / name)
    assert isinstance(flow, fl.Flow)
    return flow
