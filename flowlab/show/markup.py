"""Pieces of HTML: everything that comes from a flow, a transcript or a user is escaped here, once."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from flowlab.text.plain import safe

if TYPE_CHECKING:
    from matplotlib.axes import Axes

#: Muted text and rules: the notebook's own colours, so that its dark theme holds; greys elsewhere.
MUTED = "color:var(--jp-ui-font-color2,#767676)"
RULE = "1px solid var(--jp-border-color2,#b5b5b5)"

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


def table(heads: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A plain table of escaped values."""
    head = "".join(f"<th scope=col>{safe(name)}</th>" for name in heads)
    body = "".join("<tr>" + "".join(f"<td>{safe(v)}</td>" for v in row) + "</tr>" for row in rows)
    return f"<div class=scroll><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"


def items(sentences: Iterable[str]) -> str:
    """Sentences as a muted list."""
    lines = "".join(f"<li>{safe(sentence)}</li>" for sentence in sentences)
    return f"<ul style='{MUTED};font-size:.85em;margin:.4em 0;padding-left:1.4em'>{lines}</ul>"


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
