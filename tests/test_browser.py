"""The notebooks in a real JupyterLab and a real browser: typed into, clicked, looked at, and offline.

Screenshots go to the folder named by FLOWLAB_SCREENSHOTS, else to pytest's temporary folder.
"""

from __future__ import annotations

import os
import re
import statistics
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


@pytest.fixture(scope="module")
def chat_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("chat")


@pytest.fixture(scope="module")
def player_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("player")


@pytest.fixture(scope="module")
def board_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("board")


@pytest.fixture
def chat(tour: Any) -> Any:
    """The chat of the tour, at its beginning."""
    return begun(tour.locator(".fl-chat"))


def begun(chat: Any) -> Any:
    chat.scroll_into_view_if_needed()
    chat.get_by_role("button", name="Restart").click()
    sync_api.expect(chat.locator(".fl-bubble.customer")).to_have_count(0)
    return chat


@pytest.fixture
def box(chat: Any) -> Any:
    return chat.get_by_placeholder("Write as the customer")


def say(chat: Any, *texts: str) -> None:
    """The customer writes, each time once the flow has answered."""
    box, said = chat.get_by_placeholder("Write as the customer"), chat.locator(".fl-bubble.customer")
    for text in texts:
        before = said.count()
        box.fill(text)
        box.press("Enter")
        sync_api.expect(said).to_have_count(before + 1)


def cell_count(page: Any) -> int:
    return int(page.evaluate("() => window.jupyterapp.shell.currentWidget.content.widgets.length"))


@themes
def test_the_chat_answers_and_lights_the_state(tour: Any, chat: Any, box: Any, shots: Path, theme: str) -> None:
    expect, bot, lit = sync_api.expect, chat.locator(".fl-bubble.flow .fl-text"), chat.locator("g.node.active")
    set_theme(tour, theme)

    box.click()
    box.press_sequentially("hi")
    box.press("Enter")
    expect(bot.last).to_contain_text("What can I do for you?")
    expect(lit).to_have_attribute("data-state", "ask_menu")
    expect(box).to_have_value("")

    box.press_sequentially("1")
    chat.get_by_role("button", name="Send the message").click()
    expect(bot.last).to_contain_text("order number")
    expect(lit).to_have_attribute("data-state", "ask_order_number")
    tour.screenshot(path=shots / f"chat {theme}.png")

    chat.get_by_role("button", name="+1 h").click()
    expect(chat.locator(".fl-end")).to_contain_text("timed out")
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
    expect(chat.locator(".fl-bubble.customer")).to_have_count(1)
    expect(box).to_be_focused()
    tour.keyboard.type("add a b")
    expect(box).to_have_value("add a b")
    for place in (chat.locator(".fl-talk"), chat.get_by_role("button", name="+1 min"), chat.get_by_role("tabpanel")):
        place.focus()
        tour.keyboard.type("bddx")
    assert cell_count(tour) == cells
    box.fill("")


def test_a_talk_goes_back_and_to_another_channel(chat: Any) -> None:
    expect, customer = sync_api.expect, chat.locator(".fl-bubble.customer .fl-text")
    say(chat, "hi", "3", "3")  # the same text twice: it must be sent twice
    chat.get_by_role("button", name="Take the last message or wait back").click()
    expect(customer).to_have_text(["hi", "3"])
    chat.get_by_label("Channel: the same talk").select_option("email")
    expect(chat.locator(".fl-talk")).to_have_attribute("aria-label", "Conversation on Email")
    expect(customer).to_have_text(["hi", "3"])
    chat.get_by_label("Channel: the same talk").select_option("whatsapp")
    expect(chat.locator(".fl-phone.ch-whatsapp")).to_be_visible()


@themes
@pytest.mark.parametrize("channel", ["sms", "whatsapp", "webchat"])
def test_a_talk_to_the_hand_off_on_three_channels(chat_page: Any, shots: Path, channel: str, theme: str) -> None:
    set_theme(chat_page, theme)
    expect, chat = sync_api.expect, begun(chat_page.locator(".fl-chat").first)
    chat.get_by_label("Channel: the same talk").select_option(channel)
    expect(chat.locator(f".fl-phone.ch-{channel}")).to_be_visible()
    say(chat, "hi")
    label = "Talk to a person"
    if channel == "sms":
        expect(chat.locator(".fl-bubble.flow").last).to_contain_text("PERSON")
        say(chat, "person")
    else:
        expect(chat.locator(".fl-choices.open")).to_have_count(1)
        for summary in chat.locator("details.fl-list summary").all():
            summary.click()
        chat.locator(".fl-choices.open").get_by_role("button", name=label).click()
    expect(chat.locator(".fl-end")).to_contain_text("handed off")
    expect(chat.locator("g.node.active")).to_have_attribute("data-state", re.compile("hand_over"))
    chat.screenshot(path=shots / f"hand-off {channel} {theme}.png")


