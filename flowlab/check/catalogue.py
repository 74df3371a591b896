"""The rules, by family, in the order in which their page lists them. A new rule is one function and one line here."""

from __future__ import annotations

from flowlab.check.rule import Rule
from flowlab.check.rules import channel, handoff, limits, paths, splits, structure, variables, waits

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "Definition": (
        structure.missing_initial,
        structure.dangling_next,
        structure.next_misspelt,
        structure.unknown_widget,
        structure.unknown_event,
    ),
    "Ways through the flow": (
        paths.no_way_in,
        paths.unreachable,
        paths.silent_end,
        paths.endless_loop,
    ),
    "Variables and Liquid": (
        variables.broken,
        variables.unknown_state,
        variables.never_set,
        variables.unknown_root,
    ),
    "Splits": (
        splits.unknown_condition,
        splits.no_match_unwired,
        splits.duplicate_option,
        splits.can_never_match,
        splits.value_blank_edge,
        splits.value_missing,
    ),
    "Waiting for the customer": (
        waits.no_timeout,
        waits.no_delivery_failure,
        waits.too_long,
    ),
    "Handing over": (
        handoff.no_failure_path,
        handoff.too_long,
        handoff.not_json,
    ),
    "Channels": (
        channel.no_way_in,
        channel.too_long,
        channel.many_segments,
        channel.costly_character,
    ),
    "Platform limits": (
        limits.states,
        limits.value_size,
    ),
}

RULES: dict[str, Rule] = {rule.id: rule for rules in FAMILIES.values() for rule in rules}

_HEAD = """# Rules

What `flowlab check` and `fl.check` look for, before anything runs. An **error** leaves customers stuck or is refused
by the platform, a **warning** is likely unwanted, a **note** is worth knowing. The channel rules speak only where the
check is asked for channels (`--channel sms`, `channels=["sms"]`).

<!-- Made from the rules themselves; a test holds it to them. To make it again:
python -c "from flowlab.check import catalogue_markdown; from pathlib import Path;
Path('docs/rules.md').write_text(catalogue_markdown(), encoding='utf-8')"
-->
"""


def catalogue_markdown() -> str:
    """The page of all rules, in Markdown; it stands in ``docs/rules.md``.

    >>> print(catalogue_markdown().splitlines()[0])
    # Rules
    """
    parts = [_HEAD]
    for family, rules in FAMILIES.items():
        parts.append(f"\n## {family}\n")
        parts.extend(map(_entry, rules))
    return "".join(parts)


def _entry(rule: Rule) -> str:
    return f"\n### `{rule.id}` ({rule.severity})\n\n**{rule.title}.** {rule.why}\n\nSource: {rule.source}.\n"
