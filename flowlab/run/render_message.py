"""What one message becomes on a channel: one bubble or several, each with its choices, or a refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flowlab.model.channel import Channel
from flowlab.model.content import Link
from flowlab.model.shown import Shape, Shown
from flowlab.run.outgoing import Outgoing, takes
from flowlab.run.render import counted_in, refusal
from flowlab.run.render_choices import LIST_BUTTON, DoesNotFit, fit, spelt_out
from flowlab.run.render_media import MediaNotCarried, carried

#: Twilio's error codes. 63016, 216602, 63021 and 12300: Twilio docs, error pages (read 2026-11-25, D); 21617 and 21619:
#: general knowledge (M); the page of 21658 names a body over 1,600 characters too.
OUTSIDE_WINDOW, TYPE_NOT_TAKEN, CONTENT_NOT_TAKEN, TOO_LONG, EMPTY, BAD_MEDIA = (
    "63016",
    "216602",
    "63021",
    "21617",
    "21619",
    "12300",
)
_LADDER = (Shape.QUICK_REPLIES, Shape.LIST, Shape.NUMBERED)


@dataclass(frozen=True, slots=True)
class Rendered:
    """``parts``: what the customer gets, one message each, in order; the last one has the choices. Empty where the
    channel refuses: then ``refusal`` says why, and ``code`` is Twilio's error code, empty where none is known.
    """

    parts: tuple[Shown, ...] = ()
    refusal: str = ""
    code: str = ""


def render(
    message: Outgoing, channel: Channel, *, in_window: bool = True, adapts: bool = True, country: str = ""
) -> Rendered:
    """The message as the channel shows it.

    ``in_window``: whether free text may be sent; ``adapts``: whether what the channel cannot show as written is shown
    another way (:class:`~flowlab.model.readings.Readings`); ``country`` of the customer, where media depend on it.

    >>> from flowlab.model.channel import channel
    >>> from flowlab.model.shown import Choice
    >>> ask = Outgoing("Which?", choices=(Choice("Order"), Choice("Return")), shape=Shape.QUICK_REPLIES)
    >>> render(ask, channel("sms")).parts[0].text
    'Which?\\n1. Order\\n2. Return'
    """
    if not in_window and not message.is_approved:
        return Rendered(refusal=refusal(message.text or " x", "", channel, False), code=OUTSIDE_WINDOW)
    if not adapts and message.source and not takes(channel, message.source):
        why = f"refused: {channel.label} takes no {message.source}: add a variant that it takes, such as twilio/text"
        return Rendered(refusal=why, code=TYPE_NOT_TAKEN)
    try:
        message, notes = carried(message, channel, country, adapts)
    except MediaNotCarried as wrong:
        return Rendered(refusal=f"refused: {wrong}", code=BAD_MEDIA)
    message, more = _links(message, channel)
    return _with_choices(message, channel, in_window, adapts, [*notes, *more])


def _with_choices(message: Outgoing, channel: Channel, in_window: bool, adapts: bool, notes: list[str]) -> Rendered:
    if not message.choices:
        if message.shape is Shape.CARDS and not channel.value("cards_max"):
            notes.append(f"the cards are written out: {channel.label} has none")
        return _sent(message, Shown(Shape.TEXT, message.text, notes=tuple(notes)), channel)
    reasons: list[str] = []
    for shape in dict.fromkeys((message.shape, *_LADDER)):
        try:
            choices, changed = fit(message, shape, channel, in_window)
        except DoesNotFit as why:
            if not in_window:  # what was approved goes as it was approved, or not at all
                return Rendered(refusal=f"refused: {why}", code=OUTSIDE_WINDOW)
            if not adapts:
                return Rendered(refusal=f"refused: {why}", code=CONTENT_NOT_TAKEN)
            reasons.append(str(why))
            continue
        texts = spelt_out(message.text, choices, channel) if shape is Shape.NUMBERED else [message.text]
        button = (message.list_button or LIST_BUTTON) if shape is Shape.LIST else ""
        said = (*notes, *_why(message, shape, reasons), *changed)
        return _sent(message, Shown(shape, texts[-1], choices, list_button=button, notes=said), channel, texts[:-1])
    raise AssertionError("numbered text always fits")


def _why(message: Outgoing, shape: Shape, reasons: list[str]) -> list[str]:
    if shape is message.shape:
        return []
    told = f"shown as {shape} instead of {message.shape}: {'; '.join(dict.fromkeys(reasons))}"
    if shape is not Shape.NUMBERED and any(one.description for one in message.choices):
        told = f"{told}; the descriptions of the choices are left out"
    twilio = "Twilio itself would refuse this: add a twilio/text variant" if message.source else ""
    return [told, *filter(None, [twilio])]


def _sent(message: Outgoing, shown: Shown, channel: Channel, before: Sequence[str] = ()) -> Rendered:
    """The bubbles: ``before``, texts that did not fit beside the last; media with the first text where the channel
    carries both in one, else apart from it.
    """
    texts = [*before, shown.text]
    for number, text in enumerate(texts):
        wrong = refusal(text, "" if number else " ".join(message.media), channel)
        if wrong:
            return _refused(wrong, bool(text.strip()), shown)
    notes = shown.notes
    if before:
        limit, unit = channel.value("max_text_chars"), counted_in(channel)
        notes = (*notes, f"written in {len(texts)} messages: {channel.label} takes {limit:,} {unit} in one")
    ahead, beside, apart = _media(message, texts[0], channel)
    subject = message.subject if channel.value("subject") else ""
    first = [Shown(Shape.TEXT, text, subject=subject) for text in before]
    last = replace(shown, notes=(*notes, *apart), subject=subject)
    bubbles = [*first, last]
    bubbles[0] = replace(bubbles[0], media=beside)
    return Rendered((*(Shown(Shape.TEXT, "", media=one) for one in ahead), *bubbles))


def _refused(wrong: str, too_long: bool, shown: Shown) -> Rendered:
    if too_long and shown.notes:
        wrong = f"{wrong} ({shown.notes[-1]})"
    return Rendered(refusal=wrong, code=TOO_LONG if too_long else EMPTY)


def _media(
    message: Outgoing, text: str, channel: Channel
) -> tuple[list[tuple[str, ...]], tuple[str, ...], tuple[str, ...]]:
    """The files that go ahead, message by message; those beside the first text; and why they go apart."""
    most = int(channel.value("media_max_files") or len(message.media) or 1)
    files = [message.media[at : at + most] for at in range(0, len(message.media), most)]
    together = channel.value("text_with_media") is not False
    if not files or not text or (together and len(files) == 1):
        return files[:-1], files[-1] if files else (), ()
    why = f"takes {most} file(s) in one" if together else "carries text and media apart"
    return files, (), (f"sent as {len(files) + 1} messages: {channel.label} {why}",)


def _links(message: Outgoing, channel: Channel) -> tuple[Outgoing, list[str]]:
    """Buttons that lead elsewhere are written out under the text: nobody answers by them."""
    if not message.links:
        return message, []
    lines = "\n".join(map(_written, message.links))
    notes = [] if channel.value("quick_replies_max") else [f"links are written out: {channel.label} has no buttons"]
    return replace(message, text="\n".join(filter(None, (message.text, lines))), links=()), notes


def _written(link: Link) -> str:
    return f"{link.label}: {link.target}" if link.label else link.target
