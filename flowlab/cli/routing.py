"""Verbs about routing: route."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

import flowlab as fl
from flowlab.cli.app import AsJson, WorkersFile, app, load_workflow, print_json
from flowlab.errors import FormatError, UsageError
from flowlab.text.files import read_text
from flowlab.text.json_text import parse_json

_FORM = """Write it like --task '{"language": "pt"}', --task @task.json, or --task - to read it from standard input"""


@app.command()
def route(
    workflow: Annotated[Path, typer.Argument(help="a TaskRouter workflow (JSON)", metavar="WORKFLOW")],
    task: Annotated[str, typer.Option(help="the task's attributes: JSON, @FILE, or - for standard input")],
    workers: WorkersFile = None,
    channel: Annotated[str, typer.Option(help="the task channel, such as chat or voice")] = "default",
    priority: Annotated[int, typer.Option(help="the priority the task begins with", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """Dry run: which filter, target, queue and worker a task gets, and why not the others."""
    found = fl.route(read_task(task), load_workflow(workflow), workers, channel=channel, priority=priority)
    if as_json:
        print_json(found.as_json())
        return
    print(found.as_text(), end="")
    if workers is None:
        print("note: nobody is there to answer; --workers FILE says who is", file=sys.stderr)


def read_task(given: str) -> dict[str, Any]:
    """Attributes from the command line. Raises UsageError saying what is wrong and how to write them."""
    source, text = "--task", given
    if given == "-":
        source, text = "standard input", sys.stdin.read()
    elif given.startswith("@"):
        source, text = given[1:], read_text(Path(given[1:]), max_bytes=1_000_000)
    try:
        attributes = parse_json(text, source)
    except FormatError as error:
        hint = "JSON has double quotes. " if text.lstrip()[:2] in ("{'", "'{") else ""
        raise UsageError(f"{error}. {hint}{_FORM}") from None
    if not isinstance(attributes, dict):
        raise UsageError(f"{source}: a task's attributes are a JSON object. {_FORM}")
    return attributes
