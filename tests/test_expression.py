"""TaskRouter's expressions as text and tree: everything the language knows parses, everything else is explained."""

from __future__ import annotations

import random

import expressions
import pytest

from flowlab.errors import FormatError
from flowlab.model.expression import And, Comparison, ListOf, Literal, Or, Path, comparisons, uses
from flowlab.model.expression_parser import MAX_DEPTH, parse, parse_order, parse_value
from flowlab.model.readings import Readings

LEFT_TO_RIGHT = Readings(and_binds_tighter=False)

#: What is written, and how it reads in full.
READS = [
    ("1==1", "1 == 1"),
    ("a=='x'", "a == 'x'"),
    ('a == "it\'s"', 'a == "it\'s"'),
    (r"a == 'it\'s \"so\"'", "a == 'it\\'s \"so\"'"),
    (r"a == 'C:\x'", r"a == 'C:\\x'"),
    ("a != -1.50", "a != -1.5"),
    ("a >= 1 AND b <= 2 AND c < 3 AND d > 4", "a >= 1 AND b <= 2 AND c < 3 AND d > 4"),
    ("a == true OR b == false OR c == null", "a == true OR b == false OR c == null"),
    ("((a == 1))", "a == 1"),
    ("(a == 1 OR b == 1) AND c == 1", "(a == 1 OR b == 1) AND c == 1"),
    ("a == 1 OR b == 1 AND c == 1", "a == 1 OR (b == 1 AND c == 1)"),
    ("a == 1 AND (b == 1 AND c == 1)", "a == 1 AND (b == 1 AND c == 1)"),
    ("worker.roles HAS 'agent'", "worker.roles HAS 'agent'"),
    ("name CONTAINS 'x'", "name CONTAINS 'x'"),
    ("channel IN['web' , \"sms\"]", "channel IN ['web', 'sms']"),
    ("x NOT   IN []", "x NOT IN []"),
    ("'Phone' IN worker.routing.skills", "'Phone' IN worker.routing.skills"),
    ("worker.routing.levels.988ENsk > 3", "worker.routing.levels.988ENsk > 3"),
    ("calls[0].legs[12] == 3", "calls[0].legs[12] == 3"),
    ("task.language IN worker.languages", "task.language IN worker.languages"),
    ("IN.x == AND.y", "IN.x == AND.y"),
    ("größe == 'ü'", "größe == 'ü'"),
    ("\n a\t==\n 1 ", "a == 1"),
]


@pytest.mark.parametrize(("text", "full"), READS, ids=[text for text, _ in READS])
def test_it_reads(text: str, full: str) -> None:
    assert str(parse(text)) == full
    assert parse(full) == parse(text)


def test_a_tree_is_plain_data() -> None:
    assert parse("vip == true AND (calls[0].tier IN ['gold', 1] OR 1.0 > x)") == And(
        (
            Comparison(Path(("vip",)), "==", Literal(True)),
            Or(
                (
                    Comparison(Path(("calls", 0, "tier")), "IN", ListOf((Literal("gold"), Literal(1)))),
                    Comparison(Literal(1.0), ">", Path(("x",))),
                )
            ),
        )
    )
    assert Literal(1) != Literal(True) != Literal(1.0)


def test_and_binds_tighter_unless_the_reading_says_so() -> None:
    text = "a == 1 OR b == 1 AND c == 1"
    assert str(parse(text)) == "a == 1 OR (b == 1 AND c == 1)"
    assert str(parse(text, readings=LEFT_TO_RIGHT)) == "(a == 1 OR b == 1) AND c == 1"


@pytest.mark.parametrize("readings", [Readings(), LEFT_TO_RIGHT], ids=["AND first", "left to right"])
def test_a_tree_as_text_is_the_same_tree(readings: Readings) -> None:
    made = random.Random(3)
    for _ in range(2000):
        tree = parse(expressions.text(made), readings=readings)
        assert parse(str(tree), readings=readings) == tree


#: What is written, the character at which the mark stands (from 1), and the words that help.
FAULTS = [
    ("a = 1", 3, "write =="),
    ("a == 1 and b == 2", 8, "upper case: write AND"),
    ("a == 1 or b == 2", 8, "upper case: write OR"),
    ("a in ['x']", 3, "upper case: write IN"),
    ("a has 'x'", 3, "upper case: write HAS"),
    ("a not in ['x']", 3, "write NOT IN"),
    ("!a == 1", 1, "there is no 'not'"),
    ("NOT a == 1", 1, "NOT stands only in NOT IN"),
    ("not (a == 1)", 5, "NOT stands only in NOT IN"),
    ("a NOT 1", 7, "expected IN after NOT"),
    ("a == 1 && b == 2", 8, "write AND"),
    ("a == 1 || b == 2", 8, "write OR"),
    ("a <> 1", 3, "write !="),
    ("a ≠ 1", 3, "write !="),
    ("customer-tier == 'x'", 9, "no hyphens"),
    ("level-2 == 1", 6, "no hyphens"),
    ("a == 'x", 6, "never closed"),
    ("a == “x”", 6, "no quotation mark"),
    ("a == ‘x’", 6, "no quotation mark"),
    ("(a == 1", 1, "never closed"),
    ("(a == 1 b", 9, "expected AND, OR or )"),
    ("a == 1)", 7, "no parenthesis is open"),
    ("a == new customer", 10, "must stand in quotes"),
    ("vip", 4, "write vip == true"),
    ("vip AND a == 1", 5, "write vip == true"),
    ("a ==", 5, "found the end"),
    ("a == AND", 6, "found 'AND'"),
    ("a == 1 OR", 10, "found the end"),
    ("a IN ['x'", 6, "this list is never closed"),
    ("a IN ['x' 'y']", 11, "expected a comma or ]"),
    ("a IN ('x')", 6, "found '('"),
    ("${tier} == 1", 1, "placeholder"),
    ("a == .5", 6, "a dot stands between"),
    ("a == 1 == 2", 8, "expected AND, OR or the end"),
    ("a; b", 2, "';' has no meaning"),
    (f"a == {'1' * 400}", 6, "more than 30 digits"),
    ("", 0, "1==1"),
    (" \n ", 0, "is empty"),
]


