"""Expressions against attributes: the documented rules one by one, the open ones both ways, and a second evaluator."""

from __future__ import annotations

import random
from itertools import product
from typing import Any

import expressions
import pytest

from flowlab.model.expression_parser import parse
from flowlab.model.expression_value import evaluate, holds
from flowlab.model.readings import Readings

WORKER: dict[str, Any] = {
    "name": "Ines",
    "languages": ["en", "pt"],
    "level": 5,
    "senior": False,
    "tier": "",
    "nothing": None,
    "routing": {"levels": {"988ENsk": 3}, "calls": [{"reason": "return"}]},
}

#: Expression, whether it holds for WORKER, and the words that say why.
RULES = [
    ("1==1", True, "1 == 1 is true"),
    ("1==0", False, "1 == 0 is false"),
    ("name == 'Ines'", True, "name is 'Ines'"),
    ("name == 'ines'", False, "name is 'Ines'"),
    ("level == 5.0", True, "level is 5"),
    ("level == '5'", False, "a number and a text never compare"),
    ("level != '5'", False, "a number and a text never compare"),
    ("senior == false", True, "senior is false"),
    ("senior == 0", False, "true or false and a number never compare"),
    ("level >= 5 AND level <= 5", True, "level >= 5 is true: level is 5; level <= 5 is true"),
    ("level > 5", False, "level is 5"),
    ("name < 'Jo'", True, "name is 'Ines'"),
    ("'Z' < 'a'", True, ""),
    ("'10' < '9'", True, ""),
    ("level < 'x'", False, "never compare"),
    ("senior < true", False, ""),
    ("name CONTAINS 'ne'", True, ""),
    ("name CONTAINS 'NE'", False, ""),
    ("languages CONTAINS 'pt'", False, "CONTAINS wants texts, not a list"),
    ("languages HAS 'pt'", True, "languages is ['en', 'pt']"),
    ("languages HAS 'p'", False, "languages is ['en', 'pt']"),
    ("name HAS 'Ines'", False, "HAS wants a list on its left, not a text"),
    ("gone HAS 'pt'", False, "gone is missing"),
    ("'pt' IN languages", True, ""),
    ("name IN ['Ines', 'Owen']", True, ""),
    ("level IN ['5', 4]", False, ""),
    ("name IN 'Ines and Owen'", False, "IN wants a list on its right, not a text"),
    ("name NOT IN ['Owen']", True, ""),
    ("name NOT IN 'Owen'", False, "NOT IN wants a list"),
    ("name NOT IN gone", True, "gone is missing"),
    ("gone == null", True, "gone is missing"),
    ("nothing == null", True, ""),
    ("name != null", True, ""),
    ("languages != null", True, ""),
    ("gone == true", False, "gone is missing"),
    ("gone > 1", False, "gone is missing"),
    ("languages == ['en', 'pt']", False, "== does not compare a list"),
    ("languages != 'en'", False, "never compare"),
    ("languages != ['en']", False, "!= does not compare a list"),
    ("routing != 'x'", False, "a map and a text never compare"),
    ("routing.levels.988ENsk == 3", True, "routing.levels.988ENsk is 3"),
    ("routing.calls[0].reason == 'return'", True, ""),
    ("routing.calls[1].reason == 'return'", False, "routing.calls[1].reason is missing"),
    ("name.first == 'I'", False, "name.first is missing"),
    ("level == 4 OR senior == true", False, "level == 4 is false: level is 5; senior == true is false"),
    ("level == 5 OR senior == true", True, "level == 5 is true: level is 5"),
    ("level == 5 AND senior == true", False, "senior == true is false: senior is false"),
]


@pytest.mark.parametrize(("text", "result", "why"), RULES, ids=[text for text, _, _ in RULES])
def test_the_rules(text: str, result: bool, why: str) -> None:
    verdict = evaluate(parse(text), WORKER)
    assert verdict.holds is holds(parse(text), WORKER) is result
    assert why in verdict.why


#: Expression, the switch, and what it is with the switch off and on.
OPEN = [
    ("gone != true", "null_differs", False, True),
    ("'x' != gone", "null_differs", False, True),
    ("name NOT IN gone", "null_differs", False, True),
    ("gone NOT IN ['x']", "null_differs", False, True),
    ("name != null", "null_differs", True, True),
    ("gone != null", "null_differs", False, False),
    ("gone == ''", "null_is_empty", False, True),
    ("gone != ''", "null_is_empty", True, False),
    ("gone IN ['']", "null_is_empty", False, True),
    ("tier == ''", "null_is_empty", True, True),
    ("tier == null", "null_is_empty", False, True),
    ("level == 5 OR level == 4 AND level == 3", "and_binds_tighter", False, True),
]


@pytest.mark.parametrize(("text", "switch", "off", "on"), OPEN, ids=[f"{text}, {switch}" for text, switch, *_ in OPEN])
def test_what_twilio_leaves_open_both_ways(text: str, switch: str, off: bool, on: bool) -> None:
    for reading, result in ((False, off), (True, on)):
        readings = Readings(**{switch: reading})
        assert holds(parse(text, readings=readings), WORKER, readings) is result


def test_it_agrees_with_a_second_evaluator_on_10_000_expressions() -> None:
    made = random.Random(11)
    settings = list(product((True, False), repeat=3))
    seen = set()
    for n in range(10_000):
        tight, differs, empty = settings[n % len(settings)]
        text = expressions.text(made)
        readings = Readings(and_binds_tighter=tight, null_differs=differs, null_is_empty=empty)
        expected = expressions.reference(text, tight=tight, null_differs=differs, null_is_empty=empty)
        tree = parse(text, readings=readings)
        assert holds(tree, expressions.ATTRIBUTES, readings) is expected, (text, readings)
        assert evaluate(tree, expressions.ATTRIBUTES, readings).holds is expected
        seen.add(expected)
    assert seen == {True, False}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("level == 5 OR senior == true", "level == 5 is true: level is 5"),
        ("level == 4 AND name == 'Ines'", "level == 4 is false: level is 5"),
        ("(level == 4 AND name == 'Ines') OR 1 == 0", "level == 4 is false: level is 5; 1 == 0 is false"),
        (
            "level == 5 AND (1 == 0 OR senior == false)",
            "level == 5 is true: level is 5; senior == false is true: senior is false",
        ),
    ],
)
def test_only_what_decided_is_a_reason(text: str, why: str) -> None:
    assert evaluate(parse(text), WORKER).why == why


def test_reasons_are_short_and_plain() -> None:
    attributes = {"long": ["x" * 1000] * 1000, "odd": "\x1b[2J", "map": {"a": "b" * 1000}}
    why = evaluate(parse("long HAS 'y' OR odd == 'z' OR map == 1 OR a == 1 OR b == 1 OR a == 1"), attributes).why
    assert len(why) < 800
    assert "\x1b" not in why
    assert why.endswith("; and 2 more")
