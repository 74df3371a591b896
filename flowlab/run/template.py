"""Liquid, as Studio uses it. The only file that imports the Liquid library.

Studio speaks "Liquid for Designers" plus a ``to_json`` filter. Lists and maps are written as JSON text, unknown
variables as nothing, dates in US Pacific time with ``now`` taken from the simulated clock. Most texts of real flows
are literal or plain look-ups (``Hi {{flow.variables.name}}``); those take a short way that a property test holds
equal to python-liquid.

Sources: Twilio docs *Using variables in Studio / Liquid template language*; support article 4413699936411 (Pacific).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Hashable, Mapping
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any, Protocol

from flowlab.run.dates import moment

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

Scope = Mapping[str, Any]
Path = tuple[str, ...]

#: Where the simulated clock stands in a scope, in seconds since 1970 UTC. The blank keeps templates from reading it.
NOW = "flowlab now"

_LOOK_UP = re.compile(
    r"(?<!\{)\{\{\s*((?:trigger|widgets|flow|contact)(?:\.[A-Za-z_](?:[A-Za-z0-9_-]*[A-Za-z0-9_])?)+)\s*\}\}"
)
MAX_JSON_DEPTH = 100
#: The longest text a filter may make (and the most bits of a number); Studio's own limit is 16 KB.
MAX_FILTER_CHARS = 100_000
#: How many rendered texts a template remembers, and how long each may be.
MAX_SEEN, MAX_SEEN_CHARS = 256, 4_096
_NOT_PLAIN = frozenset({"size", "first", "last"})  # properties that Liquid computes


class TemplateFault(Exception):
    """A template that does not parse or cannot be rendered. ``str()`` says why."""


def text_of(value: Any) -> str:
    """A value as Studio writes it into a text: ``true``, nothing for null, JSON for lists and maps.

    >>> text_of(True), text_of(None), text_of(["a", 1])
    ('true', '', '["a",1]')
    """
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict | list | tuple):
        return to_json(value)
    return str(value)


def to_json(value: Any) -> str:
    """Compact JSON text.

    >>> to_json({"a": "é"})
    '{"a":"é"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def from_json(text: str) -> Any:
    """What JSON text holds. Raises ValueError where it is none, or nested so deep that no later step could copy it.

    >>> from_json('{"a": [1, true]}')
    {'a': [1, True]}
    """
    try:
        value = json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise ValueError("it is nested too deep") from None
    level = [value]
    for _ in range(MAX_JSON_DEPTH):
        level = [x for v in level if isinstance(v, dict | list) for x in (v.values() if isinstance(v, dict) else v)]
    if level:
        raise ValueError("it is nested too deep")
    return value


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


@lru_cache(maxsize=4096)
def compile_template(text: str) -> Renderer:
    """What renders ``text`` on a scope (``trigger``, ``widgets``, ``flow``, ``contact``): the text itself if it holds
    no Liquid, else a :class:`Template`. Never raises; a broken text faults when it is rendered.

    >>> render("Hi {{ flow.variables.name }}!", {"flow": {"variables": {"name": "Ana"}}})
    'Hi Ana!'
    """
    if "{{" not in text and "{%" not in text:
        return text
    return plain_template(text) or LiquidTemplate(text)


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


def plain_template(text: str) -> PlainTemplate | LookUp | None:
    """The short way: for a text of literals and plain look-ups only; None for any other."""
    pieces = _LOOK_UP.split(text)
    literals, paths = pieces[::2], tuple(tuple(path.split(".")) for path in pieces[1::2])
    if any("{{" in part or "{%" in part for part in literals) or any(_NOT_PLAIN & {*path} for path in paths):
        return None
    return LookUp(*paths) if literals == ["", ""] else PlainTemplate(literals, paths)


class PlainTemplate:
    """Literals with look-ups between them."""

    __slots__ = ("_literals", "paths")

    def __init__(self, literals: list[str], paths: tuple[Path, ...]) -> None:
        self._literals = literals
        self.paths = paths

    def render(self, scope: Scope) -> str:
        out = [self._literals[0]]
        for path, literal in zip(self.paths, self._literals[1:], strict=True):
            value = look_up(scope, path)
            out.append(value if value.__class__ is str else text_of(value))
            out.append(literal)
        return "".join(out)


class LookUp:
    """One look-up and nothing else: what most splits test."""

    __slots__ = ("path", "paths")

    def __init__(self, path: Path) -> None:
        self.path = path
        self.paths = (path,)

    def render(self, scope: Scope) -> str:
        value = look_up(scope, self.path)
        return value if value.__class__ is str else text_of(value)


def look_up(scope: Any, path: Path) -> Any:
    """The value at a path of nested maps; None where there is none.

    >>> look_up({"a": {"b": 1}}, ("a", "b")), look_up({}, ("a", "b"))
    (1, None)
    """
    value = scope
    try:
        for key in path:
            value = value[key]
    except (KeyError, TypeError, IndexError):
        return None
    return value


def as_key(value: Any) -> Hashable:
    """A value as a key that only a value rendered alike has; None where it cannot be one (lists, maps, users' objects).

    >>> as_key("1"), as_key(1) == as_key(1.0), as_key(1) == as_key(True), as_key([1])
    ('1', False, False, None)
    """
    kind = value.__class__
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is float:
        return kind, repr(value)  # 0.0 and -0.0 are equal, and are not written alike
    return (kind, value) if kind in _SCALARS else None


