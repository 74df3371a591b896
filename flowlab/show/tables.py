"""A grid of cells written out: for a page, and for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.show.cells import Cell, Grid, Row
from flowlab.text.markup import MUTED, RULE, safe

#: Columns of a terminal.
WIDTH = 120
_GAP = "  "
#: Where in the grid, its head, and how wide.
_Column = tuple[int, str, int]


def html_grid(grid: Grid) -> str:
    """The grid as an HTML table; everything in it is escaped."""
    depth = len(grid.rows[0].labels) if grid.rows else 1
    under = f"border-bottom:{RULE};{_BOX}"
    head = f"<td colspan={depth} style='{under}'></td>"
    head += "".join(f"<th scope=col style='{under}'>{safe(name)}</th>" for name in grid.heads)
    body, above = "", ""
    for row in grid.rows:
        body += _html_row(row, is_new=row.labels[0] != above)
        above = row.labels[0]
    return (
        "<div class=scroll style='overflow-x:auto'><table style='border-collapse:collapse;background:transparent'>"
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


_BOX = "padding:.25em .6em;vertical-align:top;white-space:nowrap;text-align:right"


def _html_row(row: Row, *, is_new: bool) -> str:
    style = f"{_BOX};border-top:{RULE}" if row.opens else _BOX
    weight = "bold" if row.is_all else "normal"
    labels = (row.labels[0] if is_new else "", *row.labels[1:])
    named = "".join(
        f"<th scope=row style='{style};text-align:left;font-weight:{weight}'>{safe(text)}</th>" for text in labels
    )
    return f"<tr>{named}" + "".join(f"<td style='{style}'>{_html_cell(cell)}</td>" for cell in row.cells) + "</tr>"


def _html_cell(cell: Cell) -> str:
    notes = [safe(note) for note in (cell.range, cell.count) if note]
    small = f"<div style='{MUTED};font-size:.8em;line-height:1.25'>{'<br>'.join(notes)}</div>" if notes else ""
    return f"<span style='font-size:1.15em'>{safe(cell.value)}</span>{small}"


def text_grid(grid: Grid, width: int = WIDTH) -> str:
    """The grid as aligned text: value and k/n on one line, the range under it; as many blocks as the width asks for."""
    names = _margin(grid)
    margin = max(map(len, names), default=0)
    blocks: list[str] = []
    for columns in _fitting(grid, width - margin):
        lines = [" " * margin + "".join(f"{_GAP}{head:>{wide}}" for _, head, wide in columns)]
        for name, row in zip(names, grid.rows, strict=True):
            if row.opens:
                lines.append("")
            picked = [(row.cells[at], wide) for at, _, wide in columns]
            lines.append(f"{name:<{margin}}" + "".join(f"{_GAP}{_first(cell):>{wide}}" for cell, wide in picked))
            second = "".join(f"{_GAP}{cell.range:>{wide}}" for cell, wide in picked)
            if second.strip():
                lines.append(" " * margin + second)
        blocks.append("\n".join(line.rstrip() for line in lines))
    return "\n\n".join(blocks)


def _margin(grid: Grid) -> list[str]:
    """The labels in columns; a group's name only where it begins."""
    depth = len(grid.rows[0].labels) if grid.rows else 0
    wide = [max(len(row.labels[level]) for row in grid.rows) for level in range(depth)]
    names, above = [], ""
    for row in grid.rows:
        shown = ("" if row.labels[0] == above else row.labels[0], *row.labels[1:])
        names.append(_GAP.join(f"{text:<{size}}" for text, size in zip(shown, wide, strict=True)))
        above = row.labels[0]
    return names


def _first(cell: Cell) -> str:
    return f"{cell.value} {cell.count}".strip()


def _fitting(grid: Grid, room: int) -> Iterator[list[_Column]]:
    """All columns in one block if they fit; else the shares, then pace and cost, in as many blocks as they need."""
    columns = [_column(grid, at) for at in range(len(grid.heads))]
    if _width(columns) <= room:
        yield columns
        return
    for part in (columns[: grid.shares], columns[grid.shares :]):
        block: list[_Column] = []
        for column in part:
            if block and _width([*block, column]) > room:
                yield block
                block = []
            block.append(column)
        yield block


def _column(grid: Grid, at: int) -> _Column:
    texts = (text for row in grid.rows for text in (_first(row.cells[at]), row.cells[at].range))
    return at, grid.heads[at], max(map(len, (grid.heads[at], *texts)))


def _width(columns: list[_Column]) -> int:
    return sum(len(_GAP) + wide for *_, wide in columns)
