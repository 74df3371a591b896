"""Sending a message: shared by the two steps that say something.

``outbound`` names the addresses and the message's own identifier, which differ from conversation to conversation.
Hardly a flow reads them. So a state keeps what its message has by itself (:class:`Sent`), and the rest is laid beside
it only where a template of the flow reads it, or a person looks: the turns of a replay can then be remembered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from math import inf
from typing import Any

from flowlab.model.flow import Flow, State
from flowlab.model.readings import Readings
from flowlab.model.sids import ACCOUNT_SID, sid
from flowlab.run.context import conversation_sid
from flowlab.run.outgoing import Outgoing, of_attributes, of_template
from flowlab.run.render import billed_units, refusal
from flowlab.run.render_media import country_of
from flowlab.run.render_message import Rendered, render
from flowlab.run.step import FAULT, SHOWN, View, pairs, template, template_of

#: A text that may show more of a sent message than its Body: a whole result or group, or another field.
_SHOWS_MORE = re.compile(r"widgets(?!\s*\.\s*[\w-]+\s*\.)|outbound(?!\s*\.\s*Body\b)")


class Sent(dict[str, Any]):
    """What a message has by itself: ``Body``, ``Status``, ``NumSegments``, ``NumMedia``, and where it says so who it is
    from and to.
    """


class Outbound:
    """The message a state sends: text, media and choices, rendered anew at each visit.

    A message that is text and nothing else goes a short way: nearly all are.
    """

    def __init__(self, state: State, readings: Readings) -> None:
        self._body = template(state, "body", readings)
        self._media = template(state, "media_url", readings)
        self._content = template(state, "content_sid", readings) if state.properties.get("content_sid") else None
        self._attributes = template(state, "attributes", readings)
        self._variables = [
            (str(row["key"]).strip("{} "), template_of(row.get("value"), readings))
            for row in pairs(state, "content_variables")
        ]
        self._is_text = not (self._media or self._content or self._attributes)
        self._adapts = readings.choices_adapt
        fixed = {"From": template(state, "from", readings), "To": template(state, "to", readings)}
        self._fixed = {key: text for key, text in fixed.items() if isinstance(text, str) and text}

    def send(self, view: View) -> bool:
        """Send it. Gives whether the channel took the message; ``outbound`` is kept either way."""
        sent = self._send_text(view) if self._is_text and not view.channel.value("subject") else self._send_rich(view)
        taken: bool = sent["Status"] == "sent"  # a conversation's message has no status
        if view.names_sent:
            view.is_one_off()
            sent = complete(sent, view.scope, view.state)
        view.keep({"outbound": sent})
        return taken

    def _send_text(self, view: View) -> Sent:
        text, channel = view.render(self._body), view.channel
        reason = refusal(text, "", channel, view.in_window)
        if reason:  # seldom: the long way knows the error code
            return self._refused(view, text, render(Outgoing(text), channel, in_window=view.in_window))
        stopped = self._stopped(view, text, "")
        if stopped is not None:
            return stopped
        units = billed_units(text, channel)
        _carry(view, text, "", units)
        return Sent(self._fixed, Body=text, Status="sent", NumMedia="0", NumSegments=str(units))

    def _send_rich(self, view: View) -> Sent:
        message, category = self._message(view)
        address = view.read("contact", "channel", "address") if message.media and _by_country(view) else ""
        made = render(
            message,
            view.channel,
            in_window=view.in_window,
            adapts=self._adapts,
            country=country_of(address) if isinstance(address, str) else "",
        )
        if not made.parts:
            return self._refused(view, message.text, made)
        stopped = self._stopped(view, message.text, " ".join(message.media))
        if stopped is not None:
            return stopped
        units = 0
        for shown in made.parts:
            cost = billed_units(shown.text, view.channel)
            units += cost
            _carry(view, shown.text, " ".join(shown.media), cost, category)
            if shown.choices or shown.notes or shown.subject:
                view.tell(SHOWN, shown.text, shown.as_json(), "; ".join(shown.notes))
        last = made.parts[-1]
        if last.choices:  # they stand until the customer writes, whatever is said after them
            view.shown = last
        files = sum(len(shown.media) for shown in made.parts)
        body = "\n".join(filter(None, (shown.text for shown in made.parts)))
        return Sent(self._fixed, Body=body, Status="sent", NumMedia=str(files), NumSegments=str(units))

    def _stopped(self, view: View, text: str, media: str) -> Sent | None:
        """What the platform says that does not send now, after an opt-out for instance; None where it does."""
        if view.heard_s == -inf and view.channel.value("business_may_start") is False:
            return self._refused(
                view, text, Rendered((), f"refused: on {view.channel.label} the customer writes first")
            )
        if view.line is None:
            return None
        code, reason = view.line.refuses(view, media)
        return self._refused(view, text, Rendered((), reason, code)) if reason else None

    def _refused(self, view: View, text: str, made: Rendered) -> Sent:
        view.tell(FAULT, text, made.code, made.refusal)
        return Sent(
            self._fixed,
            Body=text,
            Status="failed",
            NumMedia="0",
            ErrorCode=made.code or None,
            ErrorMessage=made.refusal,
        )

    def _message(self, view: View) -> tuple[Outgoing, str]:
        """What is to be sent, and its price category."""
        own, wrong = of_attributes(view.render(self._body), view.render(self._media), view.render(self._attributes))
        if wrong:
            view.tell(FAULT, detail=wrong)
        message, category = self._of_content(view, view.render(self._content)) if self._content else (own, "")
        if view.channel.value("subject"):  # an answer keeps the customer's subject: by it mail programs keep a thread
            message = replace(message, subject=_answered_subject(view) or own.subject)
        return message, category

    def _of_content(self, view: View, sid: str) -> tuple[Outgoing, str]:
        known = view.services.content.get(sid)
        text = view.render(self._body)
        if known is None:
            view.tell(FAULT, detail=f"content template {sid!r} is not known: list it in the services' content file")
            stand_in = text or f"[content template {sid}]"
            return Outgoing(stand_in, tuple(filter(None, [view.render(self._media)])), is_approved=True), ""
        values = {name: view.render(value) for name, value in self._variables}
        message = of_template(known, {name: value for name, value in values.items() if value}, view.channel)
        return message, known.category if known.approved else ""


def _by_country(view: View) -> bool:
    return bool(view.channel.value("media_countries"))


def _answered_subject(view: View) -> str:
    """``Re:`` and the subject of the customer's mail, where the context of the start names one."""
    for group in ("conversation", "message"):
        subject = view.read("trigger", group, "ChannelAttributes", "pre_engagement_data", "subject")
        if isinstance(subject, str) and subject.strip():
            return subject if subject.lower().startswith("re:") else f"Re: {subject}"
    return ""


def _carry(view: View, text: str, media: str, units: int, category: str = "") -> None:
    """Send it, and let the line do with it what it does. A lost message is no answer to the customer."""
    answered = view.answered
    view.send(text, media, units, category)
    if view.line is not None and view.line.rough:
        said = len(view.said)
        view.line.carry(view, text)
        view.answered = answered or len(view.said) == said


def complete(sent: Sent, scope: Mapping[str, Any], state: str) -> Sent:
    """A sent message as templates read it: the Message resource, or on a conversation the ConversationMessage.

    Source: Twilio docs, *Send Message widget*, and Twilio's own list of what each widget leaves.
    """
    ours, theirs = scope["flow"]["channel"]["address"], scope["contact"]["channel"]["address"]
    mark = f"{scope['flow']['sid']}/{state}"
    talk = conversation_sid(scope)
    if talk:
        author = sent.get("From", ours)
        failed = {key: sent[key] for key in ("Status", "ErrorCode", "ErrorMessage") if "ErrorMessage" in sent}
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
