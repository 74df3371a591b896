"""Studio's Liquid: python-liquid with Studio's ways. The only file that imports the Liquid library.

Studio speaks "Liquid for Designers" plus a ``to_json`` filter. Lists and maps are written as JSON text (or, by another
reading, as Liquid joins them), unknown variables as nothing, dates in US Pacific time with ``now`` taken from the
simulated clock.

Sources: Twilio docs *Using variables in Studio / Liquid template language*; support article 4413699936411 (Pacific).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any

from flowlab.run.dates import moment
from flowlab.run.values import NOW, Scope, to_json

if TYPE_CHECKING:
    from liquid import BoundTemplate, Environment

#: The longest text a filter may make (and the most bits of a number); Studio's own limit is 16 KB.
MAX_FILTER_CHARS = 100_000
MAX_OUTPUT_BYTES = 1_000_000
#: The library's lexer takes time that grows with the square of such a run.
_BRACES = re.compile(r"\{{51}")


class TemplateFault(Exception):
    """A template that does not parse or cannot be rendered. ``str()`` says why."""


def rendered(text: str, scope: Scope, lists_as_json: bool = True) -> str:
    """A text on a scope. Raises TemplateFault where it is broken."""
    from liquid.exceptions import LiquidError

    template = parsed(text, lists_as_json)
    if isinstance(template, str):
        raise TemplateFault(template)
    try:
        return template.render(**scope)
    except (LiquidError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise TemplateFault(_first_line(error)) from None


@lru_cache(maxsize=4096)
def parsed(text: str, lists_as_json: bool = True) -> BoundTemplate | str:
    """The parsed template, or the reason why there is none."""
    from liquid.exceptions import LiquidError

    if _BRACES.search(text):
        return "expected a variable, found more than 50 opening braces in a row"
    try:
        return _environment(lists_as_json).from_string(text)
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


def joined(value: Any) -> str:
    """A value as Liquid itself writes it: the items of a list run together, a map in Python's own notation.

    >>> joined(["a", 1]), joined(True), joined(None)
    ('a1', 'true', '')
    """
    from liquid.stringify import to_liquid_string

    return str(to_liquid_string(value, autoescape=False))


@cache
def _environment(lists_as_json: bool) -> Environment:
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

        template_class = _template_class()
        loop_iteration_limit = 100_000
        output_stream_limit = MAX_OUTPUT_BYTES
        local_namespace_limit = 1_000_000

    env = StudioEnvironment(globals={"now": None, "today": None})  # else the library's own, which read the wall clock
    env.filters = {name: _bounded(function) for name, function in env.filters.items()}
    if lists_as_json:
        env.add_tag(JsonOutput)
    env.add_filter("to_json", lambda value: to_json(_defined(value)))
    env.add_filter("date", _date)
    return env


@cache
def _template_class() -> type[BoundTemplate]:
    """Templates whose line ends stay as they are: python-liquid's own bounded output turns every one into a newline."""
    from liquid import BoundTemplate, RenderContext
    from liquid.output import LimitedStringIO

    class Context(RenderContext):
        def get_buffer(self, buf: Any = None) -> LimitedStringIO:
            used = buf.size if isinstance(buf, LimitedStringIO) else 0
            return LimitedStringIO(limit=MAX_OUTPUT_BYTES - used, newline="\n")

    class Template(BoundTemplate):
        context_class = Context

        def _get_buffer(self) -> LimitedStringIO:
            return LimitedStringIO(limit=MAX_OUTPUT_BYTES, newline="\n")

    return Template


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
