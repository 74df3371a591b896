"""Files <-> model. :func:`load` finds the format by content; :func:`save` writes by the file's ending."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from flowlab.errors import FormatError, UsageError
from flowlab.formats import executions_csv, executions_write
from flowlab.formats.conversations import read_conversations, write_csv, write_jsonl
from flowlab.formats.executions import looks_like_executions, read_executions, read_folder
from flowlab.formats.flow_yaml import read_yaml, write_yaml
from flowlab.formats.studio import looks_like_flow, read_flow, write_flow
from flowlab.formats.taskrouter import looks_like_workflow, read_workflow, write_workflow
from flowlab.formats.workspace import load_workspace, looks_like_workspace
from flowlab.model.conversation import Conversation
from flowlab.model.flow import Flow
from flowlab.model.routing import Workflow, Workspace
from flowlab.model.walk import Walk
from flowlab.text.files import read_text, write_whole
from flowlab.text.json_text import json_page, parse_json

Loaded = Flow | Workflow | Workspace | list[Conversation] | list[Walk]


class Format(NamedTuple):
    """One kind of JSON document: its name, how it is told by its content, and how it is read (data, source)."""

    name: str
    fits: Callable[[Any], bool]
    read: Callable[[Any, str], Loaded]


#: The first that fits reads the document. What fits none is taken for a flow, so that the fault says what one needs.
JSON_FORMATS: tuple[Format, ...] = (
    Format("flow", looks_like_flow, read_flow),
    Format("workflow", looks_like_workflow, read_workflow),
)

#: What is written: type -> file ending -> text of the file.
WRITERS: dict[type, dict[str, Callable[[Any], str]]] = {
    Flow: {".json": lambda flow: json_page(write_flow(flow)) + "\n", ".yaml": write_yaml, ".yml": write_yaml},
    Walk: {".json": executions_write.write_json, ".csv": executions_csv.write_csv},
    Workflow: {".json": lambda workflow: json_page(write_workflow(workflow)) + "\n"},
    list: {".jsonl": write_jsonl, ".csv": write_csv},
}


def load(source: str | Path | Mapping[str, Any], *, redact: bool = True) -> Loaded:
    """A flow, a TaskRouter workflow or workspace, or conversations, whichever the file (or the parsed JSON) holds.

    A record of Studio executions (a file, or a folder of them: :mod:`flowlab.formats.executions`) gives walks.

    ``redact``: mask e-mail addresses, phone, card and account numbers in conversations (default). Raises FormatError
    when the content is none of them, with everything wrong with it; UsageError when there is no such file.
    """
    if isinstance(source, Mapping) and looks_like_executions(source):
        return read_executions(source, "executions", redact=redact)
    if isinstance(source, Mapping):
        return load_workspace(source) if looks_like_workspace(source) else _from_json(source)
    if isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
        raise UsageError("load() wants the path of a file, or parsed JSON: give it json.loads(text)")
    path = Path(source)
    if not path.exists():
        raise UsageError(f"there is no file {path}. Looked in {path.absolute().parent}")
    if path.is_dir():
        return read_folder(path, redact=redact)
    text = read_text(path)
    if not text.strip():
        raise FormatError(str(path), "is empty")
    if "\0" in text:
        raise FormatError(str(path), "holds NUL characters: UTF-16 without its mark, or no text. Save it as UTF-8")
    if path.suffix.lower() in (".yaml", ".yml"):
        if looks_like_workspace(text):
            return load_workspace(path)
        return read_yaml(text, str(path))
    data = _json_of(text, str(path))
    if looks_like_workspace(data) and isinstance(data, Mapping):
        return load_workspace(path)
    if looks_like_executions(record := text if data is None else data):
        return read_executions(record, str(path), redact=redact)
    if data is None or _is_conversation(data):
        return read_conversations(path, redact=redact)  # by its path: a text of one line would be taken for one
    return _from_json(data, str(path))


def save(thing: Loaded | Sequence[Conversation] | Sequence[Walk], path: str | Path) -> Path:
    """Write a flow as Studio JSON (``.json``) or its short form (``.yaml``), conversations as ``.jsonl`` or ``.csv``.

    A workflow is written as TaskRouter's JSON; walks as Studio's executions with their steps (``.json``), or as the
    flat table of steps (``.csv``).

    The file is whole or not there: it is written beside its place and moved in. Raises UsageError for an ending that
    does not fit, or when the file cannot be written.
    """
    path = Path(path)
    first = thing[0] if isinstance(thing, Sequence) and thing else thing
    kind = next((kind for kind in WRITERS if isinstance(first, kind)), list)
    if kind is list and not isinstance(thing, Sequence):
        raise UsageError(f"{path}: a {type(thing).__name__.lower()} is read, not written; edit its file")
    write = WRITERS[kind].get(path.suffix)
    if write is None:
        what = "conversations are" if kind is list else f"a {kind.__name__.lower()} is"
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


def _is_conversation(data: Any) -> bool:
    return isinstance(data, Mapping) and not looks_like_flow(data) and ("messages" in data or "role" in data)


def _from_json(data: Any, source: str = "") -> Loaded:
    known = next((known for known in JSON_FORMATS if known.fits(data)), JSON_FORMATS[0])
    return known.read(data, source or known.name)