@themes
def test_a_fork_time_mishaps_and_what_is_saved(chat_page: Any, shots: Path, theme: str) -> None:
    expect, chat = sync_api.expect, begun(chat_page.locator(".fl-chat").first)
    set_theme(chat_page, theme)
    chat.get_by_label("Channel: the same talk").select_option("whatsapp")
    say(chat, "hi", "2")
    second = chat.locator(".fl-bubble.customer").nth(1)
    second.hover()
    second.get_by_role("button", name="Fork at turn").click()
    sheet = chat.get_by_role("dialog")
    sheet.get_by_label("The customer writes instead").fill("3")
    sheet.get_by_label("on", exact=True).select_option("sms")
    chat.screenshot(path=shots / f"fork {theme}.png")
    sheet.get_by_role("button", name="Fork", exact=True).click()
    talks = chat.get_by_role("group", name="Talks")
    expect(talks.get_by_role("button", name="Show Fork 1")).to_have_attribute("aria-pressed", "true")
    expect(chat.locator(".fl-bubble.customer .fl-text")).to_have_text(["hi", "3"])
    expect(chat.locator(".fl-phone.ch-sms")).to_be_visible()

    chat.get_by_label("What befalls the next message").select_option("missed")
    expect(chat.locator(".fl-counted")).to_contain_text("next: missed")
    chat.get_by_placeholder("Write as the customer").fill("1")
    chat.get_by_placeholder("Write as the customer").press("Enter")
    expect(chat.locator(".fl-bubble.world")).to_contain_text("never arrives")
    chat.get_by_role("button", name="Overnight").click()
    expect(chat.locator(".fl-phone-head time")).to_have_text("Tue 3 Mar 09:05")

    chat.get_by_role("tab", name="Variables").click()
    chat.get_by_role("button", name="contact.channel.address").click()
    expect(chat.get_by_role("status").last).to_contain_text("{{contact.channel.address}}")
    chat.get_by_label("Save the talk as").select_option("test")
    expect(chat.get_by_role("dialog")).to_contain_text("def test_talk() -> None:")
    chat.screenshot(path=shots / f"test {theme}.png")
    chat_page.keyboard.press("Escape")
    expect(chat.get_by_role("dialog")).to_have_count(0)
    talks.get_by_role("button", name="Close Fork 1").click()
    expect(talks.get_by_role("button", name="Show Fork 1")).to_have_count(0)


def test_what_is_so_before_the_first_message(chat_page: Any, shots: Path) -> None:
    expect, chat = sync_api.expect, begun(chat_page.locator(".fl-chat").first)
    chat.get_by_role("tab", name="Before the first message").click()
    chat.get_by_label("Begins").fill("saturday 22:00")
    chat.get_by_label("Opening hours").select_option("open")
    chat.get_by_label("Known before, as JSON").fill('{"intent": "returns"')
    chat.get_by_role("button", name="Begin so").click()
    expect(chat.get_by_role("status").last).to_contain_text("no JSON")
    chat.get_by_label("Known before, as JSON").fill('{"intent": "returns"}')
    chat.screenshot(path=shots / "begin.png")
    chat.get_by_role("button", name="Begin so").click()
    expect(chat.locator(".fl-phone-head time")).to_have_text("Sat 7 Mar 22:00")
    say(chat, "hi")


def test_the_talk_follows_an_edit_and_a_second_view(chat_page: Any, shots: Path) -> None:
    expect, views = sync_api.expect, chat_page.locator(".fl-chat")
    chat = begun(views.first)
    chat.get_by_label("Channel: the same talk").select_option("sms")
    say(chat, "hi")
    expect(views.nth(1).locator(".fl-bubble.customer .fl-text")).to_have_text(["hi"])
    search = chat.get_by_role("searchbox")
    search.fill("greet")
    search.press("Enter")
    text = chat.get_by_label("Text", exact=True)
    text.fill("Ahoy!")
    text.press("Control+Enter")
    expect(chat.locator(".fl-bubble.flow .fl-text").first).to_have_text("Ahoy!")
    chat.screenshot(path=shots / "edited while talking.png")
    chat.get_by_role("button", name="Undo").click()
    expect(chat.locator(".fl-bubble.flow .fl-text").first).not_to_have_text("Ahoy!")


def test_hostile_texts_stay_text_in_the_chat(chat_page: Any, shots: Path) -> None:
    expect, evil = sync_api.expect, chat_page.locator(".fl-chat").nth(2)
    evil.scroll_into_view_if_needed()
    say(evil, "<script>alert(1)</script><a href='javascript:alert(2)'>x</a>")
    expect(evil.locator(".fl-bubble.customer .fl-text")).to_contain_text("<script>alert(1)")
    assert evil.locator("img, script, a").count() == 0
    evil.screenshot(path=shots / "chat hostile.png")


