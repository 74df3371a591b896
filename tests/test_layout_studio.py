"""Boxes where Studio's canvas has them: nothing overlaps, edges go round boxes, and what has no place gets one."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import REAL_FLOWS
from hypothesis import given, settings
from hypothesis import strategies as st

import flowlab as fl
from flowlab.errors import UsageError
from flowlab.show.draw_plan import make_plan
from flowlab.show.layout_curves import crossing
from flowlab.show.layout_model import Box, Layout
from flowlab.show.layout_studio import layout_at

SAMPLES = sorted((Path(__file__).parents[1] / "sample_data" / "flows").glob("order_support*.json"))


def overlapping(boxes: list[Box]) -> int:
    return sum(
        a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom
        for at, a in enumerate(boxes)
        for b in boxes[:at]
    )


def through(drawn: Layout) -> int:
    """How many boxes edges run through that are not their own."""
    boxes = drawn.nodes
    return sum(
        crossing(route, [box for name, box in boxes.items() if name not in edge[:2]], -0.5)
        for edge, route in drawn.edges.items()
    )


@pytest.mark.parametrize("path", [*SAMPLES, *sorted(REAL_FLOWS.glob("*.json"))], ids=lambda path: path.stem[:60])
def test_real_canvases_keep_their_places_and_nothing_is_covered(path: Path) -> None:
    flow = fl.load(path)
    if not any("offset" in state.properties for state in flow):
        pytest.skip("no positions in this flow")
    drawn = make_plan(flow, {"positions": "studio"}).layout
    assert drawn.canvas
    assert overlapping([*drawn.nodes.values(), *drawn.labels.values()]) == 0
    assert through(drawn) == 0
    scale, left, top = drawn.canvas
    kept = [
        abs(drawn.nodes[state.name].centre[0] - left - scale * state.properties["offset"]["x"]) < 1
        and abs(drawn.nodes[state.name].y - top - scale * state.properties["offset"]["y"]) < 1
        for state in flow
    ]
    assert sum(kept) >= 0.9 * len(kept)


def test_the_same_bytes_every_time() -> None:
    flow = fl.load(SAMPLES[0])
    one, other = (make_plan(flow, {"positions": "studio"}).layout for _ in range(2))
    assert one == other


def test_states_without_a_place_stand_near_those_they_are_joined_to() -> None:
    flow = fl.load(SAMPLES[0])
    gone = flow.with_properties("ask_menu", offset=None).with_properties("greet_open", offset="here")
    drawn = make_plan(gone, {"positions": "studio"}).layout
    assert overlapping([*drawn.nodes.values()]) == 0
    assert drawn.nodes["ask_menu"].y > drawn.nodes["split_language"].y


def test_a_flow_without_positions_says_so_and_is_laid_out() -> None:
    flow = fl.load(SAMPLES[0].with_name("store_service.json"))
    with pytest.warns(UserWarning, match="no positions on Studio's canvas"):
        drawn = make_plan(flow, {"positions": "studio"}).layout
    assert drawn == make_plan(flow, {}).layout


@pytest.mark.parametrize(
    ("options", "words"),
    [({"positions": "canvas"}, "expected 'flowlab'"), ({"positions": "studio", "direction": "LR"}, "leave out one")],
)
def test_what_does_not_fit_is_said(options: dict[str, str], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        fl.draw(fl.load(SAMPLES[0]), **options)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_any_places_give_boxes_apart_and_a_route_for_every_edge(data: st.DataObject) -> None:
    names = [f"s{n}" for n in range(data.draw(st.integers(1, 12)))]
    far = st.integers(-600, 600)
    places = {name: data.draw(st.tuples(far, far)) for name in names if name == "s0" or data.draw(st.booleans())}
    sizes = {name: (data.draw(st.integers(60, 240)), data.draw(st.integers(30, 120))) for name in names}
    ends = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=16))
    edges = [(tail, head, key) for key, (tail, head) in enumerate(ends)]
    drawn = layout_at(places, sizes, edges, dict.fromkeys(edges, (50.0, 17.0)))
    assert overlapping([*drawn.nodes.values()]) == 0
    assert drawn.edges.keys() == drawn.labels.keys() == set(edges)
    for (tail, head, _), route in drawn.edges.items():
        for name, (x, y) in ((tail, route[0]), (head, route[-1])):
            box = drawn.nodes[name]
            assert box.x - 0.1 <= x <= box.right + 0.1 and box.y - 0.1 <= y <= box.bottom + 0.1
    assert all(box.x >= 0 and box.right <= drawn.width for box in drawn.nodes.values())
