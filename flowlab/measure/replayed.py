"""Run: what came of putting conversations through a flow, and the tables made from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.measure.coverage import coverage_table
from flowlab.measure.disturbed import disturbed_table
from flowlab.measure.log import events_table
from flowlab.measure.outcomes import outcome_table, recorded_events
from flowlab.measure.tally import outcome_order
from flowlab.measure.walked_log import walks_of
from flowlab.model.channel import Channel
from flowlab.model.conversation import Conversation
from flowlab.model.display import front
from flowlab.model.divergence import Divergence
from flowlab.model.event import Event, EventKind
from flowlab.model.flow import Flow
from flowlab.model.walk import Walk
from flowlab.text.markup import INK, MUTED, RULE, safe

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, repr=False, eq=False)
class Run:
    """Conversations put through a flow.

    ``log``: everything that happened, in order. ``parted``: where record and replay differ. ``source``: ``replayed``,
    ``simulated`` or ``observed`` (see :data:`flowlab.measure.compare.SOURCES`). ``channels``: your own, beside the
    built-in ones. ``services``: what the outside world answered, for whoever has a conversation again.
    """

    flow: Flow
    conversations: list[Conversation]
    log: list[Event]
    parted: list[Divergence]
    source: str = "replayed"
    channels: Sequence[Channel] = ()
    services: object = None

    @cached_property
    def events(self) -> pd.DataFrame:
        """The log as a table: :func:`flowlab.measure.log.events_table`."""
        return events_table(self.log)

    @cached_property
    def outcomes(self) -> pd.DataFrame:
        """One row a conversation: :func:`flowlab.measure.outcomes.outcome_table`."""
        return outcome_table(self.events, self.conversations, self.source, self.channels)

    @cached_property
    def divergences(self) -> pd.DataFrame:
        """Where record and replay part ways; columns of :class:`~flowlab.model.divergence.Divergence`."""
        import pandas as pd

        return pd.DataFrame.from_records(self.parted, columns=list(Divergence._fields))

    @cached_property
    def counts(self) -> Mapping[tuple[str, str, str], int]:
        """How often each edge ``(state, event, next)`` was walked: the traffic that a drawing paints.

        Edges never walked count 0. ``next`` tells the matches of a split apart. Steps inside subflows are not among
        them.
        """
        mine = (e for e in self.log if e.kind == EventKind.STEP and not e.parent)
        return Counter((e.state, e.event, e.transitioned_to) for e in mine)

    @cached_property
    def disturbances(self) -> pd.DataFrame:
        """Faults of the world and whom they hurt: :func:`flowlab.measure.disturbed.disturbed_table`."""
        return disturbed_table(self.log)

    @cached_property
    def unanswered(self) -> Mapping[str, int]:
        """The states whose calls nothing answered, and how often. Most often ``services`` were forgotten. A state
        inside a subflow is named as services name it: ``run-subflow state/state``.
        """
        asked = (e for e in self.log if e.kind == EventKind.UNANSWERED)
        return Counter(f"{e.parent}/{e.state}" if e.parent else e.state for e in asked)

    @cached_property
    def recorded(self) -> Run:
        """The same conversations as they were recorded, to compare with: ``fl.compare({"as recorded": run.recorded,
        "replayed": run})``. It has messages and outcomes, but no states."""
        return Run(self.flow, self.conversations, list(recorded_events(self.conversations)), [], "observed")

    @cached_property
    def walks(self) -> list[Walk]:
        """The executions as Studio's step log has them: ``fl.save(run.walks, "executions.json")``, or ``.csv``."""
        return walks_of(self.log, self.conversations)

    def coverage(self) -> pd.DataFrame:
        """Every exit of the flow and how often it was taken: :func:`flowlab.measure.coverage.coverage_table`."""
        return coverage_table(self.flow, self.events)

    def path(self, conversation_id: str) -> list[tuple[str, str, str]]:
        """The edges one conversation walked: ``(state, event, next)``, in order; a subflow's are not among them.

        Raises UsageError when the run has no such conversation.
        """
        ids = [talk.id for talk in self.conversations]
        if conversation_id not in ids:
            near = did_you_mean(conversation_id, ids) if len(ids) <= 20 else "See run.outcomes for the ids."
            raise UsageError(f"this run has no conversation {conversation_id!r}. {near}")
        mine = (e for e in self.log if e.conversation_id == conversation_id and e.kind == EventKind.STEP)
        return [(e.state, e.event, e.transitioned_to) for e in mine if not e.parent]

    def player(self, conversation: str = "", *, against: Mapping[str, Run] | None = None, **options: Any) -> Any:
        """The conversations step by step in the notebook, record and replay side by side.

        ``conversation``: the id of the one to begin with. ``against``: other runs of the same conversations by name,
        whose way is painted beside this one's. Raises UsageError where the run has no such conversation.
        """
        return front("player", self, conversation=conversation, against=against or {}, **options)

    def __repr__(self) -> str:
        return (
            f"<Run {self.source}: {len(self.conversations)} conversations through {self.flow.name!r}, "
            f"{len(self.log)} events, {len(self.parted)} divergences>"
        )

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/plain": repr(self), "text/html": _html(self)}


def _html(run: Run) -> str:
    """The run in a dozen lines. Colours are the notebook's own, so that it reads in its dark theme too."""
    known = run.outcomes["outcome"].dropna().value_counts().to_dict()
    n = len(run.conversations)
    ends = "".join(_row(name.replace("_", " "), known[name], n) for name in outcome_order(known))
    parted = Counter(d.what for d in run.parted)
    talks = len({d.conversation_id for d in run.parted})
    differences = "".join(_row(what, k) for what, k in parted.most_common())
    heading = f"<tr><th colspan=2 style='text-align:left;border-bottom:{RULE}'>%s</th></tr>"
    body = heading % "how they end" + ends
    if parted:
        body += heading % f"record and replay differ in {talks} of {n}" + differences
    if run.unanswered:
        states = ", ".join(f"{state} ({n})" for state, n in run.unanswered.items())
        body += heading % "nothing answered (see services)" + f"<tr><td colspan=2>{safe(states)}</td></tr>"
    return (
        f"<div style='{INK}'><b>{safe(run.flow.name)}</b> "
        f"<span style='{MUTED}'>{safe(run.source)}: {n} conversations, {len(run.log)} events</span>"
        f"<table style='margin:.4em 0;background:transparent'>{body}</table>"
        f"<span style='{MUTED}'>.events .outcomes .divergences .coverage()</span></div>"
    )


def _row(label: str, k: int, n: int = 0) -> str:
    share = f" <span style='{MUTED}'>{k / n:.0%}</span>" if n else ""
    return f"<tr><td style='text-align:left'>{safe(label)}</td><td style='text-align:right'>{k}{share}</td></tr>"
