"""``flowlab.toml``: which rules are off, or weigh otherwise, for which files and states, and why.

::

    [check.rules]                       # for every flow
    wait-no-delivery-failure = "off"    # or "error", "warning", "note"
    text-many-segments = {severity = "warning", because = "we pay by segment"}

    [[check.except]]                    # the last one that fits decides
    files = ["flows/old_*.json"]        # relative to this file; left out: every file
    states = ["ask_*"]                  # left out: every place
    rules = ["flow-silent-end"]         # or "*" within a name: "split-*"
    severity = "off"
    because = "replaced in May"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from flowlab.errors import Fault, FormatError, UsageError, did_you_mean, nearest
from flowlab.model.finding import Finding, Severity

NAME = "flowlab.toml"
OFF = "off"
_LEVELS = (*map(str, Severity), OFF)
_KEYS = ("files", "states", "rules", "severity", "because")


@dataclass(frozen=True, slots=True)
class Except:
    """What holds instead for these rules in these files and states (names with ``*``; empty is everywhere)."""

    severity: str
    rules: tuple[str, ...]
    files: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    because: str = ""

    def fits(self, finding: Finding, file: str) -> bool:
        """Whether it is about this finding."""
        pairs = ((self.rules, finding.rule), (self.states, finding.state), (self.files, file))
        return all(not wanted or any(fnmatchcase(name, each) for each in wanted) for wanted, name in pairs)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of a check; :func:`read_config` makes it of a file. ``folder``: what file names are relative to."""

    exceptions: tuple[Except, ...] = ()
    folder: Path = field(default_factory=Path)
    source: str = ""

    def apply(self, findings: Iterable[Finding], file: str) -> tuple[list[Finding], list[tuple[Finding, str]]]:
        """The findings as they weigh here; and those that are off, each with the reason."""
        kept: list[Finding] = []
        off: list[tuple[Finding, str]] = []
        name = self._relative(file)
        for finding in findings:
            said = next((e for e in reversed(self.exceptions) if e.fits(finding, name)), None)
            if said is None:
                kept.append(finding)
            elif said.severity == OFF:
                off.append((finding, said.because))
            else:
                kept.append(replace(finding, severity=Severity(said.severity)))
        return kept, off

    def _relative(self, file: str) -> str:
        path = Path(file).absolute()
        folder = self.folder.absolute()
        return (path.relative_to(folder) if path.is_relative_to(folder) else path).as_posix()


def find_config(source: str) -> Path | None:
    """The nearest ``flowlab.toml`` beside a flow's file or in a folder above it."""
    path = Path(source)
    try:
        folders = path.absolute().parents if source and path.is_file() else ()
        return next((folder / NAME for folder in folders if (folder / NAME).is_file()), None)
    except (OSError, ValueError):  # a source that is no path: a long text, or one with a NUL in it
        return None


def read_config(given: Mapping[str, Any] | str | Path, rules: tuple[str, ...]) -> Config:
    """Settings from a file or its content. ``rules``: the ids there are.

    Raises UsageError where the file cannot be read, FormatError with everything wrong in it.

    >>> config = read_config({"check": {"rules": {"flow-silent-end": "off"}}}, ("flow-silent-end",))
    >>> config.exceptions[0].severity
    'off'
    """
    source, folder = (NAME, Path()) if isinstance(given, Mapping) else (str(given), Path(given).parent)
    data = given if isinstance(given, Mapping) else _parsed(Path(given))
    table = data.get("check", {})
    if not isinstance(table, Mapping):
        raise FormatError(source, [Fault("expected a table [check]", "check")])
    faults = [
        Fault(f"unknown key {key!r}. {did_you_mean(str(key), ['rules', 'except'])}", "check")
        for key in table
        if key not in ("rules", "except")
    ]
    reader = _Reader(rules, faults)
    exceptions = (*reader.of_rules(table.get("rules", {})), *reader.of_list(table.get("except", [])))
    if faults:
        raise FormatError(source, faults)
    return Config(exceptions, folder, source)


def _parsed(path: Path) -> Mapping[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FormatError(str(path), f"is not TOML: {error}") from None


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the tables of a config; what is wrong in them goes to ``faults``."""

    rules: tuple[str, ...]
    faults: list[Fault]

    def of_rules(self, table: Any) -> Iterable[Except]:
        if not isinstance(table, Mapping):
            self.faults.append(Fault("expected a table: rule id = severity", "check.rules"))
            return
        for rule, said in table.items():
            form = said if isinstance(said, Mapping) else {"severity": said}
            yield from self._except({**form, "rules": [rule]}, f"check.rules.{rule}")

    def of_list(self, entries: Any) -> Iterable[Except]:
        if not isinstance(entries, list) or not all(isinstance(entry, Mapping) for entry in entries):
            self.faults.append(Fault("expected tables [[check.except]]", "check.except"))
            return
        for number, entry in enumerate(entries, 1):
            yield from self._except(entry, f"check.except {number}")

    def _except(self, form: Mapping[str, Any], place: str) -> Iterable[Except]:
        begun = len(self.faults)
        unknown = [str(key) for key in form if key not in _KEYS]
        self._note(place, *(f"unknown key {key!r}. {did_you_mean(key, list(_KEYS))}" for key in unknown))
        severity, because = form.get("severity", OFF), form.get("because", "")
        if severity not in _LEVELS:
            self._note(place, f"severity {severity!r} is not one of {', '.join(_LEVELS)}")
        if not isinstance(because, str):
            self._note(place, "because: expected a text")
        lists = {key: [form[key]] if isinstance(form.get(key), str) else form.get(key, []) for key in _KEYS[:3]}
        for key, value in lists.items():
            if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
                self._note(place, f"{key}: expected a text or a list of texts")
            elif key == "rules":
                self._note(place, *map(self._no_rule, self._unknown(value)))
        if len(self.faults) == begun:
            wanted = {key: tuple(value) for key, value in lists.items()}
            yield Except(severity, wanted["rules"], wanted["files"], wanted["states"], because)

    def _note(self, place: str, *messages: str) -> None:
        self.faults.extend(Fault(message, place) for message in messages)

    def _unknown(self, names: list[str]) -> list[str]:
        return [name for name in names if not any(fnmatchcase(rule, name) for rule in self.rules)]

    def _no_rule(self, name: str) -> str:
        near = nearest(name, self.rules)
        hint = f"Did you mean {near!r}?" if near else "docs/rules.md lists them."
        return f"there is no rule {name!r}. {hint}"
