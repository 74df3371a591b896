"""The command itself: its options that several verbs share, its errors as sentences, its one way to print JSON.

Exit codes: 0 fine, 1 findings or differences asked to fail on, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import json
import sys
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

import typer

import flowlab as fl
from flowlab.errors import FlowlabError, UsageError
from flowlab.model.routing import Workflow, Workspace
from flowlab.model.walk import Walk, are_walks
from flowlab.text.json_text import json_page

T = TypeVar("T")

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
WorkersFile = Annotated[Path | None, typer.Option("--workers", help="the workspace: queues and workers (YAML, JSON)")]
Dark = Annotated[bool, typer.Option("--dark", help="draw for dark backgrounds")]
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
    return _load(path, fl.Flow, "a Studio flow (JSON, or YAML in the short form)")


def load_workflow(path: Path) -> Workflow:
    """A TaskRouter workflow from a file. Raises UsageError when the file holds something else."""
    return _load(path, Workflow, "a TaskRouter workflow (JSON)")


def _load(path: Path, kind: type[T], wanted: str) -> T:
    thing = fl.load(path)
    if not isinstance(thing, kind):
        raise not_wanted(path, thing, wanted)
    return thing


def load_conversations(path: Path) -> list[fl.Conversation]:
    """Conversations from a file. Raises UsageError when the file holds something else."""
    thing = fl.load(path)
    if are_walks(thing):
        raise UsageError(f"{path} holds recorded executions; `flowlab walk FLOW {path}` says which now go elsewhere")
    if not isinstance(thing, list):
        raise not_wanted(path, thing, "conversations (JSON Lines or CSV)")
    return [talk for talk in thing if isinstance(talk, fl.Conversation)]


def load_walks(path: Path) -> list[Walk]:
    """Recorded executions from a file or folder. Raises UsageError when it holds something else."""
    thing = fl.load(path)
    if not are_walks(thing):
        raise not_wanted(path, thing, "recorded executions (steps lists as JSON or CSV)")
    return list(thing)


def load_checked(path: Path) -> fl.Flow | Workflow:
    """A flow or a workflow from a file. Raises UsageError when the file holds something else."""
    thing = fl.load(path)
    if not isinstance(thing, fl.Flow | Workflow):
        raise not_wanted(path, thing, "a flow (JSON, YAML) or a workflow (JSON)")
    return thing


def named_channel(name: str) -> str | fl.Channel:
    """A channel's name as it is, or the channel of a file. Only who types the command names files so: a name in a
    transcript is never one."""
    return fl.Channel.from_yaml(name) if name.endswith((".yaml", ".yml")) else name


def not_wanted(path: Path, thing: object, wanted: str) -> UsageError:
    """The error for a file that holds something else."""
    names = {fl.Flow: "a flow", Workflow: "a TaskRouter workflow", Workspace: "a TaskRouter workspace"}
    held = names.get(type(thing), "recorded executions" if are_walks(thing) else "conversations")
    return UsageError(f"{path} holds {held}; expected {wanted}")


def print_json(data: Any) -> None:
    """One JSON document on standard output."""
    print(json_page(data))


def records(table: Any) -> Any:
    """The lines of a DataFrame as JSON objects."""
    return json.loads(table.to_json(orient="records", date_format="iso"))
