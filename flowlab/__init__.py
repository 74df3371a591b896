"""flowlab: see, talk to, replay and compare customer-conversation flows on every text channel, offline.

>>> import flowlab as fl
>>> flow = fl.load("sample_data/flows/order_support.json")
>>> session = fl.Session(flow, channel="whatsapp", services="sample_data/services/order_support.yaml")
>>> replies = session.start("hi")
"""

from flowlab.api import (
    channel_table,
    chat,
    check,
    compare,
    diff,
    draw,
    flow_map,
    replay,
    report,
    route,
    routing_board,
    side_by_side,
)
from flowlab.errors import FlowlabError
from flowlab.formats import load, save
from flowlab.model.channel import Channel, channels
from flowlab.model.conversation import Conversation, Message
from flowlab.model.flow import Condition, Flow, State, Transition
from flowlab.model.hours import Hours
from flowlab.model.journey import journey
from flowlab.model.outcome import Outcome
from flowlab.run.faults import Faults
from flowlab.run.segments import segments
from flowlab.run.services import Services
from flowlab.run.session import Session
from flowlab.show import register_displays
from flowlab.widgets.displays import register_maps

__version__ = "0.1.0"
__all__ = [
    "Channel",
    "Condition",
    "Conversation",
    "Faults",
    "Flow",
    "FlowlabError",
    "Hours",
    "Message",
    "Outcome",
    "Services",
    "Session",
    "State",
    "Transition",
    "channel_table",
    "channels",
    "chat",
    "check",
    "compare",
    "diff",
    "draw",
    "flow_map",
    "journey",
    "load",
    "replay",
    "report",
    "route",
    "routing_board",
    "save",
    "segments",
    "side_by_side",
]

register_displays()
register_maps()


def load_ipython_extension(shell: object) -> None:
    """What ``%load_ext flowlab`` does: cells that begin with ``%%flow NAME`` are read as flows."""
    from flowlab.widgets.magic import register

    register(shell)
