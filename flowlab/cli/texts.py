"""Verbs about single texts: segments."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

import flowlab as fl
from flowlab.cli.app import AsJson, app, print_json
from flowlab.errors import UsageError
from flowlab.run.segments import Segments
from flowlab.show.segments_page import text_page


@app.command()
def segments(
    texts: Annotated[
        list[str],
        typer.Argument(help="a message each; - reads standard input", metavar="TEXT..."),
    ],
    smart_encoding: Annotated[
        bool, typer.Option("--smart-encoding", help="count the text as Twilio's Smart Encoding sends it")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Say into how many SMS segments a text is cut, where, and which characters make it costly."""
    if texts.count("-") > 1:
        raise UsageError("- stands for standard input, which can be read once; give it once")
    cuts = [fl.segments(_typed() if text == "-" else text, smart_encoding) for text in texts]
    if as_json:
        print_json([_facts(cut) for cut in cuts])
    else:
        print("\n\n".join(text_page(cut) for cut in cuts))


def _typed() -> str:
    """The text on standard input, without the line end that editors and shells put after it."""
    try:
        return sys.stdin.read().removesuffix("\n").removesuffix("\r")
    except UnicodeDecodeError:
        raise UsageError("standard input is not a text in UTF-8; save it as UTF-8 and try again") from None


def _facts(cut: Segments) -> dict[str, Any]:
    costly = [{"at": at, "character": char, "code": f"U+{ord(char):04X}"} for at, char in cut.costly_characters]
    names = ("encoding", "segments", "units", "characters", "left_in_segment", "parts", "advice", "text")
    return {name: getattr(cut, name) for name in names} | {"costly_characters": costly}