@themes
def test_conversations_are_chosen_and_played(player_page: Any, shots: Path, theme: str) -> None:
    expect, player = sync_api.expect, player_page.locator(".fl-player").first
    set_theme(player_page, theme)
    player.scroll_into_view_if_needed()
    chosen, left, right = player.get_by_role("listbox"), *[player.locator(".fl-phone").nth(n) for n in (0, 1)]
    player.get_by_label("Only with this channel").select_option("sms")
    expect(player.locator(".fl-caption").first).to_have_text("29 found")
    player.get_by_label("Only with this channel").select_option("")
    expect(player.locator(".fl-caption").first).to_have_text("172 found")
    chosen.get_by_role("option").nth(0).click()
    expect(chosen.get_by_role("option", selected=True)).to_contain_text("hp-0001")
    line = player.get_by_label("Beat", exact=True)
    line.focus()
    player_page.keyboard.press("Home")
    expect(line).to_have_value("0")
    player_page.keyboard.press("ArrowRight")
    expect(player.locator("g.node.active")).to_have_attribute("data-state", "check_hours")
    player_page.keyboard.press("Shift+ArrowRight")
    expect(right.locator(".fl-bubble.customer")).to_have_count(2)
    player_page.keyboard.press("End")
    expect(right.locator(".fl-end")).to_contain_text("handed off")
    expect(left.locator(".fl-bubble.marked")).to_have_count(5)
    expect(player.locator(".fl-explained")).to_contain_text("Decided in split_said")
    player.screenshot(path=shots / f"player {theme}.png")

    player_page.keyboard.press("Home")
    player.get_by_label("Speed").select_option("5")
    player.get_by_role("button", name="Play").click()
    expect(right.locator(".fl-end")).to_be_visible()
    expect(player.get_by_role("button", name="Play")).to_be_visible()

    player.get_by_label("What stands beside the replay").select_option("version: version 1")
    expect(player.locator(".fl-explained")).to_contain_text("They part at set_customer")
    assert player.locator("g.edge.ghost").count() > 3
    player.screenshot(path=shots / f"ghost {theme}.png")
    line.focus()
    player_page.keyboard.press("Home")
    player_page.keyboard.press("Shift+ArrowRight")
    player.get_by_role("button", name="Fork here").click()
    box = player.get_by_placeholder("Go on as the customer")
    expect(box).to_be_visible()
    before = left.locator(".fl-bubble.customer").count()
    box.fill("4")
    box.press("Enter")
    expect(left.locator(".fl-bubble.customer")).to_have_count(before + 1)
    player.screenshot(path=shots / f"player fork {theme}.png")
    chosen.focus()
    player_page.keyboard.press("ArrowDown")
    expect(chosen.get_by_role("option", selected=True)).to_contain_text("hp-0002")
    expect(box).to_be_hidden()
    expect(player.locator(".fl-status.trouble")).to_have_count(0)


def test_hostile_records_stay_text_in_the_player(player_page: Any, shots: Path) -> None:
    expect, evil = sync_api.expect, player_page.locator(".fl-player").nth(1)
    evil.scroll_into_view_if_needed()
    evil.get_by_role("button", name="To the end").click()
    expect(evil.locator(".fl-bubble.customer").first).to_contain_text("<img src=x")
    assert evil.locator("img").count() == 0
    evil.screenshot(path=shots / "player hostile.png")


@themes
def test_the_board_follows_what_is_chosen(board_page: Any, shots: Path, theme: str) -> None:
    expect, board = sync_api.expect, board_page.locator(".fl-compare").first
    set_theme(board_page, theme)
    board.scroll_into_view_if_needed()
    rows = board.locator("tbody th[scope=row]")
    board.get_by_role("button", name="Show all groups").click()
    board.get_by_label("Measure", exact=True).select_option("outcomes")
    expect(rows).to_have_count(16)
    board.screenshot(path=shots / f"board {theme}.png")

    board.get_by_role("button", name="Show or hide WhatsApp").click()  # and on at once, without waiting
    board.get_by_role("button", name="Show or hide version 1").click()
    board.get_by_label("Measure", exact=True).select_option("abandoned")
    expect(rows).to_have_count(7)
    expect(board.locator("th.measure")).to_have_text("abandoned")
    expect(board.get_by_role("button", name="Show or hide WhatsApp")).to_have_attribute("aria-pressed", "false")
    board.locator("button.fl-cell").first.click()
    behind = board.get_by_role("complementary")
    expect(behind).to_contain_text("abandoned of all text channels")
    board.screenshot(path=shots / f"board of one measure {theme}.png")

    behind.get_by_role("listitem").first.get_by_role("button").click()
    player = board_page.locator(".fl-stagebox .fl-player").first
    expect(player.get_by_role("listbox").get_by_role("option", selected=True)).to_have_count(1)
    board.get_by_role("button", name="Code").click()
    expect(board.get_by_role("dialog")).to_contain_text("comparison.plot(metric='abandoned')")
    board_page.keyboard.press("Escape")
    board.get_by_role("button", name="Show or hide version 1").click()
    expect(board.locator(".fl-status.trouble")).to_have_count(0)


