"""``openai_responses``: OpenAI's Responses API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from provisioner.smoke.first_prompt import around
from provisioner.smoke.first_prompt.small import SESSION
from provisioner.smoke.wires.base import HttpRequest, Protocol, effort
from provisioner.smoke.wires.chat import bearer, data_url
from provisioner.smoke.wires.openai import reasoning_effort
from provisioner.smoke.wires.responses_reader import ResponsesReader

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe
    from provisioner.smoke.wires.reader import Reader


class OpenAIResponses(Protocol):
    """``POST {base}/responses`` with a bearer token."""

    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request; nothing is stored at the provider's."""
        body: dict[str, Any] = {"model": target.model}
        surroundings = around(probe.size)
        if surroundings.system:
            body["instructions"] = surroundings.system
        body["input"] = self._input(probe)
        if surroundings.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "name": tool.name,
                    "description": tool.description,
                    "parameters": tool.parameters,
                    "strict": False,
                }
                for tool in surroundings.tools
            ]
        body |= {"store": False, "stream": True}
        if not probe.least:
            body["prompt_cache_key"] = SESSION
        if "max_output_tokens" not in probe.without:
            body["max_output_tokens"] = probe.limit if probe.least else target.turn.limit
        asked = effort(target, probe)
        if asked is not None and (level := reasoning_effort(target, asked)):
            body["reasoning"] = {"effort": level["reasoning_effort"], "summary": "auto"}
            body["include"] = ["reasoning.encrypted_content"]
        headers = self.headers(target, {"Accept": "application/json"})
        return HttpRequest(f"{target.base_url}{target.wire.path}", headers, body)

    def auth(self, target: Target) -> dict[str, str]:
        """A bearer token."""
        return bearer(target)

    def reader(self, target: Target) -> Reader:
        """A new reader."""
        del target
        return ResponsesReader()

    def _input(self, probe: Probe) -> list[dict[str, Any]]:
        content: list[dict[str, Any]] = [{"type": "input_text", "text": probe.prompt}]
        if probe.image is not None:
            content.insert(0, {"type": "input_image", "detail": "auto", "image_url": data_url(probe.image)})
        messages = [
            content,
            *([{"type": "input_text", "text": words}] for words in around(probe.size).reminders),
        ]
        items: list[dict[str, Any]] = [
            {"content": parts, "role": "user", "type": "message"} for parts in messages
        ]
        if probe.continuation is not None:
            items += probe.continuation.turn
            items += [
                {"type": "function_call_output", "call_id": call_id, "output": result}
                for call_id, _, result in probe.continuation.results
            ]
        return items
