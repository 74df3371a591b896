"""States' names inside Liquid: ``{{widgets.NAME...}}`` found and renamed, everything else left as it is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

#: Output and tags; ``inert``: what stands between ``raw`` or ``comment`` tags, or is broken: no run reads it.
_MARKUP = re.compile(
    r"""(?P<inert>
            \{%-?\s*(?P<tag>raw|comment)\s*-?%\}.*?(?:\{%-?\s*end(?P=tag)\s*-?%\}|\Z)
        )
      | \{\{.*?(?:-?\}\}|(?P<open>\Z))
      | \{%.*?(?:-?%\}|(?P<unclosed>\Z))
    """,
    re.DOTALL | re.VERBOSE,
)
#: Inside, the first that fits: what a state left behind, by dot or bracket; texts, properties, ranges, other names.
_TOKEN = re.compile(
    r"""(?P<root>\bwidgets|(?<![\w\]])\[\s*(?:"widgets"|'widgets')\s*\])
        (?:(?P<dot>\s*\.\s*)(?P<name>[^\W\d](?:[\w-]*\w)?\??)
          |(?P<bracket>\s*\[\s*)(?P<quote>["'])(?P<quoted>.*?)(?P=quote)(?=\s*\]))
      | "[^"]*" | '[^']*' | \.\. | \.\s*[\w-]+ | \w[\w-]*
    """,
    re.DOTALL | re.VERBOSE,
)


def rename_in_text(text: str, old: str, new: str) -> str:
    """A text in which Liquid reads the state ``new`` where it read ``old``. Words outside of Liquid stay.

    >>> rename_in_text("ask {{widgets.ask.inbound.Body}} {{ widgets['ask'].x }} {{ widgets.ask_more.x }}", "ask", "who")
    "ask {{widgets.who.inbound.Body}} {{ widgets['who'].x }} {{ widgets.ask_more.x }}"
    """
    if "widgets" not in text or old not in text:
        return text
    return _MARKUP.sub(lambda part: part[0] if _is_inert(part) else _in_markup(part[0], old, new), text)


def _is_inert(part: re.Match[str]) -> bool:
    return any(part[group] is not None for group in ("inert", "open", "unclosed"))


def rename_in_json(value: Any, old: str, new: str) -> Any:
    """The same in every text of a JSON value (keys are left alone); the very same value where nothing changes."""
    if isinstance(value, str):
        return rename_in_text(value, old, new)
    if isinstance(value, Mapping):
        mapped = {key: rename_in_json(inner, old, new) for key, inner in value.items()}
        return mapped if any(mapped[key] is not value[key] for key in mapped) else value
    if isinstance(value, list | tuple):
        items = [rename_in_json(inner, old, new) for inner in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    return value


def _in_markup(markup: str, old: str, new: str) -> str:
    def renamed(token: re.Match[str]) -> str:
        if token["name"] == old:
            return f"{token['root']}{token['dot']}{new}"
        if token["quoted"] == old:
            return f"{token['root']}{token['bracket']}{token['quote']}{new}{token['quote']}"
        return token[0]

    return _TOKEN.sub(renamed, markup)
