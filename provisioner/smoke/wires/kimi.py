"""``kimi``: chat completions with Moonshot's own thinking switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.kimi_code.first_turn import OFF, ON
from provisioner.smoke.wires.chat import Chat

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target


class Kimi(Chat):
    """The Moonshot platforms, whose limit counts reasoning too."""

    def limit_name(self, model: str) -> str:
        """One name for all models."""
        del model
        return "max_completion_tokens"

    def thinking(self, target: Target, asked: str) -> dict[str, Any]:
        """Thinking is always spoken of: it is on unless it is disabled."""
        if asked == OFF:
            return {"thinking": {"type": "disabled"}}
        switch: dict[str, Any] = {"type": "enabled"}
        if asked != ON:
            switch["effort"] = asked
        if target.turn.keep is not None:
            switch["keep"] = target.turn.keep
        return {"thinking": switch}
