"""Sending a message: shared by the two steps that say something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flowlab.model.event import EventKind
from flowlab.model.flow import State
from flowlab.run.render import refusal, sms_units
from flowlab.run.step import Note, View, template


class Outbound:
    """The message a state sends: its text and media, rendered anew at each visit."""

    def __init__(self, state: State) -> None:
        self._body = template(state, "body")
        self._media = template(state, "media_url")
        self._content = template(state, "content_sid") if state.properties.get("content_sid") else None

    def send(self, view: View) -> tuple[Mapping[str, Any], Note, bool]:
        """The ``outbound`` result, what to log, and whether the channel took it."""
        text, media = view.render(self._body), view.render(self._media)
        if self._content and not text:
            text = f"[content template {view.render(self._content)}]"
        reason = refusal(text, (media,) if media else (), view.channel)
        if reason:
            failed = {"Body": text, "Status": "failed", "ErrorMessage": reason}
            return failed, Note(EventKind.FAULT.value, text=text, detail=reason), False
        units = sms_units(text) if view.by_segment else 1
        note = Note(EventKind.SENT.value, text=text, value=media, units=units)
        return _outbound(text, media, units, view), note, True


def _outbound(text: str, media: str, units: int, view: View) -> dict[str, Any]:
    return {
        "Body": text,
        "From": view.scope["flow"]["channel"]["address"],
        "To": view.scope["contact"]["channel"]["address"],
        "Status": "sent",
        "Direction": "outbound-api",
        "NumMedia": "1" if media else "0",
        "NumSegments": str(units),
    }
