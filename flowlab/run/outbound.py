"""Sending a message: shared by the two steps that say something.

``outbound`` names the addresses and the message's own identifier, which differ from conversation to conversation.
Hardly a flow reads them. So a state keeps what its message has by itself (:class:`Sent`), and the rest is laid beside
it only where a template of the flow reads it, or a person looks: the turns of a replay can then be remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flowlab.model.flow import Flow, State
from flowlab.model.readings import Readings
from flowlab.model.sids import ACCOUNT_SID, sid
from flowlab.run.context import conversation_sid
from flowlab.run.render import billed_units, refusal
from flowlab.run.step import FAULT, View, template

#: A text that may show more of a sent message than its Body: a whole result or group, or another field.
_SHOWS_MORE = re.compile(r"widgets(?!\s*\.\s*[\w-]+\s*\.)|outbound(?!\s*\.\s*Body\b)")


class Sent(dict[str, Any]):
    """What a message has by itself: ``Body``, ``Status``, ``NumSegments``, ``NumMedia``, and where it says so who it is
    from and to.
    """


class Outbound:
    """The message a state sends: its text and media, rendered anew at each visit."""

    def __init__(self, state: State, readings: Readings) -> None:
        self._body = template(state, "body", readings)
        self._media = template(state, "media_url", readings)
        self._content = template(state, "content_sid", readings) if state.properties.get("content_sid") else None
        fixed = {"From": template(state, "from", readings), "To": template(state, "to", readings)}
        self._fixed = {key: text for key, text in fixed.items() if isinstance(text, str) and text}

    def send(self, view: View) -> bool:
        """Send it. Gives whether the channel took the message; ``outbound`` is kept either way."""
        text, media = view.render(self._body), view.render(self._media)
        if self._content and not text:
            text = f"[content template {view.render(self._content)}]"
        reason = refusal(text, media, view.channel, view.in_window or bool(self._content))
        code = ""
        if not reason and view.line is not None:
            code, reason = view.line.refuses(view, media)
        sent = Sent(self._fixed, Body=text, Status="sent", NumMedia="1" if media else "0")
        if reason:
            view.tell(FAULT, text, detail=reason)
            sent |= {"Status": "failed", "ErrorMessage": reason} | ({"ErrorCode": code} if code else {})
        else:
            units = billed_units(text, view.channel)
            answered = view.answered
            view.send(text, media, units)
            if view.line is not None and view.line.rough:
                said = len(view.said)
                view.line.carry(view, text)
                view.answered = answered or len(view.said) == said
            sent["NumSegments"] = str(units)
        if view.names_sent:
            view.is_one_off()
            sent = complete(sent, view.scope, view.state)
        view.keep({"outbound": sent})
        return not reason


def complete(sent: Sent, scope: Mapping[str, Any], state: str) -> Sent:
    """A sent message as templates read it: the Message resource, or on a conversation the ConversationMessage.

    Source: Twilio docs, *Send Message widget*, and Twilio's own list of what each widget leaves.
    """
    ours, theirs = scope["flow"]["channel"]["address"], scope["contact"]["channel"]["address"]
    mark = f"{scope['flow']['sid']}/{state}"
    talk = conversation_sid(scope)
    if talk:
        author = sent.get("From", ours)
        failed = {key: sent[key] for key in ("Status", "ErrorMessage") if "ErrorMessage" in sent}
        known = {"Sid": sid("IM", mark), "AccountSid": ACCOUNT_SID, "ConversationSid": talk, "Body": sent["Body"]}
        unknown = dict.fromkeys(("Media", "ParticipantSid"))
        return Sent(known | unknown | {"Author": author, "Index": "0", "Attributes": "{}"} | failed)
    known = {"Sid": sid("SM", mark), "AccountSid": ACCOUNT_SID, "From": ours, "To": theirs, "Direction": "outbound-api"}
    unknown = dict.fromkeys(("Price", "ErrorCode", "ErrorMessage", "MessagingServiceSid"))
    return Sent(known | unknown | {"PriceUnit": "USD"} | sent)


def shows_more(flow: Flow) -> bool:
    """Whether a template of the flow may show more of a sent message than its text.

    >>> shows_more(Flow((State("a", "send-message", (), {"body": "{{widgets.a.outbound.Body}}"}),)))
    False
    >>> shows_more(Flow((State("a", "send-message", (), {"body": "{{widgets | to_json}}"}),)))
    True
    """
    values: list[Any] = [state.properties for state in flow]
    values += [(c.value, c.arguments) for state in flow for t in state.transitions for c in t.conditions]
    while values:
        value = values.pop()
        if isinstance(value, str):
            if "{" in value and _SHOWS_MORE.search(value):
                return True
        elif isinstance(value, Mapping):
            values += value.values()
        elif isinstance(value, list | tuple):
            values += value
    return False
