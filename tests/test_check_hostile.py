"""The check on flows that mean harm or no sense: it ends soon, never fails, and what it says stays text."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_flows import WAIT, flow, say, split, state

from flowlab.check import RULES, check
from flowlab.check.config import read_config
from flowlab.check.liquid import liquid
from flowlab.formats.studio import read_flow
from flowlab.model.flow import Flow
from flowlab.model.kinds import KINDS

TEXTS = st.sampled_from(
    [
        "",
        " ",
        "{{",
        "{% if %}",
        "{{flow.variables.a}}",
        "{{widgets.s1.inbound.Body | to_json}}",
        "{{trigger}}",
        '{"a": "{{widgets.s0.parsed.b}}"',
        "[[[",
        "(a+)+",
        "10",
        "\0\ud800",
        "${x}",
        "http://x y",
        "FW" + "0" * 32,
        "a" * 5_000,
    ]
)
ODD: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["key", "value", "type"]), inner),
    max_leaves=6,
)
KEYS = sorted({name for kind in KINDS.values() for name in kind.properties})


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """Definitions that load: the rest of them is anything."""
    names = [f"s{n}" for n in range(draw(st.integers(0, 5)))]
    targets = st.sampled_from([*names, "gone", None, ""])
    condition = st.fixed_dictionaries({"type": ODD, "value": ODD, "arguments": ODD})
    way_out = st.fixed_dictionaries(
        {"event": ODD | st.just("match"), "next": targets, "conditions": st.lists(condition, max_size=3)}
    )
    kind = st.sampled_from([*KINDS, "invented"])
    properties = st.dictionaries(st.sampled_from(KEYS), ODD, max_size=6)
    states = [
        {
            "name": name,
            "type": draw(kind),
            "transitions": draw(st.lists(way_out, max_size=4)),
            "properties": draw(properties),
        }
        for name in names
    ]
    return {"states": states, "initial_state": draw(targets)}


@given(definitions())
def test_whatever_loads_is_checked(definition: dict[str, Any]) -> None:
    found = check(read_flow(definition), ["sms", "whatsapp"])
    assert {finding.rule for finding in found} <= set(RULES)
    assert found.as_text() and found.as_json() and found._repr_html_()
    assert all(len(finding.fingerprint) == 32 for finding in found)


@given(st.recursive(TEXTS | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner), max_leaves=8))
def test_any_config_is_read_or_refused_in_words(content: Any) -> None:
    from flowlab.errors import FlowlabError

    for tables in ({"check": content}, {"check": {"rules": content}}, {"check": {"except": [content]}}):
        try:
            check(flow(say("a")), config=tables)
        except FlowlabError as error:
            assert str(error)


LONG: dict[str, Flow] = {
    "open braces": flow(say("a", "{{ a " * 20_000)),
    "many names": flow(say("a", "{% if " + "a.b and " * 5_000 + "x %}{% endif %}")),
    "dotted blanks": flow(say("a", "{{ a" + " ." * 20_000 + "}}")),
    "braces with blanks": flow(say("a", "{ " * 50_000)),
    "a form of many fields": flow(
        state(
            "a", "make-http-request", {}, url="https://x", content_type="application/json", body="a=1&" * 20_000 + " "
        )
    ),
    "long name": flow(state("a" * 100_000, WAIT)),
    "many branches": flow(
        split(*[("matches_any_of", ", ".join(map(str, range(n, n + 50))), "bye") for n in range(900)])
    ),
    "slow patterns": flow(
        split(*[("regex", "(.*a.*)*b" + str(n), "bye") for n in range(300)], ("equal_to", "a" * 300, "bye"))
    ),
    "wide patterns": flow(split(*[("regex", f".*{n}.*", "bye") for n in range(300)], ("equal_to", "a" * 30, "bye"))),
    "deep ladder": flow(
        *(
            state(f"s{n}", "set-variables", {"next": f"s{n + 1}"}, variables=[{"key": f"k{n}", "value": "1"}])
            for n in range(900)
        )
    ),
    "all to all": flow(
        *(
            state(f"s{n}", "split-based-on", {f"e{m}": f"s{m}" for m in range(100)}, input="{{flow.sid}}")
            for n in range(100)
        )
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_long_texts_and_large_splits_take_no_time(name: str) -> None:
    """No clock: a pattern or a loop that runs away would hang here."""
    assert check(LONG[name], ["sms"]).as_text()


def test_file_patterns_of_a_config_do_not_run_away() -> None:
    config = read_config({"check": {"except": [{"rules": ["*"], "states": ["*a" * 30 + "b"]}]}}, tuple(RULES))
    assert not check(flow(say("a" * 2_000)), config=config).silenced


@given(st.text("{}%ab .|'\"=-\n", max_size=60))
def test_liquid_is_looked_at_without_fail(text: str) -> None:
    look = liquid(text)
    assert look.guarded <= look.reads
    assert not (look.problem and look.reads)
