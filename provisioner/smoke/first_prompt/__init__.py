"""What stands around a user's words on a first turn: a system prompt, reminders and tools, small or of real size.

The shape is that of Kimi Code 2.1.0, captured on loopback; every word is our own. Servers fail on the shape (roles
that do not alternate, keywords of JSON Schema, marks for the cache) and on the size, so either can be sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from catalog.first_prompt import TOKENS
from provisioner.smoke.first_prompt import full, small
from provisioner.smoke.first_prompt.tool import Surroundings

if TYPE_CHECKING:
    from provisioner.smoke.probe import Size

__all__ = ["TOKENS", "around"]


def around(size: Size) -> Surroundings:
    """What a request of this size carries beside the prompt."""
    if size == "least":
        return Surroundings()
    if size == "full":
        return Surroundings(full.system(), small.REMINDERS, full.tools())
    return Surroundings(small.SYSTEM, small.REMINDERS, small.TOOLS)