_SCALARS = frozenset({int, bool, type(None)})


class LiquidTemplate:
    """Anything else: python-liquid's way, parsed at first use. The same values give the same text, so it remembers."""

    __slots__ = ("_seen", "_text")

    def __init__(self, text: str) -> None:
        self._text = text
        self._seen: dict[tuple[Hashable, ...], str] = {}

    @property
    def paths(self) -> tuple[Path, ...] | None:
        return _inputs(self._text)

    def render(self, scope: Scope) -> str:
        paths = self.paths
        if paths is None:
            return self._render(scope)
        values = tuple(as_key(look_up(scope, path)) for path in paths)
        text = self._seen.get(values)
        if text is None:
            text = self._render(scope)
            if None not in values and len(text) <= MAX_SEEN_CHARS:
                if len(self._seen) >= MAX_SEEN:
                    self._seen.clear()
                self._seen[values] = text
        return text

    def _render(self, scope: Scope) -> str:
        from liquid.exceptions import LiquidError

        template = _parsed(self._text)
        if isinstance(template, str):
            raise TemplateFault(template)
        try:
            return template.render(**scope)
        except (LiquidError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise TemplateFault(_first_line(error)) from None


@lru_cache(maxsize=4096)
def _inputs(text: str) -> tuple[Path, ...] | None:
    template = _parsed(text)
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
    template = _parsed(text)
    return template if isinstance(template, str) else None


def reads(text: str) -> frozenset[str]:
    """Dotted paths of the variables a text reads, without those it makes itself (``assign``, ``for``).

    A path stops where it turns dynamic (``sites[i].x`` reads ``sites``). Empty for a broken text.

    >>> sorted(reads("{% assign n = flow.variables.n %}{{ n }} {{ widgets.ask.inbound.Body | downcase }}"))
    ['flow.variables.n', 'widgets.ask.inbound.Body']
    """
    if "{{" not in text and "{%" not in text:
        return frozenset()
    template = _parsed(text)
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


@lru_cache(maxsize=4096)
def _parsed(text: str) -> BoundTemplate | str:
    """The parsed template, or the reason why there is none."""
    from liquid.exceptions import LiquidError

    try:
        return _environment().from_string(text)
    except (LiquidError, ValueError, RecursionError) as error:
        unclosed = _unclosed(text)
        return f"expected {unclosed!r}, found end of text" if unclosed else _first_line(error)


def _unclosed(text: str) -> str:
    """The closing mark that a text's last opening mark waits for; python-liquid's own message is less plain."""
    for opening, closing in (("{{", "}}"), ("{%", "%}")):
        at = text.rfind(opening)
        if at >= 0 and closing not in text[at:]:
            return closing
    return ""


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__


@cache
def _environment() -> Environment:
    from liquid import Environment
    from liquid.builtin.output import Output, OutputNode

    class JsonOutputNode(OutputNode):
        """Writes lists and maps as JSON, where python-liquid would join or show Python's own notation."""

        __slots__ = ()

        def render_to_output(self, context: Any, buffer: Any) -> int:
            value = self.expression.evaluate(context)
            if isinstance(value, dict | list | tuple):
                return int(buffer.write(to_json(value)))
            return super().render_to_output(context, buffer)

    class JsonOutput(Output):
        node_class = JsonOutputNode

    class StudioEnvironment(Environment):
        """Bounds for hostile templates; Studio's own limits on values are checked where values are rendered."""

        loop_iteration_limit = 100_000
        output_stream_limit = 1_000_000
        local_namespace_limit = 1_000_000

    env = StudioEnvironment(globals={"now": None, "today": None})  # else the library's own, which read the wall clock
    env.filters = {name: _bounded(function) for name, function in env.filters.items()}
    env.add_tag(JsonOutput)
    env.add_filter("to_json", lambda value: to_json(_defined(value)))
    env.add_filter("date", _date)
    return env


def _bounded(function: Callable[..., Any]) -> Callable[..., Any]:
    """A filter that neither takes nor makes what would fill the memory: a long range, text or number."""

    @wraps(function)  # keeps the marks by which python-liquid knows what a filter wants
    def bounded(value: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(value, range) and len(value) > MAX_FILTER_CHARS:
            raise ValueError("a range is too long")
        result = function(value, *args, **kwargs)
        if (isinstance(result, str) and len(result) > MAX_FILTER_CHARS) or (
            isinstance(result, int) and result.bit_length() > MAX_FILTER_CHARS
        ):
            raise ValueError(f"a filter made more than {MAX_FILTER_CHARS:,} characters")
        return result

    return bounded


def _defined(value: Any) -> Any:
    from liquid import is_undefined

    return None if is_undefined(value) else value


def _date(value: Any, form: Any = "%Y-%m-%d %H:%M:%S %z", *, context: Any) -> str:
    """Liquid's ``date``: US Pacific time, the simulated clock for ``now``; what is no date stays as it is."""
    from liquid import is_undefined

    if is_undefined(value) or value is None or is_undefined(form):
        return "" if is_undefined(value) or value is None else str(value)
    when = moment(value, context.globals.get(NOW, 0.0))
    return str(value) if when is None else when.strftime(str(form))


_date.with_context = True  # type: ignore[attr-defined]  # how python-liquid knows that a filter wants the context
