"""The notebooks in a real JupyterLab and a real browser: typed into, clicked, looked at, and offline.

Screenshots go to the folder named by FLOWLAB_SCREENSHOTS, else to pytest's temporary folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lab_server import PATIENCE_MS, Watch, await_idle, browser, browser_path, lab_server, run_notebook, set_theme

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

pytestmark = [
    pytest.mark.skipif(browser_path() is None, reason="no chromium, chromium-browser or google-chrome on this machine"),
    pytest.mark.xdist_group("browser"),
]

themes = pytest.mark.parametrize("theme", ["Light", "Dark"])


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = Path(os.environ.get("FLOWLAB_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def watch() -> Watch:
    return Watch()


@pytest.fixture(autouse=True)
def _nothing_wrong(watch: Watch) -> Iterator[None]:
    """After each story: no error on a page, and nothing asked of another machine."""
    yield
    assert watch.errors == []
    assert watch.outside == []


@pytest.fixture(scope="module")
def open_notebook(tmp_path_factory: pytest.TempPathFactory, watch: Watch) -> Iterator[Callable[[str], Any]]:
    """Opens a notebook in a page of its own and runs it."""
    sync_api.expect.set_options(timeout=PATIENCE_MS)
    with lab_server(tmp_path_factory.mktemp("lab")) as address, browser() as chromium:
        context = chromium.new_context(viewport={"width": 1440, "height": 1000})
        context.set_default_timeout(PATIENCE_MS)

        def opened(name: str) -> Any:
            page = context.new_page()
            watch.on(page)
            run_notebook(page, address.format(name=name))
            return page

        yield opened
        context.close()


@pytest.fixture(scope="module")
def tour(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("00_tour")


@pytest.fixture(scope="module")
def comparison(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("01_compare_channels")


@pytest.fixture(scope="module")
def map_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("map")


@pytest.fixture(scope="module")
def layers_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("layers")


@pytest.fixture(scope="module")
def sides_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("03_channels_side_by_side")


@pytest.fixture(scope="module")
def production(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("02_before_production")


@pytest.fixture
def chat(tour: Any) -> Any:
    """The chat of the tour, at its beginning."""
    found = tour.locator(".fl-chat")
    found.get_by_role("button", name="Restart").click()
    sync_api.expect(found.locator(".fl-customer")).to_have_count(0)
    return found


@pytest.fixture
def box(chat: Any) -> Any:
    return chat.get_by_placeholder("Write as the customer")


def cell_count(page: Any) -> int:
    return int(page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length"))


@themes
def test_the_chat_answers_and_lights_the_state(tour: Any, chat: Any, box: Any, shots: Path, theme: str) -> None:
    expect, bot, lit = sync_api.expect, chat.locator(".fl-bot .fl-text"), chat.locator("[data-active=true]")
    set_theme(tour, theme)

    box.click()
    box.press_sequentially("hi")
    box.press("Enter")
    expect(bot.last).to_contain_text("What can I do for you?")
    expect(lit).to_have_attribute("data-state", "ask_menu")
    expect(box).to_have_value("")

    box.press_sequentially("1")
    chat.get_by_role("button", name="Send").click()
    expect(bot.last).to_contain_text("order number")
    expect(lit).to_have_attribute("data-state", "ask_order_number")
    tour.screenshot(path=shots / f"chat {theme}.png")

    chat.get_by_role("button", name="+1 h").click()
    expect(chat.locator(".fl-end")).to_contain_text("Timed out")
    chat.screenshot(path=shots / f"timed out {theme}.png")


def test_no_cell_complains(tour: Any, comparison: Any, production: Any) -> None:
    for page in (tour, comparison, production):
        complaints = page.locator("[data-mime-type='application/vnd.jupyter.stderr']")
        sync_api.expect(complaints).to_have_count(0)


def test_keys_pressed_after_a_click_do_not_reach_the_notebook(tour: Any, chat: Any, box: Any) -> None:
    expect, cells = sync_api.expect, cell_count(tour)
    box.click()
    tour.keyboard.type("hi")
    tour.keyboard.press("Enter")
    expect(chat.locator(".fl-customer")).to_have_count(1)
    chat.get_by_role("button", name="+1 min").click()
    expect(chat.locator(".fl-note").last).to_have_text("1 min later")
    expect(box).to_be_focused()
    tour.keyboard.type("add a b")
    expect(box).to_have_value("add a b")
    chat.locator(".fl-scroll").click(position={"x": 5, "y": 5})
    tour.keyboard.type("bdd")
    assert cell_count(tour) == cells
    box.fill("")


def test_a_talk_goes_back_and_to_another_channel(chat: Any, box: Any, shots: Path) -> None:
    expect, customer = sync_api.expect, chat.locator(".fl-customer .fl-text")
    for turn, text in enumerate(["hi", "3", "3"]):  # the same text twice: it must be sent twice
        box.fill(text)
        box.press("Enter")
        expect(customer).to_have_count(turn + 1)
    chat.get_by_role("button", name="Back").click()
    expect(customer).to_have_text(["hi", "3"])
    chat.get_by_role("combobox").select_option("Email")
    expect(chat.locator(".fl-scroll")).to_have_attribute("aria-label", "Conversation on Email")
    expect(customer).to_have_text(["hi", "3"])


def test_the_whole_flow_and_the_variables(chat: Any, box: Any, shots: Path) -> None:
    expect = sync_api.expect
    box.fill("hi")
    box.press("Enter")
    chat.get_by_role("button", name="Whole flow").click()
    expect(chat.locator(".fl-whole [data-state=say_goodbye]")).to_have_count(1)
    chat.locator(".jupyter-widget-Collapse-header").click()
    expect(chat.get_by_text("flow.variables.channel_type", exact=True)).to_be_visible()
    chat.screenshot(path=shots / "whole flow.png")


@themes
def test_the_board_follows_its_selectors(comparison: Any, shots: Path, theme: str) -> None:
    expect, board = sync_api.expect, comparison.locator(".fl-board")
    set_theme(comparison, theme)
    comparison.set_viewport_size({"width": 1440, "height": 2200})  # so that the pictures show all of the board
    rows = board.locator("tbody th[scope=row]").filter(has_text=re.compile("^WhatsApp$"))
    picture = board.locator("img:visible")
    await_idle(comparison)
    board.get_by_role("button", name="All", exact=True).click()
    expect(rows).to_have_count(1)
    await_idle(comparison)
    board.get_by_role("combobox").select_option("all outcomes")
    expect(picture).to_have_attribute("alt", re.compile("^outcomes"))
    board.screenshot(path=shots / f"board {theme}.png")

    board.get_by_role("button", name="WhatsApp").click()
    expect(rows).to_have_count(0)
    await_idle(comparison)
    board.get_by_role("combobox").select_option("abandoned")
    expect(picture).to_have_attribute("alt", re.compile("^abandoned"))
    board.screenshot(path=shots / f"board of one measure {theme}.png")
    expect(board.locator(".fl-error")).to_have_count(0)


def cell_with(page: Any, text: str) -> Any:
    """The code cell that holds a text, in sight."""
    found = page.locator(".jp-CodeCell").filter(has_text=text).first
    found.scroll_into_view_if_needed()
    return found


@themes
def test_a_flow_is_written_in_a_cell_and_a_slip_names_its_line(production: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(production, theme)
    cell = cell_with(production, "%%flow parcel")
    output = cell.locator(".jp-Cell-outputArea")
    expect(output).to_contain_text("no step sets")
    expect(output.locator("img:visible")).to_have_count(1)  # one for each theme, of which one shows
    cell.screenshot(path=shots / f"flow in a cell {theme}.png")

    text = cell.locator(".cm-content")
    text.click()
    production.keyboard.press("Control+End")
    production.keyboard.type(" nonsense")
    production.keyboard.press("Control+Enter")
    expect(output).to_contain_text("line 24")
    expect(output).to_contain_text("parcel is still the flow it was")
    cell.screenshot(path=shots / f"slip in a flow {theme}.png")

    text.click()
    production.keyboard.press("Control+End")
    for _ in " nonsense":
        production.keyboard.press("Backspace")
    production.keyboard.press("Control+Enter")
    expect(output).to_contain_text("no step sets")


@themes
def test_what_stands_before_production_can_be_read(production: Any, shots: Path, theme: str) -> None:
    set_theme(production, theme)
    production.set_viewport_size({"width": 1440, "height": 1400})
    shown = {
        "journey": ("fl.journey(flow", "g.node"),
        "routing": ("fl.route(task, workflow, team)", "text=reserved"),
        "diff": ("fl.diff(flow, mended.rename", "text=say_good_bye"),
        "behaviour": ("change = fl.diff", "text=end elsewhere"),
        "executions": ("fl.replay(mended, executions", "text=go the same way"),
    }
    for name, (code, what) in shown.items():
        cell = cell_with(production, code)
        sync_api.expect(cell.locator(".jp-Cell-outputArea").locator(what).first).to_be_attached()
        cell.screenshot(path=shots / f"{name} {theme}.png")


@themes
def test_the_map_is_searched_clicked_and_edited(map_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(map_page, theme)
    desk = cell_with(map_page, "desk = fl.flow_map").locator(".fl-map-widget")
    search = desk.get_by_role("searchbox")
    search.fill("rating")
    expect(desk.locator(".fl-found")).to_have_text("1/1")
    search.press("Enter")
    side = desk.get_by_role("complementary")
    name = side.get_by_label("Name of the state")
    expect(name).to_have_value("ask_rating")
    desk.screenshot(path=shots / f"map {theme}.png")

    name.fill("ask_stars")
    name.press("Enter")
    expect(desk.locator("g.node[data-state=ask_stars]")).to_be_attached()
    side.get_by_role("combobox", name="Where timeout leads").select_option("say_goodbye")
    expect(desk.get_by_role("status")).to_contain_text("timeout leads to say_goodbye")
    side.get_by_label("Add a state after this one").select_option("send-message")
    expect(side.get_by_label("Name of the state")).to_have_value("say_1")
    cell_with(map_page, "print(sorted(desk").click()
    map_page.keyboard.press("Control+Enter")
    expect(cell_with(map_page, "print(sorted(desk").locator(".jp-Cell-outputArea")).to_contain_text(
        "['ask_stars', 'say_1'] False"
    )
    undo = desk.get_by_role("button", name="Undo")
    for words in ("added say_1", "timeout leads", "ask_rating is called"):
        undo.click()
        expect(desk.get_by_role("status")).to_contain_text(f"undone: {words}" if "leads" not in words else words)
    expect(undo).to_be_disabled()
    expect(desk.locator("g.node[data-state=ask_rating]")).to_be_attached()


@themes
def test_the_map_is_walked_by_keys_and_keeps_the_notebook_s_own(map_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(map_page, theme)
    cells = map_page.locator(".jp-CodeCell").count()
    plain = cell_with(map_page, "flow").page.locator(".jp-CodeCell").nth(2).locator(".fl-map-widget")
    plain.scroll_into_view_if_needed()
    plain.get_by_role("button", name="Show the whole flow").click()
    start = plain.locator("g.node[data-state=Trigger]")
    start.focus()
    map_page.keyboard.press("ArrowDown")
    expect(plain.locator("g.node[data-state=check_hours]")).to_be_focused()
    for key in ("b", "a", "d", "d", "x", "+", "-", "0"):
        map_page.keyboard.press(key)
    map_page.keyboard.press("Enter")
    expect(plain.get_by_role("complementary")).to_contain_text("run-function")
    plain.screenshot(path=shots / f"map read only {theme}.png")
    map_page.keyboard.press("Escape")
    expect(plain.get_by_role("complementary")).to_be_hidden()
    assert map_page.locator(".jp-CodeCell").count() == cells


def test_hostile_names_and_long_texts_stay_text_on_the_map(map_page: Any, shots: Path) -> None:
    expect = sync_api.expect
    evil = cell_with(map_page, "onerror").locator(".fl-map-widget")
    evil.locator("g.node").click()
    expect(evil.get_by_label("Text", exact=True)).to_have_value(re.compile("^<img src=x"))
    assert evil.locator("img").count() == 0
    evil.screenshot(path=shots / "map hostile.png")


@themes
def test_channels_stand_side_by_side_and_each_mark_leads_to_its_reason(
    sides_page: Any, shots: Path, theme: str
) -> None:
    expect = sync_api.expect
    set_theme(sides_page, theme)
    sides_page.set_viewport_size({"width": 1440, "height": 1400})
    cell = cell_with(sides_page, "sides = fl.side_by_side")
    view = cell.locator(".fl-sides")
    expect(view.get_by_role("columnheader")).to_have_count(7)
    expect(view.get_by_role("rowheader")).to_have_count(4)
    marks = view.locator("a.mark").count()
    assert marks > view.get_by_role("listitem").filter(has_text="turn").count() > 5
    cell.screenshot(path=shots / f"side by side {theme}.png")
    for name, code in {"notice": "order = {", "night": "patient = flow", "segments": "hours = flow"}.items():
        cell_with(sides_page, code).screenshot(path=shots / f"{name} {theme}.png")


def place_of(node: Any) -> tuple[float, float]:
    """The middle and the top of a state's box, in pixels of the page."""
    box = node.locator("path.box").bounding_box()
    return box["x"] + box["width"] / 2, box["y"]


