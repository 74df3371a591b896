"""Drawings: what is on them, that it can be read, and that nothing a flow contains can break them."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import networkx as nx
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from flowlab.errors import FlowlabError, UsageError
from flowlab.formats import load
from flowlab.model import display
from flowlab.model.event import Event
from flowlab.model.finding import Finding, Severity
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.kinds import Family
from flowlab.show import register_displays
from flowlab.show.draw import draw, figure_bytes, picture, save_drawing
from flowlab.show.draw_options import Options
from flowlab.show.draw_plan import make_plan
from flowlab.show.draw_text import clean, shorten, text_width, wrap
from flowlab.show.style import DARK, LIGHT, READABLE, Theme, contrast

REAL_FLOWS = Path(__file__).parents[2] / "shared" / "real_flows"
SVG = "{http://www.w3.org/2000/svg}"


def state(name: str, type: str, *exits: Transition | tuple[str, str | None], **properties: str) -> State:
    made = tuple(e if isinstance(e, Transition) else Transition(*e) for e in exits)
    return State(name, type, made, properties)


def ask(name: str, then: str | None, timeout: str | None = None, body: str = "Which order?") -> State:
    exits = [("incomingMessage", then), ("timeout", timeout), ("deliveryFailure", None)]
    return state(name, "send-and-wait-for-reply", *exits, body=body)


def match(value: str, then: str | None, comparison: str = "equal_to") -> Transition:
    return Transition("match", then, (Condition(comparison, value, ("{{x}}",)),))


def menu() -> Flow:
    """A trigger, a question, a split with a retry loop, an end, a state nobody reaches, a next to no state."""
    return Flow(
        (
            state("Trigger", "trigger", ("incomingMessage", "ask"), ("incomingCall", None)),
            ask("ask", "choose", timeout="bye"),
            state(
                "choose",
                "split-based-on",
                ("noMatch", "ask"),
                match("1,one", "bye", "matches_any_of"),
                match("2", "agent"),
            ),
            state("bye", "send-message", ("sent", None), ("failed", None), body="Bye!"),
            state("agent", "send-to-flex", ("callComplete", None), ("callFailure", "lost")),
            state("forgotten", "set-variables", ("next", "bye")),
        ),
        "Trigger",
        name="menu",
    )


def words(ax) -> list[str]:
    return [text.get_text() for text in ax.texts]


def colour_of(ax, text: str) -> str:
    return next(t.get_color() for t in ax.texts if t.get_text() == text)


def widths(ax) -> list[float]:
    return sorted(patch.get_linewidth() for patch in ax.patches if patch.get_linewidth())


def dashed(ax) -> int:
    return sum(patch.get_linestyle() not in ("solid", "-") for patch in ax.patches)


def extents(ax) -> list[tuple[str, object]]:
    """Each text and the rectangle it takes up, in dots, as the font engine measures it."""
    figure = ax.get_figure()
    renderer = FigureCanvasAgg(figure).get_renderer()
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        return [(text.get_text(), text.get_window_extent(renderer)) for text in ax.texts]


# What is on it


def test_every_state_stands_with_its_kind_its_name_and_what_it_says():
    shown = words(draw(menu()))
    for expected in ("Trigger", "ask", "choose", "bye", "agent", "forgotten", "Which order?", "Bye!"):
        assert shown.count(expected) == 1
    assert {"START · FIRST", "ASK", "DECIDE", "SAY", "HAND OFF", "SET", "MISSING STATE"} <= set(shown)


def test_text_can_be_left_out():
    shown = words(draw(menu(), text=False))
    assert "Bye!" not in shown
    assert "bye" in shown


def test_exits_that_end_the_conversation_without_a_word_are_named_below_their_state():
    shown = words(draw(menu()))
    assert "■ ends: deliveryFailure" in shown
    assert "■ ends: failed" in shown  # `sent` of the last message is a good end, and not named
    assert not any("incomingCall" in word or "callComplete" in word for word in shown)


def test_edges_say_conditions_in_short_and_nothing_where_nothing_needs_to_be_said():
    shown = words(draw(menu()))
    assert {"noMatch", "= 1, one", "= 2", "timeout", "callFailure"} <= set(shown)
    assert "next" not in shown  # the only exit of a set-variables
    assert "incomingMessage" in shown  # one of two


@pytest.mark.parametrize(
    ("comparison", "value", "label"),
    [
        ("equal_to", "yes", "= yes"),
        ("not_equal_to", "yes", "≠ yes"),
        ("contains", "refund", "contains refund"),
        ("less_than", "3", "< 3"),
        ("is_blank", "Is Blank", "blank"),
        ("regex", "[0-9]+", "~ [0-9]+"),
        ("equal_to", "", '= ""'),
        ("sounds_like", "two", "sounds_like two"),
    ],
)
def test_how_conditions_read(comparison, value, label):
    flow = Flow((state("s", "split-based-on", ("noMatch", None), match(value, "s", comparison)),), "s")
    assert label in words(draw(flow))


def test_exits_to_the_same_state_share_an_edge_and_its_label():
    exits = [match(f"a rather long option {i}", "s") for i in range(7)]
    shown = words(draw(Flow((state("s", "split-based-on", ("noMatch", None), *exits),), "s")))
    assert "= a rather long option 0" in shown
    assert "+5 more" in shown
    assert not any("option 4" in word for word in shown)
    both = state("hello", "send-message", ("sent", "bye"), ("failed", "bye"))
    assert "sent, failed" in words(draw(Flow((both, state("bye", "send-message")), "hello")))


def test_a_state_that_is_missing_and_one_that_nobody_reaches_look_different():
    flow = menu()
    without = Flow(flow.states[:-1], flow.initial_state)
    # The outline of the state, next to those of the missing one and of the way back from `choose`.
    assert dashed(draw(flow)) == dashed(draw(without)) + 1
    assert "lost" in words(draw(flow))


def test_a_way_back_runs_up_along_the_side_and_is_dashed():
    plan = make_plan(menu(), {})
    (back,) = plan.layout.back
    assert back[:2] == ("choose", "ask")
    start, end = plan.layout.edges[back][0], plan.layout.edges[back][-1]
    assert end[1] < start[1]
    box = plan.layout.nodes["ask"]
    assert end[0] in (box.x, box.right)


def test_the_first_state_stands_first_wherever_the_file_has_it():
    flow = menu()
    turned = Flow(tuple(reversed(flow.states)), "Trigger")
    boxes = make_plan(turned, {}).layout.nodes
    assert boxes["Trigger"].y < boxes["ask"].y < boxes["choose"].y


# Graphs of any kind


def test_a_graph_of_a_flow_is_drawn_as_the_flow_is():
    assert picture(menu().graph, "png") == picture(menu(), "png")


class Routing:
    """Something with a graph that is no flow."""

    name = "routing"

    def __init__(self) -> None:
        self.graph = nx.MultiDiGraph()
        for name, family in [("in", "entry point"), ("vip", "filter"), ("first", "target"), ("gold", "queue")]:
            self.graph.add_node(name, kind=family, family=family, label=name.title(), text=f"about {name}")
        self.graph.nodes["in"]["initial"] = True
        self.graph.add_node("nobody", kind="end", family="end", label="not routed")
        self.graph.add_node("shared", kind="end", family="end", label="default")
        self.graph.add_edge("in", "vip", key=0, label="next", condition="", event="next")
        self.graph.add_edge("vip", "first", key=0, label='tier == "vip"', condition='tier == "vip"', event="match")
        self.graph.add_edge("first", "gold", key=0)
        self.graph.add_edge("gold", "nobody", key=0, label="timeout", event="timeout", silent=True)
        for key, name in enumerate(("vip", "first")):
            self.graph.add_edge(name, "shared", key=key + 1, label="skipped", event="skipped")


def test_what_has_a_graph_is_drawn_with_the_shapes_of_its_families():
    shown = words(draw(Routing()))
    assert {"ENTRY POINT · FIRST", "FILTER", "TARGET", "QUEUE", "Gold", "about gold", 'tier == "vip"'} <= set(shown)
    assert "■ ends: timeout" in shown  # an end of one node's own is a line below it
    assert {"END", "default", "skipped"} <= set(shown)  # one that several share is a node
    assert draw(Routing()).get_label() == "routing: 5 nodes"
    check_texts(draw(Routing()))
    assert words(draw(Routing().graph)) == shown


def test_a_graph_that_knows_nothing_of_the_contract_is_drawn_too():
    graph = nx.MultiDiGraph([("a", "b"), ("b", "a")])
    assert {"a", "b", "UNKNOWN"} == set(words(draw(graph)))


@pytest.mark.parametrize("thing", [3, None, nx.DiGraph(), nx.MultiGraph(), nx.MultiDiGraph([(1, 2)]), [menu()]])
def test_what_cannot_be_drawn_is_said(thing):
    with pytest.raises(UsageError, match="cannot draw a"):
        draw(thing)


# Marks

MARKS = {
    "bye": "added",
    "agent": "removed",
    "choose": "changed",
    "forgotten": "moved",
    ("choose", "bye", 1): "added",
    ("choose", "agent"): "removed",
    ("ask", "ask:end"): "added",
}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_marks_are_told_by_sign_word_and_line_and_explained(theme, direction):
    options: Options = {"marks": MARKS, "theme": theme, "direction": direction}
    ax = draw(menu(), **options)
    shown = words(ax)
    assert {"+ ADDED · SAY", "− REMOVED · HAND OFF", "± CHANGED · DECIDE", "↔ MOVED · SET"} <= set(shown)
    assert {"+ added", "− removed", "± changed", "↔ moved"} <= set(shown)
    assert {"+ = 1, one", "− = 2", "■ ends: + deliveryFailure"} <= set(shown)
    strong = [patch for patch in ax.patches if patch.get_linewidth() == pytest.approx(2.6 * 0.75)]
    assert len({str(patch.get_linestyle()) for patch in strong}) == 4
    assert len({patch.get_edgecolor() for patch in strong}) == 4
    check_texts(ax)
    check_fits(menu(), options)


def test_what_is_not_marked_steps_back_but_is_read():
    ax = draw(menu(), marks=MARKS)
    assert contrast(colour_of(ax, "bye"), LIGHT.paper) > contrast(colour_of(ax, "ask"), LIGHT.paper) > 4


def test_without_marks_there_is_no_legend():
    assert picture(menu(), "svg", marks={}) == picture(menu(), "svg")
    assert words(draw(menu(), marks={"bye": "added"})).count("− removed") == 0


def test_exits_with_different_marks_are_edges_of_their_own():
    both = state("hello", "send-message", ("sent", "bye"), ("failed", "bye"))
    flow = Flow((both, state("bye", "send-message")), "hello")
    shown = words(draw(flow, marks={("hello", "bye", 1): "removed"}))
    assert {"sent", "− failed"} <= set(shown)


def test_marks_in_the_graph_itself_are_drawn():
    graph = menu().graph
    graph.nodes["bye"]["mark"] = "added"
    assert "+ ADDED · SAY" in words(draw(graph))
    assert "± CHANGED · SAY" in words(draw(graph, marks={"bye": "changed"}))


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ({"byee": "added"}, r"no state 'byee'.*Did you mean 'bye'"),
        ({"bye": "addded"}, r"marked 'addded'.*Did you mean 'added'"),
        ({("bye", "ask"): "added"}, r"no edge \('bye', 'ask'\)"),
        ({3: "added"}, "no state 3"),
    ],
)
def test_marks_of_what_is_not_there_are_refused(marks, said):
    with pytest.raises(UsageError, match=said):
        draw(menu(), marks=marks)


# What is painted on it


def test_a_path_is_strong_and_the_rest_steps_back():
    ax = draw(menu(), path=["Trigger", "ask", "choose", "ask", "bye"])
    assert colour_of(ax, "ask") == LIGHT.ink
    assert contrast(colour_of(ax, "agent"), LIGHT.paper) < 3
    assert colour_of(ax, "timeout") == colour_of(ax, "noMatch") == LIGHT.path
    assert contrast(colour_of(ax, "= 2"), LIGHT.paper) < 3
    assert max(widths(ax)) > max(widths(draw(menu())))


def test_a_path_may_be_states_steps_or_events():
    states = ["Trigger", "ask", "bye"]
    steps = [("Trigger", "incomingMessage", "ask"), ("ask", "timeout", "bye"), ("bye", "sent", "Ended")]
    events = [Event("c", 0, 0.0, "sms", "started")]
    events += [Event("c", i, 0.0, "sms", "step", s, event=e, transitioned_to=n) for i, (s, e, n) in enumerate(steps)]
    first, *others = [picture(menu(), "svg", path=path) for path in (states, steps, events)]
    assert all(other == first for other in others)


def test_a_path_through_unknown_states_is_refused():
    with pytest.raises(UsageError, match=r"no state 'byee'.*Did you mean 'bye'"):
        draw(menu(), path=["Trigger", "byee"])


COUNTS = {
    ("Trigger", "incomingMessage", "ask"): 900,
    ("ask", "incomingMessage", "choose"): 800,
    ("ask", "timeout", "bye"): 100,
    ("ask", "deliveryFailure", "Ended"): 7,
    ("choose", "match", "bye"): 500,
    ("choose", "match", "agent"): 200,
    ("bye", "sent", "Ended"): 1234,
}


def test_counts_are_written_on_edges_and_ends_and_widen_the_edges():
    ax = draw(menu(), counts=COUNTS)
    shown = words(ax)
    assert {"×900", "×800", "×100", "×500", "×200"} <= set(shown)
    assert "■ ends: deliveryFailure ×7" in shown
    assert "■ ends: failed ×0 ● sent ×1,234" in shown
    assert max(widths(ax)) > 2 * max(widths(draw(menu())))


def test_counts_may_be_a_table():
    table = pd.DataFrame([(*key, n) for key, n in COUNTS.items()], columns=["state", "event", "next", "n"])
    assert picture(menu(), "svg", counts=table) == picture(menu(), "svg", counts=COUNTS)


def test_a_count_that_fits_several_exits_is_not_guessed():
    shown = words(draw(menu(), counts={("choose", "match"): 700, ("choose", "noMatch"): 30}))
    assert "×30" in shown
    assert not any("700" in word for word in shown)


@pytest.mark.parametrize("counts", [{"ask": 3}, pd.DataFrame({"state": [], "n": []})])
def test_counts_of_another_form_are_refused(counts):
    with pytest.raises(UsageError, match="counts"):
        draw(menu(), counts=counts)


def test_findings_are_a_badge_with_the_worst_severity_and_their_number():
    def finding(severity: Severity, state: str) -> Finding:
        return Finding("rule", severity, "message", "fix", state)

    found = [finding(Severity.NOTE, "ask"), finding(Severity.ERROR, "ask"), finding(Severity.WARNING, "bye")]
    shown = words(draw(menu(), findings=[*found, finding(Severity.NOTE, "")]))
    assert {"✖ 2", "▲ 1"} <= set(shown)
    assert not any(word.startswith("● 1") for word in shown)


def test_an_option_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match=r"'count'.*Did you mean 'counts'"):
        draw(menu(), count={})
    with pytest.raises(UsageError, match=r"theme 'drak'.*Did you mean 'dark'"):
        draw(menu(), theme="drak")
    with pytest.raises(UsageError, match="direction"):
        draw(menu(), direction="up")


# That it can be read


def check_texts(ax) -> None:
    """No text covers another, and all are on the page."""
    boxes = extents(ax)
    page = ax.get_figure().bbox
    for text, box in boxes:
        assert page.x0 <= box.x0 and box.x1 <= page.x1 and page.y0 <= box.y0 and box.y1 <= page.y1, text
    for (text, one), (other_text, other) in combinations(boxes, 2):
        apart_x = one.x1 <= other.x0 + 1 or other.x1 <= one.x0 + 1
        apart_y = one.y1 <= other.y0 + 3 or other.y1 <= one.y0 + 3  # extents include the line's own leading
        assert apart_x or apart_y, (text, other_text)


def check_fits(flow: Flow, options: Options) -> None:
    """Every text of a node lies within its box."""
    plan = make_plan(flow, options)
    ax = draw(flow, **options)
    height = ax.get_figure().bbox.height
    for text, box in extents(ax):
        middle = (box.x0 + box.x1) / 2, height - (box.y0 + box.y1) / 2
        for node in plan.layout.nodes.values():
            if node.x < middle[0] < node.right and node.y < middle[1] < node.bottom:
                assert node.x <= box.x0 and box.x1 <= node.right, text


@pytest.mark.parametrize("direction", ["TB", "LR"])
@pytest.mark.parametrize("counts", [None, COUNTS])
def test_texts_do_not_cover_each_other(direction, counts):
    options: Options = {"direction": direction, "counts": counts}
    check_texts(draw(menu(), **options))
    check_fits(menu(), options)


def real_flows() -> list[Path]:
    return sorted(REAL_FLOWS.glob("*.json")) if REAL_FLOWS.is_dir() else []


@pytest.mark.skipif(not real_flows(), reason="the folder of real flows is not beside this clone")
@pytest.mark.parametrize("path", real_flows(), ids=lambda path: path.stem[:40])
@pytest.mark.parametrize("direction", ["TB", "LR"])
def test_real_flows_can_be_read(path, direction):
    flow = load(path)
    assert isinstance(flow, Flow)
    drawn = make_plan(flow, {"direction": direction}).layout
    boxes = [*drawn.labels.values(), *drawn.nodes.values()]
    for one, other in combinations(boxes, 2):
        apart = one.right <= other.x or other.right <= one.x or one.bottom <= other.y or other.bottom <= one.y
        assert apart
    check_texts(draw(flow, direction=direction))
    check_fits(flow, {"direction": direction})


def test_the_figure_grows_with_the_flow_and_the_text_keeps_its_size():
    states = [ask(f"ask_{i}", f"ask_{i + 1}", timeout=f"ask_{i + 2}") for i in range(128)]
    large = Flow((*states, ask("ask_128", None), ask("ask_129", None)), "ask_0")
    small, big = draw(menu()), draw(large)
    assert big.get_figure().get_figheight() > 5 * small.get_figure().get_figheight()
    sizes = [next(t.get_fontsize() for t in ax.texts if t.get_text() in ("ask", "ask_3")) for ax in (small, big)]
    assert sizes[0] == pytest.approx(sizes[1]) == pytest.approx(9)


def test_on_axes_of_any_size_the_text_shrinks_with_the_boxes():
    figure = Figure(figsize=(3, 2), dpi=100)
    ax = figure.subplots()
    assert draw(menu(), ax) is ax
    check_texts(ax)
    assert max(text.get_fontsize() for text in ax.texts) < 4


# That nothing breaks it

HOSTILE = [
    "$\\frac{1}{2}$",
    "$unclosed",
    "line\nbreak\ttab\r\nmore",
    "\u202eright to left override\u2066",
    "\x00\x07\x1b[31mred\x7f",
    "half \ud800 surrogate",
    "<script>alert(1)</script> & \"quotes\" 'x' ]]>",
    "你好，世界 こんにちは 안녕",
    "مرحبا بالعالم שלום",
    "👋🏽 👨‍👩‍👧 ﷽",
    "a" * 100_000,
    "word " * 20_000,
    "{{widgets.ask.inbound.Body}}" * 1000,
    "é" * 200 + "Щ" * 200,
    "",
    " ",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_in_names_and_texts_the_drawing_stands(text, tmp_path):
    split = state(f"s{text}", "split-based-on", (text, "b"), match(text, f"missing{text}"), (text, None), input=text)
    flow = Flow((split, ask("b", f"s{text}", body=text)), f"s{text}", name=text)
    begun = time.process_time()
    content = picture(flow, "svg")
    assert time.process_time() - begun < 5
    svg = ElementTree.fromstring(content)
    assert "<script" not in content.decode().replace("&lt;script", "")
    assert svg.tag == f"{SVG}svg"
    assert picture(flow, "png") and picture(flow, "pdf")
    check_texts(draw(flow))
    check_fits(flow, {})
    for shown in words(draw(flow)):
        assert shown == clean(shown)


def test_formulas_are_not_formulas():
    flow = Flow((ask("b", None, body="costs $5^2$ or $x_1$"),), "b")
    assert b"costs $5^2$ or $x_1$" in picture(flow, "svg")


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=80), st.floats(20, 200), st.booleans())
def test_wrapped_lines_fit_and_say_what_was_said(text, room, bold):
    lines = wrap(text, room, 10, 3, bold=bold)
    assert len(lines) <= 3
    assert all(text_width(line, 10, bold=bold) <= room for line in lines if len(line) > 1)
    said = "".join(lines)
    whole = clean(text).replace(" ", "")
    assert said.replace(" ", "") == whole or (said.endswith("…") and whole.startswith(said[:-1].replace(" ", "")))


@settings(deadline=None, max_examples=100)
@given(
    st.text(st.characters(max_codepoint=0x2FF, categories=["L", "N", "P", "Zs"]), min_size=12, max_size=60),
    st.booleans(),
)
def test_widths_are_at_least_those_of_the_font(text, bold):
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextToPath

    text = clean(text)
    font = FontProperties(family="DejaVu Sans", size=10, weight="bold" if bold else "normal")
    width, _, _ = TextToPath().get_text_width_height_descent(text, font, ismath=False)
    assert width <= 1.06 * text_width(text, 10, bold=bold) + 1


def test_a_text_is_shortened_only_when_it_must_be():
    assert shorten("timeout", 100, 10) == "timeout"
    assert shorten("timeout", 30, 10).endswith("…")
    assert wrap("", 100, 10, 2) == ()


def test_flows_without_states_without_a_start_or_with_a_wrong_one_are_drawn():
    assert words(draw(Flow((), ""))) == []
    assert "ask" in words(draw(Flow((ask("ask", None),), "")))
    assert dashed(draw(Flow((ask("ask", None),), "gone"))) == 0


# Files


@pytest.mark.parametrize(
    ("ending", "magic"), [("png", b"\x89PNG\r\n"), ("svg", b"<?xml"), ("pdf", b"%PDF-"), ("PNG", b"\x89PNG")]
)
def test_the_ending_decides_the_format(tmp_path, ending, magic):
    path = tmp_path / f"flow.{ending}"
    assert save_drawing(menu(), path) == path
    assert path.read_bytes().startswith(magic)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("name", ["flow.jpg", "flow", "flow.svg.gz"])
def test_other_endings_are_refused(tmp_path, name):
    with pytest.raises(UsageError, match=r"\.png, \.svg, \.pdf"):
        save_drawing(menu(), tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_a_file_that_cannot_be_written_is_said_and_the_old_one_stays(tmp_path):
    with pytest.raises(UsageError, match="cannot be written"):
        save_drawing(menu(), tmp_path / "nowhere" / "flow.svg")
    (tmp_path / "flow.svg").mkdir()
    with pytest.raises(UsageError, match="cannot be written"):
        save_drawing(menu(), tmp_path / "flow.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["flow.svg"]
    (tmp_path / "old.svg").write_text("old")
    with pytest.raises(FlowlabError):
        save_drawing(menu(), tmp_path / "old.svg", path=["nobody"])
    assert (tmp_path / "old.svg").read_text() == "old"


@pytest.mark.parametrize("format", ["png", "svg", "pdf"])
def test_the_same_flow_gives_the_same_bytes(format):
    assert picture(menu(), format) == picture(menu(), format)


def test_another_process_gives_the_same_bytes(tmp_path):
    code = (
        "import sys; from flowlab.show.draw import save_drawing; from flowlab.model.flow import *;"
        "T = Transition; states = tuple(State(f's{i}', 'run-function', (T('success', f's{i * 7 % 11}'),"
        "T('fail', f's{i * 3 % 11}'))) for i in range(11)); save_drawing(Flow(states, 's0'), sys.argv[1])"
    )
    files = [tmp_path / "a.svg", tmp_path / "b.svg"]
    for seed, file in enumerate(files):
        environment = {"PYTHONHASHSEED": str(seed), "MPLCONFIGDIR": str(tmp_path)}
        subprocess.run([sys.executable, "-c", code, str(file)], check=True, env=environment)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_svg_keeps_text_as_text_and_says_what_it_shows():
    content = picture(menu(), "svg")
    svg = ElementTree.fromstring(content)
    texts = {"".join(node.itertext()).strip() for node in svg.iter(f"{SVG}text")}
    assert {"choose", "Which order?", "= 1, one"} <= texts
    assert svg.get("role") == "img"
    assert svg.find(f"{SVG}title").text == "menu: 6 states, starting at Trigger"
    assert b"<dc:date>" not in content


def test_very_large_flows_become_coarser_rather_than_endless():
    states = [state(f"s{i}", "run-function", ("success", f"s{i + 1}")) for i in range(600)]
    content = picture(Flow(tuple(states), "s0", name="long"), "png")
    width, height = (int.from_bytes(content[at : at + 4], "big") for at in (16, 20))
    assert width * height < 45e6


# Notebooks


def test_drawing_leaves_pyplot_alone():
    import matplotlib.pyplot as plt

    before = plt.get_fignums()
    draw(menu())
    assert plt.get_fignums() == before


def test_the_returned_axes_show_themselves_sharp_but_not_enlarged():
    ax = draw(menu())
    data, metadata = ax._repr_mimebundle_()
    assert data["image/png"] == figure_bytes(ax)
    dots = int.from_bytes(data["image/png"][16:20], "big")
    assert dots == pytest.approx(2 * metadata["image/png"]["width"], abs=3)


def test_a_flow_shows_itself_as_a_picture():
    register_displays()
    shown, metadata = display.bundle(menu())
    assert shown["image/png"].startswith(b"\x89PNG")
    assert shown["text/plain"] == repr(menu())
    assert metadata["image/png"]["width"] > 0


def test_loading_the_drawing_room_loads_no_heavy_library():
    code = (
        "import sys, flowlab.show.draw, flowlab.show.style, flowlab.show.layout;"
        "print(sorted({'numpy', 'matplotlib', 'networkx', 'pandas', 'scipy'} & set(sys.modules)))"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


# Style


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_all_text_can_be_read_on_its_ground(theme: Theme):
    grounds = [theme.paper, *(look.fill for look in theme.looks.values())]
    for ground in grounds:
        assert contrast(theme.ink, ground) >= 7
        assert contrast(theme.muted, ground) >= READABLE
    for family, look in theme.looks.items():
        assert contrast(look.stroke, look.fill) >= READABLE, family
    for colour in (theme.path, theme.loop, *theme.badges.values(), *theme.marks.values()):
        assert contrast(colour, theme.paper) >= READABLE
    assert contrast(theme.line, theme.paper) >= 3
    assert contrast(theme.alarm, theme.alarm_fill) >= READABLE


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_every_family_has_a_shape_of_its_own(theme: Theme):
    assert set(theme.looks) == set(Family)
    assert len({look.shape for look in theme.looks.values()}) == len(Family)


def test_the_dark_theme_is_dark():
    ax = draw(menu(), theme="dark")
    assert colour_of(ax, "ask") == DARK.ink
    red, green, blue, _ = ax.get_figure().get_facecolor()
    assert max(red, green, blue) < 0.2


def test_contrast_is_that_of_the_standard():
    assert contrast("#ffffff", "#767676") == pytest.approx(4.54, abs=0.005)  # the well-known lightest grey
    assert contrast("#ff0000", "#ffffff") == pytest.approx(4.0, abs=0.005)
