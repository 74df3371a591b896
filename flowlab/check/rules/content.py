"""Rules about content templates. They speak only where the check was given some, in the services' ``content``."""

from __future__ import annotations

from collections.abc import Iterator

from flowlab.check.literal import is_template
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject, rows
from flowlab.model.content import ContentTemplate
from flowlab.model.finding import Severity
from flowlab.model.flow import State
from flowlab.run.outgoing import of_template, takes
from flowlab.run.render_message import render
from flowlab.text.plain import quote

_SPEAKING = ("send-message", "send-and-wait-for-reply")


def _named(subject: Subject) -> Iterator[tuple[State, str]]:
    """Each state that sends a template, with the template's sid as it is written there."""
    for state in subject.of_type(*_SPEAKING):
        sid = state.properties.get("content_sid")
        if isinstance(sid, str) and sid and not is_template(sid):
            yield state, sid


def sent(subject: Subject) -> Iterator[tuple[State, ContentTemplate]]:
    """Each state that sends a known template, with the template."""
    for state, sid in _named(subject):
        if sid in subject.content:
            yield state, subject.content[sid]


def called(template: ContentTemplate) -> str:
    """A template as a message names it: by its name, else its sid."""
    return quote(template.name or template.sid)


@rule(
    "content-unknown",
    Severity.ERROR,
    "A content template is sent that is not among those given",
    why="The platform finds no template of this sid and sends nothing. Judged by the services' 'content' alone: it has "
    "to list all templates of the account that the flow sends.",
    source="Twilio docs: Content API resources",
    needs=("flow", "content"),
)
def unknown(subject: Subject) -> Iterator[Hit]:
    known = tuple(subject.content)
    for state, sid in _named(subject):
        if sid not in subject.content:
            yield Hit(
                f"The content template {quote(sid)} is not among the {len(known)} given.",
                f"{subject.hint(sid, known)}Correct the sid, or add the template to the services' content file.",
                state.name,
                subject.path(state, "properties", "content_sid"),
            )


@rule(
    "content-variables",
    Severity.WARNING,
    "A content template's variables and the values given differ",
    why="Where a variable gets no value its sample is sent, which was written to show what it is for; without a sample "
    "the customer reads the braces. A value for a variable that the template has not is left out.",
    source="Twilio docs: Using variables with Content Templates",
    needs=("flow", "content"),
)
def variables(subject: Subject) -> Iterator[Hit]:
    for state, template in sent(subject):
        places = frozenset().union(*(one.placeholders for one in template.variants.values()))
        given = {key.strip("{} "): index for index, key, _ in rows(state, "content_variables")}
        here = ("properties", "content_variables")
        if any(map(is_template, given)):
            continue
        for name in sorted(places - given.keys()):
            sample = template.variables.get(name)
            instead = f"its sample {quote(sample)} is sent" if sample else "the customer reads the braces"
            yield Hit(
                f"Variable {quote(name)} of the template {called(template)} gets no value: {instead}.",
                f"Add a row with the key {quote(name)} to 'content_variables'.",
                state.name,
                subject.path(state, *here),
            )
        for name in sorted(given.keys() - places):
            yield Hit(
                f"The template {called(template)} has no variable {quote(name)}.",
                f"{subject.hint(name, tuple(sorted(places)))}Take the row out, or correct its key.",
                state.name,
                subject.path(state, *here, given[name], "key"),
            )


@rule(
    "content-no-variant",
    Severity.ERROR,
    "A content template has no type that the channel takes",
    why="Twilio refuses the message (error 216602). A session of flowlab adapts it, as an adapter of your own would, "
    "unless the reading 'choices_adapt' is off; the finding says what it shows.",
    source="Twilio docs: error 216602; Content types overview; the channel's own data",
    needs=("flow", "content"),
)
def no_variant(subject: Subject) -> Iterator[Hit]:
    for state, template in sent(subject):
        for channel in subject.channels:
            if any(takes(channel, kind) for kind in template.variants):
                continue
            made = render(of_template(template, {}, channel), channel)
            shown = f"flowlab shows it as {made.parts[-1].shape}" if made.parts else made.refusal
            yield Hit(
                f"{channel.label} takes no {' or '.join(sorted(template.variants))}, and the template "
                f"{called(template)} has nothing else: Twilio refuses it; {shown}.",
                "Add a twilio/text variant to the template, or send another one on this channel.",
                state.name,
                subject.path(state, "properties", "content_sid"),
                channel=channel.name,
            )


@rule(
    "content-limits",
    Severity.WARNING,
    "A content template does not come as it was written",
    why="A caption is too long, there are more buttons or items than the channel shows, two read alike, or the text is "
    "over what goes beside them. Judged by the code that shows the message in a session, with the variables' samples. "
    "An error where nothing at all can be sent.",
    source="The channel's own data, with source and date: model/channels",
    needs=("flow", "content"),
)
def limits(subject: Subject) -> Iterator[Hit]:
    for state, template in sent(subject):
        for channel in subject.channels:
            if not any(takes(channel, kind) for kind in template.variants):
                continue  # content-no-variant says so
            made = render(of_template(template, {}, channel), channel)
            changed = [note for part in made.parts for note in part.notes]
            if made.refusal or changed:
                yield Hit(
                    f"On {channel.label} the template {called(template)} is "
                    f"{made.refusal or 'changed: ' + '; '.join(changed)}.",
                    "Shorten what is over the limit, or add a variant with fewer choices.",
                    state.name,
                    subject.path(state, "properties", "content_sid"),
                    channel=channel.name,
                    severity=Severity.ERROR if made.refusal else None,
                )