def moved_by(node: Any, before: tuple[float, float]) -> float:
    return max(abs(now - was) for now, was in zip(place_of(node), before, strict=True))


def test_what_one_looks_at_stays_in_place_after_edits_and_folds(map_page: Any) -> None:
    expect = sync_api.expect
    desk = cell_with(map_page, "desk = fl.flow_map").locator(".fl-map-widget")
    desk.scroll_into_view_if_needed()
    desk.get_by_role("searchbox").fill("ask_return")
    desk.get_by_role("searchbox").press("Enter")
    side, node = desk.get_by_role("complementary"), desk.locator("g.node[data-state=ask_return]")
    expect(side.get_by_label("Name of the state")).to_have_value("ask_return")
    map_page.wait_for_timeout(400)  # the map glides there
    first = place_of(node)
    for label, to in (("Where timeout leads", ""), ("Where deliveryFailure leads", "hand_over")):
        side.get_by_role("combobox", name=label).select_option(to)
        expect(desk.get_by_role("status")).to_contain_text(label.split()[1])
        await_idle(map_page)
        assert moved_by(node, first) < 3
    side.get_by_role("button", name="Fold or unfold").click()
    expect(side.get_by_role("button", name="Fold or unfold")).to_contain_text("Unfold")
    assert moved_by(node, first) < 3
    side.get_by_role("button", name="Fold or unfold").click()
    expect(side.get_by_role("button", name="Fold or unfold")).to_contain_text("Fold what follows")
    assert moved_by(node, first) < 3
    undo = desk.get_by_role("button", name="Undo")
    while undo.is_enabled():
        undo.click()
        await_idle(map_page)
    assert moved_by(node, first) < 3


