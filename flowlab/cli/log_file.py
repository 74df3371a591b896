"""Where `flowlab replay -o FILE` writes what happened: in the form that the file's ending asks for."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from flowlab.errors import UsageError
from flowlab.formats import save
from flowlab.text.files import whole_file, write_whole

if TYPE_CHECKING:
    from flowlab.measure.replayed import Run


def write_log(run: Run, path: Path) -> None:
    """Write a run's events (``.csv``, ``.parquet``), or its executions as Studio's step log (``.json``).

    The file is whole or not there. Raises UsageError for another ending, or for Parquet without pyarrow.
    """
    if path.suffix == ".csv":
        write_whole(path, run.events.to_csv(index=False))
    elif path.suffix == ".json":
        save(run.walks, path)
    elif path.suffix == ".parquet":
        _write_parquet(run, path)
    else:
        raise UsageError(f"{path}: events are written as .csv or .parquet, executions as .json (Studio's step log)")


def _write_parquet(run: Run, path: Path) -> None:
    from importlib.util import find_spec

    if find_spec("pyarrow") is None:
        raise UsageError(f"{path}: Parquet needs the package pyarrow: pip install pyarrow. Or write .csv")
    try:
        with whole_file(path) as unfinished:
            run.events.to_parquet(unfinished, index=False)
    except (UnicodeError, ValueError) as error:
        raise UsageError(f"{path}: cannot be written as Parquet: {error}") from None
