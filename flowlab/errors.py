"""What can go wrong, in four kinds. Every message says what, where, what was expected and what to do.

A fault in a flow's *content* is not an error here: it becomes an event of the run and a finding of the check.
"""

from __future__ import annotations

from dataclasses import dataclass


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


_MOST_NAMED, _LONGEST_NAME = 40, 100


def did_you_mean(word: str, known: list[str]) -> str:
    """A closing sentence for 'unknown X' messages: the nearest known words, else all of them.

    >>> did_you_mean("watsapp", ["sms", "whatsapp"])
    "Did you mean 'whatsapp'? Known: sms, whatsapp."
    """
    from difflib import get_close_matches

    near = get_close_matches(word, [name for name in known if len(name) <= _LONGEST_NAME], n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    named = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…" for name in known[:_MOST_NAMED]]
    more = f" and {len(known) - _MOST_NAMED:,} more" if len(known) > _MOST_NAMED else ""
    return f"{hint}Known: {', '.join(named)}{more}."
