"""``%%flow``: a cell that holds a flow, in the YAML short form or as Studio JSON, and shows it as you edit.

After ``%load_ext flowlab``, a cell that begins with ``%%flow menu`` is read as a flow and bound to the name ``menu``;
below it appear the drawing, with a badge where something was found, and the table of findings. What is wrong is listed
with its lines, and the flow that was bound before stays. Options::

    %%flow [NAME] [--channel CHANNEL]... [--services FILE]

``--channel`` also checks the texts against a channel. ``--services`` compares the flow with a services file: steps that
nothing answers, and answers for states that are not there.
"""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Mapping
from fnmatch import fnmatchcase
from functools import partial
from typing import Any, NoReturn

from flowlab.check import check
from flowlab.errors import Fault, FlowlabError, FormatError, UsageError, did_you_mean
from flowlab.formats.flow_yaml import read_yaml
from flowlab.model.flow import Flow
from flowlab.model.kinds import Family
from flowlab.run.services import Services
from flowlab.run.services_file import load_services
from flowlab.widgets.magic_page import Page, fault_page, flow_page


def register(shell: Any) -> None:
    """Let a shell of IPython know the magic."""
    shell.register_magic_function(partial(run_cell, shell), magic_kind="cell", magic_name="flow")


def run_cell(shell: Any, line: str, cell: str) -> None:
    """Read a cell as a flow, bind it and show it; or show what is wrong with it."""
    from IPython.display import display

    display(page_of(shell.user_ns, line, cell).bundle, raw=True)


def page_of(names: dict[str, Any], line: str, cell: str) -> Page:
    """What a cell shows. ``names``: the names of the notebook, in which the flow is bound."""
    name = "flow"
    try:
        asked = _asked(line)
        name = asked.name
        flow = read_yaml("\n" + cell, name)  # the first line of the cell, with the magic in it, is line 1
        findings = check(flow, channels=asked.channel)
        notes = _service_notes(flow, load_services(asked.services)) if asked.services else []
    except FormatError as error:
        here = error.source == name
        lines = ["", *cell.splitlines()] if here else []
        return fault_page(name if here else error.source, error.faults, lines, _what_stays(names, name))
    except FlowlabError as error:
        return fault_page(name, [Fault(str(error))], [], _what_stays(names, name))
    names[name] = flow
    return flow_page(flow, findings, notes)


class _Arguments(argparse.ArgumentParser):
    """Says what is wrong in a sentence, and never ends the kernel."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"%%flow [NAME] [--channel CHANNEL]... [--services FILE]: {message}")


def _asked(line: str) -> argparse.Namespace:
    parser = _Arguments(prog="%%flow", add_help=False, allow_abbrev=False)
    parser.add_argument("name", nargs="?", default="flow")
    parser.add_argument("--channel", action="append", default=[])
    parser.add_argument("--services")
    try:
        asked = parser.parse_args(shlex.split(line))
    except ValueError as error:
        parser.error(str(error))
    if not asked.name.isidentifier():
        parser.error(f"{asked.name!r} cannot be the name of a variable")
    return asked


def _what_stays(names: Mapping[str, Any], name: str) -> str:
    if isinstance(names.get(name), Flow):
        return f"{name} is still the flow it was before."
    return f"There is no flow {name} yet."


def _service_notes(flow: Flow, services: Services) -> list[str]:
    """Where the services and the flow do not fit together."""
    known = list(flow.by_name)
    notes = [
        f"The services answer {name!r}, which is no state of this flow. {did_you_mean(name, known)}"
        for name in services.widgets
        if name not in flow.by_name
    ]
    for state in flow:
        asks = state.family in (Family.LOOK_UP, Family.SUBFLOW) and state.name not in services.widgets
        if asks and not any(fnmatchcase(state.text, pattern) for pattern in services.urls):
            notes.append(f"No service answers {state.name!r} ({state.type}): its failure exit will be taken.")
    return notes
