"""``start-conversation``: make a conversation with the contact, to go on in."""

from __future__ import annotations

from typing import ClassVar

from flowlab.run.conversation_opened import ConversationOpened


class StartConversation(ConversationOpened):
    """Leaves by ``created``, or by ``failed``."""

    kind: ClassVar[str] = "start-conversation"
    ok: ClassVar[str] = "created"
