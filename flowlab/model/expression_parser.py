"""Text -> expression tree, by recursive descent. What is wrong is named with its place.

The grammar::

    expression := and {OR and}
    and        := primary {AND primary}
    primary    := "(" expression ")" | value operator value
    operator   := == | != | >= | <= | > | < | CONTAINS | HAS | IN | NOT IN
    value      := 'text' | "text" | number | true | false | null | path | "[" [value {, value}] "]"
    path       := name {"." name | "[" number "]"}

Twilio does not say whether AND binds tighter than OR; see :class:`~flowlab.model.readings.Readings`.
"""

from __future__ import annotations

from flowlab.errors import FormatError
from flowlab.model.expression import And, Comparison, Expression, ListOf, Literal, Or, OrderKey, Path, Value
from flowlab.model.expression_tokens import Token, fault, shown, tokens, unquoted
from flowlab.model.readings import READINGS, Readings

#: Levels of parentheses and brackets. Published workflows have at most a handful.
MAX_DEPTH = 100

_WORD_OPERATORS = ("CONTAINS", "HAS", "IN")
_CONSTANTS = {"true": True, "false": False, "null": None}
_CONNECTIVES = ("AND", "OR")


def parse(text: str, source: str = "expression", readings: Readings = READINGS) -> Expression:
    """The tree of an expression. ``source`` names it in errors ("filter 'VIP'").

    Raises FormatError with the line, a mark under the place, what was expected and, where it can be guessed, what was
    meant.

    >>> parse("vip == true OR (tier IN ['gold', 'silver'] AND misses > 2)")
    Or(parts=(Comparison(...), And(parts=(Comparison(...), Comparison(...)))))
    >>> print(parse("a==1 AND b == 'x'"))
    a == 1 AND b == 'x'
    """
    reader = _Reader(text, source, readings)
    if reader.token.kind == "end":
        raise FormatError(source, "is empty; write 1==1 for what always holds")
    tree = reader.expression(0)
    if reader.token.kind != "end":
        raise reader.wrong(_after_comparison(reader.token))
    return tree


def parse_value(text: str, source: str = "expression") -> Value:
    """A single value, as ``known_worker_sid`` has it. Raises FormatError.

    >>> parse_value("task.routing.workerSid")
    Path(segments=('task', 'routing', 'workerSid'))
    """
    reader = _Reader(text, source, READINGS)
    value = reader.value(0)
    if reader.token.kind != "end":
        raise reader.wrong(f"expected the end after a value, found {shown(reader.token)}")
    return value


def parse_order(text: str, source: str = "order_by") -> tuple[OrderKey, ...]:
    """The keys of an ``order_by``; without a direction the smallest comes first. Raises FormatError.

    >>> [str(key) for key in parse_order("worker.levels.care DESC, worker.age")]
    ['worker.levels.care DESC', 'worker.age ASC']
    """
    reader = _Reader(text, source, READINGS)
    keys: list[OrderKey] = []
    while True:
        path = reader.value(0)
        if not isinstance(path, Path):
            raise reader.wrong("expected a worker's attribute such as worker.levels.care before this")
        word = reader.token.text if reader.token.kind == "path" else ""
        if word in ("ASC", "DESC"):
            reader.take()
        keys.append(OrderKey(path, word == "DESC"))
        if reader.token.kind == "end":
            return tuple(keys)
        if not reader.accept(","):
            raise reader.wrong(f"expected ASC or DESC, a comma or the end, found {shown(reader.token)}")


