"""The ``flowlab`` command: every verb calls one or two public functions and prints what they give.

Exit codes: 0 fine, 1 findings or differences asked to fail on, 2 wrong use or unreadable input.
"""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from textwrap import shorten
from typing import Annotated, Any, Literal, NoReturn

import typer

import flowlab as fl
from flowlab.errors import FlowlabError, UsageError
from flowlab.formats.studio import write_flow
from flowlab.measure.replayed import Run
from flowlab.model.finding import Severity

app = typer.Typer(
    help="See, talk to, replay and compare customer-conversation flows on every text channel, offline.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

FlowFile = Annotated[Path, typer.Argument(help="a Studio flow (JSON)", metavar="FLOW")]
TalksFile = Annotated[Path, typer.Argument(help="conversations (JSON Lines or CSV)", metavar="CONVERSATIONS")]
ServicesFile = Annotated[Path | None, typer.Option("--services", help="what the outside world answers (YAML)")]
AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document and nothing else")]


class FailOn(StrEnum):
    """From which severity on `flowlab check` exits with 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


class By(StrEnum):
    """What `flowlab compare` sets side by side."""

    CHANNEL = "channel"
    FLOW = "flow"


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


@app.command()
def lab(
    folder: Annotated[Path, typer.Argument(help="where the notebooks are")] = Path("notebooks"),
) -> None:
    """Open the notebooks in JupyterLab."""
    import subprocess

    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}. Run this in a clone of flowlab, or name a folder of notebooks")
    tour = folder / "00_tour.ipynb"
    target = tour if tour.exists() else folder
    raise typer.Exit(subprocess.call([sys.executable, "-m", "jupyterlab", str(target)]))  # noqa: S603 - our own command


@app.command()
def demo(
    out: Annotated[Path, typer.Option("--out", "-o", help="where pictures and report go")] = Path("demo_output"),
) -> None:
    """Do the main job on the sample data: check, replay on every channel, compare; write pictures and a report."""
    from flowlab.demo import run_demo

    run_demo(out, say=print)


@app.command()
def check(
    flows: Annotated[list[Path], typer.Argument(help="Studio flows (JSON)", metavar="FLOW...")],
    channel: Annotated[list[str] | None, typer.Option(help="also check texts against this channel")] = None,
    fail_on: Annotated[FailOn, typer.Option(help="exit with 1 from this severity on")] = FailOn.ERROR,
    as_json: AsJson = False,
) -> None:
    """Find what will go wrong, before anything runs."""
    found = {str(path): fl.check(load_flow(path), channels=channel or ()) for path in flows}
    if as_json:
        _print_json({path: json.loads(findings.as_json()) for path, findings in found.items()})
    else:
        for path, findings in found.items():
            print(f"{path}\n{findings.as_text()}")
    bad = {FailOn.ERROR: {Severity.ERROR}, FailOn.WARNING: {Severity.ERROR, Severity.WARNING}, FailOn.NEVER: set()}
    if any(finding.severity in bad[fail_on] for findings in found.values() for finding in findings):
        raise typer.Exit(1)


@app.command()
def draw(
    flow: FlowFile,
    out: Annotated[Path, typer.Option("--out", "-o", help="FILE.svg, .png or .pdf")],
    direction: Annotated[Literal["TB", "LR"], typer.Option(help="top to bottom, or left to right")] = "TB",
    dark: Annotated[bool, typer.Option("--dark", help="for dark backgrounds")] = False,
) -> None:
    """Draw a flow into a file."""
    from flowlab.show.draw import save_drawing

    save_drawing(load_flow(flow), out, direction=direction, theme="dark" if dark else "light")
    print(f"wrote {out}")


@app.command()
def chat(
    flow: FlowFile,
    channel: Annotated[str, typer.Option(help="sms, whatsapp, line, email, webchat, messenger, inapp")] = "sms",
    services: ServicesFile = None,
) -> None:
    """Talk to a flow in the terminal; /help lists what else can be typed."""
    from flowlab.terminal_chat import run_chat

    run_chat(fl.Session(load_flow(flow), channel=channel, services=services), input, print)


@app.command()
def replay(
    flow: FlowFile,
    conversations: TalksFile,
    services: ServicesFile = None,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="write the events here (.csv)")] = None,
    as_json: AsJson = False,
) -> None:
    """Put recorded conversations through a flow and say where it now does something else."""
    run = fl.replay(load_flow(flow), load_conversations(conversations), services=services)
    warn_unanswered(run)
    if out is not None:
        write_events(run.events, out)
    if as_json:
        _print_json({"outcomes": _records(run.outcomes), "divergences": _records(run.divergences)})
        return
    print(run)
    print(run.outcomes["outcome"].value_counts().to_string())
    if len(run.divergences):
        print(f"\n{_divergences_text(run.divergences)}")
    if out is not None:
        print(f"wrote {out}")


@app.command()
def compare(
    flows_and_conversations: Annotated[
        list[Path], typer.Argument(help="one or more flows, then the conversations", metavar="FLOW... CONVERSATIONS")
    ],
    by: Annotated[By, typer.Option(help="what to set side by side")] = By.CHANNEL,
    services: ServicesFile = None,
    as_json: AsJson = False,
) -> None:
    """Compare outcomes across channels, or across versions of a flow."""
    *flows, talks = flows_and_conversations
    if not flows:
        raise UsageError("compare wants one or more flows and then a file of conversations")
    conversations = load_conversations(talks)
    runs = {str(path.stem): fl.replay(load_flow(path), conversations, services=services) for path in flows}
    for run in runs.values():
        warn_unanswered(run)
    comparison = fl.compare(runs if len(runs) > 1 else next(iter(runs.values())), by=by.value)
    if as_json:
        _print_json(comparison.as_json())
    else:
        print(comparison.as_text())


@app.command()
def convert(
    source: Annotated[Path, typer.Argument(metavar="IN")],
    target: Annotated[Path, typer.Argument(metavar="OUT")],
) -> None:
    """Convert between formats: a flow to Studio JSON (modern), conversations to .jsonl or .csv. Nothing is lost."""
    thing = fl.load(source, redact=False)
    fl.save(thing, target)
    same = isinstance(thing, fl.Flow) and json.loads(source.read_text(encoding="utf-8")) == write_flow(thing)
    print(f"wrote {target}" + (" (equal as JSON)" if same else ""))


def load_flow(path: Path) -> fl.Flow:
    """A flow from a file. Raises UsageError when the file holds conversations."""
    thing = fl.load(path)
    if not isinstance(thing, fl.Flow):
        raise UsageError(f"{path} holds conversations; expected a Studio flow (JSON)")
    return thing


def load_conversations(path: Path) -> list[fl.Conversation]:
    """Conversations from a file. Raises UsageError when the file holds a flow."""
    thing = fl.load(path)
    if isinstance(thing, fl.Flow):
        raise UsageError(f"{path} holds a flow; expected conversations (JSON Lines or CSV)")
    return thing


def write_events(events: Any, path: Path) -> None:
    """Write the event table as CSV, whole or not at all. Raises UsageError for another ending."""
    from flowlab.formats import write_whole

    if path.suffix != ".csv":
        raise UsageError(f"{path}: events are written as .csv")
    write_whole(path, events.to_csv(index=False))


def warn_unanswered(run: Run) -> None:
    """Say on standard error which steps asked something that nothing answered: most often --services was forgotten."""
    if run.unanswered:
        steps = ", ".join(f"{state} ({n} times)" for state, n in run.unanswered.items())
        print(f"note: nothing answered {steps}; --services FILE says what does", file=sys.stderr)


def _divergences_text(divergences: Any) -> str:
    """Where each conversation first parts ways, at most 20 of them, in 120 columns."""
    first = divergences.drop_duplicates("conversation_id")
    shown = first.head(20)[["conversation_id", "turn", "what", "state", "recorded", "replayed"]]
    for column in ("recorded", "replayed"):
        shown = shown.assign(**{column: [shorten(text, 34, placeholder="...") for text in shown[column]]})
    kinds = ", ".join(f"{n} {what}" for what, n in divergences["what"].value_counts().items())
    return (
        f"record and replay part ways in {len(first)} conversations ({kinds}); the first of each:\n"
        f"{shown.to_string(index=False, justify='left')}" + ("\n..." if len(first) > 20 else "")
    )


def _records(table: Any) -> Any:
    return json.loads(table.to_json(orient="records", date_format="iso"))


def _print_json(data: Any) -> None:
    print(json.dumps(data, ensure_ascii=False, indent=2))


if __name__ == "__main__":
    main()
