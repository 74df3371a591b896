"""The command itself: its options that several verbs share, its errors as sentences, its one way to print JSON.

Exit codes: 0 fine, 1 findings or differences asked to fail on, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

import flowlab as fl
from flowlab.errors import FlowlabError, UsageError
from flowlab.model.routing import Workflow, Workspace
from flowlab.model.walk import are_walks
from flowlab.text.json_text import json_page

app = typer.Typer(
    help="See, talk to, replay and compare customer-conversation flows on every text channel, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FlowFile = Annotated[Path, typer.Argument(help="a Studio flow (JSON, or YAML in the short form)", metavar="FLOW")]
TalksFile = Annotated[Path, typer.Argument(help="conversations (JSON Lines or CSV)", metavar="CONVERSATIONS")]
ServicesFile = Annotated[Path | None, typer.Option("--services", help="what the outside world answers (YAML)")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document and nothing else")]


def main() -> NoReturn:
    """Run the command; every error is a sentence on standard error, never a traceback."""
    for stream in (sys.stdout, sys.stderr):  # half an emoji, or a console that knows few letters, is no reason to stop
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        app(standalone_mode=True)
    except FlowlabError as error:
        _fail(str(error))
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename or 'file'}: {error.strerror or error}")
    except KeyboardInterrupt:
        sys.exit(130)
    sys.exit(0)


def _fail(message: str) -> NoReturn:
    print(f"flowlab: {message}", file=sys.stderr)
    sys.exit(2)


def load_flow(path: Path) -> fl.Flow:
    """A flow from a file. Raises UsageError when the file holds something else."""
    thing = fl.load(path)
    if not isinstance(thing, fl.Flow):
        raise UsageError(f"{path} holds {what(thing)}; expected a Studio flow (JSON)")
    return thing


def load_conversations(path: Path) -> list[fl.Conversation]:
    """Conversations from a file. Raises UsageError when the file holds something else."""
    thing = fl.load(path)
    if not isinstance(thing, list):
        raise UsageError(f"{path} holds {what(thing)}; expected conversations (JSON Lines or CSV)")
    if are_walks(thing):
        raise UsageError(f"{path} holds recorded executions; `flowlab walk FLOW {path}` says which now go elsewhere")
    return [talk for talk in thing if isinstance(talk, fl.Conversation)]


def load_workflow(path: Path) -> Workflow:
    """A TaskRouter workflow from a file. Raises UsageError when the file holds something else."""
    thing = fl.load(path)
    if not isinstance(thing, Workflow):
        raise UsageError(f"{path} holds {what(thing)}; expected a TaskRouter workflow (JSON)")
    return thing


def what(thing: object) -> str:
    """What a file held, in words."""
    names = {fl.Flow: "a flow", Workflow: "a TaskRouter workflow", Workspace: "a TaskRouter workspace"}
    return names.get(type(thing), "recorded executions" if are_walks(thing) else "conversations")


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    print(json_page(data))


def records(table: Any) -> Any:
    """The lines of a DataFrame as JSON objects."""
    return json.loads(table.to_json(orient="records", date_format="iso"))
