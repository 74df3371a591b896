"""Rules about Liquid itself: can a text be rendered, and does it say what was meant?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from flowlab.check.liquid import FaultKind, known_filters, known_tags
from flowlab.check.literal import has_liquid, pieces
from flowlab.check.rule import Hit, rule
from flowlab.check.subject import Subject, Text
from flowlab.model.finding import Severity
from flowlab.text.plain import quote

_LANGUAGE = "Twilio docs: Using variables in Studio / Liquid template language"
_SINGLE = re.compile(r"(?<![{$\\])\{\s?(([A-Za-z_]{1,50})\.[A-Za-z0-9_.-]{1,200})\s?\}(?!\})")
_GROUPS = ("flow", "widgets", "trigger", "contact")
_REPLY = re.compile(r"\b(?:widgets\.[\w-]+\.inbound|trigger\.(?:message|conversation))\.Body\s*(?:==|!=)\s*['\"]")


def _faults(subject: Subject, kind: FaultKind) -> Iterator[Text]:
    return (text for text in subject.texts if text.liquid.problem and text.liquid.kind is kind)


@rule(
    "liquid-broken",
    Severity.ERROR,
    "A text is not valid Liquid",
    why="A brace or a tag that is never closed: the text cannot be rendered, and what the customer sees is not what "
    "you wrote.",
    source=_LANGUAGE,
)
def broken(subject: Subject) -> Iterator[Hit]:
    for text in _faults(subject, FaultKind.OTHER):
        yield Hit(
            f"This text is not valid Liquid: {text.liquid.problem}.",
            "Close every '{{' with '}}' and every '{% if %}' with its '{% endif %}'.",
            text.state.name,
            text.path,
        )


@rule(
    "liquid-braces-in-braces",
    Severity.ERROR,
    "Braces stand inside braces",
    why="Within '{{ ... }}' and '{% ... %}' a variable is named bare; a second pair of braces cannot be read.",
    source=_LANGUAGE,
)
def nested(subject: Subject) -> Iterator[Hit]:
    for text in _faults(subject, FaultKind.NESTED):
        yield Hit(
            "A '{{' stands inside '{{ ... }}' or '{% ... %}': the text cannot be rendered.",
            "Name the variable bare, as in {% if flow.variables.n == '1' %}, or close the first '{{'.",
            text.state.name,
            text.path,
        )


@rule(
    "liquid-comparison-in-output",
    Severity.ERROR,
    "A comparison stands where a value is written",
    why="'{{ a == b }}' writes no true or false: Liquid compares only in tags.",
    source=_LANGUAGE,
)
def comparison(subject: Subject) -> Iterator[Hit]:
    for text in _faults(subject, FaultKind.COMPARISON):
        yield Hit(
            f"{quote(text.liquid.word)} stands inside '{{{{ ... }}}}', where Liquid cannot compare.",
            "Write {% if a == b %}true{% else %}false{% endif %}.",
            text.state.name,
            text.path,
        )


@rule(
    "liquid-unknown-tag",
    Severity.ERROR,
    "A tag that Liquid does not know",
    why="The text cannot be rendered.",
    source=_LANGUAGE,
)
def unknown_tag(subject: Subject) -> Iterator[Hit]:
    for text in _faults(subject, FaultKind.TAG):
        word = text.liquid.word
        yield Hit(
            f"Liquid has no tag {quote(word)}.",
            f"{subject.hint(word, known_tags())}Use one of Liquid's own, such as if, case, assign, for.",
            text.state.name,
            text.path,
        )


@rule(
    "liquid-unknown-filter",
    Severity.ERROR,
    "A filter that Liquid does not know",
    why="The text cannot be rendered, or the value stays as it was.",
    source=_LANGUAGE,
)
def unknown_filter(subject: Subject) -> Iterator[Hit]:
    known = known_filters() if any(text.liquid.filters for text in subject.texts) else ()
    for text in subject.texts:
        for name in sorted(text.liquid.filters.difference(known)):
            yield Hit(
                f"Liquid has no filter {quote(name)}.",
                f"{subject.hint(name, known)}Use one of Liquid's own, or Studio's 'to_json'.",
                text.state.name,
                text.path,
            )


@rule(
    "liquid-single-braces",
    Severity.WARNING,
    "A variable stands in single braces",
    why="Liquid wants two: with one pair the customer reads '{flow.variables.name}' as it is written.",
    source=_LANGUAGE,
)
def single_braces(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts:
        found = _single_braced(text.text) if "{" in text.text else None
        if found:
            yield Hit(
                f"{quote(found.group())} stands in single braces and is not rendered.",
                f"Write {{{{{found.group(1)}}}}}.",
                text.state.name,
                text.path,
            )


def _single_braced(text: str) -> re.Match[str] | None:
    """The first name in single braces: of Studio's own, or any with a dot where the text speaks Liquid elsewhere."""
    speaks = has_liquid(text)
    return next((found for found in _SINGLE.finditer(text) if speaks or found[2] in _GROUPS), None)


@rule(
    "liquid-date-zone",
    Severity.NOTE,
    "A date is rendered in US Pacific time",
    why="Studio's 'date' filter knows one time zone, that of California. What it writes is hours off elsewhere, and "
    "near midnight it is another day.",
    source="Twilio support article 4413699936411",
)
def date_zone(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts:
        if "date" in text.liquid.filters:
            yield Hit(
                "The filter 'date' writes US Pacific time here.",
                "Fetch the local time by a function, or say the zone in the text.",
                text.state.name,
                text.path,
            )


@rule(
    "liquid-reply-by-case",
    Severity.WARNING,
    "A customer's words are compared letter by letter",
    why="Unlike a split, Liquid does not ignore case and blanks: 'Yes' and 'yes ' are not 'yes'.",
    source=_LANGUAGE,
)
def reply_by_case(subject: Subject) -> Iterator[Hit]:
    for text in subject.texts:
        if "Body" in text.text and any(piece.tag and _REPLY.search(piece.inner) for piece in pieces(text.text)):
            yield Hit(
                "A '{% if %}' compares the customer's words by exact case and blanks.",
                "Assign it first, {% assign said = ... | downcase | strip %}, or use a split.",
                text.state.name,
                text.path,
            )
