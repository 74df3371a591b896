"""Which steps ask for opening hours, by what services say of them: for the checks."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flowlab.model.opening import Opening
from flowlab.run.services import Services, is_timeless
from flowlab.run.services_file import load_services


def opening(services: Services | Mapping[str, Any] | str | Path | None) -> Opening:
    """The calendars of services, and the states that may ask one: those with answers that are not the same all day.

    Of a callable nobody knows, so it counts. Raises FormatError for a broken file, UsageError where there is none.

    >>> found = opening({"calendars": {"support": {}}, "widgets": {"ask": {"calendar": "support"}, "find": {}}})
    >>> sorted(found.calendars), sorted(found.asked_by)
    (['support'], ['ask'])
    """
    world = load_services(services)
    asked_by = {name.rsplit("/", 1)[-1] for name, rules in world.widgets.items() if not is_timeless(rules)}
    any_request = any(not is_timeless(rules) for rules in world.urls.values())
    return Opening(world.calendars, frozenset(asked_by), any_request)
