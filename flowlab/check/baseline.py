"""Findings known before: a file of fingerprints, so that an old flow can be checked for what is new."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from flowlab.check.findings import Findings
from flowlab.errors import FormatError, UsageError


def baseline_text(found: Iterable[Findings]) -> str:
    """The text of a baseline: each finding's fingerprint, with its rule and state for people who read it."""
    known = {f.fingerprint: f"{f.rule} {f.state}".strip() for findings in found for f in findings}
    return json.dumps({"known_findings": known}, indent=2) + "\n"


def read_baseline(path: Path) -> frozenset[str]:
    """The fingerprints in a baseline.

    Raises UsageError where the file cannot be read, FormatError where it is none.
    """
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (ValueError, RecursionError):
        data = None
    known = data.get("known_findings") if isinstance(data, dict) else None
    if not isinstance(known, dict):
        raise FormatError(str(path), "is no baseline: expected what 'flowlab check --write-baseline' writes")
    return frozenset(known)
