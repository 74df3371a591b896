"""``%%flow``: a cell becomes a drawn flow with its findings, or a list of what is wrong; never a traceback."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient
from traitlets.config import Config

from flowlab.formats.studio import write_flow
from flowlab.model.flow import Flow
from flowlab.widgets.magic import page_of

ROOT = Path(__file__).parents[1]
CELL = (ROOT / "docs" / "flow_yaml.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
SMALL = 'start: a\nstates:\n  a:\n    say: "<b>{{name}}</b>"\n    on:\n      sent:\n      failed:\n'


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    made = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    made.run_line_magic("load_ext", "flowlab")
    yield made
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, cell: str) -> dict[str, str]:
    """The MIME bundle that a cell shows; nothing may be printed or raised."""
    with capture_output() as shown:
        result = shell.run_cell(cell)
    assert result.success
    assert (shown.stdout, shown.stderr) == ("", "")
    (output,) = shown.outputs
    return output.data


def test_a_cell_is_bound_drawn_and_checked(shell: InteractiveShell) -> None:
    shown = run(shell, f"%%flow menu --channel sms\n{CELL}")
    menu = shell.user_ns["menu"]
    assert isinstance(menu, Flow)
    assert menu["menu"].properties["timeout"] == "3600"
    assert shown["text/html"].count("data:image/svg+xml") == 2
    assert "wait-no-delivery-failure" in shown["text/html"]
    assert "menu\n  · note" in shown["text/plain"]


def test_studio_json_may_stand_in_the_cell(shell: InteractiveShell, greeting: Flow) -> None:
    run(shell, f"%%flow\n{json.dumps(write_flow(greeting), indent=2)}")
    assert shell.user_ns["flow"].states == greeting.states


def test_faults_are_listed_with_their_lines_and_the_last_good_flow_stays(shell: InteractiveShell) -> None:
    run(shell, f"%%flow menu\n{SMALL}")
    before = shell.user_ns["menu"]
    shown = run(shell, f"%%flow menu\n{SMALL.replace('sent', 'snet').replace('start: a', 'start: b')}")
    assert shell.user_ns["menu"] is before
    assert "<script" not in shown["text/html"]
    assert shown["text/plain"] == (
        "menu: 2 faults. menu is still the flow it was before.\n"
        "  - line 2, column 8: there is no state 'b'. Known: a.\n"
        "      start: b\n"
        "             ^\n"
        "  - state 'a', line 7, column 7: a step of type send-message has no event 'snet'. Did you mean 'sent'? "
        "To keep it all the same: 'snet: {next: STATE}'.\n"
        "            snet:\n"
        "            ^"
    )
    shown = run(shell, f"%%flow menu\n{SMALL}")
    assert shell.user_ns["menu"] == before
    assert "fault" not in shown["text/plain"]


FAULTY: list[tuple[str, str, str, tuple[str, ...]]] = [
    ("nothing", "menu", "\n", ("is empty", "There is no flow menu yet.")),
    ("YAML", "", "start: a: b\n", ("line 2, column 9", "start: a: b")),
    ("JSON", "", '{"states": [}\n', ("is not JSON", "line 2, column 13", '{"states": [}')),
    ("a state of JSON", "", '{"states": [{"name": "a"}]}\n', ("#/states/0/type", "has no type")),
    ("markup", "", "<img src=x onerror=alert(1)>: 1\n", ("no flow", "onerror")),
    ("a control character", "", "start: \x1b[2J\n", ("\\x1b", "escape")),
    ("a long line", "", f"start: {'x' * 500}: y\n", ("line 2, column 508", "…xxx", "^")),
    ("a bad name", "my-menu", SMALL, ("'my-menu' cannot be the name of a variable",)),
    ("a keyword's line", "'", SMALL, ("No closing quotation",)),
    ("an option", "menu --chanel sms", SMALL, ("unrecognized arguments: --chanel sms",)),
    ("a channel", "menu --channel smoke", SMALL, ("smoke",)),
    ("no services", "menu --services none.yaml", SMALL, ("there is no file none.yaml",)),
]


@pytest.mark.parametrize(("line", "cell", "words"), [f[1:] for f in FAULTY], ids=[f[0] for f in FAULTY])
def test_whatever_is_wrong_is_a_sentence(line: str, cell: str, words: tuple[str, ...]) -> None:
    names: dict[str, Any] = {}
    page = page_of(names, line, cell)
    assert not names
    for word in words:
        assert word in page.text, page.text
    assert "<img" not in page.html
    assert all(c.isprintable() or c == "\n" for c in page.text)


def test_a_flow_is_escaped() -> None:
    names: dict[str, Any] = {}
    page = page_of(names, "menu", SMALL.replace("start: a", "start: a\nflow: <i>x</i>"))
    assert "menu" in names
    assert "<i>" not in page.html
    assert "<b>{{" not in page.html


def test_services_are_compared_with_the_flow(tmp_path: Path) -> None:
    services = tmp_path / "services.yaml"
    services.write_text("widgets:\n  find_odrer: {json: {}}\n", encoding="utf-8")
    page = page_of({}, f"menu --services {services}", CELL)
    assert "'find_odrer', which is no state of this flow. Did you mean 'find_order'?" in page.text
    assert "No service answers 'find_order' (make-http-request)" in page.text
    services.write_text('urls:\n  "https://shop.example.com/*": {json: {}}\n', encoding="utf-8")
    assert "service" not in page_of({}, f"menu --services {services}", CELL).text
    services.write_text("widget: {}\n", encoding="utf-8")
    page = page_of({}, f"menu --services {services}", CELL)
    assert str(services) in page.text


def test_in_a_notebook() -> None:
    cells = ["%load_ext flowlab", f"%%flow menu\n{CELL}", "menu.name", "%%flow menu\nstart: x\n", "len(menu)"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    drawn, name, faults, states = (cell.outputs[0].data for cell in notebook.cells[1:])
    assert "data:image/svg+xml" in drawn["text/html"]
    assert name["text/plain"] == "'Order support'"
    assert "menu is still the flow it was before" in faults["text/html"]
    assert states["text/plain"] == "10"
    assert all(len(cell.outputs) <= 1 for cell in notebook.cells)


def test_it_needs_no_widgets() -> None:
    code = (
        "import sys; sys.modules['ipywidgets'] = None; from flowlab.widgets.magic import page_of;"
        f"names = {{}}; page = page_of(names, 'menu', {SMALL!r}); print(len(names['menu']))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT).stdout
    assert out.strip() == "1"
