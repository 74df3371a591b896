"""The Python that makes the view of a compare board, in the names that the notebook has for its runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from keyword import iskeyword
from typing import Any

from flowlab.measure.replayed import Run


def code_of(runs: str, *, by: str, only: Mapping[str, Any], metric: str, rows: Sequence[str]) -> str:
    """Three lines: the comparison, its picture, its table. ``rows``: the groups that are shown; none for all.

    >>> print(code_of("runs", by="channel", only={"intent": "order"}, metric="contained", rows=["all text channels"]))
    comparison = fl.compare(runs, by='channel').only(intent='order')
    comparison.plot(metric='contained')
    comparison.table.loc[['all text channels']]
    <BLANKLINE>
    """
    return (
        f"comparison = fl.compare({runs}, by={by!r}){_chosen(only)}\n"
        f"comparison.plot(metric={metric!r})\n"
        f"comparison.table{f'.loc[{list(rows)!r}]' if rows else ''}\n"
    )


def name_of(thing: Any, names: Mapping[str, Any] | None = None) -> str:
    """What the notebook calls runs (or a function that makes them); ``runs`` where it has no name for them.

    ``names``: those of the notebook, where they are not to be looked up.

    >>> name_of(len, {"count": len}), name_of({}, {})
    ('count', 'runs')
    """
    names = _notebook() if names is None else names
    open_names = {name: value for name, value in names.items() if not name.startswith("_")}
    runs = _runs(thing)
    for name, value in open_names.items():
        if value is thing or (runs and _same(_runs(value), runs)):
            return name
    for name, value in open_names.items():
        if len(runs) == 1 and isinstance(value, Mapping):
            found = next((key for key, run in value.items() if run is runs[0]), None)
            if found is not None:
                return f"{name}[{found!r}]"
    return str(getattr(thing, "__name__", "runs"))


def _runs(thing: Any) -> list[Any]:
    if isinstance(thing, Run):
        return [thing]
    parts = thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list | tuple) else ()
    return list(parts) if parts and all(isinstance(part, Run) for part in parts) else []


def _same(some: Sequence[Any], others: Sequence[Any]) -> bool:
    return len(some) == len(others) and all(one is other for one, other in zip(some, others, strict=True))


def _notebook() -> Mapping[str, Any]:
    """The names that a user has in the notebook; none elsewhere."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell else None
    return dict(running.user_ns) if running else {}


def _chosen(only: Mapping[str, Any]) -> str:
    if not only:
        return ""
    if all(name.isidentifier() and not iskeyword(name) for name in only):
        return f".only({', '.join(f'{name}={value!r}' for name, value in only.items())})"
    return f".only(**{dict(only)!r})"
