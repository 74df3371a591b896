"""Liquid as Studio uses it: the short way equals the library, the quirks of real flows, hostile texts, the clock."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
import strategies
from conftest import state
from hypothesis import given, settings
from hypothesis import strategies as st

from flowlab.model.flow import Flow
from flowlab.run.dialect import TemplateFault
from flowlab.run.session import Session
from flowlab.run.template import LiquidTemplate, plain_template, problem, reads, render
from flowlab.run.values import NOW, from_json, text_of, to_json

MONDAY = 1772445600.0  # 2026-03-02 10:00 UTC, 02:00 in California


def rendered(text: str, **variables: Any) -> str:
    return render(text, {"flow": {"variables": variables}, NOW: MONDAY})


def library(text: str, scope: dict[str, Any]) -> str:
    return LiquidTemplate(text).render(scope)


def or_fault(render: Callable[[], str]) -> str:
    try:
        return render()
    except TemplateFault as fault:
        return f"fault: {fault}"


@given(strategies.look_ups(), strategies.scopes)
@settings(max_examples=300, deadline=None)
def test_the_short_way_equals_the_library(text: str, scope: dict[str, Any]) -> None:
    short = plain_template(text)
    expected = or_fault(lambda: library(text, scope))
    assert or_fault(lambda: render(text, scope)) == expected
    assert short is None or short.render(scope) == expected


@pytest.mark.parametrize(
    "value", ["", "{{ a }}", "x", True, False, None, 0, -1, 2.5, 1e20, [], [1, "a", None], {}, {"é": [True]}]
)
def test_both_ways_write_every_kind_of_value_alike(value: Any) -> None:
    scope = {"flow": {"variables": {"v": value}}}
    short = plain_template("<{{flow.variables.v}}>")
    assert short is not None
    assert short.render(scope) == library("<{{flow.variables.v}}>", scope) == f"<{text_of(value)}>"


def test_the_short_way_takes_plain_look_ups_and_leaves_the_rest() -> None:
    taken = ["{{flow.variables.a}}", "Hi {{ widgets.send-hello.inbound.Body }}, {{contact.channel.address}}!"]
    left = [
        "{{flow.variables.a | upcase}}",
        "{{flow.variables.a.size}}",
        "{{flow.variables.a-}}",
        "{{other.a}}",
        "{% if a %}",
    ]
    assert [plain_template(text) is not None for text in taken + left] == [True] * 2 + [False] * 5


QUIRKS = [
    ("spaces and line breaks around dots", "{{ flow. \nvariables .name }}", {"name": "Ana"}, "Ana"),
    ("hyphens are part of names", "{{flow.variables.send-hello.Body}}", {"send-hello": {"Body": "yo"}}, "yo"),
    ("a hyphen before the brackets trims", "{{flow.variables.name-}}  x", {"name": "Ana"}, "Anax"),
    ("index by variable", "{% assign i = 1 %}{{flow.variables.sites[i].x}}", {"sites": [{"x": 1}, {"x": 2}]}, "2"),
    ("brackets and quotes", '{{flow.variables["x"]["a b"]}}', {"x": {"a b": 7}}, "7"),
    ("to_json of a group", "{{flow.variables | to_json}}", {"a": [1, None, "é"]}, '{"a":[1,null,"é"]}'),
    ("to_json of nothing", "{{flow.variables.none | to_json}}", {}, "null"),
    ("no blank before the pipe or the argument", "{{flow.variables.n|plus:1}}", {"n": 2}, "3"),
    ("text and number add up", "{{flow.variables.n | plus: 1}}", {"n": "2"}, "3"),
    ("counting from nothing", "{{flow.variables.n | plus: 1}}", {}, "1"),
    ("white space control", "a {%- if true -%} b {%- endif -%} c", {}, "abc"),
    ("empty", "{% if flow.variables.a == empty %}e{% endif %}", {"a": ""}, "e"),
    (
        "zero and empty text are true",
        "{% if flow.variables.z %}z{% endif %}{% if flow.variables.e %}e{% endif %}",
        {"z": 0, "e": ""},
        "ze",
    ),
    ("an unknown variable is nothing", "[{{flow.variables.nobody.knows}}]", {}, "[]"),
    ("null is nothing", "[{{flow.variables.a}}]", {"a": None}, "[]"),
    ("true is a word", "{{flow.variables.a}}", {"a": True}, "true"),
    ("a list is JSON", "{{flow.variables.a}}", {"a": ["x", 1]}, '["x",1]'),
    ("a list made by a filter is JSON", "{{'a,b' | split: ','}}", {}, '["a","b"]'),
    (
        "first, last, size",
        "{{flow.variables.a.first}}{{flow.variables.a.last}}{{flow.variables.a.size}}",
        {"a": ["x", "y", "z"]},
        "xz3",
    ),
    ("size of a text", "{{flow.variables.a.size}}", {"a": "four"}, "4"),
    ("case", "{% case flow.variables.a %}{% when 'x' %}one{% else %}two{% endcase %}", {"a": "x"}, "one"),
    ("for and forloop", "{% for x in flow.variables.a %}{{forloop.index}}{{x}}{% endfor %}", {"a": ["a", "b"]}, "1a2b"),
    ("default", "{{flow.variables.a | default: 'you'}}", {}, "you"),
    ("raw text", "{% raw %}{{ {% endraw %}", {}, "{{ "),
    ("downcase and strip", "{{ flow.variables.a | strip | downcase }}", {"a": "  YES "}, "yes"),
]


@pytest.mark.parametrize(("text", "variables", "expected"), [q[1:] for q in QUIRKS], ids=[q[0] for q in QUIRKS])
def test_quirks_of_real_flows(text: str, variables: dict[str, Any], expected: str) -> None:
    assert rendered(text, **variables) == expected
    assert problem(text) is None


DATES = [
    ("now is the simulated clock in California", "{{'now' | date: '%Y-%m-%d %H:%M'}}", "2026-03-02 02:00"),
    ("today too", "{{'today' | date: '%A'}}", "Monday"),
    ("seconds since 1970", "{{0 | date: '%Y-%m-%d %H:%M'}}", "1969-12-31 16:00"),
    ("an offset counts", "{{'2026-07-01T12:00:00Z' | date: '%H:%M'}}", "05:00"),
    ("a time without a day is today's", "{{'10:30' | date: '%Y-%m-%d %H:%M'}}", "2026-03-02 10:30"),
    ("a weekday is the next one", "{{'Friday' | date: '%Y-%m-%d'}}", "2026-03-06"),
    ("a zone's name means no machine's zone", "{{'2026-01-01 10:00 CET' | date: '%H:%M %z'}}", "10:00 -0800"),
    ("no date stays as it is", "{{'whenever' | date: '%Y'}}", "whenever"),
    ("digits that are no number", "{{'²' | date: '%Y'}}", "²"),
    ("a number out of reach", "{{99999999999999999999 | date: '%Y'}}", "99999999999999999999"),
    ("nothing stays nothing", "{{flow.variables.none | date: '%Y'}}", ""),
    ("the variable now is unknown", "[{{now}}{{today}}{{now | date: '%Y'}}]", "[]"),
]


@pytest.mark.parametrize(("text", "expected"), [d[1:] for d in DATES], ids=[d[0] for d in DATES])
def test_dates(text: str, expected: str) -> None:
    assert rendered(text) == expected


@given(st.text(max_size=20))
@settings(max_examples=100, deadline=None)
def test_no_text_breaks_the_date_filter(text: str) -> None:
    assert isinstance(rendered("{{flow.variables.d | date: '%Y-%m-%d'}}", d=text), str)


def test_dates_do_not_depend_on_the_machine() -> None:
    """Run where the local zone is called CET, as dateutil would otherwise read that name."""
    code = (
        "from flowlab.run.template import render; from flowlab.run.values import NOW;"
        "print(render(\"{{'2026-01-01 10:00 CET'|date:'%c %z'}} {{'10:30'|date:'%c'}} {{now}}\", {NOW: 1772445600.0}))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"TZ": zone}, capture_output=True, text=True, check=True
        ).stdout
        for zone in ("UTC", "Europe/Paris")
    }
    assert len(outputs) == 1


BROKEN = [
    ("unclosed output", "Hi {{ name", "expected '}}', found end of text"),
    ("unclosed tag", "Hi {% if a", "expected '%}', found end of text"),
    ("unknown filter", "{{ 1 | nosuch }}", "unknown filter 'nosuch'"),
    ("unknown tag", "{% nosuch %}", "nosuch"),
    ("if without end", "{% if a %}x", "if"),
    ("division by nothing", "{{ 1 | divided_by: 0 }}", "divide by 0"),
    ("a file", "{% include 'x' %}", "x"),
    ("nested without end", "{% if true %}" * 2000 + "{% endif %}" * 2000, "nesting"),
    ("brackets without end", "{{ a" + "[" * 3000 + "1" + "]" * 3000 + " }}", ""),
    ("a long loop", "{% for i in (1..9999999) %}{% endfor %}", "limit"),
    ("loops in loops", "{% for i in (1..9999) %}{% for j in (1..9999) %}x{% endfor %}{% endfor %}", "limit"),
    ("a long range", "{{ (1..99999999999) | join: ' ' }}", "range"),
    ("a longer range", "{{ (1..9999999999999999999999) | size }}", ""),
    (
        "doubling text",
        "{% assign a = 'xx' %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}",
        "more than",
    ),
    ("growing text", "{{ 'x'" + " | replace: 'x', 'xxxxxxxxxx'" * 30 + " }}", "more than"),
    (
        "squaring numbers",
        "{% assign a = 3 %}{% for i in (1..99) %}{% assign a = a | times: a %}{% endfor %}",
        "more than",
    ),
    ("a flood", "{% for i in (1..99999) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}", "limit"),
]


@pytest.mark.parametrize(("text", "why"), [b[1:] for b in BROKEN], ids=[b[0] for b in BROKEN])
def test_a_broken_or_hostile_template_faults_soon(text: str, why: str) -> None:
    with pytest.raises(TemplateFault) as caught:
        rendered(text)
    assert why in str(caught.value)
    assert "\n" not in str(caught.value)


def test_line_ends_stay_as_they_are_whichever_way_a_text_goes() -> None:
    short, long = "a\r\nb\r{{flow.variables.x}}", "{% if true %}a\r\nb\r{{flow.variables.x}}{% endif %}"
    assert rendered(short, x="\r\n") == rendered(long, x="\r\n") == "a\r\nb\r\r\n"


@given(st.text(alphabet="{}%|-.[]'\"ab1 :,<>=ifendor", max_size=30), strategies.scopes)
@settings(max_examples=250, deadline=None)
def test_any_text_renders_or_faults(text: str, scope: dict[str, Any]) -> None:
    try:
        assert isinstance(render(text, scope), str)
    except TemplateFault as fault:
        assert str(fault)
    reads(text)


def test_problem_names_what_is_wrong() -> None:
    assert problem("Hi {{ name") == "expected '}}', found end of text"
    assert problem("Hi {% raw %}{{{% endraw %}") is None
    assert problem("no Liquid { here }") is None
    assert problem("{{ a | }}") is None or problem("{{ a | }}")


def test_reads_names_what_comes_from_outside() -> None:
    loop = "{% for s in widgets.w.parsed.sites %}{{s.x}}{{n}}{% endfor %}"
    text = "{% assign n = flow.variables.n %}" + loop + "{{trigger.call.SipHeader_X-A}}"
    assert reads(text) == {"flow.variables.n", "widgets.w.parsed.sites", "trigger.call.SipHeader_X-A"}
    assert reads("{{flow.variables.sites[i].x}}") >= {"flow.variables.sites"}
    assert reads("plain") == reads("broken {{ x") == frozenset()


def test_what_a_user_writes_is_never_rendered_again() -> None:
    flow = Flow(
        (
            state("keep", "set-variables", {"next": "ask"}, variables=[{"key": "secret", "value": "s3cret"}]),
            state("ask", "send-and-wait-for-reply", {"incomingMessage": "copy"}, body="?"),
            state(
                "copy",
                "set-variables",
                {"next": "say"},
                variables=[{"key": "said", "value": "{{widgets.ask.inbound.Body}}"}],
            ),
            state(
                "say",
                "send-message",
                {"sent": None},
                body="{{widgets.ask.inbound.Body}} {{flow.variables.said | strip}}",
            ),
        ),
        "keep",
    )
    session = Session(flow)
    session.start("{{flow.variables.secret}}")
    said = session.say("{{flow.variables.secret}}")
    assert said == ["{{flow.variables.secret}} {{flow.variables.secret}}"]


def test_json_text_is_compact_and_bounded() -> None:
    assert to_json({"a": [1, "é", None, True]}) == '{"a":[1,"é",null,true]}'
    assert from_json(" null ") is None
    for text in ("[" * 101 + "]" * 101, "[" * 9000, "NaN", "{", "1e5,"):
        with pytest.raises(ValueError):
            from_json(text)


@pytest.mark.parametrize("text", ["{{" * 50_000, "{% raw %}" + "{" * 100_000, "hi " + "{" * 60 + "x}}"])
def test_a_run_of_braces_is_told_at_once(text: str) -> None:
    assert "opening braces in a row" in (problem(text) or "")
