"""Verbs about conversations with flows: chat, replay, compare."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any

import typer

import flowlab as fl
from flowlab.cli.app import (
    AsJson,
    FlowFile,
    ServicesFile,
    TalksFile,
    app,
    load_conversations,
    load_flow,
    named_channel,
    print_json,
    records,
)
from flowlab.cli.log_file import write_log
from flowlab.errors import UsageError
from flowlab.measure.replayed import Run
from flowlab.run.faults import faults_of


class By(StrEnum):
    """What `flowlab compare` sets side by side."""

    CHANNEL = "channel"
    FLOW = "flow"


ChannelName = Annotated[
    str, typer.Option(help="sms, whatsapp, line, email, webchat, messenger, inapp, or a channel file of your own")
]
OwnChannels = Annotated[
    list[Path] | None, typer.Option("--own", help="a channel of your own (YAML); may be given again", metavar="FILE")
]


@app.command()
def chat(
    flow: FlowFile,
    channel: Annotated[
        str, typer.Option(help="sms, whatsapp, line, email, webchat, messenger, inapp, or FILE.yaml")
    ] = "sms",
    services: ServicesFile = None,
) -> None:
    """Talk to a flow in the terminal; /help lists what else can be typed."""
    from flowlab.terminal_chat import run_chat

    run_chat(fl.Session(load_flow(flow), channel=named_channel(channel), services=services), input, print)


@app.command()
def replay(
    flow: FlowFile,
    conversations: TalksFile,
    services: ServicesFile = None,
    own: OwnChannels = None,
    fault: Annotated[
        list[str] | None, typer.Option(help="what goes wrong, how often (lost=0.05); may be given again")
    ] = None,
    seed: Annotated[int, typer.Option(help="seed of the faults")] = 0,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="events (.csv, .parquet) or executions (.json)")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Put recorded conversations through a flow and say where it now does something else."""
    run = fl.replay(
        load_flow(flow),
        load_conversations(conversations),
        services=services,
        channels=_read(own),
        faults=faults_of(fault or (), seed),
    )
    warn_unanswered(run)
    if out is not None:
        write_log(run, out)
    if as_json:
        print_json({"outcomes": records(run.outcomes), "divergences": records(run.divergences)})
        return
    print(run)
    print(run.outcomes["outcome"].value_counts().to_string())
    if len(run.divergences):
        print(f"\n{_divergences_text(run.divergences)}")
    if out is not None:
        print(f"wrote {out}")


@app.command()
def compare(
    flows_and_conversations: Annotated[
        list[Path], typer.Argument(help="one or more flows, then the conversations", metavar="FLOW... CONVERSATIONS")
    ],
    by: Annotated[By, typer.Option(help="what to set side by side")] = By.CHANNEL,
    services: ServicesFile = None,
    own: OwnChannels = None,
    as_json: AsJson = False,
) -> None:
    """Compare outcomes across channels, or across versions of a flow."""
    *flows, talks = flows_and_conversations
    if not flows:
        raise UsageError("compare wants one or more flows and then a file of conversations")
    conversations = load_conversations(talks)
    mine = _read(own)
    runs = {path.stem: fl.replay(load_flow(path), conversations, services=services, channels=mine) for path in flows}
    for run in runs.values():
        warn_unanswered(run)
    comparison = fl.compare(runs if len(runs) > 1 else next(iter(runs.values())), by=by.value)
    if as_json:
        print_json(comparison.as_json())
    else:
        print(comparison.as_text())


def _read(own: list[Path] | None) -> list[fl.Channel]:
    return [fl.Channel.from_yaml(path) for path in own or ()]


def warn_unanswered(run: Run) -> None:
    """Say on standard error which steps asked something that nothing answered: most often --services was forgotten."""
    if run.unanswered:
        steps = ", ".join(f"{state} ({n} times)" for state, n in run.unanswered.items())
        print(f"note: nothing answered {steps}; --services FILE says what does", file=sys.stderr)


def _divergences_text(divergences: Any) -> str:
    """Where each conversation first parts ways, at most 20 of them, in 120 columns."""
    first = divergences.drop_duplicates("conversation_id")
    shown = first.head(20)[["conversation_id", "turn", "what", "state", "recorded", "replayed"]]
    for column in ("recorded", "replayed"):
        shown = shown.assign(**{column: [shorten(text, 34, placeholder="...") for text in shown[column]]})
    kinds = ", ".join(f"{n} {what}" for what, n in divergences["what"].value_counts().items())
    return (
        f"record and replay part ways in {len(first)} conversations ({kinds}); the first of each:\n"
        f"{shown.to_string(index=False, justify='left')}" + ("\n..." if len(first) > 20 else "")
    )
