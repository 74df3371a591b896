"""Verbs about flows alone: check, draw, convert."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import flowlab as fl
from flowlab.check.baseline import baseline_text, read_baseline
from flowlab.check.page import github_page
from flowlab.check.sarif import sarif
from flowlab.cli.app import (
    AsJson,
    Dark,
    FlowFile,
    ServicesFile,
    WorkersFile,
    app,
    load_checked,
    load_flow,
    load_workflow,
    named_channel,
    print_json,
)
from flowlab.errors import UsageError
from flowlab.formats.studio import write_flow
from flowlab.formats.workspace import load_workspace
from flowlab.model.finding import Severity
from flowlab.model.routing import Workflow
from flowlab.model.routing_graph import workflow_graph
from flowlab.text.files import read_text, write_whole
from flowlab.text.json_text import parse_json, same_json


class FailOn(StrEnum):
    """From which severity on `flowlab check` exits with 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


Channels = Annotated[list[str] | None, typer.Option("--channel", help="also check texts for this channel, or a file's")]


WorkflowFile = Annotated[Path | None, typer.Option("--workflow", help="the TaskRouter workflow behind it (JSON)")]


@app.command()
def check(
    flows: Annotated[list[Path], typer.Argument(help="flows (JSON, YAML) or workflows (JSON)", metavar="FLOW...")],
    channel: Channels = None,
    workflow: WorkflowFile = None,
    workers: WorkersFile = None,
    fail_on: Annotated[FailOn, typer.Option(help="exit with 1 from this severity on")] = FailOn.ERROR,
    as_json: AsJson = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="print one SARIF 2.1.0 log")] = False,
    as_github: Annotated[bool, typer.Option("--github", help="print notes for GitHub Actions")] = False,
    config: Annotated[Path | None, typer.Option(help="a flowlab.toml; else the nearest beside or above a flow")] = None,
    baseline: Annotated[Path | None, typer.Option(help="findings known before; only new ones count")] = None,
    write_baseline: Annotated[Path | None, typer.Option(help="write today's findings as known")] = None,
    services: ServicesFile = None,
) -> None:
    """Find what will go wrong, before anything runs."""
    if as_json + as_sarif + as_github > 1:
        raise UsageError("--json, --sarif and --github exclude each other: ask for one of them")
    known = read_baseline(baseline) if baseline else frozenset()
    routing = load_routing(workflow, workers)
    carriers = [named_channel(name) for name in channel or ()]
    found = {
        str(path): fl.check(load_checked(path), carriers, **routing, config=config, services=services).without(known)
        for path in flows
    }
    if write_baseline:
        write_whole(write_baseline, baseline_text(found.values()))
        print(f"wrote {write_baseline}")
        return
    if as_json:
        print_json({path: json.loads(findings.as_json()) for path, findings in found.items()})
    elif as_sarif or as_github:
        texts = {str(path): read_text(path) for path in flows}
        print_json(sarif(found, texts, fl.__version__)) if as_sarif else print(github_page(found, texts), end="")
    else:
        for path, findings in found.items():
            print(f"{path}\n{findings.as_text()}")
    bad = {FailOn.ERROR: {Severity.ERROR}, FailOn.WARNING: {Severity.ERROR, Severity.WARNING}, FailOn.NEVER: set()}
    if any(finding.severity in bad[fail_on] for findings in found.values() for finding in findings):
        raise typer.Exit(1)


@app.command()
def draw(
    flow: FlowFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="FILE.svg, .png or .pdf")],
    direction: Annotated[Literal["TB", "LR"], typer.Option(help="top to bottom, or left to right")] = "TB",
    positions: Annotated[
        Literal["flowlab", "studio"], typer.Option(help="flowlab's own, or as on Studio's canvas")
    ] = "flowlab",
    dark: Dark = False,
    checked: Annotated[bool, typer.Option("--check", help="mark the states that have findings")] = False,
    channel: Channels = None,
    workflow: WorkflowFile = None,
    workers: WorkersFile = None,
) -> None:
    """Draw a flow or a workflow into a file; with --workflow the whole journey, from entry point to worker."""
    from flowlab.show.draw import save_drawing
    from flowlab.show.draw_chart import chart_of
    from flowlab.show.draw_plan import NO_CANVAS

    thing: Any = load_checked(flow)
    routing = load_routing(workflow, workers)
    findings = (
        fl.check(thing, [named_channel(name) for name in channel or ()], **routing) if checked or channel else None
    )
    marked = findings
    if isinstance(thing, Workflow):
        thing = workflow_graph(thing, routing["workspace"])
    elif workflow is not None:
        thing = fl.journey(load_flow(flow), **routing)
        marked = findings and thing.placed(findings)
    if positions == "studio" and not chart_of(thing).canvas:
        print(NO_CANVAS.format(chart_of(thing).name), file=sys.stderr)
        positions = "flowlab"
    theme = "dark" if dark else "light"
    save_drawing(thing, out, direction=direction, positions=positions, theme=theme, findings=marked)
    print(f"wrote {out}" + (f" ({findings.summary})" if findings is not None else ""))


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN", help="a flow (.json, .yaml) or conversations")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="FILE.json or .yaml; .jsonl or .csv")],
) -> None:
    """Convert between formats. Nothing is lost.

    A flow: to Studio JSON (OUT.json) or to the short form in YAML (OUT.yaml), made to be read, edited and compared
    line by line; docs/flow_yaml.md describes it. A workflow: to JSON. Conversations: to .jsonl or .csv.
    """
    thing = fl.load(source, redact=False)
    fl.save(thing, target)
    same = isinstance(thing, fl.Flow | Workflow) and same_json(_json_of(source), _json_of(target))
    print(f"wrote {target}" + (" (equal as JSON)" if same else ""))


def load_routing(workflow: Path | None, workers: Path | None) -> dict[str, Any]:
    """The workflow and the workspace that were named, as ``fl.check`` and ``fl.journey`` take them."""
    return {
        "workflow": load_workflow(workflow) if workflow else None,
        "workspace": load_workspace(workers) if workers else None,
    }


def _json_of(path: Path) -> Any:
    """What a flow's file says as JSON: a Studio file's own, without any upgrade."""
    if path.suffix == ".json":
        return parse_json(read_text(path), str(path))
    return write_flow(load_flow(path))
