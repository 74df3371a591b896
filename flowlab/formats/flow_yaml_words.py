"""The words of the YAML short form: verbs for the text steps, and which of Studio's own keys may stand beside them.

The form itself is described in :mod:`flowlab.formats.flow_yaml`. Source of types, keys and comparisons: Twilio docs,
*Studio Flow and Widget JSON Schemas* and *Split Based On... widget*, and published flows.
"""

from __future__ import annotations

from dataclasses import dataclass

from flowlab.model.kinds import KINDS
from flowlab.model.wording import COMPARISONS

#: Keys a file may have, in the order they are written.
FLOW_KEYS = ("flow", "start", "flags", "json", "usual", "states", "layout", "wrapped")
#: Keys every state may have beside its verb and the verb's own.
STATE_KEYS = ("on", "properties", "transitions", "json", "without")
#: What a state of a Studio flow normally has, and the short form therefore supposes.
SUPPOSED = ("name", "transitions", "properties")
#: Properties that Studio fills in by itself, in most messages alike: written once, under ``usual``.
USUAL = ("from", "to", "service", "channel")
#: Keys that may stand under a branch, beside its condition.
BRANCH_KEYS = ("friendly_name", "arguments")

#: The 17 comparisons of a split.
CONDITIONS = tuple(COMPARISONS)
#: Stands for the condition's value in a ``friendly_name``.
VALUE = "{value}"
#: What Studio writes as the value of a comparison that needs none.
_VALUES = {"is_blank": "Is Blank", "is_not_blank": "Is Not Blank"}


@dataclass(frozen=True, slots=True)
class Verb:
    """One short word for a step kind.

    ``main``: the property that stands right after the verb. ``texts``, ``flags`` and ``pairs`` are the properties that
    may stand beside it: texts, true or false, and lists of ``{key, value}`` written as ``key: value``.
    """

    word: str
    type: str
    main: str = ""
    texts: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()

    @property
    def properties(self) -> tuple[str, ...]:
        """All properties that have a place of their own, the main one first."""
        return tuple(dict.fromkeys(filter(None, (self.main, *self.texts, *self.flags, *self.pairs))))

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key that a state with this verb may have."""
        exits = ("when", "else") if self.word == "split" else ()
        return (self.word, *(p for p in self.properties if p != self.main), *exits, *STATE_KEYS)


def _verb(word: str, type: str, main: str = "", texts: str = "", flags: str = "", pairs: str = "") -> Verb:
    return Verb(word, type, main, tuple(texts.split()), tuple(flags.split()), tuple(pairs.split()))


_CONTENT = "message_type content_sid"
VERBS: dict[str, Verb] = {
    verb.word: verb
    for verb in (
        _verb("trigger", "trigger"),
        _verb(
            "say",
            "send-message",
            "body",
            f"media_url from to service channel attributes {_CONTENT}",
            "shorten_urls",
            "content_variables",
        ),
        _verb(
            "ask",
            "send-and-wait-for-reply",
            "body",
            f"timeout media_url save_response_as from service channel attributes {_CONTENT}",
            "",
            "content_variables",
        ),
        _verb("split", "split-based-on", "input"),
        _verb("set", "set-variables", "variables", pairs="variables"),
        _verb(
            "request",
            "make-http-request",
            "url",
            "method content_type body",
            flags="add_twilio_auth",
            pairs="parameters",
        ),
        _verb("function", "run-function", "url", "service_sid environment_sid function_sid", pairs="parameters"),
        _verb("subflow", "run-subflow", "flow_sid", "flow_revision", pairs="parameters"),
        _verb("flex", "send-to-flex", "workflow", "channel attributes priority timeout waitUrl waitUrlMethod"),
    )
}
VERB_OF = {verb.type: verb for verb in VERBS.values()}
#: The key for every other step kind, with the Studio type as its value.
TYPE = "type"


def exits_of(type: str) -> tuple[str, ...] | None:
    """The events that may leave a step of a type; None where the type is unknown, and so are its events."""
    kind = KINDS.get(type)
    return kind.exits if kind else None


def usual_value(condition: str) -> str:
    """The value of a comparison that is written without one.

    >>> usual_value("is_blank"), usual_value("equal_to")
    ('Is Blank', '')
    """
    return _VALUES.get(condition, "")


def usual_caption(condition: str, value: str) -> str:
    """The ``friendly_name`` that Studio itself gives a branch.

    >>> usual_caption("equal_to", "1")
    'If value equal_to 1'
    """
    return f"If value {condition} {value}"
