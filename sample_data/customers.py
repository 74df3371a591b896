"""How the invented customers behave: personas, the habits of each channel, typos, signatures, delays, silence.

Used by ``make_conversations.py``. What they say is in ``utterances.yaml``.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flowlab.model.channel import channel

#: What the addresses of a channel have in common; nobody is known on web chat.
MARKS = {
    "sms": "+",
    "whatsapp": "whatsapp:",
    "email": "@",
    "messenger": "messenger:",
    "inapp": "customer-",
    "line": "U0",
}
ORDERS = {
    "10421": "folding stool", "10422": "wool blanket", "10423": "tent", "10424": "mug set", "10425": "camping stove",
    "10426": "oak bench", "10427": "storm lantern", "10428": "cushion set", "10429": "kettle", "10430": "hammock",
    "10431": "garden lamp", "10432": "rain barrel",
}  # fmt: skip
RETURNABLE = ("10422", "10424", "10426", "10427", "10430", "10421")
NAMES = ("Robin", "Alex", "Kim", "Jo", "Charlie", "Noor", "Toni")
INTENTS = {"order": 44, "return": 25, "hours": 12, "person": 11, "other": 8}
TOPICS = {"return": ("unwanted", "unwanted", "damaged"), "other": ("product", "voucher", "address")}
TOLD = {"order": "tell_order_status", "return": "tell_label", "hours": "tell_hours"}


@dataclass(frozen=True)
class Persona:
    """A way to behave. ``pace`` multiplies the channel's median delay; all others are chances between 0 and 1:

    to fall silent at a question, to answer a menu in one's own words, to mistype a message, to send two messages where
    one would do, not to have the order number at hand, to wrap a number in words, to answer the last question (rating).
    """

    name: str
    weight: int
    pace: float
    leaves: float
    own_words: float
    mistypes: float
    bursts: float
    loses_number: float
    wordy: float
    rates: float


PERSONAS = (
    Persona("patient", 34, 0.8, 0.02, 0.25, 0.06, 0.02, 0.06, 0.10, 0.90),
    Persona("hurried", 26, 0.35, 0.06, 0.20, 0.28, 0.12, 0.08, 0.05, 0.75),
    Persona("vague", 14, 1.2, 0.06, 0.75, 0.12, 0.06, 0.50, 0.30, 0.70),
    Persona("chatty", 14, 0.7, 0.02, 0.60, 0.10, 0.14, 0.08, 0.45, 0.90),
    Persona("silent leaver", 12, 0.9, 0.34, 0.30, 0.08, 0.04, 0.15, 0.10, 0.10),
)


@dataclass(frozen=True)
class Habits:
    """How people use a channel: ``n`` conversations, the chance that the first message already says what it is about,
    the chance of a photo where one fits, the hours at which they write (start hour -> weight), and where they write to.
    """

    n: int
    says_it_first: float
    photos: float
    hours: dict[int, int]
    entry_points: tuple[str, ...]


OFFICE = {9: 6, 12: 6, 15: 6, 18: 1, 21: 1}
EVENING = {7: 2, 9: 4, 12: 4, 15: 4, 18: 4, 21: 3}
HABITS = {
    "webchat": Habits(38, 0.40, 0.20, OFFICE, ("https://harbourandpine.example.com/help", "https://harbourandpine.example.com/tents")),
    "whatsapp": Habits(34, 0.35, 0.50, EVENING, ("whatsapp:+12025550190", "whatsapp:+12025550191")),
    "sms": Habits(29, 0.25, 0.40, EVENING, ("+12025550190", "+12025550192", "+12025550193")),
    "email": Habits(24, 0.97, 0.70, OFFICE, ("care@harbourandpine.example.com", "orders@harbourandpine.example.com")),
    "messenger": Habits(17, 0.40, 0.50, EVENING, ("messenger:1005550100",)),
    "inapp": Habits(16, 0.60, 0.60, EVENING, ("app:orders", "app:order-detail", "app:home")),
    "line": Habits(14, 0.30, 0.60, EVENING, ("@harbourandpine-example",)),
}  # fmt: skip


class Customer:
    """Somebody invented who wants something. All chance comes from ``rng``."""

    def __init__(self, rng: random.Random, channel_name: str, known: dict[str, dict[str, Any]], words: Any) -> None:
        self.rng, self.channel, self.words = rng, channel(channel_name), words
        self.habits = HABITS[channel_name]
        self.persona = rng.choices(PERSONAS, [p.weight for p in PERSONAS])[0]
        self.intent = rng.choices(list(INTENTS), list(INTENTS.values()))[0]
        self.wants = self.intent  # what is asked for right now; changes with "one more thing"
        self.order = rng.choice(RETURNABLE if self.intent == "return" else tuple(ORDERS))
        self.topic = rng.choice(TOPICS.get(self.intent, ("",)))
        self.number = rng.randrange(111, 200)
        self.contact, self.person = self._address(known)
        self.name = self.person.get("name") or NAMES[self.number % len(NAMES)]
        self.asked: dict[str, int] = {}  # how often the flow has asked in each state
        self.served = False  # has the flow told what was asked for?

    def _address(self, known: dict[str, dict[str, Any]]) -> tuple[str, dict[str, Any]]:
        mark = MARKS.get(self.channel.name)
        mine = [a for a in known if mark and (mark in a if mark == "@" else a.startswith(mark))]
        if mine and self.rng.random() < 0.4:
            address = self.rng.choice(mine)
            return address, known[address]
        phone = (f"+1202555{self.number:04}", f"+1303555{self.number:04}", f"+447700900{self.number}")[self.number % 3]
        by_channel = {
            "sms": phone,
            "whatsapp": f"whatsapp:{phone}",
            "email": f"shopper{self.number}@example.com",
            "messenger": f"messenger:400555{self.number:04}",
            "inapp": f"customer-{self.number:04}",
            "line": f"U{self.number:032}",
            "webchat": f"visitor-{self.number:04}",
        }
        return by_channel[self.channel.name], {}

    @property
    def id(self) -> str:
        """The same for one person on every channel, so that results can be grouped by customer."""
        return str(self.person.get("customer_id", f"{self.channel.name}-{self.number}"))

    @property
    def context(self) -> dict[str, str]:
        """What is known before the first message: the web form, the app's screen, the mail's subject."""
        known = {"customer_id": self.person["customer_id"]} if self.person else {}
        if self.channel.name == "webchat" and self.number % 3:
            return {"friendlyName": self.name, "email": f"shopper{self.number}@example.com"}
        if self.channel.name == "inapp":
            return known | {"screen": "orders", "order_number": self.order}
        if self.channel.name == "email":
            return known | {"subject": f"Order {self.order}" if self.number % 2 else "Question"}
        return known

    @property
    def was_written_to(self) -> bool:
        """Whether the shop wrote first (REST API), where it may do so without a template."""
        return self.channel.name in ("sms", "email") and self.intent == "order" and self.number % 6 == 0

    def chance(self, p: float) -> bool:
        return self.rng.random() < p

    def pick(self, *path: str) -> str:
        """One of the texts at a path of the bank, with this customer's order, item and name in it."""
        texts = self.words
        for key in path:
            texts = texts[key]
        if isinstance(texts, dict):
            texts = texts[self.topic]
        return self.fill(self.rng.choice(texts))

    def fill(self, text: str) -> str:
        return text.format(order=self.order, item=ORDERS[self.order], name=self.name)

    def delay_s(self) -> float:
        """Seconds until the answer: lognormal through the channel's median and p90, at the persona's pace."""
        median, p90 = (float(self.channel.value(f"reply_delay_{key}_s")) for key in ("median", "p90"))
        sigma = math.log(p90 / median) / 1.2816
        mean, longest = math.log(median * self.persona.pace), 3 * 86_400.0
        spread = next(s for s in iter(lambda: self.rng.lognormvariate(mean, sigma), None) if s < longest)
        return float(round(max(spread, 3)))

    def opening(self) -> tuple[str, tuple[str, ...]]:
        """The first message."""
        if self.channel.name == "email" and self.chance(self.habits.says_it_first):
            text = self.pick("email", "opening", self.intent)
        elif self.chance(self.habits.says_it_first):
            text = self.pick("opening", self.intent)
        else:
            text = self.pick("hello")
        photo = self.photo() if self.topic == "damaged" and self.chance(self.habits.photos) else ()
        return self.dress(text, ""), photo

    def answer(self, state: str, bot_said: str) -> tuple[str, tuple[str, ...]]:
        """What this customer writes when the flow waits in a state."""
        self.asked[state] = again = self.asked.get(state, 0) + 1
        text = ANSWERS[state](self, again)
        if not text:
            return "", self.photo()
        return self.dress(text, bot_said), ()

    def leaves(self, state: str) -> bool:
        """Whether the customer falls silent here, for good or for a day."""
        if state == "ask_rating":
            return not self.chance(self.persona.rates)
        if state in ("ask_menu", "ask_start") and self.served:
            return self.chance(0.7)
        weary = {"ask_order_number": 1.6, "ask_number": 1.6, "ask_more": 1.3, "ask_message": 1.5}.get(state, 1.0)
        return self.chance(self.persona.leaves * weary)

    def _ask_menu(self, again: int) -> str:
        if self.served:
            return self.pick("more", "enough")
        if again > 1 and self.chance(0.12):
            return self.pick("impatient")
        if again > 2 and self.chance(0.3):
            return self.pick("menu", "person", "again")
        if self.chance(self.persona.own_words / again):
            return self.pick("menu", self.wants, "free")
        style = "again" if again > 1 else "word" if self.chance(0.3) else "number"
        return self.pick("menu", self.wants, style)

    def _ask_order_number(self, again: int) -> str:
        if self.chance(self.persona.loses_number if again == 1 else self.persona.loses_number * 0.6):
            return self.pick("number", "lost")
        if again > 2 and self.chance(0.4):
            return self.pick("impatient")
        return self.pick("number", "wordy" if self.chance(self.persona.wordy / again**2) else "bare")

    def _ask_start(self, again: int) -> str:
        """Version 2 asks for the number at once: who has it at hand gives it, the others go by the menu."""
        if self.wants == "order" and not self.served and self.chance(0.6 * (1 - self.persona.loses_number)):
            return self._ask_order_number(again)
        return self._ask_menu(again)

    def _ask_return(self, again: int) -> str:
        if self.topic == "damaged":
            return "" if self.chance(self.habits.photos * 0.7) else self.pick("return_reply", "damage")
        if self.chance(0.08) or again > 2:
            return self.pick("return_reply", "stop")
        return self.pick("return_reply", "wordy" if self.chance(self.persona.wordy / again) else "label")

    def _ask_more(self, again: int) -> str:
        if again == 1 and self.chance(0.1):
            self.wants, self.served = ("hours" if self.chance(0.6) else "person"), False
            return self.pick("more", "another")
        if not self.served:
            return self.pick("more", "unmet")
        return self.pick("more", "enough")

    def _ask_rating(self, _again: int) -> str:
        return self.pick("rating")

    def _ask_message(self, _again: int) -> str:
        return self.pick("message", self.wants if self.wants != "hours" else "person")

    def photo(self) -> tuple[str, ...]:
        return (f"https://media.example.com/photo-{self.rng.randrange(10_000):04}.jpg",)

    def dress(self, text: str, bot_said: str) -> str:
        """Typos; on e-mail, a signature and the quoted mail below."""
        if self.chance(self.persona.mistypes):
            text = mistype(text, self.rng)
        if self.channel.name != "email":
            return text
        if self.chance(0.45):
            text += "\n\n" + self.pick("email", "sign")
        if bot_said and self.chance(0.3):
            text += "\n\nHarbour & Pine wrote:\n" + "\n".join(f"> {line}" for line in bot_said.splitlines())
        return text


#: How each question of either version of the flow is answered, by the name of the state that asks.
ANSWERS: dict[str, Callable[[Customer, int], str]] = {
    "ask_menu": Customer._ask_menu,
    "ask_start": Customer._ask_start,
    "ask_order_number": Customer._ask_order_number,
    "ask_number": Customer._ask_order_number,
    "ask_return": Customer._ask_return,
    "ask_more": Customer._ask_more,
    "ask_rating": Customer._ask_rating,
    "ask_message": Customer._ask_message,
}


def mistype(text: str, rng: random.Random) -> str:
    """One slip of the thumb in a word of four letters or more: two letters swapped, one lost, or one doubled.

    >>> mistype("where is my order", random.Random(1))
    'where is my oredr'
    """
    words = text.split(" ")
    long = [i for i, word in enumerate(words) if len(word) > 3 and word.isalpha()]
    if not long:
        return text
    at = rng.choice(long)
    word, cut = words[at], rng.randrange(1, len(words[at]) - 1)
    slips = (
        word[:cut] + word[cut + 1] + word[cut] + word[cut + 2 :],
        word[:cut] + word[cut + 1 :],
        word[:cut] + word[cut] + word[cut:],
    )
    words[at] = rng.choice(slips)
    return " ".join(words)
