"""The ``flowlab`` command: every verb calls one or two public functions and prints what they give.

The verbs stand by what they work on; importing their files is what makes them known, in the order of the help.
"""

from flowlab.cli import diff, flows, lab, logs, routing, talks
from flowlab.cli.app import app, main

__all__ = ["app", "diff", "flows", "lab", "logs", "main", "routing", "talks"]
