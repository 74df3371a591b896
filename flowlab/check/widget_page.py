"""The page of all widgets, made from their table."""

from __future__ import annotations

from flowlab.model.kinds import KINDS, StepKind
from flowlab.model.properties import Property

_HEAD = """# Widgets

Every Studio widget type as flowlab knows it: how it can be left, its properties, and what later steps may read of it.
**Bold** exits are the ones an opaque step takes first; *slanted* ones may well end a run. Every widget may also have
`offset`, its place on the canvas. What is not listed here is kept as it is.

<!-- Made from flowlab/model/widgets.toml; a test holds it to it. To make it again:
python -c "from flowlab.check import widgets_markdown; from pathlib import Path;
Path('docs/widgets.md').write_text(widgets_markdown(), encoding='utf-8')"
-->
"""


def widgets_markdown() -> str:
    """The page of all widgets, in Markdown; it stands in ``docs/widgets.md``.

    >>> print(widgets_markdown().splitlines()[0])
    # Widgets
    """
    return _HEAD + "".join(map(_entry, KINDS.values()))


def _entry(kind: StepKind) -> str:
    where = "on text channels" if kind.is_text else "in calls, or rare on text"
    lines = [f"\n## `{kind.type}`\n", f"{kind.family.capitalize()}, {where}. Exits: {_exits(kind)}.\n"]
    if kind.results is not None:
        given = ", ".join(f"`{name}`" for name in kind.results) or "nothing"
        lines.append(f"Gives later steps: {given}.\n")
    if kind.properties:
        lines += ["| property | JSON type | |", "|---|---|---|"]
        for name, form in kind.properties.items():
            lines.append(f"| `{name}` | {form.type} | {_remarks(form)} |")
            lines += [f"| `{name}[].{key}` | {row.type} | {_remarks(row)} |" for key, row in form.keys.items()]
        lines.append("")
    return "\n".join(lines)


def _exits(kind: StepKind) -> str:
    names = []
    for event in kind.exits:
        name = f"`{event}`"
        name = f"**{name}**" if event == kind.default_exit else name
        names.append(f"*{name}*" if event in kind.closing else name)
    return ", ".join(names)


def _remarks(form: Property) -> str:
    parts = ["required"] if form.required else []
    if form.also:
        parts.append(f"stored flows carry {form.also} too")
    if form.values:
        parts.append("one of " + ", ".join(f"`{value}`" for value in form.values))
    if form.minimum is not None and form.maximum is not None:
        parts.append(f"{form.minimum:,} to {form.maximum:,}")
    if form.max_chars:
        parts.append(f"at most {form.max_chars:,} characters")
    if form.max_items:
        parts.append(f"at most {form.max_items:,} items")
    if form.sid:
        parts.append(f"a sid `{form.sid}...`")
    if not form.liquid:
        parts.append("no Liquid")
    return "; ".join(parts)
