"""Drawings as pictures within a page: drawn in light and dark, carried in the page itself."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from flowlab.text.markup import safe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

THEMES: Mapping[str, Mapping[str, str]] = {
    "light": {"figure.facecolor": "#ffffff", "axes.facecolor": "#ffffff", "text.color": "#1b1b1b"}
    | dict.fromkeys(("xtick.color", "ytick.color", "axes.labelcolor"), "#333333"),
    "dark": {"figure.facecolor": "#16181c", "axes.facecolor": "#16181c", "text.color": "#ececec"}
    | dict.fromkeys(("xtick.color", "ytick.color", "axes.labelcolor"), "#cccccc"),
}

#: Sharp on screens that show one and a half dots a pixel, as most do now.
DOTS_PER_INCH = 144

# JupyterLab and VS Code say on the page's body which theme is on; the reader's system need not agree with it.
_SWITCH = (
    "<style>body[data-jp-theme-light=false] .fl-light,body.vscode-dark .fl-light{display:none!important}"
    "body[data-jp-theme-light=false] .fl-dark,body.vscode-dark .fl-dark{display:block!important}</style>"
)


def picture(draw: Callable[[Axes], Any], size: tuple[float, float], theme: str) -> bytes:
    """Draw on a fresh figure of ``size`` inches, in a theme (``light`` or ``dark``), as PNG."""
    import io
    import warnings

    from matplotlib import rc_context
    from matplotlib.figure import Figure

    out = io.BytesIO()
    # A customer's alphabet that the font lacks shows as boxes; a warning for each letter helps nobody.
    with rc_context(dict(THEMES[theme])), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        figure = Figure(figsize=size, layout="constrained")
        draw(figure.subplots())
        figure.savefig(out, format="png", dpi=DOTS_PER_INCH)
    return out.getvalue()


def data_uri(content: bytes, mime: str = "image/png") -> str:
    """The content itself as an address."""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def _width(content: bytes, mime: str = "image/png") -> str:
    """The width a PNG was drawn for, so that small print is as small as the text beside it on any screen."""
    if mime != "image/png":
        return ""
    dots = int.from_bytes(content[16:20], "big")  # where every PNG keeps it
    return f"width={dots * 96 // DOTS_PER_INCH}"


def notebook_picture(light: bytes, dark: bytes, alt: str, mime: str = "image/png") -> str:
    """A picture that follows the notebook's theme; the light one where the theme is not known."""
    kind = "style='max-width:100%;height:auto;display:{}' class={} alt='{}' " + _width(light, mime)
    return (
        f"{_SWITCH}<img {kind.format('block', 'fl-light', safe(alt))} src='{data_uri(light, mime)}'>"
        f"<img {kind.format('none', 'fl-dark', safe(alt))} src='{data_uri(dark, mime)}'>"
    )


def page_picture(light: bytes, dark: bytes, alt: str, mime: str = "image/png") -> str:
    """A picture that follows the reader's system theme."""
    return (
        f"<picture><source media='(prefers-color-scheme: dark)' srcset='{data_uri(dark, mime)}'>"
        f"<img src='{data_uri(light, mime)}' alt='{safe(alt)}' {_width(light, mime)}></picture>"
    )
