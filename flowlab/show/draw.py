"""Draw a flow: on matplotlib axes, as picture bytes, into a file, in a notebook."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from xml.sax.saxutils import escape, quoteattr

from flowlab.errors import UsageError
from flowlab.model.flow import Flow
from flowlab.show.draw_chart import Drawable, chart_of
from flowlab.show.draw_options import Options, check_options
from flowlab.show.draw_paint import paint
from flowlab.show.draw_plan import make_plan
from flowlab.show.draw_text import clean
from flowlab.show.layout_model import Layout
from flowlab.show.style import theme as theme_of
from flowlab.text.files import write_whole

if TYPE_CHECKING:
    from typing import Unpack

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Format = Literal["png", "svg", "pdf"]
FORMATS: tuple[Format, ...] = ("png", "svg", "pdf")

PIXELS_PER_INCH = 96.0
SHARP = 2.0  #: picture dots per layout pixel, for screens that show fine detail
MOST_DOTS = 40e6  #: larger pictures are made coarser: browsers and memory end somewhere
#: What matplotlib would write into a file that is not the same everywhere and always.
_CHANGING: dict[Format, tuple[str, ...]] = {
    "png": ("Software",),
    "svg": ("Date", "Creator"),
    "pdf": ("CreationDate", "Creator", "Producer"),
}


def draw(thing: Drawable, ax: Axes | None = None, **options: Unpack[Options]) -> Axes:
    """Draw a flow, one node a state, one edge for all exits that lead from one state to another.

    What has a ``.graph`` under the contract of :mod:`flowlab.model.graph` (a workflow, a journey), and such a graph
    itself, is drawn the same way.

    Shape, colour and caption of a node tell what the step is for; the first state has a thick outline, a state that no
    run can reach a dashed one, a ``next`` to no state is a dashed ghost. The tag below a node names the exits at which
    the conversation stops without a word to the customer. Edges that close a cycle are dashed and run upwards, along
    the side where there is room.

    Without ``ax`` a figure of the right size is made (not registered with pyplot; in a notebook the returned axes show
    themselves). Options:

    - ``direction``: ``"TB"`` (top to bottom) or ``"LR"`` (left to right)
    - ``path``: what was walked, as state names, as ``(state, event, next)``, or as events: painted strongly
    - ``counts``: how often exits were taken, ``(state, event)`` or ``(state, event, next)`` -> n, or a table with
      ``state``, ``event``, ``n`` (and ``next``): numbers, and the width of the edges
    - ``findings``: what a check found: a badge with the worst severity and the number of findings
    - ``badges``: node -> a few words pinned on it
    - ``marks``: node, or edge ``(from, to)`` or ``(from, to, key)`` -> ``"added"``, ``"removed"``, ``"changed"``,
      ``"moved"`` or ``"unwalked"``: told by sign, word, line and colour, with a legend; all else steps back a little
    - ``theme``: ``"light"``, ``"dark"`` or a :class:`~flowlab.show.style.Theme`
    - ``positions``: ``"flowlab"``, or ``"studio"``: boxes stand where Studio's canvas has them; where it has none of
      them, a warning says so, and our own layout is used
    - ``text``: whether nodes show the beginning of what the step says, tests or calls

    Raises UsageError for what cannot be drawn, and for options that do not exist or do not fit it.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"), Transition("timeout")))
    >>> ax = draw(Flow((ask,), "ask"), direction="LR")
    >>> sorted({text.get_text() for text in ax.texts})
    ['ASK · FIRST', 'ask', '■ ends: timeout']
    """
    check_options(options)
    theme = theme_of(options.get("theme", "light"))
    chart = chart_of(thing)
    plan = make_plan(chart, options)
    if ax is None:
        ax = _new_axes(plan.layout, theme.paper)
        ax.set_label(f"{clean(chart.name)}: {chart.about}")
    ax.set_xlim(0, plan.layout.width)
    ax.set_ylim(plan.layout.height, 0)
    ax.set_aspect("equal")
    ax.set_axis_off()
    paint(ax, plan, theme, _points_per_pixel(ax, plan.layout))
    return ax


def picture(thing: Drawable, format: Format = "png", **options: Unpack[Options]) -> bytes:
    """A drawing as the bytes of a PNG, SVG or PDF file; ``options`` as for :func:`draw`.

    >>> picture(Flow((), name="empty"), "svg")[:5]
    b'<?xml'
    """
    return figure_bytes(draw(thing, **options), format)


def save_drawing(thing: Drawable, file: str | Path, /, **options: Unpack[Options]) -> Path:
    """Draw into ``file``, PNG, SVG or PDF by its ending; ``options`` as for :func:`draw`.

    The same thing and options give the same bytes. The file is whole or not there. Raises UsageError for another
    ending, for options that do not fit, and when the file cannot be written.
    """
    path = Path(file)
    ending = path.suffix.lower().lstrip(".")
    if ending not in FORMATS:
        raise UsageError(f"{path}: a drawing is saved as {', '.join('.' + f for f in FORMATS)}, not {path.suffix!r}")
    write_whole(path, picture(thing, ending, **options))
    return path


def figure_bytes(ax: Axes, format: Format = "png") -> bytes:
    """The figure that ``ax`` is on, as the bytes of a file; SVG keeps text as text and says what it shows."""
    from matplotlib import rc_context

    out = io.BytesIO()
    figure = ax.get_figure(root=True)
    assert figure is not None, "axes of a removed figure"
    settings = {"svg.fonttype": "none", "svg.hashsalt": "flowlab", "pdf.fonttype": 42}
    with rc_context(settings), _quiet():
        figure.savefig(
            out,
            format=format,
            dpi=_dots_per_inch(figure),
            facecolor=figure.get_facecolor(),
            metadata=dict.fromkeys(_CHANGING[format]),
        )
    return _described(out.getvalue(), str(ax.get_label())) if format == "svg" else out.getvalue()


def flow_bundle(flow: Flow) -> tuple[dict[str, Any], dict[str, Any]]:
    """The picture of a flow for a notebook: PNG, because notebooks hide SVG until they are trusted; and its size."""
    return _shown(draw(flow))


def _shown(ax: Axes) -> tuple[dict[str, Any], dict[str, Any]]:
    left, bottom, right, top = ax.get_figure(root=True).bbox.extents  # type: ignore[union-attr]
    size = {"width": round(right - left), "height": round(top - bottom)}
    return {"image/png": figure_bytes(ax)}, {"image/png": size}


@contextmanager
def _quiet() -> Iterator[None]:
    """Letters that no installed font has show as boxes; a warning for each of them helps nobody."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        yield


