"""The verb that compares two versions of a flow; also as git's external diff, difftool and textconv."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from difflib import unified_diff
from pathlib import Path
from typing import Annotated

import typer

import flowlab as fl
from flowlab.cli.app import AsJson, Dark, ServicesFile, app, load_conversations, load_flow, print_json
from flowlab.errors import FlowlabError, UsageError
from flowlab.text.files import read_text
from flowlab.text.json_text import json_page

#: What git hands over: path, old file, hex, mode, new file, hex, mode; after a rename the new path and a note as well.
GIT_ARGUMENTS = (7, 9)
_NO_FILE = ("/dev/null", "nul", "NUL", os.devnull)


@app.command()
def diff(
    files: Annotated[list[str], typer.Argument(help="two flows, or what git hands over", metavar="OLD NEW")],
    conversations: Annotated[Path | None, typer.Option(help="put these through both versions as well")] = None,
    services: ServicesFile = None,
    as_json: AsJson = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="print Markdown, for a pull request")] = False,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="draw both in one: FILE.svg, .png or .pdf")] = None,
    dark: Dark = False,
    textconv: Annotated[bool, typer.Option("--textconv", help="print one flow as text that git can compare")] = False,
) -> None:
    """Say what changed between two versions of a flow, by meaning. Exit code 1 when anything that runs did."""
    if textconv:
        print(as_comparable(_only(files)), end="")
    elif len(files) in GIT_ARGUMENTS:
        print(for_git(files))
    elif len(files) == 1:  # so git speaks of a file with conflicts
        print(f"{files[0]}: not merged yet")
    elif len(files) != 2:
        raise UsageError(f"diff wants two flows, OLD and NEW; {len(files)} files were given")
    else:
        talks = load_conversations(conversations) if conversations else None
        found = fl.diff(_flow(files[0]), _flow(files[1]), talks, services=services)
        if out is not None:
            from flowlab.show.draw import save_drawing

            save_drawing(found.graph, out, theme="dark" if dark else "light")
        if as_json:
            print_json(found.as_json())
        else:
            print(found.as_markdown() if markdown else found.as_text(), end="" if markdown else "\n")
        raise typer.Exit(0 if found.means_the_same else 1)


def _only(files: list[str]) -> str:
    if len(files) != 1:
        raise UsageError(f"--textconv wants one file; {len(files)} were given")
    return files[0]


def _flow(file: str) -> fl.Flow:
    """A flow from a file; one without states where there is no file, as git says of what is new or gone."""
    return fl.Flow((), name="nothing", source=file) if file in _NO_FILE else load_flow(Path(file))


def for_git(arguments: list[str]) -> str:
    """What git shows for a file that changed. What is no flow is compared line by line, so that no log stops at it."""
    path, old, new = arguments[0], arguments[1], arguments[4]
    to = arguments[7] if len(arguments) > GIT_ARGUMENTS[0] else path
    try:
        was, now = replace(_flow(old), name=f"a/{path}"), replace(_flow(new), name=f"b/{to}")
        return fl.diff(was, now).as_text() + "\n"
    except FlowlabError as error:
        print(f"flowlab: {path}: compared line by line; {error}", file=sys.stderr)
        return "\n".join(unified_diff(_lines(old), _lines(new), f"a/{path}", f"b/{to}", lineterm=""))


def _lines(file: str) -> list[str]:
    if file in _NO_FILE:
        return []
    try:
        return as_comparable(file).splitlines()
    except FlowlabError as error:  # an error here would stop git half-way through a log
        return [f"({error})"]


def as_comparable(file: str) -> str:
    """A file as text to be compared by lines: a flow by state, other JSON indented, anything else as it is."""
    from flowlab.show.flow_text import flow_text

    try:
        return flow_text(load_flow(Path(file)))
    except FlowlabError:
        text = read_text(Path(file))
    try:
        return json_page(json.loads(text)) + "\n"
    except (ValueError, RecursionError):
        return text
