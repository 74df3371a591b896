"""From the pieces of a record to walks: steps in order, doubles out, and what the contexts reveal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import groupby, pairwise
from typing import Any

from flowlab.errors import FormatError
from flowlab.formats.executions_parts import ExecutionRecord, Object, Parts, StepRecord, clean
from flowlab.model.event import ENDED
from flowlab.model.walk import MESSAGE_EVENTS, UNKNOWN, WAIT, Walk, WalkedStep, begins, gaps

#: What an address begins with -> channel. A masked phone number counts as one.
_PREFIXES = (
    ("whatsapp:", "whatsapp"),
    ("messenger:", "messenger"),
    ("line:", "line"),
    ("+", "sms"),
    ("<PHONE_", "sms"),
    ("<EMAIL_", "email"),
)


#: As many steps an execution may have; what is longer is no execution of Studio's, and ties in it are left as they are.
MAX_STEPS = 1000


def walks_from(parts: Parts) -> list[Walk]:
    """The walks, oldest first where all say when they began.

    Raises FormatError when there was any fault, or when no step is recorded at all.
    """
    if not parts.faults and not any(record.steps for record in parts.executions.values()):
        n = len(parts.executions)
        of = f"{n} executions and none of their steps; save the steps list of each too" if n else "no steps"
        parts.fault("", f"holds {of}")
    if parts.faults:
        raise FormatError(parts.source, parts.faults)
    walks = [_walk(sid, record, parts) for sid, record in parts.executions.items()]
    starts = [walk.start_s for walk in walks if walk.start_s is not None]
    if len(starts) < len(walks):
        return walks
    newest_first = starts[0] > starts[-1]
    return sorted(walks[::-1] if newest_first else walks, key=lambda walk: walk.start_s or 0.0)


def _walk(sid: str, record: ExecutionRecord, parts: Parts) -> Walk:
    for step in record.steps:
        step.context = step.context or parts.step_contexts.get(step.sid, {})
    kept = _without_doubles(record.steps)
    ordered = _in_order(kept)
    steps = tuple(_steps(ordered, record.context))
    about = {key: value for key, value in record.said.items() if value is not None}
    if about.get("start_s") is None:
        about["start_s"] = next((step.time_s for step in steps if step.time_s is not None), None)
    contexts = [step.context for step in ordered if step.context]
    trigger = clean(_trigger(ordered, record.context))
    variables = clean(_group(record.context or (contexts[-1] if contexts else {}), "flow").get("variables"))
    return Walk(
        sid,
        steps,
        channel=_channel(about.get("contact", ""), trigger),
        trigger=trigger,
        variables=variables if isinstance(variables, Mapping) else {},
        notes=tuple(_notes(steps, len(record.steps) - len(kept), about.get("status", ""))),
        source=parts.source,
        **about,
    )


def _without_doubles(steps: list[StepRecord]) -> list[StepRecord]:
    """Each step once: pages overlap when the list grew while it was read. Steps without a sid are kept as they are."""
    seen: set[str] = set()
    kept = []
    for step in steps:
        if step.sid not in seen or not step.sid:
            kept.append(step)
        seen.add(step.sid)
    return kept


def _in_order(steps: list[StepRecord]) -> list[StepRecord]:
    """Oldest first. Whole seconds leave ties, so that order counts in which the path hangs together best."""
    if any(step.time_s is None for step in steps):
        return max(steps, steps[::-1], key=_links)
    forwards, backwards = (sorted(some, key=lambda step: step.time_s or 0.0) for some in (steps, steps[::-1]))
    best = max(forwards, backwards, key=_links)
    if len(steps) > MAX_STEPS or _links(best) == len(steps) - 1:
        return best
    return max(best, _chained(forwards), _chained(backwards), key=_links)


def _links(steps: list[StepRecord]) -> int:
    """How many steps begin where the one before them led."""
    return sum(a.next == b.state for a, b in pairwise(steps))


def _chained(steps: list[StepRecord]) -> list[StepRecord]:
    """Within each second, each step after one that led to it; where none did, before those it may lead to."""
    ordered: list[StepRecord] = []
    for _, group in groupby(steps, key=lambda step: step.time_s):
        left = list(group)
        while left:
            wanted, led_to = ordered[-1].next if ordered else None, Counter(step.next for step in left)
            fits = (index for index, step in enumerate(left) if step.state == wanted)
            starts = (index for index, step in enumerate(left) if not led_to[step.state])
            ordered.append(left.pop(next(fits, next(starts, 0))))
    return ordered


def _steps(ordered: list[StepRecord], final: Object) -> Iterator[WalkedStep]:
    named = {step.sid: step.state for step in ordered if step.sid}
    last_visit = {step.state: index for index, step in enumerate(ordered)}
    inside = ""  # of which run-subflow state, where the record does not say: from its trigger to that state's own exit
    for index, step in enumerate(ordered):
        before = ordered[index - 1].next if index else ""
        if step.event == "incomingParent" and before not in ("", ENDED, step.state) and not step.parent_sid:
            inside = before
        elif step.state == inside:
            inside = ""
        parent = named.get(step.parent_sid, step.parent_sid) or inside
        result = _group(step.context, "widgets").get(step.state)
        if result is None and last_visit[step.state] == index:  # what an execution's context holds is the last visit's
            result = _group(final, "widgets").get(step.state)
        known = clean(result) if isinstance(result, Mapping) else None
        yield WalkedStep(step.state, step.event, step.next, step.type, step.time_s, parent, step.sid, known)


def _trigger(ordered: list[StepRecord], final: Object) -> dict[str, Any]:
    """What started it: from the first step's context, else the execution's.

    On Conversations the last answer overwrites the first message there, so after an answer its text is not trusted.
    """
    first = _group(ordered[0].context, "trigger") if ordered else {}
    if first:
        return dict(first)
    found = dict(_group(final, "trigger"))
    replied = any(step.event in MESSAGE_EVENTS and step.type in (WAIT, "") for step in ordered[1:])
    conversation = found.get("conversation")
    if replied and isinstance(conversation, Mapping):
        found["conversation"] = {key: value for key, value in conversation.items() if key != "Body"}
    return found


def _group(context: Object, name: str) -> Object:
    found = context.get(name)
    return found if isinstance(found, Mapping) else {}


def _channel(contact: str, trigger: Object) -> str:
    for group in ("conversation", "message"):
        told = _group(_group(trigger, group), "ChannelAttributes").get("channel_type")
        if isinstance(told, str) and told:
            return told
    if "@" in contact and ":" not in contact:
        return "email"
    return next((channel for prefix, channel in _PREFIXES if contact.startswith(prefix)), UNKNOWN)


def _notes(steps: tuple[WalkedStep, ...], doubles: int, status: str) -> Iterator[str]:
    if doubles:
        yield f"{doubles} step{'s' if doubles > 1 else ''} recorded twice, counted once"
    own = [step for step in steps if not step.parent]
    if not own:
        yield "only steps inside a subflow are recorded" if steps else "no steps are recorded"
        return
    if not begins(own[0]):
        yield f"begins in the middle, at {own[0].state!r}: the earliest steps are not in the record"
    for before, after in gaps(own):
        yield f"{before.state}.{before.event} led to {before.next!r}, yet the next recorded step leaves {after.state!r}"
    if status == "ended" and own[-1].next != ENDED:
        yield f"ended in {own[-1].next or own[-1].state!r} without a step to {ENDED}: by a limit, or from outside"
