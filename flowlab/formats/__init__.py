"""Files <-> model. :func:`load` finds the format by content; :func:`save` writes by the file's ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flowlab.errors import FormatError, UsageError
from flowlab.formats import executions_csv, executions_write
from flowlab.formats.conversations import read_conversations, write_csv, write_jsonl
from flowlab.formats.entry_points import looks_like_entry_points, read_entry_points, write_entry_points
from flowlab.formats.executions import looks_like_executions, read_executions, read_folder
from flowlab.formats.flow_yaml import read_yaml, write_yaml
from flowlab.formats.studio import looks_like_flow, read_flow, write_flow
from flowlab.formats.taskrouter import looks_like_workflow, read_workflow, write_workflow
from flowlab.formats.workspace import load_workspace, looks_like_workspace
from flowlab.model.conversation import Conversation
from flowlab.model.entry_point import EntryPoints
from flowlab.model.flow import Flow
from flowlab.model.routing import Workflow, Workspace
from flowlab.model.walk import Walk
from flowlab.text.files import read_text, write_whole
from flowlab.text.json_text import json_page, parse_json

Loaded = Flow | Workflow | Workspace | EntryPoints | list[Conversation] | list[Walk]


class Document(NamedTuple):
    """What is to be read: parsed JSON (``data``), or the ``text`` of a file that holds something else."""

    data: Any = None
    text: str = ""
    path: Path | None = None

    @property
    def is_yaml(self) -> bool:
        return self.path is not None and self.path.suffix.lower() in (".yaml", ".yml")

    @property
    def content(self) -> Any:
        return self.text if self.data is None else self.data


class Format(NamedTuple):
    """One kind of document: its name, how it is told, and how it is read (document, name of the source, ``redact``)."""

    name: str
    fits: Callable[[Document], bool]
    read: Callable[[Document, str, bool], Loaded]


def _is_conversation(document: Document) -> bool:
    data = document.data
    if document.path is None or data is None:
        return data is None
    return isinstance(data, Mapping) and not looks_like_flow(data) and ("messages" in data or "role" in data)


#: The first that fits reads the document.
FORMATS: tuple[Format, ...] = (
    Format(
        "workspace",
        lambda document: looks_like_workspace(document.text if document.is_yaml else document.data),
        lambda document, _source, _redact: load_workspace(document.path or document.data),
    ),
    Format(
        "entry points",
        lambda document: document.is_yaml and looks_like_entry_points(document.text),
        lambda document, _source, _redact: read_entry_points(document.path or Path()),
    ),
    Format(
        "flow",
        lambda document: document.is_yaml,
        lambda document, source, _redact: read_yaml(document.text, source),
    ),
    Format(
        "executions",
        lambda document: looks_like_executions(document.content),
        lambda document, source, redact: read_executions(document.content, source, redact=redact),
    ),
    Format(
        "conversations",
        _is_conversation,
        # By its path: a text of one line would be taken for one.
        lambda document, _source, redact: read_conversations(document.path or "", redact=redact),
    ),
    Format(
        "workflow",
        lambda document: looks_like_workflow(document.data) and not looks_like_flow(document.data),
        lambda document, source, _redact: read_workflow(document.data, source),
    ),
    Format(
        "flow",
        lambda _document: True,  # so that the fault says what a flow needs
        lambda document, source, _redact: read_flow(document.data, source),
    ),
)

#: What is written: type -> file ending -> text of the file.
WRITERS: dict[type, dict[str, Callable[[Any], str]]] = {
    Flow: {".json": lambda flow: json_page(write_flow(flow)) + "\n", ".yaml": write_yaml, ".yml": write_yaml},
    Walk: {".json": executions_write.write_json, ".csv": executions_csv.write_csv},
    EntryPoints: {".yaml": write_entry_points, ".yml": write_entry_points},
    Workflow: {".json": lambda workflow: json_page(write_workflow(workflow)) + "\n"},
    list: {".jsonl": write_jsonl, ".csv": write_csv},
}
_MANY: Mapping[type, str] = {list: "conversations are", EntryPoints: "entry points are"}


def load(source: str | Path | Mapping[str, Any], *, redact: bool = True) -> Loaded:
    """A flow, a TaskRouter workflow or workspace, entry points, or conversations: whatever the file (or JSON) holds.

    A record of Studio executions (a file, or a folder of them: :mod:`flowlab.formats.executions`) gives walks.

    ``redact``: mask e-mail addresses, phone, card and account numbers in conversations (default). Raises FormatError
    when the content is none of them, with everything wrong with it; UsageError when there is no such file.
    """
    if isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
        raise UsageError("load() wants the path of a file, or parsed JSON: give it json.loads(text)")
    if isinstance(source, str | Path) and Path(source).is_dir():
        return read_folder(Path(source), redact=redact)
    document = Document(source) if isinstance(source, Mapping) else _document(Path(source))
    known = next(known for known in FORMATS if known.fits(document))
    return known.read(document, str(document.path or known.name), redact)


def _document(path: Path) -> Document:
    """What a file holds. Raises UsageError where there is none, FormatError where it is empty or no text."""
    if not path.exists():
        raise UsageError(f"there is no file {path}. Looked in {path.absolute().parent}")
    text = read_text(path)
    if not text.strip():
        raise FormatError(str(path), "is empty")
    if "\0" in text:
        raise FormatError(str(path), "holds NUL characters: UTF-16 without its mark, or no text. Save it as UTF-8")
    document = Document(None, text, path)
    return document if document.is_yaml else document._replace(data=_json_of(text, str(path)))


def save(thing: Loaded | Sequence[Conversation] | Sequence[Walk], path: str | Path) -> Path:
    """Write a flow as Studio JSON (``.json``) or its short form (``.yaml``), conversations as ``.jsonl`` or ``.csv``.

    A workflow is written as TaskRouter's JSON; walks as Studio's executions with their steps (``.json``), or as the
    flat table of steps (``.csv``); entry points as ``.yaml``.

    The file is whole or not there: it is written beside its place and moved in. Raises UsageError for an ending that
    does not fit, or when the file cannot be written.
    """
    path = Path(path)
    if isinstance(thing, EntryPoints):
        thing = EntryPoints(tuple(thing.values()), thing.name, str(path))
    first = thing[0] if isinstance(thing, Sequence) and thing else thing
    kind = next((kind for kind in WRITERS if isinstance(first, kind)), list)
    if kind is list and not isinstance(thing, Sequence):
        raise UsageError(f"{path}: a {type(thing).__name__.lower()} is read, not written; edit its file")
    write = WRITERS[kind].get(path.suffix)
    if write is None:
        what = _MANY.get(kind) or f"a {kind.__name__.lower()} is"
        raise UsageError(f"{path}: {what} saved as {' or '.join(WRITERS[kind])}")
    write_whole(path, write(thing))
    return path


def _json_of(text: str, source: str) -> Any:
    """The JSON value a file holds; None where it is lines (JSON Lines, CSV) rather than one value.

    Raises FormatError for something that starts like JSON and is neither.
    """
    start = text.lstrip()
    if start[:1] not in ("{", "[", '"'):
        return parse_json(text, source) if start.startswith(("${", "//", "/*")) else None
    try:
        return parse_json(text, source)
    except FormatError:
        if start[0] == '"' or _is_json(start.split("\n", 1)[0]):
            return None
        raise


def _is_json(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False
