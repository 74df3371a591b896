"""``split-based-on``: the first branch, in the flow's order, whose conditions all hold; else ``noMatch``."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.event import EventKind
from flowlab.model.flow import Condition, State, Transition
from flowlab.run.conditions import CONDITIONS, holds
from flowlab.run.step import Exit, Note, View
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
        self._notes = tuple(note for t in state.transitions for note in _faults(t))

    def enter(self, view: View) -> Exit:
        rendered: dict[Renderer, str] = {}
        for index, condition, tests in self._branches:
            if tests and all(test.holds(view, rendered) for test in tests):
                value = rendered[tests[0].argument]
                return Exit("match", None, self._notes, index, condition, value)
        value = next(iter(rendered.values())) if rendered else view.render(self._input)
        return Exit("noMatch", None, self._notes, -1, "no match", value)


class _Test:
    """One condition, ready to be tried."""

    __slots__ = ("_type", "_value", "argument")

    def __init__(self, condition: Condition, given: str) -> None:
        self._type = condition.type
        self._value = compile_template(condition.value)
        self.argument = compile_template(condition.arguments[0] if condition.arguments else given)

    def holds(self, view: View, rendered: dict[Renderer, str]) -> bool:
        """Whether it holds; ``rendered`` keeps this visit's texts, as branches test the same input."""
        text = rendered.get(self.argument)
        if text is None:
            text = rendered[self.argument] = view.render(self.argument)
        return holds(self._type, text, view.render(self._value))


def _faults(transition: Transition) -> list[Note]:
    unknown = [c.type for c in transition.conditions if c.type not in CONDITIONS]
    faults = [f"unknown condition {name!r}: it never holds" for name in unknown]
    if transition.event == "match" and not transition.conditions:
        faults.append("a match without a condition never holds")
    return [Note(EventKind.FAULT.value, detail=detail) for detail in faults]