@themes
def test_the_map_is_read_as_a_list(map_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(map_page, theme)
    desk = cell_with(map_page, "desk = fl.flow_map").locator(".fl-map-widget")
    toggle = desk.get_by_role("button", name="Show the states as a list")
    toggle.click()
    table = desk.get_by_role("table")
    expect(table.get_by_role("rowheader")).to_have_count(38)
    table.get_by_role("button", name="ask_menu: show it").press("Enter")
    expect(desk.get_by_role("complementary").get_by_label("Name of the state")).to_have_value("ask_menu")
    row = table.get_by_role("row").filter(has=map_page.get_by_role("button", name="ask_menu: show it"))
    expect(row).to_have_attribute("aria-current", "true")
    desk.screenshot(path=shots / f"map list {theme}.png")
    row.get_by_role("button", name="Go to split_menu").click()
    expect(table.get_by_role("button", name="split_menu: show it")).to_be_focused()
    map_page.keyboard.press("ArrowDown")
    expect(table.get_by_role("button", name="split_menu: show it")).not_to_be_focused()
    desk.get_by_role("button", name="Show the map").click()
    expect(desk.locator("g.node[data-state=split_menu]")).to_be_visible()
    desk.get_by_role("button", name="Close").click()


@themes
def test_a_run_has_its_layers_and_each_says_what_it_shows(layers_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(layers_page, theme)
    shown = cell_with(layers_page, "fl.flow_map(run)").locator(".fl-map-widget")
    shown.scroll_into_view_if_needed()
    layer, legend = shown.get_by_label("What is painted on the map"), shown.get_by_role("note")
    for key, words, drawn in (
        ("dropoff", "neither contained nor handed off", "g.badge"),
        ("coverage", "what was never walked", "g.mark-unwalked"),
        ("traffic", "172 conversations, replayed", "g.edge text.label"),
    ):
        layer.select_option(key)
        expect(legend).to_contain_text(words)
        expect(shown.locator(drawn).first).to_be_attached()
        shown.screenshot(path=shots / f"map {key} {theme}.png")
    diff = cell_with(layers_page, "fl.flow_map(fl.diff").locator(".fl-map-widget")
    expect(diff.get_by_role("note")).to_contain_text("109 changes")
    diff.scroll_into_view_if_needed()
    diff.screenshot(path=shots / f"map diff {theme}.png")


@themes
def test_states_are_moved_by_hand_on_studio_s_canvas(layers_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(layers_page, theme)
    desk = cell_with(layers_page, "canvas = fl.flow_map").locator(".fl-map-widget")
    desk.scroll_into_view_if_needed()
    desk.get_by_role("searchbox").fill("ask_menu")
    desk.get_by_role("searchbox").press("Enter")
    node, other = desk.locator("g.node[data-state=ask_menu]"), desk.locator("g.node[data-state=split_menu]")
    layers_page.wait_for_timeout(400)
    start, still = place_of(node), place_of(other)
    x, y = start[0], start[1] + 20
    layers_page.keyboard.down("Alt")
    layers_page.mouse.move(x, y)
    layers_page.mouse.down()
    layers_page.mouse.move(x + 60, y - 30, steps=4)
    layers_page.mouse.up()
    layers_page.keyboard.up("Alt")
    expect(desk.get_by_role("status")).to_contain_text("ask_menu: moved to")
    await_idle(layers_page)
    layers_page.wait_for_timeout(300)
    assert moved_by(node, (start[0] + 60, start[1] - 30)) < 3
    assert moved_by(other, still) < 3
    desk.screenshot(path=shots / f"map studio {theme}.png")
    node.focus()
    layers_page.keyboard.press("Alt+ArrowRight")
    await_idle(layers_page)
    expect(node).to_be_focused()
    layers_page.wait_for_timeout(300)
    assert place_of(node)[0] > start[0] + 65
    cell_with(layers_page, "print(moved").click()
    layers_page.keyboard.press("Control+Enter")
    expect(cell_with(layers_page, "print(moved").locator(".jp-Cell-outputArea")).to_contain_text("True True")
    for _ in range(2):
        desk.get_by_role("button", name="Undo").click()
        await_idle(layers_page)
    layers_page.wait_for_timeout(300)
    assert moved_by(node, start) < 3
    desk.get_by_label("Layout").select_option("flowlab")
    await_idle(layers_page)
    assert moved_by(node, start) < 3
    desk.get_by_label("Layout").select_option("studio")
    await_idle(layers_page)
