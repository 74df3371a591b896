"""Verbs about flows alone: check, draw, convert."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

import flowlab as fl
from flowlab.cli.app import AsJson, FlowFile, app, load_flow, print_json
from flowlab.formats.flow_yaml_words import same_json
from flowlab.formats.json_text import parse_json
from flowlab.formats.studio import write_flow
from flowlab.formats.text import read_text
from flowlab.model.finding import Severity
from flowlab.model.routing import Workflow


class FailOn(StrEnum):
    """From which severity on `flowlab check` exits with 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


@app.command()
def check(
    flows: Annotated[list[Path], typer.Argument(help="Studio flows (JSON)", metavar="FLOW...")],
    channel: Annotated[list[str] | None, typer.Option(help="also check texts against this channel")] = None,
    fail_on: Annotated[FailOn, typer.Option(help="exit with 1 from this severity on")] = FailOn.ERROR,
    as_json: AsJson = False,
) -> None:
    """Find what will go wrong, before anything runs."""
    found = {str(path): fl.check(load_flow(path), channels=channel or ()) for path in flows}
    if as_json:
        print_json({path: json.loads(findings.as_json()) for path, findings in found.items()})
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
    dark: Annotated[bool, typer.Option("--dark", help="for dark backgrounds")] = False,
) -> None:
    """Draw a flow into a file."""
    from flowlab.show.draw import save_drawing

    save_drawing(load_flow(flow), out, direction=direction, theme="dark" if dark else "light")
    print(f"wrote {out}")


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


def _json_of(path: Path) -> Any:
    """What a flow's file says as JSON: a Studio file's own, without any upgrade."""
    if path.suffix == ".json":
        return parse_json(read_text(path), str(path))
    return write_flow(load_flow(path))
