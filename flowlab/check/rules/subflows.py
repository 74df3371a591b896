"""Rules about subflows: which one, in which revision, and how deep."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.rule import Hit, rule
from flowlab.check.rules.handoff import wrong_sids
from flowlab.check.subject import Subject
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.text.plain import quote

_WIDGET = "Twilio docs: Run Subflow widget"
_REVISIONS = ("LatestPublished", "LatestDraft")


def _named(subject: Subject) -> Iterator[tuple[State, str]]:
    for state in subject.of_type("run-subflow"):
        sid = state.properties.get("flow_sid")
        if isinstance(sid, str) and sid.strip():
            yield state, sid.strip()


@rule(
    "subflow-sid",
    Severity.ERROR,
    "A subflow is named by something that is no flow sid",
    why="Studio refuses the flow: 'must be a valid, non-liquid flow sid'. '${...}' is left alone, a text still to be "
    "filled in is a note.",
    source=_WIDGET,
)
def sid(subject: Subject) -> Iterator[Hit]:
    yield from wrong_sids(subject, "run-subflow")


@rule(
    "subflow-revision",
    Severity.ERROR,
    "A subflow is asked for in a revision that there cannot be",
    why="A revision is 'LatestPublished', 'LatestDraft' or a number written as text, and takes no Liquid. A warning "
    "for the draft: it changes under the customers' hands.",
    source=_WIDGET,
)
def revision(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("run-subflow"):
        value = state.properties.get("flow_revision")
        if not isinstance(value, str) or "${" in value or value in ("", "LatestPublished") or value.isdecimal():
            continue
        is_draft = value == "LatestDraft"
        yield Hit(
            f"The revision {quote(value)} {'is the draft' if is_draft else 'is none that Studio knows'}.",
            "Use 'LatestPublished' in production." if is_draft else "Write 'LatestPublished' or a number as text.",
            state.name,
            subject.path(state, "properties", "flow_revision"),
            severity=Severity.WARNING if is_draft else None,
        )


@rule(
    "subflow-revisions",
    Severity.ERROR,
    "One subflow is asked for in two revisions",
    why="All uses of a subflow in one flow must name the same revision; Studio refuses the flow.",
    source=_WIDGET,
)
def revisions(subject: Subject) -> Iterator[Hit]:
    first: dict[str, tuple[State, str]] = {}
    for state, sid in _named(subject):
        value = str(state.properties.get("flow_revision") or _REVISIONS[0])
        other, other_value = first.setdefault(sid, (state, value))
        if other_value != value:
            yield Hit(
                f"The subflow is asked for in revision {quote(value)} here, and in {quote(other_value)} at"
                f" {quote(other.name)}.",
                "Name the same revision in both.",
                state.name,
                subject.path(state, "properties", "flow_revision"),
            )


@rule(
    "subflow-itself",
    Severity.ERROR,
    "A flow runs itself as a subflow",
    why="Subflows go one level deep; a flow cannot run itself.",
    source=_WIDGET,
)
def itself(subject: Subject) -> Iterator[Hit]:
    own = _own_sids(subject)
    for state, sid in _named(subject):
        if sid in own:
            yield Hit(
                f"{quote(sid)} is this flow itself.",
                "Name another flow, or lead back to a state.",
                state.name,
                subject.path(state, "properties", "flow_sid"),
            )


def _own_sids(subject: Subject) -> frozenset[str]:
    """The sid of this flow, where its file holds the resource around the definition."""
    resources = [getattr(layer, "resource", None) for layer in subject.flow.envelope or ()]
    return frozenset(str(resource["sid"]) for resource in resources if resource and resource.get("sid"))


@rule(
    "subflow-nested",
    Severity.WARNING,
    "A subflow runs a subflow",
    why="Subflows go one level deep. This flow can be started as a subflow itself; there its own subflows fail.",
    source=_WIDGET,
)
def nested(subject: Subject) -> Iterator[Hit]:
    for state in subject.of_type("run-subflow"):
        if subject.start and subject.start.type == "trigger" and subject.is_subflow:
            yield Hit(
                "This flow can be started as a subflow ('incomingParent' is wired), where it cannot run another one.",
                "Unwire 'incomingParent', or take the step out.",
                state.name,
                subject.path(state, "type"),
            )
