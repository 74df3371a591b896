"""``add-twiml-redirect``: leave the run to a URL until it comes back. Answered by services; never the network."""

from __future__ import annotations

from typing import ClassVar

from flowlab.model.flow import State
from flowlab.model.readings import READINGS, Readings
from flowlab.run.chosen import Chosen
from flowlab.run.limits import MAX_REDIRECT_TIMEOUT_S
from flowlab.run.seconds import seconds
from flowlab.run.step import Exit, View, template


class AddTwimlRedirect:
    """Source: Twilio docs, *Add TwiML Redirect widget*: ``return`` when the URL gives the run back, ``timeout`` when it
    does not within 0 to 14,400 seconds, ``fail`` when it cannot be reached.

    Services give the exit, or a ``status`` of 400 and more for ``fail``; a ``delay_s`` over the timeout is ``timeout``.
    """

    kind: ClassVar[str] = "add-twiml-redirect"

    def __init__(self, state: State, readings: Readings = READINGS) -> None:
        self._state = state
        self._chosen = Chosen(state)
        self._url = template(state, "url", readings)
        self._timeout = template(state, "timeout", readings)
        self._method = str(state.properties.get("method") or "")

    def enter(self, view: View) -> Exit:
        within_s = seconds(
            view, view.render(self._timeout), default=MAX_REDIRECT_TIMEOUT_S, low=0.0, high=MAX_REDIRECT_TIMEOUT_S
        )
        answer = view.ask(self._state, url=view.render(self._url), method=self._method)
        view.keep({})
        if answer and (answer.exit == "timeout" or answer.delay_s > within_s):
            left = self._chosen.leave(
                view, answer, "timeout", f"the URL did not give the run back within {within_s:g} s"
            )
            return Exit(left, took_s=within_s)
        if answer and not answer.exit and answer.status >= 400:
            return Exit(self._chosen.leave(view, answer, "fail", f"status {answer.status}"), took_s=answer.delay_s)
        left = self._chosen.leave(view, answer)
        if answer and left == "return" and isinstance(answer.json, dict):
            view.keep(answer.json)
        return Exit(left, took_s=answer.delay_s if answer else 0.0)
