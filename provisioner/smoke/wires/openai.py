"""``openai``: chat completions as most servers speak them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from provisioner.kimi_code.first_turn import OFF, ON
from provisioner.smoke.wires.chat import Chat

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target

# Kimi Code asks no chat completion for more, whatever the alias says.
_CEILING = 128 * 1024
_NEW_NAMES = re.compile(r"(?:o\d|gpt-5)(?:\Z|[-.])", re.IGNORECASE)


class OpenAI(Chat):
    """OpenAI, and all that imitate it."""

    def limit(self, target: Target) -> int:
        """The alias' limit, lowered to Kimi Code's ceiling for this wire."""
        return min(target.turn.limit, _CEILING)

    def limit_name(self, model: str) -> str:
        """The new name for the models that refuse the old one."""
        return "max_completion_tokens" if _NEW_NAMES.match(model) else "max_tokens"

    def thinking(self, target: Target, asked: str) -> dict[str, Any]:
        """Only a named level is sent; "on" and an "off" without a word for it say nothing."""
        return reasoning_effort(target, asked)


def reasoning_effort(target: Target, asked: str) -> dict[str, Any]:
    """``reasoning_effort`` where there is a level to name."""
    level = target.turn.off_effort if asked == OFF else None if asked == ON else asked
    return {"reasoning_effort": level} if level else {}
