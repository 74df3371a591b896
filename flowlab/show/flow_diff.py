"""FlowDiff: what :func:`flowlab.diff` hands back. A table, a text, a picture of both versions in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowlab.check.diff.changes import changes
from flowlab.check.diff.match import Pairing
from flowlab.check.diff.model import Change, ChangeKind
from flowlab.model.flow import Flow
from flowlab.show import diff_text, pictures
from flowlab.show.diff_behaviour import Behaviour
from flowlab.text.markup import INK, items, safe, small
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import networkx as nx
    import pandas as pd
    from matplotlib.axes import Axes

#: A diff of larger flows shows itself without a picture; ``.draw()`` makes it.
MOST_DRAWN = 80
#: And shows only what lies around its changes where that is at most this share of it.
WORTH_CUTTING = 0.7


@dataclass(frozen=True, repr=False, eq=False)
class FlowDiff:
    """Two versions of a flow and what changed between them: a sequence of
    :class:`~flowlab.check.diff.model.Change`.

    ``replayed``: what the same conversations do in both, where there are any.
    """

    old: Flow
    new: Flow
    pairing: Pairing
    replayed: Behaviour | None = None

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """All changes, in the order of the new version."""
        return tuple(changes(self.old, self.new, self.pairing))

    def __len__(self) -> int:
        return len(self.changes)

    def __iter__(self) -> Iterator[Change]:
        return iter(self.changes)

    @property
    def is_empty(self) -> bool:
        """Nothing changed, not even a place on the canvas."""
        return not self.changes

    @property
    def means_the_same(self) -> bool:
        """Nothing changed but, at most, places on the canvas."""
        return all(change.kind is ChangeKind.MOVED for change in self.changes)

    @property
    def renames(self) -> dict[str, str]:
        """Old state name -> new one, where they differ."""
        return dict(self.pairing.renames)

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row a change: the columns of :class:`~flowlab.check.diff.model.Change`."""
        import pandas as pd

        rows = [change._replace(kind=str(change.kind)) for change in self.changes]  # type: ignore[arg-type]
        return pd.DataFrame.from_records(rows, columns=list(Change._fields))

    @property
    def behaviour(self) -> pd.DataFrame | None:
        """One row a conversation that now goes another way; None where no conversations were given.

        Columns: :func:`flowlab.measure.behaviour.behaviour_table`.
        """
        return self.replayed.table if self.replayed else None

    @property
    def behaviour_counts(self) -> pd.DataFrame | None:
        """How many of each channel's conversations end elsewhere or read differently."""
        return self.replayed.counts if self.replayed else None

    @cached_property
    def graph(self) -> nx.MultiDiGraph:
        """Both versions as one graph: :func:`flowlab.show.diff_graph.diff_graph`."""
        from flowlab.show.diff_graph import diff_graph

        return diff_graph(self.old, self.new, self.pairing, self.changes)

    def draw(self, ax: Axes | None = None, **options: Any) -> Axes:
        """Both versions in one drawing, what differs marked; ``options`` as for :func:`flowlab.show.draw.draw`."""
        from flowlab.show.draw import draw

        return draw(self.graph, ax, **options)

    @property
    def _names(self) -> tuple[str, str]:
        """What to call the versions: their names, their files where they share one."""
        same = self.old.name == self.new.name and self.old.source != self.new.source
        return (self.old.source, self.new.source) if same else (self.old.name, self.new.name)

    def as_text(self) -> str:
        """The changes by state, for a terminal of 120 columns, and what they do to the conversations."""
        text = diff_text.as_text(self._names, self.changes)
        for heading, lines in self.replayed.sections() if self.replayed else ():
            text += f"\n\n{plain(heading)}\n" + "\n".join(diff_text.wrapped(plain(line)) for line in lines)
        return text

    def as_markdown(self) -> str:
        """The same for a pull request."""
        text = diff_text.as_markdown(self._names, self.changes)
        for heading, lines in self.replayed.sections() if self.replayed else ():
            text += f"\n**{diff_text.escaped(heading)}**\n\n" + "".join(f"- {diff_text.escaped(x)}\n" for x in lines)
        return text

    def as_html(self) -> str:
        """The same for a notebook."""
        html = diff_text.as_html(self._names, self.changes)
        for heading, lines in self.replayed.sections() if self.replayed else ():
            html += f"<b>{safe(heading)}</b>{items(lines)}"
        return f"<div style='{INK}'>{html}</div>"

    def as_json(self) -> dict[str, Any]:
        """The diff as plain values."""
        told: dict[str, Any] = {
            "old": self._names[0],
            "new": self._names[1],
            "changes": [{**change._asdict(), "kind": str(change.kind)} for change in self.changes],
        }
        if self.replayed:
            counts = self.replayed.counts.reset_index().to_dict("records")
            told["behaviour"] = {
                "source": "replayed",
                "n": len(self.replayed.conversations),
                "counts": [{str(key): _plain(value) for key, value in row.items()} for row in counts],
                "conversations": [
                    {str(key): _plain(value) for key, value in row.items()}
                    for row in self.replayed.table.to_dict("records")
                ],
            }
        return told

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        html = self.as_html()
        if not self.is_empty and len(self.old) + len(self.new) <= 2 * MOST_DRAWN:
            html += self._picture()
        return {"text/plain": self.as_text(), "text/html": html}

    def _picture(self) -> str:
        """The drawing; of a large flow with few changes only what lies around them."""
        from flowlab.show.diff_graph import around_changes
        from flowlab.show.draw import draw, figure_bytes

        part = around_changes(self.graph)
        is_part = len(part) <= WORTH_CUTTING * len(self.graph)
        shown = part if is_part else self.graph
        light, dark = (figure_bytes(draw(shown, theme=theme), "svg") for theme in ("light", "dark"))
        alt = f"Both versions in one drawing: {diff_text.summary(self.changes)}"
        note = small("What lies around the changes; .draw() shows all of the flow.") if is_part else ""
        return note + pictures.notebook_picture(light, dark, alt, "image/svg+xml")


def _plain(value: Any) -> Any:
    """A value of a table as JSON knows it."""
    return value.item() if hasattr(value, "item") else value
