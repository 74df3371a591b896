"""``split-based-on``: the first branch, in the flow's order, whose conditions all hold; else ``noMatch``."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.flow import Condition, State, Transition
from flowlab.run.conditions import CONDITIONS, plain, plain_value
from flowlab.run.pattern import PatternFault
from flowlab.run.step import FAULT, Exit, View
from flowlab.run.template import Renderer, compile_template, text_of


class SplitBasedOn:
    """Source: Twilio docs, *Split Based On... widget*. A condition tests its own argument; the widget's ``input`` where
    it has none. ``noMatch`` is the fallback wherever it stands among the exits.
    """

    kind: ClassVar[str] = "split-based-on"

    def __init__(self, state: State) -> None:
        given = text_of(state.properties.get("input"))
        self._input = compile_template(given)
        self._branches = [
            (index, transition.condition, [_Test(c, given) for c in transition.conditions])
            for index, transition in enumerate(state.transitions)
            if transition.event == "match"
        ]
        self._faults = [fault for transition in state.transitions for fault in _faults(transition)]

    def enter(self, view: View) -> Exit:
        for fault in self._faults:
            view.tell(FAULT, detail=fault)
        inputs = _Inputs(view)
        for index, condition, tests in self._branches:
            if tests and all(test.holds(inputs) for test in tests):
                return Exit("match", index, condition, inputs.raw[tests[0].argument])
        value = next(iter(inputs.raw.values())) if inputs.raw else view.render(self._input)
        return Exit("noMatch", -1, "no match", value)


class _Inputs:
    """The inputs of one visit, each rendered once: branches mostly test the same."""

    __slots__ = ("_plain", "raw", "view")

    def __init__(self, view: View) -> None:
        self.view = view
        self.raw: dict[Renderer, str] = {}
        self._plain: dict[Renderer, str] = {}

    def plain(self, argument: Renderer) -> str:
        text = self._plain.get(argument)
        if text is None:
            self.raw[argument] = raw = self.view.render(argument)
            self._plain[argument] = text = plain(raw)
        return text


class _Test:
    """One condition, ready to be tried."""

    __slots__ = ("_comparison", "_type", "_value", "argument")

    def __init__(self, condition: Condition, given: str) -> None:
        self._type = condition.type
        self._comparison = CONDITIONS.get(condition.type, _never)
        value = compile_template(condition.value)
        self._value = plain_value(condition.type, value) if isinstance(value, str) else value
        self.argument = compile_template(condition.arguments[0] if condition.arguments else given)

    def holds(self, inputs: _Inputs) -> bool:
        value = self._value
        if not isinstance(value, str):
            value = plain_value(self._type, inputs.view.render(value))
        try:
            return self._comparison(inputs.plain(self.argument), value)
        except PatternFault as fault:
            inputs.view.tell(FAULT, detail=str(fault))
            return False


def _never(_text: str, _value: str) -> bool:
    return False


def _faults(transition: Transition) -> list[str]:
    unknown = [c.type for c in transition.conditions if c.type not in CONDITIONS]
    faults = [f"unknown condition {name!r}: it never holds" for name in unknown]
    if transition.event == "match" and not transition.conditions:
        faults.append("a match without a condition never holds")
    return faults
