"""Identifiers of Twilio's form that stand for nothing real: invented, and the same for the same name every time."""

from __future__ import annotations

import hashlib


def digits(name: str) -> str:
    """The 32 hexadecimal digits of an invented identifier; two letters before them make it one of Twilio's form."""
    return hashlib.blake2b(name.encode(errors="replace"), digest_size=16).hexdigest()


def sid(letters: str, name: str) -> str:
    """An invented identifier of Twilio's form: two letters and 32 hexadecimal digits; one name makes one.

    >>> sid("CH", "talk")[:2], len(sid("CH", "talk"))
    ('CH', 34)
    """
    return letters + digits(name)


def execution_sid(conversation_id: str, number: int) -> str:
    """The sid of a conversation's ``number``-th execution, counted from 1: what ``{{flow.sid}}`` renders in a run.

    >>> execution_sid("talk", 1) == execution_sid("talk", 1) != execution_sid("talk", 2)
    True
    """
    return sid("FN", f"{conversation_id}/{number}")


def step_sid(execution: str, number: int) -> str:
    """The sid of an execution's ``number``-th step, counted from 1."""
    return sid("FT", f"{execution}/{number}")


ACCOUNT_SID, FLOW_SID, SERVICE_SID = sid("AC", "account"), sid("FW", "flow"), sid("IS", "service")
