"""What can be said about a text's Liquid before anything runs: its faults, what it reads, what it asks first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

from flowlab.check.literal import has_liquid, pieces
from flowlab.run.dialect import parsed
from flowlab.run.template import plain_template, reads


class FaultKind(StrEnum):
    """Why a text is no Liquid: the usual slips by name, and the rest."""

    NESTED = "nested"
    COMPARISON = "comparison"
    TAG = "tag"
    OTHER = "other"


class Output(NamedTuple):
    """A ``{{ ... }}``: where it begins, the variables it names, and its filters in order."""

    at: int
    names: tuple[str, ...]
    filters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Liquid:
    """A text's Liquid.

    ``problem``: why it cannot be read; ``word``: the tag or sign at fault. ``guarded``: those of ``reads`` whose
    absence the text provides for, by ``default`` or by a test.
    """

    problem: str = ""
    kind: FaultKind = FaultKind.OTHER
    word: str = ""
    reads: frozenset[str] = frozenset()
    guarded: frozenset[str] = frozenset()
    filters: frozenset[str] = frozenset()


_NOTHING = Liquid()
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NAME = re.compile(r"[A-Za-z_][\w-]*(?:\s*\.\s*[\w-]+)*")
_COMPARES = re.compile(r"[=!]=|[<>]=?|\b(?:and|or|contains)\b")
_TESTS = frozenset({"if", "elsif", "unless", "case", "when"})
_BRANCH_TAGS = frozenset({"else", "elsif", "when"})


@lru_cache(maxsize=8192)
def liquid(text: str) -> Liquid:
    """What can be said about a text.

    >>> look = liquid("{% if flow.data.n %}{{ flow.data.n | plus: 1 }}{% endif %}{{ flow.sid | upcas }}")
    >>> sorted(look.reads), sorted(look.guarded), sorted(look.filters)
    (['flow.data.n', 'flow.sid'], ['flow.data.n'], ['plus', 'upcas'])
    >>> liquid("{{ a == b }}").kind
    <FaultKind.COMPARISON: 'comparison'>
    """
    if not has_liquid(text):
        return _NOTHING
    plain = plain_template(text)
    if plain is not None:
        return Liquid(reads=frozenset(".".join(path) for path in plain.paths))
    template = parsed(text)
    if isinstance(template, str):
        return _broken(text, template)
    read = reads(text)
    return Liquid(
        reads=read, guarded=_guarded(text, read), filters=frozenset(template.filter_names(include_partials=False))
    )


def outputs(text: str) -> Iterator[Output]:
    """Every ``{{ ... }}`` of a text.

    >>> [(o.names, o.filters) for o in outputs("{{ flow.data.n | default: 'x' | to_json }}")]
    [(('flow.data.n',), ('default', 'to_json'))]
    """
    for piece in pieces(text):
        if piece.is_output:
            head, *filters = _unquoted(piece.inner).split("|")
            words = (_NAME.match(part.strip()) for part in filters)
            yield Output(piece.at, _names(head), tuple(word.group() for word in words if word))


def known_filters() -> tuple[str, ...]:
    """The names of all filters."""
    return _known("filters")


def known_tags() -> tuple[str, ...]:
    """The names of all tags."""
    return _known("tags")


def _known(what: str) -> tuple[str, ...]:
    template = parsed("{{ flow.sid }}")
    return () if isinstance(template, str) else tuple(sorted(getattr(template.env, what)))


def _unquoted(inner: str) -> str:
    return _QUOTED.sub("''", inner)


def _names(part: str) -> tuple[str, ...]:
    return tuple("".join(name.split()) for name in _NAME.findall(part))


def _guarded(text: str, read: frozenset[str]) -> frozenset[str]:
    asked: set[str] = set()
    for piece in pieces(text):
        if piece.tag in _TESTS or "default" in piece.inner:
            asked.update(_names(_unquoted(piece.inner)))
    return frozenset(name for name in read if not asked.isdisjoint(accumulate(name.split("."), "{}.{}".format)))


def _broken(text: str, problem: str) -> Liquid:
    for piece in pieces(text):
        bare = _unquoted(piece.inner)
        opens = bare.find("{{")
        if opens >= 0 or (piece.is_output and "{%" in bare):
            # Braces where a value is wanted; anywhere else the first pair was forgotten to be closed.
            head = bare[: max(opens, 0)].rstrip()
            meant = piece.tag or head[-1:] in ("", "|") or ("|" in head and head[-1:] in (":", ","))
            return Liquid(problem, FaultKind.NESTED) if meant else Liquid("a '{{' is never closed")
        compared = _COMPARES.search(bare)
        if piece.is_output and compared:
            return Liquid(problem, FaultKind.COMPARISON, compared.group())
        if piece.tag and piece.tag not in _BRANCH_TAGS and not piece.tag.startswith("end"):
            name = _NAME.match(piece.tag)
            if name and name.group() not in known_tags():
                return Liquid(problem, FaultKind.TAG, name.group())
    return Liquid(problem)
