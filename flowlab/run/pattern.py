"""Regular expressions of a split, tried only where they cannot run away.

Python's ``re`` may need time that grows exponentially with the text (``(a+)+$``), and flows are not ours to trust. So
the ways a pattern may try on a text are counted beforehand, from above: what may stand in several places multiplies
them, and a repeat around a choice raises them to the power of the length. A text too long for its pattern is not tried;
that is a fault of the flow and is said so. The count is the same everywhere, unlike a time-out.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from functools import lru_cache
from math import comb

from flowlab.text.plain import quote

MAX_PATTERN_CHARS = 1_000
MAX_TEXT_CHARS = 2_000
#: Less than a second of work at worst; most patterns need far less than their count.
MAX_WAYS = 10_000_000
_LOTS = 100_000

_TOKEN = re.compile(
    r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<open>\((?:\?(?:P?<\w+>|<?[=!]|[:>]|[a-zA-Z-]+:?))?)|(?P<close>\))|(?P<or>\|)"
    r"|(?P<repeat>[*+?]|\{(?P<low>\d*)(?P<comma>,?)(?P<high>\d*)\})[+?]?|.",
    re.DOTALL,
)


class PatternFault(Exception):
    """A pattern that is not valid, or may take for ever on this text. ``str()`` says which."""


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text matches; case is ignored.

    Raises PatternFault where the pattern is not valid, or the text too long to try it on.

    >>> matches("(sí|si)", "SÍ"), matches(".*blocked.*", "is it BLOCKED?")
    (True, True)
    """
    compiled, max_chars = _compiled(pattern)
    if isinstance(compiled, str):
        raise PatternFault(f"regular expression {quote(pattern)} is not valid: {compiled}")
    if len(text) > max_chars:
        limit = f"a text of more than {max_chars:,} characters" if max_chars > 0 else "any text"
        raise PatternFault(f"regular expression {quote(pattern)} is not tried: it could take for ever on {limit}")
    return compiled.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> tuple[re.Pattern[str] | str, int]:
    """The pattern, or why there is none; and the longest text it may be tried on."""
    if len(pattern) > MAX_PATTERN_CHARS:
        return f"it has more than {MAX_PATTERN_CHARS:,} characters", 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Python plans to read otherwise one day (``[[a]``)
            return re.compile(pattern, re.IGNORECASE), longest_text(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error), 0


@dataclass(slots=True)
class _Ways:
    """How many ways a part of a pattern may try: ``branches`` whatever the text, ``repeats`` that share the text
    between them, and ``power``: the ways of each character of an endless repeat around a choice.
    """

    branches: int = 1
    repeats: int = 0
    power: int = 1
    earlier: int = 0  # branches of the alternatives before the last ``|``

    def add(self, part: _Ways, times: int = 1) -> None:
        """``part`` follows, ``times`` over."""
        self.branches = min(self.branches * part.branches ** min(times, _LOTS), MAX_WAYS + 1)
        self.repeats += (part.repeats + (part.power > 1)) * times
        self.power = max(self.power, part.power)

    def repeat(self, part: _Ways, low: int, high: int) -> None:
        """``part``, the last that was added, stands ``low`` to ``high`` times."""
        if high > 1 and part != _Ways():
            self.add(part, max(low - 1, 0))
            if high > low:
                self.power = max(self.power, 2, part.branches * 2 ** min(part.repeats, _LOTS) * part.power)
        if high == 1:
            self.branches *= 2
        elif high > low:
            self.repeats += 1

    def closed(self) -> _Ways:
        """A group at its closing bracket, its alternatives together."""
        return _Ways(self.earlier + self.branches, self.repeats, self.power)

    def on(self, chars: int) -> int:
        """The ways on a text of that many characters, at most."""
        return int(self.branches * comb(chars + self.repeats, chars) * self.power**chars)


def longest_text(pattern: str) -> int:
    """The longest text, in characters, that a pattern may be tried on; -1 where none is short enough.

    >>> longest_text(".*(yes|no).*"), longest_text("(a+)+$")
    (2000, 15)
    """
    whole = _ways(pattern)
    low, high = -1, MAX_TEXT_CHARS
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if whole.on(middle) <= MAX_WAYS else (low, middle - 1)
    return low


def _ways(pattern: str) -> _Ways:
    groups, part = [_Ways()], _Ways()
    for token in _TOKEN.finditer(pattern):
        if token["open"]:
            groups.append(_Ways())
        elif token["close"] and len(groups) > 1:
            part = groups.pop().closed()
            groups[-1].add(part)
        elif token["or"]:
            groups[-1].earlier, groups[-1].branches = groups[-1].earlier + groups[-1].branches, 1
        elif token["repeat"]:
            groups[-1].repeat(part, *_bounds(token))
        else:
            part = _Ways()
    return groups[0].closed()


def _bounds(token: re.Match[str]) -> tuple[int, int]:
    named = {"*": (0, _LOTS), "+": (1, _LOTS), "?": (0, 1)}.get(token["repeat"])
    low = int(token["low"] or 0)
    return named or (low, int(token["high"] or _LOTS) if token["comma"] else low)
