"""How a diff shows itself: table, text, Markdown, HTML, and both versions in one drawing."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from flow_edits import edited
from hypothesis import given
from hypothesis import strategies as st
from test_diff import GOLDEN, samples

import flowlab as fl
from flowlab.check.diff.words import inline, pieces
from flowlab.formats.studio import read_flow
from flowlab.model.flow import Flow, State, Transition
from flowlab.show.diff_graph import around_changes
from flowlab.show.flow_diff import FlowDiff


def compared(*edits: list[Any]) -> FlowDiff:
    return fl.diff(read_flow(GOLDEN["flow"], "old.json"), read_flow(edited(GOLDEN["flow"], *edits), "new.json"))


REPLACED = [["drop state", "say_return"], ["add state", "thanks", "hang-up", "Bye!"], ["wire", "choose", 2, "thanks"]]


def test_the_table_has_a_row_a_change() -> None:
    table = compared(["wire", "ask_choice", 1, "agent"]).table
    assert list(table.columns) == ["kind", "state", "where", "old", "new", "sentence"]
    assert table.iloc[0].to_dict() == {
        "kind": "rewired",
        "state": "ask_choice",
        "where": "timeout",
        "old": "",
        "new": "agent",
        "sentence": "'ask_choice': timeout now leads to 'agent' (ended the run).",
    }
    assert len(compared().table) == 0


def test_the_text_groups_by_state() -> None:
    found = compared(*REPLACED, ["rename", "ask_choice", "welcome"], ["set", "agent", "offset", {"x": 0, "y": 0}])
    assert found.as_text() == (
        "old -> new: 1 state added, 1 removed, 2 changed; 1 moved on the canvas\n\n"
        "~ welcome (was ask_choice)\n\n"
        "~ choose\n    contains return now leads to 'thanks' (was 'say_return').\n\n"
        "+ thanks\n    is new (hang-up, \"Bye!\"), reached from 'choose' (contains return).\n\n"
        '- say_return\n    is gone (send-message, "Send it back within 30 days, free of charge.").\n\n'
        "moved on the canvas: agent"
    )
    assert repr(found) == found.as_text()


def test_the_markdown_shows_edits_and_escapes_the_rest() -> None:
    body = "Hi! Reply *1* for | orders or @2 for <b>returns</b>."
    told = compared(["set", "ask_choice", "body", body]).as_markdown()
    assert "### old → new\n\n**1 state changed**\n\n**± ask\\_choice**\n" in told
    assert "<ins>" in told and "<del>" in told
    assert "<b>" not in told and "*1*" not in told and " @2" not in told and "for |" not in told


def test_the_notebook_shows_the_words_and_the_drawing_in_both_themes() -> None:
    shown = compared(["set", "say_order", "body", "Your order is on <i>its</i> way."])._repr_mimebundle_()
    assert "&lt;i&gt;" in shown["text/html"] and "<i>" not in shown["text/html"]
    assert shown["text/html"].count("data:image/svg+xml;base64,") == 2
    assert shown["text/plain"].startswith("old -> new: 1 state changed")
    assert "<img" not in compared()._repr_mimebundle_()["text/html"]


def test_the_drawing_has_both_versions() -> None:
    found = compared(*REPLACED)
    graph = found.graph
    marks = {name: data["mark"] for name, data in graph.nodes(data=True) if "mark" in data}
    assert marks == {"say_return": "removed", "thanks": "added"}
    assert [(u, v, d["mark"]) for u, v, d in graph.edges(data=True) if "mark" in d] == [
        ("choose", "thanks", "added"),
        ("choose", "say_return", "removed"),
    ]
    words = {text.get_text() for text in fl.draw(found).texts}
    assert {"− REMOVED · SAY", "+ ADDED · UNKNOWN", "+ contains return", "− contains return", "+ added"} <= words
    assert words == {text.get_text() for text in found.draw().texts}
    with pytest.raises(fl.FlowlabError, match="no option"):
        found.draw(colour="red")


def test_the_drawing_of_no_difference_has_no_marks() -> None:
    flow = read_flow(GOLDEN["flow"])
    graph = fl.diff(flow, flow).graph
    assert not any("mark" in data for _, data in graph.nodes(data=True))
    assert {(u, v) for u, v in graph.edges()} == {(u, v) for u, v in flow.graph.edges()}


def test_a_name_that_another_state_took_over_stands_twice() -> None:
    found = compared(["drop state", "agent"], ["rename", "say_return", "agent"])
    assert found.renames == {"say_return": "agent"}
    assert {"agent", "agent (old)"} <= set(found.graph)
    assert found.graph.nodes["agent"]["label"] == "agent (was say_return)"


def test_the_sample_versions_are_drawn_with_every_mark() -> None:
    found = fl.diff(*samples())
    marks = {data.get("mark") for _, data in found.graph.nodes(data=True)}
    assert marks == {None, "added", "removed", "changed", "moved"}
    assert found.graph.nodes["ask_start"]["label"] == "ask_start (was ask_menu)"


@given(st.text(max_size=60), st.text(max_size=60))
def test_pieces_put_together_are_the_texts(old: str, new: str) -> None:
    found = pieces(old, new)
    assert "".join(piece.old for piece in found) == old
    assert "".join(piece.new for piece in found) == new
    assert all(one.kept != other.kept for one, other in pairwise(found))


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("one two three", "one 2 three", "one [-two-]{+2+} three"),
        ("one two", "one two", "one two"),
        ("one\ntwo", "one\n2", "one⏎[-two-]{+2+}"),
        ("completely", "different", "[-completely-]{+different+}"),
        ("", "new", "{+new+}"),
        (
            "Hi {{flow.variables.a}} there",
            "Hi {{flow.variables.b}} there",
            "Hi [-{{flow.variables.a}}-]{+{{flow.variables.b}}+} there",
        ),
        ("a " * 100 + "x", "a " * 100 + "y", f"…{'a ' * 14}[-x-]{{+y+}}"),
    ],
)
def test_how_an_edit_reads(old: str, new: str, shown: str) -> None:
    assert inline(old, new) == shown


def test_of_a_large_flow_the_notebook_shows_what_lies_around_the_changes() -> None:

    chain = [State(f"s{n}", "send-message", (Transition("sent", f"s{n + 1}"),)) for n in range(30)]
    old = Flow((*chain, State("s30", "send-message")), "s0")
    found = fl.diff(old, old.with_text("s15", "new words"))
    part = around_changes(found.graph)
    assert set(part) == {"s14", "s15", "s16"}
    assert len(found.graph) == 31, "the diff's own graph stays whole"
    html = found._repr_mimebundle_()["text/html"]
    assert "What lies around the changes" in html
    rewired = fl.diff(old, old.rewire("s0", "sent", "s2"))
    assert {"s0", "s1", "s2"} <= set(around_changes(rewired.graph))
    assert around_changes(fl.diff(old, old).graph).number_of_nodes() == 31
