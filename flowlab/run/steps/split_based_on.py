"""``split-based-on``: the first branch, in the flow's order, whose conditions all hold; else ``noMatch``."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar

from flowlab.model.flow import Condition, State, Transition
from flowlab.model.readings import READINGS, Readings
from flowlab.run.conditions import CONDITIONS, Comparison, conditions_for, plain, plain_value
from flowlab.run.pattern import PatternFault
from flowlab.run.step import FAULT, SURELY_SMALL_CHARS, Exit, View, template_of
from flowlab.run.template import LookUp, Renderer
from flowlab.run.values import Scope, text_of

#: How many texts a split remembers with the branch that they take.
MAX_SEEN = 1_024


class SplitBasedOn:
    """Source: Twilio docs, *Split Based On... widget*. A condition tests its own argument; the widget's ``input`` where
    it has none. ``noMatch`` is the fallback wherever it stands among the exits.
    """

    kind: ClassVar[str] = "split-based-on"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        given = text_of(state.properties.get("input"))
        self._input = template_of(given, readings)
        self._branches = [
            (index, transition.condition, [_Test(c, given, readings) for c in transition.conditions])
            for index, transition in enumerate(state.transitions)
            if transition.event == "match"
        ]
        if not readings.first_match_wins:
            self._branches.reverse()
        self._faults = [fault for transition in state.transitions for fault in _faults(transition)]
        self._alone = _alone(self._input, self._branches)
        self._conditions = {index: condition for index, condition, _ in self._branches}

    def enter(self, view: View) -> Exit:
        for fault in self._faults:
            view.tell(FAULT, detail=fault)
        alone = self._alone
        index = view.test(alone.text, alone) if alone else None
        if alone is None or index is None:
            return self._try_each(view)
        event, condition = ("match", self._conditions[index]) if index >= 0 else ("noMatch", "no match")
        return Exit(event, index, condition, alone.text.render(view.scope))

    def _try_each(self, view: View) -> Exit:
        inputs = _Inputs(view)
        for index, condition, tests in self._branches:
            if tests and all(test.holds(inputs) for test in tests):
                return Exit("match", index, condition, inputs.raw[tests[0].argument])
        value = next(iter(inputs.raw.values())) if inputs.raw else view.render(self._input)
        return Exit("noMatch", -1, "no match", value)


class _Alone:
    """The branches of a split that tests one look-up against fixed values: a pure function of that text.

    Most splits are so. Called with a scope, it gives the transition of the first branch that holds, -1 for none, and
    None where there is more to it: a text that may pass the platform's limit, a pattern that is not tried.
    """

    __slots__ = ("_branches", "_first", "text")

    def __init__(self, text: LookUp, branches: list[tuple[int, list[tuple[Comparison, str]]]]) -> None:
        self.text = text
        self._branches = branches
        self._first = lru_cache(maxsize=MAX_SEEN)(self._find_first)

    def __call__(self, scope: Scope) -> int | None:
        raw = self.text.render(scope)
        return self._first(raw) if len(raw) <= SURELY_SMALL_CHARS else None

    def _find_first(self, raw: str) -> int | None:
        text = plain(raw)
        try:
            for index, tests in self._branches:
                if all(comparison(text, value) for comparison, value in tests):
                    return index
        except PatternFault:
            return None
        return -1


def _alone(given: Renderer, branches: list[tuple[int, str, list[_Test]]]) -> _Alone | None:
    texts = {test.argument for _, _, tests in branches for test in tests} or {given}
    text = texts.pop()
    fixed = [(index, [test.fixed for test in tests if test.fixed]) for index, _, tests in branches if tests]
    whole = not texts and all(test.fixed for _, _, tests in branches for test in tests)
    return _Alone(text, fixed) if whole and isinstance(text, LookUp) else None


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

    def __init__(self, condition: Condition, given: str, readings: Readings) -> None:
        self._type = condition.type
        self._comparison = conditions_for(readings).get(condition.type, _never)
        value = template_of(condition.value, readings)
        self._value = plain_value(condition.type, value) if isinstance(value, str) else value
        self.argument = template_of(condition.arguments[0] if condition.arguments else given, readings)

    @property
    def fixed(self) -> tuple[Comparison, str] | None:
        """The comparison and its value, where that is no template."""
        return (self._comparison, self._value) if isinstance(self._value, str) else None

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