def _described(svg: bytes, label: str) -> bytes:
    """The SVG with a title and a role, for screen readers."""
    opening = re.search(rb"<svg[^>]*>", svg)
    if not opening:
        return svg
    named = f' role="img" aria-label={quoteattr(label)}><title>{escape(label)}</title>'
    return svg[: opening.end() - 1] + named.encode() + svg[opening.end() :]


def _new_axes(page: Layout, paper: str) -> Axes:
    from matplotlib.figure import Figure

    size = (page.width / PIXELS_PER_INCH, page.height / PIXELS_PER_INCH)
    figure = Figure(figsize=size, dpi=PIXELS_PER_INCH, facecolor=paper)
    return figure.add_axes((0, 0, 1, 1), axes_class=_showing_axes())


@cache
def _showing_axes() -> type[Axes]:
    """Axes that show themselves when they are the last line of a notebook cell, as no pyplot figure stands behind them.

    Made on first use: importing flowlab must not import matplotlib.
    """
    from matplotlib.axes import Axes

    class ShowingAxes(Axes):
        def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
            data, metadata = _shown(self)
            return {"text/plain": repr(self)} | data, metadata

    return ShowingAxes


def _points_per_pixel(ax: Axes, page: Layout) -> float:
    """How large text and lines must be, in points, for one layout pixel: axes that were given may be of any size."""
    extent = ax.get_window_extent()
    dots = min(extent.width / page.width, extent.height / page.height)
    return float(dots * 72.0 / ax.get_figure(root=True).dpi)  # type: ignore[union-attr]


def _dots_per_inch(figure: Figure) -> float:
    width, height = figure.get_size_inches()
    return float(min(SHARP * PIXELS_PER_INCH, (MOST_DOTS / (width * height)) ** 0.5))
