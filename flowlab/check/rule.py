"""What a rule is: one small function that looks at a flow or its routing and yields what it found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from flowlab.model.finding import Finding, Severity

if TYPE_CHECKING:
    from flowlab.check.subject import Subject


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where a rule holds. ``severity``: only where this place is graded apart from the rule's own."""

    message: str
    fix: str
    state: str = ""
    path: str = ""
    event: str = ""
    channel: str = ""
    severity: Severity | None = None


Find = Callable[["Subject"], Iterable[Hit]]
#: What a rule may look at. It runs only where all it needs was given.
Need = Literal["flow", "workflow", "workspace", "hours", "content"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the catalogue.

    ``severity`` is the usual one; a rule that grades its findings says how in ``why``. ``source``: where the rule
    comes from (a documentation page, a count over public flows). ``needs``: what it looks at.
    """

    id: str
    severity: Severity
    title: str
    why: str
    source: str
    find: Find
    needs: tuple[Need, ...] = ("flow",)

    def findings(self, subject: Subject) -> Iterator[Finding]:
        """What this rule finds; nothing where something it needs was not given."""
        if not subject.given.issuperset(self.needs):
            return
        for hit in self.find(subject):
            yield Finding(
                rule=self.id,
                severity=hit.severity or self.severity,
                message=hit.message,
                fix=hit.fix,
                state=hit.state,
                event=hit.event,
                path=hit.path,
                channel=hit.channel,
            )


def rule(
    id: str, severity: Severity, title: str, *, why: str, source: str, needs: tuple[Need, ...] = ("flow",)
) -> Callable[[Find], Rule]:
    """Make a rule of a function. The catalogue lists it; being written is not enough."""

    def make(find: Find) -> Rule:
        return Rule(id, severity, title, why, source, find, needs)

    return make
