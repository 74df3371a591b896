"""JSON text -> Python, with faults named by line and column."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from flowlab.errors import Fault, FormatError


def parse_json(text: str, source: str) -> Any:
    """Parse JSON strictly: no NaN, no Infinity.

    Raises FormatError with line and column.
    """
    try:
        return json.loads(text, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise FormatError(source, [Fault(f"is not JSON: {error.msg}", place)]) from None
    except RecursionError:
        raise FormatError(source, "is not readable JSON: it is nested too deep") from None
    except ValueError as error:
        raise FormatError(source, f"is not JSON: {error}") from None


def _refuse(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
