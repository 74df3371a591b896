"""Walks -> the JSON that Studio's REST API gives for executions and their steps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from flowlab.formats.conversations.values import iso_time
from flowlab.model.sids import ACCOUNT_SID, FLOW_SID, digits, step_sid
from flowlab.model.walk import Walk, WalkedStep

Object = dict[str, Any]


def write_executions(walks: Iterable[Walk]) -> Object:
    """One page of executions, each with one page of its ``steps`` inside, newest first.

    Names, order and wrapping are Twilio's (OpenAPI description of Studio v2). Sids that the walk does not have are
    invented and the same every time; ``url`` is null, as nothing stands there. A step's ``context`` holds what that
    step left, an execution's the variables at its end; ``{}`` where nobody knows.

    >>> page = write_executions([Walk("FN1", (WalkedStep("Trigger", "incomingMessage", "Ended", "trigger", 0.0),))])
    >>> step, = page["executions"][0]["steps"]["steps"]
    >>> step["transitioned_from"], step["name"], step["transitioned_to"], step["date_created"]
    ('Trigger', 'incomingMessage', 'Ended', '1970-01-01T00:00:00Z')
    """
    executions = [_execution(walk) for walk in walks]
    executions.reverse()
    return _page("executions", executions)


def write_json(walks: Iterable[Walk]) -> str:
    """:func:`write_executions` as the text of a file, an execution a line."""
    page = write_executions(walks)
    lines = ",\n".join(json.dumps(execution, ensure_ascii=False) for execution in page["executions"])
    return f'{{"meta": {json.dumps(page["meta"])},\n"executions": [\n{lines}\n]}}\n'


def _page(key: str, items: list[Object]) -> Object:
    meta = {"page": 0, "page_size": max(50, len(items)), "key": key}
    return {"meta": meta | dict.fromkeys(("first_page_url", "previous_page_url", "url", "next_page_url")), key: items}


def _execution(walk: Walk) -> Object:
    times = [step.time_s for step in walk.steps if step.time_s is not None]
    flow = {"flow": {"variables": dict(walk.variables)}} if walk.variables else {}
    return {
        "sid": walk.sid,
        "account_sid": ACCOUNT_SID,
        "flow_sid": walk.flow_sid or FLOW_SID,
        "contact_channel_address": walk.contact,
        "contact_sid": "FC" + digits(walk.contact),
        "flow_version": None,
        "context": flow,
        "status": walk.status,
        "initiated_by": walk.initiated_by,
        "date_created": iso_time(walk.start_s) or None,
        "date_updated": iso_time(times[-1] if times else None) or None,
        "url": None,
        "steps": _page("steps", _steps(walk)),
    }


def _steps(walk: Walk) -> list[Object]:
    sids = [step.sid or step_sid(walk.sid, number) for number, step in enumerate(walk.steps, 1)]
    parent_sid: dict[str, str] = {}
    made = []
    for index in range(len(sids) - 1, -1, -1):  # backwards: a subflow's steps stand before the exit of its state
        step, sid = walk.steps[index], sids[index]
        if not step.parent:
            parent_sid[step.state] = sid
        parent = (parent_sid.get(step.parent) or step_sid(walk.sid, 0)) if step.parent else None
        context = {} if index or not walk.trigger else {"trigger": walk.trigger}
        made.append(_step(walk, step, (sid, parent), context))
    return made


def _step(walk: Walk, step: WalkedStep, sids: tuple[str, str | None], context: Mapping[str, Any]) -> Object:
    if step.result is not None:
        context = {**context, "widgets": {step.state: step.result}}
    return {
        "sid": sids[0],
        "account_sid": ACCOUNT_SID,
        "flow_sid": walk.flow_sid or FLOW_SID,
        "execution_sid": walk.sid,
        "parent_step_sid": sids[1],
        "name": step.event,
        "type": step.type or None,
        "context": context,
        "transitioned_from": step.state,
        "transitioned_to": step.next or None,
        "date_created": iso_time(step.time_s) or None,
        "date_updated": None,
        "url": None,
    }
