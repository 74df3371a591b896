"""Entry points: the numbers, inboxes and buttons a customer contacts, and what is known there before the first word."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.channel import Channel
from flowlab.model.flow import Flow
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd

#: Twilio docs, *Web Chat 3.x*: more PreEngagementData than this is refused (error 45731).
MAX_CONTEXT_BYTES = 16 * 1024
CUSTOMER, BUSINESS = "customer", "business"


@dataclass(frozen=True)
class EntryPoint:
    """One address of ours on a channel, and the flow that answers there.

    A phone number tells a flow little more than which number it is, so there is one for each ``intent`` or
    ``campaign``. A web page asks for a ``form`` first (field -> whether it must be filled in), and an app knows the
    ``context`` of the screen the customer stands on. ``starts``: who writes first, ``customer`` or ``business``.

    Raises UsageError for an address that is none of ours on that channel, and for more context than is taken.
    """

    name: str
    channel: Channel
    address: str
    flow: Flow
    intent: str = ""
    campaign: str = ""
    form: Mapping[str, bool] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    starts: str = CUSTOMER

    def __post_init__(self) -> None:
        if self.starts not in (CUSTOMER, BUSINESS):
            raise UsageError(f"{self.name}: starts is {CUSTOMER} or {BUSINESS}, not {self.starts!r}")
        self.channel.check_own_address(self.address)
        self._hold(self.context)

    @property
    def medium(self) -> Channel:
        """The channel with this address as ours: what a Session is given.

        A flow reads the address as ``flow.channel.address`` and ``trigger.message.To``.
        """
        return replace(self.channel, example_address=self.address)

    def known(self, **filled_in: Any) -> dict[str, Any]:
        """What is known before the first message: the context gathered, and the form as it was filled in.

        It lands where real flows read it: under ``ChannelAttributes.pre_engagement_data`` of the trigger, and where the
        business starts, under ``trigger.request.parameters``. Raises UsageError for a field that the form has not, one
        that must be filled in, and for more than 16 KB, which the platform refuses (error 45731).

        >>> from flowlab.model.channel import channel
        >>> page = EntryPoint("help page", channel("webchat"), "help", Flow(()), form={"friendlyName": True})
        >>> page.known(friendlyName="Rui")
        {'friendlyName': 'Rui'}
        """
        for name in filled_in:
            if name not in self.form and self.starts == CUSTOMER:
                raise UsageError(f"{self.name}: its form has no field {name!r}. {did_you_mean(name, list(self.form))}")
        missing = [name for name, needed in self.form.items() if needed and not filled_in.get(name)]
        if missing:
            raise UsageError(f"{self.name}: its form wants {', '.join(missing)} filled in")
        known = {**self.context, **filled_in}
        self._hold(known)
        return known

    def _hold(self, known: Mapping[str, Any]) -> None:
        size = len(json.dumps(known, ensure_ascii=False, default=str).encode(errors="replace"))
        if size > MAX_CONTEXT_BYTES:
            raise UsageError(
                f"{self.name}: {size:,} bytes are known beforehand; the platform takes 16 KB (error 45731)"
            )

    def __repr__(self) -> str:
        return f"<EntryPoint {self.name!r}: {self.channel.label} at {self.address}>"


class EntryPoints(Mapping[str, EntryPoint]):
    """Entry points by name. ``table`` shows them all; :meth:`at` finds one by its address.

    Raises UsageError where two have one name, or one address on the same channel: it can have one flow only.
    """

    def __init__(self, points: tuple[EntryPoint, ...], name: str = "entry points", source: str = "") -> None:
        self.name, self.source = name, source
        self._points = {point.name: point for point in points}
        if len(self._points) < len(points):
            raise UsageError(f"{name}: two entry points have the same name")
        taken: dict[tuple[str, str], str] = {}
        for point in points:
            if point.starts == BUSINESS:
                continue
            other = taken.setdefault((point.channel.name, point.address), point.name)
            if other != point.name:
                raise UsageError(f"{name}: {other!r} and {point.name!r} have the same address {point.address!r}")

    def __getitem__(self, name: str) -> EntryPoint:
        """Raises UsageError for an unknown name."""
        if name not in self._points:
            raise UsageError(f"there is no entry point {name!r}. {did_you_mean(name, list(self._points))}")
        return self._points[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._points)

    def __len__(self) -> int:
        return len(self._points)

    def __contains__(self, name: object) -> bool:
        return name in self._points

    def at(self, address: str, channel: str = "") -> EntryPoint:
        """The entry point of this address: where customers write, or else where the business does.

        ``channel``: its name, where one address is on several. Raises UsageError where there is none, or more than one.
        """
        here = [one for one in self.values() if channel in ("", one.channel.name)]
        found = [one for one in here if one.address == address]
        found = [one for one in found if one.starts == CUSTOMER] or found[:1]
        if not found:
            where = f" on {channel}" if channel else ""
            hint = did_you_mean(address, [one.address for one in here])
            raise UsageError(f"no entry point has the address {address!r}{where}. {hint}")
        if len(found) > 1:
            media = " and ".join(one.channel.name for one in found)
            raise UsageError(f"{address!r} is an address on {media}: say on which channel")
        return found[0]

    @property
    def flow(self) -> Flow:
        """The flow that all of them lead to. Raises UsageError where there is more than one, or none."""
        flows = {one.flow.source or one.flow.name: one.flow for one in self.values()}
        if len(flows) != 1:
            raise UsageError(
                f"{self.name}: expected one flow behind all entry points, found {', '.join(flows) or 'none'}"
            )
        return next(iter(flows.values()))

    @property
    def table(self) -> pd.DataFrame:
        """One row each: ``name``, ``channel``, ``address``, ``flow``, ``intent``, ``campaign``, ``form``, ``context``,
        ``starts``. A form's fields that must be filled in have a star.
        """
        import pandas as pd

        rows = [
            {
                "name": one.name,
                "channel": one.channel.name,
                "address": one.address,
                "flow": one.flow.name,
                "intent": one.intent,
                "campaign": one.campaign,
                "form": ", ".join(f"{name}{'*' if needed else ''}" for name, needed in one.form.items()),
                "context": ", ".join(one.context),
                "starts": one.starts,
            }
            for one in self.values()
        ]
        columns = ["name", "channel", "address", "flow", "intent", "campaign", "form", "context", "starts"]
        return pd.DataFrame(rows, columns=columns)

    def __repr__(self) -> str:
        lines = [f"{one.name}: {one.channel.label} at {one.address}" for one in self.values()]
        return "\n".join([f"<{len(self)} entry points>", *map(plain, lines)])

    def _repr_html_(self) -> str:
        return str(self.table.to_html(index=False, escape=True, border=0))
