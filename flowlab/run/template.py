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
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

Scope = Mapping[str, Any]
Renderer = Callable[[Scope], str]

#: Where the simulated clock stands in a scope, in seconds since 1970 UTC. The blank keeps templates from reading it.
NOW = "flowlab now"

_LOOK_UP = re.compile(r"\{\{\s*((?:trigger|widgets|flow|contact)(?:\.[A-Za-z_][A-Za-z0-9_-]*)+)\s*\}\}")
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


@lru_cache(maxsize=4096)
def compile_template(text: str) -> Renderer:
    """A function that renders ``text`` on a scope (``trigger``, ``widgets``, ``flow``, ``contact``).

    The function raises TemplateFault where the text is broken; compiling itself never raises.

    >>> compile_template("Hi {{ flow.variables.name }}!")({"flow": {"variables": {"name": "Ana"}}})
    'Hi Ana!'
    """
    if "{{" not in text and "{%" not in text:
        return lambda _scope: text
    return plain_renderer(text) or _liquid_renderer(text)


def plain_renderer(text: str) -> Renderer | None:
    """The short way: for a text of literals and plain look-ups only; None for any other."""
    pieces = _LOOK_UP.split(text)
    literals, paths = pieces[::2], [tuple(path.split(".")) for path in pieces[1::2]]
    if any("{{" in part or "{%" in part for part in literals) or _NOT_PLAIN.intersection(*[set().union(*paths)]):
        return None
    if len(paths) == 1 and literals == ["", ""]:
        only = paths[0]
        return lambda scope: text_of(look_up(scope, only))

    def render(scope: Scope) -> str:
        out = [literals[0]]
        for path, literal in zip(paths, literals[1:], strict=True):
            out.append(text_of(look_up(scope, path)))
            out.append(literal)
        return "".join(out)

    return render


def look_up(scope: Any, path: tuple[str, ...]) -> Any:
    """The value at a path of nested maps; None where there is none.

    >>> look_up({"a": {"b": 1}}, ("a", "b")), look_up({}, ("a", "b"))
    (1, None)
    """
    value = scope
    for key in path:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _liquid_renderer(text: str) -> Renderer:
    from liquid.exceptions import LiquidError

    def render(scope: Scope) -> str:
        template = _parsed(text)
        if isinstance(template, str):
            raise TemplateFault(template)
        try:
            return template.render(**scope)
        except (LiquidError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise TemplateFault(_first_line(error)) from None

    return render


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
    return frozenset(".".join(_static(segments)) for segments in template.global_variable_segments())


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

    unclosed = _unclosed(text)
    if unclosed:
        return f"expected {unclosed!r}, found end of text"
    try:
        return _environment().from_string(text)
    except (LiquidError, ValueError, RecursionError) as error:
        return _first_line(error)


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

    env = StudioEnvironment()
    env.add_tag(JsonOutput)
    env.add_filter("to_json", lambda value: to_json(_defined(value)))
    env.add_filter("date", _date)
    return env


def _defined(value: Any) -> Any:
    from liquid import is_undefined

    return None if is_undefined(value) else value


def _date(value: Any, form: Any = "%Y-%m-%d %H:%M:%S %z", *, context: Any) -> str:
    """Liquid's ``date``: US Pacific time, the simulated clock for ``now``; what is no date stays as it is."""
    from liquid import is_undefined

    if is_undefined(value) or value is None or is_undefined(form):
        return "" if is_undefined(value) or value is None else str(value)
    moment = _moment(value, context)
    return str(value) if moment is None else moment.strftime(str(form))


_date.with_context = True  # type: ignore[attr-defined]  # how python-liquid knows that a filter wants the context


def _moment(value: Any, context: Any) -> Any:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from dateutil.parser import ParserError, parse

    pacific = ZoneInfo("America/Los_Angeles")
    if value in ("now", "today"):
        return datetime.fromtimestamp(context.globals.get(NOW, 0.0), pacific)
    if isinstance(value, int | float) or str(value).isdigit():
        return datetime.fromtimestamp(float(value), pacific)
    try:
        moment = parse(str(value))
    except (ParserError, OverflowError):
        return None
    return moment.astimezone(pacific) if moment.tzinfo else moment
