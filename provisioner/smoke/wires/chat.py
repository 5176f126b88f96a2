"""Chat completions: what the ``kimi`` and ``openai`` wires share."""

from __future__ import annotations

import json
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from catalog.untrusted import first_integer, mapping, sequence, string
from provisioner.smoke.answer import FinishKind, ToolCall, Usage
from provisioner.smoke.wires.base import HttpRequest, Protocol, Reader, effort
from provisioner.smoke.wires.prompting import SESSION, SYSTEM, data_url

if TYPE_CHECKING:
    from provisioner.kimi_code.target import Target
    from provisioner.smoke.probe import Probe

_FINISH: dict[str, FinishKind] = {
    "stop": "stop",
    "eos": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "length": "length",
    "max_tokens": "length",
    "model_length": "length",
    "tool_calls": "tool",
    "function_call": "tool",
    "tool_use": "tool",
    "content_filter": "filter",
    "sensitive": "filter",
    "safety": "filter",
    "error": "error",
    "insufficient_system_resource": "error",
    "network_error": "error",
}


class Chat(Protocol):
    """``POST {base}/chat/completions`` with a bearer token."""

    def request(self, target: Target, probe: Probe) -> HttpRequest:
        """The request, in Kimi Code's own order of members."""
        body: dict[str, Any] = {"model": target.model, "messages": self._messages(probe)}
        if probe.tool is not None:
            function = {
                "name": probe.tool.name,
                "description": probe.tool.description,
                "parameters": probe.tool.parameters,
            }
            body["tools"] = [{"type": "function", "function": function}]
        body["stream"] = True
        if "stream_options" not in probe.without:
            body["stream_options"] = {"include_usage": True}
        if not probe.minimal:
            body["prompt_cache_key"] = SESSION
        if (asked := effort(target, probe)) is not None:
            body |= self.thinking(target, asked)
        if (name := self._limit_name(target, probe)) is not None:
            body[name] = probe.limit if probe.minimal else self.limit(target)
        headers = self.headers(target, {"Accept": "application/json"})
        return HttpRequest(f"{target.base_url}/chat/completions", headers, body)

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
        messages: list[dict[str, Any]] = [] if probe.minimal else [{"role": "system", "content": SYSTEM}]
        messages.append({"role": "user", "content": content})
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


class ChatReader(Reader):
    """Reads ``chat.completion.chunk`` objects."""

    wire: ClassVar[str] = "openai"

    def __init__(self, reasoning_key: str | None = None) -> None:
        super().__init__()
        known = ("reasoning_content", "reasoning_details", "reasoning")
        self._reasoning_keys = (reasoning_key, *known) if reasoning_key else known
        self._reasoning_key = known[0]
        self._calls: dict[Any, ToolCall] = {}
        self._last: Any = None

    def _take(self, data: dict[str, Any], name: str | None) -> None:
        if self._error(data, name):
            return
        choices = sequence(data.get("choices"))
        choice = mapping(choices[0]) if choices else {}
        for usage in (data.get("usage"), choice.get("usage"), mapping(data.get("x_groq")).get("usage")):
            if isinstance(usage, dict) and usage:
                self.answer.usage = _usage(usage)
                break
        delta = mapping(choice.get("delta"))
        self._reasoning(delta)
        self._content(delta.get("content"))
        self.text(delta.get("refusal"))
        for call in sequence(delta.get("tool_calls")):
            self._tool_call(mapping(call))
        if function := mapping(delta.get("function_call")):
            self._tool_call({"index": "function_call", "function": function})
        if raw := string(choice.get("finish_reason")):
            self.answer.finish_raw = raw
            self.answer.finish_kind = _FINISH.get(raw.lower())

    def _error(self, data: dict[str, Any], name: str | None) -> bool:
        error = data.get("error")
        if error is None and "choices" not in data:
            # vLLM and some gateways send the error's members bare.
            bare = data.get("object") == "error" or data.get("type") == "error" or name == "error"
            error = data if bare else string(data.get("message")) or data.get("detail")
        if not error:
            return False
        self.fail_with(error)
        return True

    def _reasoning(self, delta: dict[str, Any]) -> None:
        for key in self._reasoning_keys:
            if piece := string(delta.get(key)):
                self._reasoning_key = key
                self.reasoning(piece)
                return
        for detail in sequence(delta.get("reasoning_details")):
            self.reasoning(mapping(detail).get("text") or mapping(detail).get("summary"))

    def _content(self, content: Any) -> None:
        self.text(content)
        for part in sequence(content):
            self.text(mapping(part).get("text"))
            thinking = mapping(part).get("thinking")
            self.reasoning(thinking)
            for piece in sequence(thinking):
                self.reasoning(mapping(piece).get("text"))

    def _tool_call(self, piece: dict[str, Any]) -> None:
        function = mapping(piece.get("function"))
        index, name = piece.get("index"), string(function.get("name"))
        if not isinstance(index, int | str):
            # Without an index a piece with a name starts a call, and one without continues the last.
            index = len(self._calls) if name or self._last is None else self._last
        self._last = index
        if index not in self._calls:
            self._calls[index] = ToolCall()
            self.answer.tool_calls.append(self._calls[index])
        call = self._calls[index]
        call.id = call.id or string(piece.get("id")) or None
        if name and not call.name:
            call.name = name
            self.tool(name)
        arguments = function.get("arguments")
        text = json.dumps(arguments) if isinstance(arguments, dict) else string(arguments)
        call.pieces.append(text)
        self.tool(text)

    def turn(self) -> list[dict[str, Any]]:
        """The assistant's message, with its reasoning, as Kimi Code sends it back."""
        message: dict[str, Any] = {"role": "assistant", "content": self.answer.text or None}
        if self.answer.reasonings:
            message[self._reasoning_key] = self.answer.reasoning
        message["tool_calls"] = [
            {
                "id": call.id or f"call_{number}",
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments or "{}"},
            }
            for number, call in enumerate(self.answer.tool_calls)
        ]
        return [message]


def _usage(usage: dict[str, Any]) -> Usage:
    prompt, completion = (
        mapping(usage.get("prompt_tokens_details")),
        mapping(usage.get("completion_tokens_details")),
    )
    return Usage(
        input=first_integer(usage.get("prompt_tokens")),
        output=first_integer(usage.get("completion_tokens")),
        reasoning=first_integer(completion.get("reasoning_tokens"), usage.get("reasoning_tokens")),
        cached=first_integer(
            prompt.get("cached_tokens"), usage.get("cached_tokens"), usage.get("prompt_cache_hit_tokens")
        ),
    )
