"""A readable short form of Studio flows in YAML, and back, losing nothing.

It covers all that Studio's JSON can say: what has no short word stands in JSON's own keys, key by key. Made to be
written by hand and compared line by line: one fact a line, long texts never folded, the places of the boxes apart.
``docs/flow_yaml.md`` shows it by an example. A file has

=============  ==========================================================================================
``flow``       the definition's ``description``
``start``      ``initial_state``: the name of the first state
``flags``      ``flags``, as in Studio's JSON
``json``       keys of the definition that have no word here, as in Studio's JSON
``usual``      ``say:``, ``ask:``, ... and below each the properties its states have unless they say otherwise
``states``     the states by name, in Studio's order
``layout``     ``offset`` by state, as ``[x, y]``
``wrapped``    what is around the definition, the outermost first: ``resource:`` with its keys, ``text:`` for JSON
               embedded as a text (the text itself where it cannot be made again)
=============  ==========================================================================================

A state is one step. The text steps have a verb, with their main property right after it and others beside it; every
other step is ``type: WIDGET-TYPE`` with ``properties:`` as in Studio's JSON.

============  ===========================  =============  ================================================
verb          Studio's widget              after it       beside it
============  ===========================  =============  ================================================
``trigger``   ``trigger``                  nothing
``say``       ``send-message``             ``body``       ``media_url from to service channel attributes
                                                          message_type content_sid shorten_urls
                                                          content_variables``
``ask``       ``send-and-wait-for-reply``  ``body``       ``timeout media_url save_response_as from service
                                                          channel attributes message_type content_sid
                                                          content_variables``
``split``     ``split-based-on``           ``input``      ``when`` and ``else``, see below
``set``       ``set-variables``            ``variables``
``request``   ``make-http-request``        ``url``        ``method content_type body add_twilio_auth
                                                          parameters``
``function``  ``run-function``             ``url``        ``service_sid environment_sid function_sid
                                                          parameters``
``subflow``   ``run-subflow``              ``flow_sid``   ``flow_revision parameters``
``flex``      ``send-to-flex``             ``workflow``   ``channel attributes priority timeout waitUrl
                                                          waitUrlMethod``
============  ===========================  =============  ================================================

- These are texts however they look: ``timeout: 3600`` is ``"3600"``. ``add_twilio_auth`` and ``shorten_urls`` are true
  or false; ``set``, ``parameters`` and ``content_variables`` are ``key: value`` lines (``key: {value: ..., type: ...}``
  where an entry has more). Nothing after the colon: the property is not there.
- ``properties:`` has any other property, or one of another type, as in Studio's JSON.
- ``on:`` has the exits as ``event: state``; nothing after the colon where the exit leads nowhere.
- ``when:`` has the branches of a split as a list of ``comparison value: state``, in Studio's words; ``else:`` is the
  ``noMatch`` exit that Studio writes first (under ``on:`` it comes last). Below a branch may stand ``friendly_name``
  (``{value}`` is the value; else it is ``If value COMPARISON VALUE``) and ``arguments`` (else what the split tests).
- In braces an exit is kept as it is and not checked: ``{next: gone}``, ``{name: bye}``, ``{next: ""}``.
- ``- json:`` among the branches, ``transitions:`` in a state (in place of ``on``, ``when``, ``else``) and ``json:`` in
  a state take what Studio's JSON says. ``without: [properties]`` says which of ``name``, ``transitions`` and
  ``properties`` are missing altogether.

How YAML is read, and its traps avoided: :mod:`flowlab.text.yaml_tree`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from textwrap import indent
from typing import Any

from flowlab.errors import Fault, FlowError, FormatError, did_you_mean
from flowlab.formats.flow_yaml_faults import Faults
from flowlab.formats.flow_yaml_read import definition_of
from flowlab.formats.flow_yaml_text import write_tree
from flowlab.formats.flow_yaml_words import FLOW_KEYS
from flowlab.formats.flow_yaml_wrap import unwrapped, wrap, wrapping
from flowlab.formats.flow_yaml_write import name_of, short_form
from flowlab.formats.studio import read_flow, write_flow
from flowlab.model.flow import Flow
from flowlab.text.json_text import parse_json
from flowlab.text.yaml_tree import Items, Node, Pairs, read_tree

_HEAD = "# A Studio flow in flowlab's short form\n"
_NEEDS = "a flow in YAML has 'start:' and 'states:' with the states below it (docs/flow_yaml.md)"
#: Keys that tell other YAML files -> what those are, and where they go.
_OTHERS: tuple[tuple[set[str], str], ...] = (
    (
        {"widgets", "urls"},
        "a services file, what the outside world answers: give it as services=PATH, or --services PATH",
    ),
    (
        {"workers", "queues", "activities", "workspace"},
        "a TaskRouter workspace, who answers: it goes with a workflow, not in place of a flow",
    ),
    ({"task_routing", "filters"}, "a TaskRouter workflow: save it as JSON"),
)


def read_yaml(text: str, source: str = "flow") -> Flow:
    """A flow from its short form (or from Studio's JSON, written as JSON or as YAML).

    Raises FormatError with every fault at once, each with its line.

    >>> flow = read_yaml("start: hi\\nstates:\\n  hi:\\n    say: Hello\\n    on:\\n      sent:\\n")
    >>> flow["hi"].properties["body"], flow["hi"].transitions[0].event
    ('Hello', 'sent')
    """
    if text.lstrip().startswith("{"):
        try:
            return read_flow(parse_json(text, source), source)
        except FormatError:
            if not text.lstrip().lstrip("{ \t\r\n")[:1].isalpha():  # braces of YAML hold words without quotes
                raise
    root, found = read_tree(text, source)
    faults = Faults(found)
    data = _data_of(root, source, faults)
    if faults.all:
        raise FormatError(source, faults.all)
    try:
        return read_flow(data, source)
    except FormatError as error:
        raise FormatError(source, [_with_line(fault, root) for fault in error.faults]) from None


def write_yaml(flow: Flow) -> str:
    """The short form of a flow. The same flow gives the same text.

    Raises FlowError for a flow that no file can hold: two states of one name, values that are not JSON.

    >>> from flowlab.model.flow import State, Transition
    >>> hi = State("hi", "send-message", (Transition("sent", "hi"), Transition("failed")), {"body": "Hello"})
    >>> print(write_yaml(Flow((hi,), "hi", "Greets")))
    # A Studio flow in flowlab's short form
    flow: Greets
    start: hi
    <BLANKLINE>
    states:
      hi:
        say: Hello
        on:
          sent: hi
          failed:
    <BLANKLINE>
    """
    definition, around = unwrapped(_as_json(flow), flow.envelope or ())
    _must_be_writable(flow.name, definition["states"])
    tree = short_form(definition)
    if any(isinstance(layer, str) for layer in around):
        root, _ = read_tree(write_tree(tree), flow.name)
        assert isinstance(root, Pairs)
        definition = definition_of(root, Faults())
    return _spaced(tree | ({"wrapped": wrapping(around, definition)} if around else {}))


def _as_json(flow: Flow) -> Any:
    try:
        return json.loads(json.dumps(write_flow(flow), allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        raise FlowError(f"flow {flow.name!r} holds what JSON cannot hold: {error}") from None


def _must_be_writable(flow: str, states: list[dict[str, Any]]) -> None:
    seen: set[str] = set()
    for index, state in enumerate(states):
        name = name_of(state)
        if name in seen:
            raise FlowError(f"flow {flow!r} has two states called {name!r}; rename one of them")
        if not state.get("type"):
            raise FlowError(f"flow {flow!r}: state {name!r} (number {index + 1}) has no type")
        seen.add(name)


def _spaced(tree: Mapping[str, Any]) -> str:
    """A tree as text, with air between the states."""
    parts = [_HEAD]
    for key, value in tree.items():
        if key == "states" and value:
            states = (indent(write_tree({name: state}), "  ") for name, state in value.items())
            parts.append("\nstates:\n" + "\n".join(states))
        else:
            parts.append("\n" * (key in ("usual", "layout", "wrapped")) + write_tree({key: value}))
    return "".join(parts)


def _data_of(root: Node, source: str, faults: Faults) -> Any:
    """The JSON that a YAML file says."""
    if not isinstance(root, Pairs):
        raise FormatError(source, f"is no flow: {_NEEDS}")
    states = root.pairs.get("states")
    if isinstance(states, Items) or (states is None and "definition" in root.pairs):
        return faults.json(root)  # Studio's JSON, written as YAML
    if states is None:
        raise FormatError(source, _what_it_is(root))
    return wrap(definition_of(root, faults), root, faults)


def _what_it_is(root: Pairs) -> str:
    for keys, words in _OTHERS:
        if keys & root.pairs.keys():
            return f"is no flow but {words}"
    known = list(FLOW_KEYS)
    near = next((f" {did_you_mean(key, known)}" for key in root.pairs if key not in known), "")
    return f"is no flow: {_NEEDS}; its keys: {', '.join(root.pairs) or 'none'}.{near}"


def _with_line(fault: Fault, root: Node) -> Fault:
    """A fault with the line of the state that it speaks of."""
    states = root.pairs.get("states") if isinstance(root, Pairs) else None
    number = re.match(r"#/states/(\d+)", fault.path)
    if number is None or not isinstance(states, Items | Pairs):
        return fault
    nodes: Sequence[Node] = states.items if isinstance(states, Items) else [*states.keys.values()]
    index = int(number[1])
    return replace(fault, path=str(nodes[index].mark)) if index < len(nodes) else fault
