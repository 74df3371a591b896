"""Sending a message: shared by the two steps that say something."""

from __future__ import annotations

from flowlab.model.flow import State
from flowlab.run.render import billed_units, refusal
from flowlab.run.step import FAULT, View, template


class Outbound:
    """The message a state sends: its text and media, rendered anew at each visit."""

    def __init__(self, state: State) -> None:
        self._body = template(state, "body")
        self._media = template(state, "media_url")
        self._content = template(state, "content_sid") if state.properties.get("content_sid") else None

    def send(self, view: View) -> bool:
        """Send it. Gives whether the channel took the message; ``outbound`` is kept either way."""
        text, media = view.render(self._body), view.render(self._media)
        if self._content and not text:
            text = f"[content template {view.render(self._content)}]"
        reason = refusal(text, media, view.channel)
        if reason:
            view.tell(FAULT, text, detail=reason)
            view.keep({"outbound": {"Body": text, "Status": "failed", "ErrorMessage": reason}})
            return False
        units = billed_units(text, view.channel)
        view.send(text, media, units)
        outbound = {"Body": text, "Status": "sent", "Direction": "outbound-api", "NumSegments": str(units)}
        view.keep({"outbound": outbound | {"NumMedia": "1"} if media else outbound})
        return True
