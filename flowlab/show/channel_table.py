"""The matrix of facts and channels, and the card of one channel: values first, where they come from small beside."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from itertools import groupby, zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from flowlab.errors import UsageError, did_you_mean
from flowlab.model.channel import Channel, channel
from flowlab.model.channel import channels as built_in
from flowlab.model.channel_facts import QUESTIONS
from flowlab.model.channel_words import KEYS, NAMES, NONE, PRICES, Answer, answer
from flowlab.model.display import Bundle
from flowlab.show.channel_page import card_html, matrix_html, page
from flowlab.show.tables import WIDTH
from flowlab.text.plain import plain

if TYPE_CHECKING:
    import pandas as pd

#: Letters of a cell and of the row labels in the text form, at most.
_CELL, _MARGIN = 20, 30

#: What each trust mark means; ``model/channels/README.md`` says more.
TRUST = {
    "D": "the platform's documentation",
    "S": "a specification or published data",
    "R": "second hand",
    "M": "our assumption",
}


def channel_table(
    channels: Mapping[str, Channel] | Iterable[str | Channel] | None = None, facts: Sequence[str] | None = None
) -> ChannelTable:
    """What each channel states, side by side: one row a fact, one column a channel, by the questions they answer.

    ``channels``: names, or channels of your own; None: the built-in ones. ``facts``: keys (``identity``), facts
    (``max_text_chars``) or ``price_out`` and ``price_in``; None: all that one of the channels states. Raises UsageError
    for a channel or fact there is not.

    >>> print(channel_table(["sms", "line"], ["identity", "max_text_chars"]).as_text())
                                SMS / MMS         LINE
    How does the customer start?
      the customer is known by  phone number      app identity
    What can it carry?
      longest text              1,600 characters  5,000 UTF-16 units
    """
    given = built_in if channels is None else channels
    if isinstance(given, str | Channel):
        given = [given]
    found = tuple(map(channel, given.values() if isinstance(given, Mapping) else given))
    if not found:
        raise UsageError(f"a table of no channels has nothing to show. {did_you_mean('', list(built_in))}")
    for name in facts or ():
        if name not in NAMES:
            raise UsageError(f"channels state no {name!r}. {did_you_mean(name, NAMES)}")
    stated = [name for name in NAMES if any(answer(one, name).known for one in found)]
    return ChannelTable(found, tuple(name for name in NAMES if name in facts) if facts else tuple(stated))


@dataclass(frozen=True, repr=False, eq=False)
class ChannelTable:
    """Channels side by side. ``facts``: the rows, in the order of the questions."""

    channels: tuple[Channel, ...]
    facts: tuple[str, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """The values: index ``question`` and ``fact``, one column a channel; None where it states nothing.

        Prices are in words; :meth:`flowlab.model.channel.Channel.price` has them as numbers. Units and sources stand in
        ``fl.channels.table``.
        """
        import pandas as pd

        index = pd.MultiIndex.from_tuples(
            [(self._answers[name][0].question, name) for name in self.facts], names=["question", "fact"]
        )
        columns = {one.name: [_value(one, said) for said in self._column(i)] for i, one in enumerate(self.channels)}
        return pd.DataFrame(columns, index=index, dtype="object")

    @cached_property
    def _answers(self) -> dict[str, list[Answer]]:
        return {name: [answer(one, name) for one in self.channels] for name in self.facts}

    def _column(self, at: int) -> list[Answer]:
        return [answers[at] for answers in self._answers.values()]

    @property
    def groups(self) -> list[tuple[str, list[list[Answer]]]]:
        """The rows by question: each question that has rows, and its answers, one a channel."""
        rows = sorted(self._answers.values(), key=lambda answers: QUESTIONS.index(answers[0].question))
        return [(question, list(lines)) for question, lines in groupby(rows, lambda answers: answers[0].question)]

    def as_text(self) -> str:
        """Columns for a terminal of 120: long answers run over lines, many channels over blocks."""
        margin = min(max((len(line[0].label) + 2 for _, line in self._lines()), default=0), _MARGIN)
        room = max((WIDTH - margin) // (_CELL + 2), 1)
        starts = range(0, len(self.channels), room)
        return "\n\n".join(self._block(slice(at, at + room), margin) for at in starts)

    def _block(self, part: slice, margin: int) -> str:
        """Some of the channels: a line of their names, then each question with its rows."""
        labels = [one.label for one in self.channels[part]]
        rows = [(question, line[0].label, [_dated(said) for said in line[part]]) for question, line in self._lines()]
        wide = [
            max(len(text) for _, _, texts in [("", "", labels), *rows] for text in _fold(texts[i], _CELL))
            for i in range(len(labels))
        ]
        out, before = _row("", labels, margin, wide), ""
        for question, label, texts in rows:
            out += [question] if question != before else []
            out += _row(f"  {label}", texts, margin, wide)
            before = question
        return "\n".join(out)

    def _lines(self) -> list[tuple[str, list[Answer]]]:
        return [(question, line) for question, lines in self.groups for line in lines]

    def as_markdown(self) -> str:
        """A Markdown table with the trust mark and date behind each value."""
        out = []
        for question, lines in self.groups:
            rows = [[line[0].label, *(f"{said.text}{_mark(said)}" for said in line)] for line in lines]
            head = [question, *(one.label for one in self.channels)]
            out += [_pipes(head), _pipes(["---"] * len(head)), *map(_pipes, rows), ""]
        return "\n".join([*out, ", ".join(f"{mark}: {words}" for mark, words in TRUST.items()), ""])

    def as_csv(self) -> str:
        """One row a fact and channel, with source, date, trust and note."""
        file = StringIO()
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["question", "fact", "channel", "text", "source", "as_of", "trust", "note"])
        for _, lines in self.groups:
            for line in lines:
                for one, said in zip(self.channels, line, strict=True):
                    about = (said.text, said.source, said.as_of, said.trust, said.note)
                    writer.writerow([plain(text) for text in (said.question, said.name, one.name, *about)])
        return file.getvalue()

    def as_json(self) -> dict[str, Any]:
        """Plain values: each channel with its answers."""
        return {
            "channels": [
                {"name": one.name, "label": one.label, "answers": [_json(one, said) for said in self._column(i)]}
                for i, one in enumerate(self.channels)
            ]
        }

    def as_html(self) -> str:
        """The matrix for a notebook, in its own colours; where a value comes from is its title."""
        return matrix_html([one.label for one in self.channels], self.groups, TRUST)

    def as_page(self) -> str:
        """The matrix as a page of its own, light and dark."""
        return page("Channels", self.as_html())

    def __repr__(self) -> str:
        return self.as_text()

    def _repr_mimebundle_(self, **_kwargs: Any) -> dict[str, str]:
        return {"text/plain": self.as_text(), "text/html": self.as_html()}


def bundle(thing: Any) -> Bundle:
    """How a channel, or the channels, show themselves in a notebook: the card, or the matrix."""
    if isinstance(thing, Channel):
        lines = [answer(thing, name) for name in NAMES]
        groups = [
            (question, [[said] for said in said_of]) for question, said_of in groupby(lines, lambda a: a.question)
        ]
        return {"text/html": card_html(thing.label, thing.name, groups, TRUST)}, {}
    return {"text/html": channel_table(thing).as_html()}, {}


def _row(label: str, texts: Sequence[str], margin: int, wide: Sequence[int]) -> list[str]:
    """A row of the text form: as many lines as its longest cell takes."""
    indent = label[: len(label) - len(label.lstrip())]
    folded = [_fold(label, margin, indent + "  "), *(_fold(text, _CELL) for text in texts)]
    sizes = (margin, *wide)
    return [
        "  ".join(f"{part:<{size}}" for part, size in zip(parts, sizes, strict=True)).rstrip()
        for parts in zip_longest(*folded, fillvalue="")
    ]


def _fold(text: str, width: int, indent: str = "") -> list[str]:
    return wrap(plain(text), width, subsequent_indent=indent, drop_whitespace=True) or [""]


def _value(one: Channel, said: Answer) -> Any:
    if said.name in PRICES:
        return said.text if said.known else None
    return getattr(one, said.name) if said.name in KEYS else one.value(said.name)


def _json(one: Channel, said: Answer) -> dict[str, Any]:
    value = _value(one, said)
    answered = {"question": said.question, "fact": said.name, "value": value, "text": said.text}
    return answered | {"source": said.source, "as_of": said.as_of, "trust": said.trust, "note": said.note}


def _mark(said: Answer) -> str:
    return f" ({said.trust} {said.as_of})" if said.trust and said.text != NONE else ""


def _dated(said: Answer) -> str:
    """The text, and where it is a price its date: none is shown without."""
    return said.text + _mark(said) if said.name in PRICES else said.text


def _pipes(texts: Iterable[str]) -> str:
    return "| " + " | ".join(plain(text).replace("\\", "\\\\").replace("|", "\\|") for text in texts) + " |"
