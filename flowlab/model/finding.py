"""What a check found, before anything ran."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters. ERROR: customers will be stuck or the platform refuses. WARNING: likely unwanted.

    NOTE: worth knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. ``path`` is a JSON path in the manner of Twilio's FlowValidate (``#/states/3/properties/body``)."""

    rule: str
    severity: Severity
    message: str
    fix: str
    state: str = ""
    event: str = ""
    path: str = ""
    channel: str = ""
