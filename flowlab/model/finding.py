"""What a check found, before anything ran."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256


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

    @property
    def fingerprint(self) -> str:
        """The same for the same finding in a later version of the file: where its state stands does not count.

        >>> one = Finding("flow-unreachable", Severity.WARNING, "No path.", "Wire it.", "bye", path="#/states/3")
        >>> from dataclasses import replace
        >>> one.fingerprint == replace(one, path="#/states/7").fingerprint
        True
        """
        parts = self.path.split("/", 3)
        place = "/".join(parts[3:]) if parts[:2] == ["#", "states"] else self.path
        said = "\n".join((self.rule, self.state, self.event, self.channel, place, self.message))
        return sha256(said.encode(errors="backslashreplace")).hexdigest()[:32]
