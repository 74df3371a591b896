"""A dry run as people read it: text for the terminal, tables for the notebook."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from flowlab.text.markup import BLUE, CELL, GREEN, GREY, RED, YELLOW, Html, notebook_table, row, safe
from flowlab.text.plain import plain, short

if TYPE_CHECKING:
    from flowlab.run.routing_result import FilterTried, Routing, TargetTried, WorkerSeen

#: Signs that every terminal can show, so that what happened is told by more than colour.
_SIGNS = {"taken": "✓", "left": "→", "false": "×", "broken": "!", "not reached": "·"}
_WORDS = {"left": "took the task, which went on", "not reached": "not reached"}
_ENDS = {"reserved": "✓", "pending": "…", "canceled": "×"}
_COLOURS = {"✓": GREEN, "→": BLUE, "×": RED, "!": YELLOW, "·": GREY, "…": YELLOW}


def summary(routing: Routing) -> str:
    """The end in one line."""
    where = f"queue {routing.queue}, by {routing.filter!r}" if routing.queue else ""
    when = f"after {routing.time_s:,g} s" if routing.time_s else "at once"
    parts = {
        "reserved": f"{routing.worker} of {where}, {when}",
        "pending": f"waits in {where}: {routing.reason}",
        "canceled": f"canceled {when}: {routing.reason}",
    }
    return plain(parts[routing.assignment_status])


def text_page(routing: Routing) -> str:
    """The filters, the targets with their workers, what is wrong, and the end."""
    lines = [_heading(routing), "", "filters"]
    lines += [f"  {_SIGNS[each.status]} {plain(each.filter)}: {about(each)}" for each in routing.filters]
    lines += [] if routing.filters else ["  none"]
    for target in routing.targets:
        lines += ["", *_target_lines(target)]
    if routing.faults:
        lines += ["", "what is wrong", *map(_fault_lines, routing.faults)]
    lines += ["", f"{_ENDS[routing.assignment_status]} {routing.assignment_status}: {routing.summary}"]
    return "\n".join(lines) + "\n"


def _heading(routing: Routing) -> str:
    task = short(json.dumps(dict(routing.task), ensure_ascii=False, default=str, skipkeys=True), 160)
    return f"{plain(routing.name)}: task {task} on channel {plain(routing.channel)}"


def about(each: FilterTried) -> str:
    """What became of a filter, and why, in one line."""
    words = _WORDS.get(each.status, "")
    why = plain(each.why.split("\n")[0])  # the place of a fault is shown below, under what is wrong
    return f"{words} ({why})" if words and why else words or why


def _target_lines(target: TargetTried) -> Iterator[str]:
    yield plain(f"{target.name}: queue {target.queue}, {terms(target)}")
    if target.entered_s is None:
        yield "  · not reached"
        return
    if target.tasks_ahead:
        yield f"  {target.tasks_ahead} waiting tasks of this queue come first"
    for seen in target.workers:
        yield f"  {_sign(seen)} {plain(seen.worker)}: {plain(seen.why)}"
    sign = "✓" if target.outcome == "reserved" else "→"
    yield f"  {sign} {target.outcome}: {plain(target.why)}"


def terms(target: TargetTried) -> str:
    """What a target asks for and how long it waits, in one line."""
    parts = [
        f"priority {target.priority}",
        "no timeout" if target.timeout_s is None else f"timeout {target.timeout_s:,} s",
        short(target.expression),
        f"by {short(target.order_by)}" if target.order_by else "",
        f"skip if {short(target.skip_if)}" if target.skip_if else "",
    ]
    return ", ".join(filter(None, parts))


def _sign(seen: WorkerSeen) -> str:
    return "×" if seen.position is None else f"{seen.position}."


def _fault_lines(fault: str) -> str:
    """A fault, and below it the lines that show its place."""
    first, *rest = map(plain, fault.split("\n"))
    return "\n".join([f"  ! {first}", *(f"    {line}" for line in rest)])


def html_page(routing: Routing) -> str:
    """Tables in the colours of whatever page they stand on. Everything from files and tasks is escaped."""
    end = _ENDS[routing.assignment_status]
    head = f"{_mark(end)} <b>{safe(routing.assignment_status)}</b>: {safe(routing.summary)}"
    rows = ((_mark(_SIGNS[f.status]), f.filter, _code(f.expression), about(f)) for f in routing.filters)
    filters = notebook_table(("", "Filter", "Expression", "Why"), (row(cells, cell=CELL) for cells in rows))
    targets = "".join(map(_target_html, routing.targets))
    faults = "".join(
        f"<li><pre style='margin:0;color:inherit;background:none;overflow-x:auto'>{_lines(fault)}</pre></li>"
        for fault in routing.faults
    )
    wrong = f"<div>What is wrong:<ul>{faults}</ul></div>" if faults else ""
    heading = f"<div style='opacity:.75'>{safe(_heading(routing))}</div>"
    return f'<div style="color:inherit">{heading}<div>{head}</div>{filters}{targets}{wrong}</div>'


def _target_html(target: TargetTried) -> str:
    title = f"<b>{safe(target.name)}</b>: queue {safe(target.queue)}, {safe(terms(target))}"
    ahead = f" {target.tasks_ahead} waiting tasks come first." if target.tasks_ahead else ""
    end = f"<div>{safe(target.outcome)}: {_lines(target.why)}.{ahead}</div>" if target.why else "<div>not reached</div>"
    rows = ((_mark("✓" if w.position else "×", _sign(w)), w.worker, w.why) for w in target.workers)
    table = notebook_table(("", "Worker", "Why"), (row(cells, cell=CELL) for cells in rows)) if target.workers else ""
    return f"<div style='margin-top:.8em'>{title}{table}{end}</div>"


def _mark(sign: str, text: str = "") -> Html:
    return Html(f"<b style='color:{_COLOURS[sign]}'>{safe(text or sign)}</b>")


def _code(text: str) -> Html:
    return Html(f"<code style='color:inherit;background:none'>{safe(text)}</code>")


def _lines(text: str) -> str:
    return "\n".join(map(safe, text.split("\n")))
