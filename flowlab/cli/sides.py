"""`flowlab side`: the same talk on several channels, side by side."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import flowlab as fl
from flowlab.cli.app import AsJson, FlowFile, ServicesFile, app, load_flow, named_channel, print_json, records
from flowlab.errors import UsageError


@app.command()
def side(
    flow: FlowFile,
    say: Annotated[list[str], typer.Option(help="what the customer writes; again for each turn")],
    channel: Annotated[
        list[str] | None, typer.Option(help="a channel, by name or file; again for each; all without")
    ] = None,
    services: ServicesFile = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write the view as a page (.html)")] = None,
    as_json: AsJson = False,
) -> None:
    """Have the same talk on several channels and say what differs, and why."""
    if out is not None and out.suffix.lower() not in (".html", ".htm"):
        raise UsageError(f"{out}: the view is written as a page; give a name that ends in .html")
    sides = fl.side_by_side(load_flow(flow), say, [named_channel(name) for name in channel or ()], services=services)
    if out is not None:
        sides.to_html(out)
    if as_json:
        print_json({"messages": records(sides.table), "differences": records(sides.differences)})
    else:
        typer.echo(sides.as_text())
