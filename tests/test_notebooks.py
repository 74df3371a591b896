"""The notebooks as they are in the repository: clean, small-celled, and running from top to bottom."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
from lab_server import copy_notebooks
from nbclient import NotebookClient

NOTEBOOKS = sorted((Path(__file__).parents[1] / "notebooks").glob("*.ipynb"))
#: Exercises still to be done, and what has nothing to show.
SILENT_CELLS = ('answer = ""', "task = {}", "%load_ext flowlab")
LONGEST_CELL, LONGEST_FLOW = 12, 30
TIMEOUT_S = 300

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def test_the_notebooks_are_there() -> None:
    names = ["00_tour", "01_compare_channels", "02_before_production", "03_channels_side_by_side"]
    assert [path.stem for path in NOTEBOOKS] == names


@each
def test_stored_without_outputs_for_any_python(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [(cell.outputs, cell.execution_count) for cell in cells] == [([], None)] * len(cells)
    assert notebook.metadata.kernelspec.name == "python3"
    assert "widgets" not in notebook.metadata


@each
def test_cells_are_small_and_show_something(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    for cell in (cell for cell in notebook.cells if cell.cell_type == "code"):
        lines = cell.source.splitlines()
        is_flow = lines[0].startswith("%%flow")
        assert len(lines) <= (LONGEST_FLOW if is_flow else LONGEST_CELL), cell.source
        assert not lines[-1].startswith(("import ", "from ")), cell.source


@each
def test_opens_with_what_and_closes_with_where_next(path: Path) -> None:
    first, *_, last = nbformat.read(path, as_version=4).cells
    assert first.cell_type == last.cell_type == "markdown"
    assert all(word in first.source for word in ("**You will**", "**You need**"))
    assert "**Next:**" in last.source


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone")
    copy_notebooks(folder)
    return folder


@each
def test_runs_from_top_to_bottom(path: Path, clone: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(clone / "notebooks")}}
    NotebookClient(notebook, timeout=TIMEOUT_S, store_widget_state=False, resources=resources).execute()
    shown = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source not in SILENT_CELLS]
    assert all(cell.outputs for cell in shown), [cell.source for cell in shown if not cell.outputs]
    said = [output for cell in shown for output in cell.outputs if output.get("name") == "stderr"]
    assert not said
