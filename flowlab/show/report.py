"""One self-contained HTML page about a run: no network, no scripts, light and dark."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Literal

from flowlab.measure.coverage import coverage_summary
from flowlab.measure.replayed import Run
from flowlab.model.finding import Finding
from flowlab.model.flow import Flow
from flowlab.show.comparison import Comparison
from flowlab.show.pictures import page_picture
from flowlab.text.files import whole_file
from flowlab.text.markup import safe, table

if TYPE_CHECKING:
    import pandas as pd

#: Rows shown of what may be long; how many there are is always said.
SHOWN = 50


def write_report(
    path: str | Path, *, flow: Flow, run: Run, comparison: Comparison, findings: Iterable[Finding]
) -> Path:
    """Write the page and hand back its path. Folders are made; an older page is replaced in one go.

    It shows what was run, the comparison, the flow with its traffic, findings, divergences, and exits never taken. Its
    dates are those of the data, so the same run gives the same page.

    Raises UsageError when the file cannot be written.
    """
    path, found, coverage = Path(path), list(findings), run.coverage()
    sections = (
        ("Comparison", _comparison(comparison)),
        ("The flow and its traffic", _drawing(flow, coverage, found)),
        ("Findings", _findings(found)),
        ("Where record and replay part ways", _divergences(run)),
        ("Exits never taken", _coverage(coverage)),
    )
    body = "".join(f"<section><h2>{safe(title)}</h2>{content}</section>" for title, content in sections)
    page = _PAGE.substitute(title=safe(f"{flow.name}: {run.source}"), facts=_facts(flow, run), body=body)
    _write(path, page)
    return path


def _facts(flow: Flow, run: Run) -> str:
    sources = sorted({talk.source for talk in run.conversations if talk.source})
    days = run.events["time"].dropna()
    period = f"{days.min():%Y-%m-%d} to {days.max():%Y-%m-%d} (UTC)" if len(days) else "no times recorded"
    facts = {
        "flow": f"{flow.name} ({len(flow)} states)" + (f", {flow.source}" if flow.source else ""),
        "conversations": f"{len(run.conversations)}" + (f", {', '.join(sources)}" if sources else ""),
        "source": run.source,
        "dates of the data": period,
    }
    return "".join(f"<dt>{safe(name)}</dt><dd>{safe(value)}</dd>" for name, value in facts.items())


def _comparison(comparison: Comparison) -> str:
    picture = page_picture(*comparison.pictures(), alt="Shares with their intervals, as in the table above")
    return comparison.as_html() + picture


def _drawing(flow: Flow, coverage: pd.DataFrame, findings: list[Finding]) -> str:
    from flowlab.show.draw import picture

    themes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    light, dark = (picture(flow, "svg", counts=coverage, findings=findings, theme=theme) for theme in themes)
    shown = page_picture(light, dark, "The flow, its edges as wide as their traffic", "image/svg+xml")
    return f"<div class='scroll flow'>{shown}</div>"


def _findings(findings: list[Finding]) -> str:
    if not findings:
        return "<p>Nothing found.</p>"
    rows = [(f.severity, f.state, f.event, f.message, f.fix, f.rule) for f in findings]
    return table(("severity", "state", "exit", "what", "to do", "rule"), rows)


def _divergences(run: Run) -> str:
    if not run.parted:
        return "<p>Nowhere: the flow does what the record says.</p>"
    talks = len({d.conversation_id for d in run.parted})
    counts = run.divergences[["what", "state"]].value_counts().reset_index()
    heads = ("conversation", "channel", "turn", "what", "recorded", "replayed", "decided by", "condition", "value")
    rows = [
        (d.conversation_id, d.channel, d.turn, d.what, d.recorded, d.replayed, d.state, d.condition, d.value)
        for d in run.parted[:SHOWN]
    ]
    return (
        f"<p>{len(run.parted)} differences in {talks} of {len(run.conversations)} conversations.</p>"
        + table(("what", "decided by", "n"), counts.head(SHOWN).values.tolist())
        + _first(len(run.parted))
        + table(heads, rows)
    )


def _coverage(coverage: pd.DataFrame) -> str:
    never = coverage[(coverage["event"] != "") & (coverage["n"] == 0)]
    said = f"<p>{safe(coverage_summary(coverage))}.</p>"
    if never.empty:
        return said
    columns = ["state", "visits", "event", "condition", "next"]
    return said + _first(len(never)) + table(columns, never[columns].head(SHOWN).values.tolist())


def _first(n: int) -> str:
    return f"<p class=muted>The first {SHOWN} of {n}.</p>" if n > SHOWN else ""


def _write(path: Path, page: str) -> None:
    with whole_file(path) as unfinished:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(page, "utf-8", errors="backslashreplace", newline="\n")


_PAGE = Template("""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>$title</title>
<style>
:root { color-scheme: light dark; --ground: #ffffff; --ink: #1b1b1b; --line: #d8d8d8;
  --jp-ui-font-color2: #666666; --jp-border-color2: #b5b5b5; }
@media (prefers-color-scheme: dark) { :root { --ground: #16181c; --ink: #ececec; --line: #33373d;
  --jp-ui-font-color2: #a3a8ae; --jp-border-color2: #555b63; } }
body { margin: 2rem auto; max-width: 82rem; padding: 0 1.5rem; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 1.6rem; margin: 0 0 .6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.4rem 0 .6rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1.2rem; margin: 0; }
dt, .muted { color: var(--jp-ui-font-color2); } dd { margin: 0; overflow-wrap: anywhere; }
table { border-collapse: collapse; font-size: .92em; margin: .4rem 0 1rem; }
th { text-align: left; font-weight: 600; }
section > .scroll > table > tbody > tr > td { overflow-wrap: break-word; max-width: 30rem; }
th, td { padding: .25rem .7rem; vertical-align: top; border-bottom: 1px solid var(--line); }
.scroll { overflow-x: auto; } .flow { max-height: 90vh; overflow: auto; }
img { max-width: 100%; height: auto; display: block; margin: .6rem 0; }
@media print { .flow { max-height: none; } }
</style>
</head>
<body>
<h1>$title</h1>
<dl>$facts</dl>
$body
</body>
</html>
""")
