"""Which media a channel carries: by kind, where the address tells it, and by the customer's country."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from flowlab.model.channel import Channel
from flowlab.run.outgoing import Outgoing

_ENDINGS = {
    "image": "jpg jpeg png gif webp heic bmp",
    "video": "mp4 3gp mov webm mpeg",
    "audio": "mp3 ogg oga amr aac m4a wav opus",
    "document": "pdf doc docx xls xlsx ppt pptx csv txt vcf ics zip",
}
_KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}


class MediaNotCarried(Exception):
    """Why the channel carries this media not, in words."""


def kind_of(address: str) -> str:
    """What kind of media an address names, by the ending of its path; empty where that does not tell.

    >>> kind_of("https://shop.example.com/a/receipt.PDF?x=1"), kind_of("https://shop.example.com/media/1")
    ('document', '')
    """
    path = address.partition("?")[0].partition("#")[0]
    return _KINDS.get(PurePosixPath(path).suffix[1:].lower(), "")


def country_of(address: str) -> str:
    """The country of a customer's phone number, two letters; empty where the address has none.

    >>> country_of("whatsapp:+351912345678")
    'PT'
    """
    import phonenumbers

    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(address.rpartition(":")[2])) or ""
    except phonenumbers.NumberParseException:
        return ""


def carried(message: Outgoing, channel: Channel, country: str, adapts: bool) -> tuple[Outgoing, list[str]]:
    """The message with media that the channel carries; the others stand in the text as links.

    Raises MediaNotCarried where they may not.
    """
    notes: list[str] = []
    kept: list[str] = []
    linked: list[str] = []
    for address in message.media:
        why = _why_not(address, channel, country)
        if why and not adapts:
            raise MediaNotCarried(why)
        (linked if why else kept).append(address)
        if why:
            notes.append(f"media sent as a link: {why}")
    if not linked:
        return message, []
    text = "\n".join(filter(None, (message.text, *linked)))
    return replace(message, text=text, media=tuple(kept)), list(dict.fromkeys(notes))


def _why_not(address: str, channel: Channel, country: str) -> str:
    kinds, countries = channel.value("media_types"), channel.value("media_countries")
    if not kinds:
        return f"{channel.label} carries no media"
    kind = kind_of(address)
    if kind and kind not in kinds:
        return f"{channel.label} carries no media of the kind {kind}"
    if countries and country and country not in countries:
        return (
            f"{channel.label} carries media in {', '.join(countries)} only, and the customer's number is of {country}"
        )
    return ""