@pytest.mark.parametrize(("text", "at", "words"), FAULTS, ids=[text[:30] or "empty" for text, _, _ in FAULTS])
def test_a_fault_is_shown_where_it_is(text: str, at: int, words: str) -> None:
    with pytest.raises(FormatError) as caught:
        parse(text, "filter 'VIP'")
    message = str(caught.value)
    assert message.startswith("filter 'VIP'")
    assert words in message
    if at:
        assert f"character {at}:" in message
        _, line, mark = message.split("\n")
        assert mark.index("^") == line.index(text[:20]) + at - 1


def test_of_several_lines_the_one_is_shown() -> None:
    with pytest.raises(FormatError) as caught:
        parse("a == 1\nAND b = 2\nAND c == 3")
    assert str(caught.value) == (
        "expression: line 2, character 7: '=' has no meaning here: write == to compare; a single = is no operator\n"
        "    AND b = 2\n"
        "          ^"
    )


def test_of_a_long_line_the_place_is_shown() -> None:
    with pytest.raises(FormatError) as caught:
        parse("a == 1 AND " * 500 + "b = 2" + " AND a == 1" * 500)
    message = str(caught.value)
    assert "..." in message
    assert "b = 2" in message
    assert len(message) < 400


@pytest.mark.parametrize("text", ["(" * 10_000 + "a == 1" + ")" * 10_000, "a IN " + "[" * 10_000, "(" * 90_000])
def test_deep_nesting_is_a_sentence(text: str) -> None:
    with pytest.raises(FormatError, match=f"more than {MAX_DEPTH} levels"):
        parse(text)
    assert parse("(" * MAX_DEPTH + "a == 1" + ")" * MAX_DEPTH) == parse("a == 1")


def test_a_long_chain_is_no_nesting() -> None:
    assert len(list(comparisons(parse(" OR ".join(["a == 1"] * 5000))))) == 5000
    with pytest.raises(FormatError, match="levels deep"):
        parse(" AND ".join(["a == 1 OR b == 1"] * 500), readings=LEFT_TO_RIGHT)


def test_no_letter_of_an_expression_steers_the_terminal() -> None:
    with pytest.raises(FormatError) as caught:
        parse("'\x1b[2J\u202e' = 1")
    assert "\x1b" not in str(caught.value)
    assert "\\x1b[2J\\u202e" in str(caught.value)
    _, line, mark = str(caught.value).split("\n")
    assert line[mark.index("^")] == "="


def test_junk_is_refused_in_words() -> None:
    made = random.Random(5)
    for _ in range(3000):
        text = "".join(made.choice("a1.'\"[]()=!<>&|-, \\ANDORIN\n\0é") for _ in range(made.randrange(30)))
        try:
            parse(text)
        except FormatError as error:
            assert str(error).isprintable() or "\n" in str(error)


def test_uses_lists_what_is_read_and_with_what_it_is_compared() -> None:
    tree = parse("worker.languages HAS task.language AND (1 < misses OR tier IN ['gold', task.tier])")
    assert [(str(use.path), use.operator, str(use.other), use.is_left) for use in uses(tree)] == [
        ("worker.languages", "HAS", "task.language", True),
        ("task.language", "HAS", "worker.languages", False),
        ("misses", "<", "1", False),
        ("tier", "IN", "['gold', task.tier]", True),
        ("task.tier", "IN", "tier", False),
    ]


def test_values_and_orders() -> None:
    assert parse_value("'WK1'") == Literal("WK1")
    assert parse_value("task.routing.workerSid") == Path(("task", "routing", "workerSid"))
    assert [str(key) for key in parse_order("worker.levels.care DESC,worker.age , worker.x ASC")] == [
        "worker.levels.care DESC",
        "worker.age ASC",
        "worker.x ASC",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [("worker.a DOWN", "ASC or DESC"), ("5 DESC", "attribute"), ("", "expected"), ("worker.a,", "expected")],
)
def test_an_order_that_is_none(text: str, words: str) -> None:
    with pytest.raises(FormatError, match=words):
        parse_order(text)
