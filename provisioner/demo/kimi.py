"""Where api.moonshot.ai differs from other chat completions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.demo.chat import ChatWire
from provisioner.demo.refusals import MoonshotErrors
from provisioner.demo.wire import obj, objects

if TYPE_CHECKING:
    from provisioner.demo.conversation import Conversation, Reply, Stamp
    from provisioner.demo.models import DemoModel


class KimiWire(ChatWire):
    """Thinking has a switch of its own, usage also stands in the last choice, and reasoning must be sent back."""

    def __init__(self) -> None:
        self.errors = MoonshotErrors()

    def headers(self, stamp: Stamp) -> dict[str, str]:
        """Moonshot's request id."""
        return {"msh-request-id": stamp.id}

    def facts(self, model: DemoModel) -> dict[str, Any]:
        """Moonshot's list tells what each model can do."""
        return {
            "owned_by": "moonshot",
            "context_length": model.context,
            "supports_image_in": model.images,
            "supports_video_in": False,
            "supports_reasoning": model.reasoning,
        }

    def _thinks(self, body: dict[str, Any], model: DemoModel) -> bool:
        """On for a model that can, unless ``thinking.type`` is "disabled"."""
        switch = obj(body.get("thinking")).get("type", "enabled")
        if switch not in ("enabled", "disabled"):
            raise self.errors.invalid("thinking", f"thinking.type must be enabled or disabled, got {switch}")
        thinks = model.reasoning and switch == "enabled"
        if thinks and self._must_call(body) is not None:
            raise self.errors.invalid(
                "tool_choice", "tool_choice 'specified' is incompatible with thinking enabled"
            )
        return thinks

    def _check_tool_turns(self, turns: list[dict[str, Any]], *, thinks: bool) -> None:
        super()._check_tool_turns(turns, thinks=thinks)
        for at, turn in enumerate(turns):
            if thinks and objects(turn.get("tool_calls")) and not turn.get("reasoning_content"):
                raise self.errors.invalid(
                    "messages",
                    f"thinking is enabled but reasoning_content is missing in assistant tool call message at index {at}",
                )

    def _last_choice(self, conversation: Conversation, answer: Reply) -> dict[str, Any]:
        return {"usage": self._usage(conversation, answer)}

    def _call_id(self, answer: Reply, stamp: Stamp) -> str:
        return f"{answer.call.name}:0" if answer.call else ""

    def _usage(self, conversation: Conversation, answer: Reply) -> dict[str, Any]:
        return super()._usage(conversation, answer) | {"cached_tokens": 0}
