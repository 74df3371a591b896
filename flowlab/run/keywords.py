"""STOP, START and HELP: words that the platform takes itself, before the flow hears them.

Sources (read 2026-11-25): Twilio support article 223134027, *opt-out keywords*, and *Advanced Opt-Out*: only a message
that is the word alone counts, in any case; it still goes on to the webhook, and so to Studio; later messages to the
contact fail with error 21610 until an opt-in word (D). That an opt-in word counts after an opt-out only, so that a
plain "yes" stays an answer, is our reading (M). The platform's own answers are given in our words.
"""

from __future__ import annotations

from flowlab.model.channel import Channel

STOP, START, HELP = "stop", "start", "help"
OPTED_OUT = "21610"
#: What the customer reads, in our words.
ANSWERS = {
    STOP: "You are unsubscribed and get no more messages from this number. Write START to subscribe again.",
    START: "You are subscribed again and get messages from this number. Write STOP to unsubscribe.",
    HELP: "Write STOP to unsubscribe.",
}
_FACTS = {STOP: "opt_out_words", START: "opt_in_words", HELP: "help_words"}
_LONGEST = 40


def meaning(text: str, channel: Channel, opted_out: bool = False) -> str:
    """What a customer's message means to the platform: ``stop``, ``start``, ``help``, or nothing.

    >>> from flowlab.model.channel import channel
    >>> [meaning(text, channel("sms")) for text in (" Stop ", "stop please", "YES", "info")]
    ['stop', '', '', 'help']
    >>> meaning("YES", channel("sms"), opted_out=True)
    'start'
    """
    facts = channel.facts
    if len(text) > _LONGEST:
        return ""
    word = ""
    for means, fact in _FACTS.items():
        if fact in facts and facts[fact].value and (means != START or opted_out):
            word = word or text.strip().upper()
            if word in facts[fact].value:
                return means
    return ""
