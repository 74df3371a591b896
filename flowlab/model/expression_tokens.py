"""An expression's text cut into tokens, and how a fault in it is shown: the line, and a mark under the place."""

from __future__ import annotations

import re
from typing import NamedTuple

from flowlab.errors import Fault, FormatError
from flowlab.text.plain import plain, short

#: As long as Twilio's whole workflow configuration may be, and far longer than anybody writes.
MAX_CHARS = 100_000
#: Digits of a number: more than a double holds.
MAX_DIGITS = 30
_AROUND = 60


class Token(NamedTuple):
    """``kind``: text, number, word (a keyword), path, operator (``==``, ...), mark (brackets, comma) or end."""

    kind: str
    text: str
    at: int


_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<number>-?[0-9]+(?:\.[0-9]+)?(?![\w.\[]))
    |(?P<word>(?:AND|OR|NOT|IN|HAS|CONTAINS|true|false|null)\b(?!\.))
    |(?P<path>\w+(?:\.\w+|\[[0-9]{1,9}\])*)
    |(?P<operator>==|!=|>=|<=(?!>)|<(?!>)|>)
    |(?P<mark>[()\[\],])""",
    re.VERBOSE | re.DOTALL,
)
_CURLY = "“”‘’„‚«»`´"
#: What people write from other languages, the longer ones first, and what it is here.
_STRANGE = {
    "&&": "write AND",
    "||": "write OR",
    "<>": "write != for 'is not'",
    "=": "write == to compare; a single = is no operator",
    "!": "there is no 'not' before a comparison; write != or NOT IN, or compare with false",
    "&": "write AND",
    "|": "write OR",
    "≠": "write !=",
    "≥": "write >=",
    "≤": "write <=",
    "-": "names have no hyphens, and there is no subtraction. Rename the attribute, with _ for instance",
    "–": "names have no hyphens, and there is no subtraction. Rename the attribute, with _ for instance",
    "$": "a placeholder such as ${...} must be filled in first, or stand in quotes",
    "{": "a placeholder such as ${...} must be filled in first, or stand in quotes",
    ".": "a dot stands between two names: worker.languages",
}


def tokens(text: str, source: str) -> list[Token]:
    """The tokens of an expression, the last one of kind ``end``. Raises FormatError at the first that is none."""
    if len(text) > MAX_CHARS:
        raise FormatError(source, f"is {len(text):,} characters long; at most {MAX_CHARS:,} are read")
    found: list[Token] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise fault(text, at, _strange(text, at), source)
        kind = match.lastgroup or ""
        if kind == "number" and sum(map(str.isdigit, match[0])) > MAX_DIGITS:
            raise fault(text, at, f"a number of more than {MAX_DIGITS} digits", source)
        if kind != "space":
            found.append(Token(kind, match[0], at))
        at = match.end()
    return [*found, Token("end", "", len(text.rstrip()))]


def fault(text: str, at: int, message: str, source: str) -> FormatError:
    """An error at a place of the expression: the message, the line, and a mark under the character ``at``.

    >>> print(fault("vip = true", 4, "write == to compare", "filter 'VIP'"))
    filter 'VIP': character 5: write == to compare
        vip = true
            ^
    """
    start = text.rfind("\n", 0, at) + 1
    end = text.find("\n", at)
    line = text[start : end if end >= 0 else len(text)]
    column = at - start
    left = max(0, column - _AROUND)
    before = ("..." if left else "") + plain(line[left:column])
    after = plain(line[column : column + _AROUND]) + ("..." if len(line) > column + _AROUND else "")
    place = f"line {text.count(chr(10), 0, at) + 1}, character {column + 1}" if "\n" in text else f"character {at + 1}"
    return FormatError(source, [Fault(f"{message}\n    {before}{after}\n    {' ' * len(before)}^", place)])


def shown(token: Token) -> str:
    """A token as an error names it.

    >>> shown(Token("path", "vip", 0)), shown(Token("end", "", 3))
    ("'vip'", 'the end')
    """
    return (
        "the end"
        if token.kind == "end"
        else f"'{short(token.text, 40)}'"
        if token.kind != "text"
        else short(token.text, 40)
    )


def unquoted(text: str) -> str:
    """What stands between the quotes. A backslash keeps its meaning only before a quote or another one.

    >>> unquoted(r"'it\\'s'"), unquoted('"C:\\\\x"')
    ("it's", 'C:\\\\x')
    """
    return re.sub(r"\\(['\"\\])", r"\1", text[1:-1])


def _strange(text: str, at: int) -> str:
    character = text[at]
    if character in "'\"":
        return f"the text that begins with this {character} is never closed"
    if character in _CURLY:
        return f"{character} is no quotation mark here; write ' or \""
    for written, advice in _STRANGE.items():
        if text.startswith(written, at):
            return f"{written!r} has no meaning here: {advice}"
    return f"'{plain(character)}' has no meaning here"
