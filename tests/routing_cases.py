"""One case a routing rule: a workflow (and a flow, a workspace) with the fault, a near twin without, and the place.

Everything is written as in the files: ``bad`` and ``good`` are lists of filters unless they say more.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

from small_flows import flow, hand_off

from flowlab.formats.taskrouter import read_workflow
from flowlab.formats.workspace import load_workspace
from flowlab.model.flow import Flow
from flowlab.model.routing import Workflow, Workspace

MINE = "WW" + "0" * 31 + "1"


class RoutingCase(NamedTuple):
    """``where``: the path of the only finding; ``sends``: the attributes of the flow's one hand-off."""

    bad: Workflow
    good: Workflow
    where: str
    workspace: Workspace | None = None
    sends: str = ""
    good_sends: str = ""

    def flow(self, attributes: str) -> Flow | None:
        state = hand_off(attributes)
        return flow(replace(state, properties={**state.properties, "workflow": MINE})) if attributes else None


def workflow(*filters: dict[str, Any], default: bool = True, **more: Any) -> Workflow:
    """A workflow with these filters, and (unless told otherwise) a default."""
    body = {"filters": list(filters)} | ({"default_filter": {"queue": "WQ1"}} if default else {})
    return read_workflow({"task_routing": body | more})


def only(expression: str, *targets: dict[str, Any], name: str = "Care") -> dict[str, Any]:
    """A filter; without targets it has one that goes to WQ1."""
    where = list(targets) or [{"queue": "WQ1"}]
    return {"filter_friendly_name": name, "expression": expression, "targets": where}


def to(expression: str = "", **keys: Any) -> dict[str, Any]:
    """A filter that takes everything, with one target."""
    return only("1==1", {"queue": "WQ1", **({"expression": expression} if expression else {}), **keys})


TEAM = load_workspace(
    {
        "activities": [{"name": "Available", "available": True}],
        "queues": [
            {"sid": "WQ1", "name": "Everyone", "target_workers": "1==1"},
            {"sid": "WQ2", "name": "Nobody", "target_workers": "languages HAS 'fi'"},
        ],
        "workers": [
            {
                "name": "Ines",
                "activity": "Available",
                "attributes": {"languages": ["pt"], "level": 3, "team": "care"},
            }
        ],
    }
)
EXPRESSION = "#/task_routing/filters/0/expression"
SECOND = "#/task_routing/filters/1/expression"
TARGET = "#/task_routing/filters/0/targets/0"

CASES: dict[str, RoutingCase] = {
    "routing-expression-broken": RoutingCase(workflow(only("a = 1")), workflow(only("a == 1")), EXPRESSION),
    "routing-filter-prefix": RoutingCase(workflow(only("worker.level > 1")), workflow(only("level > 1")), EXPRESSION),
    "routing-target-prefix": RoutingCase(
        workflow(to("languages HAS 'pt'")), workflow(to("worker.languages HAS 'pt'")), f"{TARGET}/expression"
    ),
    "routing-list-operator": RoutingCase(
        workflow(only("'web' HAS channel")), workflow(only("channels HAS 'web'")), EXPRESSION
    ),
    "routing-filter-never-reached": RoutingCase(
        workflow(only("vip == true"), only("vip == true AND language == 'pt'", name="Portuguese")),
        workflow(only("vip == true AND language == 'pt'"), only("vip == true", name="VIP")),
        SECOND,
    ),
    "routing-filter-never-holds": RoutingCase(
        workflow(only("a == 1 AND a == 2")), workflow(only("a == 1 OR a == 2")), EXPRESSION
    ),
    "routing-no-target": RoutingCase(
        workflow({"filter_friendly_name": "Care", "expression": "a == 1", "targets": []}),
        workflow(only("a == 1")),
        "#/task_routing/filters/0/targets",
    ),
    "routing-no-default": RoutingCase(
        workflow(only("a == 1"), default=False),
        workflow(only("1 == 1"), default=False),
        "#/task_routing/default_filter",
    ),
    "routing-timeout-cancels": RoutingCase(
        workflow(only("a == 1", {"queue": "WQ1", "timeout": 60})),
        workflow(only("a == 1", {"queue": "WQ1", "timeout": 60}), only("1==1", name="Rest")),
        f"{TARGET}/timeout",
    ),
    "routing-target-never-tried": RoutingCase(
        workflow(only("a == 1", {"queue": "WQ1"}, {"queue": "WQ2"})),
        workflow(only("a == 1", {"queue": "WQ1", "timeout": 60}, {"queue": "WQ2"})),
        TARGET,
    ),
    "routing-unknown-queue": RoutingCase(
        workflow(only("a == 1", {"queue": "WQ7"})), workflow(only("a == 1")), f"{TARGET}/queue", TEAM
    ),
    "routing-queue-nobody": RoutingCase(
        workflow(only("a == 1", {"queue": "WQ2"})), workflow(only("a == 1")), "queues/Nobody/target_workers", TEAM
    ),
    "routing-target-nobody": RoutingCase(
        workflow(to("worker.level > 5 AND task.vip == true")),
        workflow(to("worker.level > 2 AND task.vip == true")),
        f"{TARGET}/expression",
        TEAM,
    ),
    "routing-worker-attribute": RoutingCase(
        workflow(to("worker.Level > task.level")),
        workflow(to("worker.level > task.level")),
        f"{TARGET}/expression",
        TEAM,
    ),
    "routing-attribute-no-list": RoutingCase(
        workflow(to("worker.team HAS task.team")),
        workflow(to("worker.languages HAS task.language")),
        f"{TARGET}/expression",
        TEAM,
    ),
    "routing-order-no-number": RoutingCase(
        workflow(to(order_by="worker.team DESC")),
        workflow(to(order_by="worker.level DESC")),
        f"{TARGET}/order_by",
        TEAM,
    ),
    "routing-attribute-not-sent": RoutingCase(
        workflow(only("language == 'pt'")),
        workflow(only("lang == 'pt'")),
        EXPRESSION,
        sends='{"lang": "{{flow.data.language}}"}',
    ),
    "routing-attribute-not-read": RoutingCase(
        workflow(only("a == 1")),
        workflow(only("topic == 'return'")),
        "#/states/1/properties/attributes",
        sends='{"topic": "{{flow.data.topic}}"}',
    ),
    "routing-value-never-sent": RoutingCase(
        workflow(only("language == 'PT'")),
        workflow(only("language IN ['pt', 'PT']")),
        EXPRESSION,
        sends='{"language": "{% if flow.data.p %}pt{% else %}en{% endif %}"}',
    ),
    "routing-value-type": RoutingCase(
        workflow(only("misses > 2")),
        workflow(only("misses > 2")),
        EXPRESSION,
        sends='{"misses": "{{flow.data.misses}}"}',
        good_sends='{"misses": {{flow.data.misses}}}',
    ),
    "routing-list-never-sent": RoutingCase(
        workflow(only("topics HAS 'return'")),
        workflow(only("topics HAS 'return'")),
        EXPRESSION,
        sends='{"topics": "{{flow.data.topic}}"}',
        good_sends='{"topics": ["{{flow.data.topic}}"]}',
    ),
    "routing-other-workflow": RoutingCase(
        read_workflow({"sid": "WW" + "2" * 32, "configuration": {"task_routing": {"filters": [only("a == 1")]}}}),
        read_workflow({"sid": MINE, "configuration": {"task_routing": {"filters": [only("a == 1")]}}}),
        "#/states/1/properties/workflow",
        sends='{"a": {{flow.data.a}}}',
    ),
}
