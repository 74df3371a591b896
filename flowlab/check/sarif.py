"""Findings as SARIF 2.1.0, which code hosts show beside the lines of a change.

Source: OASIS, Static Analysis Results Interchange Format 2.1.0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePath
from typing import Any

from flowlab.check.catalogue import FAMILIES, RULES
from flowlab.check.findings import Findings
from flowlab.check.lines import line_index, line_of
from flowlab.check.rule import Rule
from flowlab.model.finding import Finding, Severity
from flowlab.text.plain import plain

_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVEL = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(found: Mapping[str, Findings], texts: Mapping[str, str], version: str) -> dict[str, Any]:
    """One SARIF log for the findings of several files.

    ``found``: findings by file, as it is named on the command line. ``texts``: the files' texts, for line numbers; a
    file that is not there, or a place that its text does not show, is named without a line. ``version``: flowlab's.
    """
    results = [
        result
        for file, findings in found.items()
        for result in _results(file, findings, line_index(texts.get(file, "")))
    ]
    driver = {
        "name": "flowlab",
        "version": version,
        "rules": [_descriptor(rule, family) for family, rules in FAMILIES.items() for rule in rules],
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]}


def _descriptor(rule: Rule, family: str) -> dict[str, Any]:
    source = f"Source: {rule.source}."
    return {
        "id": rule.id,
        "shortDescription": {"text": rule.title},
        "fullDescription": {"text": rule.why},
        "help": {
            "text": f"{rule.title}. {rule.why}\n\n{source}",
            "markdown": f"**{rule.title}.** {rule.why}\n\n{source}",
        },
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {"tags": [family]},
    }


def _results(file: str, findings: Findings, index: Mapping[str, int]) -> Iterable[dict[str, Any]]:
    for finding in findings:
        yield _result(file, finding, index)
    for finding, because in findings.silenced:
        suppression = {"kind": "external", "justification": because or "turned off in flowlab.toml"}
        yield {**_result(file, finding, index), "suppressions": [suppression]}


def _result(file: str, finding: Finding, index: Mapping[str, int]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": _uri(file)}}
    line = line_of(finding.path, index)
    if line is not None:
        place["region"] = {"startLine": line}
    location: dict[str, Any] = {"physicalLocation": place}
    if finding.state:
        name = plain(finding.state)
        whole = f"{name}.{plain(finding.event)}" if finding.event else name
        location["logicalLocations"] = [{"name": name, "fullyQualifiedName": whole, "kind": "object"}]
    where = f" (on {finding.channel})" if finding.channel else ""
    return {
        "ruleId": finding.rule,
        "ruleIndex": list(RULES).index(finding.rule),
        "level": _LEVEL[finding.severity],
        "message": {"text": plain(f"{finding.message}{where} {finding.fix}")},
        "locations": [location],
        "partialFingerprints": {"flowlab/v1": finding.fingerprint},
        "properties": {"path": plain(finding.path)},
    }


def _uri(file: str) -> str:
    """A file's name as a relative address: what may not stand in one is written as ``%XX``."""
    name = PurePath(file).as_posix()
    safe = "-._~/:@!$&'()*+,;="
    return "".join(
        c if (c.isascii() and c.isalnum()) or c in safe else "".join(f"%{b:02X}" for b in c.encode(errors="replace"))
        for c in name
    )
