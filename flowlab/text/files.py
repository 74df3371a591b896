"""Bytes of a file -> text, safely: the encoding is found out, never guessed silently, and size is limited.

And back: a file is whole or not there.
"""

from __future__ import annotations

import codecs
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flowlab.errors import FormatError, UsageError

MAX_BYTES = 500_000_000

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16: its mark begins with UTF-16's
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(path: Path, max_bytes: int = MAX_BYTES) -> str:
    """The text of a file in UTF-8 (with or without byte order mark), UTF-16 or UTF-32 (with one).

    Line ends are left as they are. Raises FormatError when the file is missing, is not a file, is larger than
    ``max_bytes`` or is in no such encoding.
    """
    try:
        size = path.stat().st_size
        if size > max_bytes:
            raise FormatError(str(path), f"is {size:,} bytes; at most {max_bytes:,} are read. Split the file")
        return decode(path.read_bytes(), str(path))
    except OSError as error:
        raise FormatError(str(path), f"cannot be read: {error.strerror or error}") from None


def decode(data: bytes, source: str) -> str:
    """Text from bytes; ``source`` names them in the error.

    >>> decode("Grüße".encode("utf-16"), "hello.txt")
    'Grüße'
    """
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FormatError(
            source,
            f"line {line}, byte {error.start}: is not {encoding.upper()}. Save the file as UTF-8 and read it again",
        ) from None


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file so that it is never half there. Half a character, which UTF-8 cannot hold, is spelt out.

    Raises UsageError when it cannot be written.
    """
    with whole_file(path) as unfinished:
        data = content if isinstance(content, bytes) else content.encode(errors="backslashreplace")
        unfinished.write_bytes(data)


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Where to write what shall stand at ``path``: it is moved there when all went well, and gone otherwise.

    Raises UsageError when it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield unfinished
        unfinished.replace(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror or error}") from None
    finally:
        with suppress(OSError):
            unfinished.unlink()
