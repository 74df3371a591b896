"""The front door's verbs that need more than one room: each puts a few calls together and nothing else."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast, overload

from flowlab.check import Findings, Settings
from flowlab.check import check as _check
from flowlab.errors import UsageError
from flowlab.model.channel import Channel
from flowlab.model.channel import channels as known_channels
from flowlab.model.conversation import Conversation
from flowlab.model.divergence import Divergence
from flowlab.model.entry_point import EntryPoint, EntryPoints
from flowlab.model.event import Event
from flowlab.model.flow import Flow
from flowlab.model.routing import Queue, Workflow, Workspace
from flowlab.model.walk import Walk, are_walks
from flowlab.run.faults import Faults
from flowlab.run.line import CALM
from flowlab.run.replay import replay_all
from flowlab.run.services import Services
from flowlab.run.services_file import load_services

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from flowlab.measure.replayed import Run
    from flowlab.run.routing_result import Routing
    from flowlab.show.channel_table import ChannelTable
    from flowlab.show.comparison import Comparison
    from flowlab.show.flow_diff import FlowDiff
    from flowlab.show.side_by_side import SideBySide
    from flowlab.show.walked import Walked
    from flowlab.widgets.channel_board import ChannelBoard
    from flowlab.widgets.chat import Chat
    from flowlab.widgets.flow_map import FlowMap
    from flowlab.widgets.routing_board import RoutingBoard


World = Services | Mapping[str, Any] | str | Path | None


@overload
def replay(
    flow: Flow | EntryPoints,
    conversations: Sequence[Conversation],
    *,
    services: World = None,
    channels: Sequence[Channel] = (),
    faults: Faults = CALM,
) -> Run: ...
@overload
def replay(
    flow: Flow, conversations: Sequence[Walk], *, services: World = None, channels: Sequence[Channel] = ()
) -> Walked: ...
def replay(
    flow: Flow | EntryPoints,
    conversations: Sequence[Conversation] | Sequence[Walk],
    *,
    services: World = None,
    channels: Sequence[Channel] = (),
    faults: Faults = CALM,
) -> Run | Walked:
    """Put recorded conversations through a flow: the customer's turns at their times, timeouts where time says so.

    ``services``: what the outside world answers (see :mod:`flowlab.run.services_file`). ``channels``: your own,
    beside the built-in ones. Work of more than a second shows a progress bar. Raises UsageError for a conversation on
    an unknown channel. ``faults``: what goes wrong in the world (:class:`~flowlab.run.faults.Faults`); not
    for recorded executions.

    The result has ``.events``, ``.outcomes`` and ``.divergences`` (DataFrames) and ``.coverage()``.

    ``flow`` may be :class:`~flowlab.model.entry_point.EntryPoints` of one flow: each conversation comes in where its
    ``entry_point`` says (what was known beforehand is what was recorded), and that column names it, with its channel.

    Given recorded executions instead (``fl.load`` reads Studio's step logs), it says which of them would now go
    elsewhere: a :class:`~flowlab.show.walked.Walked`. What their contexts tell is said and answered again; a walk
    without contexts is followed on the flow's graph.
    """
    points = flow if isinstance(flow, EntryPoints) else None
    flow = flow.flow if isinstance(flow, EntryPoints) else flow
    if are_walks(conversations):
        if faults.any:
            raise UsageError("recorded executions are replayed as they were, without faults; give conversations")
        return _rewalk(flow, conversations, services, channels)
    from tqdm.auto import tqdm

    from flowlab.measure.compare import WITH_FAULTS
    from flowlab.measure.diverge import divergences
    from flowlab.measure.replayed import Run

    log: list[Event] = []
    parted: list[Divergence] = []
    own = {channel.name: channel for channel in channels}
    unseen = not sys.stderr.isatty() and "ipykernel" not in sys.modules  # a log file wants no bar
    bar = tqdm(conversations, desc="replaying", unit=" conversations", delay=1.0, leave=False, disable=unseen)
    talks: list[Conversation] = []
    for replayed in replay_all(flow, bar, services, own, faults, points):
        talks.append(replayed.conversation)
        log += replayed.events
        parted += divergences(replayed.conversation, replayed.events)
    source = f"replayed{WITH_FAULTS}{faults.describe()}" if faults.any else "replayed"
    return Run(flow, talks, log, parted, source, channels, services)


def _rewalk(flow: Flow, walks: Sequence[Walk], services: World, channels: Sequence[Channel]) -> Walked:
    from flowlab.measure.walked import rewalked
    from flowlab.run.walk import replay_walks
    from flowlab.show.walked import Walked

    own = {channel.name: channel for channel in channels}
    replayed = replay_walks(flow, [walk for walk in walks if walk.own], services, own)
    results = [rewalked(flow, walk, events, why_not) for walk, events, why_not in replayed]
    return Walked(flow, results, [walk for walk in walks if not walk.own])


def compare(run: Run | Mapping[str, Run] | Sequence[Run], by: str = "channel") -> Comparison:
    """Outcomes of the whole and of each part, with n, Wilson intervals, durations, messages and cost.

    ``by``: any column of ``run.outcomes``. Several runs (a mapping of name to run) stand side by side as versions.
    """
    from flowlab.show.comparison import compare as _compare

    return _compare(run, by=by)


def diff(
    old: Flow,
    new: Flow,
    conversations: Sequence[Conversation] | None = None,
    *,
    services: World = None,
    channels: Sequence[Channel] = (),
) -> FlowDiff:
    """What changed from one version of a flow to the next, by meaning: order and canvas are noise.

    ``conversations``: put through both versions, to say which now end elsewhere or read differently, and because of
    what. ``services``: what the outside world answers. ``channels``: your own, beside the built-in ones. Raises
    UsageError for what is no flow.

    The result has ``.table`` (and ``.behaviour``), ``.as_text()``, ``.as_markdown()`` and ``.draw()``.
    """
    from flowlab.check.diff.changes import must_be_flows
    from flowlab.check.diff.match import pair_states
    from flowlab.measure.behaviour import Parting, parting, unanswered
    from flowlab.show.diff_behaviour import Behaviour
    from flowlab.show.flow_diff import FlowDiff

    must_be_flows(old, new)
    found = FlowDiff(old, new, pair_states(old, new))
    if conversations is None:
        return found
    talks = list(conversations)
    own = {channel.name: channel for channel in channels}
    runs = zip(replay_all(old, talks, services, own), replay_all(new, talks, services, own), strict=True)
    parted: list[Parting | None] = []
    missed: Counter[str] = Counter()
    for was, now in runs:
        parted.append(parting(was.conversation, was.events, now.events, found.pairing.renames))
        missed.update(unanswered(now.events))
    replayed = Behaviour(talks, [one for one in parted if one], found.changes, missed)
    return replace(found, replayed=replayed)


def side_by_side(
    flow: Flow,
    turns: Sequence[str | Mapping[str, Any]],
    channels: Sequence[str | Channel | EntryPoint] = (),
    *,
    services: World = None,
    **start: Any,
) -> SideBySide:
    """The same customer's turns on several channels, as each channel shows them, and what differs and why.

    ``turns``: what the customer writes, or mappings such as ``{"pick": 2}`` (a tap where there are buttons, else the
    number), ``{"jump": "tomorrow 09:05"}``, ``{"say": "hi", "after_s": 60}``: see :class:`flowlab.run.turns.Turn`.
    Answers take the channel's usual delay; what cannot be done on a channel, a choice that it does not show for
    instance, is told there as a difference. ``channels``: names or own ones; all seven where none is given. ``start``:
    ``context`` (what is known before, for all or by channel name), ``event`` (``incomingRequest`` where the business
    writes first), and what else :class:`~flowlab.run.session.Session` takes.

    The result has ``.table`` and ``.differences`` (DataFrames), ``.as_text()``, ``.to_html(path)``.

    >>> from flowlab.model.flow import State, Transition
    >>> flow = Flow((State("hi", "send-message", (Transition("sent"),), {"body": "It’s " + "x" * 70}),), "hi")
    >>> side_by_side(flow, ["hello"], ["sms", "webchat"]).differences["why"].tolist()
    ['SMS: hi takes 2 segments, ’ makes it UCS-2']
    """
    from flowlab.run.columns import play_all
    from flowlab.run.turns import read_turns
    from flowlab.widgets.lane import sides_of

    if not isinstance(flow, Flow):
        raise UsageError(f"side_by_side wants a Flow, not a {type(flow).__name__}; flowlab.load(path) reads one")
    done = read_turns(turns)
    names = (channels,) if isinstance(channels, str | Channel | EntryPoint) else channels
    columns = [*(names or known_channels.values())]
    played = play_all(flow, columns, done, load_services(services), start)
    return sides_of(flow.name, [turn.words for turn in done], columns, played)


def draw(thing: Any, ax: Axes | None = None, **options: Any) -> Axes:
    """Draw a flow, or what has a graph: a workflow, a diff, ``flow.graph``.

    ``options``: those of :func:`flowlab.show.draw.draw` (``direction``, ``path``, ``counts``, ``marks``, ...).
    """
    from flowlab.show.draw import draw as _draw

    return _draw(thing, ax, **options)


def flow_map(
    thing: Any, *, edit: bool = False, channels: Sequence[str | Channel] = (), height_px: int = 560, **options: Any
) -> FlowMap:
    """A flow (or what else has a graph) as a map in the notebook: move about, search, click, fold, read as a list.

    Of a run or of recorded executions: the map of its flow, with traffic, drop-off and coverage to choose from; of a
    diff: both versions in one, what differs marked.

    ``edit``: change it there, with undo; ``.flow`` is the edited flow, which :func:`flowlab.save` writes.
    ``channels``: findings count for these. ``options``: what is painted on it, as for :func:`draw`.
    """
    from flowlab.show.draw_options import check_options
    from flowlab.widgets.flow_map import FlowMap

    check_options(options)
    return FlowMap(thing, edit=edit, channels=channels, height_px=height_px, options=cast("Any", options))


@overload
def chat(
    flow: Flow,
    channel: str | Channel | EntryPoint = "sms",
    *,
    services: World = None,
    edit: bool = False,
    height_px: int = 720,
) -> Chat: ...
@overload
def chat(
    flow: Flow,
    channel: list[Any] | tuple[Any, ...],
    *,
    services: World = None,
    height_px: int = 820,
    turns: Sequence[str | Mapping[str, Any]] = (),
    **start: Any,
) -> ChannelBoard: ...
def chat(
    flow: Flow, channel: Any = "sms", *, services: World = None, edit: bool = False, **options: Any
) -> Chat | ChannelBoard:
    """Talk to a flow in the notebook, as on a phone, and see the map follow; fork the talk, let time pass, save it.

    ``channel``: a name, a channel of your own, or an entry point. ``services``: what the outside world answers.
    ``edit``: the flow can be changed on the map, and the talk is had again with the changed flow.

    A list of channels (an empty one: all seven) gives the channel board instead: what is written is said on every
    channel, and each shows in its column what it makes of it. ``turns`` and ``start`` are those of
    :func:`side_by_side`; ``.sides`` is what that gives, live.
    """
    from flowlab.widgets.channel_board import ChannelBoard
    from flowlab.widgets.chat import Chat

    if not isinstance(channel, list | tuple):
        return Chat(flow, channel, services=services, edit=edit, **options)
    if edit:
        raise UsageError("a flow is edited on its map: flowlab.chat(flow, 'sms', edit=True), with one channel")
    return ChannelBoard(flow, options.pop("turns", ()), channel, services=services, **options)


def channel_table(
    channels: Mapping[str, Channel] | Iterable[str | Channel] | None = None, facts: Sequence[str] | None = None
) -> ChannelTable:
    """What each channel states, side by side, by the four questions and what it costs.

    See :func:`flowlab.show.channel_table.channel_table`; the result has ``.table`` (a DataFrame), ``.as_html()``,
    ``.as_markdown()``, ``.as_csv()``.
    """
    from flowlab.show.channel_table import channel_table as _channel_table

    return _channel_table(channels, facts)


def route(
    task: Mapping[str, Any],
    workflow: Workflow | Mapping[str, Any] | str | Path,
    workspace: Workspace | Mapping[str, Any] | str | Path | None = None,
    **options: Any,
) -> Routing:
    """Where a task with these attributes goes, and why not elsewhere: filter, target, queue, worker.

    ``workflow`` and ``workspace``: objects, or the paths of their files; without a workspace nobody is there to answer,
    and every timeout runs out. ``options``: ``channel``, ``priority`` and ``timeout_s`` of the task, as
    :func:`flowlab.run.routing.route` has them.

    >>> folder = "sample_data/routing"
    >>> route({"language": "pt"}, f"{folder}/support_workflow.json", f"{folder}/workspace.yaml").worker
    'Beatriz'
    """
    from flowlab.formats.workspace import load_workspace
    from flowlab.run.routing import route as _route

    if not isinstance(task, Mapping):
        raise UsageError(f"a task is a mapping of attributes, such as {{'language': 'pt'}}, not {task!r:.80}")
    found = _workflow(workflow)
    if workspace is None:
        nobody = Workspace(tuple(Queue(ref) for ref in found.queues), name="no workspace")
        return _route(task, found, nobody, **options)
    return _route(task, found, load_workspace(workspace), **options)


def routing_board(
    workflow: Workflow | Mapping[str, Any] | str | Path,
    workspace: Workspace | Mapping[str, Any] | str | Path | None = None,
    *,
    flow: Flow | None = None,
    task: Mapping[str, Any] | None = None,
    height_px: int = 860,
) -> RoutingBoard:
    """Route by hand in the notebook: type a task, tick who is there, and see where it goes, when, and why.

    ``workflow`` and ``workspace``: objects or files, as for :func:`route`. ``flow``: the map is the whole journey then,
    and what the flow sends can be begun with. ``task``: what the form begins with. ``.task``, ``.routing`` and
    ``.code`` (the :func:`route` call) are what it came to.
    """
    from flowlab.formats.workspace import load_workspace
    from flowlab.widgets.routing_board import RoutingBoard

    team = None if workspace is None else load_workspace(workspace)
    return RoutingBoard(_workflow(workflow), team, flow=flow, task=task, height_px=height_px)


def _workflow(given: Workflow | Mapping[str, Any] | str | Path) -> Workflow:
    from flowlab.formats import load
    from flowlab.formats.taskrouter import read_workflow

    if isinstance(given, Workflow):
        return given
    found = read_workflow(given) if isinstance(given, Mapping) else load(given)
    if not isinstance(found, Workflow):
        raise UsageError(f"{given!s:.80} holds no TaskRouter workflow but a {type(found).__name__.lower()}")
    return found


def check(
    thing: Flow | Workflow,
    channels: Sequence[str | Channel] = (),
    *,
    workflow: Workflow | None = None,
    workspace: Workspace | None = None,
    config: Settings = None,
    services: World = None,
) -> Findings:
    """Check a flow (or a workflow) with every rule of the catalogue: :func:`flowlab.check.check` says how.

    ``services``: what the outside world answers; its calendars wake the rules about opening hours, its content
    templates those about content.

    >>> from flowlab.formats import load
    >>> flow = load("sample_data/flows/order_support_v2.json")
    >>> services = {"calendars": {"support": {"mon-fri": "09:00-18:00"}}}
    >>> check(flow, services=services).of("hours-no-holidays")[0].message
    "The calendar 'support' lists no holidays."
    """
    from flowlab.run.calendars_asked import opening
    from flowlab.run.services_file import load_services

    world = None if services is None else load_services(services)
    hours, content = (opening(world), world.content) if world else (None, None)
    return _check(thing, channels, workflow=workflow, workspace=workspace, config=config, hours=hours, content=content)


def report(run: Run, path: str | Path, *, by: str = "channel") -> Path:
    """Write one HTML file that shows a run whole: picture, outcomes, findings, divergences, coverage."""
    from flowlab.show.report import write_report

    return write_report(Path(path), flow=run.flow, run=run, comparison=compare(run, by=by), findings=check(run.flow))
