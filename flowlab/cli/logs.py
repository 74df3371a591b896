"""Verbs about recorded executions: walk."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

import flowlab as fl
from flowlab.cli.app import AsJson, FlowFile, ServicesFile, app, load_flow, load_walks, print_json
from flowlab.errors import UsageError
from flowlab.model.outcome import same_outcome
from flowlab.show.walked import Walked
from flowlab.text.files import write_whole


class FailOn(StrEnum):
    """For which difference `flowlab walk` exits with 1."""

    NEVER = "never"
    OUTCOME = "outcome"
    WAY = "way"


@app.command()
def walk(
    flow: FlowFile,
    executions: Annotated[
        Path,
        typer.Argument(help="recorded executions: Studio's JSON, a folder of it, or CSV", metavar="EXECUTIONS"),
    ],
    services: ServicesFile = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write a line an execution here (.csv)")] = None,
    fail_on: Annotated[FailOn, typer.Option(help="exit with 1 when one goes another way, or ends otherwise")] = (
        FailOn.NEVER
    ),
    as_json: AsJson = False,
) -> None:
    """Say which of your real executions would now go elsewhere, where they part, and how they end."""
    walked = fl.replay(load_flow(flow), load_walks(executions), services=services)
    if out is not None:
        _write_table(walked, out)
    if as_json:
        print_json(walked.as_json())
    else:
        print(walked.as_text())
        if out is not None:
            print(f"wrote {out}")
    if _fails(walked, fail_on):
        raise typer.Exit(1)


def _write_table(walked: Walked, path: Path) -> None:
    if path.suffix != ".csv":
        raise UsageError(f"{path}: the table of executions is written as .csv")
    write_whole(path, walked.table.to_csv(index=False))


def _fails(walked: Walked, fail_on: FailOn) -> bool:
    if fail_on is FailOn.WAY:
        return not all(result.same for result in walked.results)
    if fail_on is FailOn.OUTCOME:
        known = (result for result in walked.results if result.outcome and result.outcome_now)
        return not all(same_outcome(result.outcome, result.outcome_now) for result in known)
    return False
