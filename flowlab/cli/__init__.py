"""The ``flowlab`` command: every verb calls one or two public functions and prints what they give.

The verbs stand by what they work on; importing their files is what makes them known.
"""

from flowlab.cli import channels, diff, flows, lab, logs, routing, sides, talks, texts
from flowlab.cli.app import app, main

#: The order of the help: that of the sentence which runs through everything.
_ORDER = (
    *("lab", "demo", "check", "draw", "channels", "chat", "replay", "walk", "compare", "diff", "route", "side"),
    *("segments", "convert"),
)
app.registered_commands.sort(key=lambda verb: _ORDER.index(verb.name or getattr(verb.callback, "__name__", "")))

__all__ = ["app", "channels", "diff", "flows", "lab", "logs", "main", "routing", "sides", "talks", "texts"]
