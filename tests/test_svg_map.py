"""The flow as SVG: what is painted on it, read from the markup."""

from __future__ import annotations

import xml.etree.ElementTree as ET

from teahouse import small_flow

from flowlab.model.flow import Flow, State, Transition
from flowlab.run.session import Session
from flowlab.show.svg import FlowMap

SVG = "{http://www.w3.org/2000/svg}"


class TestFlowMap:
    def test_paints_the_edges_that_were_walked(self) -> None:
        session = Session(small_flow())
        session.start("hi")
        session.say("tea")
        svg = ET.fromstring(FlowMap(small_flow()).paint(session.events, session.state))
        groups = {
            kind: [g for g in svg.iter(f"{SVG}g") if kind in g.get("class", "").split()]
            for kind in ("walked", "passed")
        }
        assert [group.findtext(f"{SVG}title") for group in groups["walked"]] == ["incomingMessage", "contains tea"]
        assert {group.get("data-state") for group in groups["passed"]} == {"ask", "choose", "serve"}

    def test_a_missing_state_is_drawn(self) -> None:
        flow = Flow((State("a", "send-message", (Transition("sent", "gone"),), {"body": "x"}),), "a")
        svg = ET.fromstring(FlowMap(flow).paint())
        assert "gone" in {group.get("data-state") for group in svg.iter(f"{SVG}g")}