class _Reader:
    """A place in the tokens, and how each rule of the grammar is read from there."""

    def __init__(self, text: str, source: str, readings: Readings) -> None:
        self.text, self.source, self.readings = text, source, readings
        self._tokens = tokens(text, source)
        self._next = 0

    @property
    def token(self) -> Token:
        return self._tokens[self._next]

    def take(self) -> Token:
        token = self.token
        self._next += 1
        return token

    def accept(self, text: str) -> bool:
        """Take the next token if it is this keyword or mark."""
        if self.token.kind in ("mark", "word") and self.token.text == text:
            self._next += 1
            return True
        return False

    def wrong(self, message: str, token: Token | None = None) -> FormatError:
        return fault(self.text, (token or self.token).at, message, self.source)

    def expression(self, depth: int) -> Expression:
        return self._tight(depth) if self.readings.and_binds_tighter else self._in_turn(depth)

    def _tight(self, depth: int) -> Expression:
        """AND before OR."""
        either = []
        while True:
            both = [self._primary(depth)]
            while self.accept("AND"):
                both.append(self._primary(depth))
            either.append(both[0] if len(both) == 1 else _join("AND", both))
            if not self.accept("OR"):
                return either[0] if len(either) == 1 else _join("OR", either)

    def _in_turn(self, depth: int) -> Expression:
        """From left to right; a run of the same connective is one tree."""
        run, last = [self._primary(depth)], ""
        while (word := self.token).kind == "word" and word.text in ("AND", "OR"):
            self.take()
            if last and word.text != last:
                depth = self._deeper(depth, word)
                run = [_join(last, run)]
            run.append(self._primary(depth))
            last = word.text
        return _join(last, run) if last else run[0]

    def _primary(self, depth: int) -> Expression:
        token = self.token
        if not self.accept("("):
            return self._comparison(depth)
        tree = self.expression(self._deeper(depth, token))
        if not self.accept(")"):
            if self.token.kind == "end":
                raise self.wrong("this parenthesis is never closed", token)
            raise self.wrong(_after_comparison(self.token, "AND, OR or )"))
        return tree

    def _comparison(self, depth: int) -> Comparison:
        left = self.value(depth)
        operator = self._operator(left)
        return Comparison(left, operator, self.value(depth))

    def _operator(self, left: Value) -> str:
        token = self.token
        if token.kind == "operator" or (token.kind == "word" and token.text in _WORD_OPERATORS):
            return self.take().text
        if token.kind == "word" and token.text == "NOT":
            self.take()
            if self.accept("IN"):
                return "NOT IN"
            raise self.wrong(f"expected IN after NOT, found {shown(self.token)}")
        raise self.wrong(_no_operator(token, left))

    def value(self, depth: int) -> Value:
        token = self.take()
        if token.kind == "text":
            return Literal(unquoted(token.text))
        if token.kind == "number":
            return Literal(float(token.text) if "." in token.text else int(token.text))
        if token.kind == "path":
            return _path(token.text)
        if token.kind == "word" and token.text in _CONSTANTS:
            return Literal(_CONSTANTS[token.text])
        if token.text == "[":
            return self._list(self._deeper(depth, token), token)
        raise self.wrong(_no_value(token), token)

    def _list(self, depth: int, opened: Token) -> ListOf:
        items: list[Value] = []
        while not self.accept("]"):
            if items and not self.accept(","):
                if self.token.kind == "end":
                    raise self.wrong("this list is never closed", opened)
                raise self.wrong(f"expected a comma or ] in a list, found {shown(self.token)}")
            items.append(self.value(depth))
        return ListOf(tuple(items))

    def _deeper(self, depth: int, token: Token) -> int:
        if depth >= MAX_DEPTH:
            raise self.wrong(f"nested more than {MAX_DEPTH} levels deep; leave out what is not needed", token)
        return depth + 1


def _join(connective: str, parts: list[Expression]) -> Expression:
    return And(tuple(parts)) if connective == "AND" else Or(tuple(parts))


def _path(text: str) -> Path:
    parts = text.replace("[", ".[").split(".")
    return Path(tuple(int(part[1:-1]) if part.startswith("[") else part for part in parts))


def _no_value(token: Token) -> str:
    what = f"expected an attribute, a text in quotes, a number, true, false, null or a list, found {shown(token)}"
    if token.text == "NOT":
        return f"{what}. NOT stands only in NOT IN; write != , or compare with false"
    return what


def _no_operator(token: Token, left: Value) -> str:
    lower = {word.lower(): word for word in (*_WORD_OPERATORS, *_CONNECTIVES, "NOT")}
    if token.kind == "path" and token.text.lower() in lower:
        word = lower[token.text.lower()]
        return f"keywords are upper case: write {'NOT IN' if word == 'NOT' else word}"
    if token.kind == "number" and token.text.startswith("-"):
        return "names have no hyphens, and there is no subtraction; rename the attribute, with _ for instance"
    what = f"expected an operator (==, !=, >, >=, <, <=, CONTAINS, HAS, IN, NOT IN), found {shown(token)}"
    if str(left).upper() == "NOT":
        return f"{what}. NOT stands only in NOT IN; write != , or compare with false"
    if isinstance(left, Path) and (token.kind == "end" or token.text in ("AND", "OR", ")")):
        return f"{what}. An attribute alone is no comparison: write {left} == true"
    return what


def _after_comparison(token: Token, expected: str = "AND, OR or the end") -> str:
    if token.kind == "path" and token.text.upper() in _CONNECTIVES:
        return f"keywords are upper case: write {token.text.upper()}"
    if token.text == ")":
        return "no parenthesis is open here"
    what = f"expected {expected}, found {shown(token)}"
    return f"{what}. A name with blanks in it must stand in quotes" if token.kind == "path" else what
