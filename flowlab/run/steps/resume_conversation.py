"""``resume-conversation``: go on in a conversation that is there already."""

from __future__ import annotations

from typing import ClassVar

from flowlab.run.conversation_opened import ConversationOpened


class ResumeConversation(ConversationOpened):
    """Leaves by ``resumed``, or by ``failed``."""

    kind: ClassVar[str] = "resume-conversation"
    ok: ClassVar[str] = "resumed"