@themes
def test_a_slider_asks_for_another_simulation(board_page: Any, shots: Path, theme: str) -> None:
    set_theme(board_page, theme)
    expect, board = sync_api.expect, board_page.locator(".fl-compare").nth(2)
    board.scroll_into_view_if_needed()
    slider = board.get_by_role("slider")
    slider.focus()
    board_page.keyboard.press("End")
    expect(board.locator("tr.all td").first).to_have_text("170")
    board_page.keyboard.press("Home")
    expect(board.locator("tr.all td").first).to_have_text("10")
    board.screenshot(path=shots / f"board with a slider {theme}.png")


def test_a_comparison_is_a_board_in_a_notebook(board_page: Any, comparison: Any) -> None:
    sync_api.expect(board_page.locator(".fl-compare").nth(1).locator("tbody tr")).to_have_count(16)
    sync_api.expect(comparison.locator(".fl-compare").first).to_be_attached()


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
    expect(cell_with(map_page, "print(sorted(desk").locator(".jp-Cell-outputArea")).to_contain_text(
        "edited.json holds the edited flow: True"
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
    plain.get_by_role("button", name="Fit").click()
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


@pytest.fixture(scope="module")
def routing_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("routing")


def routing_board(page: Any, text: str) -> Any:
    found = cell_with(page, text).locator(".fl-routing")
    found.scroll_into_view_if_needed()
    return found


@themes
def test_a_task_is_typed_and_its_way_lights_up(routing_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(routing_page, theme)
    cells = cell_count(routing_page)
    board = routing_board(routing_page, "board = fl.routing_board")
    end, json_field = board.locator(".fl-end"), board.get_by_label("The whole task as JSON")
    board.get_by_label("Begin with a task").select_option("Filter: Returns")
    expect(end).to_contain_text("Ines of queue Returns")
    language = board.get_by_role("combobox", name="language")
    language.click()
    language.press_sequentially("pt")
    expect(end).to_contain_text("Beatriz of queue Portuguese")
    expect(language).to_have_value("pt")
    expect(json_field).to_have_value(re.compile('"language": "pt"'))
    expect(board.locator("g.node[data-state='filter:2'].taken.passed")).to_be_attached()
    expect(board.locator("g.node[data-state='filter:1'].refused .fl-mark text")).to_have_text("×")
    expect(board.locator("g.node[data-state='worker:Beatriz'].active")).to_be_attached()
    expect(board.locator("g.node[data-state='filter:3'].ahead")).to_be_attached()
    board.screenshot(path=shots / f"routing {theme}.png")

    json_field.fill('{"vip": true,\n "language": }')
    expect(board.get_by_role("alert")).to_contain_text("line 2, column 14: is not JSON")
    expect(end).to_contain_text("Beatriz of queue Portuguese")
    board.screenshot(path=shots / f"routing slip {theme}.png")
    json_field.fill('{"vip": true, "b": "add a b"}')
    expect(end).to_contain_text("Beatriz of queue VIP")
    expect(language).to_have_value("")
    chip = board.get_by_role("button", name="vip is true", exact=True)
    expect(chip).to_have_attribute("aria-pressed", "true")
    chip.click()
    expect(end).to_contain_text("by 'default filter'")
    assert cell_count(routing_page) == cells


@themes
def test_a_run_is_stepped_through_and_lines_and_nodes_find_each_other(
    routing_page: Any, shots: Path, theme: str
) -> None:
    expect = sync_api.expect
    set_theme(routing_page, theme)
    board = routing_board(routing_page, "whole = fl.routing_board")
    when, status = board.locator(".fl-when"), board.locator(".fl-status")
    board.get_by_role("button", name="First step").click()
    expect(when).to_have_text("step 1 of 5, at once")
    expect(board.locator("g.node[data-state='filter:1'].active")).to_be_attached()
    board.get_by_role("slider").press("ArrowRight")
    expect(status).to_contain_text("queue VIP, priority 20")
    target = board.get_by_role("button", name="target 1 of 'VIP customers'")
    expect(target).to_contain_text("waits here")
    expect(target).to_have_attribute("aria-current", "step")
    waited = board.get_by_label("Seconds the task has waited")
    waited.fill("500")
    expect(when).to_have_text("step 5 of 5, after 120 s")
    waited.fill("60")
    expect(status).to_contain_text("after 60 s")
    expect(status).to_contain_text("it goes on at 120 s")
    expect(when).to_have_text("step 2 of 5, at once")

    target.click()
    node = board.locator("g.node[data-state='target:1.1']")
    expect(node).to_be_focused()
    expect(board.get_by_role("complementary")).to_contain_text("target 1: VIP")
    board.screenshot(path=shots / f"routing step {theme}.png")
    board.get_by_role("button", name="Last step").click()
    board.get_by_role("button", name="Go to target 2: VIP").first.click()
    expect(board.get_by_role("button", name="target 2 of 'VIP customers'")).to_have_class(re.compile("marked"))
    expect(target).not_to_have_class(re.compile("marked"))
    board.get_by_role("button", name="Close", exact=True).click()
    expect(board.locator(".fl-line.marked")).to_have_count(0)


@themes
def test_who_goes_home_changes_the_way(routing_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(routing_page, theme)
    board = routing_board(routing_page, "whole = fl.routing_board")
    beatriz = board.get_by_role("checkbox", name="Beatriz")
    beatriz.focus()
    beatriz.press("Space")
    expect(board.locator(".fl-end")).to_contain_text("Freya of queue Everyone, by 'VIP customers', after 600 s")
    expect(beatriz).to_be_focused()
    expect(board.locator(".fl-code code")).to_contain_text("with_activities({'Beatriz': 'Offline'})")
    board.get_by_role("button", name="Copy the call").click()
    expect(board.locator(".fl-code span")).to_have_text("copied")
    board.get_by_role("button", name="None").click()
    expect(board.locator(".fl-end")).to_contain_text("pending")
    board.screenshot(path=shots / f"routing nobody {theme}.png")
    board.get_by_role("button", name="As before").click()
    expect(board.locator(".fl-end")).to_contain_text("Beatriz of queue VIP")


def test_hostile_tasks_and_workflows_stay_text_on_the_board(routing_page: Any, shots: Path) -> None:
    expect = sync_api.expect
    board = routing_board(routing_page, "hostile = fl.routing_board")
    expect(board.locator(".fl-end")).to_contain_text("pending")
    assert board.locator("img, script").count() == 0
    field = board.get_by_role("combobox", name="a", exact=True)
    field.fill("x" * 100_000)
    expect(board.locator(".fl-line").first).to_contain_text("is false")
    board.screenshot(path=shots / "routing hostile.png")
    output = cell_with(routing_page, "print(dict(board.task)").locator(".jp-Cell-outputArea")
    expect(output).to_contain_text("{'vip': True} Beatriz Beatriz")


def test_a_narrow_board_stands_in_one_column(routing_page: Any, shots: Path) -> None:
    set_theme(routing_page, "Light")
    routing_page.set_viewport_size({"width": 820, "height": 1000})
    board = routing_board(routing_page, "board = fl.routing_board")
    task, way = board.locator(".fl-task").bounding_box(), board.locator(".fl-way").bounding_box()
    assert way["y"] >= task["y"] + task["height"] - 1
    board.screenshot(path=shots / "routing narrow.png")
    routing_page.set_viewport_size({"width": 1440, "height": 1000})


def settled(node: Any) -> tuple[float, float]:
    """Where a state stands when nothing glides any more."""
    now, before = place_of(node), (-1.0, -1.0)
    while now != before:
        node.page.wait_for_timeout(150)
        now, before = place_of(node), now
    return now


def place_of(node: Any) -> tuple[float, float]:
    """The middle and the top of a state's box on its stage, in pixels of the page, however thick its line is."""
    found = node.locator("path.box").evaluate(
        """path => { const { x, y, width } = path.getBBox();
          const stage = path.closest('.fl-stage').getBoundingClientRect();
          const at = new DOMPoint(x + width / 2, y).matrixTransform(path.getScreenCTM());
          return [at.x - stage.x, at.y - stage.y]; }"""
    )
    return found[0], found[1]


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
    expect(node).to_be_in_viewport()
    first = settled(node)
    for label, to in (("Where timeout leads", ""), ("Where deliveryFailure leads", "hand_over")):
        side.get_by_role("combobox", name=label).select_option(to)
        expect(desk.get_by_role("status")).to_contain_text(label.split()[1])
        await_idle(map_page)
        assert moved_by(node, first) < 3
    for words, then in (("Fold what follows", "Unfold"), ("Unfold", "Fold what follows")):
        side.get_by_role("button", name=words).click()
        expect(side.get_by_role("button", name=then)).to_be_visible()
        assert moved_by(node, first) < 3
    undo = desk.get_by_role("button", name="Undo")
    for _ in range(2):
        undo.click()
        await_idle(map_page)
    expect(undo).to_be_disabled()
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
    table.locator("th [data-state=ask_menu]").press("Enter")
    expect(desk.get_by_role("complementary").get_by_label("Name of the state")).to_have_value("ask_menu")
    row = table.get_by_role("row").filter(has=map_page.locator("th [data-state=ask_menu]"))
    expect(row).to_have_attribute("aria-current", "true")
    desk.screenshot(path=shots / f"map list {theme}.png")
    row.get_by_role("button", name="split_menu").click()
    expect(table.locator("th [data-state=split_menu]")).to_be_focused()
    map_page.keyboard.press("ArrowDown")
    expect(table.locator("th [data-state=split_menu]")).not_to_be_focused()
    toggle.click()
    expect(desk.locator("g.node[data-state=split_menu]")).to_be_visible()
    desk.get_by_role("button", name="Close", exact=True).click()


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
    start, still = settled(node), settled(other)
    stage = desk.locator(".fl-stage").bounding_box()
    x, y = stage["x"] + start[0], stage["y"] + start[1] + 20
    layers_page.keyboard.down("Alt")
    layers_page.mouse.move(x, y)
    layers_page.mouse.down()
    layers_page.mouse.move(x + 60, y - 30, steps=4)
    layers_page.mouse.up()
    layers_page.keyboard.up("Alt")
    expect(desk.get_by_role("status")).to_contain_text("ask_menu: moved to")
    await_idle(layers_page)
    settled(node)
    assert moved_by(node, (start[0] + 60, start[1] - 30)) < 3
    assert moved_by(other, still) < 3
    desk.screenshot(path=shots / f"map studio {theme}.png")
    said = desk.get_by_role("status").text_content()
    node.focus()
    layers_page.keyboard.press("Alt+ArrowRight")
    expect(desk.get_by_role("status")).not_to_have_text(said)
    expect(node).to_be_focused()
    settled(node)
    assert place_of(node)[0] > start[0] + 65
    cell_with(layers_page, "print(moved").click()
    layers_page.keyboard.press("Control+Enter")
    expect(cell_with(layers_page, "print(moved").locator(".jp-Cell-outputArea")).to_contain_text("True True")
    undo = desk.get_by_role("button", name="Undo")
    for _ in range(2):
        undo.click()
        expect(desk.get_by_role("status")).to_contain_text("undone")
        await_idle(layers_page)
    expect(undo).to_be_disabled()
    settled(node)
    assert moved_by(node, start) < 3
    for layout in ("flowlab", "studio"):
        was = settled(node)
        height = desk.locator("svg.fl-map").get_attribute("data-height")
        desk.get_by_label("Layout").select_option(layout)
        expect(desk.locator("svg.fl-map")).not_to_have_attribute("data-height", height)
        settled(node)
        assert moved_by(node, was) < 3


@pytest.fixture(scope="module")
def channels_page(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("channels")


def channel_board(page: Any, text: str) -> Any:
    found = cell_with(page, text).locator(".fl-channel-board")
    found.scroll_into_view_if_needed()
    return found


def say_on(board: Any, text: str, rows: int) -> None:
    """Write on a channel board, which has so many rows then."""
    box = board.get_by_label("Write as the customer, on every channel")
    box.fill(text)
    box.press("Enter")
    sync_api.expect(board.locator("tbody tr")).to_have_count(rows)


@themes
def test_what_is_typed_once_stands_in_every_column(channels_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(channels_page, theme)
    cells, address = cell_count(channels_page), channels_page.url
    board = channel_board(channels_page, "board = fl.chat")
    board.get_by_role("button", name="Restart").click()
    rows, status = board.locator("tbody tr"), board.locator(".fl-status")
    expect(rows).to_have_count(0)
    say_on(board, "hi", 1)
    expect(board.get_by_role("columnheader")).to_have_count(7)
    board.get_by_role("button", name="Return something").first.click()
    expect(rows).to_have_count(2)
    expect(rows.last.locator(".m.customer")).to_have_text([re.compile("^Return something")] * 7)
    expect(status).to_have_text("turn 2, picks Return something: 3 differences")
    expect(board.locator("[aria-live=polite]")).to_contain_text("Turn 2, picks Return something. SMS / MMS: Is it")
    assert rows.last.bounding_box()["y"] < board.locator(".why").bounding_box()["y"], "the newest turn is in sight"
    board.screenshot(path=shots / f"channel board {theme}.png")

    board.locator("a.mark").first.click()
    reason = board.get_by_role("listitem").filter(has_text="ask_menu in words").first
    expect(reason).to_have_class("lit")
    channels_page.keyboard.press("Enter")
    expect(board.locator("td.lit")).to_have_count(2)
    expect(board.locator("a.mark").first).to_be_focused()
    for key in ("b", "d", "d", "a"):
        channels_page.keyboard.press(key)
    assert (cell_count(channels_page), channels_page.url) == (cells, address)
    board.screenshot(path=shots / f"channel board marks {theme}.png")


@themes
def test_turns_are_edited_in_place_and_columns_come_and_go(channels_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(channels_page, theme)
    board = channel_board(channels_page, "board = fl.chat")
    board.get_by_role("button", name="Restart").click()
    rows = board.locator("tbody tr")
    expect(rows).to_have_count(0)
    say_on(board, "hi", 1)
    say_on(board, "2", 2)
    board.get_by_role("button", name="Edit turn 1").click()
    field = board.get_by_label("The customer writes, turn 1")
    expect(field).to_be_focused()
    field.fill("hello")
    board.screenshot(path=shots / f"channel board edit {theme}.png")
    field.press("Enter")
    expect(rows.first.locator(".m.customer")).to_have_text([re.compile("^hello")] * 7)
    expect(board.get_by_role("button", name="Edit turn 1")).to_be_focused()
    board.get_by_role("button", name="+1 h").click()
    expect(rows.last.get_by_role("rowheader")).to_contain_text("silent for 3600 s")
    until = board.get_by_label("Let time pass until")
    until.fill("yesterday")
    until.press("Enter")
    expect(board.get_by_role("alert")).to_contain_text("is no moment")
    board.get_by_role("button", name="Take turn 3 out").click()
    board.get_by_role("button", name="Take turn 2 out").click()
    expect(rows).to_have_count(1)
    for name in ("LINE", "Email", "Messenger"):
        board.get_by_role("button", name=name, exact=True).click()
        expect(board.get_by_role("button", name=name, exact=True)).to_have_attribute("aria-pressed", "false")
    expect(board.get_by_role("columnheader")).to_have_count(4)
    board.get_by_role("button", name="Code").click()
    expect(board.get_by_role("dialog")).to_contain_text("['hello'],")
    board.screenshot(path=shots / f"channel board code {theme}.png")
    channels_page.keyboard.press("Escape")
    cell_with(channels_page, "print([turn.words").click()
    channels_page.keyboard.press("Control+Enter")
    output = cell_with(channels_page, "print([turn.words").locator(".jp-Cell-outputArea")
    expect(output).to_contain_text("['“hello”'] ['sms', 'whatsapp', 'webchat', 'inapp'] 2")
    for name in ("LINE", "Email", "Messenger"):
        board.get_by_role("button", name=name, exact=True).click()
    expect(board.get_by_role("columnheader")).to_have_count(7)


@themes
def test_what_is_so_before_the_first_message_is_changed(channels_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(channels_page, theme)
    board = channel_board(channels_page, "two = fl.chat")
    board.get_by_role("button", name="Before").click()
    form = board.get_by_role("dialog")
    form.get_by_label("Opening hours").select_option("always closed")
    form.get_by_label("Begins").fill("nowhen")
    form.get_by_role("button", name="Have the talk so").click()
    expect(board.get_by_role("alert")).to_contain_text("'nowhen' is no moment")
    board.screenshot(path=shots / f"channel board before {theme}.png")
    form.get_by_label("Begins").fill("2026-03-02 10:00")
    form.get_by_role("button", name="Have the talk so").click()
    expect(form).to_have_count(0)
    expect(board.locator("tbody")).to_contain_text("closed")
    board.get_by_role("button", name="Before").click()
    form.get_by_label("Opening hours").select_option("as the calendars say")
    form.get_by_label("Contact").press("Escape")
    expect(form).to_have_count(0)
    board.get_by_role("button", name="Before").click()
    form.get_by_role("button", name="Have the talk so").click()
    expect(form).to_have_count(0)


@themes
def test_a_column_that_cannot_go_along_says_why(channels_page: Any, shots: Path, theme: str) -> None:
    expect = sync_api.expect
    set_theme(channels_page, theme)
    board = channel_board(channels_page, "parted = fl.Flow")
    board.get_by_role("button", name="Restart").click()
    say_on(board, "hi", 1)
    board.get_by_role("button", name="Red").first.click()
    expect(board.locator(".m.undone")).to_contain_text("names no choice")
    expect(board.get_by_role("listitem").filter(has_text="names no choice")).to_be_visible()
    board.screenshot(path=shots / f"channel board undone {theme}.png")


def test_hostile_texts_stay_text_and_a_narrow_channel_board_scrolls(channels_page: Any, shots: Path) -> None:
    expect = sync_api.expect
    set_theme(channels_page, "Light")
    board = channel_board(channels_page, "onerror")
    say_on(board, "hi", 1)
    board.get_by_role("button", name="<b>").first.click()
    expect(board.locator("tbody tr")).to_have_count(2)
    say_on(board, "x" * 100_000, 3)
    assert board.locator("img, script").count() == 0
    board.screenshot(path=shots / "channel board hostile.png")
    channels_page.set_viewport_size({"width": 620, "height": 1000})
    board = channel_board(channels_page, "board = fl.chat")
    first, scroll = board.get_by_role("rowheader").last, board.locator(".scroll")
    scroll.evaluate("e => e.scrollLeft = 400")
    assert abs(first.bounding_box()["x"] - scroll.bounding_box()["x"]) < 2
    board.screenshot(path=shots / "channel board narrow.png")
    channels_page.set_viewport_size({"width": 1440, "height": 1000})


@pytest.fixture(scope="module")
def large_board(open_notebook: Callable[[str], Any]) -> Any:
    return open_notebook("board_large")


#: Chooses in a list of the board and says how long it takes until the page has painted what the kernel answers.
_CHOOSE = """async ([label, value]) => {
  const board = document.querySelector('.fl-compare');
  const list = board.querySelector(`select[aria-label="${label}"]`);
  const begun = performance.now();
  const shown = new Promise(done => {
    const watch = new MutationObserver(() => { watch.disconnect(); done(); });
    watch.observe(board.querySelector('.fl-scroll'), { childList: true });
  });
  list.value = value;
  list.dispatchEvent(new Event('change'));
  await shown;
  const painted = new MessageChannel();
  const done = new Promise(done => { painted.port1.onmessage = done; });
  requestAnimationFrame(() => painted.port2.postMessage(0));
  await done;
  return performance.now() - begun;
}"""


def test_the_board_answers_fast_on_ten_thousand_conversations(large_board: Any, shots: Path) -> None:
    """100 ms from the choice to the painted page is what it should take, and does where nothing else runs; the bound
    leaves a busy machine room."""
    choices = [
        ("Measure", "contained"),
        ("Only with this intent", "order"),
        ("Only with this intent", ""),
        ("Groups by", "intent"),
        ("Groups by", "entry_point"),
        ("Groups by", "channel"),
        ("Only with this persona", "vague"),
        ("Only with this persona", ""),
        ("Measure", "outcomes"),
    ]
    large_board.locator(".fl-compare").first.scroll_into_view_if_needed()
    took_ms: list[float] = []
    for label, value in [*choices, *choices]:  # the first time, much is done for the first time
        large_board.wait_for_timeout(200)
        took_ms.append(large_board.evaluate(_CHOOSE, [label, value]))
        print(f"{label:24} {value:12} {took_ms[-1]:6.0f} ms")
    assert statistics.median(took_ms[len(choices) :]) < 200


def test_choices_made_faster_than_the_kernel_answers_all_count(large_board: Any) -> None:
    expect, board = sync_api.expect, large_board.locator(".fl-compare").first
    board.get_by_role("button", name="Show all groups").click()
    large_board.evaluate(
        """() => {
          const board = document.querySelector('.fl-compare');
          const choose = (label, value) => {
            const list = board.querySelector(`select[aria-label="${label}"]`);
            list.value = value;
            list.dispatchEvent(new Event('change'));
          };
          const press = words => [...board.querySelectorAll('.fl-chip')].find(one => one.textContent === words).click();
          choose('Groups by', 'intent');
          press('SMS / MMS');  // a group of before: it must not count among those to come
          choose('Groups by', 'channel');
          choose('Measure', 'abandoned');
          press('WhatsApp');
          press('Email');
          choose('Only with this intent', 'order');
          press('version 1');
          press('Email');
          choose('Measure', 'contained');
        }"""
    )
    expect(board.locator("th.measure")).to_have_text("contained")
    expect(board.locator("tbody th[scope=row]")).to_have_count(7)
    expect(board.get_by_role("button", name="Show or hide WhatsApp")).to_have_attribute("aria-pressed", "false")
    expect(board.get_by_role("button", name="Show or hide Email")).to_have_attribute("aria-pressed", "true")
    expect(board.locator("summary")).to_have_text("Only intent order")
    cell = cell_with(large_board, "print(large.by")
    cell.click()
    large_board.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-Cell-outputArea")).to_contain_text(
        "comparison = fl.compare(versions, by='channel').only(intent='order', flow=['version 2'])"
    )


def test_the_board_is_used_by_keys_alone(large_board: Any) -> None:
    expect, board = sync_api.expect, large_board.locator(".fl-compare").first
    cells = cell_count(large_board)
    board.get_by_role("button", name="Show all groups").focus()
    large_board.keyboard.press("Enter")
    expect(board.get_by_role("button", name="Show all groups")).to_be_focused()
    chip = board.get_by_role("button", name="Show or hide Email")
    chip.focus()
    large_board.keyboard.press(" ")
    expect(chip).to_have_attribute("aria-pressed", "false")
    expect(chip).to_be_focused()
    board.locator("tbody button").first.focus()
    for key in ("ArrowDown", "ArrowRight", "ArrowRight", "ArrowUp", "Enter", "b", "d", "d"):
        large_board.keyboard.press(key)
    expect(board.get_by_role("complementary")).to_contain_text(" of all text channels")
    assert board.locator("tbody button[tabindex='0']").count() == 1
    assert cell_count(large_board) == cells


def test_hostile_groups_stay_text_on_the_board(large_board: Any, shots: Path) -> None:
    board = large_board.locator(".fl-compare").nth(1)
    board.scroll_into_view_if_needed()
    sync_api.expect(board.locator("tbody th[scope=row]")).to_have_count(3)
    assert board.locator("img").count() == 0
    assert board.evaluate("board => board.getBoundingClientRect().height") < 900
    board.screenshot(path=shots / "board hostile.png")
