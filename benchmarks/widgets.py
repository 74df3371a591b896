"""How long a reader waits for the map, and how smoothly it moves: in a real JupyterLab, in this machine's Chromium.

    .venv/bin/python benchmarks/widgets.py [--rounds 5] [--sizes 15 130 500]

For each size (states of a made flow): from running the cell to the drawn map; from a click on a state to its side
panel; from an edit to the new picture, through the kernel and back; frames a second while the picture is dragged and
while it is zoomed with the wheel, and the longest frame. Medians and ranges of `--rounds` rounds; absolute figures are
this machine's, and a screen that shows 60 frames a second lets no browser show more.

What is counted: time on the page's own clock, the frames it was given. What is not: starting the kernel, the first
import, making the flow. Another widget has its measures added as a function of a page in `MEASURES`.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "tests"), str(ROOT / "benchmarks")]

import lab_server  # noqa: E402

Figures = dict[str, list[float]]
SETUP = f"import sys; sys.path.append({str(ROOT / 'benchmarks')!r})\nimport flowlab as fl\n"
SETUP += "from check_and_diff import definition\nfrom flowlab.formats.studio import read_flow\n"
SETUP += "fl.flow_map(read_flow(definition('w', 7)))"
CELL = "fl.flow_map(read_flow(definition('s{0}_', {0})), edit=True)"

#: Runs the cell of that number and gives the milliseconds until its map is drawn and has a size.
_DRAWN = """async (index) => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = index;
  const cell = notebook.widgets[index].node;
  cell.querySelectorAll('.fl-map-widget').forEach(old => old.remove());
  const begun = performance.now();
  window.jupyterapp.commands.execute('notebook:run-cell');
  await new Promise(done => {
    const look = () => {
      const node = cell.querySelector('.fl-stage svg.fl-map g.node');
      requestAnimationFrame(node && node.getBoundingClientRect().width > 0 ? () => done() : look);
    };
    look();
  });
  return performance.now() - begun;
}"""
#: Clicks a state and gives the milliseconds until the side panel tells of it.
_CLICKED = """async ([index, name]) => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[index].node;
  const node = cell.querySelector(`g.node[data-state="${name}"]`), box = node.getBoundingClientRect();
  const at = { bubbles: true, button: 0, pointerId: 1, clientX: box.x + 5, clientY: box.y + 5 };
  const begun = performance.now();
  node.dispatchEvent(new PointerEvent('pointerdown', at));
  node.dispatchEvent(new PointerEvent('pointerup', at));
  await new Promise(done => {
    const shown = () => cell.querySelector('.fl-side input')?.value === name;
    const look = () => shown() ? requestAnimationFrame(() => done()) : requestAnimationFrame(look);
    look();
  });
  return performance.now() - begun;
}"""
#: Changes where an exit leads in the side panel; gives the milliseconds until another picture stands there.
_EDITED = """async ([index, to]) => {
  const cell = window.jupyterapp.shell.currentWidget.content.widgets[index].node;
  const was = cell.querySelector('.fl-stage svg.fl-map');
  const list = [...cell.querySelectorAll('.fl-exits select')].at(-1);
  const begun = performance.now();
  list.value = to;
  list.dispatchEvent(new Event('change', { bubbles: true }));
  await new Promise(done => {
    const look = () =>
      requestAnimationFrame(cell.querySelector('.fl-stage svg.fl-map') !== was ? () => done() : look);
    look();
  });
  return performance.now() - begun;
}"""
#: Notes when frames come, until it is told to stop.
_FRAMES = """() => {
  const seen = { times: [], on: true };
  const look = now => { seen.times.push(now); if (seen.on) requestAnimationFrame(look); };
  requestAnimationFrame(look);
  return seen;
}"""
_BETWEEN = "seen => { seen.on = false; return seen.times.slice(1).map((time, at) => time - seen.times[at]) }"


def flow_map(page: Any, cell: int, rounds: int, states: int) -> Figures:
    """The measures of the map in that cell."""
    found: Figures = {}
    for _ in range(rounds):
        add(found, "run to drawn, ms", page.evaluate(_DRAWN, cell))
        lab_server.await_idle(page)
    stage = page.locator(".jp-Notebook-cell").nth(cell).locator(".fl-stage")
    stage.scroll_into_view_if_needed()
    asked, other = f"ask_s{states}_0", f"say_s{states}_0"
    for number in range(rounds):
        add(found, "click to panel, ms", page.evaluate(_CLICKED, [cell, other if number % 2 else asked]))
    page.evaluate(_CLICKED, [cell, asked])
    for number in range(rounds):
        to = "" if number % 2 else other
        add(found, "edit to picture, ms", page.evaluate(_EDITED, [cell, to]))
        lab_server.await_idle(page)
    for name, zoomed in (("at reading size", False), ("whole flow", True)):
        if zoomed:
            stage.locator("xpath=../..").get_by_role("button", name="Fit").click()
        for _ in range(rounds):
            smoothness(found, f"drag, {name}", moving(page, stage, drag))
        for _ in range(rounds):
            smoothness(found, f"wheel, {name}", moving(page, stage, wheel))
    return found


#: What is measured, by name. A measure gets the page, the cell's number, rounds, and states; it gives figures by name.
MEASURES: dict[str, Callable[[Any, int, int, int], Figures]] = {"map": flow_map}


def moving(page: Any, stage: Any, move: Callable[[Any, Any], None]) -> list[float]:
    """Milliseconds between the frames while something is moved."""
    box = stage.bounding_box()
    frames = page.evaluate_handle(_FRAMES)
    move(page, box)
    return list(frames.evaluate(_BETWEEN))


def drag(page: Any, box: Any) -> None:
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(x + 3 * (step % 30), y + 2 * (step % 20))
    page.mouse.up()


def wheel(page: Any, box: Any) -> None:
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.keyboard.down("Control")
    for step in range(40):
        page.mouse.wheel(0, -20 if step % 20 < 10 else 20)
    page.keyboard.up("Control")


def smoothness(found: Figures, what: str, frames: list[float]) -> None:
    add(found, f"{what}, frames/s", 1000 * len(frames) / sum(frames))
    add(found, f"{what}, longest frame, ms", max(frames))


def add(found: Figures, name: str, value: float) -> None:
    found.setdefault(name, []).append(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", type=int, nargs="+", default=[15, 130, 500])
    options = parser.parse_args()
    lab_server.PAGES["bench"] = [SETUP, *(CELL.format(size) for size in options.sizes)]
    with tempfile.TemporaryDirectory() as folder, lab_server.lab_server(Path(folder)) as address:  # noqa: SIM117
        with lab_server.browser() as chromium:
            page = chromium.new_page(viewport={"width": 1440, "height": 1000})
            lab_server.run_notebook(page, address.format(name="bench"))
            for name, measure in MEASURES.items():
                for cell, size in enumerate(options.sizes, start=1):
                    for what, values in measure(page, cell, options.rounds, size).items():
                        median = statistics.median(values)
                        spread = f"({min(values):.0f} to {max(values):.0f}, n {len(values)})"
                        print(f"{name}, {size:4} states  {what:44} {median:8.0f}  {spread}", flush=True)


if __name__ == "__main__":
    main()
