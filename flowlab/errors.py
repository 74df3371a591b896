"""What can go wrong, in four kinds. Every message says what, where, what was expected and what to do.

A fault in a flow's *content* is not an error here: it becomes an event of the run and a finding of the check.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice

#: Looking for near names takes time with long ones; a sentence does not list more than so many.
_LONGEST_NAME, _MOST_KNOWN = 100, 30


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file or flow.

    ``path`` is a JSON path in the manner of Twilio's FlowValidate (``#/states/3/transitions/0``) or ``line 12``.
    """

    message: str
    path: str = ""
    state: str = ""

    def __str__(self) -> str:
        place = ", ".join(p for p in (f"state {self.state!r}" if self.state else "", self.path) if p)
        return f"{place}: {self.message}" if place else self.message


class FlowlabError(Exception):
    """Base of every error flowlab raises on purpose."""


class FormatError(FlowlabError):
    """A file or object could not be read. ``faults`` holds everything found wrong, not only the first.

    >>> str(FormatError("menu.json", [Fault("has no type", "#/states/2", "ask")]))
    "menu.json: state 'ask', #/states/2: has no type"
    """

    def __init__(self, source: str, faults: list[Fault] | str) -> None:
        self.source = source
        self.faults = [Fault(faults)] if isinstance(faults, str) else faults
        lines = [str(fault) for fault in self.faults]
        if len(lines) == 1:
            text = f"{source}: {lines[0]}"
        else:
            text = f"{source}: {len(lines)} faults\n" + "\n".join(f"  - {line}" for line in lines)
        super().__init__(text)


class FlowError(FlowlabError):
    """A flow, channel or routing object cannot be what was asked of it (for instance: no such state)."""


class RunError(FlowlabError):
    """A session cannot do what was asked now (for instance: say something after the end)."""


class UsageError(FlowlabError):
    """flowlab was called wrongly: an unknown channel, a missing argument, an unknown column."""


def did_you_mean(word: str, known: Collection[str]) -> str:
    """A closing sentence for 'unknown X' messages: the nearest known word, and what is known (of many the first).

    >>> did_you_mean("watsapp", ["sms", "whatsapp"])
    "Did you mean 'whatsapp'? Known: sms, whatsapp."
    """
    near = nearest(word, known)
    hint = f"Did you mean {near!r}? " if near else ""
    named = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in islice(known, _MOST_KNOWN)]
    more = f" and {len(known) - _MOST_KNOWN:,} more" if len(known) > _MOST_KNOWN else ""
    return f"{hint}Known: {', '.join(named)}{more}."


def nearest(word: str, known: Collection[str]) -> str:
    """The known word that is nearest to ``word``, however it is spelt; empty where none is near, or all are very long.

    >>> nearest("WhatsApp", ["sms", "whatsapp"]), nearest("fax", ["sms", "whatsapp"])
    ('whatsapp', '')
    """
    from difflib import get_close_matches

    if len(word) > _LONGEST_NAME:
        return ""
    folded = {name.casefold(): name for name in reversed(list(known)) if len(name) <= _LONGEST_NAME}
    sought = word.casefold()
    near = get_close_matches(sought, folded, n=1)
    longer = [name for name in folded if len(sought) > 3 and name.startswith(f"{sought}-")]
    found = near or longer
    return folded[found[0]] if found else ""
