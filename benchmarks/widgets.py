"""How long the notebook's widgets take, in a real JupyterLab and Chromium: from a cell to a drawn map, from a click to
what it changes.

    .venv/bin/python benchmarks/widgets.py [REPEATS]

Times are taken in the page, from the event to the second animation frame after the change is there; milliseconds,
median and range. They depend on the machine and on what else runs there.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
import lab_server

REPEATS = int(sys.argv[1]) if len(sys.argv) > 1 else 7
SIZES = (15, 130, 500)

_FLOW = """
import random
import flowlab as fl

def made(n, seed=7):
    '''A flow of n states: mostly one way on, a question in four with three, some of them back.'''
    dice, states = random.Random(seed), []
    for k in range(n):
        on = fl.Transition("sent" if k % 4 else "incomingMessage", f"s{min(k + 1, n - 1)}")
        if k % 4:
            states.append(fl.State(f"s{k}", "send-message", (on,), {"body": f"Words of {k}"}))
            continue
        far = f"s{min(k + dice.randint(2, 9), n - 1)}"
        back = f"s{dice.randrange(k)}" if k and dice.random() < 0.3 else None
        exits = (on, fl.Transition("timeout", far), fl.Transition("deliveryFailure", back))
        ask = {"body": f"Question {k}?", "timeout": "3600"}
        states.append(fl.State(f"s{k}", "send-and-wait-for-reply", exits, ask))
    return fl.Flow(tuple(states), "s0", name=f"{n} states")
