"""Chat completions: what the ``kimi`` and ``openai`` wires share."""

from __future__ import annotations

import base64
from abc import abstractmethod
from typing import TYPE_CHECKING, Any

from provisioner.smoke.first_prompt import around
from provisioner.smoke.first_prompt.small import SESSION
from provisioner.smoke.wires.base import HttpRequest, Protocol, effort
from provisioner.smoke.wires.chat_reader import ChatReader

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe
    from provisioner.smoke.wires.reader import Reader


class Chat(Protocol):
    """``POST {base}/chat/completions``, or the wire's own path, with a bearer token."""

    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request, in Kimi Code's own order of members."""
        body: dict[str, Any] = {"model": target.model, "messages": self._messages(probe)}
        if tools := around(probe.size).tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": tool.name,
                        "description": tool.description,
                        "parameters": tool.parameters,
                    },
                }
                for tool in tools
            ]
        body["stream"] = True
        if "stream_options" not in probe.without:
            body["stream_options"] = {"include_usage": True}
        if not probe.least:
            body["prompt_cache_key"] = SESSION
        if (asked := effort(target, probe)) is not None:
            body |= self.thinking(target, asked)
        if (name := self._limit_name(target, probe)) is not None:
            body[name] = probe.limit if probe.least else self.limit(target)
        headers = self.headers(target, {"Accept": "application/json"})
        return HttpRequest(f"{target.base_url}{target.wire.path}", headers, body)

    def auth(self, target: Target) -> dict[str, str]:
        """A bearer token."""
        return bearer(target)

    def reader(self, target: Target) -> Reader:
        """A reader that looks for reasoning under the alias' own ``reasoning_key`` first."""
        return ChatReader(target.reasoning_key)

    def limit(self, target: Target) -> int:
        """The output limit that Kimi Code sends on this wire."""
        return target.turn.limit

    @abstractmethod
    def limit_name(self, model: str) -> str:
        """The member that carries the output limit."""

    @abstractmethod
    def thinking(self, target: Target, asked: str) -> dict[str, Any]:
        """The members that ask for a thinking effort."""

    def _limit_name(self, target: Target, probe: Probe) -> str | None:
        names = ["max_completion_tokens", "max_tokens"]
        if self.limit_name(target.model) == "max_tokens":
            names.reverse()
        return next((name for name in names if name not in probe.without), None)

    def _messages(self, probe: Probe) -> list[dict[str, Any]]:
        content: Any = probe.prompt
        if probe.image is not None:
            content = [
                {"type": "image_url", "image_url": {"url": data_url(probe.image)}},
                {"type": "text", "text": probe.prompt},
            ]
        if probe.video is not None:
            place = {"url": f"ms://{probe.video}", "id": probe.video}
            content = [{"type": "video_url", "video_url": place}, {"type": "text", "text": probe.prompt}]
        surroundings = around(probe.size)
        messages: list[dict[str, Any]] = []
        if surroundings.system:
            messages.append({"role": "system", "content": surroundings.system})
        messages += [{"role": "user", "content": words} for words in (content, *surroundings.reminders)]
        if probe.continuation is not None:
            messages += probe.continuation.turn
            messages += [
                {"role": "tool", "tool_call_id": call_id, "content": result}
                for call_id, _, result in probe.continuation.results
            ]
        return messages


def bearer(target: Target) -> dict[str, str]:
    """The header with the target's key."""
    return {"Authorization": f"Bearer {target.credential.value}"} if target.credential else {}


def data_url(png: bytes) -> str:
    """A PNG as a ``data:`` URL."""
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")
