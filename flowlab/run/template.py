"""Texts with Liquid in them, made ready to be rendered many times.

Most texts of real flows are literal or plain look-ups (``Hi {{flow.variables.name}}``); those take a short way that a
property test holds equal to python-liquid. All others go through :mod:`flowlab.run.dialect`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, Protocol

from flowlab.run.dialect import joined, parsed, rendered
from flowlab.run.values import Path, Scope, as_key, look_up, text_of

_LOOK_UP = re.compile(
    r"(?<!\{)\{\{\s*((?:trigger|widgets|flow|contact)(?:\.[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)+)\s*\}\}"
)
#: How many rendered texts a template remembers, and how long each may be.
MAX_SEEN, MAX_SEEN_CHARS = 256, 4_096
_NOT_PLAIN = frozenset({"size", "first", "last"})  # properties that Liquid computes


@lru_cache(maxsize=4096)
def compile_template(text: str, lists_as_json: bool = True) -> Renderer:
    """What renders ``text`` on a scope (``trigger``, ``widgets``, ``flow``, ``contact``): the text itself if it holds
    no Liquid, else a :class:`Template`. Never raises; a broken text faults when it is rendered.

    ``lists_as_json``: how lists and maps are written; see :class:`~flowlab.model.readings.Readings`.

    >>> render("Hi {{ flow.variables.name }}!", {"flow": {"variables": {"name": "Ana"}}})
    'Hi Ana!'
    """
    if "{{" not in text and "{%" not in text:
        return text
    return plain_template(text, lists_as_json) or LiquidTemplate(text, lists_as_json)


def render(text: str, scope: Scope) -> str:
    """A text rendered on a scope. Raises TemplateFault where it is broken."""
    renderer = compile_template(text)
    return renderer if isinstance(renderer, str) else renderer.render(scope)


class Template(Protocol):
    """A text with Liquid in it."""

    @property
    def paths(self) -> tuple[Path, ...] | None:
        """What the rendered text depends on; None where that cannot be said (the clock, paths made at run time)."""

    def render(self, scope: Scope) -> str:
        """The text on a scope. Raises TemplateFault where it is broken."""


Renderer = str | Template


def plain_template(text: str, lists_as_json: bool = True) -> PlainTemplate | LookUp | None:
    """The short way: for a text of literals and plain look-ups only; None for any other."""
    pieces = _LOOK_UP.split(text)
    literals, paths = pieces[::2], tuple(tuple(path.split(".")) for path in pieces[1::2])
    if any("{{" in part or "{%" in part for part in literals) or any(_NOT_PLAIN & {*path} for path in paths):
        return None
    write = text_of if lists_as_json else joined
    return LookUp(paths[0], write) if literals == ["", ""] else PlainTemplate(literals, paths, write)


class PlainTemplate:
    """Literals with look-ups between them. ``write``: how a value becomes text."""

    __slots__ = ("_literals", "_write", "paths")

    def __init__(self, literals: list[str], paths: tuple[Path, ...], write: Callable[[Any], str] = text_of) -> None:
        self._literals = literals
        self._write = write
        self.paths = paths

    def render(self, scope: Scope) -> str:
        out = [self._literals[0]]
        for path, literal in zip(self.paths, self._literals[1:], strict=True):
            value = look_up(scope, path)
            out.append(value if value.__class__ is str else self._write(value))
            out.append(literal)
        return "".join(out)


class LookUp:
    """One look-up and nothing else: what most splits test."""

    __slots__ = ("_write", "path", "paths")

    def __init__(self, path: Path, write: Callable[[Any], str] = text_of) -> None:
        self._write = write
        self.path = path
        self.paths = (path,)

    def render(self, scope: Scope) -> str:
        value = look_up(scope, self.path)
        return value if value.__class__ is str else self._write(value)


class LiquidTemplate:
    """Anything else: python-liquid's way, parsed at first use. The same values give the same text, so it remembers."""

    __slots__ = ("_lists_as_json", "_seen", "_text")

    def __init__(self, text: str, lists_as_json: bool = True) -> None:
        self._text = text
        self._lists_as_json = lists_as_json
        self._seen: dict[tuple[Hashable, ...], str] = {}

    @property
    def paths(self) -> tuple[Path, ...] | None:
        return _inputs(self._text)

    def render(self, scope: Scope) -> str:
        paths = self.paths
        if paths is None:
            return rendered(self._text, scope, self._lists_as_json)
        values = tuple(as_key(look_up(scope, path)) for path in paths)
        text = self._seen.get(values)
        if text is None:
            text = rendered(self._text, scope, self._lists_as_json)
            if None not in values and len(text) <= MAX_SEEN_CHARS:
                if len(self._seen) >= MAX_SEEN:
                    self._seen.clear()
                self._seen[values] = text
        return text


@lru_cache(maxsize=4096)
def _inputs(text: str) -> tuple[Path, ...] | None:
    template = parsed(text)
    if isinstance(template, str):
        return ()
    segments = template.global_variable_segments(include_partials=False)
    fixed = all(isinstance(s, str) and s not in _NOT_PLAIN for path in segments for s in path)
    if "date" in template.filter_names(include_partials=False) or not fixed:
        return None
    return tuple(tuple(map(str, path)) for path in segments)


def problem(text: str) -> str | None:
    """Why a text is not valid Liquid; None when it is.

    >>> problem("Hi {{ name"), problem("Hi {{ name }}")
    ("expected '}}', found end of text", None)
    """
    if "{{" not in text and "{%" not in text:
        return None
    template = parsed(text)
    return template if isinstance(template, str) else None


def reads(text: str) -> frozenset[str]:
    """Dotted paths of the variables a text reads, without those it makes itself (``assign``, ``for``).

    A path stops where it turns dynamic (``sites[i].x`` reads ``sites``). Empty for a broken text.

    >>> sorted(reads("{% assign n = flow.variables.n %}{{ n }} {{ widgets.ask.inbound.Body | downcase }}"))
    ['flow.variables.n', 'widgets.ask.inbound.Body']
    """
    if "{{" not in text and "{%" not in text:
        return frozenset()
    template = parsed(text)
    if isinstance(template, str):
        return frozenset()
    return frozenset(
        ".".join(_static(segments)) for segments in template.global_variable_segments(include_partials=False)
    )


def _static(segments: list[Any]) -> list[str]:
    names: list[str] = []
    for segment in segments:
        if not isinstance(segment, str):
            break
        names.append(segment)
    return names
