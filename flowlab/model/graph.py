"""Flow -> networkx, under a written contract. The graph is a view: change the flow, not the graph."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flowlab.model.kinds import Family, is_closing

if TYPE_CHECKING:
    import networkx as nx

    from flowlab.model.flow import Flow, State


def flow_graph(flow: Flow) -> nx.MultiDiGraph:
    """Make the graph of a flow. Any networkx function works on it.

    Graph attributes: ``name`` str, ``initial`` str (name of the first state).

    Node attributes (all nodes have all of them):

    ============  ======  =============================================================================
    ``kind``      str     the widget type; ``end`` for a run's end, ``missing`` for a ``next`` to no state
    ``family``    str     a :class:`~flowlab.model.kinds.Family` value; decides shape and colour
    ``label``     str     what to write on the node
    ``text``      str     what the step says, tests or calls (Liquid left as it is)
    ``initial``   bool    the flow starts here
    ============  ======  =============================================================================

    Edge attributes; the edge key is the transition's index in its state, so ``(u, v, key)`` is unique:

    =============  =====  ============================================================================
    ``event``      str    the transition's event
    ``condition``  str    its conditions in words, empty when it has none
    ``label``      str    the condition, else the event
    ``wired``      bool   leads to a state (or a missing one); False when it leads to an end
    ``silent``     bool   the conversation stops here without a word to the customer
    =============  =====  ============================================================================

    Every state with unwired exits gets one end node of its own, ``"<state>:end"`` (the trigger gets none: nothing
    has begun there). All edges into it carry ``wired=False``; the dangerous ones ``silent=True``.

    >>> from flowlab.model.flow import Flow, State, Transition
    >>> ask = State("ask", "send-and-wait-for-reply", (Transition("incomingMessage", "ask"), Transition("timeout")))
    >>> graph = flow_graph(Flow((ask,), "ask"))
    >>> [(u, v, d["event"], d["silent"]) for u, v, d in graph.edges(data=True)]
    [('ask', 'ask', 'incomingMessage', False), ('ask', 'ask:end', 'timeout', True)]
    """
    import networkx as nx

    graph = nx.MultiDiGraph(name=flow.name, initial=flow.initial_state)
    for state in flow.states:
        initial = state.name == flow.initial_state
        _node(graph, state.name, state.type, state.family, state.text, initial=initial)
    taken = {t.next for state in flow.states for t in state.transitions} | flow.by_name.keys()
    for state in flow.states:
        _edges(graph, state, _end_name(state.name, taken))
    return graph


def _end_name(name: str, taken: set[str | None]) -> str:
    end = f"{name}:end"
    while end in taken:
        end += ":end"
    return end


def _node(
    graph: nx.MultiDiGraph, name: str, kind: str, family: Family, text: str = "", *, initial: bool = False
) -> None:
    graph.add_node(name, kind=kind, family=str(family), label=name, text=text, initial=initial)


def _edges(graph: nx.MultiDiGraph, state: State, end: str) -> None:
    for index, transition in enumerate(state.transitions):
        target = transition.next
        wired = target is not None
        if target is None:
            if state.type == "trigger":
                continue
            target = end
            if target not in graph:
                _node(graph, target, "end", Family.END)
        elif target not in graph:
            _node(graph, target, "missing", Family.MISSING)
        graph.add_edge(
            state.name,
            target,
            key=index,
            event=transition.event,
            condition=transition.condition,
            label=transition.label,
            wired=wired,
            silent=not wired and not is_closing(state.type, transition.event),
        )