"""
_BOARD = """
import pandas as pd
from flowlab.show.comparison import Comparison
data = "../sample_data"
services = f"{data}/services/order_support.yaml"
talks = fl.load(f"{data}/conversations/order_support.jsonl")
run = fl.replay(fl.load(f"{data}/flows/order_support.json"), talks, services=services)
many = pd.concat([run.outcomes.assign(flow=f"version {1 + k % 2}") for k in range(60)], ignore_index=True)
"""
CELLS = [
    _FLOW.strip(),
    *(f"fl.flow_map(made({n}), edit=True)" for n in SIZES),
    "fl.chat(fl.load('../sample_data/flows/store_service.json'), 'sms', "
    "services='../sample_data/services/store_service.yaml')",
    _BOARD.strip(),
    "run.player()",
    "from flowlab.widgets.compare_board import CompareBoard\n\nCompareBoard(Comparison(many))",
]

_TIMED = """async ([act, until]) => {
  const [go, there] = [new Function(act), new Function('return (' + until + ')')];
  const frame = () => new Promise(requestAnimationFrame);
  const begun = performance.now();
  go();
  while (!there()) await frame();
  await frame();
  return performance.now() - begun;
}"""
#: The milliseconds between frames while the map is dragged, or zoomed with the wheel.
_FRAMES = """async ([nth, wheel]) => {
  const stage = document.querySelectorAll('.fl-map-widget .fl-stage')[nth];
  const frame = () => new Promise(requestAnimationFrame);
  const box = stage.getBoundingClientRect();
  const at = (type, x, y) => stage.dispatchEvent(new PointerEvent(type,
    {bubbles: true, clientX: box.x + x, clientY: box.y + y, button: 0, buttons: 1, pointerId: 1}));
  stage.setPointerCapture = () => {};
  if (!wheel) at('pointerdown', 200, 200);
  const gaps = [];
  let last = performance.now();
  for (let k = 0; k < 60; k++) {
    if (wheel) stage.dispatchEvent(new WheelEvent('wheel', {bubbles: true, cancelable: true, ctrlKey: true,
      deltaY: k % 30 < 15 ? -20 : 20, clientX: box.x + 300, clientY: box.y + 200}));
    else at('pointermove', 200 + 4 * k, 200 + 3 * (k % 20));
    await frame();
    gaps.push(performance.now() - last);
    last = performance.now();
  }
  at('pointerup', 200, 200);
  return gaps;
}"""


def main() -> None:
    lab_server.PAGES["bench"] = CELLS
    with (
        tempfile.TemporaryDirectory() as folder,
        lab_server.lab_server(Path(folder)) as address,
        lab_server.browser() as chromium,
    ):
        page = chromium.new_context(viewport={"width": 1440, "height": 1000}).new_page()
        page.set_default_timeout(120_000)
        lab_server.run_notebook(page, address.format(name="bench"))
        print(f"{'':58}{'median ms':>10}{'range':>16}   n")
        for name, times in measured(page):  # each as soon as it is known
            low, high = min(times), max(times)
            print(f"{name:58}{statistics.median(times):10.0f}{f'{low:.0f} to {high:.0f}':>16}{len(times):4}")


def measured(page: Any) -> Any:
    for nth, n in enumerate(SIZES):
        yield f"cell run to drawn map, {n} states", [cell_to_map(page, 1 + nth) for _ in range(REPEATS)]
        yield f"click to side panel, {n} states", [click_state(page, nth, k) for k in range(REPEATS)]
        yield f"edit to new picture and findings, {n} states", [edit_text(page, nth, k) for k in range(REPEATS)]
        yield f"one frame while the map is dragged, {n} states", page.evaluate(_FRAMES, [nth, False])
        yield f"one frame while the wheel zooms, {n} states", page.evaluate(_FRAMES, [nth, True])
        page.locator(".fl-map-widget").nth(nth).get_by_role("button", name="Fit", exact=True).click()
        yield f"one frame while the whole of it is dragged, {n} states", page.evaluate(_FRAMES, [nth, False])
        yield f"one frame while the wheel zooms the whole, {n} states", page.evaluate(_FRAMES, [nth, True])
    yield "chat: Enter to the answer and the lit state", [say(page) for _ in range(REPEATS)]
    yield "player: key to the next beat", [beat(page) for _ in range(REPEATS)]
    yield "player: click to another conversation", [film(page, k) for k in range(REPEATS)]
    yield "board, 10,320 conversations: measure to painted table", [measure(page, k) for k in range(REPEATS)]
    yield "board, 10,320 conversations: filter to painted table", [only(page, k) for k in range(REPEATS)]


def timed(page: Any, act: str, until: str) -> float:
    return float(page.evaluate(_TIMED, [act, until]))


def cell_to_map(page: Any, cell: int) -> float:
    """From the command that runs the cell to another map than the one before."""
    find = f"document.querySelectorAll('.jp-CodeCell')[{cell}]"
    run = f"""window.old = {find}.querySelector('.fl-map-widget g.node');
      const book = jupyterapp.shell.currentWidget.content; book.activeCellIndex = {cell};
      jupyterapp.commands.execute('notebook:run-cell');"""
    there = f"""(() => {{ const n = {find}.querySelector('.fl-map-widget g.node');
      return n && n !== window.old && n.getBoundingClientRect().width > 2; }})()"""
    return timed(page, run, there)


def click_state(page: Any, nth: int, k: int) -> float:
    root = f"document.querySelectorAll('.fl-map-widget')[{nth}]"
    press = f"""const n = {root}.querySelector('g.node[data-state=s{k}]');
      for (const type of ['pointerdown', 'pointerup'])
        n.dispatchEvent(new PointerEvent(type, {{bubbles: true, button: 0, buttons: 1, pointerId: 1}}));"""
    return timed(page, press, f"({root}.querySelector('.fl-side input') || {{}}).value === 's{k}'")


def edit_text(page: Any, nth: int, k: int) -> float:
    root = f"document.querySelectorAll('.fl-map-widget')[{nth}]"
    words = f"New words {k}"
    write = f"""const t = {root}.querySelector('.fl-side textarea'); t.value = '{words}';
      t.dispatchEvent(new Event('change', {{bubbles: true}}));"""
    return timed(page, write, f"[...{root}.querySelectorAll('g.node text')].some((t) => t.textContent === '{words}')")


def say(page: Any) -> float:
    """From Enter to the first bubble of the answer, the talk begun anew each time."""
    chat = "document.querySelector('.fl-chat')"
    page.locator(".fl-chat").get_by_role("button", name="Restart").click()
    page.wait_for_function(f"() => !{chat}.querySelector('.fl-bubble')")
    write = f"""const box = {chat}.querySelector('.fl-writer input'); box.value = 'hello';
      box.dispatchEvent(new KeyboardEvent('keydown', {{key: 'Enter', bubbles: true}}));"""
    return timed(page, write, f"{chat}.querySelector('.fl-bubble.flow') && {chat}.querySelector('g.node.active')")


def beat(page: Any) -> float:
    player = "document.querySelector('.fl-player')"
    line = f"{player}.querySelector('.fl-line input')"
    before = page.evaluate(f"{line}.value")
    press = f"{line}.dispatchEvent(new KeyboardEvent('keydown', {{key: 'ArrowRight', bubbles: true}}));"
    return timed(page, press, f"{line}.value !== '{before}'")


def film(page: Any, k: int) -> float:
    player = "document.querySelector('.fl-player')"
    press = f"""const item = {player}.querySelectorAll('.fl-finder li')[{k + 1}];
      window.wanted = item.dataset.id; item.click();"""
    shown = f"{player}.querySelector('.fl-finder li[aria-selected=true]')?.dataset.id === window.wanted"
    return timed(page, press, shown)


def choose(page: Any, list_name: str, at: int, until: str) -> float:
    pick = f"""const list = document.querySelector('.fl-compare select[aria-label="{list_name}"]');
      list.selectedIndex = {at};
      window.body = document.querySelector('.fl-compare tbody');
      list.dispatchEvent(new Event('change', {{bubbles: true}}));"""
    return timed(page, pick, until)


def measure(page: Any, k: int) -> float:
    return choose(page, "Measure", 1 + k % 4, "document.querySelector('.fl-compare tbody') !== window.body")


def only(page: Any, k: int) -> float:
    return choose(
        page, "Only with this intent", 1 + k % 4, "document.querySelector('.fl-compare tbody') !== window.body"
    )


if __name__ == "__main__":
    main()
