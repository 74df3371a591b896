"""Faults of the world: which messages are lost, late, doubled. By chance with a seed, or at a chosen place.

Chance depends on the seed, the conversation, the direction and the number of the message, and on nothing else: so a
replay is the same in any order and in any number of processes. How often such things happen is not known to us: the
rates are yours to set, and all are 0 (M). Error codes: Twilio's error dictionary (D).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from hashlib import blake2b

from flowlab.errors import UsageError, did_you_mean

#: What can happen to a message of the flow, in words.
OUTBOUND = {
    "lost": "sent, and lost on the way",
    "late": "reaches the customer late",
    "blocked": "the contact cannot be reached at all",
    "media_refused": "the carrier refuses the media",
    "rate_limited": "refused: too many messages at a time",
}
#: What can happen to a message of the customer, in words.
INBOUND = {
    "missed": "never arrives",
    "slow": "arrives late",
    "duplicate": "arrives twice",
    "swapped": "arrives after the next one",
    "media_dropped": "arrives without its media",
    "edited": "edited by the customer afterwards",
    "long": "too long for one message",
}
KINDS = OUTBOUND | INBOUND


@dataclass(frozen=True)
class Faults:
    """What goes wrong, how often: each rate is the chance (0 to 1) for one message; ``blocked`` that for a contact.

    ``late_s``, ``slow_s``: seconds of a delay, each time between nothing and twice that, evenly. A customer who reads
    late answers later by as much. ``at``: faults at a chosen place, by state (a message it sends, or the reply to it)
    or by number (1 for the first message in the fault's direction).

    Raises UsageError for a rate outside 0 to 1, a time that is none, or an unknown kind.

    >>> Faults(seed=7, lost=0.05, at={"ask_menu": "duplicate"}).describe()
    'lost 0.05, duplicate at ask_menu; seed 7'
    """

    seed: int = 0
    lost: float = 0.0
    late: float = 0.0
    blocked: float = 0.0
    media_refused: float = 0.0
    rate_limited: float = 0.0
    missed: float = 0.0
    slow: float = 0.0
    duplicate: float = 0.0
    swapped: float = 0.0
    media_dropped: float = 0.0
    edited: float = 0.0
    long: float = 0.0
    late_s: float = 60.0
    slow_s: float = 60.0
    at: Mapping[str | int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not isinstance(self.seed, int) or isinstance(self.seed, bool):
            raise UsageError(f"the seed of faults is {self.seed!r}; expected a whole number")
        for kind in KINDS:
            _check_number(kind, getattr(self, kind), 1.0)
        for name in ("late_s", "slow_s"):
            _check_number(name, getattr(self, name), 30 * 86_400.0)
        if not isinstance(self.at, Mapping):
            raise UsageError(f"'at' of faults is {self.at!r}; expected places and kinds, such as {{'ask': 'lost'}}")
        for kind in self.at.values():
            check_kind(kind)

    @cached_property
    def any(self) -> bool:
        """Whether anything can happen."""
        return bool(self.at) or any(getattr(self, kind) for kind in KINDS)

    def chance(self, *what: object) -> float:
        """A number from 0 up to 1 that depends on the seed and on what is asked, and on nothing else."""
        asked = "\x1f".join(map(str, (self.seed, *what))).encode(errors="surrogatepass")
        return int.from_bytes(blake2b(asked, digest_size=7).digest(), "big") / 2**56

    def happen(self, direction: Mapping[str, str], conversation: str, number: int, state: str) -> list[str]:
        """The kinds of fault that befall the message of that number."""
        chosen = {self.at.get(state), self.at.get(number)}
        found = []
        for kind in direction:
            rate = getattr(self, kind)
            which = 0 if kind == "blocked" else number
            if kind in chosen or (rate and self.chance(conversation, which, kind) < rate):
                found.append(kind)
        return found

    def describe(self) -> str:
        """What is injected, in one line."""
        said = [f"{each.name} {getattr(self, each.name):g}" for each in fields(self) if each.name in KINDS]
        said = [words for words in said if not words.endswith(" 0")]
        said += [
            f"{kind} at {place if isinstance(place, str) else f'message {place}'}" for place, kind in self.at.items()
        ]
        return f"{', '.join(said) or 'none'}; seed {self.seed}"


def faults_of(pairs: Iterable[str], seed: int = 0) -> Faults:
    """Faults as a command line names them, ``kind=rate`` each. Raises UsageError for one that is not such a pair.

    >>> faults_of(["lost=0.05"], 7).describe()
    'lost 0.05; seed 7'
    """
    rates: dict[str, float] = {}
    for pair in pairs:
        kind, _, rate = pair.partition("=")
        if kind not in ("late_s", "slow_s"):
            check_kind(kind)
        try:
            rates[kind] = float(rate)
        except ValueError:
            raise UsageError(f"fault {pair!r} is not a kind and its rate; write it like lost=0.05") from None
    return replace(Faults(seed), **rates)  # type: ignore[arg-type]


def check_kind(kind: str) -> None:
    """Raises UsageError for a fault that nobody knows."""
    if kind not in KINDS:
        raise UsageError(f"there is no fault {kind!r}. {did_you_mean(str(kind), list(KINDS))}")


def _check_number(name: str, value: object, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= high:
        raise UsageError(f"{name} of faults is {value!r}; expected a number from 0 to {high:g}")
