"""Verbs that open or show flowlab itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flowlab.cli.app import app
from flowlab.errors import UsageError


@app.command()
def lab(
    folder: Annotated[Path, typer.Argument(help="where the notebooks are")] = Path("notebooks"),
) -> None:
    """Open the notebooks in JupyterLab."""
    import subprocess

    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}. Run this in a clone of flowlab, or name a folder of notebooks")
    tour = folder / "00_tour.ipynb"
    target = tour if tour.exists() else folder
    raise typer.Exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(target)]))


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="where pictures and report go")] = Path("demo_output"),
) -> None:
    """Do the main job on the sample data: check, replay on every channel, compare; write pictures and a report."""
    from flowlab.demo import run_demo

    run_demo(out, say=print)
