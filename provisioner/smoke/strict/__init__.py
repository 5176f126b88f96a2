"""What Kimi Code's own readers make of a stream, wire by wire.

The tolerant readers in ``smoke/wires`` find out what a server sent; these tell whether Kimi Code would show it. They
follow the clients that Kimi Code 2.1.0 is built on (the official SDKs and its own interpretation of their chunks):
where those throw, the reader notes an error, and what they drop is dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provisioner.smoke.strict.chat import StrictChat
from provisioner.smoke.strict.google import StrictGoogle
from provisioner.smoke.strict.messages import StrictMessages
from provisioner.smoke.strict.responses import StrictResponses

if TYPE_CHECKING:
    from provisioner.smoke.strict.base import StrictReader

# By the wire that a tolerant reader names.
STRICT: dict[str, type[StrictReader]] = {
    "openai": StrictChat,
    "openai_responses": StrictResponses,
    "anthropic": StrictMessages,
    "google-genai": StrictGoogle,
}
