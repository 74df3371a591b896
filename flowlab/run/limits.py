"""Twilio Studio's documented limits, each with the words that name it when a run meets it.

Source: Twilio docs, *Get Started with Twilio Studio* and the page of each widget (November 2026).
"""

from __future__ import annotations

MAX_STEPS = 1_000
MAX_SAME_IN_A_ROW = 10
MAX_VALUE_BYTES = 16 * 1024
MAX_LIFE_S = 30 * 24 * 3600.0
MAX_ATTRIBUTES_CHARS = 1_024
CALL_TIMEOUT_S = 10.0
DEFAULT_REPLY_TIMEOUT_S = 3_600.0
DEFAULT_TASK_TIMEOUT_S, MAX_TASK_TIMEOUT_S = 3_600, 1_209_600
MAX_QUEUE_NAME_CHARS = 64
MAX_REDIRECT_TIMEOUT_S = 14_400.0


class RunStopped(Exception):
    """A run cannot go on, mostly for a limit of the platform. ``str()`` says why; its outcome is ``failed``."""


STEPS = f"limit: {MAX_STEPS:,} steps in one execution"
SAME_IN_A_ROW = f"limit: the same widget ran {MAX_SAME_IN_A_ROW} times in a row"
VALUE_SIZE = "limit: a rendered value passed 16 KB"
LIFE = "limit: an execution lives 30 days at most"
